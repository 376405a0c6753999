"""From a market stall to money in the bank: one merchant's way through the whole house, as people walk it.

Real processes, a real database, a real browser for every person, real video, the outside world over its own protocols.
The steps build on one another, in this order. Screenshots and a clip of the show stay in `.dure/artifacts`.
"""

from __future__ import annotations

import itertools
import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from builders import a_brn
from dure.kit.clock import KST
from house import until


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


def fill_in_company(page, name: str, person: str, account: str, first: str = "") -> None:
    """Company, account and shipping fees on the steps page; `first` is a number mistyped before the right one."""
    page.get_by_label("상호(법인명)").fill(name)
    page.get_by_label("대표자").fill(person)
    page.get_by_label("사업장 주소").fill("서울 종로구 창경궁로 88, 41호")
    page.get_by_label("대표 전화").fill("02-2345-6789")
    page.get_by_role("checkbox", name=re.compile("신고 면제")).check()
    if first:
        page.get_by_label("사업자등록번호").fill(first)
        press(page, "사업자 정보 저장")
        expect(page.get_by_text("사업자등록번호가 맞지 않아요").first).to_be_visible()
        expect(page.get_by_label("상호(법인명)")).to_have_value(name)  # nothing typed is lost
    page.get_by_label("사업자등록번호").fill(a_brn())
    press(page, "사업자 정보 저장")
    expect(page.get_by_text("저장했어요")).to_be_visible()
    page.get_by_label("은행").select_option(label="KB국민은행")
    page.get_by_label("계좌번호").fill(account)
    page.get_by_label("예금주").fill(person)
    press(page, "계좌 저장")
    page.get_by_label("기본 배송비").fill("3000")
    page.get_by_label("이만큼 사면 무료").fill("50000")
    page.get_by_label("보내는 곳").fill("서울 종로구 광장시장")
    page.get_by_label("반품 받는 곳").fill("서울 종로구 광장시장")
    press(page, "배송비 저장")
    expect(page.get_by_text("저장했어요")).to_be_visible()


def test_the_owner_joins_by_the_link_and_fills_in_the_company(story):
    owner = story.person("owner", phone=True)
    owner.goto(story.invitation)
    story.keep(owner, "invitation")
    owner.get_by_role("link", name="가입하고 시작하기").click()
    story.sign_up(owner, "owner@dure.test", "한순이")
    press(owner, "초대 받기")
    expect(owner.get_by_role("heading", level=1)).to_contain_text("순이네 빈대떡")

    fill_in_company(owner, "순이네 빈대떡", "한순이", "12345601789012", first="123-45-67890")
    story.keep(owner, "company")
    press(owner, "심사 신청하기")
    expect(owner.get_by_text("심사하고 있어요")).to_be_visible()
    story.keep(owner, "steps")


def test_an_operator_approves_the_seller(story):
    operator = story.sign_in("operator", "operator@dure.test")
    story.go("operator", "/office/sellers/?status=IN_REVIEW")
    operator.get_by_role("link", name="순이네 빈대떡").first.click()
    operator.fill("textarea[name=reason]", "가게에서 서류 원본을 보았어요.")  # papers not handed in yet
    press(operator, "승인하기")
    expect(operator.get_by_text("승인했어요. 이제 상품을 팔 수 있어요")).to_be_visible()
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
    for field in page.locator(
        "form[action$='/notice/'] :is(input:not([type=hidden]), textarea, select:not([name=form]))"
    ).all():
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
    story.product_url = a_product(story, "owner", "광장시장 빈대떡", "밑반찬", "12000", "30", pictures[1])
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
    return number_in(story.product_url)


def number_in(address: str) -> int:
    return int(re.search(r"/products/(\d+)/", address).group(1))


def test_a_second_shop_applies_by_itself_with_two_products(story, pictures):
    """So that a cart can hold goods of two sellers, and the show three products."""
    other, operator = story.person("other-owner"), story.person("operator")
    story.go("other-owner", "/accounts/signup/?next=/seller/apply/")
    story.sign_up(other, "other@dure.test", "고은숙")
    story.go("other-owner", "/seller/apply/")
    other.get_by_label("가게 이름").fill("돌담과일")
    press(other, "시작하기")
    fill_in_company(other, "돌담과일", "고은숙", "98765401234567")
    press(other, "심사 신청하기")
    story.go("operator", "/office/sellers/?status=IN_REVIEW")
    operator.get_by_role("link", name="돌담과일").first.click()
    operator.fill("textarea[name=reason]", "전화로 확인했어요.")
    press(operator, "승인하기")
    expect(operator.get_by_text("승인했어요. 이제 상품을 팔 수 있어요")).to_be_visible()
    for name, price, stock in (("제주 감귤 3kg", "15000", "20"), ("한라봉 선물", "29000", "2")):
        address = a_product(story, "other-owner", name, "사과", price, stock, pictures[2])
        story.go("other-owner", address)
        press(other, "심사 신청하기")
        story.go("operator", f"/office/products/{number_in(address)}/")
        press(operator, "판매 시작하기")


