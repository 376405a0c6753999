"""Reviews and who reports them: decided with a reason, brought back when a decision was wrong."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.reviews import actions
from dure.commerce.reviews.models import Review, ReviewReport
from dure.kit.errors import DureError
from dure.people.models import Role
from dure.sites.design.toasts import toast
from dure.sites.office import lists
from dure.sites.office.access import nav, office, page
from dure.sites.office.forms import DecideForm

READS = (Role.OPERATOR, Role.CS)


@office(*READS)
def review_list(request: HttpRequest) -> HttpResponse:
    rows = Review.objects.select_related("product__seller", "author").annotate(
        open_reports=Count("reports", filter=Q(reports__verdict=""))
    )
    listing = lists.Reviews(request, rows)
    return listing.respond("office/list.html", nav=nav(request.user), title=_("후기"))  # type: ignore[arg-type]


@office(*READS)
def review(request: HttpRequest, pk: int, form: DecideForm | None = None) -> HttpResponse:
    rows = Review.objects.select_related("product__seller", "author", "product_order__order")
    found = get_object_or_404(rows.prefetch_related("photos", "revisions"), pk=pk)
    reports = found.reports.select_related("reporter", "decided_by").order_by("-at")
    return page(
        request, "office/review.html", 422 if form else 200, review=found, reports=reports, form=form or DecideForm()
    )


@office(*READS)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """A report: hide or keep. Without one: hide, show again, choose as best."""
    found = get_object_or_404(Review, pk=pk)
    form, deed, by = DecideForm(request.POST), request.POST.get("deed", ""), request.user
    form.is_valid()
    why = form.cleaned_data.get("why", "")
    made = ReviewReport.objects.filter(review=found, verdict="").order_by("id").first()
    try:
        if made and deed in {"hide", "keep"}:
            actions.decide(made, hide_it=deed == "hide", why=why, by=by)  # type: ignore[arg-type]
        elif deed == "hide":
            actions.hide(found, why=why, by=by)  # type: ignore[arg-type]
        elif deed == "show":
            actions.show_again(found, by=by)  # type: ignore[arg-type]
        elif deed in {"best", "plain"}:
            actions.choose_best(found, best=deed == "best", by=by)  # type: ignore[arg-type]
    except DureError as error:
        form.add_error("why" if error.field else None, str(error))
        return review(request, pk, form=form)
    toast(request, _("처리했어요."))
    return redirect("office:review", pk)
