"""The seller's claim page and order page: every answer is a button, what is wrong is said beside it."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from builders import a_line, a_person, a_shipping_policy, an_option
from dure.commerce.claims import actions as claims
from dure.commerce.claims.actions import Terms
from dure.commerce.claims.models import Claim
from dure.commerce.orders import actions as orders
from dure.commerce.orders.models import ProductOrder
from dure.commerce.sellers.models import Member, Seller
from dure.kit import clock
from sites.test_seller import a_picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(client):
    person = a_person(name="한순이")
    shop = Seller.objects.create(name="순이네", status="APPROVED")
    Member.objects.create(seller=shop, user=person, role="OWNER")
    a_shipping_policy(shop, carrier="CJ", return_fee=2500)
    client.force_login(person)
    return shop


def sold(shop, status="DELIVERED", **more):
    return a_line(status, option=an_option(30_000, seller=shop, stock=50), **more)


def ask(line, kind="RETURN", reason="INTENT_CHANGED", **more):
    return claims.open_claim(line, kind, quantity=1, reason=reason, key=uuid.uuid4(), by=line.order.buyer, **more)


def text(response):
    return response.content.decode()


def press(client, claim, deed, **fields):
    return client.post(reverse("seller:answer_claim", args=[claim.pk]), {"deed": deed, **fields})


def test_a_return_is_collected_held_looked_at_and_refunded_by_buttons(client, shop, django_assert_max_num_queries):
    claim = ask(sold(shop), terms=Terms(fee_method="ENCLOSED"), detail="색이 달라요")
    with django_assert_max_num_queries(12):
        page = text(client.get(reverse("seller:claim", args=[claim.pk])))
    for said in (
        "색이 달라요",
        "답할 날",
        "배송비 2,500원을 따로 내기로",
        "수거 시작",
        "보류하기",
        "거부하기",
        "신청했어요",
    ):
        assert said in page, said
    wrong = press(client, claim, "collect", carrier="CJ", waybill="12")
    assert wrong.status_code == 400 and "형식과 달라요" in text(wrong) and 'value="12"' in text(wrong)
    assert press(client, claim, "ask_carrier").status_code == 302
    assert press(client, claim, "collect", carrier="CJ", waybill="600000004001").status_code == 302
    assert press(client, claim, "collected").status_code == 302
    day = clock.today() + timedelta(days=3)
    assert press(client, claim, "hold", hold_reason="RETURN_DELIVERYFEE", hold_until=f"{day}").status_code == 302
    assert "보류 중" in text(client.get(reverse("seller:claims") + "?open=held"))
    refused = press(client, claim, "complete")
    assert refused.status_code == 409 and "먼저 보류를 풀어" in text(refused)
    assert press(client, claim, "fee").status_code == 302, "what it was held for has come"
    assert press(client, claim, "evidence", said="상태가 좋아요", image=a_picture()).status_code == 302
    assert press(client, claim, "complete").status_code == 302
    claim.refresh_from_db()
    assert (claim.status, claim.refund_amount) == ("DONE", 30_000)
    page = text(client.get(reverse("seller:claim", args=[claim.pk])))
    assert "우리가 올린 사진" in page and "상태가 좋아요" in page and "배송비를 받았어요" in page


def test_a_cancel_is_stopped_or_had_left(client, shop):
    stopped, left = (sold(shop, "PAID", buyer=a_person()) for _ in range(2))
    for line in (stopped, left):
        orders.acknowledge(line, by=None)
    one, other = ask(stopped, "CANCEL"), ask(left, "CANCEL")
    press(client, one, "complete")
    assert press(client, other, "shipped", carrier="CJ", waybill="").status_code == 422
    press(client, other, "shipped", carrier="CJ", waybill="600000004002")
    assert (Claim.objects.get(pk=one.pk).status, Claim.objects.get(pk=other.pk).status) == ("DONE", "REJECTED")
    going_on = Claim.objects.get(came_from=other)
    assert "이미 보낸 뒤에 들어온 취소" in text(client.get(reverse("seller:claim", args=[going_on.pk])))


def test_an_exchange_goes_out_as_a_line_of_its_own_and_a_fault_is_admitted(client, shop):
    claim = ask(sold(shop), "EXCHANGE", "COLOR_AND_SIZE", terms=Terms(fee_method="BILLED"))
    press(client, claim, "admit")
    press(client, claim, "collected")
    press(client, claim, "redeliver", carrier="CJ", waybill="600000004003")
    claim.refresh_from_db()
    assert (claim.status, claim.fault, claim.fee_due) == ("REDELIVERING", "SELLER", 0)
    assert "교환품 주문 보기" in text(client.get(reverse("seller:claim", args=[claim.pk])))
    page = text(client.get(reverse("seller:order", args=[claim.replacement_id])))
    assert "교환으로 다시 나간 상품" in page
    assert "교환품이 이어받았어요" in text(client.get(reverse("seller:order", args=[claim.product_order_id])))


@pytest.mark.parametrize(
    ("deed", "fields", "said"),
    [
        ("reject", {"answer": " "}, "이유를 적어 주세요"),
        ("hold", {"hold_reason": "ETC", "hold_until": "2020-01-01"}, "보류는 내일부터"),
        ("hold", {"hold_reason": "BORED", "hold_until": "2020-01-01"}, "field__error"),
        ("evidence", {}, "사진이나 설명을 넣어 주세요"),
        ("nonsense", {}, "처리"),
        ("redeliver", {"carrier": "CJ", "waybill": "600000004004"}, "지금은 할 수 없는"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_happens(client, shop, deed, fields, said):
    claim = ask(sold(shop))
    answer = press(client, claim, deed, **fields)
    assert 400 <= answer.status_code < 500 and said in text(answer)
    assert Claim.objects.get().status == "REQUESTED" and not Claim.objects.get().hold_reason


def test_the_order_page_sends_parts_mends_a_waybill_and_announces_a_delay(client, shop, django_assert_max_num_queries):
    line = sold(shop, "PAID", quantity=3)
    address = reverse("seller:order", args=[line.pk])
    form = {"carrier": "CJ", "waybill": "600000004005", "pieces": 2}
    assert client.post(reverse("seller:dispatch", args=[line.pk]), {**form, "pieces": 9}).status_code == 422
    assert client.post(reverse("seller:dispatch", args=[line.pk]), form).status_code == 302
    with django_assert_max_num_queries(12):
        page = text(client.get(address))
    assert "2개 보냄, 1개 남음" in page and "늦어질 것 같아요" in page and "송장 고치기" in page
    parcel = line.parcels.get()
    mend = reverse("seller:correct_waybill", args=[line.pk, parcel.pk])
    name = f"w{parcel.pk}"
    assert client.post(mend, {f"{name}-carrier": "CJ", f"{name}-waybill": "1"}).status_code == 422
    assert client.post(mend, {f"{name}-carrier": "HANJIN", f"{name}-waybill": "600000004006"}).status_code == 302
    assert "전 번호 CJ대한통운 600000004005" in text(client.get(address))
    due = line.dispatch_due + timedelta(days=4)
    delay = reverse("seller:announce_delay", args=[line.pk])
    assert client.post(delay, {"reason": "CUSTOM_BUILD", "due": "2020-01-01"}).status_code == 422
    assert client.post(delay, {"reason": "CUSTOM_BUILD", "due": f"{due}", "detail": "곧 보내요"}).status_code == 302
    page = text(client.get(address))
    assert "발송이 늦어진다고 알렸어요" in page and "곧 보내요" in page
    by_hand = {"method": "DIRECT_DELIVERY", "note": "제가 가요"}
    assert client.post(reverse("seller:dispatch", args=[line.pk]), by_hand).status_code == 302
    second = line.parcels.order_by("id").last()
    client.post(reverse("seller:handed_over", args=[line.pk, second.pk]))
    second.refresh_from_db()
    assert second.delivered_at and ProductOrder.objects.get(pk=line.pk).status == "DELIVERING"


def test_another_shops_claim_or_parcel_is_not_there(client, shop):
    theirs = a_line("DELIVERING")
    claim = ask(a_line("DELIVERED"))
    assert client.get(reverse("seller:claim", args=[claim.pk])).status_code == 404
    assert press(client, claim, "complete").status_code == 404
    mine = sold(shop, "DELIVERING")
    parcel = theirs.parcels.get().pk
    for name in ("correct_waybill", "handed_over"):
        assert client.post(reverse(f"seller:{name}", args=[mine.pk, parcel])).status_code == 404
