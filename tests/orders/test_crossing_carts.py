"""Orders of many options lock their stock in one order: however they cross, none waits for another in a ring."""

from __future__ import annotations

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, transaction

from builders import a_commission_plan, a_person, an_address, an_option
from dure.commerce.orders.actions import Wanted, expire, place_order
from dure.commerce.orders.models import Order, ProductOrder
from dure.commerce.stock import actions as stock
from dure.commerce.stock.errors import SoldOut
from dure.commerce.stock.models import StockItem

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

CARTS, HANDS, OPTIONS = 2_000, 8, 12


def each(count, hands, deed):
    """`deed(n)` for n < count by so many threads, each with a connection of its own; what each said or raised."""

    def run(n):
        try:
            return deed(n)
        except Exception as error:
            return error

    def work(mine):
        try:
            return [run(n) for n in mine]
        finally:
            connection.close()

    with ThreadPoolExecutor(hands) as pool:
        parts = pool.map(work, [range(first, count, hands) for first in range(hands)])
    return [told for part in parts for told in part]


def test_two_thousand_crossing_carts_end_without_a_deadlock_and_with_the_stock_exact():
    a_commission_plan()
    options = [an_option(1_000, stock=3_000) for _ in range(OPTIONS)]
    buyers = [a_person() for _ in range(HANDS)]
    dice = random.Random(20261124)
    carts = [[(o, dice.randint(1, 2)) for o in dice.sample(options, dice.randint(2, 5))] for _ in range(CARTS)]
    back = {n for n in range(CARTS) if dice.random() < 0.1}

    def buy(n):
        """Options in the order they lie in this cart; one in ten gives its goods back at once."""
        lines = [Wanted(option.pk, quantity) for option, quantity in carts[n]]
        order = place_order(buyers[n % HANDS], lines, an_address(), key=f"cart-{n}")
        return expire(order) if n in back else order

    told = each(CARTS, HANDS, buy)
    assert [answer for answer in told if isinstance(answer, OperationalError)] == []
    assert Counter(type(answer) for answer in told if not isinstance(answer, (Order, bool, SoldOut))) == {}
    held = Counter()
    rows = ProductOrder.objects.exclude(status="CANCELED_BY_NOPAYMENT")
    for option, quantity in rows.values_list("option_id", "quantity"):
        held[option] += quantity
    assert Order.objects.count() + sum(isinstance(answer, SoldOut) for answer in told) == CARTS
    assert dict(StockItem.objects.values_list("option_id", "available")) == {
        option.pk: 3_000 - held[option.pk] for option in options
    }


# What `stock.reserve` would be without an order: the rows as they lie in the cart, one after the other.
UNORDERED = "UPDATE stock_stockitem SET available = available - %s WHERE option_id = %s AND available >= %s"


def test_without_the_order_two_carts_wait_for_each_other():
    first, second = an_option(stock=100), an_option(stock=100)
    meet = threading.Barrier(2)

    def buy(n):
        cart = [first, second] if n == 0 else [second, first]
        with transaction.atomic(), connection.cursor() as cursor:
            for at, option in enumerate(cart):
                cursor.execute(UNORDERED, [1, option.pk, 1])
                if at == 0:
                    meet.wait(timeout=20)

    told = each(2, 2, buy)
    assert sum("deadlock detected" in str(answer) for answer in told) == 1, told

    def buy_in_order(n):
        cart = [first, second] if n == 0 else [second, first]
        with transaction.atomic():
            stock.reserve((option.pk, 1) for option in cart)

    assert each(40, 2, buy_in_order) == [None] * 40
    assert set(StockItem.objects.values_list("available", flat=True)) == {100 - 40 - 1}
