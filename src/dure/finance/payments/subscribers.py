from dure.finance.payments import actions
from dure.finance.payments.models import Refund
from dure.kit.models import Event
from dure.kit.outbox import on


@on("claims.refund_due")
def owe_it_to_the_buyer(event: Event) -> None:
    told = event.payload
    actions.refund_claim(
        claim_id=told["claim_id"],
        product_order_id=told["product_order_id"],
        goods=told["goods_refund"],
        shipping=told["shipping_refund"],
        return_fee=told["return_fee"],
        reason=told["reason"],
    )


@on("payments.refund_requested")
def ask_the_provider(event: Event) -> None:
    actions.carry_out(Refund.objects.select_related("payment").get(pk=event.payload["refund_id"]))
