"""How many can still be sold.

`StockItem.available` is what may be promised now. It falls when an order is placed (the hold of a waiting payment
included) and rises when an order ends unpaid or is cancelled; goods come and go by `StockMovement`. At any time
available = sum of movements - quantity of orders that hold stock, which `dure verify` recomputes.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dure.commerce.catalog.models import Option, Product
from dure.kit import clock


class StockItem(models.Model):
    option = models.OneToOneField(Option, primary_key=True, on_delete=models.CASCADE, related_name="stock")
    available = models.IntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(available__gte=0), name="never_oversold")]


class StockCount(models.Model):
    """Several options of a product counted at once, so that the whole can be taken back."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="stock_counts")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    undone_at = models.DateTimeField(null=True)


class StockMovement(models.Model):
    """Goods in or out by something other than an order. Append-only."""

    class Kind(models.TextChoices):
        RECEIVED = "RECEIVED", _("입고")
        ADJUSTED = "ADJUSTED", _("실사 조정")
        RETURNED = "RETURNED", _("반품 입고")
        GIFT = "GIFT", _("사은품 증정")

    option = models.ForeignKey(Option, on_delete=models.PROTECT, related_name="stock_movements")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    quantity = models.IntegerField()  # signed
    ref = models.CharField(max_length=60, blank=True)  # "claims.claim:12"
    count = models.ForeignKey(StockCount, null=True, on_delete=models.PROTECT, related_name="movements")
    why = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(quantity=0), name="movement_moves"),
            models.UniqueConstraint(fields=["kind", "ref"], condition=~Q(ref=""), name="one_movement_per_cause"),
        ]


class PurchaseTally(models.Model):
    """Pieces of a product one buyer holds, where the seller allows so many per person. The row is the guard of a race.

    Counted from the day the limit was set; a line that is counted says so in its contract (`counted`: the holder).
    """

    product = models.ForeignKey("catalog.Product", on_delete=models.CASCADE, related_name="+")
    holder = models.CharField(max_length=66)  # limits.holder_of: "u12", or "p" and the hash of a guest's phone
    quantity = models.PositiveIntegerField(default=0)
    most = models.PositiveIntegerField()  # the limit as it was at the last purchase

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "holder"], name="one_tally_per_buyer"),
            models.CheckConstraint(condition=Q(quantity__lte=F("most")), name="no_more_than_allowed"),
        ]
