"""A large market for measuring: sellers, products, options, photos, reviews and a year of orders, made by set-based SQL.

Popularity is uneven as in life: a few sellers hold most products, a few products most sales. The rows satisfy every
constraint and add up (stock, totals, counts), but nothing was paid: there is no ledger behind them.
The same `seed` makes the same market.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
import psycopg.sql
import psycopg.types.json

REGIONS = (
    "청송 안동 영주 문경 상주 의성 영덕 울진 포항 경주 통영 거제 남해 하동 진주 밀양 창녕 여수 순천 고흥 완도 진도 해남 강진 보성 나주 "
    "영광 함평 무안 신안 목포 담양 구례 남원 임실 순창 고창 부안 군산 익산 전주 김제 논산 공주 부여 서천 보령 홍성 예산 당진 서산 태안 천안 "
    "괴산 충주 제천 단양 영동 옥천 보은 증평 원주 횡성 평창 정선 강릉 속초 양양 인제 양구 화천 춘천 홍천 가평 양평 여주 이천 안성 강화 제주 서귀포"
).split()
TRAITS = (
    "햇 유기농 무농약 자연산 손질 반건조 숙성 수제 직접말린 갓딴 당일 새벽 전통 옛날 프리미엄 가정용 선물용 못난이 저염 국내산 통 다진 볶은 "
    "구운 훈제 냉동 생 건 진한 매콤한 달콤한 담백한 고소한 아삭한 쫄깃한 부드러운"
).split()
GOODS = (
    "사과 배 복숭아 포도 감 곶감 대추 밤 호두 잣 매실 오미자 감귤 한라봉 딸기 참외 수박 블루베리 무화과 자두 쌀 현미 찹쌀 보리 수수 기장 콩 팥 녹두 "
    "들깨 참깨 고구마 감자 양파 마늘 대파 무 배추 열무 시금치 고사리 곤드레 취나물 더덕 도라지 인삼 버섯 표고 송이 고추 고춧가루 된장 고추장 간장 청국장 "
    "참기름 들기름 꿀 조청 식초 젓갈 김 미역 다시마 멸치 오징어 황태 굴비 갈치 고등어 전복 굴 새우 꽃게 낙지 문어 홍합 바지락 한우 한돈 닭갈비 오리 달걀 "
    "두부 묵 떡 한과 약과 강정 엿 만두 국수 냉면 김치 깍두기 동치미 장아찌 식혜 수정과 녹차 쑥차 모시 옹기 도마 바구니 비누"
).split()
KINDS = "세트 즙 말랭이 가루 절임 무침 조림 볶음 선물세트 꾸러미 모둠 장 청 차 국 탕 전 구이 튀김 과자".split()
UNITS = "500g 1kg 2kg 3kg 5kg 10kg 1호 2호 10개입 20개입 30포 2병 한상자 반상자".split()
SHOPS = "상회 농장 식품 수산 건어물 방앗간 떡집 과수원 정육점 반찬 조합 마을기업 공방 제과 다원 목장 양봉원 농원 푸드 상점".split()
STORY = (
    "시장에서 서른 해를 지킨 가게예요. 새벽마다 밭과 바다에서 올라온 것을 그날 손질해 그날 보내요. 크기보다 맛을 먼저 보고, 남는 것은 아깝지만 "
    "다음 날 팔지 않아요. 받으시면 서늘한 곳에 두시고 이틀 안에 드시는 것이 가장 맛있어요. 궁금한 점은 언제든 물어봐 주세요. "
)

Say = Callable[[str], None]


@dataclass(frozen=True)
class Size:
    products: int = 100_000
    sellers: int = 3_000
    lines: int = 1_000_000
    buyers: int = 20_000


def fill(dsn: str, size: Size, *, seed: float = 0.24, say: Say = lambda _: None) -> dict[str, float]:
    """Make the market in an empty, migrated database. Returns the seconds each part took."""
    words: dict[str, Any] = {
        "regions": REGIONS, "traits": TRAITS, "goods": GOODS, "kinds": KINDS, "units": UNITS, "shops": SHOPS,
        "story": STORY, "products": size.products, "sellers": size.sellers, "lines": size.lines, "buyers": size.buyers,
    }  # fmt: skip
    took: dict[str, float] = {}
    with psycopg.connect(dsn) as connection:
        _teach_defaults(connection)
        connection.execute("SET session_replication_role = replica")  # keys are right by construction
        connection.execute("SET work_mem = '256MB'")
        connection.execute("SET maintenance_work_mem = '512MB'")
        connection.execute("SELECT setseed(%s)", [seed])
        for part, statement in PARTS:
            began = time.perf_counter()
            connection.execute(statement, {k: v for k, v in words.items() if f"%({k})" in statement})
            took[part] = round(took.get(part, 0) + time.perf_counter() - began, 1)
            say(f"{part} {took[part]}s")
        connection.commit()
    with psycopg.connect(dsn, autocommit=True) as connection:
        began = time.perf_counter()
        connection.execute("VACUUM ANALYZE")
        took["vacuum"] = round(time.perf_counter() - began, 1)
    return took


def _teach_defaults(connection: psycopg.Connection) -> None:
    """Django keeps most defaults in Python; plain SQL must not have to know every column of the day."""
    from django.apps import apps
    from django.db.models import NOT_PROVIDED

    for table in {
        statement.split("INSERT INTO ")[1].split()[0] for _, statement in PARTS if "INSERT INTO " in statement
    }:
        model = next(m for m in apps.get_models() if m._meta.db_table == table)
        for field in model._meta.concrete_fields:
            if field.primary_key or field.null or field.db_default is not NOT_PROVIDED:
                continue
            value = field.get_default() if field.has_default() else "" if field.empty_strings_allowed else None
            if value is None or not isinstance(value, str | int | list | dict):
                continue
            connection.execute(
                psycopg.sql.SQL("ALTER TABLE {} ALTER COLUMN {} SET DEFAULT {}").format(
                    psycopg.sql.Identifier(table),
                    psycopg.sql.Identifier(field.column),
                    psycopg.sql.Literal(psycopg.types.json.Jsonb(value) if isinstance(value, dict) else value),
                )
            )


def _word(name: str, n: str = "random()") -> str:
    """SQL that picks a word of an array parameter by a number in 0..1."""
    return f"(%({name})s::text[])[1 + floor({n} * cardinality(%({name})s::text[]))::int]"


PARTS: list[tuple[str, str]] = [
    (
        "people",
        """
        INSERT INTO people_user (email, password, name, phone, language, is_superuser, is_staff, is_active, date_joined)
        SELECT 'bench' || n || '@bench.invalid', '!', '손님' || n, '', 'ko', false, false, true, now() - interval '1 year'
          FROM generate_series(1, %(buyers)s::int + %(sellers)s::int) n
        """,
    ),
    (
        "sellers",
        f"""
        INSERT INTO sellers_seller (name, story, status, lead_ref, brn, company_name, representative, mail_order_number,
                                    mail_order_exempt, business_address, contact_phone, contact_email, tax_type, created_at,
                                    approved_at, review_note)
        SELECT {_word("regions")} || ' ' || {_word("shops")} || ' ' || n, '', 'APPROVED', '', (2000000000 + n)::text, '주식회사 ' || n, '홍길동',
               '2026-서울-' || n, false, '서울 종로구', '02-000-0000', '', '01', now() - interval '1 year', now() - interval '1 year', ''
          FROM generate_series(1, %(sellers)s::int) n
        """,
    ),
    (
        "sellers",
        """
        INSERT INTO sellers_member (seller_id, user_id, role, since)
        SELECT s.id, u.id, 'OWNER', now() FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM sellers_seller) s
          JOIN (SELECT id, row_number() OVER (ORDER BY id DESC) AS n FROM people_user) u USING (n)
        """,
    ),
    (
        "sellers",
        """
        INSERT INTO sellers_shippingpolicy (seller_id, fee, free_over, jeju_extra, remote_extra, return_fee, dispatch_days,
                                            dispatch_from, return_to, carrier)
        SELECT id, CASE id %% 4 WHEN 0 THEN 0 ELSE 3000 END, CASE id %% 2 WHEN 0 THEN 50000 END, 3000, 5000, 3000, 2,
               '서울 종로구', '서울 종로구', 'CJ' FROM sellers_seller
        """,
    ),
    (
        "products",
        f"""
        WITH leaves AS (SELECT array_agg(c.id) AS ids FROM catalog_category c
                         WHERE NOT EXISTS (SELECT FROM catalog_category k WHERE k.parent_id = c.id)),
        houses AS (SELECT array_agg(id ORDER BY id) AS ids FROM sellers_seller),
        made AS (SELECT n, random() AS a, random() AS b, random() AS c, random() AS d FROM generate_series(1, %(products)s::int) n)
        INSERT INTO catalog_product (seller_id, category_id, name, tagline, story, status, notice_type, notice, keywords,
                                     list_price, review_note, created_at, submitted_at, on_sale_at, updated_at)
        SELECT h.ids[1 + floor(a * a * cardinality(h.ids))::int], l.ids[1 + floor(random() * cardinality(l.ids))::int],
               concat_ws(' ', {_word("regions")}, {_word("traits", "b")}, {_word("goods", "c")} || CASE WHEN d < 0.4 THEN {_word("kinds")} ELSE '' END,
                         {_word("units", "d")}),
               {_word("traits")} || ' 맛, ' || {_word("regions")} || '에서 바로', repeat(%(story)s, 3), 'ON_SALE', 'FOOD',
               '{{"product_name": "상품", "producer": "생산자", "origin": "국내산", "storage": "서늘한 곳"}}', {_word("goods")} || ' ' || {_word("kinds")},
               0, '', now() - (random() * 300 + 40) * interval '1 day', now() - interval '40 days',
               now() - random() * 300 * interval '1 day', now()
          FROM made, leaves l, houses h
        """,
    ),
    (
        "products",
        """
        INSERT INTO catalog_option (product_id, name, price, position, seller_code, active)
        SELECT p.id, CASE k WHEN 0 THEN '기본' ELSE k + 1 || '묶음' END, (20 + (p.id * 7919) %% 780) * 100 * (k + 1), k, '', true
          FROM catalog_product p, generate_series(0, (p.id %% 4)::int) k
        """,
    ),
    (
        "products",
        "UPDATE catalog_product p SET list_price = o.price FROM catalog_option o WHERE o.product_id = p.id AND o.position = 0",
    ),
    (
        "products",
        """
        INSERT INTO catalog_photo (product_id, image, width, height, alt, position)
        SELECT p.id, 'products/bench/' || (p.id * 3 + k) %% 997 || '.webp', 1280, 960, p.name, k
          FROM catalog_product p, generate_series(0, 2) k
        """,
    ),
    (
        "orders",
        """
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
          JOIN catalog_product c ON c.id = o.product_id
        """,
    ),
    ("orders", "CREATE INDEX ON bench_line (order_no); ANALYZE bench_line"),
    (
        "orders",
        """
        CREATE TEMP TABLE bench_charge AS
        SELECT order_no, seller_id, min(buyer_id) AS buyer_id, min(at) AS at, sum(price * quantity)::int AS goods,
               (CASE WHEN s.fee = 0 OR sum(price * quantity) >= s.free_over THEN 0 ELSE s.fee END) AS amount,
               (CASE WHEN s.fee = 0 THEN 'FREE' WHEN sum(price * quantity) >= s.free_over THEN 'FREE_OVER' ELSE 'BASE' END) AS reason,
               jsonb_build_object('fee', s.fee, 'free_over', s.free_over, 'jeju_extra', s.jeju_extra, 'remote_extra', s.remote_extra,
                                  'return_fee', s.return_fee) AS policy
          FROM bench_line JOIN sellers_shippingpolicy s USING (seller_id)
         GROUP BY order_no, seller_id, s.fee, s.free_over, s.jeju_extra, s.remote_extra, s.return_fee
        """,
    ),
    (
        "orders",
        """
        INSERT INTO orders_order (id, number, buyer_id, key, body_hash, source, goods_total, discount_total, shipping_total, pay_total,
                                  receiver, phone, postcode, address1, address2, memo, placed_at, paid_at)
        OVERRIDING SYSTEM VALUE
        SELECT order_no, 'B' || lpad(order_no::text, 12, '0'), min(buyer_id), 'bench-' || order_no, '', 'WEB', sum(goods), 0, sum(amount),
               sum(goods + amount), '김손님', '+821012345678', '03134', '서울 종로구 창경궁로 88', '1층', '', min(at), min(at)
          FROM bench_charge GROUP BY order_no
        """,
    ),
    (
        "orders",
        """
        INSERT INTO orders_shippingcharge (order_id, seller_id, amount, extra, reason, policy, refunded)
        SELECT order_no, seller_id, amount, 0, reason, policy, 0 FROM bench_charge
        """,
    ),
    (
        "orders",
        """
        INSERT INTO orders_productorder (order_id, seller_id, option_id, status, product_name, option_name, unit_price, quantity,
          goods_amount, discount_amount, seller_discount, commission_bp, canceled_quantity, returned_quantity, paid_at, acknowledged_at,
          dispatch_due, dispatched_at, delivered_at, confirm_due, confirmed_at)
        SELECT order_no, seller_id, option_id, status, product_name, option_name, price, quantity, price * quantity, 0, 0, 500,
               CASE status WHEN 'CANCELED' THEN quantity ELSE 0 END, 0, at,
               CASE WHEN status <> 'CANCELED' AND (status <> 'PAID' OR n %% 2 = 0) THEN at + interval '3 hours' END, (at + interval '2 days')::date,
               CASE WHEN status IN ('DELIVERING', 'DELIVERED', 'PURCHASE_CONFIRMED') THEN at + interval '1 day' END,
               CASE WHEN status IN ('DELIVERED', 'PURCHASE_CONFIRMED') THEN at + interval '3 days' END,
               CASE WHEN status IN ('DELIVERED', 'PURCHASE_CONFIRMED') THEN at + interval '10 days' END,
               CASE WHEN status = 'PURCHASE_CONFIRMED' THEN at + interval '10 days' END
          FROM (SELECT *, CASE WHEN fate < 0.03 THEN 'CANCELED' WHEN at > now() - interval '2 days' THEN 'PAID'
                               WHEN at > now() - interval '4 days' THEN 'DELIVERING' WHEN at > now() - interval '11 days' THEN 'DELIVERED'
                               ELSE 'PURCHASE_CONFIRMED' END AS status FROM bench_line) l ORDER BY at
        """,
    ),
    (
        "stock",
        """
        WITH held AS (SELECT option_id, sum(quantity - canceled_quantity)::int AS n FROM orders_productorder GROUP BY option_id),
        received AS (INSERT INTO stock_stockmovement (option_id, kind, quantity, ref, why, at)
                     SELECT o.id, 'RECEIVED', coalesce(h.n, 0) + CASE WHEN o.id %% 50 = 0 THEN 0 ELSE 10000 END, '', '', now() - interval '1 year'
                       FROM catalog_option o LEFT JOIN held h ON h.option_id = o.id
                      WHERE coalesce(h.n, 0) + CASE WHEN o.id %% 50 = 0 THEN 0 ELSE 10000 END > 0)
        INSERT INTO stock_stockitem (option_id, available)
        SELECT o.id, CASE WHEN o.id %% 50 = 0 THEN 0 ELSE 10000 END FROM catalog_option o
        """,
    ),
    (
        "reviews",
        """
        INSERT INTO reviews_review (product_order_id, product_id, author_id, rating, text, seller_reply, created_at, hidden)
        SELECT l.id, o.product_id, r.buyer_id, 3 + (l.id %% 7 > 0)::int + (l.id %% 3 > 0)::int, '맛있게 잘 먹었어요. 포장도 꼼꼼했어요.', '',
               l.confirmed_at, false
          FROM orders_productorder l JOIN catalog_option o ON o.id = l.option_id JOIN orders_order r ON r.id = l.order_id
         WHERE l.status = 'PURCHASE_CONFIRMED' AND l.id %% 8 = 0
        """,
    ),
    (
        "sequences",
        "SELECT setval(pg_get_serial_sequence('orders_order', 'id'), (SELECT max(id) FROM orders_order))",
    ),
    (
        "sequences",
        """
        INSERT INTO pricing_commissionplan (basis_points, since, created_at)
        SELECT 500, '2020-01-01', now() WHERE NOT EXISTS (SELECT FROM pricing_commissionplan)
        """,
    ),
]
