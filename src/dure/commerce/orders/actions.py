"""What happens to an order: placed, paid or expired, seen by the seller, sent, confirmed. A file per stretch of the way."""

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
    stand_in,
    take_back_acknowledgement,
    take_out,
)
from dure.commerce.orders.payment import expire, expire_unpaid, keep_open, mark_paid, revive, settle, to_settle
from dure.commerce.orders.placing import HOLD, Address, Guest, Wanted, place_order, set_address

__all__ = [
    "HOLD",
    "Address",
    "Guest",
    "Wanted",
    "acknowledge",
    "acknowledge_all",
    "announce_delay",
    "auto_confirm",
    "confirm_purchase",
    "expire",
    "expire_unpaid",
    "hold_confirmation",
    "keep_open",
    "mark_delivered",
    "mark_dispatched",
    "mark_paid",
    "place_order",
    "refuse_open_claim",
    "release_confirmation",
    "revive",
    "set_address",
    "settle",
    "stand_in",
    "take_back_acknowledgement",
    "take_out",
    "to_settle",
]
