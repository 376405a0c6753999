"""Finding: filters and counts, one address a list, wishes, what was looked at, completion, what search engines read."""

from __future__ import annotations

import gzip
import json
import re
from xml.etree import ElementTree

import pytest

from builders import a_line, a_person, a_shipping_policy, an_option, at_once
from dure.commerce.catalog.models import Category, Option, Photo, Product
from dure.commerce.reviews import actions as reviews
from dure.commerce.search import actions, documents, queries
from dure.commerce.search.models import Wish
from dure.kit.memo import remembering

pytestmark = pytest.mark.django_db


def put(name, price=10_000, **fields):
    option = an_option(price, name=name, **fields)
    documents.catch_up()
    return option


def html(response):
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def names(page):
    return re.findall(r'product__name"><a href="/products/\d+/">([^<]+)', page)


# ── Lists ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_filters_narrow_and_say_how_to_let_go(client):
    cheap, dear = put("싼 감귤", 5_000), put("비싼 감귤", 50_000)
    a_shipping_policy(cheap.product.seller, fee=0, dispatch_days=1)
    a_shipping_policy(dear.product.seller, fee=3_000, dispatch_days=3)
    documents.catch_up()
    assert names(html(client.get("/products/?q=감귤&free=1"))) == ["싼 감귤"]
    assert names(html(client.get("/products/?q=감귤&quick=1"))) == ["싼 감귤"]
    assert names(html(client.get(f"/products/?q=감귤&seller={dear.product.seller_id}"))) == ["비싼 감귤"]
    page = html(client.get("/products/?q=감귤&free=1&most=9999"))
    assert "조건 빼기" in page
    assert 'href="/products/?q=%EA%B0%90%EA%B7%A4"' in page, "the way back to all"
    assert 'content="noindex, follow"' in page


def test_counts_say_how_much_there_is_of_what(client):
    for n in range(3):
        put(f"감귤 {n}", 6_000)
    put("감귤 비싼", 25_000)
    counts = queries.search(queries.Wanted("감귤")).counts
    assert counts.total == 4
    assert counts.bands == ((5_000, 10_000, 3), (20_000, 30_000, 1))
    assert counts.flags["in_stock"] == 4
    assert sum(n for _pk, _name, n in counts.sellers) == 4


def test_stars_and_reviews(client):
    buyer = a_person()
    line = a_line("DELIVERED", buyer=buyer, option=put("좋은 배"))
    reviews.write(line, rating=5, text="아주 달고 맛있어요.", by=buyer)
    put("그냥 배")
    assert names(html(client.get("/products/?q=배&stars=4"))) == ["좋은 배"]
    assert names(html(client.get("/products/?q=배&sort=loved")))[0] == "좋은 배"


def test_a_shelf_has_an_address_of_its_own_and_a_way_up(client):
    put("감귤")
    shelf = Category.objects.get(code="food") if Category.objects.filter(code="food").exists() else None
    page = html(client.get(f"/c/{shelf.code}/"))
    assert names(page) == ["감귤"]
    assert 'rel="canonical" href="http' in page
    assert f"/c/{shelf.code}/" in re.search(r'rel="canonical" href="([^"]+)"', page)[1]
    assert client.get("/c/no-such-shelf/").status_code == 404


def test_a_seller_page_searches_the_shop_alone(client):
    mine, other = put("우리 감귤"), put("남의 감귤")
    page = html(client.get(f"/s/{mine.product.seller_id}/?q=감귤"))
    assert names(page) == ["우리 감귤"]
    assert other.product.name not in page


def test_sold_out_goes_to_the_end(client):
    put("없는 굴", stock=0), put("있는 굴")
    assert names(html(client.get("/products/?q=굴"))) == ["있는 굴", "없는 굴"]


def test_a_wrong_keyboard_a_slip_and_half_an_answer_are_said(client):
    put("청송 사과")
    assert "‘사과’" in html(client.get("/products/?q=tkrhk"))
    assert names(html(client.get("/products/?q=tkrhk"))) == ["청송 사과"]
    assert names(html(client.get("/products/?q=청송 사가"))) == ["청송 사과"]
    page = html(client.get("/products/?q=유기농 사과"))
    assert "일부만 맞는 상품" in page
    assert names(page) == ["청송 사과"]


@pytest.mark.parametrize(
    "words", ["'", "\\", "a' | 'b", "!()&|:*<->", "%", "ㄱ", "가" * 400, "1" * 90, "\x00", "사과 " * 50]
)
def test_no_question_is_an_error(client, words):
    put("사과")
    assert client.get("/products/", {"q": words}).status_code == 200
    assert client.get("/search/complete/", {"q": words}).status_code == 200


def test_pages_end_and_each_product_stands_on_one(client):
    option = put("귤 0")
    Product.objects.bulk_create(
        Product(seller=option.product.seller, category=option.product.category, name=f"귤 {n}", status="ON_SALE")
        for n in range(1, 60)
    )
    Option.objects.bulk_create(Option(product=p, price=1_000) for p in Product.objects.exclude(pk=option.product_id))
    documents.catch_up()
    seen = [name for n in (1, 2, 3) for name in names(html(client.get(f"/products/?q=귤&page={n}")))]
    assert len(seen) == len(set(seen)) == 60


