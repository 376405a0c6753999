"""What a cart costs: prices of now, discounts, a shipping fee for what travels together, with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, prefetch_related_objects

from dure.commerce.cart.models import Cart, CartLine
from dure.commerce.cart.rules import refusal
from dure.commerce.catalog.models import Option, ProductStatus
from dure.commerce.pricing.queries import Delivery, Price, deliveries_of, live_prices, prices_of
from dure.commerce.pricing.rules import Bundle, Fee, Item, shipping_fee
from dure.commerce.promotions import queries as promotions
from dure.commerce.promotions.models import Offer
from dure.commerce.promotions.rules import Chosen, LineDiscount, Reckoned
from dure.commerce.promotions.rules import Line as DealLine
from dure.commerce.sellers.models import Seller, SellerStatus
from dure.commerce.stock.limits import held_by, holder_of
from dure.kit import clock
from dure.kit.prepared import Prepared, Slot
from dure.people.rules import check_holds

Rows = Iterable[tuple[int, int, int | None]]  # option id, quantity, show


@dataclass(frozen=True)
class QuoteLine:
    """`discounts`: what is taken off this line, by offers that need no choice and by what the buyer chose. `index`: its
    place among the rows asked for.

    `refusal`: why the product cannot be bought so (rules.refusal). `chosen`: ticked in the cart; `held`: pieces of the
    product the buyer has bought before, where the seller limits them.
    """

    option: Option
    quantity: int
    price: Price
    available: int
    delivery: Delivery
    show: int | None = None
    index: int = 0
    discounts: tuple[LineDiscount, ...] = ()
    refusal: str = ""
    held: int = 0
    chosen: bool = True

    @property
    def discount(self) -> int:
        """Won off this line."""
        return sum(d.amount for d in self.discounts)

    @property
    def amount(self) -> int:
        return self.price.amount * self.quantity

    @property
    def paid(self) -> int:
        return self.amount - self.discount

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
        """GONE, SOLD_OUT, a refusal of the seller's terms, TOO_FEW (fewer left than wanted), or nothing."""
        if not self.on_sale:
            return "GONE"
        if self.available <= 0:
            return "SOLD_OUT"
        return self.refusal or ("TOO_FEW" if self.available < self.quantity else "")

    @property
    def counts(self) -> bool:
        """It may yet be bought: it is part of the totals."""
        return self.chosen and self.problem not in {"GONE", "SOLD_OUT", "NOT_YET", "OVER", "ADULTS", "ALONE"}


@dataclass(frozen=True)
class Parcel:
    """Lines of one seller that travel together. `key` is the `bundle` of the charge made from it."""

    key: str
    lines: list[QuoteLine]
    bundle: Bundle
    fee: Fee

    def part_of(self, line: QuoteLine) -> int:
        """Which of the bundle's terms the line is reckoned by."""
        return self.bundle.terms.index(line.delivery.bundle.terms[0])


@dataclass(frozen=True)
class SellerGroup:
    seller: Seller
    parcels: list[Parcel]

    @property
    def lines(self) -> list[QuoteLine]:
        return [line for parcel in self.parcels for line in parcel.lines]

    @property
    def goods(self) -> int:
        return sum(line.amount for line in self.lines if line.counts)

    @property
    def discount(self) -> int:
        return sum(line.discount for line in self.lines if line.counts)

    @property
    def shipping(self) -> int:
        return sum(parcel.fee.amount for parcel in self.parcels)

    @property
    def total(self) -> int:
        return self.goods - self.discount + self.shipping


@dataclass(frozen=True)
class Quote:
    """`reckoned`: how the discounts came about, the gifts, coupons that take nothing off, points that could be used."""

    groups: list[SellerGroup]
    reckoned: Reckoned = field(default_factory=Reckoned)

    @property
    def goods(self) -> int:
        return sum(g.goods for g in self.groups)

    @property
    def discount(self) -> int:
        return sum(g.discount for g in self.groups)

    @property
    def shipping(self) -> int:
        return sum(g.shipping for g in self.groups)

    @property
    def collect(self) -> int:
        """Won to be paid to carriers at the door, in no total."""
        return sum(parcel.fee.collect for g in self.groups for parcel in g.parcels)

    @property
    def total(self) -> int:
        return self.goods - self.discount + self.shipping

    @property
    def count(self) -> int:
        return sum(line.quantity for line in self.lines if line.chosen)

    @property
    def lines(self) -> list[QuoteLine]:
        return [line for g in self.groups for line in g.lines]

    @property
    def problems(self) -> list[QuoteLine]:
        """Of what is ticked: the rest is not in the way."""
        return [line for line in self.lines if line.problem and line.chosen]

    @property
    def can_order(self) -> bool:
        return any(line.chosen for line in self.lines) and not self.problems


