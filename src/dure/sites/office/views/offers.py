"""Coupons, bundles and gifts of the house, their budgets, and the agencies that bear a part."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.promotions import actions, queries, words
from dure.commerce.promotions.models import Agency, Budget, Offer
from dure.finance.ledger import actions as ledger
from dure.finance.ledger.queries import balance_of
from dure.kit.errors import DureError
from dure.people.models import Role
from dure.sites import promoting
from dure.sites.design.lists import Empty
from dure.sites.design.toasts import toast
from dure.sites.discounting import told_by
from dure.sites.office.access import MONEY, nav, office, page


@office(*MONEY)
def offer_list(request: HttpRequest) -> HttpResponse:
    rows = Offer.objects.filter(exhibition=None).select_related("seller", "gift_option__product")
    listing = Listed(
        request,
        rows,
        empty=Empty(
            _("아직 행사가 없어요"),
            _("쿠폰이나 N+1을 만들면 비용을 누가 얼마나 내는지 먼저 보여 드려요."),
            _("행사 만들기"),
            reverse("office:new_offer"),
            "percent",
        ),
    )
    return listing.respond("office/offers.html", nav=nav(request.user))  # type: ignore[arg-type]


class Listed(promoting.Offers):
    columns = (promoting.offer_name("office:offer"), *promoting.Offers.columns)


@office(Role.OPERATOR)
def new_offer(request: HttpRequest) -> HttpResponse:
    form = promoting.HouseOfferForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            offer = actions.draft(form.terms(), key=form.cleaned_data["key"], by=request.user)  # type: ignore[arg-type]
            promoting.set_budgets(offer, form, by=request.user)
        except DureError as error:
            form.say(error)
        else:
            return redirect("office:offer", offer.pk)
    status = 422 if request.method == "POST" else 200
    return page(request, "office/offer_form.html", status, form=form)


@office(*MONEY)
def offer(request: HttpRequest, pk: int, form: promoting.BudgetForm | None = None) -> HttpResponse:
    found = get_object_or_404(
        Offer.objects.select_related("seller", "agency", "gift_option__product").prefetch_related("budgets"), pk=pk
    )
    listing, views = told_by(request, found)
    return listing.respond(
        "office/offer.html",
        nav=nav(request.user),  # type: ignore[arg-type]
        offer=found,
        phase=promoting.phase(found),
        benefit=words.benefit(found),
        conditions=words.conditions(found),
        stacking=words.stacking(found),
        preview=None if found.kind == Offer.Kind.INSTANT else promoting.preview(found),
        cost=queries.cost_of(found),
        **views,
        consents=found.consents.select_related("seller", "by").order_by("-at"),
        bearers=promoting.bearer_choices(),
        form=form or promoting.BudgetForm(),
        may_change=request.user.has_role(Role.OPERATOR),  # type: ignore[union-attr]
    )


@require_POST
@office(Role.OPERATOR)
def move_offer(request: HttpRequest, pk: int) -> HttpResponse:
    """begin, stop, resume, discard."""
    found = get_object_or_404(Offer, pk=pk)
    deed = request.POST.get("deed", "")
    deeds = {
        "begin": (actions.begin, _("시작했어요. 이제 조건은 바뀌지 않아요.")),
        "stop": (actions.stop, _("멈췄어요. 이미 한 주문은 그대로예요.")),
        "resume": (actions.resume, _("다시 시작했어요.")),
        "discard": (actions.discard, _("지웠어요.")),
    }
    if deed not in deeds:
        return redirect("office:offer", pk)
    do, done = deeds[deed]
    back = {"stop": "resume", "resume": "stop"}.get(deed)
    try:
        do(found, by=request.user)  # type: ignore[operator]
    except DureError as error:
        toast(request, str(error))
    else:
        undo = (reverse("office:move_offer", args=[pk]), {"deed": back}) if back else None
        toast(request, done, undo=undo)
    return redirect("office:offers") if deed == "discard" else redirect("office:offer", pk)


@require_POST
@office(Role.OPERATOR)
def set_budget(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Offer, pk=pk)
    form = promoting.BudgetForm(request.POST)
    bearer = request.POST.get("bearer", Budget.Bearer.ALL)
    if form.is_valid() and bearer in dict(promoting.bearer_choices()):
        try:
            actions.set_budget(found, bearer, form.cleaned_data["cap"], by=request.user)  # type: ignore[arg-type]
        except DureError as error:
            form.add_error("cap", str(error))
        else:
            toast(request, _("예산을 정했어요."))
            return redirect("office:offer", pk)
    return offer(request, pk, form=form)


@office(*MONEY)
def agencies(request: HttpRequest, form: promoting.AgencyForm | None = None) -> HttpResponse:
    return page(
        request,
        "office/agencies.html",
        422 if form else 200,
        agencies=list(_owing()),
        form=form or promoting.AgencyForm(),
        paid=promoting.AgencyPaidForm(),
        may_change=request.user.has_role(Role.OPERATOR),  # type: ignore[union-attr]
    )


def _owing() -> Iterator[tuple[Agency, int]]:
    for agency in Agency.objects.order_by("name"):
        yield agency, balance_of("OPS", "AGENCY_DUE", agency.pk)


@require_POST
@office(Role.OPERATOR)
def name_agency(request: HttpRequest) -> HttpResponse:
    form = promoting.AgencyForm(request.POST)
    if form.is_valid():
        try:
            actions.name_agency(**form.cleaned_data, by=request.user)  # type: ignore[arg-type]
        except DureError as error:
            form.add_error("name", str(error))
        else:
            toast(request, _("지원기관을 적었어요."))
            return redirect("office:agencies")
    return agencies(request, form=form)


@require_POST
@office(*MONEY)
def agency_paid(request: HttpRequest, pk: int) -> HttpResponse:
    agency = get_object_or_404(Agency, pk=pk)
    form = promoting.AgencyPaidForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        ledger.receive_from_agency(agency, told["amount"], by=request.user, key=str(told["key"]))  # type: ignore[arg-type]
        toast(request, _("입금을 장부에 적었어요."))
    else:
        toast(request, _("받은 금액을 1원 이상으로 적어 주세요."))
    return redirect("office:agencies")
