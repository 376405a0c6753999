"""To the payment window and back, whatever comes back."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from builders import a_person, an_option, an_order
from dure.commerce.orders import actions as orders
from dure.commerce.orders.models import Order
from dure.commerce.stock.models import StockItem
from dure.finance.payments import actions
from dure.finance.payments.models import Payment
from dure.integrations.toss.client import PaymentTold
from dure.kit import clock
from dure.kit.http import OutsideError

pytestmark = pytest.mark.django_db


class Provider:
    """Answers a confirm as told: with the money taken, or with an error."""

    def __init__(self):
        self.asked = []
        self.error = None

    def confirm(self, payment_key, order_id, amount, *, key):
        self.asked.append((payment_key, order_id, amount))
        if self.error:
            raise self.error
        return PaymentTold(payment_key, order_id, "DONE", amount, amount, "카드", clock.now(), (), "", "", {})


@pytest.fixture
def provider(monkeypatch):
    toss = Provider()
    monkeypatch.setattr(actions, "toss", lambda: toss)
    return toss


@pytest.fixture
def order(client):
    buyer = a_person(name="나구매")
    client.force_login(buyer)
    return an_order(an_option(12_000, name="감귤"), an_option(8_000), buyer=buyer)


def text(response):
    return response.content.decode()


def come_back(client, order, **changes):
    answer = {"paymentKey": "tgen_1", "orderId": order.number, "amount": order.pay_total, **changes}
    return client.get(f"/pay/{order.number}/success/", answer, follow=True)


def to_the_window(client, order):
    return client.post(f"/pay/{order.number}/")


def test_the_window_is_opened_with_what_is_to_be_paid(client, order):
    page = text(client.get(f"/pay/{order.number}/"))
    assert "20,000원" in page
    window = urlsplit(to_the_window(client, order)["Location"])
    told = {name: values[0] for name, values in parse_qs(window.query).items()}
    assert window.path == "/toss/window"
    assert told["amount"] == "20000"
    assert told["orderId"] == order.number
    assert told["orderName"] == "감귤 외 1건"
    assert told["successUrl"].endswith(f"/pay/{order.number}/success/")


def test_the_buyer_comes_back_and_the_order_is_paid(client, order, provider):
    to_the_window(client, order)
    page = text(come_back(client, order))
    assert "주문을 마쳤어요" in page
    assert Order.objects.get(pk=order.pk).paid_at
    assert provider.asked == [("tgen_1", order.number, 20_000)]


def test_a_reload_of_the_return_page_pays_nothing_twice(client, order, provider):
    to_the_window(client, order)
    come_back(client, order)
    assert "주문을 마쳤어요" in text(come_back(client, order))
    assert len(provider.asked) == 1
    assert client.get(f"/pay/{order.number}/")["Location"] == f"/pay/{order.number}/done/"


@pytest.mark.parametrize(
    "changes", [{"amount": 19_999}, {"amount": "x"}, {"orderId": "D000000-OTHER"}, {"paymentKey": ""}]
)
def test_an_answer_that_does_not_fit_the_order_takes_no_money(client, order, provider, changes):
    to_the_window(client, order)
    page = text(come_back(client, order, **changes))
    assert "다시 결제하기" in page
    assert not provider.asked
    assert not Order.objects.get(pk=order.pk).paid_at


def test_a_refused_card_is_told_and_may_be_tried_again(client, order, provider):
    to_the_window(client, order)
    provider.error = OutsideError("toss", "REJECT_CARD_PAYMENT", "한도 초과예요.", 403)
    response = come_back(client, order)
    assert response.status_code == 402
    assert "한도 초과예요." in text(response)
    provider.error = None
    assert "주문을 마쳤어요" in text(come_back(client, order, paymentKey="tgen_2"))


def test_when_the_provider_is_silent_the_buyer_is_told_not_to_pay_again(client, order, provider):
    to_the_window(client, order)
    provider.error = OutsideError("toss", "UNREACHABLE", "", unknown=True)
    page = text(come_back(client, order))
    assert "결제를 확인하고 있어요" in page
    assert Payment.objects.get().status == "IN_PROGRESS"


@pytest.mark.parametrize(
    ("code", "said"), [("PAY_PROCESS_CANCELED", "결제를 그만두셨어요"), ("PAY_PROCESS_ABORTED", "결제가 되지 않았어요")]
)
def test_who_leaves_the_window_finds_the_order_still_there(client, order, code, said):
    page = text(
        client.get(f"/pay/{order.number}/fail/", {"code": code, "message": "<script>", "orderId": order.number})
    )
    assert said in page
    assert "<script>" not in page
    assert "다시 결제하기" in page


def test_an_order_whose_time_is_over_is_not_paid(client, order):
    with clock.at(order.expires_at + timedelta(seconds=1)):
        response = client.get(f"/pay/{order.number}/")
    assert response.status_code == 409
    assert "결제 시간이 지나" in text(response)


def test_money_that_comes_too_late_goes_back_and_the_buyer_is_told(client, order, provider):
    to_the_window(client, order)

    def too_late(payment_key, order_id, amount, *, key):
        orders.expire(order)
        StockItem.objects.update(available=0)  # and somebody else has bought it
        return PaymentTold(payment_key, order_id, "DONE", amount, amount, "카드", clock.now(), (), "", "", {})

    provider.confirm = too_late
    page = text(come_back(client, order))
    assert "결제 시간이 지났어요" in page
    assert "돌려드려요" in page


def test_with_the_real_provider_its_own_script_opens_the_window(client, order, monkeypatch):
    from dataclasses import replace

    from dure import config
    from dure.sites.shop.views import pay

    monkeypatch.setattr(pay, "load", lambda: replace(config.load(), simulators=False, toss_client_key="live_ck_1"))
    page = text(client.get(f"/pay/{order.number}/"))
    assert 'data-toss="live_ck_1"' in page
    assert "pay-" in page  # the script that loads it
