"""Where a merchant's unfinished items are mended, and how the owner is invited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from dure.commerce.sellers.models import Invitation, Seller
from dure.config import load
from dure.kit import clock
from dure.partnership.readiness import Check, Readiness, Who
from dure.people.models import Role, User
from dure.sites.design.qr import qr

TURN = {Who.OWNER: __("점주"), Who.MD: __("MD"), Who.OPERATOR: __("운영자")}


@dataclass(frozen=True)
class Fix:
    """An item of the checklist as the page shows it."""

    check: Check
    turn: str
    url: str  # empty: nothing this person can open


def fixes(ready: Readiness, user: User) -> list[Fix]:
    return [Fix(check, str(TURN[check.item.who]), where(ready, check, user)) for check in ready.checks]


def where(ready: Readiness, check: Check, user: User) -> str:
    """The address at which `user` can mend an item."""
    if check.item.place == "invite":
        return f"{reverse('desk:lead', args=[ready.lead.pk])}#invite"
    if ready.seller is None:
        return ""
    if check.item.place == "approval":
        return _address("office:seller", ready.seller.pk) if user.has_role(Role.OPERATOR) else ""
    if check.item.place == "product" and ready.product and user.has_role(Role.MD, Role.OPERATOR):
        return reverse("desk:product", args=[ready.product.pk])
    return ""


def _address(name: str, *args: Any) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@dataclass(frozen=True)
class Link:
    """What an MD hands to an owner: an address, a message to copy, a QR code to show."""

    invitation: Invitation
    url: str
    message: str
    qr: str


def invitation(seller: Seller) -> Link | None:
    """The newest invitation of an owner that still holds."""
    open_one = (
        Invitation.objects.filter(seller=seller, accepted_at=None, expires_at__gt=clock.now(), role="OWNER")
        .order_by("-created_at")
        .first()
    )
    if open_one is None:
        return None
    url = load().base_url + (_address("seller:join", open_one.code) or f"/seller/join/{open_one.code}/")
    message = _("[두레] %(shop)s 사장님, 온라인 입점을 도와드릴게요. 아래 링크를 눌러 가입해 주세요.\n%(url)s") % {
        "shop": seller.name,
        "url": url,
    }
    return Link(open_one, url, message, qr(url))
