"""The hot lane: orders of one option in a rush, settled in batches. No Django: asyncio and psycopg.

What arrives while a statement runs is the next batch (no linger: it did not help). One statement per option is in
flight: the stock row is locked first, so that the statement's snapshot holds all that others committed of this option;
it drops keys it knows, takes the running sum in order of arrival, inserts the orders that fit and subtracts what was
really inserted. Keys it did not place are looked up in a statement of their own: another process may have just placed
them. See docs/decisions/0007.

An order made here is an ordinary one, PAYMENT_WAITING with its goods held, its address still empty. The database's own
CHECK and UNIQUE hold whatever this code does.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta

import psycopg
import structlog

from dure.kit import clock, ids

log = structlog.get_logger()

MOST_PER_BATCH = 2000
HOLD = timedelta(minutes=15)  # as orders.actions.HOLD
Connections = Callable[[], AbstractAsyncContextManager[psycopg.AsyncConnection]]


@dataclass(frozen=True)
class Request:
    """`price`: the won the buyer saw for one piece. `show`: bought in this live show."""

    option: int
    buyer: int
    quantity: int
    key: str
    price: int
    show: int | None = None


@dataclass(frozen=True)
class Placed:
    number: str
    pay_total: int
    replayed: bool = False


@dataclass(frozen=True)
class Refused:
    """`code`: sold_out, live_sold_out, live_limit_reached, price_changed, not_on_sale, too_little, too_much, adults_only,
    too_much_per_buyer, through_cart (a promotion the lane does not reckon, a consent it does not ask), idempotency_key_reused."""

    code: str
    left: int = 0


class Unavailable(Exception):
    """The database did not answer: nobody knows whether the order stands. The same key asks again."""


Answer = Placed | Refused

LOCK = """
SELECT CASE WHEN o.addon THEN NULL ELSE p.max_per_buyer END, p.id FROM stock_stockitem s
  JOIN catalog_option o ON o.id = s.option_id JOIN catalog_product p ON p.id = o.product_id
 WHERE s.option_id = %s FOR UPDATE OF s
"""

# Where a seller allows so many per person, the buyers' rows are locked next, as stock.limits does for carts.
COUNT = """
INSERT INTO stock_purchasetally (product_id, holder, quantity, most)
SELECT %(product)s, h.holder, 0, %(most)s FROM unnest(%(holders)s::text[]) h(holder) ORDER BY 2 ON CONFLICT DO NOTHING
"""
LOCK_COUNTS = """
SELECT FROM stock_purchasetally WHERE product_id = %(product)s AND holder = ANY(%(holders)s) ORDER BY holder FOR UPDATE
"""

# `deal` is what promotions would take off or send along (promotions.queries.open_deals, rules.deal_off): the lane does not reckon them, it
# sends the buyer to the cart. `bundle_from` pieces of an N+1, `gift_from` won of a present. A live price takes no price deal.
SETTLE = """
WITH asked AS MATERIALIZED (
  SELECT * FROM unnest(%(keys)s::text[], %(numbers)s::text[], %(buyers)s::bigint[], %(quantities)s::int[], %(prices)s::int[],
                       %(shows)s::bigint[]) WITH ORDINALITY AS a(key, number, buyer, quantity, price, show, ord)),
stock AS MATERIALIZED (SELECT available FROM stock_stockitem WHERE option_id = %(option)s FOR UPDATE),
live AS MATERIALIZED (
  SELECT id, price, coalesce(allotment - sold, 2147483647) AS room, per_buyer FROM pricing_liveprice
   WHERE option_id = %(option)s AND opened_at <= %(now)s AND closed_at IS NULL
     AND (allotment IS NULL OR sold < allotment) AND EXISTS (SELECT FROM stock) FOR UPDATE),
