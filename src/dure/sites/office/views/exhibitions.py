"""The exhibition editor: page, sections, price proposals, applications, preview, results."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from csp.decorators import csp_replace
from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from dure.commerce.catalog.models import Option
from dure.commerce.exhibitions import actions, queries
from dure.commerce.exhibitions.models import Application, Exhibition
from dure.commerce.promotions import guard, rules
from dure.commerce.promotions.models import Agency
from dure.commerce.promotions.previews import Proposal, previews, previews_of
from dure.commerce.promotions.queries import shares_of
from dure.kit import clock, images
from dure.kit.errors import DureError
from dure.people.models import Role
from dure.sites.design.lists import Choice, Column, Days, Empty, Listing
from dure.sites.design.paths import at
from dure.sites.design.toasts import toast
from dure.sites.office.access import MONEY, nav, office, page
from dure.sites.promoting import moment_field, percent_field
from dure.sites.shop.views.exhibitions import page_of

PHASES = {
    "DRAFT": gettext_lazy("작성 중"),
    "RECRUITING": gettext_lazy("참여 모집"),
    "SCHEDULED": gettext_lazy("공개 예정"),
    "ON": gettext_lazy("진행 중"),
    "OVER": gettext_lazy("끝남"),
    "CANCELED": gettext_lazy("취소됨"),
}


class PageForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("제목"), max_length=60)
    tagline = forms.CharField(label=gettext_lazy("한 줄 소개"), max_length=120, required=False)
    story = forms.CharField(
        label=gettext_lazy("이야기"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 6})
    )
    theme = forms.ChoiceField(
        label=gettext_lazy("색"),
        choices=Exhibition.Theme.choices,
        widget=forms.RadioSelect(attrs={"data-cards": "1"}),
        initial=Exhibition.Theme.PINE,
    )
    picture = forms.FileField(label=gettext_lazy("대표 그림"), required=False)
    picture_alt = forms.CharField(label=gettext_lazy("그림 설명"), max_length=120, required=False)

    def page(self) -> actions.Page:
        """Raises what `images.keep` raises."""
        told = dict(self.cleaned_data)
        upload = told.pop("picture")
        return actions.Page(
            **{name: told[name] for name in ("title", "tagline", "story", "theme", "picture_alt")},
            picture=images.keep(upload, "exhibitions").name if upload else "",
        )


class NewForm(PageForm):
    starts_at = moment_field(gettext_lazy("공개하는 때"))
    ends_at = moment_field(gettext_lazy("끝나는 때"))
    apply_until = moment_field(gettext_lazy("참여 신청 마감"))
    platform = percent_field(gettext_lazy("두레 분담(%)"), initial=50)
    seller_share = percent_field(gettext_lazy("판매자 분담(%)"), initial=50)
    agency_share = percent_field(gettext_lazy("기관 분담(%)"), initial=0)
    agency = forms.ModelChoiceField(label=gettext_lazy("지원기관"), queryset=Agency.objects.all(), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        start = timezone.localtime(clock.now()).replace(hour=10, minute=0) + timedelta(days=14)
        first = {"starts_at": start, "ends_at": start + timedelta(days=7), "apply_until": start - timedelta(days=3)}
        kwargs["initial"] = first | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)

    def deal(self) -> actions.Deal:
        told = self.cleaned_data
        return actions.Deal(
            told["starts_at"],
            told["ends_at"],
            told["apply_until"],
            platform_bp=int(told["platform"] * 100),
            seller_bp=int(told["seller_share"] * 100),
            agency_bp=int(told["agency_share"] * 100),
            agency_id=told["agency"].pk if told["agency"] else None,
        )


class Exhibitions(Listing):
    search = ("title", "tagline")
    search_hint = gettext_lazy("기획전 이름")
    columns = (
        Column(
            "title",
            gettext_lazy("기획전"),
            primary=True,
            link=lambda e: at("office:exhibition", e.pk),
            sort="title",
        ),
        Column("starts_at", gettext_lazy("공개"), kind="moment", sort="starts_at"),
        Column("ends_at", gettext_lazy("끝"), kind="moment", sort="ends_at"),
        Column("taking_part", gettext_lazy("참여 가게"), kind="number", sort="taking_part"),
        Column("waiting", gettext_lazy("답할 신청"), kind="number", sort="waiting"),
        Column("status", gettext_lazy("상태"), kind="status", value=lambda e: _phase(e)),
    )
    filters = (
        Choice("status", gettext_lazy("상태"), Exhibition.Status.choices),
        Days("starts_at", gettext_lazy("공개")),
    )
    order = "-starts_at"
    exports = "exhibitions"


def _phase(exhibition: Exhibition) -> tuple[str, Any]:
    now = exhibition.phase(clock.now())
    return now, PHASES[now]


@office(*MONEY)
def exhibition_list(request: HttpRequest) -> HttpResponse:
    empty = Empty(
        _("아직 기획전이 없어요"),
        _("여러 가게의 상품을 한 이야기로 묶어 정해진 기간에 열어요."),
        _("기획전 만들기"),
        reverse("office:new_exhibition"),
        "calendar",
    )
    rows = queries.with_counts(Exhibition.objects.all())
    return Exhibitions(request, rows, empty=empty).respond("office/exhibitions.html", nav=nav(request.user))  # type: ignore[arg-type]


@office(Role.OPERATOR)
def new_exhibition(request: HttpRequest) -> HttpResponse:
    form = NewForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.plan(form.page(), form.deal(), key=form.cleaned_data["key"], by=request.user)  # type: ignore[arg-type]
        except DureError as error:
            at = {"platform_bp": "platform"}.get(error.field or "", error.field)
            form.add_error(at if at in form.fields else None, str(error))
        else:
            return redirect("office:exhibition", made.pk)
    return page(request, "office/exhibition_form.html", 422 if request.method == "POST" else 200, form=form)


@office(*MONEY)
def exhibition(
    request: HttpRequest, pk: int, form: PageForm | None = None, trouble: str = "", tried: Any = None
) -> HttpResponse:
    now = clock.now()
    found = get_object_or_404(Exhibition.objects.select_related("offer__agency"), pk=pk)
    names = ("title", "tagline", "story", "theme", "picture_alt")
    wanted = request.GET.get("q", "").strip()[:60]
    return page(
        request,
        "office/exhibition.html",
        422 if form or trouble else 200,
        exhibition=found,
        offer=found.offer,
        phase=_phase(found),
        form=form or PageForm(initial={name: getattr(found, name) for name in names}),
        sections=found.sections.all(),
        items=found.items.select_related("product__seller", "section"),
        applications=found.applications.select_related("seller", "consented_by").order_by("status", "id"),
        prices=_prices(found, now),
        q=wanted,
        rate=request.GET.get("rate", "20"),
        tried=tried if tried is not None else _tried(found, wanted, request.GET.get("rate", "20"), now),
        trouble=trouble,
        may_change=request.user.has_role(Role.OPERATOR),  # type: ignore[union-attr]
        recruiting=found.is_recruiting_at(now),
    )


def _prices(found: Exhibition, now: Any) -> list[Proposal]:
    return previews_of(found.offer, found.offer.prices.all(), now) if found.offer else []


def _tried(found: Exhibition, wanted: str, rate: str, now: Any) -> list[Proposal]:
    """Options of the products searched for, each at a rate off its lowest price of thirty days."""
    if not wanted or found.offer is None:
        return []
    points = int(rate) * 100 if rate.isdecimal() and int(rate) < 100 else 0
    options = Option.objects.filter(active=True, product__status="ON_SALE").exclude(event_prices__offer=found.offer)
    for word in wanted.split():
        options = options.filter(Q(product__name__icontains=word) | Q(product__seller__name__icontains=word))
    ids = list(options.values_list("pk", flat=True)[:60])
    rows = guard.seen_prices(ids, now)
    prices = {seen.option.pk: rules.rounded_down(seen.low, points) for seen in rows}
    return previews(shares_of(found.offer), prices, now, rows)


@require_POST
@office(Role.OPERATOR)
def save_page(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Exhibition, pk=pk)
    form = PageForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            actions.mend_page(found, form.page(), by=request.user)  # type: ignore[arg-type]
        except DureError as error:
            form.add_error("picture", str(error))
        else:
            toast(request, _("페이지를 고쳤어요."))
            return redirect("office:exhibition", pk)
    return exhibition(request, pk, form=form)


@require_POST
@office(Role.OPERATOR)
def arrange(request: HttpRequest, pk: int) -> HttpResponse:
    """All sections and products at once; a new section when one is named."""
    found = get_object_or_404(Exhibition, pk=pk)
    given = request.POST
    sections = [
        (
            s.pk,
            given.get(f"s{s.pk}-title", s.title),
            given.get(f"s{s.pk}-text", s.text),
            _whole(given.get(f"s{s.pk}-at")),
        )
        for s in found.sections.all()
    ]
    items = [
        (i.pk, _whole(given.get(f"i{i.pk}-section")) or None, _whole(given.get(f"i{i.pk}-at")), f"i{i.pk}-pin" in given)
        for i in found.items.all()
    ]
    actions.arrange(found, sections, items, by=request.user)  # type: ignore[arg-type]
    if title := given.get("new-title", "").strip()[:60]:
        actions.add_section(found, title, given.get("new-text", "")[:200], by=request.user)  # type: ignore[arg-type]
    toast(request, _("차림을 저장했어요."))
    return redirect("office:exhibition", pk)


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else 0


@require_POST
@office(Role.OPERATOR)
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Prices of many options at once (`price-<option>`), those ticked (`accept`)."""
    found = get_object_or_404(Exhibition.objects.select_related("offer"), pk=pk)
    ticked = {int(n) for n in request.POST.getlist("accept") if n.isdecimal() and len(n) < 12}
    prices = {
        option: int(amount)
        for option in ticked
        if (amount := request.POST.get(f"price-{option}", "").replace(",", "").strip()).isdecimal() and len(amount) < 10
    }
    try:
        sellers = actions.propose(found, prices, by=request.user, section=_whole(request.POST.get("section")) or None)  # type: ignore[arg-type]
    except DureError as error:
        tried = previews(shares_of(found.offer), prices, clock.now()) if found.offer else []
        return exhibition(request, pk, trouble=str(error), tried=tried)
    toast(request, _("가게 %(n)d곳에 제안했어요.") % {"n": sellers})
    return redirect("office:exhibition", pk)


