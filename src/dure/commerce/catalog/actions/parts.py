"""What the actions of the catalogue share: the composition of a product, how it is locked, compared and kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from django.db.models import Min

from dure.commerce.catalog import errors
from dure.commerce.catalog.actions.option_rows import OptionRow
from dure.commerce.catalog.models import Category, Option, Product, ProductStatus, Revision
from dure.kit import audit, clock
from dure.kit.outbox import emit
from dure.people.models import User

WORDS = ("name", "tagline", "story", "keywords")
TEXTS = ("origin", "brand", "maker")
LIMITS = ("min_per_order", "max_per_order", "max_per_buyer", "lead_days", "weight_g")
PERIOD = ("sale_from", "sale_until")
TERMS = (*LIMITS, *PERIOD, "tax_class", "kc_numbers", "adults_only", "no_withdrawal", *TEXTS)
LOOKS = (*WORDS, *TERMS, "blocks")
REVIEWED = frozenset(
    {"name", "tagline", "story", "category", "blocks", "notice", "notice_type", "photos_added"}
    | {"tax_class", "origin", "kc_numbers", "adults_only", "no_withdrawal", "brand", "maker"}
)
CLOSED = (ProductStatus.ENDED, ProductStatus.PROHIBITED)
APPROVED = (ProductStatus.ON_SALE, ProductStatus.SUSPENDED)


def composition(product: Product) -> dict[str, Any]:
    """What a revision compares: words, shelf, terms, notice, blocks and the options on offer, as JSON."""
    return {
        **{name: getattr(product, name) for name in LOOKS if name not in PERIOD},
        **{name: moment_text(getattr(product, name)) for name in PERIOD},
        "category": product.category.code,
        "notice_type": product.notice_type,
        "notice": dict(product.notice),
        "axes": list(product.axes),
        "options": option_words(product),
    }


def moment_text(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None


def option_words(product: Product) -> list[dict[str, Any]]:
    """The options of the table, switched off ones too, as JSON that `OptionRow(**row)` takes."""
    options = Option.objects.filter(product=product).exclude(active=False, paused=False)
    return [asdict(OptionRow.of(option)) for option in options]


def apply(product: Product, fields: Mapping[str, Any]) -> None:
    """Set columns from what `composition` would say of them."""
    for name, value in fields.items():
        if name == "category":
            product.category = Category.objects.get(code=value)
        elif name in PERIOD:
            setattr(product, name, datetime.fromisoformat(value) if value else None)
        else:
            setattr(product, name, value)
    if "category" in fields and not product.notice:
        product.notice_type = product.category.notice_type
    product.save(update_fields=[*LOOKS, "category", "notice_type", "notice"])


def held(product: Product) -> Product:
    """The product, locked for this transaction. Raises NotEditable when its sale is over for good.

    Orders that name it go on meanwhile: the lock lets foreign keys through.
    """
    rows = Product.objects.select_for_update(of=("self",), no_key=True).select_related("category", "seller")
    found = rows.get(pk=product.pk)
    if found.status in CLOSED:
        raise errors.NotEditable(status=found.get_status_display())
    return found


def refuse_stale(product: Product, seen: int | None, wanted: Mapping[str, Any]) -> None:
    """Raises ChangedMeanwhile when somebody changed the same since the editor looked; other fields may have changed."""
    if seen is None or seen >= product.version:
        return
    since = Revision.objects.filter(product=product, version__gt=seen).select_related("by")
    others = [revision for revision in since if set(revision.after) & set(wanted)]
    if others:
        raise errors.ChangedMeanwhile(revisions=others, who=str(others[0].by or ""))


def revise(product: Product, before: dict[str, Any], by: User | None, note: str, suggested: bool) -> Revision | None:
    after = composition(product)
    changed = [k for k in after if after[k] != before[k]]
    if not changed:
        return None
    product.version += 1
    index(product)
    audit.record("catalog.changed", product, by=by, why=note, fields=changed)
    emit("catalog.changed", product, fields=changed)
    if "options" in changed:
        _tell_prices(product, before["options"], after["options"])
    return Revision.objects.create(
        product=product,
        by=by,
        at=clock.now(),
        before={k: before[k] for k in changed},
        after={k: after[k] for k in changed},
        note=note[:200],
        suggested=suggested,
        version=product.version,
    )


def _tell_prices(product: Product, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> None:
    """`catalog.price_changed`: prices = [[option, before, after], …] of every option whose price is new (before: null)."""
    was = {row["id"]: row["price"] for row in before}
    prices = [[row["id"], was.get(row["id"]), row["price"]] for row in after if was.get(row["id"]) != row["price"]]
    if prices:
        emit("catalog.price_changed", product, seller=product.seller_id, prices=prices)


def index(product: Product) -> None:
    """Keep what lists sort by: the lowest price."""
    on_offer = Option.objects.filter(product=product, active=True, addon=False)
    lowest = on_offer.aggregate(price=Min("price"))["price"]
    product.list_price, product.updated_at = lowest or 0, clock.now()
    product.save(update_fields=["list_price", "updated_at", "version"])
