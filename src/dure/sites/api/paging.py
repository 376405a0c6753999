"""Lists in pieces: `?limit=` and the opaque `?cursor=` that the piece before gave as `next`.

A cursor names the last row told, not a number of rows: what is added or removed meanwhile neither repeats nor hides one.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

import orjson
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from ninja import Field, Schema

from dure.sites.api.errors import BadCursor

T = TypeVar("T")
BIGGEST = 2**63 - 1

Id = Annotated[int, Field(ge=1, le=BIGGEST)]
Limit = Annotated[int, Field(ge=1, le=100)]
Cursor = Annotated[str, Field(max_length=300)]


class Piece(Schema, Generic[T]):
    """`next` is the cursor of the following piece; null: there is none."""

    items: list[T]
    next: str | None


def piece(
    rows: QuerySet[Any],
    cursor: str,
    limit: int,
    *,
    by: tuple[str, ...] = ("-id",),
    shape: Callable[[Any], Any] = lambda row: row,
) -> dict[str, Any]:
    """`by`: columns to order by, the last one unique; "-" before a column: from the highest down. Raises BadCursor."""
    if cursor:
        try:
            rows = rows.filter(_after(by, _read(cursor, by)))
        except (TypeError, ValueError, ValidationError) as error:  # values of other columns, or none of ours
            raise BadCursor() from error
    found = list(rows.order_by(*by)[: limit + 1])
    more, shown = len(found) > limit, found[:limit]
    return {
        "items": [shape(row) for row in shown],
        "next": _write([getattr(shown[-1], column.lstrip("-")) for column in by]) if more else None,
    }


def _after(by: tuple[str, ...], last: list[Any]) -> Q:
    """(a, b) after (x, y): a after x, or a = x and b after y."""
    found, equal = Q(), Q()
    for column, value in zip(by, last, strict=True):
        name = column.lstrip("-")
        beyond = "lt" if column.startswith("-") else "gt"
        found |= equal & Q(**{f"{name}__{beyond}": value})
        equal &= Q(**{name: value})
    return found


def _write(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


def _read(cursor: str, by: tuple[str, ...]) -> list[Any]:
    values = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    if not isinstance(values, list) or len(values) != len(by):
        raise ValueError
    return [_value(value) for value in values]


def _value(value: Any) -> Any:
    if isinstance(value, str):
        return datetime.fromisoformat(value)
    if type(value) is not int or abs(value) > BIGGEST:
        raise ValueError
    return value
