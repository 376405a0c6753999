"""Many products at once (a sheet of them): made, changed, taken back, each in a handful of statements.

The same traces as one by one: a `Revision` and an audit line per product, `catalog.changed` for whoever listens.
Who calls has checked the values; the database refuses the rest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from dure.commerce.catalog.actions import changes, parts
from dure.commerce.catalog.actions.option_rows import OptionRow
from dure.commerce.catalog.models import Category, Option, Product, ProductStatus, Revision
from dure.commerce.sellers.models import Seller
from dure.kit import audit, clock
from dure.kit.outbox import emit_many
from dure.kit.rows import insert_many, update_many
from dure.people.models import User

SETTABLE = (*parts.LOOKS, "axes", "notice_type", "notice")


@dataclass(frozen=True)
class OptionDraft:
    name: str
    price: int  # won
    values: list[str] = field(default_factory=list)
    seller_code: str = ""
    addon: bool = False


@dataclass(frozen=True)
class ProductDraft:
    """`fields`: of SETTABLE, as a composition has them (times as text); `name` among them."""

    category: Category
    fields: Mapping[str, Any]
    options: Sequence[OptionDraft]


@dataclass(frozen=True)
class Edit:
    """What is to be set of one product, as its composition has it. `options`: {option id: {price, seller_code, addon}}."""

    product: int
    fields: Mapping[str, Any] = field(default_factory=dict)  # of SETTABLE, and category (its code)
    options: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    added: Sequence[OptionDraft] = ()


@transaction.atomic
def create_many(
    seller: Seller, drafts: Sequence[ProductDraft], *, by: User | None
) -> list[tuple[Product, list[Option]]]:
    """Drafts of products with their options, in the order given."""
    now = clock.now()
    products = []
    for draft in drafts:
        product = Product(
            seller=seller,
            category=draft.category,
            notice_type=draft.category.notice_type,
            adults_only=draft.category.adults_only,
            created_at=now,
            updated_at=now,
            list_price=min((o.price for o in draft.options if not o.addon), default=0),
        )
        _set(product, draft.fields, {})
        products.append(product)
    insert_many(products)
    options = [
        [_option(product, position, option) for position, option in enumerate(draft.options)]
        for product, draft in zip(products, drafts, strict=True)
    ]
    insert_many([option for of_one in options for option in of_one])
    audit.record_many("catalog.created", products, by=by)
    return list(zip(products, options, strict=True))


@transaction.atomic
def revise_many(edits: Sequence[Edit], *, by: User | None, note: str = "") -> dict[int, list[int]]:
    """Change products; a revision each. What the house has to read of approved products waits in a `ChangeRequest`.

    Returns {product id: ids of the options added}.
    """
    by_id = {edit.product: edit for edit in edits}
    held = Product.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=by_id).order_by("pk")
    products = {p.pk: p for p in held.select_related("category", "seller")}
    wanted = {pk: _at_once(product, by_id[pk], by) for pk, product in products.items()}
    shelves = {c.code: c for c in Category.objects.filter(code__in={w.get("category", "") for w in wanted.values()})}
    options = _options_of(products)
    before = {pk: composition(product, options[pk]) for pk, product in products.items()}
    added: dict[int, list[Option]] = {}
    touched = []
    for pk, product in products.items():
        _set(product, wanted[pk], shelves)
        for option in options[pk]:
            for name, value in by_id[pk].options.get(option.pk, {}).items():
                setattr(option, name, value)
                touched.append(option)
        added[pk] = [_option(product, len(options[pk]) + i, new) for i, new in enumerate(by_id[pk].added)]
    _write(products.values(), list(dict.fromkeys(touched)))
    insert_many([option for of_one in added.values() for option in of_one])
    _reprice(list(products))
    for pk in products:
        options[pk] += added[pk]
    _tell({pk: (product, before[pk], composition(product, options[pk])) for pk, product in products.items()}, by, note)
    return {pk: [option.pk for option in added[pk]] for pk in products}


@transaction.atomic
def take_off_many(option_ids: Iterable[int]) -> None:
    """Options that came by mistake are no longer offered."""
    Option.objects.filter(pk__in=list(option_ids)).update(active=False, paused=False)


@transaction.atomic
def delete_drafts(product_ids: Iterable[int]) -> set[int]:
    """Drafts that were never submitted go without a trace, movements of their stock included (the database allows it
    for them alone). Returns the ids that are gone."""
    drafts = Product.objects.select_for_update().filter(
        pk__in=list(product_ids), status=ProductStatus.DRAFT, submitted_at=None
    )
    ids = sorted(drafts.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM stock_stockmovement m USING catalog_option o WHERE o.id = m.option_id AND o.product_id = ANY(%s)",
            [ids],
        )
    Product.objects.filter(pk__in=ids).delete()
    return set(ids)


def composition(product: Product, options: Iterable[Option]) -> dict[str, Any]:
    """As `actions.composition`, from rows that were fetched together."""
    return {
        **{name: getattr(product, name) for name in parts.LOOKS if name not in parts.PERIOD},
        **{name: parts.moment_text(getattr(product, name)) for name in parts.PERIOD},
        "category": product.category.code,
        "notice_type": product.notice_type,
        "notice": dict(product.notice),
        "axes": list(product.axes),
        "options": [dict(vars(OptionRow.of(option))) for option in options if option.active or option.paused],
    }


def _at_once(product: Product, edit: Edit, by: User | None) -> Mapping[str, Any]:
    if by and edit.fields.keys() & parts.REVIEWED:
        return changes.hold_back(product, edit.fields, by=by)
    return edit.fields


def _tell(changed: Mapping[int, tuple[Product, dict[str, Any], dict[str, Any]]], by: User | None, note: str) -> None:
    """A revision, an audit line and the events of each product in which something differs."""
    revisions, news, prices = [], [], []
    for product, before, after in changed.values():
        fields = [name for name in after if after[name] != before[name]]
        if not fields:
            continue
        product.version += 1
        revisions.append(
            Revision(
                product=product,
                by=by,
                at=clock.now(),
                before={name: before[name] for name in fields},
                after={name: after[name] for name in fields},
                note=note[:200],
                version=product.version,
            )
        )
        news.append((product, {"fields": fields}))
        was = {row["id"]: row["price"] for row in before["options"]}
        new = [[r["id"], was.get(r["id"]), r["price"]] for r in after["options"] if was.get(r["id"]) != r["price"]]
        if new:
            prices.append((product, {"seller": product.seller_id, "prices": new}))
    insert_many(revisions)
    now = clock.now()
    update_many(Product, [{"id": p.pk, "version": p.version, "updated_at": now} for p, _payload in news])
    audit.record_many("catalog.changed", [product for product, _payload in news], by=by, why=note)
    emit_many("catalog.changed", news)
    emit_many("catalog.price_changed", prices)


def _options_of(product_ids: Iterable[int]) -> dict[int, list[Option]]:
    found: dict[int, list[Option]] = defaultdict(list)
    for option in Option.objects.filter(product_id__in=list(product_ids)).order_by("product_id", "position", "id"):
        found[option.product_id].append(option)
    return found


def _set(product: Product, fields: Mapping[str, Any], shelves: Mapping[str, Category]) -> None:
    for name, value in fields.items():
        if name == "category":
            product.category = shelves[value]
        elif name in parts.PERIOD:
            setattr(product, name, datetime.fromisoformat(value) if value else None)
        elif name in SETTABLE:
            setattr(product, name, value)
    if "category" in fields and "notice_type" not in fields and not product.notice:
        product.notice_type = product.category.notice_type


def _write(products: Iterable[Product], options: Iterable[Option]) -> None:
    rows = [
        {
            "id": p.pk,
            **{name: getattr(p, name) for name in SETTABLE},
            "category": p.category_id,
        }
        for p in products
    ]
    update_many(Product, rows)
    update_many(
        Option, [{"id": o.pk, "price": o.price, "seller_code": o.seller_code, "addon": o.addon} for o in options]
    )


def _reprice(product_ids: list[int]) -> None:
    """Keep the lowest price of what is on offer."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE catalog_product p SET list_price = coalesce(low.price, 0)
              FROM unnest(%s::bigint[]) AS given(id)
              LEFT JOIN LATERAL (SELECT min(price) AS price FROM catalog_option o
                                  WHERE o.product_id = given.id AND o.active AND NOT o.addon) low ON true
             WHERE p.id = given.id AND p.list_price <> coalesce(low.price, 0)
            """,
            [product_ids],
        )


def _option(product: Product, position: int, draft: OptionDraft) -> Option:
    return Option(
        product=product,
        name=draft.name,
        price=draft.price,
        position=position,
        values=draft.values,
        seller_code=draft.seller_code,
        addon=draft.addon,
    )
