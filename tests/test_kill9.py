"""Buyers order and pay without pause while we kill -9 one process after another. What the house has said yes to, it keeps.

A buyer whose request breaks sends the same request again (the same idempotency key), as a browser's reload does.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

import httpx
import psycopg
import pytest

from house import ROOT, House, until

pytestmark = pytest.mark.processes

BUYERS = 4
STOCK = 100_000
PRICE = 10_000
SEED = f"""
import json
from django.test import Client
from builders import a_commission_plan, a_person, an_option
a_commission_plan()
option = an_option(price={PRICE}, stock={STOCK})
buyers = []
for n in range({BUYERS}):
    client = Client()
    client.force_login(a_person(email=f"buyer{{n}}@example.kr"))
    buyers.append(client.cookies["sessionid"].value)
print(json.dumps({{"option": option.pk, "product": option.product_id, "buyers": buyers}}))
"""
CSRF = "k" * 32
ADDRESS = {
    "receiver": "나구매",
    "phone": "010-1234-5678",
    "postcode": "03086",
    "address1": "서울특별시 종로구 율곡로 99",
}


@dataclass
class Buyer:
    """Orders one piece after another, and pays for each, until told to stop."""

    house: House
    session: str
    option: int
    ordered: dict[str, str] = field(default_factory=dict)  # idempotency key → order number we were shown
    paid: list[str] = field(default_factory=list)  # order numbers whose "paid" page we were sent to
    broken: int = 0  # requests that did not come back

    def shop(self, stop: threading.Event) -> None:
        cookies = {"sessionid": self.session, "csrftoken": CSRF, "django_language": "ko"}
        with httpx.Client(base_url=self.house.url, cookies=cookies, timeout=20) as http:
            while not stop.is_set():
                key = str(uuid.uuid4())
                number = self.order(http, key)
                self.ordered[key] = number
                self.pay(http, number)

    def order(self, http: httpx.Client, key: str) -> str:
        form = {**ADDRESS, "option": self.option, "quantity": 1, "expected": PRICE, "key": key}
        answer = self.insist(http, "POST", "/checkout/", data=form)
        assert answer.status_code == 302, answer.text
        return answer.headers["location"].strip("/").split("/")[-1]

    def pay(self, http: httpx.Client, number: str) -> None:
        opened = self.insist(http, "POST", f"/pay/{number}/").headers["location"]
        fields = {**dict(parse_qsl(urlsplit(opened).query)), "method": "카드", "outcome": "pay"}
        sent = self.insist(http, "POST", f"{self.house.simulators}/toss/window", data=fields).headers["location"]
        answer = self.insist(http, "GET", sent)
        if answer.status_code == 302 and answer.headers["location"].endswith(f"/pay/{number}/done/"):
            self.paid.append(number)

    def insist(self, http: httpx.Client, method: str, url: str, **form: dict) -> httpx.Response:
        """The same request again until something answers it."""
        until_then = time.monotonic() + 60
        while True:
            try:
                answer = http.request(method, url, headers={"X-CSRFToken": CSRF}, **form)
                if answer.status_code < 500:
                    return answer
            except httpx.HTTPError:
                pass
            self.broken += 1
            assert time.monotonic() < until_then, f"{method} {url}: no answer for a minute"
            time.sleep(0.1)


@dataclass
class Rush:
    house: House
    buyers: list[Buyer]
    option: int
    product: int

    @property
    def ordered(self) -> dict[str, str]:
        return {key: number for buyer in self.buyers for key, number in list(buyer.ordered.items())}

    @property
    def paid(self) -> list[str]:
        return [number for buyer in self.buyers for number in list(buyer.paid)]

    def goes_on(self, orders: int = 10) -> None:
        """Until so many more orders have been placed and paid."""
        ordered, paid = len(self.ordered), len(self.paid)
        until(lambda: len(self.ordered) >= ordered + orders and len(self.paid) > paid, 90, self.house.last_words)


@pytest.fixture(scope="module")
def rush(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rush]:
    with House(tmp_path_factory.mktemp("rush"), PYTHONPATH=str(ROOT / "tests")) as house:
        seeded = house.run("manage", "shell", "--verbosity", "0", "-c", SEED)
        assert seeded.returncode == 0, seeded.stderr
        facts = json.loads(seeded.stdout.strip().splitlines()[-1])
        buyers = [Buyer(house, session, facts["option"]) for session in facts["buyers"]]
        stop = threading.Event()
        threads = [threading.Thread(target=buyer.shop, args=[stop]) for buyer in buyers]
        for thread in threads:
            thread.start()
        yield Rush(house, buyers, facts["option"], facts["product"])
        stop.set()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize("victim", ["web", "worker", "lane", "postgres", "simulators"])
def test_killing_a_process_loses_no_order_that_was_acknowledged(rush: Rush, victim: str):
    rush.goes_on()
    before, paid = rush.ordered, rush.paid
    old = rush.house.kill(victim)
    until(lambda: rush.house.restarted(victim, old), 60, rush.house.words)
    rush.goes_on()
    with psycopg.connect(rush.house.run("psql", "--dsn").stdout.strip()) as db:
        kept = dict(db.execute("SELECT key, number FROM orders_order WHERE key = ANY(%s)", [list(before)]).fetchall())
        assert kept == before
        rows = db.execute("SELECT number FROM orders_order WHERE number = ANY(%s) AND paid_at IS NOT NULL", [paid])
        assert {number for (number,) in rows} == set(paid)
    rush.house.await_ready()


def test_in_the_end_every_piece_is_accounted_for(rush: Rush):
    """No order twice, no piece lost: what is left and what the orders hold is what we received."""
    with psycopg.connect(rush.house.run("psql", "--dsn").stdout.strip()) as db:

        def left_and_held() -> int:
            return db.execute(
                "SELECT (SELECT available FROM stock_stockitem WHERE option_id = %(o)s)"
                " + (SELECT sum(l.quantity) FROM orders_productorder l JOIN orders_order o ON o.id = l.order_id"
                "     WHERE l.option_id = %(o)s AND o.ended_at IS NULL)",
                {"o": rush.option},
            ).fetchone()[0]

        assert left_and_held() == STOCK
        twice = db.execute("SELECT key FROM orders_order GROUP BY key HAVING count(*) > 1").fetchall()
        assert twice == []
    assert sum(buyer.broken for buyer in rush.buyers) > 0, "nothing was in flight when we killed"


def test_a_payment_that_was_taken_is_never_left_unfinished(rush: Rush):
    """Confirms that were cut off in the middle are looked up by the worker, without the buyer."""
    with psycopg.connect(rush.house.run("psql", "--dsn").stdout.strip(), autocommit=True) as db:
        cut = (
            "SELECT count(*) FROM payments_payment WHERE status = 'IN_PROGRESS' AND asked_at < now() - interval '70 s'"
        )
        until(lambda: db.execute(cut).fetchone() == (0,), 180, rush.house.last_words)
    checked = rush.house.run("verify", "--json")
    assert checked.returncode == 0, checked.stdout + checked.stderr
