-- The large market of `dure bench shop`, part by part (see _market.py). %(…)s are its words and sizes.

-- part: words
CREATE FUNCTION pg_temp.pick(words text[], n double precision) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT words[1 + floor(n * cardinality(words))::int] $$;

-- part: people
INSERT INTO people_user (email, password, name, phone, language, is_superuser, is_staff, is_active, date_joined)
SELECT 'bench' || n || '@bench.invalid', '!', '손님' || n, '', 'ko', false, false, true, now() - interval '1 year'
  FROM generate_series(1, %(buyers)s::int + %(sellers)s::int) n;

-- part: sellers
INSERT INTO sellers_seller (name, story, status, lead_ref, brn, company_name, representative, mail_order_number,
                            mail_order_exempt, business_address, contact_phone, contact_email, tax_type, created_at,
                            approved_at, review_note)
SELECT pg_temp.pick(%(regions)s, random()) || ' ' || pg_temp.pick(%(shops)s, random()) || ' ' || n, '', 'APPROVED', '', (2000000000 + n)::text, '주식회사 ' || n, '홍길동',
       '2026-서울-' || n, false, '서울 종로구', '02-000-0000', '', '01', now() - interval '1 year', now() - interval '1 year', ''
  FROM generate_series(1, %(sellers)s::int) n;

-- part: sellers
INSERT INTO sellers_member (seller_id, user_id, role, since)
SELECT s.id, u.id, 'OWNER', now() FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM sellers_seller) s
  JOIN (SELECT id, row_number() OVER (ORDER BY id DESC) AS n FROM people_user) u USING (n);

-- part: sellers
INSERT INTO sellers_shippingpolicy (seller_id, fee, free_over, jeju_extra, remote_extra, return_fee, dispatch_days,
                                    dispatch_from, return_to, carrier)
SELECT id, CASE id %% 4 WHEN 0 THEN 0 ELSE 3000 END, CASE id %% 2 WHEN 0 THEN 50000 END, 3000, 5000, 3000, 2,
       '서울 종로구', '서울 종로구', 'CJ' FROM sellers_seller;

-- part: products
WITH leaves AS (SELECT array_agg(c.id) AS ids FROM catalog_category c
                 WHERE NOT EXISTS (SELECT FROM catalog_category k WHERE k.parent_id = c.id)),
houses AS (SELECT array_agg(id ORDER BY id) AS ids FROM sellers_seller),
made AS (SELECT n, random() AS a, random() AS b, random() AS c, random() AS d FROM generate_series(1, %(products)s::int) n)
INSERT INTO catalog_product (seller_id, category_id, name, tagline, story, status, notice_type, notice, keywords,
                             list_price, review_note, created_at, submitted_at, on_sale_at, updated_at)
SELECT h.ids[1 + floor(a * a * cardinality(h.ids))::int], l.ids[1 + floor(random() * cardinality(l.ids))::int],
       concat_ws(' ', pg_temp.pick(%(regions)s, random()), pg_temp.pick(%(traits)s, b), pg_temp.pick(%(goods)s, c) || CASE WHEN d < 0.4 THEN pg_temp.pick(%(kinds)s, random()) ELSE '' END,
                 pg_temp.pick(%(units)s, d)),
       pg_temp.pick(%(traits)s, random()) || ' 맛, ' || pg_temp.pick(%(regions)s, random()) || '에서 바로', repeat(%(story)s, 3), 'ON_SALE', 'FOOD',
       '{"product_name": "상품", "producer": "생산자", "origin": "국내산", "storage": "서늘한 곳"}', pg_temp.pick(%(goods)s, random()) || ' ' || pg_temp.pick(%(kinds)s, random()),
       0, '', now() - (random() * 300 + 40) * interval '1 day', now() - interval '40 days',
       now() - random() * 300 * interval '1 day', now()
  FROM made, leaves l, houses h;

