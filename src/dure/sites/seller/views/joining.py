"""Becoming a seller: the invitation's link, an open application, the steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.catalog.models import Product
from dure.commerce.sellers import actions, queries
from dure.commerce.sellers.models import Invitation, Seller
from dure.kit.errors import DureError
from dure.sites.design.toasts import toast
from dure.sites.seller.access import CHOSEN, apart, centre, may, owners_only, owns, page
from dure.sites.seller.forms import AccountForm, ApplyForm, BusinessForm, DocumentForm, ProfileForm, ShippingForm


def join(request: HttpRequest, code: str) -> HttpResponse:
    """Who holds the link may work for the shop: signs up or in, then accepts."""
    try:
        invitation = queries.invitation(code)
    except Invitation.DoesNotExist as error:
        raise Http404 from error
    if request.method == "POST" and request.user.is_authenticated:
        member = actions.accept(invitation, request.user)
        request.session[CHOSEN] = member.seller_id
        toast(request, _("%(shop)s에 오신 것을 환영해요.") % {"shop": member.seller.name})
        return redirect("seller:steps")
    return render(request, "seller/join.html", {"invitation": invitation, "next": request.path})


@login_required
def apply(request: HttpRequest) -> HttpResponse:
    """A shop that comes by itself."""
    form = ApplyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            shop = actions.apply(name=form.cleaned_data["name"], key=form.cleaned_data["key"], by=request.user)
        except DureError as error:
            form.add_error("name", str(error))
        else:
            request.session[CHOSEN] = shop.pk
            return redirect("seller:steps")
    return render(request, "seller/apply.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    shop = get_object_or_404(Seller.objects.of(request.user), pk=pk)
    request.session[CHOSEN] = shop.pk
    return redirect("seller:home")


@centre
def steps(request: HttpRequest, shop: Seller) -> HttpResponse:
    return steps_page(request, shop)


@centre
@may("shop")
@require_POST
def save_profile(request: HttpRequest, shop: Seller) -> HttpResponse:
    form = ProfileForm(request.POST)
    return _save(request, shop, form, "profile", lambda got: actions.save_profile(shop, **got, by=request.user))


@centre
@owners_only
@require_POST
def save_business(request: HttpRequest, shop: Seller) -> HttpResponse:
    form = BusinessForm(request.POST)
    return _save(request, shop, form, "business", lambda got: actions.save_business(shop, **got, by=request.user))


@centre
@owners_only
@require_POST
def save_account(request: HttpRequest, shop: Seller) -> HttpResponse:
    form = AccountForm(request.POST)
    return _save(request, shop, form, "account", lambda got: actions.save_payout_account(shop, **got, by=request.user))


@centre
@may("shop")
@require_POST
def save_shipping(request: HttpRequest, shop: Seller) -> HttpResponse:
    form = ShippingForm(request.POST)
    return _save(
        request, shop, form, "shipping", lambda got: actions.save_shipping_policy(shop, **got, by=request.user)
    )


@centre
@owners_only
@require_POST
def submit(request: HttpRequest, shop: Seller) -> HttpResponse:
    try:
        actions.submit(shop, by=request.user)
    except DureError as error:
        return steps_page(request, shop, status=error.status, refusal=str(error))
    toast(request, _("심사를 신청했어요. 보통 하루 안에 알려 드려요."))
    return redirect("seller:steps")


def _save(
    request: HttpRequest, shop: Seller, form: Form, part: str, deed: Callable[[dict[str, Any]], object]
) -> HttpResponse:
    if form.is_valid():
        try:
            deed(form.cleaned_data)
        except DureError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            toast(request, _("저장했어요."))
            return redirect(reverse("seller:steps") + f"#{part}")
    return steps_page(request, shop, status=422, **{part: form})


def steps_page(request: HttpRequest, shop: Seller, status: int = 200, refusal: str = "", **forms: Form) -> HttpResponse:
    shop.refresh_from_db()
    account = queries.current_account(shop)
    known: dict[str, Any] = {
        "profile": ProfileForm(initial={"name": shop.name, "story": shop.story}),
        "business": BusinessForm.of(shop),
        "account": AccountForm(
            initial={"bank_code": account.bank_code, "holder_name": account.holder_name} if account else None
        ),
        "shipping": ShippingForm.of(getattr(shop, "shipping_policy", None)),
        "paper_form": DocumentForm(),
    }
    steps, papers = queries.readiness(shop, account), queries.current_documents(shop)
    products = Product.objects.filter(seller=shop).count()
    items = queries.checklist(shop, products=products, account=account, documents=papers)
    return page(
        request,
        shop,
        "seller/steps.html",
        status,
        **apart({**known, **forms}),
        steps=steps,
        items=items,
        asking=any(item.state == "ASKING" for item in items),
        papers=papers if owns(request) else [],
        days=queries.review_days() if shop.status == "IN_REVIEW" else None,
        mend=[(item.label, shop.mend[item.code]) for item in items if item.code in shop.mend],
        labels=[step.label for step in steps],
        reached=sum(step.done for step in steps),
        current_account=account,
        bank=queries.bank_name(account.bank_code) if account else "",
        number=queries.masked_number(account) if account else "",
        is_owner=owns(request),
        refusal=refusal,
        broken=set(forms),
    )
