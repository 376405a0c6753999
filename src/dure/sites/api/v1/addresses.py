"""A buyer's address book: for whoever is signed in."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema

from dure.commerce.orders import addresses
from dure.commerce.orders.models import SavedAddress
from dure.commerce.orders.placing import Address
from dure.kit.korean import phone_e164
from dure.sites.api import errors
from dure.sites.api.access import Needs
from dure.sites.api.once import once
from dure.sites.api.paging import Id
from dure.sites.api.v1.checkout import AddressIn

router = Router()


class SavedIn(AddressIn):
    """`label`: what the buyer calls it. The first address is the default."""

    label: Annotated[str, Field(max_length=30)] = ""
    default: bool = Field(False)


class SavedOut(Schema):
    id: int
    label: str
    receiver: str
    phone: str
    postcode: str
    address1: str
    address2: str
    memo: str
    default: bool


class BookOut(Schema):
    addresses: list[SavedOut]


@router.get("/addresses", response=BookOut, auth=Needs(people="only"))
def list_addresses(request: Any) -> Any:
    """The default first, then those used last; at most twenty."""
    return {"addresses": [_told(saved) for saved in _book(request)]}


@router.post("/addresses", response={201: SavedOut}, auth=Needs(people="only"))
def save_address(request: Any, asked: SavedIn) -> HttpResponse:
    """The same place again is the same address."""
    phone = phone_e164(asked.phone)
    if phone is None:
        raise errors.Invalid(field="phone")
    place = Address(**{**asked.model_dump(exclude={"label", "default"}), "phone": phone})

    def saved() -> SavedOut:
        kept = addresses.save(request.caller.user, place, label=asked.label, default=asked.default)
        return SavedOut(**_told(kept))

    return once(request, 201, asked.model_dump(), saved, needed=False)


@router.delete("/addresses/{address_id}", response=SavedOut, auth=Needs(people="only"))
def remove_address(request: Any, address_id: Id) -> Any:
    saved = get_object_or_404(_book(request), pk=address_id)
    addresses.remove(saved)
    return _told(saved)


def _book(request: Any) -> Any:
    return SavedAddress.objects.filter(buyer=request.caller.user, removed_at=None)


def _told(saved: SavedAddress) -> dict[str, Any]:
    names = [name for name in SavedOut.model_fields if name not in {"id", "default"}]
    return {"id": saved.pk, "default": saved.is_default, **{name: getattr(saved, name) for name in names}}
