"""What the people of a shop are told: everybody for themselves, the owner for each role."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from dure.commerce.sellers import rules
from dure.commerce.sellers.errors import RoleMissing
from dure.commerce.sellers.models import Member, Seller
from dure.messaging.kinds import SELLER
from dure.sites.design.toasts import toast
from dure.sites.notices import choosing
from dure.sites.seller.access import centre, owns, page, role_of

MINE = "mine"


@centre
def choices(request: HttpRequest, shop: Seller) -> HttpResponse:
    """`?role=ORDERS` is for the owner: what that role hears as long as its people choose nothing else."""
    asked = request.GET.get("role", MINE)
    role = asked if asked in Member.Role.values else MINE
    if role != MINE and not owns(request):
        raise RoleMissing()
    looked_after = role_of(request) if role == MINE else role
    areas = rules.CHANGES[looked_after]
    whose = [f"role:{shop.pk}:{looked_after}"]
    if role == MINE:
        whose.append(f"user:{request.user.pk}")
    refused: list[str] = []
    if request.method == "POST":
        if not areas:  # who only looks hears of nothing and chooses nothing
            raise RoleMissing()
        shown = choosing.rows(SELLER, whose, areas)
        refused = choosing.save(request.POST.getlist("on"), shown, whose, request.user)  # type: ignore[arg-type]
        if not refused:
            toast(request, _("알림 설정을 저장했어요."))
            return redirect(request.get_full_path())
    tabs = [(MINE, _("내 알림"), request.path)]
    if owns(request):
        tabs += [
            (code, label, f"{request.path}?role={code}") for code, label in Member.Role.choices if rules.CHANGES[code]
        ]
    return page(
        request,
        shop,
        "seller/notices.html",
        422 if refused else 200,
        rows=choosing.rows(SELLER, whose, areas, refused),
        headings=choosing.headings(),
        tabs=tabs,
        current=role,
    )
