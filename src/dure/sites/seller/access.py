"""Which shop a person works in now, and the menu of the seller centre."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dure.commerce.claims.models import Claim
from dure.commerce.claims.queries import open_claims_of
from dure.commerce.orders.models import ProductOrder
from dure.commerce.sellers.models import Member, Seller, SellerStatus

View = Callable[..., HttpResponse]
CHOSEN = "seller"  # session key: the shop somebody with several works in now


def centre(view: View) -> View:
    """A page of the seller centre; the view gets the shop. Who works for none is shown how to begin."""

    @wraps(view)
    @login_required
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        shop = shop_of(request)
        if shop is None:
            return redirect("seller:apply")
        return view(request, shop, *args, **kwargs)

    return checked


def owners_only(view: View) -> View:
    """Below `@centre`: company, account and people are the owner's business; staff get 403."""

    @wraps(view)
    def checked(request: HttpRequest, shop: Seller, *args: Any, **kwargs: Any) -> HttpResponse:
        if not owns(request, shop):
            raise PermissionDenied(_("대표만 할 수 있는 일이에요."))
        return view(request, shop, *args, **kwargs)

    return checked


def owns(request: HttpRequest, shop: Seller) -> bool:
    return Member.objects.filter(seller=shop, user=request.user.pk, role=Member.Role.OWNER).exists()


def shop_of(request: HttpRequest) -> Seller | None:
    mine = Seller.objects.of(request.user).exclude(status=SellerStatus.CLOSED).order_by("id")
    chosen = mine.filter(pk=request.session.get(CHOSEN) or 0).first()
    return chosen or mine.first()


def page(request: HttpRequest, shop: Seller, template: str, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, template, {**frame(request, shop), **context}, status=status)


def apart(forms: dict[str, Any]) -> dict[str, Any]:
    """Several forms on one page: each with ids of its own, so that labels find their fields."""
    for name, form in forms.items():
        form.auto_id = f"{name}_%s"
    return forms


def frame(request: HttpRequest, shop: Seller) -> dict[str, Any]:
    """What every page of the centre has: the shop, the others one may switch to, the menu."""
    others = Seller.objects.of(request.user).exclude(pk=shop.pk).exclude(status=SellerStatus.CLOSED)
    return {"shop": shop, "others": others, "nav": _nav(shop)}


def _nav(shop: Seller) -> list[tuple[str, str, str, int]]:
    """(label, url, icon, badge)."""
    fresh = ProductOrder.objects.filter(seller=shop, status="PAID", acknowledged_at=None).count()
    claims = open_claims_of(shop).exclude(status=Claim.Status.COLLECTING).count()
    items = [
        (_("오늘"), "seller:home", "layout-dashboard", 0),
        (pgettext("menu", "주문"), "seller:orders", "receipt-text", fresh),
        (pgettext("menu", "상품"), "seller:products", "package", 0),
        (_("클레임"), "seller:claims", "rotate-ccw", claims),
        (_("정산"), "seller:settlements", "landmark", 0),
        (_("후기"), "seller:reviews", "star", 0),
        (_("가게 정보"), "seller:steps", "store", 0),
    ]
    return [(label, reverse(name), icon, badge) for label, name, icon, badge in items]
