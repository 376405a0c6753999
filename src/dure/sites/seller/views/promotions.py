"""A shop's own coupons, offers of the house it may share in, and exhibitions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from dure.commerce.catalog.models import Option
from dure.commerce.exhibitions import actions as exhibitions
from dure.commerce.exhibitions import queries as shown
from dure.commerce.exhibitions.models import Application, Exhibition
from dure.commerce.promotions import actions, queries, words
from dure.commerce.promotions.models import Offer
from dure.commerce.promotions.previews import previews
from dure.commerce.sellers.models import Seller
from dure.kit import clock
from dure.kit.errors import DureError
from dure.sites import promoting
from dure.sites.design.fields import WonField
from dure.sites.design.lists import Choice, Column, Empty, Listing
from dure.sites.design.paths import at
from dure.sites.design.toasts import toast
from dure.sites.discounting import told_by
from dure.sites.seller.access import centre, frame, may, page


class Listed(promoting.Offers):
    columns = (
        promoting.offer_name("seller:offer"),
        *(column for column in promoting.Offers.columns if column.key != "seller"),
    )


@centre
def offers(request: HttpRequest, shop: Seller) -> HttpResponse:
    now = clock.now()
    asking = list(queries.offers_asking(shop, now).prefetch_related("budgets").order_by("ends_at"))
    for offer in asking:
        offer.said = words.benefit(offer)  # type: ignore[attr-defined]
    listing = Listed(
        request,
        Offer.objects.filter(seller=shop).select_related("gift_option__product"),
        empty=Empty(
            _("아직 만든 쿠폰이 없어요"),
            _("쿠폰, N+1, 사은품을 만들어 단골을 늘려 보세요. 비용은 가게가 내고, 예산을 정하면 거기서 멈춰요."),
            _("쿠폰·행사 만들기"),
            reverse("seller:new_offer"),
            "percent",
        ),
    )
    return listing.respond(
        "seller/offers.html",
        **frame(request, shop),
        asking=asking,
        proposed=list(queries.discounts_asking(shop, now)),
        invited=shown.waiting_for(shop),
    )


@centre
@may("products")
def new_offer(request: HttpRequest, shop: Seller) -> HttpResponse:
    form = promoting.OfferForm(request.POST or None, shop=shop)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.draft(form.terms(), key=form.cleaned_data["key"], by=request.user, seller=shop)  # type: ignore[arg-type]
            promoting.set_budgets(made, form, by=request.user)
        except DureError as error:
            form.say(error)
        else:
            return redirect("seller:offer", made.pk)
    return page(request, shop, "seller/offer_form.html", 422 if request.method == "POST" else 200, form=form)


@centre
def offer(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    found = get_object_or_404(
        Offer.objects.filter(seller=shop)
        .select_related("gift_option__product", "agency", "seller")
        .prefetch_related("budgets"),
        pk=pk,
    )
    listing, views = told_by(request, found)
    return listing.respond("seller/offer.html", **frame(request, shop), **_told(found, shop), **views)


def _told(found: Offer, shop: Seller) -> dict[str, Any]:
    return {
        "offer": found,
        "phase": promoting.phase(found),
        "benefit": words.benefit(found),
        "conditions": words.conditions(found),
        "stacking": words.stacking(found),
        "preview": None if found.kind == Offer.Kind.INSTANT else promoting.preview(found, shop),
        "cost": queries.cost_of(found, shop),
    }


@centre
@may("products")
@require_POST
def move_offer(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    found = get_object_or_404(Offer, pk=pk, seller=shop)
    deed = request.POST.get("deed", "")
    deeds = {
        "begin": (actions.begin, _("시작했어요. 이제 조건은 바뀌지 않아요.")),
        "stop": (actions.stop, _("멈췄어요. 이미 한 주문은 그대로예요.")),
        "resume": (actions.resume, _("다시 시작했어요.")),
        "discard": (actions.discard, _("지웠어요.")),
    }
    if deed not in deeds:
        return redirect("seller:offer", pk)
    do, done = deeds[deed]
    back = {"stop": "resume", "resume": "stop"}.get(deed)
    try:
        do(found, by=request.user)  # type: ignore[operator]
    except DureError as error:
        toast(request, str(error))
    else:
        toast(request, done, undo=(reverse("seller:move_offer", args=[pk]), {"deed": back}) if back else None)
    return redirect("seller:offers") if deed == "discard" else redirect("seller:offer", pk)


class ConsentForm(forms.Form):
    cap = WonField(
        label=gettext_lazy("우리 가게가 낼 최대 금액"),
        required=False,
        min_value=1,
        help_text=gettext_lazy("여기에 이르면 우리 상품에는 저절로 멈춰요. 비우면 한도가 없어요."),
    )
    terms_hash = forms.CharField(max_length=64, widget=forms.HiddenInput)


@centre
def consent(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    """The terms with what they come to on the shop's own goods; agreeing is a press, taking it back another."""
    found = get_object_or_404(queries.offers_asking(shop, clock.now()).prefetch_related("budgets"), pk=pk)
    form = ConsentForm(request.POST or None, initial={"terms_hash": found.terms_hash})
    if request.method == "POST":
        return _answer(request, shop, found, form)
    return page(request, shop, "seller/consent.html", form=form, agreed=found.agreed, **_told(found, shop))


@may("products")
def _answer(request: HttpRequest, shop: Seller, found: Any, form: ConsentForm) -> HttpResponse:
    if "withdraw" in request.POST:
        actions.withdraw_consent(found, shop, by=request.user)  # type: ignore[arg-type]
        toast(request, _("동의를 거두었어요. 이미 한 주문은 그대로예요."))
        return redirect("seller:consent", found.pk)
    if form.is_valid():
        told = form.cleaned_data
        try:
            actions.consent(found, shop, terms_hash=told["terms_hash"], cap=told["cap"], by=request.user)  # type: ignore[arg-type]
        except DureError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            toast(request, _("동의했어요. 이 조건 그대로만 비용이 나가요."))
            return redirect("seller:offers")
    return page(request, shop, "seller/consent.html", 422, form=form, agreed=found.agreed, **_told(found, shop))


