"""The `dure` command: a table of subcommands, each a function `(argv) -> exit code` in a module of its own.

A module is imported when its command is called, so `dure settings` does not wait for Django.
"""

from __future__ import annotations

import importlib
import os
import sys
import unicodedata
from typing import NamedTuple

from dure.config import ConfigError
from dure.runtime.words import Problem, complain, words


class Command(NamedTuple):
    target: str  # "module:function"
    korean: str
    english: str


HERE = "dure.runtime.commands"
COMMANDS = {
    "run": Command(
        f"{HERE}.up:run", "모두 켜고, 처음이면 데모 시장을 채워요", "start everything, with a demo market at first"
    ),
    "up": Command(f"{HERE}.up:up", "모두 켜고 지켜봐요", "start everything and watch it"),
    "settings": Command(f"{HERE}.settings:command", "설정과 지금 값", "the settings and their values"),
    "prepare": Command(
        f"{HERE}.prepare:command", "번역, 테이블, 정적 파일을 맞춰요", "bring messages, tables, static files up to date"
    ),
    "migrate": Command(f"{HERE}.migrate:command", "테이블을 이 버전에 맞춰요", "bring the tables to this version"),
    "messages": Command(
        f"{HERE}.messages:command",
        "번역을 묶어요 (--check: 빠진 것)",
        "compile translations (--check)",
    ),
    "verify": Command(
        "dure.finance.verify:command", "모든 불변식을 행에서 다시 계산해요", "recompute every invariant from the rows"
    ),
    "bench": Command(f"{HERE}.bench:command", "성능 재기 (bench NAME --json)", "measure (bench NAME --json)"),
    "demo": Command(
        f"{HERE}.demo:command", "데모 시장 만들기, 채우기 (build, load)", "make or load the demo market (build, load)"
    ),
    "markets": Command(
        f"{HERE}.markets:command",
        "전통시장 파일 가져오기 (import FILE)",
        "import FILE of traditional markets",
    ),
    "search": Command(
        f"{HERE}.search:command",
        "검색 문서 새로 쓰기 (search reindex)",
        "write the search documents anew (search reindex)",
    ),
    "staff": Command(
        f"{HERE}.staff:command",
        "직원 들이기 (staff EMAIL NAME ROLE…)",
        "let somebody work here (staff EMAIL NAME ROLE…)",
    ),
    "manage": Command(f"{HERE}.manage:command", "Django 관리 명령", "Django's own commands"),
    "backup": Command(
        f"{HERE}.backup:backup", "켜 둔 채로 백업 (backup 폴더)", "back up while it runs (backup FOLDER)"
    ),
    "restore": Command(
        f"{HERE}.backup:restore", "백업에서 되살리기 (restore 폴더)", "restore a backup (restore FOLDER)"
    ),
    "psql": Command(
        f"{HERE}.psql:command", "데이터베이스 주소, 또는 그 안의 SQL", "the database's address, or SQL in it"
    ),
    "web": Command("dure.runtime.server:web", "프로세스: 페이지, 관리, API", "process: pages, admin, API"),
    "lane": Command("dure.runtime.server:lane", "프로세스: 주문, 방송 방", "process: hot orders, live rooms"),
    "media": Command("dure.runtime.server:media", "프로세스: 영상", "process: video"),
    "simulators": Command("dure.runtime.server:simulators", "프로세스: 바깥세상", "process: the outside world"),
    "worker": Command("dure.runtime.worker:command", "프로세스: 뒤에서 하는 일", "process: jobs and events"),
}


def main(argv: list[str] | None = None) -> int:
    argv = sys.argv[1:] if argv is None else argv
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dure.settings")
    if not argv or argv[0] in {"-h", "--help", "help"}:
        print(help_text())
        return 0
    name, *rest = argv
    if name not in COMMANDS:
        complain(
            words(f"'{name}' 명령이 없어요. 있는 것: ", f"There is no command '{name}'; there are: ")
            + ", ".join(COMMANDS)
        )
        return 2
    module, function = COMMANDS[name].target.split(":")
    sys.argv = [f"dure {name}", *rest]  # for argparse's usage line
    try:
        return int(getattr(importlib.import_module(module), function)(rest) or 0)
    except (Problem, ConfigError) as problem:
        complain(str(problem))
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def help_text() -> str:
    lines = [words("dure 명령 …", "dure COMMAND …"), ""]
    lines += [f"  {pad(name, 12)}{words(c.korean, c.english)}" for name, c in COMMANDS.items()]
    return "\n".join(lines)


def pad(text: str, width: int) -> str:
    """To `width` columns of a terminal, where a Hangul syllable takes two."""
    taken = sum(2 if unicodedata.east_asian_width(ch) in "WF" else 1 for ch in text)
    return text + " " * (width - taken)
