from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from django.db import connection

from dure.config import socket_dir
from dure.runtime import children
from dure.runtime.postgres import Postgres
from dure.runtime.words import Problem


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pg")


@pytest.fixture
def postgres(folder: Path) -> Iterator[Postgres]:
    """Durable, as in real life: these tests kill it."""
    server = Postgres(folder)
    server.start()
    yield server
    server.stop()


@pytest.mark.django_db
def test_the_tests_run_on_postgresql_15_or_newer():
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        assert int(cursor.fetchone()[0]) >= 150000


def test_what_was_committed_is_there_after_kill_9(postgres: Postgres):
    with psycopg.connect(postgres.dsn(), autocommit=True) as db:
        db.execute("CREATE TABLE IF NOT EXISTS survivor (id int)")
        db.execute("INSERT INTO survivor SELECT generate_series(1, 500)")
    assert postgres.process is not None
    postgres.process.kill()
    postgres.process.wait()
    assert not postgres.alive()
    start_again(postgres)
    with psycopg.connect(postgres.dsn()) as db:
        assert db.execute("SELECT count(*) FROM survivor").fetchone() == (500,)


def start_again(postgres: Postgres) -> None:
    def started() -> bool:
        try:
            postgres.start()
        except Problem:  # a backend of the killed server still holds its memory
            return False
        return True

    assert children.wait_for(started, 20)


def test_the_data_stays_between_runs(postgres: Postgres):
    with psycopg.connect(postgres.dsn(), autocommit=True) as db:
        db.execute("CREATE TABLE kept (id int)")
    postgres.stop()
    postgres.start()
    with psycopg.connect(postgres.dsn(), autocommit=True) as db:
        assert db.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def test_it_listens_on_its_socket_only(postgres: Postgres):
    assert postgres.process is not None
    assert psutil.Process(postgres.process.pid).net_connections("inet") == []
    assert (postgres.sockets / ".s.PGSQL.5432").stat().st_mode & 0o077 == 0


def test_korean_sorts_by_code_point(postgres: Postgres):
    with psycopg.connect(postgres.dsn()) as db:
        rows = db.execute("SELECT w FROM unnest(%s::text[]) w ORDER BY w", [["나", "가", "힣", "a"]]).fetchall()
    assert [w for (w,) in rows] == ["a", "가", "나", "힣"]


def test_a_second_server_on_the_same_folder_is_refused_in_a_sentence(postgres: Postgres):
    with pytest.raises(Problem, match="DURE_HOME"):
        Postgres(postgres.home).start()
    assert postgres.alive()


def test_data_of_another_postgresql_is_refused_and_left_alone(postgres: Postgres):
    postgres.stop()
    mark = postgres.data / "PG_VERSION"
    mark.write_text("19\n")
    try:
        with pytest.raises(Problem, match="19"):
            postgres.start()
    finally:
        mark.write_text("18\n")
        postgres.stop()
    postgres.start()


def test_it_ends_with_the_process_that_started_it(postgres: Postgres):
    """The starter is killed, so it can clean nothing up; the kernel tells the server to shut down."""
    postgres.stop()
    code = (
        "import pathlib, sys, time\n"
        "from dure.runtime.postgres import Postgres\n"
        "p = Postgres(pathlib.Path(sys.argv[1])); p.start(); print(p.process.pid, flush=True); time.sleep(60)"
    )
    starter = subprocess.Popen([sys.executable, "-c", code, str(postgres.home)], stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    pid = int(starter.stdout.readline())
    assert psutil.pid_exists(pid)
    starter.kill()
    starter.wait()
    if sys.platform == "linux":
        assert children.wait_for(lambda: not psutil.pid_exists(pid), 20)
    postgres.start()  # in any case the next one ends an orphan and takes its place
    assert postgres.alive()


def test_a_deep_folder_gets_a_short_socket():
    deep = Path("/home/somebody/" + "a-rather-long-name/" * 8)
    assert len(str(socket_dir(deep))) < 80
    assert socket_dir(deep) == socket_dir(deep)
    assert socket_dir(deep) != socket_dir(deep / "other")
