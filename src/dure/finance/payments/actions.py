"""Taking money and giving it back.

The provider is called between two transactions, never inside one that decides: first we write down what we are about to
ask, then we ask, then we write down what was answered. A process that dies in between leaves a row that
`recover_unfinished` finds, looks up at the provider, and finishes.
"""

from __future__ import annotations

from contextlib import nullcontext, suppress
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from psycopg.types.numeric import Int8

from dure.commerce.claims import actions as claims
from dure.commerce.claims.models import Claim
from dure.commerce.claims.reckon import gone_from
from dure.commerce.orders import actions as orders
from dure.commerce.orders.errors import OrderExpired
from dure.commerce.orders.models import Order, ProductOrder, ShippingCharge
from dure.commerce.orders.queries import agency_shares, charge_of
from dure.finance.ledger import postings
from dure.finance.ledger.models import Kind
from dure.finance.ledger.queries import held_for_line, is_posted
from dure.finance.ledger.rules import Share, share
from dure.finance.payments import again, virtual
from dure.finance.payments.errors import (
    AmountDiffers,
    NothingToPay,
    PaymentKeyUsed,
    PaymentRefused,
    PaymentUnknown,
    RefundTooLarge,
)
from dure.finance.payments.models import Payment, PaymentStatus, ProviderRow, Refund
from dure.integrations.toss.client import PAID_BEFORE, PaymentTold, toss
from dure.kit import clock
from dure.kit.errors import DureError
from dure.kit.http import OutsideError
from dure.kit.log import request_id
from dure.kit.outbox import emit
from dure.kit.prepared import Prepared, Slot
from dure.kit.states import WrongState, move

log = structlog.get_logger()

PATIENCE = timedelta(minutes=1)  # after which an unanswered confirm is looked up
LOOKED_UP_WITHIN = timedelta(minutes=5)  # an order keeps its goods that long after a confirm was sent


@transaction.atomic
def prepare(order: Order) -> Payment:
    """What the payment window is opened with. The order's total may still change with its address. Raises OrderExpired."""
    order = Order.objects.select_for_update().get(pk=order.pk)
    if order.ended_at:
        raise OrderExpired()
    payment, _created = Payment.objects.get_or_create(
        order=order, defaults={"amount": order.pay_total, "created_at": clock.now()}
    )
    if payment.status in {PaymentStatus.READY, PaymentStatus.ABORTED} and payment.amount != order.pay_total:
        payment.amount = order.pay_total
        payment.save(update_fields=["amount"])
    return payment


def confirm(order_number: str, payment_key: str, amount: int) -> Payment:
    """The buyer came back from the window: take the money. Again with the same key: the same payment.

    Raises NothingToPay, AmountDiffers, OrderExpired, PaymentKeyUsed, PaymentRefused, PaymentUnknown (the worker finishes
    it).
    """
    payment = _asked(order_number, payment_key, amount) or _begin(order_number, payment_key, amount)
    if payment.status in Payment.SETTLED:
        return payment
    try:
        told = toss().confirm(payment_key, order_number, amount, key=f"confirm-{payment.pk}-{payment_key}")
    except OutsideError as error:
        told = _after_error(payment, error)
    return finish(payment, told)


def _asked(order_number: str, payment_key: str, amount: int) -> Payment | None:
    """The usual case in one statement: an open order of this amount, nobody asking. None: look closer (`_begin`).

    Raises PaymentKeyUsed.
    """
    moment = clock.now()
    asked: dict[str, Any] = {
        "number": order_number, "key": payment_key, "amount": Int8(amount), "now": moment,
        "until": moment + LOOKED_UP_WITHIN, "request": request_id(),
    }  # fmt: skip
    try:
        guarded = transaction.atomic() if connection.in_atomic_block else nullcontext()
        with guarded, connection.cursor() as cursor:
            cursor.execute(ASK, asked)
            found = cursor.fetchone()
    except IntegrityError as error:
        raise PaymentKeyUsed() from error
    if found is None:
        return None
    payment = Payment(pk=found[0], order_id=found[1], status=PaymentStatus.IN_PROGRESS, amount=amount)
    payment._state.adding = False
    return payment


