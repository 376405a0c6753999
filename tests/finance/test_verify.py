"""Each invariant is stated once as SQL. Tamper with a row behind the house's back, and the check that fails names it."""

import json
import uuid

import pytest
from django.db import connection

from builders import a_line, a_person, an_offer, an_option, an_order
from dure.commerce.claims import actions as claims
from dure.commerce.inquiries import actions as inquiries
from dure.commerce.promotions import actions as promotions
from dure.commerce.promotions import points
from dure.commerce.search import documents
from dure.commerce.sheets.models import Entry, ProductCode, Upload
from dure.finance import verify
from dure.finance.ledger import postings
from dure.finance.payments.models import Payment, Receipt, Refund, VirtualAccount
from dure.finance.payouts.models import Payout
from dure.finance.settlement import actions as settlement
from dure.kit import clock
from dure.kit.checks import every
from dure.kit.models import Delivery

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    """A paid order, a line with a cancelled piece, an unpaid order; with what payments and the ledger know of them."""
    line, kept = a_line("DELIVERED", quantity=3), a_line("PURCHASE_CONFIRMED")
    claimed = a_line(quantity=2)
    claim = claims.open_claim(
        claimed, "CANCEL", quantity=1, reason="INTENT_CHANGED", key=uuid.uuid4(), by=claimed.order.buyer
    )
    awaited = Payment.objects.create(order=(order := an_order()), amount=order.pay_total, status="WAITING_FOR_DEPOSIT")
    VirtualAccount.objects.create(payment=awaited, bank_code="088", number="1101234", secret="s", due_at=clock.now())
    shared = a_shared_line()
    postings.operator_funded("float", 1_000_000)
    for paid in (line, claimed, kept, shared):
        payment = Payment.objects.create(
            order=paid.order, amount=paid.order.pay_total, status="DONE", payment_key=uuid.uuid4().hex
        )
        charges = {c.pk: c.amount for c in paid.order.shipping_charges.all()}
        postings.paid(f"payment:{payment.pk}", {paid.pk: paid.paid_amount}, charges)
    Refund.objects.create(payment=claimed.order.payment, ref="claim:1", amount=10_000, reason="x", claim=claim.pk)
    Receipt.objects.create(
        payment=line.order.payment, kind="ISSUE", ref="r", amount=line.order.pay_total, status="DONE"
    )
    Payment.objects.filter(order=claimed.order).update(refunded=10_000, status="PARTIAL_CANCELED")
    postings.refund_authorized("claim:1", {claimed.pk: 10_000}, {})
    settlement.earn_line(kept)
    settlement.earn_line(shared)
    settlement.run(settlement.due_after(clock.today()), by=None)
    inquiries.open_thread(
        line.order, line.seller, topic="DELIVERY", text="언제 오나요?", key=uuid.uuid4(), by=line.order.buyer
    )
    an_imported_sheet(line)
    documents.reindex()
    Delivery.objects.update(done_at=clock.now())  # everybody has heard
    return line


def a_shared_line():
    """A 1+1 that seller and agency bear a part of, with a budget; its buyer has a coupon and points."""
    option, owner = an_option(), a_person()
    agency = promotions.name_agency("강원신용보증재단", by=owner)
    shares = {"platform_bp": 2000, "seller_bp": 5000, "agency_bp": 3000, "agency_id": agency.pk}
    offer = an_offer("NPLUS1", buy=1, free=1, **shares)
    promotions.consent(offer, option.product.seller, terms_hash=offer.terms_hash, cap=100_000, by=owner)
    line = a_line("PURCHASE_CONFIRMED", option=option, quantity=2)
    promotions.take_coupon(an_offer(), line.order.buyer)
    an_offer("INSTANT", prices={an_option().pk: 9_000})
    points.give(line.order.buyer_id, 100, kind="GRANT", ref="g", at=clock.now())
    return line


def an_imported_sheet(line):
    """A file of the seller's that was applied: one product changed, one row sent back."""
    upload = Upload.objects.create(
        seller=line.seller, by=a_person(), kind="PRODUCTS", status="DONE", sha256="0" * 64, wrong_rows=1
    )
    Entry.objects.create(upload=upload, state="CHANGED", rows=[2], outcome="DONE")
    Entry.objects.create(upload=upload, state="WRONG", rows=[3])
    ProductCode.objects.create(product=line.option.product, seller=line.seller, code="A-1")


def broken() -> set[str]:
    return {result.name for result in verify.run() if not result.ok}


