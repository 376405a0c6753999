"""An operator looks at the seller centre as a seller: for a reason, for a while, reading only, every page written down."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from dure.commerce.sellers import errors
from dure.commerce.sellers.models import Seller, Visit
from dure.kit import audit, clock
from dure.people.errors import NotAllowed
from dure.people.models import Role, User

MOST_MINUTES = 60


@transaction.atomic
def begin_visit(seller: Seller, *, reason: str, minutes: int = 30, by: User) -> Visit:
    """One visit at a time; an earlier one of the operator ends. Raises NotAllowed, VisitReasonNeeded."""
    if not by.has_role(Role.OPERATOR):
        raise NotAllowed()
    if not reason.strip():
        raise errors.VisitReasonNeeded()
    moment = clock.now()
    Visit.objects.filter(operator=by, ended_at=None).update(ended_at=moment)
    visit = Visit.objects.create(
        operator=by,
        seller=seller,
        reason=reason.strip()[:200],
        began_at=moment,
        until=moment + timedelta(minutes=max(1, min(minutes, MOST_MINUTES))),
    )
    audit.record("sellers.visit_began", seller, by=by, why=visit.reason, visit=visit.pk)
    return visit


@transaction.atomic
def end_visit(visit: Visit, *, by: User | None) -> None:
    if Visit.objects.filter(pk=visit.pk, ended_at=None).update(ended_at=clock.now()):
        audit.record("sellers.visit_ended", visit.seller, by=by, visit=visit.pk)


@transaction.atomic
def note_page(visit: Visit, path: str) -> None:
    audit.record(
        "sellers.visit_page", visit.seller, by=visit.operator, why=visit.reason, visit=visit.pk, path=path[:300]
    )
