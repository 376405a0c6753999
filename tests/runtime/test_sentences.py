"""What can go wrong before anything runs ends in one plain sentence and exit code 1, never in a traceback."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from dure.cli import COMMANDS, main, pad
from dure.config import load
from dure.runtime.commands import bench, migrate, up
from dure.runtime.commands.migrate import refuse_newer
from dure.runtime.commands.settings import table
from dure.runtime.words import Problem


@pytest.fixture
def english(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")


def dure(*command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LC_ALL": "en_US.UTF-8", **settings}
    return subprocess.run([sys.executable, "-m", "dure", *command], env=environment, capture_output=True, text=True)


def test_a_taken_port_is_named_with_the_program_that_has_it(english):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Problem, match=rf"Port {port} is taken.*PORT={port + 100} make run"):
            up.check_ports(replace(load(), port=port))


def test_a_neighbour_port_counts_too(english):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Problem, match=f"Port {port} is taken"):
            up.check_ports(replace(load(), port=port - 1))


@pytest.mark.parametrize("port", [0, 65534, 70000])
def test_an_impossible_port(english, port: int):
    with pytest.raises(Problem, match="between 1 and 65532"):
        up.check_ports(replace(load(), port=port))


def test_a_full_disk(english, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=10 * 2**20))
    with pytest.raises(Problem, match="disk is full; free about 1 GB"):
        up.check_disk(tmp_path)


def test_a_folder_that_cannot_be_made(tmp_path: Path):
    (tmp_path / "file").write_text("")
    asked = dure("up", DURE_HOME=str(tmp_path / "file" / "home"), DURE_SECRET_KEY="x")
    assert asked.returncode == 1
    assert (
        asked.stderr.strip()
        == f"The folder {tmp_path / 'file' / 'home'} cannot be written; set DURE_HOME to one that can."
    )


def test_a_folder_of_a_newer_version(english, tmp_path: Path):
    (tmp_path / "format.json").write_text(json.dumps({"format": up.DATA_FORMAT + 1, "version": "9.9"}))
    with pytest.raises(Problem, match="newer version than this dure .dure 9.9."):
        up.check_data(tmp_path)


@pytest.mark.django_db
def test_a_database_that_a_newer_version_has_migrated(english):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('kit', '0999_tomorrow', now())")
    with pytest.raises(Problem, match="kit.0999_tomorrow"):
        refuse_newer(MigrationLoader(connection))


def test_a_database_that_does_not_answer():
    asked = dure("migrate", DATABASE_URL="postgresql://nobody@127.0.0.1:1/dure")
    assert asked.returncode == 1
    assert asked.stderr.startswith("The database cannot be reached; check DATABASE_URL and its server: ")
    assert len(asked.stderr.strip().splitlines()) == 1


@pytest.mark.django_db
def test_a_database_that_is_too_old(english, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(migrate, "OLDEST", 99)
    with pytest.raises(Problem, match="PostgreSQL 99 or newer is needed"):
        migrate.check_server()


@pytest.mark.django_db
def test_a_database_of_this_version_is_welcome():
    refuse_newer(MigrationLoader(connection))


def test_a_wrong_setting_is_a_sentence():
    asked = dure("settings", PORT="eight thousand")
    assert (asked.returncode, asked.stderr.strip()) == (1, "PORT is 'eight thousand'; it must be a whole number.")


def test_an_unknown_command_lists_those_there_are():
    asked = dure("fly")
    assert asked.returncode == 2
    assert "There is no command 'fly'" in asked.stderr
    assert "settings" in asked.stderr


def test_the_language_of_the_terminal_is_korean_unless_it_asks_for_english(monkeypatch, capsys):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    main(["help"])
    korean = capsys.readouterr().out
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    main(["help"])
    english = capsys.readouterr().out
    assert "모두 켜고" in korean
    assert "start everything" in english


def test_every_command_is_there(monkeypatch, capsys):
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    main(["--help"])
    said = capsys.readouterr().out
    assert all(name in said for name in COMMANDS)


def test_settings_lists_every_setting_and_hides_secrets():
    rows = table(replace(load(), secret_key="do-not-show", database_url="postgresql://u:pw@h/d"))
    shown = json.dumps(rows)
    assert {"PORT", "DURE_HOME", "DATABASE_URL", "DURE_LOG"} <= {row["setting"] for row in rows}
    assert all(row["about"] for row in rows)
    assert "do-not-show" not in shown
    assert "pw" not in {row["value"] for row in rows}


def test_hangul_takes_two_columns():
    assert pad("두레", 6) == "두레  "
    assert pad("dure", 6) == "dure  "


def test_a_benchmark_report_has_the_one_form():
    report = bench.whole(
        "x", {"clients": "2"}, {"figures": {"a": 1}, "bars": [{"name": "b", "value": 1, "limit": 2, "ok": False}]}
    )
    assert set(report) == {"bench", "commit", "machine", "settings", "figures", "bars", "ok"}
    assert report["ok"] is False
    assert "✗ b: 1" in bench.as_text(report)
