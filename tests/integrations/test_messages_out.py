"""Solapi and the mail server, asked over the wire: what is sent once, what is refused, what an unknown answer leaves behind."""

from __future__ import annotations

import time
import uuid

import httpx
import pytest

from dure.config import load
from dure.integrations.mail import client as mail
from dure.integrations.solapi.client import ALREADY_IN, Letter, Solapi, groups_of_webhook, solapi
from dure.kit.http import OutsideError


def a_text(to="01012345678", text="주문하신 상품을 보냈어요.", kind="SMS", **more):
    return Letter(uuid.uuid4().hex, kind, to, text, **more)


def sent(*letters):
    group = solapi().open_group()
    solapi().add(group, letters)
    solapi().send(group)
    return group


def reported(group, patience=10):
    until = time.monotonic() + patience
    while time.monotonic() < until:
        found = solapi().messages(group)
        if found and not any(report.waiting for report in found.values()):
            return found
        time.sleep(0.05)
    raise AssertionError(solapi().messages(group))


def test_a_group_is_reported_person_by_person(simulators):
    good, nobody, stopped = a_text(), a_text("01099990000"), a_text("01099990061")
    found = reported(sent(good, nobody, stopped))
    assert [found[letter.uid].code for letter in (good, nobody, stopped)] == ["4000", "3032", "2061"]
    assert found[good.uid].received
    assert "받은 문자와 알림톡" in simulators.http.get("/solapi/").text


@pytest.mark.parametrize(
    ("letter", "code"),
    [
        (a_text(text="가" * 46), "1031"),
        (a_text(text="가" * 45), "2000"),
        (a_text(text="꿹", kind="SMS"), "1029"),  # not in the 2,350 syllables of EUC-KR
        (a_text(text="가" * 100, kind="LMS", subject="가" * 21), "1014"),
        (a_text(text="알림", kind="ATA", template="KA01TPNONE"), "1042"),
    ],
)
def test_what_the_service_would_refuse_is_refused(simulators, letter, code):
    assert [report.code for report in solapi().add(solapi().open_group(), [letter])] == [code]


def test_a_number_is_in_a_group_once_so_that_filling_it_twice_sends_once(simulators):
    group, letter = solapi().open_group(), a_text()
    solapi().add(group, [letter])
    assert solapi().add(group, [letter])[0].code == ALREADY_IN
    solapi().send(group)
    assert list(reported(group)) == [letter.uid]


def test_a_group_is_sent_once_and_can_be_asked_whether_it_was(simulators):
    group = solapi().open_group()
    solapi().add(group, [a_text()])
    assert not solapi().is_sent(group)
    simulators.fault("solapi", path=f"/messages/v4/groups/{group}/send", kind="drop_after")
    with pytest.raises(OutsideError) as unknown:
        solapi().send(group)
    assert unknown.value.unknown
    assert solapi().is_sent(group)
    with pytest.raises(OutsideError) as refused:
        solapi().send(group)
    assert (refused.value.status, refused.value.unknown) == (400, False)


def test_too_many_requests_are_told_apart_from_an_unknown_answer(simulators):
    simulators.fault("solapi", path="/messages/v4/groups", kind="error", status=429, code="TooManyRequests")
    with pytest.raises(OutsideError) as refused:
        solapi().open_group()
    assert (refused.value.code, refused.value.status, refused.value.unknown) == ("TooManyRequests", 429, False)


def test_a_wrong_key_is_refused(simulators):
    answer = httpx.post(
        f"{simulators.url}/solapi/messages/v4/groups", json={}, headers={"Authorization": "HMAC-SHA256 x"}
    )
    assert (answer.status_code, answer.json()["errorCode"]) == (401, "Unauthorized")
    forged = "HMAC-SHA256 apiKey=test_solapi, date=2026-11-24T12:00:00+09:00, salt=abc, signature=00"
    answer = httpx.post(f"{simulators.url}/solapi/messages/v4/groups", json={}, headers={"Authorization": forged})
    assert answer.status_code == 403


