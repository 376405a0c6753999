"""The captured shops: list, board, one lead with everything done to it, look-alikes."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_POST

from dure.integrations.nts import rules as brn_rules
from dure.kit import clock, korean
from dure.kit.errors import DureError
from dure.partnership import actions, queries, readiness
from dure.partnership.models import Assignment, Lead, LeadStatus, Milestone, Route
from dure.people import queries as people
from dure.people.models import Role
from dure.sites.design.lists import Choice, Column, Days, Empty, Listing
from dure.sites.design.paths import at
from dure.sites.design.templatetags.ui import day
from dure.sites.design.toasts import toast
from dure.sites.desk import journal, merchants, pictures
from dure.sites.desk.access import CAPTURERS, JUDGES, desk, lead_or_404, nav, page
from dure.sites.desk.forms import AssignForm, ContactForm, PhotosForm, amend_form


def _mine(rows: QuerySet[Lead], value: str) -> QuerySet[Lead]:
    return rows.exclude(next_step_on=None) if value == "planned" else rows.filter(next_step_on__lte=clock.today())


class Leads(Listing):
    search = ("shop__name", "shop__owner__name", "shop__place__name", "shop__business__brn", "shop__owner__phone")
    search_hint = __("점포, 점주, 시장, 사업자등록번호")
    columns = (
        Column("photo", __("사진"), kind="photo", value=lambda lead: _face(lead)),
        Column(
            "shop.name",
            __("점포"),
            sort="shop__name",
            primary=True,
            width=24,
            link=lambda lead: at("desk:lead", lead.pk),
        ),
        Column("shop.place.name", __("시장"), sort="shop__place__name", width=24),
        Column("status", __("상태"), kind="status", value=lambda lead: (lead.status, _stage(lead))),
        Column("phone", __("휴대전화"), kind="html", value=lambda lead: _call(lead)),
        Column("next_step", __("다음 할 일"), value=lambda lead: _promise(lead), sort="next_step_on"),
        Column("md_name", __("담당 MD"), kind="html", value=lambda lead: _whole(lead.md_name)),
        Column("captured_at", __("발굴한 날"), kind="day", sort="captured_at"),
    )
    filters = (
        Choice("status", __("상태"), LeadStatus.choices),
        Choice("route", __("트랙"), Route.choices),
        Choice("next", __("할 일"), [("due", __("오늘까지")), ("planned", __("약속 있음"))], apply=_mine),
        Days("captured_at", __("발굴한 날")),
    )
    order = "-captured_at"
    exports = "leads"
    caption = __("발굴 업체")


class LeadsSheet(Leads):
    """The same rows for Excel, with all that is known."""

    columns = (
        Column("shop.name", __("점포"), sort="shop__name", width=24),
        Column("shop.place.name", __("시장"), sort="shop__place__name", width=24),
        Column("shop.place.region", __("시·도")),
        Column("shop.stall", __("점포 번호")),
        Column("shop.goods", __("파는 것"), width=24),
        Column("get_status_display", __("상태")),
        Column("get_route_display", __("트랙")),
        Column("shop.owner.name", __("점주")),
        Column("phone", __("휴대전화"), value=lambda lead: _phone(lead)),
        Column("brn", __("사업자등록번호"), value=lambda lead: _brn(lead)),
        Column("next_step", __("다음 할 일"), width=30),
        Column("next_step_on", __("언제"), kind="day", sort="next_step_on"),
        Column("md_name", __("담당 MD")),
        Column("captured_by.name", __("발굴한 사람")),
        Column("captured_at", __("발굴한 날"), kind="day", sort="captured_at"),
    )


def _stage(lead: Lead) -> str:
    return f"{lead.get_status_display()} · {lead.get_route_display()}" if lead.route else lead.get_status_display()


def _call(lead: Lead) -> SafeString | str:
    phone = _phone(lead)
    return format_html('<a class="nowrap" href="tel:{}">{}</a>', lead.shop.owner.phone, phone) if phone else ""


def _whole(name: str | None) -> SafeString | str:
    return format_html('<span class="nowrap">{}</span>', name) if name else ""


def _promise(lead: Lead) -> str:
    return f"{lead.next_step} ({day(lead.next_step_on)})" if lead.next_step and lead.next_step_on else lead.next_step


def _face(lead: Lead) -> str:
    photos = list(lead.photos.all())
    return photos[0].image if photos else ""


def _phone(lead: Lead) -> str:
    return korean.phone_shown(lead.shop.owner.phone) if lead.shop.owner and lead.shop.owner.phone else ""


def _brn(lead: Lead) -> str:
    return brn_rules.shown(lead.shop.business.brn) if lead.shop.business else ""


@desk()
def leads(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    md = Assignment.objects.filter(lead=OuterRef("pk"), ended_at=None).values("md__name")[:1]
    rows = queries.leads_for(user).annotate(md_name=Subquery(md))
    captures = user.has_role(*CAPTURERS)
    empty = Empty(
        _("아직 발굴한 업체가 없어요"),
        _("시장에 나가 점포를 만나면 여기에 모여요. 한 곳에 30초면 충분해요."),
        _("시장 찾기") if captures else "",
        reverse("desk:markets") if captures else "",
        "store",
    )
    kind = LeadsSheet if request.GET.get("export") else Leads
    listing = kind(request, rows, empty=empty)
    return listing.respond("desk/leads.html", nav=nav(user), counts=_counts(request))


def _counts(request: HttpRequest) -> list[tuple[str, str, str, int]]:
    found = queries.counts(queries.leads_for(request.user))  # type: ignore[arg-type]
    here = reverse("desk:leads")
    tabs = [("", _("전체"), here, sum(found.values()))]
    return tabs + [(code, str(label), f"{here}?status={code}", found[code]) for code, label in LeadStatus.choices]


@desk(*JUDGES)
def board(request: HttpRequest) -> HttpResponse:
    """Everything on its way, a column a state."""
    rows = queries.leads_for(request.user)  # type: ignore[arg-type]
    found = queries.counts(rows)
    place = Window(RowNumber(), partition_by="status", order_by=F("moved_at").desc())
    newest: dict[str, list[Lead]] = defaultdict(list)
    for lead in rows.annotate(place=place).filter(place__lte=12).order_by("-moved_at"):
        newest[lead.status].append(lead)
    columns = [(code, label, found[code], newest[code]) for code, label in LeadStatus.choices]
    return page(request, "desk/board.html", columns=columns, total=sum(found.values()))


# ── One lead ─────────────────────────────────────────────────────────────────────────────────────────────────────


@desk()
def lead(request: HttpRequest, pk: int) -> HttpResponse:
    return show(request, lead_or_404(request.user, pk))  # type: ignore[arg-type]


def show(request: HttpRequest, lead: Lead, status: int = 200, **forms: Form) -> HttpResponse:
    """The page of a lead; `forms` are those that came back with errors."""
    user: Any = request.user
    if status != 200:
        lead = queries.leads_for(user).get(pk=lead.pk)  # as the database has it, whatever was tried
    owner = lead.shop.owner
    verdict = queries.verdict(lead)
    screenings = list(lead.screenings.select_related("reviewer"))
    selected = lead.status == LeadStatus.SELECTED
    ready = readiness.of(lead) if selected else None
    invitation = merchants.invitation(ready.seller) if ready and ready.seller else None
    return page(
        request,
        "desk/lead.html",
        status,
        lead=lead,
        shop=lead.shop,
        phone=_phone(lead),
        brn=_brn(lead),
        may_contact=bool(owner and people.may_contact(owner, clock.now())),
        moments=journal.shown(queries.timeline(lead)),
        suspects=queries.suspects_of(lead),
        verdict=verdict,
        screenings=screenings,
        square=pictures.square(
            [(s.product_score, s.will_score) for s in screenings],
            screenings[-1].rubric.product_bar,
            screenings[-1].rubric.will_bar,
            (verdict.product, verdict.will),
        )
        if verdict
        else "",
        selection=getattr(lead, "selection", None),
        md=queries.md_of(lead),
        ready=ready,
        fixes=merchants.fixes(ready, user) if ready else [],
        invitation=invitation,
        products=queries.products_for(user).filter(seller=ready.seller) if ready and ready.seller else [],
        raises=user.has_role(Role.MD, Role.OPERATOR),
        judges=user.has_role(*JUDGES),
        submits=user.has_role(*CAPTURERS, Role.REVIEWER) and lead.status == LeadStatus.INTERESTED,
        amend=forms.get("amend") or amend_form(lead),
        contact=forms.get("contact") or ContactForm(),
        photos=forms.get("photos") or PhotosForm(),
        assign=forms.get("assign") or AssignForm(),
        bad=set(forms),
        captured=request.GET.get("captured", ""),
        first_times={m.code: m.at for m in Milestone.objects.filter(lead=lead)},
    )


@desk()
@require_POST
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    lead, form = lead_or_404(request.user, pk), ContactForm(request.POST)  # type: ignore[arg-type]
    if form.is_valid():
        got = form.cleaned_data
        try:
            actions.log_contact(
                lead,
                by=request.user,  # type: ignore[arg-type]
                key=got["key"],
                channel=got["channel"],
                outcome=got["outcome"],
                note=got["note"],
                next_step=got["next_step"],
                next_step_on=got["next_step_on"],
                consents=form.consents(),
            )
        except DureError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            toast(request, _("접촉 기록을 남겼어요."))
            return redirect("desk:lead", pk)
    return show(request, lead, 422, contact=form)


@desk()
@require_POST
def photos(request: HttpRequest, pk: int) -> HttpResponse:
    lead = lead_or_404(request.user, pk)  # type: ignore[arg-type]
    form = PhotosForm(request.POST, request.FILES)
    if not form.is_valid():
        return show(request, lead, 422, photos=form)
    for picture in form.cleaned_data["photos"]:
        actions.add_photo(lead, picture, by=request.user)  # type: ignore[arg-type]
    toast(request, _("사진을 올렸어요."))
    return redirect("desk:lead", pk)


@desk()
@require_POST
def amend(request: HttpRequest, pk: int) -> HttpResponse:
    lead = lead_or_404(request.user, pk)  # type: ignore[arg-type]
    form = amend_form(lead, request.POST)
    if form.is_valid():
        try:
            actions.amend(lead, form.stall_known(), by=request.user)  # type: ignore[arg-type]
        except DureError as error:
            field = {"consent": "contact"}.get(error.field or "", error.field)
            form.add_error(field if field in form.fields else None, str(error))
        else:
            toast(request, _("고쳤어요."))
            return redirect("desk:lead", pk)
    return show(request, lead, 422, amend=form)


@desk()
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    lead = lead_or_404(request.user, pk)  # type: ignore[arg-type]
    actions.withdraw_contact_consent(lead, by=request.user, channel="PHONE")  # type: ignore[arg-type]
    toast(request, _("동의 철회를 적었어요. 이제 연락이 나가지 않아요."))
    return redirect("desk:lead", pk)


@desk(*CAPTURERS, Role.REVIEWER)
@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    lead = lead_or_404(request.user, pk)  # type: ignore[arg-type]
    actions.start_screening(lead, by=request.user)  # type: ignore[arg-type]
    toast(request, _("심사에 올렸어요. 심사자에게 보여요."))
    return redirect("desk:lead", pk)


# ── Look-alikes ──────────────────────────────────────────────────────────────────────────────────────────────────


@desk(*CAPTURERS, Role.REVIEWER)
def duplicates(request: HttpRequest) -> HttpResponse:
    suspects = queries.suspects_for(request.user)  # type: ignore[arg-type]
    return page(request, "desk/duplicates.html", suspects=suspects)


@desk(*CAPTURERS, Role.REVIEWER)
@require_POST
def decide_duplicate(request: HttpRequest, pk: int) -> HttpResponse:
    suspect = queries.suspects_for(request.user).filter(pk=pk).first()  # type: ignore[arg-type]
    if suspect is None:
        raise Http404
    if request.POST.get("verdict") == "same":
        kept = actions.merge(suspect, by=request.user)  # type: ignore[arg-type]
        toast(request, _("하나로 합쳤어요. 기록과 사진은 모두 남아 있어요."))
        if queries.leads_for(request.user).filter(pk=kept.pk).exists():  # type: ignore[arg-type]
            return redirect("desk:lead", kept.pk)
    else:
        actions.keep_apart(suspect, by=request.user)  # type: ignore[arg-type]
        toast(request, _("다른 곳으로 적었어요. 다시 묻지 않을게요."))
    return redirect("desk:duplicates")
