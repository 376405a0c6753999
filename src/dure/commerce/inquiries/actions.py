"""Asked, answered, talked about, taken off the page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from dure.commerce.catalog.models import Product
from dure.commerce.inquiries import errors, rules
from dure.commerce.inquiries.models import (
    AnswerTemplate,
    AnswerTime,
    Message,
    MessagePhoto,
    Question,
    QuestionReport,
    Thread,
)
from dure.commerce.orders.models import Order, ProductOrder
from dure.commerce.sellers.models import Seller
from dure.kit import audit, clock
from dure.kit.images import Picture
from dure.kit.outbox import emit
from dure.people.models import User

LONGEST = 2000

# ── Questions about a product ────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def ask(product: Product, *, text: str, secret: bool, key: UUID, by: User) -> Question:
    """The same `key` twice is one question. Raises NothingSaid, TooLong."""
    moment = clock.now()
    question, created = Question.objects.get_or_create(
        key=key,
        defaults={
            "product": product,
            "asker": by,
            "text": _said(text),
            "secret": secret,
            "asked_at": moment,
            "due_at": rules.answer_due(moment),
        },
    )
    if created:
        emit("inquiries.asked", question, product_id=product.pk, seller_id=product.seller_id, secret=secret)
    return question


@transaction.atomic
def answer(question: Question, *, text: str, by: User | None) -> None:
    """The seller's answer; again, it replaces the one before, which the audit keeps. Raises NothingSaid, TooLong."""
    held = Question.objects.select_for_update(of=("self",)).select_related("product").get(pk=question.pk)
    if held.hidden_at:
        raise errors.AlreadyHidden()
    before, first = held.answer, held.answered_at is None
    held.answer, held.answered_by = _said(text), by
    held.answered_at = held.answered_at or clock.now()
    held.save(update_fields=["answer", "answered_by", "answered_at"])
    audit.record("inquiries.answered", held, by=by, before=before)
    if first:
        _took(held.product.seller_id, held.asked_at)
        emit("inquiries.answered", held, product_id=held.product_id, asker_id=held.asker_id)
    question.refresh_from_db()


@transaction.atomic
def take_back(question: Question, *, by: User) -> None:
    """The asker takes an unanswered question away. Raises NotYourQuestion."""
    mine = Question.objects.filter(pk=question.pk, asker=by, answered_at=None, hidden_at=None)
    if not mine.update(hidden_at=clock.now(), hidden_why="asker"):
        raise errors.NotYourQuestion()
    audit.record("inquiries.taken_back", question, by=by)


@transaction.atomic
def report(question: Question, *, reason: str, by: User) -> QuestionReport:
    """Raises ReasonNeeded, AlreadyReported."""
    if not reason.strip():
        raise errors.ReasonNeeded()
    made, created = QuestionReport.objects.get_or_create(
        question=question, reporter=by, defaults={"reason": reason.strip()[:300], "at": clock.now()}
    )
    if not created:
        raise errors.AlreadyReported()
    return made


@transaction.atomic
def decide(made: QuestionReport, *, hide: bool, why: str, by: User) -> None:
    """The operator takes the question off the page with a reason, or leaves it. Raises ReasonNeeded, Decided."""
    if hide and not why.strip():
        raise errors.ReasonNeeded()
    verdict = QuestionReport.Verdict.HIDDEN if hide else QuestionReport.Verdict.KEPT
    open_reports = QuestionReport.objects.filter(question=made.question_id, verdict="")
    if not open_reports.update(verdict=verdict, decided_by=by, decided_at=clock.now()):
        raise errors.Decided()
    if hide:
        Question.objects.filter(pk=made.question_id).update(hidden_at=clock.now(), hidden_why=why.strip()[:200])
    audit.record(f"inquiries.report_{verdict.lower()}", made.question, by=by, why=why)


# ── The talk about an order ──────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def open_thread(
    order: Order,
    seller: Seller,
    *,
    topic: str,
    text: str,
    key: UUID,
    by: User | None,
    line: ProductOrder | None = None,
    photos: Iterable[Picture] = (),
) -> Thread:
    """The buyer (None: a guest) writes to a seller of the order. Raises NotInOrder, NothingSaid, TooLong."""
    known = Message.objects.filter(key=key, thread__order=order).select_related("thread").first()
    if known:
        return known.thread
    if not order.lines.filter(seller=seller, **({"pk": line.pk} if line else {})).exists():
        raise errors.NotInOrder()
    moment = clock.now()
    thread = Thread.objects.create(
        order=order, seller=seller, line=line, topic=Thread.Topic(topic), opened_at=moment, last_at=moment
    )
    write(thread, side=Message.Side.BUYER, text=text, key=key, by=by, photos=photos)
    return thread


@transaction.atomic
def write(
    thread: Thread, *, side: str, text: str, key: UUID, by: User | None, photos: Iterable[Picture] = ()
) -> Message:
    """One more message; `photos` are already kept. The same `key` twice is one. Raises NothingSaid, TooLong."""
    thread = Thread.objects.select_for_update().get(pk=thread.pk)
    moment = clock.now()
    message, created = Message.objects.get_or_create(
        key=key, defaults={"thread": thread, "side": side, "author": by, "text": _said(text), "at": moment}
    )
    if not created:
        return message
    MessagePhoto.objects.bulk_create(
        MessagePhoto(message=message, image=p.name, width=p.width, height=p.height) for p in photos
    )
    thread.last_at = moment
    if side == Message.Side.BUYER and thread.waiting_since is None:
        thread.waiting_since, thread.due_at = moment, rules.answer_due(moment)
    elif side != Message.Side.BUYER:
        if side == Message.Side.SELLER and thread.waiting_since:
            _took(thread.seller_id, thread.waiting_since)
        thread.waiting_since = thread.due_at = None
    if side == Message.Side.OPERATOR:
        thread.joined_at = thread.joined_at or moment
        audit.record("inquiries.operator_wrote", thread, by=by)
    thread.save(update_fields=["last_at", "waiting_since", "due_at", "joined_at"])
    emit("inquiries.written", thread, order_id=thread.order_id, seller_id=thread.seller_id, side=side)
    return message


# ── What a shop says often ───────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def save_template(
    seller: Seller, *, title: str, text: str, by: User | None, template: AnswerTemplate | None = None
) -> AnswerTemplate:
    """Raises NothingSaid, TooLong, TitleTaken."""
    made = template or AnswerTemplate(seller=seller)
    made.title, made.text = title.strip()[:40], _said(text)
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as error:
        raise errors.TitleTaken() from error
    audit.record("inquiries.template_saved", seller, by=by, title=made.title)
    return made


@transaction.atomic
def remove_template(template: AnswerTemplate, *, by: User | None) -> None:
    audit.record("inquiries.template_removed", template.seller, by=by, title=template.title)
    template.delete()


def _said(text: str) -> str:
    text = text.strip()
    if not text:
        raise errors.NothingSaid()
    if len(text) > LONGEST:
        raise errors.TooLong()
    return text


def _took(seller: int, since: datetime) -> None:
    moment = clock.now()
    AnswerTime.objects.create(seller_id=seller, at=moment, minutes=rules.business_minutes(since, moment))
