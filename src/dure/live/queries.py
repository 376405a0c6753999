"""Shows read for a screen: the viewer's list, the control room's checklist, the report after the show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import Count, Prefetch, Q, Sum, prefetch_related_objects
from django.utils.translation import gettext as _

from dure.commerce.catalog.models import Option, ProductStatus
from dure.commerce.orders.models import Order, ProductOrder
from dure.commerce.pricing.models import LivePrice
from dure.live import rules
from dure.live.models import CueSegment, Pin, Show, ShowOffer, ShowStatus


@dataclass(frozen=True)
class Check:
    """One line of the checklist before a show. `blocking`: without it the show cannot go on air.

    `part` is the part of the plan where it is mended: disclosure, offers or cues.
    """

    code: str
    ok: bool
    text: str
    part: str
    blocking: bool = True


@dataclass(frozen=True)
class OfferNow:
    """An offer as buyers see it at this moment. `left` is what can still be bought at the price shown."""

    offer: ShowOffer
    price: int
    list_price: int
    is_live: bool
    left: int
    allotment: int | None
    pinned: bool

    @property
    def percent_off(self) -> int:
        return (self.list_price - self.price) * 100 // self.list_price if self.list_price else 0


@dataclass(frozen=True)
class CueReport:
    segment: CueSegment
    orders: int
    amount: int


@dataclass(frozen=True)
class Report:
    """What a show came to. Amounts are won of goods paid for, before claims."""

    orders: int
    units: int
    amount: int
    buyers: int
    peak_viewers: int
    chats: int
    hidden_chats: int
    likes: int
    minutes: int
    cues: list[CueReport]
    audience: list[tuple[datetime, int]]
    longest_gap: timedelta | None  # between two exposures of the disclosure; None when there was nothing to disclose

    @property
    def disclosed_in_time(self) -> bool:
        return self.longest_gap is None or self.longest_gap <= rules.REPEAT_EVERY


def with_offers(shows: Any) -> Any:
    """Shows with what they sell, the stock of it as it is at this moment, and their disclosures."""
    return shows.select_related("host", "md").prefetch_related(_offers(), "disclosures")


def with_plan(shows: Any) -> Any:
    """The same with their cue sheets."""
    return with_offers(shows).prefetch_related(_segments())


def _offers() -> Prefetch:
    offers = ShowOffer.objects.select_related("option__product__seller", "option__stock")
    return Prefetch("offers", queryset=offers.prefetch_related("option__product__photos"))


def _segments() -> Prefetch:
    return Prefetch("segments", queryset=CueSegment.objects.select_related("offer__option__product"))


def offers_of(show: Show) -> list[ShowOffer]:
    """What a show sells; not read again when the show came with it."""
    prefetch_related_objects([show], _offers())
    return list(show.offers.all())


def segments_of(show: Show) -> list[CueSegment]:
    prefetch_related_objects([show], _segments())
    return list(show.segments.all())


def _left(offer: ShowOffer) -> int:
    return offer.option.stock.available if hasattr(offer.option, "stock") else 0


def planned_minutes(show: Show) -> int:
    return sum(segment.planned_minutes for segment in segments_of(show))


def planned_end(show: Show) -> datetime:
    """When the show should be over by its cue sheet (at least ten minutes after it began)."""
    return (show.on_air_at or show.planned_at) + timedelta(minutes=max(planned_minutes(show), 10))


def poster_of(show: Show) -> str:
    """kit.images name of the show's face: its poster, else the first picture among its products; may be empty."""
    if show.poster:
        return show.poster
    for offer in show.offers.all():
        for photo in offer.option.product.photos.all():
            return str(photo.image)
    return ""


def open_pin(show: Show) -> Pin | None:
    return show.pins.filter(unpinned_at=None).select_related("offer__option__product").first()


def offers_now(show: Show) -> list[OfferNow]:
    offers = offers_of(show)
    option_ids = [offer.option_id for offer in offers]
    prices = {p.option_id: p for p in LivePrice.objects.filter(show=show.pk, option__in=option_ids)}
    pin = open_pin(show)
    rows = []
    for offer in offers:
        live = prices.get(offer.option_id)
        left = _left(offer)
        opened = live is not None and live.opened_at is not None and live.closed_at is None
        if live is not None and live.allotment is not None and opened:
            opened = live.sold < live.allotment
            left = min(left, live.allotment - live.sold) if opened else left
        rows.append(
            OfferNow(
                offer=offer,
                price=live.price if live is not None and opened else offer.option.price,
                list_price=offer.option.price,
                is_live=opened,
                left=left,
                allotment=offer.allotment if opened else None,
                pinned=pin is not None and pin.offer_id == offer.pk,
            )
        )
    return rows


def host_disclosure(show: Show) -> Any:
    return next((d for d in show.disclosures.all() if d.host_id == show.host_id), None)


def paid_wordings(show: Show) -> list[str]:
    """The sentences the picture must carry; empty when every host declared that they receive nothing."""
    return [d.wording for d in show.disclosures.all() if d.is_paid]


