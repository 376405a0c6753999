"""The products of a shop: the list, a new one, a copy, and what happens to one or to several."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from dure.commerce.catalog import actions, queries
from dure.commerce.catalog.models import Product, ProductStatus
from dure.commerce.sellers.models import Seller
from dure.commerce.stock import actions as stock
from dure.kit.errors import DureError
from dure.sites.design.toasts import toast
from dure.sites.seller import lists
from dure.sites.seller.access import can, centre, frame, may, page
from dure.sites.seller.forms import OptionFormSet, ProductForm
from dure.sites.seller.views.editor import editor, mine, one


@centre
def product_list(request: HttpRequest, shop: Seller) -> HttpResponse:
    rows = mine(shop).select_related("category").prefetch_related("photos", "options__stock")
    counts = queries.counts_by_state(shop.pk)
    chosen = request.GET.get("status", "")
    tabs = [("", _("전체"), reverse("seller:products"), sum(counts.values()))]
    tabs += [(s, label, f"?status={s}", counts[s]) for s, label in ProductStatus.choices if counts.get(s)]
    bulk = lists.product_deeds() if can(request)["products"] else ()
    listing = lists.Products(request, rows, bulk=bulk)
    return listing.respond("seller/products.html", **frame(request, shop), tabs=tabs, chosen=chosen)


# Deeds with a page of their own, where the picked products wait.
ASIDE = {
    "discount": "seller:new_discount",
    "delivery": "seller:delivery_assign",
}


@centre
@may("products")
@require_POST
def several(request: HttpRequest, shop: Seller, deed: str) -> HttpResponse:
    """Stop or go on selling the picked products; taken back in one press."""
    deeds: dict[str, Any] = {"suspend": (actions.suspend_all, "resume"), "resume": (actions.resume_all, "suspend")}
    ids = [int(pk) for text in request.POST.getlist("ids") for pk in text.split(",") if pk.isdecimal()]
    if deed in ASIDE:
        return redirect(f"{reverse(ASIDE[deed])}?{urlencode({'product': ids}, doseq=True)}")
    if deed not in deeds:
        raise Http404
    act, back = deeds[deed]
    done = act(mine(shop).filter(pk__in=ids), by=request.user)
    if not done:
        toast(request, _("바꿀 상품이 없어요. 판매 중이거나 멈춘 상품을 골라 주세요."))
        return redirect("seller:products")
    said = {
        "suspend": ngettext("%(n)d개 상품의 판매를 멈췄어요.", "%(n)d개 상품의 판매를 멈췄어요.", len(done)),
        "resume": ngettext("%(n)d개 상품을 다시 팔아요.", "%(n)d개 상품을 다시 팔아요.", len(done)),
    }[deed]
    undo = (reverse("seller:several", args=[back]), {"ids": ",".join(str(p.pk) for p in done)})
    toast(request, said % {"n": len(done)}, undo=undo)
    return redirect("seller:products")


@centre
@may("products")
def new_product(request: HttpRequest, shop: Seller) -> HttpResponse:
    form, options = ProductForm(request.POST or None), OptionFormSet(request.POST or None, prefix="options")
    if request.method == "POST" and form.is_valid() and options.is_valid():
        filled = [row for row in options if row.filled]
        try:
            product = actions.create_product(
                shop,
                **form.words(),
                options=[row.row() for row in filled],
                key=form.cleaned_data["key"],
                by=request.user,
            )
            _count_stock(product, filled, request)
        except DureError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            toast(request, _("저장했어요. 이제 사진과 고시를 채워 주세요."))
            return redirect("seller:product", product.pk)
    status = 422 if request.method == "POST" else 200
    return page(request, shop, "seller/new_product.html", status, form=form, options=options)


@centre
@may("products")
@require_POST
def copy(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    """A draft like this one, to change a few words of."""
    made = actions.copy_product(one(shop, pk), by=request.user)
    toast(request, _("복사했어요. 이름과 재고를 고쳐 주세요."))
    return redirect("seller:product", made.pk)


@centre
@may("products")
@require_POST
def move(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    """Submit for review, take back, suspend, resume, end."""
    found = one(shop, pk)
    deeds: dict[str, Any] = {
        "submit": (actions.submit_for_review, _("심사를 신청했어요.")),
        "withdraw": (actions.withdraw, _("심사 신청을 거두었어요.")),
        "suspend": (actions.suspend, _("판매를 멈췄어요.")),
        "resume": (actions.resume, _("다시 팔아요.")),
        "end": (actions.end, _("판매를 끝냈어요.")),
    }
    deed, said = deeds.get(request.POST.get("deed", ""), (None, ""))
    if deed is None:
        raise Http404
    try:
        deed(found, by=request.user)
    except DureError as error:
        return editor(request, shop, found, error.status, refusal=str(error))
    toast(request, said)
    return redirect("seller:product", pk)


def _count_stock(product: Product, rows: list[Any], request: HttpRequest) -> None:
    by_name = {option.name: option for option in product.options.filter(active=True).select_related("stock")}
    for row in rows:
        typed, option = row.cleaned_data.get("stock"), by_name.get(row.cleaned_data["name"].strip())
        if typed and option and not hasattr(option, "stock"):  # stocked once, sent twice or not
            stock.set_available(option, typed, seen=0, by=request.user, why=_("판매자센터에서 고침"))  # type: ignore[arg-type]
