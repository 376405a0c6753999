"""The price guard: what an option cost before, so that a discount is one.

A record is kept of every change of price. The lowest of the last thirty days is the bound an event price must lie
below, and is shown to the buyer beside it (지난 30일 최저가).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from dure.commerce.catalog.models import Option
from dure.commerce.promotions import rules
from dure.commerce.promotions.errors import PriceNotLower
from dure.commerce.promotions.models import PriceRecord
from dure.kit import clock
from dure.kit.money import won

WINDOW = timedelta(days=30)


@dataclass(frozen=True)
class Seen:
    """An option's price now, the lowest of the window, and the steps in between (when, won) for a chart."""

    option: Option
    now: int
    low: int
    steps: list[tuple[datetime, int]]

    @property
    def points(self) -> list[tuple[str, int]]:
        """The steps as a chart draws them, today's price last."""
        return [*((f"{clock.kst_date(at):%m.%d}", price) for at, price in self.steps), ("", self.now)]

    @property
    def raised_percent(self) -> int:
        return rules.raised_percent(self.low, self.now)


def seen_prices(option_ids: Iterable[int], at: datetime) -> list[Seen]:
    """In two queries, in the order of the ids."""
    ids = sorted(set(option_ids))
    options = Option.objects.filter(pk__in=ids).select_related("product__seller", "product__category").order_by("pk")
    held: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    records = PriceRecord.objects.filter(option__in=ids, since__lte=at).order_by("option_id", "since")
    for option_id, since, price in records.values_list("option_id", "since", "price"):
        held[option_id].append((since, price))
    return [_seen(option, held[option.pk], at - WINDOW) for option in options]


def _seen(option: Option, records: list[tuple[datetime, int]], start: datetime) -> Seen:
    before = [(start, price) for since, price in records if since <= start][-1:]
    steps = before + [(since, price) for since, price in records if since > start]
    return Seen(option, option.price, rules.lowest((price for _, price in steps), option.price), steps)


def refuse_not_lower(seen: Seen, price: int) -> None:
    """Raises PriceNotLower."""
    if not 10 <= price < seen.low:
        raise PriceNotLower(name=str(seen.option), low=won(seen.low))


@transaction.atomic
def record(options: Iterable[Option], *, at: datetime) -> int:
    """Write down the prices that differ from the last ones known. Returns how many."""
    rows = list(options)
    last: dict[int, int] = {}
    known = PriceRecord.objects.filter(option__in=[o.pk for o in rows]).order_by("option_id", "-since")
    for option_id, price in known.distinct("option_id").values_list("option_id", "price"):
        last[option_id] = price
    fresh = [PriceRecord(option=o, price=o.price, since=at) for o in rows if last.get(o.pk) != o.price]
    PriceRecord.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)
