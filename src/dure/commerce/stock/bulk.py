"""Counting many options at once (a sheet of them). The same guard and the same movements as `actions`, in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection, transaction

from dure.commerce.stock.actions import CHANNEL
from dure.commerce.stock.models import StockItem, StockMovement
from dure.kit import clock
from dure.people.models import User

CHANGE = """
    WITH given AS (SELECT * FROM unnest(%s::bigint[], %s::int[]) AS g(option_id, change)),
    locked AS (SELECT s.option_id, g.change FROM stock_stockitem s JOIN given g USING (option_id)
                ORDER BY s.option_id FOR UPDATE OF s),
    changed AS (UPDATE stock_stockitem s SET available = s.available + l.change FROM locked l
                 WHERE s.option_id = l.option_id AND s.available + l.change >= 0
             RETURNING s.option_id, s.available, l.change),
    moved AS (INSERT INTO stock_stockmovement (option_id, kind, quantity, ref, why, by_id, at)
              SELECT option_id, %s, change, '', %s, %s, %s FROM changed ORDER BY option_id RETURNING id, option_id)
    SELECT c.option_id, c.available, m.id,
           pg_notify(%s, json_build_object('option', c.option_id, 'available', c.available)::text)
      FROM changed c JOIN moved m USING (option_id)
"""


@dataclass(frozen=True)
class Counted:
    available: int
    movement: int  # id of the StockMovement


def hold(option_ids: Iterable[int]) -> dict[int, int]:
    """What is left of the options, locked in the order of their ids; one never stocked counts 0 from now on."""
    ids = sorted(set(option_ids))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO stock_stockitem (option_id, available) SELECT unnest(%s::bigint[]), 0 ON CONFLICT DO NOTHING",
            [ids],
        )
    rows = StockItem.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    return dict(rows.values_list("pk", "available"))


@transaction.atomic
def adjust_many(changes: Mapping[int, int], *, by: User | None, why: str) -> dict[int, Counted]:
    """`actions.adjust` for many options: {option id: pieces more or fewer}.

    An option that has too few is left out of the answer, and nothing of it has changed.
    """
    wanted = {option_id: change for option_id, change in sorted(changes.items()) if change}
    if not wanted:
        return {}
    hold(wanted)
    kind, who = StockMovement.Kind.ADJUSTED, by.pk if by else None
    with connection.cursor() as cursor:
        cursor.execute(CHANGE, [list(wanted), list(wanted.values()), kind, why, who, clock.now(), CHANNEL])
        return {option_id: Counted(left, movement) for option_id, left, movement, _told in cursor.fetchall()}


def moved_since(movements: Mapping[int, int]) -> set[int]:
    """Options that somebody counted again after the movement named: {option id: movement id}."""
    if not movements:
        return set()
    later = StockMovement.objects.filter(option_id__in=movements, pk__gt=min(movements.values()))
    return {option for option, movement in later.values_list("option_id", "pk") if movement > movements[option]}
