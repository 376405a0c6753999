"""Promising and counting goods: what the actions do, and what the database refuses."""

from __future__ import annotations

import json
import random

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from builders import an_option, at_once
from dure.commerce.stock import actions, queries
from dure.commerce.stock.errors import BadQuantity, NotEnoughStock, SoldOut
from dure.commerce.stock.models import StockItem, StockMovement

pytestmark = pytest.mark.django_db


def left(option):
    return queries.available_of([option.pk])[option.pk]


def test_a_promise_takes_from_what_is_left_and_a_release_gives_it_back():
    option = an_option(stock=10)
    assert actions.reserve([(option.pk, 3)]) == {option.pk: 7}
    assert actions.release([(option.pk, 3)]) == {option.pk: 10}


def test_two_lines_of_one_option_are_one_promise():
    option = an_option(stock=5)
    with pytest.raises(SoldOut), transaction.atomic():
        actions.reserve([(option.pk, 3), (option.pk, 3)])
    assert left(option) == 5


def test_a_promise_is_for_all_lines_or_none():
    plenty, few = an_option(stock=10), an_option(stock=1)
    with pytest.raises(SoldOut) as refused, transaction.atomic():
        actions.reserve([(plenty.pk, 2), (few.pk, 2)])
    assert refused.value.params == {"option": few.pk, "left": 1}
    assert (left(plenty), left(few)) == (10, 1)


def test_an_option_never_stocked_is_sold_out():
    option = an_option(stock=0)
    with pytest.raises(SoldOut) as refused:
        actions.reserve([(option.pk, 1)])
    assert refused.value.params["left"] == 0


@pytest.mark.parametrize("quantity", [0, -1, 1_000_001])
def test_an_impossible_quantity_is_refused(quantity):
    with pytest.raises(BadQuantity):
        actions.reserve([(an_option().pk, quantity)])


def test_returned_goods_come_back_once_per_cause():
    option = an_option(stock=5)
    actions.reserve([(option.pk, 2)])
    assert actions.take_back(option, 2, ref="claims.claim:1")
    assert not actions.take_back(option, 2, ref="claims.claim:1")
    assert left(option) == 5


def test_a_count_keeps_what_was_sold_while_somebody_was_counting():
    option = an_option(stock=10)
    actions.reserve([(option.pk, 4)])
    actions.set_available(option, 12, seen=10, by=None)
    assert left(option) == 8
    assert StockMovement.objects.filter(option=option, kind="ADJUSTED").get().quantity == 2


def test_a_count_may_not_take_what_is_promised():
    option = an_option(stock=3)
    with pytest.raises(NotEnoughStock) as refused:
        actions.adjust(option, -4, by=None)
    assert "3개" in str(refused.value)
    assert left(option) == 3


def test_stock_is_the_sum_of_movements_and_promises():
    dice, option = random.Random(2), an_option(stock=20)
    promised = 0
    for _ in range(40):
        quantity = dice.randint(1, 6)
        match dice.choice(["reserve", "receive", "adjust", "release"]):
            case "reserve":
                try:
                    actions.reserve([(option.pk, quantity)])
                    promised += quantity
                except SoldOut:
                    assert left(option) < quantity
            case "receive":
                actions.receive(option, quantity, by=None)
            case "adjust":
                actions.adjust(option, quantity, by=None)
            case "release" if promised >= quantity:
                actions.release([(option.pk, quantity)])
                promised -= quantity
    moved = sum(StockMovement.objects.filter(option=option).values_list("quantity", flat=True))
    assert left(option) == moved - promised


@pytest.mark.parametrize("change", ["UPDATE stock_stockmovement SET quantity = 9", "DELETE FROM stock_stockmovement"])
def test_a_movement_is_never_changed(change):
    an_option(stock=1)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_the_database_refuses_to_oversell():
    option = an_option(stock=1)
    with pytest.raises(IntegrityError, match="never_oversold"), transaction.atomic():
        StockItem.objects.filter(option=option).update(available=-1)


@pytest.mark.django_db(transaction=True)
def test_of_twenty_buyers_of_the_last_five_exactly_five_get_one():
    option = an_option(stock=5)
    answers = at_once(20, lambda _i: actions.reserve([(option.pk, 1)]))
    assert sum(isinstance(a, dict) for a in answers) == 5
    assert sum(isinstance(a, SoldOut) for a in answers) == 15
    assert left(option) == 0


@pytest.mark.django_db(transaction=True)
def test_without_the_condition_the_same_race_is_lost():
    """The guard taken away: read, decide, write. Only the constraint is left, and it fails instead of refusing."""
    option = an_option(stock=5)

    def careless(_i):
        with transaction.atomic():
            item = StockItem.objects.get(pk=option.pk)
            if item.available < 1:
                raise SoldOut(option=option.pk, left=0)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.05)")
            StockItem.objects.filter(pk=option.pk).update(available=item.available - 1)
        return True

    sold = sum(a is True for a in at_once(12, careless))
    assert sold > 5 - left(option)  # more buyers than pieces taken: sold twice


@pytest.mark.django_db(transaction=True)
def test_carts_with_the_same_options_in_opposite_order_never_wait_for_each_other():
    a, b = an_option(stock=100), an_option(stock=100)
    orders = [[(a.pk, 1), (b.pk, 1)], [(b.pk, 1), (a.pk, 1)]]
    answers = at_once(16, lambda i: actions.reserve(orders[i % 2]))
    assert all(isinstance(answer, dict) for answer in answers)
    assert (left(a), left(b)) == (84, 84)


@pytest.mark.django_db(transaction=True)
def test_the_new_number_is_told_when_the_transaction_commits():
    import psycopg
    from django.conf import settings

    option = an_option(stock=2)
    parameters = connection.get_connection_params()
    known = {k: parameters[k] for k in ("dbname", "user", "password", "host", "port") if parameters.get(k)}
    assert settings.DATABASES
    with psycopg.connect(**known, autocommit=True) as ear:
        ear.execute(f"LISTEN {actions.CHANNEL}")
        actions.reserve([(option.pk, 2)])
        heard = [json.loads(n.payload) for n in ear.notifies(timeout=5, stop_after=1)]
    assert heard == [{"option": option.pk, "available": 0}]
