"""What it costs: shipping fees with their reasons, live prices, commissions."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from builders import an_option, at_once
from dure.commerce.catalog.models import Category
from dure.commerce.pricing import actions, queries
from dure.commerce.pricing.errors import (
    LiveLimitReached,
    LivePriceNotLower,
    LivePriceTaken,
    LiveSoldOut,
    NoCommissionPlan,
)
from dure.commerce.pricing.models import CommissionPlan, LivePrice
from dure.commerce.pricing.rules import discount_percent
from dure.commerce.pricing.zones import JEJU, MAINLAND, REMOTE, REMOTE_RANGES, zone_of
from dure.kit import clock


@pytest.mark.parametrize(
    ("postcode", "zone"),
    [
        ("63000", JEJU),
        ("63644", JEJU),
        ("63645", MAINLAND),
        ("62999", MAINLAND),
        ("40200", REMOTE),
        ("40240", REMOTE),
        ("40241", MAINLAND),
        ("22386", REMOTE),
        ("00000", MAINLAND),
        ("63", MAINLAND),
        ("６３０００x", MAINLAND),
    ],
)
def test_postcodes_at_the_edges(postcode, zone):
    assert zone_of(postcode) == zone


def test_the_ranges_are_in_order_and_do_not_touch():
    assert all(start <= end for start, end in REMOTE_RANGES)
    assert all(end < start for (_, end), (start, _) in zip(REMOTE_RANGES, REMOTE_RANGES[1:], strict=False))


def test_percent_off_is_never_rounded_up():
    assert [discount_percent(10_000, 9_001), discount_percent(10_000, 10_000), discount_percent(0, 0)] == [9, 0, 0]


@pytest.mark.django_db
class TestLivePrices:
    def test_a_live_price_holds_while_it_is_open(self):
        option = an_option(price=10_000)
        assert queries.price_of(option, clock.now()).amount == 10_000
        live = actions.open_live_price(show=1, option=option, price=8_000, by=None)
        price = queries.price_of(option, clock.now())
        assert (price.amount, price.list_price, price.live, price.percent_off) == (8_000, 10_000, live, 20)
        actions.close_live_price(show=1, by=None)
        assert not queries.price_of(option, clock.now()).is_live

    def test_it_ends_with_its_allotment(self):
        option = an_option(price=10_000)
        live = actions.open_live_price(show=1, option=option, price=8_000, allotment=2, by=None)
        actions.take_live([(live.pk, 2)])
        assert queries.price_of(option, clock.now()).amount == 10_000
        with pytest.raises(LiveSoldOut):
            actions.take_live([(live.pk, 1)])
        actions.give_back([(live.pk, 1)])
        assert queries.price_of(option, clock.now()).amount == 8_000

    def test_it_must_be_lower(self):
        with pytest.raises(LivePriceNotLower, match="10,000원"):
            actions.open_live_price(show=1, option=an_option(price=10_000), price=10_000, by=None)

    def test_one_show_at_a_time(self):
        option = an_option(price=10_000)
        actions.open_live_price(show=1, option=option, price=8_000, by=None)
        with pytest.raises(LivePriceTaken):
            actions.open_live_price(show=2, option=option, price=7_000, by=None)

    def test_opening_again_goes_on_counting(self):
        option = an_option(price=10_000)
        first = actions.open_live_price(show=1, option=option, price=8_000, allotment=5, by=None)
        actions.take_live([(first.pk, 3)])
        actions.close_live_price(show=1, option=option, by=None)
        again = actions.open_live_price(show=1, option=option, price=7_000, allotment=5, by=None)
        assert (again.pk, again.sold) == (first.pk, 3)

    def test_a_buyer_has_a_limit(self):
        live = actions.open_live_price(show=1, option=an_option(price=10_000), price=8_000, per_buyer=2, by=None)
        actions.take_live([(live.pk, 1)], {live.pk: 1})
        with pytest.raises(LiveLimitReached, match="2개까지"):
            actions.take_live([(live.pk, 1)], {live.pk: 2})
        live.refresh_from_db()
        assert live.sold == 1

    def test_a_closed_price_sells_nothing(self):
        live = actions.open_live_price(show=1, option=an_option(price=10_000), price=8_000, by=None)
        actions.close_live_price(show=1, by=None)
        with pytest.raises(LiveSoldOut):
            actions.take_live([(live.pk, 1)])

    def test_many_prices_cost_one_query(self, django_assert_num_queries):
        options = [an_option() for _ in range(5)]
        with django_assert_num_queries(1):
            queries.prices_of(options, clock.now())

    def test_the_database_keeps_the_allotment(self):
        live = actions.open_live_price(show=1, option=an_option(price=10_000), price=8_000, allotment=1, by=None)
        with pytest.raises(IntegrityError, match="allotment_kept"), transaction.atomic():
            LivePrice.objects.filter(pk=live.pk).update(sold=2)


@pytest.mark.django_db(transaction=True)
def test_of_ten_who_want_the_last_three_at_the_live_price_three_get_it():
    live = actions.open_live_price(show=1, option=an_option(price=10_000), price=8_000, allotment=3, by=None)
    answers = at_once(10, lambda _i: actions.take_live([(live.pk, 1)]))
    assert sum(a is None for a in answers) == 3
    assert sum(isinstance(a, LiveSoldOut) for a in answers) == 7
    live.refresh_from_db()
    assert live.sold == 3


@pytest.mark.django_db
class TestCommission:
    def test_a_new_house_has_a_plan(self):
        fruit = Category.objects.get(code="fruit")
        assert queries.commission_of(fruit, date(2026, 11, 24)) == 500

    def test_the_category_then_its_parent_then_everything_and_the_latest_day_counts(self):
        fruit, fresh = Category.objects.get(code="fruit"), Category.objects.get(code="fresh")
        craft, day = Category.objects.get(code="craft"), date(2026, 11, 24)
        CommissionPlan.objects.create(category=fresh, basis_points=300, since=day - timedelta(days=9))
        assert queries.commissions_of([(1, fruit.pk), (1, craft.pk)], day) == {(1, fruit.pk): 300, (1, craft.pk): 500}
        CommissionPlan.objects.create(category=fruit, basis_points=200, since=day)
        assert queries.commission_of(fruit, day - timedelta(days=1)) == 300
        assert queries.commission_of(fruit, day) == 200

    def test_a_day_before_all_plans_is_an_error(self):
        with pytest.raises(NoCommissionPlan):
            queries.commission_of(Category.objects.get(code="fruit"), date(2019, 12, 31))
