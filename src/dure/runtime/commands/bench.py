"""`dure bench NAME`: every benchmark has one form, printed as a table or, with --json, as one object.

A benchmark is a module `dure/bench/NAME.py` with

    def run(settings: dict[str, str]) -> dict     # {"figures": {…}, "bars": [{"name", "value", "limit", "ok"}]}

`settings` are the `key=value` words of the command line. It exits 0 whatever the figures.
"""

from __future__ import annotations

import argparse
import importlib
import json
import platform
import subprocess
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import psutil

import dure.bench
from dure.cli import pad
from dure.runtime.words import Problem


def command(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="dure bench")
    parser.add_argument("name", nargs="?")
    parser.add_argument("settings", nargs="*", metavar="key=value")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_intermixed_args(argv)
    names = sorted(m.name for m in iter_modules(dure.bench.__path__) if not m.name.startswith("_"))
    if options.name is None:
        print("\n".join(names))
        return 0
    if options.name not in names:
        raise Problem(
            f"'{options.name}' 벤치마크가 없어요. 있는 것: {', '.join(names)}",
            f"There is no benchmark '{options.name}'; there are: {', '.join(names)}",
        )
    settings = dict(word.split("=", 1) for word in options.settings if "=" in word)
    result = importlib.import_module(f"dure.bench.{options.name}").run(settings)
    report = whole(options.name, settings, result)
    print(json.dumps(report, ensure_ascii=False) if options.json else as_text(report))
    return 0


def whole(name: str, settings: dict[str, str], result: dict[str, Any]) -> dict[str, Any]:
    bars = result.get("bars", [])
    return {
        "bench": name,
        "commit": _commit(),
        "machine": _machine(),
        "settings": {**settings, **result.get("settings", {})},
        "figures": result.get("figures", {}),
        "bars": bars,
        "ok": all(bar["ok"] for bar in bars),
    }


def as_text(report: dict[str, Any]) -> str:
    rows = [(str(key), str(value)) for key, value in _flat(report["figures"])]
    width = max((len(key) for key, _ in rows), default=0) + 2
    lines = [f"{report['bench']}  {report['commit']}  {report['machine']['cpu']} × {report['machine']['cores']}", ""]
    lines += [f"  {pad(key, width)}{value}" for key, value in rows]
    lines += [""] if report["bars"] else []
    lines += [
        f"  {'✓' if bar['ok'] else '✗'} {bar['name']}: {bar['value']} (limit {bar['limit']})" for bar in report["bars"]
    ]
    return "\n".join(lines)


def _flat(figures: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for key, value in figures.items():
        if isinstance(value, dict):
            found += _flat(value, f"{prefix}{key}.")
        else:
            found.append((prefix + key, value))
    return found


def _commit() -> str:
    asked = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=Path(__file__).parent, capture_output=True, text=True, check=False
    )
    return asked.stdout.strip() or "unknown"


def _machine() -> dict[str, Any]:
    return {
        "cpu": _cpu_name(),
        "cores": psutil.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "load_1m": round(psutil.getloadavg()[0], 1),
        "os": platform.platform(),
        "python": platform.python_version(),
    }


def _cpu_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
