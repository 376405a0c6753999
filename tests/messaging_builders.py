"""News to tell, and templates that Kakao has approved."""

from __future__ import annotations

import itertools
import uuid

from dure.kit import clock
from dure.messaging import templates
from dure.messaging.kinds import KINDS, TALK, VARIABLES
from dure.messaging.models import Message, Template
from dure.messaging.telling import News, Person

_count = itertools.count(1)


def some_news(kind="order.paid", person=None, occasion="", **values):
    kind = KINDS[kind]
    told = {code: VARIABLES[code].sample for code in kind.variables} | values
    person = person or Person(email=f"buyer{next(_count)}@example.kr", phone="010-1234-5678", name="나구매")
    return News(kind.code, occasion or f"orders.order:{uuid.uuid4().hex}", person, told, "/orders/")


def an_approved_talk(kind="order.paid", language="ko", simulators=None):
    """By the simulator when it is there, else as if."""
    kind = KINDS[kind]
    if simulators:
        words = templates.default(kind, TALK, language)
        template = templates._new(kind, TALK, language, "", words.body, words.button, None)
        templates._hand_in(template)
        templates._look(template)
        return template
    words = templates.default(kind, TALK, language)
    return Template.objects.create(
        kind=kind.code, channel=TALK, language=language, number=1, status="LIVE", body=words.body, button=words.button,
        provider_ref=f"KA01TP{next(_count)}", written_at=clock.now(),
    )  # fmt: skip


def statuses(*order):
    return list(Message.objects.order_by(*(order or ("id",))).values_list("channel", "status", "reason"))
