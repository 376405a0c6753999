"""The form of an instant discount, as the seller centre and the back office fill it in: pick products, reckon, begin.

One form with three buttons, so that nothing typed is lost between them and no script is needed: `find` products, `try` the
prices and see who pays what, `begin`.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dure.commerce.catalog.models import Option, Product
from dure.commerce.pricing.queries import commissions_of
from dure.commerce.promotions import actions, guard, queries, rules
from dure.commerce.promotions.models import Agency, EventPrice, Offer
from dure.commerce.promotions.previews import Proposal, previews
from dure.commerce.sellers.models import Seller
from dure.kit import clock
from dure.sites.design.fields import WonField
from dure.sites.design.lists import Choice, Column, Empty, Listing
from dure.sites.promoting import Redemptions, moment_field, percent_field

MOST_FOUND = 30  # products a search shows
MOST_OPTIONS = 300  # of one discount: each is a field or two of the form


class DiscountForm(forms.Form):
    """A shop's own discount, at its own cost."""

    name = forms.CharField(label=gettext_lazy("이름"), max_length=60, help_text=gettext_lazy("손님이 보는 이름이에요."))
    how = forms.ChoiceField(
        label=gettext_lazy("할인 방식"), choices=Offer.How.choices, widget=forms.RadioSelect, initial=Offer.How.RATE
    )
    rate = percent_field(gettext_lazy("할인율"), required=False)
    amount = WonField(label=gettext_lazy("할인 금액"), required=False, min_value=1, max_value=10_000_000)
    starts_at = moment_field(gettext_lazy("시작"))
    ends_at = moment_field(gettext_lazy("끝"))
    budget = WonField(
        label=gettext_lazy("예산"),
        required=False,
        min_value=1,
        help_text=gettext_lazy("할인 합계가 여기에 이르면 저절로 멈춰요. 비우면 한도가 없어요."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        start = timezone.localtime(clock.now()).replace(minute=0) + timedelta(hours=1)
        kwargs["initial"] = {"starts_at": start, "ends_at": start + timedelta(days=7), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        at = "rate" if told.get("how") == Offer.How.RATE else "amount"
        if not told.get(at) and at not in self.errors:
            self.add_error(at, _("얼마를 깎을지 적어 주세요."))
        return told

    @property
    def value(self) -> int:
        """Basis points, or won."""
        told = self.cleaned_data
        return int(told["rate"] * 100) if told["how"] == Offer.How.RATE else int(told["amount"])

    @property
    def shares(self) -> rules.Shares:
        return rules.Shares(0, 10_000, 0)

    @property
    def caps(self) -> dict[str, int]:
        told = self.cleaned_data
        asked = {"ALL": "budget", "PLATFORM": "budget_platform", "AGENCY": "budget_agency"}
        return {bearer: told[name] for bearer, name in asked.items() if told.get(name)}

    def terms(self, products: list[int], *, evenly: bool) -> actions.Terms:
        """`evenly`: every price is what the rate or the amount makes of it, so that it may be said of the whole."""
        told, shares = self.cleaned_data, self.shares
        return actions.Terms(
            kind=Offer.Kind.INSTANT,
            name=told["name"].strip(),
            starts_at=told["starts_at"],
            ends_at=told["ends_at"],
            how=told["how"],
            value=self.value if evenly else 0,
            scope=Offer.Scope.PRODUCT,
            targets=tuple(sorted(products)),
            platform_bp=shares.platform,
            seller_bp=shares.seller,
            agency_bp=shares.agency,
            agency_id=self._agency(),
        )

    def _agency(self) -> int | None:
        agency = self.cleaned_data.get("agency")
        return agency.pk if agency else None

    def say(self, error: Any) -> None:
        """An action's refusal beside its field."""
        name = {"value": "rate" if self.data.get("how") == "RATE" else "amount", "platform_bp": "platform"}.get(
            error.field or "", error.field
        )
        self.add_error(name if name in self.fields else None, str(error))


class HouseDiscountForm(DiscountForm):
    """The house's discount: its cost shared as each shop agrees to."""

    platform = percent_field(gettext_lazy("두레 분담(%)"), initial=100)
    seller_share = percent_field(gettext_lazy("판매자 분담(%)"), initial=0)
    agency_share = percent_field(gettext_lazy("기관 분담(%)"), initial=0)
    agency = forms.ModelChoiceField(label=gettext_lazy("지원기관"), queryset=Agency.objects.all(), required=False)
    budget_platform = WonField(label=gettext_lazy("두레 예산"), required=False, min_value=1)
    budget_agency = WonField(label=gettext_lazy("기관 예산"), required=False, min_value=1)

    @property
    def shares(self) -> rules.Shares:
        told = self.cleaned_data
        return rules.Shares(*(int(told[name] * 100) for name in ("platform", "seller_share", "agency_share")))

    def clean(self) -> dict[str, Any]:
        told = super().clean()
        parts = [told.get(name) for name in ("platform", "seller_share", "agency_share")]
        if None not in parts and sum(parts) != 100:  # type: ignore[arg-type]
            self.add_error("platform", _("분담률은 더해서 100%가 되어야 해요."))
        return told


class Draft:
    """What a request has filled in so far: the form, the products picked and found, the prices tried."""

    def __init__(self, request: HttpRequest, form: DiscountForm, seller: Seller | None = None) -> None:
        self.form = form
        self.seller = seller
        told = request.POST if request.method == "POST" else request.GET
        self.deed = request.POST.get("deed", "")
        self.words = told.get("q", "").strip()[:60]
        wanted = {int(n) for n in told.getlist("product") if n.isdecimal() and len(n) < 12}
        goods = self._goods()
        self.picked = list(goods.filter(pk__in=wanted).order_by("name", "pk"))
        self.found = self._search(goods)
        self.typed = _amounts(told)
        self.ticked = {int(n) for n in told.getlist("accept") if n.isdecimal() and len(n) < 12}
        self.proposals: list[Proposal] = []
        self.evenly = True

    def _goods(self) -> QuerySet[Product]:
        rows = Product.objects.filter(status="ON_SALE", seller__status="APPROVED").select_related("seller")
        return rows.filter(seller=self.seller) if self.seller else rows

    def _search(self, goods: QuerySet[Product]) -> list[Product]:
        """By name; a shop that looks for nothing sees its newest, the house nothing."""
        if not self.words and self.seller is None:
            return []
        for word in self.words.split():
            goods = goods.filter(Q(name__icontains=word) | Q(seller__name__icontains=word))
        return list(goods.exclude(pk__in=[p.pk for p in self.picked]).order_by("-pk")[:MOST_FOUND])

    def reckon(self) -> bool:
        """Each option's price as typed, else as the rate or the amount makes it; what one sale comes to for each party.

        False, with the reason in the form, when it can't be reckoned.
        """
        if not self.form.is_valid():
            return False
        options = Option.objects.filter(product__in=self.picked, active=True)
        ids = list(options.order_by("product__name", "position").values_list("pk", flat=True)[: MOST_OPTIONS + 1])
        if not ids:
            self.form.add_error(None, _("할인할 상품을 하나 이상 골라 주세요."))
            return False
        if len(ids) > MOST_OPTIONS:
            self.form.add_error(
                None, _("옵션이 %(most)d개를 넘어요. 상품을 나눠서 할인을 따로 만들어 주세요.") % {"most": MOST_OPTIONS}
            )
            return False
        moment, how, value = clock.now(), self.form.cleaned_data["how"], self.form.value
        seen = guard.seen_prices(ids, moment)
        reckoned = {s.option.pk: rules.cut(s.now, how, value) for s in seen}
        prices = reckoned | {pk: self.typed[pk] for pk in ids if pk in self.typed}
        rows = previews(self.form.shares, prices, moment, seen)
        self.proposals = [replace(p, picked=not self.ticked or p.seen.option.pk in self.ticked) for p in rows]
        self.evenly = all(prices[pk] == reckoned[pk] for pk in self.prices)
        return True

    @property
    def prices(self) -> dict[int, int]:
        """Of the options that are in it."""
        return {p.seen.option.pk: p.price for p in self.proposals if p.picked}

    def begin(self, *, by: Any) -> Offer:
        """Raises what `promotions.discount` raises."""
        inside = {p.seen.option.product_id for p in self.proposals if p.picked}
        told = self.form.cleaned_data
        terms = self.form.terms(list(inside), evenly=self.evenly)
        return actions.discount(terms, self.prices, key=told["key"], by=by, seller=self.seller, caps=self.form.caps)


def _amounts(told: Mapping[str, Any]) -> dict[int, int]:
    """`price-<option>` fields that hold an amount."""
    found = {}
    for name, text in told.items():
        pk, amount = name.removeprefix("price-"), str(text).replace(",", "").replace("원", "").strip()
        if name.startswith("price-") and pk.isdecimal() and amount.isdecimal() and len(pk + amount) < 20:
            found[int(pk)] = int(amount)
    return found


class Prices(Listing):
    """The options of a discount, with what one sale comes to for each party."""

    search = ("option__product__name", "option__name", "seller__name")
    search_hint = gettext_lazy("상품, 옵션, 판매자")
    columns = (
        Column("option", gettext_lazy("상품"), primary=True, width=40),
        Column("seller.name", gettext_lazy("판매자")),
        Column("list_price", gettext_lazy("정한 때 가격"), kind="won", sort="list_price"),
        Column("low", gettext_lazy("30일 최저가"), kind="won"),
        Column("price", gettext_lazy("행사가"), kind="won", sort="price"),
        Column("platform", gettext_lazy("두레 부담"), kind="won", value=lambda r: r.told.parts.platform),
        Column("borne", gettext_lazy("가게 부담"), kind="won", value=lambda r: r.told.parts.seller),
        Column("agency", gettext_lazy("기관 부담"), kind="won", value=lambda r: r.told.parts.agency),
        Column("arrives", gettext_lazy("가게가 받는 돈"), kind="won", value=lambda r: r.told.arrives),
        Column(
            "status", gettext_lazy("상태"), kind="status", value=lambda r: (r.status, EventPrice.Status(r.status).label)
        ),
    )
    filters = (Choice("status", gettext_lazy("상태"), EventPrice.Status.choices),)
    order = "option__product__name"
    exports = "discount"
    empty = Empty(gettext_lazy("행사가가 없어요"))

    @cached_property
    def rows(self) -> SafeString:
        _tell(self.page)
        return super().rows

    def _every_row(self) -> Any:
        rows = list(self.found)
        _tell(rows)
        return rows


def told_by(request: HttpRequest, offer: Offer) -> tuple[Listing, dict[str, Any]]:
    """The list under an offer and what the page says of it: an instant discount has prices beside its uses."""
    used = request.GET.get("view") == "used"
    if offer.kind != Offer.Kind.INSTANT or used:
        listing: Listing = Redemptions(request, queries.redemptions_of(offer), keeps=("view",))
    else:
        listing = Prices(request, prices_of(offer))
    views = [("", _("행사가"), "?", None), ("used", _("쓰인 내역"), "?view=used", None)]
    by_price = offer.kind == Offer.Kind.INSTANT
    return listing, {"by_price": by_price, "views": views, "chosen_view": "used" if used else ""}


def prices_of(offer: Offer, seller: Seller | None = None) -> QuerySet[EventPrice]:
    rows = offer.prices.select_related("option__product", "seller", "offer")
    return rows.filter(seller=seller) if seller else rows


def _tell(rows: Any) -> None:
    """Give each row `told`, what a sale at its price comes to today."""
    held = list(rows)
    shelves = {(row.seller_id, row.option.product.category_id) for row in held}
    bps = commissions_of(shelves, clock.today()) if shelves else {}
    for row in held:
        off, bp = row.list_price - row.price, bps[row.seller_id, row.option.product.category_id]
        row.told = rules.outcome(row.list_price, off, queries.shares_of(row.offer), bp)
