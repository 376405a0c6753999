"""One function per money event: the only way money moves. Each posts one journal and returns its id.

Called inside the caller's transaction: the posting and what it records commit together. `ref` makes an event happen
once ("payment:12"): the same ref again returns the first journal; with other amounts it raises EventReposted. A
posting the guards refuse raises PostingRefused. Amounts are won, positive. `on` is the KST day the event belongs to
(default: today). SEG is customers' money, OPS the operator's own; debit > 0, credit < 0.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date

from django.db import DatabaseError, connection, transaction

from dure.finance.ledger import accounts
from dure.finance.ledger.accounts import Leg, ops, seg
from dure.finance.ledger.errors import EventReposted, PostingRefused
from dure.finance.ledger.models import Journal, Kind
from dure.finance.ledger.rules import Share
from dure.kit import clock


def operator_funded(ref: str, amount: int, *, on: date | None = None) -> int:
    """E0: the operator puts money of its own among the customers', so that PG fees and refunds never touch theirs."""
    return _post(
        Kind.OPERATOR_FUNDED,
        ref,
        [seg("BANK", amount), seg("RESIDUAL", -amount), ops("DUE_FROM_SEG", amount), ops("CAPITAL", -amount)],
        on,
    )


def operator_withdrew(ref: str, amount: int, *, on: date | None = None) -> int:
    """The operator takes out what is its own. Refused above RESIDUAL, and above what the bank holds."""
    return _post(
        Kind.OPERATOR_WITHDREW,
        ref,
        [seg("RESIDUAL", amount), seg("BANK", -amount), ops("BANK", amount), ops("DUE_FROM_SEG", -amount)],
        on,
    )


def paid(ref: str, lines: Mapping[int, int], shipping: Mapping[int, int], *, on: date | None = None) -> int:
    """E1: a buyer paid. `lines`: product_order id -> paid_amount; `shipping`: ShippingCharge id -> amount.

    The money is held, line by line, until the purchase is confirmed or it goes back.
    """
    total = sum(lines.values()) + sum(shipping.values())
    return _post(
        Kind.PAID,
        ref,
        [
            seg("PG_RECV", total),
            *(seg("HELD", -amount, line=line) for line, amount in sorted(lines.items())),
            *(seg("HELD", -amount, shipping=charge) for charge, amount in sorted(shipping.items())),
        ],
        on,
    )


def pg_settled(ref: str, gross: int, fee: int, fee_vat: int, *, on: date | None = None) -> int:
    """E1: the payment provider paid `gross - fee - fee_vat` into the segregated bank account; the fee is ours to bear."""
    cost = fee + fee_vat
    return _post(
        Kind.PG_SETTLED,
        ref,
        [
            seg("BANK", gross - cost),
            seg("RESIDUAL", cost),
            seg("PG_RECV", -gross),
            ops("PG_FEE", fee),
            ops("INPUT_VAT", fee_vat),
            ops("DUE_FROM_SEG", -cost),
        ],
        on,
    )


def refund_authorized(
    ref: str, lines: Mapping[int, int], shipping: Mapping[int, int], *, on: date | None = None
) -> int:
    """E2, first phase, before the payment provider is called: held money becomes owed to the buyer.

    `lines`: product_order id -> won of its goods given back; `shipping`: ShippingCharge id -> likewise. The buyer gets
    the sum. Refused above what is held for that very line. A return fee is not part of it: it stays held for the
    line, until `return_fee_earned`.
    """
    total = sum(lines.values()) + sum(shipping.values())
    return _post(
        Kind.REFUND_AUTHORIZED,
        ref,
        [
            *(seg("HELD", amount, line=line) for line, amount in sorted(lines.items())),
            *(seg("HELD", amount, shipping=charge) for charge, amount in sorted(shipping.items())),
            seg("REFUND_PAYABLE", -total),
        ],
        on,
    )


def exchanged(ref: str, *, from_line: int, to_line: int, amount: int, on: date | None = None) -> int:
    """What is held for exchanged pieces is held for the line that stands for them. Refused above what is held."""
    return _post(Kind.EXCHANGED, ref, [seg("HELD", amount, line=from_line), seg("HELD", -amount, line=to_line)], on)


def return_fee_earned(ref: str, *, seller: int, order_line: int, amount: int, on: date | None = None) -> int:
    """The freight of a return, kept back from the buyer's refund, becomes the seller's."""
    return _post(
        Kind.RETURN_FEE_EARNED,
        ref,
        [seg("HELD", amount, line=order_line), seg("SELLER", -amount, seller=seller, line=order_line)],
        on,
    )


