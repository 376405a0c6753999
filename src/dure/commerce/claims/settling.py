"""How a claim ends in money and goods, whoever ends it; and what its two sides read of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from dure.commerce.claims.errors import FeeNotReceived, StillHeld
from dure.commerce.claims.models import Claim, Step
from dure.commerce.claims.reckon import Asked, refund_of
from dure.commerce.claims.rules import Refund
from dure.commerce.orders import actions as orders
from dure.commerce.orders.models import ProductOrder, ShippingCharge
from dure.commerce.orders.queries import charge_of
from dure.commerce.pricing import actions as pricing
from dure.commerce.shipping import actions as shipping
from dure.commerce.stock import actions as stock
from dure.commerce.stock import limits
from dure.kit import clock
from dure.kit.outbox import emit
from dure.kit.states import move
from dure.people.models import User


@transaction.atomic
def settle(
    claim: Claim, *, by: User | None, side: str, only_from: Iterable[str], restock: bool = True, said: str = ""
) -> None:
    """Pieces leave the line, goods go back to the stock, the refund is due.

    The refund is reckoned anew: other goods of the parcel may have been claimed since. Raises WrongState, StillHeld,
    FeeNotReceived.
    """
    line = ProductOrder.objects.select_for_update().get(pk=claim.product_order_id)  # first the line, then its claim
    refuse_unfinished(claim)
    move(claim, Claim.Status.DONE, by=by, only_from=only_from, done_at=clock.now())
    # Claims on goods of one parcel wait for each other here: exactly one of them is the last.
    charge = ShippingCharge.objects.select_for_update().get(pk=charge_of(line).pk)
    claim.product_order = line
    fix(claim, refund_of(Asked.of(claim), settling=True))
    returned = claim.kind != Claim.Kind.CANCEL
    line = orders.take_out(line, claim.quantity, kind="returned" if returned else "canceled", by=by, why=claim.reason)
    if not returned:
        stock.release([(line.option_id, claim.quantity)])
        if holder := line.contract.get("counted"):
            limits.give_back([(line.option.product_id, holder, claim.quantity)])
        shipping.catch_up(line)
        if line.live_price_id:
            pricing.give_back([(line.live_price_id, claim.quantity)])
    elif restock:
        stock.take_back(line.option_id, claim.quantity, ref=f"claims.claim:{claim.pk}", by=by)
    if claim.shipping_refund:
        charge.refunded += claim.shipping_refund
        charge.save(update_fields=["refunded"])
    note(claim, Step.What.DONE, side, by, said)
    emit("claims.refund_due", claim, **figures(claim))
    emit("claims.done", claim, **figures(claim))


def refuse_unfinished(claim: Claim) -> None:
    """Raises StillHeld, FeeNotReceived. The rows are read anew: somebody may just have held it."""
    claim.refresh_from_db(fields=["hold_reason", "fee_due", "fee_method", "fee_received_at"])
    if claim.is_held:
        raise StillHeld()
    if claim.fee_is_awaited:
        raise FeeNotReceived()


def fix(claim: Claim, refund: Refund, **also: Any) -> None:
    """Write the figures down."""
    values = {**shown(refund), **also}
    for name, value in values.items():
        setattr(claim, name, value)
    claim.save(update_fields=list(values))


def shown(refund: Refund) -> dict[str, int]:
    """The columns of a claim that hold a refund."""
    return {
        "goods_refund": refund.goods,
        "shipping_refund": refund.shipping,
        "fee_due": refund.fee_due,
        "first_freight": refund.first_freight,
        "return_fee": refund.return_fee,
        "refund_amount": refund.amount,
    }


def figures(claim: Claim) -> dict[str, Any]:
    """What finance needs to know."""
    line = claim.product_order
    return {
        "claim_id": claim.pk,
        "product_order_id": line.pk,
        "order_id": line.order_id,
        "seller_id": line.seller_id,
        "kind": claim.kind,
        "amount": claim.refund_amount,
        "goods_refund": claim.goods_refund,
        "shipping_refund": claim.shipping_refund,
        "return_fee": claim.return_fee,
        "reason": claim.reason,
    }


def note(claim: Claim, what: str, side: str, by: User | None, said: str = "") -> None:
    """One line of the way of a claim, for both sides to read."""
    Step.objects.create(claim=claim, what=what, side=side, said=said.strip()[:1000], at=clock.now(), by=by)
