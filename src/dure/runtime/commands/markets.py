"""`dure markets import FILE`: the government's standard file of traditional markets."""

from __future__ import annotations

import argparse

import django


def command(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="dure markets")
    parser.add_argument("deed", choices=["import"])
    options, rest = parser.parse_known_args(argv)
    del options
    django.setup()
    from dure.partnership.markets_import import main

    return int(main(rest) or 0)