ASK = """
    WITH open AS (
      UPDATE orders_order SET expires_at = greatest(expires_at, %(until)s)
       WHERE number = %(number)s AND ended_at IS NULL AND paid_at IS NULL AND pay_total = %(amount)s
      RETURNING id),
    before AS (SELECT p.status FROM payments_payment p JOIN orders_order o ON o.id = p.order_id AND o.number = %(number)s),
    asked AS (
      INSERT INTO payments_payment AS p (order_id, status, amount, payment_key, method, refunded, failure, receipt_url,
                                         told, created_at, asked_at)
      SELECT id, 'IN_PROGRESS', %(amount)s, %(key)s, '', 0, '', '', '{}', %(now)s, %(now)s FROM open
      ON CONFLICT (order_id) DO UPDATE
        SET status = 'IN_PROGRESS', payment_key = excluded.payment_key, asked_at = excluded.asked_at, failure = ''
        WHERE p.status IN ('READY', 'ABORTED') AND p.amount = excluded.amount
      RETURNING id, order_id),
    told AS (
      INSERT INTO kit_auditentry (at, action, subject, why, detail, request_id)
      SELECT %(now)s, 'payments.payment.in_progress', 'payments.payment:' || id, '',
             jsonb_build_object('came_from', coalesce((SELECT status FROM before), 'READY')), %(request)s::text FROM asked)
    SELECT id, order_id FROM asked
"""


@transaction.atomic
def _begin(order_number: str, payment_key: str, amount: int) -> Payment:
    """A headless shop opens the window itself: there may be no payment yet."""
    order = (
        Order.objects.select_for_update().filter(number=order_number).first()
    )  # before its payment, as `finish` does
    if order is None:
        raise NothingToPay()
    payment = Payment.objects.select_for_update().filter(order=order).first() or prepare(order)
    payment.order = order
    if payment.status in Payment.SETTLED:
        return payment
    if payment.amount != amount or payment.order.pay_total != amount:
        raise AmountDiffers()
    _hold_goods(payment.order, until=clock.now() + LOOKED_UP_WITHIN)
    if payment.status == PaymentStatus.IN_PROGRESS:
        if payment.payment_key == payment_key:
            return payment
        raise PaymentUnknown()  # an earlier try may have taken the money: this one is not confirmed before that is known
    try:
        with transaction.atomic():
            move(
                payment,
                PaymentStatus.IN_PROGRESS,
                only_from=[PaymentStatus.READY, PaymentStatus.ABORTED],
                payment_key=payment_key,
                asked_at=clock.now(),
                failure="",
            )
    except IntegrityError as error:
        raise PaymentKeyUsed() from error
    return payment


def _hold_goods(order: Order, *, until: datetime) -> None:
    """For the confirm that is about to be sent; goods given back meanwhile are taken again. Raises OrderExpired."""
    try:
        orders.keep_open(order, until=until)
    except OrderExpired:
        orders.revive(order, until=until)


def _after_error(payment: Payment, error: OutsideError) -> PaymentTold:
    """What to make of a confirm that did not say yes. Raises PaymentRefused, PaymentUnknown."""
    if error.unknown:
        raise PaymentUnknown() from error
    if error.code in PAID_BEFORE and (told := _of_order(payment)):
        return told
    with suppress(WrongState), transaction.atomic():  # a webhook may have been faster
        move(payment, PaymentStatus.ABORTED, why=f"{error.code} {error.message}", failure=error.message[:300])
    raise PaymentRefused(reason=error.message) from error


def _of_order(payment: Payment) -> PaymentTold | None:
    """The payment the provider took for this order, or awaits in an account, if it does. Raises PaymentUnknown."""
    try:
        told = toss().payment_of_order(payment.order.number)
    except OutsideError as error:
        raise PaymentUnknown() from error
    return told if told and virtual.is_yes(told) else None


@transaction.atomic
def finish(payment: Payment, told: PaymentTold) -> Payment:
    """Write down what the provider says of a payment: money taken marks the order paid and is held in the ledger.

    Money for an order that has given its goods back meanwhile buys them again if they are still there; else it is refunded
    whole. Raises PaymentRefused.
    """
    order, ordered = orders.to_settle(payment.order_id)
    (payment,) = LOCKED(id=payment.pk)
    payment.order = order
    if payment.status in Payment.TOOK_MONEY:
        return payment
    if told.status == PaymentStatus.WAITING_FOR_DEPOSIT and payment.status == PaymentStatus.IN_PROGRESS:
        return virtual.issued(payment, told)
    if not virtual.took_money(told):
        raise PaymentUnknown()
    if told.total != payment.amount:
        raise AmountDiffers()
    moment = clock.now()
    move(
        payment,
        PaymentStatus.DONE,
        payment_key=told.payment_key,
        method=told.method,
        receipt_url=told.receipt_url,
        told=told.raw,
        approved_at=moment,
    )
    postings.paid(
        f"payment:{payment.pk}", {line.pk: line.paid_amount for line in ordered}, dict(CHARGES(order=order.pk))
    )
    try:
        if told.status == PaymentStatus.DONE and order.ended_at:
            orders.revive(order, until=moment + LOOKED_UP_WITHIN)
            order, ordered = orders.to_settle(order.pk)
        orders.settle(order, ordered, at=moment)
    except OrderExpired:
        _refund_late(payment)
        return payment
    emit("payments.confirmed", payment, order_id=payment.order_id, amount=payment.amount)
    return payment


