"""Fifty shops: met at their market, screened, selected, invited, approved, each with its products on sale."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import islice

from dure.commerce.catalog import actions as catalog
from dure.commerce.catalog import notices
from dure.commerce.catalog.actions import OptionRow
from dure.commerce.catalog.models import Category, Product
from dure.commerce.pricing.models import CommissionPlan
from dure.commerce.sellers import actions as sellers
from dure.commerce.stock import actions as stock
from dure.demo import people
from dure.demo.content import SHOPS, TRADES, Good
from dure.demo.pictures import still_life
from dure.demo.stage import Shop, Stage
from dure.demo.times import delivering, on
from dure.finance.ledger import actions as ledger
from dure.integrations.nts.rules import check_digit
from dure.kit.images import keep
from dure.partnership import actions as partnership
from dure.partnership import markets_import
from dure.partnership.actions import Stall
from dure.partnership.models import Place
from dure.partnership.queries import current_rubric
from dure.people.models import Role

BANKS = ("004", "088", "020", "081", "003", "090", "011")
FLOAT = 30_000_000  # won the operator puts among the customers' money at the start
ONLY_MET = 40  # shops that stay on the way: captured, contacted, screened, deferred, declined


def found(stage: Stage, how_many: int, products: int) -> None:
    with delivering(on(stage.first - timedelta(days=60))):
        markets_import.from_starter()
        CommissionPlan.objects.get_or_create(category=None, since=date(2020, 1, 1), defaults={"basis_points": 500})
        ledger.fund_operator(FLOAT, by=stage.one(Role.FINANCE), key="demo")
    for n, row in enumerate(SHOPS[:how_many]):
        shop = Shop(*row)
        stage.shops.append(shop)
        _raise(stage, shop, n)
        _stock_up(stage, shop, products)
        stage.say(f"{n + 1}/{how_many} {shop.name}")
    for n in range(ONLY_MET if how_many > 10 else 3):
        _meet_only(stage, n)


def leave_waiting(stage: Stage) -> None:
    """What the operator finds on the desk this morning: two products to review, and a shop that asks to be let in."""
    with delivering(on(stage.last, 8)):
        for shop in stage.shops[1:3]:
            trade = TRADES[shop.trade]
            _product(stage, shop, trade.goods[0], len(trade.ways) - 1)
    shop = Shop("대추나무집 방앗간", "sauce", "경동시장", "약령시", "남궁옥")
    _raise(stage, shop, len(SHOPS), day=stage.last - timedelta(days=8), approved=False)


def _raise(stage: Stage, shop: Shop, n: int, *, day: date | None = None, approved: bool = True) -> None:
    """From the stall to an approved seller, over about three weeks before the first sale."""
    day = day or stage.first - timedelta(days=45) + timedelta(days=n % 15)
    lead = None
    with delivering(on(day, 11)):
        lead = partnership.capture(
            _market(shop.market, n),
            Stall(
                name=shop.name,
                phone=_phone(n),
                owner_name=shop.owner_name,
                stall=f"{'가나다라마'[n % 5]}동 {n + 1}호",
                goods=", ".join(g.name for g in TRADES[shop.trade].goods[:3]),
                interested=True,
                consents={"CONTACT": current_wording("CONTACT"), "PHOTO": current_wording("PHOTO")},
            ),
            by=stage.one(Role.FIELD),
            key=stage.key(),
            photos=[keep(_picture(TRADES[shop.trade].goods[0], n), "leads")] if n % 4 == 0 else [],
        ).lead
    with delivering(on(day + timedelta(days=3), 10)):
        partnership.start_screening(lead, by=stage.one(Role.REVIEWER))
        for reviewer in stage.staff[Role.REVIEWER]:
            rubric = current_rubric()
            scores = {c["code"]: stage.dice.choice((3, 4, 4, 5)) for c in rubric.criteria}
            partnership.screen(lead, rubric, scores, by=reviewer)
    with delivering(on(day + timedelta(days=5), 15)):
        route = stage.dice.choice(("LIST", "LIST", "LIST", "DONE_FOR_YOU", "LEARN"))
        partnership.select(lead, route, by=stage.one(Role.REVIEWER), reason="상품이 좋고 온라인 판매 의지가 뚜렷해요.")
        partnership.assign(lead, stage.staff[Role.MD][n % len(stage.staff[Role.MD])], by=stage.one(Role.REVIEWER))
        invitation = partnership.invite_owner(lead, by=stage.one(Role.OPERATOR))
    with delivering(on(day + timedelta(days=7), 20)):
        email = "seller@demo.dure.kr" if shop.owner_name == "한순이" else f"seller{n + 1}@demo.dure.kr"
        shop.owner = people.join(email, shop.owner_name)
        shop.seller = sellers.accept(invitation, shop.owner).seller
        _fill_in(stage, shop, n)
        sellers.submit(shop.seller, by=shop.owner)
    if not approved:
        return
    with delivering(on(day + timedelta(days=8), 9)):
        sellers.approve(shop.seller, by=stage.one(Role.OPERATOR), why="가게에서 서류 원본을 보았어요.")


def _fill_in(stage: Stage, shop: Shop, n: int) -> None:
    sellers.save_profile(
        shop.seller,
        name=shop.name,
        story=f"{shop.market}에서 {20 + n % 25}년째 장사하는 {shop.owner_name}입니다. "
        "좋은 물건을 제값에 파는 것밖에 모르고 살았어요. 시장까지 오기 어려운 분들께도 같은 물건을 보내 드릴게요.",
        by=shop.owner,
    )
    sellers.save_business(
        shop.seller,
        brn=_brn(n),
        company_name=shop.name,
        representative=shop.owner_name,
        business_address=f"{shop.market} {'가나다라마'[n % 5]}동 {n + 1}호",
        contact_phone=_phone(n),
        contact_email=shop.owner.email if shop.owner else "",
        mail_order_number=f"2026-전통시장-{n + 101:04d}",
        by=shop.owner,
    )
    sellers.save_payout_account(
        shop.seller,
        bank_code=BANKS[n % len(BANKS)],
        number=f"{31000012345 + n * 7919}",
        holder_name=shop.owner_name,
        by=shop.owner,
    )
    sellers.save_shipping_policy(
        shop.seller,
        fee=stage.dice.choice((0, 2500, 3000, 3000, 3500)),
        free_over=stage.dice.choice((None, 30_000, 50_000)),
        jeju_extra=3000,
        remote_extra=5000,
        return_fee=3000,
        dispatch_days=stage.dice.choice((1, 2, 2, 3)),
        dispatch_from=shop.market,
        return_to=shop.market,
        carrier="CJ",
        by=shop.owner,
    )


def _stock_up(stage: Stage, shop: Shop, how_many: int) -> None:
    trade = TRADES[shop.trade]
    pairs = [(good, way) for way in range(len(trade.ways)) for good in trade.goods]
    stage.dice.shuffle(pairs)
    for i, (good, way) in enumerate(islice(pairs, how_many)):
        with delivering(on(stage.first - timedelta(days=18) + timedelta(days=i % 16), 10)):
            product = _product(stage, shop, good, way)
        with delivering(on(stage.first - timedelta(days=17) + timedelta(days=i % 16), 14)):
            if i % 6 == 0 and shop.seller:
                catalog.improve(
                    product,
                    by=stage.one(Role.MD),
                    note="검색에서 잘 보이도록 산지와 쓰임을 넣었어요.",
                    keywords=f"{good.name} {shop.place} {shop.market} 선물",
                )
            catalog.approve(product, by=stage.one(Role.OPERATOR))
        shop.products.append(product)


def _product(stage: Stage, shop: Shop, good: Good, way: int) -> Product:
    trade = TRADES[shop.trade]
    pattern, tagline = trade.ways[way]
    price = round(good.price * (0.9 + 0.06 * way), -2)
    product = catalog.create_product(
        shop.seller,
        name=pattern.format(place=shop.place, good=good.name),
        category=Category.objects.get(code=trade.category),
        tagline=tagline.format(place=shop.place, good=good.name),
        story=f"{shop.market} {shop.name}에서 {shop.owner_name}이(가) 직접 고른 {good.name}입니다.\n"
        f"{tagline.format(place=shop.place, good=good.name)}. 받으시는 날 가장 좋도록 주문을 받고 준비해요.",
        options=[OptionRow(name, int(round(price * times, -2))) for name, times in good.packs],
        key=stage.key(),
        by=shop.owner,
    )
    catalog.add_photo(product, _picture(good, way), by=shop.owner, alt=good.name)
    if way % 2:
        catalog.add_photo(product, still_life(good.pictures, way + 3, "heap" if way % 4 == 1 else "box"), by=shop.owner)
    catalog.save_notice(product, trade.notice, _notice(shop, good, trade.notice), by=shop.owner)
    for option in product.options.all():
        stock.receive(option, stage.dice.choice((150, 300, 600)), by=shop.owner, why="첫 입고")
    product.refresh_from_db()
    catalog.submit_for_review(product, by=shop.owner)
    return product


def _notice(shop: Shop, good: Good, form: str) -> dict[str, str]:
    """The typed notice of a product, as a careful seller fills it in."""
    facts = {"phone": shop.seller.contact_phone, "maker": f"{shop.name} ({shop.market})", "product": good.name}
    filled = notices.suggestions(form, facts)
    for item in notices.form_of(form).items:
        if item.code in filled:
            continue
        if item.kind == notices.CHOICE:
            filled[item.code] = item.choices[0][0]
        elif item.kind == notices.MONTH:
            filled[item.code] = "2026-08"
        elif item.kind == notices.DAY:
            filled[item.code] = "2026-08-01"
        elif item.code == "origin":
            filled[item.code] = good.origin
        elif item.code == "amount":
            filled[item.code] = ", ".join(name for name, _ in good.packs)
        elif item.may_not_apply or item.kind == notices.DETAIL:
            filled[item.code] = notices.NOT_APPLICABLE
        else:
            filled[item.code] = WORDS.get(item.code, good.name)
    return filled


WORDS = {
    "dates": "발송 전날 포장, 받은 날부터 냉장 7일",
    "contents": "본품 1개",
    "storage": "받은 즉시 서늘한 곳이나 냉장 보관해 주세요.",
    "food_type": "즉석조리식품",
    "ingredients": "원재료는 포장 뒷면에 자세히 적었어요. 국내산 재료를 씁니다.",
    "material": "천연 소재 100%",
    "color": "사진과 같은 색",
    "size": "손으로 만들어 1cm 안팎의 차이가 있어요.",
    "washing": "찬물 손세탁, 그늘에 말려 주세요.",
    "caution": "어린이 손이 닿지 않는 곳에 두세요.",
    "certificate": "해당 없음",
}


def _meet_only(stage: Stage, n: int) -> None:
    """Shops that are on their way, or went another: the desk must not look finished."""
    day = stage.last - timedelta(days=1 + n % 20)
    with delivering(on(day, 13)):
        lead = partnership.capture(
            _market("", n * 7),
            Stall(
                name=f"{('햇살', '골목', '두메', '바다', '할매', '총각')[n % 6]}{('상회', '식품', '농산', '공방', '방앗간')[n % 5]}",
                phone=_phone(500 + n),
                owner_name=f"{'김이박최정강조윤'[n % 8]}{('정희', '만수', '옥자', '철수', '미숙')[n % 5]}",
                stall=f"{n + 3}호",
                goods="제철 먹거리",
                interested=n % 3 != 0,
                next_step=("전화로 약속 잡기", "상품 사진 받기", "택배 상자 알아보기")[n % 3],
                next_step_on=stage.last + timedelta(days=n % 6),
                consents={"CONTACT": current_wording("CONTACT")},
            ),
            by=stage.one(Role.FIELD),
            key=stage.key(),
        ).lead
        if n % 3 and n % 2:
            partnership.start_screening(lead, by=stage.one(Role.REVIEWER))
            if n % 4 == 1:
                rubric = current_rubric()
                scores = {c["code"]: stage.dice.randint(1, 5) for c in rubric.criteria}
                partnership.screen(lead, rubric, scores, by=stage.one(Role.REVIEWER))
        elif n % 10 == 0:
            partnership.defer(lead, by=stage.one(Role.REVIEWER), reason="김장철이 끝나면 다시 이야기하기로 했어요.")


def current_wording(purpose: str) -> str:
    from dure.people import wordings

    return wordings.current(purpose).version


def _market(name: str, n: int) -> Place:
    found = Place.objects.filter(name=name).first() if name else None
    return found or Place.objects.order_by("id")[n % Place.objects.count()]


def _picture(good: Good, way: int):  # type: ignore[no-untyped-def]
    return still_life(good.pictures, way % 3, "heap" if way % 3 == 2 and len(good.pictures) == 1 else "one")


def _phone(n: int) -> str:
    return f"010-{2000 + n // 100:04d}-{1000 + n * 37 % 9000:04d}"


def _brn(n: int) -> str:
    nine = f"20186{1000 + n:04d}"
    return nine + str(check_digit(nine))