def test_a_talk_goes_out_in_the_words_kakao_approved_and_no_others(simulators):
    content = "#{받는분} 님, 주문하신 상품을 보냈어요."
    template = solapi().register("배송 출발", content, [])
    talk = a_text(
        "01011112222", "나구매 님, 주문하신 상품을 보냈어요.", "ATA", template=template, variables={"받는분": "나구매"}
    )
    other = a_text("01011113333", "다른 말이에요.", "ATA", template=template, variables={"받는분": "나구매"})
    without = a_text("01011110009", talk.text, "ATA", template=template, variables={"받는분": "나구매"})
    assert [r.code for r in solapi().add(solapi().open_group(), [talk])] == ["1042"]  # not reviewed yet
    solapi().ask_review(template)
    assert solapi().reviewed(template).status == "APPROVED"
    group = solapi().open_group()
    assert [r.code for r in solapi().add(group, [talk, other, without])] == ["2000", "1043", "2000"]
    solapi().send(group)
    found = reported(group)
    assert (found[talk.uid].code, found[without.uid].code) == ("4000", "3104")


def test_kakao_says_why_a_template_is_rejected(simulators):
    template = solapi().register("광고", "무조건 사세요", [])
    solapi().ask_review(template)
    reviewed = solapi().reviewed(template)
    assert reviewed.status == "REJECTED"
    assert "무조건" in reviewed.comment


def test_reports_come_by_webhook_as_a_hint_which_group_to_look_at(simulators):
    group = sent(a_text("01055556666"))
    reported(group)
    bodies = [hook["body"].encode() for hook in simulators.webhooks("solapi")]
    assert group in {found for body in bodies for found in groups_of_webhook(body)}
    with pytest.raises(ValueError, match="not a report"):
        groups_of_webhook(b'{"data": 1}')


def test_a_dead_service_is_unknown():
    nowhere = Solapi("http://127.0.0.1:9")
    with pytest.raises(OutsideError) as error:
        nowhere.open_group()
    assert error.value.unknown


# Letters


@pytest.fixture
def post_office(simulators, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", simulators.mail_port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = False
    return simulators


def a_mail(to="buyer@example.kr", **more):
    return mail.Mail(uuid.uuid4().hex, to, "주문이 들어왔어요", "본문\n.\n끝", "<p>본문</p>", **more)


def kept(simulators, letter):
    return [x for x in simulators.http.get("/mail/letters").json() if x["message_id"] == mail.message_id(letter.uid)]


def test_letters_arrive_whole_over_one_connection(post_office):
    letters = [a_mail(stop="https://dure.example/stop/x"), a_mail("na@example.kr")]
    assert [outcome.result for outcome in mail.post(letters)] == [mail.SENT, mail.SENT]
    (found,) = kept(post_office, letters[0])
    assert (found["to"], found["subject"]) == (["buyer@example.kr"], "주문이 들어왔어요")
    assert found["text"].replace("\r\n", "\n").strip() == "본문\n.\n끝"
    assert found["html"].strip() == "<p>본문</p>"
    assert found["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "주문이 들어왔어요" in post_office.http.get("/mail/").text


def test_what_the_server_refuses_for_good_and_what_it_refuses_for_now(post_office):
    nobody = a_mail("nobody@example.kr")
    assert [o.result for o in mail.post([nobody])] == [mail.REFUSED]
    post_office.fault("mail", path="DATA", kind="error", status=451)
    busy = a_mail()
    assert [o.result for o in mail.post([busy])] == [mail.LATER]
    assert not kept(post_office, busy)


def test_a_line_cut_after_the_letter_is_unknown_and_before_it_hurts_no_other(post_office):
    post_office.fault("mail", path="DATA", kind="drop_after")
    lost = a_mail()
    assert [o.result for o in mail.post([lost])] == [mail.UNKNOWN]
    assert len(kept(post_office, lost)) == 1


def test_a_server_that_is_away_leaves_every_letter_for_later(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert [o.result for o in mail.post([a_mail(), a_mail()])] == [mail.LATER, mail.LATER]


def test_the_port_of_the_mail_server_follows_the_others():
    assert load().mail_port == load().port + 4
