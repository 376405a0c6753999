"""Which shop a person works in now, what they may do there, and the menu of the seller centre.

    @centre                       # the view gets the shop the person works in
    @sees("orders")               # who may open the page (without: everybody of the shop)
    @may("orders")                # who may change something: of any of the areas named
    @require_POST
    def acknowledge(request, shop, pk): ...

In templates `can.products`, `can.orders`, `can.finance`, `can.shop`, `can.owner` say whether to show a button, and
`sees.orders` … whether to show a part of a page.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dure.commerce.sellers import rules
from dure.commerce.sellers.errors import RoleMissing
from dure.commerce.sellers.models import Member, Seller, SellerStatus
from dure.kit.prepared import Prepared, Slot
from dure.sites.design.paths import at
from dure.sites.seller.badges import Badges, badges_of

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


def may(*areas: str) -> Callable[[View], View]:
    """Below `@centre`: only roles that may change something of one of `areas`; others get 403 with whom to ask."""
    return _only(lambda role: rules.may_change(role, *areas))


def sees(*areas: str) -> Callable[[View], View]:
    """Below `@centre`: only roles that may look at one of `areas`."""
    return _only(lambda role: rules.may_see(role, *areas))


def _only(allows: Callable[[str], bool]) -> Callable[[View], View]:
    def wrap(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, shop: Seller, *args: Any, **kwargs: Any) -> HttpResponse:
            if not allows(role_of(request)):
                raise RoleMissing()
            return view(request, shop, *args, **kwargs)

        return checked

    return wrap


owners_only = may("owner")  # company, account and people are the owner's business


def role_of(request: HttpRequest) -> str:
    """The role in the shop that `shop_of` found."""
    return str(getattr(request, "shop_role", ""))


def owns(request: HttpRequest) -> bool:
    return rules.may_change(role_of(request), "owner")


def can(request: HttpRequest) -> dict[str, bool]:
    role = role_of(request)
    return {area: rules.may_change(role, area) for area in rules.AREAS}


def shop_of(request: HttpRequest) -> Seller | None:
    """The shop chosen, else the oldest one; remembers the person's role in it on the request.

    An operator on a visit (`visits.py`) sees the shop of the visit, and only sees it.
    """
    if visit := getattr(request, "visit", None):
        request.shop_role, request.other_shops = Member.Role.READ_ONLY.value, []  # type: ignore[attr-defined]
        return visit.seller
    rows = MEMBERS(user=request.user.pk or 0)
    chosen = request.session.get(CHOSEN)
    member = next((row for row in rows if row.seller_id == chosen), rows[0] if rows else None)
    request.shop_role = member.role if member else ""  # type: ignore[attr-defined]
    request.other_shops = [row.seller for row in rows if row is not member]  # type: ignore[attr-defined]
    return member.seller if member else None


MEMBERS = Prepared(
    lambda: (
        Member.objects.filter(user=Slot("user", "bigint"))
        .exclude(seller__status=SellerStatus.CLOSED)
        .select_related("seller")
        .order_by("seller_id")
    )
)


def page(request: HttpRequest, shop: Seller, template: str, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, template, {**frame(request, shop), **context}, status=status)


def apart(forms: dict[str, Any]) -> dict[str, Any]:
    """Several forms on one page: each with ids of its own, so that labels find their fields."""
    for name, form in forms.items():
        form.auto_id = f"{name}_%s"
    return forms


def frame(request: HttpRequest, shop: Seller) -> dict[str, Any]:
    """What every page of the centre has: the shop, the others one may switch to, the menu, what one may do."""
    waits = badges_of(shop)
    return {
        "shop": shop,
        "others": getattr(request, "other_shops", []),
        "waits": waits,
        "nav": _nav(role_of(request), waits),
        "can": can(request),
        "sees": {area: rules.may_see(role_of(request), area) for area in rules.AREAS},
    }


def _nav(role: str, waits: Badges) -> list[tuple[str, str, str, int]]:
    """(label, url, icon, badge) of what this role may see."""
    asked = waits.questions + (waits.threads if rules.may_see(role, "orders") else 0)
    items = [
        ("", _("오늘"), "seller:home", "layout-dashboard", 0),
        ("orders", pgettext("menu", "주문"), "seller:orders", "receipt-text", waits.fresh),
        ("products", pgettext("menu", "상품"), "seller:products", "package", 0),
        ("products", _("배송비"), "seller:delivery", "truck", 0),
        ("", _("엑셀"), "seller:sheets", "file-spreadsheet", 0),
        ("orders", _("클레임"), "seller:claims", "rotate-ccw", waits.claims),
        ("finance", _("정산"), "seller:settlements", "landmark", 0),
        ("products", _("쿠폰·행사"), "seller:offers", "tag", 0),
        ("products", _("문의"), "seller:questions", "message-circle", asked),
        ("products", _("후기"), "seller:reviews", "star", 0),
        ("shop", _("가게 정보"), "seller:steps", "store", waits.papers if rules.may_see(role, "owner") else 0),
        ("owner", _("개발자"), "seller:developers", "lock", 0),
    ]
    return [
        (label, at(name), icon, badge)
        for area, label, name, icon, badge in items
        if not area or rules.may_see(role, area)
    ]
