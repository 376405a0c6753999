"""The outside world for tests: the simulators' own process on a free port, and the house pointed at it.

def test_…(simulators):                       # session-wide process; faults and settings forgotten after each test
    simulators.fault("toss", path="/v1/payments/confirm", kind="drop_after")
    simulators.set("toss", pace=0)
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from dure.config import load

SERVICES = ("toss", "nts", "mail_order", "markets", "account", "carrier", "address", "solapi", "mail", "identity")
HTTP_SERVICES = tuple(service for service in SERVICES if service != "mail")


class Simulators:
    def __init__(self, home: Path):
        self.home, self.port, self.mail_port = home, free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.http = httpx.Client(base_url=self.url, timeout=10)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = {**os.environ, "DURE_HOME": str(self.home), "PORT": "1", "DURE_SIMULATOR_PACE": "0"}
        environment["DURE_MAIL_PORT"] = str(self.mail_port)
        command = [sys.executable, "-m", "granian", "--interface", "asgi", "--port", str(self.port)]
        self.process = subprocess.Popen(
            [*command, "--no-log", "dure.integrations.simulators:app"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                if self.http.get("/healthz").is_success:
                    return
            except httpx.HTTPError:
                time.sleep(0.05)
        raise RuntimeError("the simulators did not start")

    def kill(self) -> None:
        """As the power of a machine goes: no goodbye."""
        assert self.process is not None
        os.killpg(self.process.pid, 9)
        self.process.wait()

    def fault(self, service: str, **fault: Any) -> None:
        self.http.post(f"/{service}/_control/faults", json=fault).raise_for_status()

    def set(self, service: str, **settings: Any) -> None:
        self.http.post(f"/{service}/_control/settings", json=settings).raise_for_status()

    def webhooks(self, service: str) -> list[dict[str, Any]]:
        """What it has sent or will send, the latest first."""
        return list(self.http.get(f"/{service}/_control").json()["webhooks"])

    def behave(self) -> None:
        for service in SERVICES:
            self.http.delete(f"/{service}/_control").raise_for_status()


@pytest.fixture(scope="session")
def _simulators(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulators]:
    outside = Simulators(tmp_path_factory.mktemp("outside"))
    outside.start()
    yield outside
    outside.kill()


@pytest.fixture
def simulators(_simulators: Simulators) -> Iterator[Simulators]:
    """Well-behaved simulators, and clients that talk to them."""
    with pointed_at(_simulators):
        yield _simulators
    _simulators.behave()


@contextmanager
def pointed_at(outside: Simulators) -> Iterator[None]:
    """The settings are read once and frozen: for a test, the addresses of the outside are put in by force."""
    config = load()
    kept = {service: getattr(config, f"{service}_url") for service in HTTP_SERVICES}
    _point(dict.fromkeys(HTTP_SERVICES, outside.url))
    yield
    _point(kept, whole=True)


def _point(urls: dict[str, str], whole: bool = False) -> None:
    from dure.integrations.account.client import account
    from dure.integrations.address.client import juso
    from dure.integrations.carrier.client import tracking
    from dure.integrations.identity.client import identity
    from dure.integrations.mail_order.client import mail_order
    from dure.integrations.markets.client import markets
    from dure.integrations.nts.client import nts
    from dure.integrations.solapi.client import solapi
    from dure.integrations.toss.client import toss

    for service, url in urls.items():
        object.__setattr__(load(), f"{service}_url", url if whole else f"{url}/{service}")
    for client in (account, juso, tracking, mail_order, markets, nts, solapi, toss, identity):
        client.cache_clear()


class Mailbox:
    """A web server that keeps the webhooks it gets. `refuse` of them are answered 503 first."""

    def __init__(self, refuse: int = 0):
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.refuse = refuse
        mailbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                mailbox.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(503 if len(mailbox.got) <= mailbox.refuse else 200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait_for(self, count: int) -> list[tuple[dict[str, str], bytes]]:
        until = time.monotonic() + 20
        while len(self.got) < count and time.monotonic() < until:
            time.sleep(0.05)
        assert len(self.got) >= count, f"{len(self.got)} of {count} webhooks came"
        return self.got


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
