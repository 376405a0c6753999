"""How a seller says a product may be bought: so few, so many, from then, until then, by whom."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from builders import a_commission_plan, a_person, an_address, an_option, at_once
from dure.commerce.cart.queries import quote_of
from dure.commerce.claims import actions as claims
from dure.commerce.orders import actions
from dure.commerce.orders.actions import Guest, Wanted
from dure.commerce.orders.errors import AdultsOnly, NotAsSold, WithdrawalNotAgreed
from dure.commerce.orders.models import Order
from dure.commerce.stock import checks, limits
from dure.commerce.stock.errors import TooMuchPerBuyer
from dure.commerce.stock.models import PurchaseTally, StockItem
from dure.kit import clock
from dure.kit.checks import run

GUEST = Guest("손님", "guest@example.kr", "+821012345678")


def an_option_sold(**terms):
    option = an_option(10_000, stock=50)
    for name, value in terms.items():
        setattr(option.product, name, value)
    option.product.save()
    return option


def place(option, quantity=1, buyer=None, guest=None):
    a_commission_plan()
    wanted = [Wanted(option.pk, quantity)]
    return actions.place_order(buyer, wanted, an_address(), key=uuid.uuid4().hex, guest=guest)


NOW = clock.now()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("terms", "quantity", "problem"),
    [
        ({}, 1, ""),
        ({"min_per_order": 3}, 2, "TOO_LITTLE"),
        ({"min_per_order": 3}, 3, ""),
        ({"max_per_order": 4}, 5, "TOO_MUCH"),
        ({"max_per_order": 4}, 4, ""),
        ({"max_per_buyer": 2}, 3, "PER_BUYER"),
        ({"sale_from": NOW + timedelta(days=365)}, 1, "NOT_YET"),
        ({"sale_from": NOW - timedelta(days=1)}, 1, ""),
        ({"sale_until": NOW - timedelta(days=1)}, 1, "OVER"),
        ({"sale_until": NOW + timedelta(days=365)}, 1, ""),
        ({"adults_only": True}, 1, "ADULTS"),
    ],
)
def test_a_quote_says_why_it_cannot_be_bought_so(terms, quantity, problem):
    option = an_option_sold(**terms)
    seen = quote_of([(option.pk, quantity, None)], buyer=a_person())
    assert seen.lines[0].problem == problem
    assert seen.can_order == (not problem)
    if problem in {"NOT_YET", "OVER", "ADULTS"}:  # it will not be bought: it is in no total
        assert seen.total == 0
    if problem:
        with pytest.raises((NotAsSold, AdultsOnly, TooMuchPerBuyer)):
            place(option, quantity, buyer=a_person())
        assert not Order.objects.exists()
        assert StockItem.objects.get(option=option).available == 50


@pytest.mark.django_db
def test_the_options_of_a_product_count_together_and_add_ons_beside_them():
    option = an_option_sold(min_per_order=2, max_per_order=3)
    other = an_option(10_000)
    other.product, other.name = option.product, "큰 것"
    other.save()
    assert quote_of([(option.pk, 1, None), (other.pk, 1, None)]).can_order
    assert not quote_of([(option.pk, 2, None), (other.pk, 2, None)]).can_order
    other.addon = True
    other.save()
    assert quote_of([(option.pk, 2, None), (other.pk, 9, None)]).can_order


@pytest.mark.django_db
def test_only_who_is_known_to_be_of_age_buys_what_is_for_adults():
    option = an_option_sold(adults_only=True)
    with pytest.raises(AdultsOnly):
        place(option, guest=GUEST)
    assert place(option, buyer=a_person(adult_checked_at=clock.now())).pay_total == 10_000


@pytest.mark.django_db
def test_what_a_buyer_holds_counts_until_it_is_given_back():
    option, buyer = an_option_sold(max_per_buyer=3), a_person()
    first, second = place(option, 2, buyer), place(option, 1, buyer)
    with pytest.raises(TooMuchPerBuyer) as refused:
        place(option, 1, buyer)
    assert refused.value.params["left"] == 0
    actions.expire(second)
    actions.mark_paid(first, at=clock.now())
    line = first.lines.get()
    claims.open_claim(line, "CANCEL", quantity=1, reason="INTENT_CHANGED", key=uuid.uuid4(), by=buyer)
    assert PurchaseTally.objects.get().quantity == 1
    place(option, 2, buyer)
    assert all(run(check).ok for check in checks.CHECKS)


@pytest.mark.django_db
def test_a_guest_is_counted_by_the_phone_number():
    option = an_option_sold(max_per_buyer=1)
    place(option, guest=GUEST)
    with pytest.raises(TooMuchPerBuyer):
        place(option, guest=Guest("다른 이름", "other@example.kr", GUEST.phone))
    place(option, guest=Guest("다른 손님", "other@example.kr", "+821099998888"))


@pytest.mark.django_db
def test_the_database_itself_refuses_a_piece_too_many():
    option, buyer = an_option_sold(max_per_buyer=2), a_person()
    place(option, 2, buyer)
    with pytest.raises(IntegrityError, match="no_more_than_allowed"), transaction.atomic():
        PurchaseTally.objects.update(quantity=3)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_many_hands_of_one_buyer_do_not_get_more_than_the_limit(monkeypatch):
    option, buyer = an_option_sold(max_per_buyer=3), a_person()
    a_commission_plan()
    told = at_once(8, lambda n: place(option, 1, buyer))
    assert sum(isinstance(answer, Order) for answer in told) == 3, told
    assert sum(isinstance(answer, TooMuchPerBuyer) for answer in told) == 5, told
    assert StockItem.objects.get(option=option).available == 47

    # Without the row, each looks before the others have bought, and the limit is passed.
    monkeypatch.setattr(limits, "take", lambda holder, wanted: None)
    late = a_person()
    told = at_once(6, lambda n: place(option, 1, late))
    assert sum(isinstance(answer, Order) for answer in told) > 3, told


@pytest.mark.django_db
def test_a_check_of_age_holds_for_a_year():
    option = an_option_sold(adults_only=True)
    with pytest.raises(AdultsOnly):
        place(option, buyer=a_person(adult_checked_at=clock.now() - timedelta(days=366)))


@pytest.mark.django_db
def test_an_add_on_is_not_sold_alone():
    option = an_option_sold()
    extra = an_option(2_000)
    extra.product, extra.name, extra.addon = option.product, "상자", True
    extra.save()
    assert quote_of([(extra.pk, 1, None)]).lines[0].problem == "ALONE"
    assert quote_of([(extra.pk, 1, None), (option.pk, 1, None)], unticked={option.pk}).problems
    with pytest.raises(NotAsSold):
        place(extra, buyer=a_person())
    assert quote_of([(extra.pk, 2, None), (option.pk, 1, None)]).can_order


@pytest.mark.django_db
def test_goods_that_cannot_be_sent_back_want_a_consent_of_their_own():
    option, buyer = an_option_sold(no_withdrawal="MADE_TO_ORDER"), a_person()
    with pytest.raises(WithdrawalNotAgreed):
        place(option, buyer=buyer)
    order = actions.place_order(buyer, [Wanted(option.pk, 1)], an_address(), key=uuid.uuid4().hex, no_withdrawal=True)
    line = order.lines.get()
    assert line.no_withdrawal == "MADE_TO_ORDER"
    type(option.product).objects.update(no_withdrawal="")
    line.refresh_from_db()
    assert line.no_withdrawal == "MADE_TO_ORDER", "as it was agreed"
