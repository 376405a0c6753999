"""What the house does by itself: ask the tax service about the businesses met, again every night."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q

from dure.integrations.nts.client import Status, nts
from dure.kit import clock
from dure.partnership.actions import note_business_status
from dure.partnership.models import Business

STALE = timedelta(hours=20)  # a nightly run asks about yesterday's answers, a second run the same night does not


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
