"""`dure search reindex`: every search document and term from the rows. After a bulk load, or a change of `search/rules.py`."""

from __future__ import annotations

import argparse
import sys
import time

import django

from dure.runtime.words import say


def command(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="dure search")
    parser.add_argument("deed", choices=["reindex"])
    parser.parse_args(argv)
    django.setup()
    from dure.commerce.search.documents import reindex

    began = time.monotonic()
    count = reindex(_progress)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    took = time.monotonic() - began
    say(f"검색 문서 {count:,}개를 썼어요 ({took:.1f}초).", f"{count:,} search documents written ({took:.1f} s).")
    return 0


def _progress(done: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\r  {done:,} / {of:,}", end="", file=sys.stderr, flush=True)
