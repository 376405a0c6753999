"""A shop's instant discounts: its own, and those the house asks it to take part in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.promotions import actions, queries, words
from dure.commerce.promotions.models import EventPrice
from dure.commerce.promotions.previews import previews_of
from dure.commerce.sellers.models import Seller
from dure.kit import clock
from dure.kit.errors import DureError
from dure.sites import promoting
from dure.sites.design.toasts import toast
from dure.sites.discounting import DiscountForm, Draft, prices_of
from dure.sites.seller.access import centre, may, page
from dure.sites.seller.views.promotions import ConsentForm


@centre
@may("products")
def new_discount(request: HttpRequest, shop: Seller) -> HttpResponse:
    posted = request.method == "POST"
    draft = Draft(request, DiscountForm(request.POST if posted else None), shop)
    if draft.deed in {"try", "begin"} and draft.reckon() and draft.deed == "begin":
        try:
            made = draft.begin(by=request.user)
        except DureError as error:
            draft.form.say(error)
        else:
            undo = (reverse("seller:move_offer", args=[made.pk]), {"deed": "stop"})
            toast(request, _("할인을 시작했어요. 정한 때에 저절로 켜지고 꺼져요."), undo=undo)
            return redirect("seller:offer", made.pk)
    status = 422 if posted and draft.deed != "find" and draft.form.errors else 200
    return page(request, shop, "seller/discount_form.html", status, form=draft.form, draft=draft)


@centre
def discount(request: HttpRequest, shop: Seller, pk: int, form: ConsentForm | None = None) -> HttpResponse:
    """What the house proposes for the shop's goods: what it costs whom, then yes to some, or no."""
    found = get_object_or_404(queries.discounts_asking(shop, clock.now()), pk=pk)
    rows = previews_of(found, prices_of(found, shop), clock.now())
    return page(
        request,
        shop,
        "seller/discount.html",
        422 if form else 200,
        offer=found,
        phase=promoting.phase(found),
        benefit=words.benefit(found),
        stacking=words.stacking(found),
        cost=queries.cost_of(found, shop),
        waiting=[p for p in rows if p.status == EventPrice.Status.PROPOSED],
        answered=[p for p in rows if p.status != EventPrice.Status.PROPOSED],
        form=form or ConsentForm(initial={"terms_hash": found.terms_hash}),
    )


@centre
@may("products")
@require_POST
def answer_discount(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    """accept (some of) what was proposed, decline, leave, or come back."""
    found = get_object_or_404(queries.discounts_asking(shop, clock.now()), pk=pk)
    deed, by = request.POST.get("deed", ""), request.user
    form = ConsentForm(request.POST)
    try:
        if deed == "leave":
            actions.leave_discount(found, shop, by=by)  # type: ignore[arg-type]
            undo = (reverse("seller:answer_discount", args=[pk]), {"deed": "return"})
            toast(request, _("할인에서 빠졌어요. 이미 한 주문은 그대로예요."), undo=undo)
        elif deed == "return":
            actions.come_back(found, shop, by=by)  # type: ignore[arg-type]
            toast(request, _("다시 할인해요."))
        elif deed in {"accept", "decline"}:
            if not form.is_valid():
                return discount(request, pk, form=form)
            picked = [int(n) for n in request.POST.getlist("accept") if n.isdecimal() and len(n) < 12]
            told = {"terms_hash": form.cleaned_data["terms_hash"], "cap": form.cleaned_data["cap"], "by": by}
            accepted = actions.answer_discount(found, shop, accept=picked if deed == "accept" else [], **told)
            toast(request, _("동의했어요. 이 조건 그대로만 비용이 나가요.") if accepted else _("거절했다고 알렸어요."))
    except DureError as error:
        form.is_valid()
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return discount(request, pk, form=form)
    return redirect("seller:discount", pk)
