"""Who counts as grown up, and for how long a check holds. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta

CHECK_HOLDS = timedelta(days=365)
ADULT_YEARS = 19


def is_adult(birth: date, today: date) -> bool:
    """청소년 보호법 제2조 1호: who turns 19 in the course of this year is none of the young any more, from January 1 on."""
    return today.year - birth.year >= ADULT_YEARS


def check_holds(checked_at: datetime | None, at: datetime) -> bool:
    """Somebody was found to be of age, less than a year ago."""
    return checked_at is not None and at - checked_at < CHECK_HOLDS
