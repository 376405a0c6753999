"""What a person does with messages. Telling is in `telling.py`, sending in `sending.py`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.db import transaction

from dure.kit import audit, clock
from dure.messaging import queries
from dure.messaging.consents import change as change_consents
from dure.messaging.consents import stop
from dure.messaging.errors import CannotSendAgain, RequiredByLaw
from dure.messaging.kinds import Kind
from dure.messaging.models import Message, Preference
from dure.messaging.telling import News, Person, tell, wake
from dure.messaging.templates import back_to_default, open_route, register_all, restore, try_out, write
from dure.people.models import User

__all__ = [
    "News",
    "Person",
    "back_to_default",
    "change_consents",
    "choose",
    "choose_many",
    "open_route",
    "register_all",
    "restore",
    "send_again",
    "stop",
    "tell",
    "try_out",
    "write",
]


@transaction.atomic
def choose(whose: str, kind: Kind, channels: Collection[str], *, by: User) -> None:
    """`whose` wants the kind by exactly these channels. Raises RequiredByLaw when none is left of what must be told."""
    wanted = set(channels) & set(kind.may)
    if kind.required and not wanted:
        raise RequiredByLaw()
    before = {p.channel: p for p in Preference.objects.select_for_update().filter(whose=whose, kind=kind.code)}
    for channel in kind.may:
        on = channel in wanted
        held = before.get(channel)
        if held and held.on == on:
            continue
        Preference.objects.update_or_create(
            whose=whose, kind=kind.code, channel=channel, defaults={"on": on, "at": clock.now()}
        )
        subject = Preference(pk=held.pk if held else 0)
        audit.record("messaging.chosen", subject, by=by, whose=whose, kind=kind.code, channel=channel, on=on)


@transaction.atomic
def choose_many(whose: Sequence[str], wanted: Mapping[str, Collection[str]], *, by: User) -> list[str]:
    """`whose[-1]` wants each kind by exactly these channels; returns the kinds of which the law wants one way left."""
    refused = []
    for choice in queries.choices(None, whose):
        code = choice.kind.code
        if code not in wanted or {c for c, on in choice.on.items() if on} == set(wanted[code]):
            continue
        try:
            choose(whose[-1], choice.kind, wanted[code], by=by)
        except RequiredByLaw:
            refused.append(code)
    return refused


@transaction.atomic
def send_again(message: Message, *, by: User) -> None:
    """What failed or was given up goes once more. Raises CannotSendAgain."""
    moment = clock.now()
    asked = Message.objects.filter(pk=message.pk, status__in=[Message.Status.FAILED, Message.Status.DEAD])
    won = asked.exclude(to_sealed=b"").update(
        status=Message.Status.QUEUED,
        reason="",
        detail="",
        batch=None,
        tries=0,
        queued_at=moment,
        due_at=moment,
        sent_at=None,
        ended_at=None,
    )
    if not won:
        raise CannotSendAgain()
    audit.record("messaging.sent_again", message, by=by, kind=message.kind, channel=message.channel)
    wake()