offer AS MATERIALIZED (
  SELECT o.id AS option_id, o.name AS option_name, p.name AS product_name, p.seller_id, coalesce(l.price, o.price) AS price,
         l.id AS live_id, l.per_buyer, least(s.available, coalesce(l.room, s.available)) AS room, s.available,
         coalesce(t.fee_type, CASE WHEN coalesce(sp.fee, 0) = 0 THEN 'FREE' WHEN sp.free_over IS NULL THEN 'PAID'
                                   ELSE 'CONDITIONAL_FREE' END) AS fee_type,
         coalesce(t.fee, sp.fee, 0) AS fee, coalesce(t.free_over, sp.free_over) AS free_over, t.unit, t.second_from,
         t.second_extra, t.third_from, t.third_extra, coalesce(t.pay, 'PREPAID') AS pay,
         CASE WHEN t.id IS NULL THEN '' WHEN b.id IS NULL THEN 'p' || p.id
              ELSE 'g' || b.id || CASE t.pay WHEN 'COLLECT' THEN 'c' WHEN 'COLLECT_OR_PREPAID' THEN 'b' ELSE '' END END AS bundle,
         coalesce(b.method, 'MAX') AS method, coalesce(b.jeju_extra, t.jeju_extra, sp.jeju_extra, 0) AS jeju_extra,
         coalesce(b.remote_extra, t.remote_extra, sp.remote_extra, 0) AS remote_extra,
         coalesce(t.return_fee, sp.return_fee, 0) AS return_fee, coalesce(t.exchange_fee, sp.return_fee * 2, 0) AS exchange_fee,
         coalesce(t.first_freight, true) AS first_freight, p.id AS product_id, p.min_per_order, p.max_per_order,
         p.adults_only, p.no_withdrawal,
         deal.event, deal.bundle_from, deal.gift_from,
         CASE WHEN o.addon THEN NULL ELSE p.max_per_buyer END AS max_per_buyer, o.addon,
         jsonb_build_object('part', 0, 'list_price', o.price, 'tax_class', p.tax_class, 'origin', p.origin,
           'lead_days', p.lead_days, 'version', p.version, 'category', g.code,
           'notice', jsonb_build_object('type', p.notice_type, 'text', p.notice), 'options', (
             SELECT coalesce(jsonb_object_agg(x.name, x.value), '{}') FROM ROWS FROM (
               jsonb_array_elements_text(p.axes), jsonb_array_elements_text(o."values")) AS x(name, value)
              WHERE x.name IS NOT NULL AND x.value IS NOT NULL),
           'seller_code', o.seller_code, 'limits', jsonb_build_array(p.min_per_order, p.max_per_order, p.max_per_buyer),
           'delivery', jsonb_build_object('template', coalesce(t.name, ''), 'return_fee', coalesce(t.return_fee, sp.return_fee, 0),
             'exchange_fee', coalesce(t.exchange_fee, sp.return_fee * 2, 0), 'first_freight', coalesce(t.first_freight, true)),
           'cancel', jsonb_build_object('withdrawal_days', 7, 'fault_days', 90, 'made_to_order', p.lead_days > 0)) AS contract,
         (SELECT basis_points FROM pricing_commissionplan c
           WHERE c.since <= %(today)s AND (c.until IS NULL OR c.until > %(today)s)
             AND (c.seller_id IS NULL OR c.seller_id = p.seller_id)
             AND (c.category_id IS NULL OR c.category_id IN (g.id, g.parent_id, h.parent_id))
           ORDER BY (c.seller_id IS NULL), array_position(ARRAY[g.id, g.parent_id, h.parent_id], c.category_id)
           LIMIT 1) AS bp
    FROM stock s, catalog_option o JOIN catalog_product p ON p.id = o.product_id AND p.status = 'ON_SALE'
    JOIN catalog_category g ON g.id = p.category_id LEFT JOIN catalog_category h ON h.id = g.parent_id
    JOIN sellers_seller e ON e.id = p.seller_id AND e.status = 'APPROVED'
    LEFT JOIN sellers_shippingpolicy sp ON sp.seller_id = e.id LEFT JOIN live l ON true
    LEFT JOIN pricing_deliverytemplate t ON t.id = coalesce(
         p.delivery_id, (SELECT d.id FROM pricing_deliverytemplate d WHERE d.seller_id = e.id AND d.is_default))
    LEFT JOIN pricing_bundlegroup b ON b.id = t.group_id
    CROSS JOIN LATERAL (
      SELECT l.id IS NULL AND EXISTS (
               SELECT FROM promotions_eventprice v JOIN promotions_offer w ON w.id = v.offer_id
                WHERE v.option_id = o.id AND v.status = 'ACCEPTED' AND o.price <= v.list_price AND o.price > v.price
                  AND w.status = 'ACTIVE' AND w.starts_at <= %(now)s AND w.ends_at > %(now)s) AS event,
             min(w.buy + w.free) FILTER (WHERE w.kind = 'NPLUS1' AND l.id IS NULL) AS bundle_from,
             min(greatest(w.min_spend, 1)) FILTER (WHERE w.kind = 'GIFT' AND EXISTS (
               SELECT FROM catalog_option y JOIN catalog_product z ON z.id = y.product_id JOIN stock_stockitem k ON k.option_id = y.id
                WHERE y.id = w.gift_option_id AND z.seller_id = p.seller_id AND k.available > 0)) AS gift_from
        FROM promotions_offer w
       WHERE w.status = 'ACTIVE' AND w.kind IN ('NPLUS1', 'GIFT') AND w.starts_at <= %(now)s AND w.ends_at > %(now)s
         AND CASE w.scope WHEN 'ALL' THEN true WHEN 'SELLER' THEN p.seller_id = ANY(w.targets) WHEN 'PRODUCT' THEN p.id = ANY(w.targets)
               WHEN 'CATEGORY' THEN w.targets && array_remove(ARRAY[g.id, g.parent_id, h.parent_id], NULL)
               ELSE EXISTS (SELECT FROM promotions_eventprice v JOIN promotions_offer x ON x.id = v.offer_id
                              JOIN catalog_option y ON y.id = v.option_id
                             WHERE y.product_id = p.id AND v.status = 'ACCEPTED' AND x.exhibition = ANY(w.targets)) END
         AND (w.seller_bp = 0 OR w.seller_id = p.seller_id OR EXISTS (SELECT FROM promotions_offerconsent c
               WHERE c.offer_id = w.id AND c.seller_id = p.seller_id AND c.withdrawn_at IS NULL AND c.terms_hash = w.terms_hash))) deal
   WHERE o.id = %(option)s AND o.active AND (p.sale_from IS NULL OR p.sale_from <= %(now)s)
     AND (p.sale_until IS NULL OR p.sale_until > %(now)s)),
