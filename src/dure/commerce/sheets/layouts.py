"""Order sheets in the columns sellers and their tools know: ours, Naver's 발주발송관리, Coupang WING's 배송 목록. Pure.

The headings are those of the files these centres give out, as published by sellers and tools around them; what a column
holds here is named by the key beside it (`order_sheets.cells`). "" is a column we have nothing for; it stays empty, so that
programs that count columns find theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dure.commerce.sheets.columns import folded


@dataclass(frozen=True)
class Layout:
    code: str
    sheet: str  # its name
    columns: tuple[tuple[str, str], ...]  # (heading, key)
    note: str = ""  # a line above the headings, as Naver's files have


OURS = Layout(
    "dure",
    "발주서",
    (
        ("상품주문번호", "line"), ("주문번호", "order"), ("택배사", "carrier"), ("송장번호", "waybill"),
        ("발송기한", "due"), ("결제일", "paid_at"), ("상품명", "product"), ("옵션", "option"), ("옵션코드", "option_code"),
        ("수량", "quantity"), ("결제 금액", "paid_amount"), ("배송비", "fee"), ("받는 분", "receiver"), ("연락처", "phone"),
        ("우편번호", "postcode"), ("주소", "address"), ("배송 메모", "memo"), ("남긴 말", "message"),
        ("주문자", "buyer"), ("상태", "status"),
    ),
)  # fmt: skip

NAVER = Layout(
    "naver",
    "발주발송관리",
    (
        ("상품주문번호", "line"), ("주문번호", "order"), ("배송방법", "method"), ("택배사", "carrier"),
        ("송장번호", "waybill"), ("발송일", "sent_at"), ("구매자명", "buyer"), ("구매자ID", ""), ("수취인명", "receiver"),
        ("주문상태", "status"), ("주문세부상태", "state"), ("결제일", "paid_at"), ("상품번호", "product_id"),
        ("상품명", "product"), ("상품종류", ""), ("옵션정보", "option"), ("옵션관리코드", "option_code"),
        ("수량", "quantity"), ("옵션가격", ""), ("상품가격", "unit_price"), ("상품별 할인액", "discount"),
        ("판매자 부담 할인액", "seller_discount"), ("상품별 총 주문금액", "paid_amount"), ("발주확인일", "seen_at"),
        ("발송기한", "due"), ("배송비 묶음번호", "bundle"), ("배송비 합계", "fee"), ("제주/도서 추가배송비", "extra"),
        ("판매자 상품코드", "code"), ("수취인연락처1", "phone"), ("수취인연락처2", ""), ("배송지", "address"),
        ("구매자연락처", ""), ("우편번호", "postcode"), ("배송메세지", "memo"), ("주문일시", "placed_at"),
    ),
    note="다운로드 받은 파일로 '엑셀 일괄발송' 처리를 할 수 있습니다. 상품주문번호, 배송방법, 택배사, 송장번호 열을 지우지 마세요.",
)  # fmt: skip

COUPANG = Layout(
    "coupang",
    "Delivery",
    (
        ("번호", "number"), ("묶음배송번호", "bundle"), ("주문번호", "order"), ("택배사", "carrier"),
        ("운송장번호", "waybill"), ("분리배송 Y/N", "split"), ("분리배송 출고예정일", ""), ("주문시 출고예정일", "due"),
        ("출고일(발송일)", "sent_at"), ("주문일", "placed_at"), ("등록상품명", "product"), ("등록옵션명", "option"),
        ("노출상품명(옵션명)", "shown_as"), ("노출상품ID", "product_id"), ("옵션ID", "option_id"),
        ("최초등록등록상품명/옵션명", "shown_as"), ("업체상품코드", "option_code"), ("바코드", ""),
        ("결제액", "paid_amount"), ("배송비구분", ""), ("배송비", "fee"), ("도서산간 추가배송비", "extra"),
        ("구매수(수량)", "quantity"), ("옵션판매가(판매단가)", "unit_price"), ("구매자", "buyer"), ("구매자전화번호", ""),
        ("수취인이름", "receiver"), ("수취인전화번호", "phone"), ("우편번호", "postcode"), ("수취인 주소", "address"),
        ("배송메세지", "memo"), ("상품별 추가메시지", ""), ("주문자 추가메시지", "message"), ("배송완료일", "delivered_at"),
        ("구매확정일자", "confirmed_at"),
    ),
)  # fmt: skip

LAYOUTS = {layout.code: layout for layout in (OURS, NAVER, COUPANG)}
WIDE = {"address": 44, "product": 30, "shown_as": 36, "option": 22, "memo": 28, "message": 28}

# What is read back. Other columns of a sheet are not looked at.
FIELDS = {
    "line": ("상품주문번호", "상품 주문번호", "productOrderId"),
    "order": ("주문번호", "orderId"),
    "bundle": ("묶음배송번호", "배송비 묶음번호", "shipmentBoxId"),
    "option": ("옵션ID", "옵션번호", "vendorItemId"),
    "method": ("배송방법",),
    "carrier": ("택배사", "배송사", "택배사명", "택배사코드", "배송업체", "택배회사"),
    "waybill": ("송장번호", "운송장번호", "운송장", "송장", "등기번호", "송장 번호", "운송장 번호", "invoiceNumber"),
}
HEADINGS = {folded(name): field for field, names in FIELDS.items() for name in names}

# Names of carriers in other centres' sheets, beside those the carriers' list knows.
CARRIER_NAMES = {
    "CJ": ("대한통운", "CJ택배", "CJ GLS", "CJ Logistics", "씨제이대한통운"),
    "LOTTE": ("롯데글로벌로지스", "롯데", "현대택배", "롯데로지스틱스"),
    "HANJIN": ("한진", "한진택배(주)"),
    "LOGEN": ("로젠", "로젠 택배"),
    "EPOST": ("우체국", "우체국소포", "우체국 택배"),
    "KDEXP": ("경동", "경동화물"),
    "DAESIN": ("대신", "대신화물"),
    "ILYANG": ("일양", "일양택배"),
    "KUNYOUNG": ("건영", "건영화물"),
    "CHUNIL": ("천일", "천일화물"),
}
# 배송방법 of Naver's sheets that goes without a waybill, as our parcels say it. 택배,등기,소포 is none of them.
BY_HAND = {
    folded(name): method
    for name, method in (
        ("직접전달", "DIRECT_DELIVERY"),
        ("방문수령", "VISIT_RECEIPT"),
        ("퀵서비스", "QUICK_SVC"),
        ("배송없음", "NOTHING"),
    )
}


def guess(headings: Sequence[str]) -> dict[str, int]:
    """{field: column}; of two columns with one name the first has it."""
    found: dict[str, int] = {}
    for column, heading in enumerate(headings):
        field = HEADINGS.get(folded(heading))
        if field and field not in found:
            found[field] = column
    return found
