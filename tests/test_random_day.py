"""A random day of 5,000 deeds from one seed, sensible or not: nothing the house says afterwards is untrue.

Buyers, guests, sellers and operators do whatever comes to their minds, time passes in between, days are settled. The house may
refuse (in its own words, and whole); `dure verify` must find nothing broken in the end. `DURE_DAY_SEED` plays another day.
"""

from __future__ import annotations

import os
import random
import uuid
from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction

from builders import a_delivery_template, a_person, a_shipping_policy, an_address, an_offer, an_option
from dure.commerce.catalog import actions as catalog
from dure.commerce.claims import actions as claims
from dure.commerce.claims.actions import Terms
from dure.commerce.claims.models import Claim
from dure.commerce.inquiries import actions as inquiries
from dure.commerce.orders import actions as orders
from dure.commerce.orders.actions import Guest, Wanted
from dure.commerce.orders.models import Order, ProductOrder
from dure.commerce.pricing.models import CommissionPlan
from dure.commerce.promotions import actions as promotions
from dure.commerce.promotions import points
from dure.commerce.promotions.models import Coupon
from dure.commerce.promotions.rules import Chosen
from dure.commerce.reviews import actions as reviews
from dure.commerce.shipping import actions as shipping
from dure.commerce.shipping.models import Parcel
from dure.commerce.stock import actions as stock
from dure.finance import verify
from dure.finance.payments import virtual
from dure.finance.payments.models import Payment
from dure.finance.settlement import actions as settlement
from dure.integrations.carrier.client import Scan
from dure.kit import clock
from dure.kit.clock import KST
from dure.kit.errors import DureError
from dure.kit.outbox import deliver_due
from trade import money, paid_for, promised, told_of  # noqa: F401 (a fixture)

DEEDS = int(os.environ.get("DURE_DAY_DEEDS", "5000"))
SEED = int(os.environ.get("DURE_DAY_SEED", "24"))
POSTCODES = ["03086", "03134", "63100", "40200"]  # the mainland, Jeju, Ulleung


