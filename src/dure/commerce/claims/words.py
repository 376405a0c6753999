"""The reasons of a claim, as sentences."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from dure.commerce.claims.rules import REASONS

SENTENCES = {
    "INTENT_CHANGED": _("단순 변심"),
    "WRONG_ORDER": _("잘못 주문했어요"),
    "COLOR_AND_SIZE": _("색상·크기 변경"),
    "DELAYED_DELIVERY": _("배송이 늦어요"),
    "SOLD_OUT": _("판매자 품절"),
    "BROKEN": _("상하거나 깨져서 왔어요"),
    "INCORRECT_INFO": _("설명과 달라요"),
    "WRONG_DELIVERY": _("다른 상품이 왔어요"),
    "WRONG_OPTION": _("다른 옵션이 왔어요"),
    "DROPPED_DELIVERY": _("빠진 상품이 있어요"),
    "CARRIER_DAMAGE": _("배송 중 파손"),
}
assert SENTENCES.keys() == REASONS.keys()


def reason_in_words(reason: str) -> Any:
    """The sentence of a code; what is no code of ours, as it is."""
    return SENTENCES.get(reason, reason)
