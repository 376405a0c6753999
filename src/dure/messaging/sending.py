"""Messages leave: letters one by one, texts and talks in batches. What nobody took stays for later; nothing goes twice.

A provider is asked between two transactions, never inside one. Killed at any point, a batch is carried on by looking at
how its group stands at the provider (`carry`). SMTP has no such look: a letter whose fate is unknown is put aside for a
person to decide (DEAD, UNKNOWN).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import F, Q

from dure.integrations.mail import client as mail
from dure.integrations.solapi.client import ACCEPTED, ALREADY_IN, MOST, OPTED_OUT, Letter, Report, solapi
from dure.kit import clock
from dure.kit.crypto import CannotUnseal, unseal
from dure.kit.http import OutsideError
from dure.messaging import consents, rules
from dure.messaging.kinds import EMAIL, KINDS, TALK, TEXT
from dure.messaging.models import Batch, Message, Route
from dure.messaging.words import SEALED_TO, Book, Words, as_html, written
from dure.people.models import User

log = structlog.get_logger()

Status, Reason = Message.Status, Message.Reason
LEASE = timedelta(minutes=3)  # a try that has not been written down by then is taken for lost
LETTERS, TEXTS = 50, 500  # taken at once
FIRST_LOOK = timedelta(seconds=5)
REPORTS_WITHIN = timedelta(days=3)
KEPT = timedelta(days=90)  # addresses and words; the law wants proof of consent, not of every letter
PHONES = [TEXT, TALK]

TAKE_LETTERS = """
    UPDATE messaging_message SET status = 'SENDING', tries = tries + 1, due_at = %(lost)s
     WHERE id IN (SELECT id FROM messaging_message WHERE channel = 'EMAIL' AND status = 'QUEUED' AND due_at <= %(now)s
                   ORDER BY due_at, id LIMIT %(most)s FOR UPDATE SKIP LOCKED)
    RETURNING id
"""
# A group holds a number once: the second message to somebody waits for the next batch.
TAKE_TEXTS = """
    WITH due AS (SELECT id, to_digest FROM messaging_message
                  WHERE channel IN ('TEXT', 'TALK') AND status = 'QUEUED' AND due_at <= %(now)s
                  ORDER BY due_at, id LIMIT %(most)s FOR UPDATE SKIP LOCKED)
    UPDATE messaging_message SET status = 'SENDING', tries = tries + 1, batch_id = %(batch)s
     WHERE id IN (SELECT DISTINCT ON (to_digest) id FROM due ORDER BY to_digest, id)
    RETURNING id
"""


def send_due() -> int:
    """Everything that is due; returns how many messages were handed over."""
    release_held()
    hold_back()
    give_up_lost()
    count = 0
    while taken := send_letters():
        count += taken
    for batch in Batch.objects.filter(status=Batch.Status.OPEN, due_at__lte=clock.now()).order_by("id"):
        carry(batch)  # what a killed worker or a silent provider left
    while (fresh := fill_batch()) is not None:
        count += fresh.messages.count()
        if not carry(fresh):
            break  # the provider is away: the rest waits, in the queue
    look_for_reports()
    return count


# What the hour and the person allow


def release_held() -> int:
    return Message.objects.filter(status=Status.HELD, due_at__lte=clock.now()).update(status=Status.QUEUED)


def hold_back() -> int:
    """Looks again just before sending: night has come meanwhile, or somebody took their consent back."""
    moment = clock.now()
    due = Message.objects.filter(status=Status.QUEUED, due_at__lte=moment)
    advertising = [code for code, kind in KINDS.items() if kind.advertising]
    quiet = [code for code, kind in KINDS.items() if kind.quiet]
    changed = 0
    ads = list(due.filter(kind__in=advertising).values_list("pk", "user_id", "channel"))
    agreed = consents.of_users({user for _pk, user, _channel in ads if user})
    refused = [pk for pk, user, channel in ads if channel not in consents.channels(agreed.get(user or 0, set()))]
    changed += due.filter(pk__in=refused).update(status=Status.SKIPPED, reason=Reason.NO_CONSENT, ended_at=moment)
    if rules.is_night(moment):
        sleeping = [pk for pk, user, _channel in ads if consents.AD_NIGHT not in agreed.get(user or 0, set())]
        wait = due.filter(Q(pk__in=sleeping) | Q(kind__in=quiet), channel__in=PHONES)
        changed += wait.update(status=Status.HELD, due_at=rules.morning_after(moment))
    return changed


# Letters


def send_letters() -> int:
    """One connection's worth; how many were handed over or put aside (0: none due, or the server is away)."""
    taken = _take(TAKE_LETTERS, lost=clock.now() + LEASE, most=LETTERS)
    letters = {message.uid.hex: message for message in Message.objects.filter(pk__in=taken).order_by("id")}
    mails = [made for message in letters.values() if (made := _mail(message)) is not None]
    settled = len(letters) - len(mails)
    for outcome in mail.post(mails):
        message = letters[outcome.uid]
        match outcome.result:
            case mail.SENT:
                _end(message, Status.SENT, sent_at=clock.now())
            case mail.REFUSED:
                _end(message, Status.FAILED, Reason.REFUSED, outcome.why)
            case mail.UNKNOWN:
                _end(message, Status.DEAD, Reason.UNKNOWN, outcome.why)
            case _:
                _later(message, outcome.why)
                continue
        settled += 1
    return settled


