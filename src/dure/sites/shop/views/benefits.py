"""The coupon box and the points of a buyer."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from dure.commerce.promotions import actions, points, queries, words
from dure.commerce.promotions.models import Offer, PointsEntry
from dure.kit import clock
from dure.kit.errors import DureError
from dure.sites.design.lists import Choice, Column, Days, Empty, Listing
from dure.sites.design.templatetags import ui
from dure.sites.design.toasts import toast
from dure.sites.shop import offering
from dure.sites.shop.forms import CouponCode


def coupons(request: HttpRequest, form: CouponCode | None = None) -> HttpResponse:
    now = clock.now()
    context: dict[str, Any] = {
        "form": form or CouponCode(),
        "open": offering.open_coupons(request.user, now),
        "mine": [],
        "past": [],
    }
    if request.user.is_authenticated:
        context["mine"] = [offering.ticket(coupon) for coupon in queries.box_of(request.user, now)[:100]]
        context["past"] = queries.history_of(request.user, now)[:30]
    return render(request, "shop/coupons.html", context, status=422 if form else 200)


@require_POST
@login_required
def take(request: HttpRequest, pk: int) -> HttpResponse:
    offer = get_object_or_404(Offer.objects.exclude(status=Offer.Status.DRAFT), pk=pk, issue=Offer.Issue.CLICK)
    try:
        actions.take_coupon(offer, request.user)  # type: ignore[arg-type]
    except DureError as error:
        toast(request, str(error))
    else:
        toast(request, _("쿠폰을 받았어요. 주문할 때 자동으로 골라 드려요."))
    back = request.POST.get("next", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, None) else reverse("shop:coupons"))


@require_POST
@login_required
def by_code(request: HttpRequest) -> HttpResponse:
    form = CouponCode(request.POST)
    if form.is_valid():
        try:
            actions.take_by_code(form.cleaned_data["code"], request.user)  # type: ignore[arg-type]
        except DureError as error:
            form.add_error("code", str(error))
        else:
            toast(request, _("쿠폰을 받았어요. 주문할 때 자동으로 골라 드려요."))
            return redirect("shop:coupons")
    return coupons(request, form=form)


class Entries(Listing):
    columns = (
        Column("at", gettext_lazy("언제"), kind="moment", sort="at"),
        Column("kind", gettext_lazy("내용"), value=lambda e: e.why or e.get_kind_display(), primary=True),
        Column("amount", gettext_lazy("포인트"), kind="number", sort="amount"),
        Column(
            "expires_at", gettext_lazy("쓸 수 있는 날"), kind="day", value=lambda e: e.expires_at if e.left else None
        ),
    )
    filters = (Choice("kind", gettext_lazy("내용"), PointsEntry.Kind.choices), Days("at", gettext_lazy("날짜")))
    order = "-at"
    exports = "points"
    empty = Empty(
        gettext_lazy("아직 포인트가 없어요"),
        gettext_lazy("구매를 확정하거나 후기를 쓰면 포인트가 쌓여요."),
        gettext_lazy("장 보러 가기"),
        "/products/",
        "coins",
    )


@login_required
def my_points(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    told = queries.points_of(request.user, now)
    policy = points.policy_on(clock.kst_date(now))
    return Entries(request, queries.points_entries(request.user)).respond(
        "shop/points.html",
        usable=_("%(points)s점") % {"points": f"{told.usable:,}"},
        soon=_("%(points)s점") % {"points": f"{told.soon:,}"},
        soonest=_("가장 먼저 %(day)s") % {"day": ui.day(told.soonest)} if told.soonest and told.soon else "",
        policy=policy,
        rate=words.percent(policy.earn_bp),
    )
