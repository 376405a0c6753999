"""Money taken and given back, against the provider's simulator: also when answers are lost and processes die."""

import os
import signal
import subprocess
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from builders import a_person, a_shipping_policy, an_option, an_order, at_once
from dure.commerce.claims import actions as claims
from dure.commerce.claims.models import Claim
from dure.commerce.orders import actions as orders
from dure.commerce.orders.errors import OrderExpired
from dure.commerce.orders.models import Order
from dure.commerce.stock.models import StockItem
from dure.finance import verify
from dure.finance.ledger import postings
from dure.finance.ledger.queries import balance_of
from dure.finance.payments import actions
from dure.finance.payments.errors import AmountDiffers, NothingToPay, PaymentRefused, PaymentUnknown, RefundTooLarge
from dure.finance.payments.models import Payment, Refund
from dure.integrations.toss.client import toss
from dure.integrations.toss.window import pay_in_window
from dure.kit import clock
from dure.kit.models import Event
from dure.kit.outbox import deliver_due

pytestmark = pytest.mark.django_db(transaction=True)

CONFIRM = "/v1/payments/confirm"


@pytest.fixture(autouse=True)
def outside(simulators):
    simulators.set("toss", webhooks="off")
    postings.operator_funded("float", 1_000_000)
    return simulators


def an_agreed_order(price=10_000, quantity=2):
    """An order whose buyer has left the window; with the payment key."""
    option = an_option(price=price)
    a_shipping_policy(option.product.seller, fee=3_000)
    order = an_order(option, quantity=quantity)
    return order, agree(order)


def agree(order):
    payment = actions.prepare(order)
    return pay_in_window(order.number, "감귤", payment.amount)


def a_paid_order(**kwargs):
    order, key = an_agreed_order(**kwargs)
    actions.confirm(order.number, key, order.pay_total)
    order.refresh_from_db()
    return order


def later(seconds=90):
    return clock.at(clock.now() + timedelta(seconds=seconds))


def everything_holds():
    return {r.name: r.rows for r in verify.run() if not r.ok} == {}


def test_a_confirmed_payment_marks_the_order_paid_and_is_held_in_the_ledger():
    order = a_paid_order()
    assert order.paid_at and order.payment.status == "DONE" and order.lines.get().status == "PAID"
    assert balance_of("SEG", "HELD") == 23_000 == balance_of("SEG", "PG_RECV")
    assert Event.objects.filter(topic="payments.confirmed").count() == 1 and everything_holds()


def test_the_buyer_who_reloads_pays_once():
    order, key = an_agreed_order()
    for _ in range(3):
        actions.confirm(order.number, key, order.pay_total)
    assert balance_of("SEG", "HELD") == 23_000


@pytest.mark.race
def test_returning_in_four_tabs_at_once_pays_once():
    order, key = an_agreed_order()
    at_once(4, lambda i: actions.confirm(order.number, key, order.pay_total))
    assert Payment.objects.get().status == "DONE" and balance_of("SEG", "HELD") == 23_000
    assert Event.objects.filter(topic="orders.paid").count() == 1 and everything_holds()


def test_another_amount_than_the_orders_is_never_sent_to_the_provider():
    order, key = an_agreed_order()
    with pytest.raises(AmountDiffers):
        actions.confirm(order.number, key, 100)
    assert toss().payment(key).status == "IN_PROGRESS"


def test_an_order_nobody_prepared_cannot_be_paid():
    with pytest.raises(NothingToPay):
        actions.confirm("D000000-XXXXXXXX", "tgen_1", 100)


def test_a_refused_card_may_be_followed_by_another(outside):
    order, key = an_agreed_order()
    outside.fault("toss", path=CONFIRM, kind="error", code="REJECT_CARD_PAYMENT", status=403, message="한도초과")
    with pytest.raises(PaymentRefused) as told:
        actions.confirm(order.number, key, order.pay_total)
    assert "한도초과" in str(told.value) and Payment.objects.get().status == "ABORTED"
    actions.confirm(order.number, agree(order), order.pay_total)
    assert Payment.objects.get().status == "DONE"


@pytest.mark.parametrize("kind", ["drop_after", "drop_before"])
def test_a_lost_answer_is_looked_up_and_finished_by_the_worker(outside, kind):
    """drop_after: the money was taken and nobody told us. drop_before: it was not, and the buyer still wants to."""
    order, key = an_agreed_order()
    outside.fault("toss", path=CONFIRM, kind=kind)
    with pytest.raises(PaymentUnknown):
        actions.confirm(order.number, key, order.pay_total)
    assert actions.recover_unfinished() == 0, "too early: the answer may still come"
    with later():
        assert actions.recover_unfinished() == 1
        assert actions.recover_unfinished() == 0
    order.refresh_from_db()
    assert order.paid_at and toss().payment_of_order(order.number).status == "DONE" and everything_holds()


