"""What an option costs at a moment, what its parcel costs, and which commission a sale carries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from django.db import models
from django.db.models import F, Q

from dure.commerce.catalog.models import Category, Option, Product
from dure.commerce.pricing.errors import NoCommissionPlan
from dure.commerce.pricing.models import CommissionPlan, DeliveryTemplate, LivePrice
from dure.commerce.pricing.rules import (
    MAX,
    Bundle,
    DeliveryTerms,
    commission,
    commission_vat,
    discount_percent,
    nearest_plan,
    percent,
)
from dure.commerce.sellers.models import Seller
from dure.kit.prepared import Prepared, Slot


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
    live = {p.option_id: p for p in LIVE_OF(options=[o.pk for o in rows], at=at)} if rows else {}
    return {o.pk: Price(live[o.pk].price if o.pk in live else o.price, o.price, live.get(o.pk)) for o in rows}


def live_prices(at: datetime | Slot) -> models.QuerySet[LivePrice]:
    """Live prices that hold at `at`: opened, not closed, allotment not used up."""
    return LivePrice.objects.filter(
        Q(closed_at=None) | Q(closed_at__gt=at),
        Q(allotment=None) | Q(sold__lt=F("allotment")),
        opened_at__lte=at,
    )


LIVE_OF = Prepared(
    lambda: live_prices(Slot("at", "timestamptz")).filter(option_id__any=Slot("options", "bigint[]")).order_by()
)


@dataclass(frozen=True)
class Delivery:
    """How a product is sent: `key` is alike for what travels together (within one seller), `bundle` holds its own terms
    only. `template` None: by the seller's shipping policy."""

    key: str
    bundle: Bundle
    template: DeliveryTemplate | None = None


def delivery_of(product: Product) -> Delivery:
    return deliveries_of([product])[product.pk]


def deliveries_of(products: Iterable[Product]) -> dict[int, Delivery]:
    """Delivery by product id, in at most one query when `seller__shipping_policy` and `delivery__group` are fetched."""
    rows = list(products)
    without = {product.seller_id for product in rows if product.delivery_id is None}
    default = {template.seller_id: template for template in DEFAULTS_OF(sellers=list(without))} if without else {}
    return {p.pk: _delivery(p, p.delivery or default.get(p.seller_id)) for p in rows}


DEFAULTS_OF = Prepared(
    lambda: (
        DeliveryTemplate.objects.filter(seller_id__any=Slot("sellers", "bigint[]"), is_default=True)
        .select_related("group")
        .order_by()
    )
)


def _delivery(product: Product, template: DeliveryTemplate | None) -> Delivery:
    if template is None:
        return Delivery("", policy_of(product.seller))
    extras = template.group or template
    bundle = Bundle(
        terms=(template.terms,),
        method=template.group.method if template.group else MAX,
        pay=template.pay,
        jeju_extra=extras.jeju_extra,
        remote_extra=extras.remote_extra,
        return_fee=template.return_fee,
        exchange_fee=template.exchange_fee,
        first_freight=template.first_freight,
    )
    return Delivery(delivery_key(template, product.pk), bundle, template)


def delivery_key(template: DeliveryTemplate, product: int) -> str:
    """Products of one group and one way of paying travel together; a product without a group travels alone."""
    if template.group_id is None:
        return f"p{product}"
    return f"g{template.group_id}" + {"PREPAID": "", "COLLECT": "c", "COLLECT_OR_PREPAID": "b"}[template.pay]


def policy_of(seller: Seller) -> Bundle:
    """The seller's shipping policy; a seller without one ships for nothing (approval asks for one)."""
    policy = getattr(seller, "shipping_policy", None)
    if policy is None:
        return Bundle((DeliveryTerms.flat(0),))
    return Bundle(
        terms=(DeliveryTerms.flat(policy.fee, policy.free_over),),
        jeju_extra=policy.jeju_extra,
        remote_extra=policy.remote_extra,
        return_fee=policy.return_fee,
        exchange_fee=policy.return_fee * 2,
    )


def commission_of(category: Category, day: date, seller: int = 0) -> int:
    """Basis points for a sale of this category on a KST day (`seller` 0: of anybody without a plan of its own)."""
    return commissions_of([(seller, category.pk)], day)[seller, category.pk]


