"""The real house for tests that need its processes: `dure up` in a folder and on ports of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil

ROOT = Path(__file__).parents[1]


class House:
    """`with House(folder) as house:` starts everything and waits until all of it is ready."""

    def __init__(self, home: Path, port: int | None = None, **settings: str) -> None:
        self.home = home
        self.port = port or free_port_row()
        self.url = f"http://127.0.0.1:{self.port}"
        self.lane = f"http://127.0.0.1:{self.port + 1}"
        self.media = f"http://127.0.0.1:{self.port + 2}"
        self.simulators = f"http://127.0.0.1:{self.port + 3}"
        self.environment = {
            **{k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "LC_ALL", "LC_MESSAGES"}},
            "LANG": "en_US.UTF-8",
            "DURE_HOME": str(home),
            "PORT": str(self.port),
            "DURE_MODE": "test",
            **settings,
        }
        self.process: subprocess.Popen[str] | None = None
        self.said = home / "said.txt"

    def __enter__(self) -> House:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def start(self, patience: float = 120) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        with self.said.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "dure", "up"],
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self.environment,
                cwd=ROOT,
                start_new_session=True,
            )
        until(
            lambda: self.ready() and "dure is ready" in self.words(),
            patience,
            lambda: self.words() + self.last_words(),
        )

    def stop(self, patience: float = 60) -> int:
        """As Ctrl-C does; returns the exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(patience)
        except subprocess.TimeoutExpired:
            for process in self.tree():
                process.kill()
            raise

    def ready(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise AssertionError(f"dure up ended with {self.process.returncode}: {self.words()}{self.last_words()}")
        try:
            return httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def await_ready(self, patience: float = 60) -> None:
        until(self.ready, patience, lambda: self.words() + self.last_words())

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Another `dure` command in this house."""
        return subprocess.run(
            [sys.executable, "-m", "dure", *command], env=self.environment, cwd=ROOT, capture_output=True, text=True
        )

    def tree(self) -> list[psutil.Process]:
        """The supervisor and everything under it."""
        assert self.process is not None
        parent = psutil.Process(self.process.pid)
        return [parent, *parent.children(recursive=True)]

    def find(self, name: str) -> psutil.Process:
        """The process `name`: web, lane, media, worker, simulators or postgres (the one that others hang on)."""
        assert self.process is not None
        for child in psutil.Process(self.process.pid).children():
            try:
                words = child.cmdline()
            except psutil.Error:  # just killed
                continue
            if words[-2:] == ["dure", name] or (name == "postgres" and words and words[0].endswith("/postgres")):
                return child
        raise LookupError(f"no process {name} in this house")

    def restarted(self, name: str, old: psutil.Process) -> bool:
        """Another process has taken the place of `old`."""
        try:
            return self.find(name).pid != old.pid
        except LookupError:
            return False

    def kill(self, name: str) -> psutil.Process:
        """kill -9; returns the dead process."""
        victim = self.find(name)
        victim.kill()
        return victim

    def words(self) -> str:
        return self.said.read_text()

    def last_words(self) -> str:
        logs = sorted((self.home / "logs").glob("*.log"))
        return "".join(f"\n== {path.name}\n" + path.read_text(errors="replace")[-1500:] for path in logs)


def until(condition, patience: float, tell=lambda: "") -> None:
    """Poll until true; fails with what `tell()` says after `patience` seconds."""
    end = time.monotonic() + patience
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not within {patience} s. {tell()}")
        time.sleep(0.1)


def free_port_row(length: int = 4) -> int:
    """The first of `length` neighbouring free ports."""
    for first in range(20000 + os.getpid() % 9000, 60000, length):
        sockets = [socket.socket() for _ in range(length)]
        try:
            for offset, s in enumerate(sockets):
                s.bind(("127.0.0.1", first + offset))
            return first
        except OSError:
            continue
        finally:
            for s in sockets:
                s.close()
    raise OSError("no free ports")
