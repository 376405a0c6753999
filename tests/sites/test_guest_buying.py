"""Buying without an account: placed, found again, claimed, and closed to everybody else."""

from __future__ import annotations

import uuid

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from builders import a_commission_plan, a_person, a_shipping_policy, an_address, an_option
from dure.commerce.claims.models import Claim
from dure.commerce.orders import actions, guests, receipts
from dure.commerce.orders.actions import Guest, Wanted
from dure.commerce.orders.errors import GuestMissing, GuestOrderNotFound, TooManyTries
from dure.commerce.orders.models import CashReceipt, GuestTry, Order
from dure.commerce.orders.queries import for_guest
from dure.integrations.toss.window import pay_in_window
from dure.kit import clock
from dure.kit.outbox import deliver_due
from dure.people.models import User

pytestmark = pytest.mark.django_db

FORM = {
    "receiver": "받는이",
    "phone": "010-1234-5678",
    "postcode": "63122",
    "address1": "제주특별자치도 제주시 문연로 6",
    "address2": "",
    "memo": "",
    "guest_name": "손님",
    "guest_email": "Guest@Example.kr",
    "guest_phone": "010-9876-5432",
    "agree": "on",
}
GUEST = Guest("손님", "guest@example.kr", "+821098765432")


@pytest.fixture(autouse=True)
def commission():
    a_commission_plan()


def text(response):
    return response.content.decode()


def checkout(client, option, **changes):
    form = {**FORM, "key": str(uuid.uuid4()), "option": option.pk, "quantity": 1, "show": "", **changes}
    return client.post("/checkout/", form)


def a_guests_order(**fields):
    option = an_option()
    fields = {"key": uuid.uuid4().hex, "guest": GUEST, **fields}
    return actions.place_order(None, [Wanted(option.pk, 1)], an_address(), **fields)


def test_a_guest_buys_pays_and_comes_back_by_number_and_phone(client, simulators):
    option = an_option(10_000)
    a_shipping_policy(option.product.seller, fee=3000)
    people = User.objects.count()
    placed = checkout(client, option)
    order = Order.objects.get()
    assert placed["Location"] == f"/pay/{order.number}/"
    assert (order.buyer, order.guest_email, order.guest_phone) == (None, "guest@example.kr", "+821098765432")
    assert order.pay_total == 16_000  # Jeju
    assert User.objects.count() == people  # no ghost account

    client.post(f"/pay/{order.number}/")
    key = pay_in_window(order.number, "감귤", order.pay_total)
    query = {"paymentKey": key, "orderId": order.number, "amount": order.pay_total}
    assert client.get(f"/pay/{order.number}/success/", query)["Location"] == f"/pay/{order.number}/done/"
    assert "주문을 마쳤어요" in text(client.get(f"/pay/{order.number}/done/"))

    elsewhere = Client()
    assert "/accounts/login/" in elsewhere.get(f"/orders/{order.number}/")["Location"]
    found = elsewhere.post("/guest/", {"number": order.number.lower(), "contact": "010 9876 5432"})
    assert found["Location"] == f"/orders/{order.number}/"
    assert "제주 +3,000원" in text(elsewhere.get(f"/orders/{order.number}/"))
    line = order.lines.get()
    asked = {"kind": "CANCEL", "quantity": 1, "reason": "INTENT_CHANGED", "detail": "", "key": str(uuid.uuid4())}
    claimed = elsewhere.post(f"/orders/lines/{line.pk}/claim/", asked)
    claim = Claim.objects.get()
    assert claimed["Location"] == f"/claims/{claim.pk}/"
    assert claim.opened_by is None
    deliver_due()
    assert elsewhere.get(f"/claims/{claim.pk}/").status_code == 200


def test_what_is_missing_is_said_beside_the_field_and_nothing_typed_is_lost(client):
    refused = checkout(client, an_option(), guest_phone="1", agree="", guest_name="김손님")
    page = text(refused)
    assert refused.status_code == 422
    assert "연락 받을 수 있는 전화번호" in page
    assert "동의해야 비회원으로" in page
    assert 'value="김손님"' in page
    assert not Order.objects.exists()


