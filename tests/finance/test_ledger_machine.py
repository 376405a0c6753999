"""Any order of money events, repeated and refused: the ledger agrees with a tiny one in Python, and can always pay all.

The oracle knows only who holds what; it shares no code with the ledger.
"""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from dure.finance.ledger import postings, queries
from dure.finance.ledger.errors import PostingRefused
from dure.finance.ledger.rules import share

SELLERS = [1, 2]


class Rollback(Exception):
    """Takes an example's rows away again."""


class Money(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.n = 0
        self.pot: Counter[str] = Counter()  # the oracle: bank, pg, held, refund, seller:N, transit, own, debt:N
        self.lines: dict[int, tuple[int, int]] = {}  # line held -> (seller, goods)
        self.settled: dict[int, tuple[int, int]] = {}
        self.refunds: list[int] = []
        self.payouts: list[tuple[int, int]] = []
        self.paid_out: list[tuple[int, int]] = []

    def teardown(self):
        self.block.__exit__(Rollback, Rollback(), None)

    def ref(self) -> str:
        self.n += 1
        return str(self.n)

    @initialize(float_=st.integers(0, 50_000))
    def fund(self, float_):
        if float_:
            postings.operator_funded("0", float_)
        self.pot["bank"] += float_
        self.pot["own"] += float_

    @rule(seller=st.sampled_from(SELLERS), goods=st.integers(10, 90_000), again=st.booleans())
    def pay(self, seller, goods, again):
        line, ref = 1000 + len(self.lines) + len(self.settled) + self.n, self.ref()
        for _ in range(1 + again):  # a webhook that comes twice
            postings.paid(ref, {line: goods}, {})
        self.lines[line] = seller, goods
        self.pot["pg"] += goods
        self.pot["held"] += goods

    @rule(data=st.data())
    def pg_pays(self, data):
        gross = data.draw(st.integers(0, max(self.pot["pg"], 0)))
        fee = gross * 33 // 1000
        if not gross:
            return
        if self.pot["own"] < fee:  # the float is too small: the ledger says so, and nothing moves
            with pytest.raises(PostingRefused):
                postings.pg_settled(self.ref(), gross, fee, 0)
            return
        postings.pg_settled(self.ref(), gross, fee, 0)
        self.pot["pg"] -= gross
        self.pot["bank"] += gross - fee
        self.pot["own"] -= fee

    @precondition(lambda self: self.lines)
    @rule(data=st.data())
    def cancel(self, data):
        line = data.draw(st.sampled_from(sorted(self.lines)))
        seller, goods = self.lines.pop(line)
        with pytest.raises(PostingRefused):
            postings.refund_authorized(self.ref(), {line: goods + 1}, {})
        postings.refund_authorized(self.ref(), {line: goods}, {})
        self.pot["held"] -= goods
        self.pot["refund"] += goods
        self.refunds.append(goods)

    @precondition(lambda self: self.refunds)
    @rule(again=st.booleans())
    def pg_refunds(self, again):
        amount, ref = self.refunds.pop(0), self.ref()
        for _ in range(1 + again):
            postings.refund_done(ref, amount)
        self.pot["refund"] -= amount
        self.pot["pg"] -= amount

    @precondition(lambda self: self.lines)
    @rule(data=st.data())
    def confirm(self, data):
        line = data.draw(st.sampled_from(sorted(self.lines)))
        seller, goods = self.lines.pop(line)
        commission = goods * 500 // 10_000
        fee = commission + commission // 10
        postings.purchase_confirmed(self.ref(), seller=seller, order_line=line, share=self.share_of(goods))
        self.settled[line] = seller, goods
        self.pot["held"] -= goods
        self.pot[f"seller:{seller}"] += goods - fee
        self.pot["own"] += fee

    @precondition(lambda self: self.settled)
    @rule(data=st.data())
    def take_back_after_settlement(self, data):
        line = data.draw(st.sampled_from(sorted(self.settled)))
        seller, goods = self.settled[line]
        commission = goods * 500 // 10_000
        owes = goods - commission - commission // 10
        deed = lambda: postings.refund_after_settlement(  # noqa: E731
            self.ref(), seller=seller, order_line=line, taken_back=self.share_of(goods)
        )
        if self.pot["own"] < goods:
            with pytest.raises(PostingRefused):
                deed()
            return
        deed()
        del self.settled[line]
        self.pot["own"] -= goods
        self.pot["refund"] += goods
        self.pot[f"debt:{seller}"] += owes
        self.refunds.append(goods)

    @rule(seller=st.sampled_from(SELLERS))
    def net(self, seller):
        amount = min(self.pot[f"seller:{seller}"], self.pot[f"debt:{seller}"])
        if not amount:
            return
        postings.debt_netted(self.ref(), seller=seller, amount=amount)
        self.pot[f"seller:{seller}"] -= amount
        self.pot[f"debt:{seller}"] -= amount
        self.pot["own"] += amount

    @rule(seller=st.sampled_from(SELLERS))
    def authorize_payout(self, seller):
        amount = self.pot[f"seller:{seller}"]
        with pytest.raises(PostingRefused):
            postings.payout_authorized(self.ref(), seller=seller, amount=amount + 1)
        if amount:
            postings.payout_authorized(self.ref(), seller=seller, amount=amount)
            self.pot[f"seller:{seller}"] -= amount
            self.pot["transit"] += amount
            self.payouts.append((seller, amount))

    @precondition(lambda self: self.payouts)
    @rule(outcome=st.sampled_from(["done", "failed"]))
    def payout_ends(self, outcome):
        seller, amount = self.payouts[0]
        if outcome == "done" and self.pot["bank"] < amount:  # the provider has not paid us yet
            with pytest.raises(PostingRefused):
                postings.payout_done(self.ref(), amount)
            return
        self.payouts.pop(0)
        self.pot["transit"] -= amount
        if outcome == "done":
            postings.payout_done(self.ref(), amount)
            self.pot["bank"] -= amount
            self.paid_out.append((seller, amount))
        else:
            postings.payout_failed(self.ref(), seller=seller, amount=amount)
            self.pot[f"seller:{seller}"] += amount

    @precondition(lambda self: self.paid_out)
    @rule()
    def bank_returns(self):
        seller, amount = self.paid_out.pop()
        postings.payout_returned(self.ref(), seller=seller, amount=amount)
        self.pot["bank"] += amount
        self.pot[f"seller:{seller}"] += amount

    @staticmethod
    def share_of(goods):
        return share(unit_price=goods, quantity=1, left=1, discount=0, seller_discount=0, refunded=0, commission_bp=500)

    @invariant()
    def agrees_with_the_oracle(self):
        proof = queries.proof_of_funds()
        told = (proof.bank, proof.receivable, proof.held, proof.refunds, proof.transit, proof.residual)
        assert told == tuple(self.pot[k] for k in ("bank", "pg", "held", "refund", "transit", "own"))
        for seller in SELLERS:
            assert queries.balance_of("SEG", "SELLER", seller) == self.pot[f"seller:{seller}"]
            assert queries.balance_of("OPS", "SELLER_DEBT", seller) == self.pot[f"debt:{seller}"]

    @invariant()
    def a_bankruptcy_drill_pays_everyone(self):
        proof = queries.proof_of_funds()
        assert proof.covered
        assert proof.funds - proof.held - proof.refunds - proof.sellers - proof.transit == proof.residual >= 0


@pytest.mark.django_db
def test_any_order_of_money_events_agrees_with_the_oracle():
    run_state_machine_as_test(
        Money,
        settings=settings(
            max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
