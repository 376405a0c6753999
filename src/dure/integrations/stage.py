"""What every simulator stands on: a memory that survives kill -9, faults on demand, webhooks with retries, a clock.

A simulator is a Starlette app made by `Stage(service).app(routes)`. Beside the service's own addresses it answers
under `/_control`, which is how a test, a demo or a curious person makes the outside world misbehave:

    POST   _control/faults    {"path": "/v1/payments/confirm", "kind": "error", "code": "PROVIDER_ERROR", "times": 1}
                              kinds: error (code, status, message), delay (seconds), drop_before (the connection dies,
                              nothing was done), drop_after (it was done, then the connection dies)
    POST   _control/settings  {"webhooks": "off", "webhook_delay": 2, "webhook_copies": 2, "pace": 0, "clock_ahead": 700}
                              or "clock": "2026-03-01T12:00:00+09:00", from where its clock then goes on
    GET    _control           both, and the webhooks sent so far
    DELETE _control           forget faults and settings (not what the service knows)
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
import uuid
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import httpx
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from dure.config import load
from dure.kit.clock import KST
from dure.kit.log import HEADER, begin_request

log = structlog.get_logger()

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Tick = Callable[[], None]

FAULT_KINDS = {"error", "delay", "drop_before", "drop_after"}
FIRST_DEFAULTS: dict[str, Any] = {
    "webhooks": "on",
    "webhook_delay": 0,  # seconds
    "webhook_copies": 1,
    "web": "",  # where webhooks go; empty: the web process beside us
    "clock_ahead": 0,  # seconds
}


class Memory:
    """Documents by service, kind and id in one SQLite file. Each write is kept at once: a killed process loses none."""

    def __init__(self, path: str):
        self.db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.db.executescript(
            """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = OFF;  -- the kernel keeps what a killed process wrote; a power cut may forget the play
            CREATE TABLE IF NOT EXISTS doc (
                service TEXT, kind TEXT, id TEXT, body TEXT NOT NULL, PRIMARY KEY (service, kind, id)) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS webhook (
                id TEXT PRIMARY KEY, service TEXT, url TEXT, body TEXT, signed TEXT, request_id TEXT, made REAL, due REAL,
                retries INTEGER DEFAULT 0, answered INTEGER, ended REAL);
            CREATE INDEX IF NOT EXISTS webhook_due ON webhook (due) WHERE ended IS NULL;
            """
        )

    def put(self, service: str, kind: str, id: str, body: Any) -> None:
        self.db.execute(
            "INSERT INTO doc VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body",
            (service, kind, id, json.dumps(body, ensure_ascii=False)),
        )

    def get(self, service: str, kind: str, id: str) -> Any:
        row = self.db.execute(
            "SELECT body FROM doc WHERE service = ? AND kind = ? AND id = ?", (service, kind, id)
        ).fetchone()
        return json.loads(row[0]) if row else None

    def all(self, service: str, kind: str) -> list[Any]:
        rows = self.db.execute("SELECT body FROM doc WHERE service = ? AND kind = ? ORDER BY id", (service, kind))
        return [json.loads(body) for (body,) in rows]

    def drop(self, service: str, kind: str, id: str) -> None:
        self.db.execute("DELETE FROM doc WHERE service = ? AND kind = ? AND id = ?", (service, kind, id))


@cache
def memory() -> Memory:
    home = load().home
    home.mkdir(parents=True, exist_ok=True)
    return Memory(str(home / "simulators.sqlite"))


class Stage:
    """One simulator's share of the memory, its clock, its faults and its webhooks."""

    def __init__(
        self,
        service: str,
        *,
        webhook_path: str = "",
        retry_unit: float = 1.0,
        fault_body: Callable[[str, str], Any] = lambda code, message: {"code": code, "message": message},
    ):
        """`retry_unit`: seconds a failed webhook waits before its first retry; the next waits are 4 times as long each."""
        self.service, self.webhook_path, self.retry_unit, self.fault_body = (
            service,
            webhook_path,
            retry_unit,
            fault_body,
        )

    # what the service remembers

    def put(self, kind: str, id: str, body: Any) -> None:
        memory().put(self.service, kind, id, body)

    def get(self, kind: str, id: str) -> Any:
        return memory().get(self.service, kind, id)

    def all(self, kind: str) -> list[Any]:
        return memory().all(self.service, kind)

    def drop(self, kind: str, id: str) -> None:
        memory().drop(self.service, kind, id)

    # settings and time

    def setting(self, name: str) -> Any:
        defaults = {**FIRST_DEFAULTS, "pace": load().simulator_pace}
        return (self.get("_settings", "now") or {}).get(name, defaults[name])

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float(self.setting("clock_ahead")))

    def stamp(self, moment: datetime | None = None) -> str:
        """ISO 8601 in Korean time to the second, as Korean services write it."""
        return (moment or self.now()).astimezone(KST).isoformat(timespec="seconds")

    # webhooks

    def send_webhook(
        self, body: Any, *, url: str = "", headers: Callable[[str, str], dict[str, str]] | None = None
    ) -> None:
        """Queue `body`. `headers(raw_body, transmission_time)` gives the service's signature, if it signs."""
        if self.setting("webhooks") == "off":
            return
        raw = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        moment = self.stamp()
        signed = {**(headers(raw, moment) if headers else {}), "_time": moment}
        rid = structlog.contextvars.get_contextvars().get("request_id", "")
        due = time.time() + float(self.setting("webhook_delay"))
        to = url or (self.setting("web") or web_url()) + self.webhook_path
        for _ in range(int(self.setting("webhook_copies"))):
            memory().db.execute(
                "INSERT INTO webhook (id, service, url, body, signed, request_id, made, due) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (uuid.uuid4().hex, self.service, to, raw, json.dumps(signed), rid,
                 time.time(), due),
            )  # fmt: skip

    # the app

    def app(self, routes: Iterable[BaseRoute]) -> Starlette:
        control = [
            Route("/_control", self.show, methods=["GET"]),
            Route("/_control", self.forget, methods=["DELETE"]),
            Route("/_control/faults", self.add_fault, methods=["POST"]),
            Route("/_control/settings", self.change_settings, methods=["POST"]),
        ]
        app = Starlette(routes=[*control, *routes])
        app.add_middleware(FaultMiddleware, stage=self)
        return app

    async def show(self, request: Request) -> Response:
        sent = memory().db.execute(
            "SELECT url, body, retries, answered, ended IS NOT NULL FROM webhook WHERE service = ? ORDER BY made DESC LIMIT 50",
            (self.service,),
        )
        hooks = [dict(zip(("url", "body", "retries", "answered", "ended"), row, strict=True)) for row in sent]
        settings = {name: self.setting(name) for name in [*FIRST_DEFAULTS, "pace"]}
        return JSONResponse({"settings": settings, "faults": self.all("_fault"), "webhooks": hooks})

    async def forget(self, request: Request) -> Response:
        for fault in self.all("_fault"):
            self.drop("_fault", fault["id"])
        self.drop("_settings", "now")
        memory().db.execute(
            "UPDATE webhook SET ended = ? WHERE service = ? AND ended IS NULL", (time.time(), self.service)
        )
        return Response(status_code=204)

    async def add_fault(self, request: Request) -> Response:
        asked = await request.json()
        if asked.get("kind") not in FAULT_KINDS:
            return JSONResponse({"error": f"kind must be one of {sorted(FAULT_KINDS)}"}, 400)
        fault = {"path": "", "times": 1, **asked, "id": f"{time.time():.6f}-{uuid.uuid4().hex[:6]}"}
        self.put("_fault", fault["id"], fault)
        return JSONResponse(fault, 201)

    async def change_settings(self, request: Request) -> Response:
        asked = await request.json()
        if moment := asked.pop("clock", None):
            asked["clock_ahead"] = (datetime.fromisoformat(moment) - datetime.now(UTC)).total_seconds()
        unknown = set(asked) - {*FIRST_DEFAULTS, "pace"}
        if unknown:
            return JSONResponse({"error": f"no such setting: {sorted(unknown)}"}, 400)
        self.put("_settings", "now", {**(self.get("_settings", "now") or {}), **asked})
        return JSONResponse(self.get("_settings", "now"))

    def next_fault(self, path: str) -> dict[str, Any] | None:
        """The oldest fault that fits the path, used up by one."""
        for fault in self.all("_fault"):
            if path.startswith(fault["path"]):
                fault["times"] -= 1
                if fault["times"] > 0:
                    self.put("_fault", fault["id"], fault)
                else:
                    self.drop("_fault", fault["id"])
                return dict(fault)
        return None


