"""Where it goes and who pays: by members and by guests."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from dure.commerce.cart import actions
from dure.commerce.orders import addresses, receipts
from dure.commerce.orders.actions import Guest, Wanted, place_order
from dure.commerce.orders.errors import AddressBookFull
from dure.commerce.orders.models import Order, SavedAddress
from dure.finance.payments.ways import Way
from dure.kit.errors import DureError
from dure.kit.korean import phone_shown
from dure.sites.shop import access, basket, forms, offering
from dure.sites.shop.views.cart import Rows, rows_of

FOUND = ("postcode", "address1")  # what the address search brings back


def checkout(request: HttpRequest) -> HttpResponse:
    """The ticked lines of the cart, or those named in the query (`option`, `quantity`, `show`, repeated): "buy now"."""
    given = request.POST if request.method == "POST" else request.GET
    rows = rows_of(given) or _ticked(request)
    if request.method == "POST":
        return _order(request, rows)
    book = _book(request.user)
    saved = next((a for a in book if str(a.pk) == given.get("address")), None) or _default(book)
    start = {**_start(request.user, saved), **{name: given[name] for name in FOUND if name in given}}
    offers = offering.chosen(request.user, given)
    quote = _quote(request, rows, given, given.get("postcode") or start.get("postcode", ""), offers)
    section = offering.section(request.user, quote.reckoned, offers)
    if request.headers.get("HX-Request"):
        return render(request, "shop/_summary.html", {"quote": quote, "expected_swap": True, "offers": section})
    if not quote.groups:
        return redirect("shop:cart")
    form = _form(request, initial={**start, "key": forms.fresh_key(), "expected": quote.total})
    return render(request, "shop/checkout.html", _context(request, form, quote, section, book, saved))


def _order(request: HttpRequest, rows: Rows) -> HttpResponse:
    offers = offering.chosen(request.user, request.POST)
    form = _form(request, request.POST)
    applying = "apply" in request.POST  # only another choice of coupons, by a browser without scripts
    if not applying and form.is_valid():
        wanted = [Wanted(option, quantity, show) for option, quantity, show in rows]
        live = next((w.show for w in wanted if w.show), None)
        try:
            order = place_order(
                access.actor(request),
                wanted,
                form.address(),
                key=str(form.cleaned_data["key"]),
                guest=_guest(form),
                expected_total=form.cleaned_data["expected"],
                source=Order.Source.LIVE if live else Order.Source.WEB,
                show=live,
                offers=offers,
                at_the_door=_at_the_door(request.POST),
                no_withdrawal=form.cleaned_data["no_withdrawal"],
            )
        except DureError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            return _placed(request, form, order, wanted)
    quote = _quote(request, rows, request.POST, request.POST.get("postcode", ""), offers)
    if applying:
        form = _form(request, initial={**request.POST.dict(), "expected": quote.total})
    else:
        form.data = form.data.copy()
        form.data["expected"] = quote.total  # what the page now shows, and the next press agrees to
    section = offering.section(request.user, quote.reckoned, offers)
    context = _context(request, form, quote, section, _book(request.user))
    return render(request, "shop/checkout.html", context, status=200 if applying else 422)


def _placed(request: HttpRequest, form: forms.Checkout, order: Order, wanted: list[Wanted]) -> HttpResponse:
    """The order stands: what goes with it is done beside it, and does not undo it."""
    if (found := basket.find_cart(request)) is not None:
        actions.clear(found, [w.option for w in wanted])
    if kind := form.cleaned_data["receipt"]:
        receipts.ask(order, kind, form.cleaned_data["receipt_number"])
    buyer = access.actor(request)
    if buyer is None:
        access.remember(request, order)
    elif form.cleaned_data.get("keep"):
        with suppress(AddressBookFull):  # the order is placed all the same
            addresses.save(buyer, form.address())
    way = form.cleaned_data["way"] or Way.CARD
    return redirect(reverse("shop:pay", args=[order.number]) + ("" if way == Way.CARD else f"?way={way}"))


def _form(request: HttpRequest, *args: Any, **kwargs: Any) -> forms.Checkout:
    kind = forms.Checkout if request.user.is_authenticated else forms.GuestCheckout
    return kind(*args, **kwargs)


def _guest(form: forms.Checkout) -> Guest | None:
    told = form.cleaned_data
    if not isinstance(form, forms.GuestCheckout):
        return None
    return Guest(told["guest_name"], told["guest_email"].lower(), told["guest_phone"])


def _ticked(request: HttpRequest) -> Rows:
    lines = basket.lines_of(request)
    request.cart_count = sum(line.quantity for line in lines)  # type: ignore[attr-defined]
    return [(line.option_id, line.quantity, line.show) for line in lines if line.chosen]


def _quote(request: HttpRequest, rows: Rows, given: Any, postcode: str, offers: Any) -> basket.Shown:
    return basket.show_rows(rows, postcode, offers=offers, buyer=request.user, at_the_door=_at_the_door(given))


def _at_the_door(given: Any) -> set[tuple[int, str]]:
    """`door` names the parcels whose freight is paid to the carrier: "seller:key"."""
    pairs = (text.partition(":") for text in given.getlist("door"))
    return {(int(seller), key) for seller, _colon, key in pairs if seller.isdecimal() and len(seller) < 12}


def _context(
    request: HttpRequest,
    form: forms.Checkout,
    quote: basket.Shown,
    section: offering.Section | None,
    book: list[SavedAddress],
    saved: SavedAddress | None = None,
) -> dict[str, Any]:
    here = f"{reverse('shop:checkout')}?{request.GET.urlencode()}" if request.method == "GET" else reverse("shop:cart")
    return {
        "offers": section,
        "form": form,
        "quote": quote,
        "bought": quote.lines,
        "no_return": [line for line in quote.lines if line.option.product.no_withdrawal],
        "summary_url": reverse("shop:checkout"),
        "book": book,
        "saved": saved,
        "here": here,
    }


def _book(user: Any) -> list[SavedAddress]:
    return list(SavedAddress.objects.filter(buyer=user, removed_at=None)) if user.is_authenticated else []


def _default(book: list[SavedAddress]) -> SavedAddress | None:
    return next((address for address in book if address.is_default), None)


def _start(user: Any, saved: SavedAddress | None) -> dict[str, Any]:
    if saved is None:
        return {**last_address(user), "keep": user.is_authenticated}
    names = ("receiver", "postcode", "address1", "address2", "memo")
    return {**{name: getattr(saved, name) for name in names}, "phone": phone_shown(saved.phone)}


def last_address(buyer: Any) -> dict[str, str]:
    """Where the buyer's last order went, or what is known of the buyer."""
    if not buyer.is_authenticated:
        return {}
    last = Order.objects.of(buyer).exclude(postcode="").order_by("-placed_at").first()
    if last is None:
        return {"receiver": buyer.name, "phone": phone_shown(buyer.phone) if buyer.phone else ""}
    names = ("receiver", "postcode", "address1", "address2", "memo")
    return {**{name: getattr(last, name) for name in names}, "phone": phone_shown(last.phone)}
