"""현금영수증: reported to the tax service for what was paid in cash, and taken back in part with each refund.

조세특례제한법 제126조의3: for whoever asked (`commerce.orders.receipts`). 소득세법 제162조의3 4항 and 시행령 별표 3의3 (since
2021-01-01 with 전자상거래 소매업): from 100,000 won on it is issued even to who did not ask, under 010-000-1234.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Sum

from dure.commerce.orders import receipts as wishes
from dure.commerce.orders.models import CashReceipt
from dure.finance.payments.models import Payment, Receipt, Refund
from dure.finance.payments.ways import CASH
from dure.integrations.toss.client import ReceiptTold, toss
from dure.kit import clock
from dure.kit.errors import DureError
from dure.kit.http import OutsideError
from dure.kit.outbox import emit
from dure.kit.states import move
from dure.people.models import User

UNASKED_FROM = 100_000  # won
UNASKED_NUMBER = "0100001234"


class IssueUnderWay(DureError):
    """A cancel waits for what it cancels."""

    code = "receipt_under_way"


@transaction.atomic
def due_for(payment: Payment) -> Receipt | None:
    """The receipt of a payment in cash that was asked for, or that the law wants. Once per payment."""
    if payment.method not in CASH or not payment.amount:
        return None
    asked = CashReceipt.objects.filter(order=payment.order_id).exists()
    if not asked and payment.amount < UNASKED_FROM:
        return None
    return _make(payment, Receipt.Kind.ISSUE, f"payment:{payment.pk}", payment.amount, unasked=not asked)


@transaction.atomic
def taken_back(refund: Refund) -> Receipt | None:
    """What went back to the buyer is reported as not sold. Once per refund."""
    issued = Receipt.objects.filter(payment=refund.payment_id, kind=Receipt.Kind.ISSUE).first()
    if issued is None or not refund.amount:
        return None
    return _make(refund.payment, Receipt.Kind.CANCEL, f"refund:{refund.pk}", refund.amount)


def _make(payment: Payment, kind: str, ref: str, amount: int, *, unasked: bool = False) -> Receipt:
    told = {"payment": payment, "kind": kind, "amount": amount, "unasked": unasked, "created_at": clock.now()}
    receipt, created = Receipt.objects.get_or_create(ref=ref, defaults=told)
    if created:
        _request(receipt)
    return receipt


def _request(receipt: Receipt) -> None:
    """About the payment: what concerns one payment is carried out in its order."""
    emit("payments.receipt_requested", receipt.payment, receipt_id=receipt.pk)


def carry_out(receipt: Receipt) -> Receipt:
    """Ask the provider, write down its answer. Safe to repeat. Raises OutsideError while the answer is unknown."""
    if receipt.status != Receipt.Status.REQUESTED:
        return receipt
    try:
        told = _ask(receipt)
    except OutsideError as error:
        if error.unknown:
            raise
        return _refused(receipt, f"{error.code} {error.message}")
    if told.status == "FAILED":
        return _refused(receipt, told.failure)
    return _answered(receipt, told)


def _ask(receipt: Receipt) -> ReceiptTold:
    payment, key = receipt.payment, f"receipt-{receipt.pk}-{receipt.tries}"
    if receipt.kind == Receipt.Kind.CANCEL:
        issued = Receipt.objects.get(payment=payment, kind=Receipt.Kind.ISSUE)
        if issued.status == Receipt.Status.REQUESTED:
            raise IssueUnderWay()
        if issued.status == Receipt.Status.FAILED:  # nothing was reported: there is nothing to take back
            return ReceiptTold("", "", "FAILED", receipt.amount, "", "NOT_ISSUED")
        return toss().cancel_receipt(issued.receipt_key, receipt.amount, key=key)
    wish = CashReceipt.objects.filter(order=payment.order_id).first()
    number = wishes.number_of(wish) if wish and not receipt.unasked else UNASKED_NUMBER
    proof = wish is not None and not receipt.unasked and wish.kind == CashReceipt.Kind.PROOF
    name = payment.order.lines.order_by("id").values_list("product_name", flat=True)[0]
    return toss().issue_receipt(payment.order.number, name, to_report(receipt), number=number, proof=proof, key=key)


def to_report(receipt: Receipt) -> int:
    """Won: a receipt issued after a refusal leaves out what went back meanwhile."""
    if receipt.kind == Receipt.Kind.CANCEL or not receipt.tries:
        return receipt.amount
    unreported = receipt.payment.receipts.filter(kind=Receipt.Kind.CANCEL, status=Receipt.Status.FAILED)
    return receipt.amount - (unreported.aggregate(won=Sum("amount"))["won"] or 0)


@transaction.atomic
def _answered(receipt: Receipt, told: ReceiptTold) -> Receipt:
    move(
        receipt,
        Receipt.Status.DONE,
        receipt_key=told.receipt_key,
        issue_number=told.issue_number,
        url=told.url,
        done_at=clock.now(),
    )
    emit(
        "payments.receipt_issued" if receipt.kind == Receipt.Kind.ISSUE else "payments.receipt_canceled",
        receipt,
        order_id=receipt.payment.order_id,
        amount=told.amount,
        issue_number=told.issue_number,
    )
    return receipt


@transaction.atomic
def _refused(receipt: Receipt, failure: str) -> Receipt:
    move(receipt, Receipt.Status.FAILED, why=failure, failure=failure[:300])
    emit("payments.receipt_failed", receipt, order_id=receipt.payment.order_id, failure=failure[:300])
    return receipt


@transaction.atomic
def ask_again(receipt: Receipt, *, by: User | None) -> Receipt:
    """A refused one is tried once more. Raises WrongState."""
    receipt = Receipt.objects.select_for_update(of=("self",)).select_related("payment").get(pk=receipt.pk)
    move(receipt, Receipt.Status.REQUESTED, by=by, tries=receipt.tries + 1, failure="")
    _request(receipt)
    return receipt
