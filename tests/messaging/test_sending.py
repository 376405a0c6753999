"""Messages leave: in batches, once, whatever the provider does in between."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import pytest
from django.core import mail as outbox

from builders import a_person
from dure.integrations.solapi.client import Report, solapi
from dure.kit import clock
from dure.kit.clock import KST
from dure.kit.http import OutsideError
from dure.messaging import actions, consents, sending
from dure.messaging.kinds import EMAIL, TALK, TEXT
from dure.messaging.models import Batch, Message, Route
from dure.messaging.telling import Person, tell
from messaging_builders import an_approved_talk, some_news, statuses

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 24, 12, tzinfo=KST)


def at(**later):
    return clock.at(NOON + timedelta(**later))


def told(count=1, kind="order.paid", phone="010-1234-{:04d}", **person):
    with at():
        news = [some_news(kind, Person(phone=phone.format(1000 + i), name="나구매", **person)) for i in range(count)]
        tell(news)


def by_mail(count=1, to="buyer{}@example.kr"):
    with at():
        tell([some_news(person=Person(email=to.format(i), name="나구매")) for i in range(count)])


def reports(minutes=1):
    """The provider gets to everybody, and is asked."""
    time.sleep(0.3)
    with at(minutes=minutes):
        Batch.objects.filter(status="SENT").update(due_at=clock.now())
        sending.look_for_reports()


def at_the_provider():
    """Every message in any group, by our uid: how often."""
    found = []
    for group in Batch.objects.exclude(group="").values_list("group", flat=True):
        found += list(solapi().messages(group))
    return sorted(found)


def ours():
    return sorted(m.uid.hex for m in Message.objects.exclude(status="SKIPPED"))


def test_a_batch_goes_out_and_everybodys_report_comes_back(simulators):
    told(3)
    told(phone="010-9999-0000")  # belongs to nobody
    with at(minutes=1):
        assert sending.send_due() == 4
        assert {s for _c, s, _r in statuses()} == {"SENT"}
        assert sending.send_due() == 0
    reports()
    assert statuses() == [(TEXT, "DELIVERED", "")] * 3 + [(TEXT, "FAILED", "NOT_ARRIVED")]
    assert Message.objects.last().detail == "3032 미가입자"
    assert Batch.objects.get().status == "REPORTED"


def test_two_messages_to_one_telephone_both_arrive(simulators):
    with at():
        person = Person(phone="010-1234-5678", name="나구매")
        tell([some_news(person=person), some_news("order.delivered", person=person)])
    with at(minutes=1):
        assert sending.send_due() == 2
    reports()
    assert statuses() == [(TEXT, "DELIVERED", "")] * 2
    assert Batch.objects.count() == 2


def test_a_talk_that_does_not_arrive_is_said_by_text_once(simulators):
    an_approved_talk(simulators=simulators)
    told()
    told(phone="010-1234-0009")  # uses no KakaoTalk
    with at(minutes=1):
        sending.send_due()
    reports()
    assert statuses() == [(TALK, "DELIVERED", ""), (TALK, "FAILED", "NOT_ARRIVED"), (TEXT, "QUEUED", "")]
    batch, failed = Batch.objects.get(), Message.objects.get(status="FAILED")
    sending.take_reports(batch, [Report(failed.uid.hex, "x", "3104", "again")])  # the same news again
    with at(minutes=2):
        sending.send_due()
    reports(3)
    text = Message.objects.get(channel=TEXT)
    assert (text.status, text.fallback_of, text.key.endswith("|TEXT")) == ("DELIVERED", failed, True)


def test_a_talk_kakao_no_longer_knows_goes_as_a_text_at_once(simulators):
    an_approved_talk()  # its id is not the simulator's
    told()
    with at(minutes=1):
        sending.send_due()
    assert statuses()[0] == (TALK, "FAILED", "REFUSED")
    assert Message.objects.get(channel=TEXT).status == "SENT"


def test_no_text_instead_where_the_operator_turned_texts_off(simulators):
    an_approved_talk(simulators=simulators)
    Route.objects.create(kind="order.paid", channel=TEXT)
    told(phone="010-1234-0009")
    with at(minutes=1):
        sending.send_due()
    reports()
    assert statuses() == [(TALK, "FAILED", "NOT_ARRIVED")]


@pytest.mark.parametrize("path", ["/messages/v4/groups", "/messages"])
@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "error"])
def test_a_provider_that_fails_anywhere_delays_and_neither_loses_nor_doubles(simulators, path, kind):
    """Opening, filling, sending: refused, unheard, or done without an answer; then the next round."""
    told(3)
    for step in range(3):
        fault = {"path": path, "kind": kind, "times": 1, "status": 429, "code": "TooManyRequests"}
        if step:
            fault["path"] = "/messages/v4/groups/"
        simulators.fault("solapi", **fault)
        with at(minutes=1 + 10 * step):
            sending.send_due()
    with at(hours=2):
        sending.send_due()
    assert at_the_provider() == ours()
    reports(180)
    assert statuses() == [(TEXT, "DELIVERED", "")] * 3


class Killed(BaseException):
    """Not caught by anything, as kill -9."""


@pytest.mark.parametrize("after", ["open_group", "add", "send"])
def test_killed_right_after_a_step_it_is_carried_on_by_looking(simulators, monkeypatch, after):
    told(3)
    real = getattr(type(solapi()), after)

    def killed(self, *args):
        real(self, *args)
        raise Killed

    monkeypatch.setattr(type(solapi()), after, killed)
    with at(minutes=1), pytest.raises(Killed):
        sending.send_due()
    monkeypatch.setattr(type(solapi()), after, real)
    assert {s for _c, s, _r in statuses()} == {"SENDING"}
    with at(minutes=2):
        assert sending.send_due() == 0  # the lease of the dead one is not over
    with at(minutes=10):
        sending.send_due()
    assert at_the_provider() == ours()
    reports(15)
    assert statuses() == [(TEXT, "DELIVERED", "")] * 3


def test_two_workers_of_one_batch_send_it_once(simulators):
    """The first is slow, its lease runs out, another goes on: both fill the group, both would send it."""
    told(2)
    with at():
        batch = sending.fill_batch()
    with at(minutes=1):
        slow = sending._lease(batch)
        assert sending._lease(batch) is None
    slow.group = solapi().open_group()
    Batch.objects.update(group=slow.group)
    with at(minutes=10):
        assert sending._put(slow) == 2
        assert sending._put(slow) == 2  # it does not look what is there: each is in already
        simulators.fault("solapi", path=f"/messages/v4/groups/{slow.group}/send", kind="drop_after")
        sending.carry(batch)
    with pytest.raises(OutsideError):
        solapi().send(slow.group)
    with at(minutes=30):
        assert sending.carry(batch)
    assert at_the_provider() == ours()
    assert {s for _c, s, _r in statuses()} == {"SENT"}


def test_after_a_day_without_a_provider_a_message_is_put_aside(simulators):
    told()
    simulators.fault("solapi", path="/messages", kind="error", status=503, code="Away", times=50)
    with at(minutes=1):
        sending.send_due()
    assert statuses() == [(TEXT, "SENDING", "")]
    assert "Away" in Batch.objects.get().last_error
    with at(hours=25):
        sending.send_due()
    assert statuses() == [(TEXT, "DEAD", "NOBODY_TOOK_IT")]
    simulators.behave()
    with at(hours=26):
        actions.send_again(Message.objects.get(), by=a_person("OPERATOR"))
        assert sending.send_due() == 1


def test_while_the_provider_is_away_the_rest_waits_in_the_queue(simulators, monkeypatch):
    monkeypatch.setattr(sending, "TEXTS", 2)
    told(6)
    simulators.fault("solapi", path="/messages", kind="error", status=503, code="Away", times=1)
    with at(minutes=1):
        sending.send_due()
    assert sorted(s for _c, s, _r in statuses()) == ["QUEUED"] * 4 + ["SENDING"] * 2
    with at(minutes=5):
        sending.send_due()
    assert {s for _c, s, _r in statuses()} == {"SENT"}


def test_the_free_number_ends_the_consent(simulators):
    user = a_person(phone="010-9999-0061")
    with at():
        actions.change_consents(user, [consents.AD_TEXT, consents.AD_EMAIL], by=user)
        tell([some_news("coupon.expiring", Person.of(user))])
    with at(minutes=1):
        sending.send_due()
    reports()
    assert Message.objects.get(channel=TEXT).reason == "OPTED_OUT"
    assert consents.of_users([user.pk])[user.pk] == {consents.AD_EMAIL}
    assert consents.history(user)[0].channel == "PHONE"


def test_just_before_sending_the_hour_and_the_consent_are_looked_at_again():
    user, other = a_person(phone="010-1234-5678"), a_person(phone="010-1234-5679")
    with at():
        for person in (user, other):
            actions.change_consents(person, [consents.AD_TEXT], by=person)
        Message.objects.all().delete()
        tell([some_news("coupon.expiring", Person.of(person)) for person in (user, other)])
        told(kind="seller.new_orders")
        actions.change_consents(other, [], by=other)
    texts = Message.objects.filter(channel=TEXT, kind__in=["coupon.expiring", "seller.new_orders"]).order_by("id")
    with at(hours=10):  # 22:00; the provider was away all afternoon
        sending.hold_back()
    assert [m.status for m in texts.all()] == ["HELD", "SKIPPED", "HELD"]
    with at(hours=20, seconds=1):  # 08:00
        sending.release_held()
    assert [m.status for m in texts.all()] == ["QUEUED", "SKIPPED", "QUEUED"]


# Letters


def test_a_letter_is_plain_and_html_with_a_link_and_its_own_id():
    by_mail()
    with at(minutes=1):
        assert sending.send_due() == 1
    (letter,) = outbox.outbox
    message = Message.objects.get()
    assert (letter.to, letter.subject) == (["buyer0@example.kr"], "결제가 끝났어요")
    assert message.uid.hex in letter.extra_headers["Message-ID"]
    html = letter.alternatives[0][0]
    assert "주문 보기" in html and "<script" not in html
    assert (message.status, message.sent_at) == ("SENT", NOON + timedelta(minutes=1))


def test_an_advertising_letter_carries_the_one_click_stop():
    user = a_person()
    with at():
        actions.change_consents(user, [consents.AD_EMAIL], by=user)
        tell([some_news("coupon.expiring", Person.of(user))])
    with at(minutes=1):
        sending.send_due()
    letter = next(m for m in outbox.outbox if m.subject.startswith("(광고)"))
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/notices/stop/" in letter.extra_headers["List-Unsubscribe"]


def test_a_name_cannot_write_html_or_headers():
    with at():
        person = Person(email="a@example.kr", name="<b>나</b>\r\nBcc: all@example.kr")
        tell([some_news(person=person, name=person.name, order="<script>alert(1)</script>")])
    with at(minutes=1):
        sending.send_due()
    html = outbox.outbox[0].alternatives[0][0]
    assert "<script>" not in html and "&lt;b&gt;" in html
    assert outbox.outbox[0].bcc == []


@pytest.fixture
def post_office(simulators, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", simulators.mail_port
    return simulators


def test_a_full_mail_server_delays_a_wrong_address_fails_and_the_others_go(post_office):
    by_mail(to="nobody{}@example.kr")
    by_mail(2)
    post_office.fault("mail", path="DATA", kind="error", status=451)
    with at(minutes=1):
        sending.send_due()
    assert sorted(s for _c, s, _r in statuses()) == ["FAILED", "QUEUED", "SENT"]
    with at(minutes=5):
        sending.send_due()
    assert sorted(s for _c, s, _r in statuses()) == ["FAILED", "SENT", "SENT"]


def test_a_mail_server_that_is_away_loses_nothing_for_a_day(post_office, settings):
    by_mail()
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    with at(minutes=1):
        sending.send_due()
    assert statuses() == [(EMAIL, "QUEUED", "")]
    settings.EMAIL_PORT = port
    with at(minutes=5):
        assert sending.send_due() == 1
    by_mail(to="late{}@example.kr")
    settings.EMAIL_PORT = 9
    with at(hours=25):
        sending.send_due()
    assert statuses()[-1] == (EMAIL, "DEAD", "NOBODY_TOOK_IT")


def test_a_letter_nobody_knows_of_is_not_sent_a_second_time_by_itself(post_office):
    by_mail()
    post_office.fault("mail", path="DATA", kind="drop_after")
    with at(minutes=1):
        sending.send_due()
    assert statuses() == [(EMAIL, "DEAD", "UNKNOWN")]
    uid = Message.objects.get().uid.hex
    with at(hours=1):
        sending.send_due()
    kept = [x for x in post_office.http.get("/mail/letters").json() if uid in x["message_id"]]
    assert len(kept) == 1


def test_killed_while_sending_a_letter_it_is_put_aside(monkeypatch):
    by_mail()

    def killed(letters):
        raise Killed

    monkeypatch.setattr("dure.integrations.mail.client.post", killed)
    with at(minutes=1), pytest.raises(Killed):
        sending.send_letters()
    with at(minutes=10):
        sending.give_up_lost()
    assert statuses() == [(EMAIL, "DEAD", "UNKNOWN")]


# Keeping


def test_after_ninety_days_address_and_words_are_gone_and_the_row_stays():
    by_mail()
    with at(minutes=1):
        sending.send_due()
    with at(days=89):
        assert sending.purge() == 0
    with at(days=91):
        assert sending.purge() == 1
    message = Message.objects.get()
    assert (bytes(message.to_sealed), bytes(message.words_sealed), message.to_digest) == (b"", b"", "")
    assert message.to_masked == "bu***@example.kr"
