"""A buyer's orders are found by words, period and state, and taken along as a file."""

from __future__ import annotations

from datetime import timedelta

import pytest

from builders import a_person, an_option, an_order
from dure.kit import clock
from dure.kit.excel import open_book
from trade import money, promised  # noqa: F401 (a fixture)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("money")]


@pytest.fixture
def buyer(client):
    buyer = a_person()
    client.force_login(buyer)
    return buyer


def numbers(client, **asked):
    return {order.row.number for order in client.get("/orders/", asked).context["orders"]}


def test_orders_are_found_by_product_shop_number_and_period(client, buyer):
    fruit, fish = (an_order(an_option(name=name), buyer=buyer) for name in ("제주 감귤", "남해 멸치"))
    type(fish).objects.filter(pk=fish.pk).update(placed_at=clock.now() - timedelta(days=100))
    an_order(an_option(name="제주 감귤"), buyer=a_person())
    assert numbers(client, q="감귤") == {fruit.number}
    assert numbers(client, q="제주 감귤") == {fruit.number} and numbers(client, q="제주 멸치") == set()
    assert numbers(client, q=fish.number) == {fish.number} == numbers(client, q=fish.lines.get().seller.name)
    assert numbers(client, months="3") == {fruit.number} and numbers(client, months="6") == {fruit.number, fish.number}
    assert "찾는 주문이 없어요" in client.get("/orders/", {"q": "없는 것"}).content.decode()
    assert 'value="감귤"' in client.get("/orders/", {"q": "감귤", "show": "going"}).content.decode()


def test_orders_that_await_a_deposit_are_a_tab(client, buyer):
    order = an_order(buyer=buyer)
    an_order(buyer=buyer)
    promised(order)
    assert numbers(client, show="waiting") == {order.number}


def test_what_was_found_is_taken_along_as_a_file(client, buyer):
    order = an_order(an_option(name="감귤"), buyer=buyer, quantity=2)
    an_order(an_option(name="멸치"), buyer=buyer)
    answer = client.get("/orders/", {"q": "감귤", "export": "xlsx"})
    rows = [cells for _n, cells in open_book(b"".join(answer.streaming_content)).rows()]
    assert len(rows) == 2 and rows[1][0] == order.number and rows[1][3] == "감귤" and rows[1][5] == 2


def test_the_list_asks_few_questions(client, buyer, django_assert_max_num_queries):
    for _ in range(4):
        an_order(an_option(), an_option(), buyer=buyer)
    with django_assert_max_num_queries(14):
        client.get("/orders/", {"q": "상품"})
