"""What the house takes of a shop's sales: today, from when it changes, and what that means on last month's sales."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse

from dure.commerce.catalog.models import Product
from dure.commerce.orders.queries import sold_by_shelf
from dure.commerce.pricing.queries import commissions_ahead
from dure.commerce.sellers.models import Seller
from dure.kit import clock
from dure.sites.seller.access import centre, page, sees

MONTH = 30  # days that are called last month: a whole one on every day of it


@centre
@sees("finance")
def commissions(request: HttpRequest, shop: Seller) -> HttpResponse:
    today = clock.today()
    sold = sold_by_shelf(shop, today - timedelta(days=MONTH), today)
    shelves = set(Product.objects.filter(seller=shop).values_list("category", flat=True)) | set(sold)
    rows = commissions_ahead(shop.pk, {shelf: sold.get(shelf, 0) for shelf in shelves}, today)
    return page(request, shop, "seller/commissions.html", rows=rows, ahead=[r for r in rows if r.changes], days=MONTH)
