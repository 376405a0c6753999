"""A confirmed purchase becomes a statement that adds up to the won, and money on its way; a return afterwards, a debt."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from builders import a_line, a_person, a_shipping_policy, an_option, at_once
from dure.commerce.claims import actions as claims
from dure.commerce.orders import actions as orders
from dure.commerce.orders.models import ProductOrder
from dure.finance import verify
from dure.finance.ledger import postings
from dure.finance.ledger.queries import balance_of, proof_of_funds
from dure.finance.payments import actions as payments
from dure.finance.payments.models import Payment
from dure.finance.payouts.models import Payout
from dure.finance.settlement import actions
from dure.finance.settlement.models import SettlementLine, Statement
from dure.finance.settlement.queries import upcoming
from dure.kit import clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def float_of_the_operator():
    postings.operator_funded("float", 1_000_000)


def a_paid_line(status="DELIVERED", *, price=30_000, fee=3000, quantity=1):
    option = an_option(price=price)
    a_shipping_policy(option.product.seller, fee=fee)
    line = a_line(status, option=option, quantity=quantity)
    payment = Payment.objects.create(
        order=line.order, amount=line.order.pay_total, status="DONE", payment_key=uuid.uuid4().hex
    )
    charges = {c.pk: c.amount for c in line.order.shipping_charges.all()}
    postings.paid(f"payment:{payment.pk}", {line.pk: line.paid_amount}, charges)
    return line


def confirm(line):
    orders.confirm_purchase(line, by=line.order.buyer)
    actions.earn_line(line)
    actions.earn_shipping(line.order_id, line.seller)


def tomorrow():
    return actions.due_after(clock.today())


def everything_holds():
    return {r.name: r.rows for r in verify.run() if not r.ok} == {}


def test_a_sale_is_shared_to_the_won_and_due_on_the_next_business_day():
    line = a_paid_line()
    confirm(line)
    sale = SettlementLine.objects.get(kind="SALE")
    assert (sale.goods, sale.commission, sale.vat, sale.net) == (30_000, 1500, 150, 28_350)
    assert SettlementLine.objects.get(kind="SHIPPING").net == 3000
    assert sale.due_date == tomorrow()
    assert actions.run(clock.today(), by=None) == []

    (statement,) = actions.run(tomorrow(), by=None)
    assert (statement.total, statement.pay_amount) == (31_350, 31_350)
    assert Payout.objects.get().amount == 31_350 == balance_of("SEG", "TRANSIT")
    assert proof_of_funds().covered and everything_holds()


def test_running_again_makes_nothing_new():
    confirm(a_paid_line())
    assert len(actions.run(tomorrow(), by=None)) == 1
    assert actions.run(tomorrow(), by=None) == []


@pytest.mark.race
def test_two_runs_at_once_make_one_statement():
    confirm(a_paid_line())
    at_once(4, lambda i: actions.run(tomorrow(), by=None))
    assert Statement.objects.count() == 1 and Payout.objects.count() == 1


@pytest.mark.race
def test_a_line_is_earned_once_however_often_it_is_heard():
    line = a_paid_line()
    orders.confirm_purchase(line, by=line.order.buyer)
    at_once(6, lambda i: actions.earn_line(line))
    assert SettlementLine.objects.filter(kind="SALE").count() == 1


def test_a_return_after_payout_never_uses_other_sellers_money():
    """The refund is fronted from the operator's own money; the seller's later sale pays it back by netting."""
    line, other = a_paid_line("PURCHASE_CONFIRMED"), a_paid_line("PURCHASE_CONFIRMED")
    for sold in (line, other):
        actions.earn_line(sold)
        actions.earn_shipping(sold.order_id, sold.seller)
    actions.run(tomorrow(), by=None)
    owed_before = balance_of("SEG", "SELLER", other.seller_id)

    claim = return_line(line, "BROKEN")
    actions.settle_claim(claim)
    assert balance_of("OPS", "SELLER_DEBT", line.seller_id) == 28_350 + 3000
    assert balance_of("SEG", "SELLER", other.seller_id) == owed_before
    assert proof_of_funds().covered

    later = a_line("DELIVERED", option=line.option)
    payment = Payment.objects.create(
        order=later.order, amount=later.order.pay_total, status="DONE", payment_key=uuid.uuid4().hex
    )
    charges = {c.pk: c.amount for c in later.order.shipping_charges.all()}
    postings.paid(f"payment:{payment.pk}", {later.pk: later.paid_amount}, charges)
    confirm(later)
    with clock.at(clock.now() + timedelta(days=1)):
        (statement,) = actions.run(tomorrow(), by=None)
    assert statement.netted == 31_350 and statement.pay_amount == 0 and statement.status == "NETTED"
    assert balance_of("OPS", "SELLER_DEBT", line.seller_id) == 0


def return_line(line, reason):
    """A return walked to its end, by hand where time or state would not allow it any more."""
    from dure.commerce.claims.models import Claim

    refund = claims.preview(line, "RETURN", 1, reason) if line.status == "DELIVERED" else None
    claim = Claim.objects.create(
        product_order=line,
        seller=line.seller,
        kind="RETURN",
        quantity=1,
        reason=reason,
        fault="SELLER" if reason == "BROKEN" else "BUYER",
        key=uuid.uuid4(),
        goods_refund=refund.goods if refund else 30_000,
        shipping_refund=refund.shipping if refund else 3000,
        return_fee=refund.return_fee if refund else 0,
        refund_amount=refund.amount if refund else 33_000,
        status="COLLECTED",
    )
    claims.complete(claim, by=None)
    payments.refund_claim(
        claim_id=claim.pk,
        product_order_id=line.pk,
        goods=claim.goods_refund,
        shipping=claim.shipping_refund,
        return_fee=claim.return_fee,
        reason=reason,
    )
    claim.refresh_from_db()
    claim.product_order.refresh_from_db()
    return claim


def test_the_freight_of_a_return_is_the_sellers():
    line = a_paid_line()
    claim = return_line(line, "INTENT_CHANGED")
    actions.settle_claim(claim)
    actions.earn_shipping(line.order_id, line.seller)
    assert {(n.kind, n.net) for n in SettlementLine.objects.all()} == {("RETURN_FEE", 3000), ("SHIPPING", 3000)}
    assert balance_of("SEG", "HELD") == 0 and balance_of("SEG", "REFUND_PAYABLE") == 27_000
    assert everything_holds()


@pytest.mark.parametrize("fee_first", [True, False])
def test_the_order_in_which_finance_hears_of_a_return_does_not_matter(fee_first):
    line = a_paid_line()
    if fee_first:
        from dure.commerce.claims.models import Claim

        refund = claims.preview(line, "RETURN", 1, "INTENT_CHANGED")
        claim = Claim.objects.create(
            product_order=line, kind="RETURN", quantity=1, reason="INTENT_CHANGED", fault="BUYER", key=uuid.uuid4(),
            goods_refund=refund.goods, return_fee=refund.return_fee, refund_amount=refund.amount, status="COLLECTED",
        )  # fmt: skip
        claims.complete(claim, by=None)
        actions.settle_claim(claim)
        payments.refund_claim(
            claim_id=claim.pk, product_order_id=line.pk, goods=30_000, shipping=0, return_fee=3000, reason="x"
        )
    else:
        actions.settle_claim(return_line(line, "INTENT_CHANGED"))
    assert balance_of("SEG", "REFUND_PAYABLE") == 27_000
    assert SettlementLine.objects.get(kind="RETURN_FEE").net == 3000


def test_a_held_seller_is_not_paid_until_released():
    line = a_paid_line()
    confirm(line)
    officer = a_person("FINANCE")
    actions.hold(line.seller, reason="서류 확인", by=officer)
    assert actions.run(tomorrow(), by=officer) == []
    actions.release(line.seller, by=officer)
    assert len(actions.run(tomorrow(), by=officer)) == 1


def test_a_failed_payout_makes_the_money_the_sellers_again_and_can_be_paid_again():
    from dure.finance.payouts.actions import _failed

    confirm(a_paid_line())
    (statement,) = actions.run(tomorrow(), by=None)
    _failed(Payout.objects.get(), "FAILED", "INVALID_ACCOUNT", {})
    actions.mark_failed(statement, why="계좌 오류")
    assert balance_of("SEG", "SELLER", statement.seller_id) == 31_350 and everything_holds()
    actions.pay_again(statement, by=a_person("FINANCE"))
    assert Payout.objects.order_by("-id").first().ref.endswith("/2") and everything_holds()


def test_the_database_refuses_a_statement_that_is_not_its_lines():
    line = a_paid_line()
    confirm(line)
    figures = {"goods": 30_000, "discounts": 0, "shipping": 3000, "commission": 1500, "vat": 150}
    with pytest.raises(IntegrityError, match="sum of its lines"):
        Statement.objects.create(
            seller=line.seller, number="S1", due_date=tomorrow(), total=31_350, pay_amount=31_350, **figures
        )
    (statement,) = actions.run(tomorrow(), by=None)
    later = a_line("DELIVERED", option=line.option)
    extra = SettlementLine(
        seller=line.seller, kind="SALE", ref="sale:x", product_order=later, net=5, goods=5, statement=statement,
        basis_date=clock.today(), due_date=clock.today(),
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="sum of its lines"), transaction.atomic():
        extra.save()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE settlement_settlementline SET net = net + 1, goods = goods + 1",
        "UPDATE settlement_settlementline SET statement_id = NULL",
        "DELETE FROM settlement_settlementline",
        "UPDATE settlement_statement SET netted = 1, pay_amount = pay_amount - 1",
        "DELETE FROM settlement_statement",
    ],
)
def test_lines_and_statements_stay_as_they_were_made(change):
    confirm(a_paid_line())
    actions.run(tomorrow(), by=None)
    with pytest.raises(Exception, match="never edited"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_a_debt_is_undone_when_the_provider_refuses_the_refund_for_good():
    from dure.finance.payments.models import Refund
    from dure.kit.http import OutsideError

    line = a_paid_line("PURCHASE_CONFIRMED")
    actions.earn_line(line)
    actions.earn_shipping(line.order_id, line.seller)
    claim = return_line(line, "BROKEN")
    actions.settle_claim(claim)
    payments._refund_refused(Refund.objects.get(), OutsideError("toss", "NOT_CANCELABLE", "기간 지남"))
    actions.undo_debt(claim.pk)
    actions.undo_debt(claim.pk)
    assert balance_of("OPS", "SELLER_DEBT", line.seller_id) == 0
    assert sum(n.net for n in SettlementLine.objects.filter(kind="AFTER_RETURN")) == 0


def test_a_sale_heard_of_late_is_due_by_the_day_it_was_confirmed():
    line = a_paid_line("PURCHASE_CONFIRMED")
    with clock.at(clock.now() + timedelta(days=5)):
        sale = actions.earn_line(line)
    assert sale.basis_date == clock.kst_date(line.confirmed_at)


def test_what_comes_next_tells_due_waiting_and_debt():
    line = a_paid_line()
    seen = upcoming(line.seller)
    assert seen.due == [] and seen.waiting == 28_350
    confirm(ProductOrder.objects.get(pk=line.pk))
    seen = upcoming(line.seller)
    assert seen.total == 31_350 and seen.waiting == 0 and seen.debt == 0
