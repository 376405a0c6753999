"""What happens to a line after it is paid: seen, announced late, sent, delivered, confirmed, taken out by claims."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from dure.commerce.catalog.models import Option
from dure.commerce.orders import rules
from dure.commerce.orders.errors import ClaimOpen, DelayTold, DelayTooShort, TooManySent, WhyNeeded
from dure.commerce.orders.models import DispatchDelay, LineStatus, ProductOrder
from dure.commerce.stock import actions as stock
from dure.kit import audit, clock
from dure.kit.outbox import emit
from dure.kit.states import WrongState, move
from dure.people.models import User

CONFIRM_AFTER = timedelta(days=7)  # 구매확정 by time, after delivery
LONGEST_DELAY = timedelta(days=90)
TAKEN = {  # what takes pieces out of a line: from which statuses, and what the line is when nothing is left
    "canceled": (rules.CANCELABLE, LineStatus.CANCELED),
    "returned": (rules.RETURNABLE, LineStatus.RETURNED),
    "exchanged": (rules.EXCHANGEABLE, LineStatus.EXCHANGED),
}


@transaction.atomic
def acknowledge(line: ProductOrder, *, by: User | None) -> None:
    """발주확인: the seller has seen a paid line. Raises WrongState when it is not, or was already seen."""
    if not acknowledge_all([line.pk], by=by):
        raise WrongState()
    line.refresh_from_db()


@transaction.atomic
def acknowledge_all(ids: Iterable[int], *, by: User | None) -> list[int]:
    """발주확인 of many lines in one statement. Returns those this call has marked: not paid, or seen before, is left."""
    unseen = ProductOrder.objects.filter(pk__in=list(ids), status=LineStatus.PAID, acknowledged_at=None)
    rows = list(unseen.select_for_update().order_by("id"))
    ProductOrder.objects.filter(pk__in=[line.pk for line in rows]).update(acknowledged_at=clock.now())
    for line in rows:
        audit.record("orders.acknowledged", line, by=by)
        _tell("orders.acknowledged", line)
    return [line.pk for line in rows]


@transaction.atomic
def take_back_acknowledgement(ids: Iterable[int], *, by: User | None) -> int:
    """발주확인 해제: the undo of the button, while nothing of the line has been sent. Returns how many."""
    seen = ProductOrder.objects.filter(pk__in=list(ids), status=LineStatus.PAID, sent_quantity=0)
    rows = list(seen.exclude(acknowledged_at=None).select_for_update().order_by("id"))
    ProductOrder.objects.filter(pk__in=[line.pk for line in rows]).update(acknowledged_at=None)
    for line in rows:
        audit.record("orders.acknowledgement_taken_back", line, by=by)
    return len(rows)


@transaction.atomic
def announce_delay(line: ProductOrder, *, reason: str, due: date, by: User | None, detail: str = "") -> DispatchDelay:
    """발송지연 안내: the buyer hears why and until when. Once a line. Raises WrongState, DelayTooShort, DelayTold."""
    line = ProductOrder.objects.select_for_update().get(pk=line.pk)
    if line.status != LineStatus.PAID:
        raise WrongState()
    before = line.dispatch_due or clock.today()
    if not max(before, clock.today()) < due <= clock.today() + LONGEST_DELAY:
        raise DelayTooShort(days=LONGEST_DELAY.days)
    if reason == DispatchDelay.Reason.ETC and not detail.strip():
        raise WhyNeeded()
    try:
        with transaction.atomic():
            told = DispatchDelay.objects.create(
                line=line,
                reason=reason,
                detail=detail.strip(),
                due_before=before,
                due=due,
                told_at=clock.now(),
                told_by=by,
            )
    except IntegrityError as error:
        raise DelayTold() from error
    line.dispatch_due = due
    line.save(update_fields=["dispatch_due"])
    audit.record("orders.delay_announced", line, by=by, why=detail, reason=reason, due=f"{due}")
    _tell("orders.delay_announced", line, reason=reason, detail=told.detail, due=f"{due}")
    return told


@transaction.atomic
def mark_dispatched(line: ProductOrder, *, by: User | None, quantity: int | None = None) -> int:
    """`quantity` pieces (all that are left, if None) are in a parcel; the line is DELIVERING when the last of them is.

    Shipping calls this with the parcel it made. An unseen line is acknowledged with it. Returns how many pieces went.
    Raises ClaimOpen (the seller answers the cancel first), TooManySent, WrongState.
    """
    line = ProductOrder.objects.select_for_update().get(pk=line.pk)  # a claim being opened waits for us, or we for it
    refuse_open_claim(line)
    if line.status != LineStatus.PAID:
        raise WrongState()
    pieces = line.unsent_quantity if quantity is None else quantity
    if not 1 <= pieces <= line.unsent_quantity:
        raise TooManySent(left=line.unsent_quantity)
    moment = clock.now()
    line.sent_quantity += pieces
    line.acknowledged_at = line.acknowledged_at or moment
    line.save(update_fields=["sent_quantity", "acknowledged_at"])
    if line.unsent_quantity == 0:
        _all_sent(line, by)
    _tell("orders.dispatched", line, quantity=pieces, left=line.unsent_quantity)
    return pieces


@transaction.atomic
def mark_delivered(line: ProductOrder, *, at: datetime) -> None:
    """The last parcel of the line arrived at `at`; from then on seven days until it is confirmed by time."""
    move(line, LineStatus.DELIVERED, delivered_at=at, confirm_due=at + CONFIRM_AFTER)
    _tell("orders.delivered", line)


@transaction.atomic
def confirm_purchase(line: ProductOrder, *, by: User | None) -> None:
    """구매확정: the money of this line becomes the seller's. By time (`by` None) not while it is held.

    Raises WrongState, ClaimOpen.
    """
    line = ProductOrder.objects.select_for_update().get(pk=line.pk)
    refuse_open_claim(line)
    if by is None and line.confirm_held_at:
        raise WrongState()
    move(line, LineStatus.PURCHASE_CONFIRMED, by=by, confirmed_at=clock.now())
    _tell("orders.purchase_confirmed", line)


def auto_confirm(limit: int = 500) -> int:
    """Confirm what was delivered long enough ago, has no claim open and is not held. Returns how many."""
    due = (
        ProductOrder.objects.filter(status=LineStatus.DELIVERED, confirm_due__lte=clock.now(), confirm_held_at=None)
        .exclude(claims__status__in=rules.BLOCKING_CLAIM)
        .order_by("confirm_due")[:limit]
    )
    confirmed = 0
    for line in due:
        try:
            confirm_purchase(line, by=None)
        except (WrongState, ClaimOpen):  # the buyer was faster
            continue
        confirmed += 1
    return confirmed


@transaction.atomic
def hold_confirmation(line: ProductOrder, *, reason: str, by: User | None) -> None:
    """구매확정보류 by the operator: a quarrel is being looked into. Raises WrongState, WhyNeeded."""
    if not reason.strip():
        raise WhyNeeded()
    free = ProductOrder.objects.filter(
        pk=line.pk, confirm_held_at=None, status__in=[LineStatus.PAID, LineStatus.DELIVERING, LineStatus.DELIVERED]
    )
    if not free.update(confirm_held_at=clock.now(), confirm_hold_reason=reason.strip()):
        raise WrongState()
    audit.record("orders.confirmation_held", line, by=by, why=reason)
    _tell("orders.confirmation_held", line, reason=reason.strip())


@transaction.atomic
def release_confirmation(line: ProductOrder, *, by: User | None) -> None:
    """The hold is over; where the seven days have run out meanwhile, three more remain. Raises WrongState."""
    held = ProductOrder.objects.select_for_update().filter(pk=line.pk).exclude(confirm_held_at=None).first()
    if held is None:
        raise WrongState()
    held.confirm_held_at, held.confirm_hold_reason = None, ""
    if held.confirm_due:
        held.confirm_due = max(held.confirm_due, clock.now() + timedelta(days=3))
    held.save(update_fields=["confirm_held_at", "confirm_hold_reason", "confirm_due"])
    audit.record("orders.confirmation_released", held, by=by)
    _tell("orders.confirmation_released", held)


@transaction.atomic
def take_out(line: ProductOrder, quantity: int, *, kind: str, by: User | None, why: str) -> ProductOrder:
    """A claim takes `quantity` pieces out of the line: "canceled" before they were sent, "returned" or "exchanged" after.

    The line ends CANCELED, RETURNED or EXCHANGED when nothing is left of it. The database refuses more than there was.
    Raises WrongState: a cancel of goods that have left, a return of goods that have not.
    """
    source, end = TAKEN[kind]
    line = ProductOrder.objects.select_for_update().get(pk=line.pk)
    if line.status not in source or (kind == "canceled" and quantity > line.unsent_quantity):
        raise WrongState()
    column = f"{kind}_quantity"
    setattr(line, column, getattr(line, column) + quantity)
    line.save(update_fields=[column])
    if line.kept_quantity == 0:
        move(line, end, by=by, why=why, only_from=source)
    elif line.status == LineStatus.PAID and line.unsent_quantity == 0:  # the rest has been sent before
        _all_sent(line, by)
    return line


@transaction.atomic
def stand_in(
    line: ProductOrder, option: Option, quantity: int, *, unit_price: int, discount: int, seller_discount: int
) -> ProductOrder:
    """The line that stands for `quantity` exchanged pieces of `line` from now on: paid, its goods taken off the stock.

    It carries on the contract of `line` (commission, shipping charge) and is no part of the order's totals.
    Raises SoldOut.
    """
    stock.reserve([(option.pk, quantity)])
    moment = clock.now()
    return ProductOrder.objects.create(
        order_id=line.order_id,
        seller_id=line.seller_id,
        option=option,
        exchanged_from=line,
        charge_id=line.charge_id,
        contract={name: told for name, told in line.contract.items() if name != "counted"},
        status=LineStatus.PAID,
        product_name=line.product_name,
        option_name=option.name,
        unit_price=unit_price,
        quantity=quantity,
        goods_amount=unit_price * quantity,
        discount_amount=discount,
        seller_discount=seller_discount,
        commission_bp=line.commission_bp,
        no_withdrawal=line.no_withdrawal,
        paid_at=moment,
        acknowledged_at=moment,
        dispatch_due=clock.today(),
    )


def refuse_open_claim(line: ProductOrder) -> None:
    """Raises ClaimOpen. Claims stand above; they are asked for through the line."""
    if line.claims.filter(status__in=rules.BLOCKING_CLAIM).exists():
        raise ClaimOpen()


def _all_sent(line: ProductOrder, by: User | None) -> None:
    move(line, LineStatus.DELIVERING, by=by, dispatched_at=clock.now())


def _tell(topic: str, line: ProductOrder, **more: object) -> None:
    emit(topic, line, product_order_id=line.pk, order_id=line.order_id, seller_id=line.seller_id, **more)
