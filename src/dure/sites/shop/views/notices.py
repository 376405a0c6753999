"""What a buyer is told and by which ways; advertising only by consent, which is withdrawn in one step."""

from __future__ import annotations

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from dure.kit.korean import phone_e164, phone_shown
from dure.messaging import actions, consents
from dure.messaging.errors import BadStopLink
from dure.messaging.kinds import BUYER
from dure.people import actions as people
from dure.people.wordings import current
from dure.sites.design.toasts import toast
from dure.sites.notices import choosing


class PhoneForm(forms.Form):
    phone = forms.CharField(
        label=gettext_lazy("알림 받을 휴대전화"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "placeholder": "010-1234-5678"}),
    )

    def clean_phone(self) -> str:
        text = self.cleaned_data["phone"].strip()
        number = phone_e164(text) if text else ""
        if number is None:
            raise forms.ValidationError(_("휴대전화 번호를 010-1234-5678처럼 적어 주세요."))
        return number


@login_required
def choices(request: HttpRequest) -> HttpResponse:
    whose = [f"user:{request.user.pk}"]
    refused: list[str] = []
    if request.method == "POST":
        refused = choosing.save(request.POST.getlist("on"), choosing.rows(BUYER, whose), whose, request.user)  # type: ignore[arg-type]
        if not refused:
            toast(request, _("알림 설정을 저장했어요."))
            return redirect("shop:notices")
    return _page(request, refused=refused)


@login_required
@require_POST
def advertising(request: HttpRequest) -> HttpResponse:
    user = request.user
    before = sorted(consents.of_users([user.pk]).get(user.pk, set()))  # type: ignore[list-item, union-attr, arg-type]
    wanted = set(request.POST.getlist("purpose")) & set(consents.PURPOSES)
    if actions.change_consents(user, wanted, by=user):  # type: ignore[arg-type]
        toast(
            request,
            _("광고 수신 동의를 처리하고, 그 결과를 이메일로 보내 드렸어요."),
            undo=(request.path, {"purpose": "".join(before)}) if len(before) < 2 else None,
        )
    return redirect("shop:notices")


@login_required
@require_POST
def phone(request: HttpRequest) -> HttpResponse:
    form = PhoneForm(request.POST)
    if not form.is_valid():
        return _page(request, form=form)
    people.change_phone(request.user, form.cleaned_data["phone"], by=request.user)  # type: ignore[arg-type]
    toast(request, _("이 번호로 알려 드릴게요.") if form.cleaned_data["phone"] else _("이제 이메일로만 알려 드릴게요."))
    return redirect("shop:notices")


@csrf_exempt  # mail programs post here by themselves (RFC 8058); the signed token says who, and that is all it can do
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """One press ends advertising by a channel; looking alone changes nothing (mail scanners look)."""
    try:
        if request.method == "POST":
            purpose = actions.stop(token)
        else:
            _user, purpose = consents.meant_by(token)
    except BadStopLink as error:
        return render(request, "shop/stop_advertising.html", {"refusal": str(error)}, status=404)
    context = {"about": consents.PURPOSES[purpose], "done": request.method == "POST"}
    return render(request, "shop/stop_advertising.html", context)


def _page(request: HttpRequest, form: PhoneForm | None = None, refused: list[str] | None = None) -> HttpResponse:
    user = request.user
    agreed = consents.of_users([user.pk]).get(user.pk, set())  # type: ignore[list-item, union-attr, arg-type]
    number = user.phone  # type: ignore[union-attr]
    context = {
        "rows": choosing.rows(BUYER, [f"user:{user.pk}"], refused=refused or ()),
        "headings": choosing.headings(),
        "purposes": [(code, current(code), code in agreed) for code in consents.PURPOSES],
        "history": [(row, consents.PURPOSES[row.purpose]) for row in consents.history(user)],  # type: ignore[arg-type]
        "form": form or PhoneForm(initial={"phone": phone_shown(number) if number else ""}),
    }
    return render(request, "shop/notices.html", context, status=422 if refused or (form and form.errors) else 200)
