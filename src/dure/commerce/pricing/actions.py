"""Live prices open and close with a show; an order takes pieces of their allotment. What the house takes, by plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from dure.commerce.catalog.models import Category, Option
from dure.commerce.pricing.errors import (
    CommissionInThePast,
    CommissionStarted,
    CommissionTaken,
    CommissionTooHigh,
    CommissionTooSoon,
    LiveLimitReached,
    LivePriceNotLower,
    LivePriceTaken,
    LiveSoldOut,
)
from dure.commerce.pricing.models import CommissionPlan, LivePrice
from dure.commerce.pricing.queries import plans_in_force, shelves_above
from dure.commerce.pricing.rules import nearest_plan
from dure.commerce.sellers.models import Seller
from dure.kit import audit, clock, outbox
from dure.kit.money import won
from dure.people.models import User

NOTICE = timedelta(days=30)  # a change for the worse is told so long before


@transaction.atomic
def open_live_price(
    *,
    show: int,
    option: Option,
    price: int,
    allotment: int | None = None,
    per_buyer: int | None = None,
    by: User | None,
) -> LivePrice:
    """From now on the option costs `price` won, until closed or until `allotment` pieces are sold.

    Opening again in the same show changes the price and goes on counting. Raises LivePriceNotLower, LivePriceTaken.
    """
    if not 10 <= price < option.price:
        raise LivePriceNotLower(price=won(option.price))
    moment = clock.now()
    try:
        with transaction.atomic():
            live, _created = LivePrice.objects.update_or_create(
                show=show,
                option=option,
                defaults={
                    "price": price,
                    "allotment": allotment,
                    "per_buyer": per_buyer,
                    "opened_at": moment,
                    "closed_at": None,
                },
            )
    except IntegrityError as error:
        raise LivePriceTaken() from error
    audit.record("pricing.live_price_opened", live, by=by, price=price, allotment=allotment, show=show)
    outbox.emit("pricing.live_price_opened", live, option=option.pk, show=show, price=price)
    return live


@transaction.atomic
def close_live_price(*, show: int, option: Option | int | None = None, by: User | None) -> int:
    """Back to the normal price: one option of the show, or all of it. Returns how many were open."""
    opened = LivePrice.objects.filter(show=show, opened_at__isnull=False, closed_at=None)
    if option is not None:
        opened = opened.filter(option_id=option if isinstance(option, int) else option.pk)
    rows = list(opened.select_for_update().order_by("id"))
    for live in rows:
        live.closed_at = clock.now()
        live.save(update_fields=["closed_at"])
        audit.record("pricing.live_price_closed", live, by=by, sold=live.sold)
        outbox.emit("pricing.live_price_closed", live, option=live.option_id, show=show, sold=live.sold)
    return len(rows)


@transaction.atomic
def take_live(lines: Iterable[tuple[int, int]], bought_before: Mapping[int, int] | None = None) -> None:
    """An order takes (live price id, quantity) of the allotments, all or none, in the order of the ids.

    `bought_before`: pieces per live price this buyer holds already. Raises LiveSoldOut, LiveLimitReached.
    """
    before = bought_before or {}
    for live_id, quantity in sorted(lines):
        room = Q(allotment=None) | Q(allotment__gte=F("sold") + quantity)
        taken = LivePrice.objects.filter(room, pk=live_id, opened_at__isnull=False, closed_at=None).update(
            sold=F("sold") + quantity
        )
        if not taken:
            raise LiveSoldOut(live_price=live_id)
        limit = LivePrice.objects.values_list("per_buyer", flat=True).get(pk=live_id)
        if limit is not None and before.get(live_id, 0) + quantity > limit:
            raise LiveLimitReached(per_buyer=limit)


@transaction.atomic
def give_back(lines: Iterable[tuple[int, int]]) -> None:
    """An unpaid or cancelled order returns its pieces (live price id, quantity) to the allotments."""
    for live_id, quantity in sorted(lines):
        LivePrice.objects.filter(pk=live_id, sold__gte=quantity).update(sold=F("sold") - quantity)


# ── What the house takes ─────────────────────────────────────────────────────────────────────────────────────────


def schedule_commission(
    *,
    basis_points: int,
    since: date,
    seller: Seller | None = None,
    category: Category | None = None,
    note: str = "",
    by: User | None,
) -> CommissionPlan:
    """From `since` on the house takes this share of the seller's goods of the category (None: of all).

    The plan that held until then ends; one scheduled for later begins when it was to begin. Who will pay more is told
    30 days before, so a rise begins in 30 days at the earliest. Sales already made keep what their lines say.
    Raises CommissionTooHigh, CommissionInThePast, CommissionTooSoon, CommissionTaken.
    """
    if not 0 <= basis_points <= 5000:
        raise CommissionTooHigh()
    today = clock.today()
    if since < today:
        raise CommissionInThePast()
    if since < today + NOTICE and _rises(basis_points, since, seller, category):
        raise CommissionTooSoon(first=f"{today + NOTICE:%Y-%m-%d}")
    try:
        with transaction.atomic():
            same = CommissionPlan.objects.select_for_update().filter(seller=seller, category=category)
            if same.filter(since=since).exists():
                raise CommissionTaken()
            later = same.filter(since__gt=since).order_by("since").first()
            same.filter(Q(until=None) | Q(until__gt=since), since__lt=since).update(until=since)
            plan = CommissionPlan.objects.create(
                seller=seller,
                category=category,
                basis_points=basis_points,
                since=since,
                until=later.since if later else None,
                note=note.strip(),
                made_by=by,
                created_at=clock.now(),
            )
            audit.record("pricing.commission_scheduled", plan, by=by, why=note, **_in_words(plan))
            if since - today <= NOTICE:
                _tell_of(plan)
    except IntegrityError as error:
        raise CommissionTaken() from error
    return plan


@transaction.atomic
def withdraw_commission(plan: CommissionPlan, *, by: User | None) -> None:
    """A scheduled plan is taken back before its day; the one before it goes on. Raises CommissionStarted."""
    plan = CommissionPlan.objects.select_for_update().get(pk=plan.pk)
    if plan.since <= clock.today():
        raise CommissionStarted()
    audit.record("pricing.commission_withdrawn", plan, by=by, **_in_words(plan))
    if plan.told_at:
        outbox.emit("pricing.commission_withdrawn", plan, seller=plan.seller_id, category=plan.category_id)
    before = CommissionPlan.objects.filter(seller=plan.seller_id, category=plan.category_id, until=plan.since)
    until = plan.until
    plan.delete()
    before.update(until=until)


def tell_of_commissions() -> int:
    """Whom a plan of the coming 30 days concerns is told, once. Returns how many plans."""
    told = 0
    coming = CommissionPlan.objects.filter(
        told_at=None, since__gt=clock.today(), since__lte=clock.today() + NOTICE, made_by__isnull=False
    )
    for plan in coming.order_by("id"):
        with transaction.atomic():
            told += _tell_of(plan)
    return told


def _tell_of(plan: CommissionPlan) -> int:
    moment = clock.now()
    if not CommissionPlan.objects.filter(pk=plan.pk, told_at=None).update(told_at=moment):
        return 0
    outbox.emit(
        "pricing.commission_changing",
        plan,
        seller=plan.seller_id,
        category=plan.category_id,
        basis_points=plan.basis_points,
        since=plan.since.isoformat(),
    )
    return 1


def _rises(basis_points: int, since: date, seller: Seller | None, category: Category | None) -> bool:
    """Whether somebody pays more from then on than the plans in force then ask for.

    A seller's plan stands before all of the house's, so that it may be a rise in one category of those it covers.
    """
    plans = {
        (s, c): points for s, c, points in plans_in_force(since).values_list("seller_id", "category_id", "basis_points")
    }
    chain = shelves_above([category.pk])[category.pk] if category else ()
    now = nearest_plan(plans, seller.pk if seller else 0, chain)
    held = [] if now is None else [now]
    if seller and (seller.pk, category and category.pk) not in plans:
        below = Category.objects.all()
        if category:
            below = below.filter(Q(parent=category) | Q(parent__parent=category))
        inside = set(below.values_list("pk", flat=True))
        held += [points for (s, c), points in plans.items() if s is None and c in inside]
    return any(basis_points > points for points in held)


def _in_words(plan: CommissionPlan) -> dict[str, Any]:
    return {
        "seller": plan.seller_id,
        "category": plan.category_id,
        "basis_points": plan.basis_points,
        "since": plan.since.isoformat(),
    }
