"""The merchants an MD raises: readiness and next step of each, the invitation."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.partnership import actions, queries, readiness
from dure.people.models import Role
from dure.people.queries import holders
from dure.sites.design.toasts import toast
from dure.sites.desk import merchants as words
from dure.sites.desk.access import JUDGES, desk, lead_or_404, page


@desk(Role.MD, *JUDGES)
def merchants(request: HttpRequest) -> HttpResponse:
    """An MD's own; a reviewer or operator may look at any MD's (`?md=`)."""
    user: Any = request.user
    judges = user.has_role(*JUDGES)
    asked = request.GET.get("md", "")
    md = get_object_or_404(holders(Role.MD), pk=int(asked)) if judges and asked.isdigit() else user
    load = queries.merchandisers() if judges else []
    if judges and not asked and not user.has_role(Role.MD) and load:
        md = max(load, key=lambda pair: pair[1])[0]
    found = readiness.of_all(list(queries.merchants_of(md)))
    shown = [(ready, words.where(ready, ready.next, user) if ready.next else "") for ready in found]
    shown.sort(key=lambda pair: (pair[0].next is None, -pair[0].percent))
    return page(request, "desk/merchants.html", md=md, merchants=shown, load=load, mine=md == user)


@desk(Role.MD, *JUDGES)
@require_POST
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    lead = lead_or_404(request.user, pk)  # type: ignore[arg-type]
    actions.invite_owner(lead, by=request.user)  # type: ignore[arg-type]
    toast(request, _("초대 링크를 만들었어요. 문자로 보내거나 QR을 보여 주세요."))
    return redirect(f"{reverse('desk:lead', args=[pk])}#invite")
