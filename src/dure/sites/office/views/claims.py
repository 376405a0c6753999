"""The operator's word in a quarrel: 직권취소, 직권반품, whose fault it is, a purchase that is not confirmed by time."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.claims import actions as claims
from dure.commerce.claims.models import Claim
from dure.commerce.claims.override import preview_forced
from dure.commerce.claims.reckon import refund_of
from dure.commerce.claims.rules import Refund
from dure.commerce.orders import actions as orders
from dure.commerce.orders.models import LineStatus, ProductOrder
from dure.kit.errors import DureError
from dure.people.models import Role
from dure.sites.design.toasts import toast
from dure.sites.office.access import nav, office, page
from dure.sites.office.claims import Claims, DecideForm, ForceForm, HoldConfirmationForm


@office()
def claim_list(request: HttpRequest) -> HttpResponse:
    rows = Claim.objects.select_related("product_order__order", "seller")
    return Claims(request, rows).respond("office/list.html", nav=nav(request.user), title=_("클레임"))  # type: ignore[arg-type]


@office(Role.OPERATOR)
def force(request: HttpRequest, pk: int) -> HttpResponse:
    """The refund is shown before it is decided, reckoned as buyer and seller see it."""
    line = get_object_or_404(ProductOrder.objects.select_related("order", "seller", "option__product"), pk=pk)
    pieces = line.unsent_quantity if line.status == LineStatus.PAID else line.kept_quantity
    start = {"kind": ForceForm.kind_of(line), "quantity": pieces, "fault": "SELLER", **request.GET.dict()}
    form = ForceForm(request.POST or None, initial={**start, "key": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            claims.force(line, by=request.user, **asked)  # type: ignore[arg-type]
        except DureError as error:
            form.add_error(
                "why" if error.field == "answer" else error.field if error.field in form.fields else None, str(error)
            )
        else:
            toast(request, _("직권으로 처리했어요. 환불이 이어져요."))
            return redirect("office:order", line.order.number)
    refund, refusal = _preview(line, request.POST or {k: str(v) for k, v in start.items()})
    status = 422 if form.errors else 200
    return page(request, "office/force.html", status, line=line, form=form, refund=refund, refund_why=refusal)


def _preview(line: ProductOrder, given: Any) -> tuple[Refund | None, str]:
    kind, quantity, fault = (given.get(name, "") for name in ("kind", "quantity", "fault"))
    if kind not in Claim.Kind.values or not quantity.isdecimal() or fault not in Claim.Fault.values:
        return None, ""
    try:
        return refund_of(preview_forced(line, kind, int(quantity), fault)), ""
    except DureError as error:
        return None, str(error)


@require_POST
@office(Role.OPERATOR)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Done as it stands, refused, or whose fault it is."""
    found = get_object_or_404(Claim.objects.select_related("product_order__order"), pk=pk)
    form, deed = DecideForm(request.POST), request.POST.get("deed")
    if not form.is_valid():
        messages.error(request, _("이유를 500자 안으로 적어 주세요."))
        return _back(found.product_order)
    why, by = form.cleaned_data["why"], request.user
    try:
        if deed == "complete":
            claims.force_claim(found, why=why, by=by)  # type: ignore[arg-type]
        elif deed == "fault":
            claims.judge_fault(found, form.cleaned_data["fault"] or found.fault, why=why, by=by)  # type: ignore[arg-type]
        else:
            claims.force_rejection(found, why=why, by=by)  # type: ignore[arg-type]
    except DureError as error:
        messages.error(request, str(error))
    else:
        toast(request, _("처리했어요. 구매자와 판매자가 이유를 읽을 수 있어요."))
    return _back(found.product_order)


@require_POST
@office(Role.OPERATOR, Role.CS)
def hold_confirmation(request: HttpRequest, pk: int) -> HttpResponse:
    """구매확정보류, and its end."""
    line = get_object_or_404(ProductOrder.objects.select_related("order"), pk=pk)
    form = HoldConfirmationForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        if line.confirm_held_at:
            orders.release_confirmation(line, by=request.user)  # type: ignore[arg-type]
            toast(request, _("구매확정 보류를 풀었어요."))
        else:
            orders.hold_confirmation(line, reason=reason, by=request.user)  # type: ignore[arg-type]
            toast(request, _("구매확정을 보류했어요. 시간이 지나도 저절로 확정되지 않아요."))
    except DureError as error:
        messages.error(request, str(error))
    return _back(line)


def _back(line: ProductOrder) -> HttpResponse:
    return redirect("office:order", line.order.number)
