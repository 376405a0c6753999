"""What is left, for screens and for whoever checks the books."""

from __future__ import annotations

from collections.abc import Iterable

from dure.commerce.stock.models import StockItem, StockMovement


def available_of(option_ids: Iterable[int]) -> dict[int, int]:
    """Pieces that may be promised now, per option; options never stocked count 0."""
    ids = list(option_ids)
    found = dict(StockItem.objects.filter(pk__in=ids).values_list("option_id", "available"))
    return {option_id: found.get(option_id, 0) for option_id in ids}


def history(option_id: int, limit: int = 50) -> list[StockMovement]:
    """Goods in and out, newest first."""
    return list(StockMovement.objects.filter(option_id=option_id).select_related("by").order_by("-at", "-id")[:limit])
