"""Reads of orders, each starting from who asks."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, OuterRef, Prefetch, Q, Sum
from django.db.models.functions import JSONObject

from dure.commerce.orders.guests import by_secret
from dure.commerce.orders.models import LineGift, Order, ProductOrder, ShippingCharge
from dure.commerce.sellers.models import Seller
from dure.kit import clock
from dure.kit.prepared import Slot

GIVEN = ArraySubquery(  # the presents of a line, without a query of their own
    LineGift.objects.filter(product_order=OuterRef("pk"))
    .order_by("id")
    .values(gift=JSONObject(name="name", quantity="quantity", back_at="back_at"))
)


def orders_of(user: Any) -> models.QuerySet[Order]:
    """A buyer's orders with their lines, newest first; unpaid ones that ended are left out."""
    lines = (
        ProductOrder.objects.annotate(given=GIVEN)
        .select_related("seller", "option__product", "delay", "review")
        .prefetch_related("option__product__photos", "claims", "discounts")
    )
    return (
        Order.objects.of(user)
        .filter(ended_at=None)
        .prefetch_related(Prefetch("lines", lines.order_by("id")))
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


def charge_of(line: ProductOrder) -> ShippingCharge:
    """The shipping charge a line's parcel is under; lines of old orders name none, and have one per seller."""
    if line.charge_id is not None and line.charge is not None:
        return line.charge
    return ShippingCharge.objects.get(order_id=line.order_id, seller_id=line.seller_id)


def lines_of_charge(charge: ShippingCharge) -> models.QuerySet[ProductOrder]:
    """The lines that are sent under a charge, those of old orders too."""
    under = Q(charge=charge) | Q(charge=None)
    return ProductOrder.objects.filter(under, order_id=charge.order_id, seller_id=charge.seller_id).order_by("id")


def lines_on_board(seller: Seller | int | Slot) -> models.QuerySet[ProductOrder]:
    """Paid lines of a seller (or its id) with what its order board shows of each: the order, claims; three queries a page."""
    return (
        ProductOrder.objects.filter(seller=seller, paid_at__isnull=False)
        .select_related("order")
        .prefetch_related("claims")
    )


def agency_shares(line: ProductOrder) -> list[tuple[int, int]]:
    """(agency id, won) of the line's discount that sponsors bear, as it was at the sale. A line that stands for
    exchanged pieces has their part of the first line's."""
    if line.exchanged_from_id:
        first = line.exchanged_from
        return [(agency, won * line.quantity // first.quantity) for agency, won in agency_shares(first)]
    rows = line.discounts.filter(agency__isnull=False).order_by("agency").values_list("agency")
    return list(rows.annotate(won=Sum("agency_share")))


def for_guest(number: str, *, secret: str) -> Order | None:
    """A guest's order by the secret given out when it was placed (`guests.guest_secret_of`). See `guests.look_up`."""
    return by_secret(number, secret)


def sold_by_shelf(seller: Seller, since: date, until: date) -> dict[int, int]:
    """Won by category id that lines paid in these days (KST, `until` not among them) were sold for, less the seller's own
    discount: what commission is taken of. Cancelled and returned pieces are left out."""
    start, end = (datetime.combine(day, time(), clock.KST) for day in (since, until))
    kept = F("quantity") - F("canceled_quantity") - F("returned_quantity")
    share = (F("goods_amount") - F("seller_discount")) * kept / F("quantity")
    lines = ProductOrder.objects.filter(seller=seller, paid_at__gte=start, paid_at__lt=end)
    return dict(lines.values_list("option__product__category").annotate(won=Sum(share)).order_by())
