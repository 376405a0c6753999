"""Instant discounts of the house: proposed to the shops whose goods are in them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from dure.kit.errors import DureError
from dure.people.models import Role
from dure.sites.design.toasts import toast
from dure.sites.discounting import Draft, HouseDiscountForm
from dure.sites.office.access import office, page


@office(Role.OPERATOR)
def new_discount(request: HttpRequest) -> HttpResponse:
    posted = request.method == "POST"
    draft = Draft(request, HouseDiscountForm(request.POST if posted else None))
    if draft.deed in {"try", "begin"} and draft.reckon() and draft.deed == "begin":
        try:
            made = draft.begin(by=request.user)
        except DureError as error:
            draft.form.say(error)
        else:
            toast(request, _("가게에 제안했어요. 동의한 상품만 정한 때에 할인돼요."))
            return redirect("office:offer", made.pk)
    status = 422 if posted and draft.deed != "find" and draft.form.errors else 200
    return page(request, "office/discount_form.html", status, form=draft.form, draft=draft)
