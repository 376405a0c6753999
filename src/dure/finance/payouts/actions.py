"""Money out, in two phases: authorised in the ledger, then asked of the provider and settled by what it says."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.db import transaction

from dure.commerce.sellers.actions import account_number
from dure.commerce.sellers.models import PayoutAccount, Seller
from dure.finance.ledger import postings
from dure.finance.ledger.errors import PostingRefused
from dure.finance.payouts.models import Payout, PayoutStatus
from dure.integrations.nts.rules import is_corporate
from dure.integrations.toss.client import ASKED_BEFORE, PayoutTold, payout_order, toss
from dure.kit import clock
from dure.kit.http import OutsideError
from dure.kit.outbox import emit
from dure.kit.states import WrongState, move
from dure.people.models import User

log = structlog.get_logger()


@transaction.atomic
def authorize(*, seller: Seller, amount: int, ref: str) -> Payout:
    """First phase: the seller's money is in transit and cannot go out twice. Once per `ref`. Raises PostingRefused."""
    if known := Payout.objects.filter(ref=ref).first():
        return known
    postings.payout_authorized(f"payout:{ref}", seller=seller.pk, amount=amount)
    account = PayoutAccount.objects.filter(seller=seller, replaced_at=None).exclude(verified_at=None).first()
    payout = Payout.objects.create(seller=seller, account=account, ref=ref, amount=amount, created_at=clock.now())
    emit("payouts.authorized", payout, payout_id=payout.pk, seller_id=seller.pk, amount=amount)
    return payout


def pursue(limit: int = 500) -> int:
    """Ask for what is authorised, look up what was asked; returns how many moved."""
    moved = 0
    for payout in (
        Payout.objects.filter(status__in=Payout.UNDER_WAY).select_related("seller", "account").order_by("id")[:limit]
    ):
        before = payout.status
        try:
            if payout.status == PayoutStatus.SCHEDULED:
                request(payout)
            else:
                settle(payout)
        except OutsideError as error:
            log.warning("payout_unanswered", ref=payout.ref, error=str(error))
        except WrongState:  # another worker was faster
            continue
        except PostingRefused as error:  # the bank is short until the provider pays in: the next turn asks again
            log.error("payout_not_posted", ref=payout.ref, error=str(error))
            continue
        moved += payout.status != before
    return moved


def request(payout: Payout) -> Payout:
    """Second phase begins. A request whose answer was lost is found again by its reference before it is repeated.

    Raises OutsideError while the answer is unknown.
    """
    if payout.account is None:
        account = PayoutAccount.objects.filter(seller=payout.seller, replaced_at=None).exclude(verified_at=None).first()
        if account is None:
            return payout  # waits for an account
        payout.account = account
        payout.save(update_fields=["account"])
    if payout.asked_at and (told := _look_up(payout)):
        return _answered(payout, told)
    destination = _destination(payout.seller, payout.account)
    Payout.objects.filter(pk=payout.pk).update(asked_at=clock.now())
    try:
        told = toss().request_payouts(
            [payout_order(payout.ref, destination, payout.amount)], key=f"payout-{payout.ref}"
        )[0]
    except OutsideError as error:
        if error.unknown or error.code == ASKED_BEFORE:  # asked after all: the next turn finds it by its reference
            raise
        return _failed(payout, PayoutStatus.FAILED, f"{error.code} {error.message}", {})
    return _answered(payout, told)


def settle(payout: Payout) -> Payout:
    """What has become of it, by the provider's own word. Raises OutsideError."""
    return _answered(payout, toss().payout(payout.provider_id))


def on_hint(ref: str) -> bool:
    """A webhook says something changed: look it up. False when it is not ours or over."""
    payout = Payout.objects.filter(ref=ref, status__in=Payout.UNDER_WAY).first()
    if payout is None or not payout.provider_id:
        return False
    settle(payout)
    return True


@transaction.atomic
def returned_by_bank(payout: Payout, *, why: str, by: User) -> None:
    """The bank sent completed money back: a new event. It is the seller's again, for a later payout."""
    move(payout, PayoutStatus.RETURNED_BY_BANK, by=by, why=why, failure=why[:300])
    postings.payout_returned(f"payout:{payout.ref}", seller=payout.seller_id, amount=payout.amount)
    emit("payouts.returned", payout, ref=payout.ref, seller_id=payout.seller_id, amount=payout.amount)


def _answered(payout: Payout, told: PayoutTold) -> Payout:
    if told.status in {PayoutStatus.FAILED, PayoutStatus.CANCELED}:
        return _failed(payout, told.status, told.error, told.raw)
    if told.status == PayoutStatus.COMPLETED:
        return _completed(payout, told)
    if told.status != payout.status:
        with transaction.atomic():
            move(payout, told.status, provider_id=told.id, told=told.raw)
    return payout


@transaction.atomic
def _completed(payout: Payout, told: PayoutTold) -> Payout:
    if payout.status == PayoutStatus.SCHEDULED:
        move(payout, PayoutStatus.REQUESTED, provider_id=told.id)
    move(payout, PayoutStatus.COMPLETED, provider_id=told.id, told=told.raw, done_at=clock.now())
    postings.payout_done(f"payout:{payout.ref}", payout.amount)
    emit("payouts.completed", payout, ref=payout.ref, seller_id=payout.seller_id, amount=payout.amount)
    return payout


@transaction.atomic
def _failed(payout: Payout, status: str, failure: str, raw: dict[str, object]) -> Payout:
    move(payout, status, why=failure, failure=failure[:300], told=raw)
    postings.payout_failed(f"payout:{payout.ref}", seller=payout.seller_id, amount=payout.amount)
    emit("payouts.failed", payout, ref=payout.ref, seller_id=payout.seller_id, amount=payout.amount, why=failure)
    return payout


def _look_up(payout: Payout) -> PayoutTold | None:
    day = clock.kst_date(payout.asked_at or payout.created_at)
    told = toss().payouts_between(f"{day - timedelta(days=1):%Y-%m-%d}", f"{day + timedelta(days=7):%Y-%m-%d}")
    return next((t for t in told if t.ref == payout.ref), None)


def _destination(seller: Seller, account: PayoutAccount) -> str:
    """The provider's id of this account; registered when it is first needed."""
    if account.outside_ref:
        return account.outside_ref
    ref = f"dure-account-{account.pk}"
    found = toss().seller_of(ref) or toss().register_seller(
        ref,
        brn=seller.brn,
        name=seller.company_name or seller.name,
        representative=seller.representative,
        email=seller.contact_email,
        phone=seller.contact_phone,
        bank_code=account.bank_code,
        account_number=account_number(account),
        holder_name=account.holder_name,
        corporate=is_corporate(seller.brn),
        key=ref,
    )
    PayoutAccount.objects.filter(pk=account.pk).update(outside_ref=found)
    return found
