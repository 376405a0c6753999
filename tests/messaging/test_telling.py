"""News becomes messages, each once, by the ways a person wants and the law allows."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection

from builders import a_person
from dure.kit import clock
from dure.kit.clock import KST
from dure.messaging import actions, consents, queries
from dure.messaging.errors import BadStopLink, CannotSendAgain, RequiredByLaw
from dure.messaging.kinds import EMAIL, KINDS, TALK, TEXT
from dure.messaging.models import Message, Preference
from dure.messaging.telling import Person, tell
from dure.messaging.words import Words
from dure.people.models import Consent
from messaging_builders import an_approved_talk, some_news, statuses

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 24, 12, tzinfo=KST)
NIGHT = datetime(2026, 11, 24, 23, tzinfo=KST)


@pytest.fixture(autouse=True)
def noon():
    with clock.at(NOON):
        yield


def buyer(**fields):
    return a_person(phone="+821012345678", **fields)


def test_telling_twice_tells_once():
    news = some_news()
    assert (tell([news]), tell([news]), tell([news, news])) == (1, 0, 0)
    assert statuses() == [(TEXT, "QUEUED", "")]  # no talk is approved yet: it goes as a text


def test_an_approved_talk_goes_as_a_talk_in_its_words_and_language():
    an_approved_talk()
    tell([some_news(name="나구매")])
    (message,) = Message.objects.all()
    words = Words.unsealed(message.words_sealed)
    assert (message.channel, message.template.provider_ref != "") == (TALK, True)
    assert words.body.startswith("나구매 님, 주문해 주셔서 고맙습니다.")
    assert (words.button, words.link.endswith("/orders/")) == ("주문 보기", True)
    person = Person(email="jane@example.com", phone="010-1234-5678", name="Jane", language="en")
    tell([some_news(person=person)])
    assert "thank you for your order" in Words.unsealed(Message.objects.last().words_sealed).body


def test_address_and_words_are_sealed_and_shown_masked():
    tell([some_news()])
    (message,) = Message.objects.all()
    with connection.cursor() as cursor:
        cursor.execute("SELECT m::text FROM messaging_message m")
        row = cursor.fetchone()[0]
    assert "12345678" not in row.replace("-", "") and "주문해 주셔서" not in row
    assert message.to_masked == "010-****-5678"
    assert queries.to_address(Message.objects.all(), "010 1234 5678").get() == message
    assert not queries.to_address(Message.objects.all(), "010-1234-5679").exists()


def test_what_a_person_chose_is_done_and_what_they_cannot_refuse_is_told():
    user = buyer()
    actions.choose(f"user:{user.pk}", KINDS["order.delivered"], [EMAIL], by=user)
    tell([some_news("order.delivered", Person.of(user))])
    assert statuses("channel") == [(EMAIL, "QUEUED", ""), (TALK, "SKIPPED", "SWITCHED_OFF")]
    with pytest.raises(RequiredByLaw):
        actions.choose(f"user:{user.pk}", KINDS["order.paid"], [], by=user)
    actions.choose(f"user:{user.pk}", KINDS["order.delivered"], [], by=user)
    tell([some_news("order.delivered", Person.of(user))])
    assert not Message.objects.filter(status="QUEUED", channel=TEXT).exists()


def test_a_persons_own_choice_is_stronger_than_that_of_their_role():
    user = buyer()
    person = Person.of(user, role="role:3:ORDERS")
    actions.choose("role:3:ORDERS", KINDS["seller.claim_opened"], [], by=user)
    tell([some_news("seller.claim_opened", person)])
    assert statuses() == [(TALK, "SKIPPED", "SWITCHED_OFF")]
    actions.choose(f"user:{user.pk}", KINDS["seller.claim_opened"], [EMAIL], by=user)
    Preference.objects.update_or_create(
        whose=f"user:{user.pk}", kind="seller.claim_opened", channel=TEXT, defaults={"on": True}
    )
    tell([some_news("seller.claim_opened", person)])
    assert set(Message.objects.filter(status="QUEUED").values_list("channel", flat=True)) == {EMAIL, TEXT}


def test_an_operator_turns_a_channel_off_for_everybody():
    actions.open_route(KINDS["order.delivered"], TEXT, open_it=False, by=a_person("OPERATOR"))
    tell([some_news("order.delivered")])
    assert statuses() == [(TEXT, "SKIPPED", "ROUTE_OFF")]
    operator = a_person("OPERATOR")
    for channel in (TALK, TEXT):
        actions.open_route(KINDS["order.paid"], channel, open_it=False, by=operator)
    with pytest.raises(RequiredByLaw):
        actions.open_route(KINDS["order.paid"], EMAIL, open_it=False, by=operator)


def test_advertising_needs_consent_by_the_very_channel():
    user = buyer()
    tell([some_news("coupon.expiring", Person.of(user))])
    assert {status for _c, status, _r in statuses()} == {"SKIPPED"}
    actions.change_consents(user, [consents.AD_EMAIL], by=user)
    Message.objects.all().delete()
    tell([some_news("coupon.expiring", Person.of(user))])
    assert statuses("channel") == [(EMAIL, "QUEUED", ""), (TEXT, "SKIPPED", "NO_CONSENT")]
    words = Words.unsealed(Message.objects.get(channel=EMAIL).words_sealed)
    assert words.subject.startswith("(광고) ")
    assert words.stop in words.body


def test_an_advertising_text_waits_for_the_morning_unless_the_night_was_agreed_to():
    sleeper, owl = buyer(), buyer()
    actions.change_consents(sleeper, [consents.AD_TEXT, consents.AD_EMAIL], by=sleeper)
    actions.change_consents(owl, [consents.AD_TEXT, consents.AD_NIGHT], by=owl)
    Message.objects.all().delete()
    with clock.at(NIGHT):
        tell([some_news("coupon.expiring", Person.of(sleeper)), some_news("coupon.expiring", Person.of(owl))])
    found = {(m.user_id, m.channel): m for m in Message.objects.exclude(status="SKIPPED")}
    held = found[sleeper.pk, TEXT]
    assert (held.status, held.due_at) == ("HELD", datetime(2026, 11, 25, 8, tzinfo=KST))
    assert found[sleeper.pk, EMAIL].status == "QUEUED"
    assert found[owl.pk, TEXT].status == "QUEUED"


def test_without_a_value_nothing_half_filled_is_written():
    news = some_news()
    broken = type(news)(news.kind, news.occasion, news.person, {"name": "나구매"}, "/")
    with pytest.raises(KeyError):
        tell([broken])
    assert not Message.objects.exists()


# Consent


def test_consent_is_dated_told_of_and_taken_back_with_the_night():
    user = buyer()
    actions.change_consents(user, [consents.AD_TEXT, consents.AD_NIGHT], by=user)
    assert consents.of_users([user.pk])[user.pk] == {consents.AD_TEXT, consents.AD_NIGHT}
    with clock.at(NOON + timedelta(days=1)):
        actions.change_consents(user, [consents.AD_NIGHT], by=user)  # a night without texts is none
    assert consents.of_users([user.pk]) == {}
    assert [(c.purpose, c.given, c.channel) for c in consents.history(user)][:2] == [
        (consents.AD_NIGHT, False, "WEB"), (consents.AD_TEXT, False, "WEB")]  # fmt: skip
    told = [Words.unsealed(m.words_sealed).body for m in Message.objects.filter(kind="consent.changed").order_by("id")]
    assert len(told) == 4
    assert "동의" in told[0] and "철회" in told[-1] and "보내는 곳: 두레" in told[0]


def test_nothing_changed_is_nothing_recorded():
    user = buyer()
    actions.change_consents(user, [consents.AD_EMAIL], by=user)
    assert actions.change_consents(user, [consents.AD_EMAIL], by=user) == []
    assert Consent.objects.count() == 1


def test_a_stop_link_ends_it_in_one_step_and_only_what_it_is_for():
    user = buyer()
    actions.change_consents(user, [consents.AD_EMAIL, consents.AD_TEXT], by=user)
    token = consents.stop_link(user.pk, EMAIL).rstrip("/").rpartition("/")[2]
    assert actions.stop(token) == actions.stop(token) == consents.AD_EMAIL
    assert consents.of_users([user.pk])[user.pk] == {consents.AD_TEXT}
    assert Consent.objects.filter(given=False).count() == 1
    with pytest.raises(BadStopLink):
        actions.stop(token[:-2] + "xx")


def test_after_two_years_it_is_told_once_that_the_consent_stands():
    user = buyer()
    actions.change_consents(user, [consents.AD_EMAIL], by=user)
    for days, told in [(699, 0), (701, 1), (702, 0), (1431, 1)]:
        with clock.at(NOON + timedelta(days=days)):
            assert consents.reconfirm() == told, days
    actions.change_consents(user, [], by=user)
    with clock.at(NOON + timedelta(days=2200)):
        assert consents.reconfirm() == 0


def test_what_failed_is_sent_again_by_a_person_and_nothing_else_is():
    tell([some_news()])
    message, operator = Message.objects.get(), a_person("OPERATOR")
    with pytest.raises(CannotSendAgain):
        actions.send_again(message, by=operator)
    Message.objects.update(status="FAILED", reason="NOT_ARRIVED", sent_at=NOON)
    actions.send_again(message, by=operator)
    message.refresh_from_db()
    assert (message.status, message.reason, message.tries, message.sent_at) == ("QUEUED", "", 0, None)
    Message.objects.update(status="DEAD", to_sealed=b"")
    with pytest.raises(CannotSendAgain):
        actions.send_again(message, by=operator)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_tellers_of_one_thing_write_one_message():
    news, barrier = some_news(), threading.Barrier(4)

    def teller():
        try:
            with clock.at(NOON):
                barrier.wait()
                tell([news])
        finally:
            connection.close()

    threads = [threading.Thread(target=teller) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Message.objects.count() == 1
