"""Which offers hold for a cart, what a product page says of them, and who has to pay how much."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Count, Q, Sum

from dure.commerce.catalog.models import Option, Product
from dure.commerce.promotions import guard, points, rules
from dure.commerce.promotions.models import (
    Budget,
    Coupon,
    EventPrice,
    Offer,
    OfferConsent,
    PointsEntry,
    Redemption,
)
from dure.commerce.promotions.rules import Chosen, Deal, Line, Reckoned, Shares
from dure.commerce.sellers.models import Seller
from dure.kit import clock
from dure.kit.prepared import Prepared, Slot

ACCEPTED = EventPrice.Status.ACCEPTED


# ── A cart ───────────────────────────────────────────────────────────────────────────────────────────────────────


def discounts_for(lines: Sequence[Line], chosen: Chosen | None, at: datetime) -> Reckoned:
    """What is taken off these lines at a moment: the offers that hold for everybody, and what the buyer chose."""
    if not lines:
        return Reckoned()
    deals = open_deals(lines, at)
    if chosen is None or chosen.buyer_id is None:
        return rules.reckon(lines, deals)
    held = _coupon_deals(chosen.buyer_id, None if chosen.suggest else chosen.coupon_ids, lines, at)
    policy_least, usable = 0, 0
    if chosen.points:
        usable = points.usable_at(chosen.buyer_id, at)
        policy_least = points.policy_on(clock.kst_date(at)).least
    told = {"points": min(chosen.points, usable), "points_least": policy_least}
    if chosen.suggest:
        return rules.suggest(lines, deals, held, **told)
    order = {pk: i for i, pk in enumerate(chosen.coupon_ids)}
    return rules.reckon(lines, deals, sorted(held, key=lambda d: order[d.coupon or 0]), **told)


def open_deals(lines: Sequence[Line], at: datetime) -> list[Deal]:
    """Instant discounts, N+1 and gifts that may touch the lines."""
    rows = OPEN(
        at=at,
        options=[n.option for n in lines],
        products=[n.product for n in lines],
        sellers=[n.seller for n in lines],
        categories=[c for n in lines for c in n.categories] or [0],
    )
    if not rows:
        return []
    equip(rows, lines)
    shown = _shown_in(_exhibitions(rows), lines)
    return [deal_of(offer, shown) for offer in rows]


def _touching(sellers: Any, categories: Any, products: Any) -> Q:
    return (
        Q(scope=Offer.Scope.ALL)
        | Q(scope=Offer.Scope.SELLER, targets__overlap=sellers)
        | Q(scope=Offer.Scope.CATEGORY, targets__overlap=categories)
        | Q(scope=Offer.Scope.PRODUCT, targets__overlap=products)
        | Q(scope=Offer.Scope.EXHIBITION)
    )


def _open() -> models.QuerySet[Offer]:
    touching = _touching(Slot("sellers", "bigint[]"), Slot("categories", "bigint[]"), Slot("products", "bigint[]"))
    gifts = Q(kind=Offer.Kind.GIFT, gift_option__stock__available__gt=0)
    agreed = EventPrice.objects.filter(option_id__any=Slot("options", "bigint[]"), status=ACCEPTED)
    priced = Q(kind=Offer.Kind.INSTANT, pk__in=agreed.values("offer"))
    offers = Offer.objects.on_at(Slot("at", "timestamptz")).filter(
        (Q(kind=Offer.Kind.NPLUS1) | gifts) & touching | priced
    )
    return offers.select_related("gift_option__product")


OPEN = Prepared(_open)


def equip(offers: Sequence[Any], lines: Sequence[Line]) -> None:
    """Give each offer `rooms` (what is left of its budgets), `in_force` (sellers who agreed) and `agreed` (event prices
    of the lines): a query each, where there is something to ask."""
    rooms: dict[int, dict[tuple[str, int | None], int]] = defaultdict(dict)
    in_force: dict[int, set[int]] = defaultdict(set)
    agreed: dict[int, dict[int, rules.EventPrice]] = defaultdict(dict)
    if ids := {o.pk for o in offers}:
        for budget in Budget.objects.filter(offer__in=ids):
            rooms[budget.offer_id][budget.bearer, budget.seller_id] = budget.left
    if shared := {o.pk for o in offers if o.seller_bp and not o.seller_id}:
        given = OfferConsent.objects.filter(
            offer__in=shared, withdrawn_at=None, terms_hash=models.F("offer__terms_hash")
        )
        for offer_id, seller_id in given.values_list("offer", "seller"):
            in_force[offer_id].add(seller_id)
    if instant := {o.pk for o in offers if o.kind == Offer.Kind.INSTANT}:
        options = [n.option for n in lines]
        for row in EventPrice.objects.filter(offer__in=instant, option__in=options, status=ACCEPTED):
            agreed[row.offer_id][row.option_id] = rules.EventPrice(row.price, row.list_price, row.seller_id)
    for offer in offers:
        offer.rooms, offer.in_force, offer.agreed = rooms[offer.pk], in_force[offer.pk], agreed[offer.pk]
        if offer.seller_id:
            offer.in_force.add(offer.seller_id)


def _exhibitions(offers: Iterable[Offer]) -> set[int]:
    return {t for o in offers if o.scope == Offer.Scope.EXHIBITION for t in o.targets}


def _shown_in(exhibitions: set[int], lines: Sequence[Line]) -> dict[int, set[int]]:
    """Products of the lines by exhibition: those with an agreed price in it."""
    found: dict[int, set[int]] = defaultdict(set)
    if exhibitions:
        rows = EventPrice.objects.filter(
            offer__exhibition__in=exhibitions, option__product__in=[n.product for n in lines], status=ACCEPTED
        )
        for exhibition, product in rows.values_list("offer__exhibition", "option__product"):
            found[exhibition].add(product)
    return found


def deal_of(offer: Any, shown: dict[int, set[int]], coupon: Coupon | None = None) -> Deal:
    """`offer` as `equip` leaves it; `shown`: products by exhibition."""
    targets = set(offer.targets)
    if offer.scope == Offer.Scope.EXHIBITION:
        targets = {product for exhibition in offer.targets for product in shown.get(exhibition, ())}
    agreed = None
    if offer.seller_bp and offer.kind != Offer.Kind.INSTANT:  # an agreed event price is a consent of its own
        agreed = frozenset(offer.in_force)
    if offer.kind == Offer.Kind.GIFT:  # it goes into the parcel of the seller who has it
        giver = offer.gift_option.product.seller_id
        agreed = frozenset({giver}) if agreed is None or giver in agreed else frozenset()
    return Deal(
        offer=offer.pk,
        kind=offer.kind,
        name=offer.gift_option.product.name if offer.kind == Offer.Kind.GIFT else offer.name,
        how=offer.how,
        value=offer.value,
        cap=offer.cap,
        min_spend=offer.min_spend,
        scope=Offer.Scope.ALL if offer.kind == Offer.Kind.INSTANT else offer.scope,
        targets=frozenset(targets),
        shares=shares_of(offer),
        agency=offer.agency_id,
        sellers=agreed,
        prices=offer.agreed,
        buy=offer.buy,
        free=offer.free,
        gift_option=offer.gift_option_id,
        room=offer.rooms,
        coupon=coupon.pk if coupon else None,
    )


def shares_of(offer: Offer) -> Shares:
    return Shares(offer.platform_bp, offer.seller_bp, offer.agency_bp)


def _coupon_deals(buyer_id: int, ids: Sequence[int] | None, lines: Sequence[Line], at: datetime) -> list[Deal]:
    """The coupons of a buyer's box by id, or (None) all of them, as deals. First-order coupons only before one."""
    if ids is not None and not ids:
        return []
    box = Coupon.objects.filter(buyer_id=buyer_id).usable(at)
    if ids is not None:
        box = box.filter(pk__in=ids)
    bought = Q(offer__first_order=True, buyer__points__first_paid_at__isnull=False)
    rows = list(box.exclude(bought).select_related("offer").order_by("expires_at", "id")[:100])
    offers = [c.offer for c in rows]
    equip(offers, lines)
    shown = _shown_in(_exhibitions(offers), lines)
    return [deal_of(c.offer, shown, c) for c in rows]


