"""What the API hears of: one delivery an event, for the order feed and the webhooks."""

from __future__ import annotations

from dure.kit.models import Event
from dure.kit.outbox import on
from dure.sites.api.hooks import actions as hooks
from dure.sites.api.hooks.topics import TOPICS
from dure.sites.api.naver import feed
from dure.sites.api.naver.codes import CHANGES


@on(*{**CHANGES, **TOPICS})
def tell(event: Event) -> None:
    hooks.queue(event)
    feed.record(event)  # last: it holds a lock that other deliveries wait for
