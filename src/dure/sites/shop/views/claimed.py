"""An order claimed in a live show: the goods are held already, only where they go is missing."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from dure.commerce.orders.actions import set_address
from dure.commerce.orders.errors import OrderExpired
from dure.commerce.orders.models import Order
from dure.kit import clock
from dure.kit.errors import DureError
from dure.sites.shop.forms import Claimed
from dure.sites.shop.views.checkout import last_address


@login_required
def claimed(request: HttpRequest, number: str) -> HttpResponse:
    orders = Order.objects.of(request.user).prefetch_related("lines__option__product__photos")
    order = get_object_or_404(orders, number=number)
    if order.paid_at:
        return redirect("shop:paid", number)
    if order.ended_at or (order.expires_at and order.expires_at <= clock.now()):
        raise OrderExpired()
    form = Claimed(request.POST or None, initial=last_address(request.user))
    if request.method == "POST" and form.is_valid():
        try:
            set_address(order, form.address(), by=request.user)  # type: ignore[arg-type]
        except DureError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            return redirect("shop:pay", number)
    status = 422 if form.errors else 200
    return render(request, "shop/claimed.html", {"order": order, "form": form}, status=status)
