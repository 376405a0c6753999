"""Many rows in one statement, where saving them one by one would take minutes.

update_many(Option, [{"id": 1, "price": 1200}, {"id": 2, "price": 900}])
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

T = TypeVar("T")


def update_many(model: type[models.Model], rows: Sequence[dict[str, Any]]) -> int:
    """Set the columns of every row to its own values; all rows name the same fields, `id` among them."""
    if not rows:
        return 0
    key: Any = model._meta.pk
    fields: list[Any] = [model._meta.get_field(name) for name in rows[0] if name != "id"]
    types = [f"{_quoted(f.column)} {_type(f)}" for f in [key, *fields]]
    sets = ", ".join(f"{_quoted(f.column)} = given.{_quoted(f.column)}" for f in fields)
    sql = f"""
        UPDATE {_quoted(model._meta.db_table)} AS held SET {sets}
          FROM jsonb_to_recordset(%s::jsonb) AS given({", ".join(types)})
         WHERE held.{_quoted(key.column)} = given.{_quoted(key.column)}
    """  # noqa: S608 - names come from the model
    given = [{key.column: row["id"], **{f.column: row[f.name] for f in fields}} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(sql, [json.dumps(given, cls=DjangoJSONEncoder)])
        return int(cursor.rowcount)


def in_chunks(rows: Iterator[T], size: int) -> Iterator[list[T]]:
    while chunk := list(islice(rows, size)):
        yield chunk


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _type(field: Any) -> str:
    """bigint, not the identity it is counted by."""
    if isinstance(field, models.AutoField):
        return str(field.rel_db_type(connection))
    return str(field.db_type(connection))