# ── Exhibitions ──────────────────────────────────────────────────────────────────────────────────────────────────


class Exhibitions(Listing):
    search = ("title", "tagline")
    search_hint = gettext_lazy("기획전 이름")
    columns = (
        Column(
            "title",
            gettext_lazy("기획전"),
            primary=True,
            link=lambda e: at("seller:exhibition", e.pk),
            sort="title",
        ),
        Column("apply_until", gettext_lazy("신청 마감"), kind="moment", sort="apply_until"),
        Column("starts_at", gettext_lazy("공개"), kind="moment", sort="starts_at"),
        Column("ends_at", gettext_lazy("끝"), kind="moment"),
        Column(
            "mine",
            gettext_lazy("우리 가게"),
            kind="status",
            value=lambda e: (e.mine, dict(Application.Status.choices).get(e.mine, _("아직"))),
        ),
    )
    filters = (Choice("mine", gettext_lazy("우리 가게"), Application.Status.choices),)
    order = "-starts_at"
    exports = "exhibitions"
    empty = Empty(
        gettext_lazy("지금 참여를 받는 기획전이 없어요"),
        gettext_lazy("새 기획전이 열리거나 초대를 받으면 여기에 나와요."),
        mark="calendar",
    )


@centre
def exhibition_list(request: HttpRequest, shop: Seller) -> HttpResponse:
    mine = Application.objects.filter(exhibition=OuterRef("pk"), seller=shop).values("status")[:1]
    rows = shown.open_to(shop, clock.now()).annotate(mine=Coalesce(Subquery(mine), Value("")))
    return Exhibitions(request, rows).respond(
        "seller/exhibitions.html", **frame(request, shop), invited=shown.waiting_for(shop)
    )


@centre
def exhibition(request: HttpRequest, shop: Seller, pk: int, form: ConsentForm | None = None) -> HttpResponse:
    now = clock.now()
    found = get_object_or_404(shown.open_to(shop, now), pk=pk)
    application = Application.objects.filter(exhibition=found, seller=shop).first()
    proposals = shown.proposals_of(found, shop, now)
    asked = _asked(request)
    tried = previews(queries.shares_of(found.offer), _mine(shop, asked), now) if found.offer and asked else []
    inside = {p.seen.option.pk for p in proposals if p.status in {"ACCEPTED", "PROPOSED"}}
    options = Option.objects.filter(product__seller=shop, product__status="ON_SALE", active=True).exclude(pk__in=inside)
    return page(
        request,
        shop,
        "seller/exhibition.html",
        422 if form else 200,
        exhibition=found,
        offer=found.offer,
        application=application,
        waiting=[p for p in proposals if p.status == "PROPOSED" and not p.by_seller],
        proposals=proposals,
        tried={p.seen.option.pk: p for p in tried},
        asked=asked,
        options=options.select_related("product").order_by("product__name", "position")[:200],
        form=form or ConsentForm(initial={"terms_hash": found.offer.terms_hash if found.offer else ""}),
        open=found.apply_until > now and found.status != Exhibition.Status.CANCELED,
    )


def _asked(request: HttpRequest) -> dict[int, int]:
    """`price-<option>` fields that hold an amount."""
    given = request.POST if request.method == "POST" else request.GET
    found = {}
    for name, text in given.items():
        pk, amount = name.removeprefix("price-"), str(text).replace(",", "").replace("원", "").strip()
        if name.startswith("price-") and pk.isdecimal() and amount.isdecimal() and len(pk + amount) < 20:
            found[int(pk)] = int(amount)
    return found


def _mine(shop: Seller, prices: dict[int, int]) -> dict[int, int]:
    own = set(Option.objects.filter(pk__in=prices, product__seller=shop).values_list("pk", flat=True))
    return {pk: price for pk, price in prices.items() if pk in own}


@centre
@may("products")
@require_POST
def answer_exhibition(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    """accept (some of) what was proposed, decline, apply with prices, or leave."""
    found = get_object_or_404(shown.open_to(shop, clock.now()), pk=pk)
    deed = request.POST.get("deed", "")
    form = ConsentForm(request.POST)
    if deed == "try":  # only reckon what the typed prices come to
        return exhibition(request, pk)
    try:
        if deed == "leave":
            exhibitions.leave(get_object_or_404(Application, exhibition=found, seller=shop), by=request.user)  # type: ignore[arg-type]
            toast(request, _("기획전에서 빠졌어요. 이미 한 주문은 그대로예요."))
            return redirect("seller:exhibition", pk)
        if not form.is_valid():
            return exhibition(request, pk, form=form)
        told = {"terms_hash": form.cleaned_data["terms_hash"], "cap": form.cleaned_data["cap"], "by": request.user}
        if deed == "apply":
            exhibitions.apply(found, shop, _asked(request), **told, note=request.POST.get("note", ""))
            toast(request, _("신청했어요. 운영자가 답하면 알려 드릴게요."))
        else:
            get_object_or_404(Application, exhibition=found, seller=shop)
            accept = [] if deed == "decline" else [int(n) for n in request.POST.getlist("accept") if n.isdecimal()]
            exhibitions.answer(found, shop, accept=accept, **told, note=request.POST.get("note", ""))
            toast(request, _("답했어요."))
    except DureError as error:
        form.is_valid()
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return exhibition(request, pk, form=form)
    return redirect("seller:exhibition", pk)