def test_a_process_killed_between_the_providers_yes_and_our_commit_loses_nothing(outside):
    """A real process, killed with -9 when the provider has answered and before anything is written down."""
    order, key = an_agreed_order()
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}&port={database['PORT']}"
    program = f"""
import os, signal, django
django.setup()
from dure.finance.payments import actions
actions.finish = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
actions.confirm({order.number!r}, {key!r}, {order.pay_total})
"""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "dure.settings",
        "DATABASE_URL": url,
        "DURE_TOSS_URL": f"{outside.url}/toss",
    }
    died = subprocess.run([sys.executable, "-c", program], env=environment, timeout=60)
    assert died.returncode == -signal.SIGKILL
    assert toss().payment(key).status == "DONE" and Payment.objects.get().status == "IN_PROGRESS"
    with later():
        assert actions.recover_unfinished() == 1
    order.refresh_from_db()
    assert order.paid_at and balance_of("SEG", "HELD") == 23_000 and everything_holds()


def test_while_one_try_is_unanswered_another_is_not_confirmed(outside):
    """The first may have taken the money: paying again now would take it twice."""
    order, first = an_agreed_order()
    outside.fault("toss", path=CONFIRM, kind="drop_after")
    with pytest.raises(PaymentUnknown):
        actions.confirm(order.number, first, order.pay_total)
    with pytest.raises(PaymentUnknown):
        actions.confirm(order.number, "tgen_another_window", order.pay_total)
    with later():
        actions.recover_unfinished()
    payment = Payment.objects.get()
    assert (payment.status, payment.payment_key) == ("DONE", first)


def test_two_windows_agreed_to_are_paid_once():
    order, first = an_agreed_order()
    second = agree(order)
    actions.confirm(order.number, first, order.pay_total)
    actions.confirm(order.number, second, order.pay_total)
    assert toss().payment(second).status == "IN_PROGRESS", "and expires by itself"
    assert Payment.objects.get().payment_key == first


def test_when_the_provider_says_the_order_is_paid_already_its_payment_is_ours():
    order, first = an_agreed_order()
    second = agree(order)
    toss().confirm(first, order.number, order.pay_total, key=uuid.uuid4().hex)  # by a process that has died since
    payment = actions.confirm(order.number, second, order.pay_total)
    assert (payment.status, payment.payment_key) == ("DONE", first)


def test_one_that_cannot_be_finished_does_not_keep_the_others_waiting(outside):
    stuck, lost = an_agreed_order(), an_agreed_order()
    outside.fault("toss", path=CONFIRM, kind="drop_after", times=2)
    for order, key in (stuck, lost):
        with pytest.raises(PaymentUnknown):
            actions.confirm(order.number, key, order.pay_total)
    Payment.objects.filter(order=stuck[0]).update(amount=1)  # what the provider took is not what we know of
    with later():
        assert actions.recover_unfinished() == 1
    assert Payment.objects.get(order=lost[0]).status == "DONE"


def test_an_order_does_not_expire_while_its_payment_is_confirmed(outside):
    order, key = an_agreed_order()
    outside.fault("toss", path=CONFIRM, kind="drop_after")
    with clock.at(order.expires_at - timedelta(seconds=10)), pytest.raises(PaymentUnknown):
        actions.confirm(order.number, key, order.pay_total)
    with clock.at(order.expires_at + timedelta(seconds=60)):
        assert orders.expire_unpaid() == 0
        actions.recover_unfinished()
    order.refresh_from_db()
    assert order.paid_at


def sold_to_somebody_else(order):
    """The goods an ended order gave back are gone."""
    line = order.lines.get()
    left = StockItem.objects.get(option=line.option_id).available
    an_order(line.option, quantity=left, buyer=a_person())


def test_an_ended_order_whose_goods_are_gone_takes_no_money():
    order, key = an_agreed_order()
    orders.expire(order)
    sold_to_somebody_else(order)
    with pytest.raises(OrderExpired):
        actions.confirm(order.number, key, order.pay_total)
    assert toss().payment(key).status == "IN_PROGRESS"


def test_an_ended_order_whose_goods_are_still_there_takes_them_again_and_is_paid():
    order, key = an_agreed_order()
    before = StockItem.objects.get().available
    orders.expire(order)
    actions.confirm(order.number, key, order.pay_total)
    order.refresh_from_db()
    assert order.paid_at and order.ended_at is None and order.lines.get().status == "PAID"
    assert StockItem.objects.get().available == before
    assert balance_of("SEG", "HELD") == order.pay_total and everything_holds()


