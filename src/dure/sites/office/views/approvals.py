"""Sellers and products that ask to be let in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.catalog import actions as catalog
from dure.commerce.catalog.models import Product
from dure.commerce.catalog.queries import notice_rows
from dure.commerce.sellers import actions as sellers
from dure.commerce.sellers.models import Seller
from dure.commerce.sellers.queries import bank_name, current_account, masked_number, readiness
from dure.finance.settlement import actions as settlement
from dure.finance.settlement.models import Hold
from dure.finance.settlement.queries import upcoming
from dure.kit.errors import DureError
from dure.people.models import Role
from dure.sites.design.toasts import toast
from dure.sites.office import lists
from dure.sites.office.access import MONEY, nav, office, page
from dure.sites.office.forms import HoldForm, ReasonForm


@office(*MONEY)
def seller_list(request: HttpRequest) -> HttpResponse:
    return lists.Sellers(request, Seller.objects.all()).respond(
        "office/list.html", nav=nav(request.user), title=_("판매자 관리")
    )


@office(*MONEY)
def seller(
    request: HttpRequest, pk: int, form: ReasonForm | None = None, hold_form: HoldForm | None = None
) -> HttpResponse:
    found = get_object_or_404(Seller.objects.select_related("shipping_policy"), pk=pk)
    account = current_account(found)
    return page(
        request,
        "office/seller.html",
        status=400 if form or hold_form else 200,
        seller=found,
        steps=readiness(found),
        account=account,
        bank=bank_name(account.bank_code) if account else "",
        number=masked_number(account) if account else "",
        members=found.members.select_related("user"),
        form=form or ReasonForm(),
        may_decide=request.user.has_role(Role.OPERATOR),  # type: ignore[union-attr]
        upcoming=upcoming(found),
        hold=Hold.objects.filter(seller=found, released_at=None).select_related("placed_by").first(),
        hold_form=hold_form or HoldForm(),
    )


@require_POST
@office(*MONEY)
def hold_seller(request: HttpRequest, pk: int) -> HttpResponse:
    """지급보류, or its release."""
    found = get_object_or_404(Seller, pk=pk)
    if "release" in request.POST:
        settlement.release(found, by=request.user)  # type: ignore[arg-type]
        toast(request, _("보류를 풀었어요. 다음 정산부터 지급해요."))
        return redirect("office:seller", pk)
    form = HoldForm(request.POST)
    if not form.is_valid():
        return seller(request, pk, hold_form=form)
    settlement.hold(found, reason=form.cleaned_data["reason"], by=request.user)  # type: ignore[arg-type]
    toast(request, _("지급을 보류했어요."))
    return redirect("office:seller", pk)


@require_POST
@office(Role.OPERATOR)
def decide_seller(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Seller, pk=pk)
    form, verdict = ReasonForm(request.POST), request.POST.get("verdict", "")
    reason = form.data.get("reason", "")
    deeds = {
        "approve": (lambda: sellers.approve(found, by=request.user), _("승인했어요. 이제 상품을 팔 수 있어요.")),
        "return": (
            lambda: sellers.return_for_changes(found, note=reason, by=request.user),
            _("고칠 점을 판매자에게 알렸어요."),
        ),
        "suspend": (lambda: sellers.suspend(found, why=reason, by=request.user), _("이용을 정지했어요.")),
        "resume": (lambda: sellers.resume(found, by=request.user), _("다시 팔 수 있게 했어요.")),
    }
    deed, done = deeds.get(verdict, deeds["approve"])
    try:
        deed()
    except DureError as error:
        form.is_valid()
        form.add_error("reason" if verdict in {"return", "suspend"} else None, str(error))
        return seller(request, pk, form=form)
    toast(request, done)
    return redirect("office:seller", pk)


@office(Role.OPERATOR)
def product_list(request: HttpRequest) -> HttpResponse:
    rows = Product.objects.select_related("seller", "category").prefetch_related("photos")
    return lists.Products(request, rows).respond("office/list.html", nav=nav(request.user), title=_("상품 심사"))


@office(Role.OPERATOR)
def product(request: HttpRequest, pk: int, form: ReasonForm | None = None) -> HttpResponse:
    rows = Product.objects.select_related("seller", "category").prefetch_related("photos", "options__stock")
    found = get_object_or_404(rows, pk=pk)
    return page(
        request,
        "office/product.html",
        status=400 if form else 200,
        product=found,
        notice=notice_rows(found),
        revisions=found.revisions.select_related("by").order_by("-at")[:10],
        form=form or ReasonForm(),
    )


@require_POST
@office(Role.OPERATOR)
def decide_product(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Product, pk=pk)
    form, verdict = ReasonForm(request.POST), request.POST.get("verdict", "")
    reason = form.data.get("reason", "")
    deeds = {
        "approve": (lambda: catalog.approve(found, by=request.user), _("판매를 시작했어요.")),
        "reject": (lambda: catalog.reject(found, why=reason, by=request.user), _("반려하고 이유를 알렸어요.")),
    }
    deed, done = deeds.get(verdict, deeds["approve"])
    try:
        deed()
    except DureError as error:
        form.is_valid()
        form.add_error("reason" if verdict == "reject" else None, str(error))
        return product(request, pk, form=form)
    toast(request, done)
    return redirect("office:products")
