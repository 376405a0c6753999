"""A return asked for on a phone or a desk, the seller's board, the operator's word: by taps, without a serious finding."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from axe import serious
from browser import a_page, sign_in
from builders import a_line, a_person, a_shipping_policy, an_option, an_order
from dure.commerce.claims.models import Claim
from dure.commerce.sellers.models import Member, Seller
from dure.commerce.shipping import actions as shipping
from dure.integrations.carrier.client import Scan
from dure.kit import clock

# Playwright keeps a loop running in this thread, which makes Django refuse its ORM though nothing is concurrent.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _quiet(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.ACCOUNT_RATE_LIMITS = False


def shot(page, name):
    """Kept where DURE_SHOTS says, for somebody to look at."""
    if folder := os.environ.get("DURE_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def fine(page, name):
    shot(page, name)
    assert serious(page) == [], name
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{name} scrolls sideways by {wide}px"


@pytest.fixture
def trade():
    buyer, owner = a_person(email="buyer@example.kr", name="나구매"), a_person(email="owner@example.kr", name="한순이")
    a_person("OPERATOR", email="operator@example.kr")
    shop = Seller.objects.create(name="순이네", status="APPROVED")
    Member.objects.create(seller=shop, user=owner, role="OWNER")
    a_shipping_policy(shop, fee=3000, return_fee=2500, carrier="CJ")
    options = [an_option(price, seller=shop, stock=50, name=name) for price, name in ((10_000, "떡"), (20_000, "전"))]
    order = an_order(*options, buyer=buyer, paid=True)
    lines = list(order.lines.order_by("id"))
    shipping.dispatch(lines, "CJ", "600000006001", by=None)
    shipping.record_tracking("CJ", "600000006001", [Scan("DELIVERED", clock.now(), "문 앞")])
    for _ in range(2):
        a_line(option=options[0], quantity=2, buyer=a_person())
    return order


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_two_things_are_asked_back_together_and_stand_on_the_sellers_board(browser, live_server, trade, phone):
    size = "phone" if phone else "desktop"
    buyer = a_page(browser, phone=phone)
    sign_in(buyer, live_server.url, "buyer@example.kr")
    buyer.goto(f"{live_server.url}/orders/{trade.number}/")
    fine(buyer, f"{size}-buyer-order")
    buyer.get_by_role("link", name="반품·교환 신청").first.click()
    buyer.get_by_label("전 ·").check()
    buyer.get_by_label("이유").select_option("INTENT_CHANGED")
    buyer.get_by_text("27,500원").wait_for()
    fine(buyer, f"{size}-buyer-wizard")
    buyer.get_by_role("button", name="반품·교환 신청").click()
    buyer.get_by_text("신청했어요").first.wait_for()
    fine(buyer, f"{size}-buyer-claim")
    assert Claim.objects.count() == 2

    seller = a_page(browser, phone=phone)
    sign_in(seller, live_server.url, "owner@example.kr")
    seller.goto(f"{live_server.url}/seller/orders/")
    fine(seller, f"{size}-seller-board")


def test_the_operator_sees_the_refund_before_deciding(browser, live_server, trade):
    line = trade.lines.first()
    page = a_page(browser)
    sign_in(page, live_server.url, "operator@example.kr")
    page.goto(f"{live_server.url}/office/orders/{trade.number}/")
    fine(page, "office-order")
    page.get_by_role("link", name="직권 취소·반품").first.click()
    page.get_by_label("누구 사정").select_option("BUYER")
    page.get_by_text("7,500원").first.wait_for()
    fine(page, "office-force")
    page.get_by_label("구매자와 판매자가 읽을 이유").fill("판매자와 연락이 되지 않아요")
    page.get_by_role("button", name="직권으로 처리하기").click()
    page.get_by_text("직권으로 처리했어요").wait_for()
    assert Claim.objects.get().product_order == line
    page.goto(f"{live_server.url}/office/claims/")
    fine(page, "office-claims")
