"""The statements behind lists use their indexes on 20,000 products, and what they touch does not grow with the market."""

from __future__ import annotations

import json

import pytest
from django.db import connection

from dure.commerce.catalog.models import Category
from dure.commerce.search import documents, queries, rules
from dure.commerce.search.models import Term
from dure.commerce.sellers.models import Seller
from dure.kit import clock

pytestmark = pytest.mark.django_db
MANY = 20_000
GOODS = ("사과", "감귤", "한우", "김치", "원피스", "텀블러", "고등어", "참기름", "화분", "양말")

FILL = """
    WITH made AS (
        INSERT INTO catalog_product (seller_id, category_id, name, tagline, story, status, notice_type, notice, keywords,
                                     list_price, review_note, created_at, updated_at, on_sale_at {more})
        SELECT (%(sellers)s::bigint[])[1 + n %% 50], (%(shelves)s::bigint[])[1 + n %% 100],
               'x', '', '', 'ON_SALE', '', '{{}}', '', 1000, '',
               now(), now(), now() - n * interval '1 minute' {more_values}
          FROM generate_series(1, %(many)s) n RETURNING id, seller_id, category_id, on_sale_at)
    INSERT INTO search_document (product_id, seller_id, shelf_id, path, words, name_key, name, seller_name, photo, price,
                                 several, in_stock, free_shipping, quick, region, rating, reviews, sold, popularity,
                                 on_sale_at, written_at)
    SELECT id, seller_id, category_id, ARRAY[category_id],
           (%(words)s::text[])[1 + id %% 10]::tsvector || ('''번호' || id || ''':1A')::tsvector, 'k' || id,
           '상품 ' || id, '가게', '', 1000 + id %% 90000, false, true, id %% 3 = 0, id %% 5 = 0, '제주', id %% 50, id %% 300,
           id %% 1000, (id * 7919) %% 100000, on_sale_at, now()
      FROM made
"""


@pytest.fixture
def market():
    sellers = Seller.objects.bulk_create(Seller(name=f"가게{n}", status="APPROVED") for n in range(50))
    shelves = list(Category.objects.values_list("pk", flat=True)[:100])
    given = {
        "sellers": [s.pk for s in sellers],
        "shelves": (shelves * 100)[:100],
        "many": MANY,
        "words": [rules.vector([(f"제주 {word} 5kg", "A")]) for word in GOODS],
    }
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # no notes of 20,000 products
        columns = _needed(cursor)
        cursor.execute(
            FILL.format(
                more="".join(f", {c}" for c in columns), more_values="".join(f", {v}" for v in columns.values())
            ),
            given,
        )
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
        cursor.execute("ANALYZE search_document")
    terms = {"제주": MANY, **dict.fromkeys(GOODS, MANY // len(GOODS))}
    Term.objects.bulk_create(Term(key=key, text=key, pairs=[], products=n) for key, n in terms.items())
    assert queries.much() == 1_385
    return shelves


def _needed(cursor):
    """Columns of a product that must be given and that this test does not care about."""
    cursor.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'catalog_product'"
        " AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'"
    )
    known = FILL[: FILL.index("{more}")]
    empty = {"ARRAY": "'{}'", "text": "''", "character varying": "''", "boolean": "false", "jsonb": "'[]'"}
    return {name: empty.get(kind, "0") for name, kind in cursor.fetchall() if name not in known}


def plans(action):
    """The plans of the statements over documents that `action` runs: (statement, nodes, rows touched)."""
    seen = []

    def watch(execute, sql, params, many, context):
        if "search_document" in sql and not sql.startswith("EXPLAIN"):
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + sql, params)
                plan = cursor.fetchone()[0]
                plan = json.loads(plan) if isinstance(plan, str) else plan
                seen.append((sql, list(nodes(plan[0]["Plan"])), plan[0]["Execution Time"]))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        action()
    return seen


def nodes(plan):
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


def test_no_list_reads_the_whole_table(market):
    shelf, seller = Category.objects.get(pk=market[0]), Seller.objects.last().pk
    asked = {
        "everything": {},
        "a word of a fifth of all": {"words": "제주"},
        "a shelf": {"shelf": shelf},
        "a seller": {"seller": seller},
        "two words": {"words": "제주 사과"},
        "a rare word": {"words": "번호777"},
        "words on a shelf": {"words": "제주사과 5kg", "shelf": shelf},
        "filters": {"words": "사과", "free": True, "least": 5_000, "most": 60_000},
    }
    for what, given in asked.items():
        for sort in queries.SORTS:
            for sql, plan, _ms in plans(lambda: queries.search(queries.Wanted(**given, sort=sort))):
                scans = [node for node in plan if node.get("Relation Name") == "search_document"]
                counting = "count(*)" in sql  # stops by itself after 1,001 rows, in whatever order
                whole = [node for node in scans if node["Node Type"] == "Seq Scan"]
                assert counting or not whole, (what, sort, sql)
                touched = max((node["Actual Rows"] * node.get("Actual Loops", 1) for node in scans), default=0)
                assert touched <= 3_000, (what, sort, touched, sql)


def test_counting_stops_at_a_thousand(market):
    found = queries.search(queries.Wanted("제주"))
    assert found.counts.more
    assert found.total == 1_000
    assert found.pages == queries.LAST_PAGE
    assert len(queries.search(queries.Wanted("제주"), page=10_000).cards) == queries.PER_PAGE


def test_what_is_popular_is_reckoned_for_all_in_one_statement(market, django_assert_num_queries):
    with django_assert_num_queries(4):  # savepoint, sales, popularity, release
        documents.reckon()
    assert clock.now()
