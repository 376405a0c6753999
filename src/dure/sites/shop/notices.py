"""A product's information notice (상품정보제공고시) as rows for its page."""

from __future__ import annotations

from dure.commerce.catalog.models import Product


def rows(product: Product) -> list[tuple[str, str]]:
    return [(code, text) for code, text in product.notice.items() if text]