# ── The buyer's box ──────────────────────────────────────────────────────────────────────────────────────────────


def box_of(user: Any, at: datetime) -> models.QuerySet[Coupon]:
    """What can be used now, what ends first before the rest."""
    return Coupon.objects.of(user).usable(at).select_related("offer__seller").order_by("expires_at", "id")


def history_of(user: Any, at: datetime) -> models.QuerySet[Coupon]:
    """Used, or over."""
    return (
        Coupon.objects.of(user)
        .exclude(pk__in=Coupon.objects.of(user).usable(at).values("pk"))
        .select_related("offer__seller")
        .order_by("-used_at", "-id")
    )


def coupons_on_offer(user: Any, at: datetime) -> list[Any]:
    """Coupons anybody may download now, each with `mine`: how many the buyer has taken. Those gone are left out unless
    the buyer has one."""
    offers = Offer.objects.on_at(at).filter(kind__in=Offer.COUPONS, issue=Offer.Issue.CLICK)
    offers = offers.annotate(mine=Count("coupons", filter=Q(coupons__buyer=user.pk or 0))).select_related("seller")
    found = offers.order_by("ends_at", "id")[:200]
    return [o for o in found if o.mine or o.quantity is None or o.issued < o.quantity]


def _covers(offer: Offer, line: Line, shown: dict[int, set[int]], agreed: set[int]) -> bool:
    if offer.seller_bp and not offer.seller_id and offer.pk not in agreed:
        return False
    if offer.scope == Offer.Scope.EXHIBITION:
        return any(line.product in shown.get(exhibition, ()) for exhibition in offer.targets)
    return Deal(offer.pk, offer.kind, "", scope=offer.scope, targets=frozenset(offer.targets)).covers(line)


