"""What the house takes: plans in force and scheduled, and a try at a price before scheduling one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.pricing import actions
from dure.commerce.pricing.errors import NoCommissionPlan
from dure.commerce.pricing.models import CommissionPlan
from dure.commerce.pricing.queries import commissions_of, share_of
from dure.kit import clock
from dure.kit.errors import DureError
from dure.people.models import Role
from dure.sites.design.toasts import toast
from dure.sites.office import lists
from dure.sites.office.access import nav, office
from dure.sites.office.forms import CommissionForm


@office(Role.OPERATOR)
def commission_list(request: HttpRequest) -> HttpResponse:
    """With a percentage in the address: what it would take of a price, beside what is taken today."""
    tried = CommissionForm(request.GET) if "percent" in request.GET else None
    preview = _preview(tried) if tried and tried.is_valid() else None
    asked = {name: request.GET[name] for name in ("seller", "category") if request.GET.get(name)}
    return _page(request, tried or CommissionForm(initial=asked), preview)


@office(Role.OPERATOR)
@require_POST
def schedule(request: HttpRequest) -> HttpResponse:
    form = CommissionForm(request.POST)
    if form.is_valid():
        try:
            plan = actions.schedule_commission(**form.plan(), by=request.user)  # type: ignore[arg-type]
        except DureError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            toast(request, _("%(day)s부터 적용하도록 예약했어요.") % {"day": f"{plan.since:%Y-%m-%d}"})
            return redirect("office:commissions")
    return _page(request, form, _preview(form) if form.is_valid() else None, 422)


@office(Role.OPERATOR)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    actions.withdraw_commission(get_object_or_404(CommissionPlan, pk=pk), by=request.user)  # type: ignore[arg-type]
    toast(request, _("예약을 거두었어요. 그전 수수료가 이어져요."))
    return redirect("office:commissions")


def _page(request: HttpRequest, form: CommissionForm, preview: Any, status: int = 200) -> HttpResponse:
    rows = CommissionPlan.objects.select_related("seller", "category", "made_by")
    coming = rows.filter(since__gt=clock.today()).order_by("since")[:20]
    answer = lists.Commissions(request, rows).respond(
        "office/commissions.html",
        nav=nav(request.user),  # type: ignore[arg-type]
        form=form,
        preview=preview,
        coming=[(plan, share_of(10_000, plan.basis_points)) for plan in coming],
    )
    answer.status_code = status
    return answer


def _preview(form: CommissionForm) -> dict[str, Any]:
    plan, price, today = form.plan(), form.cleaned_data["price"] or 10_000, clock.today()
    seller, category = plan["seller"], plan["category"]
    try:
        key = (seller.pk if seller else 0, category.pk if category else 0)
        now = share_of(price, commissions_of([key], today)[key])
    except NoCommissionPlan:
        now = None
    return {"now": now, "then": share_of(price, plan["basis_points"]), "since": plan["since"]}
