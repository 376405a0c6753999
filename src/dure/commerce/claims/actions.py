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
from dure.commerce.orders.queries import charge_of, lines_of_charge
from dure.commerce.pricing import actions as pricing
from dure.commerce.pricing.rules import Bundle, Item, first_freight
from dure.commerce.shipping import actions as shipping
from dure.commerce.stock import actions as stock
from dure.commerce.stock import limits
from dure.kit import audit, clock
from dure.kit.outbox import emit
from dure.kit.states import WrongState, move
from dure.people.models import User

KIND_FROM = {
    Claim.Kind.CANCEL: {LineStatus.PAID},
    Claim.Kind.RETURN: {LineStatus.DELIVERED},
    Claim.Kind.EXCHANGE: {LineStatus.DELIVERED},
}


def preview(line: ProductOrder, kind: str, quantity: int, reason: str) -> Refund:
    """What the buyer would get back. Raises TooMany, NotClaimable, ReturnTooLate."""
    _refuse(line, kind, quantity, reason, clock.now())
    return _reckon(line, kind, quantity, rules.fault_of(reason))


def _reckon(line: ProductOrder, kind: str, quantity: int, fault: str, claim: int = 0) -> Refund:
    if kind == Claim.Kind.EXCHANGE:
        return Refund(0, 0, 0)
    taken = line.canceled_quantity + line.returned_quantity
    goods = rules.goods_refund(line.paid_amount, line.quantity, taken, quantity)
    charge = charge_of(line)
    kept = _kept(line, charge, quantity)
    left = charge.amount - charge.refunded
    if kind == Claim.Kind.CANCEL:
        return rules.cancel_refund(goods, left, last_of_seller=not kept)
    bundle = Bundle.read(charge.policy)
    back = bundle.return_fee + charge.extra
    out = first_freight(bundle, charge.reason, kept)
    if out and _paid_freight_out(line, charge, back, besides=claim):
        out = 0
    return rules.return_refund(
        goods, fault=fault, freight_back=back, freight_out=out, shipping_left=left, last_of_seller=not kept
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
                seller_id=line.seller_id,
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
    line = claim.product_order
    parcel = shipping.collect({line.pk: claim.quantity}, line.seller_id, carrier, waybill, by=by)
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

    A cancel completes from REQUESTED, a return from COLLECTED; an exchange ends by `exchanged`. The refund is reckoned
    anew: other goods of the parcel may have been claimed since. `restock` False: the goods came back unsaleable.
    Raises WrongState.
    """
    if claim.kind == Claim.Kind.EXCHANGE:
        raise WrongState()
    source = Claim.Status.REQUESTED if claim.kind == Claim.Kind.CANCEL else Claim.Status.COLLECTED
    move(claim, Claim.Status.DONE, by=by, only_from=[source], done_at=clock.now())
    line = ProductOrder.objects.select_for_update().get(pk=claim.product_order_id)
    # Claims on goods of one parcel wait for each other here: exactly one of them is the last.
    charge = ShippingCharge.objects.select_for_update().get(pk=charge_of(line).pk)
    _fix_refund(claim, _reckon(line, claim.kind, claim.quantity, claim.fault, claim.pk))
    returned = claim.kind != Claim.Kind.CANCEL
    line = orders.take_out(line, claim.quantity, kind="returned" if returned else "canceled", by=by, why=claim.reason)
    if not returned:
        stock.release([(line.option_id, claim.quantity)])
        if holder := line.contract.get("counted"):
            limits.give_back([(line.option.product_id, holder, claim.quantity)])
        shipping.catch_up(line)
        if line.live_price_id:
            pricing.give_back([(line.live_price_id, claim.quantity)])
    elif restock:
        stock.take_back(line.option_id, claim.quantity, ref=f"claims.claim:{claim.pk}", by=by)
    if claim.shipping_refund:
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
def redeliver(claim: Claim, *, carrier: str, waybill: str, by: User | None, restock: bool = True) -> None:
    """An exchange goes out again; the claim is done when the new parcel has arrived.

    `restock` False: what came back is unsaleable, so the new pieces are taken off the stock. Raises WrongState,
    NotEnoughStock, BadWaybill and its kin.
    """
    if claim.kind != Claim.Kind.EXCHANGE:
        raise WrongState()
    move(claim, Claim.Status.REDELIVERING, by=by)
    if not restock:
        stock.adjust(claim.product_order.option_id, -claim.quantity, by=by, why=f"claims.claim:{claim.pk}")
    shipping.exchange_out(claim.product_order, claim.quantity, carrier, waybill, by=by)
    emit("claims.redelivering", claim, product_order_id=claim.product_order_id)


@transaction.atomic
def exchanged(claim: Claim, *, by: User | None) -> None:
    """The exchanged goods have arrived; the buyer has seven days again."""
    moment = clock.now()
    move(claim, Claim.Status.DONE, by=by, only_from=[Claim.Status.REDELIVERING], done_at=moment)
    orders.renew_confirmation(claim.product_order, at=moment)
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
    left = line.unsent_quantity if kind == Claim.Kind.CANCEL else line.kept_quantity
    if not 1 <= quantity <= left:
        raise TooMany(left=left)
    days = rules.WITHDRAWAL_DAYS if fault == Claim.Fault.BUYER else rules.FAULT_DAYS
    if line.delivered_at and moment > line.delivered_at + timedelta(days=days):
        raise ReturnTooLate(days=days)


def _kept(line: ProductOrder, charge: ShippingCharge, quantity: int) -> list[Item]:
    """What stays with the buyer of this parcel when `quantity` pieces of the line are taken out."""
    kept = []
    for other in lines_of_charge(charge):
        pieces = other.kept_quantity - (quantity if other.pk == line.pk else 0)
        if pieces:
            kept.append(Item(other.paid_amount * pieces // other.quantity, pieces, other.contract.get("part", 0)))
    return kept


def _paid_freight_out(line: ProductOrder, charge: ShippingCharge, freight_back: int, besides: int) -> bool:
    """Did another return of goods of the same parcel pay its first freight?"""
    others = Claim.objects.filter(
        product_order__in=[other.pk for other in lines_of_charge(charge)],
        status=Claim.Status.DONE,
        return_fee__gt=freight_back,
    )
    return others.exclude(pk=besides).exists()


def _fix_refund(claim: Claim, refund: Refund) -> None:
    claim.goods_refund, claim.shipping_refund = refund.goods, refund.shipping
    claim.return_fee, claim.refund_amount = refund.return_fee, refund.amount
    claim.save(update_fields=["goods_refund", "shipping_refund", "return_fee", "refund_amount"])
