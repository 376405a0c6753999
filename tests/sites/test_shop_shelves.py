"""What a visitor finds: shelves, search, product and seller pages, and at what cost in queries."""

from __future__ import annotations

import pytest
from django.urls import reverse

from builders import a_line, a_person, a_shipping_policy, a_show, an_option
from dure.commerce.catalog.actions import update_product
from dure.commerce.catalog.models import Category, Option, Product
from dure.commerce.pricing.models import LivePrice
from dure.commerce.reviews import actions as reviews
from dure.commerce.search import documents
from dure.kit import clock

pytestmark = pytest.mark.django_db


def html(response):
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def a_product(name, price=10_000, **fields):
    """A product on sale, findable by its words."""
    option = an_option(price, name=name, **fields)
    update_product(option.product, by=None, name=name)
    Product.objects.filter(pk=option.product_id).update(list_price=price, on_sale_at=clock.now())
    documents.catch_up()
    return Option.objects.select_related("product").get(pk=option.pk)


@pytest.mark.parametrize(
    "path", ["/", "/products/", "/live/", "/policy/terms/", "/policy/privacy/", "/policy/returns/", "/policy/about/"]
)
def test_an_empty_market_still_has_its_pages(client, path):
    assert '<main id="main"' in html(client.get(path))


def test_every_word_must_be_there(client):
    a_product("제주 감귤"), a_product("제주 당근"), a_product("청송 사과")
    found = html(client.get("/products/?q=제주 감귤"))
    assert "제주 감귤" in found
    assert "제주 당근" not in found
    assert "찾는 상품이 없어요" in html(client.get("/products/?q=두리안"))


def test_products_not_on_sale_are_nowhere(client):
    draft = an_option(status="DRAFT", name="비밀 상품").product
    closed = a_product("닫은 가게 상품")
    closed.product.seller.status = "SUSPENDED"
    closed.product.seller.save()
    documents.catch_up()
    listed = html(client.get("/products/"))
    assert "비밀 상품" not in listed
    assert "닫은 가게 상품" not in listed
    for pk in (draft.pk, closed.product_id):
        assert client.get(f"/products/{pk}/").status_code == 404
    assert client.get(f"/s/{closed.product.seller_id}/").status_code == 404


def test_the_sellers_own_people_may_look_at_a_draft_and_others_may_not(client):
    from dure.commerce.sellers.models import Member

    draft = an_option(status="DRAFT", name="비밀 상품").product
    owner, stranger = a_person(), a_person()
    Member.objects.create(seller=draft.seller, user=owner, role="OWNER")
    client.force_login(owner)
    assert "미리보기예요" in html(client.get(f"/products/{draft.pk}/?preview=1"))
    client.force_login(stranger)
    assert client.get(f"/products/{draft.pk}/?preview=1").status_code == 404


def test_a_shelf_holds_what_stands_on_the_shelves_below_it(client):
    option = a_product("감귤")
    below = Category.objects.create(code="hallabong", parent=option.product.category, name_ko="귤", name_en="Citrus")
    Product.objects.filter(pk=option.product_id).update(category=below)
    assert "감귤" in html(client.get(f"/products/?category={option.product.category.code}"))
    assert "감귤" in html(client.get("/products/?category=citrus"))


def test_sorting_and_price_limits(client):
    a_product("비싼 배", 50_000), a_product("싼 무", 1_000), a_product("보통 파", 9_000)
    found = html(client.get("/products/?sort=cheap"))
    assert found.index("싼 무") < found.index("보통 파") < found.index("비싼 배")
    limited = html(client.get("/products/?least=5000&most=10000"))
    assert "보통 파" in limited
    assert "싼 무" not in limited
    assert "비싼 배" not in limited


@pytest.mark.parametrize(
    "query", ["sort=nonsense", "category=none", "least=-5", "page=999", "page=x", "most=eleven", "q=%00"]
)
def test_nonsense_in_the_question_is_no_error(client, query):
    a_product("감귤")
    assert client.get(f"/products/?{query}").status_code == 200


def test_sold_out_is_read_from_the_stock(client):
    a_product("없는 굴", stock=0), a_product("있는 굴", stock=5)
    found = html(client.get("/products/"))
    assert found.count('class="product__veil"') == 1
    assert "없는 굴" not in html(client.get("/products/?in_stock=1"))


def test_the_live_price_holds_while_it_is_open_and_says_where(client):
    option = a_product("멸치", 20_000)
    show = a_show()
    price = LivePrice.objects.create(
        option=option, show=show.pk, price=15_000, allotment=10, sold=3, opened_at=clock.now()
    )
    page = html(client.get(f"/products/{option.product_id}/"))
    assert "15,000원" in page
    assert "25%" in page
    assert f"/live/{show.code}/" in page
    assert "특가 7개 남음" in page
    assert "멸치" in html(client.get("/products/?live=1"))
    LivePrice.objects.filter(pk=price.pk).update(closed_at=clock.now())
    assert "15,000원" not in html(client.get(f"/products/{option.product_id}/"))


