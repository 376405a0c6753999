"""Sellers, questions and reviews in a real browser, on a phone and on a desk: nothing that axe calls serious."""

from __future__ import annotations

import io
import os
import uuid
from pathlib import Path

import pytest
from PIL import Image

from axe import serious
from browser import a_page, sign_in
from builders import a_line, a_person, a_shipping_policy, an_option
from dure.commerce.inquiries import actions as inquiries
from dure.commerce.inquiries.models import Question, Thread
from dure.commerce.reviews import actions as reviews
from dure.commerce.sellers import actions as sellers
from dure.commerce.sellers.models import Member, Seller
from dure.kit import clock

# Playwright keeps a loop running in this thread, which makes Django refuse its ORM though nothing is concurrent.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("DURE_SHOTS", "")


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def look(page, url, name, phone):
    page.goto(url)
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}-{'phone' if phone else 'desk'}.png", full_page=True)
    assert serious(page) == [], url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), f"{url} is wider than the screen"


def a_picture(form="JPEG"):
    out = io.BytesIO()
    Image.new("RGB", (800, 1100), "white").save(out, form)
    out.seek(0)
    return out


@pytest.fixture
def world():
    """A shop of two people with a review, a question, a talk, a paper; an operator."""
    owner = a_person(name="한순이", email="owner@example.kr")
    shop = Seller.objects.create(
        name="순이네", status="APPROVED", brn="1018100016", mail_order_number="2026-서울종로-1", approved_at=clock.now()
    )
    Member.objects.create(seller=shop, user=owner, role="OWNER")
    Member.objects.create(seller=shop, user=a_person(name="김직원"), role="ORDERS")
    a_shipping_policy(shop, return_to="종로 88")
    buyer = a_person(name="나구매", email="buyer@example.kr")
    option = an_option(seller=shop, name="청송 사과", stock=30)
    line = a_line("DELIVERED", option=option, buyer=buyer)
    review = reviews.write(line, rating=5, text="달고 아삭해요. 또 살게요.", by=buyer)
    question = inquiries.ask(option.product, text="언제 따나요?", secret=False, key=uuid.uuid4(), by=buyer)
    thread = inquiries.open_thread(
        line.order, shop, topic="DELIVERY", text="포장이 궁금해요", key=uuid.uuid4(), by=buyer
    )
    sellers.invite_staff(shop, name="박직원", role="PRODUCT", by=owner)
    sellers.hand_in(shop, kind="BUSINESS", upload=a_picture(), by=owner)
    a_person("OPERATOR", name="운영자", email="operator@example.kr")
    inquiries.report(question, reason="광고 같아요", by=a_person())
    reviews.report(review, reason="사실과 달라요", by=a_person())
    return {
        "shop": shop,
        "product": option.product,
        "line": line,
        "review": review,
        "question": question,
        "thread": thread,
    }


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desk"])
def test_a_buyer_asks_writes_and_reads(browser, live_server, world, phone):
    page, url = a_page(browser, phone=phone), live_server.url
    product, line = world["product"], world["line"]
    look(page, f"{url}/products/{product.pk}/questions/", "questions", phone)
    look(page, f"{url}/products/{product.pk}/reviews/", "reviews", phone)
    sign_in(page, url, "buyer@example.kr")
    page.goto(f"{url}/products/{product.pk}/questions/")
    page.fill("textarea[name=text]", "몇 개 들어 있나요?")
    page.get_by_role("button", name="문의 남기기").click()
    page.get_by_text("몇 개 들어 있나요?").first.wait_for()
    assert Question.objects.filter(text="몇 개 들어 있나요?").count() == 1
    look(page, f"{url}/orders/lines/{line.pk}/inquiry/", "new-inquiry", phone)
    page.locator("select[name=topic]").select_option("PRODUCT")
    page.fill("textarea[name=text]", "하나가 멍들었어요.")
    page.get_by_role("button", name="보내기").click()
    page.get_by_text("하나가 멍들었어요.").wait_for()
    assert Thread.objects.count() == 2
    look(page, page.url, "inquiry", phone)
    look(page, f"{url}/inquiries/", "inquiries", phone)
    look(page, f"{url}/reviews/{world['review'].pk}/edit/", "edit-review", phone)


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desk"])
def test_a_seller_answers_and_shares_the_work(browser, live_server, world, phone):
    page, url = a_page(browser, phone=phone), live_server.url
    sign_in(page, url, "owner@example.kr")
    for name, path in [("home", ""), ("shop", "shop/"), ("people", "shop/people/"), ("questions", "questions/"),
                       ("inquiries", "inquiries/"), ("answers", "answers/"), ("reviews", "reviews/"),
                       ("thread", f"inquiries/{world['thread'].pk}/"), ("review", f"reviews/{world['review'].pk}/")]:  # fmt: skip
        look(page, f"{url}/seller/{path}", f"seller-{name}", phone)
    look(page, f"{url}/seller/questions/{world['question'].pk}/", "seller-question", phone)
    page.fill("textarea[name=text]", "시월 말에 따요.")
    page.get_by_role("button", name="답변하기").click()
    page.get_by_text("답변을 남겼어요").wait_for()
    world["question"].refresh_from_db()
    assert world["question"].answer == "시월 말에 따요."


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desk"])
def test_an_operator_reviews_schedules_and_looks(browser, live_server, world, phone):
    page, url = a_page(browser, phone=phone), live_server.url
    sign_in(page, url, "operator@example.kr")
    for name, path in [("sellers", "sellers/"), ("commissions", "commissions/?percent=4.5"), ("inquiries", "inquiries/"),
                       ("questions", "questions/"), ("question", f"questions/{world['question'].pk}/"),
                       ("thread", f"inquiries/{world['thread'].pk}/"), ("reviews", "reviews/"),
                       ("review", f"reviews/{world['review'].pk}/"), ("seller", f"sellers/{world['shop'].pk}/")]:  # fmt: skip
        look(page, f"{url}/office/{path}", f"office-{name}", phone)
    page.locator("form[action$='/view-as/'] input[name=reason]").fill("정산 문의 확인")
    page.get_by_role("button", name="보기 시작").click()
    page.get_by_text("화면을 보기만 하고 있어요").wait_for()
    look(page, f"{url}/seller/orders/", "view-as", phone)
    page.get_by_role("button", name="그만 보기").click()
    page.wait_for_url(f"{url}/office/sellers/{world['shop'].pk}/")
