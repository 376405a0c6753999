"""Writing what the seller has seen and agreed to, a chunk at a time, and taking it back.

Each chunk is one transaction that also moves `cursor`: after a kill -9 the work goes on where it was, and nothing is
done twice. What has changed in the shop since the preview is not written over: that entry is refused and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from dure.commerce.catalog import bulk as catalog
from dure.commerce.catalog.models import Category
from dure.commerce.sheets import queries, rules
from dure.commerce.sheets.models import Entry, ProductCode, Upload
from dure.commerce.stock import bulk as stock
from dure.kit import clock
from dure.kit.rows import insert_many, update_many
from dure.kit.states import move

CHUNK = 500


def run(upload: Upload) -> None:
    """Apply what is new or changed until all is done, or the seller says stop."""
    while _next_chunk(upload):
        pass


def _next_chunk(upload: Upload) -> bool:
    with transaction.atomic():
        held = Upload.objects.select_for_update().select_related("seller", "by").get(pk=upload.pk)
        if held.status != Upload.Status.RUNNING:
            return False
        waiting = Entry.objects.filter(upload=held, state__in=("NEW", "CHANGED"), pk__gt=held.cursor)
        entries = list(waiting.order_by("pk")[:CHUNK])
        if not entries:
            move(held, Upload.Status.DONE, ended_at=clock.now())
            return False
        _change(held, [e for e in entries if e.state == Entry.State.CHANGED])
        _create(held, [e for e in entries if e.state == Entry.State.NEW])
        _keep(entries)
        done = sum(len(e.rows) for e in entries)
        Upload.objects.filter(pk=held.pk).update(cursor=entries[-1].pk, rows_done=F("rows_done") + done)
    return True


def _keep(entries: list[Entry]) -> None:
    names = ("outcome", "note", "product", "done")
    update_many(Entry, [{"id": e.pk, **{name: getattr(e, name) for name in names}} for e in entries])


def _note(upload: Upload) -> str:
    return _("엑셀 올리기: %(name)s") % {"name": upload.name[:100]}


# ── New products ─────────────────────────────────────────────────────────────────────────────────────────────────


def _create(upload: Upload, entries: list[Entry]) -> None:
    again = queries.find(upload.seller, [_as_rule(e) for e in entries])
    fresh = []
    for entry in entries:
        if _key(entry) in again.products or _key(entry) in again.several:
            _refuse(entry, "appeared_since")
        else:
            fresh.append(entry)
    shelves = {c.code: c for c in Category.objects.filter(code__in={e.wanted["product"]["category"] for e in fresh})}
    drafts = [_draft(entry, shelves) for entry in fresh]
    made = catalog.create_many(upload.seller, drafts, by=upload.by)
    pieces: dict[int, int] = {}
    codes = {}
    for entry, (product, options) in zip(fresh, made, strict=True):
        for wanted, option in zip(entry.wanted["options"], options, strict=True):
            pieces[option.pk] = wanted.get("stock", 0)
        if code := entry.wanted["product"].get("code"):
            codes[product.pk] = code
        entry.product, entry.outcome = product.pk, Entry.Outcome.APPLIED
        entry.done = {"version": product.version}
    stock.adjust_many(pieces, by=upload.by, why=_note(upload))
    _write_codes(upload, codes)


def _draft(entry: Entry, shelves: Mapping[str, Category]) -> catalog.ProductDraft:
    product = entry.wanted["product"]
    return catalog.ProductDraft(
        category=shelves[product["category"]],
        fields={name: value for name, value in product.items() if name in catalog.SETTABLE},
        options=[_option_draft(option) for option in entry.wanted["options"]],
    )


def _option_draft(option: Mapping[str, Any]) -> catalog.OptionDraft:
    return catalog.OptionDraft(
        name=rules.option_name(option)[:60],
        price=option["price"],
        values=option.get("values", []),
        seller_code=option.get("seller_code", ""),
        addon=option.get("addon", False),
    )


# ── Products that are there ──────────────────────────────────────────────────────────────────────────────────────


def _change(upload: Upload, entries: list[Entry]) -> None:
    pieces = _pieces(entries)
    left = stock.hold(pieces)
    there = queries.snapshots({e.product for e in entries if e.product})
    agreed = []
    for entry in entries:
        if why := _why_not(entry, there, left):
            _refuse(entry, *why)
        else:
            agreed.append(entry)
    moved = stock.adjust_many(_pieces(agreed), by=upload.by, why=_note(upload))
    edits = _edits(agreed, [c for e in agreed for c in _but_stock(e)])
    made = catalog.revise_many(list(edits.values()), by=upload.by, note=_note(upload))
    had = dict(ProductCode.objects.filter(product__in=[e.product for e in agreed]).values_list("product_id", "code"))
    added = {}
    for entry in agreed:
        entry.outcome = Entry.Outcome.APPLIED
        entry.done = {
            "movements": {str(o): moved[o].movement for o in _pieces([entry]) if o in moved},
            "code": had.get(entry.product or 0, ""),
            "notice_type": there[entry.product]["notice_type"] if entry.product else "",  # goes with the shelf
        }
        new = [c["after"] for c in entry.changes if c["field"] == "option"]
        if new:
            mine = made[entry.product or 0][: len(new)]
            del made[entry.product or 0][: len(new)]
            added |= {pk: option.get("stock", 0) for pk, option in zip(mine, new, strict=True)}
            entry.done["options"] = mine
    stock.adjust_many(added, by=upload.by, why=_note(upload))
    codes = {e.product: c["after"] for e in agreed for c in e.changes if c["field"] == "code" and e.product}
    _write_codes(upload, codes)


def _pieces(entries: Iterable[Entry]) -> dict[int, int]:
    """Pieces more or fewer per option. The seller saw `before` and wrote `after`; what was sold since stays sold."""
    return {c["option"]: c["after"] - c["before"] for e in entries for c in e.changes if c["field"] == "stock"}


def _but_stock(entry: Entry) -> list[tuple[int, dict[str, Any]]]:
    return [(entry.product or 0, change) for change in entry.changes if change["field"] not in ("stock", "code")]


def _edits(entries: list[Entry], changes: Iterable[tuple[int, dict[str, Any]]]) -> dict[int, catalog.Edit]:
    fields: dict[int, dict[str, Any]] = {}
    options: dict[int, dict[int, dict[str, Any]]] = {}
    added: dict[int, list[catalog.OptionDraft]] = {}
    for product, change in changes:
        if change["field"] == "option":
            added.setdefault(product, []).append(_option_draft(change["after"]))
        elif "option" in change:
            options.setdefault(product, {}).setdefault(change["option"], {})[change["field"]] = change["after"]
        else:
            fields.setdefault(product, {})[change["field"]] = change["after"]
    return {
        product: catalog.Edit(product, fields.get(product, {}), options.get(product, {}), added.get(product, ()))
        for product in sorted({*fields, *options, *added})
    }


def _why_not(entry: Entry, there: Mapping[int, Any], left: Mapping[int, int]) -> tuple[str, dict[str, str]] | None:
    product = there.get(entry.product or 0)
    if product is None or product["status"] in rules.CLOSED:
        return "gone_since", {}
    options = {o["id"]: o for o in product["options"]}
    for change in entry.changes:
        field, option = change["field"], change.get("option")
        if option is not None and option not in options:
            return "gone_since", {}
        if field == "stock" and left.get(option, 0) + change["after"] - change["before"] < 0:
            return "sold_since", {"option": options[option]["name"]}
        if field == "option":
            if rules.option_name(change["after"]) in {o["name"] for o in product["options"]}:
                return "changed_since", {"field": "option"}
        elif field != "stock" and (options[option] if option is not None else product)[field] != change["before"]:
            return "changed_since", {"field": field}
    return None


def _refuse(entry: Entry, code: str, params: Mapping[str, str] | None = None) -> None:
    entry.outcome, entry.note = Entry.Outcome.REFUSED, {"code": code, "params": dict(params or {})}


def _write_codes(upload: Upload, codes: Mapping[int, str]) -> None:
    """The seller's codes of products; one that belongs to a product no longer sold is free."""
    if not codes:
        return
    ours = ProductCode.objects.filter(seller=upload.seller, code__in=codes.values())
    ours.filter(product__status__in=queries.GONE).delete()
    ProductCode.objects.filter(product__in=codes).delete()
    insert_many(
        [ProductCode(product_id=product, seller=upload.seller, code=code) for product, code in codes.items() if code]
    )


