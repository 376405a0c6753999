"""The notes that events left are taken by the hundred and told. The worker calls `catch_up` whenever it has delivered.

The notes go, and the messages come, in one transaction. A note that cannot be told stays, with why, and is tried again;
it keeps no other from being told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

import structlog
from django.db import connection, transaction

from dure.kit import clock
from dure.kit.models import Event
from dure.messaging.telling import tell
from dure.sites.notices.models import Note
from dure.sites.notices.telling import TOPICS

log = structlog.get_logger()

BATCH = 200
STALE = timedelta(days=3)  # news older than that is none: a market loaded from an archive, a house that stood still
LONGEST_WAIT = 3600  # seconds between two tries of a note that cannot be told

TAKE = """
    SELECT event FROM notices_note WHERE due_at IS NULL OR due_at <= %s
     ORDER BY event LIMIT %s FOR UPDATE SKIP LOCKED
"""


def catch_up() -> int:
    """How many notes were told of."""
    done = 0
    while taken := _catch_up_once():
        done += taken
    return done


@transaction.atomic
def _catch_up_once() -> int:
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [clock.now(), BATCH])
        ids = [row[0] for row in cursor.fetchall()]
    if not ids:
        return 0
    by_topic: dict[str, list[Event]] = defaultdict(list)
    fresh = Event.objects.filter(pk__in=ids, occurred_at__gt=clock.now() - STALE)
    for event in fresh.order_by("pk"):
        by_topic[event.topic].append(event)
    kept: set[int] = set()
    for topic, events in by_topic.items():
        kept |= _told(topic, events)
    Note.objects.filter(pk__in=set(ids) - kept).delete()
    return len(ids)


def _told(topic: str, events: Sequence[Event]) -> set[int]:
    """Tell of them together; when that fails, of each apart. Returns the events nobody could tell of."""
    try:
        with transaction.atomic():
            tell(TOPICS[topic](events))
        return set()
    except Exception as error:  # one event that cannot be told must not silence the others
        if len(events) > 1:
            return {pk for event in events for pk in _told(topic, [event])}
        log.exception("notice_not_told", topic=topic, id=events[0].pk)
        _keep(events[0], error)
        return {events[0].pk}


def _keep(event: Event, error: Exception) -> None:
    note = Note.objects.get(pk=event.pk)
    note.attempts, note.last_error = min(note.attempts + 1, 30_000), repr(error)[:300]
    note.due_at = clock.now() + timedelta(seconds=min(2 ** min(note.attempts, 12), LONGEST_WAIT))
    note.save(update_fields=["attempts", "last_error", "due_at"])
