"""How a shop joins the house: invited or applying, company, account, shipping fees, review, approval.

The tax service and the bank are asked before the transaction begins. When they do not answer, what was written is kept
unverified and a job asks again; when they say no, nothing is kept and the sentence says what to mend.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from dure.commerce.sellers import errors, queries, rules
from dure.commerce.sellers.banks import BANKS
from dure.commerce.sellers.models import Invitation, Member, PayoutAccount, Seller, SellerStatus, ShippingPolicy
from dure.integrations.account.client import NoSuchAccount, account
from dure.integrations.nts import client as nts
from dure.integrations.nts.rules import is_brn
from dure.kit import audit, clock, crypto, ids
from dure.kit.http import OutsideError
from dure.kit.idempotency import once
from dure.kit.outbox import emit
from dure.kit.states import move
from dure.people.models import User

INVITATION_DAYS = 14
SEALED_FOR = "sellers.payout_account"

# ── Coming in ────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def invite(
    *, shop_name: str, lead_ref: str = "", name: str = "", phone: str = "", email: str = "", by: User | None
) -> Invitation:
    """A link for the owner of a shop that does not exist here yet. The same lead has one shop, and one link in force."""
    if not shop_name.strip():
        raise errors.NameNeeded()
    seller = Seller.objects.filter(lead_ref=lead_ref).first() if lead_ref else None
    if seller is None:
        seller = Seller.objects.create(
            name=shop_name.strip(), lead_ref=lead_ref, status=SellerStatus.INVITED, created_at=clock.now()
        )
        audit.record("sellers.invited", seller, by=by, lead_ref=lead_ref)
    open_link = seller.invitations.filter(role=Member.Role.OWNER, accepted_at=None, expires_at__gt=clock.now()).first()
    return open_link or _invitation(seller, Member.Role.OWNER, name=name, phone=phone, email=email, by=by)


@transaction.atomic
def invite_staff(seller: Seller, *, name: str, email: str = "", phone: str = "", by: User) -> Invitation:
    if not name.strip():
        raise errors.NameNeeded()
    invitation = _invitation(seller, Member.Role.STAFF, name=name.strip(), phone=phone, email=email, by=by)
    audit.record("sellers.staff_invited", seller, by=by, name=name)
    return invitation


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: User) -> None:
    """The link stops working; nothing happens to one already used."""
    if Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(expires_at=clock.now()):
        audit.record("sellers.invitation_withdrawn", invitation.seller, by=by, name=invitation.name)


@transaction.atomic
def accept(invitation: Invitation, user: User) -> Member:
    """The holder of the link works for the seller from now on; again by the same person changes nothing.

    Raises InvitationUsed, InvitationExpired.
    """
    held = Invitation.objects.select_for_update(of=("self",)).select_related("seller").get(pk=invitation.pk)
    if held.accepted_by_id == user.pk:
        return Member.objects.get(seller=held.seller, user=user)
    if held.accepted_at:
        raise errors.InvitationUsed()
    if held.expires_at <= clock.now():
        raise errors.InvitationExpired()
    Invitation.objects.filter(pk=held.pk).update(accepted_by=user, accepted_at=clock.now())
    member, _created = Member.objects.get_or_create(
        seller=held.seller, user=user, defaults={"role": held.role, "since": clock.now()}
    )
    audit.record("sellers.joined", held.seller, by=user, role=member.role)
    if held.seller.status == SellerStatus.INVITED:
        move(held.seller, SellerStatus.APPLYING, by=user)
        _fill(held.seller, contact_phone=held.phone, contact_email=held.email or user.email)
    emit("sellers.joined", held.seller, user=user.pk, role=member.role)
    return member


def apply(*, name: str, key: UUID, by: User) -> Seller:
    """A shop that comes by itself. The same `key` twice is one shop."""
    if not name.strip():
        raise errors.NameNeeded()
    made = once("sellers.apply", str(key), {"name": name, "user": by.pk}, lambda: _open_shop(name.strip(), by))
    return Seller.objects.get(pk=made)


def _open_shop(name: str, by: User) -> int:
    seller = Seller.objects.create(name=name, contact_email=by.email, contact_phone=by.phone, created_at=clock.now())
    Member.objects.create(seller=seller, user=by, role=Member.Role.OWNER, since=clock.now())
    audit.record("sellers.applied", seller, by=by)
    emit("sellers.joined", seller, user=by.pk, role=Member.Role.OWNER)
    return seller.pk


def _invitation(seller: Seller, role: str, *, name: str, phone: str, email: str, by: User | None) -> Invitation:
    moment = clock.now()
    return Invitation.objects.create(
        seller=seller,
        code=ids.code(12),
        role=role,
        name=name,
        phone=phone,
        email=email,
        invited_by=by,
        created_at=moment,
        expires_at=moment + timedelta(days=INVITATION_DAYS),
    )


@transaction.atomic
def remove_member(member: Member, *, by: User) -> None:
    """Raises LastOwner."""
    owners = Member.objects.select_for_update().filter(seller=member.seller, role=Member.Role.OWNER).order_by("id")
    if member.role == Member.Role.OWNER and len(owners) == 1:
        raise errors.LastOwner()
    audit.record("sellers.member_removed", member.seller, by=by, user=member.user_id, role=member.role)
    member.delete()


# ── The steps ────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def save_profile(seller: Seller, *, name: str, story: str, by: User | None) -> None:
    """What buyers see of the shop."""
    if not name.strip():
        raise errors.NameNeeded()
    _change(seller, "sellers.profile_saved", by, name=name.strip(), story=story.strip())
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
            _change(
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
                **checked,
            )
            if not seller.business_checked_at:
                _later("check_business", seller=seller.pk)
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
            _change(seller, "sellers.business_checked", None, **checked)
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
    verified = _ask_bank(bank_code, number, holder_name, seller.brn)
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
            _later("check_account", account=row.pk)
    return row


def check_account(row: PayoutAccount) -> bool:
    """Ask the bank again; False when it does not answer. A refusal is written to the audit, the account stays open."""
    try:
        verified = _ask_bank(row.bank_code, account_number(row), row.holder_name, row.seller.brn)
    except (errors.AccountNotFound, errors.HolderMismatch) as error:
        audit.record("sellers.payout_account_refused", row.seller, why=str(error), code=error.code)
        return True
    if not verified:
        return False
    with transaction.atomic():
        if PayoutAccount.objects.filter(pk=row.pk, verified_at=None).update(verified_at=clock.now()):
            audit.record("sellers.payout_account_verified", row.seller, tail=row.number_tail)
            emit("sellers.payout_account_changed", row.seller, account=row.pk, verified=True)
    return True


def account_number(row: PayoutAccount) -> str:
    """The number in clear, for the payout provider alone."""
    return crypto.unseal(SEALED_FOR, row.number_encrypted)


def _ask_bank(bank_code: str, number: str, holder_name: str, brn: str) -> bool:
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


# ── Review ───────────────────────────────────────────────────────────────────────────────────────────────────────


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


def _change(seller: Seller, action: str, by: User | None, **columns: Any) -> None:
    """Set columns and write to the audit what was there before and after, of those that differ."""
    changed = {k: [getattr(seller, k), v] for k, v in columns.items() if getattr(seller, k) != v}
    if not changed:
        return
    Seller.objects.filter(pk=seller.pk).update(**columns)
    for name, value in columns.items():
        setattr(seller, name, value)
    told: dict[str, Any] = {k: [_plain(a), _plain(b)] for k, (a, b) in changed.items()}
    audit.record(action, seller, by=by, **told)


def _fill(seller: Seller, **columns: str) -> None:
    """Set those columns that are still empty."""
    empty = {k: v for k, v in columns.items() if v and not getattr(seller, k)}
    if empty:
        Seller.objects.filter(pk=seller.pk).update(**empty)


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | bool | None) else str(value)


def _later(task: str, **arguments: int) -> None:
    from dure.commerce.sellers import tasks

    getattr(tasks, task).defer(**arguments)
