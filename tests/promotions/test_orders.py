"""Promotions on real orders: what is written on the lines, what comes back, and the money to the last won."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import a_line, a_person, a_shipping_policy, an_offer, an_option, an_order, at_once
from dure.commerce.claims import actions as claims
from dure.commerce.orders import actions as orders
from dure.commerce.orders.errors import PriceChanged
from dure.commerce.orders.models import LineDiscount, LineGift, Order, ProductOrder
from dure.commerce.promotions import actions, errors, points, queries
from dure.commerce.promotions.models import Budget, Coupon, PointsAccount, PointsEntry
from dure.commerce.promotions.rules import Chosen
from dure.commerce.shipping import actions as shipping
from dure.commerce.stock.queries import available_of
from dure.finance import verify
from dure.finance.ledger import postings
from dure.finance.ledger.queries import balance_of
from dure.finance.payments.models import Payment
from dure.finance.settlement.models import SettlementLine
from dure.integrations.carrier.client import Scan
from dure.kit import clock, outbox

pytestmark = pytest.mark.django_db


def with_points(buyer, amount):
    points.give(buyer.pk, amount, kind="GRANT", ref=str(uuid.uuid4()), at=clock.now())
    return buyer


def broken():
    return {r.name: r.rows for r in verify.run() if not r.ok}


def paid(order):
    """As the payment provider's yes would have it, in the books too."""
    payment = Payment.objects.create(order=order, amount=order.pay_total, status="DONE", payment_key=uuid.uuid4().hex)
    charges = {c.pk: c.amount for c in order.shipping_charges.all()}
    postings.paid(f"payment:{payment.pk}", {n.pk: n.paid_amount for n in order.lines.all()}, charges)
    orders.mark_paid(order, at=clock.now())
    order.refresh_from_db()
    return order


def claim(line, kind="CANCEL", quantity=1, reason="INTENT_CHANGED"):
    told = claims.open_claim(line, kind, quantity=quantity, reason=reason, key=uuid.uuid4(), by=line.order.buyer)
    outbox.deliver_due()
    line.refresh_from_db()
    return told


# ── Placing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_order_carries_every_discount_on_its_lines():
    buyer = with_points(a_person(), 500)
    tea, honey = an_option(price=20_000), an_option(price=10_000)
    an_offer("INSTANT", prices={tea.pk: 18_000})
    mine = actions.take_coupon(an_offer("PRODUCT_COUPON", how="RATE", value=1000), buyer)
    cart = actions.take_coupon(an_offer(value=3_000, min_spend=25_000), buyer)
    order = an_order(tea, honey, buyer=buyer, offers=Chosen(buyer.pk, (mine.pk, cart.pk), 500))
    told = {(n.unit_price, d.kind, d.amount) for n in order.lines.all() for d in n.discounts.all()}
    # 30,000: event -2,000; 10% of 18,000; 3,000 over 16,200 : 10,000; 500 over what is left
    assert told == {
        (20_000, "INSTANT", 2_000),
        (20_000, "COUPON", 1_800),
        (20_000, "COUPON", 1_855),
        (10_000, "COUPON", 1_145),
        (20_000, "POINTS", 309),
        (10_000, "POINTS", 191),
    }
    assert (order.goods_total, order.discount_total, order.pay_total) == (30_000, 7_300, 22_700)
    assert PointsAccount.objects.get(pk=buyer.pk).balance == 0
    assert broken() == {}


def test_free_shipping_is_reckoned_on_the_goods_after_discounts():
    buyer, option = a_person(), an_option(price=30_000)
    a_shipping_policy(option.product.seller, fee=3_000, free_over=30_000)
    coupon = actions.take_coupon(an_offer(), buyer)
    assert an_order(option, buyer=buyer, offers=Chosen(buyer.pk, (coupon.pk,))).shipping_total == 3_000
    assert an_order(option, buyer=buyer).shipping_total == 0


