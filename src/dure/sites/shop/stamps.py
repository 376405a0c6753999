"""What a remembered page of the shop hangs on (`sites/public.py`): small statements over indexes."""

from __future__ import annotations

from django.db import connection

from dure.kit import clock

# Everything that decides what may be bought and for how much. What is read rather than reckoned with (reviews, questions)
# may be as old as the page's seconds. Stock counts only where the page shows it: sold out, or how few are left.
PRODUCT = """
    SELECT concat_ws('|', p.updated_at, p.status, s.status, o.offers, l.live, e.events, f.promotions)
      FROM catalog_product p JOIN sellers_seller s ON s.id = p.seller_id
      CROSS JOIN LATERAL (
        SELECT string_agg(concat_ws(':', o.id, o.price, o.active, least(i.available, 11)), ',' ORDER BY o.id) AS offers
          FROM catalog_option o LEFT JOIN stock_stockitem i ON i.option_id = o.id WHERE o.product_id = p.id) o
      CROSS JOIN LATERAL (
        SELECT string_agg(concat_ws(':', l.id, l.price, l.allotment <= l.sold), ',') AS live
          FROM pricing_liveprice l JOIN catalog_option o ON o.id = l.option_id
         WHERE o.product_id = p.id AND l.opened_at IS NOT NULL AND l.closed_at IS NULL) l
      CROSS JOIN LATERAL (
        SELECT string_agg(concat_ws(':', e.id, e.price), ',' ORDER BY e.id) AS events
          FROM promotions_eventprice e JOIN catalog_option o ON o.id = e.option_id JOIN promotions_offer f ON f.id = e.offer_id
         WHERE o.product_id = p.id AND e.status = 'ACCEPTED' AND f.status = 'ACTIVE'
           AND f.starts_at <= %(now)s AND f.ends_at > %(now)s) e
      CROSS JOIN LATERAL (
        SELECT string_agg(f.id::text, ',' ORDER BY f.id) AS promotions FROM promotions_offer f
         WHERE f.status = 'ACTIVE' AND f.kind <> 'INSTANT' AND f.starts_at <= %(now)s AND f.ends_at > %(now)s
           AND (f.scope = 'ALL' OR f.targets && ARRAY[p.id, p.seller_id, p.category_id])) f
     WHERE p.id = %(pk)s
"""


def product_stamp(pk: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute(PRODUCT, {"pk": pk, "now": clock.now()})
        row = cursor.fetchone()
    return row[0] if row else ""