# ── Completion ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("typed", ["사", "사ㄱ", "삭", "사과", "ㅅㄱ", "tkr", "청송 사"])
def test_completion_from_letters_initials_and_the_wrong_keyboard(client, typed):
    put("청송 사과")
    assert "사과" in "".join(client.get("/search/complete/", {"q": typed}).json()["terms"])


# ── Wishes ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_heart_is_turned_over_and_back(client):
    option, person = put("감귤"), a_person()
    client.force_login(person)
    assert 'aria-pressed="false"' in html(client.get("/products/"))
    client.post(f"/wishes/{option.product_id}/?next=/products/")
    assert 'aria-pressed="true"' in html(client.get("/products/"))
    assert names(html(client.get("/wishes/"))) == ["감귤"]
    answer = html(client.post(f"/wishes/{option.product_id}/", headers={"HX-Request": "true"}))
    assert answer.startswith("<button")
    assert 'aria-pressed="false"' in answer
    assert "아직 찜한 상품이 없어요" in html(client.get("/wishes/"))


def test_a_visitor_signs_in_and_the_wish_is_kept(client):
    option, person = put("감귤"), a_person()
    answer = client.get(f"/wishes/{option.product_id}/?next=/products/")
    assert answer["Location"] == "/accounts/login/?next=/products/"
    assert not Wish.objects.exists()
    client.post("/accounts/login/?next=/products/", {"login": person.email, "password": "pw-for-tests"})
    assert Wish.objects.get().user == person


def test_a_wish_does_not_lead_elsewhere(client):
    option = put("감귤")
    client.force_login(a_person())
    answer = client.post(f"/wishes/{option.product_id}/?next=https://evil.example/")
    assert answer["Location"] == f"/products/{option.product_id}/"


def test_the_wish_list_tells_what_fell_and_what_is_gone(client):
    fell, gone, person = put("감귤", 20_000), put("수박"), a_person()
    actions.wish(person, [fell.product_id, gone.product_id])
    Option.objects.filter(pk=fell.pk).update(price=15_000)
    Product.objects.filter(pk=gone.product_id).update(status="SUSPENDED")
    documents.catch_up()
    client.force_login(person)
    page = html(client.get("/wishes/"))
    assert "20,000원 → <strong>15,000원</strong>" in page
    assert "지금 팔지 않는 상품 1개" in page


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_are_one_wish(monkeypatch):
    from dure.commerce.search.errors import TooManyWishes

    first, second, person = an_option(), an_option(), a_person()
    assert sorted(at_once(4, lambda _i: actions.wish(person, [first.product_id]))) == [0, 0, 0, 1]
    monkeypatch.setattr(actions, "MOST_WISHES", 1)
    assert isinstance(at_once(1, lambda _i: actions.wish(person, [second.product_id]))[0], TooManyWishes)
    assert Wish.objects.count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_documents_are_right_however_many_write_them():
    from dure.commerce.search.models import Document

    options = [an_option(10_000) for _n in range(6)]

    def change(i):
        for option in options:
            Option.objects.filter(pk=option.pk).update(price=10_000 + i)
            documents.catch_up()

    at_once(4, change)
    documents.catch_up()
    told = dict(Document.objects.values_list("product_id", "price"))
    assert told == dict(Option.objects.values_list("product_id", "price"))


# ── What was looked at ───────────────────────────────────────────────────────────────────────────────────────────


def test_who_has_a_session_is_remembered_by_the_server_in_their_own_browser(client):
    first, second = put("감귤"), put("사과")
    client.force_login(a_person())
    for option in (first, second, first):
        client.get(f"/products/{option.product_id}/")
    assert names(html(client.get("/recent/"))) == ["감귤", "사과"]
    client.post("/recent/")
    assert "아직 본 상품이 없어요" in html(client.get("/recent/"))


@pytest.mark.parametrize("cookie", ["", "..", "1.x.2", "9" * 300, "-1", "%00"])
def test_whatever_stands_in_the_cookie(client, cookie):
    client.cookies["seen"] = cookie
    assert client.get("/recent/").status_code == 200


# ── Best sellers, bought together ────────────────────────────────────────────────────────────────────────────────


def test_best_sellers_are_counted_from_what_was_bought(client):
    from builders import an_order

    often, seldom = put("잘 팔리는 귤"), put("덜 팔리는 귤")
    put("안 팔린 귤")
    an_order(often, quantity=5, paid=True), an_order(often, seldom, paid=True)
    documents.reckon()
    assert names(html(client.get("/best/"))) == ["잘 팔리는 귤", "덜 팔리는 귤"]
    assert names(html(client.get("/products/?sort=sales")))[0] == "잘 팔리는 귤"
    assert "다른 분이 함께 산 상품" in html(client.get(f"/products/{seldom.product_id}/"))


