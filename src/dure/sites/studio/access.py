"""Who may open the studio, and which shows they find there."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from dure.live import queries
from dure.live.models import Show
from dure.people.errors import NotAllowed
from dure.people.models import Role

View = Callable[..., HttpResponse]
ROLES = (Role.CREATOR, Role.MD, Role.OPERATOR)


def studio(view: View) -> View:
    """A page for hosts, MDs and operators; others get 403, guests sign in."""

    @wraps(view)
    @login_required
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_role(*ROLES):  # type: ignore[union-attr]
            raise NotAllowed()
        return view(request, *args, **kwargs)

    return checked


def show_or_404(request: HttpRequest, code: str) -> Show:
    """The show if this person works on it; another's show is not there at all."""
    found: Show = get_object_or_404(queries.with_plan(Show.objects.for_studio(request.user)), code=code)
    return found


def page(request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    nav = [
        (_("내 방송"), reverse("studio:shows"), "clapperboard", 0),
        (_("방송 준비"), reverse("studio:plan"), "plus", 0),
        (_("라이브 보기"), reverse("live:list"), "radio", 0),
    ]
    return render(request, template, {"nav": nav, **context}, status=status)
