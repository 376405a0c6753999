"""The ledger: golden values of every money event, and what the database refuses, each guard broken by SQL."""

from __future__ import annotations

import json

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from builders import at_once
from dure.finance.ledger import actions, postings, queries
from dure.finance.ledger.errors import EventReposted, PostingRefused
from dure.finance.ledger.models import Account, Balance, Entry, Journal
from dure.finance.ledger.rules import Share, share

A, B = 11, 12  # sellers
LINE_A, LINE_B, SHIP = 101, 102, 201

pytestmark = pytest.mark.django_db


def legs(journal: int) -> dict[str, int]:
    """`{"SEG:HELD": -53000, …}`, as the tables of golden values are written."""
    sums: dict[str, int] = {}
    for entry in Entry.objects.filter(journal_id=journal).select_related("account"):
        name = f"{entry.account.pool}:{entry.account.name}"
        sums[name] = sums.get(name, 0) + entry.amount
    return sums


def sale(goods: int, *, bp: int = 500, discount: int = 0, sellers: int = 0) -> Share:
    return share(
        unit_price=goods,
        quantity=1,
        left=1,
        discount=discount,
        seller_discount=sellers,
        refunded=0,
        commission_bp=bp,
    )


def a_walk_to_the_payout() -> None:
    """E0 to E3: float, paid 53,000, PG payment, cancel of B, confirmation of A with shipping, payout."""
    postings.operator_funded("0", 300_000)
    postings.paid("1", {LINE_A: 30_000, LINE_B: 20_000}, {SHIP: 3_000})
    postings.pg_settled("1", 53_000, 1_590, 159)
    postings.refund_authorized("1", {LINE_B: 20_000}, {})
    postings.refund_done("1", 20_000, fee_back=600, fee_vat_back=60)
    postings.purchase_confirmed("1", seller=A, order_line=LINE_A, share=sale(30_000))
    postings.shipping_earned("1", seller=A, shipping_charge=SHIP, amount=3_000)
    postings.payout_authorized("1", seller=A, amount=31_350)
    postings.payout_done("1", 31_350)


def raw(sql: str, *params) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


def account(pool: str, name: str, owner: int | None = None) -> int:
    return Account.objects.get(pool=pool, name=name, owner=owner).pk


def post_raw(ref: str, *body: tuple[int, int, int | None], kind: str = "PAID", reverses: int | None = None) -> None:
    legs = [{"account": a, "amount": n, "line": line, "shipping": None} for a, n, line in body]
    raw("SELECT ledger_post(%s, %s, %s::jsonb, '2026-11-24', now(), %s)", kind, ref, json.dumps(legs), reverses)


# --------------------------------------------------------------------------------------------- golden values


def test_e0_the_operators_float():
    assert legs(postings.operator_funded("0", 300_000)) == {
        "SEG:BANK": 300_000,
        "SEG:RESIDUAL": -300_000,
        "OPS:DUE_FROM_SEG": 300_000,
        "OPS:CAPITAL": -300_000,
    }


def test_e1_a_payment_is_held_line_by_line():
    journal = postings.paid("1", {LINE_A: 30_000, LINE_B: 20_000}, {SHIP: 3_000})
    assert legs(journal) == {"SEG:PG_RECV": 53_000, "SEG:HELD": -53_000}
    assert queries.held_for_line(LINE_A) == 30_000
    assert queries.held_for_line(LINE_B) == 20_000
    assert queries.held_for_shipping(SHIP) == 3_000


def test_e1_the_payment_providers_fee_is_the_operators_to_bear():
    postings.operator_funded("0", 300_000)
    postings.paid("1", {LINE_A: 53_000}, {})
    assert legs(postings.pg_settled("1", 53_000, 1_590, 159)) == {
        "SEG:BANK": 51_251,
        "SEG:RESIDUAL": 1_749,
        "SEG:PG_RECV": -53_000,
        "OPS:PG_FEE": 1_590,
        "OPS:INPUT_VAT": 159,
        "OPS:DUE_FROM_SEG": -1_749,
    }


