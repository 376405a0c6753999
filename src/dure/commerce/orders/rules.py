"""Dates of an order. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import holidays

CANCELABLE = ("PAID",)
RETURNABLE = ("DELIVERING", "DELIVERED", "PURCHASE_CONFIRMED")  # DELIVERING: turned back on its way
EXCHANGEABLE = ("DELIVERED",)
OPEN_CLAIM = ("REQUESTED", "COLLECTING", "COLLECTED", "REDELIVERING")
BLOCKING_CLAIM = ("REQUESTED", "COLLECTING", "COLLECTED")  # a redelivery goes with a line of its own


@cache
def _days_off(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("KR", years=year))


def is_business_day(day: date) -> bool:
    """Monday to Friday, not a Korean public holiday."""
    return day.weekday() < 5 and day not in _days_off(day.year)


def business_days_after(day: date, count: int) -> date:
    """The `count`-th business day after `day`."""
    while count:
        day += timedelta(days=1)
        count -= is_business_day(day)
    return day


def dispatch_due(paid_on: date, days: int) -> date:
    """발송기한: the seller's promised business days after the payment."""
    return business_days_after(paid_on, days)


def days_late(due: date | None, today: date) -> int | None:
    """Days past the dispatch deadline: 0 today, negative while there is time (-1 is D-1), None without a deadline."""
    return (today - due).days if due else None
