"""성인 인증: found out by an identity check, of which nothing but the answer is kept."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from builders import a_person
from dure.kit import clock
from dure.people.rules import check_holds, is_adult

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer(client):
    buyer = a_person()
    client.force_login(buyer)
    return buyer


def begin(client, after="/products/1/"):
    """To the window and away from it; the id the check was begun with."""
    address = client.post("/adult/", {"next": after})["Location"]
    told = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert urlsplit(address).path == "/identity/window" and "/adult/done/" in told["redirectUrl"]
    return told["identityVerificationId"]


def come_back(client, id, **said):
    return client.get("/adult/done/", {"identityVerificationId": id, "next": "/products/1/", **said})


def verified(outside, id, birth):
    outside.http.post("/identity/_control/verifications", json={"id": id, "birth": birth}).raise_for_status()


def test_who_is_of_age_is_known_for_a_year_and_goes_on_where_they_were(client, buyer, simulators):
    id = begin(client)
    verified(simulators, id, "1990-05-01")
    assert come_back(client, id)["Location"] == "/products/1/"
    buyer.refresh_from_db()
    now = clock.now()
    assert check_holds(buyer.adult_checked_at, now) and not check_holds(
        buyer.adult_checked_at, now + timedelta(days=366)
    )
    assert "이미 확인했어요" in client.get("/adult/").content.decode()


def test_the_young_are_told_until_when_and_nothing_is_kept(client, buyer, simulators):
    id = begin(client)
    verified(simulators, id, f"{clock.today().year - 18}-01-01")
    answer = come_back(client, id)
    assert answer.status_code == 403 and "1월 1일" in answer.content.decode()
    buyer.refresh_from_db()
    assert buyer.adult_checked_at is None


def test_only_the_check_this_browser_began_counts_and_only_once(client, buyer, simulators):
    verified(simulators, "adult-somebody-elses", "1990-05-01")
    assert come_back(client, "adult-somebody-elses").status_code == 400
    begin(client)
    assert come_back(client, "adult-somebody-elses").status_code == 400
    buyer.refresh_from_db()
    assert buyer.adult_checked_at is None


def test_a_window_that_was_closed_a_check_that_never_was_and_a_silent_service(client, buyer, simulators):
    assert "그만두셨어요" in come_back(client, begin(client), code="IDENTITY_VERIFICATION_CANCELLED").content.decode()
    assert come_back(client, begin(client)).status_code == 503, "the service knows nothing of it"
    id = begin(client)
    simulators.fault("identity", kind="error", code="X", status=500)
    assert come_back(client, id).status_code == 503
    buyer.refresh_from_db()
    assert buyer.adult_checked_at is None


def test_a_visitor_signs_in_first(client):
    assert "/accounts/login/" in client.get("/adult/")["Location"]


def test_no_other_site_is_returned_to(client, buyer):
    page = client.get("/adult/?next=https://evil.example/").content.decode()
    assert '<input type="hidden" name="next" value="/">' in page


@pytest.mark.parametrize(
    ("birth", "today", "adult"),
    [
        (date(2007, 12, 31), date(2026, 1, 1), True),
        (date(2008, 1, 1), date(2026, 12, 31), False),
        (date(1990, 1, 1), date(2026, 1, 1), True),
    ],
)
def test_from_january_1_of_the_year_one_turns_19(birth, today, adult):
    assert is_adult(birth, today) is adult