def test_e2_a_partial_cancel_in_two_phases():
    postings.operator_funded("0", 300_000)
    postings.paid("1", {LINE_A: 30_000, LINE_B: 20_000}, {SHIP: 3_000})
    assert legs(postings.refund_authorized("1", {LINE_B: 20_000}, {})) == {
        "SEG:HELD": 20_000,
        "SEG:REFUND_PAYABLE": -20_000,
    }
    assert legs(postings.refund_done("1", 20_000, fee_back=600, fee_vat_back=60)) == {
        "SEG:REFUND_PAYABLE": 20_000,
        "SEG:PG_RECV": -19_340,
        "SEG:RESIDUAL": -660,
        "OPS:DUE_FROM_SEG": 660,
        "OPS:PG_FEE": -600,
        "OPS:INPUT_VAT": -60,
    }


def test_e3_a_confirmation_pays_the_seller_less_commission_and_vat():
    postings.paid("1", {LINE_A: 30_000}, {SHIP: 3_000})
    confirmed = postings.purchase_confirmed("1", seller=A, order_line=LINE_A, share=sale(30_000))
    assert legs(confirmed) == {
        "SEG:HELD": 30_000,
        "SEG:SELLER": -28_350,
        "SEG:RESIDUAL": -1_650,
        "OPS:DUE_FROM_SEG": 1_650,
        "OPS:COMMISSION": -1_500,
        "OPS:VAT_OUT": -150,
    }
    earned = postings.shipping_earned("1", seller=A, shipping_charge=SHIP, amount=3_000)
    assert legs(earned) == {"SEG:HELD": 3_000, "SEG:SELLER": -3_000}
    assert queries.balance_of("SEG", "SELLER", A) == 31_350


def test_after_e3_the_funds_are_the_operators_alone():
    a_walk_to_the_payout()
    proof = queries.proof_of_funds()
    assert (proof.funds, proof.owed, proof.residual) == (300_561, 0, 300_561)
    assert proof.covered


def test_a_return_after_the_payout_never_uses_other_sellers_money():
    """E4: the naive posting (debit SELLER) is refused; the right one makes a debt, netted later."""
    a_walk_to_the_payout()
    with pytest.raises(PostingRefused) as refused:
        postings.debt_netted("naive", seller=A, amount=25_350)
    assert refused.value.params["reason"] == "balance_never_below_floor"

    journal = postings.refund_after_settlement(
        "1", seller=A, order_line=LINE_A, taken_back=sale(30_000), return_fee=3_000
    )
    assert legs(journal) == {
        "SEG:RESIDUAL": 27_000,
        "SEG:REFUND_PAYABLE": -27_000,
        "OPS:SELLER_DEBT": 25_350,
        "OPS:COMMISSION": 1_500,
        "OPS:VAT_OUT": 150,
        "OPS:DUE_FROM_SEG": -27_000,
    }
    postings.paid("2", {LINE_B: 100_000}, {})
    postings.purchase_confirmed("2", seller=A, order_line=LINE_B, share=sale(100_000))
    assert legs(postings.debt_netted("1", seller=A, amount=25_350)) == {
        "SEG:SELLER": 25_350,
        "SEG:RESIDUAL": -25_350,
        "OPS:DUE_FROM_SEG": 25_350,
        "OPS:SELLER_DEBT": -25_350,
    }
    assert queries.proof_of_funds().covered


def test_e5_the_operators_part_of_a_coupon_comes_from_its_own_money():
    postings.operator_funded("0", 300_000)
    postings.paid("5", {LINE_A: 25_000}, {})
    parts = sale(30_000, discount=5_000, sellers=2_000)
    assert legs(postings.purchase_confirmed("5", seller=A, order_line=LINE_A, share=parts)) == {
        "SEG:HELD": 25_000,
        "SEG:RESIDUAL": 1_460,
        "SEG:SELLER": -26_460,
        "OPS:COUPON": 3_000,
        "OPS:COMMISSION": -1_400,
        "OPS:VAT_OUT": -140,
        "OPS:DUE_FROM_SEG": -1_460,
    }


def test_a_payout_that_fails_or_comes_back_is_the_sellers_again():
    a_walk_to_the_payout()
    assert legs(postings.payout_returned("1", seller=A, amount=31_350)) == {
        "SEG:BANK": 31_350,
        "SEG:SELLER": -31_350,
    }
    postings.payout_authorized("2", seller=A, amount=31_350)
    assert legs(postings.payout_failed("2", seller=A, amount=31_350)) == {
        "SEG:TRANSIT": 31_350,
        "SEG:SELLER": -31_350,
    }
    assert queries.balance_of("SEG", "SELLER", A) == 31_350


