"""Orders of a shop: seen, sent one by one or by Excel; claims answered; reviews replied to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.claims import actions as claims
from dure.commerce.claims.models import Claim
from dure.commerce.claims.queries import claims_of_seller
from dure.commerce.claims.words import reason_in_words
from dure.commerce.orders import actions as orders
from dure.commerce.orders.models import ProductOrder
from dure.commerce.orders.queries import lines_of_seller
from dure.commerce.sellers.models import Seller
from dure.commerce.shipping import actions as shipping
from dure.integrations.carrier.carriers import carrier_name
from dure.kit.errors import DureError
from dure.sites.design.toasts import toast
from dure.sites.seller import lists
from dure.sites.seller.access import centre, frame, may, page, sees
from dure.sites.seller.forms import AnswerForm, DispatchForm


@centre
@sees("orders")
def order(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    return _order(request, shop, _line(request, shop, pk))


@centre
@may("orders")
@require_POST
def acknowledge(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    line = _line(request, shop, pk)
    try:
        orders.acknowledge(line, by=request.user)
    except DureError as error:
        return _order(request, shop, line, error.status, refusal=str(error))
    toast(request, _("발주를 확인했어요. 이제 포장해서 보내 주세요."))
    return redirect("seller:order", pk)


@centre
@may("orders")
@require_POST
def dispatch(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    """발송처리, with the other lines of the same order that can go in the same parcel."""
    line, form = _line(request, shop, pk), DispatchForm(request.POST)
    if form.is_valid():
        together = _together(line) if request.POST.get("together") else [line]
        try:
            shipping.dispatch(together, by=request.user, **form.parcel())
        except DureError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            toast(request, _("보냈어요. 배송 상태는 저절로 바뀌어요."))
            return redirect("seller:order", pk)
    return _order(request, shop, line, 422, dispatch=form)


@centre
@sees("orders")
def claim_list(request: HttpRequest, shop: Seller) -> HttpResponse:
    rows = claims_of_seller(request.user).filter(product_order__seller=shop)
    return lists.Claims(request, rows).respond("seller/list.html", **frame(request, shop), title=_("클레임"))


@centre
@sees("orders")
def claim(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    return _claim(request, shop, _one_claim(request, shop, pk))


@centre
@may("orders")
@require_POST
def answer_claim(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    """Collect, say that it is back, complete, or reject."""
    found, deed = _one_claim(request, shop, pk), request.POST.get("deed", "")
    form, collect = AnswerForm(request.POST), DispatchForm(request.POST)
    form.is_valid()
    restock = not request.POST.get("unsaleable")
    if deed == "collect" and not collect.is_valid():
        return _claim(request, shop, found, 422, collect=collect)
    try:
        if deed == "collect":
            claims.start_collecting(found, **_leg(collect), by=request.user)
        elif deed == "collected":
            claims.collected(found, by=request.user)
        elif deed == "complete":
            claims.complete(found, by=request.user, restock=restock)
        elif deed == "redeliver" and collect.is_valid():
            claims.redeliver(found, **_leg(collect), by=request.user, restock=restock)
        elif deed == "exchanged":
            claims.exchanged(found, by=request.user)
        else:
            claims.reject(found, answer=form.cleaned_data.get("answer", ""), by=request.user)
    except DureError as error:
        blamed = collect if error.field in collect.fields else form
        blamed.add_error(error.field if error.field in blamed.fields else None, str(error))
        return _claim(request, shop, found, error.status, answer=form, collect=collect)
    toast(request, _("처리했어요."))
    return redirect("seller:claim", pk)


def _line(request: HttpRequest, shop: Seller, pk: int) -> ProductOrder:
    return get_object_or_404(lines_of_seller(request.user).filter(seller=shop), pk=pk)


def _together(line: ProductOrder) -> list[ProductOrder]:
    return list(
        ProductOrder.objects.filter(order_id=line.order_id, seller_id=line.seller_id, status="PAID").order_by("id")
    )


def _order(request: HttpRequest, shop: Seller, line: ProductOrder, status: int = 200, **more: object) -> HttpResponse:
    moments = [
        (_("결제"), line.paid_at),
        (_("발주확인"), line.acknowledged_at),
        (_("발송"), line.dispatched_at),
        (_("배송 완료"), line.delivered_at),
        (_("구매확정"), line.confirmed_at),
    ]
    known = {
        "dispatch": DispatchForm(initial={"carrier": getattr(getattr(shop, "shipping_policy", None), "carrier", "")})
    }
    return page(
        request,
        shop,
        "seller/order.html",
        status,
        **{**known, **more},
        line=line,
        together=[other for other in _together(line) if other.pk != line.pk],
        moments=[{"title": title, "at": at} for title, at in moments if at],
        parcels=[(parcel, carrier_name(parcel.carrier)) for parcel in line.parcels.all()],
    )


def _leg(form: DispatchForm) -> dict[str, str]:
    return {name: form.cleaned_data[name] for name in ("carrier", "waybill")}


def _one_claim(request: HttpRequest, shop: Seller, pk: int) -> Claim:
    return get_object_or_404(claims_of_seller(request.user).filter(product_order__seller=shop), pk=pk)


def _claim(request: HttpRequest, shop: Seller, found: Claim, status: int = 200, **forms: object) -> HttpResponse:
    known = {"answer": AnswerForm(), "collect": DispatchForm()}
    return page(
        request,
        shop,
        "seller/claim.html",
        status,
        **{**known, **forms},
        claim=found,
        line=found.product_order,
        reason=reason_in_words(found.reason),
        evidence=found.evidence.all(),
    )
