"""The price of an option in an instant discount: proposed by one side, agreed by the other."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from dure.commerce.promotions import guard
from dure.commerce.promotions.models import EventPrice, Offer
from dure.commerce.sellers.models import Seller
from dure.kit import audit, clock
from dure.people.models import User


@transaction.atomic
def set_event_prices(
    offer: Offer, prices: Mapping[int, int], *, by: User | None, by_seller: bool = False
) -> list[EventPrice]:
    """Event prices by option id: a seller's own count at once; others wait for the other side's yes.

    Each must lie below the lowest price of the last thirty days: raising the price before a discount gains nothing.
    Raises PriceNotLower with the first that does not.
    """
    own = bool(offer.seller_id)
    moment = clock.now()
    kept = []
    for seen in guard.seen_prices(prices, moment):
        guard.refuse_not_lower(seen, prices[seen.option.pk])
        told = {
            "seller_id": seen.option.product.seller_id,
            "list_price": seen.now,
            "low": seen.low,
            "price": prices[seen.option.pk],
            "by_seller": by_seller or own,
            "status": EventPrice.Status.ACCEPTED if own else EventPrice.Status.PROPOSED,
            "answered_by": by if own else None,
            "answered_at": moment if own else None,
        }
        row = EventPrice.objects.select_for_update().filter(offer=offer, option=seen.option).first()
        if row is None:
            row = EventPrice(offer=offer, option=seen.option, created_at=moment)
        elif row.status == EventPrice.Status.ACCEPTED:
            if (row.price, row.list_price) == (told["price"], told["list_price"]):
                kept.append(row)
                continue
            told["status"] = EventPrice.Status.PROPOSED  # another price is agreed to anew
        for name, value in told.items():
            setattr(row, name, value)
        row.save()
        kept.append(row)
    audit.record("promotions.prices_set", offer, by=by, options=[row.option_id for row in kept])
    return kept


@transaction.atomic
def answer_prices(offer: Offer, seller: Seller, *, accept: list[int], decline: list[int], by: User) -> tuple[int, int]:
    """The seller says yes or no to proposed prices, by option id. A price the catalogue has overtaken meanwhile is not
    accepted. Returns (accepted, declined). Raises PriceNotLower."""
    moment = clock.now()
    open_rows = EventPrice.objects.filter(offer=offer, seller=seller, status=EventPrice.Status.PROPOSED)
    asked = dict(open_rows.filter(option__in=accept).values_list("option_id", "price"))
    for seen in guard.seen_prices(asked, moment):
        guard.refuse_not_lower(seen, asked[seen.option.pk])
    answer = {"answered_by": by, "answered_at": moment}
    yes = open_rows.filter(option__in=asked).update(status=EventPrice.Status.ACCEPTED, **answer)
    no = open_rows.filter(option__in=decline).update(status=EventPrice.Status.DECLINED, **answer)
    audit.record("promotions.prices_answered", offer, by=by, seller=seller.pk, accepted=sorted(asked), declined=decline)
    return yes, no


@transaction.atomic
def withdraw_prices(offer: Offer, seller: Seller, *, options: list[int] | None = None, by: User) -> int:
    """Out of the event, some or all; orders placed keep their price."""
    rows = EventPrice.objects.filter(offer=offer, seller=seller).exclude(status=EventPrice.Status.DECLINED)
    if options is not None:
        rows = rows.filter(option__in=options)
    taken = rows.update(status=EventPrice.Status.WITHDRAWN, answered_by=by, answered_at=clock.now())
    audit.record("promotions.prices_withdrawn", offer, by=by, seller=seller.pk, options=options)
    return taken
