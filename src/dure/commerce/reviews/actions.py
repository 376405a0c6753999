"""Reviews: by who received the goods, once a line; changed with a history; answered, chosen, reported, taken down."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db import IntegrityError, transaction

from dure.commerce.catalog.models import Product
from dure.commerce.orders.models import LineStatus, ProductOrder
from dure.commerce.reviews import errors
from dure.commerce.reviews.errors import AlreadyReviewed, NotYours, ReviewEmpty, StarsMissing
from dure.commerce.reviews.models import HelpfulVote, Review, ReviewPhoto, ReviewReport, ReviewRevision
from dure.kit import audit, clock
from dure.kit.images import Picture
from dure.kit.outbox import emit
from dure.people.models import User

SHORTEST = 10  # characters
RECEIVED = {LineStatus.DELIVERED, LineStatus.PURCHASE_CONFIRMED}  # a cancelled or returned line has none
EDITABLE = timedelta(days=30)
A_MONTH = timedelta(days=30)
MOST_BEST = 3  # of one product


@transaction.atomic
def write(line: ProductOrder, *, rating: int, text: str, by: User, photos: Iterable[Picture] = ()) -> Review:
    """`photos` are already kept (kit.images). Raises NotYours, AlreadyReviewed, ReviewEmpty, StarsMissing."""
    if line.status not in RECEIVED or line.order.buyer_id != by.pk or line.kept_quantity == 0:
        raise NotYours()
    said = _said(rating, text)
    try:
        with transaction.atomic():
            review = Review.objects.create(
                product_order=line,
                product_id=line.option.product_id,
                author=by,
                rating=rating,
                text=said,
                created_at=clock.now(),
            )
    except IntegrityError as error:
        raise AlreadyReviewed() from error
    kept = _add_photos(review, photos)
    emit(
        "reviews.written",
        review,
        product_id=review.product_id,
        product_order_id=line.pk,
        author_id=by.pk,
        rating=rating,
        photos=kept,
    )
    return review


@transaction.atomic
def edit(review: Review, *, rating: int, text: str, by: User, photos: Iterable[Picture] = ()) -> Review:
    """Its author says it differently, within 30 days; what it said is kept.

    Raises NotYourReview, TooLateToEdit, ReviewEmpty, StarsMissing.
    """
    held = Review.objects.select_for_update().get(pk=review.pk)
    if held.author_id != by.pk:
        raise errors.NotYourReview()
    if held.created_at + EDITABLE < clock.now():
        raise errors.TooLateToEdit()
    said = _said(rating, text)
    kept = _add_photos(held, photos)
    if (held.rating, held.text) != (rating, said) or kept:
        ReviewRevision.objects.create(review=held, rating=held.rating, text=held.text, at=clock.now())
        held.rating, held.text, held.edited_at = rating, said, clock.now()
        held.save(update_fields=["rating", "text", "edited_at"])
        emit("reviews.changed", held, product_id=held.product_id, rating=rating)
    return held


@transaction.atomic
def add_later(review: Review, *, text: str, by: User, photos: Iterable[Picture] = ()) -> None:
    """한 달 사용 후기, once. Raises NotYourReview, TooEarly, AlreadyReviewed, ReviewEmpty."""
    held = Review.objects.select_for_update(of=("self",)).select_related("product_order").get(pk=review.pk)
    if held.author_id != by.pk:
        raise errors.NotYourReview()
    received = held.product_order.delivered_at or held.created_at
    if received + A_MONTH > clock.now():
        raise errors.TooEarly()
    if held.later_at:
        raise AlreadyReviewed()
    held.later_text, held.later_at = _said(held.rating, text), clock.now()
    held.save(update_fields=["later_text", "later_at"])
    kept = _add_photos(held, photos, later=True)
    emit("reviews.written_later", held, product_id=held.product_id, author_id=by.pk, photos=kept)


@transaction.atomic
def reply(review: Review, text: str, *, by: User | None) -> None:
    """The seller's answer, shown under the review; writing again replaces it, which the audit keeps."""
    before, review.seller_reply, review.replied_at = review.seller_reply, text.strip(), clock.now()
    review.save(update_fields=["seller_reply", "replied_at"])
    audit.record("reviews.replied", review, by=by, before=before)


