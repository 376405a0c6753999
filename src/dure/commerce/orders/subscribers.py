"""What an order's later life does to coupons and points."""

from __future__ import annotations

from dure.commerce.orders import promoted
from dure.commerce.orders.models import ProductOrder
from dure.commerce.promotions import actions as promotions
from dure.kit.models import Event
from dure.kit.outbox import on


@on("orders.paid")
def the_buyer_has_bought(event: Event) -> None:
    if event.payload["buyer_id"]:
        promotions.note_purchase(event.payload["buyer_id"], at=event.occurred_at)


@on("orders.purchase_confirmed")
def points_are_earned(event: Event) -> None:
    promoted.confirmed(_line(event), at=event.occurred_at)


@on("claims.done")
def points_and_coupons_come_back(event: Event) -> None:
    promoted.claimed(_line(event), at=event.occurred_at)


def _line(event: Event) -> ProductOrder:
    return ProductOrder.objects.select_related("order", "exchanged_from").get(pk=event.payload["product_order_id"])
