"""Rows written without Django's compiler: many in one statement, or a few where every purchase pays for it.

insert_many([Option(...), Option(...)])                                       # by COPY; each has its pk afterwards
insert_few([Option(...)])                                                     # by a statement composed once
update_many(Option, [{"id": 1, "price": 1200}, {"id": 2, "price": 900}])
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any, TypeVar

import orjson
from django.contrib.postgres.fields import ArrayField
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models.expressions import DatabaseDefault
from psycopg.types.json import Jsonb

from dure.kit.prepared import typed

T = TypeVar("T")
FEW = 20  # rows up to which spelling them out is quicker than COPY, and the statement worth keeping


def insert_many(rows: Sequence[models.Model]) -> None:
    """As `bulk_create` of rows of one model, but by COPY. Signals and `save` are not heard; constraints and triggers are."""
    if not rows:
        return
    model = type(rows[0])
    fields: list[Any] = list(model._meta.concrete_fields)
    database = connections[DEFAULT_DB_ALIAS]  # looked up once, not for every cell
    with database.cursor() as cursor:
        _number(cursor, model, rows)
        given = [f for f in fields if not isinstance(getattr(rows[0], f.attname), DatabaseDefault)]
        names = ", ".join(_quoted(f.column) for f in given)
        with cursor.copy(f"COPY {_quoted(model._meta.db_table)} ({names}) FROM STDIN") as copy:
            prepare = prepared(given)
            for row in rows:
                copy.write_row([p(getattr(row, n)) if p else getattr(row, n) for n, p in prepare])
    for row in rows:
        row._state.adding = False


def insert_few(rows: Sequence[models.Model]) -> None:
    """As `bulk_create` of rows of one model that set the same fields. Each has its pk afterwards."""
    if not rows:
        return
    key: Any = rows[0]._meta.pk
    given = [
        f
        for f in rows[0]._meta.concrete_fields
        if not isinstance(getattr(rows[0], f.attname), DatabaseDefault) and not (f is key and rows[0].pk is None)
    ]
    statement, prepare = _insertion(type(rows[0]), tuple(f.name for f in given), len(rows))
    values = [typed(p(getattr(row, n)) if p else getattr(row, n)) for row in rows for n, p in prepare]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        for row, (number,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = number
            row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


@cache
def _insertion(model: type[models.Model], names: tuple[str, ...], count: int) -> tuple[str, list[Prepare]]:
    key: Any = model._meta.pk
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    places = "(" + ", ".join(["%s"] * len(fields)) + ")"
    statement = (
        f"INSERT INTO {_quoted(model._meta.db_table)} ({', '.join(_quoted(f.column) for f in fields)}) "  # noqa: S608
        f"VALUES {', '.join([places] * count)} RETURNING {_quoted(key.column)}"
    )
    return statement, prepared(fields)


def prepared(fields: Sequence[Any]) -> list[Prepare]:
    """Of each field: its attribute, and how a value is made ready for the database; None when it goes as it is."""
    return [_prepared(f, connections[DEFAULT_DB_ALIAS]) for f in fields]


Prepare = tuple[str, Callable[[Any], Any] | None]
_AS_IT_IS = (
    models.CharField,
    models.TextField,
    models.IntegerField,
    models.BooleanField,
    models.DateTimeField,
    ArrayField,
)


def _prepared(field: Any, database: Any) -> Prepare:
    kind = field.target_field if isinstance(field, models.ForeignKey) else field
    if isinstance(kind, models.JSONField):
        return field.attname, lambda value: None if value is None else Jsonb(value, dumps=json_bytes)
    if isinstance(kind, _AS_IT_IS):
        return field.attname, None
    return field.attname, lambda value: field.get_db_prep_save(value, database)


def json_bytes(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)


def _number(cursor: Any, model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Give each row that has none its number, from the table's own counter."""
    key: Any = model._meta.pk
    bare = [row for row in rows if row.pk is None]
    if bare:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [model._meta.db_table, key.column, len(bare)],
        )
        for row, (number,) in zip(bare, cursor.fetchall(), strict=True):
            row.pk = number


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
        cursor.execute(sql, [json_bytes(given).decode()])
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
