"""Offers as sentences."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from dure.commerce.promotions.models import Offer
from dure.commerce.promotions.rules import Parts, Unused
from dure.kit.money import won


def percent(basis_points: int) -> str:
    """`1000` as `10%`, `1250` as `12.5%`."""
    return f"{basis_points / 100:g}%"


def benefit(offer: Any) -> str:
    """What it takes off: `10% 할인 (최대 5,000원)`, `2+1`."""
    if offer.kind == Offer.Kind.NPLUS1:
        return f"{offer.buy}+{offer.free}"
    if offer.kind == Offer.Kind.GIFT:
        return _("%(gift)s 증정") % {"gift": offer.gift_option.product.name}
    if offer.kind == Offer.Kind.INSTANT and not offer.value:
        return _("행사가")
    if offer.how == Offer.How.AMOUNT:
        return _("%(amount)s 할인") % {"amount": won(offer.value)}
    said = _("%(rate)s 할인") % {"rate": percent(offer.value)}
    return said + (_(" (최대 %(cap)s)") % {"cap": won(offer.cap)} if offer.cap else "")


def conditions(offer: Any) -> list[str]:
    """What has to hold, shortest first."""
    said = []
    if offer.min_spend:
        said.append(_("%(least)s 이상 살 때") % {"least": won(offer.min_spend)})
    if offer.seller_id and offer.is_coupon:
        said.append(_("%(shop)s 상품") % {"shop": offer.seller.name})
    elif offer.scope != Offer.Scope.ALL:
        said.append(_("일부 상품"))
    if offer.kind == Offer.Kind.PRODUCT_COUPON:
        said.append(_("상품 하나에"))
    if offer.first_order:
        said.append(_("첫 구매 때만"))
    return said


def stacking(offer: Any) -> str:
    """Which others it goes with."""
    match offer.kind:
        case Offer.Kind.PRODUCT_COUPON:
            return _("상품마다 한 장씩, 장바구니 쿠폰·포인트와 함께 쓸 수 있어요.")
        case Offer.Kind.CART_COUPON:
            return _("한 주문에 한 장, 상품 쿠폰·포인트와 함께 쓸 수 있어요.")
        case Offer.Kind.GIFT:
            return _("다른 할인과 함께 받을 수 있어요. 사은품이 떨어지면 끝나요.")
    return _("즉시할인과 N+1 가운데 더 큰 하나만 적용되고, 쿠폰·포인트와 함께 쓸 수 있어요.")


def why_unused(unused: Unused) -> str:
    match unused.reason:
        case "MIN_SPEND":
            return _("%(left)s 더 사면 쓸 수 있어요") % {"left": won(unused.left)}
        case "SCOPE":
            return _("담은 상품에는 쓸 수 없어요")
        case "BUDGET":
            return _("행사 예산이 거의 쓰여 지금은 쓸 수 없어요")
        case "ONE_PER_CART":
            return _("장바구니 쿠폰은 한 주문에 한 장이에요")
        case "ONE_PER_LINE":
            return _("상품 쿠폰은 상품마다 한 장이에요")
    return _("더 할인할 금액이 없어요")


def borne(parts: Parts) -> list[tuple[str, int]]:
    """Who bears how much of it, those who bear nothing left out."""
    rows = [(_("두레"), parts.platform), (_("판매자"), parts.seller), (_("기관"), parts.agency)]
    return [(who, amount) for who, amount in rows if amount]
