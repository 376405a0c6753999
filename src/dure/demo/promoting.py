"""Coupons, discounts, bundles, presents and exhibitions of the demo, and what it costs whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dure.commerce.catalog.models import Option
from dure.commerce.exhibitions import actions as exhibitions
from dure.commerce.exhibitions.models import Exhibition
from dure.commerce.promotions import actions as promotions
from dure.commerce.promotions import guard, rules
from dure.commerce.promotions.errors import CouponGone, CouponTaken
from dure.commerce.promotions.models import Offer
from dure.demo.pictures import still_life
from dure.demo.stage import Shop, Stage
from dure.demo.times import delivering, on
from dure.kit import clock
from dure.kit.images import keep
from dure.people.models import Role

Terms = promotions.Terms
MILLION = 1_000_000


@dataclass(frozen=True)
class Fair:
    """An exhibition: its sections by the trades that come in, and how much is off."""

    title: str
    tagline: str
    theme: str
    sections: tuple[tuple[str, str, tuple[str, ...]], ...]  # title, words, trades
    rate: int  # basis points off the lowest of thirty days
    pictures: tuple[str, ...]


HARVEST = Fair(
    "가을걷이 한마당",
    "시장마다 가장 맛있는 때, 두레가 값을 함께 내려요",
    "PLUM",
    (
        ("과일과 채소", "밭에서 바로 온 제철 먹거리", ("fruit", "vegetable", "grain")),
        ("바다에서", "새벽 경매에서 고른 것만", ("seafood",)),
        ("한 상 차림", "밥만 지으면 되는 반찬과 장", ("banchan", "sauce")),
    ),
    1_500,
    ("red-apple", "sheaf-of-rice", "chestnut"),
)
KIMJANG = Fair(
    "김장 준비는 시장에서",
    "배추, 고춧가루, 젓갈까지 한 번에",
    "PINE",
    (
        ("김장 채소", "알이 꽉 찬 것으로", ("vegetable",)),
        ("젓갈과 소금", "간이 맞아야 맛이 나요", ("sauce", "seafood")),
    ),
    1_200,
    ("leafy-green", "hot-pepper", "garlic"),
)


def from_the_first_day(stage: Stage, day: date) -> None:
    """Coupons that buyers carry through the months, and what shops give of their own."""
    operator = stage.one(Role.OPERATOR)
    with delivering(on(day, 9)):
        agency = promotions.name_agency("강원시장육성재단", by=operator, contact="홍보람", email="market@demo.dure.kr")
        _begun(stage, _cart("두레 첫 구매 쿠폰", 3_000, day, 120, first_order=True, min_spend=15_000), cap=3 * MILLION)
        shared = {"platform_bp": 5_000, "agency_bp": 5_000, "agency_id": agency.pk}
        _begun(
            stage,
            _cart("강원 시장 응원 쿠폰", 2_000, day, 120, min_spend=20_000, per_buyer=2, **shared),
            cap=4 * MILLION,
        )
        for n, shop in enumerate(stage.shops[:12:2]):
            name = f"{shop.name} 단골 쿠폰"
            terms = Terms("PRODUCT_COUPON", name, on(day, 0), on(day, 0) + timedelta(days=120), value=1_000, cap=5_000)
            _begun(stage, terms, shop=shop, cap=500_000 if n % 2 else None)
    for n, shop in enumerate(stage.shops[1:10:4]):
        with delivering(on(day, 10 + n)):
            _of_a_shop(stage, shop, day, "NPLUS1" if n % 2 == 0 else "GIFT")


def take_coupons(stage: Stage, buyers: Iterable[Any], day: date) -> None:
    """What is there to download, a regular downloads."""
    with delivering(on(day, 12)):
        offers = list(Offer.objects.filter(status="ACTIVE", kind__in=Offer.COUPONS))
        for buyer in buyers:
            for offer in stage.dice.sample(offers, min(3, len(offers))):
                try:
                    promotions.take_coupon(offer, buyer)
                except (CouponTaken, CouponGone):
                    continue


def _cart(name: str, won: int, day: date, days: int, **terms: Any) -> Any:
    return Terms("CART_COUPON", name, on(day, 0), on(day, 0) + timedelta(days=days), how="AMOUNT", value=won, **terms)


def _begun(stage: Stage, terms: Any, *, shop: Shop | None = None, cap: int | None = None) -> Offer:
    by = shop.owner if shop else stage.one(Role.OPERATOR)
    offer = promotions.draft(terms, key=stage.key(), by=by, seller=shop.seller if shop else None)
    if cap:
        promotions.set_budget(offer, "ALL", cap, by=by)
    return promotions.begin(offer, by=by)


def _of_a_shop(stage: Stage, shop: Shop, day: date, kind: str) -> None:
    first, second = shop.products[0], shop.products[-1]
    end = on(day, 0) + timedelta(days=150)
    if kind == "NPLUS1":
        terms = Terms(kind, "두 개 사면 하나 더", on(day, 0), end, buy=2, free=1, scope="PRODUCT", targets=(first.pk,))
    else:
        present = second.options.order_by("price").first()
        terms = Terms(kind, "5만원 이상 사면 덤", on(day, 0), end, gift_option_id=present.pk, min_spend=50_000)
    _begun(stage, terms, shop=shop, cap=None)


def discounts(stage: Stage, day: date) -> None:
    """Two shops discount by themselves; the house proposes to three, of which two have answered."""
    start, end = on(day, 11), on(day, 0) + timedelta(days=21)
    with delivering(on(day, 10)):
        for shop, rate in ((stage.shops[0], 1_000), (stage.shops[min(3, len(stage.shops) - 1)], 1_500)):
            options = _options(shop, 4)
            terms = Terms(
                "INSTANT", f"{shop.name} 이번 주 할인", start, end, value=rate, scope="PRODUCT", targets=_goods(options)
            )
            promotions.discount(terms, _cut(options, rate), key=stage.key(), by=shop.owner, seller=shop.seller)
        asked = stage.shops[-3:]
        options = [option for shop in asked for option in _options(shop, 3)]
        shares = {"platform_bp": 6_000, "seller_bp": 4_000}
        terms = Terms(
            "INSTANT",
            "두레가 함께 내는 할인",
            start,
            end,
            value=1_200,
            scope="PRODUCT",
            targets=_goods(options),
            **shares,
        )
        offer = promotions.discount(terms, _cut(options, 1_200), key=stage.key(), by=stage.one(Role.OPERATOR))
    with delivering(on(day, 15)):
        for shop, keeps in zip(asked[:2], (3, 2), strict=False):
            yes = [o.pk for o in options if o.product.seller_id == shop.seller.pk][:keeps]
            told = {"terms_hash": offer.terms_hash, "cap": 300_000, "by": shop.owner}
            promotions.answer_discount(offer, shop.seller, accept=yes, **told)


def fairs(stage: Stage, day: date) -> None:
    """One exhibition that is on, from `day`; one that still looks for shops."""
    _hold(stage, HARVEST, opens=day, ends=stage.last + timedelta(days=10), asked=day - timedelta(days=5))


def fair_to_come(stage: Stage) -> None:
    opens = stage.last + timedelta(days=7)
    _hold(
        stage,
        KIMJANG,
        opens=opens,
        ends=opens + timedelta(days=14),
        asked=stage.last - timedelta(days=1),
        open_it=False,
    )


def _hold(stage: Stage, fair: Fair, *, opens: date, ends: date, asked: date, open_it: bool = True) -> Exhibition:
    operator = stage.one(Role.OPERATOR)
    with delivering(on(asked, 10)):
        picture = keep(still_life(fair.pictures, 2, "heap", width=1200), "exhibitions").name
        page = exhibitions.Page(fair.title, fair.tagline, fair.tagline, fair.theme, picture, fair.title)
        until = on(opens, 9) - timedelta(hours=1) if open_it else on(opens, 9) - timedelta(days=1)
        deal = exhibitions.Deal(on(opens, 9), on(ends, 0), until, platform_bp=6_000, seller_bp=4_000)
        made = exhibitions.plan(page, deal, key=stage.key(), by=operator)
        made.sections.all().delete()
        trades = {}
        for title, words, sold in fair.sections:
            section = exhibitions.add_section(made, title, words, by=operator)
            trades |= dict.fromkeys(sold, section.pk)
        exhibitions.recruit(made, by=operator)
        made.refresh_from_db()
        shops = [shop for shop in stage.shops if shop.trade in trades][:14]
        for shop in shops[::2]:
            prices = _cut(_options(shop, 2), fair.rate)
            exhibitions.propose(made, prices, by=operator, section=trades[shop.trade])
    offer = Offer.objects.get(pk=made.offer_id)
    for n, shop in enumerate(shops):
        told = {"terms_hash": offer.terms_hash, "cap": 400_000 if n % 3 else None, "by": shop.owner}
        with delivering(on(asked, 12 + n // 4, n * 7 % 60)):
            if n % 2:
                prices = _cut(_options(shop, 2), fair.rate)
                applied = exhibitions.apply(made, shop.seller, prices, **told, note="꼭 함께하고 싶어요!")
                if open_it and n % 5:
                    exhibitions.decide(applied, accept=True, by=operator)
            elif n % 6 or open_it:
                accept = [p.option_id for p in offer.prices.filter(seller=shop.seller)]
                exhibitions.answer(made, shop.seller, accept=accept[: 1 if n % 4 else 2], **told)
    if open_it:
        with delivering(on(opens, 8)):
            exhibitions.publish(made, by=operator)
            _begun(stage, _fair_coupon(made, opens, ends), cap=MILLION)
    return made


def _fair_coupon(made: Exhibition, opens: date, ends: date) -> Any:
    told = {"how": "AMOUNT", "value": 2_000, "min_spend": 25_000, "scope": "EXHIBITION", "targets": (made.pk,)}
    return Terms("CART_COUPON", f"{made.title} 쿠폰", on(opens, 9), on(ends, 0), **told)


def _options(shop: Shop, how_many: int) -> list[Option]:
    """The plainest option of the shop's products from the third on: the first belong to shows and bundles."""
    found = []
    for product in (shop.products[2:] or shop.products)[:how_many]:
        option = product.options.filter(active=True).select_related("product").order_by("position").first()
        if option:
            found.append(option)
    return found


def _goods(options: Iterable[Option]) -> tuple[int, ...]:
    return tuple(sorted({o.product_id for o in options}))


def _cut(options: Iterable[Option], rate: int) -> dict[int, int]:
    seen = guard.seen_prices([o.pk for o in options], clock.now())
    return {s.option.pk: rules.rounded_down(s.low, rate) for s in seen}
