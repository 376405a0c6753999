"""What buyers said, for the product page and for cards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Avg, Count

from dure.commerce.reviews.models import Review


@dataclass(frozen=True)
class Rating:
    average: float = 0.0
    count: int = 0


def ratings_of(product_ids: Iterable[int]) -> dict[int, Rating]:
    """Average and number of visible reviews per product, in one query."""
    rows = (
        Review.objects.filter(product_id__in=list(product_ids), hidden=False)
        .values_list("product_id")
        .annotate(Avg("rating"), Count("id"))
    )
    return {pk: Rating(round(average, 1), count) for pk, average, count in rows}


def reviews_of(product_id: int) -> models.QuerySet[Review]:
    return (
        Review.objects.filter(product_id=product_id, hidden=False)
        .select_related("author", "product_order")
        .prefetch_related("photos")
        .order_by("-created_at", "-id")
    )


def reviews_for_seller(user: Any) -> models.QuerySet[Review]:
    return (
        Review.objects.filter(product__seller__members__user_id=user.pk or 0)
        .select_related("author", "product", "product_order")
        .prefetch_related("photos")
        .order_by("-created_at", "-id")
    )
