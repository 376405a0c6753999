"""What every page may ask of the house: its mode, its addresses, and where this person may work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
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
        if self.request.user.is_authenticated:
            return self._person.in_cart
        token = self.request.session.get(VISITOR_CART)
        lines = CartLine.objects.filter(cart__session_key=token)
        return lines.aggregate(n=Sum("quantity"))["n"] or 0 if token else 0

    @cached_property
    def workplaces(self) -> list[tuple[str, str, str]]:
        """The surfaces this person may open: (label, url, icon)."""
        user = self.request.user
        if not user.is_authenticated:
            return []
        sells = self._person.sells  # and their roles, which are asked for next
        places = [
            (sells, _("판매자센터"), "/seller/", "store"),
            (user.has_role(Role.FIELD, Role.REVIEWER, Role.MD), _("파트너 데스크"), "/desk/", "handshake"),
            (user.has_role(Role.CREATOR, Role.MD, Role.OPERATOR), _("스튜디오"), "/studio/", "clapperboard"),
            (user.has_role(Role.OPERATOR, Role.FINANCE, Role.CS), _("운영실"), "/office/", "shield-check"),
        ]
        return [(label, url, mark) for may, label, url, mark in places if may]

    @cached_property
    def _person(self) -> Person:
        """What the frame of a page shows of who is signed in, in one statement."""
        with connection.cursor() as cursor:
            cursor.execute(PERSON, {"user": self.request.user.pk})
            roles, sells, in_cart = cursor.fetchone()
        self.request.user.know_roles(roles)  # type: ignore[union-attr]
        return Person(sells, in_cart)


@dataclass(frozen=True)
class Person:
    sells: bool
    in_cart: int  # pieces


PERSON = """
    SELECT ARRAY(SELECT role::text FROM people_grant WHERE user_id = %(user)s),
           EXISTS (SELECT FROM sellers_member WHERE user_id = %(user)s),
           (SELECT coalesce(sum(l.quantity), 0) FROM cart_cartline l JOIN cart_cart c ON c.id = l.cart_id
             WHERE c.user_id = %(user)s)
"""
