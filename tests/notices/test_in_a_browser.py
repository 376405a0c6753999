"""The pages of messages in a real browser, on a phone and on a desk: nothing that axe calls serious, nothing too wide."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from axe import serious
from browser import a_page, sign_in
from builders import a_line, a_person
from dure.commerce.sellers.models import Member
from dure.messaging import consents
from dure.messaging.models import Message, Preference, Template
from dure.sites.notices import hearing

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("DURE_SHOTS", "")


def look(page, name, phone):
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}-{'phone' if phone else 'desk'}.png", full_page=True)
    assert serious(page) == [], name
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), f"{name} is wider than the screen"


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_a_buyer_an_owner_and_an_operator_decide_who_is_told_what(browser, live_server, phone):
    line = a_line(buyer=a_person(phone="+821012345678"))
    buyer, owner, operator = line.order.buyer, a_person(), a_person("OPERATOR")
    Member.objects.create(seller=line.seller, user=owner, role="OWNER")
    hearing.catch_up()

    page = a_page(browser, phone=phone)
    sign_in(page, live_server.url, buyer.email)
    page.goto(f"{live_server.url}/notices/")
    look(page, "buyer", phone)
    page.check("input[value='order.delivered|EMAIL']")
    page.get_by_role("button", name="저장", exact=True).click()
    page.get_by_text("알림 설정을 저장했어요.").wait_for()
    assert Preference.objects.filter(kind="order.delivered", channel="EMAIL", on=True).exists()
    page.check("input[value='AD_EMAIL']")
    page.get_by_role("button", name="동의 저장").click()
    page.get_by_text("그 결과를 이메일로 보내 드렸어요.").wait_for()
    assert consents.of_users([buyer.pk])[buyer.pk] == {"AD_EMAIL"}
    page.goto(consents.stop_link(buyer.pk, "EMAIL").replace(consents.load().base_url, live_server.url))
    look(page, "stop", phone)
    page.get_by_role("button", name="그만 받기").click()
    page.get_by_text("그만뒀어요").wait_for()
    assert not consents.of_users([buyer.pk])
    page.context.close()

    page = a_page(browser, phone=phone)
    sign_in(page, live_server.url, owner.email)
    page.goto(f"{live_server.url}/seller/shop/notices/?role=ORDERS")
    look(page, "seller", phone)
    page.uncheck("input[value='seller.new_orders|TALK']")
    page.get_by_role("button", name="저장", exact=True).click()
    page.get_by_text("알림 설정을 저장했어요.").wait_for()
    assert Preference.objects.filter(whose=f"role:{line.seller_id}:ORDERS", kind="seller.new_orders", on=False).exists()
    page.context.close()

    page = a_page(browser, phone=phone)
    sign_in(page, live_server.url, operator.email)
    page.goto(f"{live_server.url}/office/notices/")
    look(page, "office", phone)
    page.get_by_role("link", name="결제가 끝났어요").click()
    for channel in ("EMAIL", "TALK", "TEXT"):
        page.goto(f"{live_server.url}/office/notices/order.paid/?channel={channel}")
        if channel == "EMAIL":
            page.frame_locator("iframe").get_by_text("김두레 님").wait_for()
        look(page, f"office-{channel}", phone)
    page.fill("textarea[name=body]", "#{이름} 님, 고맙습니다. #{주문번호}")
    page.get_by_role("button", name="미리 보기").click()
    page.get_by_text("김두레 님, 고맙습니다. D261124-7K3M9Q2X").wait_for()
    page.get_by_role("button", name="저장", exact=True).click()
    page.get_by_text("지금부터 이렇게 나가요.").wait_for()
    assert Template.objects.get(status="LIVE").body.startswith("#{이름} 님, 고맙습니다.")
    page.goto(f"{live_server.url}/office/messages/")
    look(page, "log", phone)
    page.goto(f"{live_server.url}/office/messages/{Message.objects.order_by('id').first().pk}/")
    look(page, "message", phone)
    page.context.close()
