"""Who is told what: from an event of the house, or from the passing of time, to the words a person reads."""

from __future__ import annotations

import importlib
import uuid
from datetime import datetime, timedelta

import pytest
from django.db import connection

from builders import a_line, a_person, an_option, an_order
from dure.commerce.claims import actions as claims
from dure.commerce.inquiries import actions as inquiries
from dure.commerce.orders import actions as orders
from dure.commerce.promotions import points
from dure.commerce.sellers.models import Member
from dure.commerce.shipping import actions as shipping
from dure.kit import clock
from dure.kit.clock import KST
from dure.kit.models import Event
from dure.kit.outbox import deliver_due, emit
from dure.messaging import consents
from dure.messaging.models import Message
from dure.messaging.words import Words
from dure.sites.notices import hearing, rounds
from dure.sites.notices.models import Note
from dure.sites.notices.telling import TOPICS

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 24, 12, tzinfo=KST)


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    monkeypatch.setattr("dure.commerce.shipping.tracking.register", lambda carrier, waybill: None)
    with clock.at(NOON):
        yield


def heard():
    """What people would read, by kind."""
    hearing.catch_up()
    found: dict[str, list[str]] = {}
    for message in Message.objects.exclude(status="SKIPPED").order_by("id"):
        found.setdefault(message.kind, []).append(Words.unsealed(message.words_sealed).body)
    return found


def staff_of(line, role="OWNER"):
    user = a_person(phone="010-2222-3333")
    Member.objects.create(seller=line.seller, user=user, role=role)
    return user


def test_every_topic_with_something_to_tell_leaves_a_note():
    migration = importlib.import_module("dure.sites.notices.migrations.0002_trigger")
    assert set(migration.TOPICS) == set(TOPICS)


def test_a_paid_order_is_told_to_its_buyer_once_and_to_a_guest_too():
    line = a_line()
    assert Note.objects.exists()
    body = heard()["order.paid"][0]
    order = line.order
    assert order.number in body and line.product_name in body and f"{order.pay_total:,}원" in body
    assert not Note.objects.exists()
    emit("orders.paid", order, number=order.number)  # the event again
    hearing.catch_up()
    assert Message.objects.filter(kind="order.paid").count() == 1


def test_old_news_is_no_news():
    a_line()
    with clock.at(NOON + timedelta(days=4)):
        assert heard() == {}
    assert not Note.objects.exists()


def test_the_worker_hears_without_a_delivery_of_its_own():
    a_line()
    deliver_due()
    assert Message.objects.filter(kind="order.paid").exists()


def test_hundreds_of_orders_are_told_of_in_a_fixed_number_of_queries(django_assert_max_num_queries):
    option = an_option(stock=100)
    for _ in range(12):
        a_line(option=option)
    with django_assert_max_num_queries(24):
        hearing.catch_up()
    assert Message.objects.filter(kind="order.paid").count() == 12


def test_a_parcel_is_told_of_once_whatever_is_in_it_and_anew_when_its_number_was_wrong():
    line = a_line()
    shipping.dispatch([line], carrier="CJ", waybill="123456789012", by=a_person())
    told = heard()["order.dispatched"]
    assert len(told) == 1
    assert "CJ대한통운 123456789012" in told[0] and line.seller.name in told[0]
    shipping.correct_waybill(line.parcels.get(), carrier="CJ", waybill="123456789013", by=a_person())
    assert "123456789013" in heard()["order.dispatched"][1]


def test_a_delay_is_told_with_its_reason_and_day():
    line = a_line()
    due = line.dispatch_due + timedelta(days=5)
    orders.announce_delay(line, due=due, reason="CUSTOM_BUILD", detail="정성껏 만들고 있어요.", by=a_person())
    body = heard()["order.delayed"][0]
    assert "정성껏 만들고 있어요." in body and f"{due.month}. {due.day}." in body


def test_a_claim_is_told_to_both_sides_and_to_those_of_the_shop_who_look_after_orders():
    line = a_line("DELIVERED")
    staff_of(line), staff_of(line, "FINANCE")
    claims.open_claim(
        line, "RETURN", quantity=1, reason="BROKEN", detail="뚜껑이 깨졌어요", key=uuid.uuid4(), by=line.order.buyer
    )
    told = heard()
    assert "반품 신청을 받았어요" in told["claim.received"][0]
    assert len(told["seller.claim_opened"]) == 1
    assert "뚜껑이 깨졌어요" in told["seller.claim_opened"][0]


