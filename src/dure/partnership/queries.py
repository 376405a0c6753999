"""Reads of the partner desk, shaped for its screens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import CharField, Count, F, FloatField, Max, Q, QuerySet, Value
from django.db.models.functions import ASin, Cast, Concat, Cos, Power, Radians, Sin, Sqrt

from dure.commerce.catalog.models import Product
from dure.commerce.sellers.models import Seller
from dure.kit import clock
from dure.kit.korean import is_initials
from dure.kit.models import AuditEntry
from dure.partnership import rules
from dure.partnership.models import (
    Assignment,
    Lead,
    LeadStatus,
    MergeSuspect,
    Milestone,
    Place,
    Rubric,
    Shop,
    Visit,
)
from dure.people import queries as people
from dure.people.models import Role, User

# ── Places ───────────────────────────────────────────────────────────────────────────────────────────────────────


def find_places(
    text: str = "",
    *,
    region: str = "",
    open_on: date | None = None,
    near: tuple[float, float] | None = None,
) -> QuerySet[Place]:
    """Places by a part of the name, its initials (ㄱㅈ), or of the address; nearest first when `near` is given.

    Rows near carry `distance` in kilometres.
    """
    places = Place.objects.listed().annotate(captured=Count("shops", filter=Q(shops__merged_into=None)))
    for word in text.split():
        if is_initials(word):
            places = places.filter(name_initials__contains=word)
        else:
            address = Q(road_address__icontains=word) | Q(lot_address__icontains=word)
            places = places.filter(Q(name_key__contains=rules.name_key(word)) | address)
    if region:
        places = places.filter(region=region)
    if open_on:
        places = places.open_on(open_on)
    if near:
        return places.exclude(latitude=None).annotate(distance=_kilometres(*near)).order_by("distance")
    return places.order_by("-captured", F("shop_count").desc(nulls_last=True), "name")


def regions() -> list[tuple[str, int]]:
    """Provinces with the number of places in each."""
    return list(Place.objects.listed().values_list("region").annotate(n=Count("id")).order_by("-n"))


@dataclass(frozen=True)
class MarketDay:
    day: date
    opening: rules.Opening
    today: bool


def market_calendar(place: Place, today: date, weeks: int = 5) -> list[MarketDay]:
    """Whole weeks from the Monday of this one."""
    monday = today - timedelta(days=today.weekday())
    days = (monday + timedelta(n) for n in range(7 * weeks))
    return [MarketDay(d, place.opening(d), d == today) for d in days]


def map_points() -> list[tuple[float, float]]:
    """(latitude, longitude) of every listed place that has them."""
    return list(Place.objects.listed().exclude(latitude=None).values_list("latitude", "longitude"))


def recent_places(user: User) -> list[Place]:
    """Where a worker has been last, the latest first."""
    visits = Visit.objects.filter(worker=user).order_by("-day", "-id").select_related("place")[:20]
    return list(dict.fromkeys(v.place for v in visits))[:4]


def shops_at(place: Place) -> QuerySet[Shop]:
    """Shops captured at a place, for every worker: names and states only, so that nobody captures one twice."""
    return (
        Shop.objects.filter(place=place, merged_into=None)
        .select_related("lead", "lead__captured_by")
        .prefetch_related("lead__photos")
        .order_by("stall", "name")
    )


# ── Leads ────────────────────────────────────────────────────────────────────────────────────────────────────────


def leads_for(user: User) -> QuerySet[Lead]:
    """The leads a person may see, with what a list shows."""
    return (
        Lead.objects.current()
        .visible_to(user)
        .select_related("shop__place", "shop__owner", "shop__business", "captured_by")
        .prefetch_related("photos")
    )


def counts(leads: QuerySet[Lead]) -> dict[str, int]:
    """Leads per status, zeros included."""
    found = dict(leads.order_by().values_list("status").annotate(n=Count("id", distinct=True)))
    return {status: found.get(status, 0) for status in LeadStatus.values}


def suspects_for(user: User) -> QuerySet[MergeSuspect]:
    """Pairs a person may decide on: those of which they may see one lead."""
    mine = Lead.objects.current().visible_to(user).values("shop")
    return (
        MergeSuspect.objects.filter(Q(first__in=mine) | Q(second__in=mine), verdict=MergeSuspect.Verdict.OPEN)
        .select_related("first__place", "second__place", "first__lead", "second__lead", "first__owner", "second__owner")
        .order_by("-likeness", "id")
    )


def suspects_of(lead: Lead) -> QuerySet[MergeSuspect]:
    pair = Q(first=lead.shop_id) | Q(second=lead.shop_id)
    return MergeSuspect.objects.filter(pair, verdict=MergeSuspect.Verdict.OPEN).select_related(
        "first__lead", "second__lead", "first__place", "second__place"
    )


def current_rubric() -> Rubric:
    """Raises Rubric.DoesNotExist when none is active (the first is made by a migration)."""
    return Rubric.objects.get(active=True)


@dataclass(frozen=True)
class Verdict:
    """The reviewers' scores taken together, and where they point."""

    product: int
    will: int
    reviewers: int
    suggestion: rules.Suggestion


