"""The API tells anybody what is on sale, and everybody only their own."""

import pytest

from builders import a_line, a_person, an_option
from dure.commerce.search.documents import catch_up
from dure.kit import clock
from machines import Machine, a_key

pytestmark = pytest.mark.django_db


def on_sale(**fields):
    option = an_option(**fields)
    type(option.product).objects.filter(pk=option.product_id).update(on_sale_at=clock.now())
    return option


def test_what_is_on_sale_is_public_with_its_options_and_prices(client, django_assert_max_num_queries):
    options = [on_sale(price=12_000, name=f"귤 {n}") for n in range(5)]
    on_sale(status="DRAFT", name="아직 아닌 귤")
    catch_up()
    with django_assert_max_num_queries(4):
        told = client.get("/api/v1/products", {"q": "귤"}).json()
    assert len(told["items"]) == 5 and told["next"] is None
    shown = client.get(f"/api/v1/products/{options[0].product_id}").json()
    assert shown["options"] == [{"id": options[0].pk, "name": "기본", "price": 12_000, "live": False, "available": 10}]


def test_a_list_is_read_in_pieces_that_neither_repeat_nor_lose_a_row(client):
    made = [on_sale().product_id for _ in range(7)]
    seen, cursor = [], ""
    while cursor is not None:
        told = client.get("/api/v1/products", {"limit": 3, "cursor": cursor}).json()
        seen += [item["id"] for item in told["items"]]
        cursor = told["next"]
        if len(seen) == 3:
            on_sale()  # a newer one stands before what was read already
    assert sorted(seen) == sorted(made)


@pytest.mark.parametrize("cursor", ["x", "WzFd", "WyJhIiwgMV0", "bnVsbA", "W251bGwsIG51bGxd"])
def test_a_cursor_that_is_not_ours_is_refused(client, cursor):
    told = client.get("/api/v1/products", {"cursor": cursor})
    assert told.status_code == 422 and told.json()["code"] == "bad_cursor"


def test_a_seller_reads_and_acknowledges_their_own_lines_only(client, seller_of):
    mine, theirs = a_line(), a_line()
    client.force_login(seller_of(mine))
    for machine in (Machine(client), Machine(client, a_key(mine.seller))):
        assert [row["id"] for row in machine.get("/seller/product-orders").json()["items"]] == [mine.pk]
        assert machine.get(f"/seller/product-orders/{theirs.pk}").status_code == 404
        assert machine.post(f"/seller/product-orders/{theirs.pk}/acknowledge").status_code == 404
    assert machine.post(f"/seller/product-orders/{mine.pk}/acknowledge").json()["acknowledged_at"]
    again = machine.post(f"/seller/product-orders/{mine.pk}/acknowledge")
    assert again.status_code == 409 and again.json()["code"] == "wrong_state"


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        ("READ_ONLY", "/seller/product-orders", 200),
        ("FINANCE", "/seller/settlements", 200),
        ("PRODUCT", "/seller/settlements", 403),
        ("PRODUCT", "/seller/products", 200),
    ],
)
def test_a_person_sees_what_their_role_in_the_shop_may_see(client, seller_of, role, path, status):
    client.force_login(seller_of(a_line(), role))
    assert client.get(f"/api/v1{path}").status_code == status


def test_who_works_for_no_shop_has_no_sellers_side(client):
    client.force_login(a_person())
    assert client.get("/api/v1/seller/product-orders").status_code == 403


def test_a_seller_sends_by_the_api(client):
    line = a_line()
    machine = Machine(client, a_key(line.seller))
    sent = machine.post(
        f"/seller/product-orders/{line.pk}/dispatch", {"carrier": "CJ", "waybill": "6000-1234-5678"}
    ).json()
    assert sent["status"] == "DELIVERING" and sent["parcels"][0]["waybill"] == "600012345678"


def test_a_list_of_orders_costs_the_same_whatever_its_length(client, django_assert_max_num_queries):
    line = a_line()
    for _ in range(4):
        a_line(option=line.option)
    machine = Machine(client, a_key(line.seller))
    machine.get("/seller/product-orders")
    with django_assert_max_num_queries(2):
        assert len(machine.get("/seller/product-orders").json()["items"]) == 5


def test_a_product_is_drafted_changed_and_stocked_by_the_api(client):
    option = an_option()
    machine = Machine(client, a_key(option.product.seller))
    body = {"category": "food", "name": "감귤 3kg", "options": [{"name": "3kg", "price": 19_900}]}
    made = machine.post("/seller/products", body, key="draft-1")
    assert made.status_code == 201 and made.json()["status"] == "DRAFT"
    pk = made.json()["id"]
    read = machine.get(f"/seller/products/{pk}")
    etag = read["ETag"]
    changed = machine.ask("PATCH", f"/seller/products/{pk}", {"tagline": "새콤달콤"}, **{"If-Match": etag})
    assert changed.json()["tagline"] == "새콤달콤" and changed["ETag"] != etag
    late = machine.ask("PATCH", f"/seller/products/{pk}", {"tagline": "덮어쓰기"}, **{"If-Match": etag})
    assert late.status_code == 412 and late.json()["code"] == "changed_meanwhile"
    blind = machine.ask("PATCH", f"/seller/products/{pk}", {"tagline": "덮어쓰기"})
    assert blind.status_code == 428
    stocked = machine.ask("PUT", f"/seller/options/{read.json()['options'][0]['id']}/stock", {"available": 30})
    assert stocked.json()["available"] == 30


def test_what_was_sold_between_reading_and_writing_the_stock_stays_sold(client):
    option = an_option(stock=10)
    machine = Machine(client, a_key(option.product.seller))
    told = machine.ask("PUT", f"/seller/options/{option.pk}/stock", {"available": 20, "seen": 12})
    assert told.json()["available"] == 18  # two were sold after it had been read
