"""Finding as a shopper does it, at a desk, on a phone, by keyboard: types, narrows, wishes, signs in, comes back."""

from __future__ import annotations

import os
import re

import pytest

from axe import serious
from builders import a_person, a_shipping_policy, an_option
from dure.commerce.catalog.models import Option
from dure.commerce.search import documents
from dure.commerce.search.models import Wish

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
DEVICES = pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desktop"])


def a_page(browser, live_server, device, **context):
    opened = browser.new_context(base_url=live_server.url, locale="ko-KR", reduced_motion="reduce", **device, **context)
    page = opened.new_page()
    page.set_default_timeout(20_000)
    return page


@pytest.fixture
def market(settings):
    settings.ACCOUNT_RATE_LIMITS = False
    options = [
        an_option(5_000 + 4_000 * n, name=f"{name} {n}kg", stock=5)
        for n, name in enumerate(["청송 사과", "나주 배", "제주 감귤", "통영 굴", "완도 김", "영주 사과"], 1)
    ]
    for option in options[:3]:
        a_shipping_policy(option.product.seller, fee=0, free_over=None)
    Option.objects.create(product=options[0].product, name="큰 것", price=30_000, position=1)
    documents.catch_up()
    documents.rewrite_terms()
    return options


@DEVICES
def test_every_page_of_finding_is_for_everybody(browser, live_server, market, device):
    page = a_page(browser, live_server, device)
    first = market[0].product
    paths = ["/", "/products/", "/products/?q=사과", "/products/?q=없는말말말", "/products/?q=사과&free=1&most=90000"]
    paths += [f"/c/{first.category.code}/", f"/s/{first.seller_id}/", "/best/", "/recent/", f"/products/{first.pk}/"]
    for path in paths:
        page.goto(path)
        assert serious(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path


@DEVICES
def test_a_shopper_types_three_letters_chooses_narrows_and_wishes(browser, live_server, market, device):
    person = a_person(email="buyer@example.kr")
    page = a_page(browser, live_server, device)
    page.goto("/")
    field = page.get_by_role("combobox", name="상품 찾기")
    field.press_sequentially("사ㄱ")
    page.get_by_role("option", name="사과", exact=True).wait_for()
    field.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant")
    field.press("Enter")
    page.wait_for_url(re.compile("q="))
    page.get_by_role("heading", name=re.compile("찾은 것")).wait_for()
    cards = page.locator(".product")
    assert cards.count() == 2
    if device is PHONE:
        page.get_by_text("조건", exact=True).click()
    page.get_by_label(re.compile("^무료배송")).check()
    page.wait_for_url(re.compile("free=1"))
    page.wait_for_function("document.querySelectorAll('.product').length === 1")
    assert serious(page) == []
    page.get_by_role("link", name="무료배송 조건 빼기").click()
    page.wait_for_function("document.querySelectorAll('.product').length === 2")
    page.get_by_role("link", name=re.compile("청송 사과.*찜하기")).click()
    page.get_by_label("이메일").fill(person.email)
    page.get_by_label("비밀번호", exact=True).fill("pw-for-tests")
    page.get_by_role("button", name="로그인").click()
    page.get_by_role("button", name=re.compile("청송 사과.*찜 빼기")).wait_for()
    assert Wish.objects.get().user == person
    heart = page.get_by_role("button", name=re.compile("영주 사과.*찜하기"))
    heart.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name=re.compile("영주 사과.*찜 빼기")).wait_for()
    page.goto("/wishes/")
    assert page.locator(".product").count() == 2
    assert serious(page) == []


def test_the_list_of_completions_closes_and_gives_back_what_was_typed(browser, live_server, market):
    page = a_page(browser, live_server, DESKTOP)
    page.goto("/")
    field = page.get_by_role("combobox", name="상품 찾기")
    field.press_sequentially("ㅅㄱ")
    page.get_by_role("option", name="사과", exact=True).wait_for()
    field.press("ArrowDown")
    assert field.input_value() == "사과"
    field.press("Escape")
    assert field.input_value() == "ㅅㄱ"
    assert field.get_attribute("aria-expanded") == "false"


def test_a_stranger_finds_what_they_looked_at_on_the_start_page(browser, live_server, market):
    page = a_page(browser, live_server, PHONE)
    for option in market[:2]:
        page.goto(f"/products/{option.product_id}/")
    page.goto("/")
    page.get_by_role("heading", name="최근 본 상품").wait_for()
    page.goto("/recent/")
    assert page.locator(".product__name").all_inner_texts() == ["나주 배 2kg", "청송 사과 1kg"]


def test_everything_works_without_script(browser, live_server, market):
    page = a_page(browser, live_server, DESKTOP, java_script_enabled=False)
    page.goto("/")
    page.get_by_label("상품 찾기").fill("사과")
    page.get_by_role("button", name="찾기").click()
    assert page.locator(".product").count() == 2
    page.get_by_label(re.compile("^무료배송")).check()
    page.locator(".filters__in .filters__go").click()
    assert page.locator(".product").count() == 1
    page.locator("select[name=sort]").select_option("dear")
    page.locator(".list-bar .filters__go").click()
    assert "sort=dear" in page.url
    page.get_by_role("link", name="English").first.click()
    assert page.locator("html").get_attribute("lang") == "en"