terms AS MATERIALIZED (
  SELECT jsonb_build_object(
      'terms', jsonb_build_array(jsonb_build_object(
         'type', CASE WHEN f.fee = 0 AND f.fee_type IN ('PAID', 'CONDITIONAL_FREE') THEN 'FREE' ELSE f.fee_type END,
         'fee', CASE f.fee_type WHEN 'FREE' THEN 0 ELSE f.fee END,
         'free_over', CASE f.fee_type WHEN 'CONDITIONAL_FREE' THEN f.free_over END,
         'unit', CASE f.fee_type WHEN 'UNIT_QUANTITY_PAID' THEN f.unit END,
         'bands', CASE WHEN f.fee_type <> 'RANGE_QUANTITY_PAID' THEN '[]'::jsonb
                       WHEN f.third_from IS NULL THEN jsonb_build_array(jsonb_build_array(f.second_from, f.second_extra))
                       ELSE jsonb_build_array(jsonb_build_array(f.second_from, f.second_extra),
                                              jsonb_build_array(f.third_from, f.third_extra)) END)),
      'method', f.method, 'pay', f.pay, 'jeju_extra', f.jeju_extra, 'remote_extra', f.remote_extra,
      'return_fee', f.return_fee, 'exchange_fee', f.exchange_fee, 'first_freight', f.first_freight) AS policy
    FROM offer f),
