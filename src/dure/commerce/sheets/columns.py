"""Which column of anybody's sheet is what: the fields a product sheet can hold and the names merchants give them. Pure.

The names are those of our own template, of Naver's bulk sheet (일괄등록) and product list, of Coupang WING's, and what
people write. A heading is compared without spaces, brackets, stars and case. `(필수)판매가 *` is 판매가.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """One thing a column may hold. `about`: product, option, or whole (a Naver row that holds all options at once).

    `header` is the heading of our own files. `kind`: text, code, whole, won, day, flag, choice.
    """

    code: str
    header: str
    about: str
    kind: str = "text"
    names: tuple[str, ...] = ()
    width: int = 16


FIELDS: dict[str, Field] = {
    field.code: field
    for field in (
        Field("product_id", "상품번호", "product", "code", ("두레 상품번호", "상품ID", "상품번호(스마트스토어)"), 10),
        Field(
            "code",
            "판매자 상품코드",
            "product",
            "code",
            (
                "상품코드",
                "자체 상품코드",
                "자체상품코드",
                "업체상품코드",
                "판매자상품코드",
                "품번",
                "SKU",
                "관리코드",
                "상품관리코드",
            ),
        ),
        Field(
            "name",
            "상품명",
            "product",
            names=(
                "등록상품명",
                "노출상품명",
                "제품명",
                "품명",
                "상품이름",
                "상품 이름",
                "이름",
                "품목명",
                "product name",
                "title",
            ),
            width=32,
        ),
        Field(
            "category",
            "분류",
            "product",
            names=("카테고리", "카테고리ID", "카테고리코드", "카테고리명", "상품분류", "분류코드", "category"),
        ),
        Field(
            "tagline",
            "한 줄 소개",
            "product",
            names=("한줄소개", "홍보문구", "요약설명", "간단설명", "상품요약정보"),
            width=28,
        ),
        Field(
            "story",
            "상품 이야기",
            "product",
            names=("상세설명", "상품상세", "상세정보", "상품설명", "상품 상세정보", "설명", "내용", "description"),
            width=40,
        ),
        Field("keywords", "검색어", "product", names=("검색키워드", "키워드", "태그", "검색태그", "tags"), width=24),
        Field("option_id", "옵션번호", "option", "code", ("옵션ID", "옵션 ID", "vendorItemId"), 10),
        Field(
            "option_code",
            "옵션코드",
            "option",
            "code",
            (
                "옵션 관리코드",
                "옵션관리코드",
                "판매자 옵션코드",
                "판매자 상품코드(옵션)",
                "바코드",
                "단품코드",
                "SKU코드",
            ),
        ),
        Field("axis1", "옵션명1", "option", names=("옵션유형1", "구매옵션유형1", "옵션명 1", "옵션 1 이름")),
        Field("value1", "옵션값1", "option", names=("옵션값 1", "구매옵션값1", "옵션1", "옵션항목1")),
        Field("axis2", "옵션명2", "option", names=("옵션유형2", "구매옵션유형2", "옵션명 2")),
        Field("value2", "옵션값2", "option", names=("옵션값 2", "구매옵션값2", "옵션2", "옵션항목2")),
        Field("axis3", "옵션명3", "option", names=("옵션유형3", "구매옵션유형3", "옵션명 3")),
        Field("value3", "옵션값3", "option", names=("옵션값 3", "구매옵션값3", "옵션3", "옵션항목3")),
        Field(
            "option_name", "옵션", "option", names=("옵션정보", "단품명", "규격", "등록옵션명", "옵션이름"), width=24
        ),
        Field(
            "price",
            "판매가",
            "option",
            "won",
            ("판매가격", "가격", "판매 단가", "단가", "소비자가", "금액", "판매가(원)", "price", "할인가"),
            12,
        ),
        Field(
            "stock",
            "재고",
            "option",
            "whole",
            ("재고수량", "수량", "재고 수량", "현재고", "판매가능수량", "가용재고", "stock", "qty", "quantity"),
            10,
        ),
        Field("addon", "추가구성", "option", "flag", ("추가상품 여부", "추가구성 여부"), 10),
        Field("whole_form", "옵션형태", "whole"),
        Field("whole_axes", "옵션명", "whole", names=("필수 옵션명",)),
        Field("whole_values", "옵션값", "whole", names=("필수 옵션값",)),
        Field("whole_extras", "옵션가", "whole", names=("필수 옵션가", "옵션가격", "옵션추가금")),
        Field("whole_stocks", "옵션 재고수량", "whole", names=("옵션재고",)),
        Field("min_per_order", "최소 구매 수량", "product", "whole", ("최소구매수량", "최소주문수량"), 10),
        Field(
            "max_per_order", "1회 최대 구매 수량", "product", "whole", ("1회 구매시 최대 수량", "1회최대구매수량"), 10
        ),
        Field(
            "max_per_buyer",
            "1인 최대 구매 수량",
            "product",
            "whole",
            ("인당최대구매수량", "1인 최대 구매수량", "1인구매시 최대 수량", "한 사람이 살 수 있는 수량"),
            10,
        ),
        Field(
            "lead_days",
            "제작 기간(일)",
            "product",
            "whole",
            ("출고리드타임", "제작기간", "출고소요기간", "주문제작 기간"),
            10,
        ),
        Field("sale_from", "판매 시작", "product", "day", ("판매시작일", "판매 시작일", "판매시작일시"), 14),
        Field("sale_until", "판매 끝", "product", "day", ("판매종료일", "판매 종료일", "판매종료일시"), 14),
        Field(
            "tax_class",
            "과세 구분",
            "product",
            "choice",
            ("부가세", "과세여부", "과세구분", "과세유형", "세금유형"),
            10,
        ),
        Field("origin", "원산지", "product", names=("원산지 직접입력", "원산지명"), width=20),
        Field(
            "kc_numbers", "KC 인증번호", "product", names=("인증번호", "KC번호", "KC인증", "인증·신고번호"), width=20
        ),
        Field(
            "adults_only", "미성년자 구매 불가", "product", "flag", ("성인상품(19)", "성인상품", "19세", "성인용"), 10
        ),
        Field("minors_may", "미성년자 구매", "product", "flag", ("미성년자구매", "미성년자 구매 가능"), 10),
        Field("brand", "브랜드", "product", names=("브랜드명",)),
        Field("maker", "제조사", "product", names=("제조업체",)),
        Field("weight_g", "무게(g)", "product", "whole", ("무게", "중량(g)"), 10),
        Field(
            "notice_type",
            "고시 양식",
            "product",
            "choice",
            ("상품고시정보 카테고리", "상품정보제공고시 품명", "상품군"),
            14,
        ),
    )
}
NOTICE = "notice."  # a field "notice.<item>": one line of the product-information notice
NOTICE_HEADER = "고시: "
STATUS_HEADER = "상태"  # in what goes out; never read back
ERROR_MARK = "고칠 곳: "  # heads the columns that a returned file carries beside the wrong cells

EXACT = {  # headings that other sheets use for what is not ours: found by luck they would do harm
    "배송방법",
    "배송비",
    "정상가",
    "할인율기준가",
    "원가",
    "공급가",
}


def folded(heading: str) -> str:
    """A heading without what does not tell it from another."""
    words = unicodedata.normalize("NFKC", heading).casefold()
    words = re.sub(r"\((필수|선택|원|개|필수입력|필수항목)\)|\[(필수|선택)\]", "", words)
    return re.sub(r"[\s*·:_\-/]+", "", words)


_NAMES = {folded(name): field.code for field in FIELDS.values() for name in (field.header, *field.names)}
_STRANGE = {folded(name) for name in EXACT}
_AXIS = re.compile(r"(?:구매)?옵션(?:명|유형|이름)([123])")
_VALUE = re.compile(r"(?:구매)?옵션(?:값|항목)?([123])")


def field_of(heading: str, notices: Mapping[str, str] | None = None) -> str:
    """The field a heading means, or "". `notices`: {folded label of a notice item: its code}."""
    name = folded(heading)
    if not name or heading.startswith(ERROR_MARK) or name in _STRANGE:
        return ""
    if name in _NAMES:
        return _NAMES[name]
    if found := _AXIS.fullmatch(name):
        return f"axis{found[1]}"
    if found := _VALUE.fullmatch(name):
        return f"value{found[1]}"
    labels = notices or {}
    for prefix in ("고시", "상품정보제공고시", "상품고시정보"):
        if name.startswith(prefix) and (code := labels.get(name.removeprefix(prefix))):
            return NOTICE + code
    return ""


def guess(headings: Sequence[str], notices: Mapping[str, str] | None = None) -> dict[str, int]:
    """{field: column} for the headings of a sheet; of two columns that mean the same the first has it."""
    found: dict[str, int] = {}
    for column, heading in enumerate(headings):
        code = field_of(heading, notices)
        if code and code not in found:
            found[code] = column
    return found


HINTS = {"필수", "선택", "필수입력", "선택입력", "조건부필수", "조건부 필수", "입력", "텍스트", "숫자", "예시", "설명"}


def first_data_row(rows: Sequence[Sequence[str]], head: int, columns: Mapping[str, int]) -> int:
    """The row below the headings (`head`, from 1) where data begin: bulk sheets of other markets put hints between.

    A hint has words where a price or a number of pieces belongs, or says nothing but 필수 and 선택.
    """
    numbers = [columns[name] for name in ("price", "stock") if name in columns]
    for index in range(head, min(len(rows), head + 6)):
        row = rows[index]
        told = [row[c] for c in numbers if c < len(row) and row[c]]
        words = [cell for cell in row if cell]
        is_hint = any(len(cell) > 8 and not any(ch.isdigit() for ch in cell[:1]) for cell in told)
        if words and not is_hint and not all(cell in HINTS for cell in words):
            return index + 1
    return head + 1


def fingerprint(headings: Sequence[str]) -> str:
    """The same for every sheet with these headings, whatever columns of errors were put between them."""
    kept = [folded(h) for h in headings if h and not h.startswith(ERROR_MARK)]
    return hashlib.sha256("\x1f".join(kept).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Head:
    """Where the headings are: `row` from 1 is the last of them; data begin below it."""

    row: int
    headings: list[str]


LOOKED_AT = 15  # rows in which the headings are looked for


def find_head(
    rows: Sequence[Sequence[str]],
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]] = (),
    notices: Mapping[str, str] | None = None,
    known: Mapping[str, str] | None = None,
) -> Head:
    """The row whose cells mean most to us, among the first: above it may stand a title, a note, merged group names.

    A heading that is empty takes the words of the merged cell above it. `known` replaces the product fields' names
    ({folded heading: field}), for another kind of sheet.
    """
    best, most = 0, (0, 0)
    for index, row in enumerate(rows[:LOOKED_AT]):
        meant = sum(1 for cell in row if (known.get(folded(cell)) if known else field_of(cell, notices)))
        filled = len({cell for cell in row if cell})
        if (meant, filled if meant else 0) > most and (meant > most[0] or index == 0):
            best, most = index, (meant, filled)
    if not most[0]:  # nothing we know: the first row with two words or more
        best = next((i for i, row in enumerate(rows[:LOOKED_AT]) if sum(1 for c in row if c) > 1), 0)
    width = max((len(row) for row in rows[: best + 1]), default=0)
    headings = [rows[best][c].strip() if rows and c < len(rows[best]) else "" for c in range(width)]
    for (top, left), (bottom, right) in merged:
        if top <= best and bottom >= best - 1:
            words = rows[top][left].strip() if top < len(rows) and left < len(rows[top]) else ""
            for column in range(left, min(right + 1, width)):
                headings[column] = headings[column] or words
    return Head(best + 1, _apart(headings))


def _apart(headings: list[str]) -> list[str]:
    """Two columns of one name are told apart by a number, as a reader would."""
    seen: dict[str, int] = {}
    told = []
    for heading in headings:
        heading = re.sub(r"\s+", " ", heading)
        seen[heading] = seen.get(heading, 0) + 1
        told.append(f"{heading} ({seen[heading]})" if heading and seen[heading] > 1 else heading)
    return told
