"""How the money of an order line is shared. Pure; all amounts won."""

from __future__ import annotations

from dataclasses import dataclass

from dure.kit.money import rate_of


@dataclass(frozen=True)
class Share:
    """Who gets what of a line (or of the part of it that is left, or taken back). All fields >= 0 but `net`.

    goods - seller_discount - commission - vat = net, the seller's; goods - seller_discount - platform_discount = paid,
    the buyer's.
    """

    goods: int
    seller_discount: int
    platform_discount: int
    commission: int
    vat: int

    @property
    def paid(self) -> int:
        return self.goods - self.seller_discount - self.platform_discount

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
        )


def commission_of(base: int, basis_points: int) -> tuple[int, int]:
    """Commission and the VAT on it: both floored to the won, the VAT 10% of the floored commission."""
    commission = rate_of(base, basis_points)
    return commission, commission // 10


def share(
    *, unit_price: int, quantity: int, left: int, discount: int, seller_discount: int, refunded: int, commission_bp: int
) -> Share:
    """The share of the `left` pieces of a line of `quantity`, after `refunded` won of its goods went back.

    What the buyer has paid and not got back is exact; the discount left is what bridges it to the goods left, and the
    seller's part of it keeps the proportion of the sale. Commission is on the goods less the seller's discount.
    """
    goods = unit_price * left
    paid = unit_price * quantity - discount - refunded
    discount_left = goods - paid
    if not 0 <= discount_left <= goods:
        raise ValueError(f"{refunded} won refunded does not fit {quantity - left} of {quantity} pieces")
    sellers = seller_discount * discount_left // discount if discount else 0
    commission, vat = commission_of(goods - sellers, commission_bp)
    return Share(goods, sellers, discount_left - sellers, commission, vat)
