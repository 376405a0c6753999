"""Who pays for a claim, and what the buyer gets back. Pure; amounts are won.

전자상거래법 제17조·제18조: within seven days of the delivery a buyer may return goods for a change of mind and pays the
freight back; when the goods are faulty or not as described the seller pays, within three months of the delivery or
thirty days of knowing it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Reason(NamedTuple):
    fault: str  # BUYER, SELLER, CARRIER
    for_cancel: bool
    for_return: bool


REASONS = {
    "INTENT_CHANGED": Reason("BUYER", True, True),
    "WRONG_ORDER": Reason("BUYER", True, True),
    "COLOR_AND_SIZE": Reason("BUYER", True, True),
    "DELAYED_DELIVERY": Reason("SELLER", True, False),
    "SOLD_OUT": Reason("SELLER", True, False),
    "BROKEN": Reason("SELLER", False, True),
    "INCORRECT_INFO": Reason("SELLER", False, True),
    "WRONG_DELIVERY": Reason("SELLER", False, True),
    "DROPPED_DELIVERY": Reason("SELLER", False, True),
    "CARRIER_DAMAGE": Reason("CARRIER", False, True),
}

WITHDRAWAL_DAYS = 7
FAULT_DAYS = 90


@dataclass(frozen=True)
class Refund:
    """`amount` = goods + shipping - return_fee, never below 0."""

    goods: int
    shipping: int
    return_fee: int

    @property
    def amount(self) -> int:
        return self.goods + self.shipping - self.return_fee


def fault_of(reason: str) -> str:
    return REASONS[reason].fault


def goods_refund(paid_amount: int, quantity: int, already: int, now: int) -> int:
    """Share of `paid_amount` for `now` pieces, when `already` of `quantity` were taken out before.

    Reckoned from the cumulated share, so that the parts add up to what was paid, to the won.
    """
    return paid_amount * (already + now) // quantity - paid_amount * already // quantity


def cancel_refund(goods: int, shipping_left: int, *, last_of_seller: bool) -> Refund:
    """Before the parcel leaves: the goods, and its shipping fee when nothing is left in it to ship."""
    return Refund(goods, shipping_left if last_of_seller else 0, 0)


def return_refund(
    goods: int, *, fault: str, freight_back: int, freight_out: int, shipping_left: int, last_of_seller: bool
) -> Refund:
    """After the delivery.

    The buyer's change of mind: the freight back, and the freight out where it had been free and no longer is
    (`pricing.rules.first_freight`); what was paid for shipping stays paid. Somebody else's fault: nothing is taken, and the fee for
    shipping goes back with the last goods of that parcel.
    """
    if fault == "BUYER":
        return Refund(goods, 0, min(freight_back + freight_out, goods))
    return Refund(goods, shipping_left if last_of_seller else 0, 0)
