"""What a shopper finds. Bounded: a thousand products are ranked and paged through, beyond that it is `1,000+`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from dure.commerce.catalog.models import Category
from dure.commerce.pricing.queries import live_prices
from dure.commerce.search import rules, spelling
from dure.commerce.search.models import Synonym, Wish
from dure.kit import clock
from dure.kit.memo import memo

PER_PAGE = 24
MOST = 1_000  # found products that are counted and paged through
LAST_PAGE = MOST // PER_PAGE
BANDS = (0, 5_000, 10_000, 20_000, 30_000, 50_000, 100_000)  # won: where the bands of price begin

SORTS: dict[str, tuple[Any, str]] = {
    "best": (_("추천순"), "popularity DESC, product_id DESC"),
    "sales": (_("많이 팔린 순"), "sold DESC, product_id DESC"),
    "new": (_("새로 나온 순"), "on_sale_at DESC, product_id DESC"),
    "cheap": (_("낮은 가격순"), "price, product_id"),
    "dear": (_("높은 가격순"), "price DESC, product_id DESC"),
    "loved": (_("후기 많은 순"), "reviews DESC, product_id DESC"),
}


@dataclass(frozen=True)
class Wanted:
    """What a shopper asks for. Prices in won; `stars` at least this many whole stars."""

    words: str = ""
    shelf: Category | None = None
    seller: int | None = None
    sort: str = "best"
    in_stock: bool = False
    live: bool = False
    free: bool = False
    quick: bool = False
    discount: bool = False
    stars: int | None = None
    region: str = ""
    least: int | None = None
    most: int | None = None
    sold: bool = False  # something of it in the last 30 days
    ids: tuple[int, ...] | None = None  # only of these (an exhibition)

    @property
    def narrowed(self) -> bool:
        return self != Wanted(self.words, self.shelf, self.seller, self.sort, ids=self.ids)


@dataclass(frozen=True)
class Card:
    """A product as a list shows it. Prices in won; `before` is the usual price while a lower one holds."""

    pk: int
    name: str
    seller_id: int
    seller_name: str
    photo: str
    price: int
    before: int | None = None
    live: bool = False
    several: bool = False
    sold_out: bool = False
    free_shipping: bool = False
    rating: float = 0.0
    reviews: int = 0


@dataclass(frozen=True)
class Counts:
    """How much there is of what, among what was found; only of up to a thousand products, else nothing is said."""

    total: int = 0
    shelves: dict[int, int] = field(default_factory=dict)  # category id, those above included
    sellers: tuple[tuple[int, str, int], ...] = ()  # (id, name, products), the most first
    bands: tuple[tuple[int, int | None, int], ...] = ()  # (from, below, products)
    regions: tuple[tuple[str, int], ...] = ()
    flags: dict[str, int] = field(default_factory=dict)  # in_stock, free, quick, discount, stars4, stars3

    @property
    def more(self) -> bool:
        return self.total > MOST


@dataclass(frozen=True)
class Found:
    """A page of products. `meant`: the question that was answered instead; `partly`: not every word was held."""

    cards: list[Card]
    counts: Counts
    page: int
    meant: str = ""
    partly: bool = False

    @property
    def total(self) -> int:
        return min(self.counts.total, MOST)

    @property
    def pages(self) -> int:
        return max(1, min(LAST_PAGE, -(-self.total // PER_PAGE)))


def search(wanted: Wanted, page: int = 1, at: datetime | None = None) -> Found:
    """What fits. When nothing does: what was meant, else what holds most of the words."""
    at = at or clock.now()
    asked = read(wanted.words)
    found = find(wanted, asked.all_words(), asked, page, at)
    if found.cards or asked.empty or page > 1 or wanted.narrowed:
        return found
    if other := spelling.meant(asked):
        instead = read(other)
        better = find(wanted, instead.all_words(), instead, page, at)
        if better.cards:
            return replace(better, meant=other)
    for some in asked.most_words():
        most = find(wanted, some, asked, page, at)
        if most.cards:
            return replace(most, partly=True)
    return found


def better_spelling(wanted: Wanted, found: Found) -> str:
    """A question that would find far more, to be offered beside a poor answer; "" when there is none."""
    if not wanted.words or found.meant or found.total > 2 or not found.cards:
        return ""
    other = spelling.meant(read(wanted.words))
    if not other:
        return ""
    counts = count(wanted, read(other).all_words(), clock.now())
    return other if counts.total > 5 * found.total else ""


def read(words: str) -> rules.Question:
    return rules.read(words, synonyms())


# ── The statements ───────────────────────────────────────────────────────────────────────────────────────────────

CARD = """d.product_id, d.name, d.seller_id, d.seller_name, d.photo, d.price, d.before, d.several, d.in_stock,
          d.free_shipping, d.rating, d.reviews"""
PAGE = f"SELECT {CARD} FROM search_document d WHERE {{where}} ORDER BY {{order}} LIMIT %(limit)s OFFSET %(skip)s"  # noqa: S608
# The best of a question, by standing: the name itself, the words as heads of words of the name (포기김치 for 김치), every
# word in the name, every word anywhere. Each is asked only when those before it do not fill the page.
STANDING = f"""
    SELECT {CARD} FROM search_document d WHERE {{where}} AND {{fits}}
     ORDER BY popularity DESC, product_id DESC LIMIT %(limit)s