def tamper(sql: str) -> None:
    """As somebody with the database's own password would, past every trigger and constraint."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table, name in (
            ("stock_stockitem", "never_oversold"),
            ("orders_order", "order_adds_up"),
            ("payments_payment", "refunds_within_payment"),
            ("ledger_balance", "balance_never_below_floor"),
            ("ledger_held", "held_never_negative"),
            ("orders_productorder", "claims_within_quantity"),
            ("orders_productorder", "line_adds_up"),
            ("orders_shippingcharge", "shipping_refund_within"),
            ("settlement_statement", "statement_adds_up"),
            ("settlement_statement", "statement_pays_the_rest"),
            ("settlement_settlementline", "settlement_line_adds_up"),
        ):
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")
        cursor.execute(sql)
        assert cursor.rowcount >= 1
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_all_hold_in_an_honest_market(market):
    assert broken() == set()


A_STOCK = "(SELECT min(option_id) FROM stock_stockitem)"
ACCOUNT = "(SELECT id FROM ledger_account WHERE pool = 'SEG' AND name = '{}')"
AGENCY_DUE = "(SELECT id FROM ledger_account WHERE name = 'AGENCY_DUE')"


def told(kind: str, channel: str, status: str = "SENT") -> str:
    """A message written past the house, sent at three in the morning."""
    return f"""
        INSERT INTO messaging_message (uid, key, kind, channel, status, reason, detail, language, occasion, to_sealed, to_masked,
            to_digest, words_sealed, provider_ref, tries, made_at, queued_at, due_at, sent_at)
        VALUES (gen_random_uuid(), gen_random_uuid()::text, '{kind}', '{channel}', '{status}', '', '', 'ko', 'x', 'x', '', '', 'x', '',
            1, now(), now(), now(), '2026-11-24 03:00+09')
    """


TAMPERING = {
    "stock_available": f"UPDATE stock_stockitem SET available = available + 1 WHERE option_id = {A_STOCK}",
    "stock_not_negative": "UPDATE stock_stockitem SET available = -1",
    "tally_is_what_is_held": (
        "INSERT INTO stock_purchasetally (product_id, holder, quantity, most) SELECT min(id), 'u1', 2, 3 FROM catalog_product"
    ),
    "live_price_sold": f"INSERT INTO pricing_liveprice (option_id, show, price, sold) VALUES ({A_STOCK}, 1, 100, 3)",
    "order_adds_up": "UPDATE orders_order SET pay_total = pay_total - 1",
    "line_status_fits_order": "UPDATE orders_productorder SET status = 'PAYMENT_WAITING' WHERE status = 'DELIVERED'",
    "claims_within_line": "UPDATE orders_productorder SET returned_quantity = 1 WHERE status = 'DELIVERED'",
    "open_claims_know_their_seller": "UPDATE claims_claim SET seller_id = NULL",
    "an_exchange_moves_what_was_paid": "UPDATE claims_claim SET replacement_id = product_order_id",
    "sent_lines_are_sent": "UPDATE orders_productorder SET sent_quantity = 0 WHERE status = 'DELIVERED'",
    "exchanged_lines_have_others": "UPDATE orders_productorder SET exchanged_quantity = 1 WHERE status = 'DELIVERED'",
    "shipping_refunds": "UPDATE orders_shippingcharge SET refunded = refunded + 1",
    "payment_is_order": "UPDATE payments_payment SET amount = amount + 1",
    "refunds_within_payment": "UPDATE payments_payment SET refunded = refunded + 1 WHERE refunded > 0",
    "payment_is_posted": "UPDATE ledger_journal SET ref = 'lost' || id WHERE kind = 'PAID'",
    "ledger_zero_sum": "UPDATE ledger_entry SET amount = amount + 1 WHERE line = 1",
    "ledger_balances": "UPDATE ledger_balance SET amount = amount + 1 WHERE amount > 0",
    "ledger_complete": "DELETE FROM ledger_entry WHERE line = 1",
    "funds_cover_what_is_owed": f"UPDATE ledger_balance SET amount = 0 WHERE account_id = {ACCOUNT.format('BANK')}",
    "held_is_split": "UPDATE ledger_held SET amount = amount + 1",
    "transit_is_payouts": f"UPDATE ledger_balance SET amount = -5 WHERE account_id = {ACCOUNT.format('TRANSIT')}",
    "statement_is_its_lines": "UPDATE settlement_settlementline SET net = net - 1",
    "statement_is_its_payout": "UPDATE payouts_payout SET amount = amount + 1",
    "deposits_have_accounts": "DELETE FROM payments_virtualaccount",
    "receipts_are_what_was_kept": "UPDATE payments_receipt SET amount = amount - 1",
    "refund_is_its_claim": "UPDATE payments_refund SET amount = amount - 1",
    "debts_are_returns": "UPDATE settlement_statement SET netted = 100, pay_amount = pay_amount - 100",
    "commission_is_the_contract": "UPDATE settlement_settlementline SET commission = commission - 1, net = net + 1",
    "held_is_unsettled": "UPDATE orders_productorder SET discount_amount = 1 WHERE discount_amount = 0",
    "sellers_are_owed_their_lines": "UPDATE settlement_settlementline SET statement_id = NULL",
    "budget_is_its_redemptions": "UPDATE promotions_budget SET spent = spent + 1",
    "coupons_are_counted": "UPDATE promotions_offer SET issued = issued + 1",
    "points_are_their_lots": "UPDATE promotions_pointsaccount SET balance = balance + 1",
    "shared_discounts_were_agreed": "UPDATE promotions_offerconsent SET terms_hash = 'other'",
    "line_discount_is_its_parts": "UPDATE orders_linediscount SET amount = amount + 1",
    "redemptions_are_on_lines": "UPDATE promotions_redemption SET amount = amount + 1, platform = platform + 1",
    "exhibition_prices_were_agreed": "INSERT INTO exhibitions_exhibition (key, status, title, tagline, story, theme, picture,"
    " picture_alt, starts_at, ends_at, apply_until, created_at, offer_id) SELECT gen_random_uuid(), 'DRAFT', 'x', '', '', 'PINE',"
    " '', '', now(), now() + interval '1 day', now(), now(), offer_id FROM promotions_eventprice LIMIT 1",
    "list_price_is_the_lowest": "UPDATE catalog_product SET list_price = list_price + 1",
    "options_have_a_value_on_each_axis": """UPDATE catalog_product SET axes = '["맛"]'""",
    "changes_wait_only_beside_approved_products": """
        WITH draft AS (UPDATE catalog_product SET status = 'DRAFT' WHERE id = (SELECT min(id) FROM catalog_product) RETURNING id)
        INSERT INTO catalog_changerequest (product_id, status, before, after, at, why)
        SELECT id, 'PENDING', '{}', '{}', now(), '' FROM draft
    """,
    "threads_of_the_order": "UPDATE inquiries_thread SET order_id = (SELECT max(id) FROM orders_order)",
    "threads_wait_as_they_say": "UPDATE inquiries_thread SET waiting_since = NULL, due_at = NULL",
    "search_document_of_every_product": "DELETE FROM search_document",
    "search_document_tells_the_price": "UPDATE search_document SET price = price + 1",
    "sheets_nothing_forgotten": "UPDATE sheets_entry SET outcome = '' WHERE state = 'CHANGED'",
    "sheets_wrong_rows": "UPDATE sheets_upload SET wrong_rows = 7",
    "sheets_codes_stay_home": "UPDATE sheets_productcode SET seller_id = (SELECT max(id) FROM sellers_seller)",
    "advertising_had_consent": told("coupon.expiring", "EMAIL"),
    "no_advertising_text_at_night": told("coupon.expiring", "TEXT"),
    "one_text_for_a_failed_talk": f"{told('order.paid', 'TALK', 'DELIVERED')}; {told('order.paid', 'TEXT')};"
    " UPDATE messaging_message SET fallback_of_id = (SELECT min(id) FROM messaging_message) WHERE channel = 'TEXT'",
    "sent_batch_left_nobody_behind": 'INSERT INTO messaging_batch (status, "group", tries, due_at, made_at, last_error)'
    f" VALUES ('SENT', 'G1', 1, now(), now(), ''); {told('order.paid', 'TEXT', 'SENDING')};"
    " UPDATE messaging_message SET batch_id = (SELECT id FROM messaging_batch)",
    "talk_in_approved_words": told("order.paid", "TALK"),
    "agencies_owe_their_share": f"UPDATE ledger_entry SET amount = amount + 1 WHERE account_id = {AGENCY_DUE}",
}


@pytest.mark.parametrize("name", TAMPERING)
def test_a_tampered_row_is_found_and_named(market, name):
    tamper(TAMPERING[name])
    assert name in broken()


def test_a_payout_that_the_ledger_does_not_know_of_is_found(market):
    Payout.objects.create(seller=market.seller, ref="statement:1", amount=100, created_at=clock.now())
    assert broken() == {"transit_is_payouts"}


def test_every_check_of_the_house_has_a_tampering():
    assert {check.name for check in every()} - set(TAMPERING) == set()


def test_the_command_tells_machines_which_rows_and_exits_1(market, capsys, monkeypatch):
    monkeypatch.setattr("django.setup", lambda: None)
    assert verify.command(["--json"]) == 0
    capsys.readouterr()
    tamper(TAMPERING["order_adds_up"])
    assert verify.command(["--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    failed = {check["name"]: check for check in told["checks"] if not check["ok"]}
    assert told["ok"] is False and failed["order_adds_up"]["rows"][0]["number"].startswith("D")
    assert verify.command([]) == 1
    assert "order_adds_up" in capsys.readouterr().out


def test_the_nightly_check_says_what_is_broken(market, capsys):
    import structlog

    from dure.finance.ledger.tasks import verify as nightly

    tamper(TAMPERING["order_adds_up"])
    with structlog.testing.capture_logs() as said:
        nightly(timestamp=0)
    assert {entry["check"] for entry in said} == broken() >= {"order_adds_up"}
