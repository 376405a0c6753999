"""What a shopper finds. Bounded: a thousand products are ranked and paged through, beyond that it is `1,000+`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from math import isqrt
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from dure.commerce.catalog.models import Category, Product
from dure.commerce.pricing.queries import live_prices
from dure.commerce.search import rules, spelling, statements
from dure.commerce.search.models import Document, Synonym, Wish
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


def search(wanted: Wanted, page: int = 1) -> Found:
    """What fits. When nothing does: what was meant, else what holds most of the words."""
    asked = read(wanted.words)
    found = find(wanted, asked.all_words(), asked, page)
    if found.cards or asked.empty or page > 1 or wanted.narrowed:
        return found
    if other := spelling.meant(asked):
        instead = read(other)
        better = find(wanted, instead.all_words(), instead, page)
        if better.cards:
            return replace(better, meant=other)
    for some in asked.most_words():
        most = find(wanted, some, asked, page)
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
    counts = count(wanted, read(other).all_words())
    return other if counts.total > 5 * found.total else ""


def matching(products: QuerySet[Product], words: str) -> QuerySet[Product]:
    """Narrow to those with every word of a question, for lists with an order of their own."""
    asked = read(words)
    if asked.empty:
        return products
    holding = Document.objects.extra(where=["words @@ %s::tsquery"], params=[asked.all_words()])
    return products.filter(pk__in=holding.values("product"))


def read(words: str) -> rules.Question:
    return rules.read(words, synonyms())


# ── Finding ──────────────────────────────────────────────────────────────────────────────────────────────────────


def find(wanted: Wanted, query: str, asked: rules.Question, page: int) -> Found:
    """One page of what fits a tsquery ("" fits everything) and the filters."""
    page = max(1, min(page, LAST_PAGE))
    where, params = _where(wanted)
    params |= {"limit": PER_PAGE, "skip": (page - 1) * PER_PAGE}
    order = SORTS[wanted.sort][1]
    if not query:
        rows = _fetch(statements.PAGE.format(where=where, order=order), params)
    else:
        rows = _fetch(_by_words(wanted, where, params, query, asked), params)
    nothing = page == 1 and not rows
    return Found(cards(rows), Counts() if nothing else count(wanted, query), page)


def _by_words(wanted: Wanted, where: str, params: dict[str, Any], query: str, asked: rules.Question) -> str:
    """The statement for a question, by how much its rarest word stands in; fills in `params`."""
    order, heads, best = SORTS[wanted.sort][1], asked.as_heads(), wanted.sort == "best"
    params |= {"query": query, "key": asked.key, "heads": heads, "name": asked.all_words(rules.NAME)}
    standing = statements.STANDING.format(heads="words @@ %(heads)s::tsquery" if heads else "false")
    if where != "true" or spelling.how_many(asked) <= much():
        shown = ", ".join(f"shown.{column}" for column in order.split(", "))
        return statements.BY_WORDS.format(
            where=where, standing=standing if best else "0", order=order, shown_order=shown
        )
    if best:
        params["pool"] = max(statements.POOL * PER_PAGE, params["skip"] + 2 * PER_PAGE)
        return statements.BY_POPULARITY.format(standing=standing)
    return statements.PAGE.format(where="d.words @@ %(query)s::tsquery", order=order)


@memo(seconds=60)
def much() -> int:
    """From how many products on a word is come across sooner than sorted: where pool × all / products = products.

    It is also what a question costs at most, in rows, so that this grows as the square root of the market.
    """
    ((size,),) = _fetch(statements.SIZE, {})
    return isqrt(statements.POOL * PER_PAGE * size)


@memo(seconds=60, most=2000)
def _counted(where: str, params: tuple[tuple[str, Any], ...]) -> Counts:
    given = {name: list(value) if isinstance(value, tuple) else value for name, value in params}
    ((total,),) = _fetch(statements.COUNT.format(where=where), given | {"stop": MOST + 1})
    if not 0 < total <= MOST:
        return Counts(total)
    of: dict[str, list[tuple[str, int]]] = {}
    for kind, name, n in _fetch(statements.KINDS.format(where=where), given | {"bands": list(BANDS)}):
        of.setdefault(kind, []).append((name, n))
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


def count(wanted: Wanted, query: str) -> Counts:
    """How many fit, up to a thousand, and of what kinds. Remembered for a minute."""
    where, params = _where(wanted)
    if query:
        where, params["query"] = f"{where} AND d.words @@ %(query)s::tsquery", query
    given = tuple((name, tuple(value) if isinstance(value, list) else value) for name, value in params.items())
    return _counted(where, given)


def _where(wanted: Wanted) -> tuple[str, dict[str, Any]]:
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
        narrow("product_id = ANY(%(live)s)", live=sorted(live_now()))
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


def cards(rows: Sequence[tuple[Any, ...]]) -> list[Card]:
    """Cards of rows of `CARD`, the live prices that hold now laid over them."""
    live = live_now()
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


@memo(seconds=2)
def live_now() -> dict[int, int]:
    """{product: the lowest live price that holds now}: of a few shows, asked by every list."""
    rows = live_prices(clock.now()).filter(option__active=True)
    found: dict[int, int] = {}
    for pk, price in rows.values_list("option__product_id", "price"):
        found[pk] = min(price, found.get(pk, price))
    return found


def cards_of(ids: Iterable[int]) -> list[Card]:
    """Cards of these products, in this order; those that are not on sale are left out."""
    wanted = list(ids)
    if not wanted:
        return []
    rows = _fetch(f"SELECT {statements.CARD} FROM search_document d WHERE product_id = ANY(%(ids)s)", {"ids": wanted})  # noqa: S608
    by_id = {row[0]: row for row in rows}
    return cards([by_id[pk] for pk in wanted if pk in by_id])


@memo(seconds=20, most=5000)
def cards_beside(seller: int) -> list[Card]:
    """The best of a seller, for the pages of its other goods."""
    return shelf_cards("best", 5, seller=seller)


@memo(seconds=20)
def cards_in_front(sort: str) -> list[Card]:
    """The first of everything, for the front page."""
    return shelf_cards(sort, 8)


def shelf_cards(sort: str, limit: int, **narrowed: Any) -> list[Card]:
    """The first cards of a shelf: `shelf_cards("new", 8)`, `shelf_cards("best", 4, seller=7)`."""
    where, params = _where(Wanted(**narrowed))
    statement = statements.PAGE.format(where=where, order=SORTS[sort][1])
    return cards(_fetch(statement, {**params, "limit": limit, "skip": 0}))


@memo(seconds=60, most=5000)
def bought_with(product_id: int, limit: int) -> list[Card]:
    """What stood in the same orders as a product, of up to 300 of them."""
    return cards(_fetch(statements.BOUGHT_WITH, {"product": product_id, "limit": limit}))


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
