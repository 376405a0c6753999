"""The check before the review: what is missing, what contradicts, what may not be said, and where to mend it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dure.commerce.catalog import lint, notices
from dure.commerce.catalog.lint import ERROR, WARN, Choice, Facts

NOW = datetime(2026, 11, 24, tzinfo=UTC)
STORY = "청송 해발 사백 미터에서 삼십 년째 기른 사과예요. 따는 날 바로 보내 드려요."


def a_notice(form: str) -> dict[str, str]:
    kinds = {"month": "2026-10", "day": "2026-10-09", "phone": "02-123-4567", "detail": "해당 없음"}
    return {i.code: i.choices[0][0] if i.choices else kinds.get(i.kind, "국내산") for i in notices.form_of(form).items}


def told(form: str = "ETC", **fields: Any) -> Facts:
    """Facts of a product that nothing is wrong with."""
    fine: dict[str, Any] = {
        "name": "옻칠 젓가락",
        "at": NOW,
        "story": STORY,
        "notice_type": form,
        "notice": a_notice(form),
        "options": [Choice("기본", 12_000, left=10)],
        "photos": [(1280, 960, f"젓가락 {n}") for n in range(3)],
        "tax_class": "EXEMPT" if form == "FOOD" else "TAXABLE",
    }
    return Facts(**{**fine, **fields})


def codes(facts: Facts, severity: str = "") -> list[str]:
    return [f.code for f in lint.check(facts) if not severity or f.severity == severity]


@pytest.mark.parametrize("form", sorted(notices.FORMS))
def test_a_product_with_everything_has_no_finding(form):
    assert codes(told(form)) == []


@pytest.mark.parametrize(
    ("facts", "code", "severity", "anchor"),
    [
        (told(name=""), "name", ERROR, "words_name"),
        (told(story="짧아요"), "story", ERROR, "words_story"),
        (told(name="사과 사과 사과 선물"), "name_repeats", WARN, "words_name"),
        (told(name="★특가★ 사과"), "name_symbols", WARN, "words_name"),
        (told(options=[]), "options", ERROR, "options"),
        (told(options=[Choice("기본", 1_000, on=False)]), "options", ERROR, "options"),
        (told(options=[Choice("기본", 10)]), "price_low", WARN, "options"),
        (told(options=[Choice("작은 것", 1_000), Choice("큰 것", 90_000)]), "spread", WARN, "options"),
        (told(options=[Choice("기본", 1_000, left=0)]), "stock", WARN, "options"),
        (
            told(options=[Choice("가", 1_000, left=1), Choice("나", 1_000, on=False, left=3)]),
            "stock_off",
            WARN,
            "options",
        ),
        (told(photos=[]), "photos", ERROR, "photos"),
        (told(photos=[(1280, 960, "젓가락")]), "photos_few", WARN, "photos"),
        (told(photos=[(300, 300, f"{n}") for n in range(3)]), "photos_small", WARN, "photos"),
        (told(photos=[(900, 900, "") for n in range(3)]), "alt", WARN, "photos"),
        (told(sale_until=NOW - timedelta(days=1)), "sale_until", ERROR, "terms_sale_until"),
        (told(sale_from=NOW + timedelta(days=120)), "sale_from", WARN, "terms_sale_from"),
        (told(shelf_for_adults=True), "adults", ERROR, "terms_adults_only"),
        (told(needs_origin=True), "origin", ERROR, "terms_origin"),
        (told(needs_kc=True), "kc", ERROR, "terms_kc_numbers"),
        (told("FOOD", tax_class="TAXABLE"), "tax_fresh", WARN, "terms_tax_class"),
        (told(lead_days=45), "lead_days", WARN, "terms_lead_days"),
        (told(shelf_is_a_leaf=False), "category", WARN, "words_category"),
    ],
)
def test_what_is_wrong_is_named_with_its_field_and_how_to_mend_it(facts, code, severity, anchor):
    [finding] = [f for f in lint.check(facts) if f.code == code]
    assert (finding.severity, finding.anchor) == (severity, anchor)
    assert str(finding.label) and str(finding.message)


def test_food_without_its_date_or_origin_cannot_be_submitted():
    notice = {k: v for k, v in a_notice("FOOD").items() if k not in {"dates", "origin"}}
    assert codes(told("FOOD", notice=notice), ERROR) == ["notice.origin", "notice.dates"]


def test_a_kc_number_or_saying_that_none_is_needed_lets_it_pass():
    assert codes(told("KIDS", needs_kc=True, kc_numbers=["CB061R1234-2001"])) == []
    assert codes(told("KIDS", needs_kc=True), ERROR) == []  # the notice says 해당 없음: look again
    assert codes(told("KIDS", needs_kc=True)) == ["kc"]


def test_what_may_not_be_put_off_to_the_detail_page_stops_and_what_may_only_warns():
    notice = {**a_notice("WEAR"), "maker": "상세설명 참조", "size": "상세 설명 참조"}
    assert codes(told("WEAR", notice=notice), ERROR) == ["elsewhere.maker"]
    assert codes(told("WEAR", notice=notice), WARN) == ["elsewhere.size"]


FORBIDDEN = [
    ("GENERAL_FOOD", "당뇨에 좋은 돼지감자차"),
    ("GENERAL_FOOD", "혈압을 낮춰 주는 양파즙"),
    ("GENERAL_FOOD", "암 예방에 효과"),
    ("FOOD", "다이어트 효과 만점 고구마"),
    ("GENERAL_FOOD", "한의사가 추천하는 대추고"),
    ("GENERAL_FOOD", "먹는 보약"),
    ("COSMETIC", "아토피 완화 크림"),
    ("COSMETIC", "피부 재생 앰플"),
    ("ETC", "허리 통증 완화 방석"),
    ("ETC", "샤넬 스타일 목걸이"),
    ("ETC", "교환 환불 불가"),
    ("ETC", "카톡으로 주문하시면 할인"),
]
TO_PROVE = [
    ("ETC", "국내 최고의 솜씨"),
    ("ETC", "판매 1위"),
    ("ETC", "100% 만족 보장"),
    ("GENERAL_FOOD", "무첨가 된장"),
    ("FOOD", "유기농 상추"),
    ("COSMETIC", "주름 개선 크림"),
    ("GENERAL_FOOD", "마약 김밥"),
]
FINE = [
    ("GENERAL_FOOD", "이 식품은 질병의 예방이나 치료를 위한 약이 아닙니다"),
    ("GENERAL_FOOD", "암팡진 맛의 총각김치"),
    ("GENERAL_FOOD", "대마도 앞바다 멸치"),
    ("FOOD", "간이 잘 밴 생선"),
    ("FOOD", "살이 꽉 찬 꽃게"),
    ("COSMETIC", "촉촉하게 스며드는 수분 크림"),
    ("ETC", "최고운 선생의 글씨"[1:]),
    ("MEDICAL_APPLIANCES", "허리 통증 완화"),
]


@pytest.mark.parametrize(("form", "text"), FORBIDDEN)
def test_what_the_law_forbids_stops_with_its_law(form, text):
    found = [f for f in lint.check(told(form, story=f"{STORY} {text}")) if f.code.startswith("claim.")]
    assert found and found[0].severity == ERROR and found[0].law and found[0].anchor == "words_story"


@pytest.mark.parametrize(("form", "text"), TO_PROVE)
def test_what_has_to_be_proven_warns(form, text):
    found = [f for f in lint.check(told(form, tagline=text)) if f.code.startswith("claim.")]
    assert found and {f.severity for f in found} == {WARN} and found[0].anchor == "words_tagline"


@pytest.mark.parametrize(("form", "text"), FINE)
def test_plain_words_are_left_alone(form, text):
    assert codes(told(form, tagline=text), ERROR) == []


def test_claims_in_blocks_options_and_the_notice_are_found_where_they_stand():
    blocks = [{"type": "heading", "text": "우리 밭"}, {"type": "table", "rows": [["당뇨에 좋아요"]]}]
    [finding] = [f for f in lint.check(told("FOOD", blocks=blocks)) if f.code.startswith("claim.")]
    assert (finding.part, finding.anchor) == ("story", "block-1")
    [finding] = [f for f in lint.check(told("FOOD", options=[Choice("보약 세트", 9_000, left=1)])) if f.stops]
    assert finding.anchor == "options"


def test_every_line_of_the_list_is_a_rule_with_a_law_and_a_reason():
    assert len(lint.claims()) >= 25
    for claim in lint.claims():
        assert claim.scope in {"any", "food", "cosmetic", "goods"} and claim.severity in {ERROR, WARN}
        assert claim.law and claim.why.endswith(".") and claim.why_en.endswith(".")
        assert not claim.pattern.search("")
