"""A shop's new name is found at once, under all its products."""

from __future__ import annotations

from dure.commerce.catalog.actions import reindex
from dure.commerce.catalog.models import Product
from dure.kit.models import Event
from dure.kit.outbox import on


@on("sellers.profile_saved")
def the_shop_changed_its_name(event: Event) -> None:
    seller = int(event.aggregate.split(":")[1])
    reindex(Product.objects.filter(seller=seller).select_related("seller"))