LOCKED = Prepared(lambda: Payment.objects.select_for_update().filter(pk=Slot("id", "bigint")))
CHARGES = Prepared(
    lambda: ShippingCharge.objects.filter(order_id=Slot("order", "bigint")).order_by().values_list("pk", "amount")
)


def _refund_late(payment: Payment) -> None:
    """The order's time was over before the money came: all of it goes back."""
    ref = f"late:{payment.pk}"
    _request(payment, ref, payment.amount, "주문 시간이 지나 자동으로 환불했어요", owe_all(ref, payment), None)


def owe_all(ref: str, payment: Payment) -> int:
    """Everything that is held for an order becomes owed to its buyer."""
    lines = {line.pk: line.paid_amount for line in payment.order.lines.all()}
    charges = {c.pk: c.amount for c in payment.order.shipping_charges.all()}
    return postings.refund_authorized(ref, lines, charges)


# Refunds


@transaction.atomic
def refund_claim(
    *, claim_id: int, product_order_id: int, goods: int, shipping: int, return_fee: int, reason: str
) -> Refund:
    """First phase of a claim's refund: the ledger owes it to the buyer, and the provider will be asked. Once per claim.

    `goods`, `shipping`: won that go back; the seller keeps `return_fee` of it. Raises RefundTooLarge, PostingRefused.
    """
    if known := Refund.objects.filter(ref=f"claim:{claim_id}").first():
        return known
    line = ProductOrder.objects.select_related("order__payment").get(pk=product_order_id)
    journal = authorize(f"claim:{claim_id}", line, claim_id, goods, shipping, return_fee)
    payment: Payment = line.order.payment
    return _request(payment, f"claim:{claim_id}", goods + shipping - return_fee, reason, journal, claim_id)


def authorize(ref: str, line: ProductOrder, claim_id: int, goods: int, shipping: int, return_fee: int) -> int:
    """The ledger's first phase: from what is held for this very line, or, when that is the seller's already, from our
    own money with the seller owing it back."""
    charge = charge_of(line)
    earned = return_fee if is_posted(Kind.RETURN_FEE_EARNED, f"claim:{claim_id}") else 0
    if held_for_line(line.pk) >= goods - earned:
        # The return fee stays held for the line, until the settlement gives it to the seller; or it did so before us.
        return postings.refund_authorized(ref, {line.pk: goods - return_fee}, {charge.pk: shipping})
    return postings.refund_after_settlement(
        ref,
        seller=line.seller_id,
        order_line=line.pk,
        taken_back=taken_back(line, Claim.objects.get(pk=claim_id)),
        shipping=shipping,
        return_fee=return_fee,
    )


def taken_back(line: ProductOrder, claim: Claim) -> Share:
    """The share of the pieces the claim took out: what was left before it, less what is left after it."""
    refunded = gone_from(line)
    left = line.kept_quantity

    agencies = agency_shares(line)

    def share_of(pieces: int, given_back: int) -> Share:
        return share(
            unit_price=line.unit_price,
            quantity=line.quantity,
            left=pieces,
            discount=line.discount_amount,
            seller_discount=line.seller_discount,
            refunded=given_back,
            commission_bp=line.commission_bp,
            agencies=agencies,
        )

    return share_of(left + claim.quantity, refunded - claim.goods_refund) - share_of(left, refunded)


def _request(payment: Payment, ref: str, amount: int, reason: str, journal: int, claim: int | None) -> Refund:
    room = Payment.objects.filter(pk=payment.pk, refunded__lte=F("amount") - amount)
    if not room.update(refunded=F("refunded") + amount):
        raise RefundTooLarge()
    refund = Refund.objects.create(
        payment=payment,
        ref=ref,
        amount=amount,
        reason=reason[:200],
        journal=journal,
        claim=claim,
        created_at=clock.now(),
    )
    emit("payments.refund_requested", refund, refund_id=refund.pk)
    virtual.ask_for_account(refund)
    return refund


def carry_out(refund: Refund) -> Refund:
    """Second phase: ask the provider, then write down its answer. Safe to repeat: the key is the refund's own.

    Raises OutsideError while the answer is unknown; a refusal for good is written down (FAILED) and undone in the ledger.
    """
    if refund.status != Refund.Status.REQUESTED:
        return refund
    if refund.amount == 0:
        return _refund_answered(refund, None)
    if virtual.waits_for_account(refund):
        return refund
    try:
        told = toss().cancel(
            str(refund.payment.payment_key),
            refund.reason,
            key=again.key_of(refund),
            amount=refund.amount,
            **virtual.into_account(refund.payment),
        )
    except OutsideError as error:
        if error.unknown:
            raise
        return _refund_refused(refund, error)
    return _refund_answered(refund, told)


