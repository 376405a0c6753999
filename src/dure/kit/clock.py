"""The time, injected. Actions ask `clock.now()`; tests and the demo set it; rules take times as arguments.

`now()` is an aware datetime in UTC; `today()` the date in Korea (KST, no summer time).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta, timezone

KST = timezone(timedelta(hours=9), "KST")

_fixed: ContextVar[datetime | None] = ContextVar("dure_clock", default=None)


def now() -> datetime:
    return _fixed.get() or datetime.now(UTC)


def today() -> date:
    return kst_date(now())


def kst_date(moment: datetime) -> date:
    return moment.astimezone(KST).date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Stop the clock at `moment` (aware) within the block."""
    if moment.tzinfo is None:
        raise ValueError("the clock needs an aware datetime")
    token = _fixed.set(moment)
    try:
        yield
    finally:
        _fixed.reset(token)
