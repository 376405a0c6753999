"""From the shelf to the order, as a browser without JavaScript would do it."""

from __future__ import annotations

import uuid

import pytest

from builders import a_commission_plan, a_person, a_shipping_policy, an_option
from dure.commerce.cart.models import Cart, CartLine
from dure.commerce.orders.models import Order
from dure.commerce.pricing.models import LivePrice
from dure.kit import clock

pytestmark = pytest.mark.django_db

ADDRESS = {
    "receiver": "나구매",
    "phone": "010-1234-5678",
    "postcode": "03086",
    "address1": "서울 종로구 율곡로 99",
    "address2": "1층",
    "memo": "문 앞에 놓아 주세요",
}


@pytest.fixture(autouse=True)
def commission():
    a_commission_plan()


@pytest.fixture
def buyer(client):
    person = a_person(name="나구매")
    client.force_login(person)
    return person


def text(response):
    return response.content.decode()


def put(client, option, quantity=1, **more):
    return client.post("/cart/put/", {"option": option.pk, "quantity": quantity, **more})


def checkout(client, *rows, **changes):
    """Send the checkout form for (option, quantity) rows with a fresh key."""
    form = {**ADDRESS, "key": str(uuid.uuid4()), "option": [o.pk for o, _q in rows], "quantity": [q for _o, q in rows]}
    return client.post("/checkout/", {**form, "show": [""] * len(rows), **changes})


class TestCart:
    def test_a_visitor_fills_a_cart_and_it_is_grouped_by_seller_with_the_reason_of_each_fee(self, client):
        near, far = an_option(12_000, name="감귤"), an_option(40_000, name="굴비")
        a_shipping_policy(near.product.seller, fee=3000, free_over=30_000)
        a_shipping_policy(far.product.seller, fee=3500, free_over=30_000)
        assert put(client, near, 2)["Location"] == "/cart/"
        put(client, far)
        page = text(client.get("/cart/"))
        assert "6,000원 더 담으면 무료배송" in page
        assert "30,000원 이상이라 무료배송" in page
        assert "67,000원" in page  # 24,000 + 40,000 + 3,000
        assert '<span class="count">3</span>' in page

    def test_looking_at_a_cart_makes_none(self, client):
        assert "아직 담은 것이 없어요" in text(client.get("/cart/"))
        assert not Cart.objects.exists()

    def test_the_cart_comes_along_when_the_visitor_signs_in(self, client):
        option, other = an_option(), an_option()
        buyer = a_person(email="buyer@example.kr")
        client.force_login(buyer)
        put(client, other, 3)
        client.post("/accounts/logout/")
        put(client, option, 2)
        client.post("/accounts/login/", {"login": "buyer@example.kr", "password": "pw-for-tests"})
        lines = dict(CartLine.objects.filter(cart__user=buyer).values_list("option_id", "quantity"))
        assert lines == {option.pk: 2, other.pk: 3}
        assert Cart.objects.count() == 1

    def test_quantity_changes_and_a_fragment_comes_back_to_htmx(self, client):
        option = an_option(5_000, stock=50)
        put(client, option)
        part = text(client.post("/cart/change/", {"option": option.pk, "quantity": 7}, headers={"HX-Request": "true"}))
        assert "35,000원" in part
        assert "<html" not in part

    @pytest.mark.parametrize("quantity", ["-1", "1000", "many", ""])
    def test_a_quantity_that_cannot_be_is_refused_with_words_and_changes_nothing(self, client, quantity):
        option = an_option()
        put(client, option, 2)
        page = text(client.post("/cart/change/", {"option": option.pk, "quantity": quantity}, follow=True))
        assert "수량은 1개에서 999개까지" in page
        assert CartLine.objects.get().quantity == 2

    def test_what_was_taken_out_can_be_put_back(self, client):
        option = an_option(name="감귤")
        put(client, option, 4)
        page = text(client.post("/cart/remove/", {"option": option.pk}, follow=True))
        assert "되돌리기" in page
        assert f'<input type="hidden" name="option" value="{option.pk}">' in page
        put(client, option, 4)
        assert CartLine.objects.get().quantity == 4

    def test_what_cannot_be_bought_says_why_and_blocks_the_order(self, client):
        few, gone = an_option(stock=2, name="굴"), an_option(name="멸치")
        put(client, few, 5), put(client, gone)
        gone.product.status = "SUSPENDED"
        gone.product.save()
        page = text(client.get("/cart/"))
        assert "2개 남았어요" in page
        assert "지금은 팔지 않아요" in page
        assert "/checkout/" not in page

    def test_a_product_not_on_sale_cannot_be_put_in(self, client):
        assert put(client, an_option(status="DRAFT")).status_code == 404
        assert put(client, an_option(active=False)).status_code == 409
        assert client.post("/cart/put/", {"option": "x"}).status_code == 404

    def test_a_cart_costs_the_same_however_full(self, client, django_assert_max_num_queries):
        options = [an_option() for _n in range(8)]
        put(client, options[0])
        client.get("/cart/")
        with django_assert_max_num_queries(12) as one:
            client.get("/cart/")
        for option in options[1:]:
            put(client, option)
        client.get("/cart/")
        with django_assert_max_num_queries(12) as eight:
            client.get("/cart/")
        assert len(eight) == len(one)


