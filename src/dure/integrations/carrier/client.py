"""Where is the parcel? Asked (`track`), or told by webhook once a waybill is registered (`register`).

The vocabulary is delivery-tracker's: a carrier id, a waybill, events with a status code. Carriers scan a parcel twice,
late, or not at all; an event is known by its kind and time, and the whole list comes with every answer and webhook.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import orjson

from dure.config import load
from dure.integrations.carrier.carriers import BY_TRACKER, CARRIERS
from dure.kit import clock
from dure.kit.http import Client, OutsideError

KINDS = {
    "AT_PICKUP": "PICKED_UP",
    "IN_TRANSIT": "IN_TRANSIT",
    "OUT_FOR_DELIVERY": "OUT_FOR_DELIVERY",
    "DELIVERED": "DELIVERED",
    "ATTEMPT_FAIL": "FAILED",
}
SIGNATURE = "carrier-webhook-signature"
TIME = "carrier-webhook-transmission-time"
WATCHED_FOR = timedelta(days=30)


class BadWebhook(ValueError):
    """Not signed by the tracking service, or not readable."""


@dataclass(frozen=True)
class Scan:
    """One event of a parcel; `kind` is PICKED_UP, IN_TRANSIT, OUT_FOR_DELIVERY, DELIVERED or FAILED."""

    kind: str
    at: datetime
    place: str


@dataclass(frozen=True)
class Track:
    carrier: str  # our code
    waybill: str
    scans: tuple[Scan, ...]  # oldest first; empty: not seen by the carrier yet


class Tracking(Client):
    service = "carrier"

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {load().carrier_key}"}

    def track(self, carrier: str, waybill: str) -> Track:
        """A waybill the carrier has not scanned yet has no scans. Raises OutsideError."""
        try:
            return _track(self.call("GET", f"/v1/tracks/{CARRIERS[carrier].tracker}/{waybill}").json())
        except OutsideError as error:
            if error.code == "NOT_FOUND":
                return Track(carrier, waybill, ())
            raise

    def register(self, carrier: str, waybill: str) -> None:
        """Ask for webhooks about this waybill for 30 days. Asking twice does no harm. Raises OutsideError."""
        self.call(
            "POST",
            "/v1/track-webhooks",
            json={
                "carrierId": CARRIERS[carrier].tracker,
                "trackingNumber": waybill,
                "callbackUrl": f"{load().base_url}/api/webhooks/carrier",
                "expirationTime": (clock.now() + WATCHED_FOR).isoformat(timespec="seconds"),
            },
        )

    def error(self, response: Any) -> OutsideError:
        try:
            told = response.json()
            return OutsideError(self.service, told["code"], told["message"], response.status_code)
        except (ValueError, KeyError, TypeError):
            return super().error(response)


def sign(raw: bytes, moment: str) -> str:
    mac = hmac.new(load().carrier_key.encode(), raw + b":" + moment.encode(), hashlib.sha256).digest()
    return f"v1:{base64.b64encode(mac).decode()}"


def read_webhook(raw: bytes, headers: Mapping[str, str]) -> Track:
    """The parcel a webhook tells of. Raises BadWebhook unless the tracking service signed exactly these bytes."""
    if not hmac.compare_digest(headers.get(SIGNATURE, ""), sign(raw, headers.get(TIME, ""))):
        raise BadWebhook("signature")
    try:
        return _track(orjson.loads(raw))
    except (ValueError, KeyError, TypeError) as error:
        raise BadWebhook("body") from error


def _track(told: dict[str, Any]) -> Track:
    scans = [
        Scan(KINDS[event["status"]["code"]], datetime.fromisoformat(event["time"]), event["location"]["name"])
        for event in told["events"]
        if event["status"]["code"] in KINDS
    ]
    return Track(BY_TRACKER[told["carrierId"]].code, told["trackingNumber"], tuple(sorted(scans, key=lambda s: s.at)))


@cache
def tracking() -> Tracking:
    return Tracking(load().outside_url("carrier", "https://apis.tracker.delivery"))
