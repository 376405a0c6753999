"""What a live room reads and writes, as SQL. The tables belong to `dure.live` and to commerce."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from psycopg.rows import dict_row

from dure.live import rules
from dure.sites.lane import db

CHANNEL = "dure_live"

SHOW = """
    SELECT s.id, s.code, s.status, s.pause, s.notice, s.slow_seconds AS slow, s.likes,
           (SELECT p.offer_id FROM live_pin p WHERE p.show_id = s.id AND p.unpinned_at IS NULL) AS pin,
           ARRAY(SELECT d.wording FROM live_disclosure d
                  WHERE d.show_id = s.id AND d.benefit <> 'NONE' ORDER BY d.id) AS disclosure,
           (SELECT count(*) FROM orders_order o WHERE o.show = s.id AND o.ended_at IS NULL) AS orders
      FROM live_show s WHERE s.code = %s
"""
OFFERS = """
    SELECT f.id, f.option_id AS option, o.price AS list, f.closes_at, coalesce(k.available, 0) AS available,
           l.price AS live_price, l.allotment, l.sold,
           (l.opened_at IS NOT NULL AND l.closed_at IS NULL
            AND (l.allotment IS NULL OR l.sold < l.allotment)) AS live
      FROM live_showoffer f
      JOIN catalog_option o ON o.id = f.option_id
      LEFT JOIN stock_stockitem k ON k.option_id = f.option_id
      LEFT JOIN pricing_liveprice l ON l.show = f.show_id AND l.option_id = f.option_id
     WHERE f.show_id = %s ORDER BY f.position, f.id
"""
# Ids are given before commits: an order may appear behind a later one, so we look back a little.
ORDERS = """
    SELECT o.id, u.name FROM orders_order o JOIN people_user u ON u.id = o.buyer_id
     WHERE o.show = %s AND o.id > %s - 500 ORDER BY o.id
"""
LAST_ORDER = "SELECT coalesce(max(id), 0) AS id FROM orders_order WHERE show = %s"
CHAT = """
    SELECT id, kind, name, text FROM live_chatmessage
     WHERE show_id = %s AND id > %s AND hidden_at IS NULL ORDER BY id DESC LIMIT %s
"""
SPEAKER = """
    SELECT s.id AS show, s.status, s.slow_seconds AS slow, now() AS now,
           EXISTS (SELECT 1 FROM live_mute m WHERE m.show_id = s.id AND m.user_id = %(user)s) AS muted,
           EXISTS (SELECT 1 FROM orders_order o WHERE o.show = s.id AND o.buyer_id = %(user)s) AS buyer,
           (SELECT max(c.at) FROM live_chatmessage c WHERE c.show_id = s.id AND c.user_id = %(user)s) AS last
      FROM live_show s WHERE s.code = %(code)s
"""
SAY = """
    WITH said AS (INSERT INTO live_chatmessage (show_id, user_id, kind, name, text, at)
                  VALUES (%(show)s, %(user)s, %(kind)s, %(name)s, %(text)s, now()) RETURNING id)
    SELECT id, pg_notify(%(channel)s, json_build_object('show', %(show)s::bigint, 'chat', json_build_object(
               'id', id, 'kind', %(kind)s::text, 'name', %(name)s::text, 'text', %(text)s::text,
               'buyer', %(buyer)s::boolean))::text)
      FROM said
"""
LIKE = "UPDATE live_show SET likes = likes + %s WHERE id = %s AND status IN ('ON_AIR', 'PAUSED')"
COUNT = """
    INSERT INTO live_audience (show_id, minute, viewers) VALUES (%s, date_trunc('minute', now()), %s)
        ON CONFLICT (show_id, minute) DO UPDATE SET viewers = greatest(live_audience.viewers, excluded.viewers)
"""


async def state(code: str) -> dict[str, Any] | None:
    """What everybody's screen shows now; None when there is no such show."""
    async with db.pool().connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(SHOW, [code])
        show = await cursor.fetchone()
        if show is None:
            return None
        await cursor.execute(OFFERS, [show["id"]])
        return {**show, "offers": [_offer(row) for row in await cursor.fetchall()]}


async def orders_after(show: int, last: int) -> list[tuple[int, str]]:
    """(id, masked name of the buyer), those looked back at included."""
    async with db.pool().connection() as connection:
        cursor = await connection.execute(ORDERS, [show, last])
        return [(number, rules.masked(name)) for number, name in await cursor.fetchall()]


async def last_order(show: int) -> int:
    async with db.pool().connection() as connection:
        row = await (await connection.execute(LAST_ORDER, [show])).fetchone()
        return int(row[0]) if row else 0


async def chat_after(show: int, last: int, most: int) -> list[dict[str, Any]]:
    """The newest messages after the id `last`, oldest first."""
    async with db.pool().connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(CHAT, [show, last, most])
        return list(reversed(await cursor.fetchall()))


async def speaker(code: str, user: int) -> dict[str, Any] | None:
    async with db.pool().connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(SPEAKER, {"code": code, "user": user})
        return await cursor.fetchone()


async def say(show: int, user: int, kind: str, name: str, text: str, buyer: bool) -> int:
    """Keeps the message and tells every lane; returns its id."""
    said = {"show": show, "user": user, "kind": kind, "name": name, "text": text, "buyer": buyer, "channel": CHANNEL}
    async with db.pool().connection() as connection:
        row = await (await connection.execute(SAY, said)).fetchone()
        assert row is not None
        return int(row[0])


async def like(show: int, count: int) -> None:
    async with db.pool().connection() as connection:
        await connection.execute(LIKE, [count, show])


async def count_audience(show: int, viewers: int) -> None:
    async with db.pool().connection() as connection:
        await connection.execute(COUNT, [show, viewers])


def _offer(row: dict[str, Any]) -> dict[str, Any]:
    live, closes_at = bool(row["live"]), row["closes_at"]
    left = row["available"]
    if live and row["allotment"] is not None:
        left = min(left, row["allotment"] - row["sold"])
    return {
        "id": row["id"],
        "option": row["option"],
        "price": row["live_price"] if live else row["list"],
        "list": row["list"],
        "live": live,
        "left": left,
        "allotment": row["allotment"] if live else None,
        "closes_at": closes_at.isoformat() if live and isinstance(closes_at, datetime) else None,
    }