def test_the_same_form_twice_is_one_order(client):
    option, key = an_option(), str(uuid.uuid4())
    first, again = checkout(client, option, key=key), checkout(client, option, key=key)
    assert first["Location"] == again["Location"]
    assert Order.objects.count() == 1


def test_a_guests_order_is_nobody_elses(client):
    order = a_guests_order()
    client.force_login(a_person())
    for page in (f"/orders/{order.number}/", f"/pay/{order.number}/", f"/pay/{order.number}/done/"):
        assert client.get(page).status_code == 404
    other = a_guests_order()
    browser = Client()
    browser.post("/guest/", {"number": order.number, "contact": "guest@example.kr"})
    assert browser.get(f"/orders/{order.number}/").status_code == 200
    assert browser.get(f"/orders/{other.number}/").status_code == 404


def test_a_members_order_is_not_found_by_a_guess(client):
    order = actions.place_order(a_person(), [Wanted(an_option().pk, 1)], an_address(), key="k")
    answer = client.post("/guest/", {"number": order.number, "contact": ""})
    assert answer.status_code == 422
    answer = client.post("/guest/", {"number": order.number, "contact": "a@example.kr"})
    assert answer.status_code == 404
    assert "비회원 주문이 없어요" in text(answer)


def test_guessing_stops_after_a_few_tries_whoever_guesses():
    order = a_guests_order()
    for n in range(guests.MOST_PER_ORDER):
        with pytest.raises(GuestOrderNotFound):
            guests.look_up(order.number, f"010-1111-000{n}", asker=f"10.0.0.{n}")
    with pytest.raises(TooManyTries):  # even with the right one, until the window is over
        guests.look_up(order.number, GUEST.phone, asker="10.9.9.9")
    GuestTry.objects.update(at=clock.now() - guests.WINDOW)
    assert guests.look_up(order.number, GUEST.email.upper(), asker="10.9.9.9") == order


def test_one_asker_does_not_walk_through_many_orders():
    for n in range(guests.MOST_PER_ASKER):
        with pytest.raises(GuestOrderNotFound):
            guests.look_up(f"D261124-{n:08d}", GUEST.phone, asker="10.0.0.1")
    order = a_guests_order()
    with pytest.raises(TooManyTries):
        guests.look_up(order.number, GUEST.phone, asker="10.0.0.1")
    assert guests.look_up(order.number, GUEST.phone, asker="10.0.0.2") == order


def test_a_program_comes_back_by_the_secret_of_which_only_the_hash_is_kept():
    order = a_guests_order(key="again")
    secret = guests.guest_secret_of(order)
    assert for_guest(order.number, secret=secret) == order
    assert for_guest(order.number, secret=secret[:-1] + "x") is None
    assert secret not in str(Order.objects.values().get())


def test_somebody_must_have_bought_it():
    with pytest.raises(GuestMissing):
        a_guests_order(guest=None)
    order = a_guests_order()
    with pytest.raises(IntegrityError, match="buyer_or_guest"), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(guest_phone="")


@pytest.mark.parametrize(
    ("kind", "number", "kept"),
    [
        ("DEDUCTION", "010-1234-5678", "01012345678"),
        ("DEDUCTION", "1234-5678-9012-3456", "1234567890123456"),
        ("PROOF", "120-88-00767", "1208800767"),
        ("PROOF", "120-88-00768", ""),  # the check digit is wrong
        ("PROOF", "010-1234-5678", ""),
        ("DEDUCTION", "02-123-4567", ""),
        ("DEDUCTION", "", ""),
    ],
)
def test_a_cash_receipt_is_asked_for_under_a_number_that_fits_and_kept_encrypted(client, kind, number, kept):
    answer = checkout(client, an_option(), receipt=kind, receipt_number=number)
    if not kept:
        assert answer.status_code == 422
        assert "번호를 다시 확인해 주세요" in text(answer)
        assert not Order.objects.exists()
        return
    asked = CashReceipt.objects.get()
    assert (asked.kind, asked.shown, receipts.number_of(asked)) == (kind, "····" + kept[-4:], kept)
    assert kept.encode() not in bytes(asked.number_encrypted)
