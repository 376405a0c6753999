"""Templates: checked before they are kept, in numbered versions, talks by way of Kakao's review."""

from __future__ import annotations

import uuid
from contextlib import suppress

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from procrastinate.exceptions import AlreadyEnqueued

from dure.config import load
from dure.integrations.solapi.client import solapi
from dure.kit import audit, clock
from dure.kit.http import OutsideError
from dure.kit.states import WrongState, move
from dure.messaging import errors, rules
from dure.messaging.kinds import EMAIL, KINDS, TALK, TEXT, Kind
from dure.messaging.models import Message, Route, Template
from dure.messaging.telling import News, Person, message_of, wake
from dure.messaging.words import Book, Draft, default, sample, written
from dure.people.models import User

log = structlog.get_logger()
Status = Template.Status
LANGUAGES = [code for code, _name in settings.LANGUAGES]


@transaction.atomic
def write(
    kind: Kind, channel: str, language: str, *, subject: str = "", body: str, button: str = "", by: User | None
) -> Template:
    """A new version. Texts and letters use it from now on; a talk when Kakao has approved it.

    Raises the refusals of `check`, WrongState (somebody else wrote one at the same time).
    """
    subject, body, button = subject.strip(), body.replace("\r\n", "\n").strip(), button.strip()
    check(kind, channel, subject, body)
    try:
        with transaction.atomic():
            made = _new(kind, channel, language, subject, body, button, by)
    except IntegrityError as error:
        raise WrongState() from error
    if channel == TALK:
        follow_soon()
    return made


@transaction.atomic
def restore(template: Template, *, by: User | None) -> None:
    """An earlier version is used again: the undo of `write`. Raises NothingToRestore."""
    held = Template.objects.select_for_update().get(pk=template.pk)
    if held.status != Status.RETIRED or (held.channel == TALK and not held.provider_ref):
        raise errors.NothingToRestore()
    _retire_live(held.kind, held.channel, held.language, by=by)
    move(held, Status.LIVE, by=by, why="restored")


@transaction.atomic
def back_to_default(kind: Kind, channel: str, language: str, *, by: User | None) -> None:
    """The words of the house again. A talk needs approved words: it is written anew. Raises NothingToRestore."""
    if channel == TALK:
        words = default(kind, channel, language)
        write(kind, channel, language, body=words.body, button=words.button, by=by)
    elif not _retire_live(kind.code, channel, language, by=by):
        raise errors.NothingToRestore()


def check(kind: Kind, channel: str, subject: str, body: str) -> None:
    """Whether these words can be sent. Raises a TemplateError that names the field and the way out."""
    if channel not in kind.may:
        raise errors.NoTalkForAdvertising()
    if not body:
        raise errors.NothingWritten()
    if channel == EMAIL and not subject:
        raise errors.SubjectMissing()
    if rules.broken_variables(body) or rules.broken_variables(subject):
        raise errors.BrokenVariable()
    if unknown := rules.unknown_variables(f"{subject}\n{body}", kind.names):
        raise errors.UnknownVariables(names=", ".join(unknown), known=", ".join(kind.names))
    if not kind.advertising and rules.AD in f"{subject}{body}".replace(" ", ""):
        raise errors.WordOfAdvertising()
    _check_size(kind, channel, subject, body)


def try_out(kind: Kind, channel: str, draft: Draft, language: str, *, to: User) -> Message:
    """The sample, sent to whoever asks for it. Raises NoAddress."""
    person = Person(to.email, to.phone, to.name, language, to.pk)
    if not person.at(channel):
        raise errors.NoAddress()
    item = News(kind.code, f"test:{uuid.uuid4().hex}", person)
    words = written(kind, channel, draft, sample(kind), "/")
    message = message_of(item, kind, channel, words)
    message.template = draft.template
    with transaction.atomic():
        message.save()
        audit.record("messaging.tried_out", message, by=to, kind=kind.code, channel=channel)
        wake()
    return message


@transaction.atomic
def open_route(kind: Kind, channel: str, *, open_it: bool, by: User | None) -> None:
    """Whether a kind goes by a channel at all. What the law wants told keeps one. Raises RequiredByLaw."""
    if open_it:
        Route.objects.filter(kind=kind.code, channel=channel).delete()
    else:
        closed = {*Route.objects.filter(kind=kind.code).values_list("channel", flat=True), channel}
        if kind.required and not set(kind.may) - closed:
            raise errors.RequiredByLaw()
        Route.objects.get_or_create(kind=kind.code, channel=channel)
    subject = Route(pk=0, kind=kind.code, channel=channel)
    audit.record(
        f"messaging.route_{'opened' if open_it else 'closed'}", subject, by=by, kind=kind.code, channel=channel
    )


# Talks at Kakao


