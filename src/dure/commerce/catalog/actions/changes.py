"""A seller's changes of what the house has approved wait here; the product goes on being sold as it is.

Each edit makes a new request that carries on from the last one, so that a reviewer always decides about what they read:
the request they saw before the edit is withdrawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from dure.commerce.catalog import errors
from dure.commerce.catalog.actions import parts
from dure.commerce.catalog.models import ChangeRequest, Photo, Product
from dure.kit import audit, clock
from dure.kit.outbox import emit
from dure.kit.states import move
from dure.people.models import User

PENDING = ChangeRequest.Status.PENDING


def hold_back(product: Product, wanted: Mapping[str, Any], *, by: User) -> dict[str, Any]:
    """What of `wanted` counts at once; the rest is asked for. The caller holds the product's lock."""
    if product.status not in parts.APPROVED:
        return dict(wanted)
    later = {name: value for name, value in wanted.items() if name in parts.REVIEWED}
    if later:
        ask(product, later, by=by)
    return {name: value for name, value in wanted.items() if name not in parts.REVIEWED}


def ask(product: Product, wanted: Mapping[str, Any], *, by: User) -> ChangeRequest | None:
    """Ask for these fields to be so, together with what is asked already; None when that is how it stands."""
    now = {**parts.composition(product), "photos_added": []}
    open_one = ChangeRequest.objects.select_for_update().filter(product=product, status=PENDING).first()
    asked = {**(open_one.after if open_one else {}), **wanted}
    after = {name: value for name, value in asked.items() if value != now[name]}
    if open_one and after == open_one.after:
        return open_one
    if open_one:
        move(open_one, ChangeRequest.Status.WITHDRAWN, by=by, decided_at=clock.now())
    if not after:
        return None
    request = ChangeRequest.objects.create(
        product=product, by=by, at=clock.now(), before={name: now[name] for name in after}, after=after
    )
    audit.record("catalog.change_asked", product, by=by, fields=sorted(after), request=request.pk)
    emit("catalog.change_asked", product, request=request.pk, fields=sorted(after))
    return request


@transaction.atomic
def withdraw_change(request: ChangeRequest, *, by: User | None) -> None:
    """The seller thinks better of it. Raises WrongState when it has been decided."""
    move(request, ChangeRequest.Status.WITHDRAWN, by=by, decided_at=clock.now())


@transaction.atomic
def approve_change(request: ChangeRequest, *, by: User | None) -> None:
    """The product becomes what was asked. Raises WrongState when the seller has asked for something else meanwhile."""
    product = parts.held(request.product)
    move(request, ChangeRequest.Status.APPROVED, by=by, decided_by=by, decided_at=clock.now())
    before = parts.composition(product)
    parts.apply(product, {name: value for name, value in request.after.items() if name != "photos_added"})
    _add_photos(product, request.after.get("photos_added", []))
    parts.revise(product, before, request.by, "", False)
    emit("catalog.change_approved", product, seller=product.seller_id, request=request.pk)


def _add_photos(product: Product, pictures: list[dict[str, Any]]) -> None:
    last = max((photo.position for photo in product.photos.all()), default=-1)
    Photo.objects.bulk_create(
        Photo(product=product, position=last + n, **picture) for n, picture in enumerate(pictures, 1)
    )


@transaction.atomic
def reject_change(request: ChangeRequest, *, why: str, by: User | None) -> None:
    """The product stays as it is; the seller reads why. Raises ReasonNeeded, WrongState."""
    if not why.strip():
        raise errors.ReasonNeeded()
    move(request, ChangeRequest.Status.REJECTED, by=by, why=why, decided_by=by, decided_at=clock.now())
    request.why = why.strip()
    request.save(update_fields=["why"])
    emit("catalog.change_rejected", request.product, seller=request.product.seller_id, request=request.pk, why=why)
