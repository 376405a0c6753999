"""How the documents are kept.

Triggers (migration 0002) note every product that something happened to, whoever wrote it: a form, an Excel sheet of
50,000 rows, the hot lane's SQL that sold the last piece. The worker takes the notes in batches and writes the documents
anew from the rows as they are now, so that neither order nor repetition of the notes matters.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from dure.commerce.catalog.models import Category
from dure.commerce.search import hangul, rules, sql
from dure.commerce.search.models import Term
from dure.kit import clock
from dure.kit.korean import initials

BATCH = 500
SALES_DAYS = 30
QUICK_DAYS = 1  # working days to the dispatch that a buyer calls quick


def catch_up() -> int:
    """Write anew what has been noted; how many products were looked at. The worker calls it after every event."""
    done = 0
    while batch := _catch_up_once():
        done += batch
    return done


@transaction.atomic
def _catch_up_once() -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql.ALONE)
        if not cursor.fetchone()[0]:
            return 0  # somebody else is at it
        cursor.execute(sql.TAKE, [BATCH * 4])
        ids = sorted({row[0] for row in cursor.fetchall()})
    for some in _by(BATCH, ids):
        _write(some)
    return len(ids)


def reindex(say: Any = None) -> int:
    """Every document and every term from nothing but the rows: after a bulk load, or when rules.py has changed."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_stale")  # before the rows are read: what changes from now on is noted again
        cursor.execute("SELECT id FROM catalog_product WHERE status = 'ON_SALE' ORDER BY id")
        ids = [row[0] for row in cursor.fetchall()]
        cursor.execute("DELETE FROM search_document d WHERE NOT d.product_id = ANY(%s)", [ids])
    done = 0
    for some in _by(BATCH * 4, ids):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql.WAIT_ALONE)
            _write(some)
        done += len(some)
        if say:
            say(done, len(ids))
    reckon()
    rewrite_terms()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE search_document, search_term")
    return done