def give_up_lost() -> int:
    """Letters whose sender was killed in the middle: nobody knows, so nobody sends them again by himself."""
    lost = Message.objects.filter(channel=EMAIL, status=Status.SENDING, due_at__lte=clock.now())
    return lost.update(status=Status.DEAD, reason=Reason.UNKNOWN, ended_at=clock.now())


def _mail(message: Message) -> mail.Mail | None:
    opened = _opened(message)
    if opened is None:
        return None
    to, words = opened
    text = f"{words.body}\n\n{words.link}" if words.link and words.link not in words.body else words.body
    html = as_html(message.kind, words, message.language)
    return mail.Mail(message.uid.hex, to, words.subject, text, html, words.stop)


# Texts and talks


@transaction.atomic
def fill_batch() -> Batch | None:
    """Take what is due into a new batch; None when nothing is."""
    batch = Batch.objects.create(due_at=clock.now(), made_at=clock.now())
    if not _take(TAKE_TEXTS, batch=batch.pk, most=TEXTS):
        batch.delete()
        return None
    return batch


def carry(batch: Batch) -> bool:
    """Bring an OPEN batch to the provider, from wherever it stands. False when the provider did not take it now."""
    held = _lease(batch)
    if held is None:
        return True
    try:
        if not held.group:
            held.group = solapi().open_group()
            if not Batch.objects.filter(pk=held.pk, group="").update(group=held.group):
                return True  # another worker was faster; our group stays empty and is forgotten
        elif solapi().is_sent(held.group):
            _handed_over(held)
            return True
        if _put(held):
            solapi().send(held.group)
            _handed_over(held)
        else:
            Batch.objects.filter(pk=held.pk, status=Batch.Status.OPEN).update(status=Batch.Status.REPORTED)
    except OutsideError as error:
        _batch_later(held, error)
        return False
    return True


def _lease(batch: Batch) -> Batch | None:
    moment = clock.now()
    mine = Batch.objects.filter(pk=batch.pk, status=Batch.Status.OPEN, due_at__lte=moment)
    if not mine.update(due_at=moment + LEASE, tries=F("tries") + 1):
        return None
    return Batch.objects.get(pk=batch.pk)


def _put(batch: Batch) -> int:
    """Fill the group with what it does not hold yet; how many messages it holds then."""
    rows = list(batch.messages.filter(status=Status.SENDING).select_related("template").order_by("id"))
    there = solapi().messages(batch.group) if batch.tries > 1 else {}
    missing = [row for row in rows if row.uid.hex not in there]
    letters = {row.uid.hex: letter for row in missing if (letter := _letter(row)) is not None}
    by_uid, kept = {row.uid.hex: row for row in rows}, len(there)
    ready = list(letters.values())
    for start in range(0, len(ready), MOST):
        for report in solapi().add(batch.group, ready[start : start + MOST]):
            if report.code in {ACCEPTED, ALREADY_IN}:
                kept += 1
            else:
                _refused(by_uid[report.uid], report)
    return kept


