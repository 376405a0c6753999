"""The pictures of a product: uploaded, ordered, described, taken off and put back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.catalog import actions
from dure.commerce.sellers.models import Seller
from dure.kit.errors import DureError
from dure.sites.design.toasts import toast
from dure.sites.seller.access import centre, may
from dure.sites.seller.forms import PhotoForm
from dure.sites.seller.views.editor import editor, one


@centre
@may("products")
@require_POST
def add_photo(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    found, form = one(shop, pk), PhotoForm(request.POST, request.FILES)
    waits = False
    if form.is_valid():
        try:
            for image in form.cleaned_data["image"]:
                waits |= actions.add_photo(found, image, by=request.user, alt="") is None  # type: ignore[arg-type]
        except DureError as error:
            form.add_error("image", str(error))
        else:
            said = _("올렸어요. 심사가 끝나면 손님에게 보여요.") if waits else _("사진을 올렸어요.")
            return _done(request, pk, said)
    return editor(request, shop, found, 422, photo=form)


@centre
@may("products")
@require_POST
def change_photo(request: HttpRequest, shop: Seller, pk: int, photo: int) -> HttpResponse:
    """Take a picture off, make it the face of the product, or move it one place."""
    found = one(shop, pk)
    picture = get_object_or_404(found.photos, pk=photo)
    ids = [p.pk for p in found.photos.all()]
    if "remove" in request.POST:
        removed = actions.remove_photo(picture, by=request.user)  # type: ignore[arg-type]
        undo = (reverse("seller:restore_photo", args=[pk, removed.pk]), {})
        toast(request, _("사진을 뺐어요."), undo=undo)
        return _done(request, pk)
    if "forward" in request.POST or "back" in request.POST:
        ids = _moved(ids, picture.pk, -1 if "forward" in request.POST else 1)
    else:
        ids = [picture.pk]
    actions.order_photos(found, ids, by=request.user)  # type: ignore[arg-type]
    return _done(request, pk)


def _moved(ids: list[int], moved: int, step: int) -> list[int]:
    at = ids.index(moved)
    to = at + step
    if 0 <= to < len(ids):
        ids[at], ids[to] = ids[to], ids[at]
    return ids


@centre
@may("products")
@require_POST
def order_photos(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    """The order they were dragged into, and the words under them."""
    found = one(shop, pk)
    ids = [int(n) for n in request.POST.getlist("photo") if n.isdecimal() and len(n) < 19]
    alts = {n: request.POST.get(f"alt-{n}", "") for n in ids if f"alt-{n}" in request.POST}
    if ids != [p.pk for p in found.photos.all()]:
        actions.order_photos(found, ids, by=request.user)  # type: ignore[arg-type]
    actions.describe_photos(found, alts, by=request.user)  # type: ignore[arg-type]
    return _done(request, pk, _("저장했어요."))


@centre
@may("products")
@require_POST
def restore_photo(request: HttpRequest, shop: Seller, pk: int, removed: int) -> HttpResponse:
    found = one(shop, pk)
    try:
        actions.restore_photo(get_object_or_404(found.removed_photos, pk=removed), by=request.user)  # type: ignore[arg-type]
    except DureError as error:
        return editor(request, shop, found, error.status, refusal=str(error))
    return _done(request, pk, _("되돌렸어요."))


@centre
def photo_progress(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    """How many pictures have their lighter copies; asked again by the page until all have."""
    photos = list(one(shop, pk).photos.all())
    light = sum(photo.image.endswith(".avif") for photo in photos)
    context = {"light": light, "all": len(photos), "product_id": pk, "expected_swap": True}
    return render(request, "seller/_photo_progress.html", context)


def _done(request: HttpRequest, pk: int, said: str = "") -> HttpResponse:
    if said:
        toast(request, said)
    return redirect(f"{reverse('seller:product', args=[pk])}#photos")
