"""Reads of orders, each starting from who asks."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Prefetch

from dure.commerce.orders.models import Order, ProductOrder


def orders_of(user: Any) -> models.QuerySet[Order]:
    """A buyer's orders with their lines, newest first; unpaid ones that ended are left out."""
    lines = ProductOrder.objects.select_related("seller", "option__product").prefetch_related(
        "option__product__photos", "claims", "parcels__events"
    )
    return (
        Order.objects.of(user)
        .filter(ended_at=None)
        .prefetch_related(Prefetch("lines", lines.order_by("id")), "shipping_charges__seller")
        .order_by("-placed_at", "-id")
    )


def payable_order(user: Any, number: str) -> Order | None:
    """The buyer's own unpaid order, or None."""
    return orders_of(user).filter(number=number, paid_at=None).first()


def lines_of_seller(user: Any) -> models.QuerySet[ProductOrder]:
    """What a seller's people may see of orders: paid lines of their own, with order, product and parcels."""
    return (
        ProductOrder.objects.of_seller_user(user)
        .select_related("order", "option__product", "seller")
        .prefetch_related("parcels__events", "claims")
        .order_by("-paid_at", "-id")
    )
