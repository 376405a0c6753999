"""Exhibitions as a buyer sees them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dure.commerce.catalog.models import Photo
from dure.commerce.exhibitions import actions, queries
from dure.commerce.exhibitions.models import Exhibition, Item
from dure.commerce.promotions.models import EventPrice
from dure.kit import clock
from dure.sites.shop import offering


def exhibitions(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    coming = Exhibition.objects.filter(status=Exhibition.Status.PUBLISHED, starts_at__gt=now).order_by("starts_at")
    return render(request, "shop/exhibitions.html", {"on": open_exhibitions(now, 50), "coming": coming[:20]})


def open_exhibitions(now: datetime, limit: int = 3) -> list[Exhibition]:
    """Those on now, each with the time it has left as `left`; one query."""
    on = queries.on_now(now, limit)
    for exhibition in on:
        exhibition.left = time_left(exhibition.ends_at, now)  # type: ignore[attr-defined]
    return on


def exhibition(request: HttpRequest, pk: int) -> HttpResponse:
    """Open to everybody while it is on; afterwards it says so. Before, it does not exist."""
    now = clock.now()
    seen = get_object_or_404(
        Exhibition.objects.filter(status=Exhibition.Status.PUBLISHED, starts_at__lte=now).select_related("offer"), pk=pk
    )
    if seen.ends_at > now and request.method == "GET":
        actions.look(seen)
    return render(request, "shop/exhibition.html", page_of(request.user, seen, now))


def page_of(user: Any, exhibition: Exhibition, now: datetime, *, preview: bool = False) -> dict[str, Any]:
    """What the page draws; the office previews the same. In eight queries."""
    shelves = queries.shelves(exhibition, now, preview=preview)
    prices = queries.prices_in(exhibition, preview=preview)
    ids = [item.product_id for shelf in shelves for item in shelf.items]
    faces = {p.product_id: p.image for p in Photo.objects.filter(product__in=ids).order_by("-position", "-id")}
    over = exhibition.ends_at <= now
    coupons = [] if over else list(queries.coupons_of(exhibition, now).select_related("seller"))
    for coupon in coupons:
        coupon.mine = coupon.coupons.filter(buyer=user.pk or 0).count()  # type: ignore[attr-defined]
        offering.said_of(coupon)
    return {
        "exhibition": exhibition,
        "over": over,
        "left": time_left(exhibition.ends_at, now),
        "shelves": [(s.section, [_card(i, prices[i.product_id], faces, over) for i in s.items]) for s in shelves],
        "coupons": coupons,
    }


def _card(item: Item, price: EventPrice, faces: dict[int, str], over: bool) -> dict[str, Any]:
    now = price.option.price
    holds = not over and price.price < now <= price.list_price
    return {
        "pk": item.product_id,
        "name": item.product.name,
        "photo": faces.get(item.product_id, ""),
        "price": price.price if holds else now,
        "before": now if holds else None,
        "seller_name": item.product.seller.name,
    }


def time_left(until: datetime, now: datetime) -> str:
    """`6일 남음`, on the last day `3시간 12분 남음`."""
    left = until - now
    if left <= timedelta():
        return _("끝났어요")
    if left >= timedelta(days=1):
        return ngettext("%(n)d일 남음", "%(n)d일 남음", left.days) % {"n": left.days}
    minutes = int(left.total_seconds() // 60)
    return _("%(h)d시간 %(m)d분 남음") % {"h": minutes // 60, "m": minutes % 60}