def test_a_return_fee_stays_held_until_it_is_earned():
    postings.paid("1", {LINE_A: 30_000}, {})
    postings.refund_authorized("1", {LINE_A: 27_000}, {})
    assert queries.held_for_line(LINE_A) == 3_000
    assert legs(postings.return_fee_earned("1", seller=A, order_line=LINE_A, amount=3_000)) == {
        "SEG:HELD": 3_000,
        "SEG:SELLER": -3_000,
    }


def test_a_refused_refund_is_held_again():
    postings.paid("1", {LINE_A: 30_000}, {})
    authorized = postings.refund_authorized("1", {LINE_A: 30_000}, {})
    postings.refund_voided("1", authorized)
    assert queries.held_for_line(LINE_A) == 30_000
    with pytest.raises(DatabaseError, match="reverses_id"):
        postings.refund_voided("1 again", authorized)


def test_e5_a_shared_discount_is_settled_with_each_of_its_bearers():
    """10,000 won at 2,000 off, borne 40% by the seller, 40% by us, 20% by agency 7; 5% commission.

    The buyer pays 8,000; the seller gets 10,000 - 800 - 460 - 46 = 8,694; the agency owes us 400.
    """
    postings.operator_funded("0", 300_000)
    postings.paid("1", {LINE_A: 8_000}, {})
    part = share(
        unit_price=10_000,
        quantity=1,
        left=1,
        discount=2_000,
        seller_discount=800,
        refunded=0,
        commission_bp=500,
        agencies=[(7, 400)],
    )
    assert (part.paid, part.net, part.platform_discount) == (8_000, 8_694, 800)
    assert legs(postings.purchase_confirmed("1", seller=A, order_line=LINE_A, share=part)) == {
        "SEG:HELD": 8_000,
        "SEG:SELLER": -8_694,
        "SEG:RESIDUAL": 694,
        "OPS:COUPON": 800,
        "OPS:AGENCY_DUE": 400,
        "OPS:COMMISSION": -460,
        "OPS:VAT_OUT": -46,
        "OPS:DUE_FROM_SEG": -694,
    }
    assert legs(postings.agency_paid("1", agency=7, amount=400)) == {"OPS:BANK": 400, "OPS:AGENCY_DUE": -400}
    assert queries.balance_of("OPS", "AGENCY_DUE", 7) == 0


def test_e5_a_return_after_the_settlement_takes_the_agencys_part_back():
    postings.operator_funded("0", 300_000)
    postings.paid("1", {LINE_A: 8_000}, {})
    part = share(
        unit_price=10_000,
        quantity=1,
        left=1,
        discount=2_000,
        seller_discount=800,
        refunded=0,
        commission_bp=500,
        agencies=[(7, 400)],
    )
    postings.purchase_confirmed("1", seller=A, order_line=LINE_A, share=part)
    assert legs(postings.refund_after_settlement("1", seller=A, order_line=LINE_A, taken_back=part)) == {
        "SEG:RESIDUAL": 8_000,
        "SEG:REFUND_PAYABLE": -8_000,
        "OPS:SELLER_DEBT": 8_694,
        "OPS:COMMISSION": 460,
        "OPS:VAT_OUT": 46,
        "OPS:COUPON": -800,
        "OPS:AGENCY_DUE": -400,
        "OPS:DUE_FROM_SEG": -8_000,
    }
    assert queries.balance_of("OPS", "AGENCY_DUE", 7) == 0


