"""Our codes and those of Naver's Commerce API, in one place. Every mapping is total: a test walks them."""

from __future__ import annotations

from dure.integrations.carrier.carriers import BY_NAVER, CARRIERS

LINE = {  # productOrderStatus
    "PAYMENT_WAITING": "PAYMENT_WAITING",
    "PAID": "PAYED",
    "DELIVERING": "DELIVERING",
    "DELIVERED": "DELIVERED",
    "PURCHASE_CONFIRMED": "PURCHASE_DECIDED",
    "CANCELED": "CANCELED",
    "RETURNED": "RETURNED",
    "EXCHANGED": "EXCHANGED",
    "CANCELED_BY_NOPAYMENT": "CANCELED_BY_NOPAYMENT",
}
CLAIM = {  # (claimType, our status) → claimStatus
    ("CANCEL", "REQUESTED"): "CANCEL_REQUEST",
    ("CANCEL", "COLLECTING"): "CANCELING",
    ("CANCEL", "COLLECTED"): "CANCELING",
    ("CANCEL", "REDELIVERING"): "CANCELING",
    ("CANCEL", "DONE"): "CANCEL_DONE",
    ("CANCEL", "WITHDRAWN"): "CANCEL_REJECT",
    ("CANCEL", "REJECTED"): "CANCEL_REJECT",
    ("RETURN", "REQUESTED"): "RETURN_REQUEST",
    ("RETURN", "COLLECTING"): "COLLECTING",
    ("RETURN", "COLLECTED"): "COLLECT_DONE",
    ("RETURN", "REDELIVERING"): "COLLECT_DONE",
    ("RETURN", "DONE"): "RETURN_DONE",
    ("RETURN", "WITHDRAWN"): "RETURN_REJECT",
    ("RETURN", "REJECTED"): "RETURN_REJECT",
    ("EXCHANGE", "REQUESTED"): "EXCHANGE_REQUEST",
    ("EXCHANGE", "COLLECTING"): "COLLECTING",
    ("EXCHANGE", "COLLECTED"): "COLLECT_DONE",
    ("EXCHANGE", "REDELIVERING"): "EXCHANGE_REDELIVERING",
    ("EXCHANGE", "DONE"): "EXCHANGE_DONE",
    ("EXCHANGE", "WITHDRAWN"): "EXCHANGE_REJECT",
    ("EXCHANGE", "REJECTED"): "EXCHANGE_REJECT",
}
CHANGES = {  # our events → lastChangedType
    "orders.paid": "PAYED",
    "orders.address_changed": "DELIVERY_ADDRESS_CHANGED",
    "orders.dispatched": "DISPATCHED",
    "orders.purchase_confirmed": "PURCHASE_DECIDED",
    "claims.opened": "CLAIM_REQUESTED",
    "claims.collected": "COLLECT_DONE",
    "claims.redelivering": "CLAIM_REDELIVERING",
    "claims.rejected": "CLAIM_REJECTED",
    "claims.withdrawn": "CLAIM_REJECTED",
    "claims.done": "CLAIM_COMPLETED",
    "claims.exchanged": "CLAIM_COMPLETED",
}
CHANGE_TYPES = {  # what a tool may ask for; those we never make are answered with nothing
    *CHANGES.values(),
    "PAY_WAITING",
    "EXCHANGE_OPTION",
    "GIFT_RECEIVED",
    "HOPE_DELIVERY_INFO_CHANGED",
}
BY_HAND = {
    "DIRECT_DELIVERY",
    "VISIT_RECEIPT",
    "QUICK_SVC",
    "NOTHING",
}  # deliveryMethod without a waybill; the same here


def carrier_of(company: str) -> str:
    """Our code for a deliveryCompanyCode; one of ours is understood too."""
    return BY_NAVER[company].code if company in BY_NAVER else company


def company_of(carrier: str) -> str:
    """The deliveryCompanyCode for a carrier of ours."""
    return CARRIERS[carrier].naver if carrier in CARRIERS else carrier
