"""A seller's delivery templates and bundle groups. What was agreed is on the charge of an order: a change here never
touches an old one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction

from dure.commerce.catalog.models import Product
from dure.commerce.pricing.errors import NameTaken, NotYourGroup
from dure.commerce.pricing.models import BundleGroup, DeliveryTemplate
from dure.commerce.sellers.models import Seller
from dure.kit import audit, clock
from dure.people.models import User

FIELDS = (
    "name", "fee_type", "pay", "fee", "free_over", "unit", "second_from", "second_extra", "third_from", "third_extra",
    "jeju_extra", "remote_extra", "return_fee", "exchange_fee", "first_freight", "group",
)  # fmt: skip


@transaction.atomic
def save_template(
    seller: Seller, told: Mapping[str, Any], *, template: DeliveryTemplate | None, by: User
) -> DeliveryTemplate:
    """Write down a new template, or change one. Raises NameTaken, NotYourGroup."""
    group = told.get("group")
    if group is not None and group.seller_id != seller.pk:
        raise NotYourGroup()
    kept = template or DeliveryTemplate(seller=seller)
    for name in FIELDS:
        setattr(kept, name, told[name])
    kept.updated_at = clock.now()
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError as error:
        raise NameTaken() from error
    audit.record("pricing.template_saved", kept, by=by)
    return kept


@transaction.atomic
def make_default(template: DeliveryTemplate, *, by: User) -> None:
    """Products without a template of their own are sent by this one from now on."""
    Seller.objects.select_for_update().get(pk=template.seller_id)  # two presses come one after the other
    DeliveryTemplate.objects.filter(seller=template.seller_id, is_default=True).update(is_default=False)
    DeliveryTemplate.objects.filter(pk=template.pk).update(is_default=True)
    audit.record("pricing.template_default", template, by=by)


@transaction.atomic
def no_default(seller: Seller, *, by: User) -> None:
    """Back to the shop's own shipping policy."""
    for template in DeliveryTemplate.objects.select_for_update().filter(seller=seller, is_default=True):
        template.is_default = False
        template.save(update_fields=["is_default"])
        audit.record("pricing.template_not_default", template, by=by)


@transaction.atomic
def assign(seller: Seller, products: Iterable[int], template: DeliveryTemplate | None, *, by: User) -> int:
    """Send these products by a template (None: as the shop's default says). Returns how many of them are the seller's."""
    if template is not None and template.seller_id != seller.pk:
        raise NotYourGroup()
    mine = Product.objects.filter(pk__in=list(products), seller=seller)
    count = mine.update(delivery=template, updated_at=clock.now())
    if template is not None:
        audit.record("pricing.template_assigned", template, by=by, products=count)
    return count


@transaction.atomic
def save_group(seller: Seller, told: Mapping[str, Any], *, group: BundleGroup | None, by: User) -> BundleGroup:
    """Raises NameTaken."""
    kept = group or BundleGroup(seller=seller)
    for name in ("name", "method", "jeju_extra", "remote_extra"):
        setattr(kept, name, told[name])
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError as error:
        raise NameTaken() from error
    audit.record("pricing.group_saved", kept, by=by)
    return kept
