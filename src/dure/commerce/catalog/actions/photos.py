"""Pictures of a product: kept, put in order, described, taken off and put back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, Max

from dure.commerce.catalog import errors
from dure.commerce.catalog.actions.changes import ask
from dure.commerce.catalog.actions.parts import APPROVED, held
from dure.commerce.catalog.models import ChangeRequest, Photo, Product, RemovedPhoto
from dure.kit import audit, clock, images
from dure.people.models import User

MOST_PHOTOS = 10
LONGEST_ALT = 120


def add_photo(product: Product, image_file: Any, *, by: User | None, alt: str = "") -> Photo | None:
    """Checked and re-encoded by kit.images; lighter copies are made by the worker (`tasks.lighten_photo`).

    None when the product has been approved and the picture waits for the review. Raises TooManyPhotos, NotEditable and
    what `images.keep` raises.
    """
    if product.photos.count() >= MOST_PHOTOS:
        raise errors.TooManyPhotos(most=MOST_PHOTOS)
    picture = images.keep(image_file, "products")
    with transaction.atomic():
        product = held(product)
        shown = {
            "image": picture.name,
            "width": picture.width,
            "height": picture.height,
            "alt": alt.strip()[:LONGEST_ALT],
        }
        waiting = waiting_photos(product)
        if product.photos.count() + len(waiting) >= MOST_PHOTOS:
            raise errors.TooManyPhotos(most=MOST_PHOTOS)
        if by and product.status in APPROVED and not by.has_role("MD", "OPERATOR"):
            ask(product, {"photos_added": [*waiting, shown]}, by=by)
            return None
        last = product.photos.aggregate(last=Max("position"))["last"]
        photo = Photo.objects.create(product=product, position=0 if last is None else last + 1, **shown)
        audit.record("catalog.photo_added", product, by=by, photo=photo.pk)
        _lighten_later(photo)
    return photo


def waiting_photos(product: Product) -> list[dict[str, Any]]:
    """Pictures that wait for the review of a change."""
    pending = ChangeRequest.objects.filter(product=product, status=ChangeRequest.Status.PENDING).first()
    return list(pending.after.get("photos_added", [])) if pending else []


def _lighten_later(photo: Photo) -> None:
    from dure.commerce.catalog.tasks import lighten_photo

    transaction.on_commit(lambda: lighten_photo.defer(photo=photo.pk))


def lighten(photo_id: int) -> bool:
    """Make the lighter copies (AVIF) beside a picture's WebP and say so in its name. False when the picture is gone."""
    photo = Photo.objects.filter(pk=photo_id).first()
    if photo is None:
        return False
    if not images.has_light(photo.image):
        Photo.objects.filter(pk=photo_id, image=photo.image).update(image=images.lighten(photo.image))
    return True


@transaction.atomic
def remove_photo(photo: Photo, *, by: User | None) -> RemovedPhoto:
    """Taken off, and kept where `restore_photo` finds it: an order's page may still show it."""
    product = held(photo.product)
    removed = RemovedPhoto.objects.create(
        product=product,
        image=photo.image,
        width=photo.width,
        height=photo.height,
        alt=photo.alt,
        position=photo.position,
        by=by,
        at=clock.now(),
    )
    audit.record("catalog.photo_removed", product, by=by, image=photo.image)
    photo.delete()
    return removed


@transaction.atomic
def restore_photo(removed: RemovedPhoto, *, by: User | None) -> Photo:
    """Back where it was. Raises TooManyPhotos, NothingToUndo when it has been put back already, NotEditable."""
    product = held(removed.product)
    if product.photos.count() >= MOST_PHOTOS:
        raise errors.TooManyPhotos(most=MOST_PHOTOS)
    gone, _ = RemovedPhoto.objects.filter(pk=removed.pk).delete()
    if not gone:
        raise errors.NothingToUndo()
    product.photos.filter(position__gte=removed.position).update(position=F("position") + 1)
    photo = Photo.objects.create(
        product=product,
        image=removed.image,
        width=removed.width,
        height=removed.height,
        alt=removed.alt,
        position=removed.position,
    )
    audit.record("catalog.photo_restored", product, by=by, photo=photo.pk)
    return photo


@transaction.atomic
def describe_photos(product: Product, alts: dict[int, str], *, by: User | None) -> None:
    """Words for those who do not see the pictures, by photo id."""
    product = held(product)
    photos = [photo for photo in product.photos.all() if photo.pk in alts and photo.alt != alts[photo.pk].strip()]
    for photo in photos:
        photo.alt = alts[photo.pk].strip()[:LONGEST_ALT]
    Photo.objects.bulk_update(photos, ["alt"])
    if photos:
        audit.record("catalog.photos_described", product, by=by, photos=[p.pk for p in photos])


@transaction.atomic
def order_photos(product: Product, photo_ids: Sequence[int], *, by: User | None) -> None:
    """The named photos first, in this order; the others after them. The first is the face of the product."""
    product = held(product)
    rank = {photo_id: i for i, photo_id in enumerate(photo_ids)}
    photos = sorted(product.photos.all(), key=lambda p: (rank.get(p.pk, len(rank)), p.position, p.pk))
    for position, photo in enumerate(photos):
        photo.position = position
    Photo.objects.bulk_update(photos, ["position"])
    audit.record("catalog.photos_ordered", product, by=by, order=[p.pk for p in photos])
