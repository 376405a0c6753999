"""Domain events travel up the house: written with the change, delivered at least once, in order per aggregate.

    emit("orders.paid", order, number=order.number)            # inside the action's transaction

    @on("orders.paid")                                         # in a room's subscribers.py
    def open_statement_line(event: Event) -> None: ...

A subscriber runs in the worker, in one transaction with the mark that it is done (and with other deliveries): its database
changes happen exactly once. What it does outside the database (`on(…, outside=True)`) may happen again, so it must carry an
idempotency key. A failing delivery holds back the later events of its aggregate for that subscriber, and is tried again
after 1, 2, 4 … 300 s.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import structlog
from django.db import connection, models, transaction
from psycopg.types.json import Jsonb

from dure.kit import audit, clock
from dure.kit.log import request_id
from dure.kit.models import Delivery, Event
from dure.kit.prepared import typed
from dure.kit.rows import insert_many, json_bytes

log = structlog.get_logger()

Subscriber = Callable[[Event], None]
_subscribers: dict[str, dict[str, Subscriber]] = defaultdict(dict)
_outside: set[str] = set()
_followers: list[Callable[[], object]] = []

CHANNEL = "dure_outbox"  # NOTIFY at commit, so that the worker need not poll fast


def on(*topics: str, outside: bool = False) -> Callable[[Subscriber], Subscriber]:
    """`outside`: the subscriber asks somebody out of the house. It is delivered alone: others' rows do not stay locked for as
    long as that takes, and what it asked is not asked again because another delivery's commit failed.
    """

    def register(fn: Subscriber) -> Subscriber:
        name = f"{fn.__module__}.{fn.__qualname__}"
        for topic in topics:
            _subscribers[topic][name] = fn
        if outside:
            _outside.add(name)
        return fn

    return register


def follow(fn: Callable[[], object]) -> Callable[[], object]:
    """Have `fn` called whenever the deliveries have caught up: for copies kept from notes that triggers left."""
    _followers.append(fn)
    return fn


def emit(topic: str, about: models.Model, **payload: Any) -> Event:
    """Write the event and one delivery per subscriber. The payload must be JSON; amounts are minor units."""
    if not connection.in_atomic_block:
        raise RuntimeError(f"{topic} must be emitted inside a transaction")
    event = Event(
        topic=topic,
        aggregate=f"{about._meta.label_lower}:{about.pk}",
        payload=payload,
        request_id=request_id(),
        occurred_at=clock.now(),
    )
    said = Jsonb(payload, dumps=json_bytes)
    values: list[Any] = [
        topic,
        event.aggregate,
        said,
        event.request_id,
        event.occurred_at,
        list(_subscribers[topic]),
        CHANNEL,
    ]
    with connection.cursor() as cursor:
        cursor.execute(EMIT, values)
        event.pk = cursor.fetchone()[0]
    event._state.adding = False
    return event


EMIT = """
    WITH e AS (INSERT INTO kit_event (topic, aggregate, payload, request_id, occurred_at)
               VALUES (%s, %s, %s, %s, %s) RETURNING *),
    d AS (INSERT INTO kit_delivery (event_id, subscriber, aggregate, attempts, next_attempt_at, last_error)
          SELECT e.id, subscriber, e.aggregate, 0, e.occurred_at, '' FROM e, unnest(%s::text[]) AS subscriber RETURNING id)
    SELECT e.id, (SELECT pg_notify(%s, '')::text FROM d LIMIT 1) FROM e
"""


def emit_many(topic: str, news: Iterable[tuple[models.Model, dict[str, Any]]]) -> list[Event]:
    """`emit` for many aggregates at once: (about, payload) of each."""
    if not connection.in_atomic_block:
        raise RuntimeError(f"{topic} must be emitted inside a transaction")
    moment, request = clock.now(), request_id()
    events = [
        Event(
            topic=topic,
            aggregate=f"{about._meta.label_lower}:{about.pk}",
            payload=payload,
            request_id=request,
            occurred_at=moment,
        )
        for about, payload in news
    ]
    insert_many(events)
    names = list(_subscribers[topic])
    if names and events:
        insert_many(
            [
                Delivery(event=event, subscriber=n, aggregate=event.aggregate, next_attempt_at=moment)
                for event in events
                for n in names
            ]
        )
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])
    return events


TOGETHER = 25  # deliveries in one transaction
LONGEST = 0.3  # seconds after which it ends all the same: what its subscribers changed is locked until then


DUE = """
    SELECT d.id, d.subscriber, d.attempts, e.id, e.topic, e.aggregate, e.payload, e.request_id, e.occurred_at
      FROM kit_due(%s, %s) AS d JOIN kit_event e ON e.id = d.event_id ORDER BY d.next_attempt_at, d.id
"""


def _due() -> list[Delivery]:
    """Of each subscriber and aggregate the first that is not done, if its time has come; locked. The longest due first."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, [clock.now(), typed(TOGETHER)])
        rows = cursor.fetchall()
    found = []
    for pk, subscriber, attempts, event, topic, aggregate, payload, request, occurred_at in rows:
        about = Event(event, topic, aggregate, json.loads(payload), request, occurred_at)
        found.append(Delivery(id=pk, subscriber=subscriber, attempts=attempts, event=about, aggregate=aggregate))
    for delivery in found:
        delivery._state.adding = delivery.event._state.adding = False
    return found


def _deliver_some() -> int:
    """Deliver the oldest due events, each in a savepoint of its own, with one commit. Returns how many were tried."""
    until = time.monotonic() + LONGEST
    with transaction.atomic():
        tried: list[Delivery] = []
        for delivery in _due():
            alone = delivery.subscriber in _outside
            if alone and tried:
                break
            _deliver(delivery)
            tried.append(delivery)
            if alone or time.monotonic() > until:
                break
        done = [d.pk for d in tried if d.done_at]
        if done:
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE kit_delivery SET done_at = %s WHERE id = ANY(%s::bigint[])", [clock.now(), typed(done)]
                )
    return len(tried)


def _deliver(delivery: Delivery) -> None:
    subscriber = _subscribers[delivery.event.topic].get(delivery.subscriber)
    try:
        with transaction.atomic():
            if subscriber is None:
                raise LookupError(f"no subscriber {delivery.subscriber}")
            with structlog.contextvars.bound_contextvars(request_id=delivery.event.request_id):
                subscriber(delivery.event)
    except Exception as error:  # any failure of a subscriber is kept with its delivery and tried again
        delivery.attempts += 1
        delivery.last_error = repr(error)[:2000]
        delivery.next_attempt_at = clock.now() + timedelta(seconds=min(2 ** (delivery.attempts - 1), 300))
        log.exception("delivery_failed", topic=delivery.event.topic, subscriber=delivery.subscriber)
        delivery.save(update_fields=["attempts", "last_error", "next_attempt_at"])
    else:
        delivery.done_at = clock.now()


def deliver_due(limit: int | None = None) -> int:
    """Deliver until nothing is due (or about `limit` events), then let the followers catch up; returns how many were tried."""
    tried = 0
    while (limit is None or tried < limit) and (some := _deliver_some()):
        tried += some
    for follower in _followers:
        follower()
    return tried


def retry_now(delivery: Delivery, *, by: Any) -> None:
    """A person asks for another try at once, instead of waiting for the next."""
    if Delivery.objects.filter(pk=delivery.pk, done_at=None).update(next_attempt_at=clock.now()):
        audit.record("kit.delivery_retried", delivery.event, by=by, subscriber=delivery.subscriber)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])