def test_questions_and_letters_go_back_and_forth():
    line = a_line("DELIVERED")
    owner = staff_of(line)
    asker = a_person(phone="010-3333-4444")
    question = inquiries.ask(line.option.product, text="얼마나 가나요?", secret=False, key=uuid.uuid4(), by=asker)
    assert len(heard()["seller.question_asked"]) == 1
    inquiries.answer(question, text="한 달 갑니다.", by=owner)
    assert line.option.product.name in heard()["question.answered"][0]
    inquiries.open_thread(
        line.order, line.seller, topic="DELIVERY", text="언제 오나요?", key=uuid.uuid4(), by=line.order.buyer
    )
    assert line.order.number in heard()["seller.inquiry_written"][0]


def test_one_event_that_cannot_be_told_is_kept_with_why_and_holds_back_no_other():
    line = a_line()
    with connection.cursor() as cursor:  # an event about an order that is not there
        cursor.execute(
            "INSERT INTO kit_event (topic, aggregate, payload, request_id, occurred_at) VALUES"
            " ('orders.address_changed', 'orders.order:0', '{}', '', %s), ('orders.address_changed', %s, '{}', '', %s)",
            [NOON, f"orders.order:{line.order_id}", NOON],
        )
    assert "order.address_changed" in heard()
    (note,) = Note.objects.all()
    assert (note.attempts, "KeyError" in note.last_error, note.due_at > NOON) == (1, True, True)
    assert hearing.catch_up() == 0


def test_everything_that_is_told_is_said_in_the_readers_language():
    buyer = a_person(language="en", phone="010-1234-5678", name="Jane")
    a_line(buyer=buyer)
    assert "Jane, thank you for your order." in heard()["order.paid"][0]


# The passing of time


def test_a_shop_hears_of_new_orders_every_half_hour_together():
    option = an_option(stock=10, price=10_000)
    lines = [a_line(option=option) for _ in range(3)]
    staff_of(lines[0])
    assert rounds.new_orders() == 0  # the half hour is not over
    with clock.at(NOON + timedelta(minutes=31)):
        assert rounds.new_orders() == 1
        assert rounds.new_orders() == 0
    body = heard()["seller.new_orders"][0]
    assert "3건" in body and "30,000원" in body


def test_in_the_morning_a_shop_hears_of_what_has_to_go_today():
    line = a_line()
    staff_of(line)
    morning = datetime.combine(line.dispatch_due, NOON.time(), KST).replace(hour=9)
    with clock.at(morning - timedelta(hours=3)):
        assert rounds.dispatch_due() == 0
    with clock.at(morning):
        assert (rounds.dispatch_due(), rounds.dispatch_due()) == (1, 0)


def test_before_a_purchase_is_confirmed_by_time_the_buyer_hears_of_it():
    line = a_line("DELIVERED")
    with clock.at(line.confirm_due - timedelta(days=3)):
        assert rounds.confirm_soon() == 0
    with clock.at(line.confirm_due - timedelta(days=1)):
        assert (rounds.confirm_soon(), rounds.confirm_soon()) == (1, 0)
    assert line.product_name in heard()["order.confirm_soon"][0]


def test_points_for_a_review_are_told_of():
    line = a_line("DELIVERED")
    points.give(line.order.buyer_id, 500, kind="REVIEW", ref="review:1", at=NOON)
    assert (rounds.points_given(), rounds.points_given()) == (1, 0)
    assert "500점" in heard()["points.given"][0]


def test_an_expiring_coupon_is_told_only_to_those_who_take_advertising():
    from builders import an_offer
    from dure.commerce.promotions import actions as promotions

    offer = an_offer()
    taker, other = a_person(phone="010-1234-5678"), a_person()
    for buyer in (taker, other):
        promotions.take_coupon(offer, buyer)
    consents.change(taker, [consents.AD_TEXT], by=taker)
    expires = taker.coupons.get().expires_at.astimezone(KST)
    with clock.at((expires - timedelta(days=1)).replace(hour=11)):
        assert rounds.coupons_expiring() == 2  # the text, and the e-mail not consented to
    sent = Message.objects.filter(kind="coupon.expiring", status="QUEUED").get()
    assert (sent.user, sent.channel) == (taker, "TEXT")
    assert Words.unsealed(sent.words_sealed).body.startswith("(광고)두레\n")


def test_an_unpaid_order_tells_nobody_anything():
    an_order()
    assert heard() == {}
    assert not Event.objects.filter(topic="orders.paid").exists()
