"""Events: written with the change, delivered once in effect, in order per aggregate."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from dure.kit import clock, outbox
from dure.kit.models import Delivery, Event
from dure.people.models import User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def heard(monkeypatch):
    """Subscribers of test.happened are this list's append, and whatever the test adds."""
    events = []
    monkeypatch.setitem(
        outbox._subscribers, "test.happened", {"tests.heard": lambda event: events.append(event.payload["n"])}
    )
    return events


@pytest.fixture
def someone():
    return User.objects.create_user("someone@example.com", name="아무개")


def happen(about, *numbers):
    with transaction.atomic():
        for n in numbers:
            outbox.emit("test.happened", about, n=n)


def test_an_event_outside_a_transaction_is_refused(someone):
    with pytest.raises(RuntimeError):
        outbox.emit("test.happened", someone)


def test_an_event_of_a_rolled_back_change_never_was(heard, someone):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.emit("test.happened", someone, n=1)
        raise ZeroDivisionError
    outbox.deliver_due()
    assert heard == [] and not Event.objects.exists()


def test_events_of_one_aggregate_arrive_in_order_and_once(heard, someone):
    happen(someone, 1, 2, 3)
    assert outbox.deliver_due() == 3
    assert outbox.deliver_due() == 0
    assert heard == [1, 2, 3]


def test_a_failing_delivery_holds_back_its_aggregate_only_and_is_tried_again(monkeypatch, someone):
    other = User.objects.create_user("other@example.com", name="다른 이")
    seen, broken = [], [True]

    def subscriber(event):
        if event.payload["n"] == 1 and broken:
            User.objects.filter(pk=someone.pk).update(name="바뀜")
            raise ValueError("not yet")
        seen.append(event.payload["n"])

    monkeypatch.setitem(outbox._subscribers, "test.happened", {"tests.s": subscriber})
    happen(someone, 1, 2)
    happen(other, 10)
    outbox.deliver_due()
    assert seen == [10]
    assert User.objects.get(pk=someone.pk).name == "아무개"  # what the failed subscriber did is undone
    failed = Delivery.objects.get(attempts=1)
    assert "not yet" in failed.last_error and failed.done_at is None

    broken.clear()
    with clock.at(clock.now() + timedelta(seconds=2)):
        outbox.deliver_due()
    assert seen == [10, 1, 2]


def test_what_happened_cannot_be_rewritten(heard, someone):
    happen(someone, 1)
    with pytest.raises(Exception, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE kit_event SET topic = 'other'")


def test_deliveries_share_a_transaction_but_those_that_ask_outside(monkeypatch, someone):
    commits = []

    def in_which(event):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()::text")
            commits.append(cursor.fetchone()[0])

    subscribers = {"tests.inside": in_which, "tests.too": in_which, "tests.outside": in_which}
    monkeypatch.setitem(outbox._subscribers, "test.happened", subscribers)
    monkeypatch.setattr(outbox, "_outside", {"tests.outside"})
    happen(someone, 1)
    assert outbox.deliver_due() == 3
    assert commits[0] == commits[1] != commits[2]


def test_a_long_queue_is_not_read_whole_for_the_next_few(heard, someone):
    """With statistics of an empty table, PostgreSQL would join the queue with itself at every round."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE kit_delivery")
    with transaction.atomic():
        about = [User(pk=n) for n in range(10_000, 12_000)]
        outbox.emit_many("test.happened", [(person, {"n": person.pk}) for person in about for _ in range(2)])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT * FROM kit_due(now(), 25)")
        plan = cursor.fetchone()[0][0]["Plan"]
    assert plan["Actual Rows"] == 25
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 600
