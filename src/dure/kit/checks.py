"""Invariants a room states about its own rows, as SQL that returns the offending ones. `dure verify` runs them all.

CHECKS = [
    Check("order_adds_up", _("주문 = 상품 + 배송비 - 할인"), "SELECT …"),          # in the room's checks.py
]
"""

from __future__ import annotations

import importlib
import importlib.util
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection, transaction

ROOMS = ("dure.people", "dure.messaging", "dure.commerce.", "dure.finance.", "dure.partnership", "dure.live")
SHOWN = 20  # offending rows told per check


@dataclass(frozen=True)
class Check:
    name: str
    about: Any  # a lazy sentence of what always holds
    sql: str


@dataclass(frozen=True)
class Result:
    """`rows`: up to SHOWN offending rows as {column: value}; `count`: all of them."""

    name: str
    about: str
    count: int
    seconds: float
    rows: list[dict[str, Any]] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return self.count == 0


def every() -> Iterator[Check]:
    """The checks of all rooms, in the order of the installed apps."""
    for app in apps.get_app_configs():
        if app.name.startswith(ROOMS) and importlib.util.find_spec(f"{app.name}.checks"):
            yield from importlib.import_module(f"{app.name}.checks").CHECKS


def run(check: Check) -> Result:
    begun = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) OVER () AS all_rows, found.* FROM ({check.sql}) found LIMIT {SHOWN}")  # noqa: S608
        names = [column.name for column in cursor.description or ()][1:]
        rows = cursor.fetchall()
    return Result(
        name=check.name,
        about=str(check.about),
        count=rows[0][0] if rows else 0,
        seconds=round(time.perf_counter() - begun, 4),
        rows=[dict(zip(names, row[1:], strict=True)) for row in rows],
    )


def run_every() -> list[Result]:
    """All checks on one snapshot, so that trade going on meanwhile is no false alarm. Every row is read, so tables are
    joined whole: with what PostgreSQL believes of tables that have just been filled, it would look up row by row, and one
    check took an hour for a day's trade."""
    nested = connection.in_atomic_block  # a caller's own snapshot (a test)
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        if not nested:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL enable_nestloop = off")
        results = [run(check) for check in every()]
        cursor.execute("SET LOCAL enable_nestloop = on")
    return results