def test_money_that_arrives_after_the_end_buys_the_goods_if_they_are_still_there(outside):
    order, key = an_agreed_order()
    outside.fault("toss", path=CONFIRM, kind="drop_after")
    with pytest.raises(PaymentUnknown):
        actions.confirm(order.number, key, order.pay_total)
    orders.expire(order)
    with later():
        assert actions.recover_unfinished() == 1
        deliver_due()
    order.refresh_from_db()
    assert order.paid_at and order.lines.get().status == "PAID"
    assert Payment.objects.get().status == "DONE" and everything_holds()


def test_money_for_an_order_whose_goods_are_gone_goes_back_whole(outside):
    order, key = an_agreed_order()
    outside.fault("toss", path=CONFIRM, kind="drop_after")
    with pytest.raises(PaymentUnknown):
        actions.confirm(order.number, key, order.pay_total)
    orders.expire(order)
    sold_to_somebody_else(order)
    with later():
        actions.recover_unfinished()
        deliver_due()
    order.refresh_from_db()
    assert order.paid_at is None and order.lines.get().status == "CANCELED_BY_NOPAYMENT"
    assert order.payment.status == "CANCELED" and toss().payment(key).balance == 0
    assert balance_of("SEG", "HELD") == 0 and everything_holds()


@pytest.mark.race
def test_of_two_late_payments_for_the_last_piece_one_buys_it_and_the_other_goes_back(outside):
    option = an_option(price=10_000, stock=1)
    late = []
    for _ in range(2):
        order = an_order(option)
        late.append((order, agree(order)))
        orders.expire(order)
    told = at_once(2, lambda n: actions.confirm(late[n][0].number, late[n][1], late[n][0].pay_total))
    assert sum(isinstance(answer, Payment) for answer in told) == 1, told
    assert sum(isinstance(answer, OrderExpired) for answer in told) == 1, told
    assert StockItem.objects.get(option=option).available == 0 and everything_holds()


def test_a_window_left_and_never_confirmed_expires(outside):
    order, key = an_agreed_order()
    outside.fault("toss", path=CONFIRM, kind="drop_before")
    with pytest.raises(PaymentUnknown):
        actions.confirm(order.number, key, order.pay_total)
    outside.set("toss", clock_ahead=700)
    with later():
        actions.recover_unfinished()
    assert Payment.objects.get().status == "EXPIRED"


# Webhooks


def test_an_unsigned_webhook_is_only_a_reason_to_look(client, outside):
    """Anybody can send one: it changes nothing the provider does not confirm."""
    order, key = an_agreed_order()
    forged = {
        "eventType": "PAYMENT_STATUS_CHANGED",
        "data": {"paymentKey": key, "orderId": order.number, "status": "DONE"},
    }
    assert client.post("/api/webhooks/toss", forged, "application/json").status_code == 200
    order.refresh_from_db()
    assert order.paid_at is None

    outside.fault("toss", path=CONFIRM, kind="drop_after")
    with pytest.raises(PaymentUnknown):
        actions.confirm(order.number, key, order.pay_total)
    for _ in range(2):
        assert client.post("/api/webhooks/toss", forged, "application/json").status_code == 200
    order.refresh_from_db()
    assert order.paid_at and balance_of("SEG", "HELD") == 23_000


@pytest.mark.parametrize("body", ["", "[]", "{", '{"eventType": "PAYMENT_STATUS_CHANGED"}'])
def test_an_unreadable_webhook_is_a_bad_request(client, body):
    assert client.post("/api/webhooks/toss", body, "application/json").status_code == 400


def test_a_webhook_about_nothing_of_ours_is_let_pass(client):
    body = {"eventType": "PAYMENT_STATUS_CHANGED", "data": {"paymentKey": "tgen_9", "orderId": "D000000-XXXXXXXX"}}
    assert client.post("/api/webhooks/toss", body, "application/json").status_code == 200


# Refunds


def a_canceled_line(order, quantity=1):
    line = order.lines.get()
    return claims.open_claim(
        line, Claim.Kind.CANCEL, quantity=quantity, reason="INTENT_CHANGED", key=uuid.uuid4(), by=order.buyer
    )


def test_a_cancelled_piece_is_given_back_by_a_partial_cancel():
    order = a_paid_order()
    claim = a_canceled_line(order)
    deliver_due()
    refund, payment = Refund.objects.get(), Payment.objects.get()
    assert (refund.status, refund.amount, payment.status) == ("DONE", claim.refund_amount, "PARTIAL_CANCELED")
    told = toss().payment_of_order(order.number)
    assert told.cancelled == claim.refund_amount == 10_000 and refund.transaction_key == told.cancels[0].transaction_key
    claim.refresh_from_db()
    assert claim.refunded_at and everything_holds()


