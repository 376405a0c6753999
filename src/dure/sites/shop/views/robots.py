"""For search engines: robots.txt and the sitemap, in files of 50,000 addresses (https://www.sitemaps.org/protocol.html)."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from datetime import datetime
from xml.sax.saxutils import escape

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control

from dure.commerce.search.models import Document
from dure.sites.shop import finding
from dure.sites.shop.seo import absolute

PER_FILE = 50_000
NOT_FOR_ROBOTS = ("/cart/", "/checkout/", "/pay/", "/orders/", "/claims/", "/wishes/", "/recent/", "/accounts/", "/seller/",
                  "/desk/", "/studio/", "/office/", "/api/", "/search/", "/language/")  # fmt: skip
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
WITH_LANGUAGES = f'{SPACE} xmlns:xhtml="http://www.w3.org/1999/xhtml"'
KINDS = ("products", "sellers", "shelves")

Entry = tuple[str, datetime | None]


@cache_control(public=True, max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in NOT_FOR_ROBOTS),
        "",
        f"Sitemap: {absolute('/sitemap.xml')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@cache_control(public=True, max_age=3600)
def sitemap(request: HttpRequest) -> HttpResponse:
    """The index: a file for every 50,000 products, one for sellers, one for shelves."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), max(p.updated_at) FROM search_document d JOIN catalog_product p ON p.id = d.product_id"
        )
        count, newest = cursor.fetchone()
    files = [("products", n) for n in range(1, -(-count // PER_FILE) + 1)] + [("sellers", 1), ("shelves", 1)]
    rows = "".join(
        f"<sitemap><loc>{absolute(f'/sitemaps/{kind}-{n}.xml.gz')}</loc>{_lastmod(newest)}</sitemap>\n"
        for kind, n in files
    )
    body = f"{HEAD}<sitemapindex {SPACE}>\n{rows}</sitemapindex>\n"
    return HttpResponse(body, content_type="application/xml; charset=utf-8")


@cache_control(public=True, max_age=3600)
def sitemap_file(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    if kind not in KINDS or number < 1 or (kind != "products" and number > 1):
        raise Http404
    entries = {"products": _products, "sellers": _sellers, "shelves": _shelves}[kind](number)
    body = gzip.compress("".join(_file(entries)).encode(), mtime=0)
    return HttpResponse(body, content_type="application/gzip")


def _file(entries: Iterable[Entry]) -> Iterator[str]:
    yield f"{HEAD}<urlset {WITH_LANGUAGES}>\n"
    for path, changed in entries:
        url = escape(absolute(path))
        english = f'<xhtml:link rel="alternate" hreflang="en" href="{url}?lang=en"/>'
        korean = f'<xhtml:link rel="alternate" hreflang="ko" href="{url}"/>'
        yield f"<url><loc>{url}</loc>{_lastmod(changed)}{korean}{english}</url>\n"
    yield "</urlset>\n"


def _products(number: int) -> Iterator[Entry]:
    """The 50,000 products of a file. Files are cut by place in the order of ids, read from the index alone."""
    rows = Document.objects.order_by("pk").values_list("pk", "product__updated_at")
    some = rows[(number - 1) * PER_FILE : number * PER_FILE]
    if number > 1 and not some.exists():
        raise Http404
    return ((f"/products/{pk}/", at) for pk, at in some.iterator(chunk_size=5000))


def _sellers(number: int) -> Iterator[Entry]:
    rows = Document.objects.order_by("seller_id").distinct("seller_id").values_list("seller_id", flat=True)
    return ((f"/s/{pk}/", None) for pk in rows.iterator(chunk_size=5000))


def _shelves(number: int) -> Iterator[Entry]:
    yield "/", None
    yield "/products/", None
    yield "/best/", None
    for shelf in finding.every_shelf():
        yield f"/c/{shelf.code}/", None


def _lastmod(at: datetime | None) -> str:
    return f"<lastmod>{at.isoformat(timespec='seconds')}</lastmod>" if at else ""
