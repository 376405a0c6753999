"""What fits, what is filled in, when the law lets us write, by which channel."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dure.kit.clock import KST
from dure.messaging import rules
from dure.messaging.kinds import EMAIL, KINDS, TALK, TEXT, VARIABLES
from dure.messaging.words import default, sample, written


def kst(hour, minute=0, second=0):
    return datetime(2026, 11, 24, hour, minute, second, tzinfo=KST)


@pytest.mark.parametrize(
    ("text", "size", "kind"),
    [
        ("", 0, "SMS"),
        ("a" * 90, 90, "SMS"),
        ("가" * 45, 90, "SMS"),
        ("가" * 45 + "a", 91, "LMS"),
        ("가나다 abc\n", 11, "SMS"),
    ],
)
def test_a_text_is_counted_as_the_carrier_counts(text, size, kind):
    assert (rules.text_bytes(text), rules.text_kind(text)) == (size, kind)


def test_signs_no_carrier_takes_are_found_and_replaced():
    assert rules.unsendable("안녕 🙂 꿹 ①★") == "🙂꿹"
    assert rules.in_euc_kr("꿹님🙂") == "?님?"


@given(st.text(max_size=60), st.integers(2, 80))
def test_what_is_cut_fits_and_keeps_its_beginning(text, most):
    short = rules.cut(text, most)
    assert rules.text_bytes(short) <= most
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


@given(st.text(alphabet=st.characters(exclude_characters="#{}"), max_size=40))
def test_text_without_variables_is_filled_with_itself(text):
    assert rules.fill(text, {}) == text
    assert not rules.variables_in(text)


def test_variables_are_found_unknown_ones_named_and_broken_ones_noticed():
    assert rules.unknown_variables("#{이름} 님 #{주소}", ["이름"]) == ["주소"]
    assert rules.fill("#{이름} 님", {"이름": "나구매"}) == "나구매 님"
    assert [rules.broken_variables(t) for t in ("#{이름}", "#{이름", "이름}", "#{이 름}")] == [False, True, True, True]
    with pytest.raises(KeyError):
        rules.fill("#{이름}", {})


def test_a_value_is_not_read_as_a_template():
    assert rules.fill("#{이름}", {"이름": "#{주소}"}) == "#{주소}"


@pytest.mark.parametrize(
    ("moment", "night"),
    [
        (kst(20, 59, 59), False),
        (kst(21), True),
        (kst(3), True),
        (kst(7, 59, 59), True),
        (kst(8), False),
        (kst(12), False),
    ],
)
def test_night_is_from_nine_to_eight_in_korea(moment, night):
    assert rules.is_night(moment) == night
    assert rules.is_night(moment.astimezone(UTC)) == night


def test_the_morning_after():
    assert rules.morning_after(kst(22)) == kst(8) + timedelta(days=1)
    assert rules.morning_after(kst(3)) == kst(8)


@pytest.mark.parametrize(
    ("channel", "advertising", "quiet", "night_consent", "waits"),
    [
        (TEXT, True, False, False, True),
        (TEXT, True, False, True, False),
        (EMAIL, True, False, False, False),  # 시행령 제61조 2항
        (TALK, False, False, False, False),
        (TALK, False, True, False, True),
        (TEXT, True, True, True, True),
        (EMAIL, False, True, False, False),
    ],
)
def test_who_is_woken_at_night(channel, advertising, quiet, night_consent, waits):
    told = {"advertising": advertising, "quiet": quiet, "night_consent": night_consent}
    assert rules.waits_for_morning(channel, kst(23), **told) == waits
    assert not rules.waits_for_morning(channel, kst(13), **told)


def test_an_advertisement_says_that_it_is_one_who_sends_it_and_how_to_end_it():
    told = {"sender": "두레", "phone": "080-123-4567", "stop": "https://dure.kr/stop"}
    subject, body = rules.marked(TEXT, "쿠폰", "3,000원 쿠폰", **told)
    assert body == "(광고)두레\n3,000원 쿠폰\n무료수신거부 080-123-4567"
    assert subject.startswith("(광고)")
    subject, body = rules.marked(EMAIL, "쿠폰", "3,000원 쿠폰", **told)
    assert subject == "(광고) 쿠폰"
    assert body.endswith("수신거부(Unsubscribe): https://dure.kr/stop")


def test_every_two_years_somebody_is_told_that_their_consent_stands():
    given_at = kst(12)
    days = [0, 699, 700, 730, 1429, 1430, 2200]
    assert [rules.reconfirm_due(given_at, given_at + timedelta(days=d)) for d in days] == [0, 0, 1, 1, 1, 2, 3]


def ways(kind, *, phone=True, email=True, switches=None, closed=(), talk=True, consents=()):
    kind = KINDS[kind]
    found = rules.ways(
        kind.ways, may=kind.may, required=kind.required, advertising=kind.advertising, has_phone=phone, has_email=email,
        switches=switches or {}, closed=closed, talk_ready=talk, consents=consents,
    )  # fmt: skip
    return [(way.channel, way.skipped) for way in found]


@pytest.mark.parametrize(
    ("kind", "told", "found"),
    [
        ("order.paid", {}, [(TALK, "")]),
        ("order.paid", {"talk": False}, [(TEXT, "")]),
        ("order.paid", {"closed": [TALK]}, [(TEXT, "")]),
        ("order.paid", {"phone": False}, [(EMAIL, "")]),
        ("order.paid", {"phone": False, "email": False}, [(TALK, "NO_ADDRESS")]),
        ("order.paid", {"switches": {EMAIL: True}}, [(TALK, ""), (EMAIL, "")]),
        ("order.paid", {"switches": {TALK: False, EMAIL: True}}, [(EMAIL, ""), (TALK, "SWITCHED_OFF")]),
        ("order.paid", {"switches": {TALK: False}}, [(TALK, "")]),  # the law wants it told
        ("order.delivered", {"switches": {TALK: False}}, [(TALK, "SWITCHED_OFF")]),
        ("order.delivered", {"switches": {TEXT: True}, "talk": False}, [(TEXT, "")]),  # not twice
        ("order.delivered", {"closed": [TALK, TEXT]}, [(TEXT, "ROUTE_OFF")]),
        ("coupon.expiring", {}, [(TEXT, "NO_CONSENT"), (EMAIL, "NO_CONSENT")]),
        ("coupon.expiring", {"consents": [EMAIL]}, [(TEXT, "NO_CONSENT"), (EMAIL, "")]),
        ("coupon.expiring", {"consents": [EMAIL, TEXT]}, [(TEXT, ""), (EMAIL, "")]),
    ],
)
def test_by_which_channels_one_message_goes(kind, told, found):
    assert ways(kind, **told) == found


def test_what_is_shown_of_addresses():
    assert rules.masked_phone("01012345678") == "010-****-5678"
    assert rules.masked_phone("123") == "****"
    assert [rules.masked_email(e) for e in ("kim.dure@a.kr", "ab@a.kr", "a@a.kr")] == [
        "ki***@a.kr",
        "a***@a.kr",
        "***@a.kr",
    ]
    assert rules.korean_digits("+82 10-1234-5678") == rules.korean_digits("010-1234-5678") == "01012345678"
    assert [rules.korean_digits(p) for p in ("02-123-4567", "", "+1 202 555 0100")] == ["", "", ""]


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.code)
def test_the_words_of_the_house_fit_every_channel_and_use_only_their_own_variables(kind, language):
    for channel in kind.may:
        draft = default(kind, channel, language)
        assert not rules.unknown_variables(draft.subject + draft.body, kind.names)
        assert not rules.broken_variables(draft.subject + draft.body)
        words = written(kind, channel, draft, sample(kind), "/", "https://dure.kr/stop")
        assert "#{" not in words.subject + words.body
        if channel == TEXT:
            assert rules.text_bytes(words.body) <= rules.LMS_BYTES
            assert not words.body.endswith("…")
            assert not rules.unsendable(draft.body)
        if channel == TALK:
            assert len(words.body) <= rules.TALK_LETTERS
            assert len(draft.button) <= 14
    assert all(code in VARIABLES for code in kind.variables)
    assert kind.ways and set(kind.ways) <= set(kind.may)
