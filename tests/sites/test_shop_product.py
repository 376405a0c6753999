"""A product's page: what is chosen, how many, from when, for whom, in how many queries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from builders import a_person, a_shipping_policy, an_option
from dure.commerce.catalog import actions
from dure.commerce.catalog.actions import OptionRow
from dure.commerce.catalog.models import Product
from dure.commerce.stock import actions as stock
from dure.commerce.stock.actions import Counted
from dure.kit import checks, clock

pytestmark = pytest.mark.django_db


def a_page(client, product: Product) -> str:
    return client.get(reverse("shop:product", args=[product.pk])).content.decode()


def a_product(**fields) -> Product:
    product = an_option().product
    a_shipping_policy(product.seller)
    Product.objects.filter(pk=product.pk).update(**fields)
    product.refresh_from_db()
    return product


def test_five_hundred_variants_cost_no_query_more(client, django_assert_max_num_queries):
    product = a_product()
    rows = [OptionRow("", 10_000, values=(f"색{c}", f"{s}호")) for c in range(50) for s in range(10)]
    kept = actions.set_options(product, rows, axes=["색", "호"], by=None)
    stock.count(product, [Counted(option.pk, 5, 0) for option in kept], by=None)
    client.force_login(a_person())
    client.get("/")
    with django_assert_max_num_queries(24):
        page = a_page(client, product)
    assert page.count("<option value=") >= 500 and 'data-axes="[&quot;색&quot;, &quot;호&quot;]"' in page


def test_limits_lead_time_and_certificates_are_told(client):
    product = a_product(
        min_per_order=2,
        max_per_order=5,
        lead_days=7,
        origin="국내산(경북 청송)",
        kc_numbers=["CB061R1234-2001", "R-R-ABC-X100"],
    )
    page = a_page(client, product)
    assert 'min="2" max="5"' in page and "7일 동안 만들어요" in page and "국내산(경북 청송)" in page
    assert "safetykorea.kr" in page and "rra.go.kr" in page


def test_before_and_after_its_period_there_is_nothing_to_press(client):
    now = clock.now()
    early = a_page(client, a_product(sale_from=now + timedelta(days=2)))
    late = a_page(client, a_product(sale_until=now - timedelta(days=2)))
    assert "부터 팔아요" in early and "장바구니에 담기" not in early
    assert "판매가 끝난 상품" in late and "장바구니에 담기" not in late


def test_goods_for_adults_are_hidden_from_who_is_not_known_to_be_one(client):
    product = a_product(adults_only=True)
    page = a_page(client, product)
    assert product.name not in page and "로그인하고 인증하기" in page
    client.force_login(a_person())
    assert "성인 인증하고 보기" in a_page(client, product)
    client.force_login(a_person(adult_checked_at=clock.now()))
    assert product.name in a_page(client, product)
    client.force_login(a_person(adult_checked_at=clock.now() - timedelta(days=366)))
    assert product.name not in a_page(client, product), "a check holds for a year"


def test_goods_that_cannot_be_sent_back_say_so(client):
    assert "주문 제작 상품이라 단순 변심으로는" in a_page(client, a_product(no_withdrawal="MADE_TO_ORDER"))


def test_an_addon_of_another_product_does_not_come_along(client):
    option, other = an_option(), an_option()
    actions.set_options(other.product, [OptionRow("기본", 9_000), OptionRow("상자", 2_000, addon=True)], by=None)
    extra = other.product.options.get(addon=True)
    client.post(reverse("shop:cart_put"), {"option": option.pk, "quantity": "1", f"addon-{extra.pk}": "1"})
    assert "상자" not in client.get(reverse("shop:cart")).content.decode()


def test_blocks_are_shown_as_text_whatever_stands_in_them(client):
    product = a_product(
        blocks=[{"type": "text", "text": "<img src=x onerror=alert(1)>"}, {"type": "heading", "text": "우리 밭"}]
    )
    page = a_page(client, product)
    assert "&lt;img src=x" in page and "우리 밭" in page and "<img src=x" not in page


def test_the_catalogues_invariants_hold_and_are_seen_when_broken():
    product = a_product()
    actions.set_options(
        product, [OptionRow("", 12_000, values=("빨강",)), OptionRow("", 9_000, values=("파랑",))], axes=["색"], by=None
    )
    mine = [
        check
        for check in checks.every()
        if check.name in {"list_price_is_the_lowest", "options_have_a_value_on_each_axis"}
    ]
    assert [checks.run(check).count for check in mine] == [0, 0]
    Product.objects.filter(pk=product.pk).update(list_price=1, axes=["색", "크기"])
    assert [checks.run(check).count for check in mine] == [1, 2]
