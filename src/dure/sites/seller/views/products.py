"""The products of a shop: list, editor, photos, notice, what the MD suggested, the review."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.forms import BaseFormSet, Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.catalog import actions, notices, queries
from dure.commerce.catalog.errors import NoticeInvalid
from dure.commerce.catalog.models import Product, Revision
from dure.commerce.sellers.models import Seller
from dure.commerce.stock import actions as stock
from dure.kit.errors import DureError
from dure.sites.design.toasts import toast
from dure.sites.seller import lists
from dure.sites.seller.access import apart, centre, frame, may, page
from dure.sites.seller.forms import NoticeForm, OptionFormSet, PhotoForm, ProductForm


@centre
def product_list(request: HttpRequest, shop: Seller) -> HttpResponse:
    rows = _mine(shop).select_related("category").prefetch_related("photos", "options__stock")
    return lists.Products(request, rows).respond("seller/products.html", **frame(request, shop))


@centre
@may("products")
def new_product(request: HttpRequest, shop: Seller) -> HttpResponse:
    form, options = ProductForm(request.POST or None), OptionFormSet(request.POST or None, prefix="options")
    if request.method == "POST" and form.is_valid() and options.is_valid():
        filled = [row for row in options if row.filled]
        try:
            product = actions.create_product(
                shop,
                **form.words(),
                options=[row.row() for row in filled],
                key=form.cleaned_data["key"],
                by=request.user,
            )
            _count_stock(product, filled, request)
        except DureError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            toast(request, _("저장했어요. 이제 사진과 고시를 채워 주세요."))
            return redirect("seller:product", product.pk)
    status = 422 if request.method == "POST" else 200
    return page(request, shop, "seller/new_product.html", status, form=form, options=options)


@centre
def product(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    found = _one(shop, pk)
    return _editor(request, shop, found, code=_asked_type(found, request.GET.get("form", "")))


@centre
@may("products")
@require_POST
def save_words(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    found, form = _one(shop, pk), ProductForm(request.POST)
    if form.is_valid():
        try:
            actions.update_product(found, by=request.user, **form.words())
        except DureError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            return _saved(request, pk, "basics")
    return _editor(request, shop, found, 422, words=form)


@centre
@may("products")
@require_POST
def save_options(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    """Prices, names and stock of the options, in one table. Stock typed is set against what the seller was looking at."""
    found, options = _one(shop, pk), OptionFormSet(request.POST, prefix="options")
    if options.is_valid():
        filled = [row for row in options if row.filled]
        try:
            actions.set_options(found, [row.row() for row in filled], by=request.user)
            _count_stock(found, filled, request)
        except DureError as error:
            return _editor(request, shop, found, error.status, options=options, refusal=str(error))
        return _saved(request, pk, "options")
    return _editor(request, shop, found, 422, options=options)


@centre
@may("products")
@require_POST
def save_notice(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    found = _one(shop, pk)
    code = _asked_type(found, request.POST.get("form", ""))
    form = NoticeForm(code, request.POST)
    if form.is_valid():
        try:
            actions.save_notice(found, code, form.cleaned_data, by=request.user)
        except NoticeInvalid as error:
            for item, sentence in error.params["errors"].items():
                form.add_error(item, sentence)
        except DureError as error:
            form.add_error(None, str(error))
        else:
            return _saved(request, pk, "notice")
    return _editor(request, shop, found, 422, code, notice=form)


@centre
@may("products")
@require_POST
def add_photo(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    found, form = _one(shop, pk), PhotoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            for image in form.cleaned_data["image"]:
                actions.add_photo(found, image, by=request.user, alt=found.name)
        except DureError as error:
            form.add_error("image", str(error))
        else:
            return _saved(request, pk, "photos")
    return _editor(request, shop, found, 422, photo=form)


@centre
@may("products")
@require_POST
def change_photo(request: HttpRequest, shop: Seller, pk: int, photo: int) -> HttpResponse:
    """Take a picture off, make it the face of the product, or move it one place forward."""
    found = _one(shop, pk)
    picture = get_object_or_404(found.photos, pk=photo)
    if "remove" in request.POST:
        actions.remove_photo(picture, by=request.user)
    elif "forward" in request.POST:
        actions.order_photos(found, _one_forward([p.pk for p in found.photos.all()], picture.pk), by=request.user)
    else:
        actions.order_photos(found, [picture.pk], by=request.user)
    return _saved(request, pk, "photos")


@centre
@may("products")
@require_POST
def undo(request: HttpRequest, shop: Seller, pk: int, revision: int) -> HttpResponse:
    """Take back what the MD suggested."""
    found = get_object_or_404(Revision, pk=revision, product=_one(shop, pk))
    try:
        actions.undo(found, by=request.user)
    except DureError as error:
        return _editor(request, shop, found.product, error.status, refusal=str(error))
    return _saved(request, pk, "suggestions")


@centre
@may("products")
@require_POST
def move(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    """Submit for review, take back, suspend, resume, end."""
    found = _one(shop, pk)
    deeds: dict[str, Any] = {
        "submit": (actions.submit_for_review, _("심사를 신청했어요.")),
        "withdraw": (actions.withdraw, _("심사 신청을 거두었어요.")),
        "suspend": (actions.suspend, _("판매를 멈췄어요.")),
        "resume": (actions.resume, _("다시 팔아요.")),
        "end": (actions.end, _("판매를 끝냈어요.")),
    }
    deed, said = deeds.get(request.POST.get("deed", ""), (None, ""))
    if deed is None:
        raise Http404
    try:
        deed(found, by=request.user)
    except DureError as error:
        return _editor(request, shop, found, error.status, refusal=str(error))
    toast(request, said)
    return redirect("seller:product", pk)


def _mine(shop: Seller) -> QuerySet[Product]:
    return Product.objects.filter(seller=shop)


def _one(shop: Seller, pk: int) -> Product:
    rows = _mine(shop).select_related("category", "seller").prefetch_related("photos")
    return get_object_or_404(rows, pk=pk)


def _asked_type(product: Product, asked: str) -> str:
    """The notice's form: the one asked for if there is such a one, else the product's, else its category's."""
    return asked if asked in notices.FORMS else product.notice_type or product.category.notice_type


