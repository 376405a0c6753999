"""What an option costs at a moment, and which commission a sale carries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import models
from django.db.models import F, Q

from dure.commerce.catalog.models import Category, Option
from dure.commerce.pricing.errors import NoCommissionPlan
from dure.commerce.pricing.models import CommissionPlan, LivePrice
from dure.commerce.pricing.rules import discount_percent


@dataclass(frozen=True)
class Price:
    """`amount` is what one piece costs now, in won; `list_price` what it costs outside the show."""

    amount: int
    list_price: int
    live: LivePrice | None = None

    @property
    def is_live(self) -> bool:
        return self.live is not None

    @property
    def percent_off(self) -> int:
        return discount_percent(self.list_price, self.amount)


def price_of(option: Option, at: datetime) -> Price:
    return prices_of([option], at)[option.pk]


def prices_of(options: Iterable[Option], at: datetime) -> dict[int, Price]:
    """Prices by option id, in one query."""
    rows = list(options)
    live = {p.option_id: p for p in live_prices(at).filter(option__in=[o.pk for o in rows])}
    return {o.pk: Price(live[o.pk].price if o.pk in live else o.price, o.price, live.get(o.pk)) for o in rows}


def live_prices(at: datetime) -> models.QuerySet[LivePrice]:
    """Live prices that hold at `at`: opened, not closed, allotment not used up."""
    return LivePrice.objects.filter(
        Q(closed_at=None) | Q(closed_at__gt=at),
        Q(allotment=None) | Q(sold__lt=F("allotment")),
        opened_at__lte=at,
    )


def commission_of(category: Category, day: date) -> int:
    """Basis points for a sale of this category on a KST day. Raises NoCommissionPlan."""
    return commissions_of([category.pk], day)[category.pk]


def commissions_of(category_ids: Iterable[int], day: date) -> dict[int, int]:
    """Basis points by category id: the category's own plan, else its parent's, else the general one; the latest counts.

    Raises NoCommissionPlan when there is none at all.
    """
    ids = set(category_ids)
    parents = dict(Category.objects.filter(pk__in=ids).values_list("pk", "parent_id"))
    plans: dict[int | None, int] = {}
    wanted = [*ids, *(p for p in parents.values() if p)]
    for category_id, points in (
        CommissionPlan.objects.filter(Q(category=None) | Q(category__in=wanted), since__lte=day)
        .order_by("since")
        .values_list("category_id", "basis_points")
    ):
        plans[category_id] = points
    found: dict[int, int] = {}
    for category_id in ids:
        for owner in (category_id, parents.get(category_id), None):
            if owner in plans:
                found[category_id] = plans[owner]
                break
        else:
            raise NoCommissionPlan()
    return found
