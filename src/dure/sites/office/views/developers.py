"""The house's own programs and the shop fronts: keys, webhooks of all sellers, their log (pages of `sites.api.pages`)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from dure.people.models import Role
from dure.sites.api.models import Holder
from dure.sites.api.pages import Place, View, urls
from dure.sites.office.access import nav, office


def within(view: View) -> View:
    @office(Role.OPERATOR)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        frame = {"nav": nav(request.user)}  # type: ignore[arg-type]
        place = Place(None, [Holder.SHOPFRONT, Holder.HOUSE], "office", "office/base.html", frame)
        return view(request, place, *args, **kwargs)

    return shown


urlpatterns = urls(within)
