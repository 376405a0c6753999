"""The first page of the seller centre: what to do now, of what this person may see."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from builders import a_line, a_person, a_shipping_policy, an_option
from dure.commerce.inquiries import actions as inquiries
from dure.commerce.orders.models import ProductOrder
from dure.commerce.sellers.models import Document, Member, Seller
from dure.kit import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    shop = Seller.objects.create(name="순이네", status="APPROVED", approved_at=clock.now())
    a_shipping_policy(shop)
    line = a_line(option=an_option(seller=shop, stock=5))
    late = a_line(option=an_option(seller=shop, stock=50))
    ProductOrder.objects.filter(pk=late.pk).update(dispatch_due=clock.today() - timedelta(days=1))
    inquiries.ask(line.option.product, text="언제 따나요?", secret=False, key=uuid.uuid4(), by=a_person())
    inquiries.open_thread(line.order, shop, topic="OTHER", text="여보세요", key=uuid.uuid4(), by=line.order.buyer)
    Document.objects.create(
        seller=shop, kind="BUSINESS", file="x", mime="image/webp", size=1, digest="x", expires_on=clock.today()
    )
    return shop


def home_of(client, shop, role):
    member = Member.objects.create(seller=shop, user=a_person(), role=role)
    client.force_login(member.user)
    return client.get(reverse("seller:home")).content.decode()


def test_the_owner_sees_everything_that_waits(client, shop):
    page = home_of(client, shop, "OWNER")
    for todo in ("발송 기한이 지난 주문", "새 주문 확인하기", "상품 문의 답하기", "주문 문의 답하기", "서류 새로 올리기",
                 "곧 떨어지는 옵션", "정산 예정"):  # fmt: skip
        assert todo in page, todo


@pytest.mark.parametrize(
    ("role", "seen", "unseen"),
    [
        ("PRODUCT", ["상품 문의 답하기"], ["새 주문 확인하기", "주문 문의 답하기", "정산 예정", "서류 새로 올리기"]),
        ("ORDERS", ["새 주문 확인하기", "주문 문의 답하기"], ["정산 예정", "서류 새로 올리기"]),
        ("FINANCE", ["정산 예정"], ["서류 새로 올리기"]),
    ],
)
def test_others_see_what_is_theirs(client, shop, role, seen, unseen):
    page = home_of(client, shop, role)
    assert all(word in page for word in seen) and not any(word in page for word in unseen)


def test_an_empty_shop_is_told_how_to_begin(client):
    shop = Seller.objects.create(name="새 가게", status="APPLYING")
    page = home_of(client, shop, "OWNER")
    assert "기다리는 일이 없어요" in page and "첫 상품을 올려 볼까요?" in page and "팔기까지 남은 단계" in page


def test_it_costs_the_same_however_much_waits(client, shop, django_assert_max_num_queries):
    for _ in range(8):
        a_line(option=an_option(seller=shop))
    client.force_login(Member.objects.create(seller=shop, user=a_person(), role="OWNER").user)
    with django_assert_max_num_queries(14):
        client.get(reverse("seller:home"))
