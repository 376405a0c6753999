"""One way to make a list page: search, filter, sort, pages, Excel, from a declaration.

    class Orders(Listing):
        search = ("number", "buyer__name")
        search_hint = _("주문번호, 주문자")
        columns = (
            Column("number", _("주문번호"), link=lambda o: reverse("seller:order", args=[o.number]), primary=True),
            Column("placed_at", _("주문일"), kind="moment", sort="placed_at"),
            Column("buyer.name", _("주문자")),
            Column("total", _("금액"), kind="won", sort="total"),
            Column("status", _("상태"), kind="status", value=lambda o: (o.status, o.get_status_display())),
        )
        filters = (
            Choice("status", _("상태"), Status.choices),
            Days("placed_at", _("주문일")),
        )
        order = "-placed_at"
        empty = Empty(_("아직 주문이 없어요"), _("상품을 올리면 주문이 여기에 모여요."), _("상품 올리기"), "/seller/products/new")

    def orders(request):
        return Orders(request, ProductOrder.objects.for_seller(request.user)).respond("seller/orders.html", nav=...)

    {% list_table listing %}                          the template

`?q=`, `?sort=-total`, `?page=2`, the filters' own names, and `?export=xlsx` (all rows found, streamed from a file
written row by row, whatever the size). Only declared columns sort and only declared filters filter; anything else in
the query string is ignored. Rows with equal sort keys keep their order from page to page (the primary key decides).

Bring the related rows yourself (`select_related`, `prefetch_related`): the list adds one count and one page of rows.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

import xlsxwriter
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from dure.kit import clock
from dure.kit.clock import KST
from dure.kit.money import won
from dure.sites.design import rows
from dure.sites.design.templatetags import ui

EXPORT_CHUNK = 1000


@dataclass(frozen=True)
class Column:
    """One column. `key` is an attribute path (`buyer.name`; methods are called) unless `value` says otherwise.

    kind: text, won, number, day, moment, status (value gives (code, label)), photo, html (value gives SafeString).
    `sort` is the queryset's name to order by; `link` gives an address for the cell; `primary` heads the phone's card.
    `exported` is what Excel gets when it differs from the page; False leaves the column out.
    """

    key: str
    label: Any
    kind: str = "text"
    value: Callable[[Any], Any] | None = None
    sort: str = ""
    link: Callable[[Any], str] | None = None
    primary: bool = False
    exported: Callable[[Any], Any] | bool = True
    width: int = 16  # of the Excel column, in characters

    def of(self, row: Any) -> Any:
        return self.value(row) if self.value else _path(row, self.key)

    def cell(self, row: Any) -> str:
        """HTML: what is no HTML yet is escaped."""
        shown = rows.markup(self._shown(self.of(row)))
        address = self.link(row) if self.link and shown else ""
        return f'<a href="{rows.markup(address)}">{shown}</a>' if address else shown

    def _shown(self, value: Any) -> SafeString | str:
        if self.kind == "photo":
            return ui.photo(value, css="thumb")
        if value is None or value == "":
            return ""
        match self.kind:
            case "won":
                return SafeString(f'<span class="won">{won(value)}</span>')
            case "number":
                return f"{value:,}"
            case "day":
                return ui.day(value)
            case "moment":
                return SafeString(f'<time datetime="{value.isoformat()}">{ui.moment(value)}</time>')
            case "status":
                return ui.status(*value)
        return value if isinstance(value, SafeString) else str(value)

    @property
    def css(self) -> str:
        by_kind = {"won": "won-cell", "number": "num", "moment": "date", "day": "date", "photo": "bare"}
        return " ".join(filter(None, (by_kind.get(self.kind, ""), "primary" if self.primary else "")))

    def export(self, row: Any) -> Any:
        value = self.exported(row) if callable(self.exported) else self.of(row)
        if self.kind == "status" and isinstance(value, tuple):
            return value[1]
        return value


def _path(row: Any, path: str) -> Any:
    for name in path.split("."):
        row = getattr(row, name, None)
        if row is None:
            return None
        if callable(row):
            row = row()
    return row


@dataclass(frozen=True)
class Choice:
    """A drop-down. `lookup` defaults to the name; `apply` replaces it for filters that are more than one column."""

    name: str
    label: Any
    choices: Sequence[tuple[str, Any]]
    lookup: str = ""
    apply: Callable[[QuerySet[Any], str], QuerySet[Any]] | None = None
    kind: ClassVar[str] = "choice"

    def read(self, query: Any) -> Any:
        value = query.get(self.name, "")
        return value if value in {str(code) for code, _label in self.choices} else ""

    def narrow(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return rows
        return self.apply(rows, value) if self.apply else rows.filter(**{self.lookup or self.name: value})


@dataclass(frozen=True)
class Days:
    """From a day to a day, both included, in KST. `lookup` names a datetime column (or a date one with `dates`)."""

    name: str
    label: Any
    lookup: str = ""
    dates: bool = False
    kind: ClassVar[str] = "days"

    def read(self, query: Any) -> tuple[date | None, date | None]:
        return _day(query.get(f"{self.name}_from", "")), _day(query.get(f"{self.name}_to", ""))

    def narrow(self, rows: QuerySet[Any], value: tuple[date | None, date | None]) -> QuerySet[Any]:
        since, until = value
        lookup = self.lookup or self.name
        if since:
            rows = rows.filter(**{f"{lookup}__gte": since if self.dates else _midnight(since)})
        if until:
            after = until + timedelta(days=1)
            rows = rows.filter(**{f"{lookup}__lt": after if self.dates else _midnight(after)})
        return rows


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), KST)


@dataclass(frozen=True)
class Empty:
    title: Any
    text: Any = ""
    action: Any = ""
    url: str = ""
    mark: str = "package-open"


@dataclass(frozen=True)
class Bulk:
    """A button that posts the picked rows' primary keys as `ids` to `url`. `asks` is put before it is done."""

    label: Any
    url: str
    icon: str = "check"
    asks: Any = ""
    tone: str = "primary"


