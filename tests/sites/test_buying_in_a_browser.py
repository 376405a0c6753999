"""Buying as a guest and as a member, on a phone and at a desk; what a seller sets up for delivery. Axe finds nothing serious."""

from __future__ import annotations

import os

import pytest

from axe import serious
from browser import a_page, sign_in
from builders import a_commission_plan, a_delivery_template, a_person, a_shipping_policy, an_option
from dure.commerce.orders.models import Order, SavedAddress
from dure.commerce.sellers.models import Member

# Playwright keeps a loop running in this thread, which makes Django refuse its ORM though nothing is concurrent.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _quiet(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.ACCOUNT_RATE_LIMITS = False


@pytest.fixture
def goods():
    a_commission_plan()
    near, far = an_option(12_000, name="감귤 한 상자"), an_option(9_000, name="굴비")
    a_shipping_policy(near.product.seller, fee=3000, free_over=30_000)
    far.product.delivery = a_delivery_template(far.product.seller, pay="COLLECT_OR_PREPAID", fee=4000)
    far.product.save()
    return near, far


def sideways(page):
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")


def shot(page, name):
    if folder := os.environ.get("DURE_SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desk"])
def test_a_guest_ticks_finds_an_address_and_places_an_order(browser, live_server, simulators, goods, phone):
    near, far = goods
    size = "phone" if phone else "desk"
    page = a_page(browser, phone=phone)
    for option in goods:
        page.goto(f"{live_server.url}/products/{option.product_id}/")
        page.get_by_role("button", name="장바구니에 담기").click()
        page.wait_for_url("**/cart/")
    assert page.get_by_text("18,000원 더 담으면 무료배송").is_visible()
    page.get_by_role("checkbox", name="굴비 기본 고르기").click()
    page.get_by_role("link", name="1개 15,000원 주문하기").wait_for()
    page.get_by_role("checkbox", name="굴비 기본 고르기").click()
    page.get_by_role("link", name="2개 28,000원 주문하기").wait_for()
    assert serious(page) == []
    assert not sideways(page)
    shot(page, f"cart-{size}")

    page.get_by_role("link", name="2개 28,000원 주문하기").click()
    page.fill("#id_guest_name", "김손님")
    page.fill("#id_guest_phone", "010-9876-5432")
    page.fill("#id_guest_email", "guest@example.kr")
    page.fill("#id_receiver", "김손님")
    page.fill("#id_phone", "010-9876-5432")
    page.get_by_role("link", name="주소 찾기").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("searchbox").fill("문연로 6")
    dialog.get_by_role("button", name="찾기").click()
    dialog.get_by_text("제주특별자치도청").first.wait_for()
    assert serious(page) == []
    shot(page, f"address-{size}")
    dialog.locator("[data-place]").first.click()
    assert page.input_value("#id_postcode") == "63122"
    assert page.input_value("#id_receiver") == "김손님"  # nothing typed is lost
    page.locator("#summary").get_by_text("34,000원").wait_for()  # Jeju, twice
    page.get_by_label("받을 때 택배 기사님께 내기(착불)").check()
    page.locator("#summary").get_by_text("착불 7,000원").first.wait_for()
    page.get_by_label("주문 처리에 필요한 개인정보 수집에 동의해요").check()
    assert serious(page) == []
    assert not sideways(page)
    shot(page, f"checkout-{size}")
    page.get_by_role("button", name="결제하러 가기").click()
    page.get_by_role("heading", name="결제").wait_for()
    assert page.locator("time[data-until]").inner_text()[:3] in {"15:", "14:"}
    assert serious(page) == []
    shot(page, f"pay-{size}")
    order = Order.objects.get()
    assert (order.buyer, order.pay_total) == (None, 27_000)
    assert sorted(order.shipping_charges.values_list("amount", "collect_amount")) == [(0, 7000), (6000, 0)]


def test_a_member_picks_an_address_of_the_book(browser, live_server, goods):
    near, _far = goods
    buyer = a_person(email="buyer@example.kr")
    for label, postcode in (("집", "03195"), ("본가", "40221")):
        told = {"receiver": "나구매", "phone": "+821012345678", "address1": f"{label} 주소"}
        SavedAddress.objects.create(buyer=buyer, label=label, postcode=postcode, is_default=label == "집", **told)
    page = a_page(browser, phone=True)
    sign_in(page, live_server.url, "buyer@example.kr")
    page.goto(f"{live_server.url}/checkout/?option={near.pk}&quantity=1&show=")
    page.get_by_role("link", name="본가").click()
    page.locator("#summary").get_by_text("도서산간 +5,000원").wait_for()
    assert page.input_value("#id_address1") == "본가 주소"
    assert serious(page) == []
    page.get_by_role("button", name="결제하러 가기").click()
    page.get_by_role("heading", name="결제").wait_for()
    assert Order.objects.get().pay_total == 20_000
    page.goto(f"{live_server.url}/addresses/")
    assert serious(page) == []
    assert not sideways(page)
    shot(page, "addresses-phone")


def test_pages_of_guests_and_of_delivery_are_open_to_everybody(browser, live_server, goods):
    _near, far = goods
    page = a_page(browser, phone=True)
    page.goto(f"{live_server.url}/guest/")
    assert serious(page) == []
    assert not sideways(page)
    owner = a_person(email="owner@example.kr")
    Member.objects.create(seller=far.product.seller, user=owner, role="OWNER")
    sign_in(page, live_server.url, "owner@example.kr")
    for address in ("delivery/", "delivery/new/", "delivery/groups/new/"):
        page.goto(f"{live_server.url}/seller/{address}")
        assert serious(page) == []
        assert not sideways(page)
        shot(page, "seller-" + address.strip("/").replace("/", "-"))
    page.goto(f"{live_server.url}/seller/delivery/")
    page.fill("#id_quantity", "2")
    page.select_option("#id_where", "63122")
    page.locator("#said").get_by_text("7,000원 · 기본 배송비 4,000원 · 제주 +3,000원").wait_for()
