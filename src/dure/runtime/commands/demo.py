"""`dure demo build` makes the demo market by the journey's own actions; `dure demo load` fills an empty database."""

from __future__ import annotations

import argparse

import django


def command(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="dure demo")
    parser.add_argument("deed", choices=["build", "load"])
    options, rest = parser.parse_known_args(argv)
    django.setup()
    import importlib

    module = importlib.import_module(f"dure.demo.{options.deed}")
    return int(module.main(rest) or 0)
