"""Buying: a cart with what it costs, an order from it, the payment.

A headless shop buys for guests with its own key; a person signed in buys for themselves. These three are the lean way
through the house: few queries, nothing that only pages need.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema

from dure.commerce.cart import actions as carts
from dure.commerce.cart.models import Cart
from dure.commerce.cart.queries import LINES, Quote, QuoteLine, quote
from dure.commerce.catalog.models import Option
from dure.commerce.orders.errors import NothingToOrder
from dure.commerce.orders.models import Order, ProductOrder
from dure.commerce.orders.placing import Address, Guest, Request, Wanted, guest_secret_of, placed
from dure.commerce.pricing.words import fee_reasons
from dure.config import load
from dure.finance.payments import actions as payments
from dure.finance.payments.models import Payment, PaymentStatus
from dure.kit import ids
from dure.kit.korean import phone_e164
from dure.sites.api import errors
from dure.sites.api.access import Caller, Needs
from dure.sites.api.once import key_of, once
from dure.sites.api.paging import BIGGEST, Cursor, Id, Limit, Piece, piece

router = Router()
CART_PREFIX = "api:"
CartId = Annotated[str, Field(pattern=r"^[2-9A-Z]{32}$")]
Number = Annotated[str, Field(pattern=r"^[0-9A-Z-]{1,20}$")]
Postcode = Annotated[str, Field(pattern=r"^([0-9]{5})?$")]
Quantity = Annotated[int, Field(ge=1, le=999)]
MOST_LINES = 100


# What is sent


class LineIn(Schema):
    option: Annotated[int, Field(ge=1, le=BIGGEST)]
    quantity: Quantity = 1


class CartIn(Schema):
    lines: Annotated[list[LineIn], Field(min_length=1, max_length=MOST_LINES)]
    postcode: Postcode = ""


class QuantityIn(Schema):
    quantity: Annotated[int, Field(ge=0, le=999)]


class AddressIn(Schema):
    receiver: Annotated[str, Field(min_length=1, max_length=60)]
    phone: Annotated[str, Field(min_length=1, max_length=20)]
    postcode: Annotated[str, Field(pattern=r"^[0-9]{5}$")]
    address1: Annotated[str, Field(min_length=1, max_length=200)]
    address2: Annotated[str, Field(max_length=100)] = ""
    memo: Annotated[str, Field(max_length=100)] = ""


class GuestIn(Schema):
    name: Annotated[str, Field(min_length=1, max_length=60)]
    email: Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
    phone: Annotated[str, Field(min_length=1, max_length=20)]


class OrderIn(Schema):
    """`guest` is needed where nobody is signed in. `expected_total`: the won the buyer saw. `no_withdrawal`: the buyer agreed
    that goods sold so cannot be sent back for a change of mind."""

    cart: CartId
    address: AddressIn
    guest: GuestIn | None = None
    expected_total: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    no_withdrawal: bool = Field(False)


class PayIn(Schema):
    order: Number


class ConfirmIn(Schema):
    order: Number
    payment_key: Annotated[str, Field(pattern=r"^[!-~]{1,200}$")]
    amount: Annotated[int, Field(ge=0, le=2**31 - 1)]


# What is told


class CartLine(Schema):
    option: int
    product: int
    name: str
    quantity: int
    unit_price: int
    amount: int
    discount: int
    live: bool
    available: int
    problem: str


class Freight(Schema):
    """`amount` with the order, `collect` at the door; `reasons`: why, as a buyer reads it."""

    seller: int
    seller_name: str
    bundle: str
    amount: int
    extra: int
    collect: int
    reason: str
    reasons: list[str]


class CartOut(Schema):
    """total = goods − discount + shipping, won. A cart holds no stock and no price."""

    id: str
    lines: list[CartLine]
    shipping: list[Freight]
    goods_total: int
    discount_total: int
    shipping_total: int
    collect_total: int
    total: int
    can_order: bool


class OrderLineOut(Schema):
    id: int
    seller: int
    product: int
    option: int
    product_name: str
    option_name: str
    quantity: int
    unit_price: int
    goods_amount: int
    discount_amount: int
    status: str


class OrderOut(Schema):
    """pay_total = goods + shipping − discount, won. Unpaid, its goods are held until `expires_at`."""

    number: str
    placed_at: datetime
    expires_at: datetime | None
    paid_at: datetime | None
    ended_at: datetime | None
    goods_total: int
    shipping_total: int
    discount_total: int
    pay_total: int
    lines: list[OrderLineOut]


class PlacedOut(OrderOut):
    """`guest_token`: with it a guest finds the order again."""

    guest_token: str


class DepositOut(Schema):
    """The virtual account a WAITING_FOR_DEPOSIT payment is awaited in: `bank` is the three-digit code of the bank."""

    bank: str
    account_number: str
    due_at: datetime


class PaymentOut(Schema):
    """`client_key`, `order` and `amount` are what the payment window is opened with."""

    order: str
    status: str
    amount: int
    method: str
    approved_at: datetime | None
    receipt_url: str
    client_key: str
    deposit: DepositOut | None


# Carts


@router.post("/carts", response={201: CartOut}, auth=Needs("checkout:write", people="buyers"))
def create_cart(request: HttpRequest, asked: CartIn) -> HttpResponse:
    """Whoever knows the id of a cart may use it."""

    def made() -> CartOut:
        code = ids.code(32)
        costs = carts.start(CART_PREFIX + code, [(n.option, n.quantity) for n in asked.lines], asked.postcode)
        return _cart_out(code, costs)

    return once(request, 201, asked.model_dump(), made, needed=False)


@router.get("/carts/{cart_id}", response=CartOut, auth=Needs("checkout:write", people="buyers"))
def get_cart(request: HttpRequest, cart_id: CartId, postcode: Postcode = "") -> Any:
    return _cart_out(cart_id, quote(_cart(cart_id), postcode))


@router.put("/carts/{cart_id}/lines/{option_id}", response=CartOut, auth=Needs("checkout:write", people="buyers"))
def put_cart_line(request: HttpRequest, cart_id: CartId, option_id: Id, asked: QuantityIn) -> Any:
    """So many pieces of an option; 0 takes it out."""
    cart, option = _cart(cart_id), get_object_or_404(Option, pk=option_id)
    if asked.quantity and not any(line.option_id == option_id for line in cart.lines.all()):
        carts.put(cart, option, asked.quantity)
    else:
        carts.change(cart, option, asked.quantity)
    return _cart_out(cart_id, quote(_cart(cart_id)))


# Orders


@router.post("/orders", response={201: PlacedOut}, auth=Needs("checkout:write", people="buyers"))
def place(request: Any, asked: OrderIn) -> Any:
    """Holds the goods for fifteen minutes. The same Idempotency-Key twice is one order."""
    caller: Caller = request.caller
    wanted = [Wanted(*line) for line in LINES(session_key=CART_PREFIX + asked.cart)]
    if not wanted:
        get_object_or_404(Cart, session_key=CART_PREFIX + asked.cart)
        raise NothingToOrder()
    order, lines = placed(
        Request(
            caller.user,
            None if caller.user else _guest(asked.guest),
            tuple(wanted),
            Address(**asked.address.model_dump()),
            no_withdrawal=asked.no_withdrawal,
        ),
        key=_order_key(caller, key_of(request)),
        expected_total=asked.expected_total,
    )
    told = _order(order, lines)
    return told | {"guest_token": "" if order.buyer_id else guest_secret_of(order)}


place.needs_idempotency_key = True  # type: ignore[attr-defined]


@router.get("/orders", response=Piece[OrderOut], auth=Needs(people="only"))
def list_orders(request: Any, cursor: Cursor = "", limit: Limit = 20) -> Any:
    """One's own, the newest first."""
    rows = request.caller.orders().prefetch_related("lines__option")
    return piece(rows, cursor, limit, shape=_order)


