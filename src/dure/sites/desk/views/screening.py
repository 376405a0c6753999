"""Scoring a lead on two axes, deciding, giving it an MD."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_POST

from dure.kit.errors import DureError
from dure.partnership import actions, queries
from dure.partnership.models import Lead, Route
from dure.sites.design.toasts import toast
from dure.sites.desk import pictures
from dure.sites.desk.access import JUDGES, desk, lead_or_404, page
from dure.sites.desk.forms import AssignForm, ReasonForm, ScreeningForm, SelectForm
from dure.sites.desk.views.leads import show

WHY = {
    "BOTH_GOOD": __("상품과 의지가 모두 좋아요. 바로 입점해 함께 팔아요."),
    "PRODUCT_GOOD": __("상품은 좋은데 혼자 운영하기는 어려워요. 판매를 대신 맡아 드려요."),
    "WILL_GOOD": __("의지가 좋아요. 상품을 온라인에 맞게 다듬는 교육부터 시작해요."),
    "BOTH_LOW": __("아직 준비가 더 필요해요. 교육으로 시작하고 의지를 다시 확인해요."),
}


@desk(*JUDGES)
def screen(request: HttpRequest, pk: int) -> HttpResponse:
    lead = lead_or_404(request.user, pk)  # type: ignore[arg-type]
    if request.method != "POST":
        return _page(request, lead)
    rubric = queries.current_rubric()
    form = ScreeningForm(rubric, get_language() or "ko", request.POST)
    if not form.is_valid():
        return _page(request, lead, 422, form=form)
    actions.screen(lead, rubric, form.scores(), by=request.user, comment=form.cleaned_data["comment"])  # type: ignore[arg-type]
    toast(request, _("점수를 저장했어요. 트랙을 정해 주세요."))
    return redirect(f"{request.path}#decide")


@desk(*JUDGES)
@require_POST
def select(request: HttpRequest, pk: int) -> HttpResponse:
    lead, form = lead_or_404(request.user, pk), SelectForm(request.POST)  # type: ignore[arg-type]
    if form.is_valid():
        try:
            actions.select(lead, form.cleaned_data["route"], by=request.user, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]
        except DureError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            toast(request, _("선정했어요. 이제 담당 MD를 정해 주세요."))
            return redirect("desk:lead", pk)
    return _page(request, lead, 422, select=form)


@desk(*JUDGES)
@require_POST
def turn_away(request: HttpRequest, pk: int) -> HttpResponse:
    lead, form = lead_or_404(request.user, pk), ReasonForm(request.POST)  # type: ignore[arg-type]
    if not form.is_valid():
        return _page(request, lead, 422, reason=form)
    got: dict[str, Any] = form.cleaned_data
    if got["verdict"] == "defer":
        actions.defer(lead, by=request.user, reason=got["reason"], until=got["until"])  # type: ignore[arg-type]
        toast(request, _("보류했어요. 정한 날에 오늘 할 일로 알려 드려요."))
    else:
        actions.decline(lead, by=request.user, reason=got["reason"])  # type: ignore[arg-type]
        toast(request, _("거절로 적었어요."))
    return redirect("desk:lead", pk)


@desk(*JUDGES)
@require_POST
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    lead, form = lead_or_404(request.user, pk), AssignForm(request.POST)  # type: ignore[arg-type]
    if not form.is_valid():
        return show(request, lead, 422, assign=form)
    md = form.cleaned_data["md"]
    actions.assign(lead, md, by=request.user, why=form.cleaned_data["why"])  # type: ignore[arg-type]
    toast(request, _("%(name)s 님이 맡아요.") % {"name": md.name})
    return redirect("desk:lead", pk)


def _page(request: HttpRequest, lead: Lead, status: int = 200, **forms: Any) -> HttpResponse:
    rubric = queries.current_rubric()
    screenings = list(lead.screenings.select_related("reviewer"))
    mine = next((s for s in screenings if s.reviewer_id == request.user.pk), None)
    verdict = queries.verdict(lead)
    before = {f"score_{code}": score for code, score in mine.scores.items()} if mine else {}
    form = forms.get("form") or ScreeningForm(
        rubric, get_language() or "ko", initial={**before, "comment": mine.comment if mine else ""}
    )
    suggested = verdict.suggestion if verdict else None
    return page(
        request,
        "desk/screen.html",
        status,
        lead=lead,
        shop=lead.shop,
        open=lead.status == "SCREENING",
        rubric=rubric,
        form=form,
        axes=[(axis, _axis(axis), fields) for axis, fields in form.axes()],
        screenings=screenings,
        verdict=verdict,
        suggested=Route(suggested.route).label if suggested else "",
        why=WHY[suggested.reason] if suggested else "",
        square=pictures.square(
            [(s.product_score, s.will_score) for s in screenings],
            rubric.product_bar,
            rubric.will_bar,
            (verdict.product, verdict.will) if verdict else None,
        ),
        select=forms.get("select") or SelectForm(initial={"route": suggested.route if suggested else ""}),
        reason=forms.get("reason") or ReasonForm(),
    )


def _axis(axis: str) -> str:
    return pgettext("axis", "상품") if axis == "PRODUCT" else pgettext("axis", "의지")
