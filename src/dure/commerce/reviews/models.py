"""What buyers say of what they bought."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dure.commerce.catalog.models import Product
from dure.commerce.orders.models import ProductOrder
from dure.kit import clock


class Review(models.Model):
    product_order = models.OneToOneField(ProductOrder, on_delete=models.PROTECT, related_name="review")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="reviews")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews")
    rating = models.PositiveSmallIntegerField()
    text = models.TextField()
    seller_reply = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.now)
    hidden = models.BooleanField(default=False)
    hidden_why = models.CharField(max_length=200, blank=True, db_default="")  # its author is told
    edited_at = models.DateTimeField(null=True)
    replied_at = models.DateTimeField(null=True)
    best_at = models.DateTimeField(null=True)  # chosen by the seller or the house, shown first
    later_text = models.TextField(blank=True, db_default="")  # 한 달 사용 후기: after a month of use
    later_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["product", "-created_at"], name="reviews_of_product")]
        constraints = [
            models.CheckConstraint(condition=Q(rating__gte=1) & Q(rating__lte=5), name="stars_1_to_5"),
            models.CheckConstraint(condition=Q(hidden=False) | Q(best_at=None), name="hidden_is_not_best"),
        ]


class ReviewPhoto(models.Model):
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="photos")
    image = models.CharField(max_length=200)
    width = models.PositiveSmallIntegerField(default=0)
    height = models.PositiveSmallIntegerField(default=0)
    later = models.BooleanField(default=False, db_default=False)  # of the review after a month


class ReviewRevision(models.Model):
    """What a review said before its author changed it."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="revisions")
    rating = models.PositiveSmallIntegerField()
    text = models.TextField()
    at = models.DateTimeField(default=clock.now)  # until then


class HelpfulVote(models.Model):
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="votes")
    voter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "voter"], name="one_vote_each")]


class ReviewReport(models.Model):
    """A buyer or the seller says that a review does not belong here; the operator decides and says why."""

    class Verdict(models.TextChoices):
        HIDDEN = "HIDDEN", _("내림")
        KEPT = "KEPT", _("그대로 둠")

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="reports")
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_seller = models.BooleanField(default=False)
    reason = models.CharField(max_length=300)
    at = models.DateTimeField(default=clock.now)
    verdict = models.CharField(max_length=6, choices=Verdict.choices, blank=True)
    why = models.CharField(max_length=200, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "reporter"], name="one_review_report_each"),
            models.CheckConstraint(condition=~Q(verdict="HIDDEN") | ~Q(why=""), name="review_hidden_with_a_reason"),
        ]
