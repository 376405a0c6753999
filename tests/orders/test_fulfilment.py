"""From paid to confirmed: seen, sent, delivered, kept or given back."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from builders import a_line, a_person, a_shipping_policy, an_option, an_order, at_once
from dure.commerce.claims import actions as claims
from dure.commerce.claims import rules
from dure.commerce.claims.errors import ClaimAlreadyOpen, NotClaimable, ReturnTooLate, TooMany, WhyMissing
from dure.commerce.claims.models import Claim
from dure.commerce.orders import actions as orders
from dure.commerce.orders.errors import ClaimOpen
from dure.commerce.orders.models import ProductOrder
from dure.commerce.pricing.rules import Bundle, DeliveryTerms, Item, first_freight
from dure.commerce.reviews import actions as reviews
from dure.commerce.reviews.errors import AlreadyReviewed, NotYours
from dure.commerce.reviews.queries import ratings_of
from dure.commerce.shipping import actions as shipping
from dure.commerce.shipping.errors import BadWaybill, NotOneSeller, WaybillUsed
from dure.commerce.shipping.models import TrackingEvent
from dure.commerce.stock.models import StockItem
from dure.integrations.carrier.client import Scan
from dure.kit import clock
from dure.kit.models import Event
from dure.kit.states import WrongState

pytestmark = pytest.mark.django_db(transaction=True)


def available(line):
    return StockItem.objects.get(option=line.option_id).available


def ask(line, kind="RETURN", quantity=1, reason="INTENT_CHANGED"):
    return claims.open_claim(line, kind, quantity=quantity, reason=reason, key=uuid.uuid4(), by=line.order.buyer)


def test_a_seller_sees_an_order_once():
    line = a_line()
    orders.acknowledge(line, by=None)
    with pytest.raises(WrongState):
        orders.acknowledge(line, by=None)


def test_a_parcel_is_of_one_seller_with_a_number_used_once():
    one, other = a_line(), a_line()
    with pytest.raises(NotOneSeller):
        shipping.dispatch([one, other], "CJ", "123456789012", by=None)
    with pytest.raises(BadWaybill):
        shipping.dispatch([one], "CJ", "12", by=None)
    shipping.dispatch([one], "CJ", "1234-5678-9012", by=None)
    with pytest.raises(WaybillUsed):
        shipping.dispatch([other], "CJ", "123456789012", by=None)
    other.refresh_from_db()
    assert other.status == "PAID"


@pytest.mark.race
def test_a_line_is_sent_once_however_many_press_the_button():
    line = a_line()
    sent = at_once(6, lambda i: shipping.dispatch([line], "CJ", f"12345678901{i}", by=None))
    assert sum(not isinstance(r, Exception) for r in sent) == 1


def test_what_the_carrier_says_twice_or_out_of_order_is_kept_once():
    line = a_line("DELIVERING")
    parcel, at = line.parcels.get(), clock.now()
    late = [Scan("DELIVERED", at + timedelta(hours=9), "문 앞")]
    early = [Scan("PICKED_UP", at, "종로"), Scan("IN_TRANSIT", at + timedelta(hours=3), "옥천")]
    shipping.record_tracking("CJ", parcel.waybill, late)
    shipping.record_tracking("CJ", parcel.waybill, early + late)
    assert TrackingEvent.objects.count() == 3
    line.refresh_from_db()
    assert line.status == "DELIVERED" and line.delivered_at == late[0].at
    assert shipping.record_tracking("CJ", "999999999999", early) is None


def test_a_purchase_is_confirmed_by_time_seven_days_after_the_delivery():
    line = a_line("DELIVERED")
    with clock.at(clock.now() + timedelta(days=6)):
        assert orders.auto_confirm() == 0
    with clock.at(clock.now() + timedelta(days=7, minutes=1)):
        assert orders.auto_confirm() == 1
    assert Event.objects.get(topic="orders.purchase_confirmed").payload["product_order_id"] == line.pk


def test_an_open_claim_stops_the_confirmation():
    line = a_line("DELIVERED")
    ask(line)
    with pytest.raises(ClaimOpen):
        orders.confirm_purchase(line, by=None)
    with clock.at(clock.now() + timedelta(days=8)):
        assert orders.auto_confirm() == 0


def test_a_cancel_before_the_seller_has_seen_it_is_done_at_once():
    line = a_line(quantity=3)
    claim = ask(line, "CANCEL", quantity=2)
    claim.refresh_from_db()
    line.refresh_from_db()
    assert claim.status == "DONE" and line.status == "PAID" and line.canceled_quantity == 2
    assert available(line) == 9
    assert Event.objects.get(topic="claims.refund_due").payload["amount"] == claim.refund_amount == 20_000


def test_a_cancel_after_it_waits_for_the_seller():
    line = a_line()
    orders.acknowledge(line, by=None)
    claim = ask(line, "CANCEL")
    assert claim.status == "REQUESTED"
    with pytest.raises(ClaimOpen):
        shipping.dispatch([line], "CJ", "123456789012", by=None)
    claims.complete(claim, by=None)
    line.refresh_from_db()
    assert line.status == "CANCELED"


def test_a_return_is_not_completed_before_the_goods_are_back():
    claim = ask(a_line("DELIVERED"))
    with pytest.raises(WrongState):
        claims.complete(claim, by=None)
    claims.start_collecting(claim, carrier="CJ", waybill="555555555555", by=None)
    with pytest.raises(WrongState):
        claims.complete(Claim.objects.get(), by=None)


def test_a_completed_return_ends_the_line_and_restocks_once():
    line = a_line("DELIVERED")
    claim = ask(line)
    claims.start_collecting(claim, carrier="CJ", waybill="555555555555", by=None)
    shipping.record_tracking("CJ", "555555555555", [Scan("DELIVERED", clock.now(), "가게")])
    claims.collected(claim, by=None)
    done = at_once(4, lambda i: claims.complete(Claim.objects.get(), by=None))
    assert sum(r is None for r in done) == 1
    line.refresh_from_db()
    assert line.status == "RETURNED" and available(line) == 10
    assert Event.objects.filter(topic="claims.refund_due").count() == 1


def test_two_claims_on_one_line_at_once_are_one():
    line = a_line("DELIVERED", quantity=2)
    opened = at_once(6, lambda i: ask(line))
    assert sum(isinstance(r, Claim) for r in opened) == 1
    assert all(isinstance(r, Claim | ClaimAlreadyOpen) for r in opened)


def test_the_same_form_twice_is_one_claim():
    line, key = a_line("DELIVERED"), uuid.uuid4()
    first, again = (
        claims.open_claim(line, "RETURN", quantity=1, reason="BROKEN", key=key, by=line.order.buyer) for _ in range(2)
    )
    assert first == again


def test_more_than_there_is_left_cannot_be_claimed_and_the_database_agrees():
    line = a_line("DELIVERED", quantity=2)
    with pytest.raises(TooMany):
        ask(line, quantity=3)
    with pytest.raises(IntegrityError, match="claims_within_quantity"), transaction.atomic():
        ProductOrder.objects.filter(pk=line.pk).update(returned_quantity=2, canceled_quantity=1)


def test_a_change_of_mind_has_seven_days_and_a_fault_has_longer():
    line = a_line("DELIVERED")
    with clock.at(clock.now() + timedelta(days=8)):
        with pytest.raises(ReturnTooLate):
            ask(line, reason="INTENT_CHANGED")
        assert ask(line, reason="BROKEN").status == "REQUESTED"


def test_a_rejection_needs_words():
    claim = ask(a_line("DELIVERED"))
    with pytest.raises(WhyMissing):
        claims.reject(claim, answer=" ", by=None)
    claims.reject(claim, answer="이미 드신 상품은 반품이 어려워요.", by=None)
    assert Claim.objects.get().status == "REJECTED"


def test_a_cancel_of_what_was_delivered_is_refused():
    with pytest.raises(NotClaimable):
        ask(a_line("DELIVERED"), "CANCEL")


@pytest.mark.parametrize(
    ("fault", "freight_out", "shipping_paid", "last", "refund"),
    [
        ("BUYER", 0, 3000, True, rules.Refund(10_000, 0, 2500)),  # the freight out was paid, the freight back is taken
        ("BUYER", 3000, 0, True, rules.Refund(10_000, 0, 5500)),  # it had gone out free: both ways
        ("BUYER", 9000, 0, True, rules.Refund(10_000, 0, 10_000)),  # never more than the goods
        ("SELLER", 3000, 3000, True, rules.Refund(10_000, 3000, 0)),  # everything comes back
        ("SELLER", 0, 3000, False, rules.Refund(10_000, 0, 0)),  # other goods of the parcel stay
        ("CARRIER", 3000, 0, True, rules.Refund(10_000, 0, 0)),
    ],
)
def test_who_pays_the_freight_of_a_return(fault, freight_out, shipping_paid, last, refund):
    found = rules.return_refund(
        10_000,
        fault=fault,
        freight_back=2500,
        freight_out=freight_out,
        shipping_left=shipping_paid,
        last_of_parcel=last,
    )
    assert (found.goods, found.shipping, found.return_fee) == (refund.goods, refund.shipping, refund.return_fee)


@pytest.mark.parametrize(
    ("reason", "goods_left", "due"),
    [
        ("BASE", 0, 0),  # it was paid
        ("FREE_OVER", 30_000, 0),  # what stays still reaches the bound
        ("FREE_OVER", 29_990, 3000),
        ("FREE_OVER", 0, 3000),
        ("FREE", 10_000, 0),  # the seller's own choice, and some of it stays
        ("FREE", 0, 2500),
    ],
)
def test_when_the_first_freight_is_due_after_all(reason, goods_left, due):
    fee = 0 if reason == "FREE" else 3000
    bundle = Bundle((DeliveryTerms.flat(fee, 30_000 if fee else None),), return_fee=2500)
    assert first_freight(bundle, reason, [Item(goods_left, 1)] if goods_left else []) == due


def returned(line, *, quantity=1, reason="INTENT_CHANGED"):
    claim = ask(line, quantity=quantity, reason=reason)
    claims.start_collecting(claim, carrier="CJ", waybill=f"{7000_0000_0000 + claim.pk}", by=None)
    claims.collected(claim, by=None)
    return claim


def test_the_first_freight_is_taken_once_for_a_parcel():
    option = an_option(price=20_000)
    a_shipping_policy(option.product.seller, fee=3000, free_over=30_000, return_fee=2500)
    line = a_line("DELIVERED", option=option, quantity=3)
    fees = []
    for _ in range(3):
        claim = returned(line)
        claims.complete(claim, by=None)
        claim.refresh_from_db()
        fees.append(claim.return_fee)
    assert fees == [2500, 5500, 2500]  # 40,000 stays, then 20,000 (not free any more), then nothing


def test_a_parcel_from_an_island_pays_the_islands_way_back():
    option = an_option(price=20_000)
    a_shipping_policy(option.product.seller, fee=3000, return_fee=2500, jeju_extra=3000)
    line = a_line("DELIVERED", option=option, postcode="63000")
    assert claims.preview(line, "RETURN", 1, "INTENT_CHANGED") == rules.Refund(20_000, 0, 5500, 5500)


@pytest.mark.race
def test_of_two_faulty_goods_of_one_parcel_returned_at_once_one_brings_the_shipping_fee_back():
    one = an_option()
    other = an_option(seller=one.product.seller)
    a_shipping_policy(one.product.seller, fee=3000)
    order = an_order(one, other, paid=True)
    lines = list(order.lines.order_by("id"))
    shipping.dispatch(lines, "CJ", "600000009999", by=None)
    shipping.record_tracking("CJ", "600000009999", [Scan("DELIVERED", clock.now(), "서울")])
    opened = [returned(ProductOrder.objects.get(pk=line.pk), reason="BROKEN") for line in lines]
    assert [c.shipping_refund for c in opened] == [0, 0], "each had thought that the other one stays"
    at_once(2, lambda i: claims.complete(opened[i], by=None))
    assert sorted(Claim.objects.values_list("shipping_refund", flat=True)) == [0, 3000]
    assert order.shipping_charges.get().refunded == 3000


@pytest.mark.race
def test_a_cancel_asked_for_while_the_parcel_leaves_never_takes_what_has_left():
    for n in range(5):
        line = a_line(quantity=2)
        orders.acknowledge(line, by=None)
        deeds = [lambda: shipping.dispatch([line], "CJ", f"61000000000{n}", by=None), lambda: ask(line, "CANCEL")]
        results = at_once(2, lambda i: deeds[i]())
        line.refresh_from_db()
        refused = [r for r in results if isinstance(r, ClaimOpen | NotClaimable)]
        assert len(refused) == 1
        assert (line.status == "DELIVERING") != line.claims.exists()


@given(st.integers(10, 10**7), st.lists(st.integers(1, 9), min_size=1, max_size=9))
def test_partial_refunds_add_up_to_what_was_paid(paid, parts):
    whole, taken, refunded = sum(parts), 0, 0
    for part in parts:
        refunded += rules.goods_refund(paid, whole, taken, part)
        taken += part
    assert refunded == paid


def test_the_fee_for_shipping_goes_back_with_the_last_goods_of_the_seller():
    option = an_option()
    a_shipping_policy(option.product.seller, fee=3000)
    order = an_order(option, quantity=2, paid=True)
    first, second = ask(order.lines.get(), "CANCEL"), None
    second = ask(order.lines.get(), "CANCEL")
    assert (first.refund_amount, second.refund_amount) == (10_000, 13_000)
    assert order.shipping_charges.get().refunded == 3000


def test_a_review_is_written_once_by_who_received_the_goods():
    line = a_line("DELIVERED")
    with pytest.raises(NotYours):
        reviews.write(line, rating=5, text="남의 주문에 쓰는 후기입니다", by=a_person())
    reviews.write(line, rating=4, text="맛있고 신선해요. 또 살게요.", by=line.order.buyer)
    with pytest.raises(AlreadyReviewed):
        reviews.write(line, rating=4, text="맛있고 신선해요. 또 살게요.", by=line.order.buyer)
    product = line.option.product_id
    assert (ratings_of([product])[product].average, ratings_of([product])[product].count) == (4.0, 1)
    with pytest.raises(NotYours):
        unsent = a_line()
        reviews.write(unsent, rating=5, text="아직 안 왔지만 좋아요!", by=unsent.order.buyer)
