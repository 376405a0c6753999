"""What a cart costs: prices of now, a shipping fee per seller with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from dure.commerce.cart.models import Cart
from dure.commerce.catalog.models import Option, ProductStatus
from dure.commerce.pricing.queries import Price, prices_of
from dure.commerce.pricing.rules import Fee, Snapshot, shipping_fee
from dure.commerce.sellers.models import Seller, SellerStatus
from dure.kit import clock


@dataclass(frozen=True)
class QuoteLine:
    option: Option
    quantity: int
    price: Price
    available: int
    show: int | None = None

    @property
    def amount(self) -> int:
        return self.price.amount * self.quantity

    @property
    def on_sale(self) -> bool:
        product = self.option.product
        return (
            self.option.active
            and product.status == ProductStatus.ON_SALE
            and product.seller.status == SellerStatus.APPROVED
        )

    @property
    def problem(self) -> str:
        """GONE, SOLD_OUT, TOO_FEW (fewer left than wanted), or nothing."""
        if not self.on_sale:
            return "GONE"
        if self.available <= 0:
            return "SOLD_OUT"
        return "TOO_FEW" if self.available < self.quantity else ""


@dataclass(frozen=True)
class SellerGroup:
    seller: Seller
    lines: list[QuoteLine]
    goods: int
    fee: Fee
    policy: Snapshot

    @property
    def total(self) -> int:
        return self.goods + self.fee.amount


@dataclass(frozen=True)
class Quote:
    groups: list[SellerGroup]

    @property
    def goods(self) -> int:
        return sum(g.goods for g in self.groups)

    @property
    def shipping(self) -> int:
        return sum(g.fee.amount for g in self.groups)

    @property
    def total(self) -> int:
        return self.goods + self.shipping

    @property
    def count(self) -> int:
        return sum(line.quantity for g in self.groups for line in g.lines)

    @property
    def lines(self) -> list[QuoteLine]:
        return [line for g in self.groups for line in g.lines]

    @property
    def problems(self) -> list[QuoteLine]:
        return [line for line in self.lines if line.problem]

    @property
    def can_order(self) -> bool:
        return bool(self.groups) and not self.problems


def quote(cart: Cart | None, postcode: str = "", at: datetime | None = None) -> Quote:
    """In three queries, whatever the number of lines. Lines that cannot be bought count into no total."""
    if cart is None:
        return Quote([])
    rows = [(line.option_id, line.quantity, line.show) for line in cart.lines.all()]
    return quote_of(rows, postcode, at)


def quote_of(rows: Iterable[tuple[int, int, int | None]], postcode: str = "", at: datetime | None = None) -> Quote:
    """The same for (option id, quantity, show) without a cart."""
    wanted = list(rows)
    options = (
        Option.objects.filter(pk__in=[r[0] for r in wanted])
        .select_related("product__seller__shipping_policy", "product__category", "stock")
        .prefetch_related("product__photos")
        .in_bulk()
    )
    prices = prices_of(options.values(), at or clock.now())
    by_seller: dict[int, list[QuoteLine]] = {}
    for option_id, quantity, show in wanted:
        if (option := options.get(option_id)) is None:
            continue
        stock = getattr(option, "stock", None)
        line = QuoteLine(option, quantity, prices[option_id], stock.available if stock else 0, show)
        by_seller.setdefault(option.product.seller_id, []).append(line)
    return Quote([_group(lines, postcode) for lines in by_seller.values()])


def _group(lines: list[QuoteLine], postcode: str) -> SellerGroup:
    seller = lines[0].option.product.seller
    goods = sum(line.amount for line in lines if line.problem in {"", "TOO_FEW"})
    policy = policy_of(seller)
    return SellerGroup(seller, lines, goods, shipping_fee(policy, goods, postcode), policy)


def policy_of(seller: Seller) -> Snapshot:
    """The seller's shipping policy; a seller without one ships for nothing (approval asks for one)."""
    policy = getattr(seller, "shipping_policy", None)
    return Snapshot.of(policy) if policy else Snapshot(fee=0, free_over=None, jeju_extra=0, remote_extra=0)
