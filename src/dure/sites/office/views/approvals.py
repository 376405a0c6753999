"""Products that ask to be let in, and changes of those that are in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.catalog import actions as catalog
from dure.commerce.catalog import queries
from dure.commerce.catalog.models import ChangeRequest, Product, ProductStatus
from dure.commerce.stock.queries import available_of
from dure.kit.errors import DureError
from dure.people.models import Role
from dure.sites.design.toasts import toast
from dure.sites.office import lists
from dure.sites.office.access import nav, office, page
from dure.sites.office.forms import ReasonForm


@office(Role.OPERATOR)
def product_list(request: HttpRequest) -> HttpResponse:
    rows = Product.objects.select_related("seller", "category").prefetch_related("photos")
    return lists.Products(request, rows).respond(
        "office/products.html", nav=nav(request.user), title=_("상품 심사"), tabs=_tabs(), here="products"
    )


@office(Role.OPERATOR)
def change_list(request: HttpRequest) -> HttpResponse:
    """Changes of approved products: those that wait first."""
    rows = ChangeRequest.objects.select_related("product__seller", "by")
    return lists.Changes(request, rows).respond(
        "office/products.html", nav=nav(request.user), title=_("변경 심사"), tabs=_tabs(), here="changes"
    )


def _tabs() -> list[tuple[str, str, str, int]]:
    new = Product.objects.filter(status=ProductStatus.IN_REVIEW).count()
    changes = ChangeRequest.objects.filter(status=ChangeRequest.Status.PENDING).count()
    return [
        ("products", _("새 상품"), reverse("office:products"), new),
        ("changes", _("변경"), f"{reverse('office:changes')}?status=PENDING", changes),
        ("categories", _("분류"), reverse("office:categories"), 0),
    ]


@office(Role.OPERATOR)
def product(request: HttpRequest, pk: int, form: ReasonForm | None = None, status: int = 200) -> HttpResponse:
    """The product as it stands, what a review finds in it, and what its seller wants to change."""
    rows = Product.objects.select_related("seller", "category").prefetch_related("photos", "options__stock")
    found = get_object_or_404(rows, pk=pk)
    pending = queries.pending_change(found)
    asked = queries.as_asked(found, pending)
    left = available_of(option.pk for option in found.options.all())
    return page(
        request,
        "office/product.html",
        status=400 if form and status == 200 else status,
        product=found,
        notice=queries.notice_rows(found),
        findings=queries.findings(asked, left),
        pending=pending,
        pending_changes=queries.differences(pending) if pending else [],
        pending_photos=pending.after.get("photos_added", []) if pending else [],
        pending_blocks=pending.after.get("blocks", []) if pending else [],
        revisions=[(revision, queries.differences(revision)[:12]) for revision in queries.versions(found, 10)],
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
        "prohibit": (
            lambda: catalog.prohibit(found, why=reason, by=request.user),
            _("팔 수 없게 하고 이유를 알렸어요."),
        ),
    }
    deed, done = deeds.get(verdict, deeds["approve"])
    try:
        deed()
    except DureError as error:
        form.is_valid()
        form.add_error(None if verdict == "approve" else "reason", str(error))
        return product(request, pk, form=form)
    toast(request, done)
    return redirect("office:products")


@require_POST
@office(Role.OPERATOR)
def decide_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide about the very request that was read: one the seller has replaced since is refused."""
    change = get_object_or_404(ChangeRequest.objects.select_related("product"), pk=pk)
    form, verdict = ReasonForm(request.POST), request.POST.get("verdict", "")
    try:
        if verdict == "approve":
            catalog.approve_change(change, by=request.user)  # type: ignore[arg-type]
        else:
            catalog.reject_change(change, why=form.data.get("reason", ""), by=request.user)  # type: ignore[arg-type]
    except DureError as error:
        form.is_valid()
        form.add_error("reason" if error.field == "why" else None, str(error))
        return product(request, change.product_id, form=form, status=error.status)
    toast(request, _("바뀐 내용이 손님에게 보여요.") if verdict == "approve" else _("돌려보내고 이유를 알렸어요."))
    return redirect(f"{reverse('office:changes')}?status=PENDING")
