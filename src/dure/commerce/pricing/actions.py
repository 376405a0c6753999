"""Live prices open and close with a show; an order takes pieces of their allotment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from dure.commerce.catalog.models import Option
from dure.commerce.pricing.errors import LiveLimitReached, LivePriceNotLower, LivePriceTaken, LiveSoldOut
from dure.commerce.pricing.models import LivePrice
from dure.kit import audit, clock, outbox
from dure.kit.money import won
from dure.people.models import User


@transaction.atomic
def open_live_price(
    *,
    show: int,
    option: Option,
    price: int,
    allotment: int | None = None,
    per_buyer: int | None = None,
    by: User | None,
) -> LivePrice:
    """From now on the option costs `price` won, until closed or until `allotment` pieces are sold.

    Opening again in the same show changes the price and goes on counting. Raises LivePriceNotLower, LivePriceTaken.
    """
    if not 10 <= price < option.price:
        raise LivePriceNotLower(price=won(option.price))
    moment = clock.now()
    try:
        with transaction.atomic():
            live, _created = LivePrice.objects.update_or_create(
                show=show,
                option=option,
                defaults={
                    "price": price,
                    "allotment": allotment,
                    "per_buyer": per_buyer,
                    "opened_at": moment,
                    "closed_at": None,
                },
            )
    except IntegrityError as error:
        raise LivePriceTaken() from error
    audit.record("pricing.live_price_opened", live, by=by, price=price, allotment=allotment, show=show)
    outbox.emit("pricing.live_price_opened", live, option=option.pk, show=show, price=price)
    return live


@transaction.atomic
def close_live_price(*, show: int, option: Option | int | None = None, by: User | None) -> int:
    """Back to the normal price: one option of the show, or all of it. Returns how many were open."""
    opened = LivePrice.objects.filter(show=show, opened_at__isnull=False, closed_at=None)
    if option is not None:
        opened = opened.filter(option_id=option if isinstance(option, int) else option.pk)
    rows = list(opened.select_for_update().order_by("id"))
    for live in rows:
        live.closed_at = clock.now()
        live.save(update_fields=["closed_at"])
        audit.record("pricing.live_price_closed", live, by=by, sold=live.sold)
        outbox.emit("pricing.live_price_closed", live, option=live.option_id, show=show, sold=live.sold)
    return len(rows)


@transaction.atomic
def take_live(lines: Iterable[tuple[int, int]], bought_before: Mapping[int, int] | None = None) -> None:
    """An order takes (live price id, quantity) of the allotments, all or none, in the order of the ids.

    `bought_before`: pieces per live price this buyer holds already. Raises LiveSoldOut, LiveLimitReached.
    """
    before = bought_before or {}
    for live_id, quantity in sorted(lines):
        room = Q(allotment=None) | Q(allotment__gte=F("sold") + quantity)
        taken = LivePrice.objects.filter(room, pk=live_id, opened_at__isnull=False, closed_at=None).update(
            sold=F("sold") + quantity
        )
        if not taken:
            raise LiveSoldOut(live_price=live_id)
        limit = LivePrice.objects.values_list("per_buyer", flat=True).get(pk=live_id)
        if limit is not None and before.get(live_id, 0) + quantity > limit:
            raise LiveLimitReached(per_buyer=limit)


@transaction.atomic
def give_back(lines: Iterable[tuple[int, int]]) -> None:
    """An unpaid or cancelled order returns its pieces (live price id, quantity) to the allotments."""
    for live_id, quantity in sorted(lines):
        LivePrice.objects.filter(pk=live_id, sold__gte=quantity).update(sold=F("sold") - quantity)
