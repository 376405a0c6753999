"""The buyers of `dure bench flash`: keep-alive connections that ask as fast as they are answered (closed loop).

    python -m dure.bench._buyers URL OPTION CLIENTS SECONDS UNTIL_SOLD_OUT      prints one JSON object

A bare asyncio protocol: a real HTTP client would cost more than the lane it measures.
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any
from urllib.parse import urlsplit

import orjson
import uvloop

from dure.kit import tokens

BUYERS = 2000
REPEATED = 50  # of a thousand requests come a second time


class Buyer(asyncio.Protocol):
    """One connection: a request, its answer, the next."""

    def __init__(self, sale: Sale, n: int) -> None:
        self.sale, self.n, self.asked = sale, n, 0
        self.buffer = b""
        self.repeat = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        if self.repeat:
            self.repeat = False
        else:
            self.asked += 1
            self.key = f"{self.sale.option}-{self.n:03d}-{self.asked:06d}"
            self.repeat = (self.n * 7919 + self.asked * 31) % 1000 < REPEATED
        body = b'{"option":%d,"quantity":1,"price":10000,"key":"%s"}' % (self.sale.option, self.key.encode())
        head = b"POST /orders HTTP/1.1\r\nhost: x\r\nauthorization: Bearer %s\r\ncontent-length: %d\r\n\r\n"
        self.begun = time.perf_counter()
        self.transport.write(head % (self.sale.tokens[self.n % BUYERS], len(body)) + body)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self.buffer[:end].lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0])
        if len(self.buffer) < end + 4 + length:
            return
        body, self.buffer = self.buffer[end + 4 : end + 4 + length], self.buffer[end + 4 + length :]
        self.sale.hear(self, int(head[9:12]), body)
        if self.sale.open():
            self.ask()
        else:
            self.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        self.sale.leave(self, error)


class Sale:
    def __init__(self, option: int, clients: int, seconds: float, until_sold_out: bool) -> None:
        self.option, self.clients, self.until_sold_out = option, clients, until_sold_out
        self.tokens = [tokens.sign("buy", {"user": n + 1}, 3600).encode() for n in range(BUYERS)]
        self.numbers: dict[str, str] = {}
        self.latencies: list[float] = []
        self.refused = self.replayed = self.errors = self.absent = self.gone = 0
        self.done = asyncio.Event()
        self.begun = time.monotonic()
        self.end = self.begun + seconds

    def open(self) -> bool:
        enough = self.until_sold_out and self.refused >= 2 * self.clients
        return time.monotonic() < self.end and not enough

    def hear(self, buyer: Buyer, status: int, body: bytes) -> None:
        self.latencies.append(time.perf_counter() - buyer.begun)
        if status == 201:
            told = orjson.loads(body)
            known = self.numbers.setdefault(f"{buyer.n}:{buyer.key}", told["number"])
            self.replayed += told["replayed"]
            self.absent += known != told["number"]  # the same key, another order
        elif status == 409:
            self.refused += 1
        else:
            self.errors += 1

    def leave(self, buyer: Buyer, error: Exception | None) -> None:
        self.errors += error is not None
        self.gone += 1
        if self.gone == self.clients:
            self.done.set()


async def main(url: str, option: int, clients: int, seconds: float, until_sold_out: bool) -> dict[str, Any]:
    parts = urlsplit(url)
    sale = Sale(option, clients, seconds, until_sold_out)
    loop = asyncio.get_running_loop()
    for n in range(clients):
        await loop.create_connection(lambda n=n: Buyer(sale, n), parts.hostname, parts.port)  # type: ignore[misc]
    await sale.done.wait()
    return {
        "option": option, "begun": sale.begun, "over": time.monotonic(), "numbers": sale.numbers, "latencies": sale.latencies,
        "refused": sale.refused, "replayed": sale.replayed, "errors": sale.errors, "absent": sale.absent,
    }  # fmt: skip


if __name__ == "__main__":
    _, url, option, clients, seconds, until = sys.argv
    told = uvloop.run(main(url, int(option), int(clients), float(seconds), until == "1"))
    sys.stdout.buffer.write(orjson.dumps(told))
