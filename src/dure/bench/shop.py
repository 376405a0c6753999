"""The shop and the seller's board at full size: 100,000 products, 3,000 sellers, 1,000,000 order lines.

Visitors ask as fast as they are answered, over HTTP, on the same machine as server and database. What they ask for follows
what sells: the pages are drawn from the order lines. The shop has been open for a while: every page of the sample has been
shown once. `drawn` is the same page made anew for a visitor with a session, one at a time; growth is reckoned from it.

    products=100000   sellers=3000   lines=1000000   clients=16   seconds=6   home=FOLDER (kept, and used again)
    small=1000        the market the growth is measured from
"""

from __future__ import annotations

import contextlib
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import psutil

from dure.bench import _house
from dure.bench._house import bar

PORT = 18_500
SAMPLE = 3000  # product pages, drawn by sales
BARS = {"list": 60, "search": 60, "product": 40, "board": 120}  # p95, ms
MOST_QUERIES = 12
STRANGER = "sessionid=somebody"  # an ended session: nothing remembered is shown
SORTS = ("", "&sort=new", "&sort=cheap", "&sort=dear")


def run(settings: dict[str, str]) -> dict[str, Any]:
    if "inside" in settings:  # a market of its own process: Django keeps to one database
        print(orjson.dumps(_market(settings)).decode(), flush=True)
        raise SystemExit(0)
    large = {"products": 100_000, "sellers": 3000, "lines": 1_000_000, "clients": 16, "seconds": 6}
    large |= {k: int(v) for k, v in settings.items() if k in large}
    small = int(settings.get("small", 1000))
    share = small / large["products"]
    little = {
        **large,
        "products": small,
        "sellers": max(int(large["sellers"] * share), 10),
        "lines": int(large["lines"] * share),
    }
    with _folder(settings.get("home")) as home:
        before = _elsewhere(home / "small", little)
        after = _elsewhere(home / "large", large)
    limit = (large["products"] / small) ** 0.5
    growth = {page: round(after["one"][page] / before["one"][page], 2) for page in ("list", "search", "product")}
    pages = after["pages"]
    return {
        "settings": large,
        "figures": {"made": after["made"], **pages, "growth": {f"from_{small}": growth, "sqrt": round(limit, 1)}},
        "bars": [
            *(
                bar(f"{page}_p95_ms", pages[page]["p95_ms"], most, pages[page]["p95_ms"] <= most)
                for page, most in BARS.items()
            ),
            *(
                bar(f"{page}_queries", pages[page]["queries"], MOST_QUERIES, pages[page]["queries"] <= MOST_QUERIES)
                for page in pages
            ),
            *(bar(f"{page}_growth", times, round(limit, 1), times < limit) for page, times in growth.items()),
            bar("made_in_s", after["made"]["seconds"], 600, after["made"]["seconds"] < 600),
            bar("not_answered", after["wrong"], 0, after["wrong"] == 0),
        ],
    }


@contextlib.contextmanager
def _folder(named: str | None) -> Iterator[Path]:
    if named:
        yield Path(named)
        return
    with tempfile.TemporaryDirectory(prefix="dure-shop-") as made:
        Path(made).chmod(0o711)
        yield Path(made)


