"""Before the show: planning it, filling it with products, cues and the disclosure."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.catalog.models import Option
from dure.kit import clock
from dure.kit.errors import DureError
from dure.live import actions, queries
from dure.live.models import COMING, Disclosure, Show, ShowStatus
from dure.people.models import Role
from dure.sites.design.toasts import toast
from dure.sites.studio.access import page, show_or_404, studio
from dure.sites.studio.forms import CueForm, DisclosureForm, OfferForm, PlanForm

OVER = (ShowStatus.ENDED, ShowStatus.REPLAY, ShowStatus.CANCELED)
FOUND = 8  # products a search shows at once


@studio
def shows(request: HttpRequest) -> HttpResponse:
    mine = Show.objects.for_studio(request.user)
    last = mine.filter(status__in=OVER).order_by("-planned_at")[:40].values("pk")
    found = list(queries.with_plan(mine.filter(~Q(status__in=OVER) | Q(pk__in=last)).order_by("planned_at")))
    sales = queries.sales_of(found)
    rows = [_row(show, sales) for show in found]
    return page(
        request,
        "studio/shows.html",
        coming=[row for row in rows if row["show"].is_coming],
        running=[row for row in rows if row["show"].is_running],
        over=[row for row in rows[::-1] if row["show"].status in OVER],
    )


@studio
def plan(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    if request.method != "POST":
        return page(
            request, "studio/plan.html", form=PlanForm(user=user, initial={"key": uuid.uuid4(), "listed": True})
        )
    form = PlanForm(request.POST, request.FILES, user=user)
    if form.is_valid():
        data = form.cleaned_data
        try:
            planned = actions.plan_show(
                title=data["title"],
                planned_at=data["planned_at"],
                host=data["host"],
                story=data["story"],
                listed=data["listed"],
                poster=data["poster"],
                key=data["key"],
                md=user if user.has_role(Role.MD, Role.OPERATOR) else None,
                by=user,
            )
        except DureError as error:
            _say(form, error)
        else:
            toast(request, _("방송을 만들었어요. 이제 상품과 큐시트를 채워 주세요."))
            return redirect("studio:show", planned.code)
    return page(request, "studio/plan.html", status=422, form=form)


@studio
def show(request: HttpRequest, code: str) -> HttpResponse:
    return _show_page(request, show_or_404(request, code))


@require_POST
@studio
def edit(request: HttpRequest, code: str) -> HttpResponse:
    found = show_or_404(request, code)
    form = PlanForm(request.POST, request.FILES, user=request.user, instance=Show.objects.get(pk=found.pk))
    if form.is_valid():
        data = {name: form.cleaned_data[name] for name in ("title", "story", "planned_at", "listed", "poster")}
        try:
            actions.replan(found, **data, by=request.user)
        except DureError as error:
            _say(form, error)
        else:
            return _done(request, code, _("저장했어요."), "plan")
    return _show_page(request, found, status=422, plan_form=form)


@require_POST
@studio
def cancel(request: HttpRequest, code: str) -> HttpResponse:
    actions.cancel_show(show_or_404(request, code), by=request.user)
    toast(request, _("방송을 취소했어요."))
    return redirect("studio:shows")


@require_POST
@studio
def add_offer(request: HttpRequest, code: str) -> HttpResponse:
    found = show_or_404(request, code)
    option = get_object_or_404(Option, pk=request.POST.get("option") or 0)
    actions.set_live_price(found, option, by=request.user)
    return _done(request, code, _("상품을 넣었어요. 라이브 특가를 정해 주세요."), "offers")


@require_POST
@studio
def change_offer(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    found = show_or_404(request, code)
    offer = get_object_or_404(found.offers, pk=pk)
    form = OfferForm(request.POST, instance=offer, prefix=f"o{pk}")
    if form.is_valid():
        data = form.cleaned_data
        try:
            actions.set_live_price(
                found,
                offer.option,
                price=data["live_price"],
                allotment=data["allotment"],
                per_buyer=data["per_buyer"],
                opens=data["opens"],
                minutes=data["minutes"],
                by=request.user,
            )
        except DureError as error:
            _say(form, error)
        else:
            return _done(request, code, _("특가를 저장했어요."), "offers")
    return _show_page(request, found, status=422, offer_form=(pk, form))


@require_POST
@studio
def remove_offer(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    found = show_or_404(request, code)
    actions.remove_offer(get_object_or_404(found.offers, pk=pk), by=request.user)
    return _done(request, code, _("상품을 뺐어요."), "offers")


@require_POST
@studio
def add_cue(request: HttpRequest, code: str) -> HttpResponse:
    found = show_or_404(request, code)
    form = CueForm(request.POST, show=found)
    if form.is_valid():
        actions.add_segment(found, **form.cleaned_data, by=request.user)
        return _done(request, code, _("큐시트에 넣었어요."), "cues")
    return _show_page(request, found, status=422, cue_form=form)


@require_POST
@studio
def move_cue(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    found = show_or_404(request, code)
    cue = get_object_or_404(found.segments, pk=pk)
    actions.move_segment(cue, up=request.POST.get("way") == "up", by=request.user)
    return redirect(reverse("studio:show", args=[code]) + "#cues")


@require_POST
@studio
def remove_cue(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    found = show_or_404(request, code)
    actions.remove_segment(get_object_or_404(found.segments, pk=pk), by=request.user)
    return _done(request, code, _("큐시트에서 뺐어요."), "cues")


@require_POST
@studio
def disclose(request: HttpRequest, code: str) -> HttpResponse:
    found = show_or_404(request, code)
    form = DisclosureForm(request.POST)
    if form.is_valid():
        try:
            actions.declare_disclosure(found, host=found.host, **form.cleaned_data, by=request.user)
        except DureError as error:
            _say(form, error)
        else:
            return _done(request, code, _("광고 표시를 저장했어요."), "disclosure")
    return _show_page(request, found, status=422, disclosure_form=form)


def _show_page(
    request: HttpRequest,
    show: Show,
    status: int = 200,
    plan_form: PlanForm | None = None,
    offer_form: tuple[int, OfferForm] | None = None,
    cue_form: CueForm | None = None,
    disclosure_form: DisclosureForm | None = None,
) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    offers, segments = queries.offers_of(show), queries.segments_of(show)
    taken = {offer.option_id for offer in offers}
    found = queries.sellable(request.user, words).exclude(pk__in=taken).prefetch_related("product__photos")[:FOUND]
    forms = [
        (o, offer_form[1] if offer_form and offer_form[0] == o.pk else OfferForm(instance=o, prefix=f"o{o.pk}"))
        for o in offers
    ]
    checks = queries.checklist(show)
    if request.headers.get("HX-Request") and "q" in request.GET:
        return page(request, "studio/_found.html", show=show, found=found, words=words)
    return page(
        request,
        "studio/show.html",
        status=status,
        show=show,
        poster=queries.poster_of(show),
        offers=forms,
        segments=segments,
        told_of={segment.offer_id for segment in segments},
        planned_minutes=queries.planned_minutes(show),
        disclosure=queries.host_disclosure(show),
        checks=checks,
        lacking=[check for check in checks if check.blocking and not check.ok],
        words=words,
        found=found,
        plan_form=plan_form or PlanForm(user=request.user, instance=Show.objects.get(pk=show.pk)),
        cue_form=cue_form or CueForm(show=show, initial={"planned_minutes": 5}),
        disclosure_form=disclosure_form or DisclosureForm(initial=_said(queries.host_disclosure(show))),
        may_change=show.is_coming,
    )


def _said(disclosure: Disclosure | None) -> dict[str, str]:
    names = ("benefit", "advertiser", "wording")
    return {name: getattr(disclosure, name) for name in names} if disclosure else {}


def _row(show: Show, sales: dict[int, dict[str, int]]) -> dict[str, Any]:
    return {
        "show": show,
        "poster": queries.poster_of(show),
        "lacking": queries.missing(show) if show.is_coming else [],
        "sales": sales[show.pk] if show.status not in {ShowStatus.CANCELED, *COMING} else None,
        "late": show.is_coming and show.planned_at < clock.now(),
    }


def _say(form: Any, error: DureError) -> None:
    form.add_error(error.field if error.field in form.fields else None, str(error))


def _done(request: HttpRequest, code: str, words: str, part: str) -> HttpResponse:
    toast(request, words)
    return redirect(reverse("studio:show", args=[code]) + f"#{part}")
