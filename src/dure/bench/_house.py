"""What the benchmarks stand on: the embedded database in a folder, processes of the house, and what they use of the machine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson
import psutil


@contextmanager
def database(home: Path, port: int, mode: str = "demo") -> Iterator[Any]:
    """The embedded PostgreSQL under `home`, fsync and synchronous_commit on, prepared; Django is set up on it.

    Once a process: Django keeps to the first database it was set up on.
    """
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o711)  # when run by root, the database's own user passes through
    os.environ.update(DURE_HOME=str(home), DURE_MODE=mode, PORT=str(port), DURE_LOG="json", DATABASE_URL="")
    from dure.config import load

    load.cache_clear()
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from dure.runtime import postgres
    from dure.runtime.commands.messages import compile_all
    from dure.runtime.commands.prepare import collect_static

    server = postgres.Postgres(home)
    server.start()
    try:
        compile_all()
        call_command("migrate", verbosity=0)
        collect_static()
        yield server
    finally:
        connection.close()
        server.stop()


@contextmanager
def served(*module: str, port: int, **environment: str) -> Iterator[psutil.Process]:
    """`python -m module…`, from when it answers on `port` until the block ends."""
    from dure.runtime import children

    with running(*module, **environment) as process:
        if not children.wait_for(lambda: _answers(f"http://127.0.0.1:{port}"), 60):
            raise RuntimeError(f"{' '.join(module)} does not answer")
        yield process


@contextmanager
def running(*module: str, **environment: str) -> Iterator[psutil.Process]:
    """`python -m module…` until the block ends."""
    from dure.runtime import children

    kept = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        process = children.start([sys.executable, "-m", *module], output=subprocess.DEVNULL)
    finally:
        for name, value in kept.items():
            os.environ.pop(name, None) if value is None else os.environ.__setitem__(name, value)
    try:
        yield psutil.Process(process.pid)
    finally:
        children.stop(process)


def cpu_of(*roots: psutil.Process) -> float:
    """Seconds of processor the processes and what they started have used so far."""
    spent = 0.0
    for root in roots:
        for process in [root, *root.children(recursive=True)]:
            try:
                times = process.cpu_times()
            except psutil.NoSuchProcess:
                continue
            spent += times.user + times.system
    return spent


def postmaster(home: Path) -> psutil.Process:
    found = next(home.rglob("postmaster.pid"))
    return psutil.Process(int(found.read_text().split("\n", 1)[0]))


def ask(url: str, asks: list[dict[str, str]], clients: int, seconds: float) -> dict[str, Any]:
    """Let visitors ask (`_askers.py`), in a process of their own."""
    job = orjson.dumps({"url": url, "clients": clients, "seconds": seconds, "asks": asks})
    told = subprocess.run([sys.executable, "-m", "dure.bench._askers"], input=job, stdout=subprocess.PIPE, check=True)
    answer: dict[str, Any] = orjson.loads(told.stdout)
    return answer


def percentile(times: list[float], percent: float) -> float:
    """Milliseconds."""
    ordered = sorted(times)
    return round(1000 * ordered[min(int(len(ordered) * percent / 100), len(ordered) - 1)], 1) if ordered else 0.0


def bar(name: str, value: float, limit: float, ok: bool) -> dict[str, Any]:
    return {"name": name, "value": value, "limit": limit, "ok": ok}


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False