-- part: products
INSERT INTO catalog_option (product_id, name, price, position, seller_code, active)
SELECT p.id, CASE k WHEN 0 THEN '기본' ELSE k + 1 || '묶음' END, (20 + (p.id * 7919) %% 780) * 100 * (k + 1), k, '', true
  FROM catalog_product p, generate_series(0, (p.id %% 4)::int) k;

-- part: products
UPDATE catalog_product p SET list_price = o.price FROM catalog_option o WHERE o.product_id = p.id AND o.position = 0;

-- part: products
INSERT INTO catalog_photo (product_id, image, width, height, alt, position)
SELECT p.id, 'products/bench/' || (p.id * 3 + k) %% 997 || '.webp', 1280, 960, p.name, k
  FROM catalog_product p, generate_series(0, 2) k;

-- part: orders
CREATE TEMP TABLE bench_line AS
WITH options AS (SELECT array_agg(id ORDER BY (id * 48271) %% 2147483647) AS ids FROM catalog_option),
buyers AS (SELECT array_agg(id) AS ids FROM (SELECT id FROM people_user ORDER BY id LIMIT %(buyers)s) u),
numbered AS (
  SELECT n, (n * 3 + 4) / 5 AS order_no, random() AS a FROM generate_series(1, %(lines)s::int) n),
placed AS (
  SELECT order_no, b.ids[1 + floor(random() * cardinality(b.ids))::int] AS buyer_id,
         now() - power(random(), 2) * interval '365 days' AS at, random() AS fate
    FROM (SELECT DISTINCT order_no FROM numbered) d, buyers b)
SELECT l.n, l.order_no, p.buyer_id, p.at, p.fate, o.id AS option_id, o.name AS option_name, o.price, 1 + (l.n %% 3 = 0)::int AS quantity,
       c.id AS product_id, c.name AS product_name, c.seller_id
  FROM numbered l JOIN placed p USING (order_no)
  JOIN options x ON true JOIN catalog_option o ON o.id = x.ids[1 + floor(l.a * l.a * l.a * cardinality(x.ids))::int]
  JOIN catalog_product c ON c.id = o.product_id;

-- part: orders
CREATE INDEX ON bench_line (order_no); ANALYZE bench_line;

-- part: orders
CREATE TEMP TABLE bench_charge AS
SELECT order_no, seller_id, min(buyer_id) AS buyer_id, min(at) AS at, sum(price * quantity)::int AS goods,
       (CASE WHEN s.fee = 0 OR sum(price * quantity) >= s.free_over THEN 0 ELSE s.fee END) AS amount,
       (CASE WHEN s.fee = 0 THEN 'FREE' WHEN sum(price * quantity) >= s.free_over THEN 'FREE_OVER' ELSE 'BASE' END) AS reason,
       jsonb_build_object('fee', s.fee, 'free_over', s.free_over, 'jeju_extra', s.jeju_extra, 'remote_extra', s.remote_extra,
                          'return_fee', s.return_fee) AS policy
  FROM bench_line JOIN sellers_shippingpolicy s USING (seller_id)
 GROUP BY order_no, seller_id, s.fee, s.free_over, s.jeju_extra, s.remote_extra, s.return_fee;

-- part: orders
INSERT INTO orders_order (id, number, buyer_id, key, body_hash, source, goods_total, discount_total, shipping_total, pay_total,
                          receiver, phone, postcode, address1, address2, memo, placed_at, paid_at)
OVERRIDING SYSTEM VALUE
SELECT order_no, 'B' || lpad(order_no::text, 12, '0'), min(buyer_id), 'bench-' || order_no, '', 'WEB', sum(goods), 0, sum(amount),
       sum(goods + amount), '김손님', '+821012345678', '03134', '서울 종로구 창경궁로 88', '1층', '', min(at), min(at)
  FROM bench_charge GROUP BY order_no;

