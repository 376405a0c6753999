"""Papers of a shop: handed in, looked at (and who looked), refused with a reason, running out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import IO, Any

from django.db import transaction

from dure.commerce.sellers import errors
from dure.commerce.sellers.models import Document, Seller
from dure.kit import audit, clock, documents
from dure.kit.outbox import emit
from dure.people.models import User

REMINDERS = (30, 7, 0)  # days before a paper runs out
GRACE = timedelta(days=14)  # after it has run out, before new products wait
NEEDED_TO_SELL = (Document.Kind.BUSINESS, Document.Kind.MAIL_ORDER, Document.Kind.FOOD_PERMIT)


def hand_in(
    seller: Seller, *, kind: str, upload: IO[bytes] | Any, expires_on: date | None = None, by: User | None
) -> Document:
    """Keep a paper; one of the same kind before it is kept too, replaced. Raises NotADocument, DocumentTooLarge,
    DocumentExpired."""
    kind = Document.Kind(kind).value
    if expires_on and expires_on < clock.today():
        raise errors.DocumentExpired()
    kept = documents.keep(upload, f"sellers/{seller.pk}")
    with transaction.atomic():
        Seller.objects.select_for_update().get(pk=seller.pk)
        moment = clock.now()
        if kind != Document.Kind.OTHER:
            seller.documents.filter(kind=kind, replaced_at=None).update(replaced_at=moment)
        made = Document.objects.create(
            seller=seller,
            kind=kind,
            file=kept.name,
            mime=kept.mime,
            size=kept.size,
            digest=kept.digest,
            expires_on=expires_on,
            uploaded_by=by,
            uploaded_at=moment,
        )
        audit.record("sellers.document_handed_in", seller, by=by, kind=kind, document=made.pk)
        emit("sellers.document_handed_in", seller, kind=kind, document=made.pk)
    return made


@transaction.atomic
def seen(document: Document, *, by: User) -> None:
    """Somebody opens the paper: it stands in the audit whoever it was."""
    audit.record("sellers.document_seen", document.seller, by=by, kind=document.kind, document=document.pk)


@transaction.atomic
def decide_document(document: Document, *, accept: bool, why: str = "", by: User) -> None:
    """The reviewer's word on a paper. Raises ReasonNeeded when it is refused without one."""
    if not accept and not why.strip():
        raise errors.ReasonNeeded()
    document.verdict = Document.Verdict.ACCEPTED if accept else Document.Verdict.REFUSED
    document.why, document.decided_by, document.decided_at = why.strip()[:200], by, clock.now()
    document.save(update_fields=["verdict", "why", "decided_by", "decided_at"])
    audit.record(f"sellers.document_{document.verdict.lower()}", document.seller, by=by, why=why, kind=document.kind)


def remind_of_documents() -> int:
    """Whose papers run out in 30 or 7 days or today is told, once for each. Returns how many were told."""
    today, told = clock.today(), 0
    running_out = Document.objects.filter(
        replaced_at=None, expires_on__isnull=False, expires_on__lte=today + timedelta(days=REMINDERS[0])
    )
    for document in running_out.select_related("seller").order_by("id"):
        assert document.expires_on is not None
        left = (document.expires_on - today).days
        due = min((days for days in REMINDERS if left <= days), default=None)
        if due is None or (document.reminded_days is not None and document.reminded_days <= due):
            continue
        with transaction.atomic():
            if Document.objects.filter(pk=document.pk, reminded_days=document.reminded_days).update(reminded_days=due):
                topic = "sellers.document_expired" if left < 0 else "sellers.document_expiring"
                emit(topic, document.seller, kind=document.kind, expires_on=document.expires_on.isoformat(), left=left)
                told += 1
    return told


def refuse_expired(seller: Seller) -> None:
    """New products wait while a paper needed for selling has been out of date for two weeks. Raises DocumentsExpired."""
    late = seller.documents.filter(
        replaced_at=None, kind__in=NEEDED_TO_SELL, expires_on__lt=clock.today() - GRACE
    ).first()
    if late:
        raise errors.DocumentsExpired(kind=late.get_kind_display())
