"""What buyers ask, seen by the house: reports to decide, talks past their time, a word of our own."""

from __future__ import annotations

import uuid

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.inquiries import actions
from dure.commerce.inquiries.models import Message, Question, QuestionReport, Thread
from dure.kit.errors import DureError
from dure.people.models import Role
from dure.sites.design.toasts import toast
from dure.sites.office import lists
from dure.sites.office.access import nav, office, page
from dure.sites.office.forms import DecideForm, TalkForm

TALKS = (Role.OPERATOR, Role.CS)


@office(*TALKS)
def question_list(request: HttpRequest) -> HttpResponse:
    rows = Question.objects.select_related("product__seller", "asker").annotate(
        open_reports=Count("reports", filter=Q(reports__verdict=""))
    )
    return lists.Questions(request, rows).respond("office/inquiries.html", nav=nav(request.user))  # type: ignore[arg-type]


@office(*TALKS)
def question(request: HttpRequest, pk: int, form: DecideForm | None = None) -> HttpResponse:
    found = get_object_or_404(Question.objects.select_related("product__seller", "asker"), pk=pk)
    reports = found.reports.select_related("reporter", "decided_by").order_by("-at")
    status = 422 if form else 200
    return page(request, "office/question.html", status, question=found, reports=reports, form=form or DecideForm())


@office(*TALKS)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    made = get_object_or_404(QuestionReport.objects.select_related("question"), pk=pk)
    form, hide = DecideForm(request.POST), request.POST.get("verdict") == "hide"
    form.is_valid()
    try:
        actions.decide(made, hide=hide, why=form.cleaned_data.get("why", ""), by=request.user)  # type: ignore[arg-type]
    except DureError as error:
        form.add_error("why" if error.field else None, str(error))
        return question(request, made.question_id, form=form)
    toast(request, _("문의를 내렸어요.") if hide else _("그대로 두었어요."))
    return redirect("office:question", made.question_id)


@office(*TALKS)
def thread_list(request: HttpRequest) -> HttpResponse:
    rows = Thread.objects.select_related("order", "seller", "line")
    return lists.Threads(request, rows).respond("office/inquiries.html", nav=nav(request.user))  # type: ignore[arg-type]


@office(*TALKS)
def thread(request: HttpRequest, pk: int) -> HttpResponse:
    """The talk, and a place to join in. Opening it is no secret: it stands in the audit when a word is said."""
    found = get_object_or_404(Thread.objects.select_related("order", "seller", "line"), pk=pk)
    form = TalkForm(request.POST or None, initial={"key": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.write(found, side=Message.Side.OPERATOR, **form.cleaned_data, by=request.user)  # type: ignore[arg-type]
        except DureError as error:
            form.add_error("text", str(error))
        else:
            return redirect("office:inquiry", pk)
    messages = found.messages.prefetch_related("photos")
    context = {"thread": found, "messages_": messages, "form": form, "me": Message.Side.OPERATOR}
    return page(request, "office/inquiry.html", 422 if form.errors else 200, **context)
