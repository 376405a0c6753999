"""Money out, against the provider's simulator: in two phases, once, whatever happens to the answers."""

import uuid
from datetime import timedelta

import pytest

from builders import a_brn, a_line, a_person, a_shipping_policy, an_option, at_once
from dure.commerce.orders import actions as orders
from dure.commerce.sellers.actions import SEALED_FOR
from dure.commerce.sellers.models import PayoutAccount, Seller
from dure.finance import verify
from dure.finance.ledger import postings
from dure.finance.ledger.errors import PostingRefused
from dure.finance.ledger.queries import balance_of
from dure.finance.payments.models import Payment
from dure.finance.payouts import actions
from dure.finance.payouts.models import Payout
from dure.finance.settlement import actions as settlement
from dure.integrations.toss.client import toss
from dure.kit import clock, crypto
from dure.kit.http import OutsideError
from dure.kit.outbox import deliver_due

pytestmark = pytest.mark.django_db(transaction=True)

NET = 31_350  # 30,000 less 5% and VAT, and 3,000 of shipping


@pytest.fixture(autouse=True)
def outside(simulators):
    simulators.set("toss", webhooks="off")
    postings.operator_funded("float", 1_000_000)
    return simulators


def a_seller(number="110123456789", bank="088", verified=True):
    seller = Seller.objects.create(
        name="두레상회", status="APPROVED", brn=a_brn(), company_name="두레상회", representative="김두레",
        contact_email="a@example.kr", contact_phone="02-123-4567",
    )  # fmt: skip
    PayoutAccount.objects.create(
        seller=seller, bank_code=bank, number_encrypted=crypto.seal(SEALED_FOR, number), number_tail=number[-4:],
        holder_name="김두레", verified_at=clock.now() if verified else None,
    )  # fmt: skip
    return seller


def with_money(seller):
    """A confirmed purchase of 30,000 won and its shipping: the seller has money to be paid out."""
    option = an_option(price=30_000, seller=seller)
    a_shipping_policy(seller, fee=3000)
    line = a_line("DELIVERED", option=option)
    payment = Payment.objects.create(
        order=line.order, amount=line.order.pay_total, status="DONE", payment_key=uuid.uuid4().hex
    )
    charges = {c.pk: c.amount for c in line.order.shipping_charges.all()}
    postings.paid(f"payment:{payment.pk}", {line.pk: line.paid_amount}, charges)
    postings.pg_settled(f"provider:{payment.pk}", payment.amount, 990, 99)
    orders.confirm_purchase(line, by=line.order.buyer)
    settlement.earn_line(line)
    settlement.earn_shipping(line.order_id, seller)
    return seller


def a_ref():
    return f"statement:{uuid.uuid4().hex[:10]}"


def authorized(seller, amount=NET):
    payout = actions.authorize(seller=seller, amount=amount, ref=a_ref())
    assert balance_of("SEG", "TRANSIT") == amount
    return payout


def test_the_sellers_money_leaves_the_ledger_before_anybody_is_called():
    seller = with_money(a_seller())
    payout = authorized(seller)
    assert balance_of("SEG", "SELLER", seller.pk) == 0 and payout.status == "SCHEDULED"
    with pytest.raises(PostingRefused):
        actions.authorize(seller=seller, amount=1, ref=a_ref())
    assert actions.authorize(seller=seller, amount=NET, ref=payout.ref).pk == payout.pk


@pytest.mark.race
def test_two_at_once_cannot_pay_the_same_money_out():
    seller = with_money(a_seller())
    answers = at_once(4, lambda i: actions.authorize(seller=seller, amount=NET, ref=a_ref()))
    assert sorted(type(a).__name__ for a in answers) == ["Payout"] + ["PostingRefused"] * 3
    assert balance_of("SEG", "TRANSIT") == NET


def test_it_is_asked_followed_and_done(outside):
    seller = with_money(a_seller())
    payout = authorized(seller)
    bank = balance_of("SEG", "BANK")
    deliver_due()
    while actions.pursue():
        pass
    payout.refresh_from_db()
    assert payout.status == "COMPLETED" and payout.done_at
    assert balance_of("SEG", "TRANSIT") == 0 and balance_of("SEG", "BANK") == bank - NET
    assert PayoutAccount.objects.get(seller=seller).outside_ref.startswith("seller_")


