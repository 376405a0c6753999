"""What promotions take off an order, and who bears it. Pure; amounts are won, shares basis points.

The order in which things apply is declared, never hidden (docs/decisions/0060):

1. one price deal per line: the best of the instant discounts and N+1 deals (a live price is a deal already);
2. one product coupon per line, each coupon on one line;
3. one cart coupon per order, its minimum reckoned on the goods after the price deals;
4. points, on what is left of the goods.

Something is always left to pay: LEFT_TO_PAY won of the goods.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from dure.commerce.pricing.rules import commission, commission_vat
from dure.commerce.promotions.matching import assign
from dure.kit import money

LEFT_TO_PAY = 100  # the least a card is charged

INSTANT, NPLUS1, PRODUCT_COUPON, CART_COUPON, GIFT = "INSTANT", "NPLUS1", "PRODUCT_COUPON", "CART_COUPON", "GIFT"
COUPON, POINTS = "COUPON", "POINTS"  # kinds of a line's discount, beside INSTANT and NPLUS1
RATE, AMOUNT = "RATE", "AMOUNT"
ALL, SELLER, CATEGORY, PRODUCT, EXHIBITION = "ALL", "SELLER", "CATEGORY", "PRODUCT", "EXHIBITION"
PLATFORM, AGENCY = "PLATFORM", "AGENCY"  # bearers, beside SELLER; ALL: a cap on the whole


@dataclass(frozen=True)
class Chosen:
    """What a buyer puts on an order: coupons of their box by id, and points. `suggest`: the best coupons instead."""

    buyer_id: int | None = None
    coupon_ids: tuple[int, ...] = ()
    points: int = 0
    suggest: bool = False


class Parts(NamedTuple):
    """A discount by who bears it; adds up to the discount."""

    platform: int
    seller: int
    agency: int

    @property
    def total(self) -> int:
        return self.platform + self.seller + self.agency


@dataclass(frozen=True)
class Shares:
    """Basis points of a discount by who bears it; they add up to 10,000."""

    platform: int = 10_000
    seller: int = 0
    agency: int = 0

    def of(self, amount: int) -> Parts:
        """By largest remainder, so that the parts add up to the won."""
        return Parts(*money.split(amount, [self.platform, self.seller, self.agency]))


@dataclass(frozen=True)
class Line:
    """A line of a quote as a promotion sees it. `categories`: its own and those above it."""

    index: int
    option: int
    product: int
    seller: int
    unit_price: int
    quantity: int
    categories: tuple[int, ...] = ()
    live: bool = False

    @property
    def goods(self) -> int:
        return self.unit_price * self.quantity


@dataclass(frozen=True)
class EventPrice:
    """What a piece of an option costs in an instant discount, and what it cost when that was agreed."""

    price: int
    list_price: int
    seller: int


@dataclass(frozen=True)
class Deal:
    """An offer whose period is on, or a coupon of it, as the reckoning needs it.

    `sellers`: those whose goods it holds for (they agreed to bear a share); None: everybody's. `room`: won left of a
    budget by (bearer, seller or None); a bearer without an entry has no cap. `coupon`: the id in the buyer's box.
    """

    offer: int
    kind: str
    name: str
    how: str = RATE
    value: int = 0  # basis points, or won
    cap: int | None = None
    min_spend: int = 0
    scope: str = ALL
    targets: frozenset[int] = frozenset()
    shares: Shares = Shares()
    agency: int | None = None
    sellers: frozenset[int] | None = None
    prices: Mapping[int, EventPrice] = field(default_factory=dict)  # INSTANT: by option
    buy: int = 0  # NPLUS1: of every buy + free pieces, `free` cost nothing
    free: int = 0
    gift_option: int | None = None
    room: Mapping[tuple[str, int | None], int] = field(default_factory=dict)
    coupon: int | None = None

    @property
    def ref(self) -> str:
        return f"coupon:{self.coupon}" if self.coupon else f"offer:{self.offer}"

    def covers(self, line: Line) -> bool:
        if self.sellers is not None and line.seller not in self.sellers:
            return False
        match self.scope:
            case "SELLER":
                return line.seller in self.targets
            case "CATEGORY":
                return not self.targets.isdisjoint(line.categories)
            case "PRODUCT" | "EXHIBITION":  # an exhibition's products are looked up before
                return line.product in self.targets
        return True

    def off(self, base: int) -> int:
        """Won off `base`, its cap kept."""
        amount = money.rate_of(base, self.value) if self.how == RATE else self.value
        return min(amount, base) if self.cap is None else min(amount, base, self.cap)


@dataclass(frozen=True)
class LineDiscount:
    """What one offer takes off one line. The platform bears what seller and agency do not."""

    line_index: int
    kind: str  # INSTANT, NPLUS1, COUPON, POINTS
    ref: str  # "offer:12", "coupon:34", "points"
    name: str
    amount: int
    seller_share: int = 0
    agency_share: int = 0
    agency: int | None = None
    offer: int | None = None
    coupon: int | None = None
    seller: int = 0

    @property
    def platform_share(self) -> int:
        return self.amount - self.seller_share - self.agency_share


@dataclass(frozen=True)
class Gift:
    """A present that goes with a line; only while its own stock lasts."""

    line_index: int
    offer: int
    option: int
    name: str


@dataclass(frozen=True)
class Unused:
    """A chosen coupon that takes nothing off. reason: SCOPE, MIN_SPEND (`left` won to go), BUDGET, ONE_PER_CART,
    ONE_PER_LINE, NOTHING_LEFT."""

    coupon: int
    reason: str
    left: int = 0


@dataclass
class Reckoned:
    discounts: list[LineDiscount] = field(default_factory=list)
    gifts: list[Gift] = field(default_factory=list)
    unused: list[Unused] = field(default_factory=list)
    points: int = 0  # used
    points_most: int = 0  # usable on this order

    @property
    def total(self) -> int:
        return sum(d.amount for d in self.discounts)

    @property
    def coupons(self) -> list[int]:
        """Ids of the coupons that take something off."""
        return list(dict.fromkeys(d.coupon for d in self.discounts if d.coupon))

    def of_line(self, index: int) -> list[LineDiscount]:
        return [d for d in self.discounts if d.line_index == index]


def reckon(
    lines: Sequence[Line],
    deals: Iterable[Deal] = (),
    coupons: Iterable[Deal] = (),
    *,
    points: int = 0,
    points_least: int = 0,
) -> Reckoned:
    """All that is taken off `lines`. `deals`: offers that hold for everybody; `coupons`: the chosen ones, in the order
    chosen; `points`: wanted, and had. Points below `points_least` are not used."""
    found = Reckoned()
    left = {line.index: line.goods for line in lines}
    offered = list(deals)
    for discount in _price_deals(lines, [d for d in offered if d.kind in (INSTANT, NPLUS1)]):
        found.discounts.append(discount)
        left[discount.line_index] -= discount.amount
    spent = dict(left)  # goods after the price deals: what a minimum is held against
    found.gifts = [gift for d in offered if d.kind == GIFT if (gift := _gift(d, lines, spent))]
    chosen = list(coupons)
    _product_coupons(found, lines, left, [c for c in chosen if c.kind == PRODUCT_COUPON])
    _cart_coupon(found, lines, left, spent, [c for c in chosen if c.kind == CART_COUPON])
    found.points_most = _to_go(left) if lines else 0
    found.points = min(points, found.points_most)
    if found.points < max(points_least, 1):
        found.points = 0
    _spread(found, lines, left, found.points, Deal(0, POINTS, ""), kind=POINTS, ref="points")
    return found


def _price_deals(lines: Sequence[Line], deals: Sequence[Deal]) -> list[LineDiscount]:
    """The best deal of each line. An offer whose budget would not bear all it would take is left out as a whole."""
    able = list(deals)
    while True:
        taken = [d for line in lines if (d := _best(line, able))]
        broke = {offer.offer for offer in able if not _within(offer, taken)}
        if not broke:
            return taken
        able = [offer for offer in able if offer.offer not in broke]


def _best(line: Line, deals: Sequence[Deal]) -> LineDiscount | None:
    if line.live:
        return None
    offered = [(deal_off(deal, line), deal) for deal in deals]
    amount, deal = max(offered, key=lambda o: (o[0], -o[1].offer), default=(0, None))
    return _discount(deal, line, amount, kind=deal.kind) if deal and amount > 0 else None


def deal_off(deal: Deal, line: Line) -> int:
    """Won a price deal takes off a line. An event price holds only while the list price is not above the agreed one:
    who raises the price during an event leaves it."""
    if deal.kind == NPLUS1:
        if not deal.covers(line):
            return 0
        return line.unit_price * free_pieces(line.quantity, deal.buy, deal.free)
    event = deal.prices.get(line.option)
    if event is None or line.unit_price > event.list_price or not deal.covers(line):
        return 0
    return max(line.unit_price - event.price, 0) * line.quantity


def free_pieces(quantity: int, buy: int, free: int) -> int:
    """2+1: of every three pieces one is free."""
    return quantity // (buy + free) * free


def _gift(deal: Deal, lines: Sequence[Line], spent: Mapping[int, int]) -> Gift | None:
    covered = [line for line in lines if deal.covers(line)]
    if deal.gift_option is None or not covered or sum(spent[line.index] for line in covered) < max(deal.min_spend, 1):
        return None
    host = max(covered, key=lambda line: (spent[line.index], -line.index))
    return Gift(host.index, deal.offer, deal.gift_option, deal.name)


def _product_coupons(found: Reckoned, lines: Sequence[Line], left: dict[int, int], coupons: Sequence[Deal]) -> None:
    weights = [[_usable(c, line, left) for line in lines] for c in coupons]
    for coupon, worth, at in zip(coupons, weights, assign(weights), strict=True):
        amount = min(worth[at], _to_go(left)) if at is not None else 0
        if at is None or amount <= 0:
            found.unused.append(_why(coupon, lines, left))
            continue
        discount = _discount(coupon, lines[at], amount, kind=COUPON)
        if _within(coupon, [discount]):
            found.discounts.append(discount)
            left[lines[at].index] -= amount
        else:
            found.unused.append(Unused(coupon.coupon or 0, "BUDGET"))


def _usable(coupon: Deal, line: Line, left: Mapping[int, int]) -> int:
    base = left[line.index]
    return coupon.off(base) if coupon.covers(line) and base >= max(coupon.min_spend, 1) else 0


def _why(coupon: Deal, lines: Sequence[Line], left: Mapping[int, int]) -> Unused:
    bases = [left[line.index] for line in lines if coupon.covers(line)]
    most = max(bases, default=0)
    if not bases:
        return Unused(coupon.coupon or 0, "SCOPE")
    if most < coupon.min_spend:
        return Unused(coupon.coupon or 0, "MIN_SPEND", coupon.min_spend - most)
    return Unused(coupon.coupon or 0, "ONE_PER_LINE" if _to_go(left) else "NOTHING_LEFT")


def _cart_coupon(
    found: Reckoned,
    lines: Sequence[Line],
    left: dict[int, int],
    spent: Mapping[int, int],
    coupons: Sequence[Deal],
) -> None:
    used = False
    for coupon in coupons:
        covered = [line for line in lines if coupon.covers(line)]
        enough = sum(spent[line.index] for line in covered)
        amount = min(coupon.off(sum(left[line.index] for line in covered)), _to_go(left))
        if used:
            found.unused.append(Unused(coupon.coupon or 0, "ONE_PER_CART"))
        elif not covered:
            found.unused.append(Unused(coupon.coupon or 0, "SCOPE"))
        elif enough < coupon.min_spend:
            found.unused.append(Unused(coupon.coupon or 0, "MIN_SPEND", coupon.min_spend - enough))
        elif amount <= 0:
            found.unused.append(Unused(coupon.coupon or 0, "NOTHING_LEFT"))
        elif not _spread(found, covered, left, amount, coupon, kind=COUPON, ref=coupon.ref):
            found.unused.append(Unused(coupon.coupon or 0, "BUDGET"))
        else:
            used = True


def _spread(
    found: Reckoned, lines: Sequence[Line], left: dict[int, int], amount: int, deal: Deal, *, kind: str, ref: str
) -> bool:
    """Share an order's discount over its lines by what is left of them. False when the budget would not bear it."""
    if amount <= 0:
        return True
    parts = money.split(amount, [left[line.index] for line in lines])
    discounts = [
        _discount(deal, line, part, kind=kind, ref=ref) for line, part in zip(lines, parts, strict=True) if part
    ]
    if not _within(deal, discounts):
        return False
    found.discounts += discounts
    for discount in discounts:
        left[discount.line_index] -= discount.amount
    return True


