"""The worker's two parts on the test database: events are heard at once, jobs run, a lost connection is found again."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app

from dure.kit import outbox
from dure.kit.log import begin_request, request_id
from dure.kit.models import Heartbeat
from dure.people.models import User
from dure.runtime import worker
from house import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def relay() -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=worker.relay_until, args=[stop])
    thread.start()
    until(lambda: Heartbeat.objects.filter(process="relay").exists(), 20)
    yield
    stop.set()
    thread.join()


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str]]:
    events: list[tuple[int, str]] = []
    hear = {"tests.hear": lambda event: events.append((event.payload["n"], request_id()))}
    monkeypatch.setitem(outbox._subscribers, "test.happened", hear)
    return events


def happen(number: int) -> None:
    someone, _ = User.objects.get_or_create(email="someone@example.com", defaults={"name": "아무개"})
    with transaction.atomic():
        outbox.emit("test.happened", someone, n=number)


def test_an_event_is_delivered_by_the_running_relay_under_the_id_of_its_request(heard, relay):
    begin_request("request-of-a-buyer")
    happen(1)
    until(lambda: heard, 20)
    assert heard == [(1, "request-of-a-buyer")]


def test_the_relay_goes_on_after_its_connections_were_cut(heard, relay):
    cut_all_connections()
    happen(2)
    until(lambda: [n for n, _ in heard] == [2], 30)


def test_jobs_run_and_go_on_after_their_connections_were_cut(notes):
    async def session() -> None:
        ending = asyncio.Event()
        life = asyncio.create_task(worker.jobs_until(ending))
        await asyncio.to_thread(notes.defer, 1)
        await wait_until(lambda: 1 in notes.seen)
        await asyncio.to_thread(cut_all_connections)
        await asyncio.to_thread(notes.defer, 2)
        await wait_until(lambda: 2 in notes.seen)
        ending.set()
        await life

    asyncio.run(session())
    assert notes.seen == [1, 2]
    assert Heartbeat.objects.filter(process="jobs").exists()


def test_a_job_whose_worker_was_killed_is_taken_over(notes):
    notes.defer(3)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL WHERE args = '{\"n\": 3}'")

    async def session() -> None:
        ending = asyncio.Event()
        life = asyncio.create_task(worker.jobs_until(ending))
        await wait_until(lambda: 3 in notes.seen)
        ending.set()
        await life

    asyncio.run(session())


class Notes:
    """A task that notes what it was given."""

    def __init__(self) -> None:
        self.seen: list[int] = []
        self.task = app.task(name="tests.note")(lambda n: self.seen.append(n))

    def defer(self, n: int) -> None:
        self.task.defer(n=n)
        connection.close()


@pytest.fixture
def notes() -> Iterator[Notes]:
    made = Notes()
    yield made
    del app.tasks["tests.note"]
    cut_all_connections()  # those of the threads in which the jobs ran


async def wait_until(condition, patience: float = 30) -> None:
    await asyncio.to_thread(until, condition, patience)


def cut_all_connections() -> None:
    """What a restart of the database does to everybody but us."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
