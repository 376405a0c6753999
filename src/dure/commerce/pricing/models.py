"""Prices that hold for a while, and what the house takes. Both are snapshotted on the order line at the sale."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import BigIntegerField, F, Func, Q, Value
from django.db.models.functions import Coalesce

from dure.commerce.catalog.models import Category, Option
from dure.commerce.sellers.models import Seller
from dure.kit import clock


def _just(column: str) -> Any:
    """The column as a range of one number (0 for none), so that GiST compares it without an extension."""
    number = Coalesce(F(column), Value(0), output_field=BigIntegerField())
    return Func(number, number, Value("[]"), function="int8range")


class LivePrice(models.Model):
    """A price of one option while a show is on air and its allotment lasts.

    `show` is the live room's own id; commerce knows only that the price opens and closes.
    """

    option = models.ForeignKey(Option, on_delete=models.CASCADE, related_name="live_prices")
    show = models.BigIntegerField(db_index=True)
    price = models.PositiveIntegerField()  # won
    allotment = models.PositiveIntegerField(null=True)  # pieces at this price; None: while the stock lasts
    sold = models.PositiveIntegerField(default=0)
    per_buyer = models.PositiveSmallIntegerField(null=True)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["show", "option"], name="one_live_price_per_show"),
            models.UniqueConstraint(
                fields=["option"], condition=Q(opened_at__isnull=False, closed_at=None), name="one_open_live_price"
            ),
            models.CheckConstraint(condition=Q(allotment=None) | Q(sold__lte=F("allotment")), name="allotment_kept"),
            models.CheckConstraint(condition=Q(price__gte=10), name="live_price_sane"),
        ]


class CommissionPlan(models.Model):
    """The house's share of the goods, in basis points, from one day until another. VAT (10%) comes on top of it.

    The nearest plan counts (`rules.nearest_plan`): seller and category, seller, category, its parent, the house. For one
    seller and category, one plan at a time: the database refuses an overlap.
    """

    seller = models.ForeignKey(Seller, null=True, blank=True, on_delete=models.CASCADE, related_name="commission_plans")
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.CASCADE)
    basis_points = models.PositiveIntegerField()  # 500 = 5%
    since = models.DateField()
    until = models.DateField(null=True, blank=True)  # the first day it no longer holds; None: until another is made
    note = models.CharField(max_length=200, blank=True, db_default="")  # why, for the office
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField(null=True)  # the sellers it concerns were told
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(basis_points__lte=5000), name="commission_sane"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="plan_holds_a_day"),
            ExclusionConstraint(
                name="one_plan_at_a_time",
                expressions=[
                    (_just("seller_id"), "&&"),
                    (_just("category_id"), "&&"),
                    (Func(F("since"), F("until"), function="daterange"), "&&"),
                ],
            ),
        ]
