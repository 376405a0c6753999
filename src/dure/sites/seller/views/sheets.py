"""Excel: sheets of products up and down, order sheets down, waybills up. An upload has one page, whatever its state."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from dure.commerce.catalog import notices
from dure.commerce.catalog.models import Category, Product
from dure.commerce.orders.models import ProductOrder
from dure.commerce.sellers import rules
from dure.commerce.sellers.errors import RoleMissing
from dure.commerce.sellers.models import Seller
from dure.commerce.sheets import actions, columns, order_sheets, product_sheets, queries, returned, words
from dure.commerce.sheets.models import Entry, Upload
from dure.kit import clock
from dure.kit.errors import DureError
from dure.kit.excel import column_letters
from dure.sites.design.lists import EXCEL
from dure.sites.design.toasts import toast
from dure.sites.seller.access import centre, frame, may, role_of, sees
from dure.sites.seller.forms import SheetForm, WaybillsForm
from dure.sites.seller.sheet_lists import Entries, Parcels, Uploads, visible

AREA = {Upload.Kind.PRODUCTS: "products", Upload.Kind.WAYBILLS: "orders"}
STEPS = (gettext_lazy("파일"), gettext_lazy("열 확인"), gettext_lazy("미리보기"), gettext_lazy("저장"))
REACHED = {"LOOKING": 1, "COLUMNS": 2, "READING": 3, "READY": 3, "RUNNING": 4, "PAUSED": 4, "FAILED": 1}
DEEDS = {
    "start": actions.start,
    "pause": actions.pause,
    "go_on": actions.go_on,
    "stop": actions.stop,
    "take_back": actions.take_back,
}


@centre
def sheet_list(request: HttpRequest, shop: Seller) -> HttpResponse:
    return _list(request, shop)


def _list(request: HttpRequest, shop: Seller, status: int = 200, form: SheetForm | None = None) -> HttpResponse:
    areas = {area for area in AREA.values() if rules.may_see(role_of(request), area)}
    listing = Uploads(request, visible(queries.uploads_of(shop), areas))
    context = {
        "form": form or SheetForm(),
        "categories": Category.objects.select_related("parent").order_by("position", "id"),
        "layouts": _layouts(),
    }
    answer = listing.respond("seller/sheets.html", **frame(request, shop), **context)
    answer.status_code = status
    return answer


def _layouts() -> list[tuple[str, str]]:
    return [("dure", _("두레 발주서")), ("naver", _("스마트스토어 모양")), ("coupang", _("쿠팡 모양"))]


@centre
@may("products")
@require_POST
def upload(request: HttpRequest, shop: Seller) -> HttpResponse:
    form = SheetForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            found, new = actions.receive(shop, "PRODUCTS", file.name, file.read(), by=request.user)  # type: ignore[arg-type]
        except DureError as error:
            form.add_error("file", str(error))
        else:
            if not new:
                toast(request, _("전에 올린 것과 똑같은 파일이에요. 그때의 결과를 보여 드려요."))
            return redirect("seller:sheet", found.pk)
    return _list(request, shop, 422, form)


@centre
def sheet(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    return _sheet(request, shop, _one(request, shop, pk))


def _sheet(request: HttpRequest, shop: Seller, found: Upload, status: int = 200, refusal: str = "") -> HttpResponse:
    asks_columns = found.status == "COLUMNS" or (found.status == "READY" and "columns" in request.GET)
    context: dict[str, Any] = {
        "upload": found,
        "steps": [str(step) for step in STEPS],
        "reached": 2 if asks_columns else REACHED.get(found.status, 5),
        "progress": queries.progress(found),
        "counts": queries.counts(found),
        "refusal": refusal,
        "asks_columns": asks_columns,
        "may_change": rules.may_change(role_of(request), AREA[Upload.Kind(found.kind)]),
        "works": found.status in Upload.WORKING,
        "has_file": hasattr(found, "file"),
    }
    if asks_columns:
        context |= _columns(found)
    if found.kind == Upload.Kind.WAYBILLS:
        context["waybills"] = WaybillsForm()
    rows = Entry.objects.filter(upload=found)
    listing = (Parcels if found.kind == Upload.Kind.WAYBILLS else Entries)(request, rows)
    answer = listing.respond("seller/sheet.html", **frame(request, shop), **context)
    answer.status_code = status
    return answer


def _columns(found: Upload) -> dict[str, Any]:
    """Every column of the file with a few of its cells and what it is taken for."""
    field_of = {index: field for field, index in found.columns.items()}
    samples = found.samples or []
    shown = [
        {
            "index": index,
            "letters": column_letters(index),
            "heading": heading,
            "cells": [row[index] for row in samples if index < len(row) and row[index]],
            "field": field_of.get(index, ""),
        }
        for index, heading in enumerate(found.headings)
        if heading and not heading.startswith(columns.ERROR_MARK)
    ]
    return {
        "columns": shown,
        "groups": _choices(),
        "categories": Category.objects.select_related("parent").order_by("position", "id"),
        "unknown": sum(1 for column in shown if not column["field"]),
    }


def _choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Fields to choose from, in groups."""
    fields = columns.FIELDS.values()
    items = {item.code for form in notices.FORMS.values() for item in form.items}
    about = {"product": _("상품"), "option": _("옵션"), "whole": _("한 줄에 옵션 모두(스마트스토어 양식)")}
    groups = [
        (name, [(f.code, words.name_of(f.code)) for f in fields if f.about == kind]) for kind, name in about.items()
    ]
    notice = [(columns.NOTICE + code, words.notice_label(code)) for code in sorted(items, key=words.notice_label)]
    return [*groups, (_("상품정보제공고시"), notice)]


