"""Whom a visitor of the demo may be, without a password. Read from the market itself, so that it fits any demo data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min
from django.utils.translation import gettext_lazy as _

from dure.commerce.sellers.models import Member, SellerStatus
from dure.people.models import Grant, Role, User

WORK = {
    Role.FIELD: (_("시장을 다니며 가게를 찾아요"), "/desk/", "map-pin"),
    Role.REVIEWER: (_("후보 가게를 심사해요"), "/desk/", "clipboard-check"),
    Role.MD: (_("상품을 다듬고 방송을 짜요"), "/desk/", "sparkles"),
    Role.CREATOR: (_("스튜디오에서 방송해요"), "/studio/", "clapperboard"),
    Role.OPERATOR: (_("판매자와 상품을 승인해요"), "/office/", "shield-check"),
    Role.FINANCE: (_("정산하고 지급해요"), "/office/", "landmark"),
    Role.CS: (_("손님의 문제를 풀어요"), "/office/", "headphones"),
}


@dataclass(frozen=True)
class Person:
    email: str
    name: str
    role: Any
    about: Any
    url: str
    icon: str


def people() -> list[Person]:
    """Two buyers, two shop owners, and one of each role in the house: three queries."""
    return [*_buyers(), *_owners(), *_workers()]


def emails() -> set[str]:
    return {person.email for person in people()}


def _buyers() -> list[Person]:
    busy = (
        User.objects.filter(is_active=True, is_superuser=False, grants=None, memberships=None, orders__isnull=False)
        .annotate(n=Count("orders"))
        .order_by("-n", "pk")[:2]
    )
    return [
        Person(u.email, u.name, _("손님"), _("장을 보고, 방송을 보고, 주문해요"), "/", "shopping-basket") for u in busy
    ]


def _owners() -> list[Person]:
    owners = (
        Member.objects.filter(role=Member.Role.OWNER, seller__status=SellerStatus.APPROVED, user__grants=None)
        .select_related("user", "seller")
        .annotate(n=Count("seller__product_orders"))
        .order_by("-n", "pk")[:2]
    )
    return [Person(m.user.email, m.user.name, _("판매자"), m.seller.name, "/seller/", "store") for m in owners]


def _workers() -> list[Person]:
    first = Grant.objects.filter(role__in=WORK, user__is_active=True).values("role").annotate(first=Min("pk"))
    grants = Grant.objects.filter(pk__in=[row["first"] for row in first]).select_related("user")
    by_role = {grant.role: grant.user for grant in grants}
    return [
        Person(by_role[role].email, by_role[role].name, role.label, about, url, icon)
        for role, (about, url, icon) in WORK.items()
        if role in by_role
    ]
