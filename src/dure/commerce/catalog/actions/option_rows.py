"""Writing the options of a product: up to 500 in a handful of statements, whatever their number.

Rows are locked in the order of their ids and in a way that lets foreign keys through, so that orders of these options
go on being placed meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import ProtectedError

from dure.commerce.catalog import errors
from dure.commerce.catalog.models import Option, Product

MOST_OPTIONS = 500
MOST_ADDONS = 50
MOST_AXES = 3
LONGEST_NAME = 60
CHEAPEST, DEAREST = 10, 100_000_000  # won, as the CHECK price_sane has it


@dataclass(frozen=True)
class OptionRow:
    """An option as a form gives it; without `id` a new one. `on`: for sale; off it stays in the seller's table."""

    name: str
    price: int
    id: int | None = None
    seller_code: str = ""
    values: tuple[str, ...] = ()
    addon: bool = False
    on: bool = True

    def __post_init__(self) -> None:
        values = tuple(value.strip() for value in self.values)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "name", " / ".join(values) if values else self.name.strip())
        object.__setattr__(self, "seller_code", self.seller_code.strip())

    @classmethod
    def of(cls, option: Option) -> OptionRow:
        return cls(
            option.name,
            option.price,
            id=option.pk,
            seller_code=option.seller_code,
            values=tuple(option.values),
            addon=option.addon,
            on=option.active,
        )


def write_options(product: Product, rows: Sequence[OptionRow], axes: Sequence[str] | None = None) -> list[Option]:
    """See `set_options`. The caller holds the product's lock."""
    names = _axes(product, rows, axes)
    _check(rows, names)
    known = list(Option.objects.select_for_update(no_key=True).filter(product=product).order_by("id"))
    kept = _matched(product, rows, known)
    kept_ids = {option.pk for option in kept if option.pk}
    _take_off(product, [o for o in known if o.pk not in kept_ids and (o.active or o.paused)])
    before = {option.pk: _columns(option) for option in known}
    for position, (row, option) in enumerate(zip(rows, kept, strict=True)):
        option.name, option.price, option.position = row.name, row.price, position
        option.seller_code, option.values, option.addon = row.seller_code, list(row.values), row.addon
        option.active, option.paused = row.on, not row.on
    changed = [option for option in kept if option.pk and _columns(option) != before[option.pk]]
    # Names are unique among the options on offer: step aside first, so that two of them may swap names.
    renamed = [option.pk for option in changed if option.name != before[option.pk][0]]
    Option.objects.filter(pk__in=renamed).update(active=False, paused=False)
    _update(changed)
    Option.objects.bulk_create([option for option in kept if not option.pk])
    if list(product.axes) != names:
        product.axes = names
        product.save(update_fields=["axes"])
    return kept


def _axes(product: Product, rows: Sequence[OptionRow], axes: Sequence[str] | None) -> list[str]:
    """The axes wanted; unsaid: those of now, or none when the rows no longer have a value on each."""
    choices = [row for row in rows if not row.addon]
    if axes is None:
        fits = all(len(row.values) == len(product.axes) for row in choices)
        return list(product.axes) if fits else []
    names = [name.strip() for name in axes if name.strip()]
    if len(names) > MOST_AXES or len(set(names)) != len(names):
        raise errors.BadAxes(most=MOST_AXES)
    return names


def _check(rows: Sequence[OptionRow], axes: Sequence[str]) -> None:
    choices = [row for row in rows if not row.addon]
    if not choices:
        raise errors.OptionNeeded()
    if len(choices) > MOST_OPTIONS or len(rows) - len(choices) > MOST_ADDONS:
        raise errors.TooManyOptions(most=MOST_OPTIONS)
    seen: set[str] = set()
    for row in rows:
        if not row.name or (row.values and not all(row.values)):
            raise errors.OptionNeeded()
        if not row.addon and row.values and len(row.values) != len(axes):
            raise errors.BadAxes(most=MOST_AXES)
        if len(row.name) > LONGEST_NAME:
            raise errors.OptionNameTooLong(name=row.name, most=LONGEST_NAME)
        if row.name in seen:
            raise errors.DuplicateOption(name=row.name)
        if not CHEAPEST <= row.price <= DEAREST:
            raise errors.BadPrice(name=row.name)
        seen.add(row.name)


def _matched(product: Product, rows: Sequence[OptionRow], known: Sequence[Option]) -> list[Option]:
    """Each row's option: the one it names, else one of the same name (taken off earlier, or just made by the same form
    sent twice), else a new one.
    """
    by_id = {option.pk: option for option in known}
    named = {row.id for row in rows}
    gone = {option.name: option for option in reversed(known) if option.pk not in named}
    taken: set[int] = set()
    found = []
    for row in rows:
        option = by_id.get(row.id) if row.id else gone.get(row.name)
        if option is None or option.pk in taken:
            option = Option(product=product)
        else:
            taken.add(option.pk)
        found.append(option)
    return found


def _take_off(product: Product, options: Sequence[Option]) -> None:
    """Delete options nobody has seen; take the others off sale."""
    if not options:
        return
    ids = [option.pk for option in options]
    if product.submitted_at is None:
        try:
            with transaction.atomic():
                Option.objects.filter(pk__in=ids).delete()
            return
        except ProtectedError as error:  # some have been stocked or ordered: those stay
            kept = {getattr(row, "option_id", None) for row in error.protected_objects}
            Option.objects.filter(pk__in=set(ids) - kept).delete()
    Option.objects.filter(pk__in=ids).update(active=False, paused=False)


def _columns(option: Option) -> tuple[Any, ...]:
    return (
        option.name,
        option.price,
        option.position,
        option.seller_code,
        list(option.values),
        option.addon,
        option.active,
        option.paused,
    )


UPDATE = """
    UPDATE catalog_option o
       SET name = w.name, price = w.price, position = w.position, seller_code = w.seller_code, values = w.vals::jsonb,
           addon = w.addon, active = w.active, paused = NOT w.active
      FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::int[], %s::text[], %s::text[], %s::bool[], %s::bool[])
           AS w(id, name, price, position, seller_code, vals, addon, active)
     WHERE o.id = w.id
"""


def _update(options: Sequence[Option]) -> None:
    """All of them in one statement."""
    if not options:
        return
    rows = [
        (o.pk, o.name, o.price, o.position, o.seller_code, json.dumps(o.values), o.addon, o.active) for o in options
    ]
    with connection.cursor() as cursor:
        cursor.execute(UPDATE, [list(column) for column in zip(*rows, strict=True)])
