"""Any sheet with any headings: what its columns are, which rows are one product, what would change."""

import pytest

from dure.commerce.sheets import columns, rules
from dure.commerce.sheets.rules import Known

KNOWN = Known(
    categories={
        columns.folded(n): code for n, code in [("과일", "fruit"), ("신선식품과일", "fruit"), ("fruit", "fruit")]
    },
    notice_of={"fruit": "AGRO"},
)
NAVER = ["판매자 상품코드", "카테고리코드", "상품명", "상품상태", "판매가", "부가세", "재고수량", "옵션형태", "옵션명", "옵션값",
         "옵션가", "옵션 재고수량", "대표이미지", "상세설명", "브랜드", "제조사", "원산지코드", "미성년자 구매"]  # fmt: skip
COUPANG = ["카테고리", "등록상품명", "판매시작일", "판매종료일", "브랜드", "제조사", "검색어", "옵션유형1", "옵션값1", "옵션유형2",
           "옵션값2", "판매가격", "할인율기준가", "재고수량", "출고리드타임", "인당최대구매수량", "성인상품(19)", "과세여부",
           "업체상품코드", "바코드"]  # fmt: skip


def read(headings, *rows, known=KNOWN):
    numbered = [(n, list(row)) for n, row in enumerate(rows, 2)]
    return list(rules.entries(numbered, columns.guess(headings), known))


def codes(entry):
    return [(w.row, w.field, w.code) for w in entry.wrong]


@pytest.mark.parametrize(
    ("heading", "field"),
    [("판매가", "price"), ("(필수) 판매가 *", "price"), ("판매가격(원)", "price"), ("상 품 명", "name"), ("재고 수량", "stock"),
     ("옵션값2", "value2"), ("구매옵션값1", "value1"), ("정상가", ""), ("배송방법", ""), ("고칠 곳: 판매가", ""), ("", ""),
     ("SKU", "code"), ("Price", "price")],
)  # fmt: skip
def test_a_heading_is_known_by_what_merchants_call_it(heading, field):
    assert columns.field_of(heading) == field


def test_the_sheets_of_naver_and_coupang_are_understood():
    naver = columns.guess(NAVER)
    assert {"code", "category", "name", "price", "stock", "whole_values", "whole_extras", "minors_may"} <= set(naver)
    coupang = columns.guess(COUPANG)
    assert coupang["name"] == 1 and coupang["price"] == 11 and coupang["code"] == 18 and coupang["value2"] == 10
    assert 12 not in coupang.values()  # the price before a discount is not the price


def test_the_headings_are_found_below_a_title_and_merged_group_names():
    rows = [
        ["우리 가게 상품 목록", "", "", ""],
        ["", "", "", ""],
        ["기본", "기본", "가격", ""],
        ["상품명", "코드", "", "재고"],
        ["사과", "A1", "1000", "5"],
    ]
    head = columns.find_head(rows, merged=[((2, 2), (3, 2))])
    assert head.row == 4 and head.headings == ["상품명", "코드", "가격", "재고"]


def test_hints_between_headings_and_data_are_skipped():
    rows = [["상품명", "판매가"], ["필수", "필수"], ["100자 이내로 적어요", "숫자만 입력해 주세요"], ["사과", "1000"]]
    assert columns.first_data_row(rows, 1, columns.guess(rows[0])) == 4


def test_a_sheet_is_recognised_again_with_columns_of_mistakes_in_it():
    assert columns.fingerprint(["상품명", "판매가"]) == columns.fingerprint(["상품명", "판매가", "고칠 곳: 판매가"])
    assert columns.fingerprint(["상품명"]) != columns.fingerprint(["판매가"])


def test_rows_of_one_product_are_one_entry_and_an_apostrophe_harms_nobody():
    head = ["상품코드", "상품명", "분류", "옵션명1", "옵션값1", "판매가", "재고"]
    first, second = read(
        head,
        ["A1", "엄마's 김치", "과일", "크기", "S", "1,000원", 1.0],
        ["A1", "", "", "크기", "L", 2000.0, "2개"],
        ["", "", "", "크기", "XL", "3000", ""],
        [],
        ["A2", "배", "신선식품 > 과일", "", "", 500, 9],
    )
    assert first.rows == [2, 3, 4] and first.product["name"] == "엄마's 김치" and first.product["axes"] == ["크기"]
    assert [(o["values"], o["price"], o.get("stock")) for o in first.options] == [
        (["S"], 1000, 1), (["L"], 2000, 2), (["XL"], 3000, None)
    ]  # fmt: skip
    assert not first.wrong and second.product["category"] == "fruit"


