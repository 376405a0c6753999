"""The operator's decisions on a shop."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from dure.commerce.sellers import errors, queries
from dure.commerce.sellers.closing import ties
from dure.commerce.sellers.models import Seller, SellerStatus
from dure.kit import clock
from dure.kit.outbox import emit
from dure.kit.states import WrongState, move
from dure.people.models import User


@transaction.atomic
def submit(seller: Seller, *, by: User | None) -> None:
    """Ask to be approved. Raises NotReady with the steps still open."""
    missing = [str(step.label) for step in queries.readiness(seller) if not step.done and step.asked_before_review]
    if missing:
        raise errors.NotReady(missing=", ".join(missing))
    move(seller, SellerStatus.IN_REVIEW, by=by, submitted_at=clock.now(), review_note="", mend={})
    emit("sellers.submitted", seller)


@transaction.atomic
def approve(seller: Seller, *, by: User, why: str = "") -> None:
    """The shop may sell. What the checklist still finds wrong is approved only with a reason.

    Raises NotVerified while the tax service or the bank has not answered, OpenItems.
    """
    unverified = [str(step.label) for step in queries.readiness(seller) if not step.done and step.code != "APPROVED"]
    if unverified:
        raise errors.NotVerified(missing=", ".join(unverified))
    waived = [str(item.label) for item in queries.checklist(seller) if item.waits_for_a_word]
    if waived and not why.strip():
        raise errors.OpenItems(missing=", ".join(waived))
    move(
        seller,
        SellerStatus.APPROVED,
        by=by,
        why=why,
        only_from=[SellerStatus.IN_REVIEW],
        approved_at=clock.now(),
        review_note="",
        mend={},
    )
    emit("sellers.approved", seller, waived=waived)


@transaction.atomic
def return_for_changes(seller: Seller, *, note: str, items: Mapping[str, str] | None = None, by: User) -> None:
    """Back to the shop with what has to be mended, item by item. Raises ReasonNeeded."""
    mend = {code: text.strip() for code, text in (items or {}).items() if text.strip()}
    if not note.strip() and not mend:
        raise errors.ReasonNeeded()
    move(
        seller,
        SellerStatus.APPLYING,
        by=by,
        why=note,
        only_from=[SellerStatus.IN_REVIEW],
        review_note=note.strip(),
        mend=mend,
    )
    emit("sellers.returned", seller, note=note, items=mend)


@transaction.atomic
def suspend(
    seller: Seller, *, why: str, until: date | None = None, hold_payouts: bool = False, by: User | None
) -> None:
    """Nothing of the shop is on sale until `until` (None: until resumed).

    Orders already paid go on: they are sent, claimed and settled as promised. `hold_payouts`: its money waits too.
    Raises ReasonNeeded, SuspendedInThePast.
    """
    if not why.strip():
        raise errors.ReasonNeeded()
    if until and until <= clock.today():
        raise errors.SuspendedInThePast()
    move(seller, SellerStatus.SUSPENDED, by=by, why=why, review_note=why.strip(), suspended_until=until)
    emit(
        "sellers.suspended",
        seller,
        why=why,
        until=until.isoformat() if until else None,
        hold_payouts=hold_payouts,
        by=by.pk if by else None,
    )


@transaction.atomic
def resume(seller: Seller, *, by: User | None) -> None:
    move(
        seller,
        SellerStatus.APPROVED,
        by=by,
        only_from=[SellerStatus.SUSPENDED],
        review_note="",
        suspended_until=None,
    )
    emit("sellers.resumed", seller)


def resume_due() -> int:
    """Shops whose suspension is over sell again. Returns how many."""
    over = Seller.objects.filter(status=SellerStatus.SUSPENDED, suspended_until__lte=clock.today())
    resumed = 0
    for seller in over.order_by("id"):
        try:
            resume(seller, by=None)
        except WrongState:  # an operator was faster
            continue
        resumed += 1
    return resumed


@transaction.atomic
def close(seller: Seller, *, why: str, by: User) -> None:
    """The shop leaves for good, when nothing of it is open. Raises ReasonNeeded, StopSalesFirst, StillOpen."""
    if not why.strip():
        raise errors.ReasonNeeded()
    if seller.status == SellerStatus.APPROVED:
        raise errors.StopSalesFirst()
    left = ties(seller)
    if left:
        raise errors.StillOpen(what=", ".join(f"{tie.label} {tie.count}" for tie in left))
    move(seller, SellerStatus.CLOSED, by=by, why=why, closed_at=clock.now(), review_note=why.strip())
    emit("sellers.closed", seller, why=why)
