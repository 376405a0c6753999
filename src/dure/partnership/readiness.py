"""The go-live checklist that checks itself: every item is read from what is there, none is ticked by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _

from dure.commerce.catalog import notices
from dure.commerce.catalog.models import Product, ProductStatus
from dure.commerce.sellers.models import Member, PayoutAccount, Seller, SellerStatus
from dure.commerce.stock.models import StockItem
from dure.partnership.models import Lead
from dure.partnership.queries import sellers_of

ENOUGH_PHOTOS = 3


class Who(StrEnum):
    """Whose turn an item is."""

    OWNER = "OWNER"
    MD = "MD"
    OPERATOR = "OPERATOR"


@dataclass(frozen=True)
class Item:
    """`code` is stable; `place` names where it is mended (sites turn it into an address); `todo` is the next step."""

    code: str
    label: Any
    todo: Any
    who: Who
    place: str


ITEMS = (
    Item("JOINED", _("점주 가입"), _("점주에게 초대 링크를 보내 가입을 도와주세요"), Who.MD, "invite"),
    Item("BUSINESS", _("사업자 확인"), _("사업자등록번호를 넣고 국세청 확인을 받아요"), Who.OWNER, "company"),
    Item("MAIL_ORDER", _("통신판매업 신고"), _("신고번호를 넣거나 면제에 표시해요"), Who.OWNER, "company"),
    Item("ACCOUNT", _("정산 계좌 확인"), _("예금주가 같은 정산 계좌를 등록해요"), Who.OWNER, "account"),
    Item("SHIPPING", _("배송비 정책"), _("배송비와 보내는 곳을 정해요"), Who.OWNER, "shipping"),
    Item("APPROVED", _("입점 승인"), _("운영자가 입점 신청을 확인해요"), Who.OPERATOR, "approval"),
    Item("PRODUCT", _("첫 상품 등록"), _("대표 상품 하나를 등록해요"), Who.MD, "products"),
    Item("PHOTOS", _("상품 사진 3장"), _("밝은 곳에서 찍은 사진을 3장 이상 올려요"), Who.MD, "product"),
    Item("NOTICE", _("상품정보제공고시"), _("고시 항목을 빠짐없이 채워요"), Who.MD, "product"),
    Item("ORIGIN", _("원산지 표시"), _("원산지 또는 제조국을 적어요"), Who.MD, "product"),
    Item("STOCK", _("재고 입력"), _("팔 수 있는 수량을 넣어요"), Who.OWNER, "product"),
    Item("ON_SALE", _("첫 상품 판매 시작"), _("상품 심사를 신청하고 승인을 받아요"), Who.MD, "product"),
)


@dataclass(frozen=True)
class Check:
    item: Item
    done: bool


@dataclass(frozen=True)
class Readiness:
    """How far a merchant is. `product` is the one nearest to sale, where product items are mended."""

    lead: Lead
    seller: Seller | None
    product: Product | None
    checks: list[Check]

    @property
    def done(self) -> int:
        return sum(c.done for c in self.checks)

    @property
    def percent(self) -> int:
        return 100 * self.done // len(self.checks)

    @property
    def next(self) -> Check | None:
        """The first thing not done; None when the merchant is live."""
        return next((c for c in self.checks if not c.done), None)


def of(lead: Lead) -> Readiness:
    return of_all([lead])[0]


def of_all(leads: Sequence[Lead]) -> list[Readiness]:
    """In the order given; a fixed number of queries however many leads."""
    sellers = sellers_of(leads)
    ids = [s.pk for s in sellers.values()]
    owned = set(Member.objects.filter(seller__in=ids, role=Member.Role.OWNER).values_list("seller", flat=True))
    paid = set(
        PayoutAccount.objects.filter(seller__in=ids, replaced_at=None)
        .exclude(verified_at=None)
        .values_list("seller", flat=True)
    )
    shipping = set(
        Seller.objects.filter(pk__in=ids, shipping_policy__isnull=False)
        .exclude(shipping_policy__dispatch_from="")
        .values_list("pk", flat=True)
    )
    products = _products(ids)
    stocked = set(
        StockItem.objects.filter(option__product__seller__in=ids, option__active=True)
        .values_list("option__product")
        .annotate(left=Sum("available"))
        .filter(left__gt=0)
        .values_list("option__product", flat=True)
    )
    found = []
    for lead in leads:
        seller = sellers.get(lead.pk)
        first = products[seller.pk][0] if seller and products[seller.pk] else None
        done: set[str] = set()
        if seller:
            done |= _company(seller, seller.pk in owned, seller.pk in paid, seller.pk in shipping)
        if first:
            done |= _product(first, first.pk in stocked)
        found.append(Readiness(lead, seller, first, [Check(item, item.code in done) for item in ITEMS]))
    return found


def _company(seller: Seller, owned: bool, paid: bool, shipping: bool) -> set[str]:
    facts = {
        "JOINED": owned,
        "BUSINESS": bool(seller.brn and seller.business_checked_at),
        "MAIL_ORDER": bool(seller.mail_order_number or seller.mail_order_exempt),
        "ACCOUNT": paid,
        "SHIPPING": shipping,
        "APPROVED": seller.status == SellerStatus.APPROVED,
    }
    return {code for code, true in facts.items() if true}


_NEAR_SALE = [ProductStatus.ON_SALE, ProductStatus.IN_REVIEW, ProductStatus.DRAFT, ProductStatus.REJECTED]


def _products(sellers: list[int]) -> dict[int, list[Any]]:
    """Products by seller, those nearest to sale first, each with the number of its photos."""
    rows = (
        Product.objects.filter(seller__in=sellers, status__in=_NEAR_SALE)
        .select_related("category")
        .annotate(pictures=Count("photos"))
    )
    by_seller: dict[int, list[Any]] = defaultdict(list)
    for product in sorted(rows, key=lambda p: (_NEAR_SALE.index(p.status), -p.pictures, p.pk)):
        by_seller[product.seller_id].append(product)
    return by_seller


def _product(product: Any, stocked: bool) -> set[str]:
    missing = notices.missing(product.notice_type or product.category.notice_type, product.notice)
    facts = {
        "PRODUCT": True,
        "PHOTOS": product.pictures >= ENOUGH_PHOTOS,
        "NOTICE": not missing,
        "ORIGIN": not any("origin" in item.code for item in missing),
        "STOCK": stocked,
        "ON_SALE": product.status == ProductStatus.ON_SALE,
    }
    return {code for code, true in facts.items() if true}
