"""Standing at a moment of the demo's 90 days."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time

from dure.kit import clock, outbox


def on(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """That hour of that day in Korea."""
    return datetime.combine(day, time(hour, minute), clock.KST)


@contextmanager
def delivering(moment: datetime) -> Iterator[None]:
    """Stand at `moment`; before leaving it, everything that happened is heard by everybody."""
    with clock.at(moment):
        yield
        outbox.deliver_due()
