"""Claims: opened by the buyer, answered by the seller, ending in a refund (finance hears `claims.refund_due`)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from dure.commerce.claims import rules
from dure.commerce.claims.errors import ClaimAlreadyOpen, NotClaimable, ReturnTooLate, TooMany, WhyMissing
from dure.commerce.claims.models import Claim, Evidence
from dure.commerce.claims.rules import Refund
from dure.commerce.orders import actions as orders
from dure.commerce.orders.models import LineStatus, ProductOrder, ShippingCharge
from dure.commerce.pricing import actions as pricing
from dure.commerce.shipping import actions as shipping
from dure.commerce.stock import actions as stock
from dure.kit import audit, clock
from dure.kit.outbox import emit
from dure.kit.states import move
from dure.people.models import User

KIND_FROM = {
    Claim.Kind.CANCEL: {LineStatus.PAID},
    Claim.Kind.RETURN: {LineStatus.DELIVERED},
    Claim.Kind.EXCHANGE: {LineStatus.DELIVERED},
}


def preview(line: ProductOrder, kind: str, quantity: int, reason: str) -> Refund:
    """What the buyer would get back. Raises TooMany, NotClaimable."""
    _refuse(line, kind, quantity, reason, clock.now())
    if kind == Claim.Kind.EXCHANGE:
        return Refund(0, 0, 0)
    taken = line.canceled_quantity + line.returned_quantity
    goods = rules.goods_refund(line.paid_amount, line.quantity, taken, quantity)
    charge = ShippingCharge.objects.get(order_id=line.order_id, seller_id=line.seller_id)
    last = taken + quantity == line.quantity and not _others_left(line)
    left = charge.amount - charge.refunded
    if kind == Claim.Kind.CANCEL:
        return rules.cancel_refund(goods, left, last_of_seller=last)
    return rules.return_refund(
        goods,
        fault=rules.fault_of(reason),
        shipping_paid=charge.amount,
        shipping_left=left,
        one_way=charge.policy.get("return_fee", 0),
        last_of_seller=last,
    )


@transaction.atomic
def open_claim(
    line: ProductOrder,
    kind: str,
    *,
    quantity: int,
    reason: str,
    key: uuid.UUID,
    by: User,
    detail: str = "",
    evidence: Iterable[str] = (),
) -> Claim:
    """The buyer asks. A cancel before the seller has acknowledged is done at once; the rest waits for the seller.

    `evidence`: storage names of pictures (kit.images). The same `key` twice is one claim.
    Raises NotClaimable, TooMany, ReturnTooLate, ClaimAlreadyOpen.
    """
    if known := Claim.objects.filter(key=key, product_order=line).first():
        return known
    line = ProductOrder.objects.select_for_update().get(pk=line.pk)
    refund = preview(line, kind, quantity, reason)
    try:
        with transaction.atomic():
            claim = Claim.objects.create(
                product_order=line,
                kind=kind,
                quantity=quantity,
                reason=reason,
                fault=rules.fault_of(reason),
                detail=detail,
                key=key,
                goods_refund=refund.goods,
                shipping_refund=refund.shipping,
                return_fee=refund.return_fee,
                refund_amount=refund.amount,
                opened_by=by,
                opened_at=clock.now(),
            )
    except IntegrityError as error:
        if known := Claim.objects.filter(key=key, product_order=line).first():
            return known
        raise ClaimAlreadyOpen() from error
    Evidence.objects.bulk_create(Evidence(claim=claim, image=image) for image in evidence)
    audit.record("claims.opened", claim, by=by, why=reason)
    emit("claims.opened", claim, product_order_id=line.pk, seller_id=line.seller_id, kind=kind)
    if kind == Claim.Kind.CANCEL and line.acknowledged_at is None:
        complete(claim, by=None)
    return claim


@transaction.atomic
def start_collecting(claim: Claim, *, carrier: str, waybill: str, by: User | None) -> None:
    """수거: the seller sends for the goods. Raises WrongState, BadWaybill and its kin."""
    parcel = shipping.collect(claim.product_order, carrier, waybill, by=by)
    move(claim, Claim.Status.COLLECTING, by=by, collect_carrier=parcel.carrier, collect_waybill=parcel.waybill)
    emit("claims.collecting", claim, product_order_id=claim.product_order_id)


@transaction.atomic
def collected(claim: Claim, *, by: User | None) -> None:
    """수거완료: the goods are back with the seller."""
    move(claim, Claim.Status.COLLECTED, by=by, collected_at=clock.now())
    emit("claims.collected", claim, product_order_id=claim.product_order_id)


@transaction.atomic
def complete(claim: Claim, *, by: User | None, restock: bool = True) -> None:
    """The claim is settled: pieces leave the line, goods go back to the stock, the refund is due.

    A cancel completes from REQUESTED, a return from COLLECTED. `restock` False: the goods came back unsaleable.
    """
    source = Claim.Status.REQUESTED if claim.kind == Claim.Kind.CANCEL else Claim.Status.COLLECTED
    move(claim, Claim.Status.DONE, by=by, only_from=[source], done_at=clock.now())
    line = ProductOrder.objects.select_for_update().get(pk=claim.product_order_id)
    returned = claim.kind != Claim.Kind.CANCEL
    line = orders.take_out(line, claim.quantity, returned=returned, by=by, why=claim.reason)
    if not returned:
        stock.release([(line.option_id, claim.quantity)])
        if line.live_price_id:
            pricing.give_back([(line.live_price_id, claim.quantity)])
    elif restock:
        stock.take_back(line.option_id, claim.quantity, ref=f"claims.claim:{claim.pk}", by=by)
    if claim.shipping_refund:
        charge = ShippingCharge.objects.select_for_update().get(order_id=line.order_id, seller_id=line.seller_id)
        charge.refunded += claim.shipping_refund
        charge.save(update_fields=["refunded"])
    figures = {
        "claim_id": claim.pk,
        "product_order_id": line.pk,
        "order_id": line.order_id,
        "seller_id": line.seller_id,
        "amount": claim.refund_amount,
        "goods_refund": claim.goods_refund,
        "shipping_refund": claim.shipping_refund,
        "return_fee": claim.return_fee,
        "reason": claim.reason,
    }
    emit("claims.refund_due", claim, **figures)
    emit("claims.done", claim, **figures)


@transaction.atomic
def reject(claim: Claim, *, answer: str, by: User | None) -> None:
    """The seller says no, with words the buyer sees. Raises WhyMissing, WrongState."""
    if not answer.strip():
        raise WhyMissing()
    move(claim, Claim.Status.REJECTED, by=by, why=answer, answer=answer.strip())
    emit("claims.rejected", claim, product_order_id=claim.product_order_id)


@transaction.atomic
def withdraw(claim: Claim, *, by: User | None) -> None:
    """The buyer thinks again."""
    move(claim, Claim.Status.WITHDRAWN, by=by)
    emit("claims.withdrawn", claim, product_order_id=claim.product_order_id)


@transaction.atomic
def redeliver(claim: Claim, *, carrier: str, waybill: str, by: User | None) -> None:
    """An exchange goes out again; the claim is done when the new parcel is handed over."""
    move(claim, Claim.Status.REDELIVERING, by=by)
    shipping.exchange_out(claim.product_order, carrier, waybill, by=by)
    emit("claims.redelivering", claim, product_order_id=claim.product_order_id)


@transaction.atomic
def exchanged(claim: Claim, *, by: User | None) -> None:
    """The exchanged goods have arrived."""
    move(claim, Claim.Status.DONE, by=by, only_from=[Claim.Status.REDELIVERING], done_at=clock.now())
    emit("claims.exchanged", claim, product_order_id=claim.product_order_id)


@transaction.atomic
def mark_refunded(claim_id: int, *, at: datetime) -> None:
    """Finance gave the money back."""
    Claim.objects.filter(pk=claim_id, refunded_at=None).update(refunded_at=at)


def _refuse(line: ProductOrder, kind: str, quantity: int, reason: str, moment: datetime) -> None:
    if line.status not in KIND_FROM.get(Claim.Kind(kind), set()) or reason not in rules.REASONS:
        raise NotClaimable()
    fault, for_cancel, for_return = rules.REASONS[reason]
    if not (for_cancel if kind == Claim.Kind.CANCEL else for_return):
        raise NotClaimable()
    left = line.quantity - line.canceled_quantity - line.returned_quantity
    if not 1 <= quantity <= left:
        raise TooMany(left=left)
    days = rules.WITHDRAWAL_DAYS if fault == Claim.Fault.BUYER else rules.FAULT_DAYS
    if line.delivered_at and moment > line.delivered_at + timedelta(days=days):
        raise ReturnTooLate()


def _others_left(line: ProductOrder) -> bool:
    """Does the order still hold other goods of this seller?"""
    rest = ProductOrder.objects.filter(order_id=line.order_id, seller_id=line.seller_id).exclude(pk=line.pk)
    return any(o.quantity > o.canceled_quantity + o.returned_quantity for o in rest)
