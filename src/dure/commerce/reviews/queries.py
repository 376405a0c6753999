"""What buyers said, for the product page, for cards and for the seller."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Avg, Count, Exists, F, OuterRef, Q
from django.db.models.functions import JSONArray

from dure.commerce.reviews.models import Review, ReviewPhoto

SORTS: dict[str, tuple[Any, ...]] = {
    "best": (F("best_at").desc(nulls_last=True), "-helpful", "-created_at", "-id"),
    "new": ("-created_at", "-id"),
    "helpful": ("-helpful", "-created_at", "-id"),
    "high": ("-rating", "-created_at", "-id"),
    "low": ("rating", "-created_at", "-id"),
}


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


@dataclass(frozen=True)
class Spread:
    """How the stars of a product lie: (stars, number, percent), five first."""

    rows: list[tuple[int, int, int]]
    total: int
    average: float
    with_photos: int


def spread_of(product_id: int) -> Spread:
    photographed = Exists(ReviewPhoto.objects.filter(review=OuterRef("pk")))
    counts: dict[int, int] = {}
    photos = 0
    rows = Review.objects.filter(product_id=product_id, hidden=False).annotate(has=photographed).order_by()
    for stars, n, pictured in rows.values_list("rating").annotate(n=Count("pk"), p=Count("pk", filter=Q(has=True))):
        counts[stars], photos = n, photos + pictured
    total = sum(counts.values())
    shown = [(s, counts.get(s, 0), counts.get(s, 0) * 100 // total if total else 0) for s in (5, 4, 3, 2, 1)]
    mean = sum(stars * n for stars, n in counts.items()) / total if total else 0.0
    return Spread(shown, total, round(mean, 1), photos)


def stars_given(product: str) -> ArraySubquery:
    """[[stars, how many gave them], …] of a product, to be annotated on a row that names it."""
    rows = Review.objects.filter(product=OuterRef(product), hidden=False).order_by().values("rating")
    return ArraySubquery(rows.annotate(n=Count("pk")).values(told=JSONArray("rating", "n")))


def reviews_of(
    product_id: int, *, stars: int | None = None, photos: bool = False, sort: str = "best", words: str = ""
) -> models.QuerySet[Review]:
    """Visible reviews; `helpful` is how many found one so."""
    rows = (
        Review.objects.filter(product_id=product_id, hidden=False)
        .select_related("author", "product_order")
        .prefetch_related("photos")
        .annotate(helpful=Count("votes"))
    )
    if stars:
        rows = rows.filter(rating=stars)
    if photos:
        rows = rows.filter(Exists(ReviewPhoto.objects.filter(review=OuterRef("pk"))))
    for word in words.split():
        rows = rows.filter(Q(text__icontains=word) | Q(later_text__icontains=word))
    return rows.order_by(*SORTS.get(sort, SORTS["best"]))


def reviews_for_seller(user: Any) -> models.QuerySet[Review]:
    return (
        Review.objects.filter(product__seller__members__user_id=user.pk or 0)
        .select_related("author", "product", "product_order")
        .prefetch_related("photos")
        .order_by("-created_at", "-id")
    )
