"""가상계좌: issued, paid into, closed by time, given back; against the provider's simulator."""

import uuid
from datetime import timedelta

import pytest

from builders import a_person, a_shipping_policy, an_address, an_option, an_order, at_once
from dure.commerce.claims import actions as claims
from dure.commerce.claims.models import Claim
from dure.commerce.orders import actions as orders
from dure.commerce.orders.errors import AddressCostsMore
from dure.commerce.stock.models import StockItem
from dure.finance import verify
from dure.finance.ledger import postings
from dure.finance.ledger.queries import balance_of
from dure.finance.payments import actions, again, virtual
from dure.finance.payments.errors import (
    BadRefundAccount,
    DepositCame,
    NoDepositAwaited,
    RefundHolderDiffers,
    UnknownBank,
)
from dure.finance.payments.models import Payment, Refund, RefundAccount
from dure.integrations.toss.client import toss
from dure.integrations.toss.window import pay_in_window
from dure.kit import clock
from dure.kit.models import Event
from dure.kit.outbox import deliver_due

pytestmark = pytest.mark.django_db(transaction=True)

ACCOUNT = {"bank_code": "088", "number": "110-123-456789", "holder": "나구매"}


@pytest.fixture(autouse=True)
def outside(simulators):
    simulators.set("toss", webhooks="off")
    postings.operator_funded("float", 1_000_000)
    return simulators


def an_awaiting_order(price=10_000, quantity=2, stock=10):
    """An order whose buyer was given an account to pay into."""
    option = an_option(price=price, stock=stock)
    a_shipping_policy(option.product.seller, fee=3_000, jeju_extra=3_000)
    order = an_order(option, quantity=quantity)
    return issue(order)


def issue(order):
    payment = actions.prepare(order)
    key = pay_in_window(order.number, "감귤", payment.amount, method="가상계좌")
    actions.confirm(order.number, key, order.pay_total)
    order.refresh_from_db()
    return order


def send_money(outside, order, **also):
    outside.http.post("/toss/_control/deposits", json={"orderId": order.number, **also}).raise_for_status()


def a_paid_order(outside, **kwargs):
    order = an_awaiting_order(**kwargs)
    send_money(outside, order)
    virtual.look_up(order.payment)
    order.refresh_from_db()
    return order


def everything_holds():
    return {r.name: r.rows for r in verify.run() if not r.ok} == {}


def test_an_account_is_given_and_the_goods_wait_for_the_money():
    order = an_awaiting_order()
    account = virtual.awaited_of(order)
    assert order.payment.status == "WAITING_FOR_DEPOSIT" and account.number and account.bank_code == "088"
    assert order.awaits_deposit and order.expires_at == account.due_at + virtual.GRACE
    assert balance_of("SEG", "HELD") == 0 and everything_holds()
    with clock.at(account.due_at - timedelta(seconds=1)):
        assert orders.expire_unpaid() == 0
    told = Event.objects.get(topic="payments.virtual_account_issued").payload
    assert told["account_number"] == account.number and told["amount"] == order.pay_total


def test_coming_back_from_the_window_twice_gives_one_account():
    order = an_awaiting_order()
    actions.confirm(order.number, order.payment.payment_key, order.pay_total)
    actions.confirm(order.number, "tgen_another_window", order.pay_total)
    assert Event.objects.filter(topic="payments.virtual_account_issued").count() == 1


def test_a_deposit_pays_the_order(client, outside):
    order = an_awaiting_order()
    send_money(outside, order)
    told = {"createdAt": "", "secret": order.payment.virtual_account.secret, "status": "DONE", "orderId": order.number}
    for _ in range(2):
        assert client.post("/api/webhooks/toss", told, "application/json").status_code == 200
    order.refresh_from_db()
    assert order.paid_at and order.payment.status == "DONE" and order.lines.get().status == "PAID"
    assert balance_of("SEG", "HELD") == 23_000 and everything_holds()


def test_a_word_of_a_deposit_without_the_secret_is_not_believed(client, outside):
    order = an_awaiting_order()
    send_money(outside, order)
    told = {"secret": "guessed", "status": "DONE", "orderId": order.number}
    assert client.post("/api/webhooks/toss", told, "application/json").status_code == 200
    order.refresh_from_db()
    assert order.paid_at is None