@dataclass
class Shown:
    """A filter with what the reader chose."""

    filter: Any
    value: Any = field(default=None)


class Listing:
    columns: ClassVar[Sequence[Column]] = ()
    search: ClassVar[Sequence[str]] = ()
    search_hint: ClassVar[Any] = ""
    filters: ClassVar[Sequence[Choice | Days]] = ()
    order: ClassVar[str] = "-pk"
    per_page: ClassVar[int] = 30
    empty: ClassVar[Empty] = Empty("")
    exports: ClassVar[str] = "list"  # file name of the Excel file; empty: no export
    caption: ClassVar[Any] = ""
    bulk: ClassVar[Sequence[Bulk]] = ()
    keeps: ClassVar[Sequence[str]] = ()  # of the address, beside the list's own: which view the page is in
    plain: ClassVar[bool] = False  # rows are tuples, and each is drawn from its values alone: `rows.drawn`
    keyed: ClassVar[bool] = False  # pages by key (`keyed.KeyedListing`)

    def __init__(self, request: HttpRequest, rows: QuerySet[Any], **also: Any):
        """`also` overrides any declared attribute for this one request (a different `empty`, `bulk` …)."""
        self.request = request
        self.all_rows = rows
        for name, value in also.items():
            setattr(self, name, value)

    def respond(self, template: str, **context: Any) -> HttpResponse | FileResponse:
        if self.exports and self.request.GET.get("export") == "xlsx":
            return self.as_excel()
        return render(self.request, template, {"listing": self, **context})

    # --- what the reader asked for ---

    @property
    def words(self) -> str:
        return self.request.GET.get("q", "").strip()[:100]

    @cached_property
    def shown_filters(self) -> list[Shown]:
        return [Shown(f, f.read(self.request.GET)) for f in self.filters]

    @property
    def narrowed(self) -> bool:
        return bool(self.words) or any(v not in ("", (None, None)) for v in (s.value for s in self.shown_filters))

    @property
    def sort(self) -> str:
        asked = self.request.GET.get("sort", "")
        known = {column.sort for column in self.columns if column.sort}
        return asked if asked.removeprefix("-") in known else self.order

    @cached_property
    def found(self) -> QuerySet[Any]:
        rows = self.all_rows
        for word in self.words.split():
            some = Q()
            for name in self.search:
                some |= Q(**{f"{name}__icontains": word})
            rows = rows.filter(some)
        for shown in self.shown_filters:
            rows = shown.filter.narrow(rows, shown.value)
        return rows.order_by(self.sort, "-pk" if self.sort.startswith("-") else "pk")

    @cached_property
    def page(self) -> Page[Any]:
        return Paginator(self.found, self.per_page).get_page(self.request.GET.get("page"))

    # --- what the template draws ---

    @property
    def kept(self) -> list[tuple[str, str]]:
        return [(name, self.request.GET[name]) for name in self.keeps if name in self.request.GET]

    @property
    def heads(self) -> Iterator[tuple[Column, str, str]]:
        """(column, what a click sorts by, "ascending" | "descending" | "")."""
        now = self.sort
        for column in self.columns:
            if not column.sort:
                yield column, "", ""
            elif now == column.sort:
                yield column, f"-{column.sort}", "ascending"
            elif now == f"-{column.sort}":
                yield column, column.sort, "descending"
            else:
                yield (
                    column,
                    f"-{column.sort}" if column.kind in ("won", "number", "day", "moment") else column.sort,
                    "",
                )

    @cached_property
    def rows(self) -> SafeString:
        """The table's body; empty when nothing was found."""
        return rows.drawn(self.columns, self.page, picked=bool(self.bulk), plain=type(self) if self.plain else None)

    # --- Excel ---

    def as_excel(self) -> FileResponse:
        """All rows found, as one sheet. Text stays text (a name that begins with `=` is no formula)."""
        kept = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
        write_excel(kept, [c for c in self.columns if c.exported and c.kind != "photo"], self._every_row())
        kept.seek(0)
        name = f"{self.exports}-{clock.today():%y%m%d}.xlsx"
        return FileResponse(kept, as_attachment=True, filename=name, content_type=EXCEL)

    def _every_row(self) -> Iterable[Any]:
        return self.found.iterator(chunk_size=EXPORT_CHUNK)


EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def write_excel(target: Any, columns: Sequence[Column], rows: Iterable[Any]) -> None:
    """Write one sheet to a binary file, one row in memory at a time. Won and numbers as numbers, days as days (KST)."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        head = book.add_format({"bold": True, "bg_color": "#F3EDE1", "bottom": 1})
        formats = {
            "won": book.add_format({"num_format": "#,##0"}),
            "number": book.add_format({"num_format": "#,##0"}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        }
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for x, column in enumerate(columns):
            sheet.set_column(x, x, column.width)
            sheet.write_string(0, x, str(column.label), head)
        for y, row in enumerate(rows, 1):
            for x, column in enumerate(columns):
                _write(sheet, y, x, column.export(row), formats.get(column.kind))


def _write(sheet: Any, y: int, x: int, value: Any, style: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(y, x, value)
    elif isinstance(value, int | float):
        sheet.write_number(y, x, value, style)
    elif isinstance(value, datetime):
        sheet.write_datetime(y, x, timezone.localtime(value).replace(tzinfo=None), style)
    elif isinstance(value, date):
        sheet.write_datetime(y, x, datetime.combine(value, time()), style)
    else:
        sheet.write_string(y, x, str(value)[:32_767])
