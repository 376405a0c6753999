"""The audit trail: who did what to what, when and why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models

from dure.kit import clock
from dure.kit.log import request_id


def record(action: str, subject: models.Model, *, by: Any = None, why: str = "", **detail: Any) -> None:
    """Write one line. `by` is a user, or None for the house itself (time passing, a webhook)."""
    record_many(action, [subject], by=by, why=why, **detail)


def record_many(action: str, subjects: Iterable[models.Model], *, by: Any = None, why: str = "", **detail: Any) -> None:
    """A line for each of many subjects to which the same was done."""
    from dure.kit.models import AuditEntry
    from dure.kit.rows import FEW, insert_few, insert_many

    at, request = clock.now(), request_id()
    lines = [
        AuditEntry(
            at=at,
            actor=by,
            action=action,
            subject=f"{subject._meta.label_lower}:{subject.pk}",
            why=why,
            detail=detail,
            request_id=request,
        )
        for subject in subjects
    ]
    (insert_few if len(lines) <= FEW else insert_many)(lines)
