"""A line of an order in the shape of Naver's `product-orders/query`, and what the tools send."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from dure.commerce.claims.models import Claim
from dure.commerce.orders.models import DispatchDelay, ProductOrder
from dure.commerce.pricing.rules import commission, commission_vat
from dure.kit.clock import KST
from dure.sites.api.models import Change
from dure.sites.api.naver import codes

ProductOrderId = Annotated[str, Field(pattern=r"^[0-9]{1,18}$")]


class Ids(BaseModel):
    productOrderIds: Annotated[list[ProductOrderId], Field(min_length=1, max_length=300)]


class ConfirmIds(BaseModel):
    productOrderIds: Annotated[list[ProductOrderId], Field(min_length=1, max_length=30)]


class Dispatched(BaseModel):
    productOrderId: ProductOrderId
    deliveryMethod: str = "DELIVERY"
    deliveryCompanyCode: Annotated[str, Field(max_length=20)] = ""
    trackingNumber: Annotated[str, Field(max_length=40)] = ""
    dispatchDate: datetime | None = None


class Dispatch(BaseModel):
    dispatchProductOrders: Annotated[list[Dispatched], Field(min_length=1, max_length=30)]


class Delay(BaseModel):
    dispatchDueDate: datetime
    delayedDispatchReason: DispatchDelay.Reason
    dispatchDelayedDetailedReason: Annotated[str, Field(max_length=200)] = ""


class Rejected(BaseModel):
    rejectReturnReason: Annotated[str, Field(max_length=1000)] = ""
    rejectExchangeReason: Annotated[str, Field(max_length=1000)] = ""


class Redelivery(BaseModel):
    reDeliveryMethod: str = "DELIVERY"
    reDeliveryCompany: Annotated[str, Field(max_length=20)]
    reDeliveryTrackingNumber: Annotated[str, Field(max_length=40)]


class Changed(BaseModel):
    """The query string of `last-changed-statuses`."""

    lastChangedFrom: datetime
    lastChangedTo: datetime | None = None
    lastChangedType: str = ""
    moreSequence: Annotated[str, Field(pattern=r"^[0-9]{0,18}$")] = ""
    limitCount: Annotated[int, Field(ge=1)] = 300


def when(moment: datetime | None) -> str | None:
    """`2026-11-24T21:40:00.000+09:00`, as the tools read it."""
    return moment.astimezone(KST).isoformat(timespec="milliseconds") if moment else None


def status_row(change: Change, claim: Claim | None) -> dict[str, Any]:
    line = change.product_order
    return {
        "productOrderId": str(line.pk),
        "orderId": line.order.number,
        "productOrderStatus": codes.LINE[line.status],
        "paymentDate": when(line.paid_at),
        "lastChangedDate": when(change.changed_at),
        "lastChangedType": change.kind,
        "receiverAddressChanged": change.kind == "DELIVERY_ADDRESS_CHANGED",
        **_claim_codes(claim),
    }


def detail(line: ProductOrder) -> dict[str, Any]:
    """Needs order, option, parcels and claims fetched with it."""
    claim = max(line.claims.all(), key=lambda c: c.pk, default=None)
    told: dict[str, Any] = {"order": _order(line), "productOrder": _product_order(line, claim)}
    if out := next((p for p in line.parcels.all() if p.direction == "OUT"), None):
        told["delivery"] = {
            "deliveryMethod": out.method,
            "deliveryCompany": codes.company_of(out.carrier),
            "trackingNumber": out.waybill,
            "sendDate": when(line.dispatched_at),
            "deliveredDate": when(line.delivered_at),
            "deliveryStatus": "DELIVERY_COMPLETION" if out.delivered_at else "DELIVERING",
            "isWrongTrackingNumber": False,
        }
    if claim:
        told[claim.kind.lower()] = _claim(claim)
    return told


def _order(line: ProductOrder) -> dict[str, Any]:
    order = line.order
    return {
        "orderId": order.number,
        "orderDate": when(order.placed_at),
        "paymentDate": when(order.paid_at),
        "ordererName": order.receiver,
        "ordererTel": order.phone,
        "orderDiscountAmount": order.discount_total,
        "generalPaymentAmount": order.pay_total,
        "isDeliveryMemoParticularInput": "false",
    }


def _product_order(line: ProductOrder, claim: Claim | None) -> dict[str, Any]:
    order, delay = line.order, getattr(line, "delay", None)
    fee = commission(line.paid_amount, line.commission_bp)
    fee += commission_vat(fee)
    return {
        "productOrderId": str(line.pk),
        "productOrderStatus": codes.LINE[line.status],
        "placeOrderStatus": "OK" if line.acknowledged_at else "NOT_YET",
        "placeOrderDate": when(line.acknowledged_at),
        "productId": str(line.option.product_id),
        "productName": line.product_name,
        "productOption": line.option_name,
        "optionCode": str(line.option_id),
        "optionManageCode": line.option.seller_code,
        "sellerProductCode": line.option.seller_code,
        "quantity": line.quantity,
        "initialQuantity": line.quantity,
        "remainQuantity": line.kept_quantity,
        "unitPrice": line.unit_price,
        "totalProductAmount": line.goods_amount,
        "initialProductAmount": line.goods_amount,
        "productDiscountAmount": line.discount_amount,
        "sellerBurdenDiscountAmount": line.seller_discount,
        "totalPaymentAmount": line.paid_amount,
        "initialPaymentAmount": line.paid_amount,
        "saleCommission": fee,
        "expectedSettlementAmount": line.goods_amount - line.seller_discount - fee,
        "packageNumber": f"{order.number}-{line.seller_id}",
        "shippingDueDate": when(_end_of(line.dispatch_due)),
        "sendDate": when(line.dispatched_at),
        "deliveredDate": when(line.delivered_at),
        "decisionDate": when(line.confirmed_at),
        "delayedDispatchReason": delay.reason if delay else None,
        "delayedDispatchDetailedReason": delay.detail if delay else None,
        "shippingMemo": order.memo,
        "shippingAddress": {
            "addressType": "DOMESTIC",
            "name": order.receiver,
            "tel1": order.phone,
            "tel2": "",
            "zipCode": order.postcode,
            "baseAddress": order.address1,
            "detailedAddress": order.address2,
            "isRoadNameAddress": True,
        },
        **_claim_codes(claim),
    }


def _claim(claim: Claim) -> dict[str, Any]:
    name = claim.kind.lower()
    return {
        **_claim_codes(claim),
        "claimRequestDate": when(claim.opened_at),
        f"{name}Reason": claim.reason,
        f"{name}DetailedReason": claim.detail,
        "requestQuantity": claim.quantity,
        "claimDeliveryFeeDemandAmount": claim.return_fee,
        "collectDeliveryCompany": codes.company_of(claim.collect_carrier),
        "collectTrackingNumber": claim.collect_waybill,
        "collectCompletedDate": when(claim.collected_at),
        f"{name}CompletedDate": when(claim.done_at),
    }


def _claim_codes(claim: Claim | None) -> dict[str, Any]:
    if claim is None:
        return {}
    return {
        "claimId": str(claim.pk),
        "claimType": claim.kind,
        "claimStatus": codes.CLAIM[claim.kind, claim.status],
    }


def _end_of(day: Any) -> datetime | None:
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=KST) if day else None
