"""What is found, by which words, and what was looked for in vain.

`Document` is a copy: one row a product that a buyer may see, with everything a list shows, filters and sorts by. It is
never written by hand: triggers note in `Stale` which products changed, `documents.catch_up` writes them anew.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dure.commerce.catalog.models import Category, Product
from dure.commerce.sellers.models import Seller
from dure.kit import clock


class Document(models.Model):
    """A product on sale, as lists need it. Amounts in won; `rating` in tenths of a star."""

    product = models.OneToOneField(Product, primary_key=True, on_delete=models.CASCADE, related_name="document")
    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="+", db_index=False)
    shelf = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="+", db_index=False)
    path = ArrayField(models.BigIntegerField())  # ids of the shelf and those above it, the top one first
    words = SearchVectorField()  # rules.vector
    name_key = models.CharField(max_length=100)  # rules.key_of(name)
    name = models.CharField(max_length=100)
    seller_name = models.CharField(max_length=80)
    photo = models.CharField(max_length=200, blank=True)
    price = models.PositiveIntegerField()  # of the cheapest option
    before = models.PositiveIntegerField(null=True)  # what it cost before a discount that holds for everybody
    several = models.BooleanField(default=False)  # options differ in price
    in_stock = models.BooleanField(default=False)
    free_shipping = models.BooleanField(default=False)
    quick = models.BooleanField(default=False)  # leaves within a working day of the payment
    region = models.CharField(max_length=20, blank=True)  # province the goods are sent from
    rating = models.PositiveSmallIntegerField(default=0)
    reviews = models.PositiveIntegerField(default=0)
    sold = models.PositiveIntegerField(default=0)  # pieces in the last 30 days
    popularity = models.IntegerField(default=0)  # sql.POPULARITY
    on_sale_at = models.DateTimeField()
    written_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            GinIndex(fields=["words"], name="documents_by_word", fastupdate=False),
            GinIndex(fields=["path"], name="documents_by_path", fastupdate=False),
            models.Index(fields=["-popularity", "-product"], name="documents_by_popularity"),
            models.Index(fields=["-on_sale_at", "-product"], name="documents_by_day"),
            models.Index(fields=["price", "product"], name="documents_by_price"),
            models.Index(fields=["-reviews", "-product"], name="documents_by_reviews"),
            models.Index(fields=["-sold", "-product"], name="documents_by_sales"),
            models.Index(fields=["seller", "-popularity", "-product"], name="documents_of_seller"),
            models.Index(fields=["shelf", "-popularity", "-product"], name="documents_of_shelf"),
            models.Index(fields=["name_key"], name="documents_by_name"),
        ]


class Stale(models.Model):
    """A product whose document may not be right any more. Written by triggers only; no foreign key: it is a note."""

    product_id = models.BigIntegerField()


class Term(models.Model):
    """A word of the shop: completed while typing, and what misspelt words are compared with."""

    class Kind(models.TextChoices):
        WORD = "WORD", _("낱말")
        SHELF = "SHELF", _("분류")
        SELLER = "SELLER", _("가게")

    key = models.CharField(max_length=60, primary_key=True)  # rules.key_of(text)
    text = models.CharField(max_length=80)
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.WORD)
    letters = models.CharField(max_length=240)  # hangul.letters(key)
    initials = models.CharField(max_length=60)  # kit.korean.initials(key)
    pairs = ArrayField(models.CharField(max_length=2))  # of letters, for the index of near words
    products = models.PositiveIntegerField(default=0)  # in how many names it stands

    class Meta:
        indexes = [
            models.Index(fields=["letters"], name="terms_by_letters", opclasses=["text_pattern_ops"]),
            models.Index(fields=["initials"], name="terms_by_initials", opclasses=["text_pattern_ops"]),
            models.Index(fields=["-products"], name="terms_by_weight"),
            GinIndex(fields=["pairs"], name="terms_by_pairs", fastupdate=False),
        ]


class Synonym(models.Model):
    """`word` is also looked for as each of `others`; with `both_ways`, each of them as all the rest."""

    word = models.CharField(_("낱말"), max_length=40)
    key = models.CharField(max_length=40, unique=True)  # rules.key_of(word)
    others = ArrayField(models.CharField(max_length=40), verbose_name=_("같은 말"))
    both_ways = models.BooleanField(_("서로 같은 말"), default=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)


class Missed(models.Model):
    """What was looked for in vain on a KST day, by how many questions. Folded; without anything that tells of a person."""

    day = models.DateField()
    words = models.CharField(max_length=60)
    times = models.PositiveIntegerField(default=1)
    partly = models.BooleanField(default=False)  # something with most of the words was shown

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "words"], name="one_row_per_question_and_day")]


class Wish(models.Model):
    """A product somebody wants to remember (찜)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="wishes", db_index=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="wishes")
    at = models.DateTimeField(default=clock.now)
    price = models.PositiveIntegerField(default=0)  # won, when it was wished for: the list tells what fell since

    class Meta:
        indexes = [models.Index(fields=["user", "-at"], name="wishes_of_user")]
        constraints = [
            models.UniqueConstraint(fields=["user", "product"], name="one_wish_per_product"),
            models.CheckConstraint(condition=Q(price__gte=0), name="wish_price_sane"),
        ]
