"""The API tells anybody what is on sale, and everybody only their own."""

import pytest

from builders import a_line, a_person, an_option, an_order
from dure.commerce.catalog.actions import reindex
from dure.commerce.sellers.models import Member

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller_of(client):
    def sign_in(line):
        owner = a_person()
        Member.objects.create(seller=line.seller, user=owner, role="OWNER")
        client.force_login(owner)
        return owner

    return sign_in


def test_what_is_on_sale_is_public_with_its_options_and_prices(client, django_assert_max_num_queries):
    options = [an_option(price=12_000, name=f"귤 {n}") for n in range(5)]
    draft = an_option(status="DRAFT", name="아직 아닌 귤")
    reindex(o.product for o in [*options, draft])
    with django_assert_max_num_queries(4):
        told = client.get("/api/v1/products", {"q": "귤"}).json()
    assert told["count"] == 5
    shown = client.get(f"/api/v1/products/{options[0].product_id}").json()
    assert shown["options"] == [{"id": options[0].pk, "name": "기본", "price": 12_000, "live": False, "available": 10}]


def test_a_buyer_reads_their_own_order_and_nobody_elses(client):
    mine, theirs = an_order(), an_order()
    client.force_login(mine.buyer)
    assert client.get(f"/api/v1/orders/{mine.number}").json()["pay_total"] == mine.pay_total
    assert client.get(f"/api/v1/orders/{theirs.number}").status_code == 404
    assert [o["number"] for o in client.get("/api/v1/orders").json()["items"]] == [mine.number]


def test_a_seller_reads_and_acknowledges_their_own_lines_only(client, seller_of):
    mine, theirs = a_line(), a_line()
    seller_of(mine)
    assert [row["id"] for row in client.get("/api/v1/seller/product-orders").json()["items"]] == [mine.pk]
    assert client.post(f"/api/v1/seller/product-orders/{theirs.pk}/acknowledge").status_code == 404
    assert client.post(f"/api/v1/seller/product-orders/{mine.pk}/acknowledge").status_code == 200
    again = client.post(f"/api/v1/seller/product-orders/{mine.pk}/acknowledge")
    assert again.status_code == 409 and again.json()["error"]["code"] == "wrong_state"


def test_errors_say_what_is_wrong_in_the_callers_language(client):
    nobody = client.get("/api/v1/orders")
    assert nobody.status_code == 401 and nobody.json()["error"]["message"] == "로그인한 뒤에 다시 요청해 주세요."
    wrong = client.get("/api/v1/products", {"limit": "many"})
    assert wrong.status_code == 422 and wrong.json()["error"]["field"] == "limit"
    assert client.get("/api/v1/products/999999").json()["error"]["code"] == "not_found"
