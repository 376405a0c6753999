"""Points for reviews: once for each cause, taken back with the review or with the goods."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from builders import a_line, a_person
from dure.commerce.orders.models import ProductOrder
from dure.commerce.promotions.checks import CHECKS
from dure.commerce.promotions.models import PointsAccount, PointsPolicy
from dure.commerce.reviews import actions as reviews
from dure.commerce.reviews import subscribers
from dure.commerce.reviews.models import Review
from dure.kit import clock, outbox
from dure.kit.checks import run
from dure.kit.models import Event

pytestmark = pytest.mark.django_db
WORDS = "시장에서 사던 맛 그대로예요. 또 살게요."


@pytest.fixture
def line():
    line = a_line("DELIVERED")
    ProductOrder.objects.filter(pk=line.pk).update(delivered_at=clock.now() - timedelta(days=31))
    return ProductOrder.objects.get(pk=line.pk)


def reviewed(line):
    made = reviews.write(line, rating=5, text=WORDS, by=line.order.buyer)
    outbox.deliver_due()
    return made


def balance(line):
    outbox.deliver_due()
    account = PointsAccount.objects.filter(pk=line.order.buyer_id).first()
    assert run(next(c for c in CHECKS if c.name == "points_are_their_lots")).ok
    return account.balance if account else 0


def test_each_cause_thanks_once(line):
    made, operator = reviewed(line), a_person("OPERATOR")
    assert balance(line) == 100
    reviews.edit(made, rating=4, text=WORDS + " 정말로요.", by=line.order.buyer)
    assert balance(line) == 100
    reviews.add_later(made, text=WORDS, by=line.order.buyer)
    assert balance(line) == 200
    for best in (True, False, True):
        reviews.choose_best(made, best=best, by=operator)
    assert balance(line) == 500


def test_a_review_taken_down_loses_its_points_and_has_them_back_when_shown_again(line):
    made, operator = reviewed(line), a_person("OPERATOR")
    reviews.choose_best(made, best=True, by=operator)
    assert balance(line) == 400
    for _ in range(2):  # a second time is as good as the first
        reviews.hide(Review.objects.get(), by=operator, why="욕설이 있어요.")
        assert balance(line) == 0
        reviews.show_again(Review.objects.get(), by=operator)
        assert balance(line) == 400


def test_goods_that_went_back_take_the_points_along(line):
    reviewed(line)
    ProductOrder.objects.filter(pk=line.pk).update(returned_quantity=line.quantity)
    subscribers.goods_went_back(Event(payload={"product_order_id": line.pk}, occurred_at=clock.now()))
    assert balance(line) == 0
    reviews.add_later(Review.objects.get(), text=WORDS, by=line.order.buyer)
    assert balance(line) == 0


def test_the_operator_changes_the_rules_from_a_day_to_come(client, line):
    client.force_login(a_person("OPERATOR"))
    url, since = reverse("office:points_rules"), clock.today() + timedelta(days=1)
    form = {"since": since, "earn": "2", "review": "200", "photo_review": "500", "valid_days": "365", "least": "100"}
    assert "내일부터" in client.post(url, {**form, "since": clock.today()}).content.decode()
    assert "30%까지" in client.post(url, {**form, "earn": "31"}).content.decode()
    assert client.post(url, form).status_code == 302
    reviewed(line)
    assert balance(line) == 100, "not yet"
    made = PointsPolicy.objects.get(since=since)
    assert "500원" in client.get(url).content.decode()
    client.post(reverse("office:withdraw_points_rules", args=[made.pk]))
    assert not PointsPolicy.objects.filter(since=since).exists()
    client.force_login(a_person("FINANCE"))
    client.post(url, form)
    assert client.get(url).status_code == 200 and not PointsPolicy.objects.filter(since=since).exists()