def _agreed(offers: Sequence[Offer], seller_id: int) -> set[int]:
    if not offers:
        return set()
    given = OfferConsent.objects.filter(offer__in=offers, seller=seller_id, withdrawn_at=None)
    return set(given.values_list("offer", flat=True))


def _line_of(product: Product, option: Option | None = None) -> Line:
    return Line(
        index=0,
        option=option.pk if option else 0,
        product=product.pk,
        seller=product.seller_id,
        unit_price=option.price if option else 0,
        quantity=1,
        categories=categories_of(product),
    )


def categories_of(product: Product) -> tuple[int, ...]:
    """The product's shelf and those it stands under; cheap when `category__parent` was fetched with it."""
    shelf = product.category
    chain = [shelf.pk, shelf.parent_id, shelf.parent.parent_id if shelf.parent else None]
    return tuple(pk for pk in chain if pk)


@dataclass(frozen=True)
class Strip:
    """What a product page says of offers: the event price by option, bundles, gifts, coupons to take."""

    events: dict[int, Event]
    bundles: list[Offer]
    gifts: list[Offer]
    coupons: list[Any]

    @property
    def any(self) -> bool:
        return bool(self.events or self.bundles or self.gifts or self.coupons)

    @property
    def best_event(self) -> Event | None:
        return min(self.events.values(), key=lambda e: e.price, default=None)


@dataclass(frozen=True)
class Event:
    """An event price that holds now. `low`: the lowest price of the thirty days before it was agreed."""

    option: int
    price: int
    list_price: int
    low: int
    ends_at: datetime
    name: str
    exhibition: int | None


def strip_for(product: Product, user: Any, at: datetime, events: dict[int, Event]) -> Strip:
    """`events`: the event prices of its options (`events_of`). In one query, two when an exhibition has some."""
    line = _line_of(product)
    given = OfferConsent.objects.filter(offer=models.OuterRef("pk"), seller=product.seller_id, withdrawn_at=None)
    shown = Q(kind__in=[Offer.Kind.NPLUS1, Offer.Kind.GIFT]) | Q(kind__in=Offer.COUPONS, issue=Offer.Issue.CLICK)
    found = list(
        Offer.objects.on_at(at)
        .filter(shown & _touching([line.seller], list(line.categories) or [0], [line.product]))
        .annotate(mine=Count("coupons", filter=Q(coupons__buyer=user.pk or 0)), agreed=models.Exists(given))
        .select_related("seller", "gift_option__product", "gift_option__stock")
        .order_by("ends_at", "id")[:50]
    )
    agreed = {offer.pk for offer in found if offer.agreed}
    inside = _shown_in(_exhibitions(found), [line])
    found = [o for o in found if _covers(o, line, inside, agreed)]
    return Strip(
        events=events,
        bundles=[o for o in found if o.kind == Offer.Kind.NPLUS1],
        gifts=[o for o in found if o.kind == Offer.Kind.GIFT and _has_stock(o.gift_option)],
        coupons=[o for o in found if o.is_coupon and (o.mine or o.quantity is None or o.issued < o.quantity)],
    )


def _has_stock(option: Any) -> bool:
    stock = getattr(option, "stock", None)
    return stock is not None and stock.available > 0


def events_of(option_ids: Iterable[int], at: datetime) -> dict[int, Event]:
    """The best event price per option that holds now, in one query; lists of products ask this."""
    rows = (
        EventPrice.objects.filter(
            option__in=list(option_ids),
            status=ACCEPTED,
            offer__status=Offer.Status.ACTIVE,
            offer__starts_at__lte=at,
            offer__ends_at__gt=at,
        )
        .filter(option__price__lte=models.F("list_price"), option__price__gt=models.F("price"))
        .select_related("offer")
        .order_by("-price", "-offer_id")
    )
    return {
        p.option_id: Event(p.option_id, p.price, p.list_price, p.low, p.offer.ends_at, p.offer.name, p.offer.exhibition)
        for p in rows
    }


