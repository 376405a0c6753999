"""Promotions in the shop: the strip on a product, the box, the checkout with and without scripts."""

from __future__ import annotations

import pytest
from django.urls import reverse

from builders import a_commission_plan, a_person, an_offer, an_option
from dure.commerce.cart import actions as cart
from dure.commerce.orders.models import Order
from dure.commerce.promotions import actions, points
from dure.commerce.promotions.models import Coupon
from dure.kit import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer(client):
    a_commission_plan()
    buyer = a_person()
    client.force_login(buyer)
    return buyer


def fill(buyer, option, quantity=1):
    cart.put(cart.cart_for(buyer, None), option, quantity)


def address(**also):
    return {
        "receiver": "나구매",
        "phone": "010-1234-5678",
        "postcode": "03086",
        "address1": "서울 종로구 율곡로 99",
        "key": "7d0c5c1e-3c2b-4c7e-9f3e-0d6a3a1f0001",
        **also,
    }


def words(response):
    return response.content.decode()


def test_a_product_page_says_what_can_be_had(client, buyer, django_assert_max_num_queries):
    option = an_option()
    an_offer("INSTANT", name="가을 특가", prices={option.pk: 8_000})
    an_offer("NPLUS1", name="둘 사면 하나 더", buy=2, free=1)
    coupon = an_offer("PRODUCT_COUPON", name="햇과일 쿠폰", value=700)
    page = words(client.get(reverse("shop:product", args=[option.product_id])))
    assert "가을 특가" in page and "8,000원" in page and "지난 30일 최저가 10,000원" in page
    assert "2+1" in page and "700원 할인" in page
    client.post(reverse("shop:coupon_take", args=[coupon.pk]), {"next": "/coupons/"})
    assert Coupon.objects.get().buyer == buyer


def test_the_box_shows_what_can_be_used_taken_and_what_is_over(client, buyer, django_assert_max_num_queries):
    actions.take_coupon(an_offer(name="내 쿠폰"), buyer)
    an_offer(name="열린 쿠폰", quantity=3)
    with django_assert_max_num_queries(12):
        page = words(client.get(reverse("shop:coupons")))
    assert "내 쿠폰" in page and "열린 쿠폰" in page and "3장 남음" in page


def test_a_visitor_sees_the_coupons_and_is_asked_to_sign_in_for_one(client):
    offer = an_offer(name="열린 쿠폰")
    assert "열린 쿠폰" in words(client.get(reverse("shop:coupons")))
    answer = client.post(reverse("shop:coupon_take", args=[offer.pk]))
    assert answer.status_code == 302 and "login" in answer.url


def test_a_code_is_taken_and_a_wrong_one_says_so_beside_its_field(client, buyer):
    an_offer(issue="CODE", code="DURE5")
    wrong = client.post(reverse("shop:coupon_code"), {"code": "DURE6"})
    assert wrong.status_code == 422 and "그런 쿠폰 코드가 없어요" in words(wrong) and "DURE6" in words(wrong)
    client.post(reverse("shop:coupon_code"), {"code": "dure5"})
    assert Coupon.objects.filter(buyer=buyer).count() == 1


def test_the_checkout_begins_with_the_best_coupons(client, buyer):
    fill(buyer, an_option(price=30_000))
    actions.take_coupon(an_offer(value=2_000), buyer)
    best = actions.take_coupon(an_offer(value=3_000), buyer)
    response = client.get(reverse("shop:checkout"))
    ticked = [t.id for t in response.context["offers"].tickets if t.used]
    assert ticked == [best.pk] and response.context["quote"].total == 27_000
    assert "장바구니 쿠폰은 한 주문에 한 장" in words(response)


def test_a_choice_is_reckoned_at_once_and_another_price_is_what_is_agreed_to(client, buyer):
    fill(buyer, an_option(price=30_000))
    coupon = actions.take_coupon(an_offer(value=2_000), buyer)
    points.give(buyer.pk, 1_000, kind="GRANT", ref="g", at=clock.now())
    given = {"offers": "1", "coupon": coupon.pk, "points": "1,000"}
    part = client.get(reverse("shop:checkout"), given, headers={"HX-Request": "true"})
    assert "27,000원" in words(part) and 'name="expected" value="27000"' in words(part)
    client.post(reverse("shop:checkout"), address(expected=27_000, **given))
    order = Order.objects.get()
    assert (order.discount_total, order.pay_total) == (3_000, 27_000)
    coupon.refresh_from_db()
    assert coupon.order == order.pk


def test_without_scripts_a_button_applies_the_choice_and_nothing_typed_is_lost(client, buyer):
    fill(buyer, an_option(price=30_000))
    actions.take_coupon(an_offer(value=2_000), buyer)
    page = client.post(reverse("shop:checkout"), address(offers="1", apply="1", receiver="김두레", points=""))
    assert page.status_code == 200 and "김두레" in words(page)
    assert page.context["quote"].total == 30_000  # the coupon was unticked
    assert not Order.objects.exists()


def test_more_points_than_there_are_are_as_many_as_there_are(client, buyer):
    fill(buyer, an_option())
    points.give(buyer.pk, 500, kind="GRANT", ref="g", at=clock.now())
    given = {"offers": "1", "points": "99999"}
    page = client.get(reverse("shop:checkout"), given)
    assert page.context["quote"].total == 9_500


@pytest.mark.parametrize("points_said", ["-5", "삼백", "9" * 30, "", "0"])
def test_nonsense_is_no_points_and_no_error(client, buyer, points_said):
    fill(buyer, an_option())
    page = client.get(reverse("shop:checkout"), {"offers": "1", "points": points_said, "coupon": ["x", "9" * 40]})
    assert page.status_code == 200 and page.context["quote"].total == 10_000


def test_a_coupon_used_up_meanwhile_is_said_and_the_new_total_shown(client, buyer):
    fill(buyer, an_option())
    offer = an_offer()
    coupon = actions.take_coupon(offer, buyer)
    actions.stop(offer, by=None)
    answer = client.post(reverse("shop:checkout"), address(expected=9_000, offers="1", coupon=coupon.pk))
    assert answer.status_code == 422 and "금액이 바뀌었어요" in words(answer)
    assert answer.context["quote"].total == 10_000


def test_points_are_listed_and_exported(client, buyer, django_assert_max_num_queries):
    points.give(buyer.pk, 500, kind="GRANT", ref="g", at=clock.now(), why="생일 축하")
    with django_assert_max_num_queries(12):
        page = words(client.get(reverse("shop:points")))
    assert "500점" in page and "생일 축하" in page
    assert (
        client.get(reverse("shop:points"), {"export": "xlsx"}).headers["Content-Disposition"].startswith("attachment")
    )


def test_the_cart_shows_what_is_taken_off_and_why(client, buyer, django_assert_max_num_queries):
    option = an_option()
    fill(buyer, option, 3)
    an_offer("NPLUS1", name="둘 사면 하나 더", buy=2, free=1)
    with django_assert_max_num_queries(15):
        page = words(client.get(reverse("shop:cart")))
    assert "둘 사면 하나 더 −10,000원" in page and "20,000원" in page
