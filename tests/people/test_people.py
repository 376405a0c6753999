from datetime import UTC, datetime, timedelta

import pytest

from dure.kit import clock
from dure.people import actions, queries, wordings
from dure.people.errors import LastOperator, NotAllowed, UnknownWording
from dure.people.models import Consent, Grant, User

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 3, tzinfo=UTC)


def person(email="kim@example.kr", **fields):
    return User.objects.create_user(email, "pw-for-tests", name=email.split("@")[0], **fields)


def test_a_role_given_twice_is_one_grant_and_works_at_once():
    kim, boss = person(), person("boss@example.kr")
    actions.grant(boss, "OPERATOR", by=None)
    assert not kim.has_role("MD")
    actions.grant(kim, "MD", by=boss)
    actions.grant(kim, "MD", by=boss)
    assert kim.has_role("MD") and Grant.objects.filter(user=kim).count() == 1


def test_only_an_operator_gives_and_takes_roles():
    kim = person()
    with pytest.raises(NotAllowed):
        actions.grant(kim, "OPERATOR", by=kim)
    with pytest.raises(NotAllowed):
        actions.revoke(kim, "MD", by=kim)


def test_the_last_operator_stays():
    boss, next_boss = person("boss@example.kr"), person("next@example.kr")
    actions.grant(boss, "OPERATOR", by=None)
    with pytest.raises(LastOperator):
        actions.revoke(boss, "OPERATOR", by=boss)
    actions.grant(next_boss, "OPERATOR", by=boss)
    actions.revoke(boss, "OPERATOR", by=next_boss)
    assert not boss.has_role("OPERATOR") and list(queries.holders("OPERATOR")) == [next_boss]


def test_the_newest_word_on_consent_counts():
    kim = person()
    with clock.at(NOON):
        actions.record_consent(kim, "CONTACT", by=None, channel="IN_PERSON")
    assert queries.may_contact(kim, NOON)
    assert not queries.may_contact(kim, NOON - timedelta(seconds=1)), "nothing was agreed to before"
    with clock.at(NOON + timedelta(hours=1)):
        actions.withdraw_consent(kim, "CONTACT", by=None, channel="PHONE")
    assert not queries.may_contact(kim, NOON + timedelta(hours=2))
    assert Consent.objects.count() == 2, "the first word stays readable"


def test_consent_to_advertising_ends_after_two_years():
    kim = person()
    with clock.at(NOON):
        actions.record_consent(kim, "MARKETING", by=None, channel="WEB")
    assert queries.may_contact(kim, NOON + timedelta(days=729), "MARKETING")
    assert not queries.may_contact(kim, NOON + timedelta(days=wordings.TWO_YEARS_IN_DAYS), "MARKETING")


def test_a_wording_nobody_published_cannot_be_agreed_to():
    with pytest.raises(UnknownWording):
        actions.record_consent(person(), "CONTACT", by=None, channel="WEB", version="1999-01")
