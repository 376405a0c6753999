"""Any order of deeds on orders and claims, sensible or not: every refusal is one of the house's own, no won is made or
lost, nobody gets back more than was paid, and `dure verify` finds nothing broken afterwards."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from builders import a_person, a_shipping_policy, an_option, an_order
from dure.commerce.claims import actions as claims
from dure.commerce.claims.actions import Terms
from dure.commerce.claims.models import Claim
from dure.commerce.orders import actions as orders
from dure.commerce.orders.models import ProductOrder
from dure.commerce.shipping import actions as shipping
from dure.commerce.shipping.models import Parcel
from dure.finance import verify
from dure.finance.payments.models import Payment
from dure.integrations.carrier.client import Scan
from dure.kit import clock
from dure.kit.errors import DureError
from dure.kit.outbox import deliver_due
from trade import money, paid_for  # noqa: F401 (a fixture)

PICK = st.integers(0, 50)
REASONS = st.sampled_from(
    ["INTENT_CHANGED", "COLOR_AND_SIZE", "BROKEN", "CARRIER_DAMAGE", "DELAYED_DELIVERY", "SOLD_OUT"]
)
KINDS = st.sampled_from(["CANCEL", "RETURN", "EXCHANGE"])
METHODS = st.sampled_from(["DEDUCTED", "ENCLOSED", "BILLED"])


class Rollback(Exception):
    """Takes an example's rows away again."""


class Trade(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.n = 0
        self.operator = a_person("OPERATOR")

    def teardown(self):
        try:
            deliver_due()
            assert {r.name: r.rows for r in verify.run() if not r.ok} == {}
            for payment in Payment.objects.all():
                assert payment.refunded <= payment.amount
        finally:
            self.block.__exit__(Rollback, Rollback(), None)

    @initialize(
        price=st.integers(1_000, 40_000), free_over=st.sampled_from([None, 30_000]), fee=st.sampled_from([0, 3000])
    )
    def a_shop(self, price, free_over, fee):
        first = an_option(price=price, stock=100)
        a_shipping_policy(first.product.seller, fee=fee, free_over=free_over if fee else None, return_fee=2500)
        self.options = [first, an_option(price=price + 777, stock=100, seller=first.product.seller)]
        self.buyer = a_person()
        self.buy(2)

    @rule(pieces=st.integers(1, 3))
    def buy(self, pieces):
        paid_for(an_order(*self.options, buyer=self.buyer, quantity=pieces, paid=True))

    def line(self, n):
        lines = list(ProductOrder.objects.order_by("id"))
        return lines[n % len(lines)]

    def claim(self, n):
        found = list(Claim.objects.order_by("id"))
        return found[n % len(found)]

    def some_claim(self):
        return Claim.objects.exists()

    def waybill(self):
        self.n += 1
        return f"{8100_0000_0000 + self.n}"

    def try_to(self, deed):
        """Whatever the house refuses, it refuses whole and in its own words."""
        try:
            with transaction.atomic():
                deed()
        except DureError:
            pass
        deliver_due()

    @rule(n=PICK)
    def acknowledge(self, n):
        self.try_to(lambda: orders.acknowledge(self.line(n), by=None))

    @rule(n=PICK, pieces=st.integers(1, 4))
    def send(self, n, pieces):
        line = self.line(n)
        self.try_to(lambda: shipping.dispatch([line], "CJ", self.waybill(), by=None, pieces={line.pk: pieces}))

    @rule()
    def everything_arrives(self):
        for parcel in Parcel.objects.filter(delivered_at=None):
            scan = Scan("DELIVERED", clock.now(), "문 앞")
            self.try_to(lambda p=parcel, s=scan: shipping.record_tracking(p.carrier, p.waybill, [s]))

    @rule(n=PICK)
    def confirm(self, n):
        self.try_to(lambda: orders.confirm_purchase(self.line(n), by=self.buyer))

    @rule(n=PICK, kind=KINDS, reason=REASONS, pieces=st.integers(1, 3), method=METHODS, together=st.booleans())
    def ask(self, n, kind, reason, pieces, method, together):
        line = self.line(n)
        wanted = [(line, pieces)]
        if together and kind != "EXCHANGE":
            wanted += [(o, 1) for o in ProductOrder.objects.filter(order=line.order_id).exclude(pk=line.pk)[:1]]
        self.try_to(
            lambda: claims.open_together(
                wanted, kind, reason=reason, key=uuid.uuid4(), by=self.buyer, terms=Terms(fee_method=method)
            )
        )

    @precondition(some_claim)
    @rule(n=PICK, restock=st.booleans())
    def go_on(self, n, restock):
        """The next thing a seller would do."""
        claim = self.claim(n)
        deeds = {
            ("CANCEL", "REQUESTED"): lambda: claims.complete(claim, by=None),
            ("RETURN", "COLLECTED"): lambda: claims.complete(claim, by=None, restock=restock),
            ("EXCHANGE", "COLLECTED"): lambda: claims.redeliver(
                claim, carrier="CJ", waybill=self.waybill(), by=None, restock=restock
            ),
        }
        start = lambda: claims.start_collecting(claim, carrier="CJ", waybill=self.waybill(), by=None)  # noqa: E731
        deed = deeds.get((claim.kind, claim.status)) or (
            start if claim.status == "REQUESTED" else lambda: claims.collected(claim, by=None)
        )
        self.try_to(deed)

    @precondition(some_claim)
    @rule(n=PICK, deed=st.sampled_from(["withdraw", "reject", "hold", "release", "fee", "admit", "shipped", "force"]))
    def or_else(self, n, deed):
        claim = self.claim(n)
        until = clock.today() + timedelta(days=3)
        deeds = {
            "withdraw": lambda: claims.withdraw(claim, by=self.buyer),
            "reject": lambda: claims.reject(claim, answer="어려워요", by=None),
            "hold": lambda: claims.hold(claim, reason="ETC", until=until, detail="잠깐", by=None),
            "release": lambda: claims.release(claim, by=None),
            "fee": lambda: claims.receive_fee(claim, by=None),
            "admit": lambda: claims.admit_fault(claim, by=None),
            "shipped": lambda: claims.already_shipped(claim, carrier="CJ", waybill=self.waybill(), by=None),
            "force": lambda: claims.force_claim(claim, why="살펴봤어요", by=self.operator),
        }
        self.try_to(deeds[deed])

    @rule(
        n=PICK,
        kind=st.sampled_from(["CANCEL", "RETURN"]),
        pieces=st.integers(1, 3),
        fault=st.sampled_from(["BUYER", "SELLER"]),
    )
    def operator_decides(self, n, kind, pieces, fault):
        self.try_to(
            lambda: claims.force(
                self.line(n), kind, quantity=pieces, fault=fault, why="직권", key=uuid.uuid4(), by=self.operator
            )
        )


@pytest.mark.django_db
@pytest.mark.usefixtures("money")
def test_any_order_of_deeds_leaves_everything_true():
    run_state_machine_as_test(
        Trade,
        settings=settings(
            max_examples=8,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
