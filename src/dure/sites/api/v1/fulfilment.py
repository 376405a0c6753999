"""A seller's orders: read, 발주확인, 발송처리."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema

from dure.commerce.orders import fulfilment as orders
from dure.commerce.orders.models import ProductOrder
from dure.commerce.shipping import actions as shipping
from dure.sites.api.access import Caller, Needs
from dure.sites.api.once import once
from dure.sites.api.paging import Cursor, Id, Limit, Piece, piece

router = Router()
Status = Literal["PAID", "DELIVERING", "DELIVERED", "PURCHASE_CONFIRMED", "CANCELED", "RETURNED", "EXCHANGED"]


class ParcelOut(Schema):
    method: str
    carrier: str
    waybill: str
    direction: str
    delivered_at: datetime | None


class ProductOrderOut(Schema):
    """상품주문. Amounts are won. `acknowledged_at`: 발주확인. `kept_quantity`: what no claim has taken out."""

    id: int
    order: str
    seller: int
    product: int
    option: int
    product_name: str
    option_name: str
    seller_code: str
    quantity: int
    kept_quantity: int
    sent_quantity: int
    unit_price: int
    goods_amount: int
    discount_amount: int
    status: str
    paid_at: datetime | None
    acknowledged_at: datetime | None
    dispatch_due: date | None
    dispatched_at: datetime | None
    delivered_at: datetime | None
    confirmed_at: datetime | None
    receiver: str
    phone: str
    postcode: str
    address1: str
    address2: str
    memo: str
    parcels: list[ParcelOut]


class DispatchIn(Schema):
    """Without `quantity` all that has not left yet. Only DELIVERY has a carrier and a waybill."""

    carrier: Annotated[str, Field(max_length=20)] = ""
    waybill: Annotated[str, Field(max_length=30)] = ""
    quantity: Annotated[int, Field(ge=1, le=9999)] | None = None
    method: Literal["DELIVERY", "DIRECT_DELIVERY", "VISIT_RECEIPT", "QUICK_SVC", "NOTHING"] = "DELIVERY"


class DelayIn(Schema):
    reason: Literal[
        "PRODUCT_PREPARE", "CUSTOMER_REQUEST", "CUSTOM_BUILD", "RESERVED_DISPATCH", "OVERSEA_DELIVERY", "ETC"
    ]
    due: date
    detail: Annotated[str, Field(max_length=200)] = ""


@router.get("/product-orders", response=Piece[ProductOrderOut], auth=Needs("orders:read", people="sellers"))
def list_product_orders(
    request: HttpRequest,
    status: Status | None = None,
    acknowledged: bool | None = None,
    order: Annotated[str, Query("", max_length=20)] = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Any:
    """Paid lines, the newest first."""
    rows = _lines(request)
    if status:
        rows = rows.filter(status=status)
    if acknowledged is not None:
        rows = rows.filter(acknowledged_at__isnull=not acknowledged)
    if order:
        rows = rows.filter(order__number=order)
    return piece(rows, cursor, limit, shape=line_out)


@router.get("/product-orders/{line_id}", response=ProductOrderOut, auth=Needs("orders:read", people="sellers"))
def get_product_order(request: HttpRequest, line_id: Id) -> Any:
    return line_out(get_object_or_404(_lines(request), pk=line_id))


@router.post(
    "/product-orders/{line_id}/acknowledge", response=ProductOrderOut, auth=Needs("orders:write", people="sellers")
)
def acknowledge_product_order(request: HttpRequest, line_id: Id) -> HttpResponse:
    """발주확인."""
    return _deed(request, line_id, {}, lambda line, caller: orders.acknowledge(line, by=caller.actor))


@router.post(
    "/product-orders/{line_id}/dispatch", response=ProductOrderOut, auth=Needs("orders:write", people="sellers")
)
def dispatch_product_order(request: HttpRequest, line_id: Id, asked: DispatchIn) -> HttpResponse:
    """발송처리. A line that was not acknowledged is acknowledged with it."""
    return _deed(
        request,
        line_id,
        asked.model_dump(),
        lambda line, caller: shipping.dispatch(
            [line],
            asked.carrier,
            asked.waybill,
            by=caller.actor,
            pieces={line.pk: asked.quantity} if asked.quantity else None,
            method=asked.method,
        ),
    )


@router.post("/product-orders/{line_id}/delay", response=ProductOrderOut, auth=Needs("orders:write", people="sellers"))
def delay_product_order(request: HttpRequest, line_id: Id, asked: DelayIn) -> HttpResponse:
    """발송지연 안내, once a line."""
    return _deed(
        request,
        line_id,
        asked.model_dump(mode="json"),
        lambda line, caller: orders.announce_delay(
            line, reason=asked.reason, due=asked.due, detail=asked.detail, by=caller.actor
        ),
    )


def _deed(request: Any, line_id: int, body: Any, deed: Callable[[ProductOrder, Caller], Any]) -> HttpResponse:
    line = get_object_or_404(_lines(request), pk=line_id)

    def done() -> ProductOrderOut:
        deed(line, request.caller)
        return ProductOrderOut(**line_out(_lines(request).get(pk=line_id)))

    return once(request, 200, body, done, needed=False)


def _lines(request: Any) -> Any:
    return request.caller.lines().select_related("order", "option__product").prefetch_related("parcels")


def line_out(line: ProductOrder) -> dict[str, Any]:
    order = line.order
    return {
        "id": line.pk,
        "order": order.number,
        "seller": line.seller_id,
        "product": line.option.product_id,
        "option": line.option_id,
        "product_name": line.product_name,
        "option_name": line.option_name,
        "seller_code": line.option.seller_code,
        "quantity": line.quantity,
        "kept_quantity": line.kept_quantity,
        "sent_quantity": line.sent_quantity,
        "unit_price": line.unit_price,
        "goods_amount": line.goods_amount,
        "discount_amount": line.discount_amount,
        "status": line.status,
        "paid_at": line.paid_at,
        "acknowledged_at": line.acknowledged_at,
        "dispatch_due": line.dispatch_due,
        "dispatched_at": line.dispatched_at,
        "delivered_at": line.delivered_at,
        "confirmed_at": line.confirmed_at,
        "receiver": order.receiver,
        "phone": order.phone,
        "postcode": order.postcode,
        "address1": order.address1,
        "address2": order.address2,
        "memo": order.memo,
        "parcels": [
            {
                "method": parcel.method,
                "carrier": parcel.carrier,
                "waybill": parcel.waybill,
                "direction": parcel.direction,
                "delivered_at": parcel.delivered_at,
            }
            for parcel in line.parcels.all()
        ],
    }
