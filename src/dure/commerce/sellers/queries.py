"""Reads of sellers: whose they are, how far they are, what happened to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from dure.commerce.sellers.banks import BANKS
from dure.commerce.sellers.models import Invitation, Member, PayoutAccount, Seller, SellerStatus
from dure.kit.models import AuditEntry
from dure.people.models import User

# What each role is for, for the page on which the owner chooses.
ROLES_IN_WORDS = (
    (Member.Role.OWNER.label, _("모든 일. 사업자, 정산 계좌, 사람은 대표만 고쳐요.")),
    (
        Member.Role.PRODUCT.label,
        _("상품, 재고, 배송비, 가게 소개, 문의와 후기 답글. 주문한 손님의 주소는 보지 못해요."),
    ),
    (Member.Role.ORDERS.label, _("발주확인, 발송, 취소·반품·교환, 문의와 후기 답글. 정산은 보지 못해요.")),
    (Member.Role.FINANCE.label, _("정산서를 보고 내려받아요. 주문과 상품은 보기만 해요.")),
    (Member.Role.READ_ONLY.label, _("모두 보기만 하고, 아무것도 고치지 못해요.")),
)


def memberships(user: User) -> QuerySet[Member]:
    """The shops a person works for, oldest first."""
    return Member.objects.filter(user=user).select_related("seller").order_by("id")


def invitation(code: str) -> Invitation:
    """Raises Invitation.DoesNotExist. Codes are read aloud: case and spaces do not matter."""
    return Invitation.objects.select_related("seller", "invited_by").get(code=code.strip().upper())


def current_account(seller: Seller) -> PayoutAccount | None:
    return PayoutAccount.objects.filter(seller=seller, replaced_at=None).first()


def bank_name(code: str) -> str:
    return str(BANKS.get(code, code))


def masked_number(account: PayoutAccount) -> str:
    """`•••• 1234`, all that any screen shows."""
    return f"•••• {account.number_tail}"


@dataclass(frozen=True)
class Step:
    """One step of joining. `waits` says that the seller has done its part and somebody else has not answered yet."""

    code: str
    label: Any
    todo: Any
    done: bool
    waits: bool = False

    @property
    def asked_before_review(self) -> bool:
        return self.code != "APPROVED" and not self.waits


def readiness(seller: Seller) -> list[Step]:
    """BUSINESS, ACCOUNT, SHIPPING, APPROVED, in the order they are done."""
    account = current_account(seller)
    policy = getattr(seller, "shipping_policy", None)
    filed = bool(seller.brn and (seller.mail_order_number or seller.mail_order_exempt))
    return [
        Step(
            "BUSINESS",
            _("사업자 정보"),
            _("사업자등록증과 통신판매업 신고번호를 준비해 주세요."),
            done=filed and bool(seller.business_checked_at),
            waits=filed and not seller.business_checked_at,
        ),
        Step(
            "ACCOUNT",
            _("정산 계좌"),
            _("대표 또는 법인 이름의 통장을 준비해 주세요."),
            done=bool(account and account.verified_at),
            waits=bool(account and not account.verified_at),
        ),
        Step(
            "SHIPPING",
            _("배송비 정책"),
            _("배송비와 보내는 곳을 정해 주세요."),
            done=bool(policy and policy.dispatch_from),
        ),
        Step(
            "APPROVED",
            _("입점 심사"),
            _("운영팀이 1영업일 안에 확인해요."),
            done=seller.status in (SellerStatus.APPROVED, SellerStatus.SUSPENDED),
            waits=seller.status == SellerStatus.IN_REVIEW,
        ),
    ]


def history(seller: Seller, limit: int = 50) -> list[AuditEntry]:
    """What was done to the seller, newest first."""
    subject = f"{seller._meta.label_lower}:{seller.pk}"
    return list(AuditEntry.objects.filter(subject=subject).select_related("actor").order_by("-id")[:limit])
