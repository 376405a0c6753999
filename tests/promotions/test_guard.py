"""The price guard: a discount is below what it cost in the thirty days before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from builders import a_person, an_offer, an_option
from dure.commerce.catalog import actions as catalog
from dure.commerce.promotions import actions, guard, queries
from dure.commerce.promotions.errors import PriceNotLower
from dure.commerce.promotions.models import EventPrice, PriceRecord
from dure.kit import clock, outbox

pytestmark = pytest.mark.django_db
NOW = clock.now()
DAY = timedelta(days=1)


def priced(option, *steps):
    """History: (days ago, won); the last is the price now."""
    for ago, price in steps:
        option.price = price
        option.save()
        guard.record([option], at=NOW - ago * DAY)
    return option


def seen(option):
    return guard.seen_prices([option.pk], NOW)[0]


@pytest.mark.parametrize(
    ("steps", "low", "raised"),
    [
        ([(40, 10_000)], 10_000, 0),
        ([(40, 10_000), (5, 12_000)], 10_000, 20),  # raised before the event
        ([(60, 8_000), (31, 10_000)], 10_000, 0),  # the low one is too long ago
        ([(60, 8_000), (29, 10_000)], 8_000, 25),  # it still held when the window began
        ([(20, 9_000), (10, 11_000), (5, 10_000)], 9_000, 11),
        ([(40, 10_000), (2, 9_000)], 9_000, 0),  # lowered: today's counts
    ],
)
def test_the_lowest_price_of_thirty_days(steps, low, raised):
    found = seen(priced(an_option(), *steps))
    assert (found.low, found.raised_percent) == (low, raised)


def test_raising_the_price_before_a_discount_gains_nothing():
    option = priced(an_option(), (40, 10_000), (3, 13_000))
    offer = an_offer("INSTANT", begun=False)
    with pytest.raises(PriceNotLower) as refused:
        actions.set_event_prices(offer, {option.pk: 10_000}, by=None)
    assert "10,000원" in str(refused.value)
    actions.set_event_prices(offer, {option.pk: 9_900}, by=None)
    kept = EventPrice.objects.get()
    assert (kept.price, kept.low, kept.list_price) == (9_900, 10_000, 13_000)


def test_a_price_overtaken_by_the_catalogue_is_not_accepted():
    option, owner = priced(an_option(), (40, 10_000)), a_person()
    offer = an_offer("INSTANT", begun=False)
    actions.set_event_prices(offer, {option.pk: 9_000}, by=None)
    priced(option, (0, 8_900))
    with pytest.raises(PriceNotLower):
        actions.answer_prices(offer, option.product.seller, accept=[option.pk], decline=[], by=owner)


def test_the_database_refuses_an_event_price_that_is_no_discount():
    option = an_option()
    offer = an_offer("INSTANT", prices={option.pk: 9_000})
    with pytest.raises(IntegrityError, match="event_price_is_lower"), transaction.atomic():
        EventPrice.objects.filter(offer=offer).update(status="PROPOSED", price=10_000)
    with pytest.raises(IntegrityError, match="fixed once agreed"), transaction.atomic():
        EventPrice.objects.filter(offer=offer).update(price=8_000)


def test_prices_are_remembered_as_the_catalogue_changes_them():
    option = an_option()
    guard.record([option], at=NOW - 40 * DAY)
    rows = [catalog.OptionRow(option.name, 12_000, id=option.pk)]
    catalog.set_options(option.product, rows, by=None)
    outbox.deliver_due()
    assert list(PriceRecord.objects.filter(option=option).values_list("price", flat=True)) == [10_000, 12_000]
    assert seen_again(option) == 10_000


def seen_again(option):
    return guard.seen_prices([option.pk], clock.now())[0].low


def test_an_event_price_is_shown_only_while_it_is_one():
    option = an_option()
    offer = an_offer("INSTANT", prices={option.pk: 9_000})
    event = queries.events_of([option.pk], clock.now())[option.pk]
    assert (event.price, event.low, event.name) == (9_000, 10_000, offer.name)
    option.price = 11_000
    option.save()
    assert queries.events_of([option.pk], clock.now()) == {}


def test_of_two_events_the_lower_price_is_shown():
    option = an_option()
    an_offer("INSTANT", prices={option.pk: 9_000})
    an_offer("INSTANT", prices={option.pk: 8_500})
    assert queries.events_of([option.pk], clock.now())[option.pk].price == 8_500


def test_who_withdraws_is_out_at_once():
    option, owner = an_option(), a_person()
    offer = an_offer("INSTANT", prices={option.pk: 9_000})
    assert actions.withdraw_prices(offer, option.product.seller, by=owner) == 1
    assert queries.events_of([option.pk], clock.now()) == {}
