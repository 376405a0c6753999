"""Who pays for a claim, and what the buyer gets back. Pure; amounts are won.

전자상거래법 제17조·제18조: within seven days of the delivery a buyer may return goods for a change of mind and pays the
freight back; when the goods are faulty or not as described the seller pays, within three months of the delivery or
thirty days of knowing it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

# code → (sentence, who is at fault, may it be chosen for a cancel, for a return)
REASONS = {
    "INTENT_CHANGED": (_("단순 변심"), "BUYER", True, True),
    "WRONG_ORDER": (_("잘못 주문했어요"), "BUYER", True, True),
    "COLOR_AND_SIZE": (_("색상·크기 변경"), "BUYER", True, True),
    "DELAYED_DELIVERY": (_("배송이 늦어요"), "SELLER", True, False),
    "SOLD_OUT": (_("판매자 품절"), "SELLER", True, False),
    "BROKEN": (_("상하거나 깨져서 왔어요"), "SELLER", False, True),
    "INCORRECT_INFO": (_("설명과 달라요"), "SELLER", False, True),
    "WRONG_DELIVERY": (_("다른 상품이 왔어요"), "SELLER", False, True),
    "DROPPED_DELIVERY": (_("빠진 상품이 있어요"), "SELLER", False, True),
    "CARRIER_DAMAGE": (_("배송 중 파손"), "CARRIER", False, True),
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
    return REASONS[reason][1]


def goods_refund(paid_amount: int, quantity: int, already: int, now: int) -> int:
    """Share of `paid_amount` for `now` pieces, when `already` of `quantity` were taken out before.

    Reckoned from the cumulated share, so that the parts add up to what was paid, to the won.
    """
    return paid_amount * (already + now) // quantity - paid_amount * already // quantity


def cancel_refund(goods: int, shipping_left: int, *, last_of_seller: bool) -> Refund:
    """Before the parcel leaves: the goods, and the seller's shipping fee when nothing of that seller is left to ship."""
    return Refund(goods, shipping_left if last_of_seller else 0, 0)


def return_refund(
    goods: int, *, fault: str, shipping_paid: int, shipping_left: int, one_way: int, last_of_seller: bool
) -> Refund:
    """After the delivery.

    The buyer's change of mind: the freight back, and when the parcel had gone out free (초도배송비) the freight out as
    well; what was paid for shipping stays paid. Somebody else's fault: nothing is taken, and the fee for shipping goes back with the last
    goods of that parcel.
    """
    if fault == "BUYER":
        fee = one_way if shipping_paid else 2 * one_way
        return Refund(goods, 0, min(fee, goods))
    return Refund(goods, shipping_left if last_of_seller else 0, 0)
