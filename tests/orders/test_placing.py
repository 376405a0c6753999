"""An order holds goods, writes down the contract, and is one order however often it is asked for."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from builders import a_commission_plan, a_person, a_shipping_policy, an_address, an_option, an_order, at_once
from dure.commerce.cart import actions as cart
from dure.commerce.cart.models import Cart
from dure.commerce.cart.queries import quote
from dure.commerce.orders import actions
from dure.commerce.orders.actions import Address, Wanted
from dure.commerce.orders.errors import (
    AddressCostsMore,
    AddressFixed,
    AddressMissing,
    CannotBuy,
    NothingToOrder,
    OrderExpired,
    PriceChanged,
)
from dure.commerce.orders.models import Order, ProductOrder
from dure.commerce.pricing.actions import open_live_price
from dure.commerce.pricing.errors import LiveLimitReached
from dure.commerce.stock.errors import SoldOut
from dure.commerce.stock.models import StockItem
from dure.kit import clock
from dure.kit.idempotency import KeyReused
from dure.kit.models import Event

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def plan():
    return a_commission_plan()


def available(option):
    return StockItem.objects.get(option=option).available


def test_a_cart_of_two_sellers_is_one_order_with_a_fee_each():
    apple, fish = an_option(price=12_000), an_option(price=40_000)
    a_shipping_policy(apple.product.seller, fee=3000, free_over=30_000)
    a_shipping_policy(fish.product.seller, fee=3000, free_over=30_000)
    buyer = a_person()
    mine = cart.cart_for(buyer, None)
    cart.put(mine, apple, 2)
    cart.put(mine, fish, 1)

    seen = quote(mine, "03086")
    assert [(g.goods, g.shipping, g.parcels[0].fee.reason) for g in seen.groups] == [
        (24_000, 3000, "BASE"),
        (40_000, 0, "FREE_OVER"),
    ]
    assert seen.groups[0].parcels[0].fee.params["left"] == 6000

    order = actions.place_order(
        buyer, [Wanted(apple.pk, 2), Wanted(fish.pk, 1)], an_address(), key="k", expected_total=seen.total
    )
    assert (order.goods_total, order.shipping_total, order.pay_total) == (64_000, 3000, 67_000)
    assert order.lines.count() == 2 and order.shipping_charges.count() == 2
    assert (available(apple), available(fish)) == (8, 9)


def test_the_contract_stays_as_it_was_made():
    option = an_option(price=10_000)
    order = an_order(option)
    option.price = 99_000
    option.save()
    option.product.name = "다른 이름"
    option.product.save()
    line = order.lines.get()
    assert line.unit_price == 10_000 and line.product_name != "다른 이름" and line.commission_bp == 500


def test_the_same_request_twice_is_one_order():
    option, buyer = an_option(), a_person()
    first = an_order(option, buyer=buyer, key="once")
    again = an_order(option, buyer=buyer, key="once")
    assert first == again and available(option) == 9
    with pytest.raises(KeyReused):
        an_order(option, buyer=buyer, key="once", quantity=2)


@pytest.mark.race
def test_the_same_request_eight_times_at_once_is_one_order():
    option, buyer = an_option(), a_person()
    orders = at_once(8, lambda i: an_order(option, buyer=buyer, key="race").pk)
    assert len(set(orders)) == 1 and available(option) == 9


@pytest.mark.race
def test_the_last_unit_sells_once():
    option = an_option(stock=1)
    buyers = [a_person() for _ in range(20)]
    results = at_once(20, lambda i: an_order(option, buyer=buyers[i]))
    assert sum(isinstance(r, Order) for r in results) == 1
    assert sum(isinstance(r, SoldOut) for r in results) == 19
    assert available(option) == 0 and ProductOrder.objects.filter(option=option).count() == 1


@pytest.mark.race
def test_two_carts_in_opposite_order_do_not_wait_for_each_other():
    a, b, buyer = an_option(stock=100), an_option(stock=100), a_person()
    results = at_once(16, lambda i: an_order(*([a, b] if i % 2 else [b, a]), buyer=buyer))
    assert all(isinstance(r, Order) for r in results)


def test_one_missing_piece_takes_nothing_of_the_rest():
    plenty, none = an_option(stock=5), an_option(stock=0)
    with pytest.raises(SoldOut):
        an_order(plenty, none)
    assert available(plenty) == 5 and not Order.objects.exists()


def test_what_is_not_on_sale_is_refused_by_name():
    option = an_option(status="SUSPENDED", name="쉬는 사과")
    with pytest.raises(CannotBuy, match="쉬는 사과") as refused:
        an_order(option)
    assert "쉬는 사과" in str(refused.value)


def test_a_price_that_moved_under_the_buyers_eyes_is_said_before_it_is_charged():
    option = an_option(price=10_000)
    with pytest.raises(PriceChanged):
        actions.place_order(a_person(), [Wanted(option.pk, 1)], an_address(), key="k", expected_total=9_000)
    assert available(option) == 10


def test_an_empty_order_and_one_without_address_are_refused():
    with pytest.raises(NothingToOrder):
        actions.place_order(a_person(), [], an_address(), key="k")
    with pytest.raises(AddressMissing):
        actions.place_order(a_person(), [Wanted(an_option().pk, 1)], Address(), key="k")


def test_an_unpaid_order_gives_its_goods_back_after_fifteen_minutes():
    option = an_option()
    order = an_order(option, quantity=3)
    assert actions.expire_unpaid() == 0
    with clock.at(clock.now() + timedelta(minutes=16)):
        assert actions.expire_unpaid() == 1
        assert actions.expire_unpaid() == 0
    assert available(option) == 10
    assert order.lines.get().status == "CANCELED_BY_NOPAYMENT"
    with pytest.raises(OrderExpired):
        actions.mark_paid(order, at=clock.now())


def test_a_payment_marks_every_line_once_and_is_heard_once():
    order = an_order(an_option(), an_option())
    assert actions.mark_paid(order, at=clock.now()) is True
    assert actions.mark_paid(order, at=clock.now()) is False
    assert set(order.lines.values_list("status", flat=True)) == {"PAID"}
    assert Event.objects.filter(topic="orders.paid").count() == 1


@pytest.mark.race
def test_paying_and_expiring_at_once_ends_in_one_of_them():
    option = an_option()
    order = an_order(option)
    late = clock.now() + timedelta(minutes=16)

    def race(i):
        return actions.mark_paid(order, at=late) if i % 2 else actions.expire(order)

    at_once(8, race)
    order.refresh_from_db()
    assert (order.paid_at is None) != (order.ended_at is None)
    assert available(option) == (9 if order.paid_at else 10)


def test_a_live_price_holds_for_its_allotment_and_per_buyer():
    option, buyer = an_option(price=10_000, stock=10), a_person()
    open_live_price(show=1, option=option, price=8_000, allotment=3, per_buyer=2, by=None)
    assert an_order(option, buyer=buyer, quantity=2).goods_total == 16_000
    with pytest.raises(LiveLimitReached):
        an_order(option, buyer=buyer)
    assert an_order(option).goods_total == 8_000
    assert an_order(option).goods_total == 10_000  # the allotment is used up
    assert available(option) == 6


def test_the_address_can_change_until_a_seller_has_seen_the_order():
    order = an_order(paid=True)
    actions.set_address(order, an_address(receiver="옆집"), by=order.buyer)
    assert Order.objects.get().receiver == "옆집"
    actions.acknowledge(order.lines.get(), by=None)
    with pytest.raises(Exception, match="주소를 바꿀 수 없어요"):
        actions.set_address(order, an_address(receiver="또 옆집"), by=order.buyer)


def test_an_island_pays_the_islands_fee_when_the_address_is_set_before_paying():
    option = an_option()
    a_shipping_policy(option.product.seller, fee=3000, jeju_extra=4000)
    order = an_order(option)
    assert order.shipping_total == 3000
    order = actions.set_address(order, an_address("63122"), by=order.buyer)
    assert (order.shipping_total, order.pay_total) == (7000, 17_000)


def test_the_database_refuses_an_order_that_does_not_add_up():
    order = an_order()
    with pytest.raises(IntegrityError, match="order_adds_up"), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(pay_total=1)
    with pytest.raises(IntegrityError, match="line_adds_up"), transaction.atomic():
        ProductOrder.objects.filter(order=order).update(goods_amount=1)


def test_a_browsers_cart_joins_the_buyers_at_sign_in():
    option, other, buyer = an_option(), an_option(), a_person()
    anonymous = cart.cart_for(None, "browser-session")
    cart.put(anonymous, option, 3)
    cart.put(anonymous, other, 1)
    mine = cart.cart_for(buyer, None)
    cart.put(mine, option, 2)
    cart.merge("browser-session", buyer)
    assert dict(mine.lines.values_list("option_id", "quantity")) == {option.pk: 3, other.pk: 1}
    assert not Cart.objects.filter(session_key="browser-session").exists()


def test_a_paid_order_does_not_move_to_an_address_that_costs_more():
    option = an_option()
    a_shipping_policy(option.product.seller, fee=3000, jeju_extra=3000)
    order = an_order(option, paid=True)
    with pytest.raises(AddressCostsMore):
        actions.set_address(order, an_address("63000"), by=order.buyer)
    assert actions.set_address(order, an_address("04524"), by=order.buyer).postcode == "04524"


def test_what_is_sold_out_or_gone_is_never_a_line_without_a_price():
    apple, fish = an_option(), an_option(stock=0)
    with pytest.raises(SoldOut):
        an_order(apple, fish)
    with pytest.raises(CannotBuy):
        actions.place_order(a_person(), [Wanted(apple.pk, 1), Wanted(10**9, 1)], an_address(), key="gone")
    assert available(apple) == 10 and not Order.objects.exists()


def test_a_payment_being_confirmed_keeps_the_order_open_and_an_ended_one_says_so():
    order = an_order()
    actions.keep_open(order, until=order.expires_at + timedelta(minutes=5))
    with clock.at(order.expires_at + timedelta(minutes=1)):
        assert actions.expire_unpaid() == 0
    with clock.at(order.expires_at + timedelta(minutes=6)):
        assert actions.expire_unpaid() == 1
        with pytest.raises(OrderExpired):
            actions.keep_open(order, until=clock.now())


@pytest.mark.race
def test_an_address_set_while_the_seller_looks_is_the_one_the_seller_sees_or_is_refused():
    for _ in range(5):
        order = an_order(paid=True)
        line = order.lines.get()
        deeds = [
            lambda: actions.set_address(order, an_address("04524"), by=order.buyer),
            lambda: actions.acknowledge(line, by=None) or Order.objects.get(pk=order.pk).postcode,
        ]
        moved, seen = at_once(2, lambda i: deeds[i]())
        order.refresh_from_db()
        assert seen == order.postcode, "the parcel would go where the buyer no longer is"
        assert isinstance(moved, AddressFixed) == (order.postcode == "03086")
