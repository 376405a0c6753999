"""`dure demo build` makes the demo market by the journey's own actions; `dure demo load` fills an empty database."""

from __future__ import annotations

import argparse
import importlib

import django

from dure.runtime.words import Problem, complain


def command(argv: list[str]) -> int:
    """`load --at-start` is the house's own call: nothing to do, or a demo that does not fit, is no reason not to open."""
    parser = argparse.ArgumentParser(prog="dure demo")
    parser.add_argument("deed", choices=["build", "load"])
    parser.add_argument("--at-start", action="store_true", help=argparse.SUPPRESS)
    options, rest = parser.parse_known_args(argv)
    django.setup()
    module = importlib.import_module(f"dure.demo.{options.deed}")
    if not options.at_start:
        return int(module.main(rest) or 0)
    try:
        return int(module.main(rest) or 0) if module.needed() else 0
    except Problem as problem:
        complain(f"  {problem}")
        return 0
