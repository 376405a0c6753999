"""From a market stall to money in the bank: one merchant's way through the whole house, as people walk it.

Real processes, a real database, a real browser for every person, real video, the outside world over its own protocols.
The steps build on one another, in this order. Screenshots and a clip of the show stay in `.dure/artifacts`.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from builders import a_brn


def press(where, button: str, exact: bool = False) -> None:
    """Press a button (of a page, or of a part of it) that leads to another page, and be there."""
    page = getattr(where, "page", where)
    with page.expect_navigation():
        where.get_by_role("button", name=button, exact=exact).first.click()


pytestmark = [pytest.mark.browser, pytest.mark.processes]


# 1. Stall


def test_a_field_worker_captures_a_shop_at_the_market(story, pictures):
    assert "added" in story.house.run("markets", "import", "--starter").stdout
    story.staff("field@dure.test", "신현장", "FIELD")
    story.staff("reviewer@dure.test", "차심사", "REVIEWER")
    story.staff("md@dure.test", "문상품", "MD")
    story.staff("creator@dure.test", "맛있는하루", "CREATOR")
    story.staff("operator@dure.test", "남운영", "OPERATOR", "FINANCE")

    field = story.sign_in("field", "field@dure.test", phone=True)
    story.go("field", "/desk/markets/?q=광장시장")
    story.keep(field, "markets")
    field.get_by_role("link", name=re.compile("광장시장")).first.click()
    field.get_by_role("link", name="여기서 업체 발굴").click()
    field.get_by_role("textbox", name="점포 이름").fill("순이네 빈대떡")
    field.get_by_role("textbox", name="휴대전화").fill("010-2345-6789")
    field.get_by_role("checkbox", name=re.compile("연락에 동의하셨어요")).check()
    field.locator("input[type=file]").set_input_files(pictures[0])
    field.get_by_label("온라인 입점에 관심 있다고 하셨어요").check()
    story.keep(field, "capture")
    press(field, "담기")
    expect(field.get_by_role("heading", level=1)).to_contain_text("순이네 빈대떡")
    story.keep(field, "captured")
    story.lead_url = field.url


def test_the_same_shop_captured_twice_is_recognised(story):
    field = story.person("field")
    story.go("field", "/desk/markets/?q=광장시장")
    field.get_by_role("link", name=re.compile("광장시장")).first.click()
    field.get_by_role("link", name="여기서 업체 발굴").click()
    field.get_by_role("textbox", name="점포 이름").fill("빈대떡 순이네")
    field.get_by_role("textbox", name="휴대전화").fill("01023456789")
    expect(field.locator("#recognised")).to_contain_text("순이네 빈대떡")
    story.keep(field, "recognised")


# 2. Screening and selection


def test_a_reviewer_scores_product_and_will_and_selects_it(story):
    reviewer = story.sign_in("reviewer", "reviewer@dure.test")
    reviewer.goto(story.lead_url)
    press(reviewer, "심사에 올리기")
    reviewer.goto(story.lead_url.split("?")[0].rstrip("/") + "/screen/")
    for scale in reviewer.locator("fieldset.scale").all():
        scale.locator("label").filter(has_text="4").first.click()
    press(reviewer, "점수 저장")
    story.keep(reviewer, "screened")
    decide = reviewer.locator("#decide")
    decide.get_by_label("입점").check()
    decide.get_by_label(re.compile("이유")).fill("빈대떡 반죽을 얼려 보낼 수 있고, 사장님이 먼저 물어보셨어요.")
    press(decide, "선정하기")
    expect(reviewer.get_by_text("선정").first).to_be_visible()
    story.keep(reviewer, "selected")


def test_it_gets_a_merchandiser_and_a_checklist_that_checks_itself(story):
    reviewer = story.go("reviewer", story.lead_url)
    reviewer.get_by_label("문상품").check()
    press(reviewer, "맡기기")
    md = story.sign_in("md", "md@dure.test")
    story.go("md", story.lead_url)
    expect(md.get_by_role("heading", name="판매 준비")).to_be_visible()
    story.keep(md, "checklist")
    press(md, "초대 링크 만들기")
    message = md.get_by_label("보낼 문자").input_value()
    story.invitation = re.search(r"https?://\S+", message).group()
    story.keep(md, "invited")


# 3. Seller


def test_the_owner_joins_by_the_link_and_fills_in_the_company(story):
    owner = story.person("owner", phone=True)
    owner.goto(story.invitation)
    story.keep(owner, "invitation")
    owner.get_by_role("link", name="가입하고 시작하기").click()
    story.sign_up(owner, "owner@dure.test", "한순이")
    press(owner, "초대 받기")
    expect(owner.get_by_role("heading", level=1)).to_contain_text("순이네 빈대떡")

    owner.get_by_label("사업자등록번호").fill("123-45-67890")
    owner.get_by_label("상호(법인명)").fill("순이네 빈대떡")
    owner.get_by_label("대표자").fill("한순이")
    owner.get_by_label("사업장 주소").fill("서울 종로구 창경궁로 88, 41호")
    owner.get_by_label("대표 전화").fill("02-2345-6789")
    owner.get_by_role("checkbox", name=re.compile("신고 면제")).check()
    press(owner, "사업자 정보 저장")
    expect(owner.get_by_text("사업자등록번호가 맞지 않아요").first).to_be_visible()
    story.keep(owner, "wrong-number")
    owner.get_by_label("사업자등록번호").fill(a_brn())
    press(owner, "사업자 정보 저장")
    expect(owner.get_by_text("저장했어요")).to_be_visible()

    owner.get_by_label("은행").select_option(label="KB국민은행")
    owner.get_by_label("계좌번호").fill("123456-01-789012")
    owner.get_by_label("예금주").fill("한순이")
    press(owner, "계좌 저장")
    owner.get_by_label("기본 배송비").fill("3000")
    owner.get_by_label("이만큼 사면 무료").fill("50000")
    owner.get_by_label("보내는 곳").fill("서울 종로구 광장시장")
    owner.get_by_label("반품 받는 곳").fill("서울 종로구 광장시장")
    press(owner, "배송비 저장")
    press(owner, "심사 신청하기")
    expect(owner.get_by_text("심사하고 있어요")).to_be_visible()
    story.keep(owner, "steps")


def test_an_operator_approves_the_seller(story):
    operator = story.sign_in("operator", "operator@dure.test")
    story.go("operator", "/office/sellers/?status=IN_REVIEW")
    operator.get_by_role("link", name="순이네 빈대떡").first.click()
    press(operator, "승인하기")
    expect(operator.get_by_text("승인했어요")).to_be_visible()
    story.keep(operator, "approved")
    story.go("operator", "/office/ledger/")
    operator.get_by_label("넣을 금액").fill("1000000")
    press(operator, "넣기", exact=True)
    story.keep(operator, "funded")
    story.verify()


# 4. Product


def a_product(story, who: str, name: str, shelf: str, price: str, stock: str, picture: str) -> str:
    """Made in the seller centre and sent to review; returns its address there."""
    page = story.go(who, "/seller/products/new/")
    page.get_by_label("상품명").fill(name)
    page.get_by_label("분류").select_option(label=shelf)
    page.get_by_label("한 줄 소개").fill("시장에서 부친 그대로")
    page.get_by_label("상품 이야기").fill(
        "삼십 년 동안 같은 자리에서 부친 것을 그대로 얼려 보내 드려요. 팬에 올리기만 하면 돼요."
    )
    page.get_by_label("옵션명 1").fill("한 봉지")
    page.get_by_label("판매가 1").fill(price)
    page.get_by_label("재고 1").fill(stock)
    press(page, "저장하고 사진 올리기")
    page.wait_for_url(re.compile(r"/seller/products/\d+/"))
    address = page.url
    page.locator("#photos input[type=file]").set_input_files(picture)
    press(page, "올리기", exact=True)
    for field in page.locator("#notice :is(input:not([type=hidden]), textarea, select)").all():
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(index=1)
        elif not field.input_value():
            field.fill(
                {"month": "2026-10", "tel": "02-2345-6789"}.get(field.get_attribute("type") or "", "녹두 60%, 국내산")
            )
    press(page, "고시 저장")
    return address


def test_the_seller_makes_a_product_and_the_md_improves_it(story, pictures):
    owner = story.person("owner")
    story.product_url = a_product(story, "owner", "광장시장 빈대떡", "반찬·김치", "12000", "30", pictures[1])
    story.keep(owner, "product")
    md = story.person("md")
    story.go("md", "/desk/merchants/")
    story.go("md", story.lead_url)
    story.go("md", f"/desk/merchants/products/{product_number(story)}/")
    md.get_by_label("상품명").fill("광장시장 녹두 빈대떡, 부친 그대로 냉동")
    md.get_by_label("사장님께 드리는 말").fill("손님이 찾는 말(녹두, 냉동)을 이름에 넣었어요.")
    press(md, "이렇게 고치기")
    story.keep(md, "improved")
    story.go("owner", story.product_url)
    expect(owner.get_by_text("손님이 찾는 말")).to_be_visible()
    press(owner, "심사 신청하기")
    expect(owner.get_by_text("심사 중").first).to_be_visible()


def test_it_is_reviewed_and_goes_on_sale(story):
    operator = story.go("operator", f"/office/products/{product_number(story)}/")
    story.keep(operator, "review")
    press(operator, "판매 시작하기")
    page = story.person("passer-by", phone=True)
    page.goto(f"{story.house.url}/products/{product_number(story)}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("녹두 빈대떡")
    story.keep(page, "on-sale")


def product_number(story) -> int:
    return int(re.search(r"/products/(\d+)/", story.product_url).group(1))