@require_POST
@office(Role.OPERATOR)
def decide(request: HttpRequest, pk: int, application: int) -> HttpResponse:
    found = get_object_or_404(
        Application.objects.select_related("exhibition__offer", "seller"), pk=application, exhibition=pk
    )
    try:
        actions.decide(found, accept="accept" in request.POST, by=request.user, why=request.POST.get("why", "")[:300])  # type: ignore[arg-type]
    except DureError as error:
        return exhibition(request, pk, trouble=str(error))
    toast(request, _("답했어요."))
    return redirect("office:exhibition", pk)


@require_POST
@office(Role.OPERATOR)
def move_exhibition(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Exhibition.objects.select_related("offer"), pk=pk)
    deeds = {
        "recruit": (actions.recruit, _("참여를 받기 시작했어요. 조건은 이제 바뀌지 않아요.")),
        "publish": (actions.publish, _("공개를 예약했어요. 정한 때에 저절로 열리고 닫혀요.")),
        "cancel": (actions.cancel, _("기획전을 취소했어요.")),
    }
    deed = request.POST.get("deed", "")
    if deed in deeds:
        do, done = deeds[deed]
        try:
            do(found, by=request.user)  # type: ignore[operator]
        except DureError as error:
            return exhibition(request, pk, trouble=str(error))
        toast(request, done)
    return redirect("office:exhibition", pk)


