"""The order board, declared: its states, its columns, what can be done with what is picked."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from dure.commerce.claims import board
from dure.commerce.claims.models import Claim
from dure.commerce.orders.models import LineStatus
from dure.commerce.orders.queries import lines_on_board
from dure.commerce.orders.rules import days_late
from dure.kit import clock
from dure.kit.prepared import Prepared, Slot
from dure.sites.design.keyed import KeyedListing, beyond
from dure.sites.design.lists import Bulk, Column, Days, Empty
from dure.sites.design.paths import at
from dure.sites.design.rows import markup
from dure.sites.design.templatetags import ui

LOOKED_BACK = timedelta(days=90)  # unless a period is asked for, nothing older than this is looked through
STATES = (
    ("fresh", gettext_lazy("신규 주문")),
    ("ready", gettext_lazy("배송 준비")),
    ("soon", gettext_lazy("기한 임박")),
    ("late", gettext_lazy("기한 지남")),
    ("partly", gettext_lazy("일부 발송")),
    ("delivering", gettext_lazy("배송 중")),
    ("delivered", gettext_lazy("배송 완료")),
    ("confirmed", gettext_lazy("구매 확정")),
    ("cancels", gettext_lazy("취소 요청")),
    ("returns", pgettext_lazy("board", "반품")),
    ("exchanges", pgettext_lazy("board", "교환")),
)
TO_SEND = {"fresh", "ready", "soon", "late", "partly"}  # these are read by their deadline
ONLY_SOME = {"soon", "late", "partly"}  # a tab only when there are some


class Board(KeyedListing):
    search = ("order__number",)  # what is searched is told by `claims.board.found`
    search_hint = gettext_lazy("주문번호, 송장, 전화, 상품, 받는 분")
    keys = {"paid_at": datetime.fromisoformat, "dispatch_due": date.fromisoformat}
    columns = (
        Column(
            "order__number",
            gettext_lazy("주문"),
            link=lambda n: at("seller:order", n.pk),
            primary=True,
        ),
        Column("paid_at", gettext_lazy("결제일"), kind="moment", sort="paid_at"),
        Column(
            "product_name",
            gettext_lazy("상품"),
            kind="html",
            value=lambda n: _goods(n),
            exported=lambda n: f"{n.product_name} · {n.option_name} × {n.quantity}",
            width=48,
        ),
        Column("order__receiver", gettext_lazy("받는 분")),
        Column("goods_amount", gettext_lazy("금액"), kind="won"),
        Column(
            "dispatch_due",
            gettext_lazy("발송 기한"),
            kind="html",
            value=lambda n: _deadline(n),
            exported=lambda n: n.dispatch_due,
            sort="dispatch_due",
        ),
        Column(
            "status", gettext_lazy("상태"), kind="html", value=lambda n: _status(n), exported=lambda n: _words(n)[1]
        ),
    )
    filters = (Days("paid_at", gettext_lazy("결제일")),)
    keeps = ("state",)
    plain = True
    order = "-paid_at"
    exports = "orders"
    caption = gettext_lazy("주문")
    empty = Empty(
        gettext_lazy("아직 주문이 없어요"),
        gettext_lazy("상품이 판매를 시작하면 주문이 여기에 모여요."),
        gettext_lazy("상품 보기"),
        "/seller/products/",
        "receipt-text",
    )
    bulk_deeds = (
        Bulk(gettext_lazy("발주확인"), reverse_lazy("seller:acknowledge_picked"), "check"),
        Bulk(gettext_lazy("보내기"), reverse_lazy("seller:send"), "truck"),
        Bulk(gettext_lazy("인쇄"), reverse_lazy("seller:print_picked"), "printer"),
    )

    def __init__(self, request: HttpRequest, shop: int, *, may_change: bool):
        self.state, self.shop = request.GET.get("state", ""), shop
        super().__init__(request, lines_on_board(shop))
        if self.state in TO_SEND:
            self.order = "dispatch_due"
            self.empty = Empty(_("기다리는 주문이 없어요"), _("새 주문이 들어오면 여기에 나와요."), mark="circle-check")
        elif self.state:
            self.empty = Empty(_("이 상태의 주문이 없어요"), mark="circle-check")
        if may_change and (self.state in TO_SEND or not self.state):
            self.bulk = self.bulk_deeds

    @cached_property
    def found(self) -> QuerySet[Any]:
        moment, today = clock.now(), clock.today()
        rows = board.in_state(self.all_rows, self.state, board.days_of(today, moment))
        if self.words:
            rows = board.found(rows, self.words)
        for shown in self.shown_filters:
            rows = shown.filter.narrow(rows, shown.value)
        if self.looks_back:
            rows = rows.filter(paid_at__gte=_looked_back_to(today))
        return board.shown(rows.order_by(self.sort, "-pk" if self.sort.startswith("-") else "pk"))

    def read(self, column: str, key: tuple[Any, int] | None, *, downwards: bool, most: int) -> list[Any]:
        """Mostly nobody looks for anything: a state of the board, by one of its two columns."""
        if self.words or self.asks_for_days:
            return super().read(column, key, downwards=downwards, most=most)
        today = clock.today()
        value, pk = key or (None, None)
        page = _page(self.state if self.state in dict(STATES) else "", column, downwards, key is not None, most)
        days = board.days_of(today, clock.now())
        return page(seller=self.shop, back=_looked_back_to(today), value=value, pk=pk, **days)

    @property
    def asks_for_days(self) -> bool:
        return any(day for shown in self.shown_filters for day in shown.value)

    @property
    def looks_back(self) -> bool:
        """Nobody asked for a period, and what is looked for is not open work: three months will do."""
        return not self.asks_for_days and not self.state


@cache
def _page(state: str, column: str, downwards: bool, further: bool, most: int) -> Prepared[Any]:
    """A page of one state of a shop; `further`: from a key on."""

    def build() -> QuerySet[Any]:
        rows = board.in_state(lines_on_board(Slot("seller", "bigint")), state, board.DAYS)
        if not state:
            rows = rows.filter(paid_at__gte=Slot("back", "timestamptz"))
        kind = "date" if column == "dispatch_due" else "timestamptz"
        key = (Slot("value", kind), Slot("pk", "bigint")) if further else None
        return board.shown(beyond(rows, column, key, downwards=downwards))[:most]

    return Prepared(build)


def _looked_back_to(today: date) -> datetime:
    return datetime.combine(today - LOOKED_BACK, time(0), clock.KST)


def tabs(request: HttpRequest, counts: dict[str, int], current: str) -> list[tuple[str, Any, str, int | None]]:
    """(state, label, address, count); words and period are kept from state to state."""
    kept = request.GET.copy()
    for name in ("state", "before", "after", "sort", "export"):
        kept.pop(name, None)
    query = f"&{kept.urlencode()}" if kept else ""
    shown = [("", pgettext("board", "모두"), f"?{kept.urlencode()}", None)]
    for state, label in STATES:
        if counts[state] or state not in ONLY_SOME or state == current:
            shown.append((state, label, f"?state={state}{query}", counts[state]))
    return shown


def _goods(line: Any) -> SafeString:
    sent = _("%(sent)d개 보냄") % {"sent": line.sent_quantity} if line.status == "PAID" and line.sent_quantity else ""
    less = _("%(n)d개 취소·반품") % {"n": line.taken} if 0 < line.taken < line.quantity else ""
    rest = " · ".join(filter(None, (line.option_name, f"× {line.quantity}", sent, less)))
    return mark_safe(  # noqa: S308
        f'<span>{markup(line.product_name)}<span class="small muted block">{markup(rest)}</span></span>'
    )


def _deadline(line: Any) -> SafeString | str:
    """The clock of the dispatch: D-2, D-1, 오늘까지, 2일 지남."""
    if line.status != LineStatus.PAID or not line.dispatch_due:
        return ui.day(line.dispatch_due)
    words, tone = deadline_words(line.dispatch_due)
    chip, day = ui.status("due", words, tone), ui.day(line.dispatch_due)
    return mark_safe(f'<span>{chip} <span class="block">{day}</span></span>')  # noqa: S308


def deadline_words(due: date) -> tuple[str, str]:
    """(words, tone) of a deadline, seen from today."""
    late = days_late(due, clock.today()) or 0
    if late > 0:
        return _("%(n)d일 지남") % {"n": late}, "bad"
    if late == 0:
        return _("오늘까지"), "warn"
    return f"D{late}", "warn" if late == -1 else "info"


def _status(line: Any) -> SafeString:
    chip = ui.status(*_words(line))
    if line.claim is None:
        return chip
    claim, kind, status = line.claim
    asked = f"{Claim.Kind(kind).label} {Claim.Status(status).label}"
    return format_html(
        '<span>{} <a href="{}">{}</a></span>', chip, at("seller:claim", claim), ui.status("claim", asked, "warn")
    )


def _words(line: Any) -> tuple[str, Any]:
    """A paid line the seller has seen is being prepared."""
    if line.status == LineStatus.PAID and line.acknowledged_at:
        return "PREPARING", _("일부 발송") if line.sent_quantity else _("배송 준비 중")
    return line.status, LineStatus(line.status).label
