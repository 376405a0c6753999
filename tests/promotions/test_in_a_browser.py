"""Offers and exhibitions in a real browser, on a phone and a desk: they fit, axe finds nothing serious, and a buyer, a
seller and an operator get through."""

from __future__ import annotations

import os
import re
import uuid
from datetime import timedelta
from pathlib import Path

import pytest

from axe import serious
from browser import a_page, sign_in
from builders import a_person, a_shipping_policy, an_offer, an_option, an_order
from dure.commerce.cart import actions as carts
from dure.commerce.exhibitions import actions as exhibitions
from dure.commerce.promotions import actions, points
from dure.commerce.promotions.models import Coupon
from dure.commerce.sellers.models import Member
from dure.kit import clock

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DAY = timedelta(days=1)
PICTURES = os.environ.get("DURE_PICTURES")  # a folder to keep pictures of the pages in


@pytest.fixture
def market(settings):
    settings.ACCOUNT_RATE_LIMITS = False
    buyer, owner = a_person(email="buyer@example.kr"), a_person(email="owner@example.kr")
    operator = a_person("OPERATOR", email="operator@example.kr")
    option = an_option(30_000, name="정선 곤드레나물", stock=30)
    seller = option.product.seller
    honey = an_option(18_000, name="횡성 잡화꿀", stock=30, seller=seller)
    a_shipping_policy(seller, fee=3_000, free_over=50_000)
    Member.objects.create(seller=seller, user=owner, role="OWNER")
    agency = actions.name_agency("강원지원센터", by=operator)
    shares = {"platform_bp": 4000, "seller_bp": 4000, "agency_bp": 2000, "agency_id": agency.pk}
    now = clock.now()
    deal = exhibitions.Deal(now - DAY, now + 6 * DAY, now + 5 * DAY, **shares)
    page = exhibitions.Page("강원 가을걷이", "산골의 가을을 상에 올려요", "한 해 농사를 나눕니다.", theme="PERSIMMON")
    made = exhibitions.plan(page, deal, key=uuid.uuid4(), by=operator)
    exhibitions.recruit(made, by=operator)
    made.offer.refresh_from_db()
    exhibitions.propose(made, {option.pk: 24_000}, by=operator)
    told = {"terms_hash": made.offer.terms_hash, "cap": 500_000, "by": owner}
    exhibitions.answer(made, seller, accept=[option.pk], **told)
    exhibitions.publish(made, by=operator)
    exhibitions.propose(made, {honey.pk: 15_000}, by=operator)
    an_offer("NPLUS1", name="꿀 2+1", buy=2, free=1, scope="PRODUCT", targets=(honey.product_id,))
    shared = an_offer(name="함께 3천원", value=3_000, min_spend=20_000, **shares)
    actions.set_budget(shared, "ALL", 1_000_000, by=operator)
    actions.consent(shared, seller, terms_hash=shared.terms_hash, cap=100_000, by=owner)
    own = an_offer("PRODUCT_COUPON", name="단골 10%", how="RATE", value=1000, seller=seller)
    actions.take_coupon(shared, buyer)
    points.give(buyer.pk, 2_000, kind="GRANT", ref="hello", at=now, why="가입 축하")
    carts.put(carts.cart_for(buyer, None), option, 1)
    an_order(option, paid=True)
    return {"product": option.product_id, "exhibition": made.pk, "shared": shared.pk, "own": own.pk}


def look(page, path, name):
    page.goto(path)
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{path} is too wide"
    assert serious(page) == [], path


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desk"])
def test_a_buyer_takes_a_coupon_and_pays_less(browser, live_server, market, phone):
    page, url, size = a_page(browser, phone=phone), live_server.url, "phone" if phone else "desk"
    sign_in(page, url, "buyer@example.kr")
    look(page, f"{url}/exhibitions/", f"shop-exhibitions-{size}")
    look(page, f"{url}/exhibitions/{market['exhibition']}/", f"shop-exhibition-{size}")
    page.get_by_role("link", name=re.compile("정선 곤드레나물")).first.click()
    look(page, f"{url}/products/{market['product']}/", f"shop-product-{size}")
    page.get_by_text(re.compile("쿠폰 \\d장 받기")).first.click()
    page.get_by_role("button", name=re.compile("받기 단골 10%")).click()
    page.wait_for_load_state()
    assert Coupon.objects.filter(buyer__email="buyer@example.kr").count() == 2
    for path in ("coupons", "points", "cart", "checkout"):
        look(page, f"{url}/{path}/", f"shop-{path}-{size}")
    # 24,000 at the event; 10% of it, 3,000 off the cart: 18,600, and 3,000 for the parcel
    assert "21,600원" in page.locator("#summary").inner_text()
    page.fill("#points", "1000")
    page.keyboard.press("Tab")
    page.locator("#summary").get_by_text("20,600원").wait_for()


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desk"])
def test_a_seller_reads_what_it_comes_to_and_answers(browser, live_server, market, phone):
    page, url, size = a_page(browser, phone=phone), live_server.url, "phone" if phone else "desk"
    sign_in(page, url, "owner@example.kr")
    for path in (
        "offers",
        "offers/new",
        f"offers/{market['own']}",
        f"offers/{market['shared']}/consent",
        "exhibitions",
        f"exhibitions/{market['exhibition']}",
    ):
        look(page, f"{url}/seller/{path}/", f"seller-{path.replace('/', '-')}-{size}")
    page.get_by_role("button", name="고른 것에 동의하기").click()
    page.get_by_text("답했어요").wait_for()


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desk"])
def test_an_operator_sees_costs_and_results(browser, live_server, market, phone):
    page, url, size = a_page(browser, phone=phone), live_server.url, "phone" if phone else "desk"
    sign_in(page, url, "operator@example.kr")
    for path in (
        "offers",
        "offers/new",
        f"offers/{market['shared']}",
        "agencies",
        "exhibitions",
        "exhibitions/new",
        f"exhibitions/{market['exhibition']}",
        f"exhibitions/{market['exhibition']}/results",
    ):
        look(page, f"{url}/office/{path}/", f"office-{path.replace('/', '-')}-{size}")