@xframe_options_sameorigin
@csp_replace({"frame-ancestors": ["'self'"]})
@office(*MONEY)
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The shop's page as it will be, proposed prices included; shown in frames of a phone and of a desk."""
    found = get_object_or_404(Exhibition.objects.select_related("offer"), pk=pk)
    context = page_of(request.user, found, max(clock.now(), found.starts_at), preview=True)
    return render(request, "shop/exhibition.html", context)


class Sales(Listing):
    search = ("order__number", "product_name", "seller__name")
    search_hint = gettext_lazy("주문번호, 상품, 판매자")
    columns = (
        Column("order.number", gettext_lazy("주문번호"), primary=True),
        Column("paid_at", gettext_lazy("결제"), kind="moment", sort="paid_at"),
        Column("seller.name", gettext_lazy("판매자")),
        Column("product_name", gettext_lazy("상품")),
        Column("quantity", gettext_lazy("수량"), kind="number"),
        Column("goods_amount", gettext_lazy("상품 금액"), kind="won", sort="goods_amount"),
        Column("discount_amount", gettext_lazy("할인"), kind="won", sort="discount_amount"),
        Column("seller_discount", gettext_lazy("판매자 부담"), kind="won"),
        Column("status", gettext_lazy("상태"), kind="status", value=lambda n: (n.status, n.get_status_display())),
    )
    filters = (Days("paid_at", gettext_lazy("결제")),)
    order = "-paid_at"
    exports = "exhibition-sales"
    empty = Empty(gettext_lazy("아직 팔리지 않았어요"), gettext_lazy("행사가로 팔린 주문이 여기에 모여요."))


@office(*MONEY)
def results(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Exhibition.objects.select_related("offer"), pk=pk)
    told = queries.results_of(found)
    tables = [(_("구역별"), told.by_section), (_("가게별"), told.by_seller), (_("상품별"), told.by_product)]
    return Sales(request, queries.sales_of(found)).respond(
        "office/exhibition_results.html",
        nav=nav(request.user),  # type: ignore[arg-type]
        exhibition=found,
        results=told,
        tables=tables,
    )
