"""Claims: opened by the buyer, answered by the seller (`answers.py`), decided by the operator where they cannot agree
(`override.py`), ending in a refund (finance hears `claims.refund_due`). All of it can be had from here."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from dure.commerce.catalog.models import Option
from dure.commerce.claims import rules, settling
from dure.commerce.claims.answers import (
    admit_fault,
    already_shipped,
    collected,
    complete,
    exchanged,
    hold,
    receive_fee,
    redeliver,
    reject,
    release,
    release_overdue,
    request_collection,
    start_collecting,
)
from dure.commerce.claims.errors import ClaimAlreadyOpen
from dure.commerce.claims.models import Claim, Evidence, Step
from dure.commerce.claims.override import force, force_claim, force_rejection, judge_fault
from dure.commerce.claims.reckon import Asked, payable, refund_of, refuse
from dure.commerce.claims.rules import Refund
from dure.commerce.claims.settling import note, shown
from dure.commerce.orders.models import ProductOrder
from dure.commerce.orders.rules import business_days_after
from dure.kit import audit, clock
from dure.kit.outbox import emit
from dure.kit.states import WrongState, move
from dure.people.models import User

__all__ = [
    "admit_fault",
    "already_shipped",
    "collected",
    "complete",
    "exchanged",
    "force",
    "force_claim",
    "force_rejection",
    "hold",
    "judge_fault",
    "receive_fee",
    "redeliver",
    "reject",
    "release",
    "release_overdue",
    "request_collection",
    "start_collecting",
]


@dataclass(frozen=True)
class Terms:
    """How goods are to come back: who sends them, how the freight the buyer bears is paid."""

    fee_method: str = Claim.FeeMethod.DEDUCTED
    collect_method: str = "RETURN_DESIGNATED"  # or RETURN_INDIVIDUAL: the buyer sends them


def preview(
    line: ProductOrder,
    kind: str,
    quantity: int,
    reason: str,
    *,
    option: Option | None = None,
    fee_method: str = Claim.FeeMethod.DEDUCTED,
) -> Refund:
    """What the buyer would get back. Raises NotClaimable, TooMany, ReturnTooLate, WithdrawalExcluded, CannotExchangeFor."""
    return preview_together([(line, quantity)], kind, reason, option=option, fee_method=fee_method)[0]


def preview_together(
    wanted: Sequence[tuple[ProductOrder, int]],
    kind: str,
    reason: str,
    *,
    option: Option | None = None,
    fee_method: str = Claim.FeeMethod.DEDUCTED,
) -> list[Refund]:
    """The same for lines that come back together, one after the other: their freight is borne once."""
    moment, found = clock.now(), list[tuple[Asked, Refund]]()
    for line, quantity in wanted:
        asked = Asked(line, kind, quantity, reason, _fault(reason), fee_method, option)
        refuse(asked, moment)
        asked = payable(asked)
        found.append((asked, refund_of(asked, earlier=found)))
    return [refund for _asked, refund in found]


@transaction.atomic
def open_claim(
    line: ProductOrder,
    kind: str,
    *,
    quantity: int,
    reason: str,
    key: uuid.UUID,
    by: User | None,
    detail: str = "",
    evidence: Iterable[str] = (),
    option: Option | None = None,
    terms: Terms = Terms(),
    group: uuid.UUID | None = None,
) -> Claim:
    """The buyer asks. A cancel before the seller has acknowledged is done at once; the rest waits for the seller.

    `evidence`: storage names of pictures (kit.images). `option`: of an exchange, what for. The same `key` twice is one claim.
    Raises NotClaimable, TooMany, ReturnTooLate, WithdrawalExcluded, CannotExchangeFor, ClaimAlreadyOpen.
    """
    if known := Claim.objects.filter(key=key, product_order=line).first():
        return known
    line = ProductOrder.objects.select_for_update().get(pk=line.pk)
    moment = clock.now()
    if kind == Claim.Kind.EXCHANGE and option is None:
        option = line.option
    asked = Asked(line, kind, quantity, reason, _fault(reason), terms.fee_method, option, group)
    refuse(asked, moment)
    asked = payable(asked)
    try:
        with transaction.atomic():
            claim = _create(asked, key=key, by=by, detail=detail, terms=terms, moment=moment)
    except IntegrityError as error:
        if known := Claim.objects.filter(key=key, product_order=line).first():
            return known
        raise ClaimAlreadyOpen() from error
    Evidence.objects.bulk_create(Evidence(claim=claim, image=image, added_at=moment) for image in evidence)
    note(claim, Step.What.OPENED, Step.Side.BUYER, by, detail)
    audit.record("claims.opened", claim, by=by, why=reason)
    emit("claims.opened", claim, product_order_id=line.pk, seller_id=line.seller_id, kind=kind)
    if kind == Claim.Kind.CANCEL and line.acknowledged_at is None:
        settling.settle(claim, by=None, side=Step.Side.HOUSE, only_from=[Claim.Status.REQUESTED])
    return claim


@transaction.atomic
def open_together(
    wanted: Sequence[tuple[ProductOrder, int]],
    kind: str,
    *,
    reason: str,
    key: uuid.UUID,
    by: User | None,
    detail: str = "",
    evidence: Iterable[str] = (),
    option: Option | None = None,
    terms: Terms = Terms(),
) -> list[Claim]:
    """Several lines of one seller at once, all or none: they come back in one parcel, at one freight. Raises as `open_claim`."""
    pictures = list(evidence)
    group = key if len(wanted) > 1 else None
    return [
        open_claim(
            line,
            kind,
            quantity=quantity,
            reason=reason,
            key=uuid.uuid5(key, f"{line.pk}") if group else key,
            by=by,
            detail=detail,
            evidence=pictures,
            option=option,
            terms=terms,
            group=group,
        )
        for line, quantity in sorted(wanted, key=lambda one: one[0].pk)  # locked in this order
    ]


@transaction.atomic
def sent_back(claim: Claim, *, carrier: str, waybill: str, by: User | None) -> None:
    """The buyer has sent the goods and says by which parcel. Raises WrongState, BadWaybill and its kin."""
    start_collecting(claim, carrier=carrier, waybill=waybill, by=by, method="RETURN_INDIVIDUAL", side=Step.Side.BUYER)


@transaction.atomic
def withdraw(claim: Claim, *, by: User | None) -> None:
    """The buyer thinks again, before the goods are back. Raises WrongState."""
    move(
        claim,
        Claim.Status.WITHDRAWN,
        by=by,
        hold_reason="",
        **({"collect_status": Claim.CollectStatus.COLLECT_CANCELED} if claim.status == "COLLECTING" else {}),
    )
    note(claim, Step.What.WITHDRAWN, Step.Side.BUYER, by)
    emit("claims.withdrawn", claim, product_order_id=claim.product_order_id)


@transaction.atomic
def add_evidence(claim: Claim, images: Iterable[str], *, side: str, by: User | None, said: str = "") -> None:
    """More pictures or words of one side, for as long as nothing is decided. Raises WrongState."""
    claim = Claim.objects.select_for_update().get(pk=claim.pk)
    if claim.status not in Claim.BLOCKING:
        raise WrongState()
    moment = clock.now()
    Evidence.objects.bulk_create(Evidence(claim=claim, image=image, side=side, added_at=moment) for image in images)
    note(claim, Step.What.EVIDENCE, side, by, said)
    emit("claims.evidence_added", claim, product_order_id=claim.product_order_id, side=side)


@transaction.atomic
def mark_refunded(claim_id: int, *, at: datetime) -> None:
    """Finance gave the money back."""
    if Claim.objects.filter(pk=claim_id, refunded_at=None).update(refunded_at=at):
        Step.objects.create(claim_id=claim_id, what=Step.What.REFUNDED, side=Step.Side.HOUSE, at=at)


def _create(asked: Asked, *, key: uuid.UUID, by: User | None, detail: str, terms: Terms, moment: datetime) -> Claim:
    line = asked.line
    return Claim.objects.create(
        product_order=line,
        seller_id=line.seller_id,
        kind=asked.kind,
        quantity=asked.quantity,
        reason=asked.reason,
        fault=asked.fault,
        detail=detail,
        key=key,
        group=asked.group,
        exchange_option=asked.option if asked.kind == Claim.Kind.EXCHANGE else None,
        fee_method=asked.fee_method,
        collect_method=terms.collect_method,
        answer_due=business_days_after(clock.kst_date(moment), rules.ANSWER_DAYS[asked.kind]),
        opened_by=by,
        opened_at=moment,
        **shown(refund_of(asked)),
    )


def _fault(reason: str) -> str:
    """A reason that is none is refused in `refuse`."""
    return rules.fault_of(reason) if reason in rules.REASONS else Claim.Fault.BUYER