@transaction.atomic
def vote(review: Review, *, by: User) -> bool:
    """“도움이 돼요”, or no longer; whether it counts now. Raises OwnReview."""
    if review.author_id == by.pk:
        raise errors.OwnReview()
    _vote, created = HelpfulVote.objects.get_or_create(review=review, voter=by)
    if not created:
        HelpfulVote.objects.filter(review=review, voter=by).delete()
    return created


@transaction.atomic
def choose_best(review: Review, *, best: bool, by: User) -> None:
    """Shown first on the product's page, up to three of a product. Raises TooManyBest."""
    Product.objects.select_for_update(no_key=True).get(pk=review.product_id)  # one chooser at a time
    chosen = Review.objects.filter(product=review.product_id, best_at__isnull=False).exclude(pk=review.pk)
    if best and chosen.count() >= MOST_BEST:
        raise errors.TooManyBest()
    Review.objects.filter(pk=review.pk, hidden=False).update(best_at=clock.now() if best else None)
    audit.record("reviews.best" if best else "reviews.not_best", review, by=by)
    if best:
        emit("reviews.best_chosen", review, product_id=review.product_id, author_id=review.author_id)


@transaction.atomic
def report(review: Review, *, reason: str, by: User, by_seller: bool = False) -> ReviewReport:
    """A bad mark is no reason: the operator decides. Raises ReasonNeeded, AlreadyReported."""
    if not reason.strip():
        raise errors.ReasonNeeded()
    made, created = ReviewReport.objects.get_or_create(
        review=review,
        reporter=by,
        defaults={"reason": reason.strip()[:300], "by_seller": by_seller, "at": clock.now()},
    )
    if not created:
        raise errors.AlreadyReported()
    return made


@transaction.atomic
def decide(made: ReviewReport, *, hide_it: bool, why: str, by: User) -> None:
    """All open reports of the review are answered at once. Raises ReasonNeeded (to hide one says why), Decided."""
    if hide_it and not why.strip():
        raise errors.ReasonNeeded()
    verdict = ReviewReport.Verdict.HIDDEN if hide_it else ReviewReport.Verdict.KEPT
    waiting = ReviewReport.objects.filter(review=made.review_id, verdict="")
    if not waiting.update(verdict=verdict, why=why.strip()[:200], decided_by=by, decided_at=clock.now()):
        raise errors.Decided()
    if hide_it:
        hide(made.review, by=by, why=why)
    else:
        audit.record("reviews.report_kept", made.review, by=by, why=why)


@transaction.atomic
def hide(review: Review, *, by: User, why: str) -> None:
    """The operator takes a review off the page (insult, personal data); it is kept, and its author is told why.

    전자상거래법 제21조: a review is not taken down without a reason. Raises ReasonNeeded.
    """
    if not why.strip():
        raise errors.ReasonNeeded()
    review.hidden, review.hidden_why, review.best_at = True, why.strip()[:200], None
    review.save(update_fields=["hidden", "hidden_why", "best_at"])
    audit.record("reviews.hidden", review, by=by, why=why)
    emit("reviews.hidden", review, product_id=review.product_id, author_id=review.author_id, why=review.hidden_why)


@transaction.atomic
def show_again(review: Review, *, by: User) -> None:
    review.hidden, review.hidden_why = False, ""
    review.save(update_fields=["hidden", "hidden_why"])
    audit.record("reviews.shown_again", review, by=by)
    emit("reviews.shown_again", review, product_id=review.product_id, author_id=review.author_id)
    emit("reviews.changed", review, product_id=review.product_id, rating=review.rating)


def _said(rating: int, text: str) -> str:
    if not 1 <= rating <= 5:
        raise StarsMissing()
    if len(text.strip()) < SHORTEST:
        raise ReviewEmpty()
    return text.strip()


def _add_photos(review: Review, photos: Iterable[Picture], later: bool = False) -> int:
    made = ReviewPhoto.objects.bulk_create(
        ReviewPhoto(review=review, image=p.name, width=p.width, height=p.height, later=later) for p in photos
    )
    return len(made)
