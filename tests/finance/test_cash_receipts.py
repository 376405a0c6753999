"""현금영수증: for what was paid in cash, to whom asked and to whom the law gives one; less with each refund."""

import uuid

import pytest

from builders import a_person, an_option, an_order
from dure.commerce.claims import actions as claims
from dure.commerce.orders import receipts as wishes
from dure.finance import verify
from dure.finance.ledger import postings
from dure.finance.payments import actions, receipts
from dure.finance.payments.models import Receipt
from dure.integrations.toss.window import pay_in_window
from dure.kit.outbox import deliver_due

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outside(simulators):
    simulators.set("toss", webhooks="off")
    postings.operator_funded("float", 1_000_000)
    return simulators


def paid(price=30_000, *, method="계좌이체", wish=("DEDUCTION", "010-1234-5678"), quantity=1):
    order = an_order(an_option(price=price), quantity=quantity)
    if wish:
        wishes.ask(order, *wish)
    payment = actions.prepare(order)
    key = pay_in_window(order.number, "감귤", payment.amount, method=method)
    payment = actions.confirm(order.number, key, payment.amount)
    deliver_due()
    return payment


def played(outside, receipt):
    return outside.http.get(f"/toss/_control/receipts/{receipt.receipt_key}").json()


def test_a_transfer_gets_the_receipt_its_buyer_asked_for(outside):
    receipt = paid().receipts.get()
    assert (receipt.status, receipt.amount, receipt.unasked) == ("DONE", 30_000, False) and receipt.issue_number
    told = played(outside, receipt)
    assert (told["type"], told["customerIdentityNumber"], told["amount"]) == ("소득공제", "01012345678", 30_000)


def test_a_business_gets_proof_of_expense(outside):
    told = played(outside, paid(wish=("PROOF", "101-81-00016")).receipts.get())
    assert (told["type"], told["customerIdentityNumber"]) == ("지출증빙", "1018100016")


@pytest.mark.parametrize("method", ["카드", "간편결제", "휴대폰"])
def test_what_is_reported_by_itself_gets_none(method):
    assert not paid(method=method).receipts.exists()


def test_the_law_gives_one_from_100_000_won_to_who_did_not_ask(outside):
    assert not paid(99_000, wish=None).receipts.exists()
    receipt = paid(100_000, wish=None).receipts.get()
    assert receipt.unasked and played(outside, receipt)["customerIdentityNumber"] == receipts.UNASKED_NUMBER


def cancel_one(payment):
    line = payment.order.lines.get()
    claims.open_claim(line, "CANCEL", quantity=1, reason="INTENT_CHANGED", key=uuid.uuid4(), by=payment.order.buyer)
    deliver_due()


def test_what_goes_back_is_taken_back_in_part(outside):
    payment = paid(quantity=3)
    for _ in range(2):
        cancel_one(payment)
    issued = payment.receipts.get(kind="ISSUE")
    taken = payment.receipts.filter(kind="CANCEL")
    assert [r.amount for r in taken] == [30_000, 30_000] and {r.status for r in taken} == {"DONE"}
    assert played(outside, issued)["amount"] == 90_000
    assert {r.name: r.rows for r in verify.run() if not r.ok} == {}


def test_a_refused_number_is_seen_and_tried_again_with_what_is_left(outside):
    payment = paid(quantity=2, wish=("DEDUCTION", "010-2220-0000"))
    issued = payment.receipts.get()
    assert issued.status == "FAILED" and "올바르지 않습니다" in issued.failure
    cancel_one(payment)
    assert payment.receipts.get(kind="CANCEL").status == "FAILED", "nothing was reported, so nothing is taken back"
    wishes.ask(payment.order, "DEDUCTION", "010-1234-5678")
    receipts.ask_again(issued, by=a_person("FINANCE"))
    deliver_due()
    issued.refresh_from_db()
    assert issued.status == "DONE" and played(outside, issued)["amount"] == 30_000


def test_a_lost_answer_issues_one_receipt(outside):
    outside.fault("toss", path="/v1/cash-receipts", kind="drop_after")
    receipt = receipts.carry_out(paid().receipts.get())
    assert receipt.status == "DONE" and Receipt.objects.count() == 1
