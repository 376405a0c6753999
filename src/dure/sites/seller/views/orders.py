"""One order line of a shop: seen, sent whole or in parts, announced late, its waybill mended."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.orders import actions as orders
from dure.commerce.orders.models import ProductOrder
from dure.commerce.orders.queries import GIVEN
from dure.commerce.orders.rules import business_days_after
from dure.commerce.sellers.models import Seller
from dure.commerce.shipping import actions as shipping
from dure.commerce.shipping.models import Parcel
from dure.kit import clock
from dure.kit.errors import DureError
from dure.sites import timeline
from dure.sites.design.toasts import toast
from dure.sites.seller.access import centre, may, page, sees
from dure.sites.seller.board import deadline_words
from dure.sites.seller.forms import DelayForm, DispatchForm


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
        pieces = form.cleaned_data.get("pieces")
        try:
            shipping.dispatch(
                together,
                by=request.user,  # type: ignore[arg-type]
                pieces={line.pk: pieces} if pieces else None,
                **form.parcel(),
            )
        except DureError as error:
            field = "pieces" if error.field == "quantity" else error.field
            form.add_error(field if field in form.fields else None, str(error))
        else:
            toast(request, _("보냈어요. 배송 상태는 저절로 바뀌어요."))
            return redirect("seller:order", pk)
    return _order(request, shop, line, 422, dispatch=form)


@centre
@may("orders")
@require_POST
def announce_delay(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    """발송지연 안내."""
    line, form = _line(request, shop, pk), DelayForm(request.POST)
    if form.is_valid():
        try:
            orders.announce_delay(line, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except DureError as error:
            form.add_error("detail" if error.field == "reason" else error.field, str(error))
        else:
            toast(request, _("손님께 알렸어요. 새 기한까지 보내 주세요."))
            return redirect("seller:order", pk)
    return _order(request, shop, line, 422, delay=form)


@centre
@may("orders")
@require_POST
def correct_waybill(request: HttpRequest, shop: Seller, pk: int, parcel: int) -> HttpResponse:
    """송장 수정."""
    line = _line(request, shop, pk)
    found = get_object_or_404(line.parcels.filter(direction=Parcel.Direction.OUT), pk=parcel)
    form = DispatchForm(request.POST, prefix=f"w{found.pk}")
    if form.is_valid():
        try:
            told = form.parcel()
            shipping.correct_waybill(found, told["carrier"], told["waybill"], by=request.user)  # type: ignore[arg-type]
        except DureError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            toast(request, _("송장을 고쳤어요. 전 번호는 기록에 남아요."))
            return redirect("seller:order", pk)
    return _order(request, shop, line, 422, correcting=form)


@centre
@may("orders")
@require_POST
def handed_over(request: HttpRequest, shop: Seller, pk: int, parcel: int) -> HttpResponse:
    """What went by hand is with the buyer."""
    line = _line(request, shop, pk)
    found = get_object_or_404(line.parcels.filter(direction=Parcel.Direction.OUT), pk=parcel)
    try:
        shipping.handed_to_buyer(found, by=request.user)  # type: ignore[arg-type]
    except DureError as error:
        return _order(request, shop, line, error.status, refusal=str(error))
    toast(request, _("전달을 마쳤어요."))
    return redirect("seller:order", pk)


def _line(request: HttpRequest, shop: Seller, pk: int) -> ProductOrder:
    rows = (
        ProductOrder.objects.of_seller_user(request.user)
        .filter(seller=shop)
        .annotate(given=GIVEN)
        .select_related("order", "option__product", "seller__shipping_policy", "delay")
        .prefetch_related(*timeline.MANY)
    )
    return get_object_or_404(rows, pk=pk)


def _together(line: ProductOrder) -> list[ProductOrder]:
    return list(
        ProductOrder.objects.filter(order_id=line.order_id, seller_id=line.seller_id, status="PAID").order_by("id")
    )


def _order(request: HttpRequest, shop: Seller, line: ProductOrder, status: int = 200, **more: Any) -> HttpResponse:
    known = {
        "dispatch": DispatchForm(
            initial={"carrier": getattr(getattr(line.seller, "shipping_policy", None), "carrier", "")}
        ),
        "delay": DelayForm(
            initial={"due": business_days_after(max(line.dispatch_due or clock.today(), clock.today()), 3)}
        ),
    }
    wrong = more.pop("correcting", None)
    return page(
        request,
        shop,
        "seller/order.html",
        status,
        **{**known, **more},
        line=line,
        deadline=deadline_words(line.dispatch_due) if line.dispatch_due else None,
        together=[other for other in _together(line) if other.pk != line.pk],
        trail=timeline.of_line(line),
        parcels=[
            (parcel, timeline.parcel_words(parcel), _correcting(parcel, wrong)) for parcel in timeline.parcels_of(line)
        ],
        replacements=line.replacements.all() if line.exchanged_quantity else [],
    )


def _correcting(parcel: Parcel, wrong: DispatchForm | None) -> DispatchForm:
    prefix = f"w{parcel.pk}"
    if wrong is not None and wrong.prefix == prefix:
        return wrong
    return DispatchForm(prefix=prefix, initial={"carrier": parcel.carrier})
