"""`dure up`: start everything and watch it. `dure run`: the same, with a demo market on the first start."""

from __future__ import annotations

import argparse
import contextlib
import errno
import fcntl
import json
import os
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from dure import __version__
from dure.config import Config, load
from dure.demo import ARCHIVE
from dure.runtime.postgres import disk_errors, no_space
from dure.runtime.supervisor import Stopping, Supervisor
from dure.runtime.words import Problem, newer_data, say

DATA_FORMAT = 1  # of the home folder; counted up when an older dure could not read it
ENOUGH_DISK = 300 * 2**20  # bytes


def up(argv: list[str]) -> int:
    return _up(argv, demo=False)


def run(argv: list[str]) -> int:
    return _up(argv, demo=load().mode == "demo")


def _up(argv: list[str], demo: bool) -> int:
    argparse.ArgumentParser(prog=f"dure {'run' if demo else 'up'}").parse_args(argv)
    config = load()
    began = time.monotonic()
    with held_home(config.home):
        check_disk(config.home)
        check_data(config.home)
        check_ports(config)
        with Supervisor(config) as house:
            try:
                _start(house, config, demo, began)
                house.watch()
            except Stopping:
                pass
            say("\n멈추는 중…", "\nStopping…")
        say("두레가 멈췄어요. 데이터는 그대로 있어요.", "dure has stopped; its data is kept.")
    return 0


def _start(house: Supervisor, config: Config, demo: bool, began: float) -> None:
    if not config.database_url:
        say("• 데이터베이스를 켜요", "• Starting the database")
        house.start_database()
    say("• 테이블, 번역, 정적 파일을 맞춰요", "• Bringing tables, messages and static files up to date")
    house.once("prepare")
    mark_data(config.home)
    if demo and ARCHIVE.exists() and not (config.home / "demo-loaded").exists():
        say("• 데모 시장을 채워요", "• Filling the demo market")
        house.once("demo", "load", "--at-start", quiet=False)
        (config.home / "demo-loaded").touch()
    say(
        f"• {', '.join(child.name for child in house.children)} 프로세스를 켜요",
        f"• Starting {', '.join(child.name for child in house.children)}",
    )
    house.start()
    house.await_ready()
    seconds = time.monotonic() - began
    say(
        f"\n두레가 준비됐어요 ({seconds:.0f}초). 여기를 여세요:\n\n    {config.base_url}\n\n"
        f"기록은 {house.logs}, 멈추려면 Ctrl-C.\n",
        f"\ndure is ready ({seconds:.0f} s). Open:\n\n    {config.base_url}\n\nLogs in {house.logs}; Ctrl-C stops it.\n",
    )


@contextlib.contextmanager
def held_home(home: Path) -> Iterator[None]:
    """One dure a home. Raises Problem when another holds it, or the folder cannot be written."""
    with disk_errors(home):
        home.mkdir(parents=True, exist_ok=True)
        lock = os.open(home / "dure.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid = os.read(lock, 20).decode() or "?"
        os.close(lock)
        raise Problem(
            f"두레가 이미 {home} 폴더로 켜져 있어요(프로세스 {pid}). 그것을 쓰거나 멈춘 뒤 다시 해 주세요.",
            f"dure is already running on {home} (process {pid}); use that one, or stop it first.",
        ) from None
    try:
        with disk_errors(home):
            os.truncate(lock, 0)
            os.write(lock, str(os.getpid()).encode())
        yield
    finally:
        os.close(lock)


def check_disk(home: Path) -> None:
    if shutil.disk_usage(home).free < ENOUGH_DISK:
        raise no_space(home)


def check_ports(config: Config) -> None:
    """Raises Problem naming the taken port and, where the system tells, the program that has it."""
    count = 4 if config.simulators else 3
    for port in range(config.port, config.port + count):
        if port > 65535 or port == 0:
            raise Problem(
                f"PORT={config.port}은 쓸 수 없어요. 1에서 65532 사이로 정해 주세요.",
                f"PORT={config.port} cannot be used; choose one between 1 and 65532.",
            )
        family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((config.host, port))
            except PermissionError:
                raise Problem(
                    f"{port}번 포트는 관리자만 열 수 있어요. PORT=8000처럼 1024 이상으로 정해 주세요.",
                    f"Port {port} is reserved for the administrator; set PORT to 1024 or more.",
                ) from None
            except OSError as error:
                raise _taken(config, port, error) from None


def _taken(config: Config, port: int, error: OSError) -> Problem:
    if error.errno != errno.EADDRINUSE:
        return Problem(
            f"{config.host} 주소로는 열 수 없어요. DURE_HOST를 127.0.0.1이나 0.0.0.0으로 정해 주세요.",
            f"Cannot listen on {config.host}; set DURE_HOST to 127.0.0.1 or 0.0.0.0.",
        )
    holder = _holder(port)
    other = config.port + 100
    return Problem(
        f"{port}번 포트를 다른 프로그램{f'({holder})' if holder else ''}이 쓰고 있어요. "
        f"그 프로그램을 멈추거나 PORT={other} make run처럼 다른 포트로 켜 주세요.",
        f"Port {port} is taken{f' by {holder}' if holder else ''}; stop that program, or choose another port: PORT={other} make run",
    )


def _holder(port: int) -> str:
    with contextlib.suppress(psutil.Error, OSError):
        for connection in psutil.net_connections("tcp"):
            if connection.laddr and connection.laddr.port == port and connection.status == "LISTEN" and connection.pid:
                return f"{psutil.Process(connection.pid).name()}, {connection.pid}"
    return ""


def check_data(home: Path) -> None:
    """Raises Problem when a newer dure has changed the form of this folder (its tables are checked by migrate)."""
    with contextlib.suppress(FileNotFoundError, ValueError, KeyError):
        mark = json.loads((home / "format.json").read_text())
        if mark["format"] > DATA_FORMAT:
            raise newer_data(f"dure {mark['version']}")


def mark_data(home: Path) -> None:
    with disk_errors(home):
        (home / "format.json").write_text(json.dumps({"format": DATA_FORMAT, "version": __version__}))
