"""The MD improves a product's composition: words, notice, pictures. The seller sees each change and may take it back."""

from __future__ import annotations

from typing import Any

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.catalog import actions as catalog
from dure.commerce.catalog import notices
from dure.commerce.catalog import queries as catalog_queries
from dure.commerce.catalog.errors import NoticeInvalid
from dure.commerce.catalog.models import Product
from dure.kit.errors import DureError
from dure.partnership import queries
from dure.people.models import Role
from dure.sites.design.toasts import toast
from dure.sites.desk.access import desk, page
from dure.sites.desk.forms import NoticeForm, ProductPhotoForm, WordsForm

raising = desk(Role.MD, Role.OPERATOR)


@raising
def product(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _product(request, pk))


@raising
@require_POST
def words(request: HttpRequest, pk: int) -> HttpResponse:
    product, form = _product(request, pk), WordsForm(request.POST)
    if form.is_valid():
        try:
            changed = catalog.improve(product, by=request.user, note=form.cleaned_data["note"], **form.words())  # type: ignore[arg-type]
        except DureError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            toast(request, _("고쳤어요. 사장님 화면에 제안으로 보여요.") if changed else _("달라진 것이 없어요."))
            return redirect("desk:product", pk)
    return _page(request, product, 422, words=form)


@raising
@require_POST
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    product = _product(request, pk)
    form = NoticeForm(_notice_type(product), request.POST)
    if form.is_valid():
        try:
            catalog.save_notice(
                product,
                _notice_type(product),
                form.cleaned_data,
                by=request.user,  # type: ignore[arg-type]
                note=_("상품정보제공고시를 채웠어요."),
                suggested=True,
            )
        except NoticeInvalid as error:
            for item, sentence in error.params["errors"].items():
                form.add_error(item, sentence)
        except DureError as error:
            form.add_error(None, str(error))
        else:
            toast(request, _("고시를 저장했어요."))
            return redirect("desk:product", pk)
    return _page(request, product, 422, notice=form)


@raising
@require_POST
def photo(request: HttpRequest, pk: int) -> HttpResponse:
    product, form = _product(request, pk), ProductPhotoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            catalog.add_photo(product, form.cleaned_data["image"], by=request.user, alt=product.name)  # type: ignore[arg-type]
        except DureError as error:
            form.add_error("image", str(error))
        else:
            toast(request, _("사진을 올렸어요."))
            return redirect("desk:product", pk)
    return _page(request, product, 422, photo=form)


def _product(request: HttpRequest, pk: int) -> Product:
    found = queries.products_for(request.user).filter(pk=pk).first()  # type: ignore[arg-type]
    if found is None:
        raise Http404
    return found


def _notice_type(product: Product) -> str:
    return product.notice_type or product.category.notice_type


def _page(request: HttpRequest, product: Product, status: int = 200, **forms: Form) -> HttpResponse:
    known: dict[str, Any] = {name: getattr(product, name) for name in ("name", "tagline", "story", "keywords")}
    code = _notice_type(product)
    return page(
        request,
        "desk/product.html",
        status,
        product=product,
        lead=queries.lead_of_seller(product.seller_id),
        missing=catalog_queries.missing(product),
        words=forms.get("words") or WordsForm(initial=known),
        notice=forms.get("notice") or NoticeForm(code, initial=product.notice),
        notice_label=notices.form_of(code).label,
        photo=forms.get("photo") or ProductPhotoForm(),
        suggestions=catalog_queries.suggestions(product),
    )
