"""The table of a product's options as a seller edits it: names, prices, codes and stock saved together or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from dure.commerce.catalog import actions as catalog
from dure.commerce.catalog.actions import OptionRow
from dure.commerce.catalog.errors import NothingToUndo
from dure.commerce.catalog.models import Product, Revision
from dure.commerce.stock import actions as stock
from dure.commerce.stock.actions import Counted
from dure.commerce.stock.models import StockCount, StockItem
from dure.people.models import User


@dataclass(frozen=True)
class GridRow:
    """A row as it was typed. `stock` None: not touched. `seen`: the pieces the seller was looking at."""

    option: OptionRow
    stock: int | None = None
    seen: int = 0


@dataclass(frozen=True)
class Saved:
    """What a save changed, to be taken back by `undo`."""

    revision: Revision | None
    count: StockCount | None

    def __bool__(self) -> bool:
        return bool(self.revision or self.count)


@transaction.atomic
def save(
    product: Product,
    rows: Sequence[GridRow],
    *,
    axes: Sequence[str] | None = None,
    seen: int | None = None,
    by: User | None,
    why: str = "",
) -> Saved:
    """Raises what `set_options` and `count` raise; nothing is kept then."""
    last = product.revisions.values_list("pk", flat=True).first() or 0
    kept = catalog.set_options(product, [row.option for row in rows], axes=axes, seen=seen, by=by, note=why)
    fresh = {option.pk for row, option in zip(rows, kept, strict=True) if row.option.id is None}
    stocked = set(StockItem.objects.filter(pk__in=fresh).values_list("pk", flat=True))  # by the same form sent before
    counted = [
        Counted(option.pk, row.stock, row.seen)
        for row, option in zip(rows, kept, strict=True)
        if row.stock is not None and option.pk not in stocked
    ]
    count = stock.count(product, counted, by=by, why=why)
    return Saved(product.revisions.filter(pk__gt=last, by=by).first(), count)


@transaction.atomic
def undo(saved: Saved, *, by: User) -> None:
    """Prices, names and stock as they were before the save. Raises NothingToUndo, NotEnoughStock, CountUndone."""
    if not saved:
        raise NothingToUndo()
    if saved.revision:
        catalog.undo(saved.revision, by=by)
    if saved.count:
        stock.undo_count(saved.count, by=by)
