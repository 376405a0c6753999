"""What the house takes: per seller and category, from a day until a day, never two at once."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from builders import a_person, an_option, an_order, at_once
from dure.commerce.catalog.models import Category
from dure.commerce.pricing import actions, errors, queries, rules
from dure.commerce.pricing.models import CommissionPlan
from dure.commerce.sellers.models import Seller
from dure.kit import clock
from dure.kit.models import Event

TODAY = date(2026, 11, 24)
pytestmark = pytest.mark.django_db

# plans by (seller, category); seller 7 sells category 2, whose parent is 1.
NEAREST = [
    ({(None, None): 500}, 500),
    ({(None, None): 500, (None, 1): 400}, 400),
    ({(None, None): 500, (None, 1): 400, (None, 2): 300}, 300),
    ({(None, None): 500, (None, 2): 300, (7, None): 800}, 800),  # the seller's own, even when dearer
    ({(None, None): 500, (7, None): 200, (7, 1): 150}, 150),
    ({(None, None): 500, (7, 1): 150, (7, 2): 100}, 100),
    ({(None, None): 500, (8, 2): 100, (None, 3): 50}, 500),  # another's plan, another shelf's
    ({(8, None): 100}, None),
]


@pytest.mark.parametrize(("plans", "points"), NEAREST)
def test_the_nearest_plan_counts(plans, points):
    assert rules.nearest_plan(plans, 7, [2, 1]) == points


@pytest.mark.parametrize(("points", "said"), [(500, "5%"), (475, "4.75%"), (50, "0.5%"), (0, "0%"), (1000, "10%")])
def test_a_share_in_words(points, said):
    assert rules.percent(points) == said


def test_of_ten_thousand_won_the_house_takes_five_hundred_and_fifty_vat():
    share = queries.share_of(10_000, 500)
    assert (share.commission, share.vat, share.left) == (500, 50, 9_450)


@pytest.fixture
def today():
    with clock.at(clock.now().replace(year=2026, month=11, day=24, hour=3)):
        yield TODAY


@pytest.fixture
def shop(db):
    return Seller.objects.create(name="순이네", status="APPROVED")


@pytest.fixture
def fruit():
    return Category.objects.get(code="fruit")


def test_a_sellers_own_plan_is_on_the_line_of_a_sale(today, shop, fruit):
    actions.schedule_commission(basis_points=300, since=today, seller=shop, category=fruit.parent, by=None)
    option = an_option(seller=shop)
    option.product.category = fruit
    option.product.save()
    assert an_order(option).lines.get().commission_bp == 300
    assert an_order(an_option()).lines.get().commission_bp == 500


def test_a_later_plan_ends_the_one_before_and_a_withdrawn_one_gives_its_days_back(today, shop):
    first = actions.schedule_commission(basis_points=400, since=today, seller=shop, by=None)
    june = date(2027, 6, 1)
    second = actions.schedule_commission(basis_points=600, since=june, seller=shop, by=None)
    third = actions.schedule_commission(basis_points=300, since=date(2027, 3, 1), seller=shop, by=None)
    first.refresh_from_db()
    assert (first.until, third.until, second.until) == (date(2027, 3, 1), june, None)
    category = Category.objects.get(code="fruit")
    points = {day: queries.commission_of(category, day, shop.pk) for day in (today, date(2027, 3, 1), june)}
    assert list(points.values()) == [400, 300, 600]
    actions.withdraw_commission(third, by=None)
    first.refresh_from_db()
    assert first.until == june
    with pytest.raises(errors.CommissionStarted):
        actions.withdraw_commission(first, by=None)


def test_a_rise_is_announced_thirty_days_before_a_fall_may_begin_today(today, shop):
    with pytest.raises(errors.CommissionTooSoon) as refused:
        actions.schedule_commission(basis_points=600, since=today + timedelta(days=29), seller=shop, by=None)
    assert "2026-12-24" in str(refused.value)
    actions.schedule_commission(basis_points=600, since=today + timedelta(days=30), seller=shop, by=None)
    assert Event.objects.filter(topic="pricing.commission_changing", payload__seller=shop.pk).count() == 1
    actions.schedule_commission(basis_points=400, since=today, seller=shop, by=None)


def test_a_sellers_plan_below_the_house_may_still_be_a_rise_in_one_category(today, shop, fruit):
    actions.schedule_commission(basis_points=200, since=today, category=fruit, by=None)
    with pytest.raises(errors.CommissionTooSoon):
        actions.schedule_commission(basis_points=400, since=today, seller=shop, by=None)
    with pytest.raises(errors.CommissionTooSoon):
        actions.schedule_commission(basis_points=400, since=today, seller=shop, category=fruit.parent, by=None)
    actions.schedule_commission(basis_points=200, since=today, seller=shop, by=None)


def test_sellers_are_told_once_when_the_day_comes_near(today, shop):
    operator = a_person("OPERATOR")
    far = today + timedelta(days=60)
    plan = actions.schedule_commission(basis_points=700, since=far, seller=shop, by=operator)
    assert plan.told_at is None and actions.tell_of_commissions() == 0
    with clock.at(clock.now() + timedelta(days=30)):
        assert actions.tell_of_commissions() == 1
        assert actions.tell_of_commissions() == 0
    told = Event.objects.get(topic="pricing.commission_changing", payload__seller=shop.pk).payload
    assert (told["basis_points"], told["since"]) == (700, far.isoformat())


@pytest.mark.parametrize(
    ("basis_points", "since", "refusal"),
    [
        (5001, TODAY, errors.CommissionTooHigh),
        (-1, TODAY, errors.CommissionTooHigh),
        (300, TODAY - timedelta(days=1), errors.CommissionInThePast),
    ],
)
def test_what_makes_no_sense_is_refused(today, shop, basis_points, since, refusal):
    with pytest.raises(refusal):
        actions.schedule_commission(basis_points=basis_points, since=since, seller=shop, by=None)


def test_the_same_day_twice_is_refused_in_words(today, shop):
    actions.schedule_commission(basis_points=300, since=today, seller=shop, by=None)
    with pytest.raises(errors.CommissionTaken):
        actions.schedule_commission(basis_points=200, since=today, seller=shop, by=None)


def test_the_database_refuses_two_plans_at_once(shop, fruit):
    CommissionPlan.objects.create(seller=shop, category=fruit, basis_points=300, since=TODAY)
    for since, until in [
        (TODAY, None),
        (TODAY - timedelta(days=9), TODAY + timedelta(days=1)),
        (date(2030, 1, 1), None),
    ]:
        with pytest.raises(IntegrityError), transaction.atomic():
            CommissionPlan.objects.create(seller=shop, category=fruit, basis_points=200, since=since, until=until)
    CommissionPlan.objects.create(seller=shop, category=fruit, basis_points=200, since=date(2026, 1, 1), until=TODAY)
    CommissionPlan.objects.create(seller=shop, basis_points=200, since=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():  # of the house there is one from 2020 on
        CommissionPlan.objects.create(basis_points=100, since=TODAY)


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_of_two_operators_who_schedule_the_same_day_one_wins():
    shop = Seller.objects.create(name="순이네")
    since = clock.today() + timedelta(days=40)
    answers = at_once(
        4, lambda i: actions.schedule_commission(basis_points=100 * (i + 1), since=since, seller=shop, by=None)
    )
    assert sum(isinstance(a, CommissionPlan) for a in answers) == 1
    assert sum(isinstance(a, errors.CommissionTaken) for a in answers) == 3
