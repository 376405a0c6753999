"""What shoppers looked for in vain, and what the operator does about it: say what means the same."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.search import actions, queries
from dure.commerce.search.models import Missed, Synonym
from dure.kit import clock
from dure.kit.errors import DureError
from dure.people.models import Role
from dure.sites.design.toasts import toast
from dure.sites.office import lists
from dure.sites.office.access import nav, office, page
from dure.sites.office.forms import SynonymForm


@office(Role.OPERATOR)
def missed(request: HttpRequest) -> HttpResponse:
    """Questions without an answer, the most asked first; each leads to the synonym that would answer it."""
    rows = Missed.objects.filter(day__gte=clock.today() - actions.MISSED_FOR)
    return lists.MissedQuestions(request, rows).respond(
        "office/missed.html", nav=nav(request.user), title=_("결과 없는 검색어")
    )


@office(Role.OPERATOR)
def synonyms(request: HttpRequest) -> HttpResponse:
    """The list; a POST adds a row."""
    form = SynonymForm(request.POST or None, initial={"word": request.GET.get("word", "")[:40]})
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_synonym(**form.said(), by=request.user)  # type: ignore[arg-type]
        except DureError as error:
            form.add_error(error.field, str(error))
        else:
            toast(request, _("같은 말을 더했어요. 1분 안에 모든 검색에 적용돼요."))
            return redirect("office:synonyms")
    listing = lists.Synonyms(request, Synonym.objects.select_related("made_by"))
    if request.GET.get("export"):
        return listing.respond("office/synonyms.html")
    return page(
        request,
        "office/synonyms.html",
        status=400 if form.errors else 200,
        listing=listing,
        form=form,
        found=_tried(request),
    )


def _tried(request: HttpRequest) -> Any:
    """What a question finds now, for whoever tries one out."""
    words = request.GET.get("try", "").strip()[:100]
    return (words, queries.search(queries.Wanted(words))) if words else None


@office(Role.OPERATOR)
def synonym(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Synonym, pk=pk)
    form = SynonymForm(
        request.POST or None,
        initial={"word": found.word, "others": ", ".join(found.others), "both_ways": found.both_ways},
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_synonym(found, **form.said(), by=request.user)  # type: ignore[arg-type]
        except DureError as error:
            form.add_error(error.field, str(error))
        else:
            toast(request, _("같은 말을 고쳤어요. 1분 안에 모든 검색에 적용돼요."))
            return redirect("office:synonyms")
    return page(request, "office/synonym.html", status=400 if form.errors else 200, synonym=found, form=form)


@require_POST
@office(Role.OPERATOR)
def remove_synonym(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Synonym, pk=pk)
    back = {"word": found.word, "others": ", ".join(found.others), **({"both_ways": "1"} if found.both_ways else {})}
    actions.remove_synonym(found, by=request.user)  # type: ignore[arg-type]
    toast(request, _("같은 말을 뺐어요."), undo=(reverse("office:synonyms"), back))
    return redirect("office:synonyms")
