"""Reviews: by who received the goods, once a line; the seller may answer."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from dure.commerce.orders.models import LineStatus, ProductOrder
from dure.commerce.reviews.errors import AlreadyReviewed, NotYours, ReviewEmpty, StarsMissing
from dure.commerce.reviews.models import Review, ReviewPhoto
from dure.kit import audit, clock
from dure.kit.images import Picture
from dure.kit.outbox import emit
from dure.people.models import User

SHORTEST = 10  # characters
RECEIVED = {LineStatus.DELIVERED, LineStatus.PURCHASE_CONFIRMED}


@transaction.atomic
def write(line: ProductOrder, *, rating: int, text: str, by: User, photos: Iterable[Picture] = ()) -> Review:
    """`photos` are already kept (kit.images). Raises NotYours, AlreadyReviewed, ReviewEmpty, StarsMissing."""
    if line.status not in RECEIVED or line.order.buyer_id != by.pk:
        raise NotYours()
    if not 1 <= rating <= 5:
        raise StarsMissing()
    if len(text.strip()) < SHORTEST:
        raise ReviewEmpty()
    try:
        with transaction.atomic():
            review = Review.objects.create(
                product_order=line,
                product_id=line.option.product_id,
                author=by,
                rating=rating,
                text=text.strip(),
                created_at=clock.now(),
            )
    except IntegrityError as error:
        raise AlreadyReviewed() from error
    ReviewPhoto.objects.bulk_create(
        ReviewPhoto(review=review, image=p.name, width=p.width, height=p.height) for p in photos
    )
    emit("reviews.written", review, product_id=review.product_id, rating=rating)
    return review


@transaction.atomic
def reply(review: Review, text: str, *, by: User | None) -> None:
    """The seller's answer, shown under the review; writing again replaces it."""
    review.seller_reply = text.strip()
    review.save(update_fields=["seller_reply"])
    audit.record("reviews.replied", review, by=by)


@transaction.atomic
def hide(review: Review, *, by: User, why: str) -> None:
    """The operator takes a review off the page (insult, personal data); it is kept."""
    review.hidden = True
    review.save(update_fields=["hidden"])
    audit.record("reviews.hidden", review, by=by, why=why)
