"""Sellers: let in, sent back, stopped, closed, looked at; their papers and what the registers said, on one screen."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Subquery, prefetch_related_objects
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.catalog.models import Product
from dure.commerce.pricing.queries import plans_in_force, share_of
from dure.commerce.sellers import actions, queries
from dure.commerce.sellers.closing import ties
from dure.commerce.sellers.models import Document, Invitation, RegistryCheck, Seller, Visit
from dure.config import load
from dure.finance.settlement import actions as settlement
from dure.finance.settlement.queries import open_hold, upcoming
from dure.kit import clock
from dure.kit.errors import DureError
from dure.people.models import Role
from dure.sites.design.qr import qr
from dure.sites.design.toasts import toast
from dure.sites.office import lists
from dure.sites.office.access import MONEY, nav, office, page
from dure.sites.office.forms import HoldForm, InviteForm, SellerDecisionForm, VisitForm
from dure.sites.papers import sent
from dure.sites.seller.visits import VISIT


@office(*MONEY)
def seller_list(request: HttpRequest) -> HttpResponse:
    return _list(request, InviteForm())


@office(Role.OPERATOR)
@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    """A link for the owner of a shop that does not exist here yet."""
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _list(request, form, 422)
    invitation = actions.invite(**form.cleaned_data, by=request.user)  # type: ignore[arg-type]
    toast(request, _("초대 링크를 만들었어요."))
    return redirect("office:seller", invitation.seller_id)


@office(*MONEY)
def seller(request: HttpRequest, pk: int) -> HttpResponse:
    return _seller(request, _one(pk))


@office(Role.OPERATOR)
@require_POST
def decide_seller(request: HttpRequest, pk: int) -> HttpResponse:
    found, form, verdict = _one(pk), SellerDecisionForm(request.POST), request.POST.get("verdict", "")
    if not form.is_valid():
        return _seller(request, found, 422, form=form)
    told, by = form.cleaned_data, request.user
    why = told["reason"]
    mend = {key.removeprefix("mend-"): text for key, text in request.POST.items() if key.startswith("mend-")}
    deeds: dict[str, tuple[Any, str]] = {
        "approve": (lambda: actions.approve(found, why=why, by=by), _("승인했어요. 이제 상품을 팔 수 있어요.")),
        "return": (
            lambda: actions.return_for_changes(found, note=why, items=mend, by=by),
            _("고칠 점을 판매자에게 알렸어요."),
        ),
        "suspend": (
            lambda: actions.suspend(found, why=why, until=told["until"], hold_payouts=told["hold_payouts"], by=by),
            _("이용을 정지했어요. 상품은 바로 내려갔어요."),
        ),
        "resume": (lambda: actions.resume(found, by=by), _("다시 팔 수 있게 했어요.")),
        "close": (lambda: actions.close(found, why=why, by=by), _("폐점했어요.")),
    }
    if verdict not in deeds:
        raise Http404
    deed, done = deeds[verdict]
    try:
        deed()
    except DureError as error:
        field = {"why": "reason"}.get(error.field or "", error.field)
        form.add_error(field if field in form.fields else None, str(error))
        return _seller(request, found, error.status, form=form)
    toast(request, done)
    return redirect("office:seller", pk)


@office(*MONEY)
@require_POST
def hold_seller(request: HttpRequest, pk: int) -> HttpResponse:
    """지급보류, or its release."""
    found = _one(pk)
    if "release" in request.POST:
        settlement.release(found, by=request.user)  # type: ignore[arg-type]
        toast(request, _("보류를 풀었어요. 다음 정산부터 지급해요."))
        return redirect("office:seller", pk)
    form = HoldForm(request.POST)
    if not form.is_valid():
        return _seller(request, found, 400, hold_form=form)
    settlement.hold(found, reason=form.cleaned_data["reason"], by=request.user)  # type: ignore[arg-type]
    toast(request, _("지급을 보류했어요."))
    return redirect("office:seller", pk)


@office(Role.OPERATOR)
@require_POST
def ask_register(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    if code not in queries.REGISTERS:
        raise Http404
    actions.ask_again(_one(pk), code, by=request.user)  # type: ignore[arg-type]
    toast(request, _("다시 물어보고 있어요. 답이 오면 저절로 바뀌어요."))
    return redirect("office:seller", pk)


@office(Role.OPERATOR)
def document(request: HttpRequest, pk: int) -> FileResponse:
    """A paper; that it was opened is written down."""
    found = get_object_or_404(Document.objects.select_related("seller"), pk=pk)
    actions.seen(found, by=request.user)  # type: ignore[arg-type]
    return sent(found)


@office(Role.OPERATOR)
@require_POST
def decide_document(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Document.objects.select_related("seller"), pk=pk)
    try:
        actions.decide_document(
            found,
            accept="accept" in request.POST,
            why=request.POST.get("why", ""),
            by=request.user,  # type: ignore[arg-type]
        )
    except DureError as error:
        return _seller(request, _one(found.seller_id), error.status, refusal=str(error))
    return redirect("office:seller", found.seller_id)


@office(Role.OPERATOR)
@require_POST
def view_as(request: HttpRequest, pk: int) -> HttpResponse:
    """판매자 화면으로 보기: reading only, for a while, for a reason."""
    found, form = _one(pk), VisitForm(request.POST)
    if not form.is_valid():
        return _seller(request, found, 422, visit_form=form)
    visit = actions.begin_visit(found, **form.cleaned_data, by=request.user)  # type: ignore[arg-type]
    request.session[VISIT], request.session["visit_seller"] = visit.pk, pk
    return redirect("seller:home")


@office(*MONEY)
def money_of(request: HttpRequest, pk: int) -> HttpResponse:
    """What is due to a seller and what is not yet: reckoned from its open lines, so it comes into the page by itself."""
    found = get_object_or_404(Seller, pk=pk)
    template = "office/_upcoming.html" if request.headers.get("HX-Request") else "office/upcoming.html"
    return page(request, template, seller=found, upcoming=upcoming(found))


@office()
@require_POST
def end_visit(request: HttpRequest) -> HttpResponse:
    pk, seller_pk = request.session.pop(VISIT, 0), request.session.pop("visit_seller", None)
    visit = Visit.objects.select_related("seller").filter(pk=pk, operator=request.user.pk or 0).first()
    if visit:
        actions.end_visit(visit, by=request.user)  # type: ignore[arg-type]
    return redirect("office:seller", seller_pk) if seller_pk else redirect("office:sellers")


def _one(pk: int) -> Seller:
    invited = Invitation.objects.filter(
        seller=OuterRef("pk"), accepted_at=None, expires_at__gt=clock.now(), role="OWNER"
    )
    rows = Seller.objects.annotate(
        has_goods=Exists(Product.objects.filter(seller=OuterRef("pk"))),
        invitation=Subquery(invited.order_by("pk").values("code")[:1]),
    )
    return get_object_or_404(rows.select_related("shipping_policy"), pk=pk)


def _list(request: HttpRequest, form: InviteForm, status: int = 200) -> HttpResponse:
    answer = lists.Sellers(request, Seller.objects.all()).respond(
        "office/sellers.html",
        nav=nav(request.user),  # type: ignore[arg-type]
        form=form,
        may_decide=request.user.has_role(Role.OPERATOR),  # type: ignore[union-attr]
    )
    answer.status_code = status
    return answer


def _seller(request: HttpRequest, found: Seller, status: int = 200, refusal: str = "", **forms: Any) -> HttpResponse:
    account, hold = queries.current_account(found), open_hold(found)
    shown = {"form": SellerDecisionForm(), "hold_form": HoldForm(), "visit_form": VisitForm(), **forms}
    for name, form in shown.items():
        form.auto_id = f"{name}_%s"  # three forms on one page, each with ids of its own
    documents = list(found.documents.select_related("decided_by").order_by("replaced_at", "kind", "-id"))
    prefetch_related_objects([found], Prefetch("registry_checks", RegistryCheck.objects.order_by("code")))
    items = queries.checklist(
        found,
        products=int(found.has_goods),  # type: ignore[attr-defined]
        account=account,
        documents=[document for document in documents if document.replaced_at is None],
    )
    url = f"{load().base_url}/seller/join/{found.invitation}/" if found.invitation else ""  # type: ignore[attr-defined]
    return page(
        request,
        "office/seller.html",
        status,
        **shown,
        seller=found,
        refusal=refusal,
        items=items,
        answers=found.registry_checks.all(),
        documents=documents,
        account=account,
        bank=queries.bank_name(account.bank_code) if account else "",
        number=queries.masked_number(account) if account else "",
        members=found.members.select_related("user").order_by("id"),
        link=url,
        code=qr(url) if url else "",
        may_decide=request.user.has_role(Role.OPERATOR),  # type: ignore[union-attr]
        hold=hold,
        plans=[
            (plan, share_of(10_000, plan.basis_points))
            for plan in plans_in_force(clock.today()).filter(seller=found).select_related("category")
        ],
        ties=ties(found) if found.status == "SUSPENDED" else [],
        history=queries.history(found, limit=30),
    )
