"""How the market does, and what waits."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.finance.ledger.queries import proof_of_funds
from dure.kit import clock, outbox
from dure.kit.models import AuditEntry, Delivery
from dure.people.models import Role
from dure.sites.design.toasts import toast
from dure.sites.office import lists, queries
from dure.sites.office.access import nav, office, page


@office()
def dashboard(request: HttpRequest) -> HttpResponse:
    proof, waiting = proof_of_funds(), queries.waiting()
    return page(
        request,
        "office/dashboard.html",
        today=queries.today(),
        waiting=waiting,
        nav=nav(request.user, waiting),  # type: ignore[arg-type]
        sales=queries.sales_by_day(),
        proof=proof,
        bars=queries.proof_bars(proof),
        day=clock.today(),
    )


@office()
def audit(request: HttpRequest) -> HttpResponse:
    entries = AuditEntry.objects.select_related("actor")
    return lists.Audit(request, entries).respond("office/list.html", nav=nav(request.user), title=_("일한 기록"))


@office(Role.OPERATOR)
def deliveries(request: HttpRequest) -> HttpResponse:
    stuck = queries.stuck_deliveries()
    return page(request, "office/deliveries.html", stuck=stuck[:200], count=stuck.count())


@require_POST
@office(Role.OPERATOR)
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    delivery = get_object_or_404(Delivery, pk=pk, done_at=None)
    outbox.retry_now(delivery, by=request.user)
    toast(request, _("다시 전달해 볼게요."))
    return redirect("office:deliveries")
