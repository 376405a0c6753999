"""Money: a whole number of minor units with a currency. Never a float."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal

MINOR_DIGITS = {"KRW": 0, "JPY": 0, "VND": 0, "USD": 2, "CNY": 2, "SGD": 2, "MYR": 2, "THB": 2, "PHP": 2, "TWD": 2}


def won(amount: int) -> str:
    """`12345` as `12,345원`, for screens."""
    return f"{amount:,}원"


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Share `total` minor units over `weights` by largest remainder, so that the parts add up to the whole.

    Ties go to the earlier part. All weights 0: equal shares. Raises ValueError without weights or on a negative one.
    """
    if not weights or any(w < 0 for w in weights):
        raise ValueError("split needs at least one weight, none negative")
    whole = sum(weights)
    if whole == 0:
        weights, whole = [1] * len(weights), len(weights)
    sign, amount = (-1, -total) if total < 0 else (1, total)
    parts = [amount * w // whole for w in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % whole), i))
    for i in by_remainder[: amount - sum(parts)]:
        parts[i] += 1
    return [sign * p for p in parts]


def rate_of(amount: int, basis_points: int) -> int:
    """`basis_points` (1/10,000) of `amount`, floored to a minor unit."""
    return int((Decimal(amount) * basis_points / 10_000).to_integral_value(ROUND_FLOOR))


def vat_included(gross: int) -> int:
    """The 10% VAT inside a gross amount: round(gross / 11), half up (15,000 holds 1,364)."""
    return (2 * gross + 11) // 22