class Day:
    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.now = datetime(2026, 3, 2, 9, tzinfo=KST)
        self.waybills = 8200_0000_0000
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.operator = a_person("OPERATOR")
        CommissionPlan.objects.get_or_create(category=None, since="2020-01-01", defaults={"basis_points": 500})
        self.options = []
        for n in range(8):
            first = an_option(price=self.dice.randrange(3_000, 40_000, 10), stock=60)
            seller = first.product.seller
            a_shipping_policy(
                seller,
                fee=self.dice.choice([0, 2500, 3000]),
                free_over=self.dice.choice([None, 30_000]),
                return_fee=2500,
            )
            others = [an_option(price=first.price + 500 * k, stock=40, seller=seller) for k in (1, 2)]
            if n % 3 == 0:
                template = a_delivery_template(seller, grouped=True, jeju_extra=3000, remote_extra=5000)
                type(first.product).objects.filter(pk=others[0].product_id).update(delivery=template)
            self.options += [first, *others]
        self.buyers = [a_person() for _ in range(12)]
        an_offer("NPLUS1", buy=2, free=1, seller=self.options[0].product.seller, ends_at=self.now + timedelta(days=200))
        self.coupons = [an_offer(value=v, ends_at=self.now + timedelta(days=200)) for v in (500, 1500)]
        self.deeds = [
            (14, self.buy), (3, self.buy_as_guest), (12, self.pay), (2, self.nobody_pays),
            (4, self.promise_a_deposit), (5, self.deposit), (1, self.nobody_deposits), (2, self.name_an_account),
            (9, self.acknowledge), (12, self.send),
            (9, self.arrive), (6, self.confirm), (9, self.ask), (14, self.go_on), (5, self.or_else), (2, self.operator_decides),
            (4, self.count_stock), (2, self.change_price), (3, self.take_coupon), (2, self.give_points), (3, self.review),
            (2, self.write_to_the_shop), (4, self.time_passes), (1, self.settle),
        ]  # fmt: skip

    def play(self, deeds: int) -> None:
        weights = [weight for weight, _ in self.deeds]
        for n in range(deeds):
            (_weight, deed) = self.dice.choices(self.deeds, weights)[0]
            self.now += timedelta(seconds=self.dice.randrange(1, 60))
            with clock.at(self.now):
                try:
                    with transaction.atomic():
                        deed()
                    self.done[deed.__name__] += 1
                except DureError as error:
                    self.refused[f"{deed.__name__}: {error.code}"] += 1
                if n in (100, 500, 2000):
                    analyze()
                if n % 25 == 0:
                    deliver_due()
        with clock.at(self.now):
            deliver_due()

    # What there is to choose from

    def any_of(self, rows):
        ids = list(rows.order_by("-pk").values_list("pk", flat=True)[:60])
        if not ids:
            raise Nothing
        return rows.get(pk=self.dice.choice(ids))

    def line(self, **fields):
        return self.any_of(ProductOrder.objects.filter(**fields))

    def claim(self):
        return self.any_of(Claim.objects.filter(status__in=["REQUESTED", "COLLECTING", "COLLECTED", "REDELIVERING"]))

    def waybill(self) -> str:
        self.waybills += 1
        return str(self.waybills)

    def basket(self):
        chosen = self.dice.sample(self.options, self.dice.choice([1, 1, 2, 3]))
        return [Wanted(option.pk, self.dice.choice([1, 1, 2, 3])) for option in chosen]

    # Buying

    def buy(self):
        buyer = self.dice.choice(self.buyers)
        held = list(Coupon.objects.filter(buyer=buyer).values_list("pk", flat=True)[:3])
        wish = None
        if self.dice.random() < 0.5:
            wish = Chosen(
                buyer.pk, tuple(self.dice.sample(held, min(len(held), 1))), self.dice.choice([0, 0, 300, 5_000])
            )
        address = an_address(self.dice.choice(POSTCODES))
        orders.place_order(buyer, self.basket(), address, key=uuid.uuid4().hex, offers=wish)

    def buy_as_guest(self):
        guest = Guest("손님", "guest@example.kr", f"+8210{self.dice.randrange(10_000_000, 99_999_999)}")
        orders.place_order(
            None, self.basket(), an_address(self.dice.choice(POSTCODES)), key=uuid.uuid4().hex, guest=guest
        )

    def pay(self):
        order = self.any_of(Order.objects.filter(paid_at=None, ended_at=None, payment=None))
        orders.mark_paid(order, at=clock.now())
        order.refresh_from_db()
        paid_for(order)

    def nobody_pays(self):
        self.now += timedelta(minutes=16)
        with clock.at(self.now):
            orders.expire_unpaid(limit=5)

    def promise_a_deposit(self):
        promised(self.any_of(Order.objects.filter(paid_at=None, ended_at=None, payment=None)))

    def deposit(self):
        """In time or late: the goods may be somebody else's by now."""
        payment = self.any_of(Payment.objects.filter(status="WAITING_FOR_DEPOSIT"))
        virtual._settle(payment, told_of(payment, "DONE"))

    def nobody_deposits(self):
        payment = self.any_of(Payment.objects.filter(status="WAITING_FOR_DEPOSIT"))
        if self.dice.random() < 0.5:
            orders.expire(payment.order)  # the house was faster than the provider
        else:
            virtual._settle(payment, told_of(payment, "EXPIRED"))

    def name_an_account(self):
        payment = self.any_of(Payment.objects.filter(method="가상계좌", refund_account=None))
        virtual.tell_refund_account(
            payment, bank_code="088", number=f"110{payment.pk:08d}", holder="나구매", by=payment.order.buyer
        )

    # Sending

    def acknowledge(self):
        orders.acknowledge(self.line(status="PAID"), by=None)

    def send(self):
        line = self.line(status__in=["PAID", "DELIVERING"])
        shipping.dispatch([line], "CJ", self.waybill(), by=None, pieces={line.pk: self.dice.randint(1, line.quantity)})

    def arrive(self):
        parcel = self.any_of(Parcel.objects.filter(delivered_at=None))
        shipping.record_tracking(parcel.carrier, parcel.waybill, [Scan("DELIVERED", clock.now(), "문 앞")])

    def confirm(self):
        if self.dice.random() < 0.3:
            orders.auto_confirm(limit=10)
            return
        line = self.line(status="DELIVERED")
        orders.confirm_purchase(line, by=line.order.buyer)

    # Claims

    def ask(self):
        line = self.line(status__in=["PAID", "DELIVERING", "DELIVERED", "PURCHASE_CONFIRMED"])
        kind = self.dice.choice(["CANCEL", "RETURN", "EXCHANGE"])
        reason = self.dice.choice(["INTENT_CHANGED", "COLOR_AND_SIZE", "BROKEN", "CARRIER_DAMAGE", "DELAYED_DELIVERY"])
        claims.open_together(
            [(line, self.dice.randint(1, line.quantity))],
            kind,
            reason=reason,
            key=uuid.uuid4(),
            by=line.order.buyer,
            terms=Terms(fee_method=self.dice.choice(["DEDUCTED", "ENCLOSED", "BILLED"])),
        )

    def go_on(self):
        claim = self.claim()
        match (claim.kind, claim.status):
            case ("CANCEL", "REQUESTED") | ("RETURN", "COLLECTED"):
                claims.complete(claim, by=None)
            case ("EXCHANGE", "COLLECTED"):
                claims.redeliver(claim, carrier="CJ", waybill=self.waybill(), by=None)
            case (_, "REQUESTED"):
                claims.start_collecting(claim, carrier="CJ", waybill=self.waybill(), by=None)
            case _:
                claims.collected(claim, by=None)

    def or_else(self):
        claim = self.claim()
        until = clock.today() + timedelta(days=3)
        deeds = [
            lambda: claims.withdraw(claim, by=claim.product_order.order.buyer),
            lambda: claims.reject(claim, answer="어려워요", by=None),
            lambda: claims.hold(claim, reason="ETC", until=until, detail="잠깐", by=None),
            lambda: claims.release(claim, by=None),
            lambda: claims.receive_fee(claim, by=None),
            lambda: claims.admit_fault(claim, by=None),
            lambda: claims.already_shipped(claim, carrier="CJ", waybill=self.waybill(), by=None),
            lambda: claims.force_claim(claim, why="살펴봤어요", by=self.operator),
        ]
        self.dice.choice(deeds)()

    def operator_decides(self):
        line = self.line(status__in=["PAID", "DELIVERED", "PURCHASE_CONFIRMED"])
        claims.force(
            line,
            self.dice.choice(["CANCEL", "RETURN"]),
            quantity=1,
            fault=self.dice.choice(["BUYER", "SELLER"]),
            why="직권",
            key=uuid.uuid4(),
            by=self.operator,
        )

    # The shop's own work, and what people say

    def count_stock(self):
        option = self.dice.choice(self.options)
        if self.dice.random() < 0.7:
            stock.receive(option, self.dice.randint(1, 40), by=None)
        else:
            stock.adjust(option, self.dice.randint(-5, 5), by=None, why="실사")

    def change_price(self):
        option = self.dice.choice(self.options)
        option.refresh_from_db()
        rows = [
            catalog.OptionRow(o.name, max(o.price + self.dice.choice([-500, 0, 700]), 1_000), o.pk, o.seller_code)
            for o in option.product.options.filter(active=True)
        ]
        catalog.set_options(option.product, rows, by=None)

    def take_coupon(self):
        promotions.take_coupon(self.dice.choice(self.coupons), self.dice.choice(self.buyers))

    def give_points(self):
        points.give(self.dice.choice(self.buyers).pk, 1_000, kind="GRANT", ref=uuid.uuid4().hex, at=clock.now())

    def review(self):
        line = self.line(status__in=["DELIVERED", "PURCHASE_CONFIRMED"], order__buyer__isnull=False)
        reviews.write(line, rating=self.dice.randint(1, 5), text="잘 먹었어요. 또 살게요.", by=line.order.buyer)

    def write_to_the_shop(self):
        line = self.line()
        inquiries.open_thread(
            line.order, line.seller, topic="DELIVERY", text="언제 오나요?", key=uuid.uuid4(), by=line.order.buyer
        )

    def time_passes(self):
        self.now += timedelta(hours=self.dice.randrange(1, 20))

    def settle(self):
        deliver_due()
        settlement.run(clock.today(), by=None)


def analyze():
    """What autovacuum does in a house: a test has its day in one transaction, which nobody else sees."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


class Nothing(DureError):
    code = "nothing_to_do"


@pytest.mark.django_db
@pytest.mark.usefixtures("money", "simulators")
def test_after_a_random_day_everything_is_true():
    with clock.at(datetime(2026, 3, 2, 9, tzinfo=KST)):
        day = Day(SEED)
    day.play(DEEDS)
    told = f"seed {SEED}: {dict(day.done)} {dict(day.refused)}"
    with clock.at(day.now):
        assert {r.name: r.rows for r in verify.run() if not r.ok} == {}, told
    assert sum(day.done.values()) >= DEEDS // 2, told
    assert all(day.done[deed.__name__] for _, deed in day.deeds), told  # everything there is to do was done
    for payment in Payment.objects.all():
        assert payment.refunded <= payment.amount
