from __future__ import annotations

import asyncio
import random
from typing import Any

import orjson

from dure.sites.lane.live import Pace
from dure.sites.lane.room import RING, Room, choose


def a_state(**changes: Any) -> dict[str, Any]:
    offer = {"id": 7, "option": 70, "price": 9000, "list": 10000, "live": True, "left": 5, "allotment": 5}
    return {"id": 1, "code": "SHOW1234", "status": "ON_AIR", "likes": 0, "orders": 0, "offers": [offer], **changes}


def said(number: int, kind: str = "VIEWER", buyer: bool = False) -> dict[str, Any]:
    return {"id": number, "kind": kind, "name": "김*늘", "text": f"말 {number}", "buyer": buyer}


def in_a_room(check: Any) -> None:
    async def run() -> None:
        room = Room("SHOW1234", a_state(), boot="cafe")
        room.tick()
        check(room)

    asyncio.run(run())


def data(frame: bytes | None) -> dict[str, Any]:
    assert frame is not None
    return orjson.loads(frame.split(b"data: ")[1])


def test_what_happens_between_two_ticks_is_one_frame() -> None:
    def check(room: Room) -> None:
        room.hear(said(1))
        room.hear(said(2))
        room.liked(3)
        room.sold([(11, "김**"), (12, "이**"), (13, "박**"), (14, "최**")])
        room.state = a_state(orders=4)
        frame = data(room.tick())
        assert [m["id"] for m in frame["chat"]] == [1, 2]
        assert frame["likes"] == 3
        assert frame["orders"] == {"n": 4, "total": 4, "sample": ["이**", "박**", "최**"]}
        assert "state" not in frame
        assert room.tick() is None

    in_a_room(check)


def test_a_changed_stock_is_told_once() -> None:
    def check(room: Room) -> None:
        room.state = a_state(offers=[{**a_state()["offers"][0], "left": 4}])
        assert data(room.tick())["state"]["offers"][0]["left"] == 4
        assert room.tick() is None

    in_a_room(check)


def test_an_order_seen_when_looking_back_is_not_counted_twice() -> None:
    def check(room: Room) -> None:
        room.sold([(12, "김**")])
        room.tick()
        room.sold([(11, "이**"), (12, "김**")])  # 11 was committed after 12
        assert data(room.tick())["orders"]["n"] == 1

    in_a_room(check)


def test_the_host_is_always_heard_and_buyers_before_others() -> None:
    crowd = [said(n) for n in range(1, 101)] + [said(101, "HOST"), said(102, buyer=True), said(103, "HOUSE")]
    chosen = choose(crowd, 8, random.Random(4))
    assert len(chosen) == 8
    assert {101, 102, 103} <= {m["id"] for m in chosen}
    assert [m["id"] for m in chosen] == sorted(m["id"] for m in chosen)


def test_messages_left_out_are_counted() -> None:
    def check(room: Room) -> None:
        for n in range(1, 21):
            room.hear(said(n))
        frame = data(room.tick())
        assert (len(frame["chat"]), frame["drop"]) == (8, 12)

    in_a_room(check)


def test_a_hidden_message_leaves_the_frame_the_snapshot_and_the_screens() -> None:
    def check(room: Room) -> None:
        room.hear(said(1))
        room.tick()
        room.hear(said(2))
        room.hide(2)
        room.hide(1)
        frame = data(room.tick())
        assert "chat" not in frame
        assert frame["hidden"] == [2, 1]
        assert room.snapshot()["chat"] == []

    in_a_room(check)


def test_a_message_told_twice_by_the_database_is_heard_once() -> None:
    def check(room: Room) -> None:
        room.hear(said(5))
        room.hear(said(5))
        assert len(data(room.tick())["chat"]) == 1

    in_a_room(check)


def test_a_viewer_who_comes_back_gets_the_frames_missed_and_no_others() -> None:
    def check(room: Room) -> None:
        for n in range(1, 4):
            room.hear(said(n))
            room.tick()
        seen = room.resume_from(f"cafe-{room.seq - 2}")
        assert seen == room.seq - 2
        assert [data(f)["chat"][0]["id"] for f in room.after(seen) or []] == [2, 3]
        assert room.after(room.seq) == []

    in_a_room(check)


def test_a_viewer_of_another_process_or_of_long_ago_gets_a_snapshot() -> None:
    def check(room: Room) -> None:
        for n in range(RING + 5):
            room.liked(1)
            room.tick()
        assert room.resume_from("beef-3") is None
        assert room.resume_from("cafe-1") is None
        assert room.resume_from("cafe-999999") is None
        assert room.resume_from("nonsense") is None
        assert room.after(1) is None

    in_a_room(check)


def test_a_tick_wakes_who_waits() -> None:
    async def run() -> None:
        room = Room("SHOW1234", a_state())
        waiting = [asyncio.ensure_future(asyncio.wait({room.wake})) for _ in range(3)]
        await asyncio.sleep(0)
        room.liked(1)
        room.tick()
        await asyncio.gather(*waiting)

    asyncio.run(run())


def test_a_pace_lets_a_burst_through_and_then_one_at_a_time() -> None:
    pace = Pace(seconds=1, burst=3)
    assert [pace.allows("a", now=10.0) for _ in range(4)] == [True, True, True, False]
    assert pace.allows("b", now=10.0)
    assert pace.allows("a", now=11.0)
    assert not pace.allows("a", now=11.0)
