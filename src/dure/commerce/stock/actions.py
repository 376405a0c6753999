"""Promising and counting goods.

The guard is in the database: a promise is `UPDATE … WHERE available >= quantity`, and `never_oversold` refuses the rest.
Rows of several options are locked in the order of their ids, so that two carts cannot wait for each other.
Every change tells the channel `dure_live` the new number when its transaction commits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, transaction

from dure.commerce.catalog.models import Option, Product
from dure.commerce.stock.errors import BadQuantity, CountUndone, NotEnoughStock, SoldOut
from dure.commerce.stock.models import StockCount, StockItem, StockMovement
from dure.kit import clock
from dure.kit.prepared import typed, unseen
from dure.people.models import User

CHANNEL = "dure_live"
MOST = 1_000_000
Lines = Iterable[tuple[int, int]]  # (option id, quantity)

RESERVE = f"""
    WITH wanted AS (
      SELECT * FROM unnest({unseen("%s::bigint[]")}, {unseen("%s::int[]")}) AS w(option_id, quantity)),
    locked AS (SELECT s.option_id, w.quantity FROM stock_stockitem s JOIN wanted w USING (option_id)
                ORDER BY s.option_id FOR UPDATE OF s),
    changed AS (UPDATE stock_stockitem s SET available = s.available - l.quantity FROM locked l
                 WHERE s.option_id = l.option_id AND s.available >= l.quantity RETURNING s.option_id, s.available)
    SELECT option_id, available,
           pg_notify(%s, json_build_object('option', option_id, 'available', available)::text) FROM changed
"""  # noqa: S608
ADD = """
    WITH given AS (SELECT * FROM unnest(%s::bigint[], %s::int[]) AS g(option_id, quantity) ORDER BY option_id),
    changed AS (INSERT INTO stock_stockitem AS s (option_id, available)
                SELECT option_id, quantity FROM given ORDER BY option_id
                ON CONFLICT (option_id) DO UPDATE SET available = s.available + excluded.available
                RETURNING s.option_id, s.available)
    SELECT option_id, available,
           pg_notify(%s, json_build_object('option', option_id, 'available', available)::text) FROM changed
