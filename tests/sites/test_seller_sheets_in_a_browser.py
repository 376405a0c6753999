"""A merchant's morning with Excel, at a desk and on a phone: file, columns, preview, saved, undone, waybills."""

from __future__ import annotations

import os

import pytest
from django.urls import reverse

from axe import serious
from browser import a_page, sign_in
from builders import a_line, a_person, a_shipping_policy, an_option
from dure.commerce.catalog.categories import sync
from dure.commerce.catalog.models import Category, Product
from dure.commerce.sellers.models import Member, Seller
from dure.commerce.sheets import actions, tasks
from dure.commerce.sheets.models import Upload
from sheet_builders import HEAD, xlsx

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright keeps a loop in this thread
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("DURE_SHOTS", "")  # a folder to keep pictures of the pages in


@pytest.fixture
def shop():
    if not Category.objects.exists():
        sync(Category.objects)
    shop = Seller.objects.create(name="순이네", status="APPROVED")
    Member.objects.create(seller=shop, user=a_person(email="owner@example.kr", name="한순이"), role="OWNER")
    a_shipping_policy(shop)
    return shop


def seen(page, name):
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), f"{name} is wider than the screen"
    assert serious(page) == [], name
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def a_sheet(name, content):
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_a_sheet_of_another_market_is_compared_saved_and_taken_back(browser, live_server, shop, phone):
    apple = an_option(seller=shop, price=12_000, stock=20, name="청송 사과 5kg", seller_code="F-001")
    an_option(seller=shop, price=9_000, stock=7, name="배 3kg", seller_code="F-002")
    head = ["업체상품코드", "등록상품명", "카테고리", "판매가격", "재고수량", "비고"]
    rows = [["F-001", "청송 사과 5kg", "과일", "120,000원", 25, "설 선물"], ["F-002", "배 3kg", "과일", 9000, 7, ""],
            ["F-003", "곶감 1kg", "과일", 22000, 30, ""], ["F-004", "한라봉", "과일", "문의", 5, ""]]  # fmt: skip
    page = a_page(browser, phone=phone)
    sign_in(page, live_server.url, "owner@example.kr")
    page.goto(live_server.url + reverse("seller:sheets"))
    way = "phone" if phone else "desk"
    seen(page, f"sheets-{way}")
    page.locator("input[name=file]").first.set_input_files(a_sheet("쿠팡 상품.xlsx", xlsx(head, *rows)))
    page.get_by_role("button", name="올려서 비교하기").click()
    page.get_by_role("heading", name="어느 열이 무엇인가요?").wait_for()
    seen(page, f"columns-{way}")
    page.get_by_role("button", name="비교하기", exact=True).click()
    page.get_by_role("heading", name="가게와 비교하고 있어요").wait_for()
    seen(page, f"comparing-{way}")
    upload = Upload.objects.get()
    tasks.work(upload.pk)
    page.get_by_role("button", name="맞는 것만 저장하기").wait_for()  # the page noticed by itself
    assert page.get_by_text("0을 더 적지 않았는지 봐 주세요").is_visible()
    seen(page, f"preview-{way}")
    page.get_by_role("button", name="맞는 것만 저장하기").click()
    page.get_by_role("heading", name="저장하고 있어요").wait_for()
    tasks.work(upload.pk)
    page.get_by_text("다 저장했어요").wait_for()
    seen(page, f"done-{way}")
    apple.refresh_from_db()
    assert apple.price == 120_000 and Product.objects.filter(seller=shop).count() == 3
    with page.expect_download() as file:
        page.get_by_role("link", name="고칠 줄만 받기").click()
    assert file.value.suggested_filename.endswith(".xlsx")
    page.get_by_role("button", name="통째로 되돌리기").click()
    tasks.work(upload.pk)
    page.get_by_text("올리기 전으로 모두 되돌렸어요").wait_for()
    apple.refresh_from_db()
    assert apple.price == 12_000 and Product.objects.filter(seller=shop).count() == 2


def test_waybills_go_up_and_the_wrong_one_comes_back(browser, live_server, shop):
    lines = [a_line(option=an_option(seller=shop)) for _ in range(2)]
    rows = [[str(lines[0].pk), "CJ대한통운", "640000000001"], [str(lines[1].pk), "CJ대한통운", "6.4E+11"]]
    page = a_page(browser, phone=True)
    sign_in(page, live_server.url, "owner@example.kr")
    page.goto(live_server.url + reverse("seller:sheets"))
    page.get_by_label("송장번호를 적은 엑셀").set_input_files(
        a_sheet("발주서.xlsx", xlsx(["상품주문번호", "택배사", "송장번호"], *rows))
    )
    page.get_by_role("button", name="송장 올리기").click()
    page.get_by_text("보낸 송장").first.wait_for()
    seen(page, "waybills-phone")
    assert page.get_by_text("엑셀이 숫자를 줄였어요").first.is_visible()
    lines[0].refresh_from_db()
    assert lines[0].status == "DELIVERING"


def test_a_paused_upload_waits_for_its_person(browser, live_server, shop):
    owner = shop.members.get().user
    upload, _new = actions.receive(shop, "PRODUCTS", "a.xlsx", xlsx(HEAD, ["A", "사과", "과일", 1000, 1]), by=owner)
    Upload.objects.filter(pk=upload.pk).update(status="PAUSED", rows_done=0)
    page = a_page(browser)
    sign_in(page, live_server.url, "owner@example.kr")
    page.goto(live_server.url + reverse("seller:sheet", args=[upload.pk]))
    page.get_by_role("button", name="이어 하기").wait_for()
    seen(page, "paused-desk")
