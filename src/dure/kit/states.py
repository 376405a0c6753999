"""One state machine helper: a table of transitions, and a conditional UPDATE whose row count decides.

class Shop(models.Model):
    MOVES = {"DRAFT": {"IN_REVIEW"}, "IN_REVIEW": {"APPROVED", "REJECTED"}}
    status = models.CharField(...)

move(shop, "IN_REVIEW", by=user, why="...", submitted_at=clock.now())
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from dure.kit import audit
from dure.kit.errors import DureError


class WrongState(DureError):
    code = "wrong_state"
    message = _("이미 처리되었거나 지금은 할 수 없는 일이에요. 새로 고친 뒤 다시 확인해 주세요.")
    status = 409


def sources(moves: dict[str, set[str]], to: str) -> list[str]:
    return sorted(s for s, targets in moves.items() if to in targets)


def move(
    row: models.Model,
    to: str,
    *,
    by: Any = None,
    why: str = "",
    only_from: Iterable[str] | None = None,
    field: str = "status",
    **also: Any,
) -> None:
    """Move `row` to the state `to`, if its state in the database now allows it; set the columns `also` with it.

    Two movers of one row: exactly one wins, the other gets WrongState. The move is written to the audit trail.
    Must run inside the action's transaction.
    """
    model = type(row)
    came_from = getattr(row, field)
    allowed = list(only_from) if only_from is not None else sources(model.MOVES, to)  # type: ignore[attr-defined]
    won = model._default_manager.filter(pk=row.pk, **{f"{field}__in": allowed}).update(**{field: to, **also})
    if not won:
        raise WrongState()
    setattr(row, field, to)
    for name, value in also.items():
        setattr(row, name, value)
    audit.record(f"{model._meta.label_lower}.{to.lower()}", row, by=by, why=why, came_from=came_from)


def move_many(
    rows: Sequence[models.Model], to: str, *, by: Any = None, why: str = "", field: str = "status", **also: Any
) -> None:
    """`move` for several rows of one model with the same columns `also`: all of them, or none (WrongState)."""
    if not rows:
        return
    model = type(rows[0])
    came_from = sorted({getattr(row, field) for row in rows})
    allowed = sources(model.MOVES, to)  # type: ignore[attr-defined]
    mine = model._default_manager.filter(pk__in=[row.pk for row in rows], **{f"{field}__in": allowed})
    with transaction.atomic():
        if mine.update(**{field: to, **also}) != len(rows):
            raise WrongState()
    for row in rows:
        for name, value in {field: to, **also}.items():
            setattr(row, name, value)
    audit.record_many(f"{model._meta.label_lower}.{to.lower()}", rows, by=by, why=why, came_from=", ".join(came_from))
