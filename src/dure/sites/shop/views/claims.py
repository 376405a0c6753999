"""Asking for a cancel, a return or an exchange, and following it. Another's claim is 404."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.catalog.models import Option
from dure.commerce.claims import actions as claims
from dure.commerce.claims.actions import Terms
from dure.commerce.claims.models import Claim
from dure.commerce.claims.reckon import exchangeable_for, kinds_of, reasons_for
from dure.commerce.claims.rules import Refund
from dure.commerce.claims.words import reason_in_words
from dure.commerce.orders.models import ProductOrder
from dure.commerce.orders.rules import OPEN_CLAIM
from dure.kit import clock, images
from dure.kit.errors import DureError
from dure.sites import timeline
from dure.sites.design.toasts import toast
from dure.sites.shop import forms
from dure.sites.shop.access import actor, buyer_required
from dure.sites.shop.trail import Line
from dure.sites.shop.views.orders import answer, field_of, item_of, my_line


@buyer_required
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """The wizard: which, how many, why, how it comes back; the refund is shown before it is asked for."""
    item = my_line(request, pk)
    if request.method == "POST" and (known := _known(request, item)):
        return redirect("shop:claim_detail", known.pk)
    if not item.claim_kinds:
        return redirect("shop:order", item.line.order.number)
    others = _others(request, item)
    start = {
        "kind": item.claim_kinds[0],
        "quantity": item.left,
        "fee_method": Claim.FeeMethod.DEDUCTED,
        "collect_method": "RETURN_DESIGNATED",
        **request.GET.dict(),
        "key": forms.fresh_key(),
    }
    form = forms.OpenClaim(
        request.POST or None,
        request.FILES or None,
        initial=start,
        kinds=item.claim_kinds,
        left=item.left,
        reasons=reasons_for(item.line, item.claim_kinds, clock.now()),
        options=list(exchangeable_for(item.line)) if Claim.Kind.EXCHANGE in item.claim_kinds else [],
    )
    if request.method == "POST" and form.is_valid():
        try:
            opened = _open(request, form, item, others)
        except DureError as error:
            form.add_error(field_of(error, form), str(error))
        else:
            toast(request, _("신청했어요."))
            return redirect("shop:claim_detail", opened[0].pk)
    given = request.POST or request.GET
    refund, refusal = _preview(item, others, given.get("kind") or start["kind"], given)
    cancel = item.can_cancel
    context = {
        "form": form,
        "item": item,
        "others": [(other, str(other.line.pk) in given.getlist("with")) for other in others],
        "refund": refund,
        "refund_why": refusal,
        "title": _("취소 신청") if cancel else _("반품·교환 신청"),
        "about": _("판매자가 이미 확인한 주문은 판매자가 발송을 멈출 수 있을 때 취소돼요.")
        if cancel and item.line.acknowledged_at
        else _("바로 취소되고 결제한 방법으로 돌려드려요.")
        if cancel
        else _("판매자가 확인한 뒤 택배 기사님이 가지러 가요."),
    }
    return answer(request, "shop/claim.html", context)


def _open(request: HttpRequest, form: forms.OpenClaim, item: Line, others: list[Line]) -> list[Claim]:
    asked = form.cleaned_data
    picked = [other for other in others if str(other.line.pk) in request.POST.getlist("with")]
    wanted = [(item.line, asked["quantity"])]
    if asked["kind"] != Claim.Kind.EXCHANGE:
        wanted += [(other.line, other.left) for other in picked]
    return claims.open_together(
        wanted,
        asked["kind"],
        reason=asked["reason"],
        key=asked["key"],
        by=actor(request),
        detail=asked["detail"],
        evidence=[images.keep(photo, "claims").name for photo in asked.get("photos", [])],
        option=_option(item, asked.get("option")),
        terms=Terms(
            asked.get("fee_method") or Claim.FeeMethod.DEDUCTED, asked.get("collect_method") or "RETURN_DESIGNATED"
        ),
    )


@buyer_required
def claim_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _detail(request, _mine(request, pk))


def _detail(request: HttpRequest, found: Claim, status: int = 200, **more: Any) -> HttpResponse:
    refund = Refund(found.goods_refund, found.shipping_refund, found.return_fee, found.fee_due, found.first_freight)
    exchange = found.kind == Claim.Kind.EXCHANGE
    group = Claim.objects.filter(group=found.group).exclude(pk=found.pk) if found.group else Claim.objects.none()
    known = {"sent": forms.SentBack(), "more": forms.MoreEvidence()}
    context = {
        "claim": found,
        "item": item_of(found.product_order),
        "reason": reason_in_words(found.reason),
        "trail": timeline.of_claim(found),
        "refund": refund if not exchange or refund.goods or refund.fee_due else None,
        "with_it": group.select_related("product_order"),
        "can_withdraw": found.status in (Claim.Status.REQUESTED, Claim.Status.COLLECTING),
        "can_send": found.status == Claim.Status.REQUESTED and found.kind != Claim.Kind.CANCEL,
        "can_add": found.status in Claim.BLOCKING,
        "is_open": found.status in OPEN_CLAIM,
        **known,
        **more,
    }
    return render(request, "shop/claim_detail.html", context, status=status)


@require_POST
@buyer_required
def claim_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    found = _mine(request, pk)
    claims.withdraw(found, by=actor(request))
    toast(request, _("신청을 거두었어요."))
    return redirect("shop:order", found.product_order.order.number)


@require_POST
@buyer_required
def claim_sent(request: HttpRequest, pk: int) -> HttpResponse:
    """The buyer has sent the goods and tells the waybill."""
    found, form = _mine(request, pk), forms.SentBack(request.POST)
    if form.is_valid():
        try:
            claims.sent_back(found, **form.cleaned_data, by=actor(request))
        except DureError as error:
            form.add_error(field_of(error, form), str(error))
        else:
            toast(request, _("판매자에게 송장을 알렸어요."))
            return redirect("shop:claim_detail", pk)
    return _detail(request, found, 422, sent=form)


@require_POST
@buyer_required
def claim_more(request: HttpRequest, pk: int) -> HttpResponse:
    """More pictures or words of the buyer."""
    found, form = _mine(request, pk), forms.MoreEvidence(request.POST, request.FILES)
    if form.is_valid():
        try:
            kept = [images.keep(photo, "claims").name for photo in form.cleaned_data["photos"]]
            claims.add_evidence(found, kept, side="BUYER", by=actor(request), said=form.cleaned_data["said"])
        except DureError as error:
            form.add_error(field_of(error, form), str(error))
        else:
            toast(request, _("판매자와 두레가 볼 수 있게 더했어요."))
            return redirect("shop:claim_detail", pk)
    return _detail(request, found, 422, more=form)


def _mine(request: HttpRequest, pk: int) -> Claim:
    rows = Claim.objects.of_buyer(request.user).select_related(
        "product_order__order",
        "product_order__option__product",
        "product_order__seller",
        "replacement",
        "exchange_option",
    )
    return get_object_or_404(
        rows.prefetch_related("evidence", "steps", "product_order__option__product__photos"), pk=pk
    )


def _others(request: HttpRequest, item: Line) -> list[Line]:
    """Other lines of the same order and seller for which the same can be asked now."""
    rows = (
        ProductOrder.objects.of_buyer(request.user)
        .filter(order=item.line.order_id, seller=item.line.seller_id, charge=item.line.charge_id)
        .exclude(pk=item.line.pk)
        .select_related("option__product")
        .prefetch_related("option__product__photos", "claims")
    )
    moment = clock.now()
    return [item_of(line) for line in rows.order_by("id") if kinds_of(line, moment)[:1] == item.claim_kinds[:1]]


def _known(request: HttpRequest, item: Line) -> Claim | None:
    """The claim a second press of the same form is about."""
    key = request.POST.get("key")
    return next((c for c in item.line.claims.all() if key in (str(c.key), str(c.group))), None)


def _option(item: Line, pk: Any) -> Option | None:
    return exchangeable_for(item.line).filter(pk=int(pk)).first() if str(pk or "").isdecimal() else None


def _preview(item: Line, others: list[Line], kind: str, given: Any) -> tuple[Refund | None, str]:
    """(the refund of all that is asked for, or why there is none to show yet)."""
    quantity, reason = given.get("quantity") or str(item.left), given.get("reason")
    if kind not in item.claim_kinds or not quantity.isdecimal() or not reason:
        return None, _("이유를 고르면 돌려받을 금액을 보여 드려요.")
    wanted = [(item.line, int(quantity))]
    if kind != Claim.Kind.EXCHANGE:
        wanted += [(o.line, o.left) for o in others if str(o.line.pk) in given.getlist("with")]
    method = given.get("fee_method")
    method = method if method in Claim.FeeMethod.values else Claim.FeeMethod.DEDUCTED
    try:
        parts = claims.preview_together(
            wanted, kind, reason, option=_option(item, given.get("option")), fee_method=method
        )
    except DureError as error:
        return None, str(error)
    whole = Refund(
        sum(r.goods for r in parts),
        sum(r.shipping for r in parts),
        sum(r.return_fee for r in parts),
        sum(r.fee_due for r in parts),
        sum(r.first_freight for r in parts),
    )
    if kind == Claim.Kind.EXCHANGE and not whole.goods and not whole.fee_due:
        return None, _("바꿔 드려요. 내거나 돌려받을 금액은 없어요.")
    return whole, ""
