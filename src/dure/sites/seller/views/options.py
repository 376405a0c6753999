"""The table of options: combined, changed many at once, saved and taken back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.catalog.errors import ChangedMeanwhile
from dure.commerce.catalog.models import Product
from dure.commerce.sellers.models import Seller
from dure.commerce.stock import grid
from dure.commerce.stock.models import StockCount
from dure.kit.errors import DureError
from dure.sites.design.toasts import toast
from dure.sites.seller.access import centre, may
from dure.sites.seller.option_table import Table, own_ids
from dure.sites.seller.views.editor import editor, one, seen


@centre
@may("products")
@require_POST
def save_options(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    """`do`: combine and add lay the table out anew and save nothing; change does to the picked rows and saves, as save does."""
    found, table = one(shop, pk), Table.typed(request.POST)
    if not own_ids(found, table.lines):
        return editor(
            request, shop, found, 409, refusal=_("다른 상품의 옵션이 섞여 있어요. 새로 고친 뒤 다시 해 주세요.")
        )
    do = request.POST.get("do", "save")
    if do in {"combine", "add"}:
        refusal = table.combine(request.POST.get("new-price", "")) if do == "combine" else ""
        table.unsaved = True
        return editor(request, shop, found, 422 if refusal else 200, table=table.with_blanks(), refusal=refusal)
    if do == "change" and (refusal := table.change_many(request.POST)):
        return editor(request, shop, found, 422, table=table.with_blanks(), refusal=refusal)
    if not table.is_valid():
        return editor(request, shop, found, 422, table=table)
    return _save(request, shop, found, table)


def _save(request: HttpRequest, shop: Seller, found: Product, table: Table) -> HttpResponse:
    why = _("판매자센터에서 고침")
    try:
        saved = grid.save(
            found,
            table.rows(),
            axes=table.axis_names,
            seen=seen(request),
            by=request.user,  # type: ignore[arg-type]
            why=why,
        )
    except ChangedMeanwhile as error:
        return editor(request, shop, found, error.status, table=table.with_blanks(), conflict=error)
    except DureError as error:
        return editor(request, shop, found, error.status, table=table.with_blanks(), refusal=str(error))
    back = {
        "revision": saved.revision.pk if saved.revision else "",
        "count": saved.count.pk if saved.count else "",
    }
    undo = (reverse("seller:undo_options", args=[found.pk]), back) if saved else None
    toast(request, _("저장했어요."), undo=undo)
    return redirect(f"{reverse('seller:product', args=[found.pk])}#options")


@centre
@may("products")
@require_POST
def undo_options(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    """Prices and stock as they were before a save of the table."""
    found = one(shop, pk)
    revision = found.revisions.filter(pk=_id(request, "revision")).first()
    count = StockCount.objects.filter(pk=_id(request, "count"), product=found).first()
    try:
        grid.undo(grid.Saved(revision, count), by=request.user)  # type: ignore[arg-type]
    except DureError as error:
        return editor(request, shop, found, error.status, refusal=str(error))
    toast(request, _("되돌렸어요."))
    return redirect(f"{reverse('seller:product', args=[pk])}#options")


def _id(request: HttpRequest, name: str) -> int:
    typed = request.POST.get(name, "")
    return int(typed) if typed.isdecimal() and len(typed) < 19 else 0
