"""`dure demo build`: live through 90 days of a market with the actions people use, then pack it (demo.archive).

Everything is asked of the rooms' own actions, with the clock turned back; the outside world is the simulators over
HTTP. One seed, one market: the same build gives the same names and amounts (identifiers drawn by the rooms differ).
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import structlog
from django.core.management import call_command
from django.db import connection

from dure.config import load as load_config
from dure.demo import ARCHIVE, archive, outside, people, promoting, shops, shows, talking, trading
from dure.demo.stage import Say, Stage
from dure.demo.times import delivering, on
from dure.finance import verify
from dure.kit import clock, outbox
from dure.people.models import User
from dure.runtime import children
from dure.runtime.postgres import Postgres
from dure.runtime.words import Problem, say

SEED = 20261124
DAYS = 90


def build(say: Say, *, days: int = DAYS, sellers: int = 50, products: int = 20, orders: int = 5000) -> Stage:
    """Fill an empty, migrated database; the simulators must be running. Returns who and what there is."""
    today = clock.today()
    stage = Stage(random.Random(SEED), today - timedelta(days=days), today, say)
    with delivering(on(stage.first - timedelta(days=61))):
        stage.staff = people.hire()
    shops.found(stage, sellers, products)
    trading.live_through(stage, orders)
    shows.two_to_come(stage)
    shops.leave_waiting(stage)
    promoting.fair_to_come(stage)
    talking.leave_claims_open(stage)
    outbox.deliver_due()
    return stage


def main(argv: list[str]) -> int:
    """`dure demo build [--to FILE] [--days N …]`: in a home of its own, with a database and simulators of its own."""
    parser = argparse.ArgumentParser(prog="dure demo build")
    parser.add_argument("--to", type=Path, default=ARCHIVE)
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--sellers", type=int, default=50)
    parser.add_argument("--products", type=int, default=20, help="per seller")
    parser.add_argument("--orders", type=int, default=5000)
    asked = parser.parse_args(argv)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with _a_house_to_build_in():
        if User.objects.exists():
            raise Problem(
                "데모는 빈 데이터베이스에서 만들어요. DURE_HOME을 새 폴더로 정해 주세요.",
                "The demo is built in an empty database; set DURE_HOME to a new folder.",
            )
        build(_say, days=asked.days, sellers=asked.sellers, products=asked.products, orders=asked.orders)
        if broken := [result for result in verify.run() if not result.ok]:
            raise Problem(f"불변식이 깨졌어요: {broken}", f"Invariants are broken: {broken}")
        archive.write(asked.to, load_config().home, _say)
    say(f"\n{asked.to}에 담았어요.", f"\nPacked into {asked.to}.")
    return 0


@contextmanager
def _a_house_to_build_in() -> Iterator[None]:
    """A database and the outside world, and nobody else: the time is ours alone."""
    config = load_config()
    postgres = Postgres(config.home)
    postgres.start()
    call_command("migrate", verbosity=0)
    with (config.home / "simulators.log").open("wb") as log:
        simulators = children.start([sys.executable, "-m", "dure", "simulators"], output=log)
    try:
        children.wait_for(lambda: _answers(f"{config.simulators_url}/healthz"), 30)
        outside.live_in(clock.today())
        yield
        for service in ("toss", "carrier"):
            httpx.delete(f"{config.simulators_url}/{service}/_control").raise_for_status()
    finally:
        children.stop(simulators)
        connection.close()
        postgres.stop()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=1).status_code == 200
    except httpx.HTTPError:
        return False


def _say(words: str) -> None:
    print(f"\r{words[:100]:<100}", end="", file=sys.stderr, flush=True)
