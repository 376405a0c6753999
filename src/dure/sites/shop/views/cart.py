"""Putting in, ticking, changing, taking out."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.cart import actions
from dure.commerce.cart.errors import BadCartQuantity
from dure.commerce.cart.models import Cart
from dure.commerce.catalog.models import Option
from dure.kit.errors import DureError
from dure.sites.design.toasts import toast
from dure.sites.shop import basket
from dure.sites.shop.views.catalogue import product_context, visible

Rows = list[tuple[int, int, int | None]]  # option id, quantity, show


def cart(request: HttpRequest) -> HttpResponse:
    quote = basket.show_cart(basket.find_cart(request), request.user)
    request.cart_count = sum(line.quantity for line in quote.lines)  # type: ignore[attr-defined]
    return render(request, "shop/cart.html", {"quote": quote})


@require_POST
def cart_put(request: HttpRequest) -> HttpResponse:
    """`then=checkout` buys this alone at once; the cart stays as it is. `addon-12=1`: beside it, of the same product."""
    option = _option(request)
    addons = _addons(request, option)
    quantity = _whole(request.POST.get("quantity"), 1)
    show = _whole(request.POST.get("show"), 0) or None
    if request.POST.get("then") == "checkout":
        rows = [(option.pk, quantity, show), *((extra.pk, pieces, None) for extra, pieces in addons)]
        return redirect(f"{reverse('shop:checkout')}?{_as_query(rows)}")
    try:
        actions.put_all(basket.open_cart(request), [(option, quantity), *addons], show=show)
    except DureError as error:
        seen = get_object_or_404(visible(request), pk=option.product_id)
        context = product_context(request, seen, error=str(error), quantity=quantity)
        return render(request, "shop/product.html", context, status=error.status)
    toast(request, _("장바구니에 담았어요."))
    return redirect("shop:cart")


@require_POST
def cart_change(request: HttpRequest) -> HttpResponse:
    found = basket.find_cart(request)
    option = _option(request)
    if found is not None:
        try:
            actions.change(found, option, _whole(request.POST.get("quantity"), -1))
        except BadCartQuantity as error:
            toast(request, str(error))
    return _shown(request, found)


@require_POST
def cart_choose(request: HttpRequest) -> HttpResponse:
    """Tick or untick: one option, those of one seller, or all of them (`on` says which)."""
    found = basket.find_cart(request)
    if found is not None:
        options = [_whole(text, 0) for text in request.POST.getlist("option")]
        actions.choose(found, options, chosen=request.POST.get("on") == "1")
    return _shown(request, found)


@require_POST
def cart_remove(request: HttpRequest) -> HttpResponse:
    found = basket.find_cart(request)
    option = _option(request)
    line = found.lines.filter(option=option).first() if found else None
    if found and line:
        actions.remove(found, option)
        back = {"option": option.pk, "quantity": line.quantity, "show": line.show or ""}
        toast(request, _("장바구니에서 뺐어요."), undo=(reverse("shop:cart_put"), back))
    return redirect("shop:cart")


def _shown(request: HttpRequest, found: Cart | None) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return render(request, "shop/_cart.html", {"quote": basket.show_cart(found, request.user)})
    return redirect("shop:cart")


def _option(request: HttpRequest) -> Option:
    return get_object_or_404(Option, pk=_whole(request.POST.get("option"), 0))


def _addons(request: HttpRequest, option: Option) -> list[tuple[Option, int]]:
    wanted = {
        _whole(name.removeprefix("addon-"), 0): _whole(request.POST[name], 0)
        for name in request.POST
        if name.startswith("addon-")
    }
    extras = Option.objects.filter(product=option.product_id, addon=True, pk__in=wanted)
    return [(extra, wanted[extra.pk]) for extra in extras if wanted[extra.pk]]


def rows_of(given: Any) -> Rows:
    options, quantities = given.getlist("option"), given.getlist("quantity")
    shows = [*given.getlist("show"), *[""] * len(options)]
    rows = [
        (_whole(option, 0), _whole(quantity, 0), _whole(show, 0) or None)
        for option, quantity, show in zip(options, quantities, shows, strict=False)
    ]
    return [row for row in rows if row[0] and 1 <= row[1] <= actions.MOST]


def _as_query(rows: Rows) -> str:
    return urlencode([pair for o, q, s in rows for pair in (("option", o), ("quantity", q), ("show", s or ""))])


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 12 else otherwise