fresh AS MATERIALIZED (
  SELECT a.*, CASE WHEN f.event OR f.no_withdrawal <> '' OR a.quantity >= f.bundle_from OR f.price * a.quantity >= f.gift_from
                        THEN 'through_cart'
                   WHEN f.price <> a.price THEN 'price_changed'
                   WHEN NOT f.addon AND a.quantity < f.min_per_order THEN 'too_little'
                   WHEN NOT f.addon AND a.quantity > f.max_per_order THEN 'too_much'
                   WHEN f.adults_only AND (SELECT u.adult_checked_at FROM people_user u WHERE u.id = a.buyer)
                        > %(now)s::timestamptz - interval '365 days' IS NOT TRUE THEN 'adults_only'
                   WHEN f.max_per_buyer IS NOT NULL AND sum(a.quantity) OVER (PARTITION BY a.buyer ORDER BY a.ord) + coalesce(
                        (SELECT t.quantity FROM stock_purchasetally t WHERE f.max_per_buyer IS NOT NULL
                            AND t.product_id = f.product_id AND t.holder = 'u' || a.buyer), 0) > f.max_per_buyer
                        THEN 'too_much_per_buyer'
                   WHEN f.per_buyer IS NOT NULL AND sum(a.quantity) OVER (PARTITION BY a.buyer ORDER BY a.ord) + coalesce(
                        (SELECT sum(b.quantity - b.canceled_quantity) FROM orders_productorder b JOIN orders_order r ON r.id = b.order_id
                          WHERE f.per_buyer IS NOT NULL AND r.buyer_id = a.buyer AND b.live_price_id = f.live_id
                            AND b.status <> 'CANCELED_BY_NOPAYMENT'), 0) > f.per_buyer THEN 'live_limit_reached' END AS refusal
    FROM asked a, offer f WHERE NOT EXISTS (SELECT FROM orders_order o WHERE o.key = a.key)),
fitting AS MATERIALIZED (
  SELECT c.* FROM (SELECT *, sum(quantity) OVER (ORDER BY ord) AS running FROM fresh WHERE refusal IS NULL) c, offer f
   WHERE c.running <= f.room),
priced AS MATERIALIZED (
  SELECT t.*, f.price * t.quantity AS goods,
         CASE f.fee_type WHEN 'FREE' THEN 0 WHEN 'PAID' THEN f.fee
           WHEN 'CONDITIONAL_FREE' THEN CASE WHEN f.price * t.quantity >= f.free_over THEN 0 ELSE f.fee END
           WHEN 'UNIT_QUANTITY_PAID' THEN f.fee * ((t.quantity + f.unit - 1) / f.unit)
           ELSE f.fee + CASE WHEN t.quantity >= f.third_from THEN f.third_extra
                             WHEN t.quantity >= f.second_from THEN f.second_extra ELSE 0 END END AS freight
    FROM fitting t, offer f),
placed AS (
  INSERT INTO orders_order (number, buyer_id, key, body_hash, source, show, goods_total, discount_total, shipping_total, pay_total,
                            receiver, phone, postcode, address1, address2, memo, placed_at, expires_at)
  SELECT t.number, t.buyer, t.key, '', CASE WHEN t.show IS NULL THEN 'WEB' ELSE 'LIVE' END, t.show, t.goods, 0,
         CASE f.pay WHEN 'COLLECT' THEN 0 ELSE t.freight END, t.goods + CASE f.pay WHEN 'COLLECT' THEN 0 ELSE t.freight END,
         '', '', '', '', '', '', %(now)s, %(expires)s
    FROM priced t, offer f ORDER BY t.ord ON CONFLICT (key) DO NOTHING
  RETURNING id, key, number, buyer_id, goods_total, shipping_total, pay_total),
charges AS (
  INSERT INTO orders_shippingcharge (order_id, seller_id, bundle, pay_type, amount, collect_amount, extra, reason, policy, refunded)
  SELECT n.id, f.seller_id, f.bundle, CASE WHEN f.pay = 'COLLECT' AND t.freight > 0 THEN 'COLLECT' ELSE 'PREPAID' END,
         n.shipping_total, CASE f.pay WHEN 'COLLECT' THEN t.freight ELSE 0 END, 0, r.reason,
         m.policy || jsonb_build_object('said', jsonb_build_object('fee', f.fee, 'free_over', f.free_over, 'zone', 'MAINLAND') ||
             CASE r.reason
               WHEN 'UNIT' THEN jsonb_build_object('unit', f.unit, 'quantity', t.quantity,
                                                   'times', (t.quantity + f.unit - 1) / f.unit)
               WHEN 'RANGE' THEN jsonb_build_object('quantity', t.quantity, 'won', t.freight,
                                   'from', CASE WHEN t.quantity >= f.third_from THEN f.third_from
                                                WHEN t.quantity >= f.second_from THEN f.second_from ELSE 1 END)
               ELSE '{}'::jsonb END), 0
    FROM placed n JOIN priced t USING (key), offer f, terms m, LATERAL (SELECT
         CASE WHEN t.freight = 0 THEN CASE WHEN f.fee > 0 AND f.fee_type = 'CONDITIONAL_FREE' THEN 'FREE_OVER' ELSE 'FREE' END
              WHEN f.fee_type = 'UNIT_QUANTITY_PAID' THEN 'UNIT' WHEN f.fee_type = 'RANGE_QUANTITY_PAID' THEN 'RANGE'
              ELSE 'BASE' END AS reason) r
  RETURNING id, order_id),
