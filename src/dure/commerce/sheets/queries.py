"""Reads of the room: whose uploads, what the shop has of what a sheet names, how far the work is."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import translation

from dure.commerce.catalog import actions as catalog
from dure.commerce.catalog import notices
from dure.commerce.catalog.models import Category, ChangeRequest, Option, Photo, Product, Revision
from dure.commerce.sellers.models import Seller
from dure.commerce.sheets import columns as cols
from dure.commerce.sheets import rules
from dure.commerce.sheets.columns import folded
from dure.commerce.sheets.models import Entry, ProductCode, Upload
from dure.kit import clock

GONE = ("ENDED", "PROHIBITED")
REVIEWED = sorted(catalog.REVIEWED)


def uploads_of(seller: Seller) -> QuerySet[Upload]:
    return Upload.objects.filter(seller=seller).select_related("by")


# ── What the rules look up ───────────────────────────────────────────────────────────────────────────────────────


def known(category: str = "") -> rules.Known:
    """Categories by code, name and path; forms of the notice. `category`: of new products whose row names none."""
    by_name: dict[str, str] = {}
    notice_of: dict[str, str] = {}
    for shelf in Category.objects.select_related("parent").order_by("-parent_id", "id"):
        notice_of[shelf.code] = shelf.notice_type
        path = f"{shelf.parent.name_ko}{shelf.name_ko}" if shelf.parent else shelf.name_ko
        for name in (shelf.code, shelf.name_ko, shelf.name_en, path):
            by_name.setdefault(folded(name), shelf.code)
    forms = {folded(name): form.code for form in notices.FORMS.values() for name in (form.code, korean(form.label))}
    return rules.Known(by_name, notice_of, forms, notices.wrong, category)


@cache
def notice_labels() -> dict[str, str]:
    """{folded label of an item, in any form of the notice: its code}."""
    found: dict[str, str] = {}
    for form in notices.FORMS.values():
        for item in form.items:
            found.setdefault(folded(korean(item.label)), item.code)
            found.setdefault(folded(item.code), item.code)
    return found


@cache
def notice_header(code: str) -> str:
    """The heading of an item's column, which is read back as that item."""
    labels = notice_labels()
    for form in notices.FORMS.values():
        for item in form.items:
            if item.code == code and labels.get(folded(korean(item.label))) == code:
                return f"{cols.NOTICE_HEADER}{korean(item.label)}"
    return f"{cols.NOTICE_HEADER}{code}"


def korean(label: Any) -> str:
    """Sheets speak Korean whatever language the seller reads the pages in."""
    with translation.override("ko"):
        return str(label)


# ── What the shop has ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Found:
    """The products that keys mean: {key: product id}, and the keys that mean several or another shop's."""

    products: dict[str, int] = field(default_factory=dict)
    several: set[str] = field(default_factory=set)
    not_ours: set[str] = field(default_factory=set)


def find(seller: Seller, entries: Sequence[rules.Entry]) -> Found:
    """Which product each entry means: by its id, by the seller's code (of the product, else of its only option), by name."""
    asked: dict[str, dict[str, str]] = defaultdict(dict)  # kind: {key: what is looked for}
    for entry in entries:
        for kind in ("option code ", "option ", "product ", "code ", "name "):
            if entry.key.startswith(kind):
                asked[kind][entry.key] = entry.key.removeprefix(kind).split("\x1f")[0]
                break
    found = Found()
    _ids(found, asked["product "], Product.objects.filter(seller=seller).values_list("pk", "pk"), "pk")
    _ids(found, asked["option "], Option.objects.filter(product__seller=seller).values_list("pk", "product_id"), "pk")
    on_offer = Option.objects.filter(product__seller=seller).exclude(active=False, paused=False)
    on_offer = on_offer.exclude(product__status__in=GONE)
    _codes(found, asked["option code "], on_offer.values_list("seller_code", "product_id"), "seller_code")
    codes = asked["code "]
    ours = ProductCode.objects.filter(seller=seller, code__in=codes.values())
    by_code = dict(ours.exclude(product__status__in=GONE).values_list("code", "product_id"))
    found.products |= {key: by_code[code] for key, code in codes.items() if code in by_code}
    rest = {key: code for key, code in codes.items() if code not in by_code}
    _codes(found, rest, on_offer.values_list("seller_code", "product_id"), "seller_code", optional=True)
    alive = Product.objects.filter(seller=seller).exclude(status__in=GONE)
    _codes(found, asked["name "], alive.values_list("name", "pk"), "name", optional=True)
    return found


