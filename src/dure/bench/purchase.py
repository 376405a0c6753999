"""The whole purchase of a guest through the public API: a cart of two lines, address, shipping fee, payment, placed.

Over HTTP, against the payment simulator, on the embedded PostgreSQL with durable commits; the worker delivers the events meanwhile.
The processor time of server (web), database and worker is what those processes used; buyers and simulator are apart. Then
a rush: 400 buyers at the same moment on 100 pieces, five times; the database is asked who got one.

    clients=1,16,64   seconds=8
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import orjson

from dure.bench import _house
from dure.bench._house import bar, percentile

PORT = 18_600
PRODUCTS = 2000
RUSHES, BUYERS, PIECES = 5, 400, 100


def run(settings: dict[str, str]) -> dict[str, Any]:
    clients = [int(n) for n in settings.get("clients", "1,16,64").split(",")]
    seconds = float(settings.get("seconds", 8))
    with tempfile.TemporaryDirectory(prefix="dure-purchase-") as folder, _house.database(Path(folder), PORT) as server:
        home = Path(folder)
        job = {"url": f"http://127.0.0.1:{PORT}", "simulators": f"http://127.0.0.1:{PORT + 3}", **_market(server.dsn())}
        with (
            _house.served("dure", "simulators", port=PORT + 3),
            _house.served("dure", "web", port=PORT, DURE_WEB_WORKERS="2") as web,
            _house.running("dure", "worker") as worker,
        ):
            parts = {"server": web, "database": _house.postmaster(home), "worker": worker}
            _buy({**job, "clients": 4, "seconds": 3, "lines": 2})  # everybody is awake
            figures = {
                f"clients_{n}": _measured({**job, "clients": n, "seconds": seconds, "lines": 2}, parts) for n in clients
            }
            rushes = [_rush(job) for _ in range(RUSHES)]
    busy = figures.get("clients_16", next(iter(figures.values())))
    cpu = round(busy["cpu_ms"]["server"] + busy["cpu_ms"]["database"], 1)
    exact = all(r["sold"] == r["paid"] == PIECES and r["left"] == 0 for r in rushes)
    return {
        "settings": {"seconds": seconds, "synchronous_commit": "on"},
        "figures": {**figures, "rush": {"sold": [r["sold"] for r in rushes], "runs": rushes}},
        "bars": [
            bar("purchases_per_s_at_16", busy["per_s"], 100, busy["per_s"] >= 100),
            bar("cpu_ms_of_server_and_database", cpu, 15, cpu <= 15),
            bar("rushes_that_sold_exactly_100", sum(r["sold"] == PIECES for r in rushes), RUSHES, exact),
        ],
    }


def _market(dsn: str) -> dict[str, Any]:
    """Things to buy, and the key of a headless shop."""
    from dure.bench import _market as market
    from dure.config import load
    from dure.sites.api.actions import issue_key
    from dure.sites.api.models import Holder

    market.fill(dsn, market.Size(products=PRODUCTS, sellers=60, lines=2000, buyers=100))
    options = [pk for (pk,) in _rows("SELECT option_id FROM stock_stockitem WHERE available > 1000")]
    issued = issue_key(name="bench", scopes=["checkout:write"], by=None, holder=Holder.SHOPFRONT, per_minute=10_000_000)
    return {"options": options, "key": issued.secret, "client_key": load().toss_client_key}


def _measured(job: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    before = {name: _house.cpu_of(process) for name, process in parts.items()}
    told = _buy(job)
    count = max(len(told["whole"]), 1)
    spent = {name: round(1000 * (_house.cpu_of(process) - before[name]) / count, 2) for name, process in parts.items()}
    return {
        "per_s": round(len(told["whole"]) / told["seconds"], 1),
        **{
            f"{part}_ms": [percentile(told[part], 50), percentile(told[part], 99)]
            for part in ("whole", "placing", "confirming")
        },
        "cpu_ms": spent,
        "statuses": told["statuses"],
        "events_waiting": _rows("SELECT count(*) FROM kit_delivery WHERE done_at IS NULL")[0][0],
    }


def _rush(job: dict[str, Any]) -> dict[str, int]:
    """Everybody wants one piece of the same at once. What was sold, from the rows."""
    from dure.commerce.catalog.models import Option
    from dure.commerce.stock.models import StockItem, StockMovement

    first = Option.objects.order_by("?").first()
    assert first is not None
    option = Option.objects.create(product=first.product, price=10_000, name=f"한정 {StockMovement.objects.count()}")
    StockMovement.objects.create(option=option, kind="RECEIVED", quantity=PIECES)
    StockItem.objects.update_or_create(option=option, defaults={"available": PIECES})
    told = _buy({**job, "clients": BUYERS, "seconds": 0, "lines": 1, "options": [option.pk]})
    ((sold, paid),) = _rows(
        """SELECT coalesce(sum(quantity), 0), coalesce(sum(quantity) FILTER (WHERE status = 'PAID'), 0)
             FROM orders_productorder WHERE option_id = %s""",
        [option.pk],
    )
    refused = sum(n for status, n in told["statuses"].items() if status.startswith("orders 4"))
    left = StockItem.objects.get(option=option).available
    return {"buyers": BUYERS, "sold": int(sold), "paid": int(paid), "left": left, "refused": refused}


def _buy(job: dict[str, Any]) -> dict[str, Any]:
    command = [sys.executable, "-m", "dure.bench._shoppers"]
    told = subprocess.run(command, input=orjson.dumps(job), stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = orjson.loads(told.stdout)
    return found


def _rows(statement: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, values or [])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
