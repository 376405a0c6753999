"""Payments and refunds. Statuses are Toss's words; what Toss says is fetched, never believed from a webhook."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dure.commerce.orders.models import Order
from dure.kit import clock


class PaymentStatus(models.TextChoices):
    READY = "READY", _("결제 전")
    IN_PROGRESS = "IN_PROGRESS", _("확인 중")
    WAITING_FOR_DEPOSIT = "WAITING_FOR_DEPOSIT", _("입금 대기")
    DONE = "DONE", _("결제 완료")
    PARTIAL_CANCELED = "PARTIAL_CANCELED", _("일부 환불")
    CANCELED = "CANCELED", _("전체 환불")
    ABORTED = "ABORTED", _("결제 실패")
    EXPIRED = "EXPIRED", _("시간 초과")


class Payment(models.Model):
    """What is to be paid for an order. A failed try may be followed by another one, until the order expires."""

    MOVES = {
        "READY": {"IN_PROGRESS", "EXPIRED"},
        "IN_PROGRESS": {"DONE", "ABORTED", "EXPIRED", "WAITING_FOR_DEPOSIT"},
        "WAITING_FOR_DEPOSIT": {"DONE", "EXPIRED"},
        "ABORTED": {"IN_PROGRESS", "EXPIRED"},
        "DONE": {"PARTIAL_CANCELED", "CANCELED"},
        "PARTIAL_CANCELED": {"PARTIAL_CANCELED", "CANCELED"},
        "CANCELED": set(),
        "EXPIRED": {"DONE"},  # money that came after all; it is refunded
    }
    TOOK_MONEY = [PaymentStatus.DONE, PaymentStatus.PARTIAL_CANCELED, PaymentStatus.CANCELED]
    SETTLED = [*TOOK_MONEY, PaymentStatus.WAITING_FOR_DEPOSIT]  # a confirm has been answered with yes

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="payment")
    status = models.CharField(max_length=20, choices=PaymentStatus.choices, default=PaymentStatus.READY)
    amount = models.PositiveIntegerField()  # won, the order's pay_total
    payment_key = models.CharField(max_length=200, null=True, unique=True)
    method = models.CharField(max_length=40, blank=True)
    refunded = models.PositiveIntegerField(default=0)  # authorised refunds, those under way included
    failure = models.CharField(max_length=300, blank=True)
    receipt_url = models.URLField(max_length=500, blank=True)
    told = models.JSONField(default=dict)  # the provider's own words
    created_at = models.DateTimeField(default=clock.now)
    asked_at = models.DateTimeField(null=True)  # the last confirm was sent
    approved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(refunded__lte=F("amount")), name="refunds_within_payment"),
        ]
        indexes = [models.Index(fields=["asked_at"], condition=Q(status="IN_PROGRESS"), name="payments_unfinished")]

    def __str__(self) -> str:
        return self.order.number


class Refund(models.Model):
    """A part of a payment on its way back, in two phases: authorised in the ledger, then asked of the provider."""

    class Status(models.TextChoices):
        REQUESTED = "REQUESTED", _("환불 중")
        DONE = "DONE", _("환불 완료")
        FAILED = "FAILED", _("환불 실패")

    MOVES = {"REQUESTED": {"DONE", "FAILED"}, "DONE": set(), "FAILED": {"REQUESTED"}}

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    ref = models.CharField(max_length=60, unique=True)  # "claim:12", "late:34": one refund per cause
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.REQUESTED)
    amount = models.PositiveIntegerField()  # won, what the buyer gets
    reason = models.CharField(max_length=200)
    journal = models.BigIntegerField(null=True)  # the authorising journal
    claim = models.BigIntegerField(null=True, db_index=True)
    transaction_key = models.CharField(max_length=64, blank=True)
    failure = models.CharField(max_length=300, blank=True)
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)  # asked anew after a refusal
    created_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True)


class VirtualAccount(models.Model):
    """가상계좌: a number the buyer pays into until `due_at`. It is the provider's, not the buyer's: no secret."""

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="virtual_account")
    bank_code = models.CharField(max_length=3)
    number = models.CharField(max_length=20)
    customer_name = models.CharField(max_length=60, blank=True)
    due_at = models.DateTimeField()
    secret = models.CharField(max_length=60)  # what the provider's word of a deposit must know
    issued_at = models.DateTimeField(default=clock.now)
    looked_at = models.DateTimeField(default=clock.now)  # the provider was last asked
    over_at = models.DateTimeField(null=True)  # paid into, or closed
    reversed_at = models.DateTimeField(null=True)  # the bank took a deposit back, and none has come since

    class Meta:
        indexes = [models.Index(fields=["looked_at"], condition=Q(over_at=None), name="accounts_awaiting")]

    def __str__(self) -> str:
        return self.number


class RefundAccount(models.Model):
    """Where the money of a virtual account goes back: the buyer's own account, its number encrypted (`virtual`)."""

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="refund_account")
    bank_code = models.CharField(max_length=3)
    number_encrypted = models.BinaryField()
    number_tail = models.CharField(max_length=4)
    holder = models.CharField(max_length=60)
    told_at = models.DateTimeField(default=clock.now)
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    @property
    def shown(self) -> str:
        return f"····{self.number_tail}"


class Receipt(models.Model):
    """현금영수증: one issued for a payment, and a cancel for each of its refunds (`receipts`)."""

    class Kind(models.TextChoices):
        ISSUE = "ISSUE", _("발급")
        CANCEL = "CANCEL", _("발급 취소")

    class Status(models.TextChoices):
        REQUESTED = "REQUESTED", _("발급 중")
        DONE = "DONE", _("발급 완료")
        FAILED = "FAILED", _("발급 실패")

    MOVES = {"REQUESTED": {"DONE", "FAILED"}, "DONE": set(), "FAILED": {"REQUESTED"}}

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="receipts")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    ref = models.CharField(max_length=60, unique=True)  # "payment:1", "refund:2": one per cause
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.REQUESTED)
    amount = models.PositiveIntegerField()  # won
    unasked = models.BooleanField(default=False)  # 자진발급: the law wants one although the buyer asked for none
    tries = models.PositiveSmallIntegerField(default=0)
    receipt_key = models.CharField(max_length=200, blank=True)
    issue_number = models.CharField(max_length=20, blank=True)  # 국세청 승인번호
    url = models.URLField(max_length=500, blank=True)
    failure = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payment"], condition=Q(kind="ISSUE"), name="one_receipt_per_payment"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="receipt_of_something"),
        ]


class ProviderRow(models.Model):
    """One row of the payment provider's own settlement: a sale or a cancel, its fee, the day it was paid into our bank."""

    transaction_key = models.CharField(max_length=64, unique=True)
    payment = models.ForeignKey(Payment, null=True, on_delete=models.PROTECT, related_name="provider_rows")
    amount = models.IntegerField()  # negative for a cancel
    fee = models.IntegerField()
    fee_vat = models.IntegerField()
    paid_out_on = models.DateField(db_index=True)
    booked_at = models.DateTimeField(null=True)
    told = models.JSONField(default=dict)
