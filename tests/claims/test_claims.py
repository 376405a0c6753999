"""Claims end to end: who may ask for what, what it costs whom, what both sides read, and that the ledger agrees."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from builders import a_person, a_shipping_policy, an_option, an_order, at_once
from dure.commerce.claims import actions as claims
from dure.commerce.claims import reckon, rules
from dure.commerce.claims.actions import Terms
from dure.commerce.claims.errors import (
    CannotExchangeFor,
    ClaimAlreadyOpen,
    FaultIsTheOperators,
    FeeNotReceived,
    HoldTooLong,
    NotClaimable,
    ReturnTooLate,
    StillHeld,
    TooMany,
    WhyMissing,
    WithdrawalExcluded,
)
from dure.commerce.claims.models import Claim, Step
from dure.commerce.orders import actions as orders
from dure.commerce.orders.errors import ClaimOpen
from dure.commerce.orders.models import ProductOrder
from dure.commerce.shipping import actions as shipping
from dure.commerce.stock.models import StockItem
from dure.finance import verify
from dure.finance.ledger.models import Held
from dure.finance.payments.models import Payment, Refund
from dure.finance.settlement.models import SettlementLine
from dure.integrations.carrier.client import Scan
from dure.kit import clock
from dure.kit.models import AuditEntry, Event
from dure.kit.outbox import deliver_due
from dure.kit.states import WrongState
from trade import bought, money, paid_for  # noqa: F401 (a fixture)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("money")]
NUMBERS = iter(range(8000_0000_0000, 8999_9999_9999))


def ask(line, kind="RETURN", *, quantity=1, reason="INTENT_CHANGED", **more):
    line = ProductOrder.objects.get(pk=line.pk)
    return claims.open_claim(
        line, kind, quantity=quantity, reason=reason, key=uuid.uuid4(), by=line.order.buyer, **more
    )


def bought_again(line):
    """The same line, its claims forgotten."""
    Claim.objects.filter(product_order=line).update(status="WITHDRAWN")
    return ProductOrder.objects.get(pk=line.pk)


def waybill():
    return f"{next(NUMBERS)}"


def back(claim):
    """The goods are with the seller again."""
    claims.start_collecting(claim, carrier="CJ", waybill=waybill(), by=None)
    claims.collected(claim, by=None)
    return claim


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def available(option):
    return StockItem.objects.get(option=option).available


def everything_holds():
    deliver_due()
    return {r.name: r.rows for r in verify.run() if not r.ok} == {}


class TestCancel:
    def test_before_the_seller_has_seen_it_it_is_done_at_once_and_paid_back(self):
        line = bought("PAID", quantity=3)
        claim = ask(line, "CANCEL", quantity=2)
        deliver_due()
        claim = fresh(claim)
        assert (claim.status, claim.refund_amount, claim.refunded_at is not None) == ("DONE", 60_000, True)
        assert [s.what for s in claim.steps.all()] == ["OPENED", "DONE", "REFUNDED"]
        assert everything_holds()

    def test_after_that_the_seller_stops_it_by_the_next_business_day(self):
        line = bought("PAID")
        orders.acknowledge(line, by=None)
        with clock.at(clock.now().replace(year=2026, month=11, day=20)):  # a Friday
            claim = ask(line, "CANCEL")
            assert (claim.status, claim.answer_due) == ("REQUESTED", date(2026, 11, 23))
            claims.complete(claim, by=None)
            deliver_due()
        assert fresh(line).status == "CANCELED" and fresh(claim).refund_amount == 33_000
        assert everything_holds()

    def test_or_it_had_left_already_and_goes_on_as_a_return(self):
        line = bought("PAID", quantity=2)
        orders.acknowledge(line, by=None)
        claim = ask(line, "CANCEL")
        going_on = claims.already_shipped(claim, carrier="CJ", waybill=waybill(), by=None)
        assert (fresh(claim).status, fresh(line).status) == ("REJECTED", "DELIVERING")
        assert (going_on.kind, going_on.quantity, going_on.came_from, going_on.return_fee) == ("RETURN", 1, claim, 2500)
        claims.complete(back(going_on), by=None)
        assert fresh(line).returned_quantity == 1
        assert everything_holds()

    @pytest.mark.race
    def test_stopped_and_already_shipped_at_once_one_wins(self):
        for _ in range(4):
            line = bought("PAID")
            orders.acknowledge(line, by=None)
            claim, number = ask(line, "CANCEL"), waybill()
            deeds = [
                lambda c=claim: claims.complete(fresh(c), by=None),
                lambda c=claim, n=number: claims.already_shipped(fresh(c), carrier="CJ", waybill=n, by=None),
            ]
            results = at_once(2, lambda i: deeds[i]())
            assert sum(isinstance(r, WrongState) for r in results) == 1, results
            assert fresh(line).status in {"CANCELED", "DELIVERING"}
        assert everything_holds()


class TestWhoMayAsk:
    def test_a_change_of_mind_has_seven_days_the_first_not_counted_a_fault_three_months(self):
        line = bought()
        delivered = clock.kst_date(line.delivered_at)
        assert rules.last_day(delivered, "BUYER") == delivered + timedelta(days=7)
        with clock.at(line.delivered_at + timedelta(days=8)):
            with pytest.raises(ReturnTooLate):
                ask(line)
            assert reckon.reasons_for(line, ["RETURN"], clock.now())[0] == "DELAYED_DELIVERY"
            assert ask(line, reason="BROKEN").status == "REQUESTED"
        with clock.at(line.delivered_at + timedelta(days=95)):
            assert reckon.kinds_of(bought_again(line), clock.now()) == []

    def test_goods_made_to_order_come_back_for_a_fault_only(self):
        line = bought()
        ProductOrder.objects.filter(pk=line.pk).update(no_withdrawal="MADE_TO_ORDER")
        for kind in ("RETURN", "EXCHANGE"):
            with pytest.raises(WithdrawalExcluded) as refused:
                ask(line, kind)
            assert "주문 제작 상품" in str(refused.value)
        assert ask(line, reason="BROKEN").status == "REQUESTED"

    def test_a_defect_found_after_the_confirmation_comes_back_at_the_sellers_cost_only(self):
        line = bought()
        orders.confirm_purchase(line, by=line.order.buyer)
        deliver_due()
        assert SettlementLine.objects.filter(kind="SALE").exists()
        with pytest.raises(NotClaimable):
            ask(line)
        with pytest.raises(NotClaimable):
            ask(line, "EXCHANGE", reason="BROKEN")
        claims.complete(back(ask(line, reason="BROKEN")), by=None)
        deliver_due()
        assert fresh(line).status == "RETURNED"
        assert SettlementLine.objects.get(kind="AFTER_RETURN").net < 0, "the seller owes its share back"
        assert Refund.objects.get().amount == 33_000
        assert everything_holds()

    def test_a_freight_above_the_goods_net_is_the_sellers_though_it_was_settled(self):
        line = bought(price=2_000)
        orders.confirm_purchase(line, by=line.order.buyer)
        deliver_due()
        officer = a_person("OPERATOR")
        claim = claims.force(line, "RETURN", quantity=1, fault="BUYER", why="직권", key=uuid.uuid4(), by=officer)
        deliver_due()
        assert (claim.goods_refund, claim.return_fee, claim.refund_amount) == (2_000, 2_000, 0), (
            "nothing is left to refund"
        )
        assert SettlementLine.objects.get(kind="RETURN_FEE").net > 0, "the commission on it comes back to the seller"
        assert everything_holds()

    def test_goods_on_their_way_can_be_asked_back_and_are_returned_without_arriving(self):
        line = bought("DELIVERING")
        claims.complete(back(ask(line)), by=None)
        assert fresh(line).status == "RETURNED"
        assert everything_holds()

    def test_more_than_there_is_or_while_another_is_open_is_refused(self):
        line = bought(quantity=2)
        with pytest.raises(TooMany):
            ask(line, quantity=3)
        ask(line)
        with pytest.raises(ClaimAlreadyOpen):
            ask(line)


class TestFreight:
    def test_of_goods_returned_together_the_freight_is_borne_once_in_whatever_order_they_are_done(self):
        for order in ([0, 1, 2], [2, 0, 1]):
            first = an_option(price=20_000)
            a_shipping_policy(first.product.seller, fee=3000, free_over=30_000, return_fee=2500)
            others = [an_option(price=20_000, seller=first.product.seller) for _ in range(2)]
            bought_ = an_order(first, *others, paid=True)
            paid_for(bought_)
            lines = list(bought_.lines.order_by("id"))
            shipping.dispatch(lines, "CJ", number := waybill(), by=None)
            shipping.record_tracking("CJ", number, [Scan("DELIVERED", clock.now(), "서울")])
            wanted = [(fresh(line), 1) for line in lines]
            told = claims.preview_together(wanted, "RETURN", "INTENT_CHANGED")
            assert [(r.fee_due, r.first_freight) for r in told] == [(2500, 0), (3000, 3000), (0, 0)]
            opened = claims.open_together(wanted, "RETURN", reason="INTENT_CHANGED", key=uuid.uuid4(), by=bought_.buyer)
            assert [c.refund_amount for c in opened] == [r.amount for r in told], "what was shown is what is kept"
            claims.start_collecting(opened[0], carrier="CJ", waybill=waybill(), by=None)
            assert {fresh(c).status for c in opened} == {"COLLECTING"}, "one parcel fetches all of them"
            shipping.record_tracking("CJ", fresh(opened[0]).collect_waybill, [Scan("DELIVERED", clock.now(), "가게")])
            deliver_due()
            for i in order:
                claims.complete(fresh(opened[i]), by=None)
            done = [fresh(c) for c in opened]
            assert sum(c.fee_due for c in done) == 2500 + 3000
            assert sum(c.refund_amount for c in done) == 60_000 - 5500
        assert everything_holds()

    def test_enclosed_freight_is_not_taken_from_the_refund_but_has_to_come(self):
        line = bought()
        claim = back(ask(line, terms=Terms(fee_method="ENCLOSED")))
        assert (claim.fee_due, claim.return_fee, claim.refund_amount) == (2500, 0, 30_000)
        with pytest.raises(FeeNotReceived):
            claims.complete(claim, by=None)
        claims.hold(claim, reason="RETURN_DELIVERYFEE", until=clock.today() + timedelta(days=3), by=None)
        claims.receive_fee(claim, by=None)
        assert not fresh(claim).is_held, "what it was held for has come"
        claims.complete(claim, by=None)
        assert everything_holds() and Refund.objects.get().amount == 30_000

    def test_an_admitted_fault_changes_the_figures_both_sides_see(self):
        claim = ask(bought())
        assert claim.refund_amount == 27_500
        with pytest.raises(FaultIsTheOperators):
            claims.admit_fault(claim, fault="BUYER", by=None)
        claims.admit_fault(claim, by=None, why="포장이 약했어요")
        claim = fresh(claim)
        assert (claim.fault, claim.fee_due, claim.refund_amount) == ("SELLER", 0, 33_000)
        assert claim.steps.get(what="FAULT").said == "구매자 사정 → 판매자 사정. 포장이 약했어요"
        claims.judge_fault(claim, "BUYER", why="사진에 쓴 자국이 있어요", by=a_person("OPERATOR"))
        assert fresh(claim).refund_amount == 27_500
        with pytest.raises(WhyMissing):
            claims.judge_fault(claim, "SELLER", why=" ", by=a_person("OPERATOR"))


class TestHold:
    def test_what_is_held_cannot_be_done_and_the_database_agrees(self):
        claim = back(ask(bought()))
        for days in (0, 31):
            with pytest.raises(HoldTooLong):
                claims.hold(claim, reason="ETC", until=clock.today() + timedelta(days=days), by=None)
        until = clock.today() + timedelta(days=5)
        claims.hold(claim, reason="SELLER_CONFIRM_NEED", until=until, detail="공장에 물어보는 중", by=None)
        with pytest.raises(WrongState):
            claims.hold(claim, reason="ETC", until=until, by=None)
        with pytest.raises(StillHeld):
            claims.complete(claim, by=None)
        with pytest.raises(IntegrityError, match="held_claims_are_not_done"), transaction.atomic():
            Claim.objects.filter(pk=claim.pk).update(status="DONE")
        assert "공장에 물어보는 중" in claim.steps.get(what="HELD").said
        claims.release(claim, by=None)
        claims.complete(claim, by=None)

    @pytest.mark.race
    def test_a_hold_and_a_refund_at_once_one_wins(self):
        until = clock.today() + timedelta(days=5)
        for _ in range(4):
            claim = back(ask(bought()))
            deeds = [
                lambda c=claim: claims.hold(fresh(c), reason="ETC", until=until, detail="잠깐", by=None),
                lambda c=claim: claims.complete(fresh(c), by=None),
            ]
            results = at_once(2, lambda i: deeds[i]())
            assert sum(isinstance(r, Exception) for r in results) == 1, results
            after = fresh(claim)
            assert after.is_held != (after.status == "DONE")

    def test_a_hold_ends_with_its_day(self):
        claim = ask(bought())
        claims.hold(claim, reason="ETC", until=clock.today() + timedelta(days=1), detail="x", by=None)
        assert claims.release_overdue() == 0
        with clock.at(clock.now() + timedelta(days=2)):
            assert claims.release_overdue() == 1
        assert not fresh(claim).is_held


class TestTheWayBack:
    def test_the_buyer_sends_it_and_the_carrier_tells_both(self):
        claim = ask(bought(), terms=Terms(collect_method="RETURN_INDIVIDUAL"))
        number = waybill()
        claims.sent_back(claim, carrier="EPOST", waybill=f"1{number}", by=None)
        claim = fresh(claim)
        assert (claim.status, claim.collect_status, claim.collect_parcel.method) == (
            "COLLECTING", "COLLECT_WAITING", "RETURN_INDIVIDUAL",
        )  # fmt: skip
        scans = [Scan("PICKED_UP", clock.now(), "접수")]
        shipping.record_tracking("EPOST", f"1{number}", scans)
        deliver_due()
        assert fresh(claim).collect_status == "DELIVERING"
        shipping.record_tracking("EPOST", f"1{number}", [*scans, Scan("DELIVERED", clock.now(), "가게")])
        deliver_due()
        claim = fresh(claim)
        assert (claim.status, claim.collect_status) == ("COLLECTED", "DELIVERED")
        assert claim.answer_due is not None
        with pytest.raises(WrongState):
            claims.withdraw(claim, by=None)  # too late: the goods are back

    def test_a_withdrawn_return_lets_the_line_be_confirmed(self):
        line = bought()
        claim = ask(line)
        with pytest.raises(ClaimOpen):
            orders.confirm_purchase(line, by=line.order.buyer)
        claims.withdraw(claim, by=line.order.buyer)
        orders.confirm_purchase(line, by=line.order.buyer)
        assert everything_holds()

    def test_goods_come_back_unsaleable(self):
        line = bought()
        left = available(line.option)
        claims.complete(back(ask(line, reason="BROKEN")), by=None, restock=False)
        assert available(line.option) == left and everything_holds()


class TestExchange:
    def exchanged(self, line, **more):
        claim = back(ask(line, "EXCHANGE", **{"reason": "BROKEN", **more}))
        return claim, claims.redeliver(claim, carrier="CJ", waybill=waybill(), by=None)

    def arrive(self, line):
        parcel = line.parcels.get()
        shipping.record_tracking("CJ", parcel.waybill, [Scan("DELIVERED", clock.now(), "서울")])
        deliver_due()

    def test_a_line_of_its_own_stands_for_the_pieces_with_their_money(self):
        line = bought(quantity=3)
        left = available(line.option)
        claim, standing = self.exchanged(line, quantity=2)
        deliver_due()
        line = fresh(line)
        assert (line.status, line.exchanged_quantity, line.kept_quantity) == ("DELIVERED", 2, 1)
        assert (standing.status, standing.quantity, standing.paid_amount) == ("DELIVERING", 2, 60_000)
        assert available(line.option) == left, "two came back, two went out"
        held = dict(Held.objects.values_list("order_line", "amount"))
        assert (held[line.pk], held[standing.pk]) == (30_000, 60_000)
        self.arrive(standing)
        assert fresh(claim).status == "DONE" and fresh(standing).status == "DELIVERED"
        for one in (line, standing):
            orders.confirm_purchase(one, by=line.order.buyer)
        deliver_due()
        sales = SettlementLine.objects.filter(kind="SALE")
        assert sorted(s.goods for s in sales) == [30_000, 60_000]
        assert everything_holds()

    def test_when_all_of_a_line_is_exchanged_it_ends_exchanged(self):
        line = bought()
        claim, standing = self.exchanged(line)
        assert fresh(line).status == "EXCHANGED" and fresh(claim).replacement == standing
        self.arrive(standing)
        assert everything_holds()

    def test_for_a_cheaper_option_the_difference_comes_back_for_a_dearer_the_price_stays(self):
        line = bought(quantity=2)
        product = line.option.product
        cheap, dear = (
            product.options.create(name=name, price=price) for name, price in (("작은", 24_000), ("큰", 50_000))
        )
        type(product).objects.update(list_price=24_000)
        from dure.commerce.stock import actions as stock

        for option in (cheap, dear):
            stock.receive(option, 5, by=None, why="처음")
        told = claims.preview(line, "EXCHANGE", 1, "COLOR_AND_SIZE", option=cheap)
        assert (told.goods, told.fee_due, told.return_fee, told.amount) == (6000, 5000, 5000, 1000)
        _claim, standing = self.exchanged(line, reason="COLOR_AND_SIZE", option=cheap)
        assert (standing.option, standing.paid_amount) == (cheap, 24_000)
        deliver_due()
        assert Refund.objects.get().amount == 1000
        assert SettlementLine.objects.get(kind="RETURN_FEE").net == 5000
        assert everything_holds()
        _claim, standing = self.exchanged(line, option=dear)
        assert (standing.option, standing.unit_price, standing.paid_amount) == (dear, 30_000, 30_000)
        assert everything_holds()

    def test_freight_of_both_ways_comes_in_the_parcel_or_apart(self):
        claim = back(ask(bought(), "EXCHANGE", reason="COLOR_AND_SIZE", terms=Terms(fee_method="BILLED")))
        assert (claim.fee_due, claim.return_fee) == (5000, 0)
        with pytest.raises(FeeNotReceived):
            claims.redeliver(claim, carrier="CJ", waybill=waybill(), by=None)
        claims.receive_fee(claim, by=None)
        claims.redeliver(claim, carrier="CJ", waybill=waybill(), by=None)
        assert everything_holds()

    def test_another_products_option_or_one_no_longer_sold_is_refused(self):
        line = bought()
        gone = line.option.product.options.create(name="옛것", price=1000, active=False)
        for option in (an_option(), gone):
            with pytest.raises(CannotExchangeFor):
                ask(line, "EXCHANGE", reason="BROKEN", option=option)

    def test_a_further_claim_while_the_exchange_is_under_way(self):
        line = bought(quantity=2)
        claim, standing = self.exchanged(line)
        again = ask(standing, "RETURN", reason="BROKEN")  # the new one is on its way
        other = ask(line, "RETURN", reason="BROKEN")  # and the piece that stayed is broken, too
        claims.complete(back(again), by=None)
        claims.complete(back(other), by=None)
        assert fresh(standing).status == "RETURNED" and fresh(line).returned_quantity == 1
        assert everything_holds()
        assert sum(Refund.objects.values_list("amount", flat=True)) == 63_000, "all of it came back"
        assert fresh(claim).status == "REDELIVERING"

    def test_sold_out_meanwhile_nothing_has_happened(self):
        from dure.commerce.stock.errors import SoldOut

        line = bought(stock=1)
        claim = back(ask(line, "EXCHANGE", reason="BROKEN"))
        with pytest.raises(SoldOut):
            claims.redeliver(claim, carrier="CJ", waybill=waybill(), by=None, restock=False)
        assert fresh(claim).status == "COLLECTED" and fresh(line).exchanged_quantity == 0


class TestOverride:
    def test_the_operator_returns_over_the_heads_of_both_with_a_reason_once(self):
        operator, line, key = a_person("OPERATOR"), bought(quantity=2), uuid.uuid4()
        with pytest.raises(WhyMissing):
            claims.force(line, "RETURN", quantity=1, fault="SELLER", why="", key=key, by=operator)
        for _ in range(2):
            claims.force(
                line, "RETURN", quantity=2, fault="SELLER", why="판매자와 연락이 되지 않아요", key=key, by=operator
            )
        claim = Claim.objects.get()
        assert (claim.status, claim.forced_by, claim.refund_amount) == ("DONE", operator, 63_000)
        assert AuditEntry.objects.get(action="claims.forced").why == "판매자와 연락이 되지 않아요"
        assert claim.steps.get(what="DONE").side == "OPERATOR"
        assert everything_holds()

    def test_an_open_claim_is_decided_hold_and_all(self):
        operator, line = a_person("OPERATOR"), bought()
        claim = ask(line, terms=Terms(fee_method="ENCLOSED"))
        claims.hold(claim, reason="RETURN_DELIVERYFEE", until=clock.today() + timedelta(days=5), by=None)
        with pytest.raises(ClaimAlreadyOpen):
            claims.force(line, "RETURN", quantity=1, fault="SELLER", why="x", key=uuid.uuid4(), by=operator)
        claims.force_claim(claim, why="보류가 길어요", by=operator)
        assert fresh(claim).status == "DONE" and everything_holds()

    def test_a_line_before_the_dispatch_is_cancelled_and_one_after_is_not(self):
        operator, line = a_person("OPERATOR"), bought("PAID")
        orders.acknowledge(line, by=None)
        claims.force(line, "CANCEL", quantity=1, fault="SELLER", why="품절이에요", key=uuid.uuid4(), by=operator)
        assert fresh(line).status == "CANCELED"
        with pytest.raises(NotClaimable):
            claims.force(bought(), "CANCEL", quantity=1, fault="SELLER", why="x", key=uuid.uuid4(), by=operator)
        assert everything_holds()


def test_every_step_is_an_event_and_is_read_by_both_sides():
    line = bought()
    claim = ask(line, reason="BROKEN", evidence=["claims/a.webp"], detail="깨졌어요")
    claims.add_evidence(claim, ["claims/b.webp"], side="SELLER", said="보낼 때 사진이에요", by=None)
    claims.complete(back(claim), by=None)
    deliver_due()
    assert [s.what for s in claim.steps.all()] == [
        "OPENED", "EVIDENCE", "COLLECTING", "COLLECTED", "DONE", "REFUNDED",
    ]  # fmt: skip
    assert {e.side for e in claim.evidence.all()} == {"BUYER", "SELLER"}
    told = set(Event.objects.filter(topic__startswith="claims.").values_list("topic", flat=True))
    assert {"claims.opened", "claims.evidence_added", "claims.collecting", "claims.collected", "claims.done"} <= told
    assert Step.objects.get(what="EVIDENCE").said == "보낼 때 사진이에요"
    assert Payment.objects.get().refunded == 33_000


@given(st.integers(10, 10**6), st.integers(1, 9), st.integers(10, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_an_exchange_neither_makes_nor_loses_a_won(unit, pieces, other, discount, seller):
    goods = unit * pieces
    discount = min(discount, goods)
    paid = goods - discount
    new = rules.exchange(
        unit_price=unit, new_price=other, quantity=pieces, paid=paid, seller_discount=min(seller, discount)
    )
    assert new.moved + new.refund == paid and new.refund >= 0
    assert new.unit_price * pieces - new.discount == new.moved
    assert 0 <= new.seller_discount <= new.discount <= new.unit_price * pieces
    assert new.unit_price <= unit, "nobody pays more than was agreed"


@given(st.integers(0, 10**6), st.integers(0, 10**4), st.integers(0, 10**4), st.sampled_from(["DEDUCTED", "ENCLOSED", "BILLED"]),
       st.sampled_from(["BUYER", "SELLER", "CARRIER"]), st.integers(0, 5000), st.booleans())  # fmt: skip
def test_a_refund_is_never_below_nothing_nor_above_what_was_paid(goods, way_back, out, method, fault, left, last):
    refund = rules.return_refund(
        goods,
        fault=fault,
        freight_back=way_back,
        freight_out=out,
        shipping_left=left,
        last_of_parcel=last,
        method=method,
    )
    assert 0 <= refund.amount <= goods + left
    assert refund.return_fee <= refund.fee_due and (refund.fee_due == 0 or fault == "BUYER")