def register_all(*, by: User | None) -> int:
    """A first version of every talk that has none, in the words of the house. Returns how many."""
    known = set(Template.objects.filter(channel=TALK).values_list("kind", "language"))
    made = 0
    for kind in KINDS.values():
        for language in LANGUAGES:
            if kind.advertising or (kind.code, language) in known:
                continue
            words = default(kind, TALK, language)
            with suppress(IntegrityError), transaction.atomic():
                _new(kind, TALK, language, "", words.body, words.button, by)
                made += 1
    if made:
        follow_soon()
    return made


def follow_soon() -> None:
    from dure.messaging.tasks import register_talks

    with suppress(AlreadyEnqueued), transaction.atomic():
        register_talks.configure(lock="messaging:talks", queueing_lock="messaging:talks").defer()


def follow_talks() -> int:
    """Bring written talks to Kakao, and look what has become of those it reviews. Returns how many went on."""
    if load().simulators:
        register_all(by=None)  # on one's own machine nobody needs to ask for it
    went_on = 0
    rows = Template.objects.filter(channel=TALK, status__in=[Status.WRITTEN, Status.IN_REVIEW]).order_by("id")
    for template in rows:
        try:
            went_on += _hand_in(template) if template.status == Status.WRITTEN else 0
            went_on += _look(template) if template.status == Status.IN_REVIEW else 0
        except OutsideError as error:
            log.warning("talk_not_followed", template=template.pk, error=str(error))
            if error.unknown:
                break  # away: the next round
    return went_on


def _hand_in(template: Template) -> bool:
    if not template.provider_ref:
        name = f"{template.kind}.{template.language}.{template.number}"
        buttons = (
            [{"buttonName": template.button, "buttonType": "WL", "linkMo": _button_link(), "linkPc": _button_link()}]
            if template.button
            else []
        )
        template.provider_ref = solapi().register(name, template.body, buttons)
        Template.objects.filter(pk=template.pk).update(provider_ref=template.provider_ref)
    solapi().ask_review(template.provider_ref)
    with transaction.atomic():
        move(template, Status.IN_REVIEW, asked_at=clock.now())
    return True


def _button_link() -> str:
    return f"{load().base_url}/#{{경로}}"


@transaction.atomic
def _look(template: Template) -> bool:
    reviewed = solapi().reviewed(template.provider_ref)
    if reviewed.status == "APPROVED":
        _retire_live(template.kind, template.channel, template.language, by=None)
        move(template, Status.LIVE)
    elif reviewed.status == "REJECTED":
        move(template, Status.REJECTED, provider_comment=reviewed.comment)
    else:
        return False
    return True


def _new(kind: Kind, channel: str, language: str, subject: str, body: str, button: str, by: User | None) -> Template:
    mine = Template.objects.filter(kind=kind.code, channel=channel, language=language)
    last = mine.order_by("-number").values_list("number", flat=True).first() or 0
    if channel == TALK:  # one at a time waits for Kakao
        for earlier in mine.filter(status__in=[Status.WRITTEN, Status.IN_REVIEW]):
            move(earlier, Status.RETIRED, by=by)
    else:
        _retire_live(kind.code, channel, language, by=by)
    made = Template.objects.create(
        kind=kind.code,
        channel=channel,
        language=language,
        number=last + 1,
        status=Status.WRITTEN if channel == TALK else Status.LIVE,
        subject=subject,
        body=body,
        button=button,
        written_by=by,
        written_at=clock.now(),
    )
    audit.record("messaging.template_written", made, by=by, kind=kind.code, channel=channel, language=language)
    return made


def _retire_live(kind: str, channel: str, language: str, *, by: User | None) -> bool:
    live = Template.objects.select_for_update().filter(
        kind=kind, channel=channel, language=language, status=Status.LIVE
    )
    row = live.first()
    if row is None:
        return False
    move(row, Status.RETIRED, by=by)
    return True


def _check_size(kind: Kind, channel: str, subject: str, body: str) -> None:
    words = written(kind, channel, Draft(subject, body, ""), sample(kind), "/")
    if channel == TALK and len(words.body) > rules.TALK_LETTERS:
        raise errors.TooLong(now=len(words.body), most=rules.TALK_LETTERS)
    if channel != TEXT:
        return
    plain = rules.fill(body, {name: "" for name in rules.variables_in(body)})
    if signs := rules.unsendable(plain + rules.VARIABLE.sub("", subject)):
        raise errors.CannotBeSent(signs=signs)
    if (size := rules.text_bytes(subject)) > rules.TITLE_BYTES:
        raise errors.SubjectTooLong(now=size, most=rules.TITLE_BYTES)
    whole = written(kind, EMAIL, Draft(subject, body, ""), sample(kind), "/").body  # not yet cut to what fits
    if (size := rules.text_bytes(whole)) > rules.LMS_BYTES:
        raise errors.TooLong(now=size, most=rules.LMS_BYTES)


def drafts(kind: Kind, language: str) -> dict[str, Draft]:
    """What each channel of a kind says now."""
    book = Book([kind.code])
    return {channel: book.draft(kind, channel, language) for channel in kind.may}
