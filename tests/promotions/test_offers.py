"""Offers: terms that stay, consents, budgets, coupons; and what the database refuses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from builders import a_person, an_offer, an_option, at_once
from dure.commerce.promotions import actions, errors, queries, redeeming
from dure.commerce.promotions.models import Budget, Coupon, Offer, OfferConsent
from dure.commerce.promotions.rules import Chosen, Line, LineDiscount, Reckoned
from dure.kit import clock
from dure.kit.checks import run
from dure.kit.states import WrongState

pytestmark = pytest.mark.django_db


def a_row(option, quantity=1, index=0):
    product = option.product
    return Line(index, option.pk, product.pk, product.seller_id, option.price, quantity, queries.categories_of(product))


def off(option, buyer=None, *coupons, quantity=1, points=0, suggest=False):
    chosen = Chosen(buyer.pk, tuple(c.pk for c in coupons), points, suggest) if buyer else None
    return queries.discounts_for([a_row(option, quantity)], chosen, clock.now())


def verified():
    from dure.commerce.promotions.checks import CHECKS

    return {check.name: result.rows for check in CHECKS if not (result := run(check)).ok}


# ── Terms ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("terms", "at"),
    [
        ({"name": " "}, "name"),
        ({"value": 0}, "value"),
        ({"how": "RATE", "value": 10_001}, "value"),
        ({"kind": "NPLUS1"}, "buy"),
        ({"kind": "GIFT"}, "gift_option"),
        ({"scope": "PRODUCT"}, "targets"),
        ({"platform_bp": 5000, "seller_bp": 4000}, "platform_bp"),
        ({"platform_bp": 5000, "agency_bp": 5000}, "agency"),
        ({"issue": "CODE"}, "code"),
        ({"ends_at": clock.now() - timedelta(days=9)}, "ends_at"),
    ],
)
def test_what_is_missing_is_said_with_its_field(terms, at):
    with pytest.raises(errors.OfferIncomplete) as refused:
        an_offer(**terms)
    assert refused.value.field == at
    assert str(refused.value)


def test_two_offers_of_one_code_cannot_be():
    an_offer(issue="CODE", code="가을맞이")
    with pytest.raises(errors.OfferIncomplete) as refused:
        an_offer(issue="CODE", code="가을맞이")
    assert refused.value.field == "code"


def test_a_draft_is_rewritten_and_a_begun_offer_is_not():
    offer = an_offer(begun=False)
    terms = actions.Terms("CART_COUPON", "새 이름", offer.starts_at, offer.ends_at, how="AMOUNT", value=2_000)
    assert actions.rewrite(offer, terms, by=None).value == 2_000
    actions.begin(offer, by=None)
    with pytest.raises(errors.OfferFixed):
        actions.rewrite(offer, terms, by=None)


@pytest.mark.parametrize(
    "change", ["value = 9", "seller_bp = 1, platform_bp = 9999", "ends_at = now()", "terms_hash = ''"]
)
def test_the_database_keeps_the_terms_of_a_begun_offer(change):
    offer = an_offer()
    with pytest.raises(IntegrityError, match="fixed once agreed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE promotions_offer SET {change} WHERE id = %s", [offer.pk])


def test_the_database_keeps_shares_a_whole():
    offer = an_offer(begun=False)
    with pytest.raises(IntegrityError, match="offer_shares_add_up"), transaction.atomic():
        Offer.objects.filter(pk=offer.pk).update(seller_bp=1)


def test_an_offer_holds_by_the_clock_alone():
    option, now = an_option(), clock.now()
    an_offer("NPLUS1", buy=1, free=1, starts_at=now + timedelta(hours=1), ends_at=now + timedelta(hours=2))
    worth = {}
    for hours in (0, 1, 2):
        with clock.at(now + timedelta(hours=hours)):
            worth[hours] = off(option, quantity=2).total
    assert worth == {0: 0, 1: 10_000, 2: 0}


def test_a_stopped_offer_takes_nothing_off_and_can_go_on():
    option, offer = an_option(), an_offer("NPLUS1", buy=1, free=1)
    actions.stop(offer, by=None)
    assert off(option, quantity=2).total == 0
    actions.resume(offer, by=None)
    assert off(option, quantity=2).total == 10_000
    with pytest.raises(WrongState):
        actions.begin(offer, by=None)


# ── Consent ──────────────────────────────────────────────────────────────────────────────────────────────────────


def shared(**terms):
    return an_offer(how="RATE", value=1000, platform_bp=5000, seller_bp=5000, **terms)


def test_a_shared_offer_holds_for_sellers_who_agreed_to_its_very_terms():
    option, buyer, owner, offer = an_option(), a_person(), a_person(), shared()
    coupon = actions.take_coupon(offer, buyer)
    assert off(option, buyer, coupon).total == 0
    with pytest.raises(errors.TermsChanged):
        actions.consent(offer, option.product.seller, terms_hash="other", cap=None, by=owner)
    actions.consent(offer, option.product.seller, terms_hash=offer.terms_hash, cap=100_000, by=owner)
    assert [(d.amount, d.seller_share) for d in off(option, buyer, coupon).discounts] == [(1_000, 500)]
    kept = OfferConsent.objects.get()
    assert (kept.by, kept.terms_hash, kept.terms["seller_bp"]) == (owner, offer.terms_hash, 5000)
    assert actions.withdraw_consent(offer, option.product.seller, by=owner)
    assert off(option, buyer, coupon).total == 0


def test_a_consent_is_history():
    option, offer = an_option(), shared()
    actions.consent(offer, option.product.seller, terms_hash=offer.terms_hash, cap=None, by=a_person())
    for change in ("UPDATE promotions_offerconsent SET terms = '{}'", "DELETE FROM promotions_offerconsent"):
        with pytest.raises(IntegrityError, match="fixed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_a_sellers_own_offer_is_at_its_own_cost_and_for_its_own_goods():
    mine, other, buyer = an_option(), an_option(), a_person()
    offer = an_offer(seller=mine.product.seller, scope="ALL", platform_bp=10_000)
    coupon = actions.take_coupon(offer, buyer)
    assert off(other, buyer, coupon).total == 0
    found = off(mine, buyer, coupon)
    assert (found.total, found.discounts[0].seller_share) == (1_000, 1_000)


def test_a_seller_is_asked_only_about_offers_that_mean_its_goods():
    mine, other = an_option(), an_option()
    offer = shared(scope="PRODUCT", targets=(mine.product_id,))
    an_offer()  # costs sellers nothing: nobody is asked
    assert list(queries.offers_asking(mine.product.seller, clock.now())) == [offer]
    assert list(queries.offers_asking(other.product.seller, clock.now())) == []


# ── Coupons ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_buyer_takes_as_many_as_are_meant_for_one():
    buyer, offer = a_person(), an_offer(per_buyer=2)
    actions.take_coupon(offer, buyer)
    actions.take_coupon(offer, buyer)
    with pytest.raises(errors.CouponTaken):
        actions.take_coupon(offer, buyer)
    assert verified() == {}


def test_a_code_is_found_however_it_is_written():
    buyer, offer = a_person(), an_offer(issue="CODE", code="dure5")
    assert actions.take_by_code(" DuRe5 ", buyer).offer == offer
    with pytest.raises(errors.NoSuchCode):
        actions.take_by_code("DURE6", buyer)
    with pytest.raises(errors.NoSuchCode):
        actions.take_by_code("", buyer)


def test_a_coupon_lasts_the_days_it_says_and_no_longer_than_the_offer():
    now = clock.now()
    three = actions.take_coupon(an_offer(valid_days=3), a_person())
    assert clock.kst_date(three.expires_at) == clock.kst_date(now) + timedelta(days=3)
    long = an_offer(valid_days=90)
    assert actions.take_coupon(long, a_person()).expires_at == long.ends_at


def test_a_coupon_out_of_its_period_is_refused():
    with pytest.raises(errors.CouponNotOn):
        actions.take_coupon(an_offer(starts_at=clock.now() + timedelta(hours=1)), a_person())


def test_anothers_coupon_takes_nothing_off():
    option, coupon = an_option(), actions.take_coupon(an_offer(), a_person())
    assert off(option, a_person(), coupon).total == 0


def test_a_first_order_coupon_is_for_the_first_order():
    option, buyer = an_option(), a_person()
    coupon = actions.take_coupon(an_offer(first_order=True), buyer)
    found = off(option, buyer, coupon)
    assert found.total == 1_000
    actions.note_purchase(buyer.pk, at=clock.now())
    assert off(option, buyer, coupon).total == 0
    with pytest.raises(errors.FirstOrderOnly):  # seen in another window before the first was paid
        actions.redeem(1, buyer.pk, found, at=clock.now())


def test_the_best_coupons_of_the_box_are_found():
    option, buyer = an_option(price=30_000), a_person()
    actions.take_coupon(an_offer(value=2_000), buyer)
    best = actions.take_coupon(an_offer(value=3_000), buyer)
    tied = actions.take_coupon(an_offer("PRODUCT_COUPON", value=500), buyer)
    assert sorted(off(option, buyer, suggest=True).coupons) == sorted([best.pk, tied.pk])


def test_coupons_on_offer_of_a_product():
    option, buyer = an_option(), a_person()
    for_it = an_offer("PRODUCT_COUPON", scope="PRODUCT", targets=(option.product_id,))
    an_offer("PRODUCT_COUPON", scope="PRODUCT", targets=(option.product_id + 1,))
    by_shelf = an_offer(scope="CATEGORY", targets=(option.product.category_id,))
    shared(scope="SELLER", targets=(option.product.seller_id,))  # not agreed to
    gone = an_offer(quantity=1)
    actions.take_coupon(gone, a_person())
    found = queries.strip_for(option.product, buyer, clock.now(), {})
    assert {o.pk for o in found.coupons} == {for_it.pk, by_shelf.pk}
    assert gone.pk not in {o.pk for o in queries.coupons_on_offer(buyer, clock.now())}


# ── On an order ──────────────────────────────────────────────────────────────────────────────────────────────────


def a_discount(offer, won=1_000, seller=None, **parts):
    return Reckoned([LineDiscount(0, "COUPON", "", offer.name, won, offer=offer.pk, seller=seller.pk, **parts)])


def test_an_order_takes_coupon_and_budget_and_gives_them_back():
    option, buyer, now = an_option(), a_person(), clock.now()
    offer = an_offer()
    budget = actions.set_budget(offer, "ALL", 1_500, by=None)
    coupon = actions.take_coupon(offer, buyer)
    found = off(option, buyer, coupon)
    actions.redeem(7, buyer.pk, found, at=now)
    budget.refresh_from_db()
    coupon.refresh_from_db()
    assert (budget.spent, coupon.status, coupon.order) == (1_000, "USED", 7)
    with pytest.raises(errors.CouponNotUsable):
        actions.redeem(8, buyer.pk, found, at=now)
    actions.give_back(7, at=now)
    actions.give_back(7, at=now)
    budget.refresh_from_db()
    assert (budget.spent, off(option, buyer, coupon).total) == (0, 1_000)
    assert verified() == {}


def test_a_budget_is_neither_overspent_nor_cut_below_what_is_spent():
    offer, seller = an_offer(), an_option().product.seller
    actions.redeem(1, None, a_discount(offer, 900, seller), at=clock.now())
    budget = actions.set_budget(offer, "ALL", 1_000, by=None)
    assert budget.spent == 900  # what was promised before there was a cap counts
    with pytest.raises(errors.BudgetSpent):
        actions.redeem(2, None, a_discount(offer, 101, seller), at=clock.now())
    with pytest.raises(errors.BudgetTooSmall):
        actions.set_budget(offer, "ALL", 899, by=None)
    with pytest.raises(IntegrityError, match="budget_kept"), transaction.atomic():
        Budget.objects.update(spent=1_001)


def test_each_bearer_has_a_cap_of_its_own():
    option, buyer, owner = an_option(price=100_000), a_person(), a_person()
    offer = shared()
    actions.consent(offer, option.product.seller, terms_hash=offer.terms_hash, cap=4_999, by=owner)
    coupon = actions.take_coupon(offer, buyer)
    found = off(option, buyer, coupon)
    assert (found.total, found.unused[0].reason) == (0, "BUDGET")
    actions.set_budget(offer, "SELLER", 5_000, seller=option.product.seller, by=owner)
    actions.redeem(1, buyer.pk, off(option, buyer, coupon), at=clock.now())
    cost = queries.cost_of(offer)
    assert (cost.orders, cost.amount, cost.platform, cost.seller) == (1, 10_000, 5_000, 5_000)
    assert verified() == {}


# ── Races ────────────────────────────────────────────────────────────────────────────────────────────────────────


def fifty_redeem(offer, seller):
    at_once(50, lambda i: actions.redeem(i + 1, None, a_discount(offer, 1_000, seller), at=clock.now()))
    return sum(offer.redemptions.values_list("amount", flat=True))


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_budget_of_ten_serves_ten_of_fifty_at_once():
    offer, seller = an_offer(), an_option().product.seller
    actions.set_budget(offer, "ALL", 10_000, by=None)
    assert fifty_redeem(offer, seller) == 10_000
    assert verified() == {}


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_guard_the_budget_is_overrun(monkeypatch):
    """The race is real: look first, write afterwards, and no CHECK behind it."""

    def look_then_write(budget, need):
        seen = Budget.objects.get(pk=budget.pk)
        if seen.spent + need > seen.cap:
            return False
        import time

        time.sleep(0.02)
        Budget.objects.filter(pk=budget.pk).update(spent=seen.spent + need)
        return True

    offer, seller = an_offer(), an_option().product.seller
    actions.set_budget(offer, "ALL", 10_000, by=None)
    monkeypatch.setattr(redeeming, "_spend", look_then_write)
    assert fifty_redeem(offer, seller) > 10_000


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_thirty_buyers_of_the_last_five_coupons_five_get_one():
    offer = an_offer(quantity=5)
    buyers = [a_person() for _ in range(30)]
    answers = at_once(30, lambda i: actions.take_coupon(offer, buyers[i]))
    assert sum(isinstance(a, Coupon) for a in answers) == 5
    assert sum(isinstance(a, errors.CouponGone) for a in answers) == 25
    assert verified() == {}


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_ten_presses_of_one_buyer_take_one_coupon():
    offer, buyer = an_offer(), a_person()
    answers = at_once(10, lambda _i: actions.take_coupon(offer, buyer))
    assert sum(isinstance(a, Coupon) for a in answers) == 1
    assert verified() == {}


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_one_coupon_serves_one_of_ten_orders_at_once():
    option, buyer = an_option(), a_person()
    coupon = actions.take_coupon(an_offer(), buyer)
    found = off(option, buyer, coupon)
    answers = at_once(10, lambda i: actions.redeem(i + 1, buyer.pk, found, at=clock.now()))
    assert answers.count(None) == 1
    assert verified() == {}