@router.get("/orders/{number}", response=OrderOut, auth=Needs("orders:read", people="buyers"))
def get_order(request: Any, number: Number) -> Any:
    return _order(get_object_or_404(request.caller.orders(), number=number))


# Payments


@router.post("/payments", response={201: PaymentOut}, auth=Needs("checkout:write", people="buyers"))
def prepare_payment(request: Any, asked: PayIn) -> Any:
    """What the payment window is opened with. Asked again it is the same payment."""
    order = get_object_or_404(request.caller.orders(), number=asked.order)
    return _payment(payments.prepare(order), order.number)


@router.post("/payments/confirm", response=PaymentOut, auth=Needs("checkout:write", people="buyers"))
def confirm_payment(request: Any, asked: ConfirmIn) -> Any:
    """The buyer came back from the window: take the money. The same key again is the same payment."""
    caller: Caller = request.caller
    if caller.sandbox:
        raise errors.NotInSandbox()
    if not caller.bought(asked.order):
        raise errors.NotFound()
    return _payment(payments.confirm(asked.order, asked.payment_key, asked.amount), asked.order)


confirm_payment.also_answers = (202, 402)  # type: ignore[attr-defined]


def _cart(code: str) -> Cart:
    return get_object_or_404(Cart.objects.prefetch_related("lines"), session_key=CART_PREFIX + code)


