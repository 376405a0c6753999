"""Three shows: one that was on air, with a replay that plays; two to come."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

from dure.commerce.catalog.models import Option
from dure.commerce.orders import actions as orders
from dure.commerce.orders.actions import Address, Wanted
from dure.commerce.orders.models import Order
from dure.demo import film, outside
from dure.demo.content import ADDRESSES
from dure.demo.pictures import still_life
from dure.demo.stage import Shop, Stage
from dure.demo.times import delivering, on
from dure.kit import clock
from dure.kit.errors import DureError
from dure.live import actions as live
from dure.live.models import Show
from dure.people.models import Role, User

CHAT = (
    "안녕하세요~ 기다렸어요!",
    "와 색깔 보세요",
    "지난번에 샀는데 부모님이 너무 좋아하셨어요",
    "택배는 며칠 걸려요?",
    "사장님 목소리 정겨워요",
    "방금 두 개 샀어요!",
    "선물용 포장도 되나요?",
    "화면으로도 맛있어 보여요",
    "수량 얼마 안 남았다",
    "다음 방송은 언제예요?",
)


def one_that_was(stage: Stage, day: date) -> Show:
    """Three products on air for half an hour, about eighty orders while it ran."""
    show = _plan(
        stage, "반찬 순이네와 시장 한 상", day - timedelta(days=6), on(day, 20), _three(stage, 18), "md@demo.dure.kr"
    )
    host, start = show.host, on(day, 20)
    with delivering(on(day, 19, 30)):
        live.rehearse(show, by=host)
        live.ready(show, by=host)
    with delivering(start):
        live.go_on_air(show, by=host)
    cues = []
    for minute, segment in zip(range(1, 31, 6), show.segments.order_by("position"), strict=False):
        moment = start + timedelta(minutes=minute)
        cues.append((moment, _poster([segment.offer.option] if segment.offer else _three(stage, 18), minute % 6)))
        with delivering(moment):
            live.start_segment(segment, by=host)
    for n in range(80):
        with clock.at(start + timedelta(minutes=2 + n * 26 // 80, seconds=n * 7 % 60)):
            _buy(stage, show)
            if n % 3 == 0:
                live.say(show, CHAT[n // 3 % len(CHAT)], by=stage.buyers[n * 3 % len(stage.buyers)])
    with delivering(start + timedelta(minutes=32)):
        live.end(show, by=host)
    with delivering(start + timedelta(minutes=50)):
        film.shoot(show.code, cues)
        live.publish_replay(show, by=host)
    return show


def two_to_come(stage: Stage) -> None:
    today = stage.last
    for days, hour, title, first in (
        (1, 19, "제주에서 온 감귤, 오늘 딴 그대로", 0),
        (3, 20, "자갈치 아침 경매, 저녁에 만나요", 10),
    ):
        _plan(stage, title, today, on(today + timedelta(days=days), hour), _three(stage, first), "md2@demo.dure.kr")


def _plan(stage: Stage, title: str, planned_on, at, options: list[Option], md_email: str) -> Show:  # type: ignore[no-untyped-def]
    md = User.objects.get(email=md_email)
    host = stage.one(Role.CREATOR)
    with delivering(min(on(planned_on, 11), clock.now())):
        show = live.plan_show(
            title=title,
            story="시장 사장님이 직접 나와 고르는 법부터 먹는 법까지 들려드려요.",
            planned_at=at,
            host=host,
            md=md,
            by=md,
            poster=_poster(options),
            key=stage.key(),
        )
        live.add_segment(show, kind="OPENING", beat="인사와 오늘의 상 차림", by=md, planned_minutes=3)
        for option in options:
            offer = live.set_live_price(
                show, option, by=md, price=max(option.price * 8 // 10 // 100 * 100, 10), allotment=60, per_buyer=5
            )
            live.add_segment(
                show,
                kind="PRODUCT",
                beat=f"{option.product.name}: 어디서 어떻게 왔는지",
                script="가까이서 보여 주고, 한입 먹고, 보관하는 법을 말해요.",
                offer=offer,
                by=md,
                planned_minutes=7,
            )
        live.add_segment(show, kind="CLOSING", beat="오늘 산 분께 고마운 인사", by=md, planned_minutes=3)
        live.declare_disclosure(show, host=host, benefit="COMMISSION", advertiser="두레", by=host)
    return show


def _three(stage: Stage, first: int) -> list[Option]:
    """An option of three different shops, from the `first` on."""
    shops: list[Shop] = (stage.shops[first:] + stage.shops)[:3]
    return [shop.products[0].options.order_by("position").first() for shop in shops]


def _poster(options: list[Option], palette: int = 2) -> BytesIO:
    from dure.demo.content import TRADES

    goods = {g.name: g for t in TRADES.values() for g in t.goods}
    names = [next((g for n, g in goods.items() if n in o.product.name), None) for o in options]
    subjects = tuple(good.pictures[0] for good in names if good)
    return still_life(subjects, palette, "heap" if len(subjects) > 1 else "one", width=1000)


def _buy(stage: Stage, show: Show) -> Order | None:
    buyer = stage.dice.choice(stage.buyers)
    offer = stage.dice.choice(list(show.offers.select_related("option")))
    postcode, street = ADDRESSES[buyer.pk % len(ADDRESSES)]
    address = Address(receiver=buyer.name, phone=buyer.phone, postcode=postcode, address1=street)
    wanted = [Wanted(offer.option_id, stage.dice.choice((1, 1, 2)), show=show.pk)]
    try:
        order = orders.place_order(buyer, wanted, address, key=str(stage.key()), source=Order.Source.LIVE, show=show.pk)
    except DureError:  # sold out, or the buyer's limit reached: as on the day
        return None
    outside.pay(order)
    return order