@pytest.mark.parametrize("kind", ["drop_after", "drop_before"])
def test_a_request_whose_answer_was_lost_pays_once(outside, kind):
    payout = authorized(with_money(a_seller()))
    outside.fault("toss", path="/v2/payouts", kind=kind)
    with pytest.raises(OutsideError):
        actions.request(payout)
    while actions.pursue():
        pass
    payout.refresh_from_db()
    assert payout.status == "COMPLETED"
    asked = [p for p in toss().payouts_between("2000-01-01", "2999-12-31") if p.ref == payout.ref]
    assert [p.amount for p in asked] == [NET]


def test_even_when_the_providers_idempotency_key_is_forgotten_it_pays_once(outside, monkeypatch):
    """Toss keeps keys for 15 days. The reference is ours for ever: the payout is found by it before it is asked again."""
    payout = authorized(with_money(a_seller()))
    outside.fault("toss", path="/v2/payouts", kind="drop_after")
    with pytest.raises(OutsideError):
        actions.request(payout)
    asked = []
    monkeypatch.setattr(type(toss()), "request_payouts", lambda *_, **__: asked.append(1))
    payout.refresh_from_db()
    actions.request(payout)
    assert asked == [] and payout.provider_id.startswith("FPA_")


def test_a_bank_that_refuses_gives_the_money_back_to_the_seller(outside):
    seller = with_money(a_seller("77701777777", "295"))
    payout = authorized(seller)
    while actions.pursue():
        pass
    payout.refresh_from_db()
    assert payout.status == "FAILED" and "INVALID_ACCOUNT" in payout.failure
    assert balance_of("SEG", "SELLER", seller.pk) == NET and balance_of("SEG", "TRANSIT") == 0


def test_without_a_verified_account_it_waits():
    payout = authorized(with_money(a_seller(verified=False)))
    assert actions.pursue() == 0
    payout.refresh_from_db()
    assert payout.status == "SCHEDULED" and payout.asked_at is None


def test_a_payout_the_bank_sends_back_is_the_sellers_again_by_a_new_event(outside):
    seller = with_money(a_seller())
    payout = authorized(seller)
    while actions.pursue():
        pass
    payout.refresh_from_db()
    actions.returned_by_bank(payout, why="수취 계좌 해지", by=a_person("FINANCE"))
    assert Payout.objects.get().status == "RETURNED_BY_BANK"
    assert balance_of("SEG", "SELLER", seller.pk) == NET


def test_one_unanswered_payout_does_not_keep_the_others_waiting(outside):
    first, second = (actions.authorize(seller=with_money(a_seller()), amount=NET, ref=a_ref()) for _ in range(2))
    outside.fault("toss", path="/v2/sellers", kind="drop_before")
    assert actions.pursue() == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("SCHEDULED", "REQUESTED")


@pytest.mark.race
def test_two_workers_settle_one_payout_once(outside):
    payout = authorized(with_money(a_seller()))
    actions.request(payout)
    bank = balance_of("SEG", "BANK")
    for _ in range(20):
        at_once(3, lambda i: actions.pursue())
        payout.refresh_from_db()
        if payout.status == "COMPLETED":
            break
    assert balance_of("SEG", "BANK") == bank - NET and balance_of("SEG", "TRANSIT") == 0


def test_a_signed_webhook_is_looked_up_and_a_forged_one_refused(client, outside):
    import json

    from dure.integrations.toss.envelope import signature
    from dure.integrations.toss.webhooks import SIGNATURE, TIME

    payout = authorized(with_money(a_seller()))
    actions.request(payout)
    raw = json.dumps(
        {"eventType": "payout.changed", "entityBody": {"id": payout.provider_id, "refPayoutId": payout.ref}}
    )
    moment = "2026-11-24T10:00:00+09:00"
    assert client.post("/api/webhooks/toss", raw, "application/json").status_code == 400
    for _ in range(10):
        headers = {TIME: moment, SIGNATURE: signature(raw.encode(), moment)}
        assert client.post("/api/webhooks/toss", raw, "application/json", headers=headers).status_code == 200
        payout.refresh_from_db()
        if payout.status == "COMPLETED":
            break
    assert payout.status == "COMPLETED" and balance_of("SEG", "TRANSIT") == 0


def test_the_invariants_hold_after_a_settled_statement_is_paid(outside):
    seller = with_money(a_seller())
    day = settlement.due_after(clock.today())
    settlement.run(day, by=None)
    with clock.at(clock.now() + timedelta(seconds=1)):
        deliver_due()
        while actions.pursue():
            pass
    assert Payout.objects.get(seller=seller).status == "COMPLETED"
    broken = {r.name for r in verify.run() if not r.ok}
    assert broken == set()
