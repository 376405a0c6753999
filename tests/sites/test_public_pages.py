"""Pages that are the same for every stranger are drawn once, and never shown when they are not true or not theirs."""

from __future__ import annotations

import gzip

import pytest
from django.test import Client

from builders import a_person, an_option
from dure.commerce.catalog.models import Option
from dure.commerce.stock import actions as stock
from dure.kit.models import Page
from dure.sites import remembered
from dure.sites.public import shelf

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def remembering(settings):
    settings.PUBLIC_PAGES = True
    shelf.clear()
    yield
    shelf.clear()


@pytest.fixture
def option():
    return an_option(price=12_300, stock=500)


def page(option, client=None, **headers):
    return (client or Client()).get(f"/products/{option.product_id}/", headers=headers)


def test_a_second_stranger_costs_one_small_query(option, django_assert_num_queries):
    first = page(option)
    with django_assert_num_queries(1):
        second = page(option)
    assert first.status_code == second.status_code == 200
    assert first.content == second.content and not second.cookies


def test_a_price_a_stock_running_low_and_a_stop_of_the_sale_are_seen_at_once(option):
    page(option)
    Option.objects.filter(pk=option.pk).update(price=9_900)
    assert "9,900" in page(option).content.decode()
    stock.reserve([(option.pk, 497)])
    assert "3개 남음" in page(option).content.decode()
    option.product.status = "SUSPENDED"
    option.product.save()
    assert page(option).status_code == 404


def test_orders_of_a_well_stocked_product_do_not_make_its_page_anew(option, django_assert_num_queries):
    page(option)
    stock.reserve([(option.pk, 20)])
    with django_assert_num_queries(1):
        page(option)


def test_who_is_signed_in_or_has_a_cart_gets_a_page_of_their_own(option):
    page(option)
    buyer = Client()
    buyer.force_login(a_person(name="한라산"))
    assert "한라산" in page(option, buyer).content.decode()
    assert "한라산" not in page(option).content.decode()
    visitor = Client()
    visitor.post("/cart/put/", {"option": option.pk, "quantity": 2})
    assert '<span class="count">2</span>' in page(option, visitor).content.decode()


def test_languages_are_kept_apart(option):
    assert 'lang="ko"' in page(option).content.decode()
    assert 'lang="en"' in page(option, accept_language="en").content.decode()


def test_it_holds_no_token_and_answers_packed_or_not_at_all_when_the_browser_has_it(option):
    plain = page(option)
    assert b"csrfmiddlewaretoken" not in plain.content
    packed = page(option, accept_encoding="gzip, br")
    assert packed["Content-Encoding"] == "gzip" and gzip.decompress(packed.content) == plain.content
    again = page(option, if_none_match=plain["ETag"])
    assert again.status_code == 304 and not again.content


def test_errors_are_not_remembered(option):
    option.product.status = "SUSPENDED"
    option.product.save()
    assert page(option).status_code == 404
    option.product.status = "ON_SALE"
    option.product.save()
    assert page(option).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec_fetch_site": "same-origin"}, 302),
        ({"origin": "http://testserver"}, 302),
        ({"sec_fetch_site": "cross-site", "origin": "http://testserver"}, 403),
        ({"sec_fetch_site": "same-site"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({}, 403),
    ],
)
def test_a_post_without_a_token_is_taken_only_from_our_own_page(option, headers, status):
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/cart/put/", {"option": option.pk, "quantity": 1}, headers=headers)
    assert response.status_code == status


def test_the_memory_is_bounded(option, settings, monkeypatch):
    monkeypatch.setattr(shelf, "room", 10_000)
    for n in range(30):
        Client().get("/products/", {"q": f"없는것{n}"})
    assert shelf.used <= 10_000
    assert Client().get("/products/", {"q": "가" * 400}).status_code == 200
    assert all(len(key[-1]) < 400 for key in shelf.pages)


def test_what_one_process_drew_all_show_as_long_as_it_is_true(option, django_assert_num_queries):
    first = page(option)
    shelf.clear()  # as another process has it
    with django_assert_num_queries(2):
        second = page(option)
    assert second.content == first.content and second["ETag"] == first["ETag"]
    with django_assert_num_queries(1):
        page(option)
    shelf.clear()
    Option.objects.filter(pk=option.pk).update(price=9_900)
    assert "9,900" in page(option).content.decode()


def test_pages_of_other_code_or_settings_are_not_shown(option, monkeypatch):
    page(option)
    shelf.clear()
    monkeypatch.setattr(remembered, "_edition", lambda: b"another")
    Page.objects.update(body=b"old")
    assert page(option).status_code == 200 and page(option).content != b"old"
    assert Page.objects.count() == 2


def test_what_is_no_longer_true_is_swept_and_too_much_of_it_altogether(option, monkeypatch):
    page(option)
    remembered.sweep()
    assert Page.objects.count() == 1
    Page.objects.update(until=0)
    remembered.sweep()
    assert not Page.objects.exists()
    shelf.clear()
    page(option)
    monkeypatch.setattr(remembered, "TABLE", 1)
    remembered.sweep()
    assert not Page.objects.exists()
