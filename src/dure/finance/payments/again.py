"""A refund the provider refused for good is asked for once more: it is owed again, under a key of its own."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from dure.commerce.claims.models import Claim
from dure.commerce.orders.models import ProductOrder
from dure.finance.payments import actions
from dure.finance.payments.errors import RefundTooLarge
from dure.finance.payments.models import Payment, Refund
from dure.kit.outbox import emit
from dure.kit.states import move
from dure.people.models import User


def key_of(refund: Refund) -> str:
    """The provider answers a key it knows as it did before: another try has another one."""
    return f"refund-{refund.pk}-{refund.tries}" if refund.tries else f"refund-{refund.pk}"


def voiding_of(refund: Refund) -> str:
    return f"refund:{refund.pk}:{refund.tries}" if refund.tries else f"refund:{refund.pk}"


@transaction.atomic
def ask_again(refund: Refund, *, by: User | None) -> Refund:
    """FAILED becomes REQUESTED. Raises WrongState, RefundTooLarge, PostingRefused."""
    refund = Refund.objects.select_for_update(of=("self",)).select_related("payment__order").get(pk=refund.pk)
    move(refund, Refund.Status.REQUESTED, by=by, tries=refund.tries + 1, failure="")
    room = Payment.objects.filter(pk=refund.payment_id, refunded__lte=F("amount") - refund.amount)
    if not room.update(refunded=F("refunded") + refund.amount):
        raise RefundTooLarge()
    refund.journal = _owed_again(refund)
    refund.save(update_fields=["journal"])
    emit("payments.refund_requested", refund, refund_id=refund.pk)
    return refund


def _owed_again(refund: Refund) -> int | None:
    ref = f"{refund.ref}:{refund.tries}"
    if refund.claim is None:
        return actions.owe_all(ref, refund.payment)
    claim = Claim.objects.get(pk=refund.claim)
    line = ProductOrder.objects.select_related("order__payment").get(pk=claim.product_order_id)
    return actions.authorize(ref, line, claim.pk, claim.goods_refund, claim.shipping_refund, claim.return_fee)
