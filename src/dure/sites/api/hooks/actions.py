"""Webhooks out: endpoints, and messages on their way to them.

A message is tried until it is accepted, for three days; messages about one thing go one after the other. The endpoint is
asked between two transactions, never inside one.
"""

from __future__ import annotations

import base64
import random
import secrets
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from procrastinate.exceptions import AlreadyEnqueued

from dure.commerce.sellers.models import Seller
from dure.kit import audit, clock
from dure.kit.crypto import seal, unseal
from dure.kit.models import Event
from dure.kit.outbox import emit
from dure.kit.states import WrongState
from dure.people.models import User
from dure.sites.api.errors import BadTopics
from dure.sites.api.hooks import guard, rules, send
from dure.sites.api.hooks.topics import NAMES, PING, TOPICS
from dure.sites.api.models import Attempt, Endpoint, Message

SEALED = "api.webhook_secret"
OLD_SECRET = timedelta(hours=24)  # both sign so long
LEASE = timedelta(seconds=60)  # a try that has not been written down by then is taken for lost
SOON = 60  # seconds: shorter waits get a job of their own, longer ones wait for the minute's round
MOST_AT_ONCE = 200  # messages a job sends before it lets others have the worker

NEXT = """
    UPDATE api_message SET tries = tries + 1, next_attempt_at = %(now)s + %(lease)s
     WHERE id = (SELECT m.id FROM api_message m
                  WHERE m.endpoint_id = %(endpoint)s AND m.status = 'WAITING' AND m.next_attempt_at <= %(now)s
                    AND NOT EXISTS (SELECT 1 FROM api_message earlier
                                     WHERE earlier.endpoint_id = m.endpoint_id AND earlier.aggregate = m.aggregate
                                       AND earlier.status = 'WAITING' AND earlier.id < m.id)
                  ORDER BY m.id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id
"""


# Endpoints


@transaction.atomic
def add_endpoint(
    url: str, topics: Iterable[str], *, by: User | None, seller: Seller | None = None, about: str = ""
) -> tuple[Endpoint, str]:
    """The endpoint and its secret, which is shown this once. No topics: all. Raises BadAddress, BadTopics."""
    guard.address_of(url)
    secret = _new_secret()
    endpoint = Endpoint.objects.create(
        seller=seller,
        url=url,
        topics=_known(topics),
        about=about.strip(),
        secret_sealed=seal(SEALED, secret),
        created_by=by,
        created_at=clock.now(),
    )
    audit.record("api.endpoint_added", endpoint, by=by, url=url)
    return endpoint, secret


@transaction.atomic
def change_endpoint(endpoint: Endpoint, *, url: str, topics: Iterable[str], about: str, by: User | None) -> None:
    """Raises BadAddress, BadTopics."""
    guard.address_of(url)
    endpoint.url, endpoint.topics, endpoint.about = url, _known(topics), about.strip()
    endpoint.save(update_fields=["url", "topics", "about"])
    audit.record("api.endpoint_changed", endpoint, by=by, url=url)


@transaction.atomic
def rotate_secret(endpoint: Endpoint, *, by: User | None) -> str:
    """A new secret; for a day messages carry the signatures of both."""
    held = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    secret = _new_secret()
    held.old_secret_sealed, held.old_secret_until = held.secret_sealed, clock.now() + OLD_SECRET
    held.secret_sealed = seal(SEALED, secret)
    held.save(update_fields=["secret_sealed", "old_secret_sealed", "old_secret_until"])
    audit.record("api.webhook_secret_rotated", held, by=by)
    return secret


@transaction.atomic
def switch_off(endpoint: Endpoint, *, by: User | None, why: str = "") -> None:
    """Nothing is sent any more; what happens meanwhile can be replayed. Raises WrongState."""
    if not Endpoint.objects.filter(pk=endpoint.pk, disabled_at=None).update(disabled_at=clock.now(), disabled_why=why):
        raise WrongState()
    Message.objects.filter(endpoint=endpoint, status=Message.Status.WAITING).update(status=Message.Status.FAILED)
    audit.record("api.endpoint_disabled", endpoint, by=by, why=why)
    emit("api.endpoint_disabled", endpoint, endpoint_id=endpoint.pk, seller_id=endpoint.seller_id, why=why)