@given(
    st.integers(10, 100_000),
    st.lists(st.integers(1, 4), min_size=1, max_size=5),
    st.tuples(*[st.integers(0, 3_000)] * 4),
    st.integers(0, 3_000),
)
def test_a_line_that_comes_back_in_any_steps_comes_back_whole(price, steps, bears, bp):
    """Whoever bears a discount gets exactly its part back over any sequence of partial claims."""
    quantity = sum(steps)
    goods = price * quantity
    seller, one, two, platform = (goods * b // 12_000 for b in bears)
    discount, told = seller + one + two + platform, [(7, one), (8, two)]

    def left(taken: int) -> Share:
        paid = goods - discount
        return share(
            unit_price=price,
            quantity=quantity,
            left=quantity - taken,
            discount=discount,
            seller_discount=seller,
            refunded=paid * taken // quantity,
            commission_bp=bp,
            agencies=told,
        )

    taken, back = 0, []
    for step in steps:
        back.append(left(taken) - left(taken + step))
        taken += step
    whole = left(0)
    assert (whole.seller_discount, whole.agencies, whole.platform_discount) == (seller, tuple(told), platform)
    assert sum(b.seller_discount for b in back) == seller
    assert sum(b.platform_discount for b in back) == platform
    assert [sum(dict(b.agencies)[agency] for b in back) for agency in (7, 8)] == [one, two]
    assert sum(b.paid for b in back) == goods - discount
    assert all(b.paid >= 0 for b in back)


# ---------------------------------------------------------------------------------- refused by the database


def test_the_operator_cannot_take_one_won_more_than_its_own():
    a_walk_to_the_payout()
    postings.paid("2", {LINE_A: 4_000_000}, {})
    postings.pg_settled("2", 4_000_000, 0, 0)  # the bank holds plenty: the floor of RESIDUAL alone must refuse
    with pytest.raises(PostingRefused):
        actions.withdraw_operator(300_562, by=None)
    actions.withdraw_operator(300_561, by=None)
    assert queries.proof_of_funds().residual == 0


def test_a_refund_above_what_is_held_for_the_line_is_refused_though_others_hold_plenty():
    postings.paid("1", {LINE_A: 30_000, LINE_B: 20_000}, {SHIP: 3_000})
    with pytest.raises(PostingRefused) as refused:
        postings.refund_authorized("1", {LINE_B: 20_001}, {})
    assert refused.value.params["reason"] == "held_never_negative"
    with pytest.raises(PostingRefused):
        postings.refund_authorized("2", {}, {SHIP: 3_001})


def test_the_same_event_posts_once_and_never_with_other_amounts():
    first = postings.paid("1", {LINE_A: 53_000}, {})
    assert postings.paid("1", {LINE_A: 53_000}, {}) == first
    with pytest.raises(EventReposted):
        postings.paid("1", {LINE_A: 53_001}, {})
    assert queries.held_for_line(LINE_A) == 53_000


def test_steal_a_journal_that_balances_only_across_the_pools_is_refused():
    a_walk_to_the_payout()
    with pytest.raises(DatabaseError, match="does not add up to zero in each pool"):
        post_raw("steal", (account("SEG", "TRANSIT"), 1_000, None), (account("OPS", "COMMISSION"), -1_000, None))


def test_grab_moving_the_operators_stake_in_one_pool_only_is_refused():
    a_walk_to_the_payout()
    with pytest.raises(DatabaseError, match="in one pool only"):
        post_raw("grab", (account("SEG", "TRANSIT"), 1_000, None), (account("SEG", "RESIDUAL"), -1_000, None))


def test_held_money_always_says_what_it_is_held_for():
    a_walk_to_the_payout()
    with pytest.raises(DatabaseError, match="without saying what it is held for"):
        post_raw("x", (account("SEG", "PG_RECV"), 1_000, None), (account("SEG", "HELD"), -1_000, None))


def test_a_journal_of_unknown_accounts_is_refused():
    with pytest.raises(DatabaseError, match="not in that pool and currency"):
        post_raw("x", (999_999, 5, None), (999_998, -5, None))


def test_a_journal_without_legs_or_with_one_leg_is_refused():
    with pytest.raises(DatabaseError, match="journal_has_legs"):
        post_raw("x")
    with pytest.raises(PostingRefused):
        postings.operator_funded("nothing", 0)


def test_a_kind_outside_the_closed_set_is_refused():
    a_walk_to_the_payout()
    with pytest.raises(DatabaseError, match="journal_kind_known"):
        post_raw("x", (account("SEG", "BANK"), 5, None), (account("SEG", "PG_RECV"), -5, None), kind="GIFT")


def test_nothing_can_be_appended_to_a_finished_journal():
    journal = postings.paid("1", {LINE_A: 30_000}, {})
    with pytest.raises(DatabaseError, match="not complete in one statement"):
        raw(
            """INSERT INTO ledger_entry (journal_id, line, account_id, pool, currency, amount, order_line)
               SELECT journal_id, line + 10, account_id, pool, currency, amount, order_line
                 FROM ledger_entry WHERE journal_id = %s""",
            journal,
        )


def test_a_reversal_is_exact():
    journal = postings.paid("1", {LINE_A: 30_000}, {})
    with pytest.raises(DatabaseError, match="not the exact reverse"):
        post_raw(
            "x",
            (account("SEG", "PG_RECV"), -29_999, None),
            (account("SEG", "HELD"), 29_999, LINE_A),
            kind="REFUND_VOIDED",
            reverses=journal,
        )


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger_entry SET amount = 1",
        "DELETE FROM ledger_entry",
        "TRUNCATE ledger_entry",
        "UPDATE ledger_journal SET effective_on = '2020-01-01'",
        "DELETE FROM ledger_journal",
        "UPDATE ledger_account SET floor_zero = false",
        "DELETE FROM ledger_balance",
        "DELETE FROM ledger_held",
    ],
)
def test_the_ledger_is_append_only(change):
    postings.paid("1", {LINE_A: 30_000}, {})
    with pytest.raises(DatabaseError, match="append-only"):
        raw(change)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger_balance SET amount = amount",
        "UPDATE ledger_held SET amount = amount + 1",
        "INSERT INTO ledger_held (order_line, amount) VALUES (999, 1)",
    ],
)
def test_balances_move_by_entries_only(change):
    postings.paid("1", {LINE_A: 30_000}, {})
    with pytest.raises(DatabaseError, match="moves by entries only"):
        raw(change)


