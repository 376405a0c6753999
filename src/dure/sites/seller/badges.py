"""What waits for somebody of a shop, for the menu and the first page: everything in one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection

from dure.commerce.orders.rules import OPEN_CLAIM
from dure.commerce.sellers.models import Seller
from dure.kit import clock

SOON = timedelta(days=30)  # a paper that runs out by then is something to do

COUNTED = """
SELECT l.fresh, l.to_send, l.today, l.late, c.claims, q.questions, t.threads, q.late + t.late, d.papers
  FROM (SELECT count(*) FILTER (WHERE acknowledged_at IS NULL) AS fresh,
               count(*) FILTER (WHERE acknowledged_at IS NOT NULL) AS to_send,
               count(*) FILTER (WHERE dispatch_due = %(today)s) AS today,
               count(*) FILTER (WHERE dispatch_due < %(today)s) AS late
          FROM orders_productorder WHERE seller_id = %(seller)s AND status = 'PAID') l,
       (SELECT count(*) AS claims FROM claims_claim c JOIN orders_productorder l ON l.id = c.product_order_id
         WHERE l.seller_id = %(seller)s AND c.status = ANY(%(open)s)) c,
       (SELECT count(*) AS questions, count(*) FILTER (WHERE q.due_at < %(now)s) AS late FROM inquiries_question q
          JOIN catalog_product p ON p.id = q.product_id
         WHERE p.seller_id = %(seller)s AND q.answered_at IS NULL AND q.hidden_at IS NULL) q,
       (SELECT count(*) AS threads, count(*) FILTER (WHERE due_at < %(now)s) AS late FROM inquiries_thread
         WHERE seller_id = %(seller)s AND waiting_since IS NOT NULL) t,
       (SELECT count(*) AS papers FROM sellers_document
         WHERE seller_id = %(seller)s AND replaced_at IS NULL AND (verdict = 'REFUSED' OR expires_on <= %(soon)s)) d
"""


@dataclass(frozen=True)
class Badges:
    fresh: int  # paid, not yet acknowledged
    to_send: int  # acknowledged, not yet sent
    today: int  # to be sent today
    late: int  # past their dispatch day
    claims: int  # that wait for the shop
    questions: int
    threads: int
    unanswered_late: int  # of both, past their time
    papers: int  # refused, or running out within 30 days


def badges_of(shop: Seller) -> Badges:
    now, today = clock.now(), clock.today()
    asked = {
        "seller": shop.pk,
        "now": now,
        "today": today,
        "soon": today + SOON,
        "open": [status for status in OPEN_CLAIM if status != "COLLECTING"],
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, asked)
        return Badges(*cursor.fetchone())  # type: ignore[misc]
