"""Offers as the seller centre and the back office write and read them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dure.commerce.catalog.models import Category, Option, Product
from dure.commerce.exhibitions.models import Exhibition
from dure.commerce.pricing.queries import commission_of
from dure.commerce.promotions import actions, queries, rules, words
from dure.commerce.promotions.models import Agency, Budget, Offer
from dure.commerce.sellers.models import Seller
from dure.kit import clock
from dure.sites.design.fields import WonField
from dure.sites.design.lists import Choice, Column, Days, Empty, Listing
from dure.sites.design.paths import at

MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
SAMPLE = 10_000  # won, of the preview when no product is meant


def moment_field(label: Any, **told: Any) -> forms.DateTimeField:
    """A moment in Korean time."""
    return forms.DateTimeField(label=label, widget=MOMENT, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], **told)


def percent_field(label: Any, **told: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=0,
        max_value=100,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        **told,
    )


def numbers(text: str) -> tuple[int, ...]:
    """`12, 15 19` as numbers; what is none is left out."""
    return tuple(int(n) for n in text.replace(",", " ").split() if n.isdecimal() and len(n) < 12)


class OfferForm(forms.Form):
    """What a seller may offer at its own cost."""

    kind = forms.ChoiceField(
        label=gettext_lazy("종류"),
        choices=[c for c in Offer.Kind.choices if c[0] != Offer.Kind.INSTANT],
        widget=forms.RadioSelect(attrs={"data-cards": "1"}),
        initial=Offer.Kind.PRODUCT_COUPON,
    )
    name = forms.CharField(label=gettext_lazy("이름"), max_length=60, help_text=gettext_lazy("손님이 보는 이름이에요."))
    how = forms.ChoiceField(
        label=gettext_lazy("쿠폰 할인 방식"),
        choices=Offer.How.choices,
        widget=forms.RadioSelect,
        initial=Offer.How.RATE,
    )
    rate = percent_field(gettext_lazy("할인율"), required=False)
    amount = WonField(label=gettext_lazy("할인 금액"), required=False, min_value=1, max_value=10_000_000)
    cap = WonField(label=gettext_lazy("최대 할인액"), required=False, min_value=1)
    min_spend = WonField(label=gettext_lazy("최소 구매액"), required=False, min_value=0)
    buy = forms.IntegerField(label=gettext_lazy("몇 개 사면"), required=False, min_value=1, max_value=99)
    free = forms.IntegerField(label=gettext_lazy("몇 개 더"), required=False, min_value=1, max_value=99)
    gift_option = forms.ModelChoiceField(
        label=gettext_lazy("사은품"),
        queryset=Option.objects.none(),
        required=False,
        help_text=gettext_lazy("재고는 그 상품의 재고에서 빠져요."),
    )
    products = forms.CharField(
        label=gettext_lazy("상품 번호"),
        required=False,
        max_length=2000,
        help_text=gettext_lazy("쉼표로 나눠 적어요. 비우면 모든 상품이에요."),
    )
    starts_at = moment_field(gettext_lazy("시작"))
    ends_at = moment_field(gettext_lazy("끝"))
    issue = forms.ChoiceField(
        label=gettext_lazy("쿠폰 받는 방법"),
        choices=Offer.Issue.choices,
        widget=forms.RadioSelect,
        initial=Offer.Issue.CLICK,
    )
    code = forms.CharField(label=gettext_lazy("쿠폰 코드"), required=False, max_length=30)
    quantity = forms.IntegerField(label=gettext_lazy("선착순 수량"), required=False, min_value=1, max_value=10_000_000)
    per_buyer = forms.IntegerField(label=gettext_lazy("1인당 장수"), min_value=1, max_value=99, initial=1)
    valid_days = forms.IntegerField(label=gettext_lazy("받은 뒤 며칠 동안"), required=False, min_value=1, max_value=365)
    first_order = forms.BooleanField(label=gettext_lazy("첫 구매 손님만"), required=False)
    budget = WonField(
        label=gettext_lazy("예산"),
        required=False,
        min_value=1,
        help_text=gettext_lazy("할인 합계가 여기에 이르면 저절로 멈춰요. 비우면 한도가 없어요."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: Any, shop: Seller | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})
        start = timezone.localtime(clock.now()).replace(minute=0) + timedelta(hours=1)
        kwargs["initial"] = {"starts_at": start, "ends_at": start + timedelta(days=7), **kwargs["initial"]}
        super().__init__(*args, **kwargs)
        gifts = Option.objects.filter(active=True).select_related("product").order_by("product__name", "position")
        field = self.fields["gift_option"]
        assert isinstance(field, forms.ModelChoiceField)
        if shop is not None:
            field.queryset = gifts.filter(product__seller=shop)
        else:
            self.fields["gift_option"] = forms.ModelChoiceField(
                label=field.label,
                queryset=gifts,
                required=False,
                widget=forms.NumberInput,
                help_text=_("사은품으로 줄 옵션의 번호"),
            )
        self.shop = shop

    def clean_products(self) -> tuple[int, ...]:
        wanted = numbers(self.cleaned_data["products"])
        rows = Product.objects.filter(pk__in=wanted)
        if self.shop is not None:
            rows = rows.filter(seller=self.shop)
        found = set(rows.values_list("pk", flat=True))
        if missing := [n for n in wanted if n not in found]:
            raise forms.ValidationError(
                _("찾지 못한 상품 번호예요: %(numbers)s") % {"numbers": ", ".join(map(str, missing))}
            )
        return wanted

    def terms(self) -> actions.Terms:
        told = self.cleaned_data
        rate = told["how"] == Offer.How.RATE
        return actions.Terms(
            kind=told["kind"],
            name=told["name"].strip(),
            starts_at=told["starts_at"],
            ends_at=told["ends_at"],
            how=told["how"],
            value=int((told.get("rate") or 0) * 100) if rate else told.get("amount") or 0,
            cap=told.get("cap") if rate else None,
            min_spend=told.get("min_spend") or 0,
            buy=told.get("buy") or 0,
            free=told.get("free") or 0,
            gift_option_id=told["gift_option"].pk if told.get("gift_option") else None,
            issue=told["issue"],
            code=told.get("code") or "",
            quantity=told.get("quantity"),
            per_buyer=told["per_buyer"],
            first_order=told["first_order"],
            valid_days=told.get("valid_days"),
            **self.aimed(),
        )

    def aimed(self) -> dict[str, Any]:
        """Scope and shares."""
        if self.cleaned_data["products"]:
            return {"scope": Offer.Scope.PRODUCT.value, "targets": self.cleaned_data["products"]}
        return {"scope": Offer.Scope.SELLER.value, "targets": (self.shop.pk,) if self.shop else ()}

    def say(self, error: Any) -> None:
        """An action's refusal beside its field."""
        at = {"value": "rate" if self.data.get("how") == "RATE" else "amount", "targets": "products"}
        name = at.get(error.field or "", error.field)
        self.add_error(name if name in self.fields else None, str(error))


