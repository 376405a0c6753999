"""`dure backup FOLDER` while the house runs; `dure restore FOLDER` into an empty or stopped one.

A backup is a folder: the database (`pg_dump`, from the wheel or this machine, whichever is newer), the uploads, the
recordings, and the secret key, without which account numbers at rest cannot be read.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from dure.config import load
from dure.runtime.postgres import BIN, Postgres, disk_errors
from dure.runtime.words import Problem, say

FOLDERS = ("uploads", "media", "private")
DUMP = "database.dump"


def backup(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="dure backup")
    parser.add_argument("folder", type=Path, help="a new folder")
    target: Path = parser.parse_args(argv).folder
    home = load().home
    if target.exists() and any(target.iterdir()):
        raise Problem(
            f"{target} 폴더가 비어 있지 않아요. 새 폴더를 정해 주세요.",
            f"The folder {target} is not empty; choose a new one.",
        )
    with disk_errors(target), database() as dsn:
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
        _run("pg_dump", "--format=custom", f"--file={target / DUMP}", dsn)
        for name in FOLDERS:
            if (home / name).exists():
                shutil.copytree(home / name, target / name)
        if (home / "secret_key").exists():
            shutil.copy2(home / "secret_key", target / "secret_key")
    size = sum(f.stat().st_size for f in target.rglob("*") if f.is_file())
    say(f"백업했어요: {target} ({size / 2**20:.1f} MB)", f"Backed up: {target} ({size / 2**20:.1f} MB)")
    return 0


def restore(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="dure restore")
    parser.add_argument("folder", type=Path, help="a folder made by dure backup")
    parser.add_argument("--replace", action="store_true", help="throw away what is there")
    options = parser.parse_args(argv)
    source: Path = options.folder
    home = load().home
    if not (source / DUMP).exists():
        raise Problem(f"{source}에 백업이 없어요.", f"There is no backup in {source}.")
    with disk_errors(home), database() as dsn:
        with psycopg.connect(dsn, autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1").fetchone():
                if not options.replace:
                    raise Problem(
                        "데이터베이스가 비어 있지 않아요. 덮어쓰려면 --replace를 붙여 주세요.",
                        "The database is not empty; add --replace to throw away what is there.",
                    )
                connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        _run("pg_restore", "--no-owner", "--exit-on-error", f"--dbname={dsn}", source / DUMP)
        for name in FOLDERS:
            if (source / name).exists():
                shutil.rmtree(home / name, ignore_errors=True)
                shutil.copytree(source / name, home / name)
        if (source / "secret_key").exists():
            shutil.copy2(source / "secret_key", home / "secret_key")
    say("되살렸어요. dure up으로 켜 주세요.", "Restored; start it with dure up.")
    return 0


@contextmanager
def database() -> Iterator[str]:
    """The database of the running house, or the embedded one started for us alone."""
    config = load()
    if config.database_url:
        yield config.database_url
        return
    postgres = Postgres(config.home)
    if postgres.answers():
        yield postgres.dsn()
        return
    postgres.start()
    try:
        yield postgres.dsn()
    finally:
        postgres.stop()


def _run(program: str, *arguments: str | Path) -> None:
    done = subprocess.run([newest(program), *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:]
        raise Problem(f"{program}: {''.join(last)}", f"{program}: {''.join(last)}")


def newest(program: str) -> str:
    """`pg_dump` refuses a server newer than itself, so of the two at hand the newer one."""
    found = {path for path in (shutil.which(program), shutil.which(program, path=str(BIN))) if path}
    if not found:
        raise Problem(
            f"이 컴퓨터에 {program}이 없어요. PostgreSQL 클라이언트를 설치해 주세요.",
            f"There is no {program} on this machine; install the PostgreSQL client.",
        )
    return max(found, key=_version)


def _version(path: str) -> int:
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    number = re.search(r"(\d+)\.\d", said)
    return int(number[1]) if number else 0
