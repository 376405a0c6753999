"""What buyers said of the shop's products: read, answered, chosen as best, reported."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.reviews import actions
from dure.commerce.reviews.models import Review
from dure.commerce.reviews.queries import reviews_for_seller
from dure.commerce.sellers.models import Seller
from dure.kit.errors import DureError
from dure.sites.design.toasts import toast
from dure.sites.seller import lists
from dure.sites.seller.access import centre, frame, may, page, sees
from dure.sites.seller.forms import ReplyForm


@centre
@sees("products")
def review_list(request: HttpRequest, shop: Seller) -> HttpResponse:
    rows = reviews_for_seller(request.user).filter(product__seller=shop, hidden=False)
    return lists.Reviews(request, rows).respond("seller/list.html", **frame(request, shop), title=_("후기"))


@centre
@sees("products")
def review(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    found = _one(request, shop, pk)
    reports = found.reports.filter(by_seller=True).order_by("-id")
    return page(request, shop, "seller/review.html", review=found, reports=reports)


@centre
@may("products", "orders")
@require_POST
def reply(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    found, form = _one(request, shop, pk), ReplyForm(request.POST)
    if form.is_valid():
        actions.reply(found, form.cleaned_data["reply"], by=request.user)  # type: ignore[arg-type]
        toast(request, _("답글을 남겼어요."))
    else:
        messages.error(request, _("답글을 1,000자 안으로 적어 주세요."))
    return redirect("seller:review", pk)


@centre
@may("products", "orders")
@require_POST
def decide(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    """Choose as best, no longer, or report to the house."""
    found, deed = _one(request, shop, pk), request.POST.get("deed", "")
    try:
        if deed in {"best", "plain"}:
            actions.choose_best(found, best=deed == "best", by=request.user)  # type: ignore[arg-type]
            toast(request, _("베스트 후기로 골랐어요.") if deed == "best" else _("베스트 후기에서 내렸어요."))
        elif deed == "report":
            actions.report(found, reason=request.POST.get("reason", ""), by=request.user, by_seller=True)  # type: ignore[arg-type]
            toast(request, _("신고했어요. 운영팀이 살펴볼게요."))
        else:
            raise Http404
    except DureError as error:
        messages.error(request, str(error))
    return redirect("seller:review", pk)


def _one(request: HttpRequest, shop: Seller, pk: int) -> Review:
    return get_object_or_404(reviews_for_seller(request.user).filter(product__seller=shop, hidden=False), pk=pk)