def test_the_shipping_fee_comes_with_its_reason(client):
    option = a_product("감귤", 10_000)
    a_shipping_policy(option.product.seller, fee=3000, free_over=30_000)
    page = html(client.get(f"/products/{option.product_id}/"))
    assert "3,000원" in page
    assert "20,000원 더 담으면 무료배송" in page


def test_reviews_show_stars_words_and_no_full_name(client):
    buyer = a_person(name="김하늘")
    line = a_line("DELIVERED", buyer=buyer)
    reviews.write(line, rating=4, text="달고 신선했어요. <b>추천</b>해요!", by=buyer)
    page = html(client.get(f"/products/{line.option.product_id}/"))
    assert "김**" in page
    assert "김하늘" not in page
    assert "&lt;b&gt;추천&lt;/b&gt;" in page
    assert "4.0" in page


def test_a_seller_page_shows_its_goods_and_who_it_is(client):
    option = a_product("감귤")
    seller = option.product.seller
    seller.brn, seller.company_name, seller.representative = "1234567891", "두레상회", "김두레"
    seller.save()
    page = html(client.get(f"/s/{seller.pk}/"))
    assert "감귤" in page
    assert "123-45-67891" in page
    assert "김두레" in page


def test_a_list_costs_the_same_however_long_it_is(client, django_assert_max_num_queries):
    for n in range(3):
        a_product(f"상품 {n}")
    client.get("/products/")
    with django_assert_max_num_queries(12) as few:
        client.get("/products/")
    for n in range(15):
        a_product(f"더 {n}")
    with django_assert_max_num_queries(12) as many:
        client.get("/products/")
    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("path", "most"), [("/", 24), ("/live/", 10), ("/s/{seller}/", 10), ("/products/{product}/", 24)]
)
def test_pages_keep_within_their_queries(client, django_assert_max_num_queries, path, most):
    options = [a_product(f"상품 {n}") for n in range(6)]
    seller = options[0].product.seller
    Product.objects.update(seller=seller)
    buyer = a_person()
    for _n in range(3):
        line = a_line("DELIVERED", option=options[0], buyer=buyer)
        reviews.write(line, rating=5, text="맛있게 잘 먹었습니다!", by=buyer)
    with django_assert_max_num_queries(most):
        html(client.get(path.format(seller=seller.pk, product=options[0].product_id)))


def test_htmx_gets_the_shelf_alone(client):
    a_product("감귤")
    part = html(client.get("/products/?q=감귤", headers={"HX-Request": "true"}))
    assert "감귤" in part
    assert "<html" not in part


def test_the_market_speaks_english(client):
    a_product("감귤")
    page = html(client.get(reverse("shop:products"), headers={"accept-language": "en"}))
    assert "All products" in page
    assert "Cart" in page


class TestDemo:
    """Signing in without a password is for the demo's own people, in the demo only."""

    @pytest.fixture
    def demo_mode(self, monkeypatch):
        from dataclasses import replace

        from dure import config
        from dure.sites.shop.views import home

        monkeypatch.setattr(home, "load", lambda: replace(config.load(), mode="demo"))

    def test_the_start_page_offers_one_of_each(self, client, demo_mode):
        a_person("MD", name="한기획"), a_person("OPERATOR", name="최운영"), a_person("MD", name="둘째 MD")
        page = html(client.get("/"))
        assert "누구로 둘러볼까요?" in page
        assert "한기획" in page
        assert "둘째 MD" not in page

    def test_a_press_signs_in(self, client, demo_mode):
        md = a_person("MD")
        response = client.post("/demo/enter/", {"email": md.email, "next": "/desk/"})
        assert response["Location"] == "/desk/"
        assert client.session["_auth_user_id"] == str(md.pk)

    def test_nobody_else_and_nowhere_else(self, client, demo_mode):
        a_person("MD")
        stranger = a_person()
        assert client.post("/demo/enter/", {"email": stranger.email}).status_code == 404
        assert client.get("/demo/enter/").status_code == 405
        md = a_person("OPERATOR")
        response = client.post("/demo/enter/", {"email": md.email, "next": "https://evil.example/"})
        assert response["Location"] == "/"

    def test_outside_the_demo_the_door_is_shut(self, client):
        md = a_person("MD")
        assert client.post("/demo/enter/", {"email": md.email}).status_code == 404
        assert "누구로 둘러볼까요?" not in html(client.get("/"))