def _letter(message: Message) -> Letter | None:
    opened = _opened(message)
    if opened is None:
        return None
    to, words = opened
    if message.channel == TALK:
        ref = message.template.provider_ref if message.template else ""
        return Letter(message.uid.hex, "ATA", to, words.body, template=ref, variables=words.values)
    kind = rules.text_kind(words.body)
    return Letter(message.uid.hex, kind, to, words.body, words.subject if kind == "LMS" else "")


@transaction.atomic
def _handed_over(batch: Batch) -> None:
    moment = clock.now()
    mine = Batch.objects.filter(pk=batch.pk, status=Batch.Status.OPEN)
    if mine.update(status=Batch.Status.SENT, group=batch.group, sent_at=moment, due_at=moment + FIRST_LOOK):
        batch.messages.filter(status=Status.SENDING).update(status=Status.SENT, sent_at=moment)


@transaction.atomic
def _batch_later(batch: Batch, error: OutsideError) -> None:
    moment, why = clock.now(), str(error)[:300]
    mine = Batch.objects.filter(pk=batch.pk, status=Batch.Status.OPEN)
    if moment - batch.made_at < rules.PATIENCE:
        mine.update(due_at=moment + rules.wait_after(batch.tries), last_error=why)
        return
    if mine.update(status=Batch.Status.GIVEN_UP, last_error=why):
        reason = Reason.UNKNOWN if batch.group else Reason.NOBODY_TOOK_IT  # a group may have gone out unseen
        batch.messages.filter(status=Status.SENDING).update(
            status=Status.DEAD, reason=reason, detail=why[:200], ended_at=moment
        )


# Reports


def look_for_reports() -> int:
    """Ask how the messages of the batches fared whose time it is; how many batches were asked about."""
    asked = 0
    for batch in Batch.objects.filter(status=Batch.Status.SENT, due_at__lte=clock.now()).order_by("due_at")[:100]:
        try:
            take_reports(batch, solapi().messages(batch.group).values())
        except OutsideError as error:
            Batch.objects.filter(pk=batch.pk).update(
                due_at=clock.now() + rules.wait_after(3), last_error=str(error)[:300]
            )
            return asked
        asked += 1
    return asked


def on_hint(groups: Iterable[str]) -> None:
    """The provider says that there is news of these groups: look soon."""
    from dure.messaging.telling import wake

    sent = Batch.objects.filter(group__in=list(groups), status=Batch.Status.SENT)
    if sent.update(due_at=clock.now()):
        wake()


@transaction.atomic
def take_reports(batch: Batch, reports: Iterable[Report]) -> None:
    """Write down who got it; a talk that did not arrive becomes a text. The same reports again change nothing."""
    moment = clock.now()
    by_uid = {report.uid: report for report in reports}
    waiting = list(batch.messages.select_for_update().filter(status=Status.SENT).order_by("id"))
    open_ones, failed = 0, []
    for message in waiting:
        report = by_uid.get(message.uid.hex)
        if report is None or report.waiting:
            open_ones += 1
        elif report.received:
            _end(message, Status.DELIVERED, provider_ref=report.ref, by_report=True)
        else:
            _end(message, Status.FAILED, _why(report), f"{report.code} {report.message}", by_report=True)
            failed.append((message, report))
    for message, report in failed:
        _after_failure(message, report)
    over = not open_ones or moment - (batch.sent_at or moment) > REPORTS_WITHIN
    age = moment - (batch.sent_at or moment)
    look = min(max(age, FIRST_LOOK), timedelta(hours=1))
    Batch.objects.filter(pk=batch.pk, status=Batch.Status.SENT).update(
        status=Batch.Status.REPORTED if over else Batch.Status.SENT, due_at=moment + look
    )