class HouseOfferForm(OfferForm):
    """What the house offers: for whom it likes, its cost shared."""

    scope = forms.ChoiceField(label=gettext_lazy("대상"), choices=Offer.Scope.choices, initial=Offer.Scope.ALL)
    sellers = forms.CharField(label=gettext_lazy("판매자 번호"), required=False, max_length=2000)
    categories = forms.ModelMultipleChoiceField(
        label=gettext_lazy("카테고리"), queryset=Category.objects.all(), required=False
    )
    exhibitions = forms.ModelMultipleChoiceField(
        label=gettext_lazy("기획전"), queryset=Exhibition.objects.exclude(status="CANCELED"), required=False
    )
    platform = percent_field(gettext_lazy("두레 분담(%)"), initial=100)
    seller_share = percent_field(gettext_lazy("판매자 분담(%)"), initial=0)
    agency_share = percent_field(gettext_lazy("기관 분담(%)"), initial=0)
    agency = forms.ModelChoiceField(label=gettext_lazy("지원기관"), queryset=Agency.objects.all(), required=False)
    budget_platform = WonField(label=gettext_lazy("두레 예산"), required=False, min_value=1)
    budget_agency = WonField(label=gettext_lazy("기관 예산"), required=False, min_value=1)

    def aimed(self) -> dict[str, Any]:
        told = self.cleaned_data
        targets: dict[str, Sequence[int]] = {
            "ALL": (),
            "SELLER": numbers(told["sellers"]),
            "CATEGORY": [c.pk for c in told["categories"]],
            "PRODUCT": told["products"],
            "EXHIBITION": [e.pk for e in told["exhibitions"]],
        }
        return {
            "scope": told["scope"],
            "targets": tuple(targets[told["scope"]]),
            "platform_bp": int(told["platform"] * 100),
            "seller_bp": int(told["seller_share"] * 100),
            "agency_bp": int(told["agency_share"] * 100),
            "agency_id": told["agency"].pk if told["agency"] else None,
        }


class BudgetForm(forms.Form):
    cap = WonField(label=gettext_lazy("예산"), required=False, min_value=1)


class AgencyForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("기관 이름"), max_length=80)
    contact = forms.CharField(label=gettext_lazy("담당자"), max_length=60, required=False)
    email = forms.EmailField(label=gettext_lazy("이메일"), required=False)
    phone = forms.CharField(label=gettext_lazy("전화"), max_length=20, required=False)


class AgencyPaidForm(forms.Form):
    amount = WonField(label=gettext_lazy("받은 금액"), min_value=1)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


@dataclass(frozen=True)
class Preview:
    """What one sale comes to for each party, and what each pays when the first budget is used up."""

    price: int
    outcome: rules.Outcome
    borne: list[tuple[str, int]]
    full: list[tuple[str, int]]


