from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dure.live import rules

NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize("benefit", ["PAID", "COMMISSION", "GOODS", "DISCOUNT", "OWN"])
def test_the_houses_own_wording_discloses(benefit: str) -> None:
    assert rules.wording_fault(benefit, rules.wording_for(benefit, "광장시장 은성순대")) is None


@pytest.mark.parametrize(
    ("benefit", "wording", "fault"),
    [
        ("PAID", "은성순대와 함께하는 컬래버레이션", "VAGUE"),
        ("PAID", "은성순대 파트너십 방송입니다", "VAGUE"),
        ("GOODS", "은성순대 체험단으로 참여했어요", "VAGUE"),
        ("PAID", "이 방송은 AD 입니다", "VAGUE"),
        ("COMMISSION", "판매 수수료를 지급받을 수 있음", "CONDITIONAL"),
        ("GOODS", "협찬을 받았을 수도 있습니다", "CONDITIONAL"),
        ("PAID", "Paid promotion by Eunsung", "FOREIGN"),
        ("PAID", "은성순대 방송입니다", "UNNAMED"),
        ("GOODS", "은성순대에서 순대를 협찬받았습니다", None),
        ("PAID", "은성순대에서 출연료를 받았습니다", None),
        ("NONE", "", None),
    ],
)
def test_a_wording_must_name_the_benefit_plainly(benefit: str, wording: str, fault: str | None) -> None:
    assert rules.wording_fault(benefit, wording) == fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("이거 진짜 맛있어요!", None),
        ("   ", "EMPTY"),
        ("가" * 201, "LONG"),
        ("시 발 뭐야", "RUDE"),
        ("ㅅ.ㅂ", "RUDE"),
        ("010-1234-5678로 연락 주세요", "CONTACT"),
        ("https://example.kr 여기가 더 싸요", "CONTACT"),
    ],
)
def test_chat_is_refused_for_rudeness_and_for_contacts(text: str, fault: str | None) -> None:
    assert rules.chat_fault(text) == fault


def test_the_hosts_side_may_give_a_link() -> None:
    assert rules.chat_fault("https://dure.kr 에서 확인하세요", staff=True) is None


def test_slow_mode_counts_whole_seconds_up() -> None:
    assert rules.wait_left(None, NOON, 5) == 0
    assert rules.wait_left(NOON, NOON + timedelta(seconds=1.5), 5) == 4
    assert rules.wait_left(NOON, NOON + timedelta(seconds=5), 5) == 0
    assert rules.wait_left(NOON, NOON, 0) == 0


def test_looking_once_a_minute_keeps_exposures_within_five_minutes() -> None:
    shown, gaps = NOON, []
    for minute in range(1, 120):
        look = NOON + timedelta(minutes=minute, seconds=minute % 7)
        if rules.must_repeat(shown, look):
            gaps.append(look - shown)
            shown = look
    assert gaps
    assert max(gaps) <= rules.REPEAT_EVERY


def test_a_buyers_name_is_masked() -> None:
    assert rules.masked("김하늘") == "김**"
    assert rules.masked("") == "고**"


def test_a_moment_is_found_in_a_recording_with_a_gap() -> None:
    pieces = [(NOON, 2.0), (NOON + timedelta(seconds=2), 2.0), (NOON + timedelta(seconds=30), 2.0)]
    assert rules.position_of(NOON + timedelta(seconds=3), pieces) == 3000
    assert rules.position_of(NOON - timedelta(seconds=9), pieces) == 0
    assert rules.position_of(NOON + timedelta(seconds=10), pieces) == 4000  # in the gap: where the later piece begins
    assert rules.position_of(NOON + timedelta(seconds=31), pieces) == 5000
    assert rules.position_of(NOON + timedelta(seconds=40), pieces) is None


def test_a_sale_belongs_to_the_cue_that_was_running() -> None:
    starts = [(7, NOON), (8, NOON + timedelta(minutes=10))]
    sales = [
        (NOON + timedelta(minutes=1), 5000),
        (NOON + timedelta(minutes=11), 3000),
        (NOON + timedelta(minutes=12), 2000),
    ]
    assert rules.shared_by_segment(starts, sales) == {7: (1, 5000), 8: (2, 5000)}


def test_risky_claims_are_named() -> None:
    assert rules.risky_claims("당뇨에 특효! 전국 최저가") == ["최저가", "특효", "당뇨"]