def test_a_whole_order_cancelled_gives_the_shipping_back_too():
    order = a_paid_order()
    a_canceled_line(order, quantity=2)
    deliver_due()
    assert Payment.objects.get().status == "CANCELED" and toss().payment_of_order(order.number).balance == 0
    assert balance_of("SEG", "HELD") == 0 == balance_of("SEG", "REFUND_PAYABLE") and everything_holds()


@pytest.mark.parametrize("kind", ["drop_after", "drop_before"])
def test_a_refund_whose_answer_was_lost_is_repeated_with_the_same_key(outside, kind):
    order = a_paid_order()
    a_canceled_line(order)
    outside.fault("toss", path="/v1/payments/", kind=kind)
    with later(1):  # one moment: the next try is due after it
        deliver_due()
    assert Refund.objects.get().status == "REQUESTED"
    with later():
        deliver_due()
    assert Refund.objects.get().status == "DONE"
    assert toss().payment_of_order(order.number).cancelled == 10_000, "once, not twice"


def test_a_refund_refused_for_good_is_undone_in_the_ledger(outside):
    order = a_paid_order()
    a_canceled_line(order)
    outside.fault("toss", path="/v1/payments/", kind="error", code="NOT_CANCELABLE_PAYMENT", status=403)
    deliver_due()
    assert Refund.objects.get().status == "FAILED" and Payment.objects.get().refunded == 0
    assert balance_of("SEG", "HELD") == 23_000 and balance_of("SEG", "REFUND_PAYABLE") == 0


def request(payment, amount, ref):
    with transaction.atomic():
        return actions._request(payment, ref, amount, "시험", None, None)


@pytest.mark.race
def test_refunds_at_once_never_exceed_what_was_paid():
    payment = a_paid_order().payment
    answers = at_once(6, lambda i: request(payment, 6_000, f"race:{i}"))
    assert sorted(type(a).__name__ for a in answers) == ["Refund"] * 3 + ["RefundTooLarge"] * 3
    payment.refresh_from_db()
    assert payment.refunded == 18_000 <= payment.amount == 23_000


@pytest.mark.race
def test_without_the_guard_they_would(monkeypatch):
    """The same race when the room is looked at first and written afterwards: the database itself still refuses."""
    from django.db import IntegrityError

    payment = a_paid_order().payment

    def unguarded(i):
        seen = Payment.objects.get(pk=payment.pk)
        if seen.refunded + 6_000 > seen.amount:
            raise RefundTooLarge()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.2)")
            cursor.execute("UPDATE payments_payment SET refunded = refunded + 6000 WHERE id = %s", [payment.pk])

    answers = at_once(6, unguarded)
    assert [type(a) for a in answers if a].count(IntegrityError) == 3, "refunds_within_payment"


@pytest.mark.race
def test_a_claim_is_refunded_once_however_often_it_is_heard():
    order = a_paid_order()
    claim = a_canceled_line(order)
    told = Event.objects.get(topic="claims.refund_due").payload
    wanted = {k: told[k] for k in ("claim_id", "product_order_id", "return_fee", "reason")}
    at_once(5, lambda i: actions.refund_claim(goods=told["goods_refund"], shipping=told["shipping_refund"], **wanted))
    deliver_due()
    assert Refund.objects.count() == 1 and toss().payment_of_order(order.number).cancelled == claim.refund_amount


# The provider pays us


def test_each_row_of_the_providers_settlement_is_booked_once(outside):
    a_paid_order()
    day = clock.today() + timedelta(days=1)
    rows = len(toss().settlements(f"{day}"))
    assert actions.book_provider_payout(day) == rows >= 1
    assert actions.book_provider_payout(day) == 0


def test_a_silent_provider_leaves_everything_as_it_was(outside):
    order, key = an_agreed_order()
    outside.fault("toss", path=CONFIRM, kind="drop_after")
    with pytest.raises(PaymentUnknown):
        actions.confirm(order.number, key, order.pay_total)
    outside.fault("toss", path="/v1/payments/orders", kind="error", code="X", status=503, times=1)
    with later():
        assert actions.recover_unfinished() == 0
        assert actions.recover_unfinished() == 1


@pytest.mark.race
def test_whoever_looks_closer_waits_for_the_order_without_holding_its_payment():
    """As `finish` and `prepare` do: in the other order, two confirms of one order wait for each other."""
    order, key = an_agreed_order()

    def look_closer():
        try:
            return actions._begin(order.number, key, order.pay_total).status
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Order.objects.select_for_update().get(pk=order.pk)
            second = pool.submit(look_closer)
            while not waiting_for_a_lock():
                time.sleep(0.01)
            Payment.objects.select_for_update(nowait=True).get(order=order)
        assert second.result(timeout=10) == "IN_PROGRESS"


def waiting_for_a_lock():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0]
