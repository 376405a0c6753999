"""Lists of the Excel pages: the uploads of a shop, and what one of them says entry by entry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from dure.commerce.catalog.models import Category
from dure.commerce.sheets import words
from dure.commerce.sheets.models import Entry, Upload
from dure.kit.rows import in_chunks
from dure.sites.design.lists import EXPORT_CHUNK, Choice, Column, Days, Empty, Listing
from dure.sites.design.paths import at

SHOWN_CHANGES = 6
TONES = {"DONE": "good", "UNDONE": "", "FAILED": "bad", "READY": "warn", "COLUMNS": "warn", "PAUSED": "warn"}
OUTCOME_TONES = {"APPLIED": "good", "REFUSED": "bad", "LEFT": "warn", "UNDONE": ""}
STATE_TONES = {"WRONG": "bad", "NEW": "info", "CHANGED": "warn", "SAME": ""}


class Uploads(Listing):
    search = ("name", "by__name")
    search_hint = _("파일 이름, 올린 사람")
    columns = (
        Column("name", _("파일"), link=lambda u: at("seller:sheet", u.pk), primary=True, width=36),
        Column("kind", _("종류"), value=lambda u: u.get_kind_display()),
        Column("status", _("상태"), kind="status", value=lambda u: (u.status, u.get_status_display())),
        Column("rows", _("줄"), kind="number"),
        Column("wrong_rows", _("고칠 줄"), kind="number"),
        Column("by.name", _("올린 사람")),
        Column("created_at", _("올린 때"), kind="moment", sort="created_at"),
    )
    filters = (
        Choice("kind", _("종류"), Upload.Kind.choices),
        Choice("status", _("상태"), Upload.Status.choices),
        Days("created_at", _("올린 날")),
    )
    order = "-created_at"
    exports = "uploads"
    empty = Empty(
        _("아직 올린 엑셀이 없어요"),
        _("쓰던 엑셀을 그대로 올려 보세요. 저장하기 전에 무엇이 바뀌는지 먼저 보여 드려요."),
        mark="file-spreadsheet",
    )


def _shown(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    if value == "ALERT":
        return rows.filter(alert=True)
    if value in Entry.Outcome.values:
        return rows.filter(outcome=value)
    return rows.filter(state=value)


class Entries(Listing):
    """What a sheet says of each product, against the shop."""

    search = ("title",)
    search_hint = _("상품명, 코드")
    columns = (
        Column("rows", _("줄"), value=lambda e: rows_of(e)),
        Column("title", _("상품"), primary=True, width=32),
        Column(
            "state",
            _("비교"),
            kind="html",
            value=lambda e: chip(e),
            exported=lambda e: e.get_outcome_display() or e.get_state_display(),
        ),
        Column("changes", _("내용"), kind="html", value=lambda e: told(e), exported=lambda e: in_a_line(e), width=60),
    )
    filters = (
        Choice(
            "show",
            _("보기"),
            [*Entry.State.choices, ("ALERT", _("값이 크게 바뀜")), *Entry.Outcome.choices],
            apply=_shown,
        ),
    )
    order = "id"
    exports = "preview"
    empty = Empty(_("이 조건에 맞는 줄이 없어요"), _("위에서 다른 보기를 골라 주세요."), mark="list-checks")

    @cached_property
    def rows(self) -> SafeString:
        _name_shelves(self.page)
        return super().rows

    def _every_row(self) -> Iterable[Entry]:
        for chunk in in_chunks(iter(super()._every_row()), EXPORT_CHUNK):
            _name_shelves(chunk)
            yield from chunk


def _name_shelves(entries: Iterable[Any]) -> None:
    """Give the entries that change a category the names of those they mention."""
    moved = {id(e): [c for c in e.changes if c["field"] == "category"] for e in entries}
    codes = {c[side] for changes in moved.values() for c in changes for side in ("before", "after")}
    names = {c.code: str(c) for c in Category.objects.filter(code__in=codes)} if codes else {}
    for entry in entries:
        entry.shelves = names


class Parcels(Entries):
    """What became of each parcel of a waybill sheet."""

    search_hint = _("상품")
    filters = (
        Choice(
            "show",
            _("보기"),
            [("APPLIED", _("보냄")), ("SAME", _("전에 보냄")), ("WRONG", _("고칠 곳 있음"))],
            apply=_shown,
        ),
    )
    exports = "waybills"
    empty = Empty(
        _("운송장 번호가 적힌 줄이 없어요"), _("발주서의 택배사와 송장번호 칸을 채워서 다시 올려 주세요."), mark="truck"
    )


def rows_of(entry: Entry) -> str:
    """`12` or `12-15`, as Excel counts."""
    first, last = entry.rows[0], entry.rows[-1]
    return f"{first}" if first == last else f"{first}–{last}"


def chip(entry: Entry) -> SafeString:
    if entry.outcome:
        label: Any = entry.get_outcome_display()
        tone = OUTCOME_TONES[entry.outcome]
        if entry.outcome == "APPLIED" and "waybill" in entry.wanted:
            label = _("보냄")
    else:
        label, tone = entry.get_state_display(), STATE_TONES[entry.state]
    alert = format_html(' <span class="status status--bad">{}</span>', _("값이 크게 바뀜")) if entry.alert else ""
    return format_html('<span class="status{}">{}</span>{}', f" status--{tone}" if tone else "", label, alert)


def told(entry: Entry) -> SafeString:
    """Mistakes, or old → new field by field; why it was left."""
    parts = [format_html("<strong>{}</strong>", words.sentence(entry.note))] if entry.note else []
    parts += [
        format_html("{}: {}", _now("%(row)s번 줄 %(field)s") % {"row": m["row"], "field": words.name_of(m["field"])},
                    words.sentence(m))
        for m in entry.wrong
    ]  # fmt: skip
    if not entry.wrong:
        parts += (
            [_change(change, getattr(entry, "shelves", {})) for change in entry.changes]
            if entry.state == "CHANGED"
            else _new(entry)
        )
    more = len(parts) - SHOWN_CHANGES
    if more > 0:
        parts = [*parts[:SHOWN_CHANGES], format_html("{}", _now("그 밖에 %(n)d가지") % {"n": more})]
    return format_html('<ul class="changes">{}</ul>', format_html_join("", "<li>{}</li>", ((p,) for p in parts)))


def _change(change: dict[str, Any], shelves: dict[str, str]) -> SafeString:
    name = words.name_of(change["field"])
    label = f"{change['label']} · {name}" if change.get("label") else name
    review = (
        format_html(' <span class="status status--info">{}</span>', _("심사 뒤 반영")) if change.get("review") else ""
    )
    before, after = (words.shown(change["field"], change[side], shelves) for side in ("before", "after"))
    if len(before) + len(after) > 160:
        before, after = before[:70] + "…", after[:70] + "…"
    return format_html('{} <del>{}</del> → <ins class="strong">{}</ins>{}', label, before, after, review)


def _new(entry: Entry) -> list[SafeString]:
    if "waybill" in entry.wanted:
        return [format_html("{} {}", entry.wanted["carrier"], entry.wanted["waybill"])]
    options = entry.wanted.get("options", [])
    if entry.state != "NEW" or not options:
        return []
    prices = [option["price"] for option in options]
    low, high = min(prices), max(prices)
    price = words.shown("price", low) if low == high else f"{words.shown('price', low)} ~ {words.shown('price', high)}"
    stock = sum(option.get("stock", 0) for option in options)
    said = _now("옵션 %(n)d개 · %(price)s · 재고 %(stock)s") % {
        "n": len(options),
        "price": price,
        "stock": f"{stock:,}",
    }
    return [format_html("{}", said)]


def in_a_line(entry: Entry) -> str:
    if entry.wrong:
        return " / ".join(f"{m['row']}: {words.name_of(m['field'])} - {words.sentence(m)}" for m in entry.wrong)
    shelves = getattr(entry, "shelves", {})
    told_ = [
        f"{c.get('label', '')} {words.name_of(c['field'])}: {words.shown(c['field'], c['before'], shelves)} → "
        f"{words.shown(c['field'], c['after'], shelves)}".strip()
        for c in entry.changes
    ]
    return " / ".join([*([words.sentence(entry.note)] if entry.note else []), *told_])


def visible(rows: QuerySet[Upload], areas: set[str]) -> QuerySet[Upload]:
    """Uploads of the areas somebody may look at: a waybill sheet holds people's names."""
    kinds = {"products": Upload.Kind.PRODUCTS, "orders": Upload.Kind.WAYBILLS}
    return rows.filter(Q(kind__in=[kind for area, kind in kinds.items() if area in areas]))