def _refused(message: Message, report: Report) -> None:
    with transaction.atomic():
        _end(message, Status.FAILED, _why(report), f"{report.code} {report.message}")
        _after_failure(message, report)


def _why(report: Report) -> str:
    if report.code in OPTED_OUT:
        return Reason.OPTED_OUT
    return Reason.REFUSED if report.code.startswith("1") else Reason.NOT_ARRIVED


def _after_failure(message: Message, report: Report) -> None:
    if report.code in OPTED_OUT and message.user_id:
        consents.opted_out(User.objects.get(pk=message.user_id))
    if message.channel == TALK:
        say_as_text(message)


def say_as_text(talk: Message) -> Message | None:
    """What could not be said by talk is said by text, once, unless the operator turned texts off for it."""
    from dure.messaging.telling import wake

    kind = KINDS.get(talk.kind)
    opened = _opened(talk, ends=False)
    if kind is None or opened is None or Route.objects.filter(kind=talk.kind, channel=TEXT).exists():
        return None
    _to, words = opened
    draft = Book([talk.kind]).draft(kind, TEXT, talk.language)
    path = "/" + words.values.get("경로", "")
    moment = clock.now()
    text, created = Message.objects.get_or_create(
        key=f"{talk.key.rpartition('|')[0]}|{TEXT}",
        defaults={
            "kind": talk.kind,
            "channel": TEXT,
            "language": talk.language,
            "occasion": talk.occasion,
            "user_id": talk.user_id,
            "template": draft.template,
            "to_sealed": talk.to_sealed,
            "to_masked": talk.to_masked,
            "to_digest": talk.to_digest,
            "words_sealed": written(kind, TEXT, draft, words.values, path).sealed(),
            "fallback_of": talk,
            "made_at": moment,
            "queued_at": moment,
            "due_at": moment,
        },
    )
    if created:
        wake()
    return text


# Keeping


def purge() -> int:
    """Addresses and words that nobody needs any more are emptied; that something was told stays. Returns how many."""
    old = Message.objects.filter(made_at__lt=clock.now() - KEPT).exclude(to_sealed=b"", to_digest="")
    return old.exclude(status__in=[Status.QUEUED, Status.HELD, Status.SENDING]).update(
        to_sealed=b"", words_sealed=b"", to_digest=""
    )


def _take(sql: str, **values: Any) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"now": clock.now(), **values})
        return [pk for (pk,) in cursor.fetchall()]


def _opened(message: Message, ends: bool = True) -> tuple[str, Words] | None:
    """Address and words; None (and the message is put aside) when they were sealed under another key."""
    try:
        return unseal(SEALED_TO, message.to_sealed), Words.unsealed(message.words_sealed)
    except CannotUnseal as error:
        log.warning("message_unreadable", message=message.pk, error=str(error))
        if ends:
            _end(message, Status.DEAD, Reason.UNKNOWN, str(error))
        return None


def _end(
    message: Message,
    to: str,
    reason: str = "",
    detail: str = "",
    *,
    sent_at: datetime | None = None,
    provider_ref: str = "",
    by_report: bool = False,
) -> None:
    """The conditional UPDATE that decides; a message no longer where we left it stays as it is."""
    moment = clock.now()
    also: dict[str, Any] = {"reason": reason, "detail": detail[:200], "ended_at": moment}
    if sent_at:
        also["sent_at"] = sent_at
    if provider_ref:
        also["provider_ref"] = provider_ref
    Message.objects.filter(pk=message.pk, status=Status.SENT if by_report else Status.SENDING).update(status=to, **also)


def _later(message: Message, why: str) -> None:
    moment = clock.now()
    if moment - message.queued_at >= rules.PATIENCE:
        _end(message, Status.DEAD, Reason.NOBODY_TOOK_IT, why)
        return
    Message.objects.filter(pk=message.pk, status=Status.SENDING).update(
        status=Status.QUEUED, detail=why[:200], due_at=moment + rules.wait_after(message.tries)
    )
