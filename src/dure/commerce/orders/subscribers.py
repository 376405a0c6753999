"""What an order's later life does to coupons and points; what orders say when a shop wants to close."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dure.commerce.orders import promoted
from dure.commerce.orders.models import LineStatus, ProductOrder
from dure.commerce.promotions import actions as promotions
from dure.commerce.sellers.closing import Tie, keeps_open
from dure.commerce.sellers.models import Seller
from dure.kit.models import Event
from dure.kit.outbox import on

UNFINISHED = [LineStatus.PAYMENT_WAITING, LineStatus.PAID, LineStatus.DELIVERING, LineStatus.DELIVERED]


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


@keeps_open
def unfinished_lines(seller: Seller) -> Tie | None:
    return Tie(_("구매확정 전 주문"), ProductOrder.objects.filter(seller=seller, status__in=UNFINISHED).count())