def checklist(show: Show) -> list[Check]:
    offers, segments = offers_of(show), segments_of(show)
    not_sold = [o.option.product.name for o in offers if o.option.product.status != ProductStatus.ON_SALE]
    empty = [o.option.product.name for o in offers if _left(o) <= 0]
    short = [o.option.product.name for o in offers if o.allotment is not None and _left(o) < o.allotment]
    risky = sorted({claim for s in segments for claim in rules.risky_claims(f"{s.beat} {s.script}")})
    return [
        Check("disclosure", host_disclosure(show) is not None, _("진행자의 광고 표시 선언"), "disclosure"),
        Check("offers", bool(offers), _("판매할 상품"), "offers"),
        Check("on_sale", bool(offers) and not not_sold, _("모든 상품 판매 중"), "offers"),
        Check("stock", bool(offers) and not empty, _("모든 상품의 재고"), "offers"),
        Check("cues", bool(segments), _("큐시트"), "cues"),
        Check("allotment", not short, _("특가 수량만큼의 재고"), "offers", blocking=False),
        Check(
            "claims",
            not risky,
            _("대본에 위험한 표현 없음") + (f" ({', '.join(risky)})" if risky else ""),
            "cues",
            blocking=False,
        ),
    ]


def missing(show: Show) -> list[Check]:
    return [check for check in checklist(show) if check.blocking and not check.ok]


def live_sales(show: Show) -> dict[str, int]:
    """Orders placed in the show so far (waiting for payment included) and the won of their goods."""
    return sales_of([show])[show.pk]


def sales_of(shows: Iterable[Show]) -> dict[int, dict[str, int]]:
    """The same of several shows, by their ids, in one query."""
    ids = [show.pk for show in shows]
    orders = Order.objects.filter(show__in=ids, ended_at=None).values_list("show")
    sums = {show: {"orders": n, "amount": won} for show, n, won in orders.annotate(Count("pk"), Sum("goods_total"))}
    return {pk: sums.get(pk, {"orders": 0, "amount": 0}) for pk in ids}


def report(show: Show) -> Report:
    paid = ProductOrder.objects.filter(order__show=show.pk, paid_at__isnull=False)
    orders = Order.objects.filter(show=show.pk, paid_at__isnull=False)
    sales = list(orders.values_list("placed_at", "goods_total", "buyer"))
    segments = segments_of(show)
    began = [(s.pk, s.started_at) for s in segments if s.started_at is not None]
    per_cue = rules.shared_by_segment(began, [(at, won) for at, won, _buyer in sales])
    chat = show.messages.exclude(kind="HOUSE")
    sums = paid.aggregate(units=Sum("quantity"), amount=Sum("goods_amount"))
    end, audience = show.ended_at, list(show.audience.values_list("minute", "viewers"))
    return Report(
        orders=len(sales),
        units=sums["units"] or 0,
        amount=sums["amount"] or 0,
        buyers=len({buyer for _at, _won, buyer in sales}),
        peak_viewers=max((viewers for _minute, viewers in audience), default=0),
        **chat.aggregate(chats=Count("pk"), hidden_chats=Count("pk", filter=Q(hidden_at__isnull=False))),
        likes=show.likes,
        minutes=round((end - show.on_air_at).total_seconds() / 60) if end and show.on_air_at else 0,
        cues=[CueReport(s, *per_cue.get(s.pk, (0, 0))) for s in segments],
        audience=audience,
        longest_gap=_longest_gap(show),
    )


def sellable(user: Any, words: str = "") -> Any:
    """Options an MD may put into a show, for a picker."""
    options = Option.objects.filter(active=True, product__status=ProductStatus.ON_SALE).select_related(
        "product__seller"
    )
    for word in words.split():
        options = options.filter(
            Q(product__name__icontains=word) | Q(product__seller__name__icontains=word) | Q(name__icontains=word)
        )
    return options.order_by("product__name", "position")


def _longest_gap(show: Show) -> timedelta | None:
    """The longest time on air without an exposure. Pauses count: who waits must learn of it as well."""
    if not paid_wordings(show) or show.on_air_at is None:
        return None
    shown = [e.at for e in show.exposures.exclude(where="REPLAY")]
    moments = [show.on_air_at, *shown, *([show.ended_at] if show.ended_at else [])]
    return max((later - sooner for sooner, later in pairwise(moments)), default=timedelta())


def shows_for_list(now: datetime) -> dict[str, list[Show]]:
    """Now, coming (not yet an hour late), and the newest replays."""
    public = with_offers(Show.objects.public())
    return {
        "running": list(public.running().order_by("-on_air_at")),
        "coming": list(public.coming().filter(planned_at__gte=now - timedelta(hours=1)).order_by("planned_at")[:24]),
        "replays": list(public.filter(status=ShowStatus.REPLAY).order_by("-ended_at")[:24]),
    }