def refund_after_settlement(
    ref: str,
    *,
    seller: int,
    order_line: int,
    taken_back: Share,
    shipping: int = 0,
    return_fee: int = 0,
    on: date | None = None,
) -> int:
    """E4, first phase, when the line is already the seller's: the refund is fronted from the operator's own money.

    The seller owes back its net of what is taken back and the `shipping` refunded, less `return_fee`; the commission
    is given back. The buyer gets `taken_back.paid` + shipping - return_fee. Other sellers' money is never touched.
    """
    refund = taken_back.paid + shipping - return_fee
    owes = taken_back.net + shipping - return_fee
    debt, due = max(owes, 0), max(-owes, 0)  # a freight above the goods' net is due to the seller
    return _post(
        Kind.REFUND_AFTER_SETTLEMENT,
        ref,
        [
            seg("RESIDUAL", refund + due, line=order_line),
            seg("REFUND_PAYABLE", -refund, line=order_line),
            seg("SELLER", -due, seller=seller, line=order_line),
            ops("SELLER_DEBT", debt, seller=seller, line=order_line),
            ops("COMMISSION", taken_back.commission, line=order_line),
            ops("VAT_OUT", taken_back.vat, line=order_line),
            ops("COUPON", -taken_back.platform_discount, line=order_line),
            *(ops("AGENCY_DUE", -won, agency=agency, line=order_line) for agency, won in taken_back.agencies),
            ops("DUE_FROM_SEG", -refund - due, line=order_line),
        ],
        on,
    )


def refund_done(ref: str, amount: int, *, fee_back: int = 0, fee_vat_back: int = 0, on: date | None = None) -> int:
    """E2, second phase: the payment provider gave `amount` back to the buyer, and its fee (if it does) back to us."""
    back = fee_back + fee_vat_back
    return _post(
        Kind.REFUND_DONE,
        ref,
        [
            seg("REFUND_PAYABLE", amount),
            seg("PG_RECV", back - amount),
            seg("RESIDUAL", -back),
            ops("DUE_FROM_SEG", back),
            ops("PG_FEE", -fee_back),
            ops("INPUT_VAT", -fee_vat_back),
        ],
        on,
    )


def refund_voided(ref: str, authorized: int, *, on: date | None = None) -> int:
    """The payment provider refused for good: the journal `authorized` is reversed, the money is held again."""
    return _reverse(Kind.REFUND_VOIDED, ref, authorized, on)


def purchase_confirmed(ref: str, *, seller: int, order_line: int, share: Share, on: date | None = None) -> int:
    """E3, E5: what was held for a line becomes the seller's, less our commission and the VAT on it.

    The part of a discount that we bear is added from our own money; so is what an agency bears, which it then owes us.
    """
    ours = share.commission + share.vat - share.platform_discount - share.agency_discount
    return _post(
        Kind.PURCHASE_CONFIRMED,
        ref,
        [
            seg("HELD", share.paid, line=order_line),
            seg("SELLER", -share.net, seller=seller, line=order_line),
            seg("RESIDUAL", -ours, line=order_line),
            ops("COUPON", share.platform_discount, line=order_line),
            *(ops("AGENCY_DUE", won, agency=agency, line=order_line) for agency, won in share.agencies),
            ops("COMMISSION", -share.commission, line=order_line),
            ops("VAT_OUT", -share.vat, line=order_line),
            ops("DUE_FROM_SEG", ours, line=order_line),
        ],
        on,
    )


def shipping_earned(ref: str, *, seller: int, shipping_charge: int, amount: int, on: date | None = None) -> int:
    """E3: the shipping fee still held becomes the seller's; no commission is taken on it."""
    return _post(
        Kind.SHIPPING_EARNED,
        ref,
        [
            seg("HELD", amount, shipping=shipping_charge),
            seg("SELLER", -amount, seller=seller, shipping=shipping_charge),
        ],
        on,
    )


def debt_netted(ref: str, *, seller: int, amount: int, on: date | None = None) -> int:
    """E4, later (상계): what the seller owes us is taken from what it is due, and fills up our own money again."""
    return _post(
        Kind.DEBT_NETTED,
        ref,
        [
            seg("SELLER", amount, seller=seller),
            seg("RESIDUAL", -amount),
            ops("DUE_FROM_SEG", amount),
            ops("SELLER_DEBT", -amount, seller=seller),
        ],
        on,
    )


