"""What a shop says of itself: company, account, shipping fees, and what it tells its buyers.

The tax service and the bank are asked before the transaction begins. When they do not answer, what was written is kept
unverified and a job asks again; when they say no, nothing is kept and the sentence says what to mend.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from dure.commerce.sellers import errors, queries, rules
from dure.commerce.sellers.actions.changes import change, later
from dure.commerce.sellers.banks import BANKS
from dure.commerce.sellers.models import PayoutAccount, Seller, ShippingPolicy
from dure.integrations.account.client import NoSuchAccount, account
from dure.integrations.nts import client as nts
from dure.integrations.nts.rules import is_brn
from dure.kit import audit, clock, crypto
from dure.kit.http import OutsideError
from dure.kit.outbox import emit
from dure.people.models import User

SEALED_FOR = "sellers.payout_account"


@transaction.atomic
def save_profile(seller: Seller, *, name: str, story: str, by: User | None) -> None:
    """What buyers see of the shop."""
    if not name.strip():
        raise errors.NameNeeded()
    change(seller, "sellers.profile_saved", by, name=name.strip(), story=story.strip())
    emit("sellers.profile_saved", seller)


def save_business(
    seller: Seller,
    *,
    brn: str,
    company_name: str,
    representative: str,
    business_address: str,
    contact_phone: str,
    contact_email: str = "",
    mail_order_number: str = "",
    mail_order_exempt: bool = False,
    started_on: date | None = None,
    by: User | None,
) -> None:
    """The company as on its certificate. `business_checked_at` stays empty when the tax service did not answer.

    Raises BadBusinessNumber, BusinessNotRegistered, BusinessSuspended, BusinessClosed, BusinessTaken, BusinessFixed,
    MailOrderMissing.
    """
    brn = rules.digits(brn)
    if not is_brn(brn):
        raise errors.BadBusinessNumber()
    if seller.brn and brn != seller.brn and seller.approved_at:
        raise errors.BusinessFixed()
    if Seller.objects.filter(brn=brn).exclude(pk=seller.pk).exists():
        raise errors.BusinessTaken()
    if not mail_order_number.strip() and not mail_order_exempt:
        raise errors.MailOrderMissing()
    checked = {"tax_type": seller.tax_type, "business_checked_at": seller.business_checked_at}
    if brn != seller.brn or not seller.business_checked_at:
        checked = _ask_tax_service(brn)
    try:
        with transaction.atomic():
            change(
                seller,
                "sellers.business_saved",
                by,
                brn=brn,
                company_name=company_name.strip(),
                representative=representative.strip(),
                business_address=business_address.strip(),
                contact_phone=contact_phone.strip(),
                contact_email=contact_email.strip(),
                mail_order_number="" if mail_order_exempt else mail_order_number.strip(),
                mail_order_exempt=mail_order_exempt,
                started_on=started_on or seller.started_on,
                **checked,
            )
            if not seller.business_checked_at:
                later("check_business", seller=seller.pk)
            later("ask_register", seller=seller.pk, code="MAIL_ORDER")
            if seller.started_on:
                later("ask_register", seller=seller.pk, code="PERSON")
    except IntegrityError as error:
        raise errors.BusinessTaken() from error


def check_business(seller: Seller) -> bool:
    """Ask the tax service again; False when it does not answer. A business that is not active is written to the audit."""
    try:
        checked = _ask_tax_service(seller.brn)
    except (errors.BusinessNotRegistered, errors.BusinessSuspended, errors.BusinessClosed) as error:
        audit.record("sellers.business_refused", seller, why=str(error), code=error.code)
        return True
    if checked["business_checked_at"]:
        with transaction.atomic():
            change(seller, "sellers.business_checked", None, **checked)
    return bool(checked["business_checked_at"])


def _ask_tax_service(brn: str) -> dict[str, Any]:
    try:
        told = nts.nts().status([brn]).get(brn)
    except OutsideError:
        return {"tax_type": "", "business_checked_at": None}
    if told is None or not told.registered:
        raise errors.BusinessNotRegistered()
    if told.state == nts.CLOSED:
        raise errors.BusinessClosed()
    if told.state == nts.SUSPENDED:
        raise errors.BusinessSuspended()
    return {"tax_type": told.tax_type, "business_checked_at": clock.now()}


def save_payout_account(
    seller: Seller, *, bank_code: str, number: str, holder_name: str, by: User | None
) -> PayoutAccount:
    """Where the money goes from the next payout on; the row before is kept, replaced.

    The same account again changes nothing. Raises UnknownBank, BadAccountNumber, AccountNotFound, HolderMismatch.
    """
    number, holder_name = rules.digits(number), holder_name.strip()
    if bank_code not in BANKS:
        raise errors.UnknownBank()
    if not 7 <= len(number) <= 16:
        raise errors.BadAccountNumber()
    verified = ask_bank(bank_code, number, holder_name, seller.brn)
    with transaction.atomic():
        Seller.objects.select_for_update().get(pk=seller.pk)
        current = queries.current_account(seller)
        if current and current.verified_at and _same(current, bank_code, number, holder_name):
            return current
        moment = clock.now()
        seller.payout_accounts.filter(replaced_at=None).update(replaced_at=moment)
        row = PayoutAccount.objects.create(
            seller=seller,
            bank_code=bank_code,
            number_encrypted=crypto.seal(SEALED_FOR, number),
            number_tail=number[-4:],
            holder_name=holder_name,
            verified_at=moment if verified else None,
            created_at=moment,
        )
        audit.record(
            "sellers.payout_account_saved", seller, by=by, bank=bank_code, tail=row.number_tail, verified=verified
        )
        emit("sellers.payout_account_changed", seller, account=row.pk, verified=verified)
        if not verified:
            later("check_account", account=row.pk)
    return row


def check_account(row: PayoutAccount) -> bool:
    """Ask the bank again; False when it does not answer. A refusal is written to the audit, the account stays open."""
    try:
        verified = ask_bank(row.bank_code, account_number(row), row.holder_name, row.seller.brn)
    except (errors.AccountNotFound, errors.HolderMismatch) as error:
        audit.record("sellers.payout_account_refused", row.seller, why=str(error), code=error.code)
        return True
    if verified:
        mark_verified(row)
    return verified


@transaction.atomic
def mark_verified(row: PayoutAccount) -> None:
    """The bank named the same holder."""
    if PayoutAccount.objects.filter(pk=row.pk, verified_at=None).update(verified_at=clock.now()):
        audit.record("sellers.payout_account_verified", row.seller, tail=row.number_tail)
        emit("sellers.payout_account_changed", row.seller, account=row.pk, verified=True)


def account_number(row: PayoutAccount) -> str:
    """The number in clear, for the payout provider alone."""
    return crypto.unseal(SEALED_FOR, row.number_encrypted)


def ask_bank(bank_code: str, number: str, holder_name: str, brn: str) -> bool:
    """Whether the bank names the same holder; False when it does not answer. Raises AccountNotFound, HolderMismatch."""
    try:
        bank_says = account().holder(bank_code, number, name=holder_name, identity=brn)
    except NoSuchAccount as error:
        raise errors.AccountNotFound() from error
    except OutsideError:
        return False
    if not rules.same_holder(holder_name, bank_says):
        raise errors.HolderMismatch(bank_says=rules.hidden(bank_says))
    return True


def _same(row: PayoutAccount, bank_code: str, number: str, holder_name: str) -> bool:
    return (row.bank_code, row.holder_name) == (bank_code, holder_name) and account_number(row) == number


@transaction.atomic
def save_shipping_policy(
    seller: Seller,
    *,
    fee: int,
    free_over: int | None,
    jeju_extra: int,
    remote_extra: int,
    return_fee: int,
    dispatch_days: int,
    dispatch_from: str,
    return_to: str,
    carrier: str = "",
    by: User | None,
) -> ShippingPolicy:
    """What a parcel costs from now on, in won; orders already placed keep their snapshot."""
    terms = {
        "fee": fee,
        "free_over": free_over or None,
        "jeju_extra": jeju_extra,
        "remote_extra": remote_extra,
        "return_fee": return_fee,
        "dispatch_days": dispatch_days,
        "dispatch_from": dispatch_from.strip(),
        "return_to": return_to.strip() or dispatch_from.strip(),
        "carrier": carrier,
    }
    before = ShippingPolicy.objects.filter(seller=seller).values(*terms).first()
    policy, _created = ShippingPolicy.objects.update_or_create(seller=seller, defaults=terms)
    changed: dict[str, Any] = {k: [before and before[k], v] for k, v in terms.items() if not before or before[k] != v}
    if changed:
        audit.record("sellers.shipping_policy_saved", seller, by=by, **changed)
    return policy
