"""What a shop sees of the house's commission before it changes."""

from datetime import timedelta

import pytest
from django.urls import reverse

from builders import a_commission_plan, a_person, an_option, an_order
from dure.commerce.pricing.actions import schedule_commission
from dure.commerce.sellers.models import Member
from dure.kit import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(client):
    a_commission_plan()
    option, owner = an_option(price=100_000), a_person()
    Member.objects.create(seller=option.product.seller, user=owner, role="OWNER")
    client.force_login(owner)
    with clock.at(clock.now() - timedelta(days=2)):
        an_order(option, paid=True)
    return option


def page(client):
    return client.get(reverse("seller:commissions")).content.decode()


def test_a_change_is_told_with_what_it_means_on_last_months_sales(client, shop):
    assert "5%" in page(client) and "예정된 변경이 없어요" in page(client)
    since = clock.today() + timedelta(days=40)
    schedule_commission(basis_points=700, since=since, seller=shop.product.seller, by=None)
    told = page(client)
    assert "5%에서 7%로" in told and "2,200원(부가세 포함)을 더 내요" in told
    assert "5,000원" in told and "500원" in told  # taken of the 100,000 today
    assert "수수료 보기" in client.get(reverse("seller:settlements")).content.decode()


def test_a_lower_one_is_good_news_and_anothers_is_no_concern(client, shop):
    since = clock.today() + timedelta(days=1)
    schedule_commission(basis_points=900, since=since + timedelta(days=40), seller=an_option().product.seller, by=None)
    assert "예정된 변경이 없어요" in page(client)
    schedule_commission(basis_points=300, since=since, category=shop.product.category, by=None)
    assert "2,200원(부가세 포함)을 덜 내요" in page(client)


def test_who_does_not_see_money_does_not_see_it(client, shop, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        page(client)
    packer = a_person()
    Member.objects.create(seller=shop.product.seller, user=packer, role="ORDERS")
    client.force_login(packer)
    assert client.get(reverse("seller:commissions")).status_code == 403
