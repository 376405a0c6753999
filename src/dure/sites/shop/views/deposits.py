"""An order paid by virtual account: where to send the money, thinking again, and where it would come back to."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from dure.commerce.orders.models import Order
from dure.commerce.sellers.banks import BANKS
from dure.config import load
from dure.finance.payments import virtual
from dure.finance.payments.models import Payment, PaymentStatus
from dure.kit.errors import DureError
from dure.sites.design.toasts import toast
from dure.sites.shop import basket
from dure.sites.shop.access import actor, buyer_required


class RefundAccountForm(forms.Form):
    bank_code = forms.ChoiceField(
        label=gettext_lazy("은행"), choices=[("", gettext_lazy("골라 주세요")), *BANKS.items()]
    )
    number = forms.CharField(
        label=gettext_lazy("계좌번호"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    holder = forms.CharField(
        label=gettext_lazy("예금주"),
        max_length=60,
        help_text=gettext_lazy("통장에 적힌 이름 그대로 적어 주세요."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


@buyer_required
def deposit(request: HttpRequest, number: str) -> HttpResponse:
    """Bank, number, amount and deadline. Once the money is there, the order's own page."""
    order = _my_order(request, number)
    account = virtual.awaited_of(order)
    if account is None or order.ended_at:
        return redirect("shop:paid" if order.paid_at or order.ended_at else "shop:pay", number)
    context = {
        "order": order,
        "account": account,
        "bank": BANKS.get(account.bank_code, account.bank_code),
        "practice": f"{load().simulators_url}/toss/bank?order={number}" if load().simulators else "",
    }
    return render(request, "shop/deposit.html", context)


@require_POST
@buyer_required
def give_up(request: HttpRequest, number: str) -> HttpResponse:
    """The account is closed and the order ends; the goods are in the cart again."""
    order = _my_order(request, number)
    payment = get_object_or_404(Payment, order=order, status=PaymentStatus.WAITING_FOR_DEPOSIT)
    lines = list(order.lines.select_related("option"))
    try:
        virtual.give_up(payment, by=actor(request), why="구매자가 입금 전에 취소했어요")
    except DureError as error:
        toast(request, str(error))
        return redirect("shop:order", number)
    basket.put_again(request, lines)
    toast(request, _("주문을 취소했어요. 상품은 장바구니에 다시 담아 두었어요."))
    return redirect("shop:cart")


@buyer_required
def refund_account(request: HttpRequest, number: str) -> HttpResponse:
    order = _my_order(request, number)
    payment = get_object_or_404(Payment.objects.select_related("refund_account"), order=order, method=virtual.VIRTUAL)
    form = RefundAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            virtual.tell_refund_account(payment, by=actor(request), **form.cleaned_data)
        except DureError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            toast(request, _("환불받을 계좌를 적어 두었어요."))
            return redirect("shop:order", number)
    known = getattr(payment, "refund_account", None)
    context = {
        "order": order,
        "form": form,
        "known": known,
        "known_bank": BANKS.get(known.bank_code, "") if known else "",
    }
    return render(request, "shop/refund_account.html", context, status=422 if form.errors else 200)


def _my_order(request: HttpRequest, number: str) -> Order:
    return get_object_or_404(Order.objects.of(request.user), number=number)
