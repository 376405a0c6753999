"""What a seller says of how a product may be bought. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class SaleTerms(Protocol):
    """The product's own fields (catalog.Product)."""

    min_per_order: int
    max_per_order: int | None
    max_per_buyer: int | None
    sale_from: datetime | None
    sale_until: datetime | None
    adults_only: bool


def refusal(terms: SaleTerms, pieces: int, at: datetime, *, held: int = 0, adult: bool = False) -> str:
    """Why `pieces` of a product (all its options together, add-ons apart) cannot be bought; "" when they can.

    NOT_YET, OVER: the sale has not begun, has ended. TOO_LITTLE, TOO_MUCH: in one order. PER_BUYER: with the `held` pieces
    this buyer has already. ADULTS: the buyer is not known to be of age.
    """
    if terms.sale_from and at < terms.sale_from:
        return "NOT_YET"
    if terms.sale_until and at >= terms.sale_until:
        return "OVER"
    if terms.adults_only and not adult:
        return "ADULTS"
    if pieces < terms.min_per_order:
        return "TOO_LITTLE"
    if terms.max_per_order is not None and pieces > terms.max_per_order:
        return "TOO_MUCH"
    if terms.max_per_buyer is not None and pieces + held > terms.max_per_buyer:
        return "PER_BUYER"
    return ""
