"""The statements that keep the documents. Set-based: a hundred products cost one statement, not a hundred."""

# How well a thing does among its like, as a whole number: pieces sold in 30 days first, then what buyers say, then how
# new it is (half of it gone after ten days). What cannot be bought stands behind everything that can.
POPULARITY = """
    (CASE WHEN {d}.in_stock THEN 1.0 ELSE 0.05 END * 1000 * (
        ln(1 + {d}.sold) + 0.4 * ln(1 + {d}.reviews)
        + CASE WHEN {d}.reviews > 0 THEN least({d}.reviews, 10) * ({d}.rating - 35) / 100.0 ELSE 0 END
        + 1.5 * exp(-extract(epoch FROM greatest(%(now)s - {d}.on_sale_at, interval '0')) / 1250000)
    ))::int
"""

# Everything a document is made of, a row a product that a buyer may see.
SOURCE = """
    SELECT p.id, p.seller_id, p.category_id, p.name, p.tagline, p.keywords, p.brand, p.maker, p.lead_days,
           coalesce(p.on_sale_at, p.created_at) AS on_sale_at, s.name AS seller_name,
           coalesce(nullif(policy.dispatch_from, ''), s.business_address) AS sent_from,
           policy.dispatch_days, CASE
               WHEN terms.id IS NULL THEN policy.fee = 0 OR policy.free_over <= offer.low
               ELSE terms.pay = 'PREPAID' AND (terms.fee_type = 'FREE'
                    OR (terms.fee_type = 'CONDITIONAL_FREE' AND terms.free_over <= offer.low)) END AS free,
           event.price AS event_price, event.usual AS event_usual,
           offer.low, offer.high, offer.names, offer.in_stock,
           CASE WHEN NOT p.adults_only THEN face.image END AS image, said.reviews, said.stars, kept.sold
      FROM catalog_product p
      JOIN sellers_seller s ON s.id = p.seller_id
      LEFT JOIN sellers_shippingpolicy policy ON policy.seller_id = p.seller_id
      LEFT JOIN pricing_deliverytemplate terms ON terms.id = coalesce(p.delivery_id, (
           SELECT usual.id FROM pricing_deliverytemplate usual WHERE usual.seller_id = p.seller_id AND usual.is_default))
      LEFT JOIN search_document kept ON kept.product_id = p.id
     CROSS JOIN LATERAL (
           SELECT min(o.price) AS low, max(o.price) AS high, string_agg(o.name, ' ' ORDER BY o.position) AS names,
                  bool_or(coalesce(stock.available, 0) > 0) AS in_stock
             FROM catalog_option o LEFT JOIN stock_stockitem stock ON stock.option_id = o.id
            WHERE o.product_id = p.id AND o.active AND NOT o.addon) offer
      LEFT JOIN LATERAL (
           SELECT e.price, o.price AS usual FROM promotions_eventprice e
             JOIN promotions_offer f ON f.id = e.offer_id JOIN catalog_option o ON o.id = e.option_id
            WHERE o.product_id = p.id AND o.active AND NOT o.addon AND e.status = 'ACCEPTED' AND f.status = 'ACTIVE'
              AND f.starts_at <= %(now)s AND f.ends_at > %(now)s AND o.price <= e.list_price AND o.price > e.price
            ORDER BY e.price LIMIT 1) event ON event.price < offer.low
      LEFT JOIN LATERAL (
           SELECT image FROM catalog_photo f WHERE f.product_id = p.id ORDER BY f.position, f.id LIMIT 1) face ON true
     CROSS JOIN LATERAL (
           SELECT count(*) AS reviews, avg(r.rating) AS stars FROM reviews_review r
            WHERE r.product_id = p.id AND NOT r.hidden) said
     WHERE p.id = ANY(%(ids)s) AND {visible}
"""
VISIBLE = """
    p.status = 'ON_SALE' AND s.status = 'APPROVED'
    AND (p.sale_from IS NULL OR p.sale_from <= %(now)s) AND (p.sale_until IS NULL OR p.sale_until > %(now)s)
"""

