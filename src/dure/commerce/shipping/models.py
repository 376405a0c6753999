"""Parcels on their way, and what the carrier says of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dure.commerce.orders.models import ProductOrder
from dure.commerce.sellers.models import Seller
from dure.integrations.carrier.carriers import CARRIERS
from dure.kit import clock


class Parcel(models.Model):
    """Goods on one way together: a waybill of a carrier, or brought by somebody else (`method`).

    A waybill number of a carrier is used once in six months: carriers come back to their numbers, `retired_at` lets go.
    """

    class Direction(models.TextChoices):
        OUT = "OUT", _("배송")
        BACK = "BACK", _("반품 수거")

    class Method(models.TextChoices):  # Naver's deliveryMethod
        DELIVERY = "DELIVERY", _("택배")
        DIRECT_DELIVERY = "DIRECT_DELIVERY", _("직접 배달")
        VISIT_RECEIPT = "VISIT_RECEIPT", _("손님이 가지러 오심")
        QUICK_SVC = "QUICK_SVC", _("퀵서비스")
        NOTHING = "NOTHING", _("보낼 물건 없음")
        RETURN_DESIGNATED = "RETURN_DESIGNATED", _("판매자가 부른 택배로 수거")
        RETURN_INDIVIDUAL = "RETURN_INDIVIDUAL", _("손님이 직접 보냄")

    BY_HAND = [Method.DIRECT_DELIVERY, Method.VISIT_RECEIPT, Method.QUICK_SVC, Method.NOTHING]

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="parcels")
    method = models.CharField(
        _("보내는 방법"), max_length=17, choices=Method.choices, default="DELIVERY", db_default="DELIVERY"
    )
    carrier = models.CharField(_("택배사"), max_length=20, blank=True)  # integrations.carrier code; empty: by hand
    waybill = models.CharField(_("운송장 번호"), max_length=30, blank=True)
    note = models.CharField(_("전달 메모"), max_length=100, blank=True, default="", db_default="")
    direction = models.CharField(max_length=4, choices=Direction.choices, default=Direction.OUT)
    lines = models.ManyToManyField(ProductOrder, through="ParcelLine", related_name="parcels")
    last_event = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    delivered_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)  # its waybill may be used again

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["carrier", "waybill"], condition=Q(retired_at=None) & ~Q(waybill=""), name="waybill_in_use_once"
            ),
        ]
        indexes = [
            models.Index(fields=["created_at"], condition=Q(delivered_at=None), name="parcels_under_way"),
            models.Index(fields=["waybill"], condition=~Q(waybill=""), name="parcels_by_waybill"),
        ]

    @property
    def is_tracked(self) -> bool:
        """The carrier tells where it is; of others the seller says when they have arrived."""
        carrier = CARRIERS.get(self.carrier)
        return carrier is not None and bool(carrier.tracker)

    @property
    def last_event_words(self) -> str:
        """What the carrier said last, as a word."""
        return str(dict(TrackingEvent.Kind.choices).get(self.last_event, self.last_event))


class ParcelLine(models.Model):
    """How many pieces of a line are in a parcel. A line may come in several parcels, a parcel hold several lines."""

    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="contents")
    productorder = models.ForeignKey(ProductOrder, on_delete=models.CASCADE, related_name="packed")
    quantity = models.PositiveSmallIntegerField(null=True)  # none: all of the line (parcels of before it was counted)

    class Meta:
        db_table = "shipping_parcel_lines"
        constraints = [
            models.UniqueConstraint(fields=["parcel", "productorder"], name="line_once_in_a_parcel"),
            models.CheckConstraint(condition=Q(quantity=None) | Q(quantity__gte=1), name="packed_quantity_positive"),
        ]


class WaybillChange(models.Model):
    """A waybill was mistyped and corrected: what it had been, and what the carrier had said of the wrong one."""

    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="corrections")
    carrier = models.CharField(max_length=20)
    waybill = models.CharField(max_length=30)
    dropped = models.JSONField(default=list)  # scans of the wrong parcel: [kind, at, place]
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "id"]


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