@transaction.atomic
def _refund_answered(refund: Refund, told: PaymentTold | None) -> Refund:
    moment = clock.now()
    key = told.cancels[-1].transaction_key if told and told.cancels else ""
    move(refund, Refund.Status.DONE, transaction_key=key, done_at=moment)
    if refund.amount:
        postings.refund_done(f"refund:{refund.pk}", refund.amount)
        payment = Payment.objects.select_for_update().get(pk=refund.payment_id)
        back = sum(payment.refunds.filter(status=Refund.Status.DONE).values_list("amount", flat=True))
        whole = PaymentStatus.CANCELED if back == payment.amount else PaymentStatus.PARTIAL_CANCELED
        move(payment, whole, told=told.raw if told else payment.told)
    if refund.claim:
        claims.mark_refunded(refund.claim, at=moment)
    emit("payments.refunded", refund, claim_id=refund.claim, amount=refund.amount, order_id=refund.payment.order_id)
    return refund


@transaction.atomic
def _refund_refused(refund: Refund, error: OutsideError) -> Refund:
    move(refund, Refund.Status.FAILED, why=f"{error.code} {error.message}", failure=error.message[:300])
    if refund.journal:
        postings.refund_voided(again.voiding_of(refund), refund.journal)
    Payment.objects.filter(pk=refund.payment_id).update(refunded=F("refunded") - refund.amount)
    emit("payments.refund_failed", refund, claim_id=refund.claim, amount=refund.amount, code=error.code)
    return refund


# What was left unfinished


def recover_unfinished(limit: int = 200) -> int:
    """Look up confirms that nobody has heard the answer of, and finish them. Returns how many were settled."""
    moment = clock.now()
    waiting = (
        Payment.objects.filter(status=PaymentStatus.IN_PROGRESS, asked_at__lte=moment - PATIENCE)
        .select_related("order")
        .order_by("asked_at")[:limit]
    )
    return sum(_recover(payment) for payment in waiting)


def on_payment_hint(order_number: str) -> bool:
    """A webhook says something changed: look it up. False when there was nothing of ours to finish."""
    payment = Payment.objects.filter(order__number=order_number, status=PaymentStatus.IN_PROGRESS).first()
    return payment is not None and _recover(payment)


def _recover(payment: Payment) -> bool:
    try:
        told = toss().payment_of_order(payment.order.number)
        if told is not None and told.status == "IN_PROGRESS" and payment.order.ended_at is None:
            told = _confirm_again(payment, told)
        if told is not None and virtual.is_yes(told):
            finish(payment, told)
            return True
    except (OutsideError, DureError) as error:  # one that cannot be finished does not keep the others waiting
        log.warning("payment_still_unknown", order=payment.order.number, error=str(error))
        return False
    over = told is None or told.status == "EXPIRED" or payment.order.ended_at is not None
    failure = told.failure if told else ""
    with suppress(WrongState), transaction.atomic():  # the buyer's own request may have been faster
        move(payment, PaymentStatus.EXPIRED if over else PaymentStatus.ABORTED, why="looked up", failure=failure)
    return True


def _confirm_again(payment: Payment, told: PaymentTold) -> PaymentTold | None:
    """The buyer agreed and the money was not taken yet: take it. After a refusal for good, what it has come to."""
    number = payment.order.number
    try:
        return toss().confirm(told.payment_key, number, payment.amount, key=f"confirm-{payment.pk}-{told.payment_key}")
    except OutsideError as error:
        if error.unknown:
            raise
        return toss().payment_of_order(number)


# The provider pays us


def book_provider_payout(day: date) -> int:
    """Book the provider's settlement rows of a day: its money is in the segregated bank, its fee is ours to bear.

    Each row once, however often it is asked. Returns how many rows were new.
    """
    booked = 0
    for row in toss().settlements(f"{day:%Y-%m-%d}"):
        payment = Payment.objects.filter(payment_key=row.payment_key).first()
        with transaction.atomic():
            kept, created = ProviderRow.objects.get_or_create(
                transaction_key=row.transaction_key,
                defaults={
                    "payment": payment,
                    "amount": row.amount,
                    "fee": row.fee,
                    "fee_vat": row.vat,
                    "paid_out_on": day,
                    "booked_at": clock.now(),
                    "told": row.raw,
                },
            )
            if created:
                postings.pg_settled(f"provider:{kept.pk}", row.amount, row.fee, row.vat, on=day)
                booked += 1
    return booked
