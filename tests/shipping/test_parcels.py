"""Parcels: part of a line, several of a line, several lines in one, by hand, corrected; and the deadline of a dispatch."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from builders import a_line, a_person, an_address, an_option, an_order, at_once
from dure.commerce.claims import actions as claims
from dure.commerce.claims.errors import NotClaimable, TooMany
from dure.commerce.orders import actions as orders
from dure.commerce.orders.actions import Wanted
from dure.commerce.orders.errors import ClaimOpen, DelayTold, DelayTooShort, TooManySent, WhyNeeded
from dure.commerce.orders.models import DispatchDelay, ProductOrder
from dure.commerce.shipping import actions as shipping
from dure.commerce.shipping.errors import AlreadyArrived, BadWaybill, NotOneAddress, UnknownCarrier, WaybillUsed
from dure.commerce.shipping.models import Parcel, TrackingEvent
from dure.integrations.carrier.carriers import CARRIERS, is_waybill
from dure.integrations.carrier.client import Scan
from dure.kit import clock
from dure.kit.models import Event
from dure.kit.states import WrongState

pytestmark = pytest.mark.django_db(transaction=True)


def send(line, waybill, pieces=None, **more):
    return shipping.dispatch([line], "CJ", waybill, by=None, pieces={line.pk: pieces} if pieces else None, **more)


def arrive(waybill, at=None):
    return shipping.record_tracking("CJ", waybill, [Scan("DELIVERED", at or clock.now(), "문 앞")])


def cancel(line, quantity=1):
    return claims.open_claim(
        line, "CANCEL", quantity=quantity, reason="INTENT_CHANGED", key=uuid.uuid4(), by=line.order.buyer
    )


def test_a_line_sent_in_two_parcels_is_under_way_with_the_last_and_there_with_the_last():
    line = a_line(quantity=5)
    send(line, "600000000101", 2)
    line.refresh_from_db()
    assert (line.status, line.sent_quantity, line.unsent_quantity) == ("PAID", 2, 3)
    with pytest.raises(TooManySent):
        send(line, "600000000102", 4)
    assert not Parcel.objects.filter(waybill="600000000102").exists(), "what was refused leaves nothing behind"
    send(line, "600000000102", 3)
    first = clock.now()
    arrive("600000000101", first)
    line.refresh_from_db()
    assert line.status == "DELIVERING"
    later = first + timedelta(hours=5)
    arrive("600000000102", later)
    line.refresh_from_db()
    assert (line.status, line.delivered_at) == ("DELIVERED", later)


@pytest.mark.race
def test_two_parcels_of_a_line_arriving_at_once_deliver_it():
    for n in range(4):
        line = a_line(quantity=2)
        numbers = [f"60000000{n}201", f"60000000{n}202"]
        for number in numbers:
            send(line, number, 1)
        at_once(2, lambda i: arrive(numbers[i]))
        line.refresh_from_db()
        assert line.status == "DELIVERED"


def test_what_was_sent_cannot_be_cancelled_the_rest_can_and_the_line_goes_on():
    line = a_line(quantity=3)
    send(line, "600000000301", 2)
    with pytest.raises(TooMany):
        cancel(line, 2)
    arrive("600000000301")
    claim = cancel(ProductOrder.objects.get(pk=line.pk))  # a dispatched line has been acknowledged: the seller answers
    claims.complete(claim, by=None)
    line.refresh_from_db()
    assert (line.status, line.canceled_quantity) == ("DELIVERED", 1), "all that was not cancelled has arrived before"


def test_the_database_refuses_to_cancel_what_has_left():
    line = a_line(quantity=2)
    send(line, "600000000302", 1)
    with pytest.raises(IntegrityError, match="sent_is_not_canceled"), transaction.atomic():
        ProductOrder.objects.filter(pk=line.pk).update(canceled_quantity=2)


@pytest.mark.race
def test_a_cancel_of_the_rest_and_a_dispatch_of_the_rest_at_once_one_wins_the_other_is_told():
    for n in range(4):
        line = a_line(quantity=2)
        send(line, f"60000000{n}303", 1)
        deeds = [lambda: send(line, f"60000000{n}304", 1), lambda: cancel(ProductOrder.objects.get(pk=line.pk))]
        results = at_once(2, lambda i: deeds[i]())
        refused = [r for r in results if isinstance(r, ClaimOpen | NotClaimable | TooMany)]
        line.refresh_from_db()
        assert len(refused) == 1, results
        assert (line.status == "DELIVERING") != line.claims.exists()


def test_lines_of_several_orders_go_in_one_parcel_when_they_go_to_one_place():
    buyer, option = a_person(), an_option(stock=20)
    other = an_option(seller=option.product.seller)
    here, there = (an_order(o, buyer=buyer, paid=True).lines.get() for o in (option, other))
    parcel = shipping.dispatch([here, there], "CJ", "600000000401", by=None)
    assert parcel.lines.count() == 2
    far = orders.place_order(buyer, [Wanted(option.pk, 1)], an_address(receiver="이웃"), key=uuid.uuid4().hex)
    orders.mark_paid(far, at=clock.now())
    near = an_order(option, buyer=buyer, paid=True).lines.get()
    with pytest.raises(NotOneAddress):
        shipping.dispatch([near, far.lines.get()], "CJ", "600000000402", by=None)


@pytest.mark.parametrize("method", ["DIRECT_DELIVERY", "VISIT_RECEIPT", "QUICK_SVC"])
def test_what_goes_by_hand_needs_no_waybill_and_arrives_when_the_seller_says_so(method):
    line = a_line()
    parcel = shipping.dispatch([line], "", "", by=None, method=method, note="010-1111-2222 기사님")
    assert (parcel.carrier, parcel.waybill, parcel.is_tracked) == ("", "", False)
    assert not Event.objects.filter(topic="shipping.handed_over").exists(), "nobody is asked where it is"
    shipping.handed_to_buyer(parcel, by=None)
    line.refresh_from_db()
    assert line.status == "DELIVERED"
    with pytest.raises(WrongState):
        shipping.handed_to_buyer(parcel, by=None)


def test_what_nobody_follows_arrives_after_a_week():
    by_hand, by_shop, tracked = a_line(), a_line(), a_line()
    shipping.dispatch([by_hand], "", "", by=None, method="QUICK_SVC")
    shipping.dispatch([by_shop], "CUPARCEL", "363412345", by=None)
    send(tracked, "600000000501")
    with clock.at(clock.now() + timedelta(days=6)):
        assert shipping.deliver_untracked() == 0
    with clock.at(clock.now() + timedelta(days=7, minutes=1)):
        assert shipping.deliver_untracked() == 2
    tracked.refresh_from_db()
    assert tracked.status == "DELIVERING", "the carrier will tell"


def test_a_waybill_is_used_once_in_six_months():
    first, again, later = a_line(), a_line(), a_line()
    send(first, "600000000601")
    arrive("600000000601")
    with pytest.raises(WaybillUsed):
        send(again, "6000-0000-0601")
    with pytest.raises(IntegrityError, match="waybill_in_use_once"), transaction.atomic():
        Parcel.objects.create(seller=first.seller, carrier="CJ", waybill="600000000601")
    half_a_year_on = clock.now() + timedelta(days=184)
    with clock.at(half_a_year_on):
        fresh = send(later, "600000000601")
        arrive("600000000601", half_a_year_on)
    fresh.refresh_from_db()
    later.refresh_from_db()
    assert later.status == "DELIVERED" and fresh.delivered_at == half_a_year_on, "the news are of the new parcel"


def test_scans_of_long_before_are_of_another_parcel_with_that_number():
    line = a_line("DELIVERING")
    waybill = line.parcels.get().waybill
    arrive(waybill, clock.now() - timedelta(days=20))
    line.refresh_from_db()
    assert line.status == "DELIVERING" and not TrackingEvent.objects.exists()


def test_a_mistyped_waybill_is_corrected_and_remembered():
    line, other = a_line(), a_line()
    parcel = send(line, "600000000701")
    send(other, "600000000702")
    shipping.record_tracking("CJ", "600000000701", [Scan("PICKED_UP", clock.now(), "남의 집")])
    with pytest.raises(WaybillUsed):
        shipping.correct_waybill(parcel, "CJ", "600000000702", by=None)
    with pytest.raises(WrongState):
        shipping.correct_waybill(parcel, "CJ", "600000000701", by=None)
    shipping.correct_waybill(parcel, "HANJIN", "600000000703", by=None)
    parcel.refresh_from_db()
    assert (parcel.carrier, parcel.waybill, parcel.events.count()) == ("HANJIN", "600000000703", 0)
    was = parcel.corrections.get()
    assert (was.carrier, was.waybill, was.dropped[0][2]) == ("CJ", "600000000701", "남의 집")
    assert arrive("600000000701") is None, "the wrong number is nobody's now"
    shipping.record_tracking("HANJIN", "600000000703", [Scan("DELIVERED", clock.now(), "문 앞")])
    with pytest.raises(AlreadyArrived):
        shipping.correct_waybill(parcel, "CJ", "600000000704", by=None)


@pytest.mark.parametrize(
    ("carrier", "waybill", "error"),
    [("CJ", "12345", BadWaybill), ("EPOST", "123456789012", BadWaybill), ("NOSUCH", "123456789012", UnknownCarrier),
     ("CUPARCEL", "a!b", BadWaybill), ("CJ", "１２３４５６７８９０１２", BadWaybill)],
)  # fmt: skip
def test_a_waybill_that_cannot_be_is_refused_with_what_it_should_look_like(carrier, waybill, error):
    with pytest.raises(error):
        shipping.dispatch([a_line()], carrier, waybill, by=None)


def test_every_carrier_has_names_in_the_systems_sellers_come_from():
    assert len({c.naver for c in CARRIERS.values()}) == len(CARRIERS) >= 30
    assert len({c.coupang or c.naver for c in CARRIERS.values()}) == len(CARRIERS)
    assert is_waybill("CUPARCEL", "3634-1234-5") and is_waybill("EMS", "EZ123456789KR")


def test_a_delay_is_told_once_with_a_later_day_and_the_buyer_hears():
    line = a_line()
    due = line.dispatch_due
    for wrong in (due, due - timedelta(days=1), clock.today() + timedelta(days=91)):
        with pytest.raises(DelayTooShort):
            orders.announce_delay(line, reason="CUSTOM_BUILD", due=wrong, by=None)
    with pytest.raises(WhyNeeded):
        orders.announce_delay(line, reason="ETC", due=due + timedelta(days=3), by=None)
    later = due + timedelta(days=10)
    orders.announce_delay(line, reason="PRODUCT_PREPARE", detail="녹두가 늦게 왔어요", due=later, by=None)
    line.refresh_from_db()
    assert line.dispatch_due == later
    told = Event.objects.get(topic="orders.delay_announced").payload
    assert (told["reason"], told["due"], told["detail"]) == ("PRODUCT_PREPARE", f"{later}", "녹두가 늦게 왔어요")
    with pytest.raises(DelayTold):
        orders.announce_delay(line, reason="PRODUCT_PREPARE", due=later + timedelta(days=1), by=None)


@pytest.mark.race
def test_a_delay_is_told_once_however_many_press():
    line = a_line()
    told = at_once(
        4,
        lambda i: orders.announce_delay(
            line, reason="CUSTOM_BUILD", due=line.dispatch_due + timedelta(days=5 + i), by=None
        ),
    )
    assert sum(isinstance(r, DispatchDelay) for r in told) == 1


def test_many_are_acknowledged_at_once_each_once_and_can_be_taken_back_until_something_is_sent():
    lines = [a_line(quantity=2) for _ in range(3)]
    ids = [line.pk for line in lines]
    assert orders.acknowledge_all(ids[:2], by=None) == ids[:2]
    assert orders.acknowledge_all(ids, by=None) == ids[2:]
    send(lines[0], "600000000801", 1)
    assert orders.take_back_acknowledgement(ids, by=None) == 2
    assert ProductOrder.objects.filter(acknowledged_at=None).count() == 2


def test_a_held_confirmation_does_not_come_by_time_and_leaves_three_days_after_the_release():
    line = a_line("DELIVERED")
    orders.hold_confirmation(line, reason="판매자와 확인 중", by=None)
    with pytest.raises(WrongState):
        orders.hold_confirmation(line, reason="또", by=None)
    late = clock.now() + timedelta(days=9)
    with clock.at(late):
        assert orders.auto_confirm() == 0
        orders.release_confirmation(line, by=None)
        assert orders.auto_confirm() == 0
    with clock.at(late + timedelta(days=3, minutes=1)):
        assert orders.auto_confirm() == 1
