"""A headless shop buys for a guest in three requests; everybody finds their own orders and nobody else's."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from builders import a_commission_plan, a_person, a_shipping_policy, an_option
from dure.commerce.orders.models import Order
from dure.finance.payments.models import Payment
from dure.integrations.toss.window import pay_in_window
from dure.kit import outbox
from machines import Machine, a_key

pytestmark = pytest.mark.django_db
ADDRESS = {"receiver": "나구매", "phone": "010-1234-5678", "postcode": "03086", "address1": "서울 종로구 율곡로 99"}
GUEST = {"name": "나구매", "email": "guest@example.kr", "phone": "010-1234-5678"}


@pytest.fixture
def shop(client):
    a_commission_plan()
    return Machine(client, a_key())


def a_cart(shop, *options, quantity=1):
    lines = [{"option": option.pk, "quantity": quantity} for option in options or [an_option()]]
    return shop.post("/carts", {"lines": lines, "postcode": "03086"}).json()


def an_order_by(shop, cart, key="order-1", **also):
    return shop.post("/orders", {"cart": cart["id"], "address": ADDRESS, "guest": GUEST, **also}, key=key)


def test_a_guest_buys_in_three_requests(shop, simulators):
    first, second = an_option(price=12_000), an_option(price=8_000)
    a_shipping_policy(first.product.seller, fee=3000)
    a_shipping_policy(second.product.seller, fee=2500, free_over=5_000)
    cart = a_cart(shop, first, second)
    assert cart["total"] == 12_000 + 8_000 + 3_000 and cart["can_order"]
    assert {f["reason"]: f["amount"] for f in cart["shipping"]} == {"BASE": 3000, "FREE_OVER": 0}
    placed = an_order_by(shop, cart, expected_total=cart["total"])
    assert placed.status_code == 201
    order = placed.json()
    assert order["pay_total"] == cart["total"] and order["guest_token"]
    key = _pay_in_the_window(order)
    paid = shop.post("/payments/confirm", {"order": order["number"], "payment_key": key, "amount": order["pay_total"]})
    assert paid.status_code == 200 and paid.json()["status"] == "DONE"
    again = shop.post("/payments/confirm", {"order": order["number"], "payment_key": key, "amount": order["pay_total"]})
    assert again.json() == paid.json()
    told = shop.get(f"/orders/{order['number']}").json()
    assert told["paid_at"] and {line["status"] for line in told["lines"]} == {"PAID"}
    row = Order.objects.get()
    assert row.buyer is None and row.guest_email == GUEST["email"] and row.guest_phone == "+821012345678"


def test_the_same_request_twice_is_one_order_and_another_is_refused(shop):
    cart = a_cart(shop)
    first, again = (an_order_by(shop, cart).json() for _ in range(2))
    assert first == again and Order.objects.count() == 1
    other = an_order_by(shop, a_cart(shop))
    assert other.status_code == 422 and other.json()["code"] == "idempotency_key_reused"
    missing = an_order_by(shop, cart, key="")
    assert missing.status_code == 400 and missing.json()["code"] == "idempotency_key_needed"


def test_a_price_that_changed_since_the_quote_is_told(shop):
    option = an_option(price=10_000)
    cart = a_cart(shop, option)
    type(option).objects.filter(pk=option.pk).update(price=11_000)
    told = an_order_by(shop, cart, expected_total=cart["total"])
    assert told.status_code == 409 and told.json()["code"] == "price_changed"
    assert told.json()["params"] == {"total": 11_000}


def test_a_guest_must_say_who_they_are(shop):
    cart = a_cart(shop)
    told = shop.post("/orders", {"cart": cart["id"], "address": ADDRESS}, key="k")
    assert told.status_code == 400 and told.json()["code"] == "guest_missing"
    told = an_order_by(shop, cart, guest={**GUEST, "phone": "12"})
    assert told.status_code == 422 and told.json()["errors"][0]["field"] == "guest.phone"


def test_a_cart_is_changed_and_quoted_anew(shop):
    option = an_option(price=5_000, stock=3)
    other = an_option(price=1_000)
    cart = a_cart(shop, option)
    path = f"/carts/{cart['id']}"
    assert shop.ask("PUT", f"{path}/lines/{other.pk}", {"quantity": 2}).json()["goods_total"] == 7_000
    many = shop.ask("PUT", f"{path}/lines/{option.pk}", {"quantity": 9}).json()
    assert [line["problem"] for line in many["lines"]] == ["TOO_FEW", ""] and not many["can_order"]
    assert shop.ask("PUT", f"{path}/lines/{option.pk}", {"quantity": 0}).json()["goods_total"] == 2_000
    assert shop.get("/carts/" + "A" * 32).status_code == 404


def test_a_shop_front_sees_only_orders_placed_through_it(shop, client):
    order = an_order_by(shop, a_cart(shop)).json()
    other = Machine(client, a_key())
    assert shop.get(f"/orders/{order['number']}").status_code == 200
    assert shop.get("/orders").status_code == 401, "a list is for people: a shop front keeps its numbers"
    assert other.get(f"/orders/{order['number']}").status_code == 404
    assert other.post("/payments", {"order": order["number"]}).status_code == 404


def test_a_person_signed_in_buys_for_themselves(client):
    a_commission_plan()
    buyer, stranger = a_person(), a_person()
    client.force_login(buyer)
    me = Machine(client)
    cart = a_cart(me)
    order = me.post("/orders", {"cart": cart["id"], "address": ADDRESS}, key="mine").json()
    assert Order.objects.get().buyer == buyer and order["guest_token"] == ""
    prepared = me.post("/payments", {"order": order["number"]})
    assert prepared.status_code == 201 and prepared.json()["amount"] == order["pay_total"]
    client.force_login(stranger)
    assert Machine(client).get(f"/orders/{order['number']}").status_code == 404
    assert Machine(client).get("/orders").json()["items"] == []


def test_a_payment_of_another_order_is_refused(shop, simulators):
    first = an_order_by(shop, a_cart(shop), key="a").json()
    second = an_order_by(shop, a_cart(shop), key="b").json()
    key = _pay_in_the_window(first)
    body = {"order": first["number"], "payment_key": key, "amount": first["pay_total"]}
    assert shop.post("/payments/confirm", body).status_code == 200
    body = {"order": second["number"], "payment_key": key, "amount": second["pay_total"]}
    told = shop.post("/payments/confirm", body)
    assert told.status_code == 409 and told.json()["code"] == "payment_key_used"
    assert not Payment.objects.filter(order__number=second["number"]).exists()


def test_a_practice_key_does_not_pay(client):
    a_commission_plan()
    machine = Machine(client, a_key(mode="test"))
    body = {"order": "D261124-AAAAAAAA", "payment_key": "x", "amount": 1}
    assert machine.post("/payments/confirm", body).json()["code"] == "not_in_sandbox"


def test_the_purchase_stays_lean(shop, simulators):
    """Queries of the three requests for a cart of two lines of two sellers (savepoints and settings included)."""
    options = [an_option(), an_option()]
    a_cart(shop, *options)  # the process knows the key now
    with CaptureQueriesContext(connection) as counted:
        cart = a_cart(shop, *options)
    assert len(counted) <= 12, [q["sql"][:80] for q in counted]
    with CaptureQueriesContext(connection) as counted:
        order = an_order_by(shop, cart, key="lean").json()
    assert len(counted) <= 28, [q["sql"][:80] for q in counted]
    key = _pay_in_the_window(order)
    with CaptureQueriesContext(connection) as counted:
        shop.post("/payments/confirm", {"order": order["number"], "payment_key": key, "amount": order["pay_total"]})
    assert len(counted) <= 55, [q["sql"][:80] for q in counted]
    outbox.deliver_due()


def _pay_in_the_window(order):
    """The buyer pays in the simulator's window; the payment key it gives back."""
    return pay_in_window(order["number"], "시험 주문", order["pay_total"])
