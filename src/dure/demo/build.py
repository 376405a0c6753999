"""`dure demo build`: live through 90 days of a market with the actions people use, then pack it (demo.archive).

Everything is asked of the rooms' own actions, with the clock turned back; the outside world is the simulators over
HTTP. One seed, one market: the same build gives the same names and amounts (identifiers drawn by the rooms differ).
"""

from __future__ import annotations

import argparse
import random
import sys
from datetime import timedelta
from pathlib import Path

from dure.config import load as load_config
from dure.demo import ARCHIVE, archive, people, shops, shows, trading
from dure.demo.stage import Say, Stage
from dure.demo.times import delivering, on
from dure.finance import verify
from dure.kit import clock, outbox
from dure.people.models import User
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
    if User.objects.exists():
        raise Problem(
            "데모는 빈 데이터베이스에서 만들어요. DURE_HOME을 새 폴더로 정해 주세요.",
            "The demo is built in an empty database; set DURE_HOME to a new folder.",
        )
    build(_say, days=asked.days, sellers=asked.sellers, products=asked.products, orders=asked.orders)
    broken = [check for check in verify.run() if not check.ok]
    if broken:
        raise Problem(f"불변식이 깨졌어요: {broken}", f"Invariants are broken: {broken}")
    archive.write(asked.to, load_config().home, _say)
    say(f"{asked.to}에 담았어요.", f"Packed into {asked.to}.")
    return 0


def _say(words: str) -> None:
    print(f"\r{words[:100]:<100}", end="", file=sys.stderr, flush=True)
