"""Today, and the money: what to do, what was sold, what will be paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Sum
from django.db.models.functions import TruncDate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from dure.commerce.catalog.models import Product
from dure.commerce.orders.models import ProductOrder
from dure.commerce.sellers.models import Seller, SellerStatus
from dure.commerce.sellers.queries import readiness
from dure.finance.settlement import queries as settlement
from dure.kit import clock
from dure.sites.seller import lists
from dure.sites.seller.access import centre, frame, page, sees
from dure.sites.seller.badges import Badges
from dure.sites.statements import as_file

DAYS = 14


@dataclass(frozen=True)
class Todo:
    """One thing somebody of the shop has to do today; the worst first."""

    label: Any
    count: int
    url: str
    icon: str
    tone: str = "warn"


@centre
def home(request: HttpRequest, shop: Seller) -> HttpResponse:
    context = frame(request, shop)
    may_see, selling = context["sees"], shop.status == SellerStatus.APPROVED
    low = _running_out(shop) if may_see["products"] else []
    sales = _sales(shop)
    waiting = ProductOrder.objects.filter(seller=shop, status="PAID").exclude(dispatch_due=None)
    return render(
        request,
        "seller/home.html",
        {
            **context,
            "day": clock.today(),
            "todos": _todos(context["waits"], may_see, len(low)),
            "urgent": waiting.order_by("dispatch_due", "id")[:5] if may_see["orders"] else [],
            "upcoming": settlement.upcoming(shop) if may_see["finance"] else None,
            "sales": sales,
            "sold": sum(won for _day, won in sales),
            "products": any(won for _day, won in sales) or Product.objects.filter(seller=shop).exists(),
            "low": low,
            "open_steps": [] if selling else [step for step in readiness(shop) if not step.done],
        },
    )


def _todos(waits: Badges, may_see: dict[str, bool], low: int) -> list[Todo]:
    """What waits, of what this person may see: what is late first."""
    orders, asked = reverse("seller:orders"), reverse("seller:questions")
    known = [
        ("orders", Todo(_("발송 기한이 지난 주문"), waits.late, orders, "triangle-alert", "bad")),
        ("products", Todo(_("답할 기한이 지난 문의"), waits.unanswered_late, asked, "triangle-alert", "bad")),
        ("orders", Todo(_("새 주문 확인하기"), waits.fresh, orders, "bell")),
        ("orders", Todo(_("오늘까지 보낼 주문"), waits.today, orders, "truck")),
        ("orders", Todo(_("클레임 답하기"), waits.claims, reverse("seller:claims"), "rotate-ccw")),
        ("products", Todo(_("상품 문의 답하기"), waits.questions, asked, "message-circle")),
        ("orders", Todo(_("주문 문의 답하기"), waits.threads, reverse("seller:inquiries"), "message-square")),
        ("owner", Todo(_("서류 새로 올리기"), waits.papers, reverse("seller:steps") + "#documents", "file-text")),
        ("products", Todo(_("곧 떨어지는 옵션"), low, reverse("seller:products"), "package", "info")),
    ]
    return [todo for area, todo in known if todo.count and may_see[area]]


@centre
@sees("finance")
def settlements(request: HttpRequest, shop: Seller) -> HttpResponse:
    rows = settlement.statements_of(request.user).filter(seller=shop)
    context = {**frame(request, shop), "upcoming": settlement.upcoming(shop)}
    return lists.Statements(request, rows).respond("seller/settlements.html", **context)


@centre
@sees("finance")
def statement(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    found = get_object_or_404(settlement.statements_of(request.user).filter(seller=shop), pk=pk)
    if request.GET.get("export") == "xlsx":
        return as_file(found)
    return page(
        request,
        shop,
        "seller/statement.html",
        statement=found,
        lines=settlement.lines_of(found),
        payouts=settlement.payouts_of(found),
        debts=settlement.debts_of(shop) if found.netted else [],
    )


def _sales(shop: Seller) -> list[tuple[str, int]]:
    """(M/D, won of goods paid) of the last two weeks, zeros included."""
    last = clock.today()
    first = last - timedelta(days=DAYS - 1)
    sums = dict(
        ProductOrder.objects.filter(
            seller=shop, exchanged_from=None, paid_at__gte=datetime.combine(first, time(0), clock.KST)
        )
        .annotate(day=TruncDate("paid_at", tzinfo=clock.KST))
        .values_list("day")
        .annotate(won=Sum("goods_amount"))
    )
    return [(f"{d.month}/{d.day}", sums.get(d, 0)) for d in (first + timedelta(days=n) for n in range(DAYS))]


def _running_out(shop: Seller, few: int = 10) -> list[tuple[Product, str, int]]:
    """Options on sale of which few are left."""
    rows = (
        Product.objects.filter(seller=shop, status="ON_SALE", options__active=True, options__stock__available__lt=few)
        .order_by("options__stock__available")
        .values_list("pk", "name", "options__name", "options__stock__available")[:5]
    )
    return [(Product(pk=pk, name=name), option, left) for pk, name, option, left in rows]
