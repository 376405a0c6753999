"""The demo market as one file: every row by COPY, every picture once.

    demo.tar.xz
      manifest.json     schema fingerprint, migrations, moment it was built, tables with their columns, files by hash
      rows/<table>      COPY text
      blobs/<sha256>    contents of files under DURE_HOME (uploads, the replay, the simulators' memory)

Loading shifts every date by the same whole number of weeks (docs/decisions/0002). An archive older than the tables is
loaded into tables of its own time, which then go through the migrations like anybody's.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from dure.kit import clock

FORMAT = 1
SKIPPED = {
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "django_session",
    "django_admin_log",
    "kit_heartbeat",
}
EMPTIED = {"messaging_message"}  # sealed under the key of the house they were written in
KEPT_FILES = ("uploads", "media/shows", "simulators.sqlite")
DATE_TYPES = {"timestamp with time zone", "date"}

COLUMNS = """
    SELECT c.table_name, c.column_name, c.data_type, c.is_generated = 'ALWAYS'
      FROM information_schema.columns c
      JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'
     ORDER BY c.table_name, c.ordinal_position
"""

Say = Callable[[str], None]


class ArchiveError(Exception):
    """The archive cannot be used; the message says what to do."""


def schema() -> dict[str, dict[str, str]]:
    """{table: {column: type}} of the rows an archive holds; generated columns are left out."""
    tables: dict[str, dict[str, str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        for table, column, kind, generated in cursor.fetchall():
            if table in SKIPPED or table.startswith("procrastinate_") or generated:
                continue
            tables.setdefault(table, {})[column] = kind
    return tables


def fingerprint(tables: dict[str, dict[str, str]]) -> str:
    return hashlib.sha256(json.dumps(tables, sort_keys=True).encode()).hexdigest()


def migrations() -> dict[str, str]:
    """The newest migration of each app that the database has been through."""
    return {app: name for app, name in sorted(MigrationRecorder(connection).applied_migrations())}


def write(path: Path, home: Path, say: Say) -> None:
    """Pack the database and the files of `home` into `path`."""
    tables = schema()
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "schema": fingerprint(tables),
        "migrations": migrations(),
        "built_at": clock.now().isoformat(),
        "tables": {t: list(columns) for t, columns in tables.items()},
        "files": {str(f.relative_to(home)): hashlib.sha256(f.read_bytes()).hexdigest() for f in _files(home)},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:xz", preset=6) as tar:
        _add(tar, "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1).encode())
        for table, columns in tables.items():
            say(table)
            _add(tar, f"rows/{table}", b"" if table in EMPTIED else _copy_out(table, list(columns)))
        seen: set[str] = set()
        for name, digest in manifest["files"].items():
            if digest not in seen:
                seen.add(digest)
                _add(tar, f"blobs/{digest}", (home / name).read_bytes())


def load(path: Path, home: Path, say: Say) -> int:
    """Fill an empty, migrated database and `home`; returns how many rows came in. Raises ArchiveError."""
    tables = schema()
    with tempfile.TemporaryDirectory(prefix="dure-demo-") as tmp:
        with tarfile.open(path, "r:xz") as tar:
            tar.extractall(tmp, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))  # our own file
        root = Path(tmp)
        manifest = json.loads((root / "manifest.json").read_text())
        older = manifest["schema"] != fingerprint(tables) and manifest.get("migrations") not in (None, migrations())
        if older:
            say(manifest["built_at"][:10])
            tables = _tables_of(manifest["migrations"])
        if manifest["schema"] != fingerprint(tables):
            raise ArchiveError(
                f"{path.name} was made for other tables than these. Build it again with `dure demo build`."
            )
        _files_in(manifest["files"], root / "blobs", home)
        rows = _rows_in(tables, root / "rows", _shift(datetime.fromisoformat(manifest["built_at"])), say)
    if older:
        call_command("migrate", interactive=False, verbosity=0)
    return rows


def _tables_of(recorded: dict[str, str]) -> dict[str, dict[str, str]]:
    """Throw away the empty tables of today and make those of the archive's time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        name = sql.Identifier(cursor.fetchone()[0])
        cursor.execute(sql.SQL("DROP SCHEMA {0} CASCADE; CREATE SCHEMA {0}").format(name))
    executor = MigrationExecutor(connection)
    known = set(executor.loader.graph.nodes)
    executor.migrate([target for target in recorded.items() if target in known])
    return schema()


