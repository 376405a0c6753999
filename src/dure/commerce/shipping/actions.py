"""Sending parcels, and hearing from the carrier where they are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from dure.commerce.orders import actions as orders
from dure.commerce.orders.models import LineStatus, ProductOrder
from dure.commerce.shipping.errors import BadWaybill, NotOneSeller, UnknownCarrier, WaybillUsed
from dure.commerce.shipping.models import Parcel, TrackingEvent
from dure.integrations.carrier.carriers import CARRIERS, is_waybill, waybill_digits
from dure.integrations.carrier.client import Scan
from dure.kit import audit
from dure.kit.outbox import emit
from dure.people.models import User


@transaction.atomic
def dispatch(lines: Iterable[ProductOrder], carrier: str, waybill: str, *, by: User | None) -> Parcel:
    """발송처리: one waybill for lines of one seller. Tracking is asked for once this is committed (shipping.handed_over).

    Raises UnknownCarrier, BadWaybill, WaybillUsed, NotOneSeller, WrongState, ClaimOpen.
    """
    packed = sorted(lines, key=lambda line: line.pk)  # locked in this order
    if len({line.seller_id for line in packed}) != 1:
        raise NotOneSeller()
    parcel = _parcel(packed, carrier, waybill, Parcel.Direction.OUT)
    for line in packed:
        orders.mark_dispatched(line, by=by)
    audit.record("shipping.dispatched", parcel, by=by, lines=[line.pk for line in packed])
    emit("shipping.handed_over", parcel, carrier=parcel.carrier, waybill=parcel.waybill)
    return parcel


@transaction.atomic
def collect(line: ProductOrder, carrier: str, waybill: str, *, by: User | None) -> Parcel:
    """A parcel on its way back to the seller."""
    parcel = _parcel([line], carrier, waybill, Parcel.Direction.BACK)
    emit("shipping.handed_over", parcel, carrier=parcel.carrier, waybill=parcel.waybill)
    return parcel


@transaction.atomic
def exchange_out(line: ProductOrder, carrier: str, waybill: str, *, by: User | None) -> Parcel:
    """The new goods of an exchange go out; the line itself stays DELIVERED."""
    parcel = _parcel([line], carrier, waybill, Parcel.Direction.OUT)
    emit("shipping.handed_over", parcel, carrier=parcel.carrier, waybill=parcel.waybill)
    return parcel


@transaction.atomic
def record_tracking(carrier: str, waybill: str, scans: Iterable[Scan]) -> Parcel | None:
    """What the carrier says; any order, any number of times. None: not a parcel of ours."""
    parcel = Parcel.objects.select_for_update().filter(carrier=carrier, waybill=waybill).first()
    if parcel is None:
        return None
    TrackingEvent.objects.bulk_create(
        [TrackingEvent(parcel=parcel, kind=e.kind, at=e.at, place=e.place) for e in scans], ignore_conflicts=True
    )
    latest = parcel.events.order_by("at", "id").last()
    if latest is None:
        return parcel
    parcel.last_event = latest.kind
    delivered = parcel.events.filter(kind=TrackingEvent.Kind.DELIVERED).first()
    if delivered and parcel.delivered_at is None:
        parcel.delivered_at = delivered.at
        _arrived(parcel, delivered.at)
    parcel.save(update_fields=["last_event", "delivered_at"])
    return parcel


def _arrived(parcel: Parcel, at: datetime) -> None:
    """First goods make their lines DELIVERED; of goods going back or sent in exchange the claims hear."""
    if parcel.direction == Parcel.Direction.BACK:
        emit("shipping.came_back", parcel, lines=list(parcel.lines.values_list("pk", flat=True)))
        return
    first = list(parcel.lines.filter(status=LineStatus.DELIVERING).order_by("id"))
    for line in first:
        orders.mark_delivered(line, at=at)
    if not first:
        emit("shipping.replacement_arrived", parcel, lines=list(parcel.lines.values_list("pk", flat=True)))


def _parcel(lines: list[ProductOrder], carrier: str, waybill: str, direction: str) -> Parcel:
    number = waybill_digits(waybill)
    if carrier not in CARRIERS:
        raise UnknownCarrier()
    if not is_waybill(carrier, number):
        raise BadWaybill()
    try:
        with transaction.atomic():
            parcel = Parcel.objects.create(
                seller_id=lines[0].seller_id, carrier=carrier, waybill=number, direction=direction
            )
    except IntegrityError as error:
        raise WaybillUsed() from error
    parcel.lines.set(lines)
    return parcel