def test_a_total_that_is_no_longer_true_is_refused_and_nothing_is_used():
    buyer, option, offer = a_person(), an_option(), an_offer()
    coupon = actions.take_coupon(offer, buyer)
    wanted = [orders.Wanted(option.pk, 1)]
    actions.stop(offer, by=None)
    from builders import an_address

    with pytest.raises(PriceChanged):
        orders.place_order(
            buyer, wanted, an_address(), key="k", expected_total=9_000, offers=Chosen(buyer.pk, (coupon.pk,))
        )
    coupon.refresh_from_db()
    assert coupon.status == "HELD" and not Order.objects.exists()


def test_the_same_request_again_uses_nothing_twice():
    buyer, option = with_points(a_person(), 300), an_option()
    first = an_order(option, buyer=buyer, key="k", offers=Chosen(buyer.pk, (), 300))
    assert an_order(option, buyer=buyer, key="k", offers=Chosen(buyer.pk, (), 300)) == first
    assert PointsEntry.objects.filter(kind="USE").count() == 1


def test_guests_get_what_needs_no_account():
    option = an_option()
    an_offer("NPLUS1", buy=1, free=1)
    from builders import a_commission_plan, an_address

    a_commission_plan()
    guest = orders.Guest("나손님", "guest@example.kr", "+821012345678")
    order = orders.place_order(None, [orders.Wanted(option.pk, 2)], an_address(), key="g", guest=guest)
    assert (order.discount_total, order.buyer) == (10_000, None)
    paid(order)
    outbox.deliver_due()
    assert broken() == {}


def test_a_gift_goes_along_while_its_own_stock_lasts():
    option = an_option(price=60_000)
    towel = an_option(price=5_000, stock=1, seller=option.product.seller, name="수건", active=False)
    an_offer("GIFT", min_spend=50_000, gift_option_id=towel.pk)
    first, second = an_order(option), an_order(option)
    gift = LineGift.objects.get()
    assert (gift.product_order.order, gift.name) == (first, "수건")
    assert second.lines.get().gifts.count() == 0
    assert available_of([towel.pk])[towel.pk] == 0
    assert broken() == {}


def test_a_gift_rides_only_in_the_parcel_of_the_seller_who_has_it():
    towel = an_option(price=5_000, stock=1, active=False)
    an_offer("GIFT", gift_option_id=towel.pk)
    an_order(an_option(price=60_000))
    assert not LineGift.objects.exists()


# ── Coming back ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_unpaid_order_gives_everything_back():
    buyer, option = with_points(a_person(), 400), an_option(price=60_000)
    towel = an_option(price=5_000, stock=1, seller=option.product.seller, active=False)
    an_offer("GIFT", gift_option_id=towel.pk)
    offer = an_offer()
    actions.set_budget(offer, "ALL", 1_000, by=None)
    coupon = actions.take_coupon(offer, buyer)
    order = an_order(option, buyer=buyer, offers=Chosen(buyer.pk, (coupon.pk,), 400))
    assert Budget.objects.get().spent == 1_000
    orders.expire(order)
    coupon.refresh_from_db()
    assert (coupon.status, Budget.objects.get().spent) == ("HELD", 0)
    assert points.usable_at(buyer.pk, clock.now()) == 400
    assert available_of([towel.pk])[towel.pk] == 1
    assert broken() == {}


def test_a_partly_cancelled_order_keeps_its_contract_and_gives_points_back_by_the_piece():
    """The minimum of the coupon is not held against the rest: what was promised stays (docs/decisions/0060)."""
    buyer, option = with_points(a_person(), 1_000), an_option(price=10_000)
    coupon = actions.take_coupon(an_offer(value=3_000, min_spend=30_000), buyer)
    order = paid(an_order(option, buyer=buyer, quantity=3, offers=Chosen(buyer.pk, (coupon.pk,), 1_000)))
    line = order.lines.get()
    assert claim(line).refund_amount == 8_666  # a third of the 26,000 paid
    assert points.usable_at(buyer.pk, clock.now()) == 333
    coupon.refresh_from_db()
    assert coupon.status == "USED"
    claim(line)
    claim(line)
    coupon.refresh_from_db()
    assert coupon.status == "HELD"
    assert points.usable_at(buyer.pk, clock.now()) == 1_000
    assert sum(c.refund_amount for c in line.claims.all()) == 26_000


