"""Claims of a shop: every answer is a button, its deadline and its money beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.claims import actions as claims
from dure.commerce.claims.models import Claim
from dure.commerce.claims.queries import claims_of_seller
from dure.commerce.claims.words import reason_in_words
from dure.commerce.orders.rules import OPEN_CLAIM
from dure.commerce.sellers.models import Seller
from dure.kit import clock, images
from dure.kit.errors import DureError
from dure.sites import timeline
from dure.sites.design.toasts import toast
from dure.sites.seller import lists
from dure.sites.seller.access import apart, centre, frame, may, page, sees
from dure.sites.seller.board import deadline_words
from dure.sites.seller.forms import AnswerForm, ClaimHoldForm, DispatchForm, EvidenceForm


@centre
@sees("orders")
def claim_list(request: HttpRequest, shop: Seller) -> HttpResponse:
    rows = claims_of_seller(request.user).filter(seller=shop)
    if request.GET.get("late"):
        rows = rows.filter(status__in=OPEN_CLAIM, answer_due__lt=clock.today())
    return lists.Claims(request, rows).respond("seller/list.html", **frame(request, shop), title=_("클레임"))


@centre
@sees("orders")
def claim(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    return _claim(request, shop, _one(request, shop, pk))


@centre
@may("orders")
@require_POST
def answer(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    """One deed of `DEEDS`; what is wrong with its form is said beside the field, and nothing typed is lost."""
    found, deed = _one(request, shop, pk), request.POST.get("deed", "")
    forms = _forms(found, request)
    form = forms.get(FORM_OF.get(deed, ""))
    if deed not in DEEDS or (form is not None and not form.is_valid()):
        return _claim(request, shop, found, 422, forms)
    try:
        DEEDS[deed](found, form.cleaned_data if form else {}, request)
    except DureError as error:
        if form is None:
            return _claim(request, shop, found, error.status, forms, refusal=str(error))
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return _claim(request, shop, found, error.status, forms)
    toast(request, _("처리했어요."))
    return redirect("seller:claim", pk)


def _leg(got: dict[str, Any]) -> dict[str, str]:
    return {name: got.get(name) or "" for name in ("carrier", "waybill")}


def _evidence(claim: Claim, got: dict[str, Any], request: HttpRequest) -> None:
    kept = [images.keep(picture, "claims").name for picture in got["image"]]
    claims.add_evidence(claim, kept, side="SELLER", by=request.user, said=got["said"])  # type: ignore[arg-type]


Deed = Callable[[Claim, dict[str, Any], Any], Any]
DEEDS: dict[str, Deed] = {
    "ask_carrier": lambda c, got, r: claims.request_collection(c, by=r.user),
    "collect": lambda c, got, r: claims.start_collecting(c, **_leg(got), by=r.user),
    "collected": lambda c, got, r: claims.collected(c, by=r.user),
    "complete": lambda c, got, r: claims.complete(c, by=r.user, restock=not r.POST.get("unsaleable")),
    "shipped": lambda c, got, r: claims.already_shipped(c, **_leg(got), method=got["method"], by=r.user),
    "redeliver": lambda c, got, r: claims.redeliver(
        c, **_leg(got), method=got["method"], by=r.user, restock=not r.POST.get("unsaleable")
    ),
    "reject": lambda c, got, r: claims.reject(c, answer=got["answer"], by=r.user),
    "hold": lambda c, got, r: claims.hold(
        c, reason=got["hold_reason"], until=got["hold_until"], detail=got["hold_detail"], by=r.user
    ),
    "release": lambda c, got, r: claims.release(c, by=r.user),
    "fee": lambda c, got, r: claims.receive_fee(c, by=r.user),
    "admit": lambda c, got, r: claims.admit_fault(c, by=r.user),
    "evidence": _evidence,
}
FORM_OF = {
    "collect": "leg",
    "shipped": "leg",
    "redeliver": "leg",
    "reject": "words",
    "hold": "hold",
    "evidence": "proof",
}


def _one(request: HttpRequest, shop: Seller, pk: int) -> Claim:
    rows = claims_of_seller(request.user).select_related("replacement", "came_from", "exchange_option", "forced_by")
    return get_object_or_404(rows.prefetch_related("steps", "evidence").filter(seller=shop), pk=pk)


def _forms(found: Claim, request: HttpRequest) -> dict[str, Any]:
    """The forms of the page; the one of the deed that was posted holds what was typed."""
    deed = request.POST.get("deed", "")
    asked = FORM_OF.get(deed, "")
    given = lambda name: (request.POST, request.FILES) if asked == name else (None, None)  # noqa: E731
    until = clock.today() + timedelta(days=7)
    return apart(
        {
            "leg": DispatchForm(given("leg")[0], initial={"carrier": found.collect_carrier}),
            "words": AnswerForm(given("words")[0]),
            "hold": ClaimHoldForm(given("hold")[0], initial={"hold_until": until}),
            "proof": EvidenceForm(*given("proof")),
        }
    )


def _claim(
    request: HttpRequest,
    shop: Seller,
    found: Claim,
    status: int = 200,
    forms: dict[str, Any] | None = None,
    refusal: str = "",
) -> HttpResponse:
    is_open = found.status in OPEN_CLAIM
    return page(
        request,
        shop,
        "seller/claim.html",
        status,
        **(forms or _forms(found, request)),
        claim=found,
        line=found.product_order,
        reason=reason_in_words(found.reason),
        evidence=[(side, [e for e in found.evidence.all() if e.side == side]) for side in ("BUYER", "SELLER")],
        trail=timeline.of_claim(found),
        deadline=deadline_words(found.answer_due) if found.answer_due and is_open else None,
        with_it=Claim.objects.filter(group=found.group).exclude(pk=found.pk).select_related("product_order")
        if found.group
        else [],
        blocking=found.status in Claim.BLOCKING,
        refusal=refusal,
    )
