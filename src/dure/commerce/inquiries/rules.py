"""The clock of answers: business hours, and by when an answer is due. Pure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from dure.commerce.orders.rules import business_days_after, is_business_day
from dure.kit.clock import KST, kst_date

OPENS, CLOSES = time(9), time(18)  # KST


def answer_due(asked_at: datetime) -> datetime:
    """The end of the next business day."""
    return datetime.combine(business_days_after(kst_date(asked_at), 1), CLOSES, KST)


def business_minutes(since: datetime, until: datetime) -> int:
    """Minutes of business time between two moments: weekdays 9 to 18, no Korean holidays. Nights cost nothing."""
    total, day, last = timedelta(), kst_date(since), kst_date(until)
    while day <= last:
        if is_business_day(day):
            begin, end = max(since, _at(day, OPENS)), min(until, _at(day, CLOSES))
            total += max(end - begin, timedelta())
        day += timedelta(days=1)
    return int(total.total_seconds() // 60)


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, KST)
