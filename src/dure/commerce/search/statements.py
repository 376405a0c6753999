"""The statements behind lists. `{where}` and `{order}` are put in by `queries`, from its own words; values are parameters."""

CARD = """d.product_id, d.name, d.seller_id, d.seller_name, d.photo, d.price, d.before, d.several, d.in_stock,
          d.free_shipping, d.rating, d.reviews"""
PAGE = f"SELECT {CARD} FROM search_document d WHERE {{where}} ORDER BY {{order}} LIMIT %(limit)s OFFSET %(skip)s"  # noqa: S608
# Where the words do not stand in much, the index of words finds all of it, and all of it is sorted. `MATERIALIZED` keeps the
# planner from walking an index of popularity until it comes across a rare word. The standing: the name itself, the words as
# heads of words of the name (포기김치 for 김치), every word in the name, every word anywhere.
BY_WORDS = f"""
    WITH hit AS MATERIALIZED (
        SELECT product_id, {{standing}} AS standing, popularity, on_sale_at, price, reviews, sold
          FROM search_document d WHERE {{where}} AND words @@ %(query)s::tsquery),
    shown AS (SELECT * FROM hit ORDER BY standing, {{order}} LIMIT %(limit)s OFFSET %(skip)s)
    SELECT {CARD} FROM shown JOIN search_document d USING (product_id) ORDER BY standing, {{shown_order}}
"""  # noqa: S608
STANDING = """
    CASE WHEN name_key = %(key)s THEN 0 WHEN {heads} THEN 1 WHEN words @@ %(name)s::tsquery THEN 2 ELSE 3 END
"""
# Where they stand in much, the most popular that hold them are come across soon; these are sorted by standing.
BY_POPULARITY = f"""
    WITH hit AS MATERIALIZED (
        SELECT product_id, popularity, words, name_key FROM search_document d
         WHERE words @@ %(query)s::tsquery ORDER BY popularity DESC, product_id DESC LIMIT %(pool)s),
    shown AS (SELECT product_id, popularity, {{standing}} AS standing FROM hit
               ORDER BY standing, popularity DESC, product_id DESC LIMIT %(limit)s OFFSET %(skip)s)
    SELECT {CARD} FROM shown JOIN search_document d USING (product_id)
     ORDER BY standing, shown.popularity DESC, d.product_id DESC
"""  # noqa: S608
POOL = 4  # pages of the most popular, of which the best by standing are shown first
SIZE = "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'search_document'::regclass"
COUNT = """
    SELECT count(*) FROM (SELECT 1 FROM search_document d WHERE {where} LIMIT %(stop)s) found
"""
KINDS = """
    WITH found AS MATERIALIZED (
        SELECT path, seller_id, seller_name, price, region, in_stock, free_shipping, quick, rating, before
          FROM search_document d WHERE {where})
    SELECT 'shelf', shelf::text, count(*) FROM found, unnest(path) shelf GROUP BY 2
    UNION ALL (SELECT 'seller', seller_id || ':' || min(seller_name), count(*) FROM found
                GROUP BY seller_id ORDER BY 3 DESC LIMIT 12)
    UNION ALL SELECT 'band', width_bucket(price, %(bands)s)::text, count(*) FROM found GROUP BY 2
    UNION ALL SELECT 'region', region, count(*) FROM found WHERE region <> '' GROUP BY 2
    UNION ALL SELECT 'flag', flag, flags.n FROM (
        SELECT count(*) FILTER (WHERE in_stock), count(*) FILTER (WHERE free_shipping), count(*) FILTER (WHERE quick),
               count(*) FILTER (WHERE before > price), count(*) FILTER (WHERE rating >= 40),
               count(*) FILTER (WHERE rating >= 30) FROM found) AS held(in_stock, free, quick, discount, stars4, stars3),
        LATERAL (VALUES ('in_stock', in_stock), ('free', free), ('quick', quick), ('discount', discount),
                        ('stars4', stars4), ('stars3', stars3)) AS flags(flag, n) WHERE flags.n > 0
"""
BOUGHT_WITH = f"""
    WITH buyers AS (
        SELECT DISTINCT l.order_id FROM orders_productorder l JOIN catalog_option o ON o.id = l.option_id
         WHERE o.product_id = %(product)s AND l.paid_at IS NOT NULL LIMIT 300),
    beside AS (
        SELECT o.product_id, count(*) AS times FROM buyers JOIN orders_productorder l USING (order_id)
          JOIN catalog_option o ON o.id = l.option_id
         WHERE o.product_id <> %(product)s GROUP BY 1 ORDER BY 2 DESC LIMIT 40)
    SELECT {CARD} FROM beside JOIN search_document d USING (product_id)
     WHERE d.in_stock ORDER BY beside.times DESC, d.popularity DESC, d.product_id LIMIT %(limit)s
"""  # noqa: S608
