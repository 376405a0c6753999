from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from dure.runtime.postgres import Postgres

pytestmark = pytest.mark.processes


def dure(home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DURE_HOME": str(home), "LC_ALL": "en_US.UTF-8", "DURE_SECRET_KEY": ""}
    environment.pop("DATABASE_URL", None)
    return subprocess.run([sys.executable, "-m", "dure", *command], env=environment, capture_output=True, text=True)


def test_a_backup_taken_while_the_database_runs_comes_back_in_another_house(tmp_path: Path):
    old, new = tmp_path / "old", tmp_path / "new"
    running = Postgres(old)
    running.start()
    try:
        with psycopg.connect(running.dsn(), autocommit=True) as db:
            db.execute("CREATE TABLE honey AS SELECT '아카시아 꿀' AS name, n FROM generate_series(1, 40) n")
        (old / "uploads").mkdir()
        (old / "uploads" / "photo.webp").write_bytes(b"picture")
        (old / "secret_key").write_text("the key")
        saved = dure(old, "backup", str(tmp_path / "saved"))
        assert saved.returncode == 0, saved.stderr
        assert "not empty" in dure(old, "backup", str(tmp_path / "saved")).stderr
        assert "add --replace" in dure(old, "restore", str(tmp_path / "saved")).stderr
    finally:
        running.stop()

    assert dure(new, "restore", str(tmp_path / "saved")).returncode == 0
    assert (new / "uploads" / "photo.webp").read_bytes() == b"picture"
    assert (new / "secret_key").read_text() == "the key"
    restored = Postgres(new)
    restored.start()
    try:
        with psycopg.connect(restored.dsn()) as db:
            assert db.execute("SELECT name, count(*) FROM honey GROUP BY 1").fetchall() == [("아카시아 꿀", 40)]
    finally:
        restored.stop()


def test_restoring_from_a_folder_without_a_backup_is_a_sentence(tmp_path: Path):
    asked = dure(tmp_path / "home", "restore", str(tmp_path))
    assert (asked.returncode, asked.stderr.strip()) == (1, f"There is no backup in {tmp_path}.")