"""  # noqa: S608
COUNT = f"""
    WITH found AS MATERIALIZED (
        SELECT path, seller_id, seller_name, price, region, in_stock, free_shipping, quick, rating,
               coalesce(before > price, false) AS discount
          FROM search_document d WHERE {{where}} LIMIT {MOST + 1})
    SELECT 'total', NULL, count(*) FROM found
    UNION ALL SELECT 'shelf', shelf::text, count(*) FROM found, unnest(path) shelf GROUP BY 2
    UNION ALL (SELECT 'seller', seller_id || ':' || seller_name, count(*) FROM found GROUP BY 2 ORDER BY 3 DESC LIMIT 12)
    UNION ALL SELECT 'band', width_bucket(price, %(bands)s)::text, count(*) FROM found GROUP BY 2
    UNION ALL SELECT 'region', region, count(*) FROM found WHERE region <> '' GROUP BY 2
    UNION ALL SELECT 'flag', flag, count(*) FROM found, unnest(ARRAY[
        CASE WHEN in_stock THEN 'in_stock' END, CASE WHEN free_shipping THEN 'free' END, CASE WHEN quick THEN 'quick' END,
        CASE WHEN discount THEN 'discount' END, CASE WHEN rating >= 40 THEN 'stars4' END,
        CASE WHEN rating >= 30 THEN 'stars3' END]) flag WHERE flag IS NOT NULL GROUP BY 2
