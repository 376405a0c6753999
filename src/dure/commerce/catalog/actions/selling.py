"""The review, and being for sale."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db import transaction

from dure.commerce.catalog import errors, queries
from dure.commerce.catalog.models import Product, ProductStatus
from dure.commerce.sellers.actions import refuse_expired
from dure.kit import clock
from dure.kit.outbox import emit
from dure.kit.states import WrongState, move
from dure.people.models import User


@transaction.atomic
def submit_for_review(product: Product, *, by: User | None) -> None:
    """Raises NotComplete with what is still to be done, DocumentsExpired."""
    refuse_expired(product.seller)
    open_points = queries.missing(product)
    if open_points:
        raise errors.NotComplete(missing=", ".join(str(point.label) for point in open_points))
    move(product, ProductStatus.IN_REVIEW, by=by, submitted_at=clock.now(), review_note="")
    emit("catalog.submitted", product, seller=product.seller_id)


@transaction.atomic
def withdraw(product: Product, *, by: User | None) -> None:
    """Back to a draft before anybody decided."""
    move(product, ProductStatus.DRAFT, by=by)


@transaction.atomic
def approve(product: Product, *, by: User | None) -> None:
    move(
        product,
        ProductStatus.ON_SALE,
        by=by,
        only_from=[ProductStatus.IN_REVIEW],
        on_sale_at=clock.now(),
        review_note="",
    )
    emit("catalog.product_on_sale", product, seller=product.seller_id, name=product.name)


@transaction.atomic
def reject(product: Product, *, why: str, by: User | None) -> None:
    """Back to the seller with what has to be mended. Raises ReasonNeeded."""
    _stop(product, ProductStatus.REJECTED, why, by)
    emit("catalog.rejected", product, seller=product.seller_id, why=why)


@transaction.atomic
def prohibit(product: Product, *, why: str, by: User | None) -> None:
    """May never be sold here. Raises ReasonNeeded."""
    _stop(product, ProductStatus.PROHIBITED, why, by)
    emit("catalog.taken_off", product, seller=product.seller_id)


@transaction.atomic
def suspend(product: Product, *, by: User | None, why: str = "") -> None:
    """The seller stops selling for a while."""
    move(product, ProductStatus.SUSPENDED, by=by, why=why)
    emit("catalog.taken_off", product, seller=product.seller_id)


@transaction.atomic
def resume(product: Product, *, by: User | None) -> None:
    move(product, ProductStatus.ON_SALE, by=by, only_from=[ProductStatus.SUSPENDED])
    emit("catalog.product_on_sale", product, seller=product.seller_id, name=product.name)


@transaction.atomic
def end(product: Product, *, by: User | None) -> None:
    """For good; its page stays for those who bought it."""
    move(product, ProductStatus.ENDED, by=by)
    emit("catalog.taken_off", product, seller=product.seller_id)


def _stop(product: Product, to: str, why: str, by: User | None) -> None:
    if not why.strip():
        raise errors.ReasonNeeded()
    move(product, to, by=by, why=why, review_note=why.strip())


def suspend_all(products: Iterable[Product], *, by: User | None) -> list[Product]:
    """Stop selling several; those not on sale stay as they are. Returns the ones that were stopped."""
    return _each(products, suspend, by)


def resume_all(products: Iterable[Product], *, by: User | None) -> list[Product]:
    return _each(products, resume, by)


def _each(products: Iterable[Product], deed: Callable[..., None], by: User | None) -> list[Product]:
    done = []
    for product in products:
        try:
            deed(product, by=by)
        except WrongState:
            continue
        done.append(product)
    return done
