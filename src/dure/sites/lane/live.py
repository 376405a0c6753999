"""The live room's addresses: its events, its state, its chat and its likes."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from dure.kit import tokens
from dure.live import rules
from dure.sites.lane import db, room_sql
from dure.sites.lane.asgi import Asgi, Refusal, Request
from dure.sites.lane.room import Room, hub

HEARTBEAT = 15.0  # seconds of silence after which a comment keeps the connection alive
RETRY = b"retry: 1500\n\n"
CHAT = {
    "EMPTY": (422, "chat_empty", "보낼 말을 적어 주세요."),
    "LONG": (422, "chat_long", "200자까지 보낼 수 있어요."),
    "CONTACT": (422, "chat_contact", "전화번호나 링크는 채팅에 남길 수 없어요."),
    "RUDE": (422, "chat_refused", "보낼 수 없는 말이 있어요. 서로 존중하는 말로 바꿔 주세요."),
}


def register(app: Asgi) -> None:
    app.on_start(db.open_pool)
    app.on_start(hub.start)
    app.on_stop(hub.stop)
    app.on_stop(db.close_pool)
    app.route("GET", "/live/{show}/events")(events)
    app.route("GET", "/live/{show}/state")(state)
    app.route("POST", "/live/{show}/chat")(chat)
    app.route("POST", "/live/{show}/like")(like)


async def events(request: Request) -> None:
    room = await _room(request)
    given = request.headers.get("last-event-id") or request.query.get("after", "")
    seen = room.resume_from(given) if given else None
    gone = asyncio.create_task(_until_gone(request))
    watches = 0 if request.query.get("as") == "staff" else 1
    room.connections += 1
    room.viewers += watches
    try:
        await request.begin_events()
        await request.piece(RETRY)
        if seen is None:
            seen = room.seq
            await request.piece(room.snapshot_event())
        await _follow(request, room, seen, gone)
    except (ConnectionError, RuntimeError):  # the viewer left while we were writing
        pass
    finally:
        gone.cancel()
        room.connections -= 1
        room.viewers -= watches
        room.left = time.monotonic()


async def _follow(request: Request, room: Room, seen: int, gone: asyncio.Task[None]) -> None:
    while not gone.done():
        wake = room.wake
        frames = room.after(seen)
        if frames is None:
            frames = [room.snapshot_event()]
        seen = room.seq
        if frames:
            await request.piece(b"".join(frames))
            continue
        done, _ = await asyncio.wait({gone, wake}, timeout=HEARTBEAT, return_when=asyncio.FIRST_COMPLETED)
        if not done:
            await request.piece(b": \n\n")


async def _until_gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def state(request: Request) -> None:
    room = await _room(request)
    await request.answer(200, room.snapshot(), {"cache-control": "public, max-age=1"})


async def chat(request: Request) -> None:
    who = _viewer(request)
    if not who.get("u"):
        raise Refusal(401, "sign_in", "로그인하면 채팅할 수 있어요.")
    if not _chat_pace.allows(who["u"]):
        raise Refusal(429, "chat_fast", "조금 천천히 보내 주세요.")
    text = str((await request.json(4096)).get("text", "")).strip()
    staff = who["r"] == "HOST"
    if fault := rules.chat_fault(text, staff=staff):
        raise Refusal(*CHAT[fault])
    row = await room_sql.speaker(request.params["show"], who["u"])
    if row is None or row["status"] not in {"ON_AIR", "PAUSED"}:
        raise Refusal(409, "not_on_air", "방송 중일 때만 채팅할 수 있어요.")
    if row["muted"]:
        raise Refusal(403, "chat_muted", "이 방송에서는 채팅을 보낼 수 없어요.")
    if not staff and (seconds := rules.wait_left(row["last"], row["now"], row["slow"])):
        message = f"{seconds}초 뒤에 다시 보낼 수 있어요."
        await request.answer(429, {"error": {"code": "chat_slow", "message": message, "seconds": seconds}})
        return
    name = who["n"] if staff else rules.nickname(who["n"])
    kind = "HOST" if staff else "VIEWER"
    number = await room_sql.say(row["show"], who["u"], kind, name, text, row["buyer"])
    await request.answer(201, {"id": number, "kind": kind, "name": name, "text": text, "buyer": row["buyer"]})


async def like(request: Request) -> None:
    who = _viewer(request)
    count = (await request.json(1024)).get("n", 1)
    if not isinstance(count, int) or not 1 <= count <= 15:
        raise Refusal(422, "like_count", "한 번에 1부터 15까지 보낼 수 있어요.")
    if not _like_pace.allows(who.get("u") or who["k"]):
        raise Refusal(429, "like_fast", "조금 천천히 눌러 주세요.")
    room = await _room(request)
    room.liked(count)
    await request.answer(202, {"likes": room.likes})


class Pace:
    """At most one deed per `seconds` and person, `burst` at once."""

    def __init__(self, seconds: float, burst: int) -> None:
        self.seconds, self.burst = seconds, burst
        self._full_at: dict[Any, float] = {}

    def allows(self, who: Any, now: float | None = None) -> bool:
        moment = time.monotonic() if now is None else now
        if len(self._full_at) > 50_000:
            self._full_at = {k: at for k, at in self._full_at.items() if at > moment}
        at = max(self._full_at.get(who, moment), moment)
        if at - moment > self.seconds * (self.burst - 1):
            return False
        self._full_at[who] = at + self.seconds
        return True


_chat_pace = Pace(seconds=0.7, burst=3)
_like_pace = Pace(seconds=0.5, burst=4)


async def _room(request: Request) -> Room:
    room = await hub.room(request.params["show"])
    if room is None:
        raise Refusal(404, "not_found", "그런 방송이 없어요.")
    return room


def _viewer(request: Request) -> dict[str, Any]:
    """Claims of the page's token: u user id or None, n name, r VIEWER or HOST, k a key of the browser, s the show."""
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    try:
        claims = tokens.unsign("live", given)
    except tokens.BadToken as error:
        raise Refusal(401, "bad_token", "페이지를 새로 고친 뒤 다시 해 주세요.") from error
    if claims["s"] != request.params["show"]:
        raise Refusal(403, "another_show", "이 방송의 페이지에서 해 주세요.")
    return claims
