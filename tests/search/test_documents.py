"""A document says what the rooms say, whoever changed them; and is found by what people type."""

from __future__ import annotations

import pytest
from django.db import connection

from builders import a_shipping_policy, an_option
from dure.commerce.catalog.models import Category, Option, Photo, Product
from dure.commerce.search import documents, queries
from dure.commerce.search.checks import CHECKS
from dure.commerce.search.models import Document, Stale, Term
from dure.commerce.stock import actions as stock
from dure.kit import clock
from dure.kit.checks import run

pytestmark = pytest.mark.django_db


def found(words, **narrowed):
    documents.catch_up()
    return [card.name for card in queries.search(queries.Wanted(words, **narrowed)).cards]


def document_of(option):
    documents.catch_up()
    return Document.objects.get(pk=option.product_id)


def test_a_product_on_sale_has_a_document_with_what_a_list_shows():
    option = an_option(12_000, stock=3, name="청송 사과즙 100ml 30포")
    Option.objects.create(product=option.product, name="60포", price=22_000, position=1)
    Photo.objects.create(product=option.product, image="products/a-1280.webp", position=1)
    a_shipping_policy(option.product.seller, fee=3000, free_over=10_000, dispatch_days=1)
    kept = document_of(option)
    assert (kept.name, kept.price, kept.several, kept.in_stock) == ("청송 사과즙 100ml 30포", 12_000, True, True)
    assert (kept.photo, kept.free_shipping, kept.quick) == ("products/a-1280.webp", True, True)
    assert kept.region == "서울"


def test_plain_sql_is_noticed_too():
    option = an_option(10_000, name="감귤")
    assert document_of(option).price == 10_000
    with connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_option SET price = 8000 WHERE id = %s", [option.pk])
    assert document_of(option).price == 8_000


def test_the_last_piece_sold_is_noticed_and_one_among_many_is_not():
    option = an_option(stock=3, name="굴")
    assert document_of(option).in_stock
    stock.reserve([(option.pk, 2)])
    assert not Stale.objects.exists()
    stock.reserve([(option.pk, 1)])
    assert Stale.objects.count() == 1
    assert not document_of(option).in_stock
    stock.release([(option.pk, 1)])
    assert document_of(option).in_stock


@pytest.mark.parametrize("change", [{"status": "SUSPENDED"}, {"sale_from": "later"}, {"sale_until": "past"}])
def test_what_is_not_sold_has_no_document(change):
    from datetime import timedelta

    option = an_option(name="철 지난 참외")
    assert found("참외")
    times = {"later": clock.now() + timedelta(days=1), "past": clock.now() - timedelta(days=1)}
    Product.objects.filter(pk=option.product_id).update(**{k: times.get(v, v) for k, v in change.items()})
    assert not found("참외")


def test_a_sale_that_ends_by_the_clock_alone_ends_in_the_lists():
    from datetime import timedelta

    option = an_option(name="하루만 파는 회")
    Product.objects.filter(pk=option.product_id).update(sale_until=clock.now() + timedelta(hours=1))
    assert found("회")
    with clock.at(clock.now() + timedelta(hours=2)):
        documents.note_due()
        assert not found("회")
        documents.note_due()
        assert not Stale.objects.exists(), "noted once"


def test_a_closed_shop_leaves_the_lists_and_a_new_name_is_found():
    option = an_option(name="두부")
    seller = option.product.seller
    seller.name = "새벽손두부집"
    seller.save()
    assert found("새벽손두부집") == ["두부"]
    seller.status = "SUSPENDED"
    seller.save()
    assert not found("두부")


def test_the_shelf_and_those_above_it_find_a_product():
    option = an_option(name="무농약 딸기")
    top = option.product.category
    below = Category.objects.create(code="berries", parent=top, name_ko="베리", name_en="Berries")
    Product.objects.filter(pk=option.product_id).update(category=below)
    assert found("", shelf=top) == found("", shelf=below) == ["무농약 딸기"]
    assert found("베리") == ["무농약 딸기"]


def test_reindexing_gives_the_same_documents():
    an_option(name="청송 사과"), an_option(name="나주배", stock=0)
    documents.catch_up()
    written = list(Document.objects.order_by("pk").values("pk", "words", "price", "in_stock"))
    Document.objects.all().delete()
    assert documents.reindex() == 2
    assert list(Document.objects.order_by("pk").values("pk", "words", "price", "in_stock")) == written
    assert Term.objects.filter(text="사과").exists()


def test_verify_finds_a_document_that_lies():
    option = an_option(5_000, name="상추")
    kept = document_of(option)
    assert [run(check).count for check in CHECKS] == [0, 0]
    Document.objects.filter(pk=kept.pk).update(price=1)
    assert run(CHECKS[1]).count == 1
    kept.delete()
    assert run(CHECKS[0]).count == 1


def test_a_delivery_template_says_what_is_free():
    from dure.commerce.pricing.models import DeliveryTemplate

    option = an_option(9_000, name="꿀떡")
    a_shipping_policy(option.product.seller, fee=0)
    assert document_of(option).free_shipping
    terms = DeliveryTemplate.objects.create(seller=option.product.seller, name="유료", fee_type="PAID", is_default=True)
    assert not document_of(option).free_shipping
    terms.fee_type, terms.free_over = "CONDITIONAL_FREE", 9_000
    terms.save()
    assert document_of(option).free_shipping


def test_an_instant_discount_shows_its_price_and_the_usual_one_while_it_holds():
    from datetime import timedelta

    from builders import an_offer
    from dure.commerce.promotions.models import Offer

    option = an_option(10_000, name="할인하는 곶감")
    assert document_of(option).before is None
    offer = an_offer("INSTANT", prices={option.pk: 8_000})
    kept = document_of(option)
    assert (kept.price, kept.before) == (8_000, 10_000)
    assert found("곶감", discount=True) == ["할인하는 곶감"]
    assert [run(check).count for check in CHECKS] == [0, 0]
    with clock.at(Offer.objects.get(pk=offer.pk).ends_at + timedelta(minutes=1)):
        documents.note_due()
        kept = document_of(option)
        assert (kept.price, kept.before) == (10_000, None)
        documents.note_due()
        assert not Stale.objects.exists()
