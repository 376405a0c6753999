"""The order feed: changes in the order in which they could be seen.

Two lines changed in two transactions may be committed in the other order than they were numbered; a reader who asked
in between would step over the one that came late. Here the number and the time of a change are given by the worker
under one lock that is held until they are committed, and a reader waits for that lock: rows become visible in the order
of their numbers, and none comes later with a time that has been read past (docs/decisions/0070).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from dure.commerce.claims.models import Claim
from dure.commerce.orders.models import ProductOrder
from dure.kit import clock
from dure.kit.models import Event
from dure.sites.api.models import Change
from dure.sites.api.naver.codes import CHANGES

LOCK = 7070_0001  # pg_advisory_lock
WINDOW = timedelta(hours=24)
MOST = 300


def record(event: Event) -> None:
    """Note what an event changed, once, inside the transaction of its delivery."""
    kind = CHANGES.get(event.topic)
    lines = list(_lines(event)) if kind else []
    if not lines:
        return
    _wait(exclusive=True)
    moment = clock.now().replace(microsecond=clock.now().microsecond // 1000 * 1000)
    last = Change.objects.order_by("-id").values_list("changed_at", flat=True).first()
    Change.objects.bulk_create(
        (
            Change(
                seller_id=seller,
                product_order_id=line,
                kind=kind,
                event=event.pk,
                happened_at=event.occurred_at,
                changed_at=max(moment, last or moment),
            )
            for line, seller in lines
        ),
        ignore_conflicts=True,
    )


def _lines(event: Event) -> Iterable[tuple[int, int]]:
    """(product order, seller) of every line the event is about."""
    about, _colon, pk = event.aggregate.partition(":")
    if about == "claims.claim":
        rows = ProductOrder.objects.filter(claims=int(pk))
    elif "product_order_id" in event.payload:
        rows = ProductOrder.objects.filter(pk=event.payload["product_order_id"])
    else:
        rows = ProductOrder.objects.filter(order=int(pk))
    return rows.order_by("id").values_list("pk", "seller_id")


@dataclass(frozen=True)
class Window:
    """`more` is the last row told when there are further ones."""

    rows: list[Change]
    more: Change | None


def changes(
    seller: int, since: datetime, until: datetime, *, after: int = 0, kind: str = "", limit: int = MOST
) -> Window:
    """A seller's changes from `since` to `until`, both included, the oldest first; those after the row `after`."""
    with transaction.atomic():
        _wait(exclusive=False)  # whoever numbers changes now has committed them before we look
    found = Change.objects.filter(seller=seller, id__gt=after, changed_at__gte=since, changed_at__lte=until)
    if kind:
        found = found.filter(kind=kind)
    rows = list(found.select_related("product_order__order").order_by("id")[: limit + 1])
    return Window(rows[:limit], rows[limit - 1] if len(rows) > limit else None)


def claims_now(lines: Iterable[int]) -> dict[int, Claim]:
    """The newest claim of each line."""
    return {claim.product_order_id: claim for claim in Claim.objects.filter(product_order__in=lines).order_by("id")}


def _wait(*, exclusive: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock{'' if exclusive else '_shared'}(%s)", [LOCK])