# ── Search engines ───────────────────────────────────────────────────────────────────────────────────────────────


def graph(page):
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert len(found) == 1
    data = json.loads(found[0])
    assert data["@context"] == "https://schema.org"
    return {node["@type"]: node for node in data["@graph"]}


def test_a_product_says_to_search_engines_what_it_is(client):
    buyer = a_person()
    option = put("감귤 </script><b>", 12_000)
    Option.objects.create(product=option.product, name="큰 것", price=20_000, position=1)
    Photo.objects.create(product=option.product, image="products/a-1280.webp")
    line = a_line("DELIVERED", buyer=buyer, option=option)
    reviews.write(line, rating=4, text="달고 신선했어요 정말.", by=buyer)
    page = html(client.get(f"/products/{option.product_id}/"))
    nodes = graph(page)
    product = nodes["Product"]
    assert product["name"] == "감귤 </script><b>"
    assert product["offers"]["@type"] == "AggregateOffer"
    assert (product["offers"]["lowPrice"], product["offers"]["highPrice"]) == (12_000, 20_000)
    assert product["offers"]["priceCurrency"] == "KRW"
    assert product["offers"]["availability"] == "https://schema.org/InStock"
    assert product["aggregateRating"] == {"@type": "AggregateRating", "ratingValue": 4.0, "reviewCount": 1}
    assert product["image"][0].endswith("/uploads/products/a-1280.webp")
    crumbs = nodes["BreadcrumbList"]["itemListElement"]
    assert [c["position"] for c in crumbs] == list(range(1, len(crumbs) + 1))
    assert all(c["item"].startswith("http") for c in crumbs)
    assert f'<link rel="canonical" href="{crumbs[-1]["item"]}">' in page
    assert 'property="og:image"' in page
    assert 'hreflang="en"' in page


def test_an_unreviewed_product_claims_no_stars(client):
    option = put("감귤")
    assert "aggregateRating" not in graph(html(client.get(f"/products/{option.product_id}/")))["Product"]


def test_lists_and_the_start_page_have_their_data(client):
    option = put("감귤")
    assert graph(html(client.get("/"))).keys() >= {"Organization", "WebSite"}
    assert graph(html(client.get("/products/")))["ItemList"]["itemListElement"][0]["url"].endswith(
        f"/products/{option.product_id}/"
    )
    assert "application/ld+json" not in html(client.get("/products/?q=감귤"))


def test_a_language_has_an_address(client):
    put("감귤")
    assert '<html lang="en">' in html(client.get("/products/?lang=en"))
    assert '<html lang="ko">' in html(client.get("/products/"))
    answer = client.get("/language/en/?next=/products/")
    assert answer["Location"] == "/products/"
    assert '<html lang="en">' in html(client.get("/products/"))
    assert client.get("/language/xx/").status_code == 404


def test_the_sitemap_is_an_index_of_files_of_fifty_thousand(client, monkeypatch):
    from dure.sites.shop.views import robots

    monkeypatch.setattr(robots, "PER_FILE", 2)
    options = [put(f"감귤 {n}") for n in range(3)]
    space = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    index = ElementTree.fromstring(client.get("/sitemap.xml").content)
    files = [node.text for node in index.findall("s:sitemap/s:loc", space)]
    assert [re.sub(r".*/sitemaps/", "", f) for f in files] == [
        "products-1.xml.gz", "products-2.xml.gz", "sellers-1.xml.gz", "shelves-1.xml.gz",
    ]  # fmt: skip
    addresses = []
    for file in files:
        answer = client.get(file[file.index("/sitemaps/") :])
        assert answer["Content-Type"] == "application/gzip"
        urls = ElementTree.fromstring(gzip.decompress(answer.content))
        addresses += [node.text for node in urls.findall("s:url/s:loc", space)]
    assert {re.sub(r"https?://[^/]+", "", a) for a in addresses} >= {f"/products/{o.product_id}/" for o in options}
    assert len(addresses) == len(set(addresses))
    assert client.get("/sitemaps/products-9.xml.gz").status_code == 404
    robots_txt = client.get("/robots.txt").content.decode()
    assert "Disallow: /cart/" in robots_txt
    assert "Sitemap: http" in robots_txt


# ── Cost ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("signed_in", [False, True])
def test_pages_keep_within_twelve_queries(client, django_assert_max_num_queries, signed_in):
    """Also for a person with a cart and wishes, whose pages nobody else may be shown."""
    option, person = put("감귤"), a_person()
    actions.wish(person, [option.product_id])
    if signed_in:
        client.force_login(person)
    places = {"shelf": option.product.category.code, "seller": option.product.seller_id}
    paths = ["/", "/products/", "/products/?q=감귤", "/products/?q=두리안", "/best/", "/c/{shelf}/", "/s/{seller}/"]
    paths += ["/recent/", "/search/complete/?q=감", *(["/wishes/"] if signed_in else [])]
    with remembering():
        for path in paths:
            client.get(path.format(**places))
            with django_assert_max_num_queries(12):
                html(client.get(path.format(**places)))