# 5. Live show


def test_the_md_plans_a_show_that_cannot_begin_without_its_disclosure(story):
    md = story.go("md", "/studio/plan/")
    md.get_by_label("제목").fill("시장 한 상, 녹두와 감귤")
    md.get_by_label(re.compile("일시|언제|시각")).first.fill(f"{datetime.now(KST) + timedelta(hours=1):%Y-%m-%dT%H:%M}")
    md.get_by_label("진행자").select_option(label="맛있는하루")
    press(md, "만들고 다음으로")
    story.show = re.search(r"/studio/([^/]+)/", md.url).group(1)
    for words, price in (("녹두", "9900"), ("감귤", "12000"), ("한라봉", "24000")):
        md.locator("#find").fill(words)
        press(md, "찾기")
        press(md.locator("#found"), "넣기")
        offer = md.locator("article.plan-offer", has_text=words)
        offer.get_by_label("라이브 특가").fill(price)
        press(offer, "특가 저장")
    cues = md.locator("#cues")
    if not cues.locator("select[name=kind]").is_visible():
        cues.locator("summary").click()
    cues.locator("select[name=kind]").select_option("STORY")
    cues.locator("[name=beat]").fill("순이네 이야기")
    press(cues, "넣기")
    story.keep(md, "planned")

    host = story.sign_in("host", "creator@dure.test")
    story.go("host", f"/studio/{story.show}/room/")
    press_here(host, "카메라 켜기")
    press_here(host, "리허설 시작")
    expect(host.locator("#stream-state")).to_contain_text("리허설 송출 중", timeout=30_000)
    expect(host.get_by_role("button", name="준비 완료")).to_be_disabled()
    expect(host.locator("#why")).to_contain_text("광고 표시")
    story.keep(host, "not-disclosed")


def test_the_host_declares_the_sponsorship_and_goes_on_air(story):
    host = story.go("host", f"/studio/{story.show}/")
    host.locator("#disclosure input[value=COMMISSION]").check(force=True)
    host.locator("#disclosure").get_by_label("광고주").fill("두레")
    press(host.locator("#disclosure"), "선언하기")
    story.go("host", f"/studio/{story.show}/room/")
    press_here(host, "카메라 켜기")
    expect(host.get_by_role("button", name="준비 완료")).to_be_enabled(timeout=30_000)
    press_here(host, "준비 완료")
    press_here(host, "방송 시작")
    expect(host.locator("#stream-state")).to_have_text("방송 송출 중", timeout=30_000)
    story.keep(host, "on-air")


def test_viewers_see_the_picture_move_and_talk(story):
    for who, email, name in (("one", "one@dure.test", "이하나"), ("two", "two@dure.test", "최두리")):
        viewer = story.person(who, phone=who == "one")
        story.go(who, "/accounts/signup/")
        story.sign_up(viewer, email, name)
        story.go(who, f"/live/{story.show}/")
        it_moves(viewer)
        expect(viewer.locator(".stage__meta").get_by_text("유료광고 포함")).to_be_visible()
    one, two, host = story.person("one"), story.person("two"), story.person("host")
    one.get_by_placeholder("채팅을 남겨 보세요").fill("택배는 며칠 걸려요?")
    press_here(one, "보내기")
    for reader in (two, host):
        expect(reader.locator("#chat")).to_contain_text("택배는 며칠 걸려요?")
    host.locator(".pin-row", has_text="한라봉").get_by_role("button").click()
    for viewer in (one, two):
        expect(viewer.locator("#pinned")).to_contain_text("한라봉")
        expect(viewer.locator("#pinned [data-price]")).to_have_text("24,000원")
        expect(viewer.locator("#pinned [data-left]")).to_have_text("2개 남음")
    story.keep(one, "watching")


# 6. Purchase


