"""What happens to people: roles given and taken, consent recorded and withdrawn."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import models, transaction

from dure.kit import audit, clock
from dure.people import wordings
from dure.people.errors import LastOperator, NotAllowed, TooYoung, UnknownWording
from dure.people.models import Consent, Grant, Role, User
from dure.people.rules import is_adult


@transaction.atomic
def grant(user: User, role: str, *, by: User | None, why: str = "") -> Grant:
    """Give `user` a role in the house; giving it twice is one grant. `by` None is the house itself (set-up, demo).

    Raises NotAllowed unless `by` is an operator, ValueError for an unknown role.
    """
    _only_operators(by)
    given, created = Grant.objects.get_or_create(
        user=user, role=Role(role).value, defaults={"granted_by": by, "granted_at": clock.now()}
    )
    if created:
        audit.record("people.grant", user, by=by, why=why, role=given.role)
    _forget_roles(user)
    return given


@transaction.atomic
def revoke(user: User, role: str, *, by: User | None, why: str = "") -> None:
    """Take a role away. Raises NotAllowed, LastOperator."""
    _only_operators(by)
    holders = list(Grant.objects.select_for_update().filter(role=role).order_by("id"))
    if role == Role.OPERATOR and [g.user_id for g in holders] == [user.pk]:
        raise LastOperator()
    if Grant.objects.filter(user=user, role=role).delete()[0]:
        audit.record("people.revoke", user, by=by, why=why, role=role)
    _forget_roles(user)


@transaction.atomic
def record_consent(
    subject: models.Model,
    purpose: str,
    *,
    by: User | None,
    channel: str,
    version: str | None = None,
    evidence: str = "",
) -> Consent:
    """`subject` agreed to the wording `version` (None: the current one) of `purpose`.

    `channel` is IN_PERSON, WEB or PHONE; `evidence` names what shows it (a photo, a recording). The wording says how
    long it holds. Raises UnknownWording when the page that was read out is older than any wording we know.
    """
    wording = wordings.current(purpose) if version is None else wordings.find(purpose, version)
    if wording is None:
        raise UnknownWording()
    now = clock.now()
    return Consent.objects.create(
        subject=consent_subject(subject),
        purpose=purpose,
        wording_version=wording.version,
        given=True,
        channel=channel,
        evidence=evidence,
        recorded_by=by,
        at=now,
        expires_at=now + timedelta(days=wording.valid_days) if wording.valid_days else None,
    )


@transaction.atomic
def withdraw_consent(
    subject: models.Model, purpose: str, *, by: User | None, channel: str, evidence: str = ""
) -> Consent:
    """`subject` no longer agrees. A row of its own: what had been agreed to stays readable."""
    return Consent.objects.create(
        subject=consent_subject(subject),
        purpose=purpose,
        wording_version=wordings.current(purpose).version,
        given=False,
        channel=channel,
        evidence=evidence,
        recorded_by=by,
        at=clock.now(),
    )


@transaction.atomic
def change_phone(user: User, phone: str, *, by: User | None) -> None:
    """Where texts go; E.164, or empty for none."""
    if User.objects.filter(pk=user.pk).exclude(phone=phone).update(phone=phone):
        user.phone = phone
        audit.record("people.phone_changed", user, by=by)


@transaction.atomic
def record_age(user: User, birth: date) -> None:
    """An identity check told the date of birth: only that `user` is of age, and since when that is known, is kept.

    Raises TooYoung.
    """
    moment = clock.now()
    if not is_adult(birth, clock.kst_date(moment)):
        raise TooYoung()
    user.adult_checked_at = moment
    user.save(update_fields=["adult_checked_at"])
    audit.record("people.age_checked", user, by=user)


def consent_subject(subject: models.Model) -> str:
    return f"{subject._meta.label_lower}:{subject.pk}"


def _only_operators(by: User | None) -> None:
    if by is not None and not by.has_role(Role.OPERATOR):
        raise NotAllowed()


def _forget_roles(user: User) -> None:
    user.__dict__.pop("_roles", None)
