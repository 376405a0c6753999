"""The Toss client against its simulator, over real HTTP: what is said on good days and on bad ones."""

import json
import time
import uuid
from datetime import date

import httpx
import pytest

from dure.integrations.toss import webhooks
from dure.integrations.toss.client import payout_order, toss
from dure.integrations.toss.envelope import BadEnvelope, seal, signature, unseal, verified
from dure.integrations.toss.window import pay_in_window
from dure.kit import clock
from dure.kit.http import OutsideError
from outside import Mailbox


def an_order_id():
    return f"T{uuid.uuid4().hex[:16]}"


def agreed(amount=15_000, order_id=""):
    """The buyer has left the window; returns order id and payment key."""
    order_id = order_id or an_order_id()
    return order_id, pay_in_window(order_id, "감귤 외 1건", amount)


def paid(amount=15_000):
    order_id, key = agreed(amount)
    return toss().confirm(key, order_id, amount, key=f"confirm-{key}")


def refused(deed):
    with pytest.raises(OutsideError) as told:
        deed()
    return told.value


def test_a_payment_is_agreed_confirmed_and_found_again(simulators):
    told = paid()
    assert (told.status, told.total, told.balance, told.method) == ("DONE", 15_000, 15_000, "카드")
    assert told.raw["vat"] == 1364 and told.raw["suppliedAmount"] == 13_636
    assert toss().payment(told.payment_key) == told == toss().payment_of_order(told.order_id)


def test_an_order_nobody_paid_is_none_and_an_unknown_key_is_an_error(simulators):
    assert toss().payment_of_order("nobody-paid-this") is None
    assert refused(lambda: toss().payment("tgen_unknown")).code == "NOT_FOUND_PAYMENT"


def test_parts_are_given_back_until_nothing_is_left(simulators):
    told = paid()
    part = toss().cancel(told.payment_key, "한 개 취소", key="a" + told.payment_key, amount=5_000)
    assert (part.status, part.balance, part.cancelled) == ("PARTIAL_CANCELED", 10_000, 5_000)
    too_much = refused(lambda: toss().cancel(told.payment_key, "더", key="b" + told.payment_key, amount=10_001))
    assert (too_much.code, too_much.unknown) == ("NOT_CANCELABLE_AMOUNT", False)
    rest = toss().cancel(told.payment_key, "나머지", key="c" + told.payment_key)
    assert (rest.status, rest.balance, len({c.transaction_key for c in rest.cancels})) == ("CANCELED", 0, 2)
    assert refused(lambda: toss().cancel(told.payment_key, "또", key="d" + told.payment_key)).code == (
        "ALREADY_CANCELED_PAYMENT"
    )


def test_the_same_idempotency_key_is_one_cancel_and_one_answer(simulators):
    told = paid()
    first = toss().cancel(told.payment_key, "취소", key="once" + told.payment_key, amount=1_000)
    again = toss().cancel(told.payment_key, "취소", key="once" + told.payment_key, amount=1_000)
    assert again == first and toss().payment(told.payment_key).cancelled == 1_000


def test_a_key_of_more_than_300_characters_is_refused(simulators):
    told = paid()
    assert refused(lambda: toss().cancel(told.payment_key, "취소", key="k" * 301)).code == "INVALID_IDEMPOTENCY_KEY"


def test_another_amount_than_agreed_is_refused(simulators):
    order_id, key = agreed(10_000)
    assert not refused(lambda: toss().confirm(key, order_id, 9_000, key=key)).unknown


def test_confirming_later_than_ten_minutes_finds_no_session(simulators):
    order_id, key = agreed()
    simulators.set("toss", clock_ahead=601)
    assert refused(lambda: toss().confirm(key, order_id, 15_000, key=key)).code == "NOT_FOUND_PAYMENT_SESSION"
    assert toss().payment(key).status == "EXPIRED"


def test_an_order_is_paid_once_however_many_windows_were_open(simulators):
    order_id, first = agreed()
    _, second = agreed(order_id=order_id)
    toss().confirm(first, order_id, 15_000, key=first)
    assert refused(lambda: toss().confirm(second, order_id, 15_000, key=second)).code == "DUPLICATED_ORDER_ID"
    found = toss().payment_of_order(order_id)
    assert found is not None and found.payment_key == first


def test_a_card_may_be_refused_when_it_is_confirmed(simulators):
    order_id = an_order_id()
    fields = {"orderId": order_id, "orderName": "감귤", "amount": "9000", "outcome": "reject",
              "successUrl": "http://shop.invalid/ok", "failUrl": "http://shop.invalid/no"}  # fmt: skip
    key = httpx.URL(simulators.http.post("/toss/window", data=fields).headers["location"]).params["paymentKey"]
    told = refused(lambda: toss().confirm(key, order_id, 9000, key=key))
    assert (told.code, told.status, told.unknown) == ("REJECT_CARD_PAYMENT", 403, False)
    assert (toss().payment(key).status, bool(toss().payment(key).failure)) == ("ABORTED", True)


