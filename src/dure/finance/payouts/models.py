"""A seller's money on its way to the bank."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dure.commerce.sellers.models import PayoutAccount, Seller
from dure.kit import clock


class PayoutStatus(models.TextChoices):
    SCHEDULED = "SCHEDULED", _("지급 예정")
    REQUESTED = "REQUESTED", _("지급 요청")
    IN_PROGRESS = "IN_PROGRESS", _("은행 처리 중")
    COMPLETED = "COMPLETED", _("지급 완료")
    FAILED = "FAILED", _("지급 실패")
    CANCELED = "CANCELED", _("지급 취소")
    RETURNED_BY_BANK = "RETURNED_BY_BANK", _("은행 반송")


class Payout(models.Model):
    """Authorised in the ledger before anybody is called; `ref` is our own key at the provider as well."""

    MOVES = {
        "SCHEDULED": {"REQUESTED", "FAILED", "CANCELED"},
        "REQUESTED": {"IN_PROGRESS", "COMPLETED", "FAILED", "CANCELED"},
        "IN_PROGRESS": {"COMPLETED", "FAILED", "CANCELED"},
        "COMPLETED": {"RETURNED_BY_BANK"},
        "FAILED": set(),
        "CANCELED": set(),
        "RETURNED_BY_BANK": set(),
    }
    UNDER_WAY = [PayoutStatus.SCHEDULED, PayoutStatus.REQUESTED, PayoutStatus.IN_PROGRESS]

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="payouts")
    account = models.ForeignKey(PayoutAccount, null=True, on_delete=models.PROTECT, related_name="payouts")
    ref = models.CharField(max_length=40, unique=True)  # "statement:12", and with a tail when tried again
    amount = models.PositiveIntegerField()  # won
    status = models.CharField(max_length=16, choices=PayoutStatus.choices, default=PayoutStatus.SCHEDULED)
    provider_id = models.CharField(max_length=40, blank=True)
    failure = models.CharField(max_length=300, blank=True)
    told = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=clock.now)
    asked_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gte=1), name="payout_pays")]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=Q(status__in=["SCHEDULED", "REQUESTED", "IN_PROGRESS"]),
                name="payouts_under_way",
            )
        ]

    def __str__(self) -> str:
        return self.ref
