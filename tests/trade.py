"""A payment provider that gives back whatever it is asked to, and an operator with a float: claims down to the ledger."""

import uuid
from datetime import timedelta
from types import SimpleNamespace

import pytest

from builders import a_line, a_shipping_policy, an_option
from dure.finance.ledger import postings
from dure.finance.payments import actions
from dure.finance.payments.models import Payment
from dure.integrations.toss.client import AccountTold, PaymentTold
from dure.kit import clock
from dure.kit.outbox import deliver_due
from dure.kit.states import move


class KindProvider:
    def cancel(self, payment_key, reason, *, key, amount, to=None):
        return SimpleNamespace(cancels=[], raw={})


@pytest.fixture
def money(monkeypatch):
    monkeypatch.setattr("dure.finance.payments.actions.toss", KindProvider)
    monkeypatch.setattr("dure.finance.payments.virtual._ask_the_bank", lambda *account: None)
    monkeypatch.setattr("dure.commerce.shipping.tracking.register", lambda carrier, waybill: None)
    postings.operator_funded("float", 10_000_000)


def told_of(payment, status):
    """What the provider would say of a virtual account's payment."""
    moment = clock.now()
    account = AccountTold("088", f"{payment.pk:012d}", "나구매", moment + timedelta(hours=24), status == "EXPIRED")
    approved = moment if status == "DONE" else None
    key = payment.payment_key or uuid.uuid4().hex
    return PaymentTold(
        key,
        payment.order.number,
        status,
        payment.amount,
        payment.amount,
        "가상계좌",
        approved,
        (),
        "",
        "",
        {},
        "s",
        account,
    )


def promised(order):
    """The buyer of an unpaid order chose a virtual account, and has an account to pay into."""
    payment = actions.prepare(order)
    move(payment, "IN_PROGRESS")
    return actions.finish(payment, told_of(payment, "WAITING_FOR_DEPOSIT"))


def paid_for(order):
    """Payments and the ledger know of a paid order, as if its buyer had been through the window."""
    payment = Payment.objects.create(order=order, amount=order.pay_total, status="DONE", payment_key=uuid.uuid4().hex)
    charges = {c.pk: c.amount for c in order.shipping_charges.all()}
    postings.paid(f"payment:{payment.pk}", {line.pk: line.paid_amount for line in order.lines.all()}, charges)
    deliver_due()


def bought(status="DELIVERED", *, price=30_000, quantity=1, fee=3000, stock=50, **policy):
    option = an_option(price=price, stock=stock)
    a_shipping_policy(option.product.seller, fee=fee, **{"return_fee": 2500, **policy})
    line = a_line(status, option=option, quantity=quantity)
    paid_for(line.order)
    return line
