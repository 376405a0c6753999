"""Questions about people: who holds a role, what somebody agreed to."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import QuerySet

from dure.people.actions import consent_subject
from dure.people.models import Consent, User


def holders(role: str) -> QuerySet[User]:
    """Active people with a role, by name."""
    return User.objects.filter(is_active=True, grants__role=role).order_by("name", "id")


def last_word(subject: models.Model, purpose: str) -> Consent | None:
    """The newest consent or withdrawal of `subject`, expired or not."""
    said = Consent.objects.filter(subject=consent_subject(subject), purpose=purpose)
    return said.order_by("-at", "-id").first()


def consent_of(subject: models.Model, purpose: str, at: datetime) -> Consent | None:
    """The consent of `subject` that holds at `at`: the newest word counts, unless withdrawn or expired."""
    latest = (
        Consent.objects.filter(subject=consent_subject(subject), purpose=purpose, at__lte=at)
        .order_by("-at", "-id")
        .first()
    )
    if latest is None or not latest.given or (latest.expires_at and latest.expires_at <= at):
        return None
    return latest


def may_contact(subject: models.Model, at: datetime, purpose: str = "CONTACT") -> bool:
    """The gate every outbound message asks."""
    return consent_of(subject, purpose, at) is not None