@pytest.mark.parametrize(("outcome", "code"), [("cancel", "PAY_PROCESS_CANCELED"), ("fail", "PAY_PROCESS_ABORTED")])
def test_leaving_the_window_without_paying_leads_back_with_a_reason(simulators, outcome, code):
    fields = {"orderId": an_order_id(), "orderName": "감귤", "amount": "9000", "outcome": outcome,
              "successUrl": "http://shop.invalid/ok", "failUrl": "http://shop.invalid/no?a=1"}  # fmt: skip
    back = httpx.URL(simulators.http.post("/toss/window", data=fields).headers["location"])
    assert (back.path, back.params["a"], back.params["code"]) == ("/no", "1", code)


def test_what_the_window_shows_is_escaped(simulators):
    fields = {
        "orderId": an_order_id(),
        "orderName": "<b>감귤",
        "amount": "9000",
        "successUrl": "http://a/",
        "failUrl": "http://a/",
    }
    page = simulators.http.get("/toss/window", params=fields).text
    assert "&lt;b&gt;감귤" in page and "<b>감귤" not in page and "9,000원" in page


def test_a_secret_key_is_needed(simulators):
    answer = simulators.http.get("/toss/v1/payments/x")
    assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHORIZED_KEY")


def test_the_test_code_header_plays_an_error_before_anything_else(simulators):
    answer = toss().http.post(
        "/v1/payments/confirm", headers={**toss().headers(), "TossPayments-Test-Code": "REJECT_CARD_PAYMENT"}
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "REJECT_CARD_PAYMENT")


# Bad days


def test_money_taken_while_the_connection_dies_is_unknown_and_then_found(simulators):
    order_id, key = agreed()
    simulators.fault("toss", path="/v1/payments/confirm", kind="drop_after")
    told = refused(lambda: toss().confirm(key, order_id, 15_000, key=key))
    assert told.unknown
    assert toss().payment_of_order(order_id).status == "DONE"
    assert toss().confirm(key, order_id, 15_000, key=key).status == "DONE", "the same key is answered as the first time"


def test_a_connection_that_dies_before_anything_was_done_is_unknown_too(simulators):
    order_id, key = agreed()
    simulators.fault("toss", path="/v1/payments/confirm", kind="drop_before")
    assert refused(lambda: toss().confirm(key, order_id, 15_000, key=key)).unknown
    assert toss().payment_of_order(order_id).status == "IN_PROGRESS"


def test_an_answer_slower_than_our_patience_is_unknown(simulators, monkeypatch):
    order_id, key = agreed()
    simulators.fault("toss", path="/v1/payments/confirm", kind="delay", seconds=2)
    monkeypatch.setattr(toss().http, "timeout", httpx.Timeout(0.3))
    assert refused(lambda: toss().confirm(key, order_id, 15_000, key=key)).unknown


@pytest.mark.parametrize(
    ("code", "status", "unknown"),
    [
        ("PROVIDER_ERROR", 400, True),
        ("IDEMPOTENT_REQUEST_PROCESSING", 409, True),
        ("ANYTHING", 500, True),
        ("REJECT_CARD_PAYMENT", 403, False),
        ("EXCEED_MAX_AMOUNT", 400, False),
    ],
)
def test_which_errors_leave_the_deed_in_doubt(simulators, code, status, unknown):
    order_id, key = agreed()
    simulators.fault("toss", path="/v1/payments/confirm", kind="error", code=code, status=status, message="안 돼요")
    told = refused(lambda: toss().confirm(key, order_id, 15_000, key=key))
    assert (told.code, told.message, told.unknown) == (code, "안 돼요", unknown)


def test_nothing_is_forgotten_by_a_kill(simulators):
    told = paid()
    simulators.kill()
    simulators.start()
    assert toss().payment(told.payment_key) == told
    again = toss().confirm(told.payment_key, told.order_id, 15_000, key=f"confirm-{told.payment_key}")
    assert again == told, "idempotency keys are remembered as well"


# Webhooks


def test_every_change_is_told_again_until_it_is_heard(simulators):
    mailbox = Mailbox(refuse=1)
    simulators.set("toss", web=mailbox.url)
    told = paid()
    (first, raw), (second, _) = mailbox.wait_for(2)
    assert (first["tosspayments-webhook-transmission-retried-count"], second[
        "tosspayments-webhook-transmission-retried-count"]) == ("0", "1")  # fmt: skip
    assert first["tosspayments-webhook-transmission-id"] == second["tosspayments-webhook-transmission-id"]
    assert webhooks.read(raw, first) == webhooks.Hint("payment", told.payment_key, told.order_id)


def test_webhooks_may_come_twice(simulators):
    mailbox = Mailbox()
    simulators.set("toss", web=mailbox.url, webhook_copies=2)
    paid()
    one, two = mailbox.wait_for(2)[:2]
    assert one[1] == two[1]


