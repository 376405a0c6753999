"""What still ties a shop to the house, said by the rooms that know: orders, claims, money.

    @keeps_open                                             # in a room's subscribers.py
    def open_orders(seller: Seller) -> Tie | None: ...

A shop is closed only when nobody has anything to say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dure.commerce.sellers.models import Seller


@dataclass(frozen=True)
class Tie:
    """`count` things of `label` (a lazy sentence) are not finished."""

    label: Any
    count: int


Asks = Callable[[Seller], Tie | None]
_asked: list[Asks] = []


def keeps_open(ask: Asks) -> Asks:
    _asked.append(ask)
    return ask


def ties(seller: Seller) -> list[Tie]:
    return [tie for ask in _asked if (tie := ask(seller)) is not None and tie.count]