class TestCheckout:
    def test_a_visitor_may_sign_in_first_and_comes_back_to_the_same_checkout(self, client):
        option = an_option()
        page = text(client.get(f"/checkout/?option={option.pk}&quantity=2&show="))
        assert f"/accounts/login/?next=/checkout/%3Foption%3D{option.pk}%26quantity%3D2" in page

    def test_an_order_of_two_sellers_is_placed_and_leads_to_the_payment(self, client, buyer):
        one, two = an_option(12_000), an_option(8_000)
        a_shipping_policy(one.product.seller, fee=3000)
        put(client, one, 2), put(client, two)
        page = text(client.get("/checkout/"))
        assert "35,000원" in page
        response = checkout(client, (one, 2), (two, 1), expected=35_000)
        order = Order.objects.get()
        assert response["Location"] == f"/pay/{order.number}/"
        assert (order.pay_total, order.buyer, order.phone) == (35_000, buyer, "+821012345678")
        assert not CartLine.objects.exists()
        assert "35,000원" in text(client.get(response["Location"]))

    def test_the_same_form_sent_twice_is_one_order(self, client, buyer):
        option = an_option()
        key = str(uuid.uuid4())
        first, second = checkout(client, (option, 1), key=key), checkout(client, (option, 1), key=key)
        assert first["Location"] == second["Location"]
        assert Order.objects.count() == 1

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("receiver", "", "id_receiver-error"),
            ("phone", "12", "연락 받을 수 있는 전화번호를"),
            ("postcode", "1234", "우편번호는 다섯 자리"),
            ("address1", "", "id_address1-error"),
            ("memo", "가" * 101, "id_memo-error"),
        ],
    )
    def test_a_wrong_field_is_named_beside_it_and_nothing_typed_is_lost(self, client, buyer, field, value, said):
        option = an_option()
        response = checkout(client, (option, 1), **{field: value})
        page = text(response)
        assert response.status_code == 422
        assert said in page
        assert all(kept in page for name, kept in ADDRESS.items() if name != field)
        assert not Order.objects.exists()

    def test_a_price_that_changed_meanwhile_is_shown_before_it_is_paid(self, client, buyer):
        option = an_option(10_000)
        option.price = 12_000
        option.save()
        response = checkout(client, (option, 1), expected=10_000)
        assert response.status_code == 422
        assert "금액이 바뀌었어요" in text(response)
        assert 'name="expected" value="12000"' in text(response)
        assert checkout(client, (option, 1), expected=12_000).status_code == 302

    def test_the_last_one_goes_to_who_was_first(self, client, buyer):
        option = an_option(stock=1)
        assert checkout(client, (option, 1)).status_code == 302
        late = checkout(client, (option, 1))
        assert late.status_code == 422
        assert "notice--bad" in text(late)
        assert Order.objects.count() == 1

    def test_an_island_pays_its_extra_and_sees_it_before(self, client, buyer):
        option = an_option(10_000)
        a_shipping_policy(option.product.seller, fee=3000, jeju_extra=2500)
        query = {"option": option.pk, "quantity": 1, "show": "", "postcode": "63309"}
        part = text(client.get("/checkout/", query, headers={"HX-Request": "true"}))
        assert "제주 +2,500원" in part
        assert 'value="15500"' in part
        checkout(client, (option, 1), postcode="63309", expected=15_500)
        assert Order.objects.get().shipping_total == 5_500

    def test_buying_at_once_leaves_the_cart_alone(self, client, buyer):
        kept, wanted = an_option(), an_option(name="지금 살 것")
        put(client, kept)
        response = put(client, wanted, 2, then="checkout")
        page = text(client.get(response["Location"]))
        assert "지금 살 것" in page
        assert kept.product.name not in page
        checkout(client, (wanted, 2))
        assert CartLine.objects.get().option == kept

    def test_an_order_out_of_a_show_remembers_the_show_and_its_price(self, client, buyer):
        option = an_option(10_000)
        LivePrice.objects.create(option=option, show=7, price=8_000, opened_at=clock.now())
        checkout(client, (option, 1), show=["7"], expected=8_000)
        order = Order.objects.get()
        assert (order.source, order.show, order.goods_total) == ("LIVE", 7, 8_000)

    def test_the_address_of_the_last_order_is_already_there(self, client, buyer):
        option = an_option(stock=5)
        checkout(client, (option, 1))
        page = text(client.get("/checkout/", {"option": option.pk, "quantity": 1}))
        assert 'value="서울 종로구 율곡로 99"' in page
        assert 'value="010-1234-5678"' in page

    def test_nothing_to_order_leads_back_to_the_cart(self, client, buyer):
        assert client.get("/checkout/")["Location"] == "/cart/"
        empty = client.post("/checkout/", {**ADDRESS, "key": str(uuid.uuid4())})
        assert empty.status_code == 422
        assert client.get("/checkout/?option=x&quantity=-1")["Location"] == "/cart/"