def _one_forward(ids: list[int], moved: int) -> list[int]:
    at = ids.index(moved)
    if at:
        ids[at - 1], ids[at] = ids[at], ids[at - 1]
    return ids


def _count_stock(product: Product, rows: list[Any], request: HttpRequest) -> None:
    by_name = {option.name: option for option in product.options.filter(active=True).select_related("stock")}
    for row in rows:
        typed, seen = row.cleaned_data.get("stock"), row.cleaned_data.get("seen") or 0
        option = by_name.get(row.cleaned_data["name"].strip())
        if typed is None or option is None or typed == seen:
            continue
        if row.cleaned_data.get("id") or not hasattr(
            option, "stock"
        ):  # a new option is stocked once, sent twice or not
            stock.set_available(option, typed, seen=seen, by=request.user, why=_("판매자센터에서 고침"))  # type: ignore[arg-type]


def _saved(request: HttpRequest, pk: int, part: str) -> HttpResponse:
    toast(request, _("저장했어요."))
    return redirect(f"{redirect('seller:product', pk).url}#{part}")  # type: ignore[attr-defined]


def _options_of(product: Product) -> BaseFormSet[Any]:
    rows = product.options.filter(active=True).select_related("stock")
    known = []
    for option in rows:
        left = option.stock.available if hasattr(option, "stock") else 0
        row = {"id": option.pk, "name": option.name, "price": option.price, "seller_code": option.seller_code}
        known.append({**row, "stock": left, "seen": left})
    return OptionFormSet(prefix="options", initial=known)


def _editor(
    request: HttpRequest,
    shop: Seller,
    product: Product,
    status: int = 200,
    code: str = "",
    refusal: str = "",
    **forms: Form | BaseFormSet[Any],
) -> HttpResponse:
    product.refresh_from_db()
    code = code or _asked_type(product, "")
    facts = {"phone": shop.contact_phone, "maker": shop.company_name or shop.name, "product": product.name}
    known: dict[str, Any] = {
        "words": ProductForm.of(product),
        "options": _options_of(product),
        "notice": NoticeForm(code, initial=dict(product.notice), suggested=notices.suggestions(code, facts)),
        "photo": PhotoForm(),
    }
    return page(
        request,
        shop,
        "seller/product.html",
        status,
        **apart({**known, **forms}),
        product=product,
        photos=product.photos.all(),
        notice_code=code,
        notice_forms=[(form.code, form.label) for form in notices.FORMS.values()],
        missing=queries.missing(product),
        suggestions=[(revision, queries.differences(revision)) for revision in queries.suggestions(product)],
        refusal=refusal,
    )
