"""What Toss tells us unasked. Payment events are not signed: they are a hint to look the payment up, nothing more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from dure.integrations.toss.envelope import verified

SIGNATURE = "tosspayments-webhook-signature"
TIME = "tosspayments-webhook-transmission-time"


class BadWebhook(ValueError):
    """Not readable, or a payout event that Toss did not sign."""


@dataclass(frozen=True)
class Hint:
    """Something changed. `kind` is payment, payout, seller or other; `id` its paymentKey or Toss id, `ref` our number."""

    kind: str
    id: str = ""
    ref: str = ""
    secret: str = ""  # of a deposit: the payment's own, which nobody else knows


def read(raw: bytes, headers: Mapping[str, str]) -> Hint:
    """Raises BadWebhook. Kinds we do not know are `other`: answer 200 and forget them."""
    try:
        told = orjson.loads(raw)
        kind = told.get("eventType", "DEPOSIT_CALLBACK" if "orderId" in told else "")
        if kind in {"payout.changed", "seller.changed"}:
            if not verified(raw, headers.get(TIME, ""), headers.get(SIGNATURE, "")):
                raise BadWebhook("signature")
            about = told["entityBody"]
            ref = about.get("refPayoutId") or about.get("refSellerId", "")
            return Hint(kind.split(".")[0], str(about["id"]), str(ref))
        if kind == "PAYMENT_STATUS_CHANGED":
            return Hint("payment", str(told["data"]["paymentKey"]), str(told["data"]["orderId"]))
        if kind == "DEPOSIT_CALLBACK":
            return Hint("payment", "", str(told["orderId"]), str(told["secret"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, BadWebhook):
            raise
        raise BadWebhook("body") from error
    return Hint("other")
