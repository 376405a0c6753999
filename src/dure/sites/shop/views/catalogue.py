"""Shelves, products, sellers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _

from dure.commerce.catalog.models import Category, Product
from dure.commerce.catalog.queries import notice_rows
from dure.commerce.pricing.queries import delivery_of
from dure.commerce.pricing.rules import Item, shipping_fee
from dure.commerce.pricing.words import fee_reasons
from dure.commerce.reviews.queries import reviews_of
from dure.commerce.sellers.models import Seller
from dure.kit import clock
from dure.live.models import Show
from dure.sites.public import public
from dure.sites.shop import shelf
from dure.sites.shop.stamps import product_stamp

PER_PAGE = 24
REVIEWS_PER_PAGE = 10


class ShelfForm(forms.Form):
    """What a shelf's query string may ask; whatever does not fit is as if it had not been asked."""

    q = forms.CharField(required=False, max_length=100)
    category = forms.ModelChoiceField(Category.objects.all(), to_field_name="code", required=False)
    sort = forms.ChoiceField(choices=[(key, label) for key, (label, _columns) in shelf.ORDERS.items()], required=False)
    in_stock = forms.BooleanField(label=_("품절 빼고 보기"), required=False)
    live = forms.BooleanField(label=_("라이브 특가만"), required=False)
    least = forms.IntegerField(label=_("가격"), min_value=0, max_value=100_000_000, required=False)
    most = forms.IntegerField(label=_("까지"), min_value=0, max_value=100_000_000, required=False)

    def wanted(self) -> shelf.Wanted:
        self.is_valid()
        asked = self.cleaned_data
        return shelf.Wanted(
            words=asked.get("q") or "",
            category=asked.get("category"),
            order=asked.get("sort") or "new",
            in_stock=bool(asked.get("in_stock")),
            live=bool(asked.get("live")),
            least=asked.get("least"),
            most=asked.get("most"),
        )


@public(seconds=20)
def products(request: HttpRequest) -> HttpResponse:
    wanted = ShelfForm(request.GET).wanted()
    now = clock.now()
    page = Paginator(shelf.find(wanted, now).select_related("seller"), PER_PAGE).get_page(request.GET.get("page"))
    shelves = shelf.categories()
    opened = wanted.category and (wanted.category.parent_id or wanted.category.pk)
    context = {
        "wanted": wanted,
        "page": page,
        "products": shelf.cards(page.object_list, now),
        "shelves": shelves,
        "opened": next((c for c in shelves if c.pk == opened), None),
        "orders": [(key, label) for key, (label, _columns) in shelf.ORDERS.items()],
    }
    template = "shop/_found.html" if request.headers.get("HX-Request") else "shop/products.html"
    return render(request, template, context)


@public(seconds=600, stamp=product_stamp)
def product(request: HttpRequest, pk: int) -> HttpResponse:
    seen = get_object_or_404(_visible(request), pk=pk)
    return render(request, "shop/product.html", product_context(request, seen))


def product_context(request: HttpRequest, seen: Product, **also: Any) -> dict[str, Any]:
    now = clock.now()
    page = shelf.page_of(seen, now)
    best = page.best
    policy = getattr(seen.seller, "shipping_policy", None)
    bundle = delivery_of(seen).bundle
    fee = shipping_fee(bundle, [Item(best.price.amount, 1)]) if best else None
    show = Show.objects.public().filter(pk=page.live_show).first() if page.live_show else None
    reviews = Paginator(reviews_of(seen.pk), REVIEWS_PER_PAGE).get_page(request.GET.get("reviews"))
    same_seller = (
        Product.objects.on_sale().filter(seller=seen.seller).exclude(pk=seen.pk).order_by("-on_sale_at", "-id")
    )
    return {
        "product": seen,
        "page": page,
        "best": best,
        "policy": policy,
        "bundle": bundle,
        "fee": fee,
        "fee_reasons": fee_reasons(fee) if fee else [],
        "show": show,
        "reviews": reviews,
        "notice": notice_rows(seen),
        "same_seller": shelf.cards(same_seller[:4], now),
        **also,
    }


def _visible(request: HttpRequest) -> Any:
    """On sale for everybody; the seller's own people (and the house) see theirs before and after."""
    every = Product.objects.select_related(
        "seller__shipping_policy", "category__parent", "delivery__group"
    ).prefetch_related("photos")
    if request.user.is_authenticated and request.GET.get("preview"):
        if request.user.has_role("MD", "OPERATOR"):
            return every
        return every.of(request.user)
    return every.on_sale()


@public(seconds=20)
def seller(request: HttpRequest, pk: int) -> HttpResponse:
    seen = get_object_or_404(Seller.objects.open().select_related("shipping_policy"), pk=pk)
    wanted = ShelfForm(request.GET).wanted()
    now = clock.now()
    found = shelf.find(wanted, now).filter(seller=seen).select_related("seller")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {"seller": seen, "page": page, "products": shelf.cards(page.object_list, now)}
    return render(request, "shop/seller.html", context)