def test_a_coupon_past_its_day_comes_back_and_can_no_longer_be_used():
    buyer, option = a_person(), an_option()
    coupon = actions.take_coupon(an_offer(), buyer)
    order = an_order(option, buyer=buyer, offers=Chosen(buyer.pk, (coupon.pk,)))
    with clock.at(clock.now() + timedelta(days=30)):
        orders.expire(order)
        assert not queries.box_of(buyer, clock.now()).exists()
        assert queries.history_of(buyer, clock.now()).get() == coupon


def test_a_gift_comes_back_with_the_last_piece():
    option = an_option(price=60_000)
    towel = an_option(price=5_000, stock=1, seller=option.product.seller, active=False)
    an_offer("GIFT", gift_option_id=towel.pk)
    line = paid(an_order(option, quantity=2)).lines.get()
    claim(line)
    assert available_of([towel.pk])[towel.pk] == 0
    claim(line)
    assert available_of([towel.pk])[towel.pk] == 1
    assert LineGift.objects.get().back_at


def test_points_are_earned_on_what_was_paid_and_taken_when_the_goods_come_back():
    buyer = a_person()
    line = a_line("PURCHASE_CONFIRMED", buyer=buyer, quantity=2, option=an_option(price=10_000))
    outbox.deliver_due()
    assert points.usable_at(buyer.pk, clock.now()) == 200
    ProductOrder.objects.filter(pk=line.pk).update(returned_quantity=1)
    from dure.commerce.orders import promoted

    promoted.claimed(ProductOrder.objects.select_related("order").get(pk=line.pk), at=clock.now())
    promoted.claimed(ProductOrder.objects.select_related("order").get(pk=line.pk), at=clock.now())
    assert points.usable_at(buyer.pk, clock.now()) == 100


def test_a_review_is_thanked_for_once():
    from dure.commerce.reviews import actions as reviews

    buyer = a_person()
    line = a_line("DELIVERED", buyer=buyer)
    reviews.write(line, rating=5, text="향이 아주 좋아요. 또 살게요.", by=buyer)
    outbox.deliver_due()
    assert points.usable_at(buyer.pk, clock.now()) == 100


def test_who_has_bought_is_no_first_buyer():
    buyer = a_person()
    an_order(buyer=buyer, paid=True)
    outbox.deliver_due()
    coupon = actions.take_coupon(an_offer(first_order=True), buyer)
    order = an_order(buyer=buyer, offers=Chosen(buyer.pk, (coupon.pk,)))
    assert order.discount_total == 0


# ── Money ────────────────────────────────────────────────────────────────────────────────────────────────────────


def a_shared_sale(price=10_000, quantity=1, buyer=None):
    """20% off, borne 40% by the seller, 40% by the house, 20% by an agency; paid and in the books."""
    postings.operator_funded(str(uuid.uuid4()), 1_000_000)
    option, owner, buyer = an_option(price=price), a_person(), buyer or a_person()
    agency = actions.name_agency(f"기관{uuid.uuid4().hex[:6]}", by=owner)
    shares = {"platform_bp": 4000, "seller_bp": 4000, "agency_bp": 2000, "agency_id": agency.pk}
    offer = an_offer(how="RATE", value=2000, **shares)
    actions.consent(offer, option.product.seller, terms_hash=offer.terms_hash, cap=None, by=owner)
    coupon = actions.take_coupon(offer, buyer)
    order = paid(an_order(option, buyer=buyer, quantity=quantity, offers=Chosen(buyer.pk, (coupon.pk,))))
    return order.lines.get(), agency


def settle(line):
    shipping.dispatch([line], "CJ", "600012345678", by=None)
    shipping.record_tracking("CJ", "600012345678", [Scan("DELIVERED", clock.now(), "서울")])
    orders.confirm_purchase(line, by=line.order.buyer)
    outbox.deliver_due()
    line.refresh_from_db()


