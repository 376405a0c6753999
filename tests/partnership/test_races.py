"""The same shop at the same moment. Each guard is taken away once, to show that it is the guard that holds."""

import threading
import uuid

import pytest
from django.db import connection, connections

from builders import a_brn, a_market, a_person, a_phone
from dure.kit import korean
from dure.partnership import actions
from dure.partnership.actions import Stall
from dure.partnership.models import Assignment, ContactLog, Lead, Owner, Shop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def at_once(*deeds):
    """Run the deeds in threads that start together; returns the errors."""
    start, failures = threading.Barrier(len(deeds)), []

    def run(deed):
        try:
            start.wait()
            deed()
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def captures(n, keys=None, **stall):
    market = a_market()
    workers = [a_person("FIELD") for _ in range(n)]
    stall = Stall(name="할머니한과", consents={"CONTACT": "2026-11"}, **stall)
    keys = keys or [uuid.uuid4() for _ in range(n)]
    return at_once(*[lambda w=w, k=k: actions.capture(market, stall, by=w, key=k) for w, k in zip(workers, keys)])


@pytest.mark.parametrize("stall", [{"phone": a_phone()}, {"brn": a_brn()}, {"phone": a_phone(), "brn": a_brn()}])
def test_one_shop_captured_by_four_workers_at_once_is_one_lead(stall):
    assert captures(4, **stall) == []
    assert (Shop.objects.count(), Lead.objects.count(), ContactLog.objects.count()) == (1, 1, 4)


def test_one_capture_sent_four_times_at_once_is_one_lead_and_one_contact():
    assert captures(4, keys=[uuid.uuid4()] * 4, phone=a_phone()) == []
    assert (Lead.objects.count(), ContactLog.objects.count()) == (1, 1)


def test_without_the_guard_the_same_race_makes_four_owners():
    """Everybody looks before anybody writes: only the unique phone stands between that and four owners."""

    def race():
        looked, phone = threading.Barrier(4), korean.phone_e164(a_phone())

        def look_then_write():
            known = Owner.objects.filter(phone=phone).exists()
            looked.wait()
            if not known:
                Owner.objects.create(phone=phone)

        at_once(*[look_then_write] * 4)
        return Owner.objects.filter(phone=phone).count()

    assert race() == 1
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX one_owner_per_phone")
        try:
            assert race() == 4
        finally:
            cursor.execute("TRUNCATE partnership_owner CASCADE")
            cursor.execute("CREATE UNIQUE INDEX one_owner_per_phone ON partnership_owner (phone) WHERE phone <> ''")


def test_two_mds_assigned_at_once_leave_one_active():
    from builders import a_lead

    lead, reviewer = a_lead("SELECTED"), a_person("REVIEWER")
    mds = [a_person("MD") for _ in range(4)]
    assert at_once(*[lambda md=md: actions.assign(lead, md, by=reviewer) for md in mds]) == []
    assert Assignment.objects.filter(ended_at=None).count() == 1 and Assignment.objects.count() == 4
