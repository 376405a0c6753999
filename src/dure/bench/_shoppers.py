"""Buyers of `dure bench purchase`: each buys as a guest through the public API, from the cart to the payment.

    python -m dure.bench._shoppers < job.json      prints one JSON object

job: url, simulators, key, clients, seconds (0: every client buys once, all at the same moment), options (ids), lines (of a cart).
A purchase: POST /carts (lines, quote) → POST /orders (address, shipping fee) → the payment window, played at the simulator
→ POST /payments/confirm. It counts when the last answer says DONE.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import sys
import time
import uuid
from collections import Counter
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import orjson
import uvloop

GUEST = {"name": "김손님", "email": "guest@bench.invalid", "phone": "010-1234-5678"}
ADDRESS = {
    "receiver": "김손님", "phone": "010-1234-5678", "postcode": "03134", "address1": "서울 종로구 창경궁로 88", "address2": "", "memo": "",
}  # fmt: skip


class Door:
    """A keep-alive connection to one host."""

    def __init__(self, url: str) -> None:
        self.host, self.port = urlsplit(url).hostname or "", urlsplit(url).port or 80

    async def open(self) -> None:
        self.reader, self.writer = await asyncio.open_connection(self.host, self.port)

    async def post(self, path: str, body: bytes, kind: str, **headers: str) -> tuple[int, bytes, bytes]:
        """(status, head in lower case, body)."""
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        head = f"POST {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
        self.writer.write(head.encode() + body)
        told = await self.reader.readuntil(b"\r\n\r\n")
        lower = told.lower()
        at = lower.find(b"content-length:")
        length = int(lower[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        return int(told[9:12]), told, await self.reader.readexactly(length)


class Buyers:
    def __init__(self, job: dict[str, Any]) -> None:
        self.job = job
        self.dice = random.Random(job.get("seed", 7))
        self.statuses: Counter[str] = Counter()
        self.whole: list[float] = []
        self.placing: list[float] = []
        self.confirming: list[float] = []

    async def run(self) -> dict[str, Any]:
        doors = [(Door(self.job["url"]), Door(self.job["simulators"])) for _ in range(self.job["clients"])]
        for door in itertools.chain.from_iterable(doors):
            await door.open()
        began = time.perf_counter()
        until = began + self.job["seconds"]
        await asyncio.gather(*(self._client(ours, theirs, until) for ours, theirs in doors))
        return {
            "seconds": time.perf_counter() - began, "whole": self.whole, "placing": self.placing,
            "confirming": self.confirming, "statuses": self.statuses,
        }  # fmt: skip

    async def _client(self, ours: Door, theirs: Door, until: float) -> None:
        while True:
            began = time.perf_counter()
            if await self._purchase(ours, theirs):
                self.whole.append(time.perf_counter() - began)
            if time.perf_counter() >= until:
                return

    async def _purchase(self, ours: Door, theirs: Door) -> bool:
        options = self.dice.sample(self.job["options"], self.job["lines"])
        cart = await self._api(
            ours, "carts", {"lines": [{"option": pk, "quantity": 1} for pk in options], "postcode": "03134"}
        )
        if cart is None:
            return False
        began = time.perf_counter()
        order = await self._api(
            ours, "orders", {"cart": cart["id"], "address": ADDRESS, "guest": GUEST, "expected_total": cart["total"]}
        )
        if order is None:
            return False
        self.placing.append(time.perf_counter() - began)
        fields = {
            "clientKey": self.job["client_key"], "orderId": order["number"], "orderName": "장보기", "amount": order["pay_total"],
            "method": "카드", "successUrl": "http://buyer.invalid/ok", "failUrl": "http://buyer.invalid/no", "outcome": "pay",
        }  # fmt: skip
        _status, head, _body = await theirs.post(
            "/toss/window", urlencode(fields).encode(), "application/x-www-form-urlencoded"
        )
        place = next(line for line in head.decode().split("\r\n") if line.lower().startswith("location:"))
        key = parse_qs(urlsplit(place.split(":", 1)[1].strip()).query)["paymentKey"][0]
        began = time.perf_counter()
        paid = await self._api(
            ours, "payments/confirm", {"order": order["number"], "payment_key": key, "amount": order["pay_total"]}
        )
        self.confirming.append(time.perf_counter() - began)
        return paid is not None and paid["status"] == "DONE"

    async def _api(self, door: Door, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        keyed = (
            {} if path == "carts" else {"Idempotency_Key": uuid.uuid4().hex}
        )  # a cart holds nothing: one more is no harm
        status, _head, told = await door.post(
            f"/api/v1/{path}", orjson.dumps(body), "application/json",
            Authorization=f"Bearer {self.job['key']}", **keyed,
        )  # fmt: skip
        answer: dict[str, Any] = orjson.loads(told)
        self.statuses[f"{path} {status}{' ' + answer['code'] if status >= 400 and 'code' in answer else ''}"] += 1
        return answer if status < 300 else None


async def _bought(job: dict[str, Any]) -> dict[str, Any]:
    return await Buyers(job).run()


if __name__ == "__main__":
    sys.stdout.buffer.write(orjson.dumps(uvloop.run(_bought(orjson.loads(sys.stdin.buffer.read())))))
