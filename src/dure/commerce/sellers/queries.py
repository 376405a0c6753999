"""Reads of sellers: whose they are, how far they are, what happened to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from dure.commerce.sellers.banks import BANKS
from dure.commerce.sellers.models import (
    Document,
    Invitation,
    Member,
    PayoutAccount,
    RegistryCheck,
    Seller,
    SellerStatus,
)
from dure.commerce.sellers.words import deed_in_words
from dure.kit import clock
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


def current_documents(seller: Seller) -> list[Document]:
    return list(seller.documents.filter(replaced_at=None).order_by("id"))


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


def readiness(seller: Seller, account: PayoutAccount | None = None) -> list[Step]:
    """BUSINESS, ACCOUNT, SHIPPING, APPROVED, in the order they are done. `account`: the current one, if known."""
    account = account or current_account(seller)
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


# What a register's answer means, and what to do about it.
WHYS: dict[str, Any] = {
    "UNREGISTERED": _("국세청에 없는 사업자등록번호예요. 등록증의 번호를 다시 확인해 주세요."),
    "CLOSED": _("국세청에 폐업으로 되어 있어요."),
    "SUSPENDED": _("국세청에 휴업으로 되어 있어요. 홈택스에서 재개업 신고를 한 뒤 다시 확인해 주세요."),
    "NO_DAY": _("사업자등록증에 적힌 개업연월일을 사업자 정보에 적어 주세요."),
    "OTHER_PERSON": _("대표자 이름이나 개업연월일이 국세청 기록과 달라요. 사업자등록증에 적힌 그대로 적어 주세요."),
    "EXEMPT": _("신고 면제로 적으셨어요."),
    "NOT_FILED": _(
        "공정거래위원회에 신고 내역이 없어요. 정부24에서 통신판매업을 신고하고, 며칠 뒤에 ‘다시 확인’을 눌러 주세요."
    ),
    "FILING_ENDED": _("공정거래위원회에 ‘%(state)s’(으)로 되어 있어요. 다시 신고한 뒤 ‘다시 확인’을 눌러 주세요."),
    "OTHER_FILING": _("등록된 신고번호는 %(number)s예요. 신고증의 번호를 그대로 적어 주세요."),
    "NO_ACCOUNT": _("정산받을 통장을 적어 주세요."),
    "ACCOUNT_NOT_FOUND": _("은행에서 이 계좌를 찾지 못했어요."),
    "HOLDER_MISMATCH": _("은행에 등록된 예금주와 달라요. 통장에 적힌 이름을 그대로 적어 주세요."),
}
REGISTERS = {  # which register answers for which item, and where its entry is written
    "TAX": (_("사업자 상태 (국세청)"), "business"),
    "PERSON": (_("사업자등록증 진위 (국세청)"), "business"),
    "MAIL_ORDER": (_("통신판매업 신고 (공정거래위원회)"), "business"),
    "ACCOUNT": (_("정산 계좌 예금주 (은행)"), "account"),
}


@dataclass(frozen=True)
class Item:
    """One line of the checklist that checks itself.

    state: DONE, ASKING (somebody else is being asked), WAITING (the house looks at it), TODO, PROBLEM, SOON (runs out).
    `why` says how it stands, `todo` what to do; `part` is the section of the page where; `code` may be asked again when
    `register`. `needed`: without it, an operator lets the shop in only with a reason.
    """

    code: str
    label: Any
    state: str
    why: Any = ""
    todo: Any = ""
    part: str = ""
    register: bool = False
    needed: bool = True
    asked_at: datetime | None = None
    document: Document | None = None

    @property
    def done(self) -> bool:
        return self.state in {"DONE", "SOON"}

    @property
    def waits_for_a_word(self) -> bool:
        return self.needed and not self.done


def checklist(
    seller: Seller,
    *,
    products: int | None = None,
    account: PayoutAccount | None = None,
    documents: Iterable[Document] | None = None,
    today: date | None = None,
) -> list[Item]:
    """Everything a shop needs, in the order it is done. What the page knows already is not asked again: how many
    products, the current account, the current documents."""
    today = today or clock.today()
    answers = {check.code: check for check in seller.registry_checks.all()}
    papers: dict[str, Document] = {}
    for document in current_documents(seller) if documents is None else documents:
        papers[document.kind] = document
    account, policy = account or current_account(seller), getattr(seller, "shipping_policy", None)
    items = [
        _tax_item(seller, answers.get("TAX")),
        _register_item("PERSON", answers.get("PERSON"), bool(seller.brn), needed=False),
        _register_item("MAIL_ORDER", answers.get("MAIL_ORDER"), bool(seller.brn)),
        _account_item(account, answers.get("ACCOUNT")),
        _paper("BUSINESS", papers, today),
        *([] if seller.mail_order_exempt else [_paper("MAIL_ORDER", papers, today)]),
        _paper("BANK_BOOK", papers, today),
        *([_paper("FOOD_PERMIT", papers, today, needed=False)]),
        Item(
            "RETURNS",
            _("반품 받는 곳"),
            "DONE" if policy and policy.return_to else "TODO",
            todo=_("반품 상품을 받을 주소를 적어 주세요."),
            part="shipping",
        ),
        Item(
            "SHIPPING",
            _("배송비"),
            "DONE" if policy and policy.dispatch_from else "TODO",
            todo=_("배송비와 보내는 곳을 정해 주세요."),
            part="shipping",
        ),
    ]
    if products is not None:
        state = "DONE" if products else "TODO"
        todo = _("상품 하나를 먼저 올려 두면 승인되는 날부터 팔 수 있어요.")
        items.append(Item("PRODUCT", _("첫 상품"), state, todo=todo, part="products", needed=False))
    return items


def _tax_item(seller: Seller, answer: RegistryCheck | None) -> Item:
    label, part = REGISTERS["TAX"]
    if answer and answer.state != RegistryCheck.State.OK:
        return _register_item("TAX", answer, bool(seller.brn))
    if not seller.brn:
        return Item("TAX", label, "TODO", todo=_("사업자등록번호를 적어 주세요."), part=part)
    state = "DONE" if seller.business_checked_at else "ASKING"
    return Item("TAX", label, state, part=part, register=True, asked_at=seller.business_checked_at)


def _account_item(account: PayoutAccount | None, answer: RegistryCheck | None) -> Item:
    label, part = REGISTERS["ACCOUNT"]
    if account is None:
        return Item("ACCOUNT", label, "TODO", todo=WHYS["NO_ACCOUNT"], part=part)
    if account.verified_at:
        return Item("ACCOUNT", label, "DONE", part=part, register=True, asked_at=account.verified_at)
    return (
        _register_item("ACCOUNT", answer, True)
        if answer
        else Item("ACCOUNT", label, "ASKING", part=part, register=True)
    )


def _register_item(code: str, answer: RegistryCheck | None, written: bool, needed: bool = True) -> Item:
    label, part = REGISTERS[code]
    if answer is None:
        todo = _("‘다시 확인’을 누르면 바로 물어봐요.") if written else _("사업자 정보를 먼저 적어 주세요.")
        return Item(code, label, "TODO", todo=todo, part=part, register=written, needed=needed)
    state = {"OK": "DONE", "PROBLEM": "PROBLEM", "ASKING": "ASKING", "SILENT": "ASKING"}[answer.state]
    why = str(WHYS.get(answer.why, "")) % {
        "state": answer.told.get("state", ""),
        "number": answer.told.get("number", ""),
    }
    if answer.state == RegistryCheck.State.SILENT:
        why = _("아직 답이 없어요. 저절로 다시 물어볼게요.")
    return Item(code, label, state, why=why, part=part, register=True, needed=needed, asked_at=answer.asked_at)


def _paper(kind: str, papers: dict[str, Document], today: date, needed: bool = True) -> Item:
    document, label = papers.get(kind), Document.Kind(kind).label
    told = {"code": f"DOC_{kind}", "label": label, "part": "documents", "needed": needed, "document": document}
    if document is None:
        todo = _("사진으로 찍어 올려 주세요.") if needed else _("식품을 판다면 올려 주세요.")
        return Item(**told, state="TODO", todo=todo)
    if document.verdict == Document.Verdict.REFUSED:
        return Item(**told, state="PROBLEM", why=document.why, todo=_("다시 올려 주세요."))
    if document.expires_on and document.expires_on < today:
        why = _("유효 기간이 %(day)s에 끝났어요.") % {"day": f"{document.expires_on:%Y-%m-%d}"}
        return Item(**told, state="PROBLEM", why=why, todo=_("새 서류를 올려 주세요."))
    if document.expires_on and (document.expires_on - today).days <= 30:
        why = _("유효 기간이 %(day)s에 끝나요.") % {"day": f"{document.expires_on:%Y-%m-%d}"}
        return Item(**told, state="SOON", why=why, todo=_("새 서류를 올려 주세요."))
    if document.verdict == Document.Verdict.UNSEEN:
        return Item(**told, state="WAITING", why=_("올렸어요. 운영팀이 확인해요."))
    return Item(**told, state="DONE")


def review_days() -> float | None:
    """Half of the last 50 shops heard within so many days of asking; None while there are few."""
    rows = Seller.objects.filter(
        approved_at__isnull=False, submitted_at__isnull=False, approved_at__gt=F("submitted_at")
    )
    spans = sorted(
        (approved - submitted).total_seconds() / 86_400
        for submitted, approved in rows.order_by("-approved_at").values_list("submitted_at", "approved_at")[:50]
    )
    return spans[len(spans) // 2] if len(spans) >= 3 else None


def history(seller: Seller, limit: int = 50) -> list[AuditEntry]:
    """What was done to the seller, newest first; `said` puts each into words."""
    subject = f"{seller._meta.label_lower}:{seller.pk}"
    entries = list(AuditEntry.objects.filter(subject=subject).select_related("actor").order_by("-id")[:limit])
    for entry in entries:
        entry.said = deed_in_words(entry.action)  # type: ignore[attr-defined]
    return entries
