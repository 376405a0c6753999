"""The words of a message: the live template of its kind, channel and language, or what `kinds` says; filled in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

import orjson
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from dure.config import load
from dure.kit.crypto import seal, unseal
from dure.messaging import rules
from dure.messaging.kinds import EMAIL, KINDS, SPEAKER, TALK, TEXT, VARIABLES, Kind
from dure.messaging.models import Template

SEALED, SEALED_TO = "messaging.words", "messaging.to"


@dataclass(frozen=True)
class Draft:
    """Words with their variables not yet filled in."""

    subject: str
    body: str
    button: str
    template: Template | None = None

    @property
    def ready(self) -> bool:
        """A talk nobody registered at Kakao cannot be one."""
        return self.template is not None and bool(self.template.provider_ref)


@dataclass(frozen=True)
class Words:
    """What a person gets. `values` by variable name, so that another channel can say it instead."""

    subject: str
    body: str
    button: str = ""
    link: str = ""
    stop: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    def sealed(self) -> bytes:
        return seal(SEALED, orjson.dumps(self.__dict__).decode())

    @classmethod
    def unsealed(cls, raw: bytes | memoryview) -> Words:
        return cls(**orjson.loads(unseal(SEALED, raw)))


def default(kind: Kind, channel: str, language: str) -> Draft:
    with translation.override(language):
        title, body, button = str(kind.title), str(kind.body), str(kind.button)
        speaker = _("두레")
    if channel == TALK:
        return Draft("", body, button[:14])
    if channel == EMAIL:
        return Draft(title, body, button)
    if kind.advertising:  # the mark and the sender are put before it when it goes out
        return Draft(title, body, "")
    return Draft(title, f"[{speaker}] {body}\n#{{링크}}", "")


class Book:
    """The live templates of some kinds, read once."""

    def __init__(self, kinds: Collection[str]):
        rows = Template.objects.filter(kind__in=kinds, status=Template.Status.LIVE)
        self.live = {(row.kind, row.channel, row.language): row for row in rows}

    def draft(self, kind: Kind, channel: str, language: str) -> Draft:
        row = self.live.get((kind.code, channel, language))
        return Draft(row.subject, row.body, row.button, row) if row else default(kind, channel, language)


def written(kind: Kind, channel: str, draft: Draft, values: Mapping[str, str], path: str, stop: str = "") -> Words:
    """`values` by variable name. A text is put into signs a carrier takes. Raises KeyError for a value that is missing."""
    link = urljoin(load().base_url, path)
    told = {**values, "링크": link, "경로": path.lstrip("/")}
    subject, body = rules.fill(draft.subject, told), rules.fill(draft.body, told)
    if kind.advertising:
        subject, body = rules.marked(channel, subject, body, sender=SPEAKER, phone=load().opt_out_phone, stop=stop)
    if channel == TEXT:
        subject = rules.cut(rules.in_euc_kr(subject), rules.TITLE_BYTES)
        body = rules.cut(rules.in_euc_kr(body), rules.LMS_BYTES)
    if channel == EMAIL:
        subject = " ".join(subject.split())  # a line break here would be a header of its own
    return Words(subject, body, draft.button, link, stop if kind.advertising else "", told)


def sample(kind: Kind) -> dict[str, str]:
    return {VARIABLES[code].name: VARIABLES[code].sample for code in kind.variables}


def as_html(kind: str, words: Words, language: str) -> str:
    """The letter as a page of 600 px at most, without pictures from elsewhere and without scripts."""
    title = KINDS[kind].title if kind in KINDS else words.subject
    with translation.override(language):
        context: dict[str, Any] = {"words": words, "title": title, "language": language, "home": load().base_url}
        return render_to_string("messaging/mail.html", context)
