"""What a parcel costs and what the house takes. Amounts are won.

`shipping_fee` is the one place where a fee is reckoned: cart, order, change of address and claim ask it, the settlement
pays out what it said. The codes of `FeeType` and `Pay` are those of Naver's Commerce API (deliveryFeeType,
deliveryFeePayType), MIN and MAX those of its bundle groups (deliveryFeeChargeMethodType).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from dure.commerce.pricing.zones import JEJU, MAINLAND, REMOTE, zone_of
from dure.kit import money

FREE, CONDITIONAL_FREE, PAID = "FREE", "CONDITIONAL_FREE", "PAID"
UNIT_QUANTITY_PAID, RANGE_QUANTITY_PAID = "UNIT_QUANTITY_PAID", "RANGE_QUANTITY_PAID"
PREPAID, COLLECT, COLLECT_OR_PREPAID = "PREPAID", "COLLECT", "COLLECT_OR_PREPAID"
MIN, MAX = "MIN", "MAX"


@dataclass(frozen=True)
class DeliveryTerms:
    """How one template reckons its fee.

    FREE; CONDITIONAL_FREE: `fee`, nothing from `free_over` won on; PAID: `fee`; UNIT_QUANTITY_PAID: `fee` for every `unit`
    pieces begun; RANGE_QUANTITY_PAID: `fee`, and from the pieces of a band on its extra instead of the band before it.
    """

    type: str
    fee: int = 0
    free_over: int | None = None
    unit: int | None = None
    bands: tuple[tuple[int, int], ...] = ()  # (from so many pieces, won on top of `fee`), rising

    @classmethod
    def flat(cls, fee: int, free_over: int | None = None) -> DeliveryTerms:
        """The terms of a seller who has said no more than a fee, and perhaps a bound."""
        if fee == 0:
            return cls(FREE)
        return cls(PAID, fee) if free_over is None else cls(CONDITIONAL_FREE, fee, free_over)


@dataclass(frozen=True)
class Bundle:
    """What is sent together, as it was at the sale: the fees of its templates, of which the lowest (MIN) or the highest
    (MAX) is charged once, and what is paid on top or later. A shipping charge keeps it; `Bundle.read(charge.policy)`.
    """

    terms: tuple[DeliveryTerms, ...]
    method: str = MAX
    pay: str = PREPAID
    jeju_extra: int = 0
    remote_extra: int = 0
    return_fee: int = 0  # one way
    exchange_fee: int = 0  # both ways
    first_freight: bool = True  # 초도배송비 is asked when goods that went out free come back

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def read(cls, policy: dict[str, Any]) -> Bundle:
        """Also charges of the time when a seller had one flat fee: {fee, free_over, jeju_extra, …}."""
        kept = {name: policy[name] for name in cls.__dataclass_fields__ if name in policy}
        if "terms" not in kept:
            return cls(**kept, terms=(DeliveryTerms.flat(policy.get("fee", 0), policy.get("free_over")),))
        terms = [{**one, "bands": tuple((n, won) for n, won in one["bands"])} for one in kept.pop("terms")]
        return cls(**kept, terms=tuple(DeliveryTerms(**one) for one in terms))


@dataclass(frozen=True)
class Item:
    """Goods in a bundle: `goods` won after discounts, `part` the index of their terms in `Bundle.terms`."""

    goods: int
    quantity: int
    part: int = 0


@dataclass(frozen=True)
class Fee:
    """`amount` is what the buyer pays with the order, `extra` the part of the fee for Jeju or an island; `collect` is
    paid to the carrier at the door instead (착불), extra included.

    reason: NOTHING (nothing is sent), FREE (the seller ships for nothing), FREE_OVER (enough was bought), BASE (the flat
    fee), UNIT (by pieces), RANGE (by bands). `params` holds what a sentence needs: zone, fee, free_over, `left` (the won
    still missing for free shipping), quantity, unit, `from` (the first piece of the band), method.
    """

    amount: int
    extra: int
    reason: str
    params: dict[str, Any] = field(default_factory=dict)
    collect: int = 0


def shipping_fee(bundle: Bundle, items: Iterable[Item], postcode: str = "", *, at_the_door: bool = False) -> Fee:
    """The fee of what is sent together.

    A bound for free shipping counts all goods of the bundle; pieces are counted per template. `at_the_door`: the buyer
    wants to pay the carrier, which counts where the seller leaves the choice.
    """
    there = [item for item in items if item.quantity]
    zone = zone_of(postcode)
    if not there:
        return Fee(0, 0, "NOTHING", {"zone": zone})
    goods = sum(item.goods for item in there)
    found = [
        _base(bundle.terms[part], goods, sum(item.quantity for item in there if item.part == part))
        for part in sorted({item.part for item in there})
    ]
    won, reason, params = (min if bundle.method == MIN else max)(found, key=lambda one: one[0])
    if len(found) > 1:
        params = {**params, "method": bundle.method}
    extra = {MAINLAND: 0, JEJU: bundle.jeju_extra, REMOTE: bundle.remote_extra}[zone]
    params = {**params, "zone": zone}
    if bundle.pay == COLLECT or (bundle.pay == COLLECT_OR_PREPAID and at_the_door):
        return Fee(0, extra, reason, params, collect=won + extra)
    return Fee(won + extra, extra, reason, params)


def _base(terms: DeliveryTerms, goods: int, quantity: int) -> tuple[int, str, dict[str, Any]]:
    """(won, reason, params) before any surcharge of a zone."""
    params: dict[str, Any] = {"fee": terms.fee}
    if terms.type == FREE or (terms.fee == 0 and terms.type != RANGE_QUANTITY_PAID):
        return 0, "FREE", params
    if terms.type == CONDITIONAL_FREE and terms.free_over is not None:
        params["free_over"] = terms.free_over
        if goods >= terms.free_over:
            return 0, "FREE_OVER", params
        params["left"] = terms.free_over - goods
    if terms.type == UNIT_QUANTITY_PAID and terms.unit:
        times = -(-quantity // terms.unit)
        return terms.fee * times, "UNIT", {**params, "unit": terms.unit, "quantity": quantity, "times": times}
    if terms.type == RANGE_QUANTITY_PAID:
        start, extra = max((band for band in terms.bands if quantity >= band[0]), default=(1, 0))
        won = terms.fee + extra
        return won, "RANGE" if won else "FREE", {**params, "from": start, "quantity": quantity, "won": won}
    return terms.fee, "BASE", params


def first_freight(bundle: Bundle, reason: str, kept: Sequence[Item]) -> int:
    """초도배송비: what the first way costs after all, when goods that went out free (`reason` of their charge) come back for
    a change of mind and the buyer keeps `kept` of the bundle.

    Nothing kept: a parcel sent for nothing costs what its way back costs, one free from a bound its fee.
    """
    if not bundle.first_freight or reason not in {"FREE", "FREE_OVER"}:
        return 0
    if any(item.quantity for item in kept):
        return shipping_fee(Bundle(bundle.terms, bundle.method), kept).amount
    if reason == "FREE":
        return bundle.return_fee
    return next(terms.fee for terms in bundle.terms if terms.type == CONDITIONAL_FREE)


def commission(paid_amount: int, basis_points: int) -> int:
    """The house's share of what was paid for goods, floored to the won; VAT comes on top (`commission_vat`)."""
    return money.rate_of(paid_amount, basis_points)


def nearest_plan(plans: Mapping[Any, int], seller: int, shelves: Sequence[int]) -> int | None:
    """Basis points of the plan that counts; `plans` are those in force, by (seller or None, category or None).

    `shelves`: the category of the goods, its parent and so on. The seller's own plans come first (for the nearest
    shelf, at last for everything), then the house's in the same order.
    """
    for owner in (seller, None):
        for shelf in (*shelves, None):
            if (owner, shelf) in plans:
                return plans[owner, shelf]
    return None


def commission_vat(commission_amount: int) -> int:
    """10% on top of the commission, floored to the won."""
    return money.rate_of(commission_amount, 1000)


def percent(basis_points: int) -> str:
    """`500` as `5%`, `475` as `4.75%`."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + "%"


def discount_percent(list_price: int, price: int) -> int:
    """Whole percent off, floored, for a price tag; 0 when not lower."""
    return (list_price - price) * 100 // list_price if 0 < price < list_price else 0
