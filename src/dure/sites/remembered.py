"""Where remembered pages lie: in each process, and beside the data for all processes that serve the same code.

Without the second a page is drawn as often as there are processes. Its table is UNLOGGED: nothing of it is written to the log,
and a crash empties it.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.db import connection

import dure
from dure.config import load
from dure.kit import clock

MEMORY = 96 * 2**20  # bytes of compressed pages a process keeps
TABLE = 2**30  # bytes the table may grow to before it is emptied
Key = tuple[str, ...]


@dataclass(frozen=True)
class Kept:
    """`body` is gzip; `until` in seconds since 1970."""

    body: bytes
    headers: list[tuple[str, str]]
    etag: str
    stamp: str
    until: float

    def is_true(self, stamp: str) -> bool:
        return self.stamp == stamp and self.until > clock.now().timestamp()


@dataclass
class Shelf:
    """The remembered pages of a process, the least recently shown forgotten first."""

    room: int = MEMORY
    used: int = 0
    pages: OrderedDict[Key, Kept] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: Key, stamp: str) -> Kept | None:
        """Ours, or what another process has drawn."""
        with self.lock:
            kept = self.pages.get(key)
            if kept is not None and kept.is_true(stamp):
                self.pages.move_to_end(key)
                return kept
        found = _found(key, stamp)
        if found is not None:
            self._put(key, found)
        return found

    def put(self, key: Key, kept: Kept) -> None:
        self._put(key, kept)
        _keep(key, kept)

    def _put(self, key: Key, kept: Kept) -> None:
        with self.lock:
            if old := self.pages.pop(key, None):
                self.used -= len(old.body)
            self.pages[key] = kept
            self.used += len(kept.body)
            while self.used > self.room:
                _, oldest = self.pages.popitem(last=False)
                self.used -= len(oldest.body)

    def clear(self) -> None:
        """In this process."""
        with self.lock:
            self.pages.clear()
            self.used = 0


def sweep() -> None:
    """Throw away what is no longer true; all of it when it has grown too large."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size('kit_page')")
        if cursor.fetchone()[0] > TABLE:
            cursor.execute("TRUNCATE kit_page")
        else:
            cursor.execute("DELETE FROM kit_page WHERE until < %s", [clock.now().timestamp()])


def _found(key: Key, stamp: str) -> Kept | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT body, headers, etag, until FROM kit_page WHERE key = %s AND stamp = %s AND until > %s",
            [_digest(key), stamp, clock.now().timestamp()],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    headers = [(name, value) for name, value in json.loads(row[1])]
    return Kept(bytes(row[0]), headers, row[2], stamp, row[3])


def _keep(key: Key, kept: Kept) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO kit_page (key, stamp, until, etag, headers, body) VALUES (%s, %s, %s, %s, %s, %s)
               ON CONFLICT (key) DO UPDATE SET stamp = excluded.stamp, until = excluded.until, etag = excluded.etag,
                 headers = excluded.headers, body = excluded.body""",
            [_digest(key), kept.stamp, kept.until, kept.etag, json.dumps(kept.headers), kept.body],
        )


def _digest(key: Key) -> bytes:
    return hashlib.blake2b("\0".join(key).encode(), digest_size=16, key=_edition()).digest()


@cache
def _edition() -> bytes:
    """Of the code and its settings: pages drawn by others are not ours."""
    told = hashlib.blake2b(repr(load()).encode(), digest_size=16)
    root = Path(dure.__file__).parent
    for path in sorted(root.rglob("*")):
        if path.suffix in {".py", ".html", ".mo", ".js", ".css", ".json"}:
            seen = path.stat()
            told.update(f"{path.relative_to(root)}|{seen.st_mtime_ns}|{seen.st_size}".encode())
    return told.digest()
