"""Who writes a review is thanked with points, and again for a word after a month and for one that is chosen as best.

Each cause thanks once, however often a review is changed. What was given is taken back with the review: when it is taken down
and when its goods went back; shown again, it is given again.
"""

from __future__ import annotations

from dure.commerce.promotions import points
from dure.commerce.reviews.models import Review
from dure.kit.models import Event
from dure.kit.outbox import on


@on("reviews.written")
def thank_the_author(event: Event) -> None:
    told = event.payload
    _thank(event, told["author_id"], with_photo=bool(told.get("photos")))


@on("reviews.written_later")
def thank_for_the_word_after_a_month(event: Event) -> None:
    told = event.payload
    _thank(event, told["author_id"], with_photo=bool(told.get("photos")), cause=":later")


@on("reviews.best_chosen")
def thank_for_a_best_review(event: Event) -> None:
    _thank(event, event.payload["author_id"], with_photo=True, cause=":best")


def _thank(event: Event, author: int, *, with_photo: bool, cause: str = "") -> None:
    if not _gone(_review(event)):
        points.thank_for_review(author, with_photo=with_photo, ref=_ref(event) + cause, at=event.occurred_at)


@on("reviews.hidden")
def take_the_thanks_back(event: Event) -> None:
    points.unthank(_ref(event), cause=f"hidden{event.pk}", at=event.occurred_at)


@on("reviews.shown_again")
def thank_again(event: Event) -> None:
    if not _gone(_review(event)):
        points.thank_again(_ref(event), cause=f"shown{event.pk}", at=event.occurred_at)


@on("claims.done")
def goods_went_back(event: Event) -> None:
    review = (
        Review.objects.select_related("product_order").filter(product_order=event.payload["product_order_id"]).first()
    )
    if review and _gone(review):
        points.unthank(f"review:{review.pk}", cause="returned", at=event.occurred_at)


def _review(event: Event) -> Review:
    return Review.objects.select_related("product_order").get(pk=event.aggregate.split(":")[1])


def _gone(review: Review) -> bool:
    """Nothing of what it speaks of was kept."""
    return review.product_order.kept_quantity == 0


def _ref(event: Event) -> str:
    return f"review:{event.aggregate.split(':')[1]}"
