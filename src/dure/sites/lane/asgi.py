"""A bare ASGI kernel for the processes that must be fast: the lane and the media. No Django, no thread per request.

    app = Asgi("lane")

    @app.route("POST", "/orders/{option}")
    async def order(request: Request) -> None:
        body = await request.json()
        await request.answer(201, {"number": …})

    @app.websocket("/rooms/{show}/talk")
    async def talk(socket: Socket) -> None: …

    @app.on_start            # and @app.on_stop: pools, background tasks
    async def open_pool() -> None: …

Stock Django ASGI costs about 27 times the CPU of this per request (docs/decisions).
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

import orjson
import structlog

from dure.config import load
from dure.kit.errors import DureError
from dure.kit.log import HEADER, begin_request

log = structlog.get_logger()

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BODY_LIMIT = 64 * 1024  # bytes; a route that takes more reads `request.chunks()` itself


class Refusal(Exception):
    """An answer other than success, as JSON `{"error": {"code", "message"}}`."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


class _Scoped:
    def __init__(self, scope: Scope, receive: Receive, send: Send, params: dict[str, str]) -> None:
        self.scope, self.receive, self.send, self.params = scope, receive, send, params
        self.path: str = scope["path"]

    @cached_property
    def headers(self) -> dict[str, str]:
        """Names in lower case; the last of a repeated header."""
        return {name.decode("latin-1"): value.decode("latin-1") for name, value in self.scope["headers"]}

    @cached_property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.scope["query_string"].decode("latin-1")))


