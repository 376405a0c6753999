"""The buyers' side of the payment window, and the payment provider's bank transfer, as the demo needs them."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import cache

import httpx

from dure.commerce.orders.models import Order
from dure.config import load
from dure.finance.payments import actions as payments
from dure.finance.payments.models import Payment
from dure.integrations.toss.window import pay_in_window
from dure.kit import clock


def pay(order: Order) -> Payment:
    """Through the window and back, as a browser would."""
    payment = payments.prepare(order)
    first = order.lines.order_by("id").first()
    name = first.product_name if first else order.number
    key = pay_in_window(order.number, name, payment.amount, http=_browser())
    return payments.confirm(order.number, key, payment.amount)


def provider_pays_in(day: date) -> int:
    """What the provider sold for us the day before is in our bank this morning."""
    return payments.book_provider_payout(day)


def live_in(day: date) -> None:
    """Let the simulators believe it is that day in Korea, and tell us nothing by themselves."""
    noon = datetime.combine(day, time(12), clock.KST)
    for service in ("toss", "carrier"):
        answer = _browser().post(
            f"{load().simulators_url}/{service}/_control/settings",
            json={"webhooks": "off", "pace": 0, "clock": noon.isoformat()},
        )
        answer.raise_for_status()


@cache
def _browser() -> httpx.Client:
    return httpx.Client(timeout=10)