def commissions_of(
    sales: Iterable[tuple[int, int]], day: date, above: Mapping[int, tuple[int, ...]] | None = None
) -> dict[tuple[int, int], int]:
    """Basis points by (seller id, category id) on a KST day, in two queries; in one when the caller knows `shelves_above`.

    Raises NoCommissionPlan when there is none at all.
    """
    asked = set(sales)
    above = shelves_above({c for _, c in asked}) if above is None else above
    shelves = {shelf for chain in above.values() for shelf in chain}
    in_force = PLANS_OF(sellers=list({s for s, _ in asked}), categories=list(shelves), day=day)
    plans = {(s, c): points for s, c, points in in_force}
    found: dict[tuple[int, int], int] = {}
    for seller, category in asked:
        points = nearest_plan(plans, seller, above.get(category, ()))
        if points is None:
            raise NoCommissionPlan()
        found[seller, category] = points
    return found


def shelves_above(categories: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """Each category with those it stands under, nearest first, in one query (the tree has three levels)."""
    rows = ABOVE(categories=list(set(categories)))
    return {pk: tuple(shelf for shelf in (pk, *higher) if shelf) for pk, *higher in rows}


ABOVE = Prepared(
    lambda: (
        Category.objects.filter(pk__any=Slot("categories", "bigint[]"))
        .order_by()
        .values_list("pk", "parent_id", "parent__parent_id")
    )
)
PLANS_OF = Prepared(
    lambda: (
        plans_in_force(Slot("day", "date"))
        .filter(
            Q(seller=None) | Q(seller_id__any=Slot("sellers", "bigint[]")),
            Q(category=None) | Q(category_id__any=Slot("categories", "bigint[]")),
        )
        .order_by()
        .values_list("seller_id", "category_id", "basis_points")
    )
)


def plans_in_force(day: date | Slot) -> models.QuerySet[CommissionPlan]:
    return CommissionPlan.objects.filter(Q(until=None) | Q(until__gt=day), since__lte=day)


@dataclass(frozen=True)
class Share:
    """What the house takes of one price, and what is left for the seller. Won."""

    price: int
    basis_points: int
    commission: int
    vat: int

    @property
    def left(self) -> int:
        return self.price - self.commission - self.vat

    @property
    def percent(self) -> str:
        """`5%`, `4.75%`."""
        return percent(self.basis_points)


def share_of(price: int, basis_points: int) -> Share:
    taken = commission(price, basis_points)
    return Share(price, basis_points, taken, commission_vat(taken))


def shares_of_seller(seller: int, day: date, price: int = 10_000) -> list[tuple[Category, Share]]:
    """What the house takes of a price, per category the seller has products in, by the category's place."""
    shelves = list(Category.objects.filter(products__seller=seller).distinct())
    points = commissions_of([(seller, c.pk) for c in shelves], day)
    return [(c, share_of(price, points[seller, c.pk])) for c in shelves]


@dataclass(frozen=True)
class Change:
    """A commission announced ahead, and what it comes to on the same sales."""

    since: date
    before: str  # as a percentage
    then: Share
    more: int  # won of commission and its VAT, above what was taken before; below 0: less

    @property
    def less(self) -> int:
        return -self.more


@dataclass(frozen=True)
class Ahead:
    category: Category
    now: Share
    changes: list[Change]


def commissions_ahead(seller: int, sold: Mapping[int, int], day: date, most: int = 3) -> list[Ahead]:
    """Per category (`sold`: won by category id) what is taken on a day and the next `most` days on which that changes.

    Raises NoCommissionPlan.
    """
    if not sold:
        return []
    pairs, above = [(seller, c) for c in sold], shelves_above(sold)
    mine = CommissionPlan.objects.filter(Q(seller=None) | Q(seller=seller))
    starts = set(mine.filter(since__gt=day).values_list("since", flat=True))
    ends = set(mine.filter(until__gt=day).values_list("until", flat=True))
    rates = [(d, commissions_of(pairs, d, above)) for d in [day, *sorted(starts | ends)[:most]]]
    rows = []
    for category in Category.objects.filter(pk__in=sold):
        told = [(d, share_of(sold[category.pk], points[seller, category.pk])) for d, points in rates]
        steps = [(was, (d, then)) for (_d, was), (d, then) in pairwise(told) if was.basis_points != then.basis_points]
        changes = [Change(d, was.percent, then, was.left - then.left) for was, (d, then) in steps]
        rows.append(Ahead(category, told[0][1], changes))
    return rows