"""  # noqa: S608


def find(wanted: Wanted, query: str, asked: rules.Question, page: int, at: datetime) -> Found:
    """One page of what fits a tsquery ("" fits everything) and the filters."""
    page = max(1, min(page, LAST_PAGE))
    where, params = _where(wanted, at)
    skip = (page - 1) * PER_PAGE
    if query and wanted.sort == "best":
        rows = _best(where, params, query, asked, skip + PER_PAGE)[skip:]
    else:
        if query:
            where, params["query"] = f"{where} AND d.words @@ %(query)s::tsquery", query
        statement = PAGE.format(where=where, order=SORTS[wanted.sort][1])
        rows = _fetch(statement, params | {"limit": PER_PAGE, "skip": skip})
    nothing = page == 1 and not rows
    return Found(cards(rows, at), Counts() if nothing else count(wanted, query, at), page)


def _best(where: str, params: dict[str, Any], query: str, asked: rules.Question, end: int) -> list[tuple[Any, ...]]:
    """The first `end` rows, standing by standing."""
    given = params | {"key": asked.key, "heads": asked.as_heads(), "name": asked.all_words(rules.NAME), "query": query}
    fits = ["d.name_key = %(key)s"]
    fits += ["d.words @@ %(heads)s::tsquery"] if given["heads"] else []
    fits += ["d.words @@ %(name)s::tsquery", "d.words @@ %(query)s::tsquery"]
    rows: list[tuple[Any, ...]] = []
    for i, fit in enumerate(fits):
        before = "".join(f" AND NOT {earlier}" for earlier in fits[:i])
        statement = STANDING.format(where=where, fits=fit + before)
        rows += _fetch(statement, given | {"limit": end - len(rows)})
        if len(rows) >= end:
            break
    return rows


@memo(seconds=60, most=2000)
def _counted(statement: str, params: tuple[tuple[str, Any], ...]) -> Counts:
    given = {name: list(value) if isinstance(value, tuple) else value for name, value in params}
    rows = _fetch(statement, {**given, "bands": list(BANDS)})
    of: dict[str, list[tuple[str, int]]] = {}
    for kind, name, n in rows:
        of.setdefault(kind, []).append((name, n))
    total = of["total"][0][1]
    if total > MOST:
        return Counts(total)
    ends = [*BANDS[1:], None]
    sellers = [(name.partition(":"), n) for name, n in of.get("seller", [])]
    return Counts(
        total=total,
        shelves={int(pk): n for pk, n in of.get("shelf", [])},
        sellers=tuple((int(pk), name, n) for (pk, _colon, name), n in sellers),
        bands=tuple((BANDS[int(i) - 1], ends[int(i) - 1], n) for i, n in sorted(of.get("band", []), key=_band)),
        regions=tuple(sorted(of.get("region", []), key=lambda row: -row[1])),
        flags=dict(of.get("flag", [])),
    )


def _band(row: tuple[str, int]) -> int:
    return int(row[0])


def count(wanted: Wanted, query: str, at: datetime) -> Counts:
    """How many fit, up to a thousand, and of what kinds. Remembered for a minute."""
    where, params = _where(wanted, at)
    if query:
        where, params["query"] = f"{where} AND d.words @@ %(query)s::tsquery", query
    given = tuple((name, tuple(value) if isinstance(value, list) else value) for name, value in params.items())
    return _counted(COUNT.format(where=where), given)


def _where(wanted: Wanted, at: datetime) -> tuple[str, dict[str, Any]]:
    """The filters as SQL. Values are parameters; the column names are ours."""
    parts: list[str] = []
    params: dict[str, Any] = {}

    def narrow(condition: str, **given: Any) -> None:
        parts.append(condition)
        params.update(given)

    if wanted.shelf and wanted.shelf.pk in leaves():
        narrow("shelf_id = %(shelf)s", shelf=wanted.shelf.pk)
    elif wanted.shelf:
        narrow("path @> ARRAY[%(shelf)s]::bigint[]", shelf=wanted.shelf.pk)
    if wanted.seller is not None:
        narrow("seller_id = %(seller)s", seller=wanted.seller)
    if wanted.ids is not None:
        narrow("product_id = ANY(%(ids)s)", ids=list(wanted.ids))
    if wanted.live:
        live = live_prices(at).filter(option__active=True).values_list("option__product_id", flat=True)
        narrow("product_id = ANY(%(live)s)", live=sorted(set(live)))
    for asked, condition in (
        (wanted.in_stock, "in_stock"),
        (wanted.free, "free_shipping"),
        (wanted.quick, "quick"),
        (wanted.discount, "before > price"),
        (wanted.sold, "sold > 0"),
    ):
        if asked:
            narrow(condition)
    if wanted.stars:
        narrow("rating >= %(stars)s", stars=wanted.stars * 10)
    if wanted.region:
        narrow("region = %(region)s", region=wanted.region)
    if wanted.least is not None:
        narrow("price >= %(least)s", least=wanted.least)
    if wanted.most is not None:
        narrow("price <= %(most)s", most=wanted.most)
    return " AND ".join(parts) or "true", params


def _fetch(statement: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall()


# ── Cards ────────────────────────────────────────────────────────────────────────────────────────────────────────


def cards(rows: Sequence[tuple[Any, ...]], at: datetime) -> list[Card]:
    """Cards of rows of CARD, the live prices that hold now laid over them: one query."""
    live = _live([row[0] for row in rows], at)
    return [_card(row, live.get(row[0])) for row in rows]


def _card(row: tuple[Any, ...], live: int | None) -> Card:
    pk, name, seller_id, seller_name, photo, price, before, several, in_stock, free, rating, reviews = row
    if live is not None and live < price:
        price, before, several = live, price, False
    else:
        live = None
    return Card(
        pk, name, seller_id, seller_name, photo, price, before, live is not None, several, not in_stock, free,
        rating / 10, reviews,
    )  # fmt: skip


def _live(ids: Sequence[int], at: datetime) -> dict[int, int]:
    if not ids:
        return {}
    rows = live_prices(at).filter(option__product_id__in=ids, option__active=True)
    found: dict[int, int] = {}
    for pk, price in rows.values_list("option__product_id", "price"):
        found[pk] = min(price, found.get(pk, price))
    return found


def cards_of(ids: Iterable[int], at: datetime) -> list[Card]:
    """Cards of these products, in this order; those that are not on sale are left out."""
    wanted = list(ids)
    if not wanted:
        return []
    rows = _fetch(f"SELECT {CARD} FROM search_document d WHERE product_id = ANY(%(ids)s)", {"ids": wanted})  # noqa: S608
    by_id = {row[0]: row for row in rows}
    return cards([by_id[pk] for pk in wanted if pk in by_id], at)


def shelf_cards(sort: str, limit: int, at: datetime, **narrowed: Any) -> list[Card]:
    """The first cards of a shelf: `shelf_cards("new", 8, now)`, `shelf_cards("best", 4, now, seller=7)`."""
    where, params = _where(Wanted(**narrowed), at)
    statement = PAGE.format(where=where, order=SORTS[sort][1])
    return cards(_fetch(statement, {**params, "limit": limit, "skip": 0}), at)


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


def bought_with(product_id: int, limit: int, at: datetime) -> list[Card]:
    """What stood in the same orders as a product, of up to 300 of them."""
    return cards(_fetch(BOUGHT_WITH, {"product": product_id, "limit": limit}), at)


# ── What changes seldom ──────────────────────────────────────────────────────────────────────────────────────────


@memo(seconds=60)
def synonyms() -> dict[str, tuple[str, ...]]:
    """{key of a word: other ways to say it}."""
    found: dict[str, list[str]] = {}
    for synonym in Synonym.objects.all():
        group = [synonym.word, *synonym.others]
        for word in group if synonym.both_ways else group[:1]:
            found.setdefault(rules.key_of(word), []).extend(other for other in group if other != word)
    return {key: tuple(dict.fromkeys(others)) for key, others in found.items()}


@memo(seconds=60)
def tree() -> tuple[Category, ...]:
    """The top shelves, each with `below`, those under it."""
    rows = {c.pk: c for c in Category.objects.order_by("position", "id")}
    for category in rows.values():
        category.below = []  # type: ignore[attr-defined]
    for category in rows.values():
        if category.parent_id:
            rows[category.parent_id].below.append(category)  # type: ignore[attr-defined]
    return tuple(c for c in rows.values() if not c.parent_id)


@memo(seconds=60)
def leaves() -> frozenset[int]:
    """Ids of the shelves with none below."""
    parents = set(Category.objects.exclude(parent=None).values_list("parent_id", flat=True))
    return frozenset(Category.objects.exclude(pk__in=parents).values_list("pk", flat=True))


# ── Wishes ───────────────────────────────────────────────────────────────────────────────────────────────────────


def wished(user: Any, ids: Iterable[int]) -> frozenset[int]:
    """Which of these products a person has wished for."""
    if not user.is_authenticated:
        return frozenset()
    return frozenset(Wish.objects.filter(user=user, product_id__in=list(ids)).values_list("product_id", flat=True))