def test_a_payout_webhook_is_believed_only_with_its_signature():
    raw = json.dumps(
        {"eventType": "payout.changed", "entityBody": {"id": "FPA_1", "refPayoutId": "statement:1"}}
    ).encode()
    moment = "2026-11-24T10:00:00+09:00"
    signed = {webhooks.TIME: moment, webhooks.SIGNATURE: f"v1:AAAA,{signature(raw, moment)}"}
    assert webhooks.read(raw, signed) == webhooks.Hint("payout", "FPA_1", "statement:1")
    for headers in ({}, {**signed, webhooks.TIME: "2026-11-24T10:00:01+09:00"}):
        with pytest.raises(webhooks.BadWebhook):
            webhooks.read(raw, headers)
    with pytest.raises(webhooks.BadWebhook):
        webhooks.read(raw + b" ", signed)


@pytest.mark.parametrize("raw", [b"", b"[]", b'"x"', b"{", b'{"eventType": "PAYMENT_STATUS_CHANGED"}', b"\xff"])
def test_a_webhook_that_cannot_be_read_is_refused(raw):
    with pytest.raises(webhooks.BadWebhook):
        webhooks.read(raw, {})


def test_kinds_we_do_not_know_are_let_pass_and_deposits_are_hints():
    assert webhooks.read(b'{"eventType": "BILLING_DELETED", "data": {}}', {}).kind == "other"
    assert webhooks.read(b'{"orderId": "T-1", "status": "DONE", "secret": "x"}', {}).ref == "T-1"


def test_the_envelope_opens_with_its_key_only():
    sealed = seal({"amount": 1}, "2026-11-24T10:00:00+09:00")
    assert unseal(sealed) == {"amount": 1}
    with pytest.raises(BadEnvelope):
        unseal(sealed[:-4] + "AAAA")
    assert verified(b"x", "t", signature(b"x", "t")) and not verified(b"x", "t", "")


# Payouts


def a_destination(number="110123456789", bank="088"):
    ref = f"dure-{uuid.uuid4().hex[:10]}"
    return toss().register_seller(
        ref, brn="1018100016", name="두레상회", representative="김두레", email="a@example.kr", phone="02-123-4567",
        bank_code=bank, account_number=number, holder_name="김두레", corporate=True, key=ref,
    )  # fmt: skip


def a_payout(destination, ref="", amount=31_350):
    ref = ref or f"statement:{uuid.uuid4().hex[:12]}"
    return toss().request_payouts([payout_order(ref, destination, amount)], key=f"payout-{ref}")[0]


def test_a_payout_walks_to_the_bank_and_tells_so_signed(simulators):
    mailbox = Mailbox()
    simulators.set("toss", web=mailbox.url)
    asked = a_payout(a_destination())
    assert asked.status == "REQUESTED" and asked.amount == 31_350
    told = [webhooks.read(raw, headers) for headers, raw in mailbox.wait_for(2)]
    assert {hint.id for hint in told} == {asked.id}
    assert toss().payout(asked.id).status == "COMPLETED"


def test_a_payout_to_a_closed_account_fails(simulators):
    asked = a_payout(a_destination("77701777777", "295"))
    while (told := toss().payout(asked.id)).status in {"REQUESTED", "IN_PROGRESS"}:
        time.sleep(0.05)
    assert told.status == "FAILED" and told.error.startswith("INVALID_ACCOUNT")


def test_a_payout_whose_answer_was_lost_is_found_by_its_reference(simulators):
    destination, ref = a_destination(), f"statement:{uuid.uuid4().hex[:12]}"
    simulators.fault("toss", path="/v2/payouts", kind="drop_after")
    assert refused(lambda: a_payout(destination, ref)).unknown
    found = [p for p in toss().payouts_between("2000-01-01", "2999-12-31") if p.ref == ref]
    assert len(found) == 1 and found[0].amount == 31_350
    assert a_payout(destination, ref).id == found[0].id, "the same key is answered as the first time"
    other_key = refused(lambda: toss().request_payouts([payout_order(ref, destination, 31_350)], key=uuid.uuid4().hex))
    assert other_key.code == "DUPLICATED_REF_PAYOUT_ID"


def test_payouts_are_all_or_nothing(simulators):
    destination, ref = a_destination(), f"statement:{uuid.uuid4().hex[:12]}"
    orders = [payout_order(ref, destination, 1_000), payout_order(ref + "b", "seller_unknown", 1_000)]
    assert not refused(lambda: toss().request_payouts(orders, key=uuid.uuid4().hex)).unknown
    assert not [p for p in toss().payouts_between("2000-01-01", "2999-12-31") if p.ref == ref]


def test_a_plain_request_for_a_payout_is_refused(simulators):
    answer = toss().http.post("/v2/payouts", json=[], headers=toss().headers())
    assert answer.status_code == 400


def test_the_outside_can_be_set_to_a_day(simulators):
    simulators.set("toss", clock="2026-03-01T12:00:00+09:00")
    order_id, key = agreed()
    approved = toss().confirm(key, order_id, 15_000, key=key).approved_at
    assert approved is not None and approved.astimezone(clock.KST).date() == date(2026, 3, 1)
