"""Ninety days of trade: bought, sent, delivered, kept or given back, reviewed, settled; one show on the way."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from dure.commerce.claims import actions as claims
from dure.commerce.claims.models import Claim
from dure.commerce.orders import actions as orders
from dure.commerce.orders.actions import Address, Wanted
from dure.commerce.orders.models import LineStatus, Order, ProductOrder
from dure.commerce.orders.placing import Guest
from dure.commerce.promotions.rules import Chosen
from dure.commerce.reviews import actions as reviews
from dure.commerce.shipping import actions as shipping
from dure.commerce.shipping.models import Parcel
from dure.commerce.stock import actions as stock
from dure.commerce.stock.errors import SoldOut
from dure.commerce.stock.models import StockItem
from dure.demo import outside, people, promoting, shows, talking
from dure.demo.content import ADDRESSES, BUYERS, REPLIES, REVIEWS, TRADES
from dure.demo.pictures import still_life
from dure.demo.stage import Stage
from dure.demo.times import delivering, on
from dure.finance.payouts import actions as payouts
from dure.finance.settlement import actions as settlement
from dure.integrations.carrier.client import Scan
from dure.kit import clock
from dure.kit.images import keep
from dure.kit.states import WrongState
from dure.people.models import Role

HUBS = ("옥천HUB", "대전HUB", "곤지암HUB", "군포HUB", "청원HUB")
STARS = (5, 5, 5, 5, 5, 4, 4, 4, 3, 2)


def live_through(stage: Stage, how_many: int) -> None:
    with delivering(on(stage.first, 8)):
        stage.buyers = [_buyer(n, name) for n, name in enumerate(BUYERS)]
    days = (stage.last - stage.first).days
    weights = [1 + d / days + (0.6 if (stage.first + timedelta(days=d)).weekday() >= 5 else 0) for d in range(days)]
    placed = 0.0
    for d in range(days):
        day = stage.first + timedelta(days=d)
        outside.live_in(day)
        placed += how_many * weights[d] / sum(weights)
        _settle(stage, day)
        _send(stage, day)
        _buy(stage, day, round(placed) - Order.objects.count())
        if d == 1:
            talking.settle_in(stage, day)
            promoting.from_the_first_day(stage, day)
        if d % 10 == 2:
            promoting.take_coupons(stage, stage.buyers[: 20 + d], day)
        if d == max(days - 14, 2):
            promoting.fairs(stage, day)
            promoting.discounts(stage, day + timedelta(days=1))
        talking.ask(stage, day)
        if d == days - 4:
            shows.one_that_was(stage, day)
        _deliver(stage, day)
        _keep_or_return(stage, day)
        if d % 7 == 6:
            _restock(stage, day)
        stage.say(f"{d + 1}/{days} {day} {Order.objects.count()}")


def _buyer(n: int, name: str):  # type: ignore[no-untyped-def]
    email = "buyer@demo.dure.kr" if n == 0 else f"buyer{n + 1}@demo.dure.kr"
    return people.join(email, name, phone=f"+8210{3000 + n:04d}{4000 + n * 13 % 6000:04d}")


def _buy(stage: Stage, day: date, how_many: int) -> None:
    for i in range(max(how_many, 0)):
        with clock.at(on(day, 9 + i * 13 // max(how_many, 1), stage.dice.randrange(60))):
            order = _place(stage, guest=i % 17 == 5)
            if order is not None and stage.dice.random() > 0.02:  # some think better of it at the payment window
                outside.pay(order)
    with delivering(on(day, 23, 30)):
        orders.expire_unpaid()
        _cancel_some(stage, day)


def _place(stage: Stage, *, guest: bool = False) -> Order | None:
    # A few regulars buy often, and popular products more than others.
    buyer = stage.buyers[min(int(stage.dice.expovariate(0.02)), len(stage.buyers) - 1)]
    wanted = {}
    for _ in range(stage.dice.choice((1, 1, 1, 1, 2, 2, 3))):
        shop = stage.dice.choice(stage.shops)
        product = shop.products[min(int(stage.dice.expovariate(0.25)), len(shop.products) - 1)]
        option = stage.dice.choice(list(product.options.all()))
        wanted[option.pk] = Wanted(option.pk, stage.dice.choice((1, 1, 1, 1, 2, 3)))
    postcode, street = ADDRESSES[buyer.pk % len(ADDRESSES)]
    address = Address(
        receiver=buyer.name,
        phone=buyer.phone,
        postcode=postcode,
        address1=street,
        address2=f"{buyer.pk % 20 + 1}층",
        memo=stage.dice.choice(("", "", "문 앞에 놓아 주세요", "경비실에 맡겨 주세요")),
    )
    try:
        if guest:
            who = Guest(buyer.name, f"guest{buyer.pk}@demo.dure.kr", buyer.phone)
            return orders.place_order(None, list(wanted.values()), address, key=str(stage.key()), guest=who)
        chosen = Chosen(buyer.pk, suggest=True, points=100_000 if stage.dice.random() < 0.2 else 0)
        return orders.place_order(buyer, list(wanted.values()), address, key=str(stage.key()), offers=chosen)
    except SoldOut:
        return None


def _cancel_some(stage: Stage, day: date) -> None:
    for line in ProductOrder.objects.filter(status=LineStatus.PAID, paid_at__gte=on(day, 0)).order_by("id"):
        if stage.dice.random() < 0.025:
            _claim(stage, line, Claim.Kind.CANCEL, stage.dice.choice(("INTENT_CHANGED", "WRONG_ORDER")))


def _send(stage: Stage, day: date) -> None:
    """In the morning the shops see and send what was paid the day before; a few are slow."""
    with delivering(on(day, 10)):
        bundles: dict[tuple[int, int], list[ProductOrder]] = defaultdict(list)
        waiting = ProductOrder.objects.filter(status=LineStatus.PAID, paid_at__lt=on(day, 0))
        for line in waiting.select_related("order", "seller").order_by("id"):
            bundles[line.order_id, line.seller_id].append(line)
        for lines in bundles.values():
            if stage.dice.random() < 0.9:
                owner = _owner(stage, lines[0].seller_id)
                for line in lines:
                    if line.acknowledged_at is None:
                        orders.acknowledge(line, by=owner)
                waybill = f"{6800_0000_0000 + Parcel.objects.count() * 13 + stage.dice.randrange(13)}"
                shipping.dispatch(lines, "CJ", waybill, by=owner)


def _deliver(stage: Stage, day: date) -> None:
    under_way = Parcel.objects.filter(delivered_at=None, created_at__lt=on(day, 0)).order_by("id")
    with delivering(on(day, 19)):
        for parcel in under_way:
            age = (day - clock.kst_date(parcel.created_at)).days
            scans = [
                Scan("PICKED_UP", parcel.created_at + timedelta(hours=6), "집화점"),
                Scan("IN_TRANSIT", parcel.created_at + timedelta(hours=14), HUBS[parcel.pk % len(HUBS)]),
            ]
            if age >= 2 or stage.dice.random() < 0.85:
                at = on(day, 11 + parcel.pk % 7, parcel.pk % 60)
                scans += [Scan("OUT_FOR_DELIVERY", at - timedelta(hours=2), "배송점"), Scan("DELIVERED", at, "문 앞")]
            shipping.record_tracking(parcel.carrier, parcel.waybill, scans)


def _keep_or_return(stage: Stage, day: date) -> None:
    """In the evening buyers try what came: most keep it, some write, a few send it back."""
    with delivering(on(day, 21)):
        _collect_and_refund(stage)
        fresh = ProductOrder.objects.filter(status=LineStatus.DELIVERED).select_related(
            "order__buyer", "option__product"
        )
        for line in fresh.order_by("id"):
            luck = stage.dice.random()
            if line.order.buyer is None or line.claims.exists():
                continue
            if luck < 0.012 and (day - clock.kst_date(line.delivered_at)).days <= 5:  # type: ignore[arg-type]
                reason = stage.dice.choice(("INTENT_CHANGED", "BROKEN", "INCORRECT_INFO", "WRONG_DELIVERY"))
                _claim(stage, line, Claim.Kind.RETURN, reason)
            elif luck < 0.25:
                orders.confirm_purchase(line, by=line.order.buyer)
                if luck < 0.12:
                    _review(stage, line)
        orders.auto_confirm(limit=10_000)


def _collect_and_refund(stage: Stage) -> None:
    for claim in Claim.objects.filter(kind=Claim.Kind.RETURN).select_related("product_order").order_by("id"):
        owner = _owner(stage, claim.product_order.seller_id)
        if claim.status == Claim.Status.REQUESTED:
            claims.start_collecting(claim, carrier="CJ", waybill=f"{7900_0000_0000 + claim.pk}", by=owner)
        elif claim.status == Claim.Status.COLLECTED and stage.dice.random() < 0.8:
            claims.complete(claim, by=owner)


def _claim(stage: Stage, line: ProductOrder, kind: str, reason: str) -> None:
    try:
        claims.open_claim(line, kind, quantity=1, reason=reason, key=stage.key(), by=line.order.buyer)
    except WrongState:  # somebody was faster
        return


def _review(stage: Stage, line: ProductOrder) -> None:
    rating = stage.dice.choice(STARS)
    photos = []
    if stage.dice.random() < 0.15:
        good = next(g for t in TRADES.values() for g in t.goods if g.name in line.product_name)
        photos = [keep(still_life(good.pictures, stage.dice.randrange(6), "one", width=480), "reviews")]
    review = reviews.write(
        line, rating=rating, text=stage.dice.choice(REVIEWS[rating]), by=line.order.buyer, photos=photos
    )
    if stage.dice.random() < 0.4:
        reviews.reply(review, stage.dice.choice(REPLIES), by=_owner(stage, line.seller_id))


def _restock(stage: Stage, day: date) -> None:
    with delivering(on(day, 7)):
        for item in StockItem.objects.filter(available__lt=60).select_related("option").order_by("option_id"):
            if stage.dice.random() < 0.9:
                stock.receive(item.option, 200, by=None, why="주간 입고")


def _settle(stage: Stage, day: date) -> None:
    with delivering(on(day, 7)):
        outside.provider_pays_in(day)
        settlement.run(day, by=stage.one(Role.FINANCE))
        payouts.pursue()


def _owner(stage: Stage, seller_id: int):  # type: ignore[no-untyped-def]
    return next(shop.owner for shop in stage.shops if shop.seller.pk == seller_id)
