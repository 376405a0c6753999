"""Sending parcels, and hearing from the carrier where they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from dure.commerce.orders import actions as orders
from dure.commerce.orders.models import LineStatus, ProductOrder
from dure.commerce.shipping.errors import (
    AlreadyArrived,
    BadWaybill,
    NotOneAddress,
    NotOneSeller,
    UnknownCarrier,
    WaybillUsed,
)
from dure.commerce.shipping.models import Parcel, ParcelLine, TrackingEvent, WaybillChange
from dure.integrations.carrier.carriers import CARRIERS, TRACKED, is_waybill, waybill_digits
from dure.integrations.carrier.client import Scan
from dure.kit import audit, clock
from dure.kit.outbox import emit
from dure.kit.states import WrongState
from dure.people.models import User

REUSED_AFTER = timedelta(days=183)  # a carrier comes back to its numbers; before that a number seen twice is a mistake
SCANNED_BEFORE = timedelta(days=3)  # a seller may write the waybill down days after the pick-up, not weeks
UNTRACKED_ARRIVES = timedelta(days=7)  # brought by hand, and nobody said when

Pieces = Mapping[int, int]  # line id -> quantity


@transaction.atomic
def dispatch(
    lines: Iterable[ProductOrder],
    carrier: str,
    waybill: str,
    *,
    by: User | None,
    pieces: Pieces | None = None,
    method: str = Parcel.Method.DELIVERY,
    note: str = "",
) -> Parcel:
    """발송처리: one parcel of lines of one seller going to one address.

    `pieces` sends part of a line; what is left goes in another parcel. By hand (`method`) there is no carrier and no
    waybill. Tracking is asked for once this is committed (shipping.handed_over).
    Raises UnknownCarrier, BadWaybill, WaybillUsed, NotOneSeller, NotOneAddress, TooManySent, WrongState, ClaimOpen.
    """
    packed = sorted(lines, key=lambda line: line.pk)  # locked in this order
    if len({line.seller_id for line in packed}) != 1:
        raise NotOneSeller()
    if len({_address(line) for line in packed}) != 1:
        raise NotOneAddress()
    parcel = _parcel(packed[0].seller_id, carrier, waybill, Parcel.Direction.OUT, method, note)
    for line in packed:
        quantity = orders.mark_dispatched(line, by=by, quantity=(pieces or {}).get(line.pk))
        ParcelLine.objects.create(parcel=parcel, productorder=line, quantity=quantity)
    audit.record("shipping.dispatched", parcel, by=by, lines=[line.pk for line in packed])
    _handed_over(parcel)
    return parcel


@transaction.atomic
def collect(
    lines: Pieces, seller_id: int, carrier: str, waybill: str, *, by: User | None, method: str = "RETURN_DESIGNATED"
) -> Parcel:
    """Goods of one seller on their way back to it; `lines` as in `Pieces`."""
    parcel = _parcel(seller_id, carrier, waybill, Parcel.Direction.BACK, method, "")
    ParcelLine.objects.bulk_create(
        ParcelLine(parcel=parcel, productorder_id=line, quantity=quantity) for line, quantity in sorted(lines.items())
    )
    _handed_over(parcel)
    return parcel


@transaction.atomic
def correct_waybill(parcel: Parcel, carrier: str, waybill: str, *, by: User | None) -> Parcel:
    """송장 수정: the number was mistyped. The old one, and what the carrier said of it, is kept beside.

    Raises UnknownCarrier, BadWaybill, WaybillUsed, AlreadyArrived, WrongState (nothing to correct).
    """
    parcel = Parcel.objects.select_for_update().get(pk=parcel.pk)
    if parcel.delivered_at:
        raise AlreadyArrived()
    number = _number(carrier, waybill)
    if not parcel.waybill or (parcel.carrier, parcel.waybill) == (carrier, number):
        raise WrongState()
    wrong = [[e.kind, e.at.isoformat(), e.place] for e in parcel.events.all()]
    WaybillChange.objects.create(
        parcel=parcel, carrier=parcel.carrier, waybill=parcel.waybill, dropped=wrong, at=clock.now(), by=by
    )
    parcel.events.all().delete()
    _retire(carrier, number)
    parcel.carrier, parcel.waybill, parcel.last_event = carrier, number, ""
    try:
        with transaction.atomic():
            parcel.save(update_fields=["carrier", "waybill", "last_event"])
    except IntegrityError as error:
        raise WaybillUsed() from error
    audit.record("shipping.waybill_corrected", parcel, by=by, waybill=number)
    emit("shipping.waybill_corrected", parcel, lines=list(parcel.lines.values_list("pk", flat=True)))
    _handed_over(parcel)
    return parcel


@transaction.atomic
def record_tracking(carrier: str, waybill: str, scans: Iterable[Scan]) -> Parcel | None:
    """What the carrier says; any order, any number of times. None: not a parcel of ours.

    Scans of long before the parcel was sent are of another one that bore its number.
    """
    parcel = Parcel.objects.select_for_update().filter(carrier=carrier, waybill=waybill, retired_at=None).first()
    if parcel is None:
        return None
    since = parcel.created_at - SCANNED_BEFORE
    TrackingEvent.objects.bulk_create(
        [TrackingEvent(parcel=parcel, kind=e.kind, at=e.at, place=e.place) for e in scans if e.at >= since],
        ignore_conflicts=True,
    )
    latest = parcel.events.order_by("at", "id").last()
    if latest is None:
        return parcel
    if parcel.last_event != latest.kind:
        parcel.last_event = latest.kind
        parcel.save(update_fields=["last_event"])
        if parcel.direction == Parcel.Direction.BACK:
            emit("shipping.on_its_way_back", parcel, parcel=parcel.pk, kind=latest.kind)
    if delivered := parcel.events.filter(kind=TrackingEvent.Kind.DELIVERED).first():
        _arrived(parcel, delivered.at)
    return parcel


@transaction.atomic
def handed_to_buyer(parcel: Parcel, *, by: User | None) -> None:
    """A parcel that no carrier tells of has been brought, or fetched. Raises WrongState."""
    parcel = Parcel.objects.select_for_update().get(pk=parcel.pk)
    if parcel.is_tracked or parcel.delivered_at:
        raise WrongState()
    audit.record("shipping.handed_to_buyer", parcel, by=by)
    _arrived(parcel, clock.now())


def deliver_untracked(limit: int = 500) -> int:
    """What went by hand a week ago and nobody spoke of has arrived. Returns how many."""
    over = Parcel.objects.filter(
        delivered_at=None, direction=Parcel.Direction.OUT, created_at__lte=clock.now() - UNTRACKED_ARRIVES
    ).exclude(carrier__in=[carrier.code for carrier in TRACKED])
    arrived = 0
    for parcel in over.order_by("created_at")[:limit]:
        try:
            handed_to_buyer(parcel, by=None)
        except WrongState:  # the seller was faster
            continue
        arrived += 1
    return arrived


@transaction.atomic
def catch_up(line: ProductOrder) -> None:
    """A cancel took out what was not yet sent: if all that was sent has arrived, so has the line."""
    line = ProductOrder.objects.get(pk=line.pk)
    if line.status == LineStatus.DELIVERING:
        _line_arrived(line)


def _arrived(parcel: Parcel, at: datetime) -> None:
    """A line is DELIVERED with the last of its parcels; of goods going back the claims hear."""
    if parcel.delivered_at:
        return
    parcel.delivered_at = at
    parcel.save(update_fields=["delivered_at"])
    if parcel.direction == Parcel.Direction.BACK:
        lines = list(parcel.lines.values_list("pk", flat=True))
        emit("shipping.came_back", parcel, parcel=parcel.pk, lines=lines)
        return
    for line in parcel.lines.filter(status=LineStatus.DELIVERING).order_by("id"):
        _line_arrived(line)


def _line_arrived(line: ProductOrder) -> None:
    # Two parcels of a line arriving at once wait for each other: the second one sees the first.
    ProductOrder.objects.select_for_update().get(pk=line.pk)
    arrivals = list(
        line.parcels.filter(direction=Parcel.Direction.OUT).order_by("id").values_list("delivered_at", flat=True)
    )
    times = [at for at in arrivals if at]
    if times and len(times) == len(arrivals):
        orders.mark_delivered(line, at=max(times))


def _parcel(seller_id: int, carrier: str, waybill: str, direction: str, method: str, note: str) -> Parcel:
    by_hand = method in Parcel.BY_HAND
    number = "" if by_hand else _number(carrier, waybill)
    if not by_hand:
        _retire(carrier, number)
    try:
        with transaction.atomic():
            return Parcel.objects.create(
                seller_id=seller_id,
                carrier="" if by_hand else carrier,
                waybill=number,
                direction=direction,
                method=method,
                note=note,
                created_at=clock.now(),
            )
    except IntegrityError as error:
        raise WaybillUsed() from error


def _number(carrier: str, waybill: str) -> str:
    if carrier not in CARRIERS:
        raise UnknownCarrier()
    if not is_waybill(carrier, waybill):
        raise BadWaybill(digits=CARRIERS[carrier].digits_in_words)
    return waybill_digits(waybill)


def _retire(carrier: str, number: str) -> None:
    """Let go of a number last used more than six months ago."""
    old = Parcel.objects.filter(
        carrier=carrier, waybill=number, retired_at=None, created_at__lt=clock.now() - REUSED_AFTER
    )
    old.update(retired_at=clock.now())


def _handed_over(parcel: Parcel) -> None:
    if parcel.is_tracked:
        emit("shipping.handed_over", parcel, carrier=parcel.carrier, waybill=parcel.waybill)


def _address(line: ProductOrder) -> tuple[str, ...]:
    order = line.order
    return (order.receiver, order.phone, order.postcode, order.address1, order.address2)