COLUMNS = {
    "product_id": "bigint",
    "seller_id": "bigint",
    "shelf_id": "bigint",
    "path": "bigint[]",
    "words": "text",
    "name_key": "text",
    "name": "text",
    "seller_name": "text",
    "photo": "text",
    "price": "int",
    "before": "int",
    "several": "bool",
    "in_stock": "bool",
    "free_shipping": "bool",
    "quick": "bool",
    "region": "text",
    "rating": "int",
    "reviews": "int",
    "sold": "int",
    "on_sale_at": "timestamptz",
}
_NEW = [name for name in COLUMNS if name != "product_id"]
WRITE = f"""
    INSERT INTO search_document ({", ".join(COLUMNS)}, popularity, written_at)
    SELECT {", ".join("d.words::tsvector" if name == "words" else f"d.{name}" for name in COLUMNS)},
           {POPULARITY.format(d="d")}, %(now)s
      FROM json_to_recordset(%(rows)s) AS d({", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())})
     ORDER BY d.product_id
        ON CONFLICT (product_id) DO UPDATE
       SET {", ".join(f"{name} = excluded.{name}" for name in [*_NEW, "popularity", "written_at"])}
"""  # noqa: S608

TAKE = """
    DELETE FROM search_stale WHERE id IN (SELECT id FROM search_stale ORDER BY id LIMIT %s)
    RETURNING product_id
"""
# One at a time: of two who wrote the same document, the later one to commit might have read the older rows.
ALONE = "SELECT pg_try_advisory_xact_lock(hashtext('dure.search.catch_up'))"

WAIT_ALONE = "SELECT pg_advisory_xact_lock(hashtext('dure.search.catch_up'))"

# What the clock alone changes: a sale or an instant discount that has begun or ended.
DUE = f"""
    INSERT INTO search_stale (product_id)
    SELECT p.id FROM catalog_product p JOIN sellers_seller s ON s.id = p.seller_id
      LEFT JOIN search_document d ON d.product_id = p.id
     WHERE (p.sale_from IS NOT NULL OR p.sale_until IS NOT NULL) AND p.status = 'ON_SALE'
       AND (d.product_id IS NOT NULL) <> ({VISIBLE})
     UNION
    SELECT d.product_id FROM promotions_offer f JOIN promotions_eventprice e ON e.offer_id = f.id
      JOIN catalog_option o ON o.id = e.option_id JOIN search_document d ON d.product_id = o.product_id
     WHERE f.status = 'ACTIVE' AND e.status = 'ACCEPTED'
       AND ((f.starts_at <= %(now)s AND d.written_at < f.starts_at) OR (f.ends_at <= %(now)s AND d.written_at < f.ends_at))
"""  # noqa: S608

SALES = """
    WITH sold AS (
        SELECT o.product_id, sum(l.quantity - l.canceled_quantity - l.returned_quantity)::int AS pieces
          FROM orders_productorder l JOIN catalog_option o ON o.id = l.option_id
         WHERE l.paid_at >= %(since)s GROUP BY 1)
    UPDATE search_document d SET sold = coalesce(sold.pieces, 0)
      FROM search_document every LEFT JOIN sold USING (product_id)
     WHERE every.product_id = d.product_id AND d.sold <> coalesce(sold.pieces, 0)
"""
REPUTE = f"""
    UPDATE search_document d SET popularity = {POPULARITY.format(d="d")}
     WHERE popularity <> {POPULARITY.format(d="d")}
"""  # noqa: S608

WRITE_TERMS = """
    INSERT INTO search_term (key, text, kind, letters, initials, pairs, products)
    SELECT key, text, kind, letters, initials, pairs, products
      FROM json_to_recordset(%s) AS t(key text, text text, kind text, letters text, initials text, pairs text[], products int)
     ORDER BY key
        ON CONFLICT (key) DO UPDATE SET products = search_term.products + excluded.products
"""
