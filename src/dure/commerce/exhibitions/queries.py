"""What is on, what a page shows, who takes part, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Count, Q, Sum

from dure.commerce.catalog.models import ProductStatus
from dure.commerce.exhibitions.models import Application, Exhibition, Item, Section
from dure.commerce.orders.models import LineDiscount, ProductOrder
from dure.commerce.promotions.models import EventPrice, Offer
from dure.commerce.promotions.previews import Proposal, previews_of
from dure.commerce.sellers.models import Seller, SellerStatus
from dure.kit import clock


def on_now(at: datetime | None = None, limit: int = 6) -> list[Exhibition]:
    """Exhibitions that are open, those ending first before the rest: title, tagline, picture, theme, ends_at."""
    return list(Exhibition.objects.on_at(at or clock.now()).order_by("ends_at", "id")[:limit])


@dataclass
class Shelf:
    """A section of the page with the products it shows now."""

    section: Section | None
    items: list[Item] = field(default_factory=list)


def shelves(exhibition: Exhibition, at: datetime, *, preview: bool = False) -> list[Shelf]:
    """Sections in order, each with its products that are on sale at an agreed price (`preview`: at one proposed, too);
    pinned first. In two queries."""
    wanted = [EventPrice.Status.ACCEPTED, *([EventPrice.Status.PROPOSED] if preview else [])]
    priced = EventPrice.objects.filter(offer=exhibition.offer_id, status__in=wanted).values("option__product")
    items = exhibition.items.filter(
        product__in=priced, product__status=ProductStatus.ON_SALE, product__seller__status=SellerStatus.APPROVED
    ).select_related("product__seller")
    found = {section.pk: Shelf(section) for section in exhibition.sections.all()}
    loose = Shelf(None)
    for item in items.order_by("-pinned", "position", "id"):
        found.get(item.section_id or 0, loose).items.append(item)
    return [shelf for shelf in [*found.values(), loose] if shelf.items]


def prices_in(exhibition: Exhibition, *, preview: bool = False) -> dict[int, EventPrice]:
    """The lowest event price by product id."""
    wanted = [EventPrice.Status.ACCEPTED, *([EventPrice.Status.PROPOSED] if preview else [])]
    rows = EventPrice.objects.filter(offer=exhibition.offer_id, status__in=wanted).select_related("option")
    return {row.option.product_id: row for row in rows.order_by("-price")}


def coupons_of(exhibition: Exhibition, at: datetime) -> models.QuerySet[Offer]:
    """Coupons for this exhibition's goods that may be taken now."""
    return Offer.objects.on_at(at).filter(
        kind__in=Offer.COUPONS,
        issue=Offer.Issue.CLICK,
        scope=Offer.Scope.EXHIBITION,
        targets__contains=[exhibition.pk],
    )


# ── Sellers ──────────────────────────────────────────────────────────────────────────────────────────────────────


def proposals_of(exhibition: Exhibition, seller: Seller, at: datetime) -> list[Proposal]:
    """What was proposed to, or by, a seller, with what it comes to."""
    if exhibition.offer is None:
        return []
    return previews_of(exhibition.offer, EventPrice.objects.filter(offer=exhibition.offer, seller=seller), at)


def open_to(seller: Seller, at: datetime) -> models.QuerySet[Exhibition]:
    """Exhibitions a seller may come into, or is in."""
    mine = Application.objects.filter(seller=seller).values("exhibition")
    recruiting = Exhibition.objects.recruiting_at(at).values("pk")
    return (
        Exhibition.objects.filter(Q(pk__in=recruiting) | Q(pk__in=mine))
        .exclude(status=Exhibition.Status.DRAFT)
        .select_related("offer__agency")
        .order_by("-starts_at")
    )


def waiting_for(seller: Seller) -> int:
    """Invitations the seller has not answered."""
    return Application.objects.filter(seller=seller, status=Application.Status.INVITED).count()


# ── What came of it ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Row:
    """Paid sales of one product, section or seller."""

    name: str
    orders: int = 0
    pieces: int = 0
    goods: int = 0
    discount: int = 0
    platform: int = 0
    seller: int = 0
    agency: int = 0


@dataclass
class Results:
    views: int
    total: Row
    by_section: list[Row]
    by_seller: list[Row]
    by_product: list[Row]
    by_day: list[tuple[str, int]]  # won of goods


def sales_of(exhibition: Exhibition) -> models.QuerySet[ProductOrder]:
    """Paid lines that were sold at an event price of the exhibition."""
    sold = LineDiscount.objects.filter(offer=exhibition.offer_id).values("product_order")
    return ProductOrder.objects.filter(pk__in=sold, paid_at__isnull=False).select_related("order", "seller", "option")


def results_of(exhibition: Exhibition) -> Results:
    """In four queries. The discount is what this exhibition's own prices took off; pieces are those kept."""
    sections = {item.product_id: item.section for item in exhibition.items.select_related("section")}
    borne = {
        d["product_order"]: d
        for d in LineDiscount.objects.filter(offer=exhibition.offer_id)
        .values("product_order")
        .annotate(won=Sum("amount"), sellers=Sum("seller_share"), agencies=Sum("agency_share"))
    }
    total = Row("")
    tables: dict[str, dict[str, Row]] = {"section": {}, "seller": {}, "product": {}}
    days: dict[date, int] = {}
    orders: dict[int, set[int]] = {}
    for line in sales_of(exhibition).order_by("paid_at"):
        section = sections.get(line.option.product_id)
        told = borne[line.pk]
        rows = [
            total,
            tables["section"].setdefault(section.title if section else "–", Row(section.title if section else "–")),
            tables["seller"].setdefault(line.seller.name, Row(line.seller.name)),
            tables["product"].setdefault(line.product_name, Row(line.product_name)),
        ]
        for row in rows:
            seen = orders.setdefault(id(row), set())
            seen.add(line.order_id)
            row.orders = len(seen)
            row.pieces += line.kept_quantity
            row.goods += line.goods_amount
            row.discount += told["won"]
            row.seller += told["sellers"]
            row.agency += told["agencies"]
            row.platform += told["won"] - told["sellers"] - told["agencies"]
        day = clock.kst_date(line.paid_at)
        days[day] = days.get(day, 0) + line.goods_amount

    def ranked(rows: Iterable[Row]) -> list[Row]:
        return sorted(rows, key=lambda r: -r.goods)

    return Results(
        views=exhibition.views.aggregate(n=Sum("count"))["n"] or 0,
        total=total,
        by_section=ranked(tables["section"].values()),
        by_seller=ranked(tables["seller"].values()),
        by_product=ranked(tables["product"].values()),
        by_day=[(f"{day:%m.%d}", won) for day, won in days.items()],
    )


def with_counts(rows: models.QuerySet[Exhibition]) -> models.QuerySet[Any]:
    """For a list: how many sellers take part, and how many wait for an answer."""
    return rows.annotate(
        taking_part=Count("applications", filter=Q(applications__status=Application.Status.ACCEPTED), distinct=True),
        waiting=Count("applications", filter=Q(applications__status=Application.Status.APPLIED), distinct=True),
    )
