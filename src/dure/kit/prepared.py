"""Queries that are asked many times a second: the queryset is compiled to SQL once, later only the values differ.

For a query of a cart, Django's compiler takes ten times what sending it and reading the answer takes.

    on_shelf = Prepared(lambda: Option.objects.filter(pk__any=Slot("ids", "bigint[]")).select_related("product"))
    on_shelf(ids=[3, 4])                                             # list[Option]

What is built may depend on nothing but the slots. `values_list` gives tuples, named ones if so asked. Prefetches are not carried out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.expressions import Expression
from django.db.models.query import ModelIterable, NamedValuesListIterable, get_related_populators
from django.db.models.utils import create_namedtuple_class
from psycopg.types.numeric import Int8

Row = TypeVar("Row")


class Slot(Expression):
    """The place of a value in a prepared query; `cast` is its PostgreSQL type."""

    output_field = models.Field()

    def __init__(self, name: str, cast: str) -> None:
        super().__init__()
        self.name, self.cast = name, cast

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return f"%s::{self.cast}", [self]


def unseen(array: str) -> str:
    """SQL of an array whose length PostgreSQL does not look at. For two elements it would find a plan of its own dear enough to
    make, and make it at each call: for the ten tables of a quote that is longer than running it."""
    return f"ARRAY(SELECT unnest({array}))"


@models.ForeignKey.register_lookup
@models.Field.register_lookup
class Any_(models.Lookup):
    """`pk__any=Slot(…)`: equal to one of an array's elements. One statement and one plan, however many there are."""

    lookup_name = "any"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        left, before = self.process_lhs(compiler, connection)
        right, after = self.process_rhs(compiler, connection)
        return f"{left} = ANY({unseen(right)})", [*before, *after]


class Prepared(Generic[Row]):
    """Called with the value of every slot; the rows, in a list."""

    def __init__(self, build: Callable[[], models.QuerySet[Any, Row]]) -> None:
        self._build = build
        self._form: _Form | None = None

    def __call__(self, **values: Any) -> list[Row]:
        form = self._form or self._compile()
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(form.sql, [typed(values[p.name]) if isinstance(p, Slot) else p for p in form.params])
            return form.read(cursor.fetchall())

    def _compile(self) -> _Form:
        self._form = _Form(self._build())
        return self._form


class _Form:
    """SQL, the places of its values, and how a row becomes what the queryset gives."""

    def __init__(self, rows: models.QuerySet[Any, Any]) -> None:
        self.compiler: Any = rows.query.get_compiler(using=DEFAULT_DB_ALIAS)
        self.sql, params = self.compiler.as_sql()
        self.params = [typed(p) for p in params]
        self.converters = self.compiler.get_converters([column[0] for column in self.compiler.select])
        self.made: Callable[[Any], Any] = tuple
        if issubclass(rows._iterable_class, ModelIterable):
            self._reads_models()
        elif issubclass(rows._iterable_class, NamedValuesListIterable):
            names: Any = rows._fields  # type: ignore[attr-defined]
            self.made = create_namedtuple_class(*names)._make

    def read(self, rows: list[tuple[Any, ...]]) -> list[Any]:
        converted = self.compiler.apply_converters(rows, self.converters) if self.converters else rows
        return [self.made(row) for row in converted]

    def _reads_models(self) -> None:
        compiler = self.compiler
        info, select = compiler.klass_info, compiler.select
        model, first, last = info["model"], info["select_fields"][0], info["select_fields"][-1] + 1
        names = [column[0].target.attname for column in select[first:last]]
        related = get_related_populators(info, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]
        annotations = dict(compiler.annotation_col_map or {})

        def made(row: Any) -> Any:
            found = model.from_db(DEFAULT_DB_ALIAS, names, row[first:last])
            for populator in related:
                populator.populate(row, found)
            for name, column in annotations.items():
                setattr(found, name, row[column])
            return found

        self.made = made


def typed(value: Any) -> Any:
    """Whole numbers always as bigint. psycopg chooses by size, and to PostgreSQL each size is a statement of its own."""
    if type(value) is int:
        return Int8(value)
    if type(value) is list and value and type(value[0]) is int:
        return [Int8(v) if v is not None else None for v in value]
    return value
