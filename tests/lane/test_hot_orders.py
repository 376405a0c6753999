"""The hot lane over real HTTP: the last unit sells once, a key is one order, a killed database loses nothing acknowledged."""

import asyncio
import os
import signal
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import httpx
import psycopg
import pytest

from builders import (
    a_commission_plan,
    a_delivery_template,
    a_person,
    a_shipping_policy,
    an_address,
    an_offer,
    an_option,
)
from dure.commerce.orders import actions
from dure.commerce.orders.hot import HotLane, Placed, Refused, Request
from dure.commerce.orders.models import Order
from dure.commerce.pricing.actions import open_live_price
from dure.commerce.pricing.rules import Bundle
from dure.commerce.pricing.words import charge_reasons
from dure.commerce.promotions import actions as actions_of_offers
from dure.commerce.stock.models import StockItem
from dure.config import socket_dir
from dure.kit import clock, tokens

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def rush(settings):
    """Ask many at once, through as many lanes (processes, as it were) as wanted."""
    from django.db import connection

    info = connection.get_connection_params()
    dsn = psycopg.conninfo.make_conninfo(
        host=info.get("host"), port=info.get("port"), user=info.get("user"), dbname=info["dbname"]
    )

    def ask(requests, lanes=1):
        async def all_of_them():
            from psycopg_pool import AsyncConnectionPool

            pools = [
                AsyncConnectionPool(dsn, min_size=1, max_size=2, open=False, kwargs={"autocommit": True})
                for _ in range(lanes)
            ]
            for pool in pools:
                await pool.open()
            asked = [HotLane(pool.connection) for pool in pools]
            try:
                return await asyncio.gather(*(asked[n % lanes].order(r) for n, r in enumerate(requests)))
            finally:
                for pool in pools:
                    await pool.close()

        return asyncio.run(all_of_them())

    a_commission_plan()
    return ask


def a_request(option, buyer, quantity=1, key="", price=10_000, show=None):
    return Request(option.pk, buyer.pk, quantity, key or uuid.uuid4().hex, price, show)


def sold(option):
    return sum(line.quantity for order in Order.objects.all() for line in order.lines.filter(option=option))


def test_a_hot_order_is_an_ordinary_order_that_waits_for_its_payment(rush):
    option, buyer = an_option(price=10_000, stock=5), a_person()
    a_shipping_policy(option.product.seller, fee=3000, free_over=30_000)
    (answer,) = rush([a_request(option, buyer, quantity=2)])
    order = Order.objects.get(number=answer.number)
    assert (order.goods_total, order.shipping_total, order.pay_total) == (20_000, 3000, 23_000)
    line = order.lines.get()
    assert (line.status, line.commission_bp, line.product_name) == ("PAYMENT_WAITING", 500, option.product.name)
    assert StockItem.objects.get(option=option).available == 3
    assert actions.expire(order) and StockItem.objects.get(option=option).available == 5


def test_the_shipping_fee_is_free_over_the_sellers_bound(rush):
    option, buyer = an_option(price=10_000, stock=5), a_person()
    a_shipping_policy(option.product.seller, fee=3000, free_over=30_000)
    (answer,) = rush([a_request(option, buyer, quantity=3)])
    assert answer.pay_total == 30_000


TEMPLATES = {
    "free": {"fee_type": "FREE", "fee": 0},
    "paid": {"fee_type": "PAID"},
    "bound missed": {"fee_type": "CONDITIONAL_FREE", "free_over": 40_000},
    "bound reached": {"fee_type": "CONDITIONAL_FREE", "free_over": 30_000},
    "by pieces": {"fee_type": "UNIT_QUANTITY_PAID", "unit": 2},
    "two bands": {"fee_type": "RANGE_QUANTITY_PAID", "second_from": 3, "second_extra": 2000},
    "three bands": {
        "fee_type": "RANGE_QUANTITY_PAID",
        "second_from": 2,
        "second_extra": 2000,
        "third_from": 3,
        "third_extra": 2500,
    },
    "at the door": {"fee_type": "PAID", "pay": "COLLECT"},
    "a choice": {"fee_type": "PAID", "pay": "COLLECT_OR_PREPAID"},
}


@pytest.mark.parametrize("kind", [*TEMPLATES, "policy", "default"])
@pytest.mark.parametrize("grouped", [False, True])
def test_both_doors_charge_the_same_and_keep_the_same_terms(rush, kind, grouped):
    option, buyer = an_option(price=10_000, stock=50), a_person()
    a_shipping_policy(option.product.seller, fee=3000, free_over=30_000)
    if kind != "policy":
        fields = TEMPLATES.get(kind, {"is_default": True, "return_fee": 2000})
        template = a_delivery_template(option.product.seller, grouped=grouped, **fields)
        if kind != "default":
            option.product.delivery = template
            option.product.save(update_fields=["delivery"])
    (answer,) = rush([a_request(option, buyer, quantity=3)])
    hot = Order.objects.get(number=answer.number)
    slow = actions.place_order(buyer, [actions.Wanted(option.pk, 3)], an_address(), key="slow")
    kept = ["bundle", "pay_type", "amount", "collect_amount", "extra", "reason"]
    one, other = (order.shipping_charges.values(*kept).get() for order in (hot, slow))
    assert one == other
    one, other = (order.shipping_charges.get() for order in (hot, slow))
    assert Bundle.read(one.policy) == Bundle.read(other.policy)
    assert charge_reasons(one.reason, 0, one.policy) == charge_reasons(other.reason, 0, other.policy)
    assert hot.pay_total == slow.pay_total
    assert hot.lines.get().charge == one