def preview(offer: Offer, seller: Seller | None = None) -> Preview:
    """On a sale of the seller's own dearest product that is meant, or of SAMPLE won at the general commission."""
    option = _sample(offer, seller)
    price = max(option.price if option else SAMPLE, offer.min_spend)
    quantity = offer.buy + offer.free if offer.kind == Offer.Kind.NPLUS1 else 1
    goods = price * quantity
    shares = queries.shares_of(offer)
    if offer.kind == Offer.Kind.NPLUS1:
        off = price * offer.free
    elif offer.is_coupon:
        off = rules.Deal(0, offer.kind, "", how=offer.how, value=offer.value, cap=offer.cap).off(goods)
    else:
        off = 0
    day = clock.today()
    category = option.product.category if option else Category.objects.order_by("pk").first()
    bp = commission_of(category, day, seller.pk if seller else 0) if category else 0
    caps = {b.bearer: b.cap for b in offer.budgets.all() if b.seller_id in (None, seller.pk if seller else None)}
    full = rules.at_full_budget(shares, caps)
    outcome = rules.outcome(goods, off, shares, bp)
    return Preview(goods, outcome, words.borne(outcome.parts), words.borne(full) if full else [])


def _sample(offer: Offer, seller: Seller | None) -> Option | None:
    if seller is None:
        return None
    rows = Option.objects.filter(active=True, product__seller=seller, product__status="ON_SALE")
    if offer.scope == Offer.Scope.PRODUCT:
        rows = rows.filter(product__in=offer.targets)
    return rows.select_related("product__category").order_by("-price").first()


def set_budgets(offer: Offer, form: Any, *, by: Any) -> None:
    told = form.cleaned_data
    wanted = {"ALL": told.get("budget"), "PLATFORM": told.get("budget_platform"), "AGENCY": told.get("budget_agency")}
    for bearer, cap in wanted.items():
        if cap:
            actions.set_budget(offer, bearer, cap, by=by)


def bearer_choices() -> list[tuple[str, Any]]:
    return [c for c in Budget.Bearer.choices if c[0] != Budget.Bearer.SELLER]


PHASES = {
    "DRAFT": gettext_lazy("작성 중"),
    "SCHEDULED": gettext_lazy("예정"),
    "ON": gettext_lazy("진행 중"),
    "OVER": gettext_lazy("끝남"),
    "STOPPED": gettext_lazy("중지"),
}


def phase(offer: Offer) -> tuple[str, Any]:
    now = offer.phase(clock.now())
    return now, PHASES[now]


def _in_phase(rows: QuerySet[Any], asked: str) -> QuerySet[Any]:
    now: datetime = clock.now()
    active = rows.filter(status=Offer.Status.ACTIVE)
    return {
        "SCHEDULED": active.filter(starts_at__gt=now),
        "ON": active.filter(starts_at__lte=now, ends_at__gt=now),
        "OVER": active.filter(ends_at__lte=now),
    }.get(asked, rows.filter(status=asked))


def offer_name(opens: str) -> Column:
    """The column that leads to the page of the offer: the seller's, or the office's."""
    return Column("name", gettext_lazy("이름"), primary=True, link=lambda o: at(opens, o.pk), sort="name")


class Offers(Listing):
    """Each surface puts its `offer_name` in front."""

    search = ("name", "code", "seller__name")
    search_hint = gettext_lazy("이름, 쿠폰 코드, 판매자")
    columns = (
        Column("kind", gettext_lazy("종류"), value=lambda o: o.get_kind_display()),
        Column("benefit", gettext_lazy("혜택"), value=words.benefit),
        Column("seller", gettext_lazy("발행"), value=lambda o: o.seller or _("두레")),
        Column("starts_at", gettext_lazy("시작"), kind="moment", sort="starts_at"),
        Column("ends_at", gettext_lazy("끝"), kind="moment", sort="ends_at"),
        Column("issued", gettext_lazy("받은 수"), kind="number", sort="issued"),
        Column("status", gettext_lazy("상태"), kind="status", value=phase),
    )
    filters = (
        Choice("kind", gettext_lazy("종류"), Offer.Kind.choices),
        Choice("phase", gettext_lazy("상태"), list(PHASES.items()), apply=_in_phase),
        Days("starts_at", gettext_lazy("시작")),
    )
    order = "-starts_at"
    exports = "offers"


class Redemptions(Listing):
    search = ("seller__name",)
    search_hint = gettext_lazy("판매자")
    columns = (
        Column("at", gettext_lazy("언제"), kind="moment", sort="at"),
        Column("seller.name", gettext_lazy("판매자"), primary=True),
        Column("amount", gettext_lazy("할인"), kind="won", sort="amount"),
        Column("platform", gettext_lazy("두레"), kind="won"),
        Column("seller_share", gettext_lazy("판매자"), kind="won"),
        Column("agency_share", gettext_lazy("기관"), kind="won"),
        Column("given_back_at", gettext_lazy("되돌림"), kind="moment"),
    )
    filters = (Days("at", gettext_lazy("날짜")),)
    order = "-at"
    exports = "redemptions"
    empty = Empty(gettext_lazy("아직 쓰이지 않았어요"), gettext_lazy("주문에 쓰이면 누가 얼마를 냈는지 여기에 나와요."))
