"""A live room: what happens is gathered and told to all viewers in one frame, a few times a second.

    frame = {seq, at, state?, orders?: {n, total, sample}, likes?, viewers?, chat?: [≤ 8], drop?, hidden?: [ids]}

A part that did not change is not in the frame, and a frame with nothing in it is not sent. A viewer has no queue of
its own: each connection walks along the ring of the last frames, and one that fell behind the ring gets a snapshot.
Stock and price here are for the eye; the order path decides what can be bought.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import secrets
import time
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
import structlog

from dure.sites.lane import db, room_sql

log = structlog.get_logger()

FRAME = 0.3  # seconds between two frames
RING = 400  # frames kept for viewers who come back: about two minutes of a busy room
LOOK = 2.0  # seconds after which the rows are read even if nobody said that they changed
KEEP = 60.0  # seconds an empty room is kept
CHAT_PER_FRAME = 8
CHAT_SHOWN = 40  # messages in a snapshot
SAMPLE = 3  # buyers named in a frame
RANK = {"HOUSE": 0, "HOST": 0}

Message = dict[str, Any]


def choose(messages: Sequence[Message], most: int = CHAT_PER_FRAME, dice: random.Random | None = None) -> list[Message]:
    """At most `most` messages, oldest first: the house and the host always first, then buyers, then a fair sample."""
    if len(messages) <= most:
        return list(messages)
    roll = (dice or random).random
    ranked = sorted(messages, key=lambda m: (RANK.get(m["kind"], 1 if m.get("buyer") else 2), roll()))
    return sorted(ranked[:most], key=lambda m: m["id"])


class Room:
    def __init__(self, code: str, state: dict[str, Any], boot: str = "") -> None:
        self.code, self.state = code, state
        self.show: int = state["id"]
        self.boot = boot or secrets.token_hex(4)  # frames of another process, or of an earlier one, are not ours
        self.seq = 0
        self.ring: deque[tuple[int, bytes]] = deque(maxlen=RING)
        self.wake: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.connections = 0
        self.viewers = 0  # connections of people who watch; the studio's are not counted
        self.dirty = True
        self.looked = self.left = time.monotonic()
        self.likes_waiting = 0  # not yet in the row
        self.recent: deque[Message] = deque(maxlen=CHAT_SHOWN)
        self.last_chat = 0
        self.seen_orders: set[int] = set()
        self.last_order = 0
        self._told: dict[str, Any] = dict(state)
        self._told_viewers = self._told_likes = -1
        self._chat: list[Message] = []
        self._hidden: list[int] = []
        self._orders: list[str] = []

    # What the room hears

    def hear(self, message: Message) -> None:
        if message["id"] > self.last_chat:
            self.last_chat = message["id"]
            self._chat.append({k: message.get(k) for k in ("id", "kind", "name", "text", "buyer")})

    def hide(self, message_id: int) -> None:
        self._hidden.append(message_id)
        self._chat = [m for m in self._chat if m["id"] != message_id]
        self.recent = deque((m for m in self.recent if m["id"] != message_id), maxlen=CHAT_SHOWN)

    def sold(self, orders: Iterable[tuple[int, str]]) -> None:
        for number, name in orders:
            if number not in self.seen_orders:
                self.seen_orders.add(number)
                self._orders.append(name)
                self.last_order = max(self.last_order, number)
        if len(self.seen_orders) > 5000:
            self.seen_orders = {n for n in self.seen_orders if n > self.last_order - 1000}

    def liked(self, count: int) -> None:
        self.likes_waiting += count

    @property
    def likes(self) -> int:
        return int(self.state["likes"]) + self.likes_waiting

    def sells(self, option: int) -> bool:
        return any(offer["option"] == option for offer in self.state["offers"])

    # What the room tells

    def tick(self) -> bytes | None:
        """The next frame, put on the ring; None when nothing changed."""
        frame: dict[str, Any] = {}
        told = {k: v for k, v in self.state.items() if k not in {"likes", "orders"}}
        if told != self._told:
            frame["state"], self._told = told, told
        if self._orders:
            frame["orders"] = {"n": len(self._orders), "total": self.state["orders"], "sample": self._orders[-SAMPLE:]}
        if self.likes != self._told_likes:
            frame["likes"] = self._told_likes = self.likes
        if self.viewers != self._told_viewers:
            frame["viewers"] = self._told_viewers = self.viewers
        if self._chat:
            chosen = choose(self._chat)
            frame["chat"], frame["drop"] = chosen, len(self._chat) - len(chosen)
            self.recent.extend(chosen)
        if self._hidden:
            frame["hidden"] = self._hidden
        self._chat, self._hidden, self._orders = [], [], []
        if not frame:
            return None
        self.seq += 1
        frame["seq"] = self.seq
        frame["at"] = time.time()
        body = self._event("frame", frame)
        self.ring.append((self.seq, body))
        self.wake.set_result(None)
        self.wake = asyncio.get_running_loop().create_future()
        return body

    def snapshot(self) -> dict[str, Any]:
        return {
            **self.state,
            "likes": self.likes,
            "viewers": self.viewers,
            "chat": list(self.recent),
            "seq": self.seq,
            "at": time.time(),
        }

    def snapshot_event(self) -> bytes:
        return self._event("snapshot", self.snapshot())

    def resume_from(self, last_event_id: str) -> int | None:
        """The `seq` a viewer has seen, if the frames after it are still here."""
        boot, _, seq = last_event_id.partition("-")
        if boot != self.boot or not seq.isdigit() or int(seq) > self.seq:
            return None
        oldest = self.ring[0][0] if self.ring else self.seq + 1
        return int(seq) if int(seq) >= oldest - 1 else None

    def after(self, seq: int) -> list[bytes] | None:
        """Frames after `seq`; None when some of them have left the ring."""
        if seq == self.seq:
            return []
        if not self.ring or self.ring[0][0] > seq + 1:
            return None
        return [body for number, body in self.ring if number > seq]

    def _event(self, kind: str, value: dict[str, Any]) -> bytes:
        return b"id: %s-%d\nevent: %s\ndata: %s\n\n" % (
            self.boot.encode(),
            self.seq,
            kind.encode(),
            orjson.dumps(value),
        )


class Hub:
    """The rooms of this process, and its ear on the database."""

    def __init__(self) -> None:
        self.rooms: dict[str, Room] = {}
        self.tasks: list[asyncio.Task[None]] = []
        self._opening: dict[str, asyncio.Lock] = {}

    async def start(self) -> None:
        self.tasks = [asyncio.create_task(work()) for work in (self._listen, self._beat, self._count)]

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        for room in self.rooms.values():
            await self._bank(room)

    async def room(self, code: str) -> Room | None:
        """The room of the show with this code; None when there is no such show."""
        if room := self.rooms.get(code):
            if not room.connections:  # nobody was looking, so neither were we
                await self._refresh(room)
            return room
        async with self._opening.setdefault(code, asyncio.Lock()):
            if code not in self.rooms:
                state = await room_sql.state(code)
                if state is None:
                    self._opening.pop(code, None)
                    return None
                room = Room(code, state)
                room.last_order = await room_sql.last_order(room.show)
                room.seen_orders = {n for n, _ in await room_sql.orders_after(room.show, room.last_order)}
                for message in await room_sql.chat_after(room.show, 0, CHAT_SHOWN):
                    room.recent.append(message)
                    room.last_chat = message["id"]
                self.rooms[code] = room
        return self.rooms[code]

    async def _beat(self) -> None:
        while True:
            began = time.monotonic()
            for room in list(self.rooms.values()):
                try:
                    if room.connections:
                        await self._refresh(room)
                    room.tick()
                except Exception:  # one room's trouble (the database is away) is not the others'
                    log.exception("room_failed", show=room.code)
                if room.connections == 0 and began - room.left > KEEP:
                    await self._bank(room)
                    self.rooms.pop(room.code, None)
                    self._opening.pop(room.code, None)
            await asyncio.sleep(max(0.01, FRAME - (time.monotonic() - began)))

    async def _refresh(self, room: Room) -> None:
        """Read the rows if somebody said that they changed, or if it has been a while."""
        if not room.dirty and time.monotonic() - room.looked < LOOK:
            return
        room.dirty, room.looked = False, time.monotonic()
        try:
            await self._bank(room)
            state = await room_sql.state(room.code)
            if state is not None:
                room.state = state
            room.sold(await room_sql.orders_after(room.show, room.last_order))
        except Exception:
            room.dirty = True
            raise

    async def _bank(self, room: Room) -> None:
        """Put the likes gathered here into the row."""
        if room.likes_waiting:
            count = room.likes_waiting
            await room_sql.like(room.show, count)
            room.likes_waiting -= count
            room.state["likes"] += count

    async def _count(self) -> None:
        while True:
            await asyncio.sleep(5)
            for room in list(self.rooms.values()):
                if room.viewers and room.state["status"] in {"ON_AIR", "PAUSED"}:
                    with contextlib.suppress(Exception):  # the next count comes in five seconds
                        await room_sql.count_audience(room.show, room.viewers)

    async def _listen(self) -> None:
        while True:
            try:
                connection = await db.listener()
                async with connection:
                    await connection.execute(f"LISTEN {room_sql.CHANNEL}")
                    await self._catch_up()
                    async for notice in connection.notifies():
                        self._heard(notice.payload)
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.warning("room_listener_lost", error=repr(error))
                await asyncio.sleep(1)

    async def _catch_up(self) -> None:
        """Nobody told us anything while we were not listening."""
        for room in list(self.rooms.values()):
            room.dirty = True
            for message in await room_sql.chat_after(room.show, room.last_chat, CHAT_SHOWN):
                room.hear(message)

    def _heard(self, payload: str) -> None:
        try:
            notice = json.loads(payload)
        except ValueError:
            return
        for room in self.rooms.values():
            if notice.get("show") == room.show:
                if "chat" in notice:
                    room.hear(notice["chat"])
                elif "hidden" in notice:
                    room.hide(notice["hidden"])
                else:
                    room.dirty = True
            elif "option" in notice and room.sells(notice["option"]):
                room.dirty = True


hub = Hub()
