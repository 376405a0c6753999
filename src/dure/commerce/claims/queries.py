"""Claims as the people see them who have to do something about them."""

from __future__ import annotations

from typing import Any

from django.db import models

from dure.commerce.claims.models import Claim
from dure.commerce.orders.rules import OPEN_CLAIM
from dure.commerce.sellers.models import Seller


def open_claims_of(seller: Seller) -> models.QuerySet[Claim]:
    return Claim.objects.filter(seller=seller, status__in=OPEN_CLAIM)


def claims_of_seller(user: Any) -> models.QuerySet[Claim]:
    """Claims on lines of the sellers `user` works for, with what a list shows."""
    return Claim.objects.of_seller_user(user).select_related(
        "product_order__order__buyer", "product_order__seller", "opened_by"
    )
