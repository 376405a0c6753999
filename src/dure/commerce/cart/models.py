"""A cart: of a signed-in buyer, or of a browser session until then."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from dure.commerce.catalog.models import Option
from dure.kit import clock


class Cart(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="cart")
    session_key = models.CharField(max_length=40, null=True, unique=True)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False) | Q(session_key__isnull=False), name="cart_has_a_holder"
            )
        ]


class CartLine(models.Model):
    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines")
    option = models.ForeignKey(Option, on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveSmallIntegerField()
    show = models.BigIntegerField(null=True)  # put in from this live show
    chosen = models.BooleanField(default=True, db_default=True)  # ticked: part of the next order
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["added_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["cart", "option"], name="one_line_per_option"),
            models.CheckConstraint(condition=Q(quantity__gte=1) & Q(quantity__lte=999), name="cart_quantity_sane"),
        ]