def quote(
    cart: Cart | None, postcode: str = "", at: datetime | None = None, *, buyer: Any = None, faces: bool = False
) -> Quote:
    """In six queries, whatever the number of lines. Lines not ticked, or that cannot be bought, count into no total."""
    if cart is None:
        return Quote([])
    lines = list(cart.lines.all())
    rows = [(line.option_id, line.quantity, line.show) for line in lines]
    unticked = {line.option_id for line in lines if not line.chosen}
    return quote_of(rows, postcode, at, buyer=buyer, unticked=unticked, faces=faces)


def quote_of(
    rows: Rows,
    postcode: str = "",
    at: datetime | None = None,
    *,
    offers: Chosen | None = None,
    at_the_door: Collection[tuple[int, str]] = (),
    buyer: Any = None,
    holder: str = "",
    unticked: Collection[int] = (),
    faces: bool = False,
) -> Quote:
    """The same for (option id, quantity, show) without a cart.

    `offers`: what the buyer chose to use (coupons, points). `at_the_door`: (seller id, parcel key) of the parcels whose
    freight the buyer wants to pay to the carrier. `buyer`: the user who will buy, or None; `holder`: who is counted where
    a seller limits pieces per person (stock.limits.holder_of). `unticked`: options that are looked at only. `faces`: with the
    products' photos fetched, for a page.
    """
    moment = at or clock.now()
    lines = _lines(list(rows), moment, faces)
    lines = [replace(line, chosen=line.option.pk not in unticked) for line in lines]
    lines = _by_the_sellers_terms(lines, moment, buyer, holder)
    lines, reckoned = _less_discounts(lines, offers, moment)
    by_seller: dict[int, dict[str, list[QuoteLine]]] = {}
    for line in lines:
        by_seller.setdefault(line.option.product.seller_id, {}).setdefault(line.delivery.key, []).append(line)
    return Quote(
        [
            SellerGroup(
                next(iter(parcels.values()))[0].option.product.seller,
                [_parcel(key, there, postcode, (seller, key) in at_the_door) for key, there in parcels.items()],
            )
            for seller, parcels in by_seller.items()
        ],
        reckoned,
    )


UNREAD = [  # of a cart or a contract
    "tagline", "story", "blocks", "keywords", "review_note", "key", "kc_numbers", "maker", "created_at", "submitted_at", "updated_at",
    *(
        f"seller__{name}"
        for name in (
            "story", "lead_ref", "brn", "company_name", "representative", "mail_order_number", "mail_order_exempt", "business_address",
            "contact_phone", "contact_email", "tax_type", "business_checked_at", "created_at", "submitted_at", "approved_at",
            "review_note", "mend", "started_on", "suspended_until", "closed_at",
        )
    ),
    *(
        f"{shelf}__{name}"
        for shelf in ("category", "category__parent")
        for name in (
            "name_ko", "name_en", "icon", "notice_type", "position", "needs_kc", "needs_origin", "adults_only", "active", "edited_at",
        )
    ),
    "seller__shipping_policy__dispatch_from", "seller__shipping_policy__return_to", "seller__shipping_policy__carrier",
]  # fmt: skip
LINES = Prepared(
    lambda: (
        CartLine.objects.filter(cart__session_key=Slot("session_key", "text"))
        .order_by("added_at", "id")
        .values_list("option_id", "quantity", "show")
    )
)
# With whether there is anything to ask for besides: mostly there is not.
OPTIONS: Prepared[Any] = Prepared(
    lambda: (
        Option.objects.filter(pk__any=Slot("ids", "bigint[]"))
        .select_related(
            "product__seller__shipping_policy", "product__category__parent", "product__delivery__group", "stock"
        )
        .annotate(
            priced_live=Exists(live_prices(Slot("at", "timestamptz")).filter(option=OuterRef("pk"))),
            offered=Exists(Offer.objects.on_at(Slot("at", "timestamptz")).exclude(kind__in=Offer.COUPONS)),
        )
        .defer(*(f"product__{name}" for name in UNREAD))
        .order_by()
    )
)


