"""Changing a product only as it was read (`If-Match`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction

from dure.commerce.catalog.models import Product
from dure.sites.api.errors import ChangedMeanwhile, MatchNeeded


def etag_of(product: Product) -> str:
    """Changes with every change of the product's composition; its stock does not count."""
    return f'"p{product.pk}-{round(product.updated_at.timestamp() * 1_000_000):x}-{product.status.lower()}"'


@transaction.atomic
def if_unchanged(product: Product, match: str, deed: Callable[[], Any]) -> None:
    """Do `deed` when the product is still the one whose ETag is `match` (`*`: whatever it is); holds it meanwhile.

    Raises MatchNeeded, ChangedMeanwhile.
    """
    if not match:
        raise MatchNeeded()
    held = Product.objects.select_for_update(of=("self",)).get(pk=product.pk)
    if match != "*" and etag_of(held) not in [tag.strip() for tag in match.split(",")]:
        raise ChangedMeanwhile()
    deed()