def _event(option, **terms):
    return an_offer("INSTANT", prices={option.pk: 8_000}, **terms)


def _bundle(option, **terms):
    return an_offer("NPLUS1", buy=2, free=1, **terms)


def _gift(option, stock=5, shop=None, **terms):
    present = an_option(price=1_000, stock=stock, seller=shop or option.product.seller)
    return an_offer("GIFT", gift_option_id=present.pk, min_spend=20_000, **terms)


def _own(option, **terms):
    return _bundle(option, seller=option.product.seller, scope="PRODUCT", targets=(option.product_id,), **terms)


def _shelf(option, **terms):
    return _bundle(option, scope="CATEGORY", targets=(option.product.category_id,), **terms)


def _of_the_exhibition(option):
    offer = an_offer("INSTANT", prices={option.pk: 9_000}, exhibition=77)
    actions_of_offers.stop(offer, by=None)
    return _gift(option, scope="EXHIBITION", targets=(77,))


def _agreed(option, *, agree=True):
    offer = _bundle(option, seller_bp=5_000, platform_bp=5_000)
    if agree:
        told = {"terms_hash": offer.terms_hash, "cap": None, "by": a_person()}
        actions_of_offers.consent(offer, option.product.seller, **told)


def _dearer_since(option):
    _event(option)
    option.price = 12_000
    option.save(update_fields=["price"])


LATER = {"starts_at": clock.now() + timedelta(days=1)}
PROMOTED = {  # what is on, pieces bought, whether the lane has to send the buyer to the cart
    "an event price": (_event, 1, True),
    "an event price of tomorrow": (lambda o: _event(o, **LATER), 1, False),
    "an event price left by a dearer list price": (_dearer_since, 1, False),
    "2+1 on three": (_bundle, 3, True),
    "2+1 on two": (_bundle, 2, False),
    "2+1 of the shop": (_own, 3, True),
    "2+1 of the shelf": (_shelf, 3, True),
    "2+1 the shop agreed to": (_agreed, 3, True),
    "2+1 the shop has not agreed to": (lambda o: _agreed(o, agree=False), 3, False),
    "2+1 of another shop": (lambda o: _own(an_option()), 3, False),
    "a present": (_gift, 2, True),
    "a present below its minimum": (_gift, 1, False),
    "a present that has run out": (lambda o: _gift(o, stock=0), 2, False),
    "a present another shop would send": (lambda o: _gift(o, shop=an_option().product.seller), 2, False),
    "a present of an exhibition": (_of_the_exhibition, 2, True),
}


@pytest.mark.parametrize("what", PROMOTED)
def test_both_doors_agree_on_a_promotion_or_the_lane_sends_to_the_cart(rush, what):
    option, buyer = an_option(price=10_000, stock=50), a_person()
    on, quantity, through_cart = PROMOTED[what]
    on(option)
    option.refresh_from_db()
    (answer,) = rush([a_request(option, buyer, quantity=quantity, price=option.price)])
    slow = actions.place_order(buyer, [actions.Wanted(option.pk, quantity)], an_address(), key="slow")
    promised = slow.discount_total > 0 or slow.lines.filter(gifts__isnull=False).exists()
    assert promised == through_cart
    if through_cart:
        assert answer == Refused("through_cart", left=50)
        assert Order.objects.count() == 1, "the lane left an order behind"
    else:
        assert Order.objects.get(number=answer.number).pay_total == slow.pay_total


def test_a_live_price_goes_through_the_lane_though_an_event_is_on(rush):
    option, buyer = an_option(price=10_000, stock=50), a_person()
    _event(option)
    _bundle(option)
    open_live_price(show=1, option=option, price=7_000, allotment=None, per_buyer=None, by=None)
    (answer,) = rush([a_request(option, buyer, quantity=3, price=7_000, show=1)])
    slow = actions.place_order(buyer, [actions.Wanted(option.pk, 3)], an_address(), key="slow", show=1)
    assert answer.pay_total == slow.pay_total == 21_000


