"""`dure demo load`: fill an empty database from the archive in the repository."""

from __future__ import annotations

import sys

from dure.commerce.search.documents import reindex
from dure.config import load as load_config
from dure.demo import ARCHIVE, archive
from dure.people.models import User
from dure.runtime.words import Problem, say


def needed() -> bool:
    """The database is empty, and there is an archive to fill it from."""
    return ARCHIVE.exists() and not User.objects.exists()


def main(argv: list[str]) -> int:
    if User.objects.exists():
        raise Problem(
            "데모는 빈 데이터베이스에만 채워요. DURE_HOME을 새 폴더로 정해 주세요.",
            "The demo fills an empty database only; set DURE_HOME to a new folder.",
        )
    try:
        rows = archive.load(ARCHIVE, load_config().home, _say)
    except archive.ArchiveError as error:
        raise Problem(str(error), str(error)) from error
    reindex()
    say(f"데모 시장을 채웠어요 ({rows:,}줄).", f"The demo market is filled ({rows:,} rows).")
    return 0


def _say(words: str) -> None:
    if sys.stderr.isatty():
        print(f"\r  {words[:60]:<60}", end="", file=sys.stderr, flush=True)
