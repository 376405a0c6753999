"""What the operator may decide of an order line or a claim, as forms, and the list of claims."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dure.commerce.claims.models import Claim
from dure.commerce.claims.words import reason_in_words
from dure.commerce.orders.models import LineStatus, ProductOrder
from dure.commerce.orders.rules import OPEN_CLAIM
from dure.kit import clock
from dure.sites.design.lists import Choice, Column, Days, Empty, Listing

KINDS = [(Claim.Kind.CANCEL, _("직권취소")), (Claim.Kind.RETURN, _("직권반품"))]


class ForceForm(forms.Form):
    """직권취소, 직권반품 of a line."""

    kind = forms.ChoiceField(label=_("무엇을 할까요?"), choices=KINDS)
    quantity = forms.IntegerField(
        label=_("수량"), min_value=1, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    fault = forms.ChoiceField(label=_("누구 사정"), choices=Claim.Fault.choices)
    why = forms.CharField(
        label=_("구매자와 판매자가 읽을 이유"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    restock = forms.BooleanField(label=_("물건이 돌아와 다시 팔 수 있어요"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    @classmethod
    def kind_of(cls, line: ProductOrder) -> str:
        return str(Claim.Kind.CANCEL if line.status == LineStatus.PAID else Claim.Kind.RETURN)


class DecideForm(forms.Form):
    """What is decided of an open claim, and why."""

    why = forms.CharField(
        label=_("구매자와 판매자가 읽을 이유"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    fault = forms.ChoiceField(label=_("누구 사정"), choices=Claim.Fault.choices, required=False)


class HoldConfirmationForm(forms.Form):
    reason = forms.CharField(label=_("보류하는 까닭"), max_length=200, required=False)


class Claims(Listing):
    search = ("product_order__order__number", "product_order__product_name", "seller__name")
    search_hint = _("주문번호, 상품, 판매자")
    columns = (
        Column(
            "product_order.order.number",
            _("주문번호"),
            link=lambda c: f"{reverse('office:order', args=[c.product_order.order.number])}#claim-{c.pk}",
            primary=True,
        ),
        Column("product_order.product_name", _("상품")),
        Column("seller.name", _("판매자")),
        Column("kind", _("종류"), value=lambda c: c.get_kind_display()),
        Column("reason", _("이유"), value=lambda c: reason_in_words(c.reason)),
        Column("refund_amount", _("환불"), kind="won"),
        Column("opened_at", _("신청"), kind="moment", sort="opened_at"),
        Column("answer_due", _("답할 날"), kind="day", sort="answer_due"),
        Column("status", _("상태"), kind="status", value=lambda c: _state(c)),
    )
    filters = (
        Choice(
            "open",
            _("진행"),
            [("open", _("진행 중")), ("late", _("답할 날 지남")), ("held", _("보류 중"))],
            apply=lambda rows, which: _narrow(rows, which),
        ),
        Choice("kind", _("종류"), Claim.Kind.choices),
        Days("opened_at", _("신청일")),
    )
    order = "-opened_at"
    exports = "claims"
    empty = Empty(_("클레임이 없어요"), _("취소, 반품, 교환 신청이 들어오면 여기에 모여요."), mark="rotate-ccw")


def _state(claim: Claim) -> tuple[str, Any]:
    return ("HELD", _("보류 중")) if claim.hold_reason else (claim.status, claim.get_status_display())


def _narrow(rows: QuerySet[Any], which: str) -> QuerySet[Any]:
    if which == "held":
        return rows.exclude(hold_reason="")
    rows = rows.filter(status__in=OPEN_CLAIM)
    return rows.filter(answer_due__lt=clock.today()) if which == "late" else rows
