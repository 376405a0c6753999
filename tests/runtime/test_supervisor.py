"""The house as it really runs. One house for the whole file; each test leaves it ready, but for the last."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Iterator

import httpx
import psutil
import psycopg
import pytest

from house import House, until

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with House(tmp_path_factory.mktemp("house")) as up:
        yield up


def test_it_prints_one_address_and_is_ready(house: House):
    until(lambda: "dure is ready" in house.words(), 30, house.words)
    assert [word for word in house.words().split() if word.startswith("http")] == [house.url]
    checks = httpx.get(f"{house.url}/readyz").json()["checks"]
    assert {name for name, check in checks.items() if check["ok"]} == {"database", "worker", "lane"}


@pytest.mark.parametrize("name", ["web", "lane", "media", "simulators"])
def test_each_process_says_that_it_is_alive(house: House, name: str):
    offset = ["web", "lane", "media", "simulators"].index(name)
    answer = httpx.get(f"http://127.0.0.1:{house.port + offset}/healthz")
    assert answer.json() == {"ok": True, "process": name}


def test_a_request_id_comes_back(house: House):
    for url in (house.url, house.lane):
        answer = httpx.get(f"{url}/healthz", headers={"X-Request-Id": "abc-123-def"})
        assert answer.headers["x-request-id"] == "abc-123-def"


@pytest.mark.parametrize("name", ["web", "lane", "media", "simulators", "worker"])
def test_a_killed_process_comes_back_and_leaves_nobody_behind(house: House, name: str):
    old = house.find(name)
    family = [old, *old.children(recursive=True)]
    house.kill(name)
    until(lambda: not any(p.is_running() for p in family), 20)

    until(lambda: house.restarted(name, old), 30, house.words)
    house.await_ready()
    if name in {"media", "simulators"}:
        port = house.port + (2 if name == "media" else 3)
        until(lambda: listening(port), 30, house.last_words)


def test_a_killed_granian_worker_comes_back_too(house: House):
    worker = house.find("web").children()[0]
    worker.kill()
    until(lambda: not worker.is_running(), 10)
    house.await_ready()


def test_a_killed_database_comes_back_with_its_rows_and_the_worker_finds_it_again(house: House):
    dsn = house.run("psql", "--dsn").stdout.strip()
    with psycopg.connect(dsn, autocommit=True) as db:
        db.execute("CREATE TABLE witness AS SELECT generate_series(1, 300) AS id")
    worker = house.find("worker").pid
    old = house.kill("postgres")
    until(lambda: house.restarted("postgres", old), 30, house.words)
    house.await_ready()
    with psycopg.connect(dsn) as db:
        assert db.execute("SELECT count(*) FROM witness").fetchone() == (300,)
        before = dict(db.execute("SELECT process, at FROM kit_heartbeat").fetchall())

    def beating() -> bool:
        with psycopg.connect(dsn) as db:
            now = dict(db.execute("SELECT process, at FROM kit_heartbeat").fetchall())
        return all(now[part] > before[part] for part in ("relay", "jobs"))

    until(beating, 40, house.last_words)
    assert house.find("worker").pid == worker


def test_a_hung_process_is_ended_and_started_again(house: House):
    hung = house.find("lane")
    for process in [hung, *hung.children(recursive=True)]:
        process.suspend()
    until(lambda: house.restarted("lane", hung), 120, house.words)
    house.await_ready()
    assert "lane: does not answer" in house.words()


def test_readyz_says_which_part_is_missing(house: House):
    worker, lane = house.find("worker"), house.find("lane")
    lane.suspend()
    for child in lane.children(recursive=True):
        child.suspend()
    try:
        answer = httpx.get(f"{house.url}/readyz", timeout=10)
    finally:
        for child in lane.children(recursive=True):
            child.resume()
        lane.resume()
    assert answer.status_code == 503
    assert answer.json()["checks"]["lane"]["ok"] is False
    assert answer.json()["checks"]["database"]["ok"] is True
    assert worker.is_running()
    house.await_ready()


def test_a_second_house_in_the_same_folder_is_refused_in_a_sentence(house: House):
    second = house.run("up")
    assert second.returncode == 1
    assert second.stderr.startswith("dure is already running on")
    assert len(second.stderr.strip().splitlines()) == 1


def test_a_taken_port_is_refused_before_anything_starts(house: House, tmp_path):
    other = House(tmp_path / "other", port=house.port)
    refused = other.run("up")
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Port {house.port} is taken")
    assert not (tmp_path / "other" / "postgres").exists()


def test_ctrl_c_stops_everything_and_the_data_stays(house: House):
    tree = house.tree()
    assert len(tree) > 8
    code = house.stop()
    assert code == 0, house.words()
    assert [p for p in tree if p.is_running() and p.status() != psutil.STATUS_ZOMBIE] == []
    assert not any(listening(port) for port in range(house.port, house.port + 4))
    house.start()
    dsn = house.run("psql", "--dsn").stdout.strip()
    with psycopg.connect(dsn) as db:
        assert db.execute("SELECT count(*) FROM witness").fetchone() == (300,)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel of Linux tells children that their parent ended")
def test_when_the_supervisor_itself_is_killed_nobody_stays(house: House):
    tree = house.tree()
    assert house.process is not None
    os.kill(house.process.pid, signal.SIGKILL)
    house.process.wait()
    until(lambda: not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in tree), 30)


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
