"""Search good enough that a buyer does not notice it: what people type, and what they must find at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from dure.commerce.catalog.models import Category, Option, Product
from dure.commerce.search import documents, queries
from dure.commerce.sellers.models import Seller
from dure.kit import clock

pytestmark = pytest.mark.django_db
HERE = Path(__file__).parent


def lines(name: str, separator: str) -> list[tuple[str, list[str]]]:
    """`left SEP right | right` of a file, comments left out."""
    rows = [row.partition(separator) for row in (HERE / name).read_text().splitlines() if not row.startswith("#")]
    return [(left.strip(), [part.strip() for part in right.split("|")]) for left, _separator, right in rows]


GOODS = lines("goods.txt", ":")
QUESTIONS = lines("questions.txt", "=")


@pytest.fixture
def market():
    shelves = {c.code: c for c in Category.objects.all()}
    etc = Category.objects.order_by("-id").first()
    sellers = [
        Seller.objects.create(name=name, status="APPROVED") for name in ("다온상회", "누리마켓", "하늘가게", "온새미로")
    ]
    products = [
        Product(
            seller=sellers[n % 4],
            category=shelves.get(code, etc),
            name=name,
            status="ON_SALE",
            on_sale_at=clock.now(),
        )
        for code, names in GOODS
        for n, name in enumerate(names)
    ]
    Product.objects.bulk_create(products)
    Option.objects.bulk_create(Option(product=product, price=10_000) for product in products)
    documents.reindex()
    return [product.name for product in products]


def answer(words):
    return [card.name for card in queries.search(queries.Wanted(words)).cards]


def test_people_find_what_they_type(market):
    assert len(market) > 400
    reciprocal, recalled, poor = 0.0, 0.0, []
    for typed, wanted in QUESTIONS:
        for name in wanted:
            assert sum(name in known for known in market) >= 1, f"no product {name!r}"
        found = answer(typed)
        ranks = [next((i for i, name in enumerate(found, 1) if part in name), 0) for part in wanted]
        first = min((rank for rank in ranks if rank), default=0)
        reciprocal += 1 / first if first else 0
        recalled += sum(rank > 0 for rank in ranks) / len(wanted)
        if not first or first > 3 or not all(ranks):
            poor.append(f"{typed}: {dict(zip(wanted, ranks, strict=True))} {found[:4]}")
    mrr, recall = reciprocal / len(QUESTIONS), recalled / len(QUESTIONS)
    print(f"{len(QUESTIONS)} questions: MRR {mrr:.3f}, recall on the first page {recall:.3f}")
    print("\n".join(poor))
    assert mrr >= 0.93, poor
    assert recall >= 0.97, poor
