"""Putting in, changing, taking out, and the checkout."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.cart import actions
from dure.commerce.cart.errors import BadCartQuantity
from dure.commerce.catalog.models import Option, Product
from dure.commerce.orders.actions import Wanted, place_order
from dure.commerce.orders.models import Order
from dure.kit.errors import DureError
from dure.kit.korean import phone_shown
from dure.sites.design.toasts import toast
from dure.sites.shop import basket, forms, offering
from dure.sites.shop.views.catalogue import product_context

Rows = list[tuple[int, int, int | None]]  # option id, quantity, show


def cart(request: HttpRequest) -> HttpResponse:
    return render(request, "shop/cart.html", {"quote": basket.show_cart(basket.find_cart(request))})


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
        seen = get_object_or_404(Product.objects.on_sale().select_related("seller", "category"), pk=option.product_id)
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
    if request.headers.get("HX-Request"):
        return render(request, "shop/_cart.html", {"quote": basket.show_cart(found)})
    return redirect("shop:cart")


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


@login_required
def checkout(request: HttpRequest) -> HttpResponse:
    """The cart's lines, or those named in the query (`option`, `quantity`, `show`, repeated): "buy now"."""
    given = request.POST if request.method == "POST" else request.GET
    named = _rows(given)
    found = None if named else basket.find_cart(request)
    rows: Rows = named or ([(line.option_id, line.quantity, line.show) for line in found.lines.all()] if found else [])
    if request.method == "POST":
        return _order(request, rows)
    offers = offering.chosen(request.user, given)
    quote = basket.show_rows(
        rows, given.get("postcode") or last_address(request.user).get("postcode", ""), offers=offers
    )
    section = offering.section(request.user, quote.reckoned, offers)
    if request.headers.get("HX-Request"):
        return render(request, "shop/_summary.html", {"quote": quote, "expected_swap": True, "offers": section})
    if not quote.groups:
        return redirect("shop:cart")
    initial = {**last_address(request.user), "key": forms.fresh_key(), "expected": quote.total}
    return render(request, "shop/checkout.html", _checkout_context(forms.Checkout(initial=initial), quote, section))


def _order(request: HttpRequest, rows: Rows) -> HttpResponse:
    offers = offering.chosen(request.user, request.POST)
    form = forms.Checkout(request.POST)
    applying = "apply" in request.POST  # only another choice of coupons, by a browser without scripts
    if not applying and form.is_valid():
        wanted = [Wanted(option, quantity, show) for option, quantity, show in rows]
        live = next((w.show for w in wanted if w.show), None)
        try:
            order = place_order(
                request.user,
                wanted,
                form.address(),
                key=str(form.cleaned_data["key"]),
                expected_total=form.cleaned_data["expected"],
                source=Order.Source.LIVE if live else Order.Source.WEB,
                show=live,
                offers=offers,
            )
        except DureError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            if (found := basket.find_cart(request)) is not None:
                actions.clear(found, [w.option for w in wanted])
            return redirect("shop:pay", order.number)
    quote = basket.show_rows(rows, request.POST.get("postcode", ""), offers=offers)
    if applying:
        form = forms.Checkout(initial={**request.POST.dict(), "expected": quote.total})
    else:
        form.data = form.data.copy()
        form.data["expected"] = quote.total  # what the page now shows, and the next press agrees to
    context = _checkout_context(form, quote, offering.section(request.user, quote.reckoned, offers))
    return render(request, "shop/checkout.html", context, status=200 if applying else 422)


def _checkout_context(form: forms.Checkout, quote: basket.Shown, section: offering.Section | None) -> dict[str, Any]:
    return {
        "offers": section,
        "form": form,
        "quote": quote,
        "bought": quote.lines,
        "summary_url": reverse("shop:checkout"),
    }


def last_address(buyer: Any) -> dict[str, str]:
    """Where the buyer's last order went, or what is known of the buyer."""
    last = Order.objects.of(buyer).exclude(postcode="").order_by("-placed_at").first()
    if last is None:
        return {"receiver": buyer.name, "phone": phone_shown(buyer.phone) if buyer.phone else ""}
    names = ("receiver", "postcode", "address1", "address2", "memo")
    return {**{name: getattr(last, name) for name in names}, "phone": phone_shown(last.phone)}


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


def _rows(given: Any) -> Rows:
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