def test_a_word_of_a_deposit_that_did_not_come_changes_nothing(client):
    order = an_awaiting_order()
    told = {"secret": order.payment.virtual_account.secret, "status": "DONE", "orderId": order.number}
    client.post("/api/webhooks/toss", told, "application/json")
    order.refresh_from_db()
    assert order.paid_at is None and order.awaits_deposit


def test_a_lost_word_of_a_deposit_is_looked_up(outside):
    order = an_awaiting_order()
    send_money(outside, order)
    assert virtual.look_up_due() == 0, "too early: the word may still come"
    with clock.at(clock.now() + virtual.LOOK_EVERY):
        assert virtual.look_up_due() == 1
    order.refresh_from_db()
    assert order.paid_at


def test_a_lost_answer_to_the_confirm_gives_the_account_all_the_same(outside):
    option = an_option()
    order = an_order(option)
    actions.prepare(order)
    key = pay_in_window(order.number, "감귤", order.pay_total, method="가상계좌")
    outside.fault("toss", path="/v1/payments/confirm", kind="drop_after")
    with pytest.raises(actions.PaymentUnknown):
        actions.confirm(order.number, key, order.pay_total)
    with clock.at(clock.now() + timedelta(seconds=90)):
        assert actions.recover_unfinished() == 1
    order.refresh_from_db()
    assert order.payment.status == "WAITING_FOR_DEPOSIT" and order.awaits_deposit


def test_when_nobody_pays_in_time_the_goods_go_back(outside):
    order = an_awaiting_order()
    outside.set("toss", clock_ahead=25 * 3600 * 7)
    with clock.at(order.deposit_due + timedelta(minutes=1)):
        assert virtual.look_up_due() == 1
    order.refresh_from_db()
    assert order.ended_at and order.payment.status == "EXPIRED" and StockItem.objects.get().available == 10
    assert everything_holds()


def test_the_buyer_may_think_again_before_paying():
    order = an_awaiting_order()
    virtual.give_up(order.payment, by=order.buyer, why="다른 방법으로 낼게요")
    order.refresh_from_db()
    assert order.ended_at and order.payment.status == "EXPIRED" and everything_holds()
    assert toss().payment_of_order(order.number).status == "CANCELED"
    with pytest.raises(NoDepositAwaited):
        virtual.give_up(order.payment, by=order.buyer, why="또")


def test_thinking_again_after_paying_is_a_cancel_of_the_order(outside):
    order = an_awaiting_order()
    send_money(outside, order)
    with pytest.raises(DepositCame):
        virtual.give_up(order.payment, by=order.buyer, why="그만둘래요")
    order.refresh_from_db()
    assert order.paid_at and everything_holds()


def test_money_for_an_order_that_ended_buys_its_goods_if_they_are_there(outside):
    order = an_awaiting_order()
    send_money(outside, order)
    orders.expire(order)
    virtual.look_up_due()
    order.refresh_from_db()
    assert order.paid_at and StockItem.objects.get().available == 8 and everything_holds()


def test_money_for_goods_that_are_gone_waits_for_an_account_to_go_back_to(outside):
    order = an_awaiting_order(stock=2)
    send_money(outside, order)
    orders.expire(order)
    an_order(order.lines.get().option, quantity=2, buyer=a_person())
    virtual.look_up_due()
    deliver_due()
    refund = Refund.objects.get()
    assert refund.status == "REQUESTED" and Event.objects.filter(topic="payments.refund_account_needed").count() == 1
    virtual.tell_refund_account(order.payment, **ACCOUNT, by=order.buyer)
    deliver_due()
    refund.refresh_from_db()
    assert refund.status == "DONE" and toss().payment_of_order(order.number).balance == 0
    assert balance_of("SEG", "HELD") == 0 == balance_of("SEG", "REFUND_PAYABLE") and everything_holds()


def a_canceled_piece(order, quantity=1):
    return claims.open_claim(
        order.lines.get(),
        Claim.Kind.CANCEL,
        quantity=quantity,
        reason="INTENT_CHANGED",
        key=uuid.uuid4(),
        by=order.buyer,
    )