def _lines(wanted: list[tuple[int, int, int | None]], moment: datetime, faces: bool) -> list[QuoteLine]:
    options = {option.pk: option for option in OPTIONS(ids=[r[0] for r in wanted], at=moment)}
    if faces:
        prefetch_related_objects(list(options.values()), "product__photos")
    live = prices_of([option for option in options.values() if option.priced_live], moment)
    deliveries = deliveries_of([option.product for option in options.values()])
    return [
        QuoteLine(
            option,
            quantity,
            live.get(option_id) or Price(option.price, option.price),
            option.stock.available if hasattr(option, "stock") else 0,
            deliveries[option.product_id],
            show,
            index,
        )
        for index, (option_id, quantity, show) in enumerate(wanted)
        if (option := options.get(option_id)) is not None
    ]


def _by_the_sellers_terms(lines: list[QuoteLine], moment: datetime, buyer: Any, holder: str) -> list[QuoteLine]:
    """Pieces of all options of a product count together; add-ons are bought beside them, in any number, never ALONE."""
    pieces: Counter[int] = Counter()
    for line in lines:
        if line.chosen and not line.option.addon:
            pieces[line.option.product_id] += line.quantity
    limited = {line.option.product_id for line in lines if line.option.product.max_per_buyer is not None}
    who = holder or (holder_of(buyer.pk) if buyer is not None and buyer.pk else "")
    held = held_by(who, limited) if limited and who else {}
    adult = check_holds(getattr(buyer, "adult_checked_at", None), moment)
    found = []
    for line in lines:
        product = line.option.product
        has = held.get(product.pk, 0)
        count = pieces[product.pk] if not line.option.addon else max(pieces[product.pk], product.min_per_order)
        why = refusal(product, count, moment, held=has, adult=adult)
        if not why and line.option.addon and not pieces[product.pk]:
            why = "ALONE"
        found.append(replace(line, refusal=why if line.chosen else "", held=has))
    return found


def _less_discounts(
    lines: list[QuoteLine], offers: Chosen | None, moment: datetime
) -> tuple[list[QuoteLine], Reckoned]:
    """The lines with what is taken off each; what cannot be bought counts into no minimum."""
    seen = [
        DealLine(
            index=line.index,
            option=line.option.pk,
            product=line.option.product_id,
            seller=line.option.product.seller_id,
            unit_price=line.price.amount,
            quantity=line.quantity,
            categories=promotions.categories_of(line.option.product),
            live=line.price.is_live,
        )
        for line in lines
        if line.counts
    ]
    if offers is None and not any(line.option.offered for line in lines):
        return lines, Reckoned()
    reckoned = promotions.discounts_for(seen, offers, moment)
    return [replace(line, discounts=tuple(reckoned.of_line(line.index))) for line in lines], reckoned


def _parcel(key: str, lines: list[QuoteLine], postcode: str, at_the_door: bool) -> Parcel:
    """The terms of all templates in it, each once; what comes back pays what its own template asks, the highest here."""
    bundles = [line.delivery.bundle for line in lines]
    whole = replace(
        bundles[0],
        terms=tuple(dict.fromkeys(bundle.terms[0] for bundle in bundles)),
        return_fee=max(bundle.return_fee for bundle in bundles),
        exchange_fee=max(bundle.exchange_fee for bundle in bundles),
        first_freight=any(bundle.first_freight for bundle in bundles),
    )
    parcel = Parcel(key, lines, whole, Fee(0, 0, "NOTHING"))
    items = [Item(line.paid, line.quantity, parcel.part_of(line)) for line in lines if line.counts]
    return replace(parcel, fee=shipping_fee(whole, items, postcode, at_the_door=at_the_door))
