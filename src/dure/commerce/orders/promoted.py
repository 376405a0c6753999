"""What promotions do to an order: discounts written on its lines, gifts sent along, all of it given back when it ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F, Sum

from dure.commerce.orders.models import LineDiscount, LineGift, LineStatus, Order, ProductOrder
from dure.commerce.promotions import actions as promotions
from dure.commerce.promotions import points
from dure.commerce.promotions.models import PointsEntry
from dure.commerce.promotions.rules import POINTS, Reckoned, part_of
from dure.commerce.stock import actions as stock
from dure.kit import clock, money


@transaction.atomic
def take(order: Order, lines: Mapping[int, ProductOrder], reckoned: Reckoned, *, at: datetime) -> None:
    """An order being placed takes its coupons, budgets, points and gifts, in the order's own transaction.

    `lines`: by the index they were reckoned under. A gift that has run out is left away. Raises what `redeem` raises.
    """
    promotions.redeem(order.pk, order.buyer_id, reckoned, at=at)
    LineDiscount.objects.bulk_create(
        LineDiscount(
            product_order=lines[d.line_index],
            kind=d.kind,
            ref=d.ref,
            name=d.name,
            amount=d.amount,
            seller_share=d.seller_share,
            agency_share=d.agency_share,
            agency_id=d.agency,
            offer_id=d.offer,
        )
        for d in reckoned.discounts
    )
    for gift in reckoned.gifts:
        if stock.give_away(gift.option, 1, ref=f"order:{order.pk}:{gift.offer}"):
            LineGift.objects.create(
                product_order=lines[gift.line_index], offer_id=gift.offer, option_id=gift.option, name=gift.name
            )


@transaction.atomic
def expired(order: Order, *, at: datetime) -> None:
    """The order ended unpaid: as if it had not been."""
    promotions.give_back(order.pk, at=at)
    _take_gifts_back(LineGift.objects.filter(product_order__order=order), at)


@transaction.atomic
def claimed(line: ProductOrder, *, at: datetime) -> None:
    """Pieces of a line were cancelled or returned: the points that paid for them come back, and points they had earned
    are taken; with the last piece its gifts come back, and with the last of the order its coupons and budgets.

    Reckoned from what has been taken out in all, so that it may be asked again and in any order.
    """
    order = line.order
    taken = line.canceled_quantity + line.returned_quantity
    if order.buyer_id:
        _points_back(line, taken, at)
        _earned_back(line, at)
    if line.kept_quantity == 0 and line.status != LineStatus.EXCHANGED:
        _take_gifts_back(line.gifts.all(), at)
    if not order.lines.filter(quantity__gt=_gone()).exists():
        promotions.give_back(order.pk, at=at, with_points=False)


def _gone() -> F:
    return F("canceled_quantity") + F("returned_quantity") + F("exchanged_quantity")


def _points_back(line: ProductOrder, taken: int, at: datetime) -> None:
    used = points_on(line)
    due = part_of(used, line.quantity, 0, taken)
    ref = f"line:{line.pk}"
    rows = PointsEntry.objects.filter(kind=PointsEntry.Kind.BACK, ref__startswith=f"{ref}:")
    back = rows.aggregate(won=Sum("amount"))["won"] or 0
    if due > back:
        points.back(f"order:{line.order_id}", due - back, ref=f"{ref}:{taken}", at=at)


def points_on(line: ProductOrder) -> int:
    """Points that paid for a line; a line that stands for exchanged pieces has their part of the first line's."""
    if line.exchanged_from_id:
        first = line.exchanged_from
        return points_on(first) * line.quantity // first.quantity
    return line.discounts.filter(kind=POINTS).aggregate(won=Sum("amount"))["won"] or 0


def _earned_back(line: ProductOrder, at: datetime) -> None:
    earned = PointsEntry.objects.filter(kind=PointsEntry.Kind.EARN, ref=f"line:{line.pk}").first()
    if earned is None or line.confirmed_at is None:
        return
    policy = points.policy_on(clock.kst_date(line.confirmed_at))
    too_many = earned.amount - money.rate_of(kept_paid(line), policy.earn_bp)
    rows = PointsEntry.objects.filter(kind=PointsEntry.Kind.TAKEN, ref__startswith=f"line:{line.pk}:")
    taken_before = -(rows.aggregate(n=Sum("amount"))["n"] or 0)
    gone = line.quantity - line.kept_quantity
    points.take_earned_back(earned.account_id, too_many - taken_before, ref=f"line:{line.pk}:{gone}", at=at)


def confirmed(line: ProductOrder, *, at: datetime) -> None:
    """The purchase is confirmed: the buyer earns points on what was paid for the pieces kept."""
    if line.order.buyer_id:
        points.earn(line.order.buyer_id, kept_paid(line), ref=f"line:{line.pk}", at=at)


def kept_paid(line: ProductOrder) -> int:
    """What was paid for the pieces no claim has taken out, won."""
    return line.paid_amount - part_of(line.paid_amount, line.quantity, 0, line.quantity - line.kept_quantity)


def _take_gifts_back(gifts: Iterable[LineGift], at: datetime) -> None:
    for gift in gifts:
        if stock.take_back(gift.option_id, gift.quantity, ref=f"orders.linegift:{gift.pk}"):
            LineGift.objects.filter(pk=gift.pk).update(back_at=at)