def test_the_shares_reach_the_settlement_and_the_agency_owes_its_part():
    line, agency = a_shared_sale()
    settle(line)
    sale = SettlementLine.objects.get(kind="SALE")
    assert (sale.goods, sale.discount, sale.commission, sale.vat, sale.net) == (10_000, 800, 460, 46, 8_694)
    assert balance_of("OPS", "AGENCY_DUE", agency.pk) == 400
    assert balance_of("OPS", "COUPON") == 800
    assert broken() == {}


def test_what_was_told_before_the_consent_is_what_arrives():
    line, _agency = a_shared_sale(price=12_340, quantity=3)
    from dure.commerce.promotions import rules

    told = rules.outcome(line.goods_amount, line.discount_amount, rules.Shares(4000, 4000, 2000), line.commission_bp)
    settle(line)
    sale = SettlementLine.objects.get(kind="SALE")
    assert (told.parts.seller, told.commission, told.vat, told.arrives) == (
        sale.discount,
        sale.commission,
        sale.vat,
        sale.net,
    )


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 3), min_size=1, max_size=4), st.integers(10, 99_999))
def test_partial_cancels_in_any_sequence_give_back_exactly_what_was_paid(steps, price):
    quantity = sum(steps)
    with transaction.atomic():
        buyer, option = with_points(a_person(), 5_000), an_option(price=price, stock=quantity)
        coupon = actions.take_coupon(an_offer(how="RATE", value=700), buyer)
        order = paid(an_order(option, buyer=buyer, quantity=quantity, offers=Chosen(buyer.pk, (coupon.pk,), 5_000)))
        line = order.lines.get()
        refunds = [claim(line, quantity=step).refund_amount for step in steps]
        assert sum(refunds) == order.pay_total
        assert min(refunds) >= 0
        assert points.usable_at(buyer.pk, clock.now()) == 5_000
        assert broken() == {}
        transaction.set_rollback(True)


# ── What the database refuses ────────────────────────────────────────────────────────────────────────────────────


def test_the_database_refuses_a_line_whose_discount_is_not_its_parts():
    line = an_order().lines.get()
    with pytest.raises(IntegrityError, match="not its parts"), transaction.atomic(), connection.cursor() as cursor:
        LineDiscount.objects.create(product_order=line, kind="COUPON", ref="x", amount=1)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("change", ["UPDATE orders_linediscount SET amount = 1", "DELETE FROM orders_linediscount"])
def test_the_database_keeps_the_parts_as_they_were(change):
    an_offer("NPLUS1", buy=1, free=1)
    an_order(quantity=2)
    with (
        pytest.raises(DatabaseError, match="part of the contract"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_fifty_orders_at_once_stay_within_the_budget():
    option = an_option(stock=100)
    an_order(option)  # the commission plan is there
    offer = an_offer("NPLUS1", buy=1, free=1)
    actions.set_budget(offer, "ALL", 50_000, by=None)
    buyers = [a_person() for _ in range(50)]
    answers = at_once(50, lambda i: an_order(option, buyer=buyers[i], quantity=2))
    placed = [a for a in answers if isinstance(a, Order)]
    assert sum(order.discount_total for order in placed) == 50_000 == Budget.objects.get().spent
    assert all(isinstance(a, Order | errors.BudgetSpent) for a in answers)
    assert broken() == {}


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_budget_given_back_while_it_is_taken_adds_up():
    option, offer = an_option(stock=100), an_offer("NPLUS1", buy=1, free=1)
    actions.set_budget(offer, "ALL", 100_000, by=None)
    held = [an_order(option, quantity=2) for _ in range(5)]
    buyers = [a_person() for _ in range(5)]
    at_once(10, lambda i: orders.expire(held[i]) if i < 5 else an_order(option, buyer=buyers[i - 5], quantity=2))
    assert Budget.objects.get().spent == 10_000 * Order.objects.filter(ended_at=None).count()
    assert Coupon.objects.count() == 0
    assert broken() == {}
