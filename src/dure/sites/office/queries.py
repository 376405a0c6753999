"""What the back office looks at: how the market does today, and what waits for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from dure.commerce.claims.models import Claim
from dure.commerce.orders.models import Order, ProductOrder
from dure.finance.ledger.queries import Proof
from dure.kit import clock
from dure.kit.models import Delivery


@dataclass(frozen=True)
class Waiting:
    """How many things wait for somebody of the office."""

    sellers: int
    products: int
    payouts: int  # failed, or sent back by the bank
    refunds: int  # refused by the payment provider for good
    deliveries: int  # events that a subscriber could not take
    reviews: int  # reported
    inquiries: int  # reports of questions to decide, threads past their time


WAITING = """
    SELECT (SELECT count(*) FROM sellers_seller WHERE status = 'IN_REVIEW'),
           (SELECT count(*) FROM catalog_product WHERE status = 'IN_REVIEW')
             + (SELECT count(*) FROM catalog_changerequest WHERE status = 'PENDING'),
           (SELECT count(*) FROM payouts_payout WHERE status IN ('FAILED', 'RETURNED_BY_BANK')),
           (SELECT count(*) FROM payments_refund WHERE status = 'FAILED'),
           (SELECT count(*) FROM kit_delivery WHERE done_at IS NULL AND attempts >= 1),
           (SELECT count(DISTINCT review_id) FROM reviews_reviewreport WHERE verdict = ''),
           (SELECT count(*) FROM inquiries_questionreport WHERE verdict = '')
             + (SELECT count(*) FROM inquiries_thread WHERE waiting_since IS NOT NULL AND due_at < %(now)s)
"""


def waiting() -> Waiting:
    """One statement: every page of the office shows it."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"now": clock.now()})
        return Waiting(*cursor.fetchone())


def stuck_deliveries():  # type: ignore[no-untyped-def]
    """Events that failed at least once and are still not taken, the oldest first."""
    return Delivery.objects.filter(done_at=None, attempts__gte=1).select_related("event").order_by("event_id")


@dataclass(frozen=True)
class Today:
    orders: int
    sales: int  # won paid today
    yesterday: int  # won paid yesterday
    live_sales: int  # of today, bought in a show
    open_claims: int
    to_dispatch: int
    late: int  # past their dispatch day


def today() -> Today:
    day = clock.today()
    since = Q(paid_at__gte=_midnight(day))
    paid = Order.objects.filter(paid_at__gte=_midnight(day - timedelta(days=1))).aggregate(
        orders=Count("id", filter=since),
        sales=Sum("pay_total", filter=since, default=0),
        yesterday=Sum("pay_total", filter=~since, default=0),
        live_sales=Sum("pay_total", filter=since & Q(source=Order.Source.LIVE), default=0),
    )
    lines = ProductOrder.objects.filter(status="PAID").aggregate(
        to_dispatch=Count("id"),
        late=Count("id", filter=Q(dispatch_due__lt=day)),
    )
    open_claims = Claim.objects.exclude(status__in=["DONE", "WITHDRAWN", "REJECTED"]).count()
    return Today(**paid, **lines, open_claims=open_claims)


def sales_by_day(days: int = 30) -> list[tuple[str, int]]:
    """(M/D, won paid) of the last days, zeros included."""
    last = clock.today()
    first = last - timedelta(days=days - 1)
    sums = dict(
        Order.objects.filter(paid_at__gte=_midnight(first))
        .annotate(day=TruncDate("paid_at", tzinfo=clock.KST))
        .values_list("day")
        .annotate(won=Sum("pay_total"))
    )
    every = (first + timedelta(days=n) for n in range(days))
    return [(f"{d.month}/{d.day}", sums.get(d, 0)) for d in every]


@dataclass(frozen=True)
class Part:
    """A piece of a bar: where it begins and how wide it is, in percent of the whole."""

    label: str
    amount: int  # won
    color: str
    left: float
    width: float


@dataclass(frozen=True)
class Bar:
    label: str
    parts: list[Part]


def proof_bars(proof: Proof) -> list[Bar]:
    """The proof as two bars of one length: where the money is, and whose it is."""
    where = [(_("은행"), proof.bank, "#185848"), (_("결제사"), proof.receivable, "#6fa08f")]
    whose = [
        (_("구매확정을 기다려요"), proof.held, "#b4472a"),
        (_("구매자에게 환불"), proof.refunds, "#d98a3d"),
        (_("판매자에게 정산"), proof.sellers, "#24508f"),
        (_("은행으로 가는 중"), proof.transit, "#7391c4"),
        (_("우리 몫"), proof.residual, "#d8d0c0"),
    ]
    whole = max(proof.funds, proof.owed, 1)
    return [Bar(_("따로 보관한 돈"), _laid(where, whole)), Bar(_("그 돈의 주인"), _laid(whose, whole))]


def _laid(parts: list[tuple[str, int, str]], whole: int) -> list[Part]:
    laid, left = [], 0.0
    for label, amount, color in parts:
        width = round(100 * max(amount, 0) / whole, 2)
        laid.append(Part(label, amount, color, round(left, 2), width))
        left += width
    return laid


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), clock.KST)
