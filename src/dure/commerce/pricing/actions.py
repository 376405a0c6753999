"""Prices that open and close."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from dure.commerce.catalog.models import Option
from dure.commerce.pricing.errors import LivePriceElsewhere
from dure.commerce.pricing.models import LivePrice
from dure.kit import audit, clock
from dure.people.models import User


@transaction.atomic
def open_live_price(
    option: Option,
    *,
    show: int,
    price: int,
    allotment: int | None = None,
    per_buyer: int | None = None,
    by: User | None = None,
) -> LivePrice:
    """Open the price of `option` (won) in the show with id `show`; opening an open one changes nothing.

    A price closed in the same show opens again with what is left of its allotment.
    Raises LivePriceElsewhere while another show has the option's price open.
    """
    terms = {"price": price, "allotment": allotment, "per_buyer": per_buyer}
    row, created = LivePrice.objects.get_or_create(show=show, option=option, defaults=terms)
    if row.opened_at and row.closed_at is None:
        return row
    try:
        with transaction.atomic():
            LivePrice.objects.filter(pk=row.pk).update(**terms, opened_at=clock.now(), closed_at=None)
    except IntegrityError as error:
        raise LivePriceElsewhere(option=str(option)) from error
    row.refresh_from_db()
    audit.record("pricing.live_price.opened", row, by=by, option=option.pk, show=show, **terms)
    return row


@transaction.atomic
def close_live_prices(*, show: int, option: Option | None = None, by: User | None = None) -> int:
    """Close the open prices of the show (only the one of `option`, if given); returns how many were closed."""
    rows = LivePrice.objects.filter(show=show, opened_at__isnull=False, closed_at=None)
    if option is not None:
        rows = rows.filter(option=option)
    found = list(rows)
    for row in found:
        audit.record("pricing.live_price.closed", row, by=by, option=row.option_id, show=show, sold=row.sold)
    return rows.filter(pk__in=[row.pk for row in found]).update(closed_at=clock.now())
