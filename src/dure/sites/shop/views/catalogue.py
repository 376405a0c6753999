"""A product's page."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from dure.commerce.catalog.models import Product
from dure.commerce.catalog.queries import notice_rows
from dure.commerce.catalog.rules import kc_register
from dure.commerce.pricing.queries import delivery_of
from dure.commerce.pricing.rules import Item, shipping_fee
from dure.commerce.pricing.words import fee_reasons
from dure.commerce.reviews.queries import reviews_of, stars_given
from dure.commerce.search import queries as search
from dure.kit import clock
from dure.live.models import Show
from dure.people.rules import check_holds
from dure.sites.public import is_stranger, public
from dure.sites.shop import offering, recent, seo, shelf
from dure.sites.shop.finding import address, shelf_path
from dure.sites.shop.stamps import product_stamp
from dure.sites.shop.views.kept import hearts

REVIEWS_PER_PAGE = 10


@public(seconds=600, stamp=product_stamp)
def product(request: HttpRequest, pk: int) -> HttpResponse:
    seen = get_object_or_404(visible(request), pk=pk)
    if seen.adults_only and not _may_see(request, seen):
        return render(request, "shop/adult_wall.html", {"product": seen})
    response = render(request, "shop/product.html", product_context(request, seen))
    return response if is_stranger(request) else recent.remember(request, response, pk)


def product_context(request: HttpRequest, seen: Product, **also: Any) -> dict[str, Any]:
    now = clock.now()
    page = shelf.page_of(seen, now)
    best = page.best
    policy = getattr(seen.seller, "shipping_policy", None)
    bundle = delivery_of(seen).bundle
    fee = shipping_fee(bundle, [Item(best.price.amount, 1)]) if best else None
    show = Show.objects.public().filter(pk=page.live_show).first() if page.live_show else None
    written = Paginator(reviews_of(seen.pk), REVIEWS_PER_PAGE)
    written.count = page.reviews  # type: ignore[misc]
    reviews = written.get_page(request.GET.get("reviews"))
    beside = [c for c in search.cards_beside(seen.seller_id) if c.pk != seen.pk][:4]
    bought_with = search.bought_with(seen.pk, 4)
    return {
        "product": seen,
        "strip": offering.strip(seen, request.user, now, page.events),
        "page": page,
        "best": best,
        "policy": policy,
        "bundle": bundle,
        "fee": fee,
        "fee_reasons": fee_reasons(fee) if fee else [],
        "show": show,
        "reviews": reviews,
        "notice": notice_rows(seen),
        "kc": [(number, kc_register(number)) for number in seen.kc_numbers],
        "not_yet": bool(seen.sale_from and seen.sale_from > now),
        "over": bool(seen.sale_until and seen.sale_until <= now),
        "same_seller": beside,
        "bought_with": bought_with,
        "path": [(str(c), address(search.Wanted(shelf=c))) for c in shelf_path(seen.category)],
        "wished": hearts(request, [seen, *beside, *bought_with]),
        "seo": seo.of_product(seen, page, fee.amount if fee else None),
        **also,
    }


def _may_see(request: HttpRequest, seen: Product) -> bool:
    """Goods for adults are shown to who was found to be one, and to whoever looks them over before they are sold."""
    known = check_holds(getattr(request.user, "adult_checked_at", None), clock.now())
    return known or bool(request.user.is_authenticated and request.GET.get("preview"))


def visible(request: HttpRequest) -> Any:
    """On sale for everybody; the seller's own people (and the house) see theirs before and after."""
    every = Product.objects.select_related("seller__shipping_policy", "category", "delivery__group").prefetch_related(
        "photos"
    )
    every = every.annotate(stars=stars_given("pk"))
    if request.user.is_authenticated and request.GET.get("preview"):
        if request.user.has_role("MD", "OPERATOR"):
            return every
        return every.of(request.user)
    return every.on_sale()
