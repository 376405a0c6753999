"""To the payment window and back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from dure.commerce.orders.errors import OrderExpired
from dure.commerce.orders.models import Order
from dure.config import load
from dure.finance.payments import actions
from dure.finance.payments.errors import PaymentUnknown
from dure.finance.payments.models import PaymentStatus
from dure.finance.payments.ways import METHODS, Way, way_of
from dure.integrations.toss.window import window_url
from dure.kit import clock
from dure.kit.errors import DureError
from dure.sites.shop.access import buyer_required

GAVE_UP = {"PAY_PROCESS_CANCELED", "USER_CANCEL"}  # Toss's codes for a buyer who closed the window


@buyer_required
def pay(request: HttpRequest, number: str) -> HttpResponse:
    """What will be paid, and the way to the window: the simulator's by a redirect, Toss's own by its script (pay.ts)."""
    order = _my_order(request, number)
    if order.paid_at:
        return redirect("shop:paid", number)
    if order.awaits_deposit:
        return redirect("shop:deposit", number)
    if order.ended_at or (order.expires_at and order.expires_at <= clock.now()):
        raise OrderExpired()
    if not order.postcode:  # claimed in a show
        return redirect("shop:claimed", number)
    if request.method == "POST":
        try:
            actions.prepare(order)
        except DureError as error:
            return _again(request, order, str(error), error.status)
        way = way_of(request.POST.get("way", ""))
        hours = load().deposit_hours
        return redirect(window_url(**_window(request, order), method=METHODS[way], valid_hours=hours))
    return render(request, "shop/pay.html", _context(request, order))


@buyer_required
def pay_success(request: HttpRequest, number: str) -> HttpResponse:
    """The window says yes; whether it is so, the provider tells (`confirm`). A reload finds the payment done."""
    order = _my_order(request, number)
    key, amount = request.GET.get("paymentKey", ""), request.GET.get("amount", "")
    if not order.paid_at:
        if request.GET.get("orderId") != number or not key or not amount.isdecimal():
            return _again(request, order, _("결제 창의 답이 올바르지 않아요. 다시 결제해 주세요."), 400)
        try:
            payment = actions.confirm(number, key, int(amount))
        except PaymentUnknown:  # the worker finds out; the page says so
            return redirect("shop:paid", number)
        except DureError as error:
            return _again(request, order, str(error), error.status)
        if payment.status == PaymentStatus.WAITING_FOR_DEPOSIT:
            return redirect("shop:deposit", number)
    return redirect("shop:paid", number)


@buyer_required
def pay_fail(request: HttpRequest, number: str) -> HttpResponse:
    order = _my_order(request, number)
    if order.paid_at:
        return redirect("shop:paid", number)
    if request.GET.get("code") in GAVE_UP:
        return _again(request, order, _("결제를 그만두셨어요. 상품은 아직 맡아 두고 있어요."), 200)
    return _again(request, order, _("결제가 되지 않았어요. 카드나 결제 방법을 바꿔 다시 해 주세요."), 200)


@buyer_required
def paid(request: HttpRequest, number: str) -> HttpResponse:
    order = _my_order(request, number)
    return render(request, "shop/paid.html", {"order": order, "waiting": not order.paid_at})


def _my_order(request: HttpRequest, number: str) -> Order:
    return get_object_or_404(Order.objects.of(request.user), number=number)


def _again(request: HttpRequest, order: Order, why: str, status: int) -> HttpResponse:
    return render(request, "shop/pay.html", {**_context(request, order), "why": why}, status=status)


def _context(request: HttpRequest, order: Order) -> dict[str, object]:
    chosen = way_of(request.POST.get("way") or request.GET.get("way", ""))
    window = _window(request, order)
    return {
        "order": order,
        "window": window,
        "ways": Way.choices,
        "way": chosen,
        "hours": load().deposit_hours,
        **_real(),
    }


def _window(request: HttpRequest, order: Order) -> dict[str, object]:
    """The fields of the payment window, whoever draws it."""
    base = load().base_url
    names = list(order.lines.order_by("id").values_list("product_name", flat=True))
    more = len(names) - 1
    title = _("%(name)s 외 %(more)d건") % {"name": names[0], "more": more} if more else names[0]
    return {
        "order_id": order.number,
        "order_name": title,
        "amount": order.pay_total,
        "success_url": base + reverse("shop:pay_success", args=[order.number]),
        "fail_url": base + reverse("shop:pay_fail", args=[order.number]),
        "customer_name": order.receiver,
    }


def _real() -> dict[str, object]:
    """With the real provider, its script opens the window."""
    config = load()
    return {"toss_client_key": "" if config.simulators else config.toss_client_key}