def _as_rule(entry: Entry) -> rules.Entry:
    return rules.Entry(_key(entry), entry.rows, entry.wanted["product"], entry.wanted["options"])


def _key(entry: Entry) -> str:
    """Of a new product: its code, else its name."""
    product = entry.wanted["product"]
    return f"code {product['code']}" if "code" in product else f"name {product['name']}"


# ── Taking it back ───────────────────────────────────────────────────────────────────────────────────────────────


def undo(upload: Upload) -> None:
    """Put everything back as it was before the upload, as far as nobody has touched it since; the rest is listed."""
    while _next_undone(upload):
        pass


def _next_undone(upload: Upload) -> bool:
    with transaction.atomic():
        held = Upload.objects.select_for_update().select_related("seller", "by").get(pk=upload.pk)
        if held.status != Upload.Status.UNDOING:
            return False
        applied = Entry.objects.filter(upload=held, outcome=Entry.Outcome.APPLIED, pk__gt=held.cursor)
        entries = list(applied.order_by("pk")[:CHUNK])
        if not entries:
            move(held, Upload.Status.UNDONE, ended_at=clock.now())
            return False
        _take_back(held, [e for e in entries if e.state == Entry.State.NEW])
        _put_back(held, [e for e in entries if e.state == Entry.State.CHANGED])
        _keep(entries)
        done = sum(len(e.rows) for e in entries)
        Upload.objects.filter(pk=held.pk).update(cursor=entries[-1].pk, rows_done=F("rows_done") + done)
    return True


