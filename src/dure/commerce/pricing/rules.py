"""What a parcel costs and what the house takes. Amounts are won."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from dure.commerce.pricing.zones import JEJU, MAINLAND, REMOTE, zone_of
from dure.kit import money


class FeePolicy(Protocol):
    """A seller's ShippingPolicy, or its snapshot on an order."""

    @property
    def fee(self) -> int: ...
    @property
    def free_over(self) -> int | None: ...
    @property
    def jeju_extra(self) -> int: ...
    @property
    def remote_extra(self) -> int: ...


@dataclass(frozen=True)
class Snapshot:
    """A shipping policy as it was at the sale. `Snapshot(**charge.policy)` reads it back."""

    fee: int
    free_over: int | None
    jeju_extra: int
    remote_extra: int
    return_fee: int = 0

    @classmethod
    def of(cls, policy: Any) -> Snapshot:
        return cls(policy.fee, policy.free_over, policy.jeju_extra, policy.remote_extra, policy.return_fee)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Fee:
    """`amount` is what the buyer pays, `extra` the part of it for Jeju or an island.

    reason: FREE (the seller ships for nothing), FREE_OVER (enough was bought), BASE (the flat fee). `params` holds what
    a sentence needs: zone, fee, free_over and `left`, the won still missing for free shipping.
    """

    amount: int
    extra: int
    reason: str
    params: dict[str, Any] = field(default_factory=dict)


def shipping_fee(policy: FeePolicy, goods_total: int, postcode: str = "") -> Fee:
    """The fee of one seller's parcel. `goods_total`: won of that seller's goods after discounts."""
    zone = zone_of(postcode)
    extra = {MAINLAND: 0, JEJU: policy.jeju_extra, REMOTE: policy.remote_extra}[zone]
    params: dict[str, Any] = {"zone": zone, "fee": policy.fee, "free_over": policy.free_over, "left": 0}
    if policy.fee == 0:
        return Fee(extra, extra, "FREE", params)
    if policy.free_over is not None and goods_total >= policy.free_over:
        return Fee(extra, extra, "FREE_OVER", params)
    if policy.free_over is not None:
        params["left"] = policy.free_over - goods_total
    return Fee(policy.fee + extra, extra, "BASE", params)


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
