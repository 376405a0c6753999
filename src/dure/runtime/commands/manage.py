"""`dure manage …`: Django's own commands, with our settings."""

from __future__ import annotations

from django.core.management import execute_from_command_line


def command(argv: list[str]) -> int:
    execute_from_command_line(["dure manage", *argv])
    return 0