"""


@transaction.atomic(savepoint=False)
def reserve(lines: Lines) -> dict[int, int]:
    """Promise goods to an order: all lines or none. Returns what is left per option.

    Raises SoldOut with the first option that has too few; the transaction has to end then.
    """
    wanted = _sum(lines)
    left = _run(RESERVE, wanted)
    for option_id in sorted(wanted):
        if option_id not in left:
            available = StockItem.objects.filter(pk=option_id).values_list("available", flat=True).first()
            raise SoldOut(option=option_id, left=available or 0)
    return left


@transaction.atomic
def release(lines: Lines) -> dict[int, int]:
    """Give back what an order had been promised and will not take (unpaid, cancelled). Returns what is left."""
    return _run(ADD, _sum(lines))


@transaction.atomic
def take_back(option: Option | int, quantity: int, *, ref: str, by: User | None = None, why: str = "") -> bool:
    """Returned goods are for sale again. Once per `ref` ("claims.claim:12"); False when it had been done."""
    option_id = _id(option)
    _check(quantity)
    _movement, created = StockMovement.objects.get_or_create(
        kind=StockMovement.Kind.RETURNED,
        ref=ref,
        defaults={"option_id": option_id, "quantity": quantity, "why": why, "by": by, "at": clock.now()},
    )
    if created:
        _run(ADD, {option_id: quantity})
    return created


@transaction.atomic
def give_away(option: Option | int, quantity: int, *, ref: str) -> bool:
    """A gift goes with an order, once per `ref` ("order:12:3"); False when there are too few, and nothing is taken."""
    option_id = _id(option)
    try:
        with transaction.atomic():
            reserve([(option_id, quantity)])
    except SoldOut:
        return False
    StockMovement.objects.create(
        option_id=option_id, kind=StockMovement.Kind.GIFT, quantity=-quantity, ref=ref, at=clock.now()
    )
    return True


@transaction.atomic
def receive(option: Option | int, quantity: int, *, by: User | None, why: str = "") -> StockMovement:
    """New goods came in. Raises BadQuantity."""
    _check(quantity)
    _run(ADD, {_id(option): quantity})
    return _move(StockMovement.Kind.RECEIVED, option, quantity, by, why)


@transaction.atomic
def adjust(option: Option | int, change: int, *, by: User | None, why: str = "") -> StockMovement | None:
    """A count found `change` pieces more (or fewer, negative); None when 0. Raises NotEnoughStock, BadQuantity."""
    if change == 0:
        return None
    _check(abs(change))
    option_id = _id(option)
    if change > 0:
        _run(ADD, {option_id: change})
    else:
        try:
            reserve([(option_id, -change)])
        except SoldOut as error:
            raise NotEnoughStock(left=error.params["left"]) from error
    return _move(StockMovement.Kind.ADJUSTED, option, change, by, why)


def set_available(option: Option | int, to: int, *, seen: int, by: User | None, why: str = "") -> StockMovement | None:
    """Somebody looked at `seen` pieces and wrote `to`: what was sold in between stays sold.

    Raises NotEnoughStock, BadQuantity.
    """
    if not 0 <= to <= MOST:
        raise BadQuantity()
    return adjust(option, to - seen, by=by, why=why)


@dataclass(frozen=True)
class Counted:
    """Somebody looked at `seen` pieces of an option and wrote `to`."""

    option: int
    to: int
    seen: int


@transaction.atomic
def count(product: Product, rows: Iterable[Counted], *, by: User | None, why: str = "") -> StockCount | None:
    """Set many options of a product at once, all or none, in four statements; what was sold in between stays sold.

    None when nothing differs. Raises NotEnoughStock with the first option that would fall below what is promised,
    BadQuantity.
    """
    rows = list(rows)
    changes = {row.option: row.to - row.seen for row in rows if row.to != row.seen}
    if any(not 0 <= row.to <= MOST for row in rows):
        raise BadQuantity()
    if not changes:
        return None
    counted = StockCount.objects.create(product=product, by=by, at=clock.now())
    _change(changes, counted, by, why)
    return counted


@transaction.atomic
def undo_count(counted: StockCount, *, by: User | None, why: str = "") -> None:
    """Take a count back, as long as the pieces it added have not been sold. Raises NotEnoughStock, CountUndone."""
    if not StockCount.objects.filter(pk=counted.pk, undone_at=None).update(undone_at=clock.now()):
        raise CountUndone()
    changes = {m.option_id: -m.quantity for m in counted.movements.all()}
    _change(changes, None, by, why)


def _change(changes: dict[int, int], counted: StockCount | None, by: User | None, why: str) -> None:
    fewer = {option: -change for option, change in changes.items() if change < 0}
    try:
        reserve(fewer.items())
    except SoldOut as error:
        raise NotEnoughStock(left=error.params["left"], option=error.params["option"]) from error
    _run(ADD, {option: change for option, change in changes.items() if change > 0})
    StockMovement.objects.bulk_create(
        StockMovement(
            option_id=option,
            kind=StockMovement.Kind.ADJUSTED,
            quantity=change,
            count=counted,
            by=by,
            why=why,
            at=clock.now(),
        )
        for option, change in sorted(changes.items())
    )


def _sum(lines: Lines) -> dict[int, int]:
    wanted: Counter[int] = Counter()
    for option_id, quantity in lines:
        _check(quantity)
        wanted[option_id] += quantity
    return dict(wanted)


def _check(quantity: int) -> None:
    if not 1 <= quantity <= MOST:
        raise BadQuantity()


def _run(sql: str, quantities: dict[int, int]) -> dict[int, int]:
    if not quantities:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(sql, [typed(list(quantities)), typed(list(quantities.values())), CHANNEL])
        return {option_id: available for option_id, available, _ in cursor.fetchall()}


def _id(option: Option | int) -> int:
    return option if isinstance(option, int) else option.pk


def _move(kind: str, option: Option | int, quantity: int, by: User | None, why: str) -> StockMovement:
    return StockMovement.objects.create(
        option_id=_id(option), kind=kind, quantity=quantity, by=by, why=why, at=clock.now()
    )
