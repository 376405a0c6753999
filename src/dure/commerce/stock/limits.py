"""So many per person: what one buyer holds of a product whose seller limits it.

The guard is a conditional UPDATE of the buyer's row, and `no_more_than_allowed` behind it. Locks are taken after those of
the stock, products in the order of their ids; the hot lane does the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import F

from dure.commerce.stock.errors import TooMuchPerBuyer
from dure.commerce.stock.models import PurchaseTally


def holder_of(buyer: int | None, phone: str = "") -> str:
    """Who is counted: a member, or a guest by the phone number."""
    return f"u{buyer}" if buyer else "p" + hashlib.sha256(phone.encode()).hexdigest()


def held_by(holder: str, products: Iterable[int]) -> dict[int, int]:
    """Pieces by product id; products never counted are missing."""
    return dict(
        PurchaseTally.objects.filter(holder=holder, product__in=list(products)).values_list("product_id", "quantity")
    )


@transaction.atomic
def take(holder: str, wanted: Mapping[int, tuple[int, int, str]]) -> None:
    """`wanted`: product id → (pieces, the limit, the product's name). All or none. Raises TooMuchPerBuyer."""
    PurchaseTally.objects.bulk_create(
        [PurchaseTally(product_id=pk, holder=holder, most=most) for pk, (_n, most, _name) in sorted(wanted.items())],
        ignore_conflicts=True,
    )
    for product, (pieces, most, name) in sorted(wanted.items()):
        row = PurchaseTally.objects.filter(product=product, holder=holder)
        if not row.filter(quantity__lte=most - pieces).update(quantity=F("quantity") + pieces, most=most):
            left = most - row.values_list("quantity", flat=True).get()
            raise TooMuchPerBuyer(name=name, most=most, left=max(left, 0))


@transaction.atomic
def give_back(pieces: Iterable[tuple[int, str, int]]) -> None:
    """(product id, holder, pieces) of what ended unpaid or was cancelled."""
    for product, holder, count in sorted(pieces):
        PurchaseTally.objects.filter(product=product, holder=holder).update(quantity=F("quantity") - count)
