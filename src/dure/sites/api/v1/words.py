"""What the description and its page call things, in Korean and (by the catalogue) in English."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

ABOUT = _("두레의 공개 API예요. 상품, 장바구니, 주문, 결제, 클레임, 판매자의 일과 정산을 다룰 수 있어요.")
IDEMPOTENCY = _("같은 키로 다시 보내면 한 번만 처리하고 같은 답을 돌려줘요.")
IF_MATCH = _("읽을 때 받은 ETag예요. 그사이 바뀌었으면 412로 거절해요. *는 묻지 않고 고쳐요.")
TAGS: dict[str, Any] = {
    "catalogue": _("상품 찾기"),
    "seller products": _("판매자: 상품과 재고"),
    "seller orders": _("판매자: 주문과 발송"),
    "seller claims": _("판매자: 취소·반품·교환"),
    "seller money": _("판매자: 정산과 구매평"),
}
REFUSALS: dict[int, Any] = {
    400: _("읽을 수 없는 요청"),
    401: _("키가 없거나 쓸 수 없음"),
    403: _("권한이 없음"),
    404: _("없거나 볼 수 없음"),
    409: _("지금은 할 수 없음"),
    412: _("읽은 뒤에 바뀜"),
    413: _("너무 큼"),
    415: _("JSON이 아님"),
    422: _("값이 올바르지 않음"),
    428: _("If-Match가 필요함"),
    429: _("요청이 너무 많음"),
}
OPERATIONS: dict[str, Any] = {
    "list_categories": _("분류 모두"),
    "list_products": _("판매 중인 상품 찾기"),
    "get_product": _("상품 하나: 옵션, 지금 가격, 재고, 고시"),
    "list_product_reviews": _("상품의 구매평"),
    "list_own_products": _("내 상품 목록"),
    "get_own_product": _("내 상품 하나"),
    "create_product": _("상품 초안 만들기"),
    "change_product": _("상품의 글과 분류 고치기"),
    "put_options": _("옵션과 판매가 바꾸기"),
    "submit_product": _("심사 신청"),
    "suspend_product": _("판매 중지"),
    "resume_product": _("판매 다시 시작"),
    "put_stock": _("재고 맞추기"),
    "list_product_orders": _("상품주문 목록"),
    "get_product_order": _("상품주문 하나"),
    "acknowledge_product_order": _("발주확인"),
    "dispatch_product_order": _("발송처리"),
    "delay_product_order": _("발송지연 안내"),
    "list_seller_claims": _("클레임 목록"),
    "get_seller_claim": _("클레임 하나"),
    "complete_seller_claim": _("취소 승인 또는 반품 완료: 환불"),
    "reject_seller_claim": _("클레임 거부"),
    "collect_seller_claim": _("수거 시작: 송장"),
    "mark_seller_claim_collected": _("수거 완료"),
    "redeliver_seller_claim": _("교환품 다시 보내기: 송장"),
    "list_settlements": _("정산서 목록"),
    "get_settlement": _("정산서 하나"),
    "list_settlement_lines": _("정산서의 항목"),
    "list_seller_reviews": _("받은 구매평"),
}
FIELDS: dict[str, Any] = {
    "next": _("다음 조각의 cursor. null이면 끝이에요."),
    "ProductOut.price": _("가장 싼 옵션의 판매가(원)"),
    "OptionOut.price": _("지금 한 개의 값(원)"),
    "OptionOut.live": _("방송 중인 특가인지"),
    "available": _("지금 팔 수 있는 수"),
    "notice": _("상품정보제공고시"),
    "acknowledged_at": _("발주확인 시각"),
    "dispatch_due": _("발송 기한"),
    "kept_quantity": _("취소·반품되지 않고 남은 수"),
    "seller_code": _("판매자의 자체 상품코드"),
    "carrier": _("택배사 코드: CJ, LOTTE, HANJIN, LOGEN, EPOST …"),
    "sent_quantity": _("상자에 담겨 나간 수"),
    "DispatchIn.quantity": _("일부만 보낼 때 그 수"),
    "waybill": _("운송장 번호"),
    "restock": _("돌아온 물건을 다시 팔 수 있으면 true"),
    "RejectIn.answer": _("구매자가 읽을 이유"),
    "StockIn.seen": _("읽었던 재고. 그사이 팔린 만큼은 빼고 맞춰요."),
    "ProductIn.seller": _("일하는 가게가 하나면 없어도 돼요."),
    "pay_amount": _("받는 돈 = total - netted"),
    "total": _("goods - discounts + shipping - commission - vat"),
    "net": _("goods - discount + shipping - commission - vat"),
    "Problem.detail": _("사람이 읽을 문장. Accept-Language를 따라요."),
    "Problem.code": _("프로그램이 읽을 코드. 바뀌지 않아요."),
}
