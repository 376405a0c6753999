"""Who writes a review is thanked with points; a photo is worth more. Once a review, however often it is changed."""

from __future__ import annotations

from dure.commerce.promotions import points
from dure.kit.models import Event
from dure.kit.outbox import on


@on("reviews.written")
def thank_the_author(event: Event) -> None:
    told = event.payload
    ref = f"review:{event.aggregate.split(':')[1]}"
    points.thank_for_review(told["author_id"], with_photo=bool(told.get("photos")), ref=ref, at=event.occurred_at)
