"""What is sold: products, their options, pictures, and the product-information notice the law asks for."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from dure.commerce.sellers.models import Seller, SellerStatus
from dure.kit import clock


class Category(models.Model):
    """A shelf of the shop. `notice_type` names the notice form (catalog.notices) its products fill in."""

    code = models.SlugField(max_length=30, unique=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    name_ko = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60)
    icon = models.CharField(max_length=40, blank=True)
    notice_type = models.CharField(max_length=30, default="ETC")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name_ko


class ProductStatus(models.TextChoices):
    DRAFT = "DRAFT", _("작성 중")
    IN_REVIEW = "IN_REVIEW", _("심사 중")
    ON_SALE = "ON_SALE", _("판매 중")
    SUSPENDED = "SUSPENDED", _("판매 중지")
    ENDED = "ENDED", _("판매 종료")
    REJECTED = "REJECTED", _("반려")
    PROHIBITED = "PROHIBITED", _("판매 금지")


class ProductQuerySet(models.QuerySet["Product"]):
    def on_sale(self) -> Self:
        """What a buyer may see. Sold out is not a status: it is read from the stock."""
        return self.filter(status=ProductStatus.ON_SALE, seller__status=SellerStatus.APPROVED)

    def of(self, user: Any) -> Self:
        """Products of the sellers `user` works for."""
        return self.filter(seller__members__user_id=user.pk or 0)


class Product(models.Model):
    MOVES = {
        "DRAFT": {"IN_REVIEW"},
        "IN_REVIEW": {"ON_SALE", "REJECTED", "PROHIBITED"},
        "REJECTED": {"IN_REVIEW", "DRAFT"},
        "ON_SALE": {"SUSPENDED", "ENDED", "PROHIBITED"},
        "SUSPENDED": {"ON_SALE", "ENDED", "PROHIBITED"},
        "ENDED": set(),
        "PROHIBITED": set(),
    }

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="products")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="products")
    name = models.CharField(_("상품명"), max_length=100)
    tagline = models.CharField(_("한 줄 소개"), max_length=120, blank=True)
    story = models.TextField(_("상품 이야기"), blank=True)
    status = models.CharField(max_length=10, choices=ProductStatus.choices, default=ProductStatus.DRAFT)
    notice_type = models.CharField(max_length=30, blank=True)
    notice = models.JSONField(default=dict, blank=True)  # {item code: text}, see catalog.notices
    keywords = models.CharField(_("검색어"), max_length=200, blank=True)
    search_text = models.TextField(blank=True, editable=False)  # name, tagline, seller, keywords; kept by actions
    search_grams = ArrayField(
        models.CharField(max_length=2), default=list, editable=False
    )  # rules.grams of search_text
    list_price = models.PositiveIntegerField(default=0, editable=False)  # lowest option price, won; kept by actions
    review_note = models.TextField(blank=True)  # why it was rejected
    key = models.UUIDField(null=True, unique=True)  # the form's key: a double submit makes one product
    created_at = models.DateTimeField(default=clock.now)
    submitted_at = models.DateTimeField(null=True)
    on_sale_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(default=clock.now)

    objects = ProductQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["category", "-on_sale_at"], condition=Q(status="ON_SALE"), name="on_sale_by_category"),
            models.Index(fields=["-on_sale_at", "-id"], condition=Q(status="ON_SALE"), name="on_sale_newest"),
            GinIndex(fields=["search_grams"], name="products_by_gram", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.name


class Option(models.Model):
    """What is put into a cart: one choice of a product with a price of its own. Every product has at least one."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="options")
    name = models.CharField(_("옵션명"), max_length=60, default="기본")
    price = models.PositiveIntegerField(_("판매가"))  # won, VAT included
    position = models.PositiveSmallIntegerField(default=0)
    seller_code = models.CharField(_("자체 상품코드"), max_length=40, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(price__gte=10) & Q(price__lte=100_000_000), name="price_sane"),
            models.UniqueConstraint(fields=["product", "name"], condition=Q(active=True), name="option_names_differ"),
        ]

    def __str__(self) -> str:
        return f"{self.product.name} · {self.name}"


class Photo(models.Model):
    """A picture of a product, re-encoded by kit.images; the first is the face."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="photos")
    image = models.CharField(max_length=200)  # storage name of the largest size, see kit.images
    width = models.PositiveSmallIntegerField(default=0)
    height = models.PositiveSmallIntegerField(default=0)
    alt = models.CharField(max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]


class Revision(models.Model):
    """Who changed a product's composition: the fields that differ, before and after.

    `suggested`: the MD did it for the seller, who sees it and may undo it.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="revisions")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    before = models.JSONField()
    after = models.JSONField()
    note = models.CharField(max_length=200, blank=True)
    suggested = models.BooleanField(default=False)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
