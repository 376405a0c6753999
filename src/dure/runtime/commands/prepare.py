"""`dure prepare`: what has to be in order before any process may start. Cheap when nothing has changed."""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import django

from dure.runtime.commands.messages import compile_all


def command(argv: list[str]) -> int:
    argparse.ArgumentParser(prog="dure prepare").parse_args(argv)
    compile_all()
    django.setup()
    from dure.runtime.commands.migrate import migrate

    migrate()
    collect_static()
    return 0


def collect_static() -> None:
    """Collect and compress, unless the same files have been collected before."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = Path(storage.path(path)).stat()
            digest.update(f"{path}:{stat.st_size}:{stat.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(digest.hexdigest())
