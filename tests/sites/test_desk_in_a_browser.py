"""The partner desk on a phone in a market hall: a few taps, a lost connection, nothing lost."""

from __future__ import annotations

import io
import os

import pytest
from PIL import Image

from browser import a_page, sign_in
from builders import a_lead, a_market, a_person
from dure.partnership import actions, queries
from dure.partnership.models import Lead
from dure.sites.desk.views import capture as capture_views

# Playwright keeps a loop running in this thread, which makes Django refuse its ORM though nothing is concurrent.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAMELESS = """[...document.querySelectorAll('input:not([type=hidden]), select, textarea, button, a[href]')].filter(e =>
  !e.closest('[aria-hidden=true], dialog:not([open])') && e.offsetParent !== null
  && !(e.labels?.length || e.getAttribute('aria-label') || e.getAttribute('aria-labelledby') || e.textContent.trim()
       || e.querySelector('[aria-label], img[alt]:not([alt=""])'))).map(e => e.outerHTML.slice(0, 200))"""
TINY = """[...document.querySelectorAll('main button, main a.button, main .chip, main .check, main .camera')].filter(e =>
  e.offsetParent !== null && e.getBoundingClientRect().height < 24).map(e => e.outerHTML.slice(0, 120))"""


@pytest.fixture(autouse=True)
def _quiet_outside(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    settings.ACCOUNT_RATE_LIMITS = False
    monkeypatch.setattr(capture_views, "_status", lambda number: None)


def a_jpeg():
    raw = io.BytesIO()
    Image.new("RGB", (640, 480), "tomato").save(raw, "JPEG")
    return {"name": "stall.jpg", "mimeType": "image/jpeg", "buffer": raw.getvalue()}


def test_a_shop_is_captured_in_six_taps_from_the_market(browser, live_server):
    market = a_market("광장시장")
    a_person("FIELD", email="field@example.kr")
    page, taps = a_page(browser, phone=True), []

    def tap(target):
        taps.append(target)
        target.tap()

    sign_in(page, live_server.url, "field@example.kr")
    page.goto(f"{live_server.url}/desk/markets/{market.pk}/")
    tap(page.get_by_role("link", name="여기서 업체 발굴"))
    page.wait_for_selector("form.capture")
    page.keyboard.type("할머니한과")  # the cursor is in the name already
    tap(page.get_by_role("textbox", name="휴대전화"))
    page.keyboard.type("010-1234-5678")
    tap(page.get_by_role("checkbox", name="연락에 동의하셨어요"))
    with page.expect_file_chooser() as chooser:
        tap(page.locator("input[type=file]"))
    chooser.value.set_files(a_jpeg())
    tap(page.get_by_role("button", name="담기"))
    page.get_by_role("heading", name="할머니한과").wait_for()
    assert len(taps) <= 6
    lead = Lead.objects.get()
    assert lead.shop.owner.phone == "+821012345678" and lead.photos.count() == 1
    page.wait_for_function("localStorage.length === 0")  # the draft is forgotten once the house has it


def test_a_lost_connection_loses_nothing_typed(browser, live_server):
    market = a_market("광장시장")
    a_person("FIELD", email="field@example.kr")
    page = a_page(browser, phone=True)
    sign_in(page, live_server.url, "field@example.kr")
    address = f"{live_server.url}/desk/markets/{market.pk}/capture/"
    page.goto(address)
    page.get_by_role("textbox", name="점포 이름").fill("할머니한과")
    page.get_by_role("textbox", name="휴대전화").fill("010-1234-5678")
    page.get_by_role("checkbox", name="연락에 동의하셨어요").check()
    key = page.locator("input[name=key]").input_value()
    page.context.set_offline(True)
    page.get_by_role("button", name="담기").tap()
    page.get_by_text("지금은 인터넷이 안 돼요").wait_for()
    assert page.get_by_role("textbox", name="점포 이름").input_value() == "할머니한과" and not Lead.objects.exists()
    page.context.set_offline(False)
    page.goto(address)  # the phone was put away and taken out again
    page.get_by_text("적다 만 내용을 되살렸어요").wait_for()
    assert page.locator("input[name=key]").input_value() == key, "sent again it is the same capture"
    page.get_by_role("button", name="담기").tap()
    page.get_by_role("heading", name="할머니한과").wait_for()
    assert Lead.objects.count() == 1


def test_scores_move_the_dot_and_the_picture_while_scoring(browser, live_server):
    lead = a_lead("SCREENING")
    a_person("REVIEWER", email="reviewer@example.kr")
    page = a_page(browser)
    sign_in(page, live_server.url, "reviewer@example.kr")
    page.goto(f"{live_server.url}/desk/leads/{lead.pk}/screen/")
    assert page.locator("[data-dot]").is_hidden()
    for criterion in queries.current_rubric().criteria:
        score = 5 if criterion["axis"] == "PRODUCT" else 2
        page.locator(f"input[name=score_{criterion['code']}][value='{score}']").check(force=True)
    assert page.locator("output[data-axis=PRODUCT]").inner_text() == "100"
    assert page.locator("output[data-axis=WILL]").inner_text() == "40"
    assert page.locator("[data-dot]").get_attribute("cx") == "80"
    page.get_by_role("button", name="점수 저장").click()
    page.get_by_text("제안: 대행").wait_for()


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_every_page_of_the_desk_fits_and_every_control_has_a_name(browser, live_server, phone):
    boss = a_person("OPERATOR", "MD", email="boss@example.kr")
    market = a_market("광장시장", daily=True, fair_digits=[2, 7], latitude=37.57, longitude=126.99, goods=["한과"])
    a_lead(place=market, name="할머니한과")
    a_lead(place=market, name="할머니 항과")
    screening = a_lead("SCREENING", place=market, name="아주 긴 이름을 가진 남해 죽방렴 멸치 직판장 본점")
    selected = a_lead("SELECTED", place=market, name="바다건어물")
    actions.assign(selected, boss, by=boss)
    actions.invite_owner(selected, by=boss)
    page, trouble = a_page(browser, phone=phone), []
    page.on("console", lambda m: trouble.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: trouble.append(str(e)))
    sign_in(page, live_server.url, "boss@example.kr")
    paths = [
        "", "markets/", "markets/?q=ㄱㅈ&open=on", f"markets/{market.pk}/", f"markets/{market.pk}/capture/", "leads/",
        f"leads/{screening.pk}/", f"leads/{screening.pk}/screen/", f"leads/{selected.pk}/", "board/", "merchants/",
        "duplicates/",
    ]  # fmt: skip
    for path in paths:
        page.goto(f"{live_server.url}/desk/{path}")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{path} is too wide"
        assert page.evaluate(NAMELESS) == [], path
        assert page.evaluate(TINY) == [], path
        assert page.evaluate("document.querySelectorAll('h1').length") == 1, path
    assert trouble == []
