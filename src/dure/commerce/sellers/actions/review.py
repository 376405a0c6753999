"""The operator's decisions on a shop."""

from __future__ import annotations

from django.db import transaction

from dure.commerce.sellers import errors, queries
from dure.commerce.sellers.models import Seller, SellerStatus
from dure.kit import clock
from dure.kit.outbox import emit
from dure.kit.states import move
from dure.people.models import User


@transaction.atomic
def submit(seller: Seller, *, by: User | None) -> None:
    """Ask to be approved. Raises NotReady with the steps still open."""
    missing = [str(step.label) for step in queries.readiness(seller) if not step.done and step.asked_before_review]
    if missing:
        raise errors.NotReady(missing=", ".join(missing))
    move(seller, SellerStatus.IN_REVIEW, by=by, submitted_at=clock.now(), review_note="")
    emit("sellers.submitted", seller)


@transaction.atomic
def approve(seller: Seller, *, by: User) -> None:
    """The shop may sell. Raises NotVerified while the tax service or the bank has not answered."""
    unverified = [str(step.label) for step in queries.readiness(seller) if not step.done and step.code != "APPROVED"]
    if unverified:
        raise errors.NotVerified(missing=", ".join(unverified))
    move(
        seller,
        SellerStatus.APPROVED,
        by=by,
        only_from=[SellerStatus.IN_REVIEW],
        approved_at=clock.now(),
        review_note="",
    )
    emit("sellers.approved", seller)


@transaction.atomic
def return_for_changes(seller: Seller, *, note: str, by: User) -> None:
    """Back to the shop with what has to be mended. Raises ReasonNeeded."""
    if not note.strip():
        raise errors.ReasonNeeded()
    move(seller, SellerStatus.APPLYING, by=by, why=note, only_from=[SellerStatus.IN_REVIEW], review_note=note.strip())
    emit("sellers.returned", seller, note=note)


@transaction.atomic
def suspend(seller: Seller, *, why: str, by: User) -> None:
    """Nothing of the shop is on sale until resumed; orders already paid go on. Raises ReasonNeeded."""
    if not why.strip():
        raise errors.ReasonNeeded()
    move(seller, SellerStatus.SUSPENDED, by=by, why=why, review_note=why.strip())
    emit("sellers.suspended", seller, why=why)


@transaction.atomic
def resume(seller: Seller, *, by: User) -> None:
    move(seller, SellerStatus.APPROVED, by=by, only_from=[SellerStatus.SUSPENDED], review_note="")
    emit("sellers.resumed", seller)
