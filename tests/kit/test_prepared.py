"""A prepared query gives what its queryset gives, whatever the values, and compiles once."""

from __future__ import annotations

import pytest
from django.db.models import F

from builders import an_option
from dure.commerce.catalog.models import Option
from dure.kit.prepared import Prepared, Slot

pytestmark = pytest.mark.django_db


def test_it_gives_the_models_with_what_was_joined(django_assert_num_queries):
    one, two = an_option(price=1_000, stock=7), an_option(price=2_000)
    known = Prepared(
        lambda: (
            Option.objects.filter(pk__any=Slot("ids", "bigint[]"))
            .select_related("product__seller", "product__delivery", "stock")
            .order_by("price")
        )
    )
    with django_assert_num_queries(1):
        found = known(ids=[one.pk, two.pk])
        assert [o.product.seller.name for o in found] == [o.product.seller.name for o in (one, two)]
        assert [o.product.delivery for o in found] == [None, None]
        assert found[0].stock.available == 7
    assert [o.pk for o in known(ids=[two.pk])] == [two.pk]
    assert known(ids=[]) == []


def test_values_and_foreign_keys(django_assert_num_queries):
    option = an_option(price=1_000)
    prices = Prepared(
        lambda: Option.objects.filter(
            product_id__any=Slot("products", "bigint[]"), price__lte=Slot("most", "int")
        ).values_list("pk", "price")
    )
    assert prices(products=[option.product_id], most=1_000) == [(option.pk, 1_000)]
    assert prices(products=[option.product_id], most=999) == []


def test_named_values_in_the_order_they_were_asked_for():
    option = an_option(price=1_000)
    told = Prepared(
        lambda: (
            Option.objects.filter(pk=Slot("id", "bigint"))
            .annotate(shop=F("product__seller__name"))
            .values_list("shop", "price", named=True)
        )
    )
    (row,) = told(id=option.pk)
    assert (row.shop, row.price) == (option.product.seller.name, 1_000)


def test_a_value_that_is_missing_is_no_query():
    by_name = Prepared(lambda: Option.objects.filter(name=Slot("name", "text")))
    with pytest.raises(KeyError):
        by_name(nome="사과")