def _discount(deal: Deal, line: Line, amount: int, *, kind: str, ref: str = "") -> LineDiscount:
    parts = deal.shares.of(amount)
    return LineDiscount(
        line_index=line.index,
        kind=kind,
        ref=ref or deal.ref,
        name=deal.name,
        amount=amount,
        seller_share=parts.seller,
        agency_share=parts.agency,
        agency=deal.agency if parts.agency else None,
        offer=deal.offer or None,
        coupon=deal.coupon,
        seller=line.seller,
    )


def _to_go(left: Mapping[int, int]) -> int:
    return max(sum(left.values()) - LEFT_TO_PAY, 0)


def burdens(discounts: Iterable[LineDiscount]) -> dict[tuple[str, int | None], int]:
    """What each budget of one offer has to bear: the whole, the platform, the agency, and each seller."""
    sums: dict[tuple[str, int | None], int] = {}
    for d in discounts:
        for key, won in (
            ((ALL, None), d.amount),
            ((PLATFORM, None), d.platform_share),
            ((AGENCY, None), d.agency_share),
            ((SELLER, d.seller), d.seller_share),
        ):
            if won:
                sums[key] = sums.get(key, 0) + won
    return sums


def _within(deal: Deal, discounts: Iterable[LineDiscount]) -> bool:
    borne = burdens(d for d in discounts if d.offer == deal.offer and d.coupon == deal.coupon)
    return all(won <= deal.room[key] for key, won in borne.items() if key in deal.room)


