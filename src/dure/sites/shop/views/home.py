"""The first page: the market, and in demo mode the people to sign in as."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth import login
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.search import queries as search
from dure.config import load
from dure.kit import clock
from dure.live.models import Show, ShowOffer, ShowQuerySet
from dure.people.models import User
from dure.sites.public import public
from dure.sites.shop import demo, seo
from dure.sites.shop.views.exhibitions import open_exhibitions
from dure.sites.shop.views.kept import hearts


@public(seconds=20)
def home(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    well_sold = search.cards_in_front("sales")
    newest = search.cards_in_front("new")
    context = {
        "shelves": search.tree(),
        "running": _shows().running().order_by("-on_air_at")[:4],
        "coming": _shows().coming().filter(planned_at__gte=now - timedelta(hours=6)).order_by("planned_at")[:4],
        "exhibitions": open_exhibitions(now),
        "well_sold": well_sold,
        "newest": newest,
        "wished": hearts(request, [*well_sold, *newest]),
        "seo": seo.Page("/", data=[seo.organization(_("두레")), seo.website(_("두레"))]),
        "people": demo.people() if load().mode == "demo" else [],
    }
    return render(request, "shop/home.html", context)


def _shows() -> ShowQuerySet:
    """Public shows with host and products, ready to be drawn."""
    return (
        Show.objects.public()
        .select_related("host")
        .prefetch_related(
            Prefetch("offers", ShowOffer.objects.select_related("option__product")), "offers__option__product__photos"
        )
    )


@require_POST
def demo_enter(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demo's people, without a password. Demo mode only, and never as somebody else."""
    if load().mode != "demo":
        raise Http404
    email = request.POST.get("email", "")
    if email not in demo.emails():
        raise Http404
    user = User.objects.filter(email=email, is_active=True).first()
    if user is None:
        raise Http404
    login(request, user)
    onward = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(onward, {request.get_host()}, request.is_secure()):
        onward = "/"
    return redirect(onward)
