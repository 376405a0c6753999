"""A guest comes back to an order: by its number and the phone number or e-mail address written at the checkout."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from dure.commerce.orders import guests
from dure.kit.errors import DureError
from dure.sites.shop import access, forms


def look_up(request: HttpRequest) -> HttpResponse:
    form = forms.GuestLookup(request.POST or None, initial={"number": request.GET.get("number", "")})
    status = 200
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            order = guests.look_up(asked["number"], asked["contact"], asker=request.META.get("REMOTE_ADDR", ""))
        except DureError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            status = error.status
        else:
            access.remember(request, order)
            return redirect("shop:order", order.number)
    elif request.method == "POST":
        status = 422
    return render(request, "shop/guest_lookup.html", {"form": form}, status=status)
