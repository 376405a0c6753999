"""What points are earned with, from a day on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from dure.commerce.promotions import points
from dure.commerce.promotions.models import PointsPolicy
from dure.kit import clock
from dure.kit.errors import DureError
from dure.people.models import Role
from dure.sites.design.fields import WonField
from dure.sites.design.toasts import toast
from dure.sites.office.access import MONEY, office, page
from dure.sites.promoting import percent_field


class RulesForm(forms.Form):
    since = forms.DateField(label=gettext_lazy("시작하는 날"), widget=forms.DateInput(attrs={"type": "date"}))
    earn = percent_field(gettext_lazy("구매 적립"), help_text=gettext_lazy("30%까지 정할 수 있어요."))
    review = WonField(label=gettext_lazy("글 후기"), min_value=0, max_value=100_000)
    photo_review = WonField(label=gettext_lazy("사진 후기와 베스트 후기"), min_value=0, max_value=100_000)
    valid_days = forms.IntegerField(label=gettext_lazy("쓸 수 있는 날"), min_value=30, max_value=3650)
    least = WonField(label=gettext_lazy("한 번에 쓸 수 있는 최소"), min_value=1, max_value=100_000)

    def clean_earn(self) -> int:
        points = int(self.cleaned_data["earn"] * 100)
        if points > 3000:
            raise forms.ValidationError(_("구매 적립은 30%까지예요."))
        return points

    def terms(self) -> dict[str, Any]:
        told = self.cleaned_data
        return {"earn_bp": told["earn"]} | {n: told[n] for n in ("review", "photo_review", "valid_days", "least")}


@office(*MONEY)
def rules(request: HttpRequest) -> HttpResponse:
    today, may_change = clock.today(), request.user.has_role(Role.OPERATOR)  # type: ignore[union-attr]
    now = points.policy_on(today)
    names = ("review", "photo_review", "valid_days", "least")
    start = {"since": today + timedelta(days=1), "earn": now.earn_bp / 100} | {n: getattr(now, n) for n in names}
    form = RulesForm(request.POST or None, initial=start)
    if request.method == "POST" and may_change and form.is_valid():
        try:
            made = points.set_rules(form.cleaned_data["since"], by=request.user, **form.terms())  # type: ignore[arg-type]
        except DureError as error:
            form.add_error(error.field, str(error))
        else:
            toast(request, _("%(day)s부터 적용하도록 예약했어요.") % {"day": f"{made.since:%Y-%m-%d}"})
            return redirect("office:points_rules")
    status = 422 if form.errors else 200
    ahead = points.rules_ahead()
    return page(request, "office/points.html", status, form=form, rows=ahead, today=today, may_change=may_change)


@require_POST
@office(Role.OPERATOR)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        points.withdraw_rules(get_object_or_404(PointsPolicy, pk=pk), by=request.user)  # type: ignore[arg-type]
    except DureError as error:
        toast(request, str(error))
    else:
        toast(request, _("예약을 거두었어요. 그전 규칙이 이어져요."))
    return redirect("office:points_rules")
