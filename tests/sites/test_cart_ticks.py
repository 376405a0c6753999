"""Ticks in the cart, as a browser without JavaScript would set them; and how often its pages ask the database."""

from __future__ import annotations

import pytest

from builders import a_commission_plan, a_delivery_template, a_person, a_shipping_policy, an_option
from dure.commerce.cart.models import CartLine

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def commission():
    a_commission_plan()


def text(response):
    return response.content.decode()


def put(client, option, quantity=1):
    client.post("/cart/put/", {"option": option.pk, "quantity": quantity})


def test_what_is_not_ticked_stays_in_the_cart_and_in_no_total(client):
    apple, pear = an_option(12_000, name="사과"), an_option(9_000, name="배")
    for option in (apple, pear):
        a_shipping_policy(option.product.seller, fee=3000)
        put(client, option)
    client.post("/cart/choose/", {"option": pear.pk, "on": "0"})
    page = text(client.get("/cart/"))
    assert "1개 15,000원 주문하기" in page
    assert "보낼 상품이 없어요" in page  # pear's parcel costs nothing
    checkout = text(client.get("/checkout/"))
    assert "사과" in checkout
    assert "9,000원" not in checkout
    client.post("/cart/choose/", {"option": [apple.pk, pear.pk], "on": "0"})
    assert "주문할 상품을 골라 주세요" in text(client.get("/cart/"))
    assert client.get("/checkout/")["Location"] == "/cart/"
    client.post("/cart/choose/", {"option": [apple.pk, pear.pk], "on": "1"})
    assert "2개 27,000원 주문하기" in text(client.get("/cart/"))


def test_a_line_that_cannot_be_bought_is_not_in_the_way_once_unticked(client):
    apple, pear = an_option(12_000), an_option(9_000)
    put(client, apple)
    put(client, pear)
    pear.product.min_per_order = 3
    pear.product.save()
    page = text(client.get("/cart/"))
    assert "3개부터 살 수 있어요" in page
    assert "주문하기</a>" not in page
    client.post("/cart/choose/", {"option": pear.pk, "on": "0"})
    assert "1개 12,000원 주문하기" in text(client.get("/cart/"))


def test_a_tick_of_another_cart_is_not_changed(client):
    other = an_option()
    client.force_login(a_person())
    put(client, other)
    client.logout()
    put(client, an_option())
    client.post("/cart/choose/", {"option": [other.pk, "x"], "on": "0"})
    assert CartLine.objects.get(option=other).chosen


def test_many_lines_of_many_sellers_ask_no_more_than_few(client, django_assert_max_num_queries):
    client.force_login(a_person())
    for n in range(12):
        option = an_option(1_000)
        a_shipping_policy(option.product.seller, fee=3000)
        if n % 2:
            option.product.delivery = a_delivery_template(option.product.seller, grouped=True)
            option.product.max_per_buyer = 5
            option.product.save()
        put(client, option)
    client.get("/cart/")
    with django_assert_max_num_queries(12):
        client.get("/cart/")