lines AS (
  INSERT INTO orders_productorder (order_id, seller_id, option_id, charge_id, status, product_name, option_name, unit_price,
                                   quantity, goods_amount, discount_amount, seller_discount, commission_bp, live_price_id,
                                   canceled_quantity, returned_quantity, contract)
  SELECT n.id, f.seller_id, f.option_id, c.id, 'PAYMENT_WAITING', f.product_name, f.option_name, f.price,
         n.goods_total / f.price, n.goods_total, 0, 0, f.bp, f.live_id, 0, 0,
         f.contract || CASE WHEN f.max_per_buyer IS NULL THEN '{}'::jsonb ELSE jsonb_build_object('counted', 'u' || n.buyer_id) END
    FROM placed n JOIN charges c ON c.order_id = n.id, offer f RETURNING quantity),
tallied AS (
  UPDATE stock_purchasetally t SET quantity = t.quantity + n.quantity, most = f.max_per_buyer
    FROM (SELECT buyer_id, sum(goods_total) AS goods FROM placed GROUP BY 1) b, offer f,
         LATERAL (SELECT (b.goods / f.price)::int AS quantity) n
   WHERE f.max_per_buyer IS NOT NULL AND t.product_id = f.product_id AND t.holder = 'u' || b.buyer_id),
sold AS (SELECT coalesce(sum(quantity), 0)::int AS n FROM lines),
counted AS (UPDATE stock_stockitem SET available = available - sold.n FROM sold
             WHERE option_id = %(option)s AND sold.n > 0 RETURNING available),
allotted AS (UPDATE pricing_liveprice p SET sold = p.sold + sold.n FROM sold, offer f WHERE p.id = f.live_id AND sold.n > 0)
SELECT NULL AS key, NULL AS number, NULL AS pay_total, NULL AS refusal, f.room - sold.n AS room,
       f.available - sold.n AS available, f.live_id IS NOT NULL AS live,
       (SELECT pg_notify('dure_live', json_build_object('option', %(option)s::bigint, 'available', c.available)::text)::text
          FROM counted c) AS told
  FROM offer f, sold
 UNION ALL
SELECT key, number, pay_total, NULL, NULL, NULL, NULL, NULL FROM placed
 UNION ALL
SELECT key, NULL, NULL, refusal, NULL, NULL, NULL, NULL FROM fresh WHERE refusal IS NOT NULL
"""


KNOWN = """
SELECT o.key, o.number, o.pay_total, o.buyer_id, l.option_id, l.quantity
  FROM orders_order o JOIN orders_productorder l ON l.order_id = o.id WHERE o.key = ANY(%s)
