"""The operator's word: shown before it is given, with a reason, in the audit trail; nobody else's."""

import uuid

import pytest
from django.urls import reverse

from builders import a_line, a_person, a_shipping_policy, an_option
from dure.commerce.claims import actions as claims
from dure.commerce.claims.models import Claim
from dure.commerce.orders.models import ProductOrder
from dure.kit.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client):
    person = a_person("OPERATOR")
    client.force_login(person)
    return person


def sold(status="DELIVERED", **more):
    option = an_option(10_000, stock=20)
    a_shipping_policy(option.product.seller, fee=3000, return_fee=2500)
    return a_line(status, option=option, **more)


def ask(line, reason="BROKEN"):
    return claims.open_claim(line, "RETURN", quantity=1, reason=reason, key=uuid.uuid4(), by=line.order.buyer)


def text(response):
    return response.content.decode()


def test_a_forced_return_shows_its_refund_first_and_happens_once(client, operator):
    line = sold(quantity=2)
    address = reverse("office:force", args=[line.pk])
    shown = text(client.get(f"{address}?kind=RETURN&quantity=1&fault=BUYER"))
    assert "-2,500원" in shown and "7,500원" in shown
    assert "23,000원" in text(client.get(address)), "all of it, the seller's fault, with the fee for shipping"
    form = {"kind": "RETURN", "quantity": 2, "fault": "SELLER", "why": "", "key": str(uuid.uuid4())}
    assert client.post(address, form).status_code == 422
    form["why"] = "판매자와 연락이 되지 않아요"
    for _ in range(2):
        assert client.post(address, form).status_code in (302, 422)
    claim = Claim.objects.get()
    assert (claim.status, claim.forced_by, claim.refund_amount) == ("DONE", operator, 23_000)
    page = text(client.get(reverse("office:order", args=[line.order.number])))
    assert "직권" in page and "판매자와 연락이 되지 않아요" in page
    assert AuditEntry.objects.filter(action="claims.forced", actor=operator).count() == 1


@pytest.mark.parametrize("wrong", [{"quantity": 9}, {"kind": "CANCEL"}, {"fault": "MOON"}, {"key": "x"}])
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(client, operator, wrong):
    line = sold(quantity=2)
    form = {"kind": "RETURN", "quantity": 1, "fault": "SELLER", "why": "긴 이야기", "key": str(uuid.uuid4()), **wrong}
    answer = client.post(reverse("office:force", args=[line.pk]), form)
    assert answer.status_code == 422 and "긴 이야기" in text(answer) and not Claim.objects.exists()


def test_an_open_claim_is_judged_refused_or_done(client, operator, django_assert_max_num_queries):
    one, other = (ask(sold(buyer=a_person())) for _ in range(2))
    with django_assert_max_num_queries(26):
        assert client.get(reverse("office:order", args=[one.product_order.order.number])).status_code == 200

    def decide(claim, deed, **fields):
        return client.post(reverse("office:decide_claim", args=[claim.pk]), {"deed": deed, **fields}, follow=True)

    assert "이유를 적어 주세요" in text(decide(one, "fault", fault="BUYER", why=""))
    decide(one, "fault", fault="BUYER", why="사진에 쓴 자국이 있어요")
    one.refresh_from_db()
    assert (one.fault, one.refund_amount) == ("BUYER", 7500)
    decide(one, "complete", why="그대로 끝낼게요")
    decide(other, "reject", why="이미 쓰신 물건이에요")
    assert [Claim.objects.get(pk=c.pk).status for c in (one, other)] == ["DONE", "REJECTED"]
    assert "지금은 할 수 없는" in text(decide(other, "complete", why="또"))
    page = text(client.get(reverse("office:claims") + "?kind=RETURN"))
    assert one.product_order.order.number in page


def test_a_confirmation_is_held_with_a_reason_and_released(client, operator):
    line = sold()
    address = reverse("office:hold_confirmation", args=[line.pk])
    assert "이유를 적어 주세요" in text(client.post(address, {"reason": ""}, follow=True))
    assert "확인 중이에요" in text(client.post(address, {"reason": "확인 중이에요"}, follow=True))
    assert ProductOrder.objects.get(pk=line.pk).confirm_held_at
    client.post(address)
    assert ProductOrder.objects.get(pk=line.pk).confirm_held_at is None


@pytest.mark.parametrize("roles", [(), ("CS",), ("FINANCE",), ("MD",)], ids=str)
def test_it_is_the_operators_alone(client, roles):
    claim = ask(sold())
    client.force_login(a_person(*roles))
    form = {"kind": "RETURN", "quantity": 1, "fault": "SELLER", "why": "x", "key": str(uuid.uuid4())}
    assert client.post(reverse("office:force", args=[claim.product_order_id]), form).status_code == 403
    assert (
        client.post(reverse("office:decide_claim", args=[claim.pk]), {"deed": "complete", "why": "x"}).status_code
        == 403
    )
    assert Claim.objects.get().status == "REQUESTED"
