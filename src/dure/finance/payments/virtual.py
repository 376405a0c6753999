"""가상계좌: the buyer is given a number to pay into, and a time.

The goods are held until then (`orders.await_deposit`). The provider's word that money came is a hint: it must know the
payment's secret, and what has become of the payment is looked up. Money for an order that has ended meanwhile goes the way of
every late payment (`actions.finish`): it takes the goods again, or goes back whole. It goes back into an account of the
buyer's: a refund waits until the buyer has named one.
"""

from __future__ import annotations

import hmac
import re
from contextlib import suppress
from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import F, Q

from dure.commerce.orders import actions as orders
from dure.commerce.orders import deposit
from dure.commerce.orders.errors import OrderExpired
from dure.commerce.orders.models import Order
from dure.commerce.sellers.banks import BANKS
from dure.finance.payments import actions
from dure.finance.payments.errors import (
    BadRefundAccount,
    DepositCame,
    NoDepositAwaited,
    PaymentUnknown,
    RefundHolderDiffers,
    UnknownBank,
)
from dure.finance.payments.models import Payment, PaymentStatus, Refund, RefundAccount, VirtualAccount
from dure.finance.payments.ways import VIRTUAL
from dure.integrations.account.client import NoSuchAccount, account
from dure.integrations.toss.client import PaymentTold, ReceiveAccount, toss
from dure.kit import audit, clock
from dure.kit.crypto import seal, unseal
from dure.kit.errors import DureError
from dure.kit.http import OutsideError
from dure.kit.outbox import emit
from dure.kit.states import move
from dure.people.models import User

log = structlog.get_logger()

PURPOSE = "refund_account"
GRACE = timedelta(minutes=10)  # a deposit of the last second is told a little later
LOOK_EVERY = timedelta(minutes=30)  # should the provider's word of a deposit get lost


def issued(payment: Payment, told: PaymentTold) -> Payment:
    """In the transaction of `actions.finish`: nothing is paid yet, and the goods wait for the money."""
    if told.account is None:
        raise PaymentUnknown()
    moment, order = clock.now(), payment.order
    move(
        payment,
        PaymentStatus.WAITING_FOR_DEPOSIT,
        payment_key=told.payment_key,
        method=told.method,
        told=told.raw,
    )
    VirtualAccount.objects.create(
        payment=payment,
        bank_code=told.account.bank_code,
        number=told.account.number,
        customer_name=told.account.customer_name,
        due_at=told.account.due_at,
        secret=told.secret,
        issued_at=moment,
        looked_at=moment,
    )
    with suppress(OrderExpired):  # it ended while the answer was on its way: the account is closed by `look_up_due`
        deposit.await_deposit(order, due=told.account.due_at, until=told.account.due_at + GRACE)
    emit(
        "payments.virtual_account_issued",
        payment,
        order_id=order.pk,
        number=order.number,
        amount=payment.amount,
        bank_code=told.account.bank_code,
        account_number=told.account.number,
        due_at=told.account.due_at.isoformat(),
    )
    return payment


def took_money(told: PaymentTold) -> bool:
    """A virtual account cancelled before its deposit took none, though it is CANCELED."""
    return told.status in Payment.TOOK_MONEY and not (told.method == VIRTUAL and told.approved_at is None)


def is_yes(told: PaymentTold) -> bool:
    """The confirm was answered with yes: money was taken, or is awaited in an account."""
    return told.status == PaymentStatus.WAITING_FOR_DEPOSIT or took_money(told)


# What has become of it


def on_hint(order_number: str, secret: str = "") -> bool:
    """The provider says something of an order's virtual account: look it up. False when the order has none.

    A deposit is told with the payment's secret; with another one nothing is believed, nor asked.
    """
    found = VirtualAccount.objects.select_related("payment__order").filter(payment__order__number=order_number).first()
    if found is None:
        return False
    if secret and not hmac.compare_digest(secret, found.secret):
        log.warning("deposit_secret_differs", order=order_number)
        return True
    look_up(found.payment)
    return True


def look_up(payment: Payment) -> Payment:
    """Ask the provider what has become of a virtual account, and write it down. Raises OutsideError."""
    told = toss().payment_of_order(payment.order.number)
    VirtualAccount.objects.filter(payment=payment).update(looked_at=clock.now())
    return payment if told is None or told.payment_key != payment.payment_key else _settle(payment, told)


def look_up_due(limit: int = 100) -> int:
    """Accounts whose time or whose order is over, and those not looked at for long. Returns how many are settled."""
    moment = clock.now()
    due = (
        Payment.objects.filter(status=PaymentStatus.WAITING_FOR_DEPOSIT)
        .filter(
            Q(virtual_account__due_at__lte=moment)
            | Q(order__ended_at__isnull=False)
            | Q(virtual_account__looked_at__lte=moment - LOOK_EVERY)
        )
        .select_related("order", "virtual_account")
        .order_by("virtual_account__looked_at")[:limit]
    )
    return sum(_looked_up(payment) for payment in due)


def _looked_up(payment: Payment) -> bool:
    try:
        payment = look_up(payment)
        if payment.status == PaymentStatus.WAITING_FOR_DEPOSIT and payment.order.ended_at:
            give_up(payment, by=None, why="order ended")
            return True
    except (OutsideError, DureError) as error:  # one that cannot be asked about does not keep the others waiting
        log.warning("deposit_still_unknown", order=payment.order.number, error=str(error))
        return False
    return payment.status != PaymentStatus.WAITING_FOR_DEPOSIT


