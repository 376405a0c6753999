"""A flash sale: many buyers, one option, over HTTP, on the embedded PostgreSQL with durable commits.

Beside it, in the same run on the same machine: one-row inserts by pgbench (what a commit costs here at best), and the
straightforward way through the same door by the same buyers, one transaction an order around `SELECT … FOR UPDATE`
(`_plain.py`).

    clients=256   keep-alive connections        seconds=8    of the rush        stock=200000
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import psycopg

BUYERS = 2000
PORT = 18_400
PLAIN_SECONDS = 5


def run(settings: dict[str, str]) -> dict[str, Any]:
    clients, seconds = int(settings.get("clients", 256)), float(settings.get("seconds", 8))
    stock = int(settings.get("stock", 200_000))
    with tempfile.TemporaryDirectory(prefix="dure-flash-") as home, _a_house(Path(home)) as house:
        option = house.an_option(stock)
        insert = house.pgbench_inserts()
        with house.plain_door() as door:
            plain = _rush(door, house.an_option(stock), clients, PLAIN_SECONDS)
        rush = _rush(house.url, option, clients, seconds)
        small = house.an_option(1000)
        last = _rush(house.url, small, clients, 30, until_sold_out=True)
        figures = {
            "lane": rush.figures(),
            "last_units": {**last.figures(), **house.audit(small, 1000)},
            "select_for_update": plain.figures(),
            "pgbench_one_row_inserts": {"per_s": round(insert)},
            "audit": house.audit(option, stock),
            "plan": house.plan(option),
        }
    rate = rush.rate
    audits = [figures["audit"], figures["last_units"]]
    return {
        "settings": {"clients": clients, "seconds": seconds, "stock": stock, "synchronous_commit": "on"},
        "figures": figures,
        "bars": [
            _bar("orders_per_s", round(rate), 3000, rate >= 3000),
            _bar("times_select_for_update", round(rate / plain.rate, 1), 8, rate >= 8 * plain.rate),
            _bar("oversold", sum(a["oversold"] for a in audits), 0, not any(a["oversold"] for a in audits)),
            _bar("duplicates", sum(a["duplicates"] for a in audits), 0, not any(a["duplicates"] for a in audits)),
            _bar("acknowledged_but_absent", _lost(rush, last), 0, _lost(rush, last) == 0),
        ],
    }


def _bar(name: str, value: float, limit: float, ok: bool) -> dict[str, Any]:
    return {"name": name, "value": value, "limit": limit, "ok": ok}


def _lost(*rushes: Rush) -> int:
    return sum(rush.absent for rush in rushes)


# The clients


@dataclass
class Rush:
    """What the buyers saw. Latencies in seconds."""

    option: int = 0
    begun: float = 0.0
    over: float = 0.0
    numbers: dict[str, str] = field(default_factory=dict)  # key → order number
    latencies: list[float] = field(default_factory=list)
    refused: int = 0
    replayed: int = 0
    errors: int = 0
    absent: int = 0

    @property
    def rate(self) -> float:
        return len(self.numbers) / max(self.over - self.begun, 0.001)

    def figures(self) -> dict[str, Any]:
        times = sorted(self.latencies)
        return {
            "orders_per_s": round(self.rate),
            "sold": len(self.numbers),
            "refused": self.refused,
            "replayed": self.replayed,
            "errors": self.errors,
            "p50_ms": _percentile(times, 50),
            "p99_ms": _percentile(times, 99),
        }


def _percentile(times: list[float], percent: int) -> float:
    return round(1000 * times[min(len(times) * percent // 100, len(times) - 1)], 1) if times else 0.0


def _rush(url: str, option: int, clients: int, seconds: float, until_sold_out: bool = False) -> Rush:
    """A process of its own plays the buyers, so that they do not share the lane's or our time."""
    asked = [url, option, clients, seconds, int(until_sold_out)]
    with tempfile.TemporaryFile() as told:
        command = [sys.executable, "-m", "dure.bench._buyers", *map(str, asked)]
        subprocess.run(command, stdout=told, check=True)
        told.seek(0)
        return Rush(**orjson.loads(told.read()))


# The house