@transaction.atomic
def switch_on(endpoint: Endpoint, *, by: User | None) -> None:
    """Raises WrongState."""
    off = Endpoint.objects.filter(pk=endpoint.pk, removed_at=None, disabled_at__isnull=False)
    if not off.update(disabled_at=None, disabled_why=""):
        raise WrongState()
    audit.record("api.endpoint_enabled", endpoint, by=by)


@transaction.atomic
def remove_endpoint(endpoint: Endpoint, *, by: User | None) -> None:
    """Its log is kept. Raises WrongState."""
    moment = clock.now()
    if not Endpoint.objects.filter(pk=endpoint.pk, removed_at=None).update(removed_at=moment):
        raise WrongState()
    Message.objects.filter(endpoint=endpoint, status=Message.Status.WAITING).update(status=Message.Status.FAILED)
    audit.record("api.endpoint_removed", endpoint, by=by)


# Messages


def queue(event: Event) -> None:
    """A message for every endpoint that wants to hear of the event; inside the transaction of its delivery."""
    topic = TOPICS.get(event.topic)
    listening = Endpoint.objects.filter(removed_at=None)
    if topic is None or not listening.exists():
        return
    made: set[int] = set()
    for telling in topic.tell(event):
        for endpoint in listening.filter(Q(seller=telling.seller) | Q(seller=None)):
            if endpoint.topics and topic.name not in endpoint.topics:
                continue
            body = {"type": topic.name, "timestamp": event.occurred_at.isoformat(), "data": telling.data}
            _write(endpoint, topic.name, telling.aggregate, body, event.pk)
            if endpoint.disabled_at is None:
                made.add(endpoint.pk)
    for pk in sorted(made):
        _wake(pk)


@transaction.atomic
def ping(endpoint: Endpoint, *, by: User | None) -> Message:
    """A message to try the address and the signature with."""
    moment = clock.now()
    body = {"type": PING, "timestamp": moment.isoformat(), "data": {"endpoint": endpoint.pk}}
    message = _write(endpoint, PING, f"ping:{moment.timestamp()}", body, None)
    audit.record("api.endpoint_pinged", endpoint, by=by)
    _wake(endpoint.pk)
    return message


@transaction.atomic
def replay(messages: QuerySet[Message], *, by: User | None) -> int:
    """Send again what was sent before, under the same ids. Returns how many. Removed endpoints are left out."""
    moment = clock.now()
    chosen = messages.filter(endpoint__removed_at=None, endpoint__disabled_at=None)
    rows = list(chosen.values_list("pk", "endpoint_id"))
    Message.objects.filter(pk__in=[pk for pk, _endpoint in rows]).update(
        status=Message.Status.WAITING,
        next_attempt_at=moment,
        give_up_at=moment + rules.PATIENCE,
        tries=0,
        delivered_at=None,
    )
    for pk in sorted({endpoint for _pk, endpoint in rows}):
        audit.record("api.messages_replayed", Endpoint(pk=pk), by=by, count=len(rows))
        _wake(pk)
    return len(rows)


def deliver(endpoint: Endpoint) -> int:
    """Send what is due, the oldest first; a failing message holds back those about the same thing. Returns the tries.

    An endpoint that does not answer at all is asked once: it must not keep the worker from the others.
    """
    tried = 0
    while tried < MOST_AT_ONCE and (message := _take_next(endpoint)):
        tried += 1
        answer = _send(message)
        _write_down(message, answer)
        if answer.status is None:
            return tried
    if tried == MOST_AT_ONCE:
        _wake(endpoint.pk)
    return tried


def wake_due() -> int:
    """The minute's round: a job for every endpoint that has messages due. Returns how many."""
    due = Message.objects.filter(status=Message.Status.WAITING, next_attempt_at__lte=clock.now())
    endpoints = list(due.order_by().values_list("endpoint_id", flat=True).distinct())
    for pk in endpoints:
        _wake(pk)
    return len(endpoints)


