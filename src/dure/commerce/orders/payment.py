"""The wait for the money: an order is paid, or gives its goods back."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Value
from django.db.models.functions import Greatest

from dure.commerce.orders import promoted, rules
from dure.commerce.orders.errors import OrderExpired
from dure.commerce.orders.models import LineGift, LineStatus, Order, ProductOrder
from dure.commerce.pricing import actions as pricing
from dure.commerce.stock import actions as stock
from dure.commerce.stock import limits
from dure.kit import clock
from dure.kit.errors import DureError
from dure.kit.outbox import emit
from dure.kit.prepared import Prepared, Slot
from dure.kit.states import move, move_many


@transaction.atomic
def mark_paid(order: Order, *, at: datetime) -> bool:
    """The payment is confirmed: lines become PAID. True the first time; False when it had been done.

    Raises OrderExpired when the order gave its goods back meanwhile (the caller refunds).
    """
    return settle(*to_settle(order.pk), at=at)


def to_settle(order_id: int) -> tuple[Order, list[ProductOrder]]:
    """An order, locked, with its lines: what `settle` is asked about."""
    (order,) = LOCKED(id=order_id)
    return order, LINES(order=order_id)


LOCKED = Prepared(lambda: Order.objects.select_for_update().filter(pk=Slot("id", "bigint")))
LINES = Prepared(
    lambda: (
        ProductOrder.objects.filter(order_id=Slot("order", "bigint"))
        .select_related("seller__shipping_policy")
        .defer("seller__story")
        .order_by("id")
    )
)


def settle(order: Order, lines: list[ProductOrder], *, at: datetime) -> bool:
    """`mark_paid` in a transaction that has locked the order. Raises OrderExpired."""
    if order.paid_at:
        return False
    if order.ended_at:
        raise OrderExpired()
    order.paid_at = at
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orders_order SET paid_at = %s WHERE id = %s::bigint", [at, order.pk])
    by_due = defaultdict(list)
    for line in lines:
        policy = getattr(line.seller, "shipping_policy", None)
        days = (policy.dispatch_days if policy else 2) + line.contract.get("lead_days", 0)
        by_due[rules.dispatch_due(clock.kst_date(at), days)].append(line)
    for due, alike in by_due.items():
        move_many(alike, LineStatus.PAID, paid_at=at, dispatch_due=due)
    emit(
        "orders.paid",
        order,
        number=order.number,
        buyer_id=order.buyer_id,
        show=order.show,
        pay_total=order.pay_total,
        options=[line.option_id for line in lines],
    )
    return True


@transaction.atomic
def keep_open(order: Order, *, until: datetime) -> None:
    """A payment is being confirmed: do not expire before `until`. Raises OrderExpired when it has ended already."""
    open_orders = Order.objects.filter(pk=order.pk, ended_at=None)
    if not open_orders.update(expires_at=Greatest("expires_at", Value(until))):
        raise OrderExpired()


@transaction.atomic
def revive(order: Order, *, until: datetime) -> None:
    """Money comes for an order that has given its goods back: take them again, all or none, on the terms of then.

    Waits for its payment again, until `until`. Raises OrderExpired when the goods or the price of then are gone, or when
    it had discounts or gifts: its coupons, points and budgets may serve others by now.
    """
    order = Order.objects.select_for_update().get(pk=order.pk)
    if order.ended_at is None:
        return
    lines = list(order.lines.select_related("option__product__seller").order_by("option_id"))
    on_sale = all(line.option.active and line.option.product.is_on_sale for line in lines)
    if not on_sale or order.discount_total or LineGift.objects.filter(product_order__order=order).exists():
        raise OrderExpired()
    try:
        with transaction.atomic():
            stock.reserve((line.option_id, line.quantity) for line in lines)
            for holder, wanted in _counted(lines).items():
                limits.take(holder, wanted)
            pricing.take_live((line.live_price_id, line.quantity) for line in lines if line.live_price_id)
    except DureError as gone:
        raise OrderExpired() from gone
    order.ended_at, order.expires_at = None, until
    order.save(update_fields=["ended_at", "expires_at"])
    for line in lines:
        move(line, LineStatus.PAYMENT_WAITING, why="paid after its time")
    emit("orders.revived", order, number=order.number)


def _counted(lines: list[ProductOrder]) -> dict[str, dict[int, tuple[int, int, str]]]:
    """By holder: product id → (pieces, the limit now or then, its name)."""
    found: dict[str, dict[int, tuple[int, int, str]]] = {}
    for line in lines:
        if holder := line.contract.get("counted"):
            product = line.option.product
            most = product.max_per_buyer or line.contract["limits"][2]
            before = found.setdefault(holder, {}).get(product.pk, (0, 0, ""))[0]
            found[holder][product.pk] = (before + line.quantity, most, product.name)
    return found


@transaction.atomic
def expire(order: Order, *, why: str = "") -> bool:
    """An unpaid order gives its goods back. False when it was paid or had ended already."""
    order = Order.objects.select_for_update().get(pk=order.pk)
    if order.paid_at or order.ended_at:
        return False
    order.ended_at = clock.now()
    order.save(update_fields=["ended_at"])
    lines = list(order.lines.select_related("option").order_by("option_id"))
    for line in lines:
        move(line, LineStatus.CANCELED_BY_NOPAYMENT, why=why)
    stock.release((line.option_id, line.quantity) for line in lines)
    limits.give_back(
        (line.option.product_id, line.contract["counted"], line.quantity)
        for line in lines
        if line.contract.get("counted")
    )
    pricing.give_back((line.live_price_id, line.quantity) for line in lines if line.live_price_id)
    promoted.expired(order, at=order.ended_at)
    emit("orders.expired", order, number=order.number)
    return True


def expire_unpaid(limit: int = 500) -> int:
    """Expire what is over its time; each order in a transaction of its own. Returns how many."""
    late = Order.objects.filter(paid_at=None, ended_at=None, expires_at__lte=clock.now()).order_by("expires_at")
    return sum(expire(order, why="payment time over") for order in late[:limit])