@transaction.atomic
def reckon() -> None:
    """Sales of the last 30 days and, from them and the time that has passed, how popular everything is."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(sql.SALES, {"since": now - timedelta(days=SALES_DAYS)})
        cursor.execute(sql.REPUTE, {"now": now})


@transaction.atomic
def note_due() -> None:
    """Note the products whose sale began or ended by the clock."""
    with connection.cursor() as cursor:
        cursor.execute(sql.DUE, {"now": clock.now()})


def _write(ids: Sequence[int]) -> None:
    """Documents of these products. The words of a new one become terms at once."""
    now, shelves = clock.now(), _shelves()
    with connection.cursor() as cursor:
        cursor.execute(sql.SOURCE.format(visible=sql.VISIBLE), {"ids": list(ids), "now": now})
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        rows = [row for row in rows if row["low"] is not None]
        visible = [row["id"] for row in rows]
        cursor.execute(
            "DELETE FROM search_document WHERE product_id = ANY(%s) AND NOT product_id = ANY(%s)", [list(ids), visible]
        )
        documents = [_document(row, shelves) for row in rows]
        cursor.execute(sql.WRITE, {"rows": json.dumps(documents, default=str), "now": now})
    _put_terms(_names_counted(row["name"] for row in rows if row["sold"] is None), Term.Kind.WORD)


Shelves = dict[int, tuple[list[int], str]]  # {category id: (ids from the top, names of all of them)}


def _shelves() -> Shelves:
    rows = {c.pk: c for c in Category.objects.all()}

    def path(category: Category | None) -> Iterator[Category]:
        while category:
            yield category
            category = rows.get(category.parent_id or 0)

    found = {}
    for pk, category in rows.items():
        way = list(path(category))[::-1]
        found[pk] = ([c.pk for c in way], " ".join(f"{c.name_ko} {c.name_en}" for c in way))
    return found


def _document(row: dict[str, Any], shelves: Shelves) -> dict[str, Any]:
    path, shelf_names = shelves[row["category_id"]]
    region = _region(row["sent_from"])
    fields = [
        (row["name"], rules.NAME),
        (" ".join([row["keywords"].replace(",", " "), row["tagline"], row["brand"]]), rules.WORDS),
        (" ".join([shelf_names, row["seller_name"], row["maker"], region, (row["names"] or "")[:400]]), rules.AROUND),
    ]
    return {
        "product_id": row["id"],
        "seller_id": row["seller_id"],
        "shelf_id": row["category_id"],
        "path": path,
        "words": rules.vector(fields),
        "name_key": rules.key_of(row["name"])[:100],
        "name": row["name"],
        "seller_name": row["seller_name"],
        "photo": row["image"] or "",
        "price": row["event_price"] or row["low"],
        "before": row["event_usual"],
        "several": row["high"] > row["low"] and not row["event_price"],
        "in_stock": bool(row["in_stock"]),
        "free_shipping": bool(row["free"]),
        "quick": row["dispatch_days"] is not None and row["dispatch_days"] + row["lead_days"] <= QUICK_DAYS,
        "region": region,
        "rating": round(float(row["stars"] or 0) * 10),
        "reviews": row["reviews"],
        "sold": row["sold"] or 0,
        "on_sale_at": _iso(row["on_sale_at"]),
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat()


PROVINCES = {
    "서울": "서울", "부산": "부산", "대구": "대구", "인천": "인천", "광주": "광주", "대전": "대전", "울산": "울산", "세종": "세종",
    "경기": "경기", "강원": "강원", "충청북": "충북", "충북": "충북", "충청남": "충남", "충남": "충남", "전라북": "전북", "전북": "전북",
    "전라남": "전남", "전남": "전남", "경상북": "경북", "경북": "경북", "경상남": "경남", "경남": "경남", "제주": "제주",
}  # fmt: skip


def _region(address: str | None) -> str:
    """The province an address begins with, in its short form; "" when it says none."""
    start = (address or "").strip()
    return next((short for begins, short in PROVINCES.items() if start.startswith(begins)), "")


# ── Terms ────────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def rewrite_terms() -> None:
    """All words of all names on sale, counted anew; shelves and sellers by how much they hold."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM search_document")
        words = _names_counted(row[0] for row in cursor.fetchall())
        cursor.execute("SELECT seller_name, count(*) FROM search_document GROUP BY 1")
        sellers = Counter(dict(cursor.fetchall()))
        cursor.execute("SELECT unnest(path), count(*) FROM search_document GROUP BY 1")
        held = dict(cursor.fetchall())
        shelves: Counter[str] = Counter()
        for category in Category.objects.all():
            for part in category.name_ko.split("·"):
                shelves[part.strip()] += held.get(category.pk, 0)
        cursor.execute("DELETE FROM search_term")
    for counted, kind in ((shelves, Term.Kind.SHELF), (sellers, Term.Kind.SELLER), (words, Term.Kind.WORD)):
        _put_terms(counted, kind)


def _names_counted(names: Iterable[str]) -> Counter[str]:
    return Counter(word for name in names for word in rules.words_of(name))


def _put_terms(counted: Counter[str], kind: str) -> None:
    by_key: dict[str, dict[str, Any]] = {}
    for text, n in counted.items():
        key = rules.key_of(text)
        if not 2 <= len(key) <= 30 or not n:
            continue
        letters = hangul.letters(key)
        row = by_key.setdefault(
            key,
            {
                "key": key,
                "text": text,
                "kind": kind,
                "letters": letters,
                "initials": initials(key),
                "pairs": pairs(letters) if " " not in text else [],
                "products": 0,
            },
        )
        row["products"] += n
    if by_key:
        with connection.cursor() as cursor:
            cursor.execute(sql.WRITE_TERMS, [json.dumps(list(by_key.values()))])


def pairs(letters: str) -> list[str]:
    """Neighbouring letters, the ends marked: words that share many of them are near."""
    marked = f"^{letters}$"
    return sorted({marked[i : i + 2] for i in range(len(marked) - 1)})


def _by(size: int, ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for i in range(0, len(ids), size):
        yield ids[i : i + size]
