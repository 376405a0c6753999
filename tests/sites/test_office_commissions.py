"""The office's page of what the house takes."""

from datetime import timedelta

import pytest
from django.urls import reverse

from builders import a_person
from dure.commerce.catalog.models import Category
from dure.commerce.pricing.models import CommissionPlan
from dure.commerce.sellers.models import Seller
from dure.kit import clock

pytestmark = pytest.mark.django_db
PAGE = "/office/commissions/"


@pytest.fixture
def operator(client):
    person = a_person("OPERATOR")
    client.force_login(person)
    return person


def test_a_rate_is_tried_at_a_price_before_it_is_scheduled(client, operator):
    page = client.get(PAGE, {"percent": "4.75", "price": "10,000"}).content.decode()
    assert "10,000원 → 수수료 475원 + 부가세 47원, 판매자 몫 9,478원" in page
    assert "지금은 5%: 수수료 500원 + 부가세 50원" in page
    assert CommissionPlan.objects.count() == 1


def test_a_change_is_scheduled_shown_and_withdrawn(client, operator):
    Seller.objects.create(name="순이네", status="APPROVED", brn="1018100016")
    fruit = Category.objects.get(code="fruit")
    since = clock.today() + timedelta(days=31)
    form = {"seller": "101-81-00016", "category": fruit.pk, "percent": "7", "since": since, "note": "과일 행사 뒤 조정"}
    assert client.post(reverse("office:schedule_commission"), form).status_code == 302
    plan = CommissionPlan.objects.get(basis_points=700)
    page = client.get(PAGE).content.decode()
    assert "순이네" in page and "수수료 700원 + 부가세 70원" in page and "30일 전에 알려요" in page
    assert client.post(reverse("office:withdraw_commission", args=[plan.pk])).status_code == 302
    assert not CommissionPlan.objects.filter(pk=plan.pk).exists()


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"percent": "60"}, "50"),
        ({"percent": "다섯"}, "4.75처럼"),
        ({"percent": "9", "since": "2026-01-01"}, "지나간 날짜"),
        ({"percent": "9", "seller": "없는 가게"}, "그런 판매자가 없어요"),
        ({"percent": "9", "since": str(clock.today() + timedelta(days=3))}, "30일 전에"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, operator, form, said):
    answer = client.post(reverse("office:schedule_commission"), {"note": "적어 둔 까닭", **form})
    page = answer.content.decode()
    assert answer.status_code == 422 and said in page and "적어 둔 까닭" in page


@pytest.mark.parametrize("role", ["FINANCE", "CS", "MD"])
def test_only_operators_schedule(client, role):
    client.force_login(a_person(role))
    assert client.get(PAGE).status_code == 403
    assert client.post(reverse("office:schedule_commission"), {"percent": "1"}).status_code == 403


def test_the_page_costs_few_queries(client, operator, django_assert_max_num_queries):
    for n in range(12):
        shop = Seller.objects.create(name=f"가게{n}")
        CommissionPlan.objects.create(seller=shop, basis_points=100, since=clock.today() + timedelta(days=n))
    with django_assert_max_num_queries(17):
        client.get(PAGE)
