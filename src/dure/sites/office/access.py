"""Who may open the back office, and its menu."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from dure.people.errors import NotAllowed
from dure.people.models import Role, User
from dure.sites.design.paths import at
from dure.sites.office import queries

View = Callable[..., HttpResponse]
STAFF = (Role.OPERATOR, Role.FINANCE, Role.CS)
MONEY = (Role.OPERATOR, Role.FINANCE)


def office(*roles: str) -> Callable[[View], View]:
    """A page for people with one of `roles` (anybody of the office when none is named); others get 403."""

    def wrap(view: View) -> View:
        @wraps(view)
        @login_required
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.has_role(*(roles or STAFF)):  # type: ignore[union-attr]
                raise NotAllowed()
            return view(request, *args, **kwargs)

        return checked

    return wrap


def page(request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    context["nav"] = context.get("nav") or nav(request.user)  # type: ignore[arg-type]
    return render(request, template, context, status=status)


def nav(user: User, waiting: queries.Waiting | None = None) -> list[tuple[str, str, str, int]]:
    """(label, url, icon, badge)."""
    waiting = waiting or queries.waiting()
    items = [
        (STAFF, _("현황"), "office:dashboard", "layout-dashboard", 0),
        (MONEY, _("판매자 관리"), "office:sellers", "store", waiting.sellers),
        ((Role.OPERATOR,), _("상품 심사"), "office:products", "package", waiting.products),
        ((Role.OPERATOR,), _("수수료"), "office:commissions", "percent", 0),
        ((Role.OPERATOR,), _("검색"), "office:missed", "search", 0),
        (STAFF, _("주문 관리"), "office:orders", "receipt-text", 0),
        (STAFF, _("클레임"), "office:claims", "scale", 0),
        ((Role.OPERATOR, Role.CS), _("문의"), "office:inquiries", "message-circle", waiting.inquiries),
        ((Role.OPERATOR, Role.CS), _("후기"), "office:reviews", "star", waiting.reviews),
        (MONEY, _("쿠폰과 행사"), "office:offers", "tag", 0),
        (MONEY, _("기획전"), "office:exhibitions", "calendar", 0),
        (MONEY, _("정산"), "office:statements", "landmark", 0),
        (MONEY, _("환불"), "office:refunds", "rotate-ccw", waiting.refunds),
        (MONEY, _("현금영수증"), "office:receipts", "receipt-text", 0),
        (MONEY, _("지급"), "office:payouts", "wallet", waiting.payouts),
        (MONEY, _("장부"), "office:ledger", "book-open", 0),
        ((Role.OPERATOR, Role.CS), _("알림"), "office:notices", "bell", 0),
        (STAFF, _("엑셀 작업"), "office:sheets", "file-spreadsheet", 0),
        (STAFF, _("일한 기록"), "office:audit", "history", 0),
        ((Role.OPERATOR,), _("개발자"), "office:developers", "lock", 0),
        ((Role.OPERATOR,), _("밀린 전달"), "office:deliveries", "inbox", waiting.deliveries),
    ]
    return [(label, at(name), icon, badge) for roles, label, name, icon, badge in items if user.has_role(*roles)]
