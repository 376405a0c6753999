"""What promotions take off: golden cases, and properties that hold for every cart."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dure.commerce.promotions import rules
from dure.commerce.promotions.matching import assign
from dure.commerce.promotions.rules import (
    CART_COUPON,
    GIFT,
    INSTANT,
    NPLUS1,
    PRODUCT_COUPON,
    Deal,
    EventPrice,
    Line,
    Parts,
    Shares,
    reckon,
)


def a_row(index: int = 0, price: int = 10_000, quantity: int = 1, *, seller: int = 1, live: bool = False) -> Line:
    return Line(
        index,
        option=100 + index,
        product=200 + index,
        seller=seller,
        unit_price=price,
        quantity=quantity,
        categories=(7, 1),
        live=live,
    )


def off(found: rules.Reckoned) -> list[tuple[int, str, int]]:
    return [(d.line_index, d.kind, d.amount) for d in found.discounts]


def an_instant(price: int, *, option: int = 100, list_price: int = 10_000, **also) -> Deal:
    return Deal(1, INSTANT, "특가", prices={option: EventPrice(price, list_price, 1)}, **also)


@pytest.mark.parametrize(
    ("amount", "shares", "parts"),
    [
        (1000, Shares(5000, 3000, 2000), Parts(500, 300, 200)),
        (1, Shares(3334, 3333, 3333), Parts(1, 0, 0)),
        (2, Shares(3334, 3333, 3333), Parts(1, 1, 0)),
        (999, Shares(0, 10_000, 0), Parts(0, 999, 0)),
        (0, Shares(), Parts(0, 0, 0)),
        (101, Shares(5000, 5000, 0), Parts(51, 50, 0)),
    ],
)
def test_shares_are_split_by_largest_remainder(amount, shares, parts):
    assert shares.of(amount) == parts


def test_an_event_price_is_the_buyers_for_every_piece():
    assert off(reckon([a_row(quantity=3)], [an_instant(8_000)])) == [(0, "INSTANT", 6_000)]


def test_who_raises_the_price_during_an_event_leaves_it():
    assert off(reckon([a_row(price=10_100)], [an_instant(8_000)])) == []


def test_a_price_lowered_meanwhile_still_ends_at_the_event_price():
    assert off(reckon([a_row(price=9_000)], [an_instant(8_000)])) == [(0, "INSTANT", 1_000)]


def test_a_live_price_is_a_deal_already():
    two_plus_one = Deal(2, NPLUS1, "2+1", buy=2, free=1)
    assert off(reckon([a_row(quantity=3, live=True)], [an_instant(8_000), two_plus_one])) == []


@pytest.mark.parametrize(("quantity", "free"), [(1, 0), (2, 0), (3, 1), (5, 1), (6, 2), (8, 2), (9, 3)])
def test_two_plus_one(quantity, free):
    found = reckon([a_row(quantity=quantity)], [Deal(2, NPLUS1, "2+1", buy=2, free=1)])
    assert found.total == free * 10_000


def test_of_an_instant_discount_and_n_plus_one_the_better_one_counts_alone():
    deals = [an_instant(9_000), Deal(2, NPLUS1, "2+1", buy=2, free=1)]
    assert off(reckon([a_row(quantity=2)], deals)) == [(0, "INSTANT", 2_000)]
    assert off(reckon([a_row(quantity=3)], deals)) == [(0, "NPLUS1", 10_000)]


def test_one_product_coupon_per_line_and_each_where_it_saves_most():
    ten = Deal(3, PRODUCT_COUPON, "10%", value=1000, coupon=31)
    flat = Deal(4, PRODUCT_COUPON, "1,500원", how="AMOUNT", value=1_500, coupon=41)
    found = reckon([a_row(0, 30_000), a_row(1, 20_000)], coupons=[flat, ten])
    assert sorted(off(found)) == [(0, "COUPON", 3_000), (1, "COUPON", 1_500)]


def test_the_whole_stack_in_its_declared_order():
    """30,000: event price 8,000 each (-6,000), product coupon 10% of 24,000, cart 3,000, points 1,000."""
    product = Deal(3, PRODUCT_COUPON, "10%", value=1000, coupon=31)
    cart = Deal(4, CART_COUPON, "3천원", how="AMOUNT", value=3_000, min_spend=24_000, coupon=41)
    found = reckon([a_row(quantity=3)], [an_instant(8_000)], [product, cart], points=1_000)
    assert off(found) == [(0, "INSTANT", 6_000), (0, "COUPON", 2_400), (0, "COUPON", 3_000), (0, "POINTS", 1_000)]
    assert found.points_most == 30_000 - 11_400 - rules.LEFT_TO_PAY


def test_a_cart_coupons_minimum_is_held_against_the_goods_after_price_deals():
    cart = Deal(4, CART_COUPON, "3천원", how="AMOUNT", value=3_000, min_spend=25_000, coupon=41)
    found = reckon([a_row(quantity=3)], [an_instant(8_000)], [cart])
    assert found.unused == [rules.Unused(41, "MIN_SPEND", 1_000)]


def test_a_rate_stops_at_its_cap():
    assert off(
        reckon([a_row(price=90_000)], coupons=[Deal(3, CART_COUPON, "20%", value=2000, cap=5_000, coupon=1)])
    ) == [(0, "COUPON", 5_000)]


@pytest.mark.parametrize(
    ("scope", "targets", "covered"),
    [
        ("ALL", (), True),
        ("SELLER", (1,), True),
        ("SELLER", (2,), False),
        ("CATEGORY", (1,), True),  # a category above the product's own
        ("CATEGORY", (9,), False),
        ("PRODUCT", (200,), True),
        ("EXHIBITION", (201,), False),
    ],
)
def test_scope(scope, targets, covered):
    assert Deal(1, CART_COUPON, "", scope=scope, targets=frozenset(targets)).covers(a_row()) is covered


def test_goods_of_a_seller_who_did_not_agree_are_out():
    shared = Deal(1, CART_COUPON, "", value=1000, shares=Shares(5000, 5000, 0), sellers=frozenset({2}), coupon=1)
    found = reckon([a_row(0, seller=1), a_row(1, seller=2)], coupons=[shared])
    assert off(found) == [(1, "COUPON", 1_000)]
    assert found.discounts[0].seller_share == 500


def test_a_budget_that_would_not_bear_it_leaves_the_offer_out():
    room = {("SELLER", 1): 999}
    shared = an_instant(8_000, shares=Shares(5000, 5000, 0), room=room)
    assert reckon([a_row()], [shared]).total == 0
    other = Deal(9, INSTANT, "둘째", prices={100: EventPrice(9_000, 10_000, 1)})
    assert off(reckon([a_row()], [shared, other])) == [(0, "INSTANT", 1_000)]


def test_a_coupon_beyond_its_budget_says_so():
    cart = Deal(4, CART_COUPON, "", how="AMOUNT", value=3_000, coupon=41, room={("ALL", None): 2_999})
    assert reckon([a_row()], coupons=[cart]).unused == [rules.Unused(41, "BUDGET")]


def test_something_is_always_left_to_pay():
    found = reckon([a_row()], coupons=[Deal(4, CART_COUPON, "", value=10_000, coupon=1)], points=500)
    assert found.total == 10_000 - rules.LEFT_TO_PAY
    assert found.points == 0


def test_a_gift_rides_with_the_dearest_line_once_enough_is_bought():
    gift = Deal(5, GIFT, "수건", min_spend=50_000, gift_option=900)
    assert reckon([a_row(0, 20_000), a_row(1, 29_999)], [gift]).gifts == []
    assert reckon([a_row(0, 20_000), a_row(1, 30_000)], [gift]).gifts == [rules.Gift(1, 5, 900, "수건")]


def test_the_best_coupons_are_suggested():
    product = Deal(3, PRODUCT_COUPON, "", value=1000, coupon=31)
    small = Deal(4, CART_COUPON, "", how="AMOUNT", value=1_000, coupon=41)
    large = Deal(5, CART_COUPON, "", how="AMOUNT", value=2_000, min_spend=10_000, coupon=51)
    found = rules.suggest([a_row()], [], [small, large, product])
    assert found.coupons == [31, 51]
    assert found.total == 3_000


def test_what_each_party_pays_before_anybody_agrees():
    """10,000 won at 2,000 off, shared 40/40/20, 5% commission."""
    told = rules.outcome(10_000, 2_000, Shares(4000, 4000, 2000), 500)
    assert (told.paid, told.parts, told.commission, told.vat, told.arrives) == (
        8_000,
        Parts(800, 800, 400),
        460,
        46,
        8_694,
    )


@pytest.mark.parametrize(
    ("caps", "parts"),
    [
        ({}, None),
        ({"ALL": 1_000_000}, Parts(500_000, 300_000, 200_000)),
        ({"ALL": 1_000_000, "SELLER": 150_000}, Parts(250_000, 150_000, 100_000)),
        ({"AGENCY": 10_000}, Parts(25_000, 15_000, 10_000)),
    ],
)
def test_a_full_budget_is_reached_at_the_first_cap(caps, parts):
    assert rules.at_full_budget(Shares(5000, 3000, 2000), caps) == parts


# Properties

shares = st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)).map(
    lambda t: Shares(10_000 - max(t), max(t) - min(t), min(t))
)
rows = st.lists(st.tuples(st.integers(10, 200_000), st.integers(1, 9), st.booleans()), min_size=1, max_size=6).map(
    lambda told: [a_row(i, p, q, seller=i % 2, live=live) for i, (p, q, live) in enumerate(told)]
)


@st.composite
def a_coupon(draw, kinds=(PRODUCT_COUPON, CART_COUPON)):
    how = draw(st.sampled_from(["RATE", "AMOUNT"]))
    return Deal(
        draw(st.integers(10, 99)),
        draw(st.sampled_from(kinds)),
        "쿠폰",
        how=how,
        value=draw(st.integers(1, 10_000 if how == "RATE" else 300_000)),
        cap=draw(st.none() | st.integers(1, 50_000)),
        min_spend=draw(st.integers(0, 100_000)),
        scope=draw(st.sampled_from(["ALL", "SELLER"])),
        targets=frozenset({draw(st.integers(0, 1))}),
        shares=draw(shares),
        agency=3,
        coupon=draw(st.integers(1, 10_000)),
    )


coupons = st.lists(a_coupon(), max_size=5, unique_by=lambda c: c.coupon)
deals = st.tuples(st.integers(1, 4), st.integers(1, 3), shares, st.integers(10, 100_000)).map(
    lambda t: [
        Deal(1, NPLUS1, "N+1", buy=t[0], free=t[1], shares=t[2], agency=3),
        Deal(2, INSTANT, "특가", prices={100: EventPrice(t[3], 200_000, 0)}, shares=t[2], agency=3),
    ]
)


@given(rows, deals, coupons, st.integers(0, 1_000_000))
def test_nothing_is_taken_twice_nor_more_than_there_is(lines, offered, chosen, points):
    found = reckon(lines, offered, chosen, points=points)
    goods = {line.index: line.goods for line in lines}
    for d in found.discounts:
        assert d.amount > 0
        assert min(d.seller_share, d.agency_share, d.platform_share) >= 0
        assert d.seller_share + d.agency_share + d.platform_share == d.amount
    for index, whole in goods.items():
        assert 0 <= sum(d.amount for d in found.of_line(index)) <= whole
    later = [d for d in found.discounts if d.kind in ("COUPON", "POINTS")]
    if later:
        assert sum(goods.values()) - found.total >= rules.LEFT_TO_PAY
    assert (
        len(
            [c for c in {d.coupon for d in later} if c and any(k.coupon == c and k.kind == CART_COUPON for k in chosen)]
        )
        <= 1
    )
    on_line = [
        (d.line_index, d.coupon)
        for d in later
        if any(k.coupon == d.coupon and k.kind == PRODUCT_COUPON for k in chosen)
    ]
    assert len({line for line, _ in on_line}) == len({coupon for _, coupon in on_line}) == len(on_line)
    assert sum(d.amount for d in found.discounts if d.kind == "POINTS") == found.points <= points


@given(rows, deals, coupons)
def test_a_suggestion_is_never_worse_than_what_the_buyer_chose(lines, offered, chosen):
    assert rules.suggest(lines, offered, chosen).total >= reckon(lines, offered, chosen).total


@given(
    st.integers(1, 4).flatmap(
        lambda n: st.lists(st.lists(st.integers(0, 50), min_size=n, max_size=n), min_size=1, max_size=4)
    )
)
def test_the_assignment_is_the_best_of_all(weights):
    columns = len(weights[0])
    slots = [*range(columns), *[None] * len(weights)]
    every = (
        sum(weights[r][c] for r, c in enumerate(pick) if c is not None)
        for pick in set(itertools.permutations(slots, len(weights)))
    )
    found = assign(weights)
    assert sum(weights[r][c] for r, c in enumerate(found) if c is not None) == max(every)
    taken = [c for c in found if c is not None]
    assert len(taken) == len(set(taken))


@given(st.integers(0, 10**7), st.lists(st.integers(1, 5), min_size=1, max_size=8))
def test_claims_in_any_sequence_give_back_the_whole(total, steps):
    quantity, already, back = sum(steps), 0, []
    for now in steps:
        back.append(rules.part_of(total, quantity, already, now))
        already += now
    assert sum(back) == total
    assert min(back) >= 0


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=8), st.integers(1, 4000))
def test_points_are_taken_from_the_first_lots_first(lots, amount):
    rows = list(enumerate(lots))
    if amount > sum(lots):
        with pytest.raises(ValueError):
            rules.fifo(rows, amount)
        return
    taken = rules.fifo(rows, amount)
    assert sum(step for _, step in taken) == amount
    assert all(step == lots[i] for i, step in taken[:-1])
