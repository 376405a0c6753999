"""Cancels, returns and exchanges: a list of claims on a line, each for a quantity."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dure.commerce.orders.models import ProductOrder
from dure.kit import clock


class ClaimQuerySet(models.QuerySet["Claim"]):
    def of_buyer(self, user: Any) -> Self:
        return self.filter(product_order__order__buyer_id=user.pk or 0)

    def of_seller_user(self, user: Any) -> Self:
        return self.filter(product_order__seller__members__user_id=user.pk or 0)


class Claim(models.Model):
    class Kind(models.TextChoices):
        CANCEL = "CANCEL", _("취소")
        RETURN = "RETURN", _("반품")
        EXCHANGE = "EXCHANGE", _("교환")

    class Status(models.TextChoices):
        REQUESTED = "REQUESTED", _("접수")
        COLLECTING = "COLLECTING", _("수거 중")
        COLLECTED = "COLLECTED", _("수거 완료")
        REDELIVERING = "REDELIVERING", _("교환품 배송 중")
        DONE = "DONE", _("완료")
        WITHDRAWN = "WITHDRAWN", _("철회")
        REJECTED = "REJECTED", _("거부")

    class Fault(models.TextChoices):
        BUYER = "BUYER", _("구매자 사정")
        SELLER = "SELLER", _("판매자 사정")
        CARRIER = "CARRIER", _("배송 사고")

    MOVES = {
        "REQUESTED": {"COLLECTING", "DONE", "WITHDRAWN", "REJECTED"},
        "COLLECTING": {"COLLECTED", "WITHDRAWN", "REJECTED"},
        "COLLECTED": {"DONE", "REDELIVERING", "REJECTED"},
        "REDELIVERING": {"DONE"},
        "DONE": set(),
        "WITHDRAWN": set(),
        "REJECTED": set(),
    }

    product_order = models.ForeignKey(ProductOrder, on_delete=models.PROTECT, related_name="claims")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.REQUESTED)
    quantity = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=24)  # Naver's codes: INTENT_CHANGED, BROKEN, WRONG_DELIVERY, …
    fault = models.CharField(max_length=8, choices=Fault.choices)
    detail = models.TextField(blank=True)
    key = models.UUIDField(unique=True)  # the form's key
    # Money, won, as shown to the buyer before the request and fixed when done.
    goods_refund = models.PositiveIntegerField(default=0)
    shipping_refund = models.PositiveIntegerField(default=0)
    return_fee = models.PositiveIntegerField(default=0)  # taken from the refund, the seller's
    refund_amount = models.PositiveIntegerField(default=0)  # goods + shipping - return fee
    collect_carrier = models.CharField(max_length=20, blank=True)
    collect_waybill = models.CharField(max_length=30, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    collected_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)  # the seller's words when rejecting
    refunded_at = models.DateTimeField(null=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="claim_quantity_positive"),
            models.UniqueConstraint(
                fields=["product_order"],
                condition=Q(status__in=["REQUESTED", "COLLECTING", "COLLECTED", "REDELIVERING"]),
                name="one_open_claim_per_line",
            ),
        ]


class Evidence(models.Model):
    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="evidence")
    image = models.CharField(max_length=200)
