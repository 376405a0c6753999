"""Paying by virtual account, as buyer and operator see it."""

from __future__ import annotations

import uuid
from urllib.parse import parse_qs, urlsplit

import pytest

from builders import a_person, an_option, an_order
from dure.commerce.claims import actions as claims
from dure.finance.payments import receipts, virtual
from dure.finance.payments.models import Receipt, Refund
from dure.kit.outbox import deliver_due
from trade import money, promised, told_of  # noqa: F401 (a fixture)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("money")]


@pytest.fixture
def order(client):
    buyer = a_person(name="나구매")
    client.force_login(buyer)
    return an_order(an_option(120_000, name="감귤"), buyer=buyer)


def text(response):
    return response.content.decode()


def paid(order):
    payment = promised(order)
    virtual._settle(payment, told_of(payment, "DONE"))
    order.refresh_from_db()
    return payment


def test_the_window_is_opened_with_the_way_the_buyer_chose(client, order):
    page = text(client.get(f"/pay/{order.number}/?way=VIRTUAL_ACCOUNT"))
    assert 'value="VIRTUAL_ACCOUNT" checked' in page and "휴대폰 결제" in page
    window = urlsplit(client.post(f"/pay/{order.number}/", {"way": "VIRTUAL_ACCOUNT"})["Location"])
    told = parse_qs(window.query)
    assert (told["method"], told["validHours"]) == (["가상계좌"], ["24"])


def test_the_page_says_where_how_much_and_until_when(client, order):
    account = promised(order).virtual_account
    page = text(client.get(f"/pay/{order.number}/", follow=True))
    assert account.number in page and "120,000원" in page and "신한은행" in page and "연습용 은행" in page
    assert account.number in text(client.get(f"/pay/{order.number}/deposit/"))
    assert "입금할 계좌 보기" in text(client.get("/orders/")) and "입금하면 주문이" in text(
        client.get(f"/orders/{order.number}/")
    )
    client.force_login(a_person())
    assert client.get(f"/pay/{order.number}/deposit/").status_code in {302, 404}


def test_giving_up_ends_the_order_and_keeps_the_goods_in_the_cart(client, order, monkeypatch):
    payment = promised(order)

    class Provider:
        def cancel(self, payment_key, reason, *, key):
            return told_of(payment, "CANCELED")

    monkeypatch.setattr(virtual, "toss", Provider)
    page = text(client.post(f"/pay/{order.number}/deposit/give-up/", follow=True))
    order.refresh_from_db()
    assert order.ended_at and "감귤" in page and "장바구니에 다시" in page
    assert client.post(f"/pay/{order.number}/deposit/give-up/").status_code == 404


def test_the_account_for_refunds_is_asked_for_kept_and_shown_masked(client, order):
    paid(order)
    assert "환불받을 계좌 적기" in text(client.get(f"/orders/{order.number}/"))
    told = {"bank_code": "004", "number": "123-45-6789012", "holder": "나구매"}
    where = f"/orders/{order.number}/refund-account/"
    assert client.post(where, {**told, "bank_code": ""}).status_code == 422
    wrong = client.post(where, {**told, "number": "12"})
    assert wrong.status_code == 422 and "나구매" in text(wrong)
    page = text(client.post(where, told, follow=True))
    assert "····9012" in page and "6789012" not in page


def test_a_cash_receipt_is_shown_to_buyer_and_office_and_tried_again(client, order, monkeypatch):
    payment = paid(order)
    receipts.due_for(payment)
    receipt = Receipt.objects.get(payment=payment)
    Receipt.objects.filter(pk=receipt.pk).update(status="FAILED", failure="번호가 달라요")
    assert "발급하지 못했어요" in text(client.get(f"/orders/{order.number}/"))
    client.force_login(a_person("FINANCE", is_staff=True))
    assert order.number in text(client.get("/office/receipts/"))
    page = text(client.get(f"/office/orders/{order.number}/"))
    assert "번호가 달라요" in page and f"/office/receipts/{receipt.pk}/again/" in page
    client.post(f"/office/receipts/{receipt.pk}/again/")
    receipt.refresh_from_db()
    assert (receipt.status, receipt.tries) == ("REQUESTED", 1)


def test_the_office_asks_again_for_a_refund_that_was_refused(client, order):
    payment = paid(order)
    virtual.tell_refund_account(payment, bank_code="004", number="123456789012", holder="나구매", by=order.buyer)
    line = order.lines.get()
    claims.open_claim(line, "CANCEL", quantity=1, reason="INTENT_CHANGED", key=uuid.uuid4(), by=order.buyer)
    deliver_due()
    refund = Refund.objects.get()
    assert refund.status == "DONE"
    client.force_login(a_person("CS", is_staff=True))
    assert client.post(f"/office/refunds/{refund.pk}/again/").status_code == 403
    client.force_login(a_person("FINANCE", is_staff=True))
    assert client.post(f"/office/refunds/{refund.pk}/again/").status_code == 409, "it went back already"
