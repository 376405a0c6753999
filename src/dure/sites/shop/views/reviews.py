"""Reviews of a product, chosen and sorted; one's own changed; helpful ones marked, wrong ones reported."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_POST

from dure.commerce.catalog.models import Product
from dure.commerce.reviews import actions, queries
from dure.commerce.reviews.models import Review
from dure.kit import clock, images
from dure.kit.errors import DureError
from dure.sites.design.toasts import toast
from dure.sites.shop.forms import LaterReview, WriteReview

PER_PAGE = 10
SORTS = (
    ("best", __("추천순")),
    ("new", __("최근 순")),
    ("helpful", __("도움이 된 순")),
    ("high", __("별점 높은 순")),
    ("low", __("별점 낮은 순")),
)


class Asked(django_forms.Form):
    """What the address may ask; whatever does not fit is as if it had not been asked."""

    q = django_forms.CharField(required=False, max_length=60)
    stars = django_forms.IntegerField(required=False, min_value=1, max_value=5)
    photos = django_forms.BooleanField(required=False)
    sort = django_forms.ChoiceField(required=False, choices=SORTS)


def reviews(request: HttpRequest, pk: int) -> HttpResponse:
    product = get_object_or_404(Product.objects.on_sale().select_related("seller"), pk=pk)
    form = Asked(request.GET)
    form.is_valid()
    asked = {**dict.fromkeys(form.fields), **form.cleaned_data}
    found = queries.reviews_of(
        pk,
        stars=asked["stars"],
        photos=bool(asked["photos"]),
        sort=asked["sort"] or "best",
        words=asked["q"] or "",
    )
    context = {
        "product": product,
        "asked": asked,
        "sorts": SORTS,
        "spread": queries.spread_of(pk),
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "shop/reviews.html", context)


@login_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Say it differently, or add a word after a month of use."""
    rows = Review.objects.filter(author=request.user.pk).select_related("product", "product_order")
    review = get_object_or_404(rows, pk=pk)
    now, asked = clock.now(), request.POST.get("what", "")
    may_edit = review.created_at + actions.EDITABLE >= now and not review.hidden
    received = review.product_order.delivered_at or review.created_at
    may_add = received + actions.A_MONTH <= now and not review.later_at and not review.hidden
    kept = {"rating": review.rating, "text": review.text}
    form = WriteReview(request.POST if asked == "edit" else None, request.FILES or None, initial=kept)
    later = LaterReview(request.POST if asked == "later" else None, request.FILES or None)
    sent: Any = {"edit": form, "later": later}.get(asked)
    if request.method == "POST" and sent is not None and sent.is_valid():
        try:
            photos = [images.keep(photo, "reviews") for photo in sent.cleaned_data["photos"]]
            if asked == "edit":
                told = {"rating": sent.cleaned_data["rating"], "text": sent.cleaned_data["text"]}
                actions.edit(review, **told, photos=photos, by=request.user)  # type: ignore[arg-type]
            else:
                actions.add_later(review, text=sent.cleaned_data["text"], photos=photos, by=request.user)  # type: ignore[arg-type]
        except DureError as error:
            field = {"image": "photos"}.get(error.field or "", error.field)
            sent.add_error(field if field in sent.fields else None, str(error))
        else:
            toast(request, _("후기를 올렸어요."))
            return redirect("shop:reviews", review.product_id)
    context = {
        "review": review,
        "form": form if may_edit or asked == "edit" else None,
        "later": later if may_add or asked == "later" else None,
        "revisions": review.revisions.order_by("-id"),
    }
    return render(request, "shop/edit_review.html", context, status=422 if request.method == "POST" else 200)


@login_required
@require_POST
def vote(request: HttpRequest, pk: int) -> HttpResponse:
    review = get_object_or_404(Review, pk=pk, hidden=False)
    counts = actions.vote(review, by=request.user)  # type: ignore[arg-type]
    toast(request, _("도움이 된 후기로 표시했어요.") if counts else _("표시를 거두었어요."))
    return redirect(f"{reverse('shop:reviews', args=[review.product_id])}#review-{pk}")


@login_required
def report(request: HttpRequest, pk: int) -> HttpResponse:
    review = get_object_or_404(Review, pk=pk, hidden=False)
    refusal = ""
    if request.method == "POST":
        try:
            actions.report(review, reason=request.POST.get("reason", ""), by=request.user)  # type: ignore[arg-type]
        except DureError as error:
            refusal = str(error)
        else:
            toast(request, _("신고했어요. 운영팀이 살펴볼게요."))
            return redirect("shop:reviews", review.product_id)
    back = reverse("shop:reviews", args=[review.product_id])
    context = {"text": review.text, "back": back, "refusal": refusal, "reason": request.POST.get("reason", "")}
    return render(request, "shop/report.html", context, status=422 if refusal else 200)
