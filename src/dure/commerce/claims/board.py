"""The order board of a seller: how much waits in each state, and the lines of one of them.

Written for a million lines of three thousand sellers: one statement counts everything from the partial
index `lines_on_board` (open lines only), a search goes by what the words look like, a page by key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONArray

from dure.commerce.claims.models import Claim
from dure.commerce.orders.models import LineStatus, ProductOrder
from dure.commerce.orders.rules import BLOCKING_CLAIM, business_days_after
from dure.commerce.sellers.models import Seller
from dure.integrations.carrier.carriers import waybill_digits
from dure.kit.korean import phone_e164
from dure.kit.prepared import Slot

CONFIRMED_WITHIN = timedelta(days=30)

COUNTS = """
    SELECT l.*, (SELECT count(*) FROM orders_productorder
                  WHERE seller_id = %(seller)s AND status = 'PURCHASE_CONFIRMED' AND confirmed_at >= %(since)s) AS confirmed,
           c.*
      FROM (SELECT count(*) FILTER (WHERE status = 'PAID' AND acknowledged_at IS NULL) AS fresh,
                   count(*) FILTER (WHERE status = 'PAID' AND acknowledged_at IS NOT NULL) AS ready,
                   count(*) FILTER (WHERE status = 'PAID' AND sent_quantity > 0) AS partly,
                   count(*) FILTER (WHERE status = 'PAID' AND dispatch_due BETWEEN %(today)s AND %(soon)s) AS soon,
                   count(*) FILTER (WHERE status = 'PAID' AND dispatch_due < %(today)s) AS late,
                   count(*) FILTER (WHERE status = 'DELIVERING') AS delivering,
                   count(*) FILTER (WHERE status = 'DELIVERED') AS delivered
              FROM orders_productorder
             WHERE seller_id = %(seller)s AND status IN ('PAID', 'DELIVERING', 'DELIVERED')) l,
           (SELECT count(*) FILTER (WHERE kind = 'CANCEL') AS cancels,
                   count(*) FILTER (WHERE kind = 'RETURN') AS returns,
                   count(*) FILTER (WHERE kind = 'EXCHANGE') AS exchanges,
                   count(*) FILTER (WHERE answer_due < %(today)s) AS unanswered
              FROM claims_claim
             WHERE seller_id = %(seller)s AND status IN ('REQUESTED', 'COLLECTING', 'COLLECTED', 'REDELIVERING')) c
"""


def counts(seller: Seller, today: date, moment: datetime) -> dict[str, int]:
    """How many lines (and open claims) are in each state of the board; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, {"seller": seller.pk, **days_of(today, moment)})
        row = cursor.fetchone()
        return dict(zip([column.name for column in cursor.description], row, strict=True))


def soon(today: date) -> date:
    """What is due by the next business day is due soon (기한 임박)."""
    return business_days_after(today, 1)


def days_of(today: date, moment: datetime) -> dict[str, date | datetime]:
    """What the states are told apart by."""
    return {"today": today, "soon": soon(today), "since": moment - CONFIRMED_WITHIN}


DAYS = {"today": Slot("today", "date"), "soon": Slot("soon", "date"), "since": Slot("since", "timestamptz")}


def in_state(rows: QuerySet[ProductOrder], state: str, days: Mapping[str, Any]) -> QuerySet[ProductOrder]:
    """The lines of one state of the board; an unknown state is all of them. `days`: as `days_of`, or slots for them."""
    paid = Q(status=LineStatus.PAID)
    states = {
        "fresh": paid & Q(acknowledged_at=None),
        "ready": paid & Q(acknowledged_at__isnull=False),
        "partly": paid & Q(sent_quantity__gt=0),
        "soon": paid & Q(dispatch_due__gte=days["today"], dispatch_due__lte=days["soon"]),
        "late": paid & Q(dispatch_due__lt=days["today"]),
        "delivering": Q(status=LineStatus.DELIVERING),
        "delivered": Q(status=LineStatus.DELIVERED),
        "confirmed": Q(status=LineStatus.PURCHASE_CONFIRMED, confirmed_at__gte=days["since"]),
        "cancels": Q(claims__kind="CANCEL", claims__status__in=BLOCKING_CLAIM),
        "returns": Q(claims__kind="RETURN", claims__status__in=BLOCKING_CLAIM),
        "exchanges": Q(claims__kind="EXCHANGE", claims__status__in=BLOCKING_CLAIM),
    }
    return rows.filter(states[state]) if state in states else rows


def found(rows: QuerySet[ProductOrder], words: str) -> QuerySet[ProductOrder]:
    """What a seller types to find an order: its number, the line's, a waybill, a phone, or words of product and people."""
    number = waybill_digits(words)
    if re.fullmatch(r"D\d{6}-[0-9A-Z]{8}", words.upper()):
        return rows.filter(order__number=words.upper())
    if number.isdecimal() and number.startswith("0") and (phone := phone_e164(number)):
        return rows.filter(order__phone__in=[phone, words, number])
    if number.isdecimal() and len(number) >= 9:
        return rows.filter(Q(pk__in=_in_parcels(number)) | Q(pk=int(number) if len(number) < 19 else 0))
    if number.isdecimal():
        return rows.filter(pk=int(number))
    for word in words.split():
        rows = rows.filter(
            Q(product_name__icontains=word)
            | Q(option_name__icontains=word)
            | Q(order__receiver__icontains=word)
            | Q(order__buyer__name__icontains=word)
        )
    return rows


def shown(rows: QuerySet[ProductOrder]) -> QuerySet[Any]:
    """What the board shows of each line, as named values: a page of it is drawn for every look a seller takes.

    `claim` is [id, kind, status] of the one that waits, or None; `taken` the pieces that claims have taken out.
    """
    waiting = Claim.objects.filter(product_order=OuterRef("pk"), status__in=BLOCKING_CLAIM).order_by("pk")
    claim = waiting.values(told=JSONArray("pk", "kind", "status"))[:1]
    taken = F("canceled_quantity") + F("returned_quantity") + F("exchanged_quantity")
    return rows.annotate(claim=Subquery(claim), taken=taken).values_list(*SHOWN, "taken", "claim", named=True)


SHOWN = (
    "pk",
    "status",
    "paid_at",
    "acknowledged_at",
    "dispatch_due",
    "product_name",
    "option_name",
    "quantity",
    "sent_quantity",
    "goods_amount",
    "order__number",
    "order__receiver",
)


def _in_parcels(waybill: str) -> list[int]:
    packed = ProductOrder.objects.filter(packed__parcel__waybill=waybill)
    return list(packed.values_list("pk", flat=True)[:100])