def verdict(lead: Lead) -> Verdict | None:
    """None before the first screening."""
    screenings = list(lead.screenings.select_related("rubric", "reviewer"))
    if not screenings:
        return None
    product = rules.mean([s.product_score for s in screenings])
    will = rules.mean([s.will_score for s in screenings])
    rubric = screenings[-1].rubric
    suggestion = rules.suggest_route(product, will, rubric.product_bar, rubric.will_bar)
    return Verdict(product, will, len(screenings), suggestion)


# ── MDs ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def merchandisers() -> list[tuple[User, int]]:
    """MDs with the number of merchants each raises now, the least loaded first."""
    load = dict(Assignment.objects.filter(ended_at=None).order_by().values_list("md").annotate(n=Count("id")))
    return sorted(
        ((md, load.get(md.pk, 0)) for md in people.holders(Role.MD)), key=lambda pair: (pair[1], pair[0].name)
    )


def md_of(lead: Lead) -> User | None:
    assignment = lead.assignments.filter(ended_at=None).select_related("md").first()
    return assignment.md if assignment else None


def merchants_of(md: User) -> QuerySet[Lead]:
    """The merchants an MD raises."""
    return (
        Lead.objects.current()
        .filter(assignments__md=md, assignments__ended_at=None)
        .select_related("shop__place", "shop__owner", "shop__business")
        .prefetch_related("photos", "milestones")
        .order_by("captured_at")
    )


def seller_of(lead: Lead) -> Seller | None:
    return Seller.objects.filter(lead_ref=lead.ref).first()


def sellers_of(leads: Sequence[Lead]) -> dict[int, Seller]:
    """Seller by lead id."""
    by_ref = {s.lead_ref: s for s in Seller.objects.filter(lead_ref__in=[lead.ref for lead in leads])}
    return {lead.pk: by_ref[lead.ref] for lead in leads if lead.ref in by_ref}


def products_for(user: User) -> QuerySet[Product]:
    """Products of the selected merchants a person may see (an MD: those they raise)."""
    selected = Lead.objects.current().visible_to(user).filter(status=LeadStatus.SELECTED)
    refs = selected.annotate(seller_ref=Concat(Value("partnership.lead:"), Cast("pk", CharField()))).values(
        "seller_ref"
    )
    return (
        Product.objects.filter(seller__lead_ref__in=refs)
        .select_related("seller", "category")
        .prefetch_related("photos")
        .order_by("-created_at")
    )


def lead_of_seller(seller_id: int) -> int | None:
    """The id of the lead a seller came from."""
    ref = Seller.objects.filter(pk=seller_id).values_list("lead_ref", flat=True).first() or ""
    room, _, number = ref.partition(":")
    return int(number) if room == "partnership.lead" and number.isdigit() else None