@centre
@require_POST
def set_columns(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    """What each column is; or another sheet of the file."""
    found = _changeable(request, shop, pk)
    chosen = {
        int(name.removeprefix("column-")): value
        for name, value in request.POST.items()
        if name.startswith("column-") and name.removeprefix("column-").isdecimal()
    }
    shelf = request.POST.get("category", "")
    first = request.POST.get("first_row", "")
    try:
        if request.POST.get("sheet", "").isdecimal():
            actions.choose_sheet(found, int(request.POST["sheet"]), by=request.user)  # type: ignore[arg-type]
            return redirect("seller:sheet", pk)
        actions.set_columns(
            found,
            chosen,
            category=shelf if Category.objects.filter(code=shelf).exists() else "",
            first_row=int(first) if first.isdecimal() and len(first) < 7 else 0,
            by=request.user,  # type: ignore[arg-type]
        )
    except DureError as error:
        found.columns = {field: index for index, field in chosen.items() if field} or found.columns
        found.category = shelf
        return _sheet(request, shop, found, error.status, refusal=str(error))
    return redirect("seller:sheet", pk)


@centre
@require_POST
def act(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    """Start, pause, go on, stop, take back, or compare the same file anew."""
    found = _changeable(request, shop, pk)
    deed = request.POST.get("deed", "")
    try:
        if deed == "anew" and hasattr(found, "file"):
            return redirect("seller:sheet", actions.compare_anew(found, by=request.user).pk)  # type: ignore[arg-type]
        if deed not in DEEDS:
            raise Http404
        DEEDS[deed](found, by=request.user)
    except DureError as error:
        return _sheet(request, shop, _one(request, shop, pk), error.status, refusal=str(error))
    return redirect("seller:sheet", pk)


@centre
def returned_file(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse | FileResponse:
    """The seller's sheet with what is to be mended beside the cells; `?only=wrong`: those rows alone."""
    found = _one(request, shop, pk)
    if not hasattr(found, "file"):
        raise Http404
    file = returned.returned_file(found, only_wrong=request.GET.get("only") == "wrong")
    name = found.name.rsplit(".", 1)[0]
    return _file(file, f"{name}-{_('고칠 곳')}.xlsx")


@centre
@may("products")
def template(request: HttpRequest, shop: Seller) -> FileResponse:
    shelf = (
        Category.objects.filter(code=request.GET.get("category", "")).first() or Category.objects.order_by("id").first()
    )
    if shelf is None:
        raise Http404
    return _file(product_sheets.template(shelf), f"{_('상품 양식')}-{shelf.name_ko}.xlsx".replace("/", "·"))


@centre
@sees("products")
def products_out(request: HttpRequest, shop: Seller) -> FileResponse:
    """Everything of the shop; `?what=daily`: prices and stock alone."""
    daily = request.GET.get("what") == "daily"
    rows = Product.objects.filter(seller=shop).exclude(status__in=queries.GONE)
    file = product_sheets.products_out(shop, rows, daily=daily, by=request.user)  # type: ignore[arg-type]
    return _file(file, f"{_('가격·재고') if daily else _('상품 전체')}-{clock.today():%y%m%d}.xlsx")


@centre
@sees("orders")
def purchase_orders(request: HttpRequest, shop: Seller) -> FileResponse:
    """발주서: what is to be sent, with columns for carrier and waybill. `?layout=naver` or `coupang` for their columns."""
    layout = order_sheets.layout_of(request.GET.get("layout", ""))
    lines = ProductOrder.objects.filter(seller=shop, status="PAID", paid_at__isnull=False)
    if request.GET.get("only") == "seen":
        lines = lines.exclude(acknowledged_at=None)
    file = order_sheets.order_sheet(shop, lines, layout, by=request.user)  # type: ignore[arg-type]
    return _file(file, f"{layout.sheet}-{clock.today():%y%m%d}.xlsx")


@centre
@may("orders")
@require_POST
def upload_waybills(request: HttpRequest, shop: Seller) -> HttpResponse:
    """An order sheet back, with waybills filled in; each row is sent or says why not."""
    form = WaybillsForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("올릴 엑셀 파일을 골라 주세요."))
        return redirect("seller:orders")
    file = form.cleaned_data["file"]
    try:
        found, new = actions.receive(shop, "WAYBILLS", file.name, file.read(), by=request.user)  # type: ignore[arg-type]
        if new:
            actions.send_waybills(found, by=request.user)  # type: ignore[arg-type]
        else:
            toast(request, _("전에 올린 것과 똑같은 파일이에요. 다시 보내지 않았어요."))
    except DureError as error:
        messages.error(request, str(error))
        return redirect("seller:orders")
    return redirect("seller:sheet", found.pk)


def _one(request: HttpRequest, shop: Seller, pk: int) -> Upload:
    """An upload of this shop of a kind this person may look at; another does not exist."""
    found = get_object_or_404(queries.uploads_of(shop).select_related("seller", "file").defer("file__content"), pk=pk)
    if not rules.may_see(role_of(request), AREA[Upload.Kind(found.kind)]):
        raise RoleMissing()
    return found


def _changeable(request: HttpRequest, shop: Seller, pk: int) -> Upload:
    found = get_object_or_404(queries.uploads_of(shop).select_related("seller"), pk=pk)
    if not rules.may_change(role_of(request), AREA[Upload.Kind(found.kind)]):
        raise RoleMissing()
    return found


def _file(file: Any, name: str) -> FileResponse:
    return FileResponse(file, as_attachment=True, filename=name, content_type=EXCEL)
