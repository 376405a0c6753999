"""Reads of products: what is found, what is missing, what changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from dure.commerce.catalog import lint, notices, rules
from dure.commerce.catalog.lint import Finding
from dure.commerce.catalog.models import Category, Option, Product, Revision
from dure.kit import clock
from dure.kit.models import AuditEntry
from dure.kit.money import won
from dure.people.models import User

SORTS = {
    "new": ("-on_sale_at", "-id"),
    "cheap": ("list_price", "-id"),
    "dear": ("-list_price", "-id"),
}


def search(text: str = "", category: Category | None = None, *, sort: str = "new") -> QuerySet[Product]:
    """Products a buyer may see that hold every word of `text` (name, tagline, seller, keywords)."""
    found = matching(Product.objects.on_sale().select_related("seller"), text)
    if category:
        found = found.filter(category__in=below(category))
    return found.order_by(*SORTS.get(sort, SORTS["new"]))


def matching(products: QuerySet[Product], text: str) -> QuerySet[Product]:
    """Narrow to those whose search text holds every word of `text`; the index of letter pairs does the finding."""
    needed = rules.needed_grams(text)
    if needed:
        products = products.filter(search_grams__contains=needed)
    for word in rules.folded(text).split():
        products = products.filter(search_text__contains=word)
    return products


def below(category: Category) -> QuerySet[Category]:
    """The shelf and everything that stands in it, to filter by: `category__in=below(shelf)`."""
    return Category.objects.filter(Q(pk=category.pk) | Q(parent=category.pk) | Q(parent__parent=category.pk)).order_by()


def shelves() -> list[Category]:
    """All categories, each parent followed by its children: one query."""
    return list(Category.objects.order_by("position", "id"))


def leaves() -> QuerySet[Category]:
    """Shelves a product may be put on: open, and nothing stands below them."""
    return Category.objects.filter(active=True, children=None).exclude(parent=None).order_by("position", "id")


def of_user(user: User) -> QuerySet[Product]:
    """Products a person may work on: those of their shops."""
    return Product.objects.of(user).select_related("seller", "category")


@dataclass(frozen=True)
class Missing:
    """Something to do before the review. `part` of the editor: basics, options, photos, notice."""

    code: str
    label: Any
    part: str


def findings(product: Product, left: Mapping[int, int] | None = None) -> list[Finding]:
    """What a review would find, see `lint`. `left`: pieces by option id, as far as the caller knows the stock."""
    return lint.check(_facts(product, left))


def missing(product: Product) -> list[Missing]:
    """What the review will not do without, in the order of the editor; empty when the product can be submitted."""
    return [Missing(f.code, f.label, f.part) for f in findings(product) if f.stops]


def _facts(product: Product, left: Mapping[int, int] | None) -> lint.Facts:
    shelf = product.category
    options = Option.objects.filter(product=product).exclude(active=False, paused=False)
    return lint.Facts(
        **{name: getattr(product, name) for name in ("name", "tagline", "story", "keywords", "notice", "blocks")},
        **{name: getattr(product, name) for name in ("sale_from", "sale_until", "tax_class", "origin", "kc_numbers")},
        at=clock.now(),
        notice_type=product.notice_type or shelf.notice_type,
        options=[
            lint.Choice(
                o.name, o.price, on=o.active, addon=o.addon, left=left.get(o.pk, 0) if left is not None else None
            )
            for o in options
        ],
        photos=[(photo.width, photo.height, photo.alt) for photo in product.photos.all()],
        adults_only=product.adults_only,
        lead_days=product.lead_days,
        needs_kc=shelf.needs_kc,
        needs_origin=shelf.needs_origin,
        shelf_for_adults=shelf.adults_only,
        shelf_is_a_leaf=not shelf.children.exists(),
    )


def notice_rows(product: Product) -> list[tuple[str, str]]:
    """(label, text) of the product-information notice."""
    return notices.rows(product.notice_type, product.notice)


def suggestions(product: Product) -> list[Revision]:
    """What the MD changed and nobody has taken back, newest first."""
    return list(product.revisions.filter(suggested=True, undone_at=None).select_related("by"))


@dataclass(frozen=True)
class Difference:
    """One thing a revision changed, in words; an empty side was not there."""

    label: Any
    before: str
    after: str


LABELS = {
    "name": _("상품명"),
    "tagline": _("한 줄 소개"),
    "story": _("상품 이야기"),
    "keywords": _("검색어"),
    "category": _("분류"),
    "notice_type": _("고시 양식"),
}


def differences(revision: Revision) -> list[Difference]:
    """What the revision changed, line by line: notice items and options one by one."""
    found = []
    for name, after in revision.after.items():
        before = revision.before.get(name)
        if name == "notice":
            form = notices.form_of(revision.after.get("notice_type") or revision.product.notice_type)
            labels = {item.code: item.label for item in form.items}
            for code in {**(before or {}), **after}:
                found.append(Difference(labels.get(code, code), (before or {}).get(code, ""), after.get(code, "")))
        elif name == "options":
            was, now = _option_words(before or []), _option_words(after)
            found += [Difference(option, was.get(option, ""), now.get(option, "")) for option in {**was, **now}]
        else:
            found.append(Difference(LABELS.get(name, name), str(before or ""), str(after or "")))
    return [difference for difference in found if difference.before != difference.after]


def _option_words(options: list[dict[str, Any]]) -> dict[str, str]:
    return {option["name"]: won(option["price"]) for option in options}


def history(product: Product, limit: int = 50) -> list[AuditEntry]:
    """What was done to the product, newest first."""
    subject = f"{product._meta.label_lower}:{product.pk}"
    return list(AuditEntry.objects.filter(subject=subject).select_related("actor").order_by("-id")[:limit])
