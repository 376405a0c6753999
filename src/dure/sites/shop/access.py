"""Whose orders a visitor may open: a member's own, and those bought without an account that this browser has shown to be
its own, by placing them or by number and contact (`views/guests.py`)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from dure.commerce.orders.models import Order
from dure.people.models import User

GUEST_ORDERS = "guest_orders"  # in the session: ids of orders
MOST = 30


def buyer_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For members, and for guests with an order. `request.user` then finds both (`Order.objects.of`)."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.user.guest_orders = frozenset(request.session.get(GUEST_ORDERS, []))  # type: ignore[union-attr]
        if not request.user.is_authenticated and not request.user.guest_orders:  # type: ignore[union-attr]
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return shown


def remember(request: HttpRequest, order: Order) -> None:
    """This browser may open the guest's order from now on, as long as its session lasts."""
    kept = [pk for pk in request.session.get(GUEST_ORDERS, []) if pk != order.pk]
    request.session[GUEST_ORDERS] = [*kept, order.pk][-MOST:]


def actor(request: HttpRequest) -> User | None:
    """Who does it, for the record; a guest has no account."""
    return request.user if request.user.is_authenticated else None