"""


@dataclass(frozen=True)
class _Shelf:
    """What the statement left: `room` pieces at this price, `available` in all. Absent when the option is not on sale."""

    room: int
    available: int
    live: bool


@dataclass
class _Counter:
    """The queue of one option, and whether its statement is running."""

    waiting: deque[tuple[Request, asyncio.Future[Answer]]] = field(default_factory=deque)
    busy: bool = False


class HotLane:
    """`await lane.order(request)`; many at once is the point."""

    def __init__(self, connections: Connections) -> None:
        self.connections = connections
        self.counters: dict[int, _Counter] = defaultdict(_Counter)
        self.asked: dict[str, tuple[Request, asyncio.Future[Answer]]] = {}
        self.tasks: set[asyncio.Task[None]] = set()

    async def order(self, request: Request) -> Answer:
        """Raises Unavailable. The same key at the same time waits for the same answer."""
        if (twin := self.asked.get(request.key)) is not None:
            first, answer = twin
            if first != request:
                return Refused("idempotency_key_reused")
            told = await asyncio.shield(answer)
            return Placed(told.number, told.pay_total, replayed=True) if isinstance(told, Placed) else told
        answer = asyncio.get_running_loop().create_future()
        self.asked[request.key] = (request, answer)
        counter = self.counters[request.option]
        counter.waiting.append((request, answer))
        if not counter.busy:
            counter.busy = True
            task = asyncio.create_task(self._serve(request.option, counter))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        try:
            return await asyncio.shield(answer)
        finally:
            self.asked.pop(request.key, None)

    async def _serve(self, option: int, counter: _Counter) -> None:
        try:
            while counter.waiting:
                batch = [counter.waiting.popleft() for _ in range(min(len(counter.waiting), MOST_PER_BATCH))]
                try:
                    answers = await self._settle(option, [request for request, _ in batch])
                except (psycopg.Error, OSError, TimeoutError) as error:
                    log.warning("hot_lane_unavailable", option=option, waiting=len(batch), error=repr(error))
                    for _, future in batch:
                        if not future.done():
                            future.set_exception(Unavailable())
                else:
                    for request, future in batch:
                        if not future.done():
                            future.set_result(answers[request.key])
        finally:
            counter.busy = False
            if not counter.waiting:
                self.counters.pop(option, None)

    async def _settle(self, option: int, requests: Sequence[Request]) -> dict[str, Answer]:
        answers: dict[str, Answer] = {}
        async with self.connections() as connection:
            left = list(requests)
            while left:
                before = len(left)
                left = await self._round(connection, option, left, answers)
                if len(left) == before:  # no progress: what is left does not fit
                    break
        return answers

    async def _round(
        self, connection: psycopg.AsyncConnection, option: int, requests: list[Request], answers: dict[str, Answer]
    ) -> list[Request]:
        """One statement for `requests`; fills `answers`, returns those too large this time that may fit another."""
        moment = clock.now()
        day = clock.kst_date(moment)
        async with connection.transaction(), connection.cursor() as cursor:
            await cursor.execute(LOCK, [option])
            if (locked := await cursor.fetchone()) and locked[0] is not None:
                holders = sorted({f"u{r.buyer}" for r in requests})
                counted = {"product": locked[1], "most": locked[0], "holders": holders}
                await cursor.execute(COUNT, counted)
                await cursor.execute(LOCK_COUNTS, counted)
            await cursor.execute(
                SETTLE,
                {
                    "option": option,
                    "keys": [r.key for r in requests],
                    "numbers": [ids.number("D", day) for _ in requests],
                    "buyers": [r.buyer for r in requests],
                    "quantities": [r.quantity for r in requests],
                    "prices": [r.price for r in requests],
                    "shows": [r.show for r in requests],
                    "now": moment,
                    "today": day,
                    "expires": moment + HOLD,
                },
            )
            shelf: _Shelf | None = None
            found: dict[str, Answer] = {}
            refusals: dict[str, str] = {}
            for key, number, pay_total, refusal, room, available, live, _told in await cursor.fetchall():
                if number is not None:
                    found[key] = Placed(number, pay_total)
                elif refusal is not None:
                    refusals[key] = refusal
                else:
                    shelf = _Shelf(room, available, live)
            if unplaced := [r for r in requests if r.key not in found]:
                found |= await self._look_up(cursor, unplaced)
        refused = [r for r in unplaced if r.key not in found]
        answers |= found | {r.key: _refused(r, refusals, shelf) for r in refused}
        return [r for r in refused if shelf and r.key not in refusals and r.quantity <= shelf.room]

    async def _look_up(self, cursor: psycopg.AsyncCursor, requests: list[Request]) -> dict[str, Answer]:
        """Keys the statement did not place: orders of another moment or process, perhaps."""
        by_key = {r.key: r for r in requests}
        answers: dict[str, Answer] = {}
        await cursor.execute(KNOWN, [list(by_key)])
        for key, number, pay_total, *contract in await cursor.fetchall():
            r = by_key[key]
            same = contract == [r.buyer, r.option, r.quantity]
            answers[key] = Placed(number, pay_total, replayed=True) if same else Refused("idempotency_key_reused")
        return answers


def _refused(request: Request, refusals: dict[str, str], shelf: _Shelf | None) -> Refused:
    if shelf is None:
        return Refused("not_on_sale")
    if request.key in refusals:
        return Refused(refusals[request.key], left=shelf.available)
    return Refused("live_sold_out" if shelf.live and shelf.available > shelf.room else "sold_out", left=shelf.room)