def check_out(story, page, name: str) -> str:
    """Address and payment from the checkout page on; returns the order's number."""
    page.get_by_label("받는 분").fill(name)
    page.get_by_label("연락처").fill("010-7777-8888")
    page.get_by_label("우편번호").fill("03086")
    page.get_by_label("주소", exact=True).fill("서울특별시 종로구 율곡로 99")
    press(page, "결제하러 가기")
    if "/pay/" in page.url:
        story.keep(page, "before-the-window")
        page.locator("form:has(button) button.button--primary").last.click()
    page.wait_for_url(re.compile("toss/window"))
    story.keep(page, "payment-window")
    page.get_by_role("button", name="결제하기").click()
    page.wait_for_url(re.compile(r"/pay/[^/]+/done/"))
    return re.search(r"/pay/([^/]+)/done", page.url).group(1)


def put_the_pinned(page) -> None:
    """Into the cart, and wait until it lies there."""
    with page.expect_response(re.compile("/cart/put/")) as told:
        page.locator("#pinned").get_by_role("button", name=re.compile("장바구니에 담기")).click()
    assert told.value.status < 400, told.value.text()


def test_a_viewer_buys_goods_of_two_sellers_with_a_fee_each_and_its_reason(story):
    one, host = story.person("one"), story.person("host")
    host.locator(".pin-row", has_text="녹두").get_by_role("button").click()
    expect(one.locator("#pinned")).to_contain_text("녹두")
    put_the_pinned(one)
    host.locator(".pin-row", has_text="감귤").get_by_role("button").click()
    expect(one.locator("#pinned")).to_contain_text("감귤")
    put_the_pinned(one)
    story.go("one", "/cart/")
    expect(one.get_by_text("9,900원").first).to_be_visible()
    expect(one.get_by_text("40,100원 더 담으면 무료배송").first).to_be_visible()
    story.keep(one, "cart")
    one.get_by_role("link", name="2개 27,900원 주문하기").click()
    story.order = check_out(story, one, "이하나")
    expect(one.get_by_text(story.order).first).to_be_visible()
    story.keep(one, "paid")
    expect(host.locator("#orders")).to_have_text("1", timeout=20_000)


def test_the_last_unit_sells_once(story):
    """Two are left; the second viewer takes both, and the counter on everybody's screen moves; the third is told so."""
    two, host = story.person("two"), story.person("host")
    host.locator(".pin-row", has_text="한라봉").get_by_role("button").click()
    expect(two.locator("#pinned")).to_contain_text("한라봉")
    two.locator("#pinned").get_by_role("button", name="바로 구매").click()
    two.wait_for_url(re.compile("checkout"))
    story.second_order = check_out(story, two, "최두리")
    story.go("two", f"/live/{story.show}/")
    expect(two.locator("#pinned [data-left]")).to_have_text("1개 남음")
    two.locator("#pinned").get_by_role("button", name="바로 구매").click()
    two.wait_for_url(re.compile("checkout"))
    check_out(story, two, "최두리")
    one = story.go("one", f"/live/{story.show}/")
    expect(one.locator("#pinned [data-left]")).to_have_text("품절")
    story.keep(one, "sold-out")
    story.verify()


def test_the_show_ends_and_leaves_a_clip(story):
    host = story.person("host")
    host.once("dialog", lambda dialog: dialog.accept())
    host.get_by_role("button", name="방송 끝내기").first.click()
    host.wait_for_url("**/report/")
    story.keep(host, "report")
    story.clip(story.show)


# 7. Fulfilment


def test_each_seller_sees_and_sends_only_its_own_lines(story):
    owner, other = story.go("owner", "/seller/orders/"), story.go("other-owner", "/seller/orders/")
    expect(owner.locator("main")).to_contain_text("녹두")
    expect(owner.locator("main")).not_to_contain_text("감귤")
    expect(other.locator("main")).not_to_contain_text("녹두")
    story.keep(owner, "orders")
    press(owner, re.compile("새 주문"))
    for who, page in (("owner", owner), ("other-owner", other)):
        for address in line_addresses(story, who, page):
            page.goto(address)
            page.get_by_label("택배사").select_option("CJ")
            page.get_by_label("운송장 번호").fill(f"{700000000000 + next(WAYBILLS)}")
            press(page, "발송처리")
            expect(page.get_by_text("배송 중").first).to_be_visible()
    story.keep(owner, "sent")
    other.goto(line_addresses(story, "owner", owner, status="DELIVERING")[0])
    expect(other.get_by_text(re.compile("없|찾")).first).to_be_visible()  # another shop's line does not exist


def line_addresses(story, who: str, page, status: str = "PAID") -> list[str]:
    story.go(who, f"/seller/orders/?status={status}")
    links = page.locator("a[href*='/seller/orders/']").all()
    found = {link.get_attribute("href") for link in links}
    return sorted(story.house.url + href for href in found if href and re.fullmatch(r"/seller/orders/\d+/", href))


