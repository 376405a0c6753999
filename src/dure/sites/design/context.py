"""What every page may ask of the house: its mode, its addresses, and where this person may work."""

from __future__ import annotations

from typing import Any

from django.db.models import Sum
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from dure.commerce.cart.models import CartLine
from dure.config import load
from dure.people.models import Role

VISITOR_CART = "cart"  # in the session: what a visitor's cart hangs on until they sign in


def house(request: HttpRequest) -> dict[str, Any]:
    return {"house": House(request)}


class House:
    """Read lazily: a page that does not show the cart's count does not ask the database for it."""

    def __init__(self, request: HttpRequest):
        self.request = request
        self.config = load()

    @property
    def demo(self) -> bool:
        return self.config.mode == "demo"

    @property
    def lane_url(self) -> str:
        return self.config.lane_base_url

    @property
    def media_url(self) -> str:
        return self.config.media_base_url

    @property
    def business(self) -> list[tuple[str, str]]:
        """What the e-commerce act (제10조) wants at the foot of a shop: (label, value)."""
        pairs = (item.partition(":") for item in self.config.business.split("|"))
        return [(label.strip(), value.strip()) for label, _colon, value in pairs if value.strip()]

    @cached_property
    def cart_count(self) -> int:
        if (known := getattr(self.request, "cart_count", None)) is not None:  # the page has counted already
            return int(known)
        user, token = self.request.user, self.request.session.get(VISITOR_CART)
        if user.is_authenticated:
            lines = CartLine.objects.filter(cart__user=user)
        elif token:
            lines = CartLine.objects.filter(cart__session_key=token)
        else:
            return 0
        return lines.aggregate(n=Sum("quantity"))["n"] or 0

    @cached_property
    def workplaces(self) -> list[tuple[str, str, str]]:
        """The surfaces this person may open: (label, url, icon)."""
        user = self.request.user
        if not user.is_authenticated:
            return []
        sells = user.sells if hasattr(user, "sells") else user.memberships.exists()  # told by `sites.signed_in`
        places = [
            (sells, _("판매자센터"), "/seller/", "store"),
            (user.has_role(Role.FIELD, Role.REVIEWER, Role.MD), _("파트너 데스크"), "/desk/", "handshake"),
            (user.has_role(Role.CREATOR, Role.MD, Role.OPERATOR), _("스튜디오"), "/studio/", "clapperboard"),
            (user.has_role(Role.OPERATOR, Role.FINANCE, Role.CS), _("운영실"), "/office/", "shield-check"),
        ]
        return [(label, url, mark) for may, label, url, mark in places if may]
