"""Templates: what is refused when it is saved, versions and their undo, the review at Kakao."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from builders import a_person
from dure.messaging import actions, errors, templates
from dure.messaging.kinds import EMAIL, KINDS, TALK, TEXT
from dure.messaging.models import Message, Template
from dure.messaging.telling import tell
from dure.messaging.words import Words
from messaging_builders import some_news

pytestmark = pytest.mark.django_db

PAID, COUPON = KINDS["order.paid"], KINDS["coupon.expiring"]


@pytest.mark.parametrize(
    ("kind", "channel", "subject", "body", "refusal", "field"),
    [
        (PAID, TEXT, "", " ", errors.NothingWritten, "body"),
        (PAID, EMAIL, "", "본문", errors.SubjectMissing, "subject"),
        (PAID, TEXT, "", "#{이름} 님, #{송장번호}", errors.UnknownVariables, "body"),
        (PAID, EMAIL, "#{쿠폰}", "본문", errors.UnknownVariables, "body"),
        (PAID, TEXT, "", "#{이름 님", errors.BrokenVariable, "body"),
        (PAID, TEXT, "", "고맙습니다 🙂", errors.CannotBeSent, "body"),
        (PAID, TEXT, "", "가" * 1001, errors.TooLong, "body"),
        (PAID, TEXT, "가" * 21, "본문", errors.SubjectTooLong, "subject"),
        (PAID, TALK, "", "가" * 1001, errors.TooLong, "body"),
        (PAID, TEXT, "", "(광고) 사세요", errors.WordOfAdvertising, "body"),
        (COUPON, TALK, "", "쿠폰", errors.NoTalkForAdvertising, "channel"),
        (COUPON, TEXT, "", "가" * 990, errors.TooLong, "body"),  # with the mark and the free number it is too long
    ],
)
def test_words_that_cannot_be_sent_are_refused_with_the_field_and_the_way_out(
    kind, channel, subject, body, refusal, field
):
    with pytest.raises(refusal) as refused:
        actions.write(kind, channel, "ko", subject=subject, body=body, by=a_person("OPERATOR"))
    assert refused.value.field == field
    assert str(refused.value)
    assert not Template.objects.exists()


def test_a_version_replaces_the_one_before_and_can_be_taken_back():
    operator = a_person("OPERATOR")
    first = actions.write(PAID, TEXT, "ko", body="#{이름} 님, 첫 판", by=operator)
    second = actions.write(PAID, TEXT, "ko", body="#{이름} 님, 둘째 판", by=operator)
    said = lambda: Words.unsealed(Message.objects.last().words_sealed).body  # noqa: E731
    tell([some_news(name="나")])
    assert said() == "나 님, 둘째 판"
    actions.restore(first, by=operator)
    tell([some_news(name="나")])
    assert said() == "나 님, 첫 판"
    assert [t.status for t in Template.objects.order_by("number")] == ["LIVE", "RETIRED"]
    with pytest.raises(errors.NothingToRestore):
        actions.restore(first, by=operator)
    actions.back_to_default(PAID, TEXT, "ko", by=operator)
    tell([some_news(name="나")])
    assert said().startswith("[두레] 나 님, 주문해 주셔서")
    actions.restore(second, by=operator)
    assert Template.objects.get(status="LIVE") == second


def test_the_database_knows_one_live_version():
    actions.write(PAID, TEXT, "ko", body="첫 판", by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Template.objects.create(kind="order.paid", channel=TEXT, language="ko", number=9, status="LIVE", body="둘")


def test_a_talk_is_used_once_kakao_approves_it_and_the_one_before_until_then(simulators, monkeypatch):
    monkeypatch.setattr(templates, "register_all", lambda *, by: 0)
    simulators.set("solapi", pace=0)
    operator = a_person("OPERATOR")
    actions.write(PAID, TALK, "ko", body="#{이름} 님, 첫 판", button="주문 보기", by=operator)
    assert templates.follow_talks() == 2  # handed in, and looked at
    simulators.set("solapi", pace=3600)
    second = actions.write(PAID, TALK, "ko", body="#{이름} 님, 둘째 판", by=operator)
    templates.follow_talks()
    second.refresh_from_db()
    assert second.status == "IN_REVIEW"
    assert Template.objects.get(status="LIVE").number == 1


def test_what_kakao_rejects_is_shown_with_its_reason_and_not_used(simulators, monkeypatch):
    monkeypatch.setattr(templates, "register_all", lambda *, by: 0)
    template = actions.write(PAID, TALK, "ko", body="무조건 사세요", by=a_person("OPERATOR"))
    templates.follow_talks()
    template.refresh_from_db()
    assert template.status == "REJECTED"
    assert "무조건" in template.provider_comment
    tell([some_news()])
    assert Message.objects.get().channel == TEXT


def test_while_kakao_is_away_a_talk_waits(simulators, monkeypatch):
    monkeypatch.setattr(templates, "register_all", lambda *, by: 0)
    template = actions.write(PAID, TALK, "ko", body="첫 판", by=None)
    simulators.fault("solapi", path="/kakao", kind="drop_before")
    assert templates.follow_talks() == 0
    template.refresh_from_db()
    assert template.status == "WRITTEN"
    assert templates.follow_talks() == 2


def test_every_kind_has_a_talk_in_every_language_once_registered():
    count = templates.register_all(by=None)
    assert count == sum(2 for kind in KINDS.values() if not kind.advertising)
    assert templates.register_all(by=None) == 0


def test_a_sample_goes_to_oneself_by_each_channel_whatever_one_chose():
    me = a_person("OPERATOR", phone="010-1234-5678")
    for channel in (TEXT, EMAIL):
        message = actions.try_out(PAID, channel, templates.drafts(PAID, "ko")[channel], "ko", to=me)
        assert (message.status, message.user) == ("QUEUED", me)
    with pytest.raises(errors.NoAddress):
        actions.try_out(PAID, TEXT, templates.drafts(PAID, "ko")[TEXT], "ko", to=a_person("OPERATOR"))