def _ids(found: Found, asked: dict[str, str], rows: Any, column: str) -> None:
    there = dict(rows.filter(**{f"{column}__in": {int(i) for i in asked.values()}})) if asked else {}
    for key, number in asked.items():
        if int(number) in there:
            found.products[key] = there[int(number)]
        else:
            found.not_ours.add(key)


def _codes(found: Found, asked: dict[str, str], rows: Any, column: str, optional: bool = False) -> None:
    there: dict[str, set[int]] = defaultdict(set)
    if asked:
        for code, product in rows.filter(**{f"{column}__in": set(asked.values())}):
            there[code].add(product)
    for key, code in asked.items():
        if len(there.get(code, ())) == 1:
            found.products[key] = next(iter(there[code]))
        elif there.get(code):
            found.several.add(key)
        elif not optional:
            found.not_ours.add(key)


def snapshots(product_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Products as the rules compare them; options that are offered or switched off for a while.

    `reviewed`: fields whose change the house reads first.
    """
    ids = set(product_ids)
    found: dict[int, dict[str, Any]] = {}
    columns = {*rules.COMPARED} - {"category", "code"} | {"pk", "notice", "axes", "status", "version", "submitted_at"}
    for row in Product.objects.filter(pk__in=ids).values(*columns, "category__code", "sheet_code__code"):
        found[row["pk"]] = {
            **row,
            "sale_from": local(row["sale_from"]),
            "sale_until": local(row["sale_until"]),
            "category": row["category__code"],
            "code": row["sheet_code__code"],
            "reviewed": REVIEWED if row["status"] in catalog.APPROVED else (),
            "submitted": row["submitted_at"] is not None,
            "options": [],
        }
    for product, asked in _asked(found):
        found[product] |= {name: value for name, value in asked.items() if name in found[product]}
    rows = Option.objects.filter(product_id__in=ids).exclude(active=False, paused=False)
    named = ("id", "name", "values", "price", "seller_code", "addon", "product_id", "stock__available")
    for option in rows.order_by("product_id", "position", "id").values(*named):
        option["stock"] = option.pop("stock__available") or 0
        found[option["product_id"]]["options"].append(option)
    for one in found.values():
        if one["code"] is None:  # a product of one option is known by the code of that
            one["code"] = one["options"][0]["seller_code"] if len(one["options"]) == 1 else ""
    return found


def _asked(product_ids: Iterable[int]) -> Iterable[tuple[int, dict[str, Any]]]:
    """What waits for the house's review: to the seller, whose sheet says the same, that is how it is."""
    waiting = ChangeRequest.objects.filter(product_id__in=list(product_ids), status=ChangeRequest.Status.PENDING)
    return waiting.values_list("product_id", "after")


def worked_on(product_ids: Iterable[int]) -> set[int]:
    """Products that somebody gave a picture or a word since they were made."""
    ids = list(product_ids)
    return {
        *Photo.objects.filter(product_id__in=ids).values_list("product_id", flat=True),
        *Revision.objects.filter(product_id__in=ids).values_list("product_id", flat=True),
    }


def local(moment: Any) -> str | None:
    """A time as an entry says it: Korean time, so that a day in the sheet compares with the day in the shop."""
    return moment.astimezone(clock.KST).isoformat() if moment else None


# ── How far it is ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Progress:
    """Rows of the file. `seconds_left` None: not known yet."""

    done: int
    whole: int
    per_second: int = 0
    seconds_left: int | None = None

    @property
    def percent(self) -> int:
        return 100 * self.done // self.whole if self.whole else 0


def progress(upload: Upload) -> Progress:
    reading = upload.status in ("LOOKING", "READING")
    whole = upload.rows if reading else max(upload.rows - upload.wrong_rows - upload.same_rows, 0)
    done = min(upload.rows_read if reading else upload.rows_done, whole)
    if not done or upload.began_at is None or upload.status not in Upload.WORKING:
        return Progress(done, whole)
    seconds = (clock.now() - upload.began_at).total_seconds()
    pace = int(done / seconds) if seconds > 0 else 0
    return Progress(done, whole, pace, round((whole - done) / pace) if pace else None)


def counts(upload: Upload) -> dict[str, int]:
    """Entries by state and by outcome: {"NEW": 3, "WRONG": 1, "APPLIED": 2 …}; ALERT: prices that jump. Absent: 0."""
    found: Counter[str] = Counter()
    rows = Entry.objects.filter(upload=upload).values_list("state", "outcome").order_by()
    jumps = Count("id", filter=Q(alert=True, outcome="") & ~Q(state=Entry.State.WRONG))
    for state, outcome, n, alerts in rows.annotate(n=Count("id"), alerts=jumps):
        found[state] += n
        found["ALERT"] += alerts
        if outcome:
            found[outcome] += n
    return found
