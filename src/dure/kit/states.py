"""One state machine helper: a table of transitions, and a conditional UPDATE whose row count decides.

class Shop(models.Model):
    MOVES = {"DRAFT": {"IN_REVIEW"}, "IN_REVIEW": {"APPROVED", "REJECTED"}}
    status = models.CharField(...)

move(shop, "IN_REVIEW", by=user, why="...", submitted_at=clock.now())
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.db import connection, models
from django.utils.translation import gettext_lazy as _
from psycopg.types.json import Jsonb

from dure.kit import clock
from dure.kit.errors import DureError
from dure.kit.log import request_id
from dure.kit.prepared import typed, unseen
from dure.kit.rows import Prepare, prepared


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
    _carry_out([row], {field: to, **also}, field, allowed, came_from, by=by, why=why)


def move_many(
    rows: Sequence[models.Model], to: str, *, by: Any = None, why: str = "", field: str = "status", **also: Any
) -> None:
    """`move` for several rows of one model with the same columns `also`: all of them, or none (WrongState)."""
    if not rows:
        return
    model = type(rows[0])
    came_from = sorted({getattr(row, field) for row in rows})
    allowed = sources(model.MOVES, to)  # type: ignore[attr-defined]
    _carry_out(rows, {field: to, **also}, field, allowed, ", ".join(came_from), by=by, why=why)


def _carry_out(
    rows: Sequence[models.Model],
    values: dict[str, Any],
    field: str,
    allowed: Sequence[str],
    came_from: str,
    *,
    by: Any,
    why: str,
) -> None:
    model = type(rows[0])
    statement, prepare = _statement(model, tuple(values), field)
    label, to = model._meta.label_lower, values[field]
    plain = [value.pk if isinstance(value, models.Model) else value for value in values.values()]
    given = [typed(p(value) if p else value) for value, (_, p) in zip(plain, prepare, strict=True)]
    told: list[Any] = [
        clock.now(), by.pk if by else None, f"{label}.{to.lower()}", f"{label}:", why,
        Jsonb({"came_from": came_from}), request_id(),
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, [*given, typed([row.pk for row in rows]), list(allowed), *told])
        if cursor.fetchone()[0] != len(rows):
            raise WrongState()
    for row in rows:
        for name, value in values.items():
            setattr(row, name, value)


@cache
def _statement(model: type[models.Model], names: tuple[str, ...], field: str) -> tuple[str, list[Prepare]]:
    """The conditional UPDATE and its lines of the audit trail in one: every move in the house asks for both."""
    quoted, meta = connection.ops.quote_name, model._meta
    key: Any = meta.pk
    fields: list[Any] = [meta.get_field(name) for name in names]
    sets = ", ".join(f"{quoted(f.column)} = %s" for f in fields)
    statement = f"""
        WITH moved AS (
          UPDATE {quoted(meta.db_table)} SET {sets}
           WHERE {quoted(key.column)} = ANY({unseen("%s::bigint[]")}) AND {quoted(field)} = ANY({unseen("%s::text[]")})
          RETURNING {quoted(key.column)} AS id),
        told AS (
          INSERT INTO kit_auditentry (at, actor_id, action, subject, why, detail, request_id)
          SELECT %s::timestamptz, %s::bigint, %s::text, %s::text || id, %s::text, %s::jsonb, %s::text FROM moved ORDER BY id)
        SELECT count(*) FROM moved
    """  # noqa: S608 - names come from the model
    return statement, prepared(fields)
