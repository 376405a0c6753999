"""How the money of an order line is shared. Pure; all amounts won."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dure.kit.money import rate_of


@dataclass(frozen=True)
class Share:
    """Who gets what of a line (or of the part of it that is left, or taken back). All fields >= 0 but `net`.

    goods - seller_discount - commission - vat = net, the seller's; goods - seller_discount - platform_discount -
    agency_discount = paid, the buyer's. `agencies`: (agency id, won) of the discount that sponsors bear.
    """

    goods: int
    seller_discount: int
    platform_discount: int
    commission: int
    vat: int
    agencies: tuple[tuple[int, int], ...] = ()

    @property
    def agency_discount(self) -> int:
        return sum(won for _agency, won in self.agencies)

    @property
    def paid(self) -> int:
        return self.goods - self.seller_discount - self.platform_discount - self.agency_discount

    @property
    def net(self) -> int:
        return self.goods - self.seller_discount - self.commission - self.vat

    def __sub__(self, other: Share) -> Share:
        return Share(
            self.goods - other.goods,
            self.seller_discount - other.seller_discount,
            self.platform_discount - other.platform_discount,
            self.commission - other.commission,
            self.vat - other.vat,
            tuple((agency, won - other._of(agency)) for agency, won in self.agencies),
        )

    def _of(self, agency: int) -> int:
        return next((won for known, won in self.agencies if known == agency), 0)


def commission_of(base: int, basis_points: int) -> tuple[int, int]:
    """Commission and the VAT on it: both floored to the won, the VAT 10% of the floored commission."""
    commission = rate_of(base, basis_points)
    return commission, commission // 10


def share(
    *,
    unit_price: int,
    quantity: int,
    left: int,
    discount: int,
    seller_discount: int,
    refunded: int,
    commission_bp: int,
    agencies: Sequence[tuple[int, int]] = (),
) -> Share:
    """The share of the `left` pieces of a line of `quantity`, after `refunded` won of its goods went back.

    What the buyer has paid and not got back is exact; the discount left is what bridges it to the goods left. The
    seller and each of `agencies` (id, won of the sale's discount) keep their proportion of it, reckoned from cumulated
    sums so that the parts add up and a line that comes back in any steps comes back whole; the rest is the platform's.
    Commission is on the goods less the seller's discount.
    """
    goods = unit_price * left
    paid = unit_price * quantity - discount - refunded
    discount_left = goods - paid
    if not 0 <= discount_left <= goods:
        raise ValueError(f"{refunded} won refunded does not fit {quantity - left} of {quantity} pieces")
    sellers, *of_agencies = _in_proportion(discount_left, discount, [seller_discount, *(won for _, won in agencies)])
    commission, vat = commission_of(goods - sellers, commission_bp)
    return Share(
        goods,
        sellers,
        discount_left - sellers - sum(of_agencies),
        commission,
        vat,
        tuple((agency, won) for (agency, _), won in zip(agencies, of_agencies, strict=True)),
    )


def _in_proportion(left: int, whole: int, parts: Sequence[int]) -> list[int]:
    """`left` of `whole` by `parts` of the whole, each the step between two floored cumulated sums."""
    if not whole:
        return [0] * len(parts)
    steps, before, upto = [], 0, 0
    for part in parts:
        upto += part
        steps.append(upto * left // whole - before)
        before += steps[-1]
    return steps
