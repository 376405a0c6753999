"""From a market stall to money in the bank: one merchant's way through the whole house, as people walk it.

Real processes, a real database, a real browser for every person, real video, the outside world over its own protocols.
The steps build on one another, in this order. Screenshots and a clip of the show stay in `.dure/artifacts`.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

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
    field.get_by_label("점포 이름").fill("순이네 빈대떡")
    field.get_by_label("휴대전화").fill("010-2345-6789")
    field.get_by_label("연락에 동의하셨어요").check()
    field.locator("input[type=file]").set_input_files(pictures[0])
    field.get_by_label("온라인 입점에 관심 있다고 하셨어요").check()
    story.keep(field, "capture")
    field.get_by_role("button", name="담기").click()
    expect(field.get_by_role("heading", level=1)).to_contain_text("순이네 빈대떡")
    story.keep(field, "captured")
    story.lead_url = field.url


def test_the_same_shop_captured_twice_is_recognised(story):
    field = story.person("field")
    story.go("field", "/desk/markets/?q=광장시장")
    field.get_by_role("link", name=re.compile("광장시장")).first.click()
    field.get_by_role("link", name="여기서 업체 발굴").click()
    field.get_by_label("점포 이름").fill("빈대떡 순이네")
    field.get_by_label("휴대전화").fill("01023456789")
    expect(field.locator("#recognised")).to_contain_text("순이네 빈대떡")
    story.keep(field, "recognised")


# 2. Screening and selection


def test_a_reviewer_scores_product_and_will_and_selects_it(story):
    reviewer = story.sign_in("reviewer", "reviewer@dure.test")
    reviewer.goto(story.lead_url)
    reviewer.get_by_role("button", name="심사에 올리기").click()
    reviewer.goto(story.lead_url.split("?")[0].rstrip("/") + "/screen/")
    for scale in reviewer.locator("fieldset.scale").all():
        scale.locator("label").filter(has_text="4").first.click()
    reviewer.get_by_role("button", name="점수 저장").click()
    story.keep(reviewer, "screened")
    decide = reviewer.locator("#decide")
    decide.get_by_label("입점").check()
    decide.get_by_label(re.compile("이유")).fill("빈대떡 반죽을 얼려 보낼 수 있고, 사장님이 먼저 물어보셨어요.")
    decide.get_by_role("button", name="선정하기").click()
    story.keep(reviewer, "selected")
