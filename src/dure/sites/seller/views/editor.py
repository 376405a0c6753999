"""The editor of one product: its page, its words, terms and notice, and taking changes back."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.catalog import actions, notices, queries
from dure.commerce.catalog.errors import ChangedMeanwhile, NoticeInvalid
from dure.commerce.catalog.models import ChangeRequest, Product, Revision
from dure.commerce.sellers.models import Seller
from dure.kit.errors import DureError
from dure.sites.design.toasts import toast
from dure.sites.seller.access import apart, centre, may, page
from dure.sites.seller.forms import NoticeForm, PhotoForm, ProductForm, TermsForm
from dure.sites.seller.option_table import Table


def mine(shop: Seller) -> QuerySet[Product]:
    return Product.objects.filter(seller=shop)


def one(shop: Seller, pk: int) -> Product:
    rows = mine(shop).select_related("category", "seller").prefetch_related("photos")
    return get_object_or_404(rows, pk=pk)


@centre
def product(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    """`?form=` shows another notice form; `?notice_of=` carries over what another product's notice says."""
    found = one(shop, pk)
    code = _asked_type(found, request.GET.get("form", ""))
    other = request.GET.get("notice_of", "")
    source = mine(shop).filter(pk=other).first() if other.isdecimal() else None
    return editor(request, shop, found, code=code, copied_from=source)


