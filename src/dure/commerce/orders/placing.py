"""An order is placed: the goods are held and the contract is written down; then where it goes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Sum

from dure.commerce.cart.queries import Parcel, Quote, QuoteLine, SellerGroup, quote_of
from dure.commerce.orders import promoted
from dure.commerce.orders.errors import (
    AddressCostsMore,
    AddressFixed,
    AddressMissing,
    AdultsOnly,
    CannotBuy,
    GuestMissing,
    NotAsSold,
    NothingToOrder,
    OrderExpired,
    PriceChanged,
    WithdrawalNotAgreed,
)
from dure.commerce.orders.guests import guest_secret_of, hashed
from dure.commerce.orders.models import LineStatus, Order, ProductOrder, ShippingCharge
from dure.commerce.pricing import actions as pricing
from dure.commerce.pricing.queries import commissions_of
from dure.commerce.pricing.rules import Bundle, Fee, Item, shipping_fee
from dure.commerce.promotions.queries import categories_of
from dure.commerce.promotions.rules import Chosen
from dure.commerce.stock import actions as stock
from dure.commerce.stock import limits
from dure.commerce.stock.errors import SoldOut, TooMuchPerBuyer
from dure.commerce.stock.limits import holder_of
from dure.kit import audit, clock, ids
from dure.kit.errors import DureError
from dure.kit.idempotency import KeyReused, body_hash
from dure.kit.outbox import emit
from dure.kit.rows import insert_few
from dure.people.models import User

HOLD = timedelta(minutes=15)  # how long an unpaid order keeps its goods
# 전자상거래법 제17조: seven days for a change of mind, three months when the goods are not as described.
WITHDRAWAL_DAYS, FAULT_DAYS = 7, 90


@dataclass(frozen=True)
class Address:
    receiver: str = ""
    phone: str = ""
    postcode: str = ""
    address1: str = ""
    address2: str = ""
    memo: str = ""
    message: str = ""

    @property
    def complete(self) -> bool:
        return bool(self.receiver and self.phone and self.postcode and self.address1)


@dataclass(frozen=True)
class Guest:
    """Who buys without an account. `phone` in E.164."""

    name: str
    email: str
    phone: str


@dataclass(frozen=True)
class Wanted:
    option: int
    quantity: int
    show: int | None = None


@dataclass(frozen=True)
class Request:
    """What is asked for, as it comes. Offers and parcels paid at the door: as for `quote_of`."""

    buyer: User | None
    guest: Guest | None
    wanted: tuple[Wanted, ...]
    address: Address
    offers: Chosen | None = None
    at_the_door: frozenset[tuple[int, str]] = frozenset()
    no_withdrawal: bool = False

    @property
    def holder(self) -> str:
        return holder_of(self.buyer.pk if self.buyer else None, self.guest.phone if self.guest else "")

    @property
    def digest(self) -> str:
        said: dict[str, Any] = {
            "buyer": self.buyer.pk if self.buyer else None,
            "lines": [asdict(w) for w in self.wanted],
            "address": asdict(self.address),
        }
        if self.guest:
            said["guest"] = asdict(self.guest)
        if self.offers:
            said["offers"] = asdict(self.offers)
        if self.at_the_door:
            said["at_the_door"] = sorted(self.at_the_door)
        if self.no_withdrawal:
            said["no_withdrawal"] = True
        return body_hash(said)


def place_order(
    buyer: User | None,
    lines: Iterable[Wanted],
    address: Address,
    *,
    key: str,
    guest: Guest | None = None,
    expected_total: int | None = None,
    source: str = Order.Source.WEB,
    show: int | None = None,
    offers: Chosen | None = None,
    at_the_door: Collection[tuple[int, str]] = (),
    no_withdrawal: bool = False,
) -> Order:
    """Hold the goods for fifteen minutes and write down the contract. The same `key` twice is the same order.

    `buyer` None: a `guest` buys, who comes back by its number and a contact, or by a secret (`guests`).
    `expected_total`: the won the buyer saw. `offers`, `at_the_door`: as for `quote_of`. `no_withdrawal`: the buyer agreed that
    some goods cannot be sent back for a change of mind. Raises WithdrawalNotAgreed, SoldOut, CannotBuy,
    NotAsSold, AdultsOnly, TooMuchPerBuyer, PriceChanged, LiveSoldOut, LiveLimitReached, AddressMissing, GuestMissing,
    NothingToOrder, KeyReused (the key came before with another body).
    """
    request = Request(buyer, guest, tuple(lines), address, offers, frozenset(at_the_door), no_withdrawal)
    return placed(request, key=key, expected_total=expected_total, source=source, show=show)[0]


def placed(
    request: Request, *, key: str, expected_total: int | None, source: str = Order.Source.WEB, show: int | None = None
) -> tuple[Order, list[ProductOrder]]:
    """`place_order`, with the lines as they were written."""
    try:
        return _place(request, key, expected_total, source, show)
    except (DureError, IntegrityError):  # it may have been placed before: its own goods are missing from the shelf now
        if known := Order.objects.filter(key=key).first():
            return _replayed(known, request), list(known.lines.select_related("option").order_by("id"))
        raise


@transaction.atomic
def _place(
    request: Request, key: str, expected_total: int | None, source: str, show: int | None
) -> tuple[Order, list[ProductOrder]]:
    if not request.address.complete:
        raise AddressMissing()
    guest = request.guest
    if request.buyer is None and not (guest and guest.name and guest.email and guest.phone):
        raise GuestMissing()
    moment = clock.now()
    quote = quote_of(
        [(w.option, w.quantity, w.show) for w in request.wanted],
        request.address.postcode,
        moment,
        offers=request.offers,
        at_the_door=request.at_the_door,
        buyer=request.buyer,
        holder=request.holder,
    )
    _refuse_what_cannot_be_sold(quote, request.wanted, expected_total)
    _refuse_without_consent(quote, request)
    order = Order(
        number=ids.number("D", clock.kst_date(moment)),
        buyer=request.buyer,
        key=key,
        body_hash=request.digest,
        source=source,
        show=show,
        goods_total=quote.goods,
        discount_total=quote.discount,
        shipping_total=quote.shipping,
        pay_total=quote.total,
        placed_at=moment,
        expires_at=moment + HOLD,
        **asdict(request.address),
    )
    if request.buyer is None and guest:
        order.guest_name, order.guest_email, order.guest_phone = guest.name, guest.email, guest.phone
        order.guest_secret = hashed(guest_secret_of(order))
    insert_few([order])
    stock.reserve((line.option.pk, line.quantity) for line in quote.lines)
    counted = _take_limited(request.holder, quote)
    _take_live(request.buyer, quote)
    shelves = {line.option.product.category_id: categories_of(line.option.product) for line in quote.lines}
    commissions = commissions_of(
        {(group.seller.pk, line.option.product.category_id) for group in quote.groups for line in group.lines},
        clock.kst_date(moment),
        shelves,
    )
    parcels = [(group, parcel) for group in quote.groups for parcel in group.parcels]
    charges = [_charge(order, group, parcel) for group, parcel in parcels]
    insert_few(charges)
    made = [
        _line(
            order,
            charge,
            parcel,
            line,
            commissions[charge.seller_id, line.option.product.category_id],
            {"counted": request.holder} if line.option.product_id in counted and not line.option.addon else {},
        )
        for charge, (_group, parcel) in zip(charges, parcels, strict=True)
        for line in parcel.lines
    ]
    insert_few(made)
    if quote.reckoned.discounts or quote.reckoned.gifts:
        by_index = dict(zip((line.index for line in quote.lines), made, strict=True))
        promoted.take(order, by_index, quote.reckoned, at=moment)
    emit("orders.placed", order, number=order.number, show=show)
    return order, made


def _charge(order: Order, group: SellerGroup, parcel: Parcel) -> ShippingCharge:
    charge = ShippingCharge(order=order, seller=group.seller, bundle=parcel.key)
    _write_fee(charge, parcel.bundle, parcel.fee)
    return charge


def _write_fee(charge: ShippingCharge, bundle: Bundle, fee: Fee) -> None:
    charge.amount, charge.extra, charge.reason, charge.collect_amount = fee.amount, fee.extra, fee.reason, fee.collect
    charge.pay_type = ShippingCharge.PayType.COLLECT if fee.collect else ShippingCharge.PayType.PREPAID
    charge.policy = {**bundle.as_json(), "said": fee.params}


def _line(
    order: Order,
    charge: ShippingCharge,
    parcel: Parcel,
    line: QuoteLine,
    commission_bp: int,
    counted: dict[str, str],
) -> ProductOrder:
    return ProductOrder(
        order=order,
        seller=charge.seller,
        option=line.option,
        charge=charge,
        product_name=line.option.product.name,
        option_name=line.option.name,
        unit_price=line.price.amount,
        quantity=line.quantity,
        goods_amount=line.amount,
        discount_amount=line.discount,
        seller_discount=sum(d.seller_share for d in line.discounts),
        commission_bp=commission_bp,
        live_price_id=line.price.live.pk if line.price.live else None,
        no_withdrawal=line.option.product.no_withdrawal,
        contract={**contract_of(parcel, line), **counted},
    )


def contract_of(parcel: Parcel, line: QuoteLine) -> dict[str, Any]:
    """What was agreed besides the columns a line is reckoned with, as it stood at the sale.

    `part`: which of the terms of its shipping charge it is reckoned by. `cancel`: the law's days to withdraw.
    """
    product, bundle = line.option.product, line.delivery.bundle
    return {
        "part": parcel.part_of(line),
        "list_price": line.price.list_price,
        "tax_class": product.tax_class,
        "origin": product.origin,
        "lead_days": product.lead_days,
        "version": product.version,
        "category": product.category.code,
        "notice": {"type": product.notice_type, "text": product.notice},
        "options": dict(zip(product.axes, line.option.values, strict=False)),
        "seller_code": line.option.seller_code,
        "limits": [product.min_per_order, product.max_per_order, product.max_per_buyer],
        "delivery": {
            "template": line.delivery.template.name if line.delivery.template else "",
            "return_fee": bundle.return_fee,
            "exchange_fee": bundle.exchange_fee,
            "first_freight": bundle.first_freight,
        },
        "cancel": {
            "withdrawal_days": WITHDRAWAL_DAYS,
            "fault_days": FAULT_DAYS,
            "made_to_order": product.lead_days > 0,
        },
    }


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
        if name != "message" or value:  # where it goes changes; what was said to the seller stays said
            setattr(order, name, value)
    fees = _fees_at(order, lines)
    if order.paid_at is None and order.deposit_due is None:
        for charge, bundle, fee in fees:
            _write_fee(charge, bundle, fee)
            charge.save()
        order.shipping_total = sum(charge.amount for charge, _bundle, _fee in fees)
        order.pay_total = order.goods_total + order.shipping_total - order.discount_total
    elif any(fee.extra > charge.extra for charge, _bundle, fee in fees):
        raise AddressCostsMore()
    order.save()
    audit.record("orders.address_set", order, by=by)
    if order.paid_at:
        emit("orders.address_changed", order, number=order.number)
    return order


def _fees_at(order: Order, lines: list[ProductOrder]) -> list[tuple[ShippingCharge, Bundle, Fee]]:
    """Each charge's fee at the order's postcode, by the terms it was made under."""
    charges = list(order.shipping_charges.order_by("id"))
    sole = {charge.seller_id: charge.pk for charge in charges}  # lines of old orders name no charge: one per seller
    items: dict[int, list[Item]] = defaultdict(list)
    for line in lines:
        item = Item(line.paid_amount, line.quantity, line.contract.get("part", 0))
        items[line.charge_id or sole[line.seller_id]].append(item)
    found = []
    for charge in charges:
        bundle = Bundle.read(charge.policy)
        door = charge.pay_type == ShippingCharge.PayType.COLLECT
        found.append((charge, bundle, shipping_fee(bundle, items[charge.pk], order.postcode, at_the_door=door)))
    return found


def _replayed(order: Order, request: Request) -> Order:
    if order.body_hash != request.digest:
        raise KeyReused()
    return order


def _refuse_what_cannot_be_sold(quote: Quote, wanted: tuple[Wanted, ...], expected_total: int | None) -> None:
    if not wanted:
        raise NothingToOrder()
    if len(quote.lines) != len(wanted):  # an option that no longer exists
        raise CannotBuy(name="")
    for line in quote.lines:
        if line.problem == "GONE":
            raise CannotBuy(name=line.option.product.name)
        if line.problem == "SOLD_OUT":  # the quote counts it into no total, so nothing may be ordered on it
            raise SoldOut(option=line.option.pk, left=0)
        if line.problem == "PER_BUYER":
            most = line.option.product.max_per_buyer or 0
            raise TooMuchPerBuyer(name=line.option.product.name, most=most, left=max(most - line.held, 0))
        if line.problem == "ADULTS":
            raise AdultsOnly(name=line.option.product.name)
        if line.refusal:
            raise NotAsSold(name=line.option.product.name, why=line.refusal)
    if expected_total is not None and expected_total != quote.total:
        raise PriceChanged(total=quote.total)


def _refuse_without_consent(quote: Quote, request: Request) -> None:
    for line in quote.lines:
        if line.option.product.no_withdrawal and not request.no_withdrawal:
            raise WithdrawalNotAgreed(name=line.option.product.name)


def _take_limited(holder: str, quote: Quote) -> set[int]:
    """Count the pieces of products that are limited per person; the ids of those."""
    wanted: dict[int, tuple[int, int, str]] = {}
    for line in quote.lines:
        product = line.option.product
        if product.max_per_buyer is not None and not line.option.addon:
            before = wanted[product.pk][0] if product.pk in wanted else 0
            wanted[product.pk] = (before + line.quantity, product.max_per_buyer, product.name)
    if wanted:
        limits.take(holder, wanted)
    return set(wanted)


def _take_live(buyer: User | None, quote: Quote) -> None:
    taken = [(line.price.live.pk, line.quantity) for line in quote.lines if line.price.live]
    if not taken:
        return
    before = (
        ProductOrder.objects.filter(order__buyer=buyer, live_price_id__in=[pk for pk, _ in taken])
        .exclude(status__in=[LineStatus.CANCELED, LineStatus.CANCELED_BY_NOPAYMENT])
        .values_list("live_price_id")
        .annotate(Sum("quantity"))
        if buyer
        else []
    )
    pricing.take_live(taken, dict(before))
