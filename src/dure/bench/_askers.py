"""Visitors of `dure bench shop` and `purchase`: keep-alive connections that ask as fast as they are answered (closed loop).

    python -m dure.bench._askers < job.json      prints one JSON object

job: url, clients, seconds (0: until each was asked once), asks = [{"path", "cookie"?, "body"? (a form)}, …] taken in turn from a
shuffled order. `{n}` in a body becomes a number nobody else has. A bare asyncio protocol: a real HTTP client would cost
more than the page it measures.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import sys
import time
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

import orjson
import uvloop


class Visitor(asyncio.Protocol):
    """One connection: a request, its answer, the next."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.buffer = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        request = self.visit.next()
        if request is None:
            self.transport.close()
            return
        self.begun = time.perf_counter()
        self.transport.write(request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self.buffer[:end]).lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self.buffer) < end + 4 + length:
            return
        self.visit.hear(int(head[9:12]), end + 4 + length, time.perf_counter() - self.begun)
        self.buffer.clear()
        self.ask()

    def connection_lost(self, error: Exception | None) -> None:
        if error is not None or not self.transport.is_closing():
            self.visit.statuses["lost"] += 1
        self.visit.leave()


class Visit:
    def __init__(self, job: dict[str, Any]) -> None:
        self.job = job
        self.counter = itertools.count(int(time.time() * 1000))
        host = urlsplit(job["url"]).netloc
        asks = list(job["asks"])
        random.Random(7).shuffle(asks)
        written = [_written(host, ask) for ask in asks]
        self.asks = itertools.cycle(written) if job["seconds"] else iter(written)
        self.latencies: list[float] = []
        self.statuses: Counter[str] = Counter()
        self.bytes = 0
        self.present = job["clients"]
        self.until = float("inf")
        self.done = asyncio.Event()

    def next(self) -> bytes | None:
        """The next request; None when it is time to leave."""
        head, body = next(self.asks, (b"", b"")) if time.perf_counter() < self.until else (b"", b"")
        if not head:
            return None
        body = body.replace(b"{n}", str(next(self.counter)).encode())
        return head + (b"Content-Length: %d\r\n\r\n" % len(body) + body if body else b"\r\n")

    def hear(self, status: int, size: int, seconds: float) -> None:
        self.statuses[str(status)] += 1
        self.latencies.append(seconds)
        self.bytes += size

    def leave(self) -> None:
        self.present -= 1
        if not self.present:
            self.done.set()

    async def run(self) -> dict[str, Any]:
        address = urlsplit(self.job["url"])
        loop = asyncio.get_running_loop()
        began = time.perf_counter()
        if self.job["seconds"]:
            self.until = began + self.job["seconds"]
        for _ in range(self.job["clients"]):
            await loop.create_connection(lambda: Visitor(self), address.hostname, address.port)
        await self.done.wait()
        took = time.perf_counter() - began
        return {"latencies": self.latencies, "statuses": self.statuses, "bytes": self.bytes, "seconds": took}


def _written(host: str, ask: dict[str, str]) -> tuple[bytes, bytes]:
    body = ask.get("body", "").encode()
    lines = [
        f"{'POST' if body else 'GET'} {ask['path']} HTTP/1.1",
        f"Host: {host}",
        "Accept-Encoding: gzip",
        "Accept-Language: ko",
    ]
    if cookie := ask.get("cookie"):
        lines.append(f"Cookie: {cookie}")
    if body:
        lines += [
            f"Content-Type: {ask.get('type', 'application/x-www-form-urlencoded')}",
            "Sec-Fetch-Site: same-origin",
        ]
    return ("\r\n".join(lines) + "\r\n").encode(), body


async def _visited(job: dict[str, Any]) -> dict[str, Any]:
    return await Visit(job).run()


def main() -> None:
    job = orjson.loads(sys.stdin.buffer.read())
    told = uvloop.run(_visited(job))
    sys.stdout.buffer.write(orjson.dumps(told))


if __name__ == "__main__":
    main()