def _write(endpoint: Endpoint, topic: str, aggregate: str, body: object, event: int | None) -> Message:
    moment = clock.now()
    off = endpoint.disabled_at is not None
    fresh = {
        "topic": topic,
        "body": orjson.dumps(body).decode(),
        "status": Message.Status.FAILED if off else Message.Status.WAITING,
        "created_at": moment,
        "next_attempt_at": moment,
        "give_up_at": moment + rules.PATIENCE,
    }
    if event is None:
        return Message.objects.create(endpoint=endpoint, aggregate=aggregate, **fresh)
    message, _created = Message.objects.get_or_create(
        endpoint=endpoint, event=event, aggregate=aggregate, defaults=fresh
    )
    return message


def _take_next(endpoint: Endpoint) -> Message | None:
    values: dict[str, Any] = {"now": clock.now(), "lease": LEASE, "endpoint": endpoint.pk}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(NEXT, values)
        found = cursor.fetchone()
    return Message.objects.select_related("endpoint").get(pk=found[0]) if found else None


def _send(message: Message) -> send.Answer:
    stamp = int(clock.now().timestamp())
    uid = f"msg_{message.uid.hex}"
    headers = {
        "webhook-id": uid,
        "webhook-timestamp": str(stamp),
        "webhook-signature": rules.signatures(_secrets(message.endpoint), uid, stamp, message.body),
        "User-Agent": "dure-webhooks/1",
    }
    return send.post(message.endpoint.url, message.body, headers)


@transaction.atomic
def _write_down(message: Message, answer: send.Answer) -> None:
    moment = clock.now()
    Attempt.objects.create(message=message, at=moment, ms=answer.ms, http_status=answer.status, answer=answer.text)
    waiting = Message.objects.filter(pk=message.pk, status=Message.Status.WAITING)
    if answer.accepted:
        waiting.update(status=Message.Status.DELIVERED, delivered_at=moment)
        return
    if answer.status == rules.GONE or moment >= message.give_up_at:
        if waiting.update(status=Message.Status.FAILED):
            _give_up(message.endpoint, answer, moment)
        return
    wait = rules.wait_after(message.tries, random.random())  # noqa: S311 (spreads load, guards nothing)
    waiting.update(next_attempt_at=moment + wait)
    if wait.total_seconds() < SOON:
        _wake(message.endpoint_id, after=int(wait.total_seconds()) + 1)


def _give_up(endpoint: Endpoint, answer: send.Answer, moment: datetime) -> None:
    why = f"HTTP {answer.status}" if answer.status else answer.text[:150]
    with suppress(WrongState):  # another message was first
        switch_off(endpoint, by=None, why=why)


def _wake(endpoint: int, after: int = 0) -> None:
    """A job for the endpoint, unless one is waiting already."""
    from dure.sites.api.tasks import deliver_webhooks

    lock = f"webhooks:{endpoint}"
    waiting = lock if not after else f"{lock}:later"
    with suppress(AlreadyEnqueued), transaction.atomic():
        job = deliver_webhooks.configure(
            lock=lock, queueing_lock=waiting, schedule_in={"seconds": after} if after else None
        )
        job.defer(endpoint=endpoint)


def _secrets(endpoint: Endpoint) -> list[str]:
    found = [unseal(SEALED, endpoint.secret_sealed)]
    if endpoint.old_secret_sealed and endpoint.old_secret_until and endpoint.old_secret_until > clock.now():
        found.append(unseal(SEALED, endpoint.old_secret_sealed))
    return found


def _new_secret() -> str:
    return rules.PREFIX + base64.b64encode(secrets.token_bytes(24)).decode()


def _known(topics: Iterable[str]) -> list[str]:
    wanted = sorted(set(topics))
    if unknown := [topic for topic in wanted if topic not in NAMES]:
        raise BadTopics(topics=", ".join(unknown))
    return wanted
