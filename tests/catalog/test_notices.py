"""The product-information notice: the forms are the law's, item by item, and each can be filled in."""

from __future__ import annotations

import csv
import re
from difflib import SequenceMatcher
from pathlib import Path

import pytest

from dure.commerce.catalog import categories, notices
from dure.sites.seller.forms import NoticeForm

FACTS = Path(__file__).parents[2] / "../shared/data/notice/notice_items.csv"
NAMES = {
    "의류": "WEAR", "구두": "SHOES", "가방": "BAG", "패션잡화": "FASHION_ITEMS", "침구류": "SLEEPING_GEAR",
    "가구": "FURNITURE", "영상가전": "IMAGE_APPLIANCES", "가정용전기": "HOME_APPLIANCES",
    "계절가전": "SEASON_APPLIANCES", "사무용기기": "OFFICE_APPLIANCES", "광학기기": "OPTICS_APPLIANCES",
    "소형전자": "MICROELECTRONICS", "휴대폰": "CELLPHONE", "네비게이션": "NAVIGATION", "자동차용품": "CAR_ARTICLES",
    "의료기기": "MEDICAL_APPLIANCES", "주방용품": "KITCHEN_UTENSILS", "화장품": "COSMETIC", "귀금속": "JEWELLERY",
    "식품": "FOOD", "가공식품": "GENERAL_FOOD", "건강기능식품": "DIET_FOOD", "영유아용품": "KIDS",
    "악기": "MUSICAL_INSTRUMENT", "스포츠용품": "SPORTS_EQUIPMENT", "서적": "BOOKS", "호텔": "LODGMENT_RESERVATION",
    "여행상품": "TRAVEL_PACKAGE", "항공권": "AIRLINE_TICKET", "자동차대여": "RENT_CAR",
    "물품대여/서적": "RENTAL_ETC", "디지털콘텐츠": "DIGITAL_CONTENTS", "상품권": "GIFT_CARD",
    "모바일쿠폰": "MOBILE_COUPON", "영화": "MOVIE_SHOW", "생활화학제품": "BIOCHEMISTRY", "살생물제품": "BIOCIDAL",
    "기타용역": "ETC_SERVICE", "기타재화": "ETC",
}  # fmt: skip
SINCE_2023 = {"유통기한": "소비기한"}  # food's date is called otherwise since January 2023


def plain(text: str) -> str:
    for old, new in SINCE_2023.items():
        text = text.replace(old, new)
    return re.sub(r"[^가-힣A-Za-z]", "", text)


@pytest.fixture(scope="module")
def law() -> dict[str, list[str]]:
    if not FACTS.exists():
        pytest.skip(f"skipped: data not present ({FACTS})")
    found: dict[str, list[str]] = {}
    with FACTS.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["category"], []).append(row["item"])
    return found


@pytest.mark.parametrize("category", sorted(NAMES))
def test_a_form_asks_what_the_notice_asks_in_its_order(law, category):
    asked = [item for item in notices.form_of(NAMES[category]).items if item.legal]
    assert len(asked) == len(law[category])
    for item, wording in zip(asked, law[category], strict=True):
        assert SequenceMatcher(None, plain(str(item.label)), plain(wording)).ratio() > 0.55, (item.label, wording)


def test_the_law_names_no_category_without_a_form(law):
    assert set(law) == set(NAMES)


def test_the_forty_codes_are_navers_and_shelves_use_no_other():
    assert len(notices.FORMS) == 40 and set(NAMES.values()) | {"RENTAL_HA"} == set(notices.FORMS)
    assert {shelf.notice_type for shelf in categories.shelves()} <= set(notices.FORMS)


def test_shelves_are_three_deep_at_most_and_their_codes_differ():
    shelves = list(categories.shelves())
    assert max(shelf.depth for shelf in shelves) == 2
    assert len({shelf.code for shelf in shelves}) == len(shelves)
    parents = {shelf.parent for shelf in shelves}
    assert len([s for s in shelves if s.code not in parents]) >= 150


def test_what_the_detail_page_may_say_is_told_apart_from_what_it_may_not():
    cautions = notices.cautions("WEAR", {"size": "상세설명 참조", "maker": "상세설명참조", "color": "쪽빛"})
    assert [(item.code, allowed) for item, allowed in cautions] == [("size", True), ("maker", False)]


def test_another_products_notice_is_carried_over_where_it_fits():
    theirs = {"name": "냄비", "material": "스테인리스", "contact": "02-123-4567", "imported": "국내 생산"}
    mine = notices.carried_over("BAG", "KITCHEN_UTENSILS", theirs)
    assert mine == {"material": "스테인리스", "contact": "02-123-4567"}


def test_a_ticked_box_is_an_answer():
    form = NoticeForm("MEDICAL_APPLIANCES", {"permit-na": "1", "usage-elsewhere": "1", "power": "220V"})
    assert form.is_valid()
    assert form.cleaned_data["permit"] == "해당 없음" and form.cleaned_data["usage"] == "상세설명 참조"


def test_a_box_ticked_beside_a_text_is_asked_about_and_the_text_stays():
    form = NoticeForm("MEDICAL_APPLIANCES", {"permit-na": "1", "permit": "제허 26-1호"})
    assert not form.is_valid() and list(form.errors) == ["permit"]
    assert "제허 26-1호" in str(form["permit"]) and "both" not in str(form["permit"])


def test_a_day_is_a_day():
    assert "published_on" in notices.wrong("BOOKS", {"published_on": "2026-02-30"})
    assert notices.wrong("BOOKS", {"published_on": "2026-02-28"}) == {}
