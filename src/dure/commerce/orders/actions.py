"""What happens to an order: placed, paid or expired. What comes after is in `fulfilment.py`, and can be had from here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Sum, Value
from django.db.models.functions import Greatest

from dure.commerce.cart.queries import Quote, quote_of
from dure.commerce.orders import rules
from dure.commerce.orders.errors import (
    AddressCostsMore,
    AddressFixed,
    AddressMissing,
    CannotBuy,
    NothingToOrder,
    OrderExpired,
    PriceChanged,
)
from dure.commerce.orders.fulfilment import (
    acknowledge,
    acknowledge_all,
    announce_delay,
    auto_confirm,
    confirm_purchase,
    hold_confirmation,
    mark_delivered,
    mark_dispatched,
    refuse_open_claim,
    release_confirmation,
    renew_confirmation,
    stand_in,
    take_back_acknowledgement,
    take_out,
)
from dure.commerce.orders.models import LineStatus, Order, ProductOrder, ShippingCharge
from dure.commerce.pricing import actions as pricing
from dure.commerce.pricing.queries import commissions_of
from dure.commerce.stock import actions as stock
from dure.commerce.stock.errors import SoldOut
from dure.kit import audit, clock, ids
from dure.kit.idempotency import KeyReused, body_hash
from dure.kit.outbox import emit
from dure.kit.states import move
from dure.people.models import User

__all__ = [  # what a line goes through after it is paid
    "acknowledge",
    "acknowledge_all",
    "announce_delay",
    "auto_confirm",
    "confirm_purchase",
    "hold_confirmation",
    "mark_delivered",
    "mark_dispatched",
    "refuse_open_claim",
    "release_confirmation",
    "renew_confirmation",
    "stand_in",
    "take_back_acknowledgement",
    "take_out",
]

HOLD = timedelta(minutes=15)  # how long an unpaid order keeps its goods


@dataclass(frozen=True)
class Address:
    receiver: str = ""
    phone: str = ""
    postcode: str = ""
    address1: str = ""
    address2: str = ""
    memo: str = ""

    @property
    def complete(self) -> bool:
        return bool(self.receiver and self.phone and self.postcode and self.address1)


@dataclass(frozen=True)
class Wanted:
    option: int
    quantity: int
    show: int | None = None


def place_order(
    buyer: User,
    lines: Iterable[Wanted],
    address: Address,
    *,
    key: str,
    expected_total: int | None = None,
    source: str = Order.Source.WEB,
    show: int | None = None,
) -> Order:
    """Hold the goods for fifteen minutes and write down the contract. The same `key` twice is the same order.

    `expected_total`: the won the buyer saw. Raises SoldOut, CannotBuy, PriceChanged, LiveSoldOut, LiveLimitReached,
    AddressMissing, NothingToOrder, KeyReused (the key came before with another body).
    """
    wanted = list(lines)
    digest = body_hash({"buyer": buyer.pk, "lines": [asdict(w) for w in wanted], "address": asdict(address)})
    if known := Order.objects.filter(key=key).first():
        return _replayed(known, digest)
    if not address.complete:
        raise AddressMissing()
    try:
        return _place(buyer, wanted, address, key, digest, expected_total, source, show)
    except IntegrityError:
        if known := Order.objects.filter(key=key).first():  # the other of two equal requests was faster
            return _replayed(known, digest)
        raise


@transaction.atomic
def _place(
    buyer: User,
    wanted: list[Wanted],
    address: Address,
    key: str,
    digest: str,
    expected_total: int | None,
    source: str,
    show: int | None,
) -> Order:
    moment = clock.now()
    quote = quote_of([(w.option, w.quantity, w.show) for w in wanted], address.postcode, moment)
    _refuse_what_cannot_be_sold(quote, wanted, expected_total)
    order = Order.objects.create(
        number=ids.number("D", clock.kst_date(moment)),
        buyer=buyer,
        key=key,
        body_hash=digest,
        source=source,
        show=show,
        goods_total=quote.goods,
        shipping_total=quote.shipping,
        pay_total=quote.total,
        placed_at=moment,
        expires_at=moment + HOLD,
        **asdict(address),
    )
    stock.reserve((line.option.pk, line.quantity) for line in quote.lines)
    _take_live(buyer, quote)
    commissions = commissions_of(
        {(group.seller.pk, line.option.product.category_id) for group in quote.groups for line in group.lines},
        clock.kst_date(moment),
    )
    ProductOrder.objects.bulk_create(
        ProductOrder(
            order=order,
            seller=group.seller,
            option=line.option,
            product_name=line.option.product.name,
            option_name=line.option.name,
            unit_price=line.price.amount,
            quantity=line.quantity,
            goods_amount=line.amount,
            commission_bp=commissions[group.seller.pk, line.option.product.category_id],
            live_price_id=line.price.live.pk if line.price.live else None,
        )
        for group in quote.groups
        for line in group.lines
    )
    ShippingCharge.objects.bulk_create(
        ShippingCharge(
            order=order,
            seller=group.seller,
            amount=group.fee.amount,
            extra=group.fee.extra,
            reason=group.fee.reason,
            policy=group.policy.as_json(),
        )
        for group in quote.groups
    )
    emit("orders.placed", order, number=order.number, show=show)
    return order


@transaction.atomic
def set_address(order: Order, address: Address, *, by: User | None) -> Order:
    """Where it goes: filled in at the checkout, changeable until a seller has acknowledged.

    An unpaid order's shipping fees are reckoned anew for the postcode; a paid one's stay as they were paid.
    Raises AddressMissing, AddressFixed, AddressCostsMore, OrderExpired.
    """
    if not address.complete:
        raise AddressMissing()
    order = Order.objects.select_for_update().get(pk=order.pk)
    if order.ended_at:
        raise OrderExpired()
    lines = list(order.lines.select_for_update().order_by("id"))  # an acknowledgement waits for us, or we for it
    if any(line.acknowledged_at or line.status in {LineStatus.DELIVERING, LineStatus.DELIVERED} for line in lines):
        raise AddressFixed()
    for name, value in asdict(address).items():
        setattr(order, name, value)
    if order.paid_at is None:
        _requote_shipping(order, lines)
    elif any(_extra(charge, order.postcode) > charge.extra for charge in order.shipping_charges.all()):
        raise AddressCostsMore()
    order.save()
    audit.record("orders.address_set", order, by=by)
    return order


@transaction.atomic
def mark_paid(order: Order, *, at: datetime) -> bool:
    """The payment is confirmed: lines become PAID. True the first time; False when it had been done.

    Raises OrderExpired when the order gave its goods back meanwhile (the caller refunds).
    """
    order = Order.objects.select_for_update().get(pk=order.pk)
    if order.paid_at:
        return False
    if order.ended_at:
        raise OrderExpired()
    order.paid_at = at
    order.save(update_fields=["paid_at"])
    for line in order.lines.select_related("seller__shipping_policy").order_by("id"):
        policy = getattr(line.seller, "shipping_policy", None)
        move(
            line,
            LineStatus.PAID,
            paid_at=at,
            dispatch_due=rules.dispatch_due(clock.kst_date(at), policy.dispatch_days if policy else 2),
        )
    emit(
        "orders.paid",
        order,
        number=order.number,
        buyer_id=order.buyer_id,
        show=order.show,
        pay_total=order.pay_total,
        options=list(order.lines.values_list("option_id", flat=True)),
    )
    return True


@transaction.atomic
def keep_open(order: Order, *, until: datetime) -> None:
    """A payment is being confirmed: do not expire before `until`. Raises OrderExpired when it has ended already."""
    open_orders = Order.objects.filter(pk=order.pk, ended_at=None)
    if not open_orders.update(expires_at=Greatest("expires_at", Value(until))):
        raise OrderExpired()


@transaction.atomic
def expire(order: Order, *, why: str = "") -> bool:
    """An unpaid order gives its goods back. False when it was paid or had ended already."""
    order = Order.objects.select_for_update().get(pk=order.pk)
    if order.paid_at or order.ended_at:
        return False
    order.ended_at = clock.now()
    order.save(update_fields=["ended_at"])
    lines = list(order.lines.order_by("option_id"))
    for line in lines:
        move(line, LineStatus.CANCELED_BY_NOPAYMENT, why=why)
    stock.release((line.option_id, line.quantity) for line in lines)
    pricing.give_back((line.live_price_id, line.quantity) for line in lines if line.live_price_id)
    emit("orders.expired", order, number=order.number)
    return True


def expire_unpaid(limit: int = 500) -> int:
    """Expire what is over its time; each order in a transaction of its own. Returns how many."""
    late = Order.objects.filter(paid_at=None, ended_at=None, expires_at__lte=clock.now()).order_by("expires_at")
    return sum(expire(order, why="payment time over") for order in late[:limit])


def _replayed(order: Order, digest: str) -> Order:
    if order.body_hash != digest:
        raise KeyReused()
    return order


def _refuse_what_cannot_be_sold(quote: Quote, wanted: list[Wanted], expected_total: int | None) -> None:
    if not wanted:
        raise NothingToOrder()
    if len(quote.lines) != len(wanted):  # an option that no longer exists
        raise CannotBuy(name="")
    for line in quote.lines:
        if line.problem == "GONE":
            raise CannotBuy(name=line.option.product.name)
        if line.problem == "SOLD_OUT":  # the quote counts it into no total, so nothing may be ordered on it
            raise SoldOut(option=line.option.pk, left=0)
    if expected_total is not None and expected_total != quote.total:
        raise PriceChanged(total=quote.total)


def _take_live(buyer: User, quote: Quote) -> None:
    taken = [(line.price.live.pk, line.quantity) for line in quote.lines if line.price.live]
    if not taken:
        return
    before = (
        ProductOrder.objects.filter(order__buyer=buyer, live_price_id__in=[pk for pk, _ in taken])
        .exclude(status__in=[LineStatus.CANCELED, LineStatus.CANCELED_BY_NOPAYMENT])
        .values_list("live_price_id")
        .annotate(Sum("quantity"))
    )
    pricing.take_live(taken, dict(before))


def _extra(charge: ShippingCharge, postcode: str) -> int:
    """The surcharge of Jeju or an island that this postcode would cost."""
    return rules.fee_under(charge.policy, 0, postcode).extra


def _requote_shipping(order: Order, lines: list[ProductOrder]) -> None:
    goods: dict[int, int] = defaultdict(int)
    for line in lines:
        goods[line.seller_id] += line.goods_amount
    for charge in order.shipping_charges.order_by("id"):
        fee = rules.fee_under(charge.policy, goods[charge.seller_id], order.postcode)
        charge.amount, charge.extra, charge.reason = fee.amount, fee.extra, fee.reason
        charge.save(update_fields=["amount", "extra", "reason"])
    order.shipping_total = sum(c.amount for c in order.shipping_charges.all())
    order.pay_total = order.goods_total + order.shipping_total - order.discount_total
