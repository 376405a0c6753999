"""A buyer's address book."""

from __future__ import annotations

from dataclasses import asdict

from django.db import transaction

from dure.commerce.orders.errors import AddressBookFull, AddressMissing
from dure.commerce.orders.models import SavedAddress
from dure.commerce.orders.placing import Address
from dure.kit import clock
from dure.people.models import User

MOST = 20


@transaction.atomic
def save(buyer: User, address: Address, *, label: str = "", default: bool = False) -> SavedAddress:
    """Write an address down; the same place again is the same row. The first one is the default.

    Raises AddressMissing, AddressBookFull.
    """
    if not address.complete:
        raise AddressMissing()
    User.objects.select_for_update().get(pk=buyer.pk)  # two saves of one buyer come one after the other
    book = SavedAddress.objects.filter(buyer=buyer, removed_at=None)
    told = asdict(address)
    told.pop("message")
    place = {name: told[name] for name in ("receiver", "phone", "postcode", "address1", "address2")}
    kept = book.filter(**place).first()
    if kept is None:
        if book.count() >= MOST:
            raise AddressBookFull(most=MOST)
        kept = SavedAddress(buyer=buyer, **told)
    kept.label = label.strip() or kept.label or address.receiver
    kept.memo, kept.used_at = address.memo, clock.now()
    _keep(kept, default or not book.filter(is_default=True).exists())
    return kept


@transaction.atomic
def change(saved: SavedAddress, address: Address, *, label: str, default: bool) -> None:
    """Raises AddressMissing."""
    if not address.complete:
        raise AddressMissing()
    for name, value in asdict(address).items():
        if name != "message":
            setattr(saved, name, value)
    saved.label = label.strip() or address.receiver
    _keep(saved, default or saved.is_default)


@transaction.atomic
def make_default(saved: SavedAddress) -> None:
    _keep(saved, True)


@transaction.atomic
def remove(saved: SavedAddress) -> None:
    saved.removed_at, saved.is_default = clock.now(), False
    saved.save(update_fields=["removed_at", "is_default"])


@transaction.atomic
def restore(saved: SavedAddress) -> None:
    """Undo a removal."""
    saved.removed_at = None
    saved.save(update_fields=["removed_at"])


def _keep(saved: SavedAddress, default: bool) -> None:
    if default:
        SavedAddress.objects.filter(buyer_id=saved.buyer_id, is_default=True).exclude(pk=saved.pk).update(
            is_default=False
        )
    saved.is_default = default
    saved.save()
