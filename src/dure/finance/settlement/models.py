"""What a seller is due for each line, and the statement that pays it."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dure.commerce.orders.models import ProductOrder, ShippingCharge
from dure.commerce.sellers.models import Seller
from dure.kit import clock


class SettlementPolicy(models.Model):
    """How many business days after the purchase confirmation a seller is paid, from a day on. No policy: one day.

    The law's plan is 20 days at most (공정거래위원회, 2024-10-18); the house pays on the next business day.
    """

    since = models.DateField(unique=True)
    business_days = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(business_days__lte=20), name="paid_within_20_days")]


class StatementQuerySet(models.QuerySet["Statement"]):
    def of(self, user: Any) -> Self:
        return self.filter(seller__members__user_id=user.pk or 0)


class Statement(models.Model):
    """정산서: what a seller gets on a due date. total = sum of its lines' net (a trigger sees to it)."""

    class Status(models.TextChoices):
        MADE = "MADE", _("지급 준비")
        PAID = "PAID", _("지급 완료")
        FAILED = "FAILED", _("지급 실패")
        NETTED = "NETTED", _("상계로 끝남")

    MOVES = {"MADE": {"PAID", "FAILED", "NETTED"}, "FAILED": {"MADE"}, "PAID": {"FAILED"}, "NETTED": set()}

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="statements")
    number = models.CharField(max_length=24, unique=True)
    due_date = models.DateField()
    status = models.CharField(max_length=6, choices=Status.choices, default=Status.MADE)
    goods = models.BigIntegerField()  # won: goods sold
    discounts = models.BigIntegerField()  # the seller's share of discounts
    shipping = models.BigIntegerField()  # shipping and return fees
    commission = models.BigIntegerField()
    vat = models.BigIntegerField()  # on the commission
    total = models.BigIntegerField()  # goods - discounts + shipping - commission - vat
    netted = models.BigIntegerField(default=0)  # 상계: taken for what the seller owes
    pay_amount = models.BigIntegerField()  # total - netted
    tries = models.PositiveSmallIntegerField(default=1)
    made_at = models.DateTimeField(default=clock.now)
    completed_at = models.DateTimeField(null=True)

    objects = StatementQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["seller", "-due_date"], name="statements_of_seller")]
        constraints = [
            models.CheckConstraint(
                condition=Q(total=F("goods") - F("discounts") + F("shipping") - F("commission") - F("vat")),
                name="statement_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(pay_amount=F("total") - F("netted")) & Q(pay_amount__gte=0) & Q(netted__gte=0),
                name="statement_pays_the_rest",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def payout_ref(self) -> str:
        return f"statement:{self.pk}" + (f"/{self.tries}" if self.tries > 1 else "")


class SettlementLine(models.Model):
    """One entitlement of a seller; changes come as new lines, never as edits."""

    class Kind(models.TextChoices):
        SALE = "SALE", _("상품 판매")
        SHIPPING = "SHIPPING", _("배송비")
        RETURN_FEE = "RETURN_FEE", _("반품 배송비")
        AFTER_RETURN = "AFTER_RETURN", _("정산 후 반품")  # a debt, netted against a later statement

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="settlement_lines")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    ref = models.CharField(max_length=40, unique=True)  # "sale:12", "shipping:3", "claim:4"
    product_order = models.ForeignKey(
        ProductOrder, null=True, on_delete=models.PROTECT, related_name="settlement_lines"
    )
    shipping_charge = models.ForeignKey(ShippingCharge, null=True, on_delete=models.PROTECT, related_name="+")
    basis_date = models.DateField()  # 정산기준일
    due_date = models.DateField()  # 정산예정일
    goods = models.BigIntegerField(default=0)
    discount = models.BigIntegerField(default=0)
    shipping = models.BigIntegerField(default=0)
    commission = models.BigIntegerField(default=0)
    vat = models.BigIntegerField(default=0)
    net = models.BigIntegerField()
    statement = models.ForeignKey(Statement, null=True, on_delete=models.PROTECT, related_name="lines")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(
                fields=["seller", "due_date"],
                condition=Q(statement=None) & ~Q(kind="AFTER_RETURN"),
                name="lines_to_settle",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(net=F("goods") - F("discount") + F("shipping") - F("commission") - F("vat")),
                name="settlement_line_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(kind="AFTER_RETURN", statement=None) | ~Q(kind="AFTER_RETURN"), name="debts_are_netted"
            ),
        ]


class Hold(models.Model):
    """지급보류: nothing is paid to the seller until released."""

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField(max_length=200)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField(default=clock.now)
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller"], condition=Q(released_at=None), name="one_hold_at_a_time")
        ]
