"""What was done to a shop, as its people and the operators read it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

DEEDS: dict[str, Any] = {
    "sellers.invited": _("가게를 초대했어요"),
    "sellers.applied": _("입점을 신청했어요"),
    "sellers.joined": _("함께 일하기 시작했어요"),
    "sellers.staff_invited": _("직원을 초대했어요"),
    "sellers.invitation_withdrawn": _("초대를 거두었어요"),
    "sellers.role_changed": _("역할을 바꿨어요"),
    "sellers.member_removed": _("가게에서 나갔어요"),
    "sellers.member_taken_back": _("다시 함께 일해요"),
    "sellers.profile_saved": _("가게 소개를 고쳤어요"),
    "sellers.business_saved": _("사업자 정보를 고쳤어요"),
    "sellers.business_checked": _("국세청이 사업자를 확인했어요"),
    "sellers.business_refused": _("국세청이 사업자를 확인하지 못했어요"),
    "sellers.payout_account_saved": _("정산 계좌를 바꿨어요"),
    "sellers.payout_account_verified": _("은행이 예금주를 확인했어요"),
    "sellers.payout_account_refused": _("은행이 예금주를 확인하지 못했어요"),
    "sellers.shipping_policy_saved": _("배송비를 고쳤어요"),
    "sellers.asked_again": _("다시 확인을 눌렀어요"),
    "sellers.document_handed_in": _("서류를 올렸어요"),
    "sellers.document_seen": _("서류를 열어 보았어요"),
    "sellers.document_accepted": _("서류를 확인했어요"),
    "sellers.document_refused": _("서류를 다시 달라고 했어요"),
    "sellers.seller.in_review": _("심사를 신청했어요"),
    "sellers.seller.approved": _("승인했어요"),
    "sellers.seller.applying": _("고칠 점을 적어 돌려보냈어요"),
    "sellers.seller.suspended": _("이용을 정지했어요"),
    "sellers.seller.closed": _("폐점했어요"),
    "sellers.visit_began": _("판매자 화면 보기를 시작했어요"),
    "sellers.visit_page": _("판매자 화면을 보았어요"),
    "sellers.visit_ended": _("판매자 화면 보기를 끝냈어요"),
    "settlement.held": _("지급을 보류했어요"),
    "settlement.released": _("지급 보류를 풀었어요"),
    "inquiries.template_saved": _("자주 쓰는 답변을 적었어요"),
    "inquiries.template_removed": _("자주 쓰는 답변을 지웠어요"),
}


def deed_in_words(action: str) -> str:
    """The sentence of an audit entry; one that nobody has put into words keeps its code."""
    return str(DEEDS.get(action, action))