def _guest(told: GuestIn | None) -> Guest | None:
    """Raises Invalid. None: place_order says that a guest is missing."""
    if told is None:
        return None
    phone = phone_e164(told.phone)
    if phone is None:
        raise errors.Invalid(field="guest.phone")
    return Guest(told.name, told.email, phone)


def _order_key(caller: Caller, key: str) -> str:
    """The order's own idempotency key: which caller, and a hash of theirs. Orders of a shop front are found by it."""
    who = f"{caller.key.pk}" if caller.key else f"u{caller.user.pk if caller.user else 0}"
    return f"api:{who}:{hashlib.sha256(key.encode()).hexdigest()[:36]}"


def _cart_out(code: str, costs: Quote) -> CartOut:
    return CartOut(
        id=code,
        lines=[_cart_line(line) for line in costs.lines],
        shipping=[
            Freight(
                seller=group.seller.pk,
                seller_name=group.seller.name,
                bundle=parcel.key,
                amount=parcel.fee.amount,
                extra=parcel.fee.extra,
                collect=parcel.fee.collect,
                reason=parcel.fee.reason,
                reasons=[str(words) for words in fee_reasons(parcel.fee)],
            )
            for group in costs.groups
            for parcel in group.parcels
        ],
        goods_total=costs.goods,
        discount_total=costs.discount,
        shipping_total=costs.shipping,
        collect_total=costs.collect,
        total=costs.total,
        can_order=costs.can_order,
    )


def _cart_line(line: QuoteLine) -> CartLine:
    return CartLine(
        option=line.option.pk,
        product=line.option.product_id,
        name=str(line.option),
        quantity=line.quantity,
        unit_price=line.price.amount,
        amount=line.amount,
        discount=line.discount,
        live=line.price.is_live,
        available=line.available,
        problem=line.problem,
    )


def _order(order: Order, lines: Iterable[ProductOrder] | None = None) -> dict[str, Any]:
    if lines is None:
        lines = getattr(order, "_prefetched_objects_cache", {}).get("lines")
    if lines is None:
        lines = order.lines.select_related("option").order_by("id")
    return {
        "number": order.number,
        "placed_at": order.placed_at,
        "expires_at": order.expires_at,
        "paid_at": order.paid_at,
        "ended_at": order.ended_at,
        "goods_total": order.goods_total,
        "shipping_total": order.shipping_total,
        "discount_total": order.discount_total,
        "pay_total": order.pay_total,
        "lines": [_order_line(line) for line in lines],
    }


def _order_line(line: ProductOrder) -> dict[str, Any]:
    return {
        "id": line.pk,
        "seller": line.seller_id,
        "product": line.option.product_id,
        "option": line.option_id,
        "product_name": line.product_name,
        "option_name": line.option_name,
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "goods_amount": line.goods_amount,
        "discount_amount": line.discount_amount,
        "status": line.status,
    }


def _payment(payment: Payment, number: str) -> dict[str, Any]:
    return {
        "order": number,
        "status": payment.status,
        "amount": payment.amount,
        "method": payment.method,
        "approved_at": payment.approved_at,
        "receipt_url": payment.receipt_url,
        "client_key": load().toss_client_key,
        "deposit": _deposit(payment) if payment.status == PaymentStatus.WAITING_FOR_DEPOSIT else None,
    }


def _deposit(payment: Payment) -> dict[str, Any]:
    account = payment.virtual_account
    return {"bank": account.bank_code, "account_number": account.number, "due_at": account.due_at}
