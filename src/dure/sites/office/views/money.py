"""Orders, statements, payouts, the ledger, and the proof that the money is there."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.claims.models import Claim
from dure.commerce.orders.models import Order, ProductOrder, ShippingCharge
from dure.commerce.orders.queries import GIVEN
from dure.finance.ledger import actions as ledger
from dure.finance.ledger.models import Journal
from dure.finance.ledger.queries import journals_of, last_verification, proof_of_funds, trial_balance
from dure.finance.payments import again, receipts
from dure.finance.payments.models import Payment, Receipt, Refund
from dure.finance.payouts import actions as payouts
from dure.finance.payouts.models import Payout
from dure.finance.settlement import actions as settlement
from dure.finance.settlement.models import Statement
from dure.finance.settlement.queries import debts_of, lines_of, payouts_of
from dure.kit import clock
from dure.kit.http import OutsideError
from dure.people.models import Role
from dure.sites import timeline
from dure.sites.design.toasts import toast
from dure.sites.office import lists, queries
from dure.sites.office.access import MONEY, nav, office, page
from dure.sites.office.claims import DecideForm, HoldConfirmationForm
from dure.sites.office.forms import FundForm, RunForm
from dure.sites.statements import as_file

CHARGED = ArraySubquery(
    ShippingCharge.objects.filter(order=OuterRef("pk"))
    .order_by("id")
    .values(charge=JSONObject(id="id", amount="amount", seller="seller__name"))
)


@office()
def order_list(request: HttpRequest) -> HttpResponse:
    rows = ProductOrder.objects.select_related("order__buyer", "seller")
    return lists.Lines(request, rows).respond("office/list.html", nav=nav(request.user), title=_("주문 관리"))


@office()
def order(request: HttpRequest, number: str) -> HttpResponse:
    """One order with its money: what was paid, where each won is now."""
    found = get_object_or_404(Order.objects.select_related("buyer").annotate(charged=CHARGED), number=number)
    rows = found.lines.annotate(given=GIVEN).select_related("seller", *timeline.ONE)
    rows = rows.prefetch_related(*timeline.MANY, "claims__evidence", "discounts")
    lines = list(rows.order_by("id"))
    journals = journals_of(lines=[n.pk for n in lines], charges=[c["id"] for c in found.charged])
    context = {
        "order": found,
        "lines": [(line, timeline.of_line(line)) for line in lines],
        "journals": journals,
        "decide": DecideForm(),
        "hold": HoldConfirmationForm(),
        "payment": _payment_of(found),
        "money": request.user.has_role(*MONEY),  # type: ignore[union-attr]
        "operator": request.user.has_role(Role.OPERATOR),  # type: ignore[union-attr]
        "blocking": Claim.BLOCKING,
    }
    return page(request, "office/order.html", **context)


@office(*MONEY)
def ledger_page(request: HttpRequest) -> HttpResponse:
    proof = proof_of_funds()
    context = {
        "nav": nav(request.user),  # type: ignore[arg-type]
        "proof": proof,
        "bars": queries.proof_bars(proof),
        "trial": trial_balance(),
        "fund": FundForm(initial={"key": uuid.uuid4()}),
    }
    return lists.Journals(request, Journal.objects.all()).respond("office/ledger.html", **context)


@office(*MONEY)
def journal(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Journal.objects.prefetch_related("entries__account"), pk=pk)
    return page(request, "office/journal.html", journal=found, orders=_orders_of(found))


@require_POST
@office(*MONEY)
def fund(request: HttpRequest) -> HttpResponse:
    form = FundForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("금액을 숫자로 적어 주세요."))
        return redirect("office:ledger")
    ledger.fund_operator(form.cleaned_data["amount"], by=request.user, key=str(form.cleaned_data["key"]))  # type: ignore[arg-type]
    toast(request, _("운영자금을 넣었어요."))
    return redirect("office:ledger")


@office(*MONEY)
def statement_list(request: HttpRequest) -> HttpResponse:
    rows = Statement.objects.select_related("seller")
    context = {"nav": nav(request.user), "run": RunForm(initial={"day": clock.today()})}  # type: ignore[arg-type]
    return lists.Statements(request, rows).respond("office/statements.html", **context)


@require_POST
@office(*MONEY)
def close_day(request: HttpRequest) -> HttpResponse:
    """Book what the provider paid in, and make the statements due by a day."""
    form = RunForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("날짜를 골라 주세요."))
        return redirect("office:statements")
    try:
        made = settlement.close_day(form.cleaned_data["day"], by=request.user)  # type: ignore[arg-type]
    except OutsideError:
        messages.error(request, _("결제사가 답하지 않아요. 잠시 뒤에 다시 해 주세요."))
        return redirect("office:statements")
    toast(request, _("정산서 %(n)d건을 만들었어요.") % {"n": len(made)})
    return redirect("office:statements")


@office(*MONEY)
def statement(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Statement.objects.select_related("seller"), pk=pk)
    if request.GET.get("export") == "xlsx":
        return as_file(found)
    return page(
        request,
        "office/statement.html",
        statement=found,
        lines=lines_of(found),
        payouts=payouts_of(found),
        debts=debts_of(found.seller) if found.netted else [],
    )


@require_POST
@office(*MONEY)
def pay_again(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Statement.objects.select_related("seller"), pk=pk)
    settlement.pay_again(found, by=request.user)  # type: ignore[arg-type]
    toast(request, _("다시 지급을 요청했어요."))
    return redirect("office:statement", pk)


@office(*MONEY)
def refund_list(request: HttpRequest) -> HttpResponse:
    rows = Refund.objects.select_related("payment__order__buyer")
    return lists.Refunds(request, rows).respond("office/list.html", nav=nav(request.user), title=_("환불"))  # type: ignore[arg-type]


@require_POST
@office(*MONEY)
def refund_again(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Refund.objects.select_related("payment__order"), pk=pk)
    again.ask_again(found, by=request.user)  # type: ignore[arg-type]
    toast(request, _("환불을 다시 요청했어요."))
    return redirect("office:order", found.payment.order.number)


@office(*MONEY)
def receipt_list(request: HttpRequest) -> HttpResponse:
    rows = Receipt.objects.select_related("payment__order__buyer")
    return lists.Receipts(request, rows).respond("office/list.html", nav=nav(request.user), title=_("현금영수증"))  # type: ignore[arg-type]


@require_POST
@office(*MONEY)
def receipt_again(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Receipt.objects.select_related("payment__order"), pk=pk)
    receipts.ask_again(found, by=request.user)  # type: ignore[arg-type]
    toast(request, _("발급을 다시 요청했어요."))
    return redirect("office:order", found.payment.order.number)


@office(*MONEY)
def payout_list(request: HttpRequest) -> HttpResponse:
    rows = Payout.objects.select_related("seller")
    return lists.Payouts(request, rows).respond("office/payouts.html", nav=nav(request.user), title=_("지급"))


@require_POST
@office(*MONEY)
def pursue(request: HttpRequest) -> HttpResponse:
    moved = payouts.pursue()
    toast(request, _("%(n)d건의 상태가 바뀌었어요.") % {"n": moved})
    return redirect("office:payouts")


@office(*MONEY)
def verify(request: HttpRequest) -> HttpResponse:
    at, checks = last_verification() or (None, [])
    return page(request, "office/verify.html", at=at, checks=checks)


@require_POST
@office(*MONEY)
def verify_again(request: HttpRequest) -> HttpResponse:
    ledger.ask_verification()
    toast(request, _("모든 기록에서 다시 계산하고 있어요. 끝나면 이 화면에 나와요."))
    return redirect("office:verify")


def _payment_of(order: Order) -> Payment | None:
    rows = Payment.objects.select_related("virtual_account", "refund_account").prefetch_related("refunds", "receipts")
    return rows.filter(order=order).first()


def _orders_of(found: Journal) -> list[str]:
    """Numbers of the orders whose money a journal moved; none for a journal of many (a run)."""
    legs = [(e.order_line, e.shipping_charge) for e in found.entries.all()]
    about = Q(lines__in=[n for n, _c in legs if n]) | Q(shipping_charges__in=[c for _n, c in legs if c])
    return list(Order.objects.filter(about).distinct().values_list("number", flat=True)[:3])