def test_an_account_comes_with_its_balance_and_floor():
    postings.paid("1", {LINE_A: 30_000}, {})
    assert Balance.objects.count() == Account.objects.count() == 2
    assert Balance.objects.get(account__name="HELD").floor_zero


# ---------------------------------------------------------------------------------------------------- races


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_two_refunds_of_one_line_at_once_give_back_once():
    postings.paid("1", {LINE_A: 30_000, LINE_B: 90_000}, {})
    answers = at_once(4, lambda i: postings.refund_authorized(f"r{i}", {LINE_A: 30_000}, {}))
    assert sum(isinstance(a, int) for a in answers) == 1
    assert sum(isinstance(a, PostingRefused) for a in answers) == 3
    assert queries.held_for_line(LINE_A) == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_without_the_guard_the_same_race_gives_back_four_times_out_of_other_buyers_money():
    raw("ALTER TABLE ledger_held DROP CONSTRAINT held_never_negative")
    try:
        postings.paid("1", {LINE_A: 30_000, LINE_B: 90_000}, {})
        answers = at_once(4, lambda i: postings.refund_authorized(f"r{i}", {LINE_A: 30_000}, {}))
        assert all(isinstance(a, int) for a in answers)
        assert queries.balance_of("SEG", "REFUND_PAYABLE") == 120_000
    finally:
        raw("ALTER TABLE ledger_held ADD CONSTRAINT held_never_negative CHECK (amount >= 0) NOT VALID")


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_two_payouts_at_once_pay_a_seller_once():
    postings.paid("1", {LINE_A: 30_000, LINE_B: 30_000}, {})
    postings.purchase_confirmed("a", seller=A, order_line=LINE_A, share=sale(30_000))
    postings.purchase_confirmed("b", seller=B, order_line=LINE_B, share=sale(30_000))
    answers = at_once(4, lambda i: postings.payout_authorized(f"p{i}", seller=A, amount=28_350))
    assert sum(isinstance(a, int) for a in answers) == 1
    assert queries.balance_of("SEG", "SELLER", A) == 0
    assert queries.balance_of("SEG", "SELLER", B) == 28_350


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_the_same_event_at_once_posts_once():
    answers = at_once(4, lambda i: postings.paid("same", {LINE_A: 30_000}, {}))
    assert len(set(answers)) == 1 and Journal.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_postings_that_cross_in_their_accounts_never_deadlock():
    postings.operator_funded("0", 1_000_000)
    postings.paid("1", {LINE_A: 30_000}, {})

    def cross(i: int) -> int:
        for n in range(10):
            if i % 2:
                postings.pg_settled(f"{i}/{n}", 100, 3, 0)
            else:
                postings.operator_funded(f"{i}/{n}", 10)
        return i

    assert at_once(4, cross) == [0, 1, 2, 3]