@pytest.mark.race
def test_many_lanes_and_repeated_keys_neither_oversell_nor_sell_twice(rush):
    option, buyer = an_option(stock=100), a_person()
    keys = [uuid.uuid4().hex for _ in range(150)]
    requests = [a_request(option, buyer, quantity=1 + n % 3, key=key) for n, key in enumerate(keys)] * 4
    answers = rush(requests, lanes=4)
    by_key = {}
    for request, answer in zip(requests, answers, strict=True):
        by_key.setdefault(request.key, set()).add(answer.number if isinstance(answer, Placed) else answer.code)
    assert all(len(told) == 1 for told in by_key.values()), "a key told two stories"
    assert sold(option) == 100 and StockItem.objects.get(option=option).available == 0
    assert Order.objects.count() == sum(1 for told in by_key.values() if told != {"sold_out"})


def test_a_small_order_behind_a_large_one_that_does_not_fit_is_tried_again(rush):
    option, buyer = an_option(stock=5), a_person()
    large, small = rush([a_request(option, buyer, quantity=9), a_request(option, buyer, quantity=2)])
    assert isinstance(large, Refused) and large.code == "sold_out"
    assert isinstance(small, Placed)


def test_the_live_price_holds_for_its_allotment_and_per_buyer(rush):
    option, buyer = an_option(price=10_000, stock=50), a_person()
    open_live_price(show=1, option=option, price=8_000, allotment=3, per_buyer=2, by=None)
    others = [a_person() for _ in range(3)]
    answers = rush(
        [a_request(option, buyer, price=8_000, show=1) for _ in range(3)]
        + [a_request(option, o, price=8_000) for o in others]
    )
    codes = [a.code if isinstance(a, Refused) else "placed" for a in answers]
    assert codes == ["placed", "placed", "live_limit_reached", "placed", "live_sold_out", "live_sold_out"]
    (dear,) = rush([a_request(option, buyer, price=8_000)])
    assert dear.code == "price_changed"


@pytest.mark.race
def test_a_buyer_at_many_lanes_at_once_keeps_to_the_limit(rush):
    option, buyer = an_option(price=10_000, stock=50), a_person()
    open_live_price(show=1, option=option, price=8_000, allotment=40, per_buyer=2, by=None)
    for _ in range(5):
        answers = rush([a_request(option, buyer, price=8_000) for _ in range(12)], lanes=6)
        assert sold(option) == 2
    assert {a.code for a in answers} == {"live_limit_reached"}


def test_what_is_not_on_sale_and_a_key_of_another_order_are_refused(rush):
    option, buyer = an_option(stock=5), a_person()
    suspended = an_option(stock=5, status="SUSPENDED")
    assert rush([a_request(suspended, buyer)])[0].code == "not_on_sale"
    rush([a_request(option, buyer, key="the-same-key")])
    assert rush([a_request(option, buyer, quantity=2, key="the-same-key")])[0].code == "idempotency_key_reused"
    assert rush([a_request(option, buyer, key="the-same-key")])[0].replayed


@pytest.mark.processes
def test_a_database_killed_in_the_rush_loses_no_acknowledged_order(tmp_path_factory):
    from house import House

    with House(tmp_path_factory.mktemp("rush"), PYTHONPATH=str(Path(__file__).parents[1])) as house:
        made = house.run(
            "manage", "shell", "-c",
            "from builders import *; o = an_option(stock=100000); a_commission_plan(); b = a_person(); print('made', o.pk, b.pk)",
        )  # fmt: skip
        assert "made" in made.stdout, made.stderr
        option, buyer = map(int, made.stdout.rsplit("made", 1)[1].split())
        token = _token(house, buyer)

        def shop(n):
            numbers = []
            with httpx.Client(base_url=house.lane, timeout=10, headers={"Authorization": f"Bearer {token}"}) as http:
                for i in range(120):
                    body = {"option": option, "quantity": 1, "price": 10_000, "key": f"rush-{n}-{i}"}
                    for _ in range(60):  # an error does not mean "not ordered": the same key asks again
                        try:
                            answer = http.post("/orders", json=body)
                        except httpx.HTTPError:
                            answer = None
                        if answer is not None and answer.status_code == 201:
                            numbers.append(answer.json()["number"])
                            break
            return numbers

        with ThreadPoolExecutor(9) as pool:
            shoppers = [pool.submit(shop, n) for n in range(8)]
            asyncio.run(asyncio.sleep(0.6))
            os.kill(house.find("postgres").pid, signal.SIGKILL)
            acknowledged = [number for shopper in shoppers for number in shopper.result()]
        house.await_ready()
        with psycopg.connect(f"postgresql://postgres@/dure?host={socket_dir(house.home)}&port=5432") as database:
            kept = {number for (number,) in database.execute("SELECT number FROM orders_order")}
        assert len(acknowledged) == 8 * 120 and set(acknowledged) == kept


def _token(house, buyer):
    """Signed with the house's own key."""
    from dure.config import load

    ours = load().secret_key
    object.__setattr__(load(), "secret_key", (house.home / "secret_key").read_text())
    try:
        return tokens.sign("buy", {"user": buyer}, 600)
    finally:
        object.__setattr__(load(), "secret_key", ours)
