"""What the house does by itself every night: ask the tax service about the businesses met, forget who asked for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from dure.integrations.nts.client import Status, nts
from dure.kit import clock
from dure.partnership.actions import forget, note_business_status
from dure.partnership.models import Business, Lead, LeadStatus, Owner
from dure.people import queries as people
from dure.people.models import Consent

STALE = timedelta(hours=20)  # a nightly run asks about yesterday's answers, a second run the same night does not
REGRET = timedelta(days=7)


def check_businesses(only_new: bool = False) -> int:
    """Ask about businesses never asked about, or asked too long ago. Returns how many were answered.

    Raises kit.http.OutsideError; what was answered before stays.
    """
    due = Q(checked_at=None) if only_new else Q(checked_at=None) | Q(checked_at__lt=clock.now() - STALE)
    businesses = {b.brn: b for b in Business.objects.filter(due, shops__isnull=False).distinct()}
    answers = nts().status(list(businesses)) if businesses else {}
    for brn, answer in answers.items():
        keep_answer(businesses[brn], answer)
    return len(answers)


def keep_answer(business: Business, answer: Status) -> None:
    note_business_status(business, answer.state, answer.tax_type, answer.raw)


def forget_expired() -> int:
    """Owners who did not join and whose consent has ended, or was withdrawn a week ago (a slip can be mended till then).

    Returns how many were forgotten.
    """
    now, forgotten = clock.now(), 0
    joined = Lead.objects.filter(status=LeadStatus.SELECTED).values("shop__owner")
    for owner in Owner.objects.exclude(phone="").exclude(pk__in=joined.exclude(shop__owner=None)).order_by("pk"):
        if _over(people.last_word(owner, "CONTACT"), now):
            forget(owner)
            forgotten += 1
    return forgotten


def _over(consent: Consent | None, now: datetime) -> bool:
    if consent is None:
        return False
    if not consent.given:
        return consent.at <= now - REGRET
    return consent.expires_at is not None and consent.expires_at <= now
