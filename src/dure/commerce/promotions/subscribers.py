"""Prices are remembered as they change."""

from __future__ import annotations

from dure.commerce.catalog.models import Option, ProductStatus
from dure.commerce.promotions import guard
from dure.kit.models import Event
from dure.kit.outbox import on


@on("catalog.product_on_sale", "catalog.changed", "catalog.price_changed")
def remember_the_prices(event: Event) -> None:
    product = int(event.aggregate.split(":")[1])
    sold = Option.objects.filter(product=product, active=True, product__status=ProductStatus.ON_SALE)
    guard.record(sold, at=event.occurred_at)  # what a draft was to cost is no price yet
