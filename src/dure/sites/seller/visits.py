"""While an operator looks at the seller centre as a seller: whose eyes, reading only, every page written down.

Three things keep it harmless: only GET passes; what runs below runs in a read-only transaction, so that the database
itself refuses whatever a view might write; and the visit ends by itself.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from dure.commerce.sellers import actions
from dure.commerce.sellers.errors import OnlyLooking
from dure.commerce.sellers.models import Member, Visit
from dure.kit import clock
from dure.people.models import Role

VISIT = "visit"  # session key
HARMLESS = {"GET", "HEAD", "OPTIONS"}


class Visits:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(reverse("seller:home")) or not request.session.get(VISIT):
            return self.get_response(request)
        visit = _visit(request)
        if visit is None:
            seller = request.session.pop("visit_seller", None)
            del request.session[VISIT]
            messages.info(request, _("판매자 화면 보기가 끝났어요."))
            return redirect("office:seller", seller) if seller else redirect("office:sellers")
        if request.method not in HARMLESS:
            return render(request, "design/error.html", {"error": OnlyLooking()}, status=OnlyLooking.status)
        actions.note_page(visit, request.get_full_path())
        owner = Member.objects.filter(seller=visit.seller_id, role=Member.Role.OWNER).select_related("user").first()
        request.visit = visit  # type: ignore[attr-defined]
        if owner:
            request.user = owner.user
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION READ ONLY")
            return self.get_response(request)


def _visit(request: HttpRequest) -> Visit | None:
    """The visit of this session, if it holds now and its operator still is one."""
    visit = (
        Visit.objects.select_related("seller", "operator")
        .filter(pk=request.session[VISIT], operator=request.user.pk or 0, ended_at=None, until__gt=clock.now())
        .first()
    )
    return visit if visit and visit.operator.has_role(Role.OPERATOR) else None
