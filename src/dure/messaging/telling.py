"""News becomes messages: by the channels a person wants and the law allows, each once."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued

from dure.config import load
from dure.kit import clock
from dure.kit.crypto import seal
from dure.messaging import consents, rules
from dure.messaging.kinds import EMAIL, KINDS, TALK, TEXT, VARIABLES, Kind
from dure.messaging.models import Message, Preference, Route
from dure.messaging.words import SEALED_TO, Book, Words, written
from dure.people.models import User

AT_ONCE = 500


@dataclass(frozen=True)
class Person:
    """Somebody to be told. `role`: "role:3:ORDERS", whose choices hold where the person has made none."""

    email: str = ""
    phone: str = ""
    name: str = ""
    language: str = "ko"
    user: int | None = None
    role: str = ""

    @classmethod
    def of(cls, user: User, role: str = "") -> Person:
        return cls(user.email, user.phone, user.name, user.language, user.pk, role)

    @property
    def key(self) -> str:
        return f"user:{self.user}" if self.user else f"guest:{digest(self.phone or self.email)[:24]}"

    @property
    def whose(self) -> list[str]:
        """Weakest first."""
        return [w for w in (self.role, f"user:{self.user}" if self.user else "") if w]

    def at(self, channel: str) -> str:
        return self.email if channel == EMAIL else rules.korean_digits(self.phone)


@dataclass(frozen=True)
class News:
    """`occasion` names what it is about, and how often it can be told: once. `values` by the variable's code."""

    kind: str
    occasion: str
    person: Person
    values: Mapping[str, str] = field(default_factory=dict)
    path: str = "/"


def tell(news: Iterable[News]) -> int:
    """Write the messages of `news`; telling again what has been told writes none. Returns how many were new.

    Call it in the transaction of the change it speaks of; the messages leave afterwards, in the worker.
    """
    told = list(news)
    if not told:
        return 0
    kinds = {item.kind for item in told}
    book, moment = Book(kinds), clock.now()
    closed = set(Route.objects.filter(kind__in=kinds).values_list("kind", "channel"))
    switches = _switches(told)
    agreed = consents.of_users({item.person.user for item in told if KINDS[item.kind].advertising and item.person.user})
    rows: dict[str, Message] = {}
    for item in told:
        for message in _messages(item, book, closed, switches, agreed.get(item.person.user or 0, set())):
            rows.setdefault(message.key, message)
    return _write(list(rows.values()), moment)


def wake() -> None:
    """A job that sends what is due, unless one is waiting already."""
    from dure.messaging.tasks import send_messages

    with suppress(AlreadyEnqueued), transaction.atomic():
        send_messages.configure(lock="messaging", queueing_lock="messaging").defer()


def digest(address: str) -> str:
    """Finds an address without keeping it."""
    plain = address.strip().lower().encode()
    return hmac.new(load().secret_key.encode(), b"messaging:" + plain, hashlib.sha256).hexdigest()


def message_of(
    item: News, kind: Kind, channel: str, words: Words | None, skipped: str = "", held: bool = False
) -> Message:
    """A row not written yet."""
    moment, to = clock.now(), item.person.at(channel)
    message = Message(
        key=key_of(item, channel),
        kind=kind.code,
        channel=channel,
        language=item.person.language,
        occasion=item.occasion,
        user_id=item.person.user,
        to_masked=_masked(channel, to),
        to_digest=digest(to) if to else "",
        made_at=moment,
        queued_at=moment,
        due_at=rules.morning_after(moment) if held else moment,
    )
    if skipped or words is None:
        message.status, message.reason = Message.Status.SKIPPED, skipped
        message.ended_at = moment
        return message
    message.status = Message.Status.HELD if held else Message.Status.QUEUED
    message.to_sealed, message.words_sealed = seal(SEALED_TO, to), words.sealed()
    return message


def key_of(item: News, channel: str) -> str:
    return f"{item.occasion}|{item.kind}|{item.person.key}|{channel}"[:200]


def _messages(
    item: News,
    book: Book,
    closed: Collection[tuple[str, str]],
    switches: Mapping[tuple[str, str], Mapping[str, bool]],
    agreed: Collection[str],
) -> Iterable[Message]:
    kind, person = KINDS[item.kind], item.person
    chosen: dict[str, bool] = {}
    for whose in person.whose:
        chosen |= switches.get((whose, item.kind), {})
    ways = rules.ways(
        kind.ways,
        may=kind.may,
        required=kind.required,
        advertising=kind.advertising,
        has_phone=bool(person.at(TEXT)),
        has_email=bool(person.email),
        switches=chosen,
        closed={channel for code, channel in closed if code == item.kind},
        talk_ready=book.draft(kind, TALK, person.language).ready,
        consents=consents.channels(agreed),
    )
    for way in ways:
        if way.skipped:
            yield message_of(item, kind, way.channel, None, way.skipped)
            continue
        yield _to_be_sent(item, kind, way.channel, book, agreed)


def _to_be_sent(item: News, kind: Kind, channel: str, book: Book, agreed: Collection[str]) -> Message:
    draft = book.draft(kind, channel, item.person.language)
    values = {VARIABLES[code].name: item.values[code] for code in kind.variables}
    stop = consents.stop_link(item.person.user, channel) if kind.advertising and item.person.user else ""
    held = rules.waits_for_morning(
        channel,
        clock.now(),
        advertising=kind.advertising,
        quiet=kind.quiet,
        night_consent=consents.AD_NIGHT in agreed,
    )
    message = message_of(item, kind, channel, written(kind, channel, draft, values, item.path, stop), held=held)
    message.template = draft.template
    return message


def _write(rows: list[Message], moment: object) -> int:
    if not rows:
        return 0
    known = set(Message.objects.filter(key__in=[row.key for row in rows]).values_list("key", flat=True))
    fresh = [row for row in rows if row.key not in known]
    Message.objects.bulk_create(fresh, batch_size=AT_ONCE, ignore_conflicts=True)
    if any(row.status == Message.Status.QUEUED for row in fresh):
        wake()
    return len(fresh)


def _switches(told: list[News]) -> dict[tuple[str, str], dict[str, bool]]:
    """What anybody among them chose: {(whose, kind): {channel: on}}."""
    whose = {w for item in told for w in item.person.whose}
    found: dict[tuple[str, str], dict[str, bool]] = {}
    if whose:
        for row in Preference.objects.filter(whose__in=whose, kind__in={item.kind for item in told}):
            found.setdefault((row.whose, row.kind), {})[row.channel] = row.on
    return found


def _masked(channel: str, to: str) -> str:
    if not to:
        return ""
    return rules.masked_email(to) if channel == EMAIL else rules.masked_phone(to)
