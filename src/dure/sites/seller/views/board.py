"""The order board: what waits, and many orders seen, sent or printed at once."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.claims import board as waiting
from dure.commerce.orders import actions as orders
from dure.commerce.orders.models import ProductOrder
from dure.commerce.orders.queries import lines_on_board
from dure.commerce.sellers.models import Seller
from dure.commerce.shipping import actions as shipping
from dure.kit import clock
from dure.kit.errors import DureError
from dure.sites.design.toasts import toast
from dure.sites.seller.access import can, centre, frame, may, page, sees
from dure.sites.seller.board import Board, tabs
from dure.sites.seller.forms import DispatchForm, WaybillsForm

MOST = 200  # lines picked at once


@centre
@sees("orders")
def board(request: HttpRequest, shop: Seller) -> HttpResponse:
    counts = waiting.counts(shop, clock.today(), clock.now())
    listing = Board(request, shop.pk, may_change=can(request)["orders"])
    context = {
        "counts": counts,
        "tab_items": tabs(request, counts, listing.state),
        "state": listing.state,
        "waybills": WaybillsForm(),
    }
    return listing.respond("seller/board.html", **frame(request, shop), **context)


@centre
@may("orders")
@require_POST
def acknowledge_picked(request: HttpRequest, shop: Seller) -> HttpResponse:
    """발주확인 of what was picked, or of everything new."""
    fresh = ProductOrder.objects.filter(seller=shop, status="PAID", acknowledged_at=None)
    if "all" not in request.POST:
        fresh = fresh.filter(pk__in=_picked(request))
    seen = orders.acknowledge_all(fresh.values_list("pk", flat=True)[: MOST * 5], by=request.user)  # type: ignore[arg-type]
    undo = (reverse("seller:unacknowledge"), {"ids": ",".join(map(str, seen))}) if seen else None
    toast(request, _("주문 %(n)d건을 확인했어요.") % {"n": len(seen)}, undo=undo)
    return redirect(f"{reverse('seller:orders')}?state=ready")


@centre
@may("orders")
@require_POST
def unacknowledge(request: HttpRequest, shop: Seller) -> HttpResponse:
    """발주확인 해제: the undo."""
    mine = ProductOrder.objects.filter(seller=shop, pk__in=_picked(request))
    back = orders.take_back_acknowledgement(mine.values_list("pk", flat=True), by=request.user)  # type: ignore[arg-type]
    toast(request, _("주문 %(n)d건의 확인을 되돌렸어요.") % {"n": back})
    return redirect(f"{reverse('seller:orders')}?state=fresh")


@centre
@may("orders")
@require_POST
def send(request: HttpRequest, shop: Seller) -> HttpResponse:
    """A row for each parcel of what was picked; those with a waybill are sent, the others say why not."""
    lines = list(lines_on_board(shop).filter(pk__in=_picked(request), status="PAID").order_by("pk"))
    parcels = _parcels(lines)
    sent, rows = 0, []
    start = {"carrier": getattr(getattr(shop, "shipping_policy", None), "carrier", "")}
    for together in parcels:
        prefix = f"p{together[0].pk}"
        given = request.POST if f"{prefix}-carrier" in request.POST else None
        form = DispatchForm(given, prefix=prefix, initial=start, bulk=True)
        if given and form.is_valid() and form.is_filled and _sent(form, together, request):
            sent += 1
            continue
        rows.append((form, together))
    if sent:
        toast(request, _("상자 %(n)d개를 보냈어요. 배송 상태는 저절로 바뀌어요.") % {"n": sent})
    if not rows:
        return redirect(f"{reverse('seller:orders')}?state=delivering" if sent else "seller:orders")
    failed = any(form.is_bound and form.errors for form, _lines in rows)
    return page(request, shop, "seller/send.html", 422 if failed else 200, rows=rows, sent=sent)


def _sent(form: DispatchForm, lines: list[ProductOrder], request: HttpRequest) -> bool:
    try:
        shipping.dispatch(lines, by=request.user, **form.parcel())  # type: ignore[arg-type]
    except DureError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return False
    return True


@centre
@sees("orders")
def print_picked(request: HttpRequest, shop: Seller) -> HttpResponse:
    """Packing slips and address labels of what was picked (everything to send, if nothing was)."""
    rows = lines_on_board(shop).filter(status="PAID").order_by("dispatch_due", "pk")
    if picked := _picked(request):
        rows = rows.filter(pk__in=picked)
    parcels = _parcels(list(rows[:MOST]))
    total: dict[tuple[str, str], int] = defaultdict(int)
    for lines in parcels:
        for line in lines:
            total[line.product_name, line.option_name] += line.unsent_quantity
    goods = [(name, option, pieces) for (name, option), pieces in sorted(total.items())]
    return page(request, shop, "seller/print.html", parcels=parcels, goods=goods, ids=",".join(map(str, picked)))


def _picked(request: HttpRequest) -> list[int]:
    """Primary keys of the boxes ticked, or of a comma-separated `ids`."""
    given: Any = request.POST if request.method == "POST" else request.GET
    ids = [one for text in given.getlist("ids") for one in text.split(",")]
    return [int(one) for one in ids if one.isdecimal() and len(one) < 19][: MOST * 5]


def _parcels(lines: list[ProductOrder]) -> list[list[ProductOrder]]:
    """Lines that can share a parcel: of one order, or of several to the same person at the same place."""
    together: dict[tuple[str, ...], list[ProductOrder]] = defaultdict(list)
    for line in lines:
        to = line.order
        together[to.receiver, to.phone, to.postcode, to.address1, to.address2].append(line)
    return list(together.values())
