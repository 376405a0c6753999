"""Delivery templates and bundle groups, with a calculator that answers by the very function the checkout asks."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.catalog.models import Product
from dure.commerce.pricing import delivery
from dure.commerce.pricing.models import BundleGroup, DeliveryTemplate
from dure.commerce.pricing.queries import policy_of
from dure.commerce.pricing.rules import Bundle, Item, shipping_fee
from dure.commerce.pricing.words import fee_reasons
from dure.commerce.sellers.models import Seller
from dure.kit.errors import DureError
from dure.kit.money import won
from dure.sites.design.toasts import toast
from dure.sites.seller.access import centre, may, page, sees
from dure.sites.seller.delivery_forms import GroupForm, TemplateForm, TryForm


@centre
@sees("products")
def templates(request: HttpRequest, shop: Seller) -> HttpResponse:
    rows = list(
        DeliveryTemplate.objects.filter(seller=shop)
        .select_related("group")
        .annotate(used=Count("products"))
        .order_by("id")
    )
    without = Product.objects.filter(seller=shop, delivery=None).count()
    asked = TryForm(request.GET if "price" in request.GET else None)
    basket = asked.cleaned_data if asked.is_bound and asked.is_valid() else None
    context = {
        "templates": [(row, _said(_bundle(row), basket)) for row in rows],
        "policy": getattr(shop, "shipping_policy", None),
        "policy_said": _said(policy_of(shop), basket),
        "without": without,
        "default": next((row for row in rows if row.is_default), None),
        "groups": BundleGroup.objects.filter(seller=shop).annotate(used=Count("templates")),
        "products": Product.objects.filter(seller=shop).select_related("delivery").order_by("-updated_at")[:200],
        "try": asked,
    }
    return page(request, shop, "seller/delivery.html", **context)


@centre
@may("shop", "products")
def template(request: HttpRequest, shop: Seller, pk: int | None = None) -> HttpResponse:
    kept = get_object_or_404(DeliveryTemplate.objects.filter(seller=shop), pk=pk) if pk else None
    form = TemplateForm(request.POST or None, instance=kept, seller=shop)
    if request.method == "POST" and form.is_valid():
        fresh = get_object_or_404(DeliveryTemplate, pk=pk) if pk else None
        try:
            saved = delivery.save_template(shop, form.cleaned_data, template=fresh, by=request.user)  # type: ignore[arg-type]
        except DureError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            toast(request, _("‘%(name)s’을(를) 저장했어요.") % {"name": saved.name})
            return redirect("seller:delivery")
    status = 422 if form.errors else 200
    return page(request, shop, "seller/delivery_form.html", status, form=form, kept=kept)


@centre
@may("shop", "products")
def group(request: HttpRequest, shop: Seller, pk: int | None = None) -> HttpResponse:
    kept = get_object_or_404(BundleGroup.objects.filter(seller=shop), pk=pk) if pk else None
    form = GroupForm(request.POST or None, instance=kept)
    if request.method == "POST" and form.is_valid():
        fresh = get_object_or_404(BundleGroup, pk=pk) if pk else None
        try:
            delivery.save_group(shop, form.cleaned_data, group=fresh, by=request.user)  # type: ignore[arg-type]
        except DureError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            toast(request, _("묶음배송 그룹을 저장했어요."))
            return redirect("seller:delivery")
    return page(request, shop, "seller/delivery_group.html", 422 if form.errors else 200, form=form, kept=kept)


@centre
@may("shop", "products")
@require_POST
def template_default(request: HttpRequest, shop: Seller) -> HttpResponse:
    """`template` names it; without one, the shop's own policy is the default again."""
    by: Any = request.user
    if wanted := request.POST.get("template", ""):
        pk = int(wanted) if wanted.isdecimal() and len(wanted) < 12 else 0
        delivery.make_default(get_object_or_404(DeliveryTemplate.objects.filter(seller=shop), pk=pk), by=by)
    else:
        delivery.no_default(shop, by=by)
    toast(request, _("기본 배송비를 바꿨어요. 새 주문부터 적용돼요."))
    return redirect("seller:delivery")


@centre
@may("shop", "products")
def assign(request: HttpRequest, shop: Seller) -> HttpResponse:
    """Products ticked on the page of templates, or picked in the product list (which asks by GET which template), are
    sent by a template; `template` empty: by the default."""
    if request.method != "POST":
        wanted = [int(text) for text in request.GET.getlist("product") if text.isdecimal() and len(text) < 12]
        return page(
            request,
            shop,
            "seller/delivery_assign.html",
            products=Product.objects.filter(seller=shop, pk__in=wanted).select_related("delivery").order_by("name"),
            templates=DeliveryTemplate.objects.filter(seller=shop).order_by("-is_default", "name"),
        )
    wanted = request.POST.get("template", "")
    pk = int(wanted) if wanted.isdecimal() and len(wanted) < 12 else 0
    chosen = get_object_or_404(DeliveryTemplate.objects.filter(seller=shop), pk=pk) if wanted else None
    ids = [int(text) for text in request.POST.getlist("product") if text.isdecimal() and len(text) < 12]
    count = delivery.assign(shop, ids, chosen, by=request.user)  # type: ignore[arg-type]
    toast(request, _("상품 %(n)d개의 배송비를 바꿨어요.") % {"n": count})
    return redirect(reverse("seller:delivery") + "#products")


def _bundle(row: DeliveryTemplate) -> Bundle:
    extras = row.group or row
    return Bundle((row.terms,), pay=row.pay, jeju_extra=extras.jeju_extra, remote_extra=extras.remote_extra)


def _said(bundle: Bundle, basket: dict[str, Any] | None) -> str:
    """ "9,000원: 1개마다 3,000원 × 3 · 제주 +3,000원", for the basket asked for or one piece of 10,000 won."""
    asked = basket or {"price": 10_000, "quantity": 1, "where": ""}
    items = [Item(asked["price"] * asked["quantity"], asked["quantity"])]
    fee = shipping_fee(bundle, items, asked["where"])
    return f"{won(fee.amount)} · {' · '.join(fee_reasons(fee))}"