def _elsewhere(home: Path, size: dict[str, int]) -> dict[str, Any]:
    words = [f"{name}={value}" for name, value in {"inside": home, **size}.items()]
    told = subprocess.run([sys.executable, "-m", "dure", "bench", "shop", *words], stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = orjson.loads(told.stdout.splitlines()[-1])
    return found


def _market(settings: dict[str, str]) -> dict[str, Any]:
    home, clients, seconds = Path(settings["inside"]), int(settings["clients"]), float(settings["seconds"])
    with _house.database(home, PORT) as server:
        made = _make(home, server.dsn(), settings)
        asks = _asks()
        counted = {page: _queries(some[0]) for page, some in asks.items()}
        with _house.served("dure", "web", port=PORT, DURE_WEB_WORKERS="2") as web:
            machine = (web, _house.postmaster(home))
            url = f"http://127.0.0.1:{PORT}"
            one, pages, wrong = {}, {}, 0
            for page, some in asks.items():
                told, spent = _measured(url, [{"cookie": STRANGER, **a} for a in some[:200]], 1, 3, machine)
                one[page] = _house.percentile(told["latencies"], 50)
                drawn = {
                    "drawn_p50_ms": one[page],
                    "drawn_cpu_ms": round(1000 * sum(spent) / len(told["latencies"]), 1),
                }
                _house.ask(url, some, 4, 0)  # the shop has been open
                told, spent = _measured(url, some, clients, seconds, machine)
                wrong += sum(n for status, n in told["statuses"].items() if status not in ("200", "302"))
                pages[page] = _figures(told, spent) | drawn | {"queries": counted[page]}
    return {"made": made, "one": one, "pages": pages, "wrong": wrong}


def _make(home: Path, dsn: str, settings: dict[str, str]) -> dict[str, Any]:
    """The market, unless the folder holds it already."""
    from dure.bench import _market
    from dure.commerce.search import documents

    kept = home / "made.json"
    if kept.exists():
        found: dict[str, Any] = orjson.loads(kept.read_bytes())
        return found
    began = time.perf_counter()
    size = _market.Size(*(int(settings[name]) for name in ("products", "sellers", "lines")))
    parts = _market.fill(dsn, size, say=lambda words: print(words, file=sys.stderr, flush=True))
    indexed = time.perf_counter()
    documents.reindex()
    parts["search"] = round(time.perf_counter() - indexed, 1)
    found = {"seconds": round(time.perf_counter() - began, 1), **parts}
    kept.write_bytes(orjson.dumps(found))
    return found


def _measured(
    url: str, asks: list[dict[str, str]], clients: int, seconds: float, machine: tuple[psutil.Process, ...]
) -> tuple[dict[str, Any], list[float]]:
    before = [_house.cpu_of(process) for process in machine]
    told = _house.ask(url, asks, clients, seconds)
    return told, [_house.cpu_of(process) - spent for process, spent in zip(machine, before, strict=True)]


def _figures(told: dict[str, Any], spent: list[float]) -> dict[str, Any]:
    times, count = told["latencies"], max(len(told["latencies"]), 1)
    return {
        "per_s": round(count / told["seconds"]),
        "p50_ms": _house.percentile(times, 50),
        "p95_ms": _house.percentile(times, 95),
        "p99_ms": _house.percentile(times, 99),
        "bytes": told["bytes"] // count,
        "cpu_ms_server": round(1000 * spent[0] / count, 2),
        "cpu_ms_database": round(1000 * spent[1] / count, 2),
        "statuses": told["statuses"],
    }


def _queries(ask: dict[str, str]) -> int:
    """Queries of the page when nothing is remembered of it."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    settings.ALLOWED_HOSTS = ["*"]
    settings.PUBLIC_PAGES, kept = False, settings.PUBLIC_PAGES
    client = Client(headers={"cookie": ask["cookie"]} if "cookie" in ask else None)
    if "cookie" in ask:
        client.cookies.load(ask["cookie"])
    try:
        with CaptureQueriesContext(connection) as asked:
            if "body" in ask:
                client.post(
                    ask["path"], ask["body"].replace("{n}", "0"), content_type="application/x-www-form-urlencoded"
                )
            else:
                client.get(ask["path"])
    finally:
        settings.PUBLIC_PAGES = kept
    return len(
        [q for q in asked.captured_queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]
    )


# What visitors ask for


def _asks() -> dict[str, list[dict[str, str]]]:
    dice = random.Random(24)
    return {
        "list": _lists(dice),
        "search": _searches(dice),
        "product": _products(),
        "cart": _carts(dice),
        "board": _boards(),
    }


def _lists(dice: random.Random) -> list[dict[str, str]]:
    """Shelves by their sales, each sort, the first pages more often."""
    codes = [code for (code,) in _rows(
        """SELECT c.code FROM orders_productorder l JOIN catalog_option o ON o.id = l.option_id
             JOIN catalog_product p ON p.id = o.product_id JOIN catalog_category c ON c.id = p.category_id
            ORDER BY l.id %% 9973, l.id LIMIT 2000"""
    )]  # fmt: skip
    return [{"path": f"/products/?category={c}{dice.choice(SORTS)}{_page(dice)}"} for c in codes]


def _searches(dice: random.Random) -> list[dict[str, str]]:
    from urllib.parse import quote

    from dure.bench._market import GOODS, KINDS, REGIONS, TRAITS

    goods = [g for n, g in enumerate(GOODS) for _ in range(1 + 60 // (n + 1))]  # some are asked for much more often
    asked = []
    for _ in range(2000):
        word = dice.choice(goods)
        words = dice.choice(
            (word, word, f"{dice.choice(REGIONS)} {word}", f"{dice.choice(TRAITS)} {word}", word + dice.choice(KINDS))
        )
        asked.append({"path": f"/products/?q={quote(words)}{_page(dice)}"})
    return asked


def _page(dice: random.Random) -> str:
    number = dice.choice((1, 1, 1, 1, 1, 2, 2, 3))
    return f"&page={number}" if number > 1 else ""


def _products() -> list[dict[str, str]]:
    return [{"path": f"/products/{pk}/"} for (pk,) in _rows(
        """SELECT o.product_id FROM orders_productorder l JOIN catalog_option o ON o.id = l.option_id
            ORDER BY l.id %% 9973, l.id LIMIT %s""", [SAMPLE]
    )]  # fmt: skip


def _carts(dice: random.Random) -> list[dict[str, str]]:
    """Signed-in buyers with four lines of several sellers each."""
    from dure.commerce.cart.models import Cart, CartLine
    from dure.people.models import User

    options = [
        pk
        for (pk,) in _rows(
            "SELECT option_id FROM stock_stockitem WHERE available > 0 ORDER BY option_id %% 997 LIMIT 4000"
        )
    ]
    asked = []
    for user in User.objects.filter(email__startswith="bench").order_by("id")[:200]:
        cart, made = Cart.objects.get_or_create(user=user)
        if made:
            CartLine.objects.bulk_create(
                CartLine(cart=cart, option_id=pk, quantity=1) for pk in dice.sample(options, 4)
            )
        asked.append({"path": "/cart/", "cookie": _signed_in(user)})
    return asked


def _boards() -> list[dict[str, str]]:
    """Sellers as often as they sell."""
    from dure.people.models import User

    people = [pk for (pk,) in _rows(
        """SELECT m.user_id FROM orders_productorder l JOIN sellers_member m ON m.seller_id = l.seller_id
            ORDER BY l.id %% 9973, l.id LIMIT 200"""
    )]  # fmt: skip
    cookies = {user.pk: _signed_in(user) for user in User.objects.filter(pk__in=people)}
    return [{"path": "/seller/orders/", "cookie": cookies[pk]} for pk in people]


def _signed_in(user: Any) -> str:
    """A cookie of a session that begins now."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def _rows(statement: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, values or [])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
