"""What a key may be allowed to do, and which of it each holder may have."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

SCOPES: dict[str, Any] = {
    "products:read": _("상품 읽기"),
    "products:write": _("상품 만들기, 가격과 재고 바꾸기"),
    "orders:read": _("주문 읽기"),
    "orders:write": _("발주확인, 발송처리, 발송지연"),
    "claims:read": _("클레임 읽기"),
    "claims:write": _("클레임 답하기, 신청하기"),
    "settlements:read": _("정산 읽기"),
    "reviews:read": _("구매평 읽기"),
    "checkout:write": _("장바구니, 주문, 결제"),
}
OF_HOLDER: dict[str, tuple[str, ...]] = {
    "SELLER": (
        "products:read",
        "products:write",
        "orders:read",
        "orders:write",
        "claims:read",
        "claims:write",
        "settlements:read",
        "reviews:read",
    ),
    "SHOPFRONT": ("checkout:write", "orders:read", "claims:read", "claims:write", "reviews:read"),
    "HOUSE": ("products:read", "orders:read", "claims:read", "settlements:read", "reviews:read"),
}
