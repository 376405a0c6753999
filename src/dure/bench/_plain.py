"""The straightforward way, to compare with: the lane's own door, and behind it one transaction an order around
`SELECT … FOR UPDATE` on sixteen connections (more only wait for the lock). It writes the same rows as the lane.

    python -m dure.bench._plain PORT
"""

from __future__ import annotations

import sys

from granian.constants import Interfaces
from psycopg_pool import AsyncConnectionPool

from dure.commerce.orders.hot import Request
from dure.kit import clock, ids
from dure.sites.lane import db
from dure.sites.lane.asgi import Asgi
from dure.sites.lane.asgi import Request as Http
from dure.sites.lane.orders import _buyer, _read

CONNECTIONS = 16

STOCK = """
    SELECT s.available, o.price, o.name, p.name, p.seller_id
      FROM stock_stockitem s JOIN catalog_option o ON o.id = s.option_id JOIN catalog_product p ON p.id = o.product_id
     WHERE s.option_id = %s FOR UPDATE OF s
"""
KNOWN = "SELECT number, pay_total FROM orders_order WHERE key = %s"
ORDER = """
    INSERT INTO orders_order (number, buyer_id, key, body_hash, source, goods_total, discount_total, shipping_total,
                              pay_total, receiver, phone, postcode, address1, address2, memo, placed_at, expires_at)
    VALUES (%s, %s, %s, '', 'WEB', %s, 0, 0, %s, '', '', '', '', '', '', now(), now() + interval '15 minutes')
    RETURNING id
"""
LINE = """
    INSERT INTO orders_productorder (order_id, seller_id, option_id, status, product_name, option_name, unit_price, quantity,
                                     goods_amount, discount_amount, seller_discount, commission_bp, canceled_quantity,
                                     returned_quantity)
    VALUES (%s, %s, %s, 'PAYMENT_WAITING', %s, %s, %s, %s, %s, 0, 0, 500, 0, 0)
"""
CHARGE = """
    INSERT INTO orders_shippingcharge (order_id, seller_id, amount, extra, reason, policy, refunded)
    VALUES (%s, %s, 0, 0, 'FREE', '{}', 0)
"""
TAKE = "UPDATE stock_stockitem SET available = available - %s WHERE option_id = %s"

app = Asgi("plain")
pools: list[AsyncConnectionPool] = []


@app.on_start
async def open_pool() -> None:
    pool = AsyncConnectionPool(db.dsn(), min_size=CONNECTIONS, max_size=CONNECTIONS, open=False, timeout=60)
    await pool.open(wait=True)
    pools.append(pool)


@app.on_stop
async def close_pool() -> None:
    await pools[0].close()


@app.route("POST", "/orders")
async def order(http: Http) -> None:
    request = _read(await http.json(), _buyer(http))
    status, answer = await _place(request)
    await http.answer(status, answer)


async def _place(r: Request) -> tuple[int, dict[str, object]]:
    async with pools[0].connection() as c:  # one transaction
        stock = await (await c.execute(STOCK, [r.option])).fetchone()
        assert stock is not None
        if known := await (await c.execute(KNOWN, [r.key])).fetchone():
            return 201, {"number": known[0], "pay_total": known[1], "replayed": True}
        available, price, option_name, product_name, seller = stock
        if available < r.quantity:
            return 409, {"error": {"code": "sold_out"}}
        number, goods = ids.number("D", clock.today()), price * r.quantity
        placed = await (await c.execute(ORDER, [number, r.buyer, r.key, goods, goods])).fetchone()
        assert placed is not None
        line = [placed[0], seller, r.option, product_name, option_name, price, r.quantity, goods]
        await c.execute(LINE, line)
        await c.execute(CHARGE, [placed[0], seller])
        await c.execute(TAKE, [r.quantity, r.option])
    return 201, {"number": number, "pay_total": goods, "replayed": False}


if __name__ == "__main__":
    from dure.runtime.server import serve

    serve([], "plain", "dure.bench._plain:app", Interfaces.ASGI, int(sys.argv[1]))
