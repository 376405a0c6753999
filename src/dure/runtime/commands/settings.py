"""`dure settings`: every setting, its value here, and what it is for."""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import fields

from dure.cli import pad
from dure.config import Config, load


def command(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="dure settings")
    parser.add_argument("--json", action="store_true")
    rows = table(load())
    if parser.parse_args(argv).json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return 0
    names, values = (max(len(row[column]) for row in rows) + 2 for column in ("setting", "value"))
    for row in rows:
        mark = "*" if row["set"] else " "
        print(f"{mark} {pad(row['setting'], names)}{pad(row['value'], values)}{row['about']}")
    print("\n* set in the environment")
    return 0


def table(config: Config) -> list[dict[str, str]]:
    """One row a setting; the value of a secret is never shown."""
    return [
        {
            "setting": f.metadata["env"],
            "value": _shown(getattr(config, f.name), f.metadata["secret"]),
            "about": f.metadata["about"],
            "set": "yes" if os.environ.get(f.metadata["env"]) else "",
        }
        for f in fields(config)
    ]


def _shown(value: object, secret: bool) -> str:
    if secret and value:
        return "(hidden)"
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)
