"""Starts the processes of the house, watches them, and stops them all.

One thread, one loop. Each child runs in a session of its own and writes to `logs/NAME.log`; a child that ends is
started again, after a pause that doubles from half a second to thirty while it keeps ending. A child whose
supervisor is killed is ended by the kernel (Linux).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from dure.config import Config
from dure.runtime import children
from dure.runtime.postgres import Postgres, no_space
from dure.runtime.words import Problem, say, words

TICK = 0.1  # seconds
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds before a restart
SETTLED = 30.0  # a child that lived this long starts its pauses afresh
STARTS_IN_VAIN = 4  # at the start of the house: then it is a problem for a person
STOP_PATIENCE = 12.0
PULSE = 10.0  # seconds between two looks at whether a running child still answers
SILENCES = 4  # looks in vain, after which it is hung, and killed
LOG_LIMIT = 20 * 2**20  # bytes; then the log moves to NAME.log.1


class Stopping(Exception):
    """Somebody wants the house to stop."""


@dataclass
class Child:
    name: str
    health: str = ""  # URL that answers 200 once the child serves
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = FIRST_PAUSE
    due: float = 0.0  # monotonic time of the next start
    starts: int = 0
    pulse_due: float = 0.0
    silences: int = 0

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


@dataclass
class Supervisor:
    config: Config
    children: list[Child] = field(default_factory=list)
    postgres: Postgres | None = None
    stopping: int = 0

    def __post_init__(self) -> None:
        config = self.config
        local = f"http://{config.reach}"
        self.logs = config.home / "logs"
        self.children = [
            Child("web", f"{local}:{config.port}/healthz"),
            Child("lane", f"{local}:{config.lane_port}/healthz"),
            Child("media", f"{local}:{config.media_port}/healthz"),
            Child("worker"),
        ]
        if config.simulators:
            self.children.insert(0, Child("simulators", f"{local}:{config.simulators_port}/healthz"))

    def __enter__(self) -> Supervisor:
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, self._on_signal)
        self.logs.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def _on_signal(self, signum: int, frame: FrameType | None) -> None:
        self.stopping += 1
        if self.stopping > 1:  # a second Ctrl-C: no more waiting
            for child in self.children:
                if child.process is not None:
                    children.kill_session(child.process.pid)

    def start_database(self) -> None:
        if self.config.database_url:
            return
        self.postgres = Postgres(self.config.home)
        self.postgres.start()

    def once(self, *command: str, quiet: bool = True) -> None:
        """Run `dure COMMAND` to its end. Raises Problem with its last words when it fails."""
        path = self.logs / f"{command[0]}.log"
        with path.open("wb") as output:
            process = children.start(
                [sys.executable, "-m", "dure", *command],
                output=output if quiet else sys.stdout.fileno(),
                env=self._environment(),
            )
            while process.poll() is None:
                if self.stopping:
                    children.stop(process, patience=3)
                    raise Stopping
                time.sleep(TICK / 4)
        if process.returncode:
            if "No space left" in path.read_text(errors="replace"):
                raise no_space(self.config.home)
            raise Problem(*[_last_words(path) or f"dure {' '.join(command)}: exit {process.returncode}"] * 2)

    def start(self, patience: float = 60.0) -> None:
        """Start every child and wait until all answer. Raises Problem, Stopping."""
        for child in self.children:
            self._start(child)
        until = time.monotonic() + patience
        waiting = [child for child in self.children if child.health]
        while waiting:
            self._turn()
            for child in self.children:
                if child.starts >= STARTS_IN_VAIN:
                    raise self._does_not_start(child)
            waiting = [child for child in waiting if not (child.alive() and answers(child.health))]
            if waiting and time.monotonic() > until:
                raise self._does_not_start(waiting[0])
        for child in self.children:
            child.starts = 1

    def await_ready(self, patience: float = 30.0) -> None:
        """Until the web says that database, worker and lane are ready."""
        url = f"http://{self.config.reach}:{self.config.port}/readyz"
        until = time.monotonic() + patience
        while not answers(url):
            self._turn()
            if time.monotonic() > until:
                raise Problem(
                    f"두레가 준비되지 않아요. {url}와 {self.logs} 폴더의 기록을 봐 주세요.",
                    f"dure does not get ready; see {url} and the logs in {self.logs}.",
                )

    def watch(self) -> None:
        """Until somebody wants to stop."""
        with contextlib.suppress(Stopping):
            while True:
                self._turn()

    def stop(self) -> None:
        """Everything but the database together, then the database."""
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        until = time.monotonic() + STOP_PATIENCE
        for process in running:
            children.stop(process, patience=max(0.1, until - time.monotonic()))
        if self.postgres is not None:
            self.postgres.stop()

    def _turn(self) -> None:
        if self.stopping:
            raise Stopping
        self._watch_database()
        now = time.monotonic()
        for child in self.children:
            if not child.alive():
                self._after_end(child, now)
            elif child.health and now >= child.pulse_due:
                self._feel_pulse(child, now)
        self._turn_logs()
        time.sleep(TICK)

    def _watch_database(self) -> None:
        if self.postgres is None or self.postgres.alive():
            return
        say("  database: 멈춰서 다시 켜요", "  database: ended, starting it again")
        pause = FIRST_PAUSE
        while not self.stopping:
            with contextlib.suppress(Problem):  # children of the killed server may hold its memory for a moment
                self.postgres.start()
                say("  database: 다시 켜졌어요", "  database: back")
                return
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _after_end(self, child: Child, now: float) -> None:
        if child.process is not None:
            children.end(children.family(child.process.pid))  # whoever it left behind
            if now - child.started_at > SETTLED:
                child.pause, child.starts = FIRST_PAUSE, 1
            how = words(
                f"  {child.name}: 끝나서 {child.pause:g}초 뒤 다시 켜요 (logs/{child.name}.log)",
                f"  {child.name}: ended, starting it again in {child.pause:g} s (logs/{child.name}.log)",
            )
            print(how, flush=True)
            child.process = None
            child.due = now + child.pause
            child.pause = min(child.pause * 2, LONGEST_PAUSE)
        elif now >= child.due:
            self._start(child)

    def _feel_pulse(self, child: Child, now: float) -> None:
        child.pulse_due = now + PULSE
        child.silences = 0 if answers(child.health) else child.silences + 1
        if child.silences >= SILENCES and child.process is not None:
            say(f"  {child.name}: 대답이 없어 끝내요", f"  {child.name}: does not answer, ending it")
            children.kill_session(child.process.pid)

    def _start(self, child: Child) -> None:
        with (self.logs / f"{child.name}.log").open("ab") as output:
            child.process = children.start(
                [sys.executable, "-m", "dure", child.name], output=output, env=self._environment()
            )
        child.started_at = time.monotonic()
        child.pulse_due, child.silences = child.started_at + PULSE, 0
        child.starts += 1

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONUNBUFFERED": "1"}

    def _does_not_start(self, child: Child) -> Problem:
        path = self.logs / f"{child.name}.log"
        return Problem(
            f"{child.name} 프로세스가 켜지지 않아요. {path}를 봐 주세요. 마지막 말: {_last_words(path)}",
            f"The process {child.name} does not start; see {path}. Its last words: {_last_words(path)}",
        )

    def _turn_logs(self) -> None:
        for child in self.children:
            path = self.logs / f"{child.name}.log"
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_size > LOG_LIMIT:
                    shutil.copyfile(path, path.with_suffix(".log.1"))
                    os.truncate(path, 0)  # the child appends to the same file


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _last_words(path: Path) -> str:
    """The last line that tells of an error, else the last one."""
    lines = path.read_text(errors="replace").strip().splitlines() if path.exists() else []
    errors = [line for line in lines[-60:] if "Error" in line or "Exception" in line]
    return (errors or lines or [""])[-1].strip()
