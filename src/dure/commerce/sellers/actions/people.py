"""How people come to a shop: invited or applying, given a role, leaving.

That a shop keeps an owner is the database's rule (the trigger `a_shop_keeps_an_owner`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from dure.commerce.sellers import errors
from dure.commerce.sellers.actions.changes import fill
from dure.commerce.sellers.models import Invitation, Member, Seller, SellerStatus
from dure.kit import audit, clock, ids
from dure.kit.idempotency import once
from dure.kit.models import AuditEntry
from dure.kit.outbox import emit
from dure.kit.states import move
from dure.people.models import User

INVITATION_DAYS = 14


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
def invite_staff(
    seller: Seller, *, name: str, role: str = Member.Role.READ_ONLY, email: str = "", phone: str = "", by: User
) -> Invitation:
    """A link for a colleague, good for one person and fourteen days."""
    if not name.strip():
        raise errors.NameNeeded()
    invitation = _invitation(seller, Member.Role(role).value, name=name.strip(), phone=phone, email=email, by=by)
    audit.record("sellers.staff_invited", seller, by=by, name=name, role=role)
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
        fill(held.seller, contact_phone=held.phone, contact_email=held.email or user.email)
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
def change_role(member: Member, role: str, *, by: User) -> None:
    """From now on `member` may do what `role` may. Raises LastOwner, ValueError for an unknown role."""
    came_from = member.role
    member.role = Member.Role(role).value
    if member.role == came_from:
        return
    _keeping_an_owner(member.seller, lambda: member.save(update_fields=["role"]))
    audit.record(
        "sellers.role_changed", member.seller, by=by, user=member.user_id, came_from=came_from, role=member.role
    )


@transaction.atomic
def remove_member(member: Member, *, by: User) -> None:
    """`member` no longer works for the shop, whether sent away or leaving. Raises LastOwner."""
    seller, user, role = member.seller, member.user_id, member.role
    _keeping_an_owner(seller, member.delete)
    audit.record("sellers.member_removed", seller, by=by, user=user, role=role)


@transaction.atomic
def take_back_member(seller: Seller, user: User, *, by: User) -> Member:
    """Undo a removal: the person works for the shop again, in the role they had. Raises NeverMember."""
    removed = AuditEntry.objects.filter(
        subject=f"{seller._meta.label_lower}:{seller.pk}", action="sellers.member_removed", detail__user=user.pk
    ).order_by("-id")
    last = removed.first()
    if last is None:
        raise errors.NeverMember()
    role = Member.Role(last.detail["role"]).value
    member, created = Member.objects.get_or_create(
        seller=seller, user=user, defaults={"role": role, "since": clock.now()}
    )
    if created:
        audit.record("sellers.member_taken_back", seller, by=by, user=user.pk, role=role)
    return member


def _keeping_an_owner(seller: Seller, deed: Callable[[], object]) -> None:
    """Do it, then let the database say at once whether somebody is left who owns the shop."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            deed()
            cursor.execute("SET CONSTRAINTS a_shop_keeps_an_owner IMMEDIATE")
            cursor.execute("SET CONSTRAINTS a_shop_keeps_an_owner DEFERRED")
    except IntegrityError as error:
        raise errors.LastOwner() from error
