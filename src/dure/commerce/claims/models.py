"""Cancels, returns and exchanges: a list of claims on a line, each for a quantity."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dure.commerce.catalog.models import Option
from dure.commerce.orders.models import ProductOrder, bought_by
from dure.commerce.sellers.models import Seller
from dure.commerce.shipping.models import Parcel
from dure.kit import clock


class ClaimQuerySet(models.QuerySet["Claim"]):
    def of_buyer(self, user: Any) -> Self:
        return self.filter(bought_by(user, "product_order__order__"))

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

    class FeeMethod(models.TextChoices):
        DEDUCTED = "DEDUCTED", _("환불에서 빼기")
        ENCLOSED = "ENCLOSED", _("상자에 동봉")
        BILLED = "BILLED", _("판매자에게 따로 보내기")

    class CollectStatus(models.TextChoices):  # Naver's collectStatus
        NOT_REQUESTED = "NOT_REQUESTED", _("수거 전")
        COLLECT_REQUEST_TO_AGENT = "COLLECT_REQUEST_TO_AGENT", _("판매자에게 수거 부탁")
        COLLECT_REQUEST_TO_DELIVERY_COMPANY = "COLLECT_REQUEST_TO_DELIVERY_COMPANY", _("택배사에 수거 부탁")
        COLLECT_WAITING = "COLLECT_WAITING", _("수거 기다림")
        DELIVERING = "DELIVERING", pgettext_lazy("collect", "돌아오는 중")
        DELIVERED = "DELIVERED", pgettext_lazy("collect", "돌아옴")
        COLLECT_FAILED = "COLLECT_FAILED", _("수거 실패")
        WRONG_INVOICE = "WRONG_INVOICE", _("송장 오류")
        COLLECT_CANCELED = "COLLECT_CANCELED", _("수거 취소")

    class HoldReason(models.TextChoices):  # Naver's holdbackReason, the ones a seller chooses from
        RETURN_DELIVERYFEE = "RETURN_DELIVERYFEE", _("반품 배송비를 받지 못함")
        EXCHANGE_DELIVERYFEE = "EXCHANGE_DELIVERYFEE", _("교환 배송비를 받지 못함")
        EXTRAFEEE = "EXTRAFEEE", _("추가 비용을 받지 못함")
        RETURN_PRODUCT_NOT_DELIVERED = "RETURN_PRODUCT_NOT_DELIVERED", _("반품 상품이 오지 않음")
        EXCHANGE_PRODUCT_READY = "EXCHANGE_PRODUCT_READY", _("교환 상품 준비 중")
        SELLER_CONFIRM_NEED = "SELLER_CONFIRM_NEED", _("판매자 확인 필요")
        PURCHASER_CONFIRM_NEED = "PURCHASER_CONFIRM_NEED", _("구매자 확인 필요")
        ETC = "ETC", _("기타")

    MOVES = {
        "REQUESTED": {"COLLECTING", "COLLECTED", "DONE", "WITHDRAWN", "REJECTED"},
        "COLLECTING": {"COLLECTED", "WITHDRAWN", "REJECTED", "DONE"},
        "COLLECTED": {"DONE", "REDELIVERING", "REJECTED"},
        "REDELIVERING": {"DONE"},
        "DONE": set(),
        "WITHDRAWN": set(),
        "REJECTED": set(),
    }
    BLOCKING = ["REQUESTED", "COLLECTING", "COLLECTED"]  # keeps its line from being sent or confirmed
    OVER = ["DONE", "REDELIVERING"]  # its money is fixed

    product_order = models.ForeignKey(ProductOrder, on_delete=models.PROTECT, related_name="claims")
    seller = models.ForeignKey(  # the line's, so that a seller's open claims are one index away
        Seller, null=True, on_delete=models.PROTECT, related_name="claims", db_index=False
    )
    kind = models.CharField(max_length=8, choices=Kind.choices)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.REQUESTED)
    quantity = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=24)  # Naver's codes: INTENT_CHANGED, BROKEN, WRONG_DELIVERY, …
    fault = models.CharField(max_length=8, choices=Fault.choices)
    detail = models.TextField(blank=True)
    key = models.UUIDField(unique=True)  # the form's key
    group = models.UUIDField(
        null=True, db_index=True
    )  # asked for together: they come back in one parcel, at one freight
    came_from = models.ForeignKey(  # the cancel that came too late: its goods had left
        "self", null=True, on_delete=models.PROTECT, related_name="became"
    )
    # Money, won, as shown to the buyer before the request and fixed when done.
    goods_refund = models.PositiveIntegerField(default=0)
    shipping_refund = models.PositiveIntegerField(default=0)
    fee_due = models.PositiveIntegerField(default=0, db_default=0)  # freight the buyer bears
    first_freight = models.PositiveIntegerField(default=0, db_default=0)  # of it for the way out (초도배송비)
    fee_method = models.CharField(
        max_length=8, choices=FeeMethod.choices, default=FeeMethod.DEDUCTED, db_default="DEDUCTED"
    )
    fee_received_at = models.DateTimeField(null=True)  # enclosed or billed freight has come
    return_fee = models.PositiveIntegerField(default=0)  # taken from the refund, the seller's
    refund_amount = models.PositiveIntegerField(default=0)  # goods + shipping - return fee
    # An exchange: what for, the line that stands for the pieces from then on, and the won that went over to it.
    exchange_option = models.ForeignKey(Option, null=True, on_delete=models.PROTECT, related_name="+")
    replacement = models.OneToOneField(ProductOrder, null=True, on_delete=models.PROTECT, related_name="exchange")
    moved_amount = models.PositiveIntegerField(default=0, db_default=0)
    # The way back.
    collect_method = models.CharField(max_length=17, default="RETURN_DESIGNATED", db_default="RETURN_DESIGNATED")
    collect_status = models.CharField(
        max_length=36, choices=CollectStatus.choices, default=CollectStatus.NOT_REQUESTED, db_default="NOT_REQUESTED"
    )
    collect_parcel = models.ForeignKey(Parcel, null=True, on_delete=models.PROTECT, related_name="claims")
    collect_carrier = models.CharField(max_length=20, blank=True)
    collect_waybill = models.CharField(max_length=30, blank=True)
    # 보류: the claim waits for something until a day.
    hold_reason = models.CharField(max_length=28, choices=HoldReason.choices, blank=True, default="", db_default="")
    hold_detail = models.CharField(max_length=200, blank=True, default="", db_default="")
    hold_until = models.DateField(null=True)
    answer_due = models.DateField(null=True)  # the seller should have answered by then
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    collected_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)  # the seller's words when rejecting
    forced_by = models.ForeignKey(  # 직권: the operator decided over the heads of the two
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    refunded_at = models.DateTimeField(null=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["seller", "-opened_at"], name="claims_of_seller"),
            models.Index(
                fields=["seller", "kind", "answer_due"],
                condition=Q(status__in=["REQUESTED", "COLLECTING", "COLLECTED", "REDELIVERING"]),
                name="claims_open",
            ),
            models.Index(fields=["hold_until"], condition=~Q(hold_reason=""), name="claims_held"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="claim_quantity_positive"),
            models.CheckConstraint(
                condition=Q(refund_amount=F("goods_refund") + F("shipping_refund") - F("return_fee")),
                name="claim_refund_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(return_fee=0) | Q(fee_method="DEDUCTED", return_fee__lte=F("goods_refund")),
                name="only_what_is_deducted_is_kept",
            ),
            models.CheckConstraint(condition=~Q(status="DONE") | Q(hold_reason=""), name="held_claims_are_not_done"),
            models.UniqueConstraint(
                fields=["product_order"],
                condition=Q(status__in=["REQUESTED", "COLLECTING", "COLLECTED"]),
                name="one_open_claim_per_line",
            ),
        ]

    @property
    def is_held(self) -> bool:
        return bool(self.hold_reason)

    @property
    def fee_is_awaited(self) -> bool:
        """Freight that comes apart from the refund, and has not come yet."""
        return bool(self.fee_due and self.fee_method != self.FeeMethod.DEDUCTED and not self.fee_received_at)


class Evidence(models.Model):
    """A picture of what is wrong, of either side."""

    class Side(models.TextChoices):
        BUYER = "BUYER", _("구매자")
        SELLER = "SELLER", _("판매자")
        OPERATOR = "OPERATOR", _("두레")

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="evidence")
    image = models.CharField(max_length=200)
    side = models.CharField(max_length=8, choices=Side.choices, default=Side.BUYER, db_default="BUYER")
    added_at = models.DateTimeField(null=True)


class Step(models.Model):
    """One thing that happened to a claim, as buyer, seller and operator all read it."""

    class What(models.TextChoices):
        OPENED = "OPENED", _("신청했어요")
        COLLECTING = "COLLECTING", _("수거를 시작했어요")
        SENT_BACK = "SENT_BACK", _("손님이 물건을 보냈어요")
        COLLECTED = "COLLECTED", _("물건이 돌아왔어요")
        HELD = "HELD", _("보류했어요")
        RELEASED = "RELEASED", _("보류를 풀었어요")
        EVIDENCE = "EVIDENCE", _("사진을 더했어요")
        FAULT = "FAULT", _("누구 사정인지 바로잡았어요")
        FEE = "FEE", _("배송비를 받았어요")
        REDELIVERING = "REDELIVERING", _("교환품을 보냈어요")
        SHIPPED = "SHIPPED", _("이미 보낸 상품이라 반품으로 이어 가요")
        DONE = "DONE", _("끝났어요")
        REJECTED = "REJECTED", _("거부했어요")
        WITHDRAWN = "WITHDRAWN", _("신청을 거두었어요")
        REFUNDED = "REFUNDED", _("환불했어요")

    class Side(models.TextChoices):
        BUYER = "BUYER", _("구매자")
        SELLER = "SELLER", _("판매자")
        OPERATOR = "OPERATOR", _("두레")
        HOUSE = "HOUSE", _("자동")

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="steps")
    what = models.CharField(max_length=12, choices=What.choices)
    side = models.CharField(max_length=8, choices=Side.choices)
    said = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "id"]
