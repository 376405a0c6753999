from dure.finance.payments import actions, receipts
from dure.finance.payments.models import Payment, Receipt, Refund
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


@on("payments.refund_requested", outside=True)
def ask_the_provider(event: Event) -> None:
    actions.carry_out(Refund.objects.select_related("payment").get(pk=event.payload["refund_id"]))


@on("payments.confirmed")
def a_cash_receipt_is_due(event: Event) -> None:
    receipts.due_for(Payment.objects.get(pk=about(event)))


@on("payments.refunded")
def a_cash_receipt_is_taken_back(event: Event) -> None:
    receipts.taken_back(Refund.objects.select_related("payment").get(pk=about(event)))


@on("payments.receipt_requested", outside=True)
def report_to_the_tax_service(event: Event) -> None:
    receipts.carry_out(Receipt.objects.select_related("payment__order").get(pk=event.payload["receipt_id"]))


def about(event: Event) -> int:
    return int(event.aggregate.rpartition(":")[2])