def payout_authorized(ref: str, *, seller: int, amount: int, on: date | None = None) -> int:
    """First phase of a payout, before anybody is called: the seller's money is on its way, and cannot go out twice."""
    return _post(Kind.PAYOUT_AUTHORIZED, ref, [seg("SELLER", amount, seller=seller), seg("TRANSIT", -amount)], on)


def payout_done(ref: str, amount: int, *, on: date | None = None) -> int:
    """Second phase: the money has left the segregated bank account."""
    return _post(Kind.PAYOUT_DONE, ref, [seg("TRANSIT", amount), seg("BANK", -amount)], on)


def payout_failed(ref: str, *, seller: int, amount: int, on: date | None = None) -> int:
    """Second phase, no: the money on its way is the seller's again."""
    return _post(Kind.PAYOUT_FAILED, ref, [seg("TRANSIT", amount), seg("SELLER", -amount, seller=seller)], on)


def payout_returned(ref: str, *, seller: int, amount: int, on: date | None = None) -> int:
    """The bank sent a completed payout back: a new event, never an edit of the old one."""
    return _post(Kind.PAYOUT_RETURNED, ref, [seg("BANK", amount), seg("SELLER", -amount, seller=seller)], on)


def agency_paid(ref: str, *, agency: int, amount: int, on: date | None = None) -> int:
    """An agency paid what it bears of discounts, into the operator's own bank account."""
    return _post(Kind.AGENCY_PAID, ref, [ops("BANK", amount), ops("AGENCY_DUE", -amount, agency=agency)], on)


def _reverse(kind: Kind, ref: str, journal_id: int, on: date | None) -> int:
    original = Journal.objects.get(pk=journal_id)
    legs = [
        Leg(e.pool, e.account.name, -e.amount, e.account.owner, e.order_line, e.shipping_charge)
        for e in original.entries.select_related("account").order_by("line")
    ]
    return _post(kind, ref, legs, on, reverses=journal_id)


def _post(kind: Kind, ref: str, legs: Sequence[Leg], on: date | None, reverses: int | None = None) -> int:
    """Legs of 0 are left out: a template names all the accounts it may touch."""
    legs = [leg for leg in legs if leg.amount]
    told = [_legs(legs), kind.value, ref, on or clock.today(), clock.now(), reverses]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(POST, told)
            (journal,) = cursor.fetchone()
            if journal is None:
                accounts.open_for(legs)
                cursor.execute(POST, told)
                (journal,) = cursor.fetchone()
            return int(journal)
    except DatabaseError as error:
        raise _said(error) from error


def _legs(legs: Sequence[Leg]) -> str:
    return json.dumps(
        [
            {"pool": leg.pool, "name": leg.name, "owner": leg.owner, "amount": leg.amount,
             "line": leg.order_line, "shipping": leg.shipping_charge}
            for leg in legs
        ]
    )  # fmt: skip


# Nothing when an account is not open yet. The legs keep their order: it is part of what makes an event the same event.
POST = f"""
    WITH legs AS MATERIALIZED (
      SELECT l.n, coalesce(own.id, house.id) AS account,
             l.leg->'amount' AS amount, l.leg->'line' AS line, l.leg->'shipping' AS shipping
        FROM jsonb_array_elements(%s::jsonb) WITH ORDINALITY AS l(leg, n)
        LEFT JOIN ledger_account own ON own.pool = l.leg->>'pool' AND own.name = l.leg->>'name'
             AND own.currency = '{accounts.CURRENCY}' AND own.owner = (l.leg->>'owner')::bigint
        LEFT JOIN ledger_account house ON house.pool = l.leg->>'pool' AND house.name = l.leg->>'name'
             AND house.currency = '{accounts.CURRENCY}' AND house.owner IS NULL AND l.leg->>'owner' IS NULL)
    SELECT CASE WHEN bool_and(account IS NOT NULL) IS NOT FALSE THEN ledger_post(
      %s, %s, coalesce(jsonb_agg(jsonb_build_object('account', account, 'amount', amount, 'line', line, 'shipping', shipping)
                                 ORDER BY n), '[]'), %s::date, %s::timestamptz, %s::bigint) END
      FROM legs
"""  # noqa: S608


def _said(error: DatabaseError) -> Exception:
    """The ledger's refusal as the house says it; any other database error as it is."""
    cause = error.__cause__
    state = getattr(cause, "sqlstate", None)
    if state == "DL409":
        return EventReposted()
    if state == "23514":
        diagnosis = getattr(cause, "diag", None)
        return PostingRefused(reason=getattr(diagnosis, "constraint_name", None) or str(cause).splitlines()[0])
    return error
