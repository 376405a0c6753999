"""Who may ask for what until when, who pays for it, and what the buyer gets back. Pure; amounts are won.

전자상거래법 제17조·제18조: within seven days of the delivery a buyer may return goods for a change of mind and pays the
freight back, unless the goods are of a kind excluded by 제17조 2항 and the buyer was told so; when the goods are faulty
or not as described the seller pays, within three months of the delivery and thirty days of knowing it. The seller gives
the money back within three business days of having the goods (제18조 2항).
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple


class Reason(NamedTuple):
    fault: str  # BUYER, SELLER, CARRIER
    for_cancel: bool
    for_return: bool


REASONS = {
    "INTENT_CHANGED": Reason("BUYER", True, True),
    "WRONG_ORDER": Reason("BUYER", True, True),
    "COLOR_AND_SIZE": Reason("BUYER", True, True),
    "DELAYED_DELIVERY": Reason("SELLER", True, True),
    "SOLD_OUT": Reason("SELLER", True, False),
    "BROKEN": Reason("SELLER", False, True),
    "INCORRECT_INFO": Reason("SELLER", False, True),
    "WRONG_DELIVERY": Reason("SELLER", False, True),
    "WRONG_OPTION": Reason("SELLER", False, True),
    "DROPPED_DELIVERY": Reason("SELLER", False, True),
    "CARRIER_DAMAGE": Reason("CARRIER", False, True),
}
OF_BUYERS = [code for code in REASONS if code != "SOLD_OUT"]  # what a buyer chooses from

WITHDRAWAL_DAYS = 7
FAULT_MONTHS = 3
ANSWER_DAYS = {"CANCEL": 1, "RETURN": 2, "EXCHANGE": 2}  # business days until the seller should have answered
REFUND_DAYS = 3  # business days after the goods are back
LONGEST_HOLD = 30  # days


@dataclass(frozen=True)
class Refund:
    """`amount` = goods + shipping - return_fee, never below 0. `fee_due`: the freight the buyer bears (`first_freight`
    of it for the way out), of which `return_fee` is taken from the refund; the rest comes in the parcel or apart."""

    goods: int
    shipping: int
    return_fee: int
    fee_due: int = 0
    first_freight: int = 0

    @property
    def amount(self) -> int:
        return self.goods + self.shipping - self.return_fee

    @property
    def fee_apart(self) -> int:
        return self.fee_due - self.return_fee


def fault_of(reason: str) -> str:
    return REASONS[reason].fault


def last_day(delivered: date, fault: str) -> date:
    """The last day a return or exchange can be asked for; the day of the delivery is not counted (민법 제157조)."""
    return delivered + timedelta(days=WITHDRAWAL_DAYS) if fault == "BUYER" else _months_after(delivered, FAULT_MONTHS)


def goods_refund(paid_amount: int, quantity: int, already: int, now: int) -> int:
    """Share of `paid_amount` for `now` pieces, when `already` of `quantity` were taken out before.

    Reckoned from the cumulated share, so that the parts add up to what was paid, to the won.
    """
    return paid_amount * (already + now) // quantity - paid_amount * already // quantity


def cancel_refund(goods: int, shipping_left: int, *, last_of_parcel: bool) -> Refund:
    """Before the parcel leaves: the goods, and its shipping fee when nothing is left in it to ship."""
    return Refund(goods, shipping_left if last_of_parcel else 0, 0)


def return_refund(
    goods: int,
    *,
    fault: str,
    freight_back: int,
    freight_out: int,
    shipping_left: int,
    last_of_parcel: bool,
    method: str = "DEDUCTED",
) -> Refund:
    """After the dispatch.

    The buyer's change of mind: the freight back, and the freight out where it had been free and no longer is
    (`pricing.rules.first_freight`); what was paid for shipping stays paid. DEDUCTED takes the freight from the refund
    (never more than the goods), otherwise it comes by itself. Somebody else's fault: nothing is taken, and the fee for
    shipping goes back with the last goods of that parcel.
    """
    if fault == "BUYER":
        due = freight_back + freight_out
        return Refund(goods, 0, min(due, goods) if method == "DEDUCTED" else 0, due, freight_out)
    return Refund(goods, shipping_left if last_of_parcel else 0, 0)


@dataclass(frozen=True)
class Exchanged:
    """The contract of the line that stands for exchanged pieces: unit_price * quantity - discount = moved, the won that
    go over to it from the first line; `refund` goes back to the buyer, whose new goods cost less."""

    unit_price: int
    discount: int
    seller_discount: int
    moved: int
    refund: int


def exchange(*, unit_price: int, new_price: int, quantity: int, paid: int, seller_discount: int) -> Exchanged:
    """`paid` won (after discounts) were paid for `quantity` pieces of `unit_price`; what is sent instead costs `new_price`.

    Dearer goods are sent at the price agreed before: a seller who exchanges does not sell anew. Cheaper ones bring the
    difference back, up to what was paid.
    """
    price = min(unit_price, new_price)
    refund = min((unit_price - price) * quantity, paid)
    discount = price * quantity - (paid - refund)
    return Exchanged(price, discount, min(seller_discount, discount), paid - refund, refund)


def exchange_refund(difference: int, *, fault: str, round_trip: int, method: str) -> Refund:
    """What an exchange gives back: the difference of the prices, less the freight of both ways on a change of mind."""
    due = round_trip if fault == "BUYER" else 0
    return Refund(difference, 0, min(due, difference) if method == "DEDUCTED" else 0, due)


def _months_after(day: date, months: int) -> date:
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
