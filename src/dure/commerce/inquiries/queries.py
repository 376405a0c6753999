"""Questions for a page, and how fast a shop answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from dure.commerce.inquiries.models import AnswerTime, Question, Thread
from dure.commerce.sellers.models import Seller
from dure.kit import clock

FEW = 3  # answers before a median says something
SINCE = timedelta(days=90)


def questions_of(product_id: int, words: str = "", mine: Any = None) -> QuerySet[Question]:
    """The questions a page shows, newest first. Secret ones are found by nobody's words but their asker's."""
    rows = Question.objects.filter(product_id=product_id, hidden_at=None).select_related("asker")
    for word in words.split():
        open_to = Q(secret=False) | Q(asker_id=getattr(mine, "pk", None) or 0)
        rows = rows.filter(open_to & (Q(text__icontains=word) | Q(answer__icontains=word)))
    return rows.order_by("-asked_at", "-id")


@dataclass(frozen=True)
class Waiting:
    questions: int
    threads: int
    late: int

    @property
    def total(self) -> int:
        return self.questions + self.threads


WAITING = """
SELECT count(*) FILTER (WHERE kind = 'q'), count(*) FILTER (WHERE kind = 't'), count(*) FILTER (WHERE due_at < %(now)s)
  FROM (SELECT 'q' AS kind, q.due_at FROM inquiries_question q JOIN catalog_product p ON p.id = q.product_id
         WHERE q.answered_at IS NULL AND q.hidden_at IS NULL AND p.seller_id = %(seller)s
        UNION ALL
        SELECT 't', due_at FROM inquiries_thread WHERE waiting_since IS NOT NULL AND seller_id = %(seller)s) w
"""


def waiting_of(seller: Seller) -> Waiting:
    """What waits for an answer of the shop, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"seller": seller.pk, "now": clock.now()})
        row = cursor.fetchone()
    return Waiting(*(row or (0, 0, 0)))


def median_answer_minutes(seller: int) -> int | None:
    """Half of the answers of the last 90 days came faster; None while there are few. Business minutes."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY minutes) FROM {AnswerTime._meta.db_table}"  # noqa: S608
            " WHERE seller_id = %s AND at >= %s",
            [seller, clock.now() - SINCE],
        )
        count, median = cursor.fetchone() or (0, None)
    return int(median) if count >= FEW and median is not None else None


def answer_time_in_words(minutes: int | None) -> str:
    """`보통 30분 안에 답해요`; empty while nobody knows."""
    if minutes is None:
        return ""
    if minutes <= 60:
        return _("보통 %(n)d분 안에 답해요") % {"n": max(10, -(-minutes // 10) * 10)}
    if minutes <= 9 * 60:
        return _("보통 %(n)d시간 안에 답해요") % {"n": -(-minutes // 60)}
    return _("보통 영업일 %(n)d일 안에 답해요") % {"n": -(-minutes // (9 * 60))}


def threads_of_seller(seller: Seller) -> QuerySet[Thread]:
    return Thread.objects.filter(seller=seller).select_related("order", "line").order_by("-last_at", "-id")


def late_threads() -> QuerySet[Thread]:
    return Thread.objects.waiting().filter(due_at__lt=clock.now()).select_related("order__buyer", "seller", "line")
