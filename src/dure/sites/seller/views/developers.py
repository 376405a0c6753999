"""The seller's own programs: keys, webhooks, their log (pages of `sites.api.pages`). The owner's business."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from dure.commerce.sellers.models import Seller
from dure.sites.api.models import Holder
from dure.sites.api.pages import Place, View, urls
from dure.sites.seller.access import centre, frame, owners_only


def within(view: View) -> View:
    """The view gets the shop's place; people who are not its owner are refused."""

    @centre
    @owners_only
    def shown(request: HttpRequest, shop: Seller, *args: Any, **kwargs: Any) -> HttpResponse:
        place = Place(shop, [Holder.SELLER], "seller", "seller/base.html", frame(request, shop))
        return view(request, place, *args, **kwargs)

    return shown


urlpatterns = urls(within)