class FaultMiddleware:
    """Takes over the caller's request id, plays the next fault, logs the call."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]], stage: Stage):
        self.app, self.stage = app, stage

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        path = scope["path"].removeprefix(scope.get("root_path", "")) or "/"
        given = dict(scope["headers"]).get(HEADER.lower().encode(), b"").decode()
        begin_request(given)
        if path.startswith("/_control"):
            return await self.app(scope, receive, send)
        fault = self.stage.next_fault(path)
        log.info(
            "simulated", service=self.stage.service, method=scope["method"], path=path, fault=fault and fault["kind"]
        )
        if not fault:
            return await self.app(scope, receive, send)
        await self.misbehave(fault, scope, receive, send)

    async def misbehave(self, fault: dict[str, Any], scope: Scope, receive: Receive, send: Send) -> None:
        if fault["kind"] == "delay":
            await asyncio.sleep(float(fault.get("seconds", 1)))
            return await self.app(scope, receive, send)
        if fault["kind"] == "error":
            body = self.stage.fault_body(fault.get("code", "UNKNOWN"), fault.get("message", "주문형 오류예요."))
            status = fault.get("status", 400)
            answer = (
                Response(body, status, media_type="application/xml")
                if isinstance(body, str)
                else JSONResponse(body, status)
            )
            return await answer(scope, receive, send)
        if fault["kind"] == "drop_after":
            await self.app(scope, receive, _swallow)
        # An answer cut short: the promised length never comes, and the server closes the connection.
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


async def _swallow(message: MutableMapping[str, Any]) -> None:
    """The answer nobody receives."""


def web_url() -> str:
    """Where webhooks go: the web process beside us."""
    config = load()
    return f"http://{'127.0.0.1' if config.host in {'0.0.0.0', '::'} else config.host}:{config.port}"  # noqa: S104


RETRIES = 7


async def deliver_webhooks(stages: dict[str, Stage], stop: asyncio.Event, ticks: list[Tick]) -> None:
    """Until `stop`: let time pass in the services (`ticks`), then send what is due. 2xx within 10 s ends a webhook."""
    async with httpx.AsyncClient(timeout=10) as client:
        while not stop.is_set():
            try:
                for tick in ticks:
                    tick()
                due = memory().db.execute(
                    "SELECT id, service, url, body, signed, request_id, retries FROM webhook"
                    " WHERE ended IS NULL AND due <= ? ORDER BY due, made LIMIT 20",
                    (time.time(),),
                )
                await asyncio.gather(*(_send(client, stages, *row) for row in due.fetchall()))
            except Exception:  # a simulator that stops sending because of one bad row would be a poor outside world
                log.exception("webhook_loop")
            try:
                await asyncio.wait_for(stop.wait(), 0.2)
            except TimeoutError:
                continue


async def _send(
    client: httpx.AsyncClient, stages: dict[str, Stage], id: str, service: str, url: str, body: str, signed: str,
    rid: str, retries: int,
) -> None:  # fmt: skip
    headers = json.loads(signed)
    moment = headers.pop("_time")
    prefix = "tosspayments-webhook" if service == "toss" else f"{service}-webhook"
    sent = {
        "Content-Type": "application/json",
        f"{prefix}-transmission-time": moment,
        f"{prefix}-transmission-id": id,
        f"{prefix}-transmission-retried-count": str(retries),
        HEADER: rid or uuid.uuid4().hex,
        **headers,
    }
    status: int | None = None
    try:
        status = (await client.post(url, content=body.encode(), headers=sent)).status_code
    except httpx.HTTPError as error:
        log.warning("webhook_not_delivered", service=service, url=url, error=repr(error))
    over = (status is not None and 200 <= status < 300) or retries >= RETRIES
    memory().db.execute(
        "UPDATE webhook SET answered = ?, ended = ?, retries = ?, due = ? WHERE id = ? AND ended IS NULL",
        (status, time.time() if over else None, retries + (0 if over else 1),
         time.time() + stages[service].retry_unit * 4**retries, id),
    )  # fmt: skip
