"""`dure migrate`: bring the tables to this version; refuse data that a newer version has written."""

from __future__ import annotations

import argparse

import django
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from dure.runtime.words import newer_data

ONE_AT_A_TIME = 0x64757265  # advisory lock: two hosts may start together


def command(argv: list[str]) -> int:
    argparse.ArgumentParser(prog="dure migrate").parse_args(argv)
    django.setup()
    migrate()
    return 0


def migrate() -> None:
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