def _take_back(upload: Upload, entries: list[Entry]) -> None:
    """Products the upload made: gone, unless somebody has worked on them."""
    there = queries.snapshots({e.product for e in entries if e.product})
    touched = queries.worked_on(there)
    untouched = {
        e.product
        for e in entries
        if e.product in there
        and e.product not in touched
        and there[e.product]["version"] == e.done["version"]
        and not there[e.product]["submitted"]
    }
    gone = catalog.delete_drafts(p for p in untouched if p)
    for entry in entries:
        if entry.product in gone or entry.product not in there:
            entry.outcome = Entry.Outcome.UNDONE
        else:
            entry.outcome, entry.note = Entry.Outcome.LEFT, {"code": "submitted_since", "params": {}}


def _put_back(upload: Upload, entries: list[Entry]) -> None:
    there = queries.snapshots({e.product for e in entries if e.product})
    left = stock.hold(_pieces(entries))
    movements = {int(o): m for e in entries for o, m in e.done.get("movements", {}).items()}
    recounted = stock.moved_since(movements)
    back: list[tuple[int, dict[str, Any]]] = []
    pieces: dict[int, int] = {}
    codes: dict[int, str] = {}
    off: list[int] = []
    for entry in entries:
        kept = []
        product = there.get(entry.product or 0)
        for change in entry.changes:
            turned = {**change, "before": change["after"], "after": change["before"]}
            if product is None or product["status"] in rules.CLOSED:
                kept.append(change)
            elif change["field"] == "stock":
                less = change["before"] - change["after"]
                if change["option"] in recounted or left.get(change["option"], 0) + less < 0:
                    kept.append(change)
                else:
                    pieces[change["option"]] = less
            elif change["field"] == "option":
                continue
            elif _stands(product, change):
                if change["field"] == "code":
                    codes[entry.product or 0] = entry.done["code"]
                else:
                    back.append((entry.product or 0, turned))
                if change["field"] == "category" and not product["notice"]:
                    form = {"field": "notice_type", "after": entry.done["notice_type"]}
                    back.append((entry.product or 0, form))
            else:
                kept.append(change)
        off += entry.done.get("options", [])
        fields = list(dict.fromkeys(c["field"] for c in kept))
        entry.outcome = Entry.Outcome.LEFT if kept else Entry.Outcome.UNDONE
        entry.note = {"code": "edited_since", "params": {"fields": fields}} if kept else {}
    stock.adjust_many(pieces, by=upload.by, why=_note(upload))
    edits = _edits(entries, back)
    catalog.revise_many(
        list(edits.values()), by=upload.by, note=_("엑셀 올리기 되돌리기: %(name)s") % {"name": upload.name[:90]}
    )
    _write_codes(upload, codes)
    _take_options_off(upload, off)


def _take_options_off(upload: Upload, option_ids: list[int]) -> None:
    if option_ids:
        stock.adjust_many({o: -n for o, n in stock.hold(option_ids).items()}, by=upload.by, why=_note(upload))
        catalog.take_off_many(option_ids)


def _stands(product: Mapping[str, Any], change: Mapping[str, Any]) -> bool:
    """What the upload wrote is still there."""
    option = change.get("option")
    if option is None:
        return bool(product[change["field"]] == change["after"])
    found = next((o for o in product["options"] if o["id"] == option), None)
    return found is not None and found[change["field"]] == change["after"]
