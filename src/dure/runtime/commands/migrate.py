"""`dure migrate`: bring the tables to this version; refuse data that a newer version has written."""

from __future__ import annotations

import argparse

import django
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader

from dure.runtime.words import Problem, newer_data

OLDEST = 15
ONE_AT_A_TIME = 0x64757265  # advisory lock: two hosts may start together


def command(argv: list[str]) -> int:
    argparse.ArgumentParser(prog="dure migrate").parse_args(argv)
    django.setup()
    migrate()
    return 0


def migrate() -> None:
    check_server()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        try:
            loader = MigrationLoader(connection)
            refuse_newer(loader)
            applied = set(loader.applied_migrations or ())
            if not set(loader.graph.leaf_nodes()) <= applied:
                call_command("migrate", interactive=False, verbosity=0)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ONE_AT_A_TIME])


def check_server() -> None:
    """Raises Problem when the database does not answer or is too old."""
    try:
        connection.ensure_connection()
    except OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise Problem(
            f"데이터베이스에 연결할 수 없어요. DATABASE_URL과 그 서버를 확인해 주세요: {reason}",
            f"The database cannot be reached; check DATABASE_URL and its server: {reason}",
        ) from error
    version = connection.connection.info.server_version
    if version < OLDEST * 10_000:
        raise Problem(
            f"PostgreSQL {OLDEST} 이상이 필요해요(이 서버는 {version // 10_000}). DATABASE_URL을 더 새 서버로 바꾸거나 비워 주세요.",
            f"PostgreSQL {OLDEST} or newer is needed (this is {version // 10_000}); set DATABASE_URL to a newer server, or leave it out.",
        )


def refuse_newer(loader: MigrationLoader) -> None:
    """Raises Problem when the database knows a migration of ours that this code does not."""
    known = set(loader.disk_migrations or ())
    ours = {app for app, _ in known}
    unknown = sorted(
        f"{app}.{name}" for app, name in loader.applied_migrations or () if app in ours and (app, name) not in known
    )
    unknown = [name for name in unknown if name not in _replaced(loader)]
    if unknown:
        raise newer_data(unknown[-1])


def _replaced(loader: MigrationLoader) -> set[str]:
    """Migrations squashed into one that is on disk."""
    return {f"{app}.{name}" for m in (loader.disk_migrations or {}).values() for app, name in m.replaces}
