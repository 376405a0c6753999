"""Buyers take coupons; an order uses them with budgets and points, all or none, and gives them back."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from dure.commerce.promotions import points, rules
from dure.commerce.promotions.errors import (
    BudgetSpent,
    CouponGone,
    CouponNotOn,
    CouponNotUsable,
    CouponTaken,
    FirstOrderOnly,
    NoSuchCode,
)
from dure.commerce.promotions.models import Budget, Coupon, Offer, PointsAccount, Redemption
from dure.commerce.promotions.rules import LineDiscount, Reckoned
from dure.kit import clock
from dure.kit.outbox import emit
from dure.people.models import User


@transaction.atomic
def take_coupon(offer: Offer, buyer: User) -> Coupon:
    """Into the buyer's box; first come, first served. Raises CouponNotOn, CouponTaken, CouponGone."""
    moment = clock.now()
    on = Offer.objects.on_at(moment).filter(pk=offer.pk, kind__in=Offer.COUPONS).first()
    if on is None:
        raise CouponNotOn()
    nth = Coupon.objects.filter(offer=on, buyer=buyer).count() + 1
    if nth > on.per_buyer:
        raise CouponTaken(per_buyer=on.per_buyer)
    room = Q(quantity=None) | Q(quantity__gt=F("issued"))
    if not Offer.objects.filter(room, pk=on.pk).update(issued=F("issued") + 1):
        raise CouponGone()
    expires = on.ends_at
    if on.valid_days:
        last = clock.kst_date(moment) + timedelta(days=on.valid_days)
        expires = min(expires, datetime.combine(last, time.max, clock.KST))
    try:
        with transaction.atomic():
            coupon = Coupon.objects.create(offer=on, buyer=buyer, nth=nth, issued_at=moment, expires_at=expires)
    except IntegrityError as error:  # the other of two presses was faster
        raise CouponTaken(per_buyer=on.per_buyer) from error
    emit("promotions.coupon_taken", coupon, offer_id=on.pk, buyer_id=buyer.pk)
    return coupon


def take_by_code(code: str, buyer: User) -> Coupon:
    """Raises NoSuchCode and what `take_coupon` raises."""
    offer = Offer.objects.filter(code=code.strip().upper()).exclude(code="").exclude(status="DRAFT").first()
    if offer is None:
        raise NoSuchCode()
    return take_coupon(offer, buyer)


# ── On an order ──────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def redeem(order_id: int, buyer_id: int | None, reckoned: Reckoned, *, at: datetime) -> None:
    """An order being placed takes its coupons, its part of the budgets and its points, all or none.

    Raises CouponNotUsable, FirstOrderOnly, BudgetSpent, NotEnoughPoints.
    """
    if not reckoned.discounts:
        return
    _use_coupons(order_id, buyer_id, reckoned.coupons, at)
    _take_budgets(reckoned.discounts)
    _write_redemptions(order_id, reckoned.discounts, at)
    if reckoned.points and buyer_id:
        points.use(buyer_id, reckoned.points, ref=f"order:{order_id}", at=at)


def _use_coupons(order_id: int, buyer_id: int | None, coupon_ids: list[int], at: datetime) -> None:
    if not coupon_ids:
        return
    mine = Coupon.objects.filter(pk__in=coupon_ids, buyer_id=buyer_id or 0).usable(at)
    first_only = mine.filter(offer__first_order=True).exists()
    if first_only and PointsAccount.objects.filter(pk=buyer_id, first_paid_at__isnull=False).exists():
        raise FirstOrderOnly()
    used = Coupon.objects.filter(pk__in=mine.values("pk"), status=Coupon.Status.HELD)
    if used.update(status=Coupon.Status.USED, order=order_id, used_at=at) != len(coupon_ids):
        raise CouponNotUsable()


def _take_budgets(discounts: list[LineDiscount]) -> None:
    """In the order of their ids, so that two orders cannot wait for each other; each a conditional UPDATE."""
    borne = {offer: rules.burdens(rows) for offer, rows in _by_offer(discounts).items()}
    for budget in Budget.objects.filter(offer__in=borne).select_related("offer").order_by("id"):
        need = borne[budget.offer_id].get((budget.bearer, budget.seller_id), 0)
        if need and not _spend(budget, need):
            raise BudgetSpent(name=budget.offer.name)


def _spend(budget: Budget, need: int) -> bool:
    room = Budget.objects.filter(pk=budget.pk, cap__gte=F("spent") + need)
    return bool(room.update(spent=F("spent") + need))


def _by_offer(discounts: list[LineDiscount]) -> dict[int, list[LineDiscount]]:
    grouped: dict[int, list[LineDiscount]] = defaultdict(list)
    for discount in discounts:
        if discount.offer:
            grouped[discount.offer].append(discount)
    return grouped


def _write_redemptions(order_id: int, discounts: list[LineDiscount], at: datetime) -> None:
    sums: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    for d in discounts:
        if d.offer:
            part = sums[d.offer, d.seller]
            part[0] += d.platform_share
            part[1] += d.seller_share
            part[2] += d.agency_share
    Redemption.objects.bulk_create(
        Redemption(
            order=order_id,
            offer_id=offer,
            seller_id=seller,
            amount=sum(part),
            platform=part[0],
            seller_share=part[1],
            agency_share=part[2],
            at=at,
        )
        for (offer, seller), part in sorted(sums.items())
    )


@transaction.atomic
def give_back(order_id: int, *, at: datetime, with_points: bool = True) -> None:
    """An order ended as if it had not been (expired, or cancelled whole): its coupons are in the box again, usable as
    long as they would have been; the budgets have their money again. Points come back whole with an expired order; a
    cancelled one's came back claim by claim (`with_points` False). Again: nothing more."""
    rows = list(Redemption.objects.select_for_update().filter(order=order_id, given_back_at=None).order_by("id"))
    Coupon.objects.filter(order=order_id, status=Coupon.Status.USED).update(
        status=Coupon.Status.HELD, order=None, used_at=None
    )
    back: dict[tuple[int, str, int | None], int] = defaultdict(int)
    for row in rows:
        back[row.offer_id, Budget.Bearer.ALL, None] += row.amount
        back[row.offer_id, Budget.Bearer.PLATFORM, None] += row.platform
        back[row.offer_id, Budget.Bearer.AGENCY, None] += row.agency_share
        back[row.offer_id, Budget.Bearer.SELLER, row.seller_id] += row.seller_share
    for budget in Budget.objects.filter(offer__in={row.offer_id for row in rows}).order_by("id"):
        if won_back := back[budget.offer_id, budget.bearer, budget.seller_id]:
            Budget.objects.filter(pk=budget.pk).update(spent=F("spent") - won_back)
    Redemption.objects.filter(pk__in=[row.pk for row in rows]).update(given_back_at=at)
    if with_points:
        points.back_all(f"order:{order_id}", at=at)


@transaction.atomic
def note_purchase(buyer_id: int, *, at: datetime) -> None:
    """The buyer has paid an order: coupons for a first order are no longer for them."""
    PointsAccount.objects.get_or_create(user_id=buyer_id)
    PointsAccount.objects.filter(user_id=buyer_id, first_paid_at=None).update(first_paid_at=at)
