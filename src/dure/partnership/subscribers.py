"""What the partner desk hears from below: milestones of the merchants it found, and businesses to be asked about."""

from __future__ import annotations

import contextlib

from django.db import transaction

from dure.commerce.catalog.models import Product
from dure.commerce.orders.models import ProductOrder
from dure.kit.outbox import Event, on
from dure.partnership import queries
from dure.partnership.actions import reach
from dure.partnership.models import Milestone


@on("partnership.captured", "partnership.business_learnt")
def ask_the_tax_service(event: Event) -> None:
    """Deferred to the worker: a capture never waits for the outside."""
    from procrastinate.exceptions import AlreadyEnqueued

    from dure.partnership.tasks import check_new_businesses

    if event.payload.get("business"):
        # A job that waits already will find this business too; its refusal must not spoil our transaction.
        with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
            check_new_businesses.defer()


@on("sellers.joined")
def the_owner_joined(event: Event) -> None:
    _reached(int(event.aggregate.split(":")[1]), Milestone.Code.JOINED, event)


@on("sellers.approved")
def the_merchant_was_approved(event: Event) -> None:
    _reached(int(event.aggregate.split(":")[1]), Milestone.Code.APPROVED, event)


@on("catalog.product_on_sale")
def the_first_product_went_on_sale(event: Event) -> None:
    product = Product.objects.get(pk=int(event.aggregate.split(":")[1]))
    _reached(product.seller_id, Milestone.Code.ON_SALE, event)


@on("orders.paid")
def something_was_sold(event: Event) -> None:
    order = int(event.aggregate.split(":")[1])
    for seller in ProductOrder.objects.filter(order=order).values_list("seller", flat=True).distinct():
        _reached(seller, Milestone.Code.FIRST_SALE, event)


def _reached(seller_id: int, code: str, event: Event) -> None:
    lead = queries.lead_of_seller(seller_id)
    if lead:
        reach(lead, code, event.occurred_at)