def _settle(payment: Payment, told: PaymentTold) -> Payment:
    if took_money(told):
        paid = actions.finish(payment, told)
        VirtualAccount.objects.filter(payment=payment).update(over_at=clock.now(), reversed_at=None)
        return paid
    if told.status in {PaymentStatus.EXPIRED, PaymentStatus.CANCELED, PaymentStatus.ABORTED}:
        return _closed(payment, told)
    return _taken_back(payment)


@transaction.atomic
def _closed(payment: Payment, told: PaymentTold) -> Payment:
    """Nobody paid into it: the goods go back."""
    payment = Payment.objects.select_for_update(of=("self",)).select_related("order").get(pk=payment.pk)
    if payment.status != PaymentStatus.WAITING_FOR_DEPOSIT:
        return payment
    move(payment, PaymentStatus.EXPIRED, why=told.status, told=told.raw)
    VirtualAccount.objects.filter(payment=payment).update(over_at=clock.now())
    orders.expire(payment.order, why="no deposit")
    emit("payments.virtual_account_closed", payment, order_id=payment.order_id)
    return payment


@transaction.atomic
def _taken_back(payment: Payment) -> Payment:
    """DONE went back to waiting: the bank made a mistake. The operator hears of it, once, before anything is sent."""
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    mine = VirtualAccount.objects.filter(payment=payment, reversed_at=None)
    if payment.status in Payment.TOOK_MONEY and mine.update(reversed_at=clock.now()):
        audit.record("payments.deposit_reversed", payment)
        emit("payments.deposit_reversed", payment, order_id=payment.order_id, amount=payment.amount)
    return payment


def give_up(payment: Payment, *, by: User | None, why: str) -> Payment:
    """Close the account before anything came; the order ends. Raises NoDepositAwaited, DepositCame, PaymentUnknown."""
    if payment.status != PaymentStatus.WAITING_FOR_DEPOSIT:
        raise NoDepositAwaited()
    try:
        told = toss().cancel(str(payment.payment_key), why, key=f"close-{payment.pk}-{payment.payment_key}")
    except OutsideError as error:
        if error.unknown:
            raise PaymentUnknown() from error
        payment = look_up(payment)  # money came, or its time was over
    else:
        payment = _settle(payment, told)
    audit.record("payments.account_given_up", payment, by=by, why=why)
    if payment.status in Payment.TOOK_MONEY:
        raise DepositCame()
    return payment


# Where it goes back


def tell_refund_account(
    payment: Payment, *, bank_code: str, number: str, holder: str, by: User | None
) -> RefundAccount:
    """The buyer names an account for refunds, which the bank knows under that name. What waited for it goes on.

    Raises UnknownBank, BadRefundAccount, RefundHolderDiffers.
    """
    digits = re.sub(r"\D", "", number)
    if bank_code not in BANKS:
        raise UnknownBank()
    if not 6 <= len(digits) <= 20:
        raise BadRefundAccount()
    _ask_the_bank(bank_code, digits, holder)
    with transaction.atomic():
        told = {
            "bank_code": bank_code,
            "number_encrypted": seal(PURPOSE, digits),
            "number_tail": digits[-4:],
            "holder": holder.strip(),
            "told_at": clock.now(),
            "told_by": by,
        }
        kept, _created = RefundAccount.objects.update_or_create(payment=payment, defaults=told)
        audit.record("payments.refund_account_told", payment, by=by)
        for refund in payment.refunds.filter(status=Refund.Status.REQUESTED):
            emit("payments.refund_requested", refund, refund_id=refund.pk)
    return kept


def _ask_the_bank(bank_code: str, digits: str, holder: str) -> None:
    try:
        known = account().holder(bank_code, digits, name=holder)
    except NoSuchAccount as error:
        raise BadRefundAccount() from error
    except OutsideError:  # a bank that does not answer keeps nobody from their money: the provider checks as well
        return
    if _plain(known) != _plain(holder)[: len(_plain(known))]:
        raise RefundHolderDiffers()


def _plain(name: str) -> str:
    return re.sub(r"\s", "", name).casefold()


def ask_for_account(refund: Refund) -> None:
    """In the transaction that made the refund: the buyer is asked for an account, if none is known."""
    if _is_stuck(refund):
        emit("payments.refund_account_needed", refund, refund_id=refund.pk, order_id=refund.payment.order_id)


def waits_for_account(refund: Refund) -> bool:
    """It cannot be asked of the provider yet."""
    return refund.amount > 0 and _is_stuck(refund)


def into_account(payment: Payment) -> dict[str, ReceiveAccount]:
    """What a cancel must be told of a virtual account's payment; nothing for the others."""
    if payment.method != VIRTUAL:
        return {}
    kept = RefundAccount.objects.get(payment=payment)
    number = unseal(PURPOSE, kept.number_encrypted)
    return {"to": ReceiveAccount(kept.bank_code, number, kept.holder)}


def _is_stuck(refund: Refund) -> bool:
    return refund.payment.method == VIRTUAL and not RefundAccount.objects.filter(payment=refund.payment_id).exists()


def awaited_of(order: Order) -> VirtualAccount | None:
    """The account an order's money is awaited in."""
    waiting = VirtualAccount.objects.filter(payment__status=PaymentStatus.WAITING_FOR_DEPOSIT)
    return waiting.select_related("payment").filter(payment__order=order).first()


def lacks_refund_account(order: Order) -> bool:
    """It was paid into a virtual account, and nobody knows where its money would go back."""
    mine = Payment.objects.filter(order=order, method=VIRTUAL, refund_account=None)
    return mine.filter(
        status__in=[PaymentStatus.DONE, PaymentStatus.PARTIAL_CANCELED], refunded__lte=F("amount")
    ).exists()
