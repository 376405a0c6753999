"""The address book, and looking an address up."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.orders import addresses as book
from dure.commerce.orders.models import SavedAddress
from dure.integrations.address.client import BadWords, Found, Place, juso
from dure.kit.errors import DureError
from dure.kit.http import OutsideError
from dure.kit.korean import phone_shown
from dure.sites.design.toasts import toast
from dure.sites.shop import forms

PER_PAGE = 10


def search(request: HttpRequest) -> HttpResponse:
    """Addresses for a road, a building or a lot: a list to press, with or without scripts. `back` is where it returns to."""
    words = request.GET.get("q", "").strip()[:80]
    page = min(max(int(text) if (text := request.GET.get("page", "1")).isdecimal() else 1, 1), 50)
    found, why = None, ""
    if words:
        try:
            found = juso().search(words, page=page, per_page=PER_PAGE)
        except BadWords as error:
            why = error.message
        except OutsideError:
            why = _("지금은 주소를 찾을 수 없어요. 주소와 우편번호를 직접 적어 주세요.")
    back = request.GET.get("back", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}):
        back = reverse("shop:address_new")
    places = [(place, _with(back, place)) for place in found.places] if found else []
    context = {
        "words": words,
        "found": found,
        "places": places,
        "why": why,
        "more": _more(found, page),
        "back": back,
    }
    return render(request, "shop/_address_found.html" if _partial(request) else "shop/address_search.html", context)


@login_required
def addresses(request: HttpRequest) -> HttpResponse:
    rows = SavedAddress.objects.filter(buyer=request.user, removed_at=None)
    return render(request, "shop/addresses.html", {"addresses": rows})


@login_required
def address(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A new one, or one to change."""
    saved = get_object_or_404(_mine(request), pk=pk) if pk else None
    given = {name: request.GET[name] for name in ("postcode", "address1") if name in request.GET}
    form = forms.SavedAddress(request.POST or None, initial={**(_told(saved) if saved else {}), **given})
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            if saved:
                book.change(saved, form.address(), label=asked["label"], default=asked["default"])
            else:
                book.save(request.user, form.address(), label=asked["label"], default=asked["default"])  # type: ignore[arg-type]
        except DureError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            toast(request, _("주소를 저장했어요."))
            return redirect("shop:addresses")
    return render(request, "shop/address.html", {"form": form, "saved": saved}, status=422 if form.errors else 200)


@require_POST
@login_required
def address_default(request: HttpRequest, pk: int) -> HttpResponse:
    book.make_default(get_object_or_404(_mine(request), pk=pk))
    toast(request, _("기본 주소로 정했어요."))
    return redirect("shop:addresses")


@require_POST
@login_required
def address_remove(request: HttpRequest, pk: int) -> HttpResponse:
    book.remove(get_object_or_404(_mine(request), pk=pk))
    toast(request, _("주소를 지웠어요."), undo=(reverse("shop:address_restore", args=[pk]), {}))
    return redirect("shop:addresses")


@require_POST
@login_required
def address_restore(request: HttpRequest, pk: int) -> HttpResponse:
    book.restore(get_object_or_404(SavedAddress.objects.filter(buyer=request.user), pk=pk))
    return redirect("shop:addresses")


def _mine(request: HttpRequest) -> Any:
    return SavedAddress.objects.filter(buyer=request.user, removed_at=None)


def _told(saved: SavedAddress) -> dict[str, Any]:
    names = ("label", "receiver", "postcode", "address1", "address2", "memo")
    return {
        **{name: getattr(saved, name) for name in names},
        "phone": phone_shown(saved.phone),
        "default": saved.is_default,
    }


def _with(back: str, place: Place) -> str:
    """Back to the form, with the address in it."""
    address, _mark, query = back.partition("?")
    told = QueryDict(query, mutable=True)
    told["postcode"], told["address1"] = place.postcode, place.road
    return f"{address}?{told.urlencode()}"


def _more(found: Found | None, page: int) -> int:
    """The next page's number, or 0."""
    return page + 1 if found and page * PER_PAGE < found.total else 0


def _partial(request: HttpRequest) -> bool:
    return bool(request.headers.get("HX-Request"))
