"""The back office on the catalogue: reviews with what the check finds, changes as a diff, shelves."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from builders import a_person, an_option
from dure.commerce.catalog import actions, categories
from dure.commerce.catalog.models import Category, ChangeRequest, Product

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client):
    person = a_person("OPERATOR")
    client.force_login(person)
    return person


def a_change(**fields: Any) -> ChangeRequest:
    product = an_option(name="청송 사과").product
    actions.update_product(product, by=a_person(name="한순이"), **fields)
    return ChangeRequest.objects.get(product=product, status="PENDING")


def test_a_change_is_read_as_a_diff_and_approved(client, operator):
    change = a_change(name="청송 꿀사과", origin="국내산(경북 청송)")
    listed = client.get(reverse("office:changes") + "?status=PENDING").content.decode()
    assert "청송 사과" in listed and "원산지" in listed and "한순이" in listed
    page = client.get(reverse("office:product", args=[change.product_id])).content.decode()
    assert "<del>" in page and "청송 꿀사과" in page
    assert client.post(reverse("office:decide_change", args=[change.pk]), {"verdict": "approve"}).status_code == 302
    product = Product.objects.get(pk=change.product_id)
    assert (product.name, product.origin, product.status) == ("청송 꿀사과", "국내산(경북 청송)", "ON_SALE")
    again = client.post(reverse("office:decide_change", args=[change.pk]), {"verdict": "approve"})
    assert again.status_code == 409


def test_a_refusal_needs_words_and_leaves_the_product_as_it_is(client, operator):
    change = a_change(name="만병통치 사과")
    url = reverse("office:decide_change", args=[change.pk])
    assert client.post(url, {"verdict": "reject", "reason": " "}).status_code == 400
    assert client.post(url, {"verdict": "reject", "reason": "‘만병통치’는 쓸 수 없어요."}).status_code == 302
    change.refresh_from_db()
    assert (change.status, change.why) == ("REJECTED", "‘만병통치’는 쓸 수 없어요.")
    assert Product.objects.get(pk=change.product_id).name == "청송 사과"


def test_the_reviewer_sees_what_the_check_finds_in_the_change_too(client, operator):
    product = an_option().product
    Product.objects.filter(pk=product.pk).update(category=Category.objects.get(code="apple"), notice_type="FOOD")
    product.refresh_from_db()
    actions.update_product(product, story="당뇨에 좋은 사과예요. 날마다 하나씩 드세요.", by=a_person())
    page = client.get(reverse("office:product", args=[product.pk])).content.decode()
    assert "당뇨에 좋" in page and "식품표시광고법" in page


def test_only_operators_decide(client):
    change = a_change(name="청송 꿀사과")
    client.force_login(a_person("CS"))
    assert client.post(reverse("office:decide_change", args=[change.pk]), {"verdict": "approve"}).status_code == 403
    assert client.get(reverse("office:categories")).status_code == 403


def test_a_product_on_sale_can_be_forbidden_with_a_reason(client, operator):
    product = an_option().product
    url = reverse("office:decide_product", args=[product.pk])
    assert client.post(url, {"verdict": "prohibit", "reason": ""}).status_code == 400
    assert client.post(url, {"verdict": "prohibit", "reason": "상표를 베꼈어요."}).status_code == 302
    product.refresh_from_db()
    assert (product.status, product.review_note) == ("PROHIBITED", "상표를 베꼈어요.")


SHELF = {
    "name_ko": "한라봉",
    "name_en": "Hallabong",
    "icon": "leaf",
    "notice_type": "FOOD",
    "position": "3",
    "active": "on",
}


def test_a_shelf_is_made_and_survives_the_next_migration(client, operator):
    assert "사과" in client.get(reverse("office:categories")).content.decode()
    fruit = Category.objects.get(code="fruit")
    answer = client.post(reverse("office:new_category"), {**SHELF, "code": "hallabong", "parent": fruit.pk})
    assert answer.status_code == 302
    made = Category.objects.get(code="hallabong")
    client.post(
        reverse("office:category", args=[fruit.pk]), {**SHELF, "name_ko": "제철 과일", "parent": fruit.parent_id}
    )
    categories.sync(Category.objects)
    made.refresh_from_db()
    fruit.refresh_from_db()
    assert made.parent == fruit and fruit.name_ko == "제철 과일" and fruit.needs_origin is False


@pytest.mark.parametrize(
    ("code", "under", "said"), [("apple", "fruit", "이미 있는"), ("too-deep", "apple", ""), ("나무", "fruit", "")]
)
def test_a_shelf_that_cannot_be_is_refused(client, operator, code, under, said):
    parent = Category.objects.get(code=under).pk
    answer = client.post(reverse("office:new_category"), {**SHELF, "code": code, "parent": parent})
    assert answer.status_code == 422 and said in answer.content.decode() and "Hallabong" in answer.content.decode()


def test_a_shelf_cannot_stand_inside_itself():
    from dure.commerce.catalog.errors import CategoryTooDeep

    fruit, apple = Category.objects.get(code="fruit"), Category.objects.get(code="apple")
    with pytest.raises(CategoryTooDeep):
        actions.save_category(fruit, by=None, parent=apple)
    with pytest.raises(CategoryTooDeep):
        actions.save_category(fruit, by=None, parent=fruit)