# ── What happened ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Moment:
    """A line of a lead's timeline. `kind` is CONTACT, MILESTONE, or the audited action's last word (captured, …)."""

    at: datetime
    kind: str
    by: User | None = None
    why: str = ""
    subject: Any = None
    detail: dict[str, Any] = field(default_factory=dict)


def timeline(lead: Lead) -> list[Moment]:
    """Newest first: contacts, moves, milestones."""
    prefix = "partnership.lead."
    audited = AuditEntry.objects.filter(subject=lead.ref, action__startswith=prefix).select_related("actor")
    moments = [
        Moment(entry.at, entry.action.removeprefix(prefix), entry.actor, entry.why, entry, entry.detail)
        for entry in audited.order_by("-id")
        if entry.action.removeprefix(prefix) not in {"contacted", "interested"}  # the contact itself says it
    ]
    moments += [Moment(c.at, "CONTACT", c.by, c.note, c) for c in lead.contacts.select_related("by", "consent")]
    moments += [Moment(m.at, "MILESTONE", subject=m) for m in Milestone.objects.filter(lead=lead)]
    return sorted(moments, key=lambda m: m.at, reverse=True)


@dataclass(frozen=True)
class Today:
    """A person's day at the desk."""

    due: list[Lead]  # promised steps of today and before
    to_call: list[Lead]  # captured or contacted, silent for three days
    to_screen: list[Lead]
    to_assign: list[Lead]
    suspects: int
    captured_this_week: int


SILENT_DAYS = 3


def today(user: User) -> Today:
    now, day = clock.now(), clock.today()
    mine = leads_for(user)
    raised = Assignment.objects.filter(md=user, ended_at=None).values("lead")
    own = mine.filter(Q(captured_by=user) | Q(pk__in=raised))  # a reviewer sees all, but owes only these a step
    silent = now - timedelta(days=SILENT_DAYS)
    undecided = [LeadStatus.CAPTURED, LeadStatus.CONTACTED, LeadStatus.INTERESTED]
    reviewer = user.has_role(Role.REVIEWER, Role.OPERATOR)
    return Today(
        due=list(own.filter(next_step_on__lte=day).exclude(status=LeadStatus.DECLINED).order_by("next_step_on")[:20]),
        to_call=list(
            own.filter(status__in=undecided, next_step_on=None)
            .annotate(last=Max("contacts__at"))
            .filter(Q(last__lt=silent) | Q(last=None, captured_at__lt=silent))
            .order_by("last")[:20]
        ),
        to_screen=list(
            mine.filter(status=LeadStatus.SCREENING).exclude(screenings__reviewer=user).order_by("moved_at")[:20]
        )
        if reviewer
        else [],
        to_assign=list(
            mine.filter(status=LeadStatus.SELECTED)
            .exclude(pk__in=Assignment.objects.filter(ended_at=None).values("lead"))
            .order_by("moved_at")[:20]
        )
        if reviewer
        else [],
        suspects=suspects_for(user).count(),
        captured_this_week=Lead.objects.current()
        .filter(captured_by=user, captured_at__gte=now - timedelta(days=7))
        .count(),
    )


def _kilometres(latitude: float, longitude: float) -> Any:
    """Great-circle distance from a point to a row's coordinates, as `rules.distance_km` but in SQL."""
    lat, lng = Radians("latitude"), Radians("longitude")
    here_lat = Radians(Value(latitude, output_field=FloatField()))
    here_lng = Radians(Value(longitude, output_field=FloatField()))
    half = Power(Sin((lat - here_lat) / 2.0), 2) + Cos(here_lat) * Cos(lat) * Power(Sin((lng - here_lng) / 2.0), 2)
    return 2 * 6371.0 * ASin(Sqrt(half))
