"""Today, and the money: what to do, what was sold, what will be paid."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db.models import Sum
from django.db.models.functions import TruncDate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from dure.commerce.catalog.models import Product
from dure.commerce.claims.queries import open_claims_of
from dure.commerce.orders.models import ProductOrder
from dure.commerce.sellers.models import Seller
from dure.commerce.sellers.queries import readiness
from dure.finance.settlement import queries as settlement
from dure.kit import clock
from dure.sites.seller import lists
from dure.sites.seller.access import centre, frame, page, sees
from dure.sites.statements import as_file

DAYS = 14


@centre
def home(request: HttpRequest, shop: Seller) -> HttpResponse:
    lines = ProductOrder.objects.filter(seller=shop)
    waiting = lines.filter(status="PAID")
    steps = readiness(shop)
    return page(
        request,
        shop,
        "seller/home.html",
        day=clock.today(),
        fresh=waiting.filter(acknowledged_at=None).count(),
        to_send=waiting.exclude(acknowledged_at=None).count(),
        urgent=waiting.exclude(dispatch_due=None).order_by("dispatch_due", "id")[:5],
        late=waiting.filter(dispatch_due__lt=clock.today()).count(),
        claims=open_claims_of(shop).count(),
        upcoming=settlement.upcoming(shop),
        sales=_sales(shop),
        products=Product.objects.filter(seller=shop).count(),
        low=_running_out(shop),
        open_steps=[step for step in steps if not step.done],
    )


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