def suggest(lines: Sequence[Line], deals: Sequence[Deal], coupons: Sequence[Deal], **points: int) -> Reckoned:
    """The coupons of the box that together take most off: every cart coupon (and none) tried with the best product
    coupons; ties go to fewer coupons."""
    products = [c for c in coupons if c.kind == PRODUCT_COUPON]
    carts = [c for c in coupons if c.kind == CART_COUPON]
    tried = [reckon(lines, deals, [*products, *cart], **points) for cart in [[], *([c] for c in carts)]]
    best = max(tried, key=lambda r: (sum(d.amount for d in r.discounts if d.kind == COUPON), -len(r.coupons)))
    best.unused = []
    return best


# What it costs each party, before anybody agrees


@dataclass(frozen=True)
class Outcome:
    """One sale under an offer: what the buyer pays for the goods, who bears the discount, what reaches the seller."""

    goods: int
    discount: int
    parts: Parts
    commission: int
    vat: int

    @property
    def paid(self) -> int:
        return self.goods - self.discount

    @property
    def arrives(self) -> int:
        return self.goods - self.parts.seller - self.commission - self.vat


def outcome(goods: int, discount: int, shares: Shares, commission_bp: int) -> Outcome:
    """Commission is on the goods less the seller's own share, VAT on top of it, as in the settlement."""
    parts = shares.of(discount)
    fee = commission(goods - parts.seller, commission_bp)
    return Outcome(goods, discount, parts, fee, commission_vat(fee))


