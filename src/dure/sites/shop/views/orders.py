"""A buyer's orders: the list, one order, confirming, reviewing. Another's order is 404."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from dure.commerce.orders import actions
from dure.commerce.orders.models import LineStatus, Order, ProductOrder, ShippingCharge
from dure.commerce.orders.queries import GIVEN, orders_of
from dure.commerce.pricing.words import charge_reasons
from dure.commerce.reviews import actions as reviews
from dure.finance.payments.models import Payment
from dure.finance.payments.ways import VIRTUAL
from dure.kit import clock, images
from dure.kit.errors import DureError
from dure.sites import timeline
from dure.sites.design.lists import Column, write_excel
from dure.sites.design.toasts import toast
from dure.sites.shop import forms
from dure.sites.shop.access import actor, buyer_required
from dure.sites.shop.trail import Line

PER_PAGE = 10
MONTHS = {"1": gettext_lazy("1개월"), "3": gettext_lazy("3개월"), "6": gettext_lazy("6개월"), "12": gettext_lazy("1년")}
TABS = {
    "all": (gettext_lazy("전체"), {}),
    "waiting": (gettext_lazy("입금 대기"), {"paid_at": None, "deposit_due__isnull": False}),
    "going": (gettext_lazy("진행 중"), {"lines__status__in": [LineStatus.PAID, LineStatus.DELIVERING]}),
    "arrived": (gettext_lazy("도착"), {"lines__status": LineStatus.DELIVERED}),
    "claims": (gettext_lazy("취소·반품·교환"), {"lines__claims__isnull": False}),
}


@dataclass(frozen=True)
class Seen:
    """An order as its buyer sees it."""

    row: Order
    lines: list[Line]

    @cached_property
    def charges(self) -> list[tuple[ShippingCharge, str]]:
        """Each shipping fee with its reason; a query, so only where they are shown."""
        rows = self.row.shipping_charges.select_related("seller").order_by("id")
        return [(c, " · ".join(charge_reasons(c.reason, c.extra, c.policy))) for c in rows]

    @property
    def can_pay(self) -> bool:
        open_still = not self.row.paid_at and not self.row.ended_at and self.row.expires_at > clock.now()
        return open_still and not self.row.awaits_deposit

    @cached_property
    def payment(self) -> Payment | None:
        """With its cash receipt and the account a refund goes to; queries, so only where they are shown."""
        known = Payment.objects.select_related("refund_account").prefetch_related("receipts")
        return known.filter(order=self.row).first()

    @property
    def lacks_refund_account(self) -> bool:
        paid_so = self.payment is not None and self.payment.method == VIRTUAL
        return paid_so and not hasattr(self.payment, "refund_account")


def seen(order: Order) -> Seen:
    return Seen(order, [item_of(line) for line in order.lines.all()])


def item_of(line: ProductOrder) -> Line:
    photos = list(line.option.product.photos.all())
    return Line(line, photos[0].image if photos else "")


@buyer_required
def orders(request: HttpRequest) -> HttpResponse:
    current = request.GET.get("show", "all")
    _label, lookup = TABS.get(current, TABS["all"])
    mine, words, months = _mine(request), request.GET.get("q", "").strip(), request.GET.get("months", "")
    if lookup:
        mine = mine.filter(pk__in=Order.objects.of(request.user).filter(**lookup).values("pk"))
    for word in words.split()[:5]:
        named = ProductOrder.objects.of_buyer(request.user).filter(
            Q(product_name__icontains=word) | Q(option_name__icontains=word) | Q(seller__name__icontains=word)
        )
        mine = mine.filter(Q(number__icontains=word) | Q(pk__in=named.values("order_id")))
    if months in MONTHS:
        mine = mine.filter(placed_at__gte=clock.now() - timedelta(days=30 * int(months)))
    if request.GET.get("export") == "xlsx":
        return _as_excel(mine)
    page = Paginator(mine, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "orders": [seen(order) for order in page],
        "current": current if current in TABS else "all",
        "words": words,
        "months": months if months in MONTHS else "",
        "periods": MONTHS.items(),
        "searching": bool(words or months in MONTHS),
        "tab_items": [(key, label, f"?{_asked(request, show=key)}") for key, (label, _lookup) in TABS.items()],
    }
    return render(request, "shop/orders.html", context)


def _asked(request: HttpRequest, **changes: str) -> str:
    """The query as it was asked, with something else chosen; a new choice begins on the first page."""
    kept = {name: request.GET[name] for name in ("show", "q", "months") if request.GET.get(name)}
    return urlencode({**kept, **changes})


def _as_excel(mine: QuerySet[Order]) -> FileResponse:
    """A row per product order, of what was found."""
    columns = (
        Column("number", _("주문번호"), value=lambda n: n.order.number),
        Column("placed_at", _("주문일"), kind="moment", value=lambda n: n.order.placed_at),
        Column("seller", _("판매자"), value=lambda n: n.seller.name),
        Column("product_name", _("상품")),
        Column("option_name", _("옵션")),
        Column("quantity", _("수량"), kind="number"),
        Column("goods_amount", _("상품 금액"), kind="won"),
        Column("discount_amount", _("할인"), kind="won"),
        Column("status", _("상태"), value=lambda n: n.get_status_display()),
    )
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    write_excel(file, columns, (line for order in mine.iterator(200) for line in _with_order(order)))
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"orders-{clock.today():%y%m%d}.xlsx")


def _with_order(order: Order) -> list[ProductOrder]:
    lines = list(order.lines.all())
    for line in lines:
        line.order = order
    return lines


def _mine(request: HttpRequest) -> QuerySet[Order]:
    return orders_of(request.user)


@buyer_required
def order(request: HttpRequest, number: str) -> HttpResponse:
    mine = _mine(request).prefetch_related(*timeline.through("lines"))
    return render(request, "shop/order.html", {"order": seen(get_object_or_404(mine, number=number))})


@require_POST
@buyer_required
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    line = get_object_or_404(ProductOrder.objects.of_buyer(request.user).select_related("order"), pk=pk)
    actions.confirm_purchase(line, by=actor(request))
    toast(request, _("구매를 확정했어요. 고마워요!"))
    return redirect("shop:order", line.order.number)


@login_required
def review(request: HttpRequest, pk: int) -> HttpResponse:
    item = my_line(request, pk)
    form = forms.WriteReview(request.POST or None, request.FILES or None)
    if not item.can_review and request.method == "GET":
        return redirect("shop:order", item.line.order.number)
    if request.method == "POST" and form.is_valid():
        try:
            kept = [images.keep(photo, "reviews") for photo in form.cleaned_data["photos"]]
            reviews.write(
                item.line,
                rating=form.cleaned_data["rating"],
                text=form.cleaned_data["text"],
                by=request.user,
                photos=kept,
            )
        except DureError as error:
            form.add_error(field_of(error, form), str(error))
        else:
            toast(request, _("후기를 올렸어요."))
            return redirect(f"{reverse('shop:product', args=[item.line.option.product_id])}#reviews")
    return answer(request, "shop/review.html", {"form": form, "item": item})


def my_line(request: HttpRequest, pk: int) -> Line:
    mine = (
        ProductOrder.objects.of_buyer(request.user)
        .annotate(given=GIVEN)
        .select_related("order", "seller", "option__product", "review", "delay")
        .prefetch_related("option__product__photos", *timeline.MANY, "discounts")
    )
    return item_of(get_object_or_404(mine, pk=pk))


def field_of(error: DureError, form: Any) -> str | None:
    names = {"image": "photos"}
    name = names.get(error.field or "", error.field)
    return name if name in form.fields else None


def answer(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, context, status=422 if request.method == "POST" else 200)
