"""Points: a balance that never falls below nothing, lots used in the order they expire."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from builders import a_person, at_once
from dure.commerce.promotions import points, queries
from dure.commerce.promotions.checks import CHECKS
from dure.commerce.promotions.errors import NotEnoughPoints
from dure.commerce.promotions.models import PointsAccount, PointsEntry
from dure.kit import clock
from dure.kit.checks import run

pytestmark = pytest.mark.django_db
NOW = clock.now()
DAY = timedelta(days=1)


def give(buyer, amount, days=365, ref=""):
    return points.give(
        buyer.pk, amount, kind="GRANT", ref=ref or str(random.random()), at=NOW, expires_at=NOW + days * DAY
    )


def balance(buyer):
    return PointsAccount.objects.get(pk=buyer.pk).balance


def left(buyer):
    lots = PointsEntry.objects.filter(account=buyer.pk, amount__gt=0).order_by("expires_at")
    return list(lots.values_list("left", flat=True))


def sound():
    return run(next(c for c in CHECKS if c.name == "points_are_their_lots")).ok


def test_a_cause_gives_points_once():
    buyer = a_person()
    assert points.earn(buyer.pk, 12_345, ref="line:1", at=NOW)
    assert not points.earn(buyer.pk, 12_345, ref="line:1", at=NOW)
    assert balance(buyer) == 123
    assert sound()


def test_what_expires_first_is_used_first():
    buyer = a_person()
    give(buyer, 300, days=30)
    give(buyer, 500, days=10)
    points.use(buyer.pk, 600, ref="order:1", at=NOW)
    assert left(buyer) == [0, 200]
    assert balance(buyer) == 200
    assert sound()


def test_more_than_there_is_cannot_be_used():
    buyer = a_person()
    give(buyer, 100)
    with pytest.raises(NotEnoughPoints) as refused:
        points.use(buyer.pk, 101, ref="order:1", at=NOW)
    assert "100점" in str(refused.value)
    assert balance(buyer) == 100


def test_what_has_expired_is_not_used_even_before_the_job_ran():
    buyer = a_person()
    give(buyer, 100, days=1)
    with pytest.raises(NotEnoughPoints):
        points.use(buyer.pk, 50, ref="order:1", at=NOW + 2 * DAY)
    assert queries.points_of(buyer, NOW + 2 * DAY).usable == 0
    with clock.at(NOW + 2 * DAY):
        assert points.expire() == 1
        assert points.expire() == 0
    assert balance(buyer) == 0
    assert sound()


def test_used_points_come_back_with_their_day_or_thirty_days():
    buyer = a_person()
    give(buyer, 100, days=5)
    points.use(buyer.pk, 100, ref="order:1", at=NOW)
    assert points.back_all("order:1", at=NOW)
    assert not points.back_all("order:1", at=NOW)
    lot = PointsEntry.objects.get(kind="BACK")
    assert (lot.left, lot.expires_at) == (100, NOW + points.GRACE)
    assert sound()


def test_points_of_returned_goods_are_taken_as_far_as_they_are_there():
    buyer = a_person()
    points.earn(buyer.pk, 10_000, ref="line:1", at=NOW)
    points.use(buyer.pk, 60, ref="order:2", at=NOW)
    assert points.take_earned_back(buyer.pk, 100, ref="line:1:1", at=NOW) == 40
    assert balance(buyer) == 0
    assert sound()


def test_a_page_tells_what_expires_soon():
    buyer = a_person()
    give(buyer, 100, days=10)
    give(buyer, 900, days=200)
    told = queries.points_of(buyer, NOW)
    assert (told.usable, told.soon, told.soonest) == (1_000, 100, NOW + 10 * DAY)


def test_the_database_refuses_negative_points_and_rewritten_history():
    buyer = a_person()
    give(buyer, 100)
    with pytest.raises(IntegrityError, match="points_never_negative"), transaction.atomic():
        PointsAccount.objects.update(balance=-1)
    for change in ("UPDATE promotions_pointsentry SET amount = 9", "DELETE FROM promotions_pointsentry"):
        with pytest.raises(IntegrityError, match="fixed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


@pytest.mark.parametrize("seed", range(3))
def test_lots_and_balance_agree_after_any_day(seed):
    dice, buyer, moment = random.Random(seed), a_person(), NOW
    for step in range(60):
        moment += timedelta(hours=dice.randint(1, 60))
        with clock.at(moment):
            match dice.choice(["give", "use", "back", "expire", "taken"]):
                case "give":
                    points.earn(buyer.pk, dice.randint(100, 90_000), ref=f"line:{step}", at=moment)
                case "use":
                    usable = points.usable_at(buyer.pk, moment)
                    if usable:
                        points.use(buyer.pk, dice.randint(1, usable), ref=f"order:{step}", at=moment)
                case "back":
                    points.back_all(f"order:{dice.randint(0, step)}", at=moment)
                case "expire":
                    points.expire()
                case "taken":
                    points.take_earned_back(buyer.pk, dice.randint(1, 500), ref=f"taken:{step}", at=moment)
    assert sound()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_ten_orders_at_once_two_have_the_points():
    buyer = a_person()
    give(buyer, 500)
    answers = at_once(10, lambda i: points.use(buyer.pk, 200, ref=f"order:{i}", at=NOW))
    assert answers.count(None) == 2
    assert (balance(buyer), sound()) == (100, True)
