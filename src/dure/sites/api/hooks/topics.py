"""What can be heard, under which name, and what is told of it.

An event of the house is not sent as it is: it may concern several sellers, and holds what is nobody's business. Here it
becomes one telling per thing it is about, with the state of that thing at the moment of the telling.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from dure.commerce.catalog.models import Product
from dure.commerce.claims.models import Claim
from dure.commerce.orders.models import ProductOrder
from dure.commerce.reviews.models import Review
from dure.finance.payouts.models import Payout
from dure.finance.settlement.models import Statement
from dure.kit.models import Event


@dataclass(frozen=True)
class Telling:
    seller: int
    aggregate: str  # tellings about one thing arrive in their order
    data: dict[str, Any]


@dataclass(frozen=True)
class Topic:
    name: str
    about: Any
    tell: Callable[[Event], Iterable[Telling]]


def _lines(event: Event) -> Iterable[Telling]:
    only = event.payload.get("product_order_id")
    lines = ProductOrder.objects.filter(pk=only) if only else ProductOrder.objects.filter(order=_pk(event))
    for line in lines.select_related("order", "option").order_by("id"):
        yield Telling(
            line.seller_id,
            f"product_order:{line.pk}",
            {
                "product_order": line.pk,
                "order": line.order.number,
                "seller": line.seller_id,
                "product": line.option.product_id,
                "option": line.option_id,
                "quantity": line.quantity,
                "kept_quantity": line.kept_quantity,
                "status": line.status,
            },
        )


def _claims(event: Event) -> Iterable[Telling]:
    for claim in Claim.objects.filter(pk=_pk(event)).select_related("product_order__order"):
        line = claim.product_order
        yield Telling(
            line.seller_id,
            f"product_order:{line.pk}",
            {
                "claim": claim.pk,
                "product_order": line.pk,
                "order": line.order.number,
                "seller": line.seller_id,
                "kind": claim.kind,
                "status": claim.status,
                "reason": claim.reason,
                "quantity": claim.quantity,
                "refund_amount": claim.refund_amount,
            },
        )


def _products(event: Event) -> Iterable[Telling]:
    for product in Product.objects.filter(pk=_pk(event)):
        data = {"product": product.pk, "seller": product.seller_id, "name": product.name, "status": product.status}
        yield Telling(product.seller_id, f"product:{product.pk}", data)


def _statements(event: Event) -> Iterable[Telling]:
    for row in Statement.objects.filter(pk=_pk(event)):
        data = {"settlement": row.pk, "number": row.number, "seller": row.seller_id, "pay_amount": row.pay_amount}
        yield Telling(row.seller_id, f"settlement:{row.pk}", {**data, "due_date": f"{row.due_date}"})


def _payouts(event: Event) -> Iterable[Telling]:
    for row in Payout.objects.filter(pk=_pk(event)):
        data = {"payout": row.pk, "seller": row.seller_id, "amount": row.amount, "status": row.status}
        yield Telling(row.seller_id, f"payout:{row.pk}", data)


def _reviews(event: Event) -> Iterable[Telling]:
    for row in Review.objects.filter(pk=_pk(event)).select_related("product"):
        data = {"review": row.pk, "product": row.product_id, "seller": row.product.seller_id, "rating": row.rating}
        yield Telling(row.product.seller_id, f"product:{row.product_id}", data)


def _pk(event: Event) -> int:
    return int(event.aggregate.rpartition(":")[2])


TOPICS = {
    "orders.paid": Topic("product_order.paid", _("결제 완료"), _lines),
    "orders.acknowledged": Topic("product_order.acknowledged", _("발주확인"), _lines),
    "orders.delay_announced": Topic("product_order.delayed", _("발송지연"), _lines),
    "orders.dispatched": Topic("product_order.dispatched", _("발송처리"), _lines),
    "orders.delivered": Topic("product_order.delivered", _("배송 완료"), _lines),
    "orders.purchase_confirmed": Topic("product_order.purchase_confirmed", _("구매 확정"), _lines),
    "claims.opened": Topic("claim.opened", _("취소·반품·교환 신청"), _claims),
    "claims.collecting": Topic("claim.collecting", _("수거 시작"), _claims),
    "claims.collected": Topic("claim.collected", _("수거 완료"), _claims),
    "claims.redelivering": Topic("claim.redelivering", _("교환품 발송"), _claims),
    "claims.done": Topic("claim.done", _("클레임 완료"), _claims),
    "claims.exchanged": Topic("claim.exchanged", _("교환 완료"), _claims),
    "claims.rejected": Topic("claim.rejected", _("클레임 거부"), _claims),
    "claims.withdrawn": Topic("claim.withdrawn", _("클레임 철회"), _claims),
    "catalog.product_on_sale": Topic("product.on_sale", _("상품 판매 시작"), _products),
    "catalog.rejected": Topic("product.rejected", _("상품 심사 반려"), _products),
    "catalog.taken_off": Topic("product.off_sale", _("상품 판매 멈춤"), _products),
    "settlement.statement_made": Topic("settlement.made", _("정산서 발행"), _statements),
    "payouts.completed": Topic("payout.completed", _("지급 완료"), _payouts),
    "reviews.written": Topic("review.written", _("구매평"), _reviews),
}
NAMES = {topic.name: topic.about for topic in TOPICS.values()}
PING = "ping"