# ── Points ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class PointsNow:
    usable: int
    soon: int  # of which expire within thirty days
    soonest: datetime | None


def points_of(user: Any, at: datetime) -> PointsNow:
    lots = PointsEntry.objects.filter(account_id=user.pk or 0, left__gt=0, expires_at__gt=at)
    told = lots.aggregate(
        usable=Sum("left"),
        soon=Sum("left", filter=Q(expires_at__lte=at + guard.WINDOW)),
        soonest=models.Min("expires_at"),
    )
    return PointsNow(told["usable"] or 0, told["soon"] or 0, told["soonest"])


def points_entries(user: Any) -> models.QuerySet[PointsEntry]:
    return PointsEntry.objects.filter(account_id=user.pk or 0).order_by("-id")


# ── Who pays ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Cost:
    """What an offer has cost so far, by who bears it, and how often it was used."""

    orders: int = 0
    amount: int = 0
    platform: int = 0
    seller: int = 0
    agency: int = 0
    budgets: list[Budget] = field(default_factory=list)


def cost_of(offer: Offer, seller: Seller | None = None) -> Cost:
    """Of the whole offer, or of one seller's part."""
    rows = offer.redemptions.filter(given_back_at=None)
    if seller:  # those that came with the offer will do: whose they are is known
        rows = rows.filter(seller=seller)
        budgets = sorted((b for b in offer.budgets.all() if b.seller_id == seller.pk), key=lambda b: (b.bearer, b.pk))
    else:
        budgets = list(offer.budgets.select_related("seller").order_by("bearer", "id"))
    told = rows.aggregate(
        orders=Count("order", distinct=True),
        amount=Sum("amount"),
        platform=Sum("platform"),
        seller=Sum("seller_share"),
        agency=Sum("agency_share"),
    )
    return Cost(**{name: value or 0 for name, value in told.items()}, budgets=budgets)


def offers_asking(seller: Seller, at: datetime) -> models.QuerySet[Offer]:
    """Offers of the house in which this seller's goods are meant and the seller bears a share: agreed to or not."""
    products = list(Product.objects.filter(seller=seller).values_list("pk", "category_id", "category__parent_id"))
    categories = {c for _pk, own, parent in products for c in (own, parent) if c}
    meant = (
        Q(scope=Offer.Scope.ALL)
        | Q(scope=Offer.Scope.SELLER, targets__contains=[seller.pk])
        | Q(scope=Offer.Scope.CATEGORY, targets__overlap=list(categories) or [0])
        | Q(scope=Offer.Scope.PRODUCT, targets__overlap=[pk for pk, _own, _parent in products] or [0])
        | Q(scope=Offer.Scope.EXHIBITION, targets__overlap=_exhibitions_of(seller) or [0])
    )
    given = OfferConsent.objects.filter(offer=models.OuterRef("pk"), seller=seller, withdrawn_at=None)
    return (
        Offer.objects.filter(meant, status=Offer.Status.ACTIVE, seller=None, seller_bp__gt=0, ends_at__gt=at)
        .exclude(kind=Offer.Kind.INSTANT)
        .annotate(agreed=models.Exists(given))
        .select_related("agency")
    )


def discounts_asking(seller: Seller, at: datetime) -> models.QuerySet[Offer]:
    """Instant discounts the house proposed for this seller's goods, outside exhibitions; `waiting` and `held` say how
    many of its options wait for an answer and are in it."""
    mine = Q(prices__seller=seller)
    return (
        Offer.objects.filter(kind=Offer.Kind.INSTANT, seller=None, exhibition=None, ends_at__gt=at)
        .exclude(status=Offer.Status.DRAFT)
        .filter(prices__seller=seller)
        .annotate(
            waiting=Count("prices", filter=mine & Q(prices__status=EventPrice.Status.PROPOSED), distinct=True),
            held=Count("prices", filter=mine & Q(prices__status=ACCEPTED), distinct=True),
        )
        .select_related("agency")
        .order_by("ends_at")
    )


def _exhibitions_of(seller: Seller) -> list[int]:
    rows = EventPrice.objects.filter(seller=seller, offer__exhibition__isnull=False)
    return list(rows.values_list("offer__exhibition", flat=True).distinct())


def redemptions_of(offer: Offer) -> models.QuerySet[Redemption]:
    return offer.redemptions.select_related("seller").order_by("-at", "-id")