def test_mistakes_stand_with_their_row_and_column():
    entry, again = read(
        ["상품코드", "상품명", "분류", "판매가", "재고"],
        ["A1", "사과", "채소", "만원", "1.5"],
        ["B1", "배", "과일", 5, 1],
    )
    assert sorted(codes(entry)) == [
        (2, "category", "unknown_category"),
        (2, "price", "not_number"),
        (2, "stock", "not_whole"),
    ]
    assert codes(again) == [(3, "price", "out_of_range")]


def test_the_same_code_in_two_places_is_said_with_the_other_row():
    _first, _other, second = read(
        ["상품코드", "상품명", "판매가"], ["A", "사과", 100], ["B", "배", 100], ["A", "사과", 100]
    )
    assert codes(second) == [(4, "code", "twice")] and second.wrong[0].params == {"row": 2}


def test_naver_puts_all_options_in_one_row():
    row = ["N1", "과일", "티셔츠", "신상품", 10_000, "과세상품", "", "조합형", "색상\n크기", "빨강,파랑\nS,L", "0,500,0,500",
           "1,2,3,4", "", "", "", "", "", "Y"]  # fmt: skip
    (entry,) = read(NAVER, row)
    assert not entry.wrong and entry.product["axes"] == ["색상", "크기"] and entry.product["adults_only"] is False
    assert [(o["values"], o["price"], o["stock"]) for o in entry.options] == [
        (["빨강", "S"], 10_000, 1), (["빨강", "L"], 10_500, 2), (["파랑", "S"], 10_000, 3), (["파랑", "L"], 10_500, 4)
    ]  # fmt: skip
    row[10] = "0,500"
    (short,) = read(NAVER, row)
    assert codes(short) == [(2, "whole_extras", "not_as_many")]


def there(**more):
    option = {"id": 7, "name": "기본", "values": [], "price": 1000, "seller_code": "", "addon": False, "stock": 5}
    return {
        **{name: None for name in rules.COMPARED}, "name": "사과", "category": "fruit", "min_per_order": 1, "axes": [],
        "code": "A1", "notice": {}, "reviewed": [], "status": "ON_SALE", "options": [option], **more,
    }  # fmt: skip


def test_what_would_change_is_said_field_by_field_and_an_empty_cell_changes_nothing():
    (entry,) = read(["상품코드", "상품명", "판매가", "재고", "브랜드"], ["A1", "사과", 1200, 5, ""])
    changes = rules.compare(entry, there())
    assert [(c.field, c.before, c.after, c.option) for c in changes] == [("price", 1000, 1200, 7)] and not entry.wrong


def test_a_price_a_hundred_times_too_high_is_worth_a_second_look():
    (entry,) = read(["상품코드", "판매가"], ["A1", 100_000])
    assert rules.jumps(rules.compare(entry, there()))
    (entry,) = read(["상품코드", "판매가"], ["A1", 1500])
    assert not rules.jumps(rules.compare(entry, there()))


def test_a_row_must_say_which_of_several_options_it_means():
    options = [{**there()["options"][0], "id": n, "name": f"{n}호", "values": [f"{n}호"]} for n in (1, 2)]
    (entry,) = read(["상품코드", "판매가"], ["A1", 1500])
    rules.compare(entry, there(options=options, axes=["크기"]))
    assert codes(entry) == [(2, "value1", "which_option")]
    (entry,) = read(["상품코드", "옵션값1", "판매가"], ["A1", "2호", 1500])
    (change,) = rules.compare(entry, there(options=options, axes=["크기"]))
    assert change.option == 2
    (entry,) = read(["상품코드", "옵션명1", "옵션값1", "판매가"], ["A1", "크기", "3호", 1500])
    (change,) = rules.compare(entry, there(options=options, axes=["크기"]))
    assert change.field == "option" and change.after["price"] == 1500


def test_limits_must_agree_with_those_that_stay():
    (entry,) = read(["상품코드", "최소 구매 수량"], ["A1", 5])
    rules.compare(entry, there(max_per_order=3))
    assert codes(entry) == [(2, "min_per_order", "below_least")]


def test_what_a_new_product_needs_is_asked_beside_its_cells():
    (entry,) = read(["상품코드", "상품명", "재고"], ["A1", "사과", 3])
    rules.check_new(entry, KNOWN)
    assert codes(entry) == [(2, "category", "needed"), (2, "price", "needed")]


def test_a_sheet_without_names_changes_options_one_by_one():
    first, second = read(["옵션번호", "판매가", "재고"], [1, 100, 1], [2, 200, 2])
    assert (first.key, second.key) == ("option 1", "option 2")