class Request(_Scoped):
    def __init__(self, scope: Scope, receive: Receive, send: Send, params: dict[str, str]) -> None:
        super().__init__(scope, receive, send, params)
        self.method: str = scope["method"]
        self.request_id = ""
        self.answered = False

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it arrives. Stops early when the client goes away."""
        more = True
        while more:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                return
            yield message.get("body", b"")
            more = message.get("more_body", False)

    async def body(self, limit: int = BODY_LIMIT) -> bytes:
        """Raises Refusal 413 when longer than `limit` bytes."""
        whole = b""
        async for chunk in self.chunks():
            whole += chunk
            if len(whole) > limit:
                raise Refusal(413, "too_large", f"본문이 너무 커요. {limit:,}바이트까지 받아요.")
        return whole

    async def json(self, limit: int = BODY_LIMIT) -> dict[str, Any]:
        """The body as a JSON object. Raises Refusal 400."""
        try:
            value = orjson.loads(await self.body(limit))
        except orjson.JSONDecodeError as error:
            raise Refusal(400, "not_json", "본문은 JSON이어야 해요.") from error
        if not isinstance(value, dict):
            raise Refusal(400, "not_json", "본문은 JSON 객체여야 해요.")
        return value

    async def answer(self, status: int, value: Any = None, headers: dict[str, str] | None = None) -> None:
        """`value` as JSON; bytes go out as they are (give a content-type in `headers`)."""
        body = value if isinstance(value, bytes) else orjson.dumps(value)
        kind = {} if headers and "content-type" in headers else {"content-type": "application/json"}
        await self.begin(status, {**kind, "content-length": str(len(body)), **(headers or {})})
        await self.send({"type": "http.response.body", "body": body})

    async def begin(self, status: int, headers: dict[str, str]) -> None:
        """Start an answer that is sent in pieces with `piece()` (events, media)."""
        self.answered = True
        sent = {HEADER.lower(): self.request_id, **_cross_origin(self.headers.get("origin")), **headers}
        pairs = [(name.encode(), value.encode()) for name, value in sent.items()]
        await self.send({"type": "http.response.start", "status": status, "headers": pairs})

    async def begin_events(self) -> None:
        """Start a stream of server-sent events. `x-accel-buffering` tells nginx not to hold them back."""
        await self.begin(
            200,
            {"content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no"},
        )

    async def piece(self, body: bytes, more: bool = True) -> None:
        await self.send({"type": "http.response.body", "body": body, "more_body": more})


class Socket(_Scoped):
    """A WebSocket, not yet accepted."""

    async def accept(self) -> None:
        await self.receive()  # websocket.connect
        await self.send({"type": "websocket.accept"})

    async def messages(self) -> AsyncIterator[bytes | str]:
        """What the browser sends, until it goes away."""
        while (message := await self.receive())["type"] != "websocket.disconnect":
            if message["type"] == "websocket.receive":
                data = message.get("bytes")
                yield data if data is not None else message.get("text") or ""

    async def say(self, data: bytes | str) -> None:
        await self.send({"type": "websocket.send", "bytes" if isinstance(data, bytes) else "text": data})

    async def close(self, code: int = 1000, reason: str = "") -> None:
        await self.send({"type": "websocket.close", "code": code, "reason": reason})


Handler = Callable[[Request], Awaitable[None]]
SocketHandler = Callable[[Socket], Awaitable[None]]
Hook = Callable[[], Awaitable[None]]


class Asgi:
    def __init__(self, process: str) -> None:
        self.process = process
        self.routes: list[tuple[str, re.Pattern[str], Handler]] = []
        self.sockets: list[tuple[re.Pattern[str], SocketHandler]] = []
        self.start_hooks: list[Hook] = []
        self.stop_hooks: list[Hook] = []
        self.route("GET", "/healthz")(self._healthz)

    def route(self, method: str, path: str) -> Callable[[Handler], Handler]:
        """`{name}` in the path matches one segment, `{name:path}` the rest."""

        def register(handler: Handler) -> Handler:
            self.routes.append((method, _pattern(path), handler))
            return handler

        return register

    def websocket(self, path: str) -> Callable[[SocketHandler], SocketHandler]:
        def register(handler: SocketHandler) -> SocketHandler:
            self.sockets.append((_pattern(path), handler))
            return handler

        return register

    def on_start(self, hook: Hook) -> Hook:
        self.start_hooks.append(hook)
        return hook

    def on_stop(self, hook: Hook) -> Hook:
        self.stop_hooks.append(hook)
        return hook

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        allowed = set()
        for method, pattern, handler in self.routes:
            if match := pattern.fullmatch(scope["path"]):
                allowed.add(method)
                if method == scope["method"] or (method == "GET" and scope["method"] == "HEAD"):
                    await self._run(handler, Request(scope, receive, send, match.groupdict()))
                    return
        request = Request(scope, receive, send, {})
        if allowed and scope["method"] == "OPTIONS":
            await request.begin(204, {"access-control-allow-methods": ", ".join(sorted(allowed))})
            await request.piece(b"", more=False)
        elif allowed:
            await request.answer(405, _error("method", "이 주소에서는 할 수 없는 요청이에요."))
        else:
            await request.answer(404, _error("not_found", "그런 주소가 없어요."))

    async def _run(self, handler: Handler, request: Request) -> None:
        structlog.contextvars.clear_contextvars()
        request.request_id = begin_request(request.headers.get(HEADER.lower()))
        try:
            await handler(request)
        except Refusal as refusal:
            await request.answer(refusal.status, _error(refusal.code, refusal.message))
        except DureError as error:
            await request.answer(error.status, error.as_json())
        except Exception:
            log.exception("request_failed", path=request.path)
            if not request.answered:
                await request.answer(500, _error("broken", "잠시 문제가 생겼어요. 조금 뒤에 다시 해 주세요."))

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        structlog.contextvars.clear_contextvars()
        for pattern, handler in self.sockets:
            if match := pattern.fullmatch(scope["path"]):
                socket = Socket(scope, receive, send, match.groupdict())
                begin_request(socket.headers.get(HEADER.lower()))
                try:
                    await handler(socket)
                except Exception:
                    log.exception("socket_failed", path=scope["path"])
                return
        await send({"type": "websocket.close", "code": 4404})

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            hooks = self.start_hooks if message["type"] == "lifespan.startup" else self.stop_hooks
            try:
                for hook in hooks:
                    await hook()
            except Exception as error:
                log.exception("lifespan_failed")
                await send({"type": f"{message['type']}.failed", "message": repr(error)})
                return
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return

    async def _healthz(self, request: Request) -> None:
        await request.answer(200, {"ok": True, "process": self.process})


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)(:path)?\}", path)
    literal, names = parts[::3], zip(parts[1::3], parts[2::3], strict=True)
    return re.compile(
        re.escape(literal[0])
        + "".join(
            f"(?P<{name}>{'.+' if rest else '[^/]+'}){re.escape(text)}"
            for (name, rest), text in zip(names, literal[1:], strict=True)
        )
    )


def _error(code: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}


def _cross_origin(origin: str | None) -> dict[str, str]:
    """On one machine the lane has a port of its own, so the web's pages call it across origins. Tokens, not
    cookies, say who asks, so credentials are never allowed.
    """
    if origin is None:
        return {}
    config = load()
    ours = {config.base_url, f"http://127.0.0.1:{config.port}", f"http://localhost:{config.port}"}
    if origin not in ours:
        return {}
    return {
        "access-control-allow-origin": origin,
        "access-control-allow-headers": f"authorization, content-type, idempotency-key, last-event-id, {HEADER}",
        "access-control-expose-headers": HEADER,
        "access-control-max-age": "600",
        "vary": "origin",
    }
