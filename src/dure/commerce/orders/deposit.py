"""An order whose buyer will send the money to a virtual account: it keeps its goods until the account's time is over."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Greatest

from dure.commerce.orders.errors import OrderExpired
from dure.commerce.orders.models import Order


@transaction.atomic
def await_deposit(order: Order, *, due: datetime, until: datetime) -> None:
    """Hold the goods until `until`; what the buyer has to pay does not change any more. Raises OrderExpired."""
    waiting = Order.objects.filter(pk=order.pk, ended_at=None, paid_at=None)
    if not waiting.update(expires_at=Greatest("expires_at", Value(until)), deposit_due=due):
        raise OrderExpired()
