"""Delivery templates in the seller centre: made, tried, made the default, given to products; nobody else's."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from builders import a_delivery_template, a_person, a_shipping_policy, an_option, at_once
from dure.commerce.cart.queries import quote_of
from dure.commerce.pricing import delivery
from dure.commerce.pricing.models import BundleGroup, DeliveryTemplate
from dure.commerce.sellers.models import Member

pytestmark = pytest.mark.django_db

FORM = {
    "name": "소포",
    "fee_type": "UNIT_QUANTITY_PAID",
    "fee": "3000",
    "unit": "1",
    "pay": "PREPAID",
    "jeju_extra": "3000",
    "remote_extra": "5000",
    "return_fee": "3000",
    "exchange_fee": "6000",
    "first_freight": "on",
}


def text(response):
    return response.content.decode()


@pytest.fixture
def shop(client):
    return a_shop(client)


def a_shop(client, role="OWNER"):
    option, person = an_option(10_000), a_person()
    seller = option.product.seller
    Member.objects.create(seller=seller, user=person, role=role)
    if role != "OWNER":
        Member.objects.create(seller=seller, user=a_person(), role="OWNER")
    a_shipping_policy(seller, fee=3000, free_over=30_000)
    client.force_login(person)
    seller.option, seller.person = option, person
    return seller


def test_a_template_is_made_and_the_calculator_says_what_it_costs(client, shop):
    assert client.post("/seller/delivery/new/", FORM)["Location"] == "/seller/delivery/"
    page = text(client.get("/seller/delivery/", {"price": "10000", "quantity": "3", "where": "63122"}))
    assert "12,000원 · 1개마다 3,000원 × 3 · 제주 +3,000원" in page
    assert "3,000원 · 30,000원 이상이라 무료배송 · 제주 +3,000원" in page  # the shop's own policy beside it


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"fee_type": "CONDITIONAL_FREE"}, "이 배송비 종류에는 꼭 적어야 해요"),
        ({"unit": ""}, "이 배송비 종류에는 꼭 적어야 해요"),
        ({"fee_type": "RANGE_QUANTITY_PAID", "second_from": "1", "second_extra": "100"}, "2개부터 적을 수 있어요"),
        (
            {"fee_type": "RANGE_QUANTITY_PAID", "second_from": "5", "second_extra": "100", "third_from": "4"},
            "2구간보다 큰 수량",
        ),
        ({"fee": "100001"}, "너무 큰 금액"),
        ({"fee": "-1"}, "field__error"),
        ({"fee_type": "SOMETHING"}, "field__error"),
    ],
)
def test_what_contradicts_itself_is_said_beside_the_field(client, shop, changes, said):
    refused = client.post("/seller/delivery/new/", {**FORM, **changes})
    assert refused.status_code == 422
    assert said in text(refused)
    assert 'value="소포"' in text(refused)
    assert not DeliveryTemplate.objects.exists()


def test_the_database_refuses_terms_that_mean_nothing():
    seller = an_option().product.seller
    for terms in (
        {"fee_type": "CONDITIONAL_FREE"},
        {"fee_type": "UNIT_QUANTITY_PAID"},
        {"fee_type": "RANGE_QUANTITY_PAID"},
        {"fee_type": "RANGE_QUANTITY_PAID", "second_from": 5, "second_extra": 1, "third_from": 5, "third_extra": 2},
        {"fee": 100_001},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            a_delivery_template(seller, **terms)


def test_a_name_stands_once(client, shop):
    client.post("/seller/delivery/new/", FORM)
    refused = client.post("/seller/delivery/new/", FORM)
    assert "같은 이름이 이미 있어요" in text(refused)


def test_the_default_and_what_is_given_to_products_decide_what_a_buyer_pays(client, shop):
    rows = [(shop.option.pk, 1, None)]
    assert quote_of(rows).shipping == 3000
    default = a_delivery_template(shop, fee=2000)
    client.post("/seller/delivery/default/", {"template": default.pk})
    assert quote_of(rows).shipping == 2000
    own = a_delivery_template(shop, fee=4500)
    client.post("/seller/delivery/assign/", {"product": shop.option.product_id, "template": own.pk})
    assert quote_of(rows).shipping == 4500
    client.post("/seller/delivery/assign/", {"product": shop.option.product_id, "template": ""})
    client.post("/seller/delivery/default/", {})
    assert quote_of(rows).shipping == 3000


def test_products_of_a_group_travel_together_and_others_alone(client, shop):
    client.post(
        "/seller/delivery/groups/new/", {"name": "상자", "method": "MIN", "jeju_extra": "0", "remote_extra": "0"}
    )
    group = BundleGroup.objects.get()
    other = an_option(10_000, seller=shop)
    for option, fee in ((shop.option, 2500), (other, 4000)):
        option.product.delivery = a_delivery_template(shop, fee=fee)
        option.product.save()
    rows = [(shop.option.pk, 1, None), (other.pk, 1, None)]
    assert quote_of(rows).shipping == 6500
    DeliveryTemplate.objects.update(group=group)
    assert quote_of(rows).shipping == 2500
    assert quote_of(rows, "63122").shipping == 2500  # the group's own surcharge counts


def test_another_shops_templates_are_not_there(client, shop):
    foreign = a_delivery_template(an_option().product.seller, grouped=True)
    assert client.get(f"/seller/delivery/{foreign.pk}/").status_code == 404
    assert client.get(f"/seller/delivery/groups/{foreign.group_id}/").status_code == 404
    assert client.post("/seller/delivery/default/", {"template": foreign.pk}).status_code == 404
    assert client.post("/seller/delivery/assign/", {"template": foreign.pk}).status_code == 404
    refused = client.post("/seller/delivery/new/", {**FORM, "group": foreign.group_id})
    assert refused.status_code == 422
    theirs = foreign.seller.products.get()
    mine = a_delivery_template(shop)
    client.post("/seller/delivery/assign/", {"product": theirs.pk, "template": mine.pk})
    theirs.refresh_from_db()
    assert theirs.delivery is None


def test_who_only_reads_changes_nothing(client):
    a_shop(client, role="READ_ONLY")
    assert client.get("/seller/delivery/").status_code == 200
    assert client.post("/seller/delivery/new/", FORM).status_code == 403


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_many_presses_at_once_one_template_is_the_default():
    seller, person = an_option().product.seller, a_person()
    rows = [a_delivery_template(seller) for _ in range(4)]
    told = at_once(4, lambda n: delivery.make_default(rows[n], by=person))
    assert told == [None] * 4
    assert DeliveryTemplate.objects.filter(is_default=True).count() == 1


def test_products_picked_in_the_product_list_are_given_a_template_together(client, shop):
    others = [an_option(seller=shop).product for _ in range(2)]
    template, strange = a_delivery_template(shop, name="소포"), an_option(name="남의 상품").product
    picked = client.post("/seller/products/several/delivery/", {"ids": [str(p.pk) for p in [*others, strange]]})
    page = text(client.get(picked["Location"]))
    assert all(f'value="{p.pk}" checked' in page for p in others) and "남의 상품" not in page and "소포" in page
    sent = {"template": template.pk, "product": [p.pk for p in [*others, strange]]}
    assert client.post("/seller/delivery/assign/", sent).status_code == 302
    assert {p.delivery for p in shop.products.filter(pk__in=[p.pk for p in others])} == {template}
    strange.refresh_from_db()
    assert strange.delivery is None
    assert "고른 상품이 없어요" in text(client.get("/seller/delivery/assign/"))
