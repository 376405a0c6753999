"""Capturing a shop at its stall, and what is recognised while typing."""

from __future__ import annotations

import structlog
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.integrations.nts import rules as brn_rules
from dure.integrations.nts.client import Status, nts
from dure.kit import images, korean, tokens
from dure.kit.errors import DureError
from dure.kit.http import OutsideError
from dure.partnership import actions, queries, recognition
from dure.partnership.models import Lead, Place
from dure.sites.design.toasts import toast
from dure.sites.desk.access import CAPTURERS, desk, page
from dure.sites.desk.forms import CaptureForm

log = structlog.get_logger()
KEPT_FOR = 24 * 3600  # seconds a picture of a refused form can be sent along again


@desk(*CAPTURERS)
def capture(request: HttpRequest, pk: int) -> HttpResponse:
    place = get_object_or_404(Place, pk=pk)
    if request.method != "POST":
        return page(request, "desk/capture.html", place=place, form=CaptureForm(), pictures=[])
    form = CaptureForm(request.POST, request.FILES)
    valid = form.is_valid()
    kept = _kept(request.POST.get("kept", "")) + (form.cleaned_data.get("photos") or [])
    if valid:
        try:
            captured = actions.capture(
                place,
                form.learnt(),
                by=request.user,  # type: ignore[arg-type]
                key=form.cleaned_data["key"],
                photos=kept,
                another_shop=form.cleaned_data["another_shop"],
            )
        except DureError as error:
            field = {"consent": "contact"}.get(error.field or "", error.field)
            form.add_error(field if field in form.fields else None, str(error))
        else:
            _tell(request, captured)
            return redirect(f"{_lead_url(captured.lead)}?captured={form.cleaned_data['key']}")
    token = (
        tokens.sign("desk.pictures", {"kept": [[p.name, p.width, p.height] for p in kept]}, KEPT_FOR) if kept else ""
    )
    return page(request, "desk/capture.html", 422, place=place, form=form, pictures=kept, kept=token)


@desk(*CAPTURERS)
@require_POST
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """What is known of the numbers typed so far: a fragment beside the form."""
    place = get_object_or_404(Place, pk=pk)
    phone = korean.phone_e164(request.POST.get("phone", "")) or ""
    number = brn_rules.digits(request.POST.get("brn", ""))
    right = brn_rules.is_brn(number)
    found = recognition.preview(
        place,
        phone=phone,
        brn=number if right else "",
        name=request.POST.get("name", ""),
        stall=request.POST.get("stall", ""),
    )
    visible = queries.leads_for(request.user)  # type: ignore[arg-type]
    return render(
        request,
        "desk/_recognised.html",
        {
            "found": found,
            "open": bool(found.known and visible.filter(pk=found.known.lead.pk).exists()),
            "brn": number,
            "complete": len(number) >= 10,
            "right": right,
            "status": _status(number) if right else None,
        },
    )


def _kept(token: str) -> list[images.Picture]:
    try:
        return [images.Picture(*row) for row in tokens.unsign("desk.pictures", token)["kept"]] if token else []
    except tokens.BadToken:
        return []


def _tell(request: HttpRequest, captured: actions.Captured) -> None:
    match captured.recognised_by:
        case None:
            toast(request, _("%(shop)s, 발굴 업체로 담았어요.") % {"shop": captured.lead.shop.name})
        case actions.SENT_TWICE:
            toast(request, _("이미 받은 기록이에요. 하나로 담았어요."))
        case _:
            messages.warning(request, _("이미 발굴한 업체예요. 오늘 만난 기록을 더하고 빈 칸을 채웠어요."))
    if captured.suspects:
        messages.warning(request, _("비슷한 점포가 있어요. 같은 곳인지 아래에서 확인해 주세요."))


def _lead_url(lead: Lead) -> str:
    return reverse("desk:lead", args=[lead.pk])


def _status(number: str) -> Status | None:
    """The tax service's word, remembered for an hour; None when it cannot be asked now (it is asked again later)."""
    known: Status | None = cache.get(f"nts:{number}")
    if known is None:
        try:
            known = nts().status([number]).get(number)
        except (OutsideError, ValueError, KeyError) as error:
            log.warning("business_not_checked", error=repr(error))
            return None
        cache.set(f"nts:{number}", known, 3600)
    return known
