"""`dure verify`: recompute every invariant from the rows. Exits 1 with the offending rows when one is broken.

Each room states its own (`checks.py`); the office shows what came out last (`ledger.tasks.verify`, nightly).
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from dure.kit import checks
from dure.kit.checks import Result


def run() -> list[Result]:
    return checks.run_every()


def command(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="dure verify", description="불변식을 모든 기록에서 다시 계산해요.")
    parser.add_argument("--json", action="store_true", help="for machines")
    asked = parser.parse_args(argv)
    import django

    django.setup()
    results = run()
    print(_as_json(results) if asked.json else _as_table(results))
    return 0 if all(r.ok for r in results) else 1


def _as_json(results: list[Result]) -> str:
    told = [
        {"name": r.name, "about": r.about, "ok": r.ok, "count": r.count, "rows": r.rows, "seconds": r.seconds}
        for r in results
    ]
    return json.dumps({"ok": all(r.ok for r in results), "checks": told}, ensure_ascii=False, indent=1, default=str)


def _as_table(results: list[Result]) -> str:
    lines = [f"{'✓' if r.ok else '✗'} {r.name:<32} {r.about}  ({r.seconds:.3f} s)" for r in results]
    for r in results:
        if not r.ok:
            lines += ["", f"✗ {r.name}: {r.count}", *(f"    {_plain(row)}" for row in r.rows)]
    return "\n".join(lines)


def _plain(row: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in row.items())
