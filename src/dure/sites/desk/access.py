"""Who may open what at the desk, and the menu each person gets."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from dure.partnership import queries
from dure.partnership.models import Lead
from dure.people.errors import NotAllowed
from dure.people.models import Role, User
from dure.sites.design.paths import at

View = Callable[..., HttpResponse]
WORKERS = (Role.FIELD, Role.REVIEWER, Role.MD, Role.OPERATOR)
CAPTURERS = (Role.FIELD, Role.OPERATOR)
JUDGES = (Role.REVIEWER, Role.OPERATOR)


def desk(*roles: str) -> Callable[[View], View]:
    """A page for people with one of `roles` (anybody of the desk when none is named); others get 403, guests sign in."""

    def wrap(view: View) -> View:
        @wraps(view)
        @login_required
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.has_role(*(roles or WORKERS)):  # type: ignore[union-attr]
                raise NotAllowed()
            return view(request, *args, **kwargs)

        return checked

    return wrap


def lead_or_404(user: User, pk: int) -> Lead:
    lead = queries.leads_for(user).filter(pk=pk).first()
    if lead is None:
        raise Http404
    return lead


def page(request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, template, {"nav": nav(request.user), **context}, status=status)  # type: ignore[arg-type]


def nav(user: User) -> list[tuple[str, str, str, int]]:
    """(label, url, icon, badge)."""
    suspects = queries.suspects_for(user).count()
    items = [
        (WORKERS, _("오늘"), "desk:today", "list-checks", 0),
        ((*CAPTURERS, Role.MD), _("시장"), "desk:markets", "map-pin", 0),
        (WORKERS, _("발굴 업체"), "desk:leads", "store", 0),
        (
            (Role.MD, *JUDGES),
            _("내 업체") if user.has_role(Role.MD) else _("MD별 업체"),
            "desk:merchants",
            "handshake",
            0,
        ),
        (JUDGES, _("현황판"), "desk:board", "layout-dashboard", 0),
        ((*CAPTURERS, Role.REVIEWER), _("중복 확인"), "desk:duplicates", "layers", suspects),
    ]
    return [(label, at(name), icon, badge) for roles, label, name, icon, badge in items if user.has_role(*roles)]