def at_full_budget(shares: Shares, caps: Mapping[str, int]) -> Parts | None:
    """What each party pays when the first cap (by bearer; ALL: the whole) is reached; None without any cap."""
    weights = {PLATFORM: shares.platform, SELLER: shares.seller, AGENCY: shares.agency, ALL: 10_000}
    totals = [cap * 10_000 // weights[bearer] for bearer, cap in caps.items() if weights[bearer]]
    return shares.of(min(totals)) if totals else None


# Prices before an event


def lowest(prices: Iterable[int], now: int) -> int:
    """The lowest of the prices that held within the window, the present one among them."""
    return min([now, *prices])


def rounded_down(price: int, basis_points: int) -> int:
    """`price` less a rate, down to the ten won that prices are written in; never below ten."""
    return max(price * (10_000 - basis_points) // 10_000 // 10 * 10, 10)


def cut(price: int, how: str, value: int) -> int:
    """What a piece costs in an instant discount of a rate (basis points) or an amount (won)."""
    return rounded_down(price, value) if how == RATE else max(price - value, 10)


def raised_percent(low: int, now: int) -> int:
    """How far today's price stands above the lowest of the window, in whole percent; 0: not raised."""
    return (now - low) * 100 // low if low and now > low else 0


# Points


def part_of(total: int, quantity: int, already: int, now: int) -> int:
    """The share of `total` for `now` of `quantity` pieces when `already` went before; the parts add up to the won."""
    return total * (already + now) // quantity - total * already // quantity


def fifo(lots: Sequence[tuple[int, int]], amount: int) -> list[tuple[int, int]]:
    """Take `amount` from (id, left) lots, the first first. Raises ValueError when they hold less."""
    taken: list[tuple[int, int]] = []
    for lot, left in lots:
        if amount <= 0:
            break
        step = min(left, amount)
        taken.append((lot, step))
        amount -= step
    if amount > 0:
        raise ValueError(f"{amount} points more than there are")
    return taken
