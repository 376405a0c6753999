"""What the room does when a show begins."""

from __future__ import annotations

from dure.kit.models import Event
from dure.kit.outbox import on
from dure.live import actions
from dure.live.models import Show


@on("live.on_air", outside=True)
def tell_who_asked(event: Event) -> None:
    actions.tell_who_asked(Show.objects.get(code=event.payload["code"]))
