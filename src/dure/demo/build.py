"""`dure demo build`: live through 90 days of a market with the actions people use, then pack it (demo.archive).

Everything is asked of the rooms' own actions, with the clock turned back; the outside world is the simulators over
HTTP. One seed, one market: the same build gives the same names and amounts (identifiers drawn by the rooms differ).
"""

from __future__ import annotations

import random
from datetime import timedelta

from dure.demo import people, shops, trading
from dure.demo.stage import Say, Stage
from dure.demo.times import delivering, on
from dure.kit import clock, outbox

SEED = 20261124
DAYS = 90


def build(say: Say, *, days: int = DAYS, sellers: int = 50, products: int = 20, orders: int = 5000) -> Stage:
    """Fill an empty, migrated database; the simulators must be running. Returns who and what there is."""
    today = clock.today()
    stage = Stage(random.Random(SEED), today - timedelta(days=days), today, say)  # noqa: S311
    with delivering(on(stage.first - timedelta(days=61))):
        stage.staff = people.hire()
    shops.found(stage, sellers, products)
    trading.live_through(stage, orders)
    trading.plan_the_future(stage)
    outbox.deliver_due()
    return stage
