"""`dure psql`: an SQL prompt in the running database, by the psql on this machine or the one in the wheel."""

from __future__ import annotations

import os
import shutil

from dure.config import load
from dure.runtime.words import Problem


def command(argv: list[str]) -> int:
    from dure.runtime.postgres import BIN, Postgres

    dsn = load().database_url or Postgres(load().home).dsn()
    if argv == ["--dsn"]:
        print(dsn)
        return 0
    program = shutil.which("psql") or shutil.which("psql", path=str(BIN))
    if program is None:
        raise Problem(
            f"이 컴퓨터에 psql이 없어요. 다른 도구로 여기에 연결하세요: {dsn}",
            f"There is no psql on this machine; connect with another tool to {dsn}",
        )
    os.execv(program, [program, dsn, *argv])
