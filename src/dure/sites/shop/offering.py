"""Coupons and points as a buyer sees them: on a product, in the checkout, in the box."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from dure.commerce.catalog.models import Product
from dure.commerce.promotions import queries, words
from dure.commerce.promotions.models import Coupon
from dure.commerce.promotions.rules import POINTS, Chosen, Reckoned
from dure.kit import clock

MARK = "offers"  # the form field that says: these coupons and points are the buyer's own choice


@dataclass(frozen=True)
class Ticket:
    """A coupon as it is drawn. `why`: why it takes nothing off this cart; `used`: it does."""

    id: int
    name: str
    benefit: str
    conditions: list[str]
    ends_at: Any
    used: bool = False
    saves: int = 0
    why: str = ""


@dataclass(frozen=True)
class Section:
    """What the checkout asks: the coupons of the box, and points."""

    tickets: list[Ticket]
    points: queries.PointsNow
    points_used: int
    points_most: int

    @property
    def any(self) -> bool:
        return bool(self.tickets or self.points.usable)


def chosen(user: Any, given: Any) -> Chosen | None:
    """What the form says; before the buyer has chosen anything, the best coupons of the box. Guests: nothing."""
    if not user.is_authenticated:
        return None
    if not given.get(MARK):
        return Chosen(user.pk, suggest=True)
    ids = tuple(int(pk) for pk in given.getlist("coupon") if pk.isdecimal() and len(pk) < 12)
    points = given.get("points", "").replace(",", "").strip()
    return Chosen(user.pk, ids[:50], int(points) if points.isdecimal() and len(points) < 9 else 0)


def section(user: Any, reckoned: Reckoned, asked: Chosen | None) -> Section | None:
    """For the checkout, beside a quote; in three queries. Those used first, then those that could be."""
    if not user.is_authenticated or asked is None:
        return None
    now = clock.now()
    saves: dict[int, int] = defaultdict(int)
    for discount in reckoned.discounts:
        saves[discount.coupon or 0] += discount.amount
    why = {unused.coupon: words.why_unused(unused) for unused in reckoned.unused}
    tickets = [
        ticket(c, used=c.pk in saves, saves=saves.get(c.pk, 0), why=why.get(c.pk, ""))
        for c in queries.box_of(user, now)[:50]
    ]
    tickets.sort(key=lambda t: (not t.used, bool(t.why)))
    return Section(tickets, queries.points_of(user, now), reckoned.points, reckoned.points_most)


def ticket(coupon: Coupon, **also: Any) -> Ticket:
    offer = coupon.offer
    return Ticket(coupon.pk, offer.name, words.benefit(offer), words.conditions(offer), coupon.expires_at, **also)


def open_coupons(user: Any, at: datetime) -> list[Any]:
    """Coupons to download, each with `said`: its benefit, conditions, how many are left of a limited number."""
    found = queries.coupons_on_offer(user, at)
    for offer in found:
        said_of(offer)
    return found


def said_of(offer: Any) -> None:
    left = None if offer.quantity is None else max(offer.quantity - offer.issued, 0)
    offer.said = {"benefit": words.benefit(offer), "conditions": words.conditions(offer), "left": left}


def strip(product: Product, user: Any, at: datetime, events: dict[int, queries.Event]) -> queries.Strip:
    """What a product page says of offers."""
    found = queries.strip_for(product, user, at, events)
    for offer in found.coupons:
        said_of(offer)
    return found


def savings(reckoned: Reckoned) -> list[tuple[str, int]]:
    """The discount by what it comes from, points last."""
    sums: dict[str, int] = defaultdict(int)
    for discount in sorted(reckoned.discounts, key=lambda d: d.kind == POINTS):
        sums[discount.name or _("포인트")] += discount.amount
    return list(sums.items())