@centre
@may("products")
@require_POST
def save_words(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    found, form = one(shop, pk), ProductForm(request.POST, initial={"category": None})
    if not form.is_valid():
        return editor(request, shop, found, 422, words=form)
    return _update(request, shop, found, "words", form, form.words(), "basics")


@centre
@may("products")
@require_POST
def save_terms(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    found, form = one(shop, pk), TermsForm(request.POST)
    if not form.is_valid():
        return editor(request, shop, found, 422, terms=form)
    return _update(request, shop, found, "terms", form, form.terms(), "terms")


def _update(
    request: HttpRequest, shop: Seller, found: Product, name: str, form: Form, fields: dict[str, Any], part: str
) -> HttpResponse:
    forms: dict[str, Any] = {name: form}
    try:
        revision = actions.update_product(found, by=request.user, seen=seen(request), **fields)  # type: ignore[arg-type]
    except ChangedMeanwhile as error:
        return editor(request, shop, found, error.status, conflict=error, **forms)
    except DureError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return editor(request, shop, found, 422, **forms)
    return saved(request, found, part, revision)


@centre
@may("products")
@require_POST
def save_notice(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    found = one(shop, pk)
    code = _asked_type(found, request.POST.get("form", ""))
    form = NoticeForm(code, request.POST)
    if form.is_valid():
        try:
            revision = actions.save_notice(found, code, form.cleaned_data, by=request.user, seen=seen(request))  # type: ignore[arg-type]
        except NoticeInvalid as error:
            for item, sentence in error.params["errors"].items():
                form.add_error(item, sentence)
        except ChangedMeanwhile as error:
            return editor(request, shop, found, error.status, code=code, conflict=error, notice=form)
        except DureError as error:
            form.add_error(None, str(error))
        else:
            return saved(request, found, "notice", revision)
    return editor(request, shop, found, 422, code=code, notice=form)


@centre
@may("products")
@require_POST
def undo(request: HttpRequest, shop: Seller, pk: int, revision: int) -> HttpResponse:
    """Take back a change: the seller's own, or what the MD suggested."""
    found = get_object_or_404(Revision, pk=revision, product=one(shop, pk))
    try:
        actions.undo(found, by=request.user)  # type: ignore[arg-type]
    except DureError as error:
        return editor(request, shop, found.product, error.status, refusal=str(error))
    toast(request, _("되돌렸어요."))
    return redirect(f"{reverse('seller:product', args=[pk])}#suggestions")


@centre
@may("products")
@require_POST
def withdraw_change(request: HttpRequest, shop: Seller, pk: int, change: int) -> HttpResponse:
    """Think better of a change that waits for the review."""
    found = get_object_or_404(ChangeRequest, pk=change, product=one(shop, pk))
    try:
        actions.withdraw_change(found, by=request.user)  # type: ignore[arg-type]
    except DureError as error:
        return editor(request, shop, found.product, error.status, refusal=str(error))
    toast(request, _("변경 신청을 거두었어요. 상품은 그대로 팔려요."))
    return redirect("seller:product", pk)


@centre
def history(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    """Every change, with what it changed."""
    found = one(shop, pk)
    rows = [(revision, queries.differences(revision)[:30]) for revision in queries.versions(found)]
    return page(request, shop, "seller/product_history.html", product=found, rows=rows)


def seen(request: HttpRequest) -> int | None:
    """The version of the product the page was made from."""
    typed = request.POST.get("version", "")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else None


def saved(request: HttpRequest, product: Product, part: str, revision: Revision | None = None) -> HttpResponse:
    pending = queries.pending_change(product)
    if pending and pending.by_id == request.user.pk and revision is None:
        toast(request, _("저장했어요. 심사가 끝나면 손님에게 바뀐 내용이 보여요."))
    else:
        undo = (reverse("seller:undo", args=[product.pk, revision.pk]), {}) if revision else None
        toast(request, _("저장했어요."), undo=undo)
    return redirect(f"{reverse('seller:product', args=[product.pk])}#{part}")


def _asked_type(product: Product, asked: str) -> str:
    """The notice's form: the one asked for if there is such a one, else the product's, else its category's."""
    return asked if asked in notices.FORMS else product.notice_type or product.category.notice_type


def editor(
    request: HttpRequest,
    shop: Seller,
    product: Product,
    status: int = 200,
    *,
    code: str = "",
    refusal: str = "",
    conflict: ChangedMeanwhile | None = None,
    copied_from: Product | None = None,
    table: Table | None = None,
    **forms: Form,
) -> HttpResponse:
    """The whole page; `forms` and `table` are those that came back with something to mend, the rest as it is kept."""
    if status != 200:  # what was refused has been tried on the object in hand
        product = one(shop, product.pk)
    pending, refused = queries.last_change(product)
    asked = queries.as_asked(product, pending)
    code = code or _asked_type(asked, "")
    known: dict[str, Any] = {
        "words": ProductForm.of(asked),
        "terms": TermsForm.of(asked),
        "notice": _notice_form(code, asked, shop, copied_from),
        "photo": PhotoForm(),
    }
    options = queries.kept_options(product)
    photos = list(product.photos.all())
    return page(
        request,
        shop,
        "seller/product.html",
        status,
        **apart({**known, **forms}),
        product=product,
        asked=asked,
        photos=photos,
        working=any(not photo.image.endswith(".avif") for photo in photos),
        table=table or Table.of(product, options),
        notice_code=code,
        notice_forms=[(form.code, form.label) for form in notices.FORMS.values()],
        others_products=mine(shop).exclude(pk=product.pk).exclude(notice={}).order_by("-updated_at")[:50],
        findings=queries.findings(asked, queries.left_of(options), options),
        pending=pending,
        pending_changes=queries.differences(pending) if pending else [],
        pending_photos=pending.after.get("photos_added", []) if pending else [],
        refused=refused,
        suggestions=[(revision, queries.differences(revision)) for revision in queries.suggestions(product)],
        refusal=refusal,
        conflict=conflict,
        conflict_changes=[(r, queries.differences(r)) for r in conflict.params["revisions"]] if conflict else [],
    )


def _notice_form(code: str, product: Product, shop: Seller, other: Product | None) -> NoticeForm:
    facts = {
        "phone": shop.contact_phone,
        "maker": product.maker or shop.company_name or shop.name,
        "product": product.name,
        "origin": product.origin,
        "kc": ", ".join(product.kc_numbers),
    }
    initial = dict(product.notice)
    if other:
        initial = {**notices.carried_over(code, other.notice_type, other.notice), **initial}
    return NoticeForm(code, initial=initial, suggested=notices.suggestions(code, facts))
