"""Products that ask to be let in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.catalog import actions as catalog
from dure.commerce.catalog.models import Product
from dure.commerce.catalog.queries import notice_rows
from dure.kit.errors import DureError
from dure.people.models import Role
from dure.sites.design.toasts import toast
from dure.sites.office import lists
from dure.sites.office.access import nav, office, page
from dure.sites.office.forms import ReasonForm


@office(Role.OPERATOR)
def product_list(request: HttpRequest) -> HttpResponse:
    rows = Product.objects.select_related("seller", "category").prefetch_related("photos")
    return lists.Products(request, rows).respond("office/list.html", nav=nav(request.user), title=_("상품 심사"))


@office(Role.OPERATOR)
def product(request: HttpRequest, pk: int, form: ReasonForm | None = None) -> HttpResponse:
    rows = Product.objects.select_related("seller", "category").prefetch_related("photos", "options__stock")
    found = get_object_or_404(rows, pk=pk)
    return page(
        request,
        "office/product.html",
        status=400 if form else 200,
        product=found,
        notice=notice_rows(found),
        revisions=found.revisions.select_related("by").order_by("-at")[:10],
        form=form or ReasonForm(),
    )


@require_POST
@office(Role.OPERATOR)
def decide_product(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Product, pk=pk)
    form, verdict = ReasonForm(request.POST), request.POST.get("verdict", "")
    reason = form.data.get("reason", "")
    deeds = {
        "approve": (lambda: catalog.approve(found, by=request.user), _("판매를 시작했어요.")),
        "reject": (lambda: catalog.reject(found, why=reason, by=request.user), _("반려하고 이유를 알렸어요.")),
    }
    deed, done = deeds.get(verdict, deeds["approve"])
    try:
        deed()
    except DureError as error:
        form.is_valid()
        form.add_error("reason" if verdict == "reject" else None, str(error))
        return product(request, pk, form=form)
    toast(request, done)
    return redirect("office:products")
