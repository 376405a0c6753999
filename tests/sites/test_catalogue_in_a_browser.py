"""A product from its options to its buyer, at a desk and on a phone: by mouse, by keyboard, without a script."""

from __future__ import annotations

import io
import os
from typing import Any

import pytest
from PIL import Image

from axe import serious
from browser import a_page, sign_in
from builders import a_person, a_shipping_policy
from dure.commerce.catalog import actions
from dure.commerce.catalog.actions import OptionRow
from dure.commerce.catalog.models import Category, Product
from dure.commerce.sellers.models import Member, Seller
from dure.commerce.stock import actions as stock

# Playwright keeps a loop running in this thread, which makes Django refuse its ORM though nothing is concurrent.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BLOCKS = [
    {"type": "heading", "text": "칠하는 날"},
    {"type": "text", "text": "옻을 일곱 번 올려요.\n\n그늘에서 보름을 말려요."},
    {"type": "table", "rows": [["길이", "무게"], ["21cm", "14g"], ["23cm", "16g"]]},
    {"type": "callout", "text": "식기세척기에는 넣지 마세요.", "tone": "warn"},
    {"type": "video", "url": "https://www.youtube.com/watch?v=dQw4w9WgXcQ", "title": "칠하는 모습"},
]


@pytest.fixture(autouse=True)
def _outside(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.ACCOUNT_RATE_LIMITS = False


def a_shop(email: str = "owner@example.kr") -> Seller:
    shop = Seller.objects.create(name="원주옻칠", status="APPROVED")
    Member.objects.create(seller=shop, user=a_person(email=email, name="한순이"), role="OWNER")
    a_shipping_policy(shop)
    return shop


def chopsticks(shop: Seller, status: str = "DRAFT") -> Product:
    category = Category.objects.get_or_create(code="woodwork", defaults={"name_ko": "목공예", "name_en": "Woodwork"})[0]
    product = actions.create_product(
        shop,
        name="옻칠 젓가락",
        category=category,
        story="원주에서 삼십 년째 옻칠을 해요. 손에 쥐면 따뜻해요.",
        by=None,
    )
    rows = [
        OptionRow("", 15_000 + 1_000 * n, values=(c, f"{s}cm"))
        for n, c in enumerate(("검정", "주칠"))
        for s in (21, 23)
    ]
    kept = actions.set_options(
        product, [*rows, OptionRow("보자기 포장", 3_000, addon=True)], axes=["색", "길이"], by=None
    )
    for option in kept[1:]:  # 검정 / 21cm is sold out
        stock.receive(option, 20, by=None)
    actions.update_product(product, blocks=BLOCKS, by=None, origin="국내산(강원 원주)", lead_days=3, max_per_order=5)
    Product.objects.filter(pk=product.pk).update(status=status, on_sale_at="2026-11-01T00:00Z")
    product.refresh_from_db()
    return product


def a_jpeg(name: str = "a.jpg") -> Any:
    raw = io.BytesIO()
    Image.new("RGB", (900, 700), "#8c4a2f").save(raw, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": raw.getvalue()}


def wide(page: Any) -> bool:
    """The page can be scrolled sideways: something does not fit."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"))


def shot(page: Any, name: str) -> None:
    if folder := os.environ.get("DURE_SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_a_seller_makes_options_changes_their_prices_and_takes_it_back(
    browser: Any, live_server: Any, phone: bool
) -> None:
    shop = a_shop()
    product = chopsticks(shop)
    page = a_page(browser, phone=phone)
    sign_in(page, live_server.url, "owner@example.kr")
    page.goto(f"{live_server.url}/seller/products/{product.pk}/")
    shot(page, f"editor-{'phone' if phone else 'desk'}")
    assert serious(page) == [] and not wide(page)

    page.fill("#axis-1-values", "21cm, 23cm, 25cm")
    page.fill("#new-price", "17000")
    page.get_by_role("button", name="조합 만들기").click()
    page.get_by_text("아직 저장하지 않았어요").wait_for()
    assert product.options.count() == 5
    page.get_by_role("button", name="옵션 저장").last.click()
    page.get_by_text("저장했어요.").wait_for()
    assert product.options.filter(active=True, addon=False).count() == 6

    before = list(product.options.filter(addon=False).order_by("pk").values_list("price", flat=True))
    page.get_by_role("checkbox", name="보이는 것 모두 고르기").check()
    page.get_by_role("checkbox", name="고르기 보자기 포장").uncheck()
    page.fill("#amount", "+1,000")
    page.get_by_role("button", name="바꾸고 저장").click()
    page.get_by_text("저장했어요.").wait_for()
    after = list(product.options.filter(addon=False).order_by("pk").values_list("price", flat=True))
    assert after == [price + 1_000 for price in before]
    page.locator(".toast form button").click()
    page.get_by_text("되돌렸어요.").wait_for()
    assert list(product.options.filter(addon=False).order_by("pk").values_list("price", flat=True)) == before


def test_a_seller_uploads_photos_and_moves_them_by_keyboard(browser: Any, live_server: Any) -> None:
    product = chopsticks(a_shop())
    page = a_page(browser)
    sign_in(page, live_server.url, "owner@example.kr")
    page.goto(f"{live_server.url}/seller/products/{product.pk}/")
    page.set_input_files("#photo_image", [a_jpeg("1.jpg"), a_jpeg("2.jpg")])
    page.get_by_role("button", name="올리기", exact=True).click()
    page.locator(".picture").nth(1).wait_for()
    first, second = product.photos.all()
    move = page.locator(".picture").nth(1).get_by_role("button", name="한 칸 앞으로")
    move.focus()
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    page.locator(".picture").nth(1).wait_for()
    assert [p.pk for p in product.photos.all()] == [second.pk, first.pk]
    page.locator(".picture").first.locator("input.input").fill("검은 젓가락 한 벌")
    page.get_by_role("button", name="차례와 설명 저장").click()
    page.get_by_text("저장했어요.").wait_for()
    assert product.photos.get(pk=second.pk).alt == "검은 젓가락 한 벌"
    page.locator(".picture").first.get_by_role("button", name="사진 빼기").click()
    page.get_by_text("사진을 뺐어요.").wait_for()
    page.locator(".toast form button").click()
    page.get_by_text("되돌렸어요.").wait_for()
    assert [p.image for p in product.photos.all()] == [second.image, first.image]


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_a_detail_page_is_built_with_its_preview_beside_it(browser: Any, live_server: Any, phone: bool) -> None:
    product = chopsticks(a_shop())
    page = a_page(browser, phone=phone)
    sign_in(page, live_server.url, "owner@example.kr")
    page.goto(f"{live_server.url}/seller/products/{product.pk}/detail/")
    shot(page, f"detail-{'phone' if phone else 'desk'}")
    assert serious(page) == [] and not wide(page)
    page.get_by_role("group", name="칸 더하기").get_by_role("button", name="제목").click()
    page.locator("#block-5").wait_for()
    assert page.evaluate("document.activeElement.id") == "b5-text"  # the new block, ready to be typed in
    page.keyboard.type("보내는 날")
    page.locator("#preview", has_text="보내는 날").wait_for()
    page.get_by_role("button", name="위로").last.click()
    page.locator("#block-4 input[value='보내는 날']").wait_for()
    page.get_by_role("button", name="저장", exact=True).last.click()
    page.get_by_text("저장했어요.").wait_for()
    product.refresh_from_db()
    assert [block["type"] for block in product.blocks] == ["heading", "text", "table", "callout", "heading", "video"]


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_a_buyer_chooses_axis_by_axis_and_takes_an_addon_along(browser: Any, live_server: Any, phone: bool) -> None:
    product = chopsticks(a_shop(), "ON_SALE")
    page = a_page(browser, phone=phone)
    page.goto(f"{live_server.url}/products/{product.pk}/")
    shot(page, f"product-{'phone' if phone else 'desk'}")
    assert serious(page) == [] and not wide(page)
    page.get_by_label("색", exact=True).select_option("검정")
    gone = page.get_by_label("길이", exact=True).locator("option[value='21cm']")
    assert gone.is_disabled() and "품절" in gone.inner_text()
    page.get_by_label("길이", exact=True).select_option("23cm")
    page.get_by_label("보자기 포장").fill("1")
    page.get_by_role("button", name="장바구니에 담기").click()
    page.wait_for_url("**/cart/**")
    cart = page.inner_text("main")
    assert "검정 / 23cm" in cart and "보자기 포장" in cart


def test_a_buyer_without_a_script_chooses_from_the_plain_list(browser: Any, live_server: Any) -> None:
    product = chopsticks(a_shop(), "ON_SALE")
    context = browser.new_context(java_script_enabled=False, locale="ko-KR")
    page = context.new_page()
    page.goto(f"{live_server.url}/products/{product.pk}/")
    assert page.locator("#option option[disabled]").inner_text().startswith("검정 / 21cm")
    page.select_option("#option", label="주칠 / 23cm · 16,000원")
    page.get_by_role("button", name="장바구니에 담기").click()
    assert "주칠 / 23cm" in page.inner_text("main")
    context.close()


def test_the_office_reads_a_change_on_an_accessible_page(browser: Any, live_server: Any) -> None:
    product = chopsticks(a_shop(), "ON_SALE")
    actions.update_product(product, name="옻칠 수저", by=a_person())
    a_person("OPERATOR", email="operator@example.kr")
    page = a_page(browser)
    sign_in(page, live_server.url, "operator@example.kr")
    for path in (f"products/{product.pk}", "changes", "categories", "categories/new"):
        page.goto(f"{live_server.url}/office/{path}/")
        shot(page, f"office-{path.replace('/', '-')}")
        assert serious(page) == [] and not wide(page), path
    page.goto(f"{live_server.url}/office/products/{product.pk}/")
    page.get_by_role("button", name="이대로 바꾸기").click()
    page.get_by_text("바뀐 내용이 손님에게 보여요.").wait_for()
    product.refresh_from_db()
    assert product.name == "옻칠 수저"
