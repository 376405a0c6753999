"""Prices that hold for a while, and what the house takes. Both are snapshotted on the order line at the sale."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from dure.commerce.catalog.models import Category, Option
from dure.kit import clock


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
    """The house's share of the goods, in basis points, from a date on. VAT (10%) comes on top of it.

    The plan of the product's category wins over the plan without one; the latest `since` on or before the day counts.
    """

    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.CASCADE)
    basis_points = models.PositiveIntegerField()  # 500 = 5%
    since = models.DateField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["category", "since"], nulls_distinct=False, name="one_plan_per_day"),
            models.CheckConstraint(condition=Q(basis_points__lte=5000), name="commission_sane"),
        ]
