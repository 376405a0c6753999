from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dure.partnership import rules
from dure.partnership.rules import Opening


@pytest.mark.parametrize(
    ("cycle", "digits"),
    [("매일", []), ("2일+7일", [2, 7]), ("5일+10일", [0, 5]), ("2일+4일+7일+9일", [2, 4, 7, 9]), ("1일 + 6일", [1, 6])],
)
def test_the_cycle_of_a_market_is_read_as_last_digits(cycle, digits):
    assert rules.fair_digits(cycle) == digits


@pytest.mark.parametrize("cycle", ["가끔", "99일", "2일+", "월요일"])
def test_a_cycle_that_is_none_is_refused(cycle):
    with pytest.raises(ValueError):
        rules.fair_digits(cycle)


def test_a_five_day_market_opens_on_its_days_only():
    opens = [d for d in range(1, 31) if rules.opening(False, [2, 7], date(2026, 11, d)) == Opening.FAIR_DAY]
    assert opens == [2, 7, 12, 17, 22, 27]
    assert rules.opening(False, [2, 7], date(2026, 11, 24)) == Opening.CLOSED


def test_the_tenth_the_twentieth_and_the_thirtieth_are_days_of_a_five_ten_market():
    assert [d for d in (5, 10, 15, 20, 25, 30) if rules.opening(False, [0, 5], date(2026, 11, d)) == "FAIR_DAY"]


def test_a_permanent_market_with_a_fair_is_open_daily_and_has_fair_days():
    assert rules.opening(True, [3, 8], date(2026, 11, 24)) == Opening.DAILY
    assert rules.opening(True, [3, 8], date(2026, 11, 28)) == Opening.FAIR_DAY


def test_the_thirty_first_is_not_in_the_data():
    assert rules.opening(False, [1, 6], date(2026, 12, 31)) == Opening.UNSURE
    assert rules.opening(False, [2, 7], date(2026, 12, 31)) == Opening.CLOSED
    assert rules.opening(True, [1, 6], date(2026, 12, 31)) == Opening.DAILY


def test_the_next_fair_day():
    assert rules.next_fair_day([2, 7], date(2026, 11, 24)) == date(2026, 11, 27)
    assert rules.next_fair_day([2, 7], date(2026, 11, 28)) == date(2026, 12, 2)
    assert rules.next_fair_day([], date(2026, 11, 28)) is None


def test_an_address_gets_its_province_of_today():
    assert rules.clean_address(" 전북특별차치도  전주시 완산구 ") == "전북특별자치도 전주시 완산구"
    assert rules.place_key("남부 시장", "전라북도 전주시 1") == rules.place_key("남부시장", "전북특별자치도 전주시 1")


@pytest.mark.parametrize(
    ("address", "region", "district"),
    [
        ("경상북도 포항시 남구 중앙로146번길 30", "경상북도", "포항시 남구"),
        ("서울특별시 종로구 창경궁로 88", "서울특별시", "종로구"),
        ("세종특별자치시 조치원읍 조치원8길 42", "세종특별자치시", ""),
        ("", "", ""),
    ],
)
def test_region_and_district(address, region, district):
    assert rules.region_and_district(address) == (region, district)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("할머니 한과", "할머니한과", True),
        ("㈜할머니한과", "할머니 한과", True),
        ("할머니한과", "할머니항과", True),  # one letter misheard
        ("순이네 반찬", "순희네 반찬", True),
        ("할머니한과", "할아버지떡집", False),
        ("형제상회", "자매상회", False),
    ],
)
def test_names_that_sound_alike(one, other, alike):
    assert (rules.likeness(rules.name_key(one), rules.name_key(other)) >= rules.ALIKE) is alike


@given(st.text("가나다라마한과집 ", min_size=1, max_size=8), st.text("가나다라마한과집 ", min_size=1, max_size=8))
def test_likeness_is_symmetric_and_full_only_for_the_same(a, b):
    a, b = rules.name_key(a), rules.name_key(b)
    assert rules.likeness(a, b) == rules.likeness(b, a)
    if a and b:
        assert (rules.likeness(a, b) == 100) is (a == b)


def test_stall_numbers_are_compared_without_their_counters():
    assert rules.stall_key("가동 12호") == rules.stall_key("가-12")


def test_an_axis_is_the_weighted_mean_of_its_criteria_only():
    criteria = rules.DEFAULT_CRITERIA
    five = {c["code"]: 5 for c in criteria}
    assert rules.axis_score(criteria, five, rules.PRODUCT) == 100
    assert rules.axis_score(criteria, {**five, "answers": 0, "delivers": 0, "time": 0}, rules.WILL) == 0
    assert rules.axis_score(criteria, {**five, "appeal": 0}, rules.PRODUCT) == 65
    assert sum(c["weight"] for c in criteria if c["axis"] == "PRODUCT") == 100
    assert sum(c["weight"] for c in criteria if c["axis"] == "WILL") == 100


@pytest.mark.parametrize(
    ("product", "will", "route"),
    [
        (80, 80, "LIST"),
        (80, 20, "DONE_FOR_YOU"),
        (20, 80, "LEARN"),
        (20, 20, "LEARN"),
        (60, 60, "LIST"),
        (59, 60, "LEARN"),
    ],
)
def test_every_merchant_gets_a_home(product, will, route):
    assert rules.suggest_route(product, will, 60, 60).route == route


def test_distance_is_the_great_circle():
    assert 320 < rules.distance_km(37.5665, 126.9780, 35.1796, 129.0756) < 330  # Seoul, Busan
