"""What a seller does about a claim: collect, hold, look, refund, send again, refuse."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from django.db import transaction

from dure.commerce.claims import rules
from dure.commerce.claims.errors import FaultIsTheOperators, HoldTooLong, WhyMissing, WithdrawalExcluded
from dure.commerce.claims.models import Claim, Step
from dure.commerce.claims.reckon import Asked, exchange_of, refund_of, refuse
from dure.commerce.claims.settling import figures, fix, note, refuse_unfinished, settle, shown
from dure.commerce.orders import actions as orders
from dure.commerce.orders.models import ProductOrder, ShippingCharge
from dure.commerce.orders.queries import charge_of
from dure.commerce.orders.rules import business_days_after
from dure.commerce.shipping import actions as shipping
from dure.commerce.shipping.models import Parcel
from dure.commerce.stock import actions as stock
from dure.kit import audit, clock
from dure.kit.outbox import emit
from dure.kit.states import WrongState, move
from dure.people.models import User

FOR_FREIGHT = [Claim.HoldReason.RETURN_DELIVERYFEE, Claim.HoldReason.EXCHANGE_DELIVERYFEE]


@transaction.atomic
def request_collection(claim: Claim, *, by: User | None) -> None:
    """The carrier has been asked to fetch the goods; its waybill is not known yet. Raises WrongState."""
    waiting = Claim.objects.filter(
        pk=claim.pk, status=Claim.Status.REQUESTED, collect_status=Claim.CollectStatus.NOT_REQUESTED
    ).exclude(kind=Claim.Kind.CANCEL)
    if not waiting.update(collect_status=Claim.CollectStatus.COLLECT_REQUEST_TO_DELIVERY_COMPANY):
        raise WrongState()
    audit.record("claims.collection_requested", claim, by=by)
    emit("claims.collection_requested", claim, product_order_id=claim.product_order_id)


@transaction.atomic
def start_collecting(
    claim: Claim,
    *,
    carrier: str,
    waybill: str,
    by: User | None,
    method: str = "RETURN_DESIGNATED",
    side: str = Step.Side.SELLER,
) -> Parcel:
    """수거: a parcel fetches the goods, of everything asked for together. Raises WrongState, BadWaybill and its kin."""
    going = _together(claim, Claim.Status.REQUESTED)
    pieces = {one.product_order_id: one.quantity for one in going}
    if claim.kind == Claim.Kind.CANCEL or not pieces:
        raise WrongState()
    parcel = shipping.collect(pieces, claim.product_order.seller_id, carrier, waybill, by=by, method=method)
    for one in going:
        move(
            one,
            Claim.Status.COLLECTING,
            by=by,
            collect_parcel=parcel,
            collect_carrier=parcel.carrier,
            collect_waybill=parcel.waybill,
            collect_method=method,
            collect_status=Claim.CollectStatus.COLLECT_WAITING,
        )
        note(one, Step.What.SENT_BACK if side == Step.Side.BUYER else Step.What.COLLECTING, side, by)
        emit("claims.collecting", one, product_order_id=one.product_order_id)
    claim.refresh_from_db()
    return parcel


@transaction.atomic
def collected(claim: Claim, *, by: User | None) -> None:
    """수거완료: the goods are back with the seller, who has three business days to look at them. Raises WrongState."""
    if claim.kind == Claim.Kind.CANCEL:
        raise WrongState()
    moment = clock.now()
    move(
        claim,
        Claim.Status.COLLECTED,
        by=by,
        collected_at=moment,
        collect_status=Claim.CollectStatus.DELIVERED,
        answer_due=business_days_after(clock.kst_date(moment), rules.REFUND_DAYS),
    )
    note(claim, Step.What.COLLECTED, Step.Side.SELLER if by else Step.Side.HOUSE, by)
    emit("claims.collected", claim, product_order_id=claim.product_order_id)


def complete(claim: Claim, *, by: User | None, restock: bool = True) -> None:
    """The claim is settled. A cancel from REQUESTED (the dispatch was stopped), a return from COLLECTED.

    An exchange ends by `redeliver` and `exchanged`. `restock` False: the goods came back unsaleable.
    Raises WrongState, StillHeld, FeeNotReceived.
    """
    if claim.kind == Claim.Kind.EXCHANGE:
        raise WrongState()
    source = Claim.Status.REQUESTED if claim.kind == Claim.Kind.CANCEL else Claim.Status.COLLECTED
    settle(claim, by=by, side=Step.Side.SELLER, only_from=[source], restock=restock)


@transaction.atomic
def already_shipped(
    claim: Claim, *, carrier: str, waybill: str, by: User | None, method: str = "DELIVERY"
) -> Claim | None:
    """이미출고: the cancel came too late. The goods are entered as sent, and the claim goes on as a return.

    None where the goods cannot be returned for the reason given. Raises WrongState, BadWaybill and its kin.
    """
    if claim.kind != Claim.Kind.CANCEL:
        raise WrongState()
    line = ProductOrder.objects.select_for_update().get(pk=claim.product_order_id)
    move(claim, Claim.Status.REJECTED, by=by, only_from=[Claim.Status.REQUESTED], why="already shipped")
    note(claim, Step.What.SHIPPED, Step.Side.SELLER, by)
    emit("claims.rejected", claim, product_order_id=line.pk, shipped=True)
    shipping.dispatch([line], carrier, waybill, by=by, method=method)
    line.refresh_from_db()
    asked = Asked(line, Claim.Kind.RETURN, claim.quantity, claim.reason, claim.fault)
    moment = clock.now()
    try:
        refuse(asked, moment)
    except WithdrawalExcluded:
        return None
    going_on = Claim.objects.create(
        product_order=line,
        seller_id=line.seller_id,
        kind=Claim.Kind.RETURN,
        quantity=claim.quantity,
        reason=claim.reason,
        fault=claim.fault,
        detail=claim.detail,
        key=uuid.uuid5(claim.key, "already shipped"),
        came_from=claim,
        answer_due=business_days_after(clock.kst_date(moment), rules.ANSWER_DAYS[Claim.Kind.RETURN]),
        opened_by=claim.opened_by,
        opened_at=moment,
        **shown(refund_of(asked)),
    )
    note(going_on, Step.What.OPENED, Step.Side.HOUSE, None, claim.detail)
    emit("claims.opened", going_on, product_order_id=line.pk, seller_id=line.seller_id, kind=going_on.kind)
    return going_on


@transaction.atomic
def redeliver(
    claim: Claim, *, carrier: str, waybill: str, by: User | None, restock: bool = True, method: str = "DELIVERY"
) -> ProductOrder:
    """An exchange goes out: a line of its own stands for the pieces from now on, with the money that was paid for them.

    `restock` False: what came back is unsaleable. Raises WrongState, StillHeld, FeeNotReceived, SoldOut, BadWaybill and
    its kin.
    """
    if claim.kind != Claim.Kind.EXCHANGE:
        raise WrongState()
    line = ProductOrder.objects.select_for_update().get(pk=claim.product_order_id)
    refuse_unfinished(claim)
    move(claim, Claim.Status.REDELIVERING, by=by)
    ShippingCharge.objects.select_for_update().get(pk=charge_of(line).pk)
    claim.product_order = line
    asked = Asked.of(claim)
    new, refund = exchange_of(asked), refund_of(asked, settling=True)
    if restock:
        stock.take_back(line.option_id, claim.quantity, ref=f"claims.claim:{claim.pk}", by=by)
    standing = orders.stand_in(
        line,
        claim.exchange_option or line.option,
        claim.quantity,
        unit_price=new.unit_price,
        discount=new.discount,
        seller_discount=new.seller_discount,
    )
    orders.take_out(line, claim.quantity, kind="exchanged", by=by, why=claim.reason)
    fix(claim, refund, replacement=standing, moved_amount=new.moved)
    emit("claims.exchange_moved", claim, **figures(claim), replacement_id=standing.pk, moved=new.moved)
    if claim.refund_amount:
        emit("claims.refund_due", claim, **figures(claim))
    shipping.dispatch([standing], carrier, waybill, by=by, method=method)
    note(claim, Step.What.REDELIVERING, Step.Side.SELLER, by)
    emit("claims.redelivering", claim, product_order_id=line.pk)
    standing.refresh_from_db()
    return standing


@transaction.atomic
def exchanged(claim: Claim, *, by: User | None) -> None:
    """The exchanged goods have arrived; the line that stands for them has its own seven days. Raises WrongState."""
    move(claim, Claim.Status.DONE, by=by, only_from=[Claim.Status.REDELIVERING], done_at=clock.now())
    note(claim, Step.What.DONE, Step.Side.HOUSE, by)
    emit("claims.done", claim, **figures(claim))
    emit("claims.exchanged", claim, product_order_id=claim.product_order_id)


@transaction.atomic
def reject(claim: Claim, *, answer: str, by: User | None, side: str = Step.Side.SELLER) -> None:
    """The seller says no, with words the buyer sees. Raises WhyMissing, WrongState."""
    if not answer.strip():
        raise WhyMissing()
    move(claim, Claim.Status.REJECTED, by=by, why=answer, answer=answer.strip(), hold_reason="")
    note(claim, Step.What.REJECTED, side, by, answer)
    emit("claims.rejected", claim, product_order_id=claim.product_order_id)


@transaction.atomic
def hold(claim: Claim, *, reason: str, until: date, by: User | None, detail: str = "") -> None:
    """보류: the claim waits for something until a day, and both sides read for what. Raises HoldTooLong, WrongState."""
    today = clock.today()
    if not today < until <= today + timedelta(days=rules.LONGEST_HOLD):
        raise HoldTooLong(days=rules.LONGEST_HOLD)
    if reason not in Claim.HoldReason.values:
        raise WhyMissing()
    free = Claim.objects.filter(pk=claim.pk, status__in=Claim.BLOCKING, hold_reason="")
    if not free.update(hold_reason=reason, hold_detail=detail.strip()[:200], hold_until=until):
        raise WrongState()
    claim.refresh_from_db()
    said = " · ".join(filter(None, [str(claim.get_hold_reason_display()), claim.hold_detail, f"~ {until:%Y-%m-%d}"]))
    note(claim, Step.What.HELD, Step.Side.SELLER, by, said)
    audit.record("claims.held", claim, by=by, why=detail, reason=reason, until=f"{until}")
    emit("claims.held", claim, product_order_id=claim.product_order_id, reason=reason, until=f"{until}")


@transaction.atomic
def release(claim: Claim, *, by: User | None, side: str = Step.Side.SELLER) -> None:
    """The hold is over. Raises WrongState."""
    held = Claim.objects.filter(pk=claim.pk).exclude(hold_reason="")
    if not held.update(hold_reason="", hold_detail="", hold_until=None):
        raise WrongState()
    claim.refresh_from_db()
    note(claim, Step.What.RELEASED, side, by)
    audit.record("claims.released", claim, by=by)
    emit("claims.released", claim, product_order_id=claim.product_order_id)


def release_overdue(limit: int = 500) -> int:
    """Holds whose day is over do not go on by themselves. Returns how many."""
    over = Claim.objects.exclude(hold_reason="").filter(hold_until__lt=clock.today()).order_by("hold_until", "id")
    released = 0
    for claim in over[:limit]:
        try:
            release(claim, by=None, side=Step.Side.HOUSE)
        except WrongState:  # the seller was faster
            continue
        released += 1
    return released


@transaction.atomic
def receive_fee(claim: Claim, *, by: User | None) -> None:
    """The freight that was enclosed or sent apart has come; a hold for it is over. Raises WrongState."""
    awaited = Claim.objects.filter(pk=claim.pk, fee_received_at=None, fee_due__gt=0).exclude(
        fee_method=Claim.FeeMethod.DEDUCTED
    )
    if not awaited.update(fee_received_at=clock.now()):
        raise WrongState()
    claim.refresh_from_db()
    note(claim, Step.What.FEE, Step.Side.SELLER, by)
    emit("claims.fee_received", claim, product_order_id=claim.product_order_id, amount=claim.fee_due)
    if claim.hold_reason in FOR_FREIGHT:
        release(claim, by=by)


def admit_fault(claim: Claim, *, by: User | None, why: str = "", fault: str = Claim.Fault.SELLER) -> None:
    """The seller bears the freight after all. The other way round is the operator's to say. Raises FaultIsTheOperators."""
    if fault == Claim.Fault.BUYER:
        raise FaultIsTheOperators()
    set_fault(claim, fault, by=by, side=Step.Side.SELLER, why=why)


@transaction.atomic
def set_fault(claim: Claim, fault: str, *, by: User | None, side: str, why: str) -> None:
    """Whose fault it is decides who bears the freight: the figures shown to both change with it. Raises WrongState."""
    claim = Claim.objects.select_for_update().get(pk=claim.pk)
    if claim.status not in Claim.BLOCKING or claim.fault == fault:
        raise WrongState()
    was, claim.fault = claim.fault, fault
    claim.save(update_fields=["fault"])
    fix(claim, refund_of(Asked.of(claim)))
    said = f"{Claim.Fault(was).label} → {Claim.Fault(fault).label}"
    note(claim, Step.What.FAULT, side, by, f"{said}. {why}" if why else said)
    audit.record("claims.fault_changed", claim, by=by, why=why, was=was, fault=fault)
    emit("claims.fault_changed", claim, product_order_id=claim.product_order_id, was=was, fault=fault)


def _together(claim: Claim, status: str) -> list[Claim]:
    """The claim and those asked for with it that are as far as it is, locked."""
    same = Claim.objects.select_for_update().filter(status=status, kind=claim.kind)
    group = same.filter(group=claim.group) if claim.group else same.filter(pk=claim.pk)
    return list(group.order_by("pk"))
