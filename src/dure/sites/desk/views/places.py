"""Today's list, and the way to a market."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from dure.kit import clock
from dure.partnership import queries, rules
from dure.partnership.models import Place
from dure.sites.desk import pictures
from dure.sites.desk.access import CAPTURERS, JUDGES, desk, page
from dure.sites.desk.forms import MarketSearch


@desk()
def today(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    captures = user.has_role(*CAPTURERS)
    return page(
        request,
        "desk/today.html",
        today=queries.today(user),
        captures=captures,
        judges=user.has_role(*JUDGES),
        places=[_shown(place) for place in queries.recent_places(user)] if captures else [],
        day=clock.today(),
    )


@desk()
def markets(request: HttpRequest) -> HttpResponse:
    search = MarketSearch(request.GET)
    found = queries.find_places(
        search.found("q"),
        region=search.found("region"),
        open_on=clock.today() if search.found("open", False) else None,
        near=search.near,
    )
    listed = Paginator(found, 24).get_page(request.GET.get("page"))
    template = "desk/_markets.html" if request.htmx else "desk/markets.html"  # type: ignore[attr-defined]
    return page(
        request,
        template,
        search=search,
        listed=listed,
        markets=[_shown(place) for place in listed],
        map=pictures.market_map(queries.map_points()) if not request.htmx else "",  # type: ignore[attr-defined]
    )


@desk()
def market(request: HttpRequest, pk: int) -> HttpResponse:
    place = get_object_or_404(Place, pk=pk)
    user: Any = request.user
    here = (place.latitude, place.longitude) if place.latitude and place.longitude else None
    visible = set(queries.leads_for(user).filter(shop__place=place).values_list("pk", flat=True))
    return page(
        request,
        "desk/market.html",
        market=_shown(place),
        calendar=pictures.calendar(queries.market_calendar(place, clock.today())) if place.fair_digits else "",
        map=pictures.market_map(queries.map_points(), here) if here else "",
        shops=[(shop, shop.lead.pk in visible) for shop in queries.shops_at(place)],
        captures=user.has_role(*CAPTURERS),
    )


def _shown(place: Place) -> dict[str, Any]:
    today = clock.today()
    return {
        "place": place,
        "opening": place.opening(today),
        "next": rules.next_fair_day(place.fair_digits, today),
        "distance": getattr(place, "distance", None),
    }
