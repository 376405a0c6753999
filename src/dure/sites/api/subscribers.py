"""What the API hears of: one delivery an event, for the order feed."""

from __future__ import annotations

from dure.kit.models import Event
from dure.kit.outbox import on
from dure.sites.api.naver import feed
from dure.sites.api.naver.codes import CHANGES


@on(*CHANGES)
def tell(event: Event) -> None:
    feed.record(event)
