"""The shop in a real browser: fits a phone and a desk, speaks to no stranger, names every control."""

from __future__ import annotations

import os

import pytest

from builders import a_line, a_person, a_shipping_policy, an_option
from dure.commerce.cart import actions as carts

# Playwright keeps a loop running in this thread, which makes Django refuse its ORM though nothing is concurrent.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}

NAMELESS = """[...document.querySelectorAll('input:not([type=hidden]), select, textarea, button, a[href]')].filter(e =>
  !e.closest('[aria-hidden=true], dialog:not([open])') && e.offsetParent !== null
  && !(e.labels?.length || e.getAttribute('aria-label') || e.getAttribute('aria-labelledby') || e.textContent.trim()
       || e.querySelector('[aria-label], img[alt]:not([alt=""])'))).map(e => e.outerHTML.slice(0, 200))"""
UNTOLD_PICTURES = "[...document.images].filter(i => !i.hasAttribute('alt')).length"
HEADINGS = "document.querySelectorAll('h1').length"


def a_page(browser, base_url, **device):
    return browser.new_context(base_url=base_url, locale="ko-KR", **device).new_page()


@pytest.fixture
def market(settings):
    settings.ACCOUNT_RATE_LIMITS = False
    buyer = a_person(email="buyer@example.kr", name="김하늘")
    option = an_option(
        12_000, name="이름이 아주 길어서 두 줄을 넘길 수도 있는 남해 죽방렴 멸치 명절 선물 세트", stock=30
    )
    a_shipping_policy(option.product.seller, fee=3000, free_over=50_000)
    line = a_line("DELIVERED", option=option, buyer=buyer)
    carts.put(carts.cart_for(buyer, None), option, 2)
    return {
        "product": option.product_id,
        "seller": option.product.seller_id,
        "order": line.order.number,
        "line": line.pk,
    }


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_every_page_fits_and_every_control_has_a_name(browser, live_server, market, device):
    page = a_page(browser, live_server.url, **device)
    trouble = []
    page.on("console", lambda m: trouble.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: trouble.append(str(e)))
    page.on(
        "request",
        lambda r: trouble.append(r.url) if not r.url.startswith((live_server.url, "data:", "blob:")) else None,
    )
    page.goto("/accounts/login/?next=/cart/")
    page.get_by_label("이메일").fill("buyer@example.kr")
    page.get_by_label("비밀번호", exact=True).fill("pw-for-tests")
    page.get_by_role("button", name="로그인").click()
    page.get_by_role("heading", name="장바구니").wait_for()
    paths = ["/", "/products/", "/products/{product}/", "/s/{seller}/", "/lives/", "/cart/", "/checkout/", "/orders/"]
    paths += [
        "/orders/{order}/",
        "/orders/lines/{line}/claim/",
        "/orders/lines/{line}/review/",
        "/policy/about/",
        "/design/",
    ]
    for path in (p.format(**market) for p in paths):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
            f"{path} is wider than the screen"
        )
        assert page.evaluate(NAMELESS) == [], path
        assert page.evaluate(UNTOLD_PICTURES) == 0, path
        assert page.evaluate(HEADINGS) == 1, path
    assert trouble == []


def test_the_cart_reckons_anew_without_a_reload(browser, live_server, market):
    page = a_page(browser, live_server.url, **PHONE)
    page.goto(f"/products/{market['product']}/")
    page.get_by_role("button", name="장바구니에 담기").click()
    page.get_by_text("38,000원 더 담으면 무료배송").wait_for()
    page.get_by_role("button", name="하나 더하기").click()
    page.get_by_text("26,000원 더 담으면 무료배송").wait_for()
    page.get_by_role("button", name="빼기", exact=True).click()
    page.get_by_role("button", name="되돌리기").click()
    page.get_by_text("26,000원 더 담으면 무료배송").wait_for()


def test_the_keyboard_reaches_the_content_first(browser, live_server, market):
    page = a_page(browser, live_server.url, **DESKTOP)
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "본문으로 건너뛰기"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