-- part: orders
INSERT INTO orders_shippingcharge (order_id, seller_id, amount, extra, reason, policy, refunded)
SELECT order_no, seller_id, amount, 0, reason, policy, 0 FROM bench_charge;

-- part: orders
INSERT INTO orders_productorder (order_id, seller_id, option_id, status, product_name, option_name, unit_price, quantity,
  goods_amount, discount_amount, seller_discount, commission_bp, canceled_quantity, returned_quantity, sent_quantity, paid_at,
  acknowledged_at, dispatch_due, dispatched_at, delivered_at, confirm_due, confirmed_at)
SELECT order_no, seller_id, option_id, status, product_name, option_name, price, quantity, price * quantity, 0, 0, 500,
       CASE status WHEN 'CANCELED' THEN quantity ELSE 0 END, 0,
       CASE WHEN status IN ('DELIVERING', 'DELIVERED', 'PURCHASE_CONFIRMED') THEN quantity ELSE 0 END, at,
       CASE WHEN status <> 'CANCELED' AND (status <> 'PAID' OR n %% 2 = 0) THEN at + interval '3 hours' END, (at + interval '2 days')::date,
       CASE WHEN status IN ('DELIVERING', 'DELIVERED', 'PURCHASE_CONFIRMED') THEN at + interval '1 day' END,
       CASE WHEN status IN ('DELIVERED', 'PURCHASE_CONFIRMED') THEN at + interval '3 days' END,
       CASE WHEN status IN ('DELIVERED', 'PURCHASE_CONFIRMED') THEN at + interval '10 days' END,
       CASE WHEN status = 'PURCHASE_CONFIRMED' THEN at + interval '10 days' END
  FROM (SELECT *, CASE WHEN fate < 0.03 THEN 'CANCELED' WHEN at > now() - interval '2 days' THEN 'PAID'
                       WHEN at > now() - interval '4 days' THEN 'DELIVERING' WHEN at > now() - interval '11 days' THEN 'DELIVERED'
                       ELSE 'PURCHASE_CONFIRMED' END AS status FROM bench_line) l ORDER BY at;

-- part: stock
WITH held AS (SELECT option_id, sum(quantity - canceled_quantity)::int AS n FROM orders_productorder GROUP BY option_id),
received AS (INSERT INTO stock_stockmovement (option_id, kind, quantity, ref, why, at)
             SELECT o.id, 'RECEIVED', coalesce(h.n, 0) + CASE WHEN o.id %% 50 = 0 THEN 0 ELSE 10000 END, '', '', now() - interval '1 year'
               FROM catalog_option o LEFT JOIN held h ON h.option_id = o.id
              WHERE coalesce(h.n, 0) + CASE WHEN o.id %% 50 = 0 THEN 0 ELSE 10000 END > 0)
INSERT INTO stock_stockitem (option_id, available)
SELECT o.id, CASE WHEN o.id %% 50 = 0 THEN 0 ELSE 10000 END FROM catalog_option o;

-- part: reviews
INSERT INTO reviews_review (product_order_id, product_id, author_id, rating, text, seller_reply, created_at, hidden)
SELECT l.id, o.product_id, r.buyer_id, 3 + (l.id %% 7 > 0)::int + (l.id %% 3 > 0)::int, '맛있게 잘 먹었어요. 포장도 꼼꼼했어요.', '',
       l.confirmed_at, false
  FROM orders_productorder l JOIN catalog_option o ON o.id = l.option_id JOIN orders_order r ON r.id = l.order_id
 WHERE l.status = 'PURCHASE_CONFIRMED' AND l.id %% 8 = 0;

-- part: sequences
SELECT setval(pg_get_serial_sequence('orders_order', 'id'), (SELECT max(id) FROM orders_order));

-- part: sequences
INSERT INTO pricing_commissionplan (basis_points, since, created_at)
SELECT 500, '2020-01-01', now() WHERE NOT EXISTS (SELECT FROM pricing_commissionplan);
