"""Reads for the pages: what there is to tell and by which way, how messages fare, what somebody chose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q, QuerySet

from dure.kit import clock
from dure.kit.crypto import CannotUnseal
from dure.kit.privacy import masked_text
from dure.messaging import rules
from dure.messaging.kinds import CHANNELS, KINDS, Kind
from dure.messaging.models import Message, Preference, Route, Template
from dure.messaging.telling import digest
from dure.messaging.words import Words

SEARCHED = ("to_masked", "occasion")


@dataclass(frozen=True)
class Choice:
    """A kind and, per channel, whether it comes by it; None: it cannot."""

    kind: Kind
    on: dict[str, bool]


def choices(audience: str | None, whose: Sequence[str], areas: Collection[str] | None = None) -> list[Choice]:
    """What somebody is told and by which channels. `whose`: weakest first; `areas`: of a shop, those they look after."""
    chosen: dict[tuple[str, str], bool] = {}
    rows = list(Preference.objects.filter(whose__in=whose))
    for row in sorted(rows, key=lambda r: list(whose).index(r.whose)):
        chosen[row.kind, row.channel] = row.on
    return [
        Choice(kind, {c: chosen.get((kind.code, c), c in kind.ways) for c in kind.may})
        for kind in KINDS.values()
        if audience in {None, kind.audience} and not kind.advertising and (areas is None or kind.area in areas)
    ]


@dataclass(frozen=True)
class Standing:
    """A kind for the back office: versions written by channel, channels turned off, and the last 30 days."""

    kind: Kind
    written: dict[str, str]  # channel: status of the newest version
    closed: set[str]
    sent: int
    failed: int


def standings() -> list[Standing]:
    newest: dict[tuple[str, str], str] = {}
    for kind, channel, status in (
        Template.objects.filter(language="ko").order_by("number").values_list("kind", "channel", "status")
    ):
        newest[kind, channel] = status
    closed: dict[str, set[str]] = defaultdict(set)
    for kind, channel in Route.objects.values_list("kind", "channel"):
        closed[kind].add(channel)
    recent = Message.objects.filter(made_at__gte=clock.now() - timedelta(days=30))
    counts: dict[str, dict[str, int]] = {
        row["kind"]: {"sent": row["sent"], "failed": row["failed"]}
        for row in recent.order_by()
        .values("kind")
        .annotate(
            sent=Count("pk", filter=Q(status__in=["SENT", "DELIVERED"])),
            failed=Count("pk", filter=Q(status__in=["FAILED", "DEAD"])),
        )
    }
    return [
        Standing(
            kind,
            {channel: newest.get((code, channel), "") for channel in CHANNELS},
            closed[code],
            counts.get(code, {}).get("sent", 0),
            counts.get(code, {}).get("failed", 0),
        )
        for code, kind in KINDS.items()
    ]


@dataclass(frozen=True)
class State:
    """How sending stands, for the log's head and for /metrics."""

    waiting: int
    oldest: float  # seconds the oldest due message has waited
    held: int
    dead: int
    talks_waiting: int


def state() -> State:
    now = clock.now()
    told = Message.objects.filter(status__in=["QUEUED", "HELD", "SENDING", "DEAD"]).values_list("status", "due_at")
    by: dict[str, int] = defaultdict(int)
    oldest = 0.0
    for status, due_at in told:
        by[status] += 1
        if status == "QUEUED":
            oldest = max(oldest, (now - due_at).total_seconds())
    talks = Template.objects.filter(status__in=["WRITTEN", "IN_REVIEW"]).count()
    return State(by["QUEUED"] + by["SENDING"], oldest, by["HELD"], by["DEAD"], talks)


def log() -> QuerySet[Message]:
    return Message.objects.select_related("user")


def to_address(rows: QuerySet[Message], address: str) -> QuerySet[Message]:
    """What went to exactly this telephone or e-mail."""
    return rows.filter(to_digest__in=[digest(address), digest(rules.korean_digits(address) or "-")])


def versions(kind: Kind, channel: str, language: str) -> QuerySet[Template]:
    rows = Template.objects.filter(kind=kind.code, channel=channel, language=language)
    return rows.select_related("written_by").order_by("-number")


def words_of(message: Message) -> Words | None:
    """As it was sent, with what would let a reader call or visit its receiver starred; None: emptied."""
    if not message.words_sealed:
        return None
    try:
        words = Words.unsealed(message.words_sealed)
    except CannotUnseal:
        return None
    return Words(masked_text(words.subject), masked_text(words.body), words.button, words.link)