class House:
    def __init__(self, url: str, dsn: str, bin_folder: Path, socket: str) -> None:
        self.url, self.dsn, self.bin, self.socket = url, dsn, bin_folder, socket

    def an_option(self, stock: int) -> int:
        from dure.commerce.catalog.models import Category, Option, Product
        from dure.commerce.sellers.models import Seller
        from dure.commerce.stock import actions

        seller, _ = Seller.objects.get_or_create(name="bench", status="APPROVED")
        category = Category.objects.exclude(parent=None).first() or Category.objects.create(
            code="b", name_ko="b", name_en="b"
        )
        product = Product.objects.create(
            seller=seller, category=category, name="한정 수량", status="ON_SALE", list_price=10_000
        )
        option = Option.objects.create(product=product, price=10_000, name=f"기본 {product.pk}")
        actions.receive(option, stock, by=None)
        return option.pk

    def pgbench_inserts(self) -> float:
        """Transactions a second of one-row inserts at 64 clients."""
        with psycopg.connect(self.dsn, autocommit=True) as c:
            c.execute("CREATE TABLE bench_row (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text)")
        script = Path(tempfile.mkstemp(suffix=".sql")[1])
        script.write_text("INSERT INTO bench_row (note) VALUES ('x');\n")
        command = [self.bin / "pgbench", "-n", "-c", "64", "-j", "2", "-T", str(PLAIN_SECONDS), "-f", script,
                   "-h", self.socket, "-p", "5432", "-U", "postgres", "dure"]  # fmt: skip
        told = subprocess.run([str(w) for w in command], capture_output=True, text=True, check=True).stdout
        script.unlink()
        return float(next(line for line in told.splitlines() if line.startswith("tps")).split()[2])

    @contextmanager
    def plain_door(self) -> Iterator[str]:
        """Address of the straightforward way, served like the lane."""
        with _served("dure.bench._plain", str(PORT + 5), port=PORT + 5) as url:
            yield url

    def audit(self, option: int, stock: int) -> dict[str, int]:
        """From the rows: pieces sold above the stock, keys with two orders, and what is left."""
        with psycopg.connect(self.dsn) as c:
            left, sold, orders, keys = c.execute(
                """SELECT (SELECT available FROM stock_stockitem WHERE option_id = %(o)s), coalesce(sum(l.quantity), 0),
                          count(DISTINCT o.id), count(DISTINCT o.key)
                     FROM orders_productorder l JOIN orders_order o ON o.id = l.order_id WHERE l.option_id = %(o)s""",
                {"o": option},
            ).fetchone()  # type: ignore[misc]
        return {
            "rows": orders,
            "left": left,
            "oversold": max(int(sold) - stock, 0) + abs(stock - int(sold) - left),
            "duplicates": orders - keys,
        }

    def plan(self, option: int) -> list[str]:
        """The scans of the settling statement for a batch of 200, as the lane plans it: no table is read whole."""
        from datetime import UTC, datetime

        from dure.commerce.orders.hot import SETTLE
        from dure.sites.lane.db import HOT_PLANS

        now = datetime.now(UTC)
        asked = {"option": option, "keys": [f"plan-{n}" for n in range(200)], "numbers": [f"P-{n}" for n in range(200)],
                 "buyers": [1] * 200, "quantities": [1] * 200, "prices": [10_000] * 200, "shows": [None] * 200,
                 "now": now, "today": now.date(), "expires": now}  # fmt: skip
        with psycopg.connect(self.dsn, options=HOT_PLANS) as c:
            lines = [row[0].strip() for row in c.execute("EXPLAIN " + SETTLE, asked)]  # type: ignore[arg-type]
        return [line.split("(cost")[0].strip() for line in lines if " Scan " in line and "CTE" not in line]


@contextmanager
def _a_house(home: Path) -> Iterator[House]:
    """The embedded database with fsync and synchronous_commit on, migrated, and one lane process."""
    home.chmod(0o711)  # when run by root, the database's own user passes through
    os.environ.update(DURE_HOME=str(home), DURE_MODE="test", PORT=str(PORT), DURE_LOG="json", DATABASE_URL="")
    from dure.config import load

    load.cache_clear()
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from dure.commerce.pricing.models import CommissionPlan
    from dure.config import socket_dir
    from dure.people.models import User
    from dure.runtime import postgres as runtime

    database = runtime.Postgres(home)
    database.start()
    call_command("migrate", verbosity=0)
    CommissionPlan.objects.get_or_create(category=None, since="2020-01-01", defaults={"basis_points": 500})
    User.objects.bulk_create(User(email=f"b{n}@bench.invalid", name="b", password="!") for n in range(BUYERS))
    first = User.objects.order_by("id").values_list("id", flat=True).first()
    assert first == 1, "buyers are numbered from 1"
    try:
        with _served("dure", "lane", port=PORT + 1) as url:
            yield House(url, database.dsn(), runtime.BIN, str(socket_dir(home)))
    finally:
        connection.close()
        database.stop()


@contextmanager
def _served(*module: str, port: int) -> Iterator[str]:
    """`python -m module…`, from when it answers on `port` until the block ends."""
    from dure.runtime import children

    process = children.start([sys.executable, "-m", *module], output=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        if not children.wait_for(lambda: _answers(url), 30):
            raise RuntimeError(f"{' '.join(module)} does not answer")
        yield url
    finally:
        children.stop(process)


def _answers(url: str) -> bool:
    import httpx

    try:
        return httpx.get(f"{url}/healthz", timeout=1).status_code == 200
    except httpx.HTTPError:
        return False