def test_the_parcel_arrives_and_the_buyer_sees_it_on_its_way(story):
    one = story.go("one", f"/orders/{story.order}/")
    until(lambda: one.reload() and one.get_by_role("link", name="후기 쓰기").count() == 2, 60)
    story.keep(one, "delivered")


def test_the_buyer_writes_a_review_with_a_photo_and_confirms(story, pictures):
    one = story.go("one", f"/orders/{story.order}/")
    card = one.locator("section.card", has_text="녹두").filter(has=one.locator(".order-line"))
    card.get_by_role("link", name="후기 쓰기").click()
    one.locator("label:has(input[name=rating][value='5'])").click()
    one.locator("textarea[name=text]").fill("시장에서 먹던 맛 그대로예요. 또 살게요!")
    one.locator("input[type=file]").set_input_files(pictures[0])
    press(one, "올리기")
    story.go("one", f"/orders/{story.order}/")
    card = one.locator("section.card", has_text="녹두").filter(has=one.locator(".order-line"))
    one.once("dialog", lambda dialog: dialog.accept())
    card.get_by_role("button", name="구매 확정").click()
    one.locator("dialog[open] button.button--primary").click() if one.locator("dialog[open]").count() else None
    until(lambda: one.reload() and one.get_by_text("구매 확정").count() >= 1, 20)
    story.keep(one, "confirmed")


# 8. A return


def test_one_line_comes_back_and_is_refunded_in_part(story):
    one, other = story.go("one", f"/orders/{story.order}/"), story.person("other-owner")
    card = one.locator("section.card", has_text="감귤").filter(has=one.locator(".order-line"))
    card.get_by_role("link", name="반품·교환 신청").first.click()
    one.locator("input[name=kind][value=RETURN]").check(force=True)
    one.get_by_label("이유").select_option("BROKEN")
    story.keep(one, "return")
    press(one, re.compile("신청"))
    story.go("other-owner", "/seller/claims/")
    other.locator("a[href*='/seller/claims/']").filter(has_text="감귤").first.click()
    other.get_by_label("택배사").first.select_option("CJ")
    other.get_by_label("운송장 번호").first.fill(f"{710000000000 + next(WAYBILLS)}")
    press(other, "수거 시작")
    if other.get_by_role("button", name="상품을 받았어요").count():
        press(other, "상품을 받았어요")
    press(other, re.compile("환불"))
    story.keep(other, "return-done")
    until(
        lambda: "PARTIAL_CANCELED" in story.house.run("psql", "-tc", "SELECT status FROM payments_payment").stdout, 30
    )
    story.verify()


# 9. Money


def test_the_statement_adds_up_and_is_paid_out(story):
    operator = story.person("operator")
    until(lambda: "SALE" in story.house.run("psql", "-tc", "SELECT kind FROM settlement_settlementline").stdout, 30)
    due = re.search(
        r"\d{4}-\d\d-\d\d", story.house.run("psql", "-tc", "SELECT max(due_date) FROM settlement_settlementline").stdout
    )
    story.go("operator", "/office/statements/")
    operator.get_by_label("정산 예정일").first.fill(due.group())
    press(operator, "정산 실행")
    expect(operator.get_by_text(re.compile("만들었어요"))).to_be_visible()
    story.keep(operator, "statements")
    story.go("operator", "/office/payouts/")
    until(lambda: press(operator, "지금 확인하기") or operator.get_by_text("지급 완료").count() > 1, 60)
    story.keep(operator, "paid-out")
    owner = story.go("owner", "/seller/settlements/")
    until(lambda: owner.reload() and owner.get_by_text("지급 완료").count() > 1, 30)
    owner.locator("a[href*='/seller/settlements/']").filter(has_text=re.compile("^S")).first.click()
    # 9,900 of goods at 5% and VAT: 495 + 49; a shipping fee of 3,000: 12,356 in the bank.
    expect(owner.get_by_text("12,356원").first).to_be_visible()
    story.keep(owner, "statement")


def test_the_money_that_is_owed_is_there_at_every_moment(story):
    story.go("operator", "/office/ledger/")
    story.keep(story.person("operator"), "ledger")
    story.verify()
    assert story.troubles == []


WAYBILLS = itertools.count(1)


def press_here(page, button: str) -> None:
    """Press a button that acts on this page."""
    page.get_by_role("button", name=button).first.click()


def it_moves(page) -> None:
    """The picture: its time advances."""
    page.wait_for_selector("video[data-playing]", timeout=60_000)
    before = page.evaluate("document.querySelector('video').currentTime")
    until(lambda: page.evaluate("document.querySelector('video').currentTime") > before + 0.8, 30)