def test_a_refund_goes_to_the_account_the_buyer_named(outside):
    order = a_paid_order(outside)
    virtual.tell_refund_account(order.payment, **ACCOUNT, by=order.buyer)
    kept = RefundAccount.objects.get()
    assert b"110123456789" not in bytes(kept.number_encrypted) and kept.shown == "····6789"
    a_canceled_piece(order)
    deliver_due()
    assert Refund.objects.get().status == "DONE" and Payment.objects.get().status == "PARTIAL_CANCELED"
    assert toss().payment_of_order(order.number).cancelled == 10_000 and everything_holds()


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"bank_code": "999"}, UnknownBank),
        ({"number": "12"}, BadRefundAccount),
        ({"number": "110-111-119999"}, BadRefundAccount),
        ({"number": "110-111-110000"}, RefundHolderDiffers),
    ],
)
def test_an_account_the_bank_does_not_know_so_is_refused(outside, wrong, error):
    order = a_paid_order(outside)
    with pytest.raises(error):
        virtual.tell_refund_account(order.payment, **{**ACCOUNT, **wrong}, by=order.buyer)
    assert not RefundAccount.objects.exists()


def test_a_bank_that_does_not_answer_keeps_nobody_from_their_money(outside):
    order = a_paid_order(outside)
    outside.fault("account", kind="drop_before")
    assert virtual.tell_refund_account(order.payment, **ACCOUNT, by=order.buyer).pk


def test_a_refund_refused_for_good_can_be_asked_for_again(outside):
    order = a_paid_order(outside)
    virtual.tell_refund_account(order.payment, **ACCOUNT, by=order.buyer)
    a_canceled_piece(order)
    outside.fault("toss", path="/v1/payments/", kind="error", code="NOT_CANCELABLE_PAYMENT", status=403, times=2)
    deliver_due()
    refund = Refund.objects.get()
    assert refund.status == "FAILED"
    again.ask_again(refund, by=a_person("FINANCE"))
    deliver_due()
    refund.refresh_from_db()
    assert refund.status == "FAILED" and balance_of("SEG", "REFUND_PAYABLE") == 0, "refused a second time"
    again.ask_again(refund, by=a_person("FINANCE"))
    deliver_due()
    refund.refresh_from_db()
    assert refund.status == "DONE" and toss().payment_of_order(order.number).cancelled == 10_000 and everything_holds()


def test_an_address_that_costs_more_does_not_change_what_was_told_to_be_paid():
    order = an_awaiting_order()
    before = order.pay_total
    with pytest.raises(AddressCostsMore):
        orders.set_address(order, an_address("63100"), by=order.buyer)
    order.refresh_from_db()
    assert order.pay_total == before


def test_a_deposit_the_bank_took_back_is_told_to_the_operator_once(outside):
    order = a_paid_order(outside)
    send_money(outside, order, reverse=True)
    for _ in range(2):
        virtual.on_hint(order.number, order.payment.virtual_account.secret)
    assert Event.objects.filter(topic="payments.deposit_reversed").count() == 1
    send_money(outside, order)
    virtual.on_hint(order.number)
    order.payment.virtual_account.refresh_from_db()
    assert order.payment.virtual_account.reversed_at is None


@pytest.mark.race
def test_a_deposit_against_the_end_of_the_order_never_sells_the_last_piece_twice(outside):
    for _ in range(3):
        order = an_awaiting_order(quantity=1, stock=1)
        option = order.lines.get().option
        send_money(outside, order)
        at_once(
            3,
            lambda n, order=order, option=option: [
                lambda: virtual.look_up(order.payment),
                lambda: orders.expire(order),
                lambda: an_order(option, buyer=a_person()),
            ][n](),
        )
        virtual.look_up(order.payment)
        deliver_due()
        order.refresh_from_db()
        back = Refund.objects.filter(payment=order.payment).exists()
        assert bool(order.paid_at) != back, "paid and kept, or on its way back whole"
        assert StockItem.objects.get(option=option).available >= 0 and everything_holds()
