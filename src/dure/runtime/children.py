"""Starting programs that do not outlive us, and ending them with all their children."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

import psutil

PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(how: int = signal.SIGTERM) -> None:
    """Ask the kernel to send this process the signal `how` when the thread that started it ends (Linux only)."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, how, 0, 0, 0)


def start(
    command: Sequence[str | Path],
    *,
    output: IO[bytes] | int,
    env: Mapping[str, str] | None = None,
    cwd: Path | str | None = None,
    user: int | None = None,
    group: int | None = None,
    on_orphaned: int = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, so that a Ctrl-C in the terminal reaches only us and we decide the
    order of the stop. Call it from the main thread: `on_orphaned` is sent when the starting thread ends.
    """

    def before_exec() -> None:  # after setuid, which would clear the wish
        die_with_parent(on_orphaned)

    return subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=env,
        cwd=cwd,
        user=user,
        group=group,
        extra_groups=[] if user is not None else None,
        start_new_session=True,
        preexec_fn=before_exec,
    )


def stop(child: subprocess.Popen[bytes], patience: float = 10.0, gently: int = signal.SIGTERM) -> None:
    """End the child gently, and after `patience` seconds by force; then whatever is left of its tree."""
    tree = family(child.pid)
    if child.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(gently)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(patience)
    end([*tree, *family(child.pid)])
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(5)


def family(pid: int) -> list[psutil.Process]:
    """The process, its descendants, and everybody in its session (a child whose parent was killed is in neither)."""
    found: dict[int, psutil.Process] = {}
    with contextlib.suppress(psutil.Error):
        parent = psutil.Process(pid)
        found = {p.pid: p for p in [parent, *parent.children(recursive=True)]}
    for process in psutil.process_iter():
        with contextlib.suppress(OSError, psutil.Error):
            if process.pid not in found and os.getsid(process.pid) == pid:
                found[process.pid] = process
    return list(found.values())


def end(processes: Sequence[psutil.Process], patience: float = 3.0) -> None:
    """TERM, then KILL. Returns when all are gone."""
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.terminate()
    for process in psutil.wait_procs(processes, patience)[1]:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(processes, patience)


def kill_session(pid: int) -> None:
    """At once and without a word: the process and all in its session."""
    for process in family(pid):
        with contextlib.suppress(psutil.Error):
            process.kill()


def wait_for(condition: Callable[[], object], seconds: float, step: float = 0.02) -> bool:
    """Poll the callable `condition` until it is true or `seconds` are over."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(step)
    return bool(condition())