def _shift(built_at: datetime) -> timedelta:
    """Whole weeks, so that weekdays stay: settlement dates must not land on a Sunday."""
    return timedelta(weeks=(clock.now() - built_at).days // 7)


def _rows_in(tables: dict[str, dict[str, str]], rows: Path, shift: timedelta, say: Say) -> int:
    loaded = 0
    connection.ensure_connection()
    raw: psycopg.Connection[Any] = connection.connection
    with raw.transaction(), raw.cursor() as cursor:
        try:
            cursor.execute(
                "SET LOCAL session_replication_role = replica"
            )  # triggers and keys: checked by `dure verify`
        except psycopg.errors.InsufficientPrivilege as error:
            raise ArchiveError(
                "Loading the demo needs a superuser of the database; use an empty DATABASE_URL."
            ) from error
        for table, columns in tables.items():
            loaded += _table_in(cursor, table, columns, rows / table, shift)
            say(table)
        _advance_sequences(cursor, tables)
    with raw.cursor() as cursor:
        cursor.execute("ANALYZE")
    return loaded


def _table_in(cursor: psycopg.Cursor[Any], table: str, columns: dict[str, str], source: Path, shift: timedelta) -> int:
    if not source.stat().st_size:
        return 0
    target, names = sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    cursor.execute(sql.SQL("DELETE FROM {}").format(target))  # what a migration put there (categories, plans)
    cursor.execute(
        sql.SQL("CREATE TEMP TABLE incoming ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(names, target)
    )
    with (
        cursor.copy(sql.SQL("COPY incoming ({}) FROM STDIN").format(names)) as copy,
        source.open("rb") as file,
    ):
        while chunk := file.read(1 << 20):
            copy.write(chunk)
    shifted = sql.SQL(", ").join(_shifted(column, kind) for column, kind in columns.items())
    cursor.execute(
        sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM incoming").format(target, names, shifted),
        {"shift": shift, "days": shift.days},
    )
    count = cursor.rowcount
    cursor.execute("DROP TABLE incoming")
    return count


def _shifted(column: str, kind: str) -> sql.Composable:
    if kind not in DATE_TYPES:
        return sql.Identifier(column)
    by = sql.SQL("%(days)s::int") if kind == "date" else sql.SQL("%(shift)s::interval")
    return sql.SQL("{} + ").format(sql.Identifier(column)) + by


def _advance_sequences(cursor: psycopg.Cursor[Any], tables: dict[str, dict[str, str]]) -> None:
    for table, columns in tables.items():
        if "id" not in columns or columns["id"] not in {"bigint", "integer"}:
            continue
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [f'"{table}"'])
        if (found := cursor.fetchone()) and found[0]:
            cursor.execute(
                sql.SQL("SELECT setval(%s, greatest((SELECT max(id) FROM {}), 1))").format(sql.Identifier(table)),
                [found[0]],
            )


def _files_in(files: dict[str, str], blobs: Path, home: Path) -> None:
    first: dict[str, Path] = {}
    for name, digest in files.items():
        target = home / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        if digest in first and not name.endswith(".sqlite"):
            os.link(first[digest], target)
        else:
            target.write_bytes((blobs / digest).read_bytes())
            first[digest] = target


def _files(home: Path) -> Iterator[Path]:
    for kept in KEPT_FILES:
        base = home / kept
        if base.is_file():
            yield base
        elif base.is_dir():
            yield from sorted(f for f in base.rglob("*") if f.is_file())


def _copy_out(table: str, columns: list[str]) -> bytes:
    out = io.BytesIO()
    statement = sql.SQL("COPY {} ({}) TO STDOUT").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    connection.ensure_connection()
    with connection.connection.cursor() as cursor, cursor.copy(statement) as copy:
        for chunk in copy:
            out.write(chunk)
    return out.getvalue()


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    tar.addfile(entry, io.BytesIO(content))
