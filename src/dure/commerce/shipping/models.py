"""Parcels on their way, and what the carrier says of them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from dure.commerce.orders.models import ProductOrder
from dure.commerce.sellers.models import Seller
from dure.kit import clock


class Parcel(models.Model):
    """One waybill. A waybill number of a carrier is used once (a reuse is refused)."""

    class Direction(models.TextChoices):
        OUT = "OUT", _("배송")
        BACK = "BACK", _("반품 수거")

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="parcels")
    carrier = models.CharField(_("택배사"), max_length=20)  # integrations.carrier code
    waybill = models.CharField(_("운송장 번호"), max_length=30)
    direction = models.CharField(max_length=4, choices=Direction.choices, default=Direction.OUT)
    lines = models.ManyToManyField(ProductOrder, related_name="parcels")
    last_event = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["carrier", "waybill"], name="waybill_used_once")]
        indexes = [models.Index(fields=["created_at"], condition=models.Q(delivered_at=None), name="parcels_under_way")]


class TrackingEvent(models.Model):
    class Kind(models.TextChoices):
        PICKED_UP = "PICKED_UP", _("집화")
        IN_TRANSIT = "IN_TRANSIT", _("이동 중")
        OUT_FOR_DELIVERY = "OUT_FOR_DELIVERY", _("배달 출발")
        DELIVERED = "DELIVERED", _("배달 완료")
        FAILED = "FAILED", _("배달 실패")

    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    at = models.DateTimeField()
    place = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["parcel", "kind", "at"], name="tracking_event_once")]
