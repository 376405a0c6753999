"""직권: what the operator does over the heads of buyer and seller. Always with a reason, always in the audit trail."""

from __future__ import annotations

import uuid

from django.db import IntegrityError, transaction

from dure.commerce.claims import answers
from dure.commerce.claims.errors import ClaimAlreadyOpen, NotClaimable, TooMany, WhyMissing
from dure.commerce.claims.models import Claim, Step
from dure.commerce.claims.reckon import KIND_FROM, Asked, refund_of
from dure.commerce.claims.settling import note, settle, shown
from dure.commerce.orders.models import ProductOrder
from dure.kit import audit, clock
from dure.kit.outbox import emit
from dure.people.models import User

REASON = {
    Claim.Fault.BUYER: "INTENT_CHANGED",
    Claim.Fault.SELLER: "INCORRECT_INFO",
    Claim.Fault.CARRIER: "CARRIER_DAMAGE",
}
REASON_OF_CANCEL = {**REASON, Claim.Fault.SELLER: "SOLD_OUT"}


def preview_forced(line: ProductOrder, kind: str, quantity: int, fault: str) -> Asked:
    """What the operator would decide. Raises NotClaimable, TooMany. Time limits do not bind the operator."""
    if kind == Claim.Kind.EXCHANGE or line.status not in KIND_FROM[Claim.Kind(kind)]:
        raise NotClaimable()
    left = line.unsent_quantity if kind == Claim.Kind.CANCEL else line.kept_quantity
    if not 1 <= quantity <= left:
        raise TooMany(left=left)
    reasons = REASON_OF_CANCEL if kind == Claim.Kind.CANCEL else REASON
    return Asked(line, kind, quantity, reasons[Claim.Fault(fault)], fault)


@transaction.atomic
def force(
    line: ProductOrder,
    kind: str,
    *,
    quantity: int,
    fault: str,
    why: str,
    key: uuid.UUID,
    by: User,
    restock: bool = False,
) -> Claim:
    """직권취소, 직권반품: the buyer is refunded without the seller, and without waiting for goods. The same `key` twice is one.

    An open claim of the line is decided by `force_claim`. Raises WhyMissing, NotClaimable, TooMany, ClaimAlreadyOpen.
    """
    if known := Claim.objects.filter(key=key).first():
        return known
    if not why.strip():
        raise WhyMissing()
    line = ProductOrder.objects.select_for_update().get(pk=line.pk)
    asked = preview_forced(line, kind, quantity, fault)
    try:
        with transaction.atomic():
            claim = Claim.objects.create(
                product_order=line,
                seller_id=line.seller_id,
                kind=kind,
                quantity=quantity,
                reason=asked.reason,
                fault=fault,
                detail="",
                key=key,
                opened_by=by,
                opened_at=clock.now(),
                **shown(refund_of(asked)),
            )
    except IntegrityError as error:
        raise ClaimAlreadyOpen() from error
    note(claim, Step.What.OPENED, Step.Side.OPERATOR, by, why)
    emit("claims.opened", claim, product_order_id=line.pk, seller_id=line.seller_id, kind=kind)
    force_claim(claim, why=why, by=by, restock=restock)
    return claim


@transaction.atomic
def force_claim(claim: Claim, *, why: str, by: User, restock: bool = False) -> None:
    """An open cancel or return is done now, as it stands: a hold and freight still awaited are let go.

    Raises WhyMissing, NotClaimable (an exchange: refuse it, then return), WrongState.
    """
    if not why.strip():
        raise WhyMissing()
    if claim.kind == Claim.Kind.EXCHANGE:
        raise NotClaimable()
    claim = Claim.objects.select_for_update().get(pk=claim.pk)
    if claim.is_held:
        answers.release(claim, by=by, side=Step.Side.OPERATOR)
    if claim.fee_is_awaited:
        claim.fee_received_at = clock.now()
    claim.forced_by = by
    claim.save(update_fields=["forced_by", "fee_received_at"])
    audit.record("claims.forced", claim, by=by, why=why)
    settle(claim, by=by, side=Step.Side.OPERATOR, only_from=Claim.BLOCKING, restock=restock, said=why)


@transaction.atomic
def force_rejection(claim: Claim, *, why: str, by: User) -> None:
    """The operator refuses a claim the seller left unanswered. Raises WhyMissing, WrongState."""
    answers.reject(claim, answer=why, by=by, side=Step.Side.OPERATOR)
    Claim.objects.filter(pk=claim.pk).update(forced_by=by)
    audit.record("claims.forced_rejection", claim, by=by, why=why)


def judge_fault(claim: Claim, fault: str, *, why: str, by: User) -> None:
    """After looking at both sides' pictures: whose fault it is. Raises WhyMissing, WrongState."""
    if not why.strip():
        raise WhyMissing()
    answers.set_fault(claim, fault, by=by, side=Step.Side.OPERATOR, why=why)
