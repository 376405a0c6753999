"""Asking the tracking service: to be told of a parcel, and, where it forgot to tell, where the parcel is."""

from __future__ import annotations

from datetime import timedelta

import structlog

from dure.commerce.shipping import actions
from dure.commerce.shipping.models import Parcel
from dure.integrations.carrier.carriers import TRACKED
from dure.integrations.carrier.client import tracking
from dure.kit import clock
from dure.kit.http import OutsideError

log = structlog.get_logger()

SILENCE = timedelta(minutes=10)  # after which we ask ourselves
WATCHED_FOR = timedelta(days=30)


def register(carrier: str, waybill: str) -> None:
    """Raises OutsideError; the event is delivered again later."""
    tracking().register(carrier, waybill)


def poll(limit: int = 200) -> int:
    """Ask for parcels under way, the longest unasked first; returns how many answered."""
    moment = clock.now()
    under_way = Parcel.objects.filter(
        delivered_at=None,
        retired_at=None,
        carrier__in=[carrier.code for carrier in TRACKED],
        created_at__lt=moment - SILENCE,
        created_at__gt=moment - WATCHED_FOR,
    ).order_by("created_at")[:limit]
    answered = 0
    for parcel in under_way:
        try:
            track = tracking().track(parcel.carrier, parcel.waybill)
        except OutsideError as error:
            log.warning("tracking_unanswered", waybill=parcel.waybill, error=str(error))
            continue
        actions.record_tracking(parcel.carrier, parcel.waybill, track.scans)
        answered += 1
    return answered
