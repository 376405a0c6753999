"""Reads of products: what is found, what is missing, what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from dure.commerce.catalog import blocks as detail
from dure.commerce.catalog import lint, notices
from dure.commerce.catalog.lint import Finding
from dure.commerce.catalog.models import Category, ChangeRequest, Option, Product, Revision, TaxClass
from dure.kit import clock
from dure.kit.models import AuditEntry
from dure.kit.money import won
from dure.people.models import User


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


def kept_options(product: Product) -> list[Option]:
    """The options in the seller's table, on sale or not, with their stock."""
    return list(product.options.exclude(active=False, paused=False).select_related("stock"))


def left_of(options: Iterable[Option]) -> dict[int, int]:
    """Pieces to promise by option id, of options read with their stock."""
    return {option.pk: option.stock.available if hasattr(option, "stock") else 0 for option in options}


def findings(
    product: Product, left: Mapping[int, int] | None = None, options: Iterable[Option] | None = None
) -> list[Finding]:
    """What a review would find, see `lint`. `left`: pieces by option id, as far as the caller knows the stock;
    `options`: those of the seller's table, if they are known already."""
    return lint.check(_facts(product, left, options))


def missing(product: Product) -> list[Missing]:
    """What the review will not do without, in the order of the editor; empty when the product can be submitted."""
    return [Missing(f.code, f.label, f.part) for f in findings(product) if f.stops]


def _facts(
    product: Product, left: Mapping[int, int] | None = None, options: Iterable[Option] | None = None
) -> lint.Facts:
    shelf = product.category
    if options is None:
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
    "notice": _("상품정보제공고시"),
    "options": _("옵션"),
    "notice_type": _("고시 양식"),
    "min_per_order": _("최소 구매 수량"),
    "max_per_order": _("1회 최대 구매 수량"),
    "max_per_buyer": _("한 사람이 살 수 있는 수량"),
    "sale_from": _("판매 시작"),
    "sale_until": _("판매 끝"),
    "lead_days": _("제작 기간"),
    "tax_class": _("과세 구분"),
    "origin": _("원산지"),
    "kc_numbers": _("KC 인증번호"),
    "adults_only": _("미성년자 구매 불가"),
    "no_withdrawal": _("청약철회 제한"),
    "brand": _("브랜드"),
    "maker": _("제조사"),
    "weight_g": _("무게(g)"),
    "axes": _("옵션 축"),
    "blocks": _("상세설명"),
    "photos_added": _("새 사진"),
}
KIND_WORDS = {
    "heading": _("제목"),
    "text": _("글"),
    "photo": _("사진"),
    "table": _("표"),
    "video": _("영상"),
    "callout": _("알림 상자"),
    "compare": _("전과 후"),
}


TONE_WORDS = {"info": _("알림"), "good": _("좋은 점"), "warn": _("주의")}


def differences(change: Revision | ChangeRequest) -> list[Difference]:
    """What a change does, line by line: notice items, options and blocks one by one."""
    found = []
    for name, after in change.after.items():
        before = change.before.get(name)
        if name == "notice":
            form = notices.form_of(change.after.get("notice_type") or change.product.notice_type)
            labels = {item.code: item.label for item in form.items}
            for code in {**(before or {}), **after}:
                found.append(Difference(labels.get(code, code), (before or {}).get(code, ""), after.get(code, "")))
        elif name == "options":
            was, now = _option_words(before or []), _option_words(after)
            found += [Difference(option, was.get(option, ""), now.get(option, "")) for option in {**was, **now}]
        elif name == "blocks":
            found += _block_differences(before or [], after)
        else:
            found.append(Difference(LABELS.get(name, name), _in_words(name, before), _in_words(name, after)))
    return [difference for difference in found if difference.before != difference.after]


def _option_words(options: list[dict[str, Any]]) -> dict[str, str]:
    return {
        option["name"]: won(option["price"]) if option.get("on", True) else f"{won(option['price'])} ({_off()})"
        for option in options
    }


def _off() -> str:
    return __("꺼짐")


def _block_differences(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[Difference]:
    """Blocks that went and came; those that only moved are told as one line."""
    gone = [block for block in before if block not in after]
    new = [block for block in after if block not in before]
    found = [Difference(KIND_WORDS.get(block["type"], ""), _block_words(block), "") for block in gone]
    found += [Difference(KIND_WORDS.get(block["type"], ""), "", _block_words(block)) for block in new]
    if not found and before != after:
        found.append(Difference(LABELS["blocks"], __("전의 차례"), __("바뀐 차례")))
    return found


def _block_words(block: dict[str, Any]) -> str:
    told = " · ".join(text for _number, text in detail.words([block]))
    return told or block.get("url") or str(KIND_WORDS.get(block["type"], ""))


def _in_words(name: str, value: Any) -> str:
    if name in {"sale_from", "sale_until"}:
        return timezone.localtime(datetime.fromisoformat(value)).strftime("%Y-%m-%d %H:%M") if value else ""
    if name == "photos_added":
        return __("사진 %(n)d장") % {"n": len(value)} if value else ""
    if name == "tax_class":
        return str(dict(TaxClass.choices).get(value, value or ""))
    if name == "category":
        shelf = Category.objects.filter(code=value).first()
        return str(shelf or value or "")
    if isinstance(value, bool):
        return __("예") if value else __("아니요")
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return "" if value is None else str(value)


def pending_change(product: Product) -> ChangeRequest | None:
    """What waits for the house's review of this product, if anything."""
    return (
        ChangeRequest.objects.filter(product=product, status=ChangeRequest.Status.PENDING)
        .select_related("by", "product")
        .first()
    )


def last_change(product: Product) -> tuple[ChangeRequest | None, ChangeRequest | None]:
    """(the change that waits, the last one when it was turned down and nothing has been asked since): one query, since
    a new change takes the place of the one that waits."""
    last = product.change_requests.select_related("by", "product").first()
    status = last.status if last else None
    return (
        last if status == ChangeRequest.Status.PENDING else None,
        last if status == ChangeRequest.Status.REJECTED else None,
    )


def as_asked(product: Product, pending: ChangeRequest | None) -> Product:
    """The product as its seller wants it, to fill the editor; not for saving."""
    if pending is None:
        return product
    wanted = copy(product)
    for name, value in pending.after.items():
        if name == "category":
            wanted.category = Category.objects.get(code=value)
        elif name != "photos_added":
            setattr(wanted, name, value)
    return wanted


def versions(product: Product, limit: int = 50) -> list[Revision]:
    """Every change of the composition, newest first."""
    return list(product.revisions.select_related("by", "product")[:limit])


def counts_by_state(seller_id: int) -> dict[str, int]:
    rows = Product.objects.filter(seller=seller_id).order_by().values_list("status")
    return dict(rows.annotate(n=Count("pk")))


def history(product: Product, limit: int = 50) -> list[AuditEntry]:
    """What was done to the product, newest first."""
    subject = f"{product._meta.label_lower}:{product.pk}"
    return list(AuditEntry.objects.filter(subject=subject).select_related("actor").order_by("-id")[:limit])
