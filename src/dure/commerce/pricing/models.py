"""Prices that hold for a while, what a parcel costs, what the house takes. All are snapshotted on the order at the sale."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import BigIntegerField, F, Func, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from dure.commerce.catalog.models import Category, Option
from dure.commerce.pricing import rules
from dure.commerce.sellers.models import Seller
from dure.kit import clock


def _just(column: str) -> Any:
    """The column as a range of one number (0 for none), so that GiST compares it without an extension."""
    number = Coalesce(F(column), Value(0), output_field=BigIntegerField())
    return Func(number, number, Value("[]"), function="int8range")


class LivePrice(models.Model):
    """A price of one option while a show is on air and its allotment lasts.

    `show` is the live room's own id; commerce knows only that the price opens and closes.
    """

    option = models.ForeignKey(Option, on_delete=models.CASCADE, related_name="live_prices")
    show = models.BigIntegerField(db_index=True)
    price = models.PositiveIntegerField()  # won
    allotment = models.PositiveIntegerField(null=True)  # pieces at this price; None: while the stock lasts
    sold = models.PositiveIntegerField(default=0)
    per_buyer = models.PositiveSmallIntegerField(null=True)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["show", "option"], name="one_live_price_per_show"),
            models.UniqueConstraint(
                fields=["option"], condition=Q(opened_at__isnull=False, closed_at=None), name="one_open_live_price"
            ),
            models.CheckConstraint(condition=Q(allotment=None) | Q(sold__lte=F("allotment")), name="allotment_kept"),
            models.CheckConstraint(condition=Q(price__gte=10), name="live_price_sane"),
        ]


class CommissionPlan(models.Model):
    """The house's share of the goods, in basis points, from one day until another. VAT (10%) comes on top of it.

    The nearest plan counts (`rules.nearest_plan`): seller and category, seller, category, its parent, the house. For one
    seller and category, one plan at a time: the database refuses an overlap.
    """

    seller = models.ForeignKey(Seller, null=True, blank=True, on_delete=models.CASCADE, related_name="commission_plans")
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.CASCADE)
    basis_points = models.PositiveIntegerField()  # 500 = 5%
    since = models.DateField()
    until = models.DateField(null=True, blank=True)  # the first day it no longer holds; None: until another is made
    note = models.CharField(max_length=200, blank=True, db_default="")  # why, for the office
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField(null=True)  # the sellers it concerns were told
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(basis_points__lte=5000), name="commission_sane"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="plan_holds_a_day"),
            ExclusionConstraint(
                name="one_plan_at_a_time",
                expressions=[
                    (_just("seller_id"), "&&"),
                    (_just("category_id"), "&&"),
                    (Func(F("since"), F("until"), function="daterange"), "&&"),
                ],
            ),
        ]


class OfSeller(models.QuerySet[Any]):
    def of(self, user: Any) -> Self:
        """Those of the sellers `user` works for."""
        return self.filter(seller__members__user_id=user.pk or 0)


class BundleGroup(models.Model):
    """묶음배송 그룹: products whose templates are in one group travel together and pay one fee."""

    class Method(models.TextChoices):
        MIN = rules.MIN, _("가장 싼 배송비 한 번만")
        MAX = rules.MAX, _("가장 비싼 배송비 한 번만")

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="bundle_groups")
    name = models.CharField(_("그룹 이름"), max_length=40)
    method = models.CharField(_("배송비를 받는 방법"), max_length=3, choices=Method.choices, default=Method.MAX)
    jeju_extra = models.PositiveIntegerField(_("제주 추가"), default=3000)
    remote_extra = models.PositiveIntegerField(_("도서산간 추가"), default=5000)

    objects = OfSeller.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["seller", "name"], name="one_bundle_group_per_name")]

    def __str__(self) -> str:
        return self.name


class DeliveryTemplate(models.Model):
    """배송비 템플릿: what a product's parcel costs. Products without one are sent as their seller's shipping policy says.

    Without a bundle group a product pays its fee for itself, whatever else of the seller is bought with it.
    """

    class FeeType(models.TextChoices):
        FREE = rules.FREE, _("무료")
        CONDITIONAL_FREE = rules.CONDITIONAL_FREE, _("조건부 무료")
        PAID = rules.PAID, _("유료")
        UNIT_QUANTITY_PAID = rules.UNIT_QUANTITY_PAID, _("수량별")
        RANGE_QUANTITY_PAID = rules.RANGE_QUANTITY_PAID, _("구간별")

    class Pay(models.TextChoices):
        PREPAID = rules.PREPAID, _("선결제")
        COLLECT = rules.COLLECT, _("착불")
        COLLECT_OR_PREPAID = rules.COLLECT_OR_PREPAID, _("착불 또는 선결제")

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="delivery_templates")
    name = models.CharField(_("템플릿 이름"), max_length=40)
    is_default = models.BooleanField(default=False)
    fee_type = models.CharField(_("배송비 종류"), max_length=20, choices=FeeType.choices, default=FeeType.PAID)
    pay = models.CharField(_("결제 방식"), max_length=18, choices=Pay.choices, default=Pay.PREPAID)
    fee = models.PositiveIntegerField(_("기본 배송비"), default=3000)
    free_over = models.PositiveIntegerField(_("무료배송 기준 금액"), null=True, blank=True)
    unit = models.PositiveSmallIntegerField(_("몇 개마다"), null=True, blank=True)
    second_from = models.PositiveSmallIntegerField(_("2구간 시작 수량"), null=True, blank=True)
    second_extra = models.PositiveIntegerField(_("2구간 추가 배송비"), null=True, blank=True)
    third_from = models.PositiveSmallIntegerField(_("3구간 시작 수량"), null=True, blank=True)
    third_extra = models.PositiveIntegerField(_("3구간 추가 배송비"), null=True, blank=True)
    jeju_extra = models.PositiveIntegerField(_("제주 추가"), default=3000)
    remote_extra = models.PositiveIntegerField(_("도서산간 추가"), default=5000)
    return_fee = models.PositiveIntegerField(_("반품 배송비(편도)"), default=3000)
    exchange_fee = models.PositiveIntegerField(_("교환 배송비(왕복)"), default=6000)
    first_freight = models.BooleanField(_("무료로 보낸 상품이 돌아오면 첫 배송비도 받기"), default=True)
    group = models.ForeignKey(
        BundleGroup,
        verbose_name=_("묶음배송 그룹"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="templates",
    )
    updated_at = models.DateTimeField(default=clock.now)

    objects = OfSeller.as_manager()

    class Meta:
        ordering = ["-is_default", "id"]
        constraints = [
            models.UniqueConstraint(fields=["seller", "name"], name="one_template_per_name"),
            models.UniqueConstraint(fields=["seller"], condition=Q(is_default=True), name="one_default_template"),
            models.CheckConstraint(
                condition=Q(fee__lte=100_000) & Q(return_fee__lte=200_000) & Q(exchange_fee__lte=400_000),
                name="template_fee_sane",
            ),
            models.CheckConstraint(
                condition=~Q(fee_type="CONDITIONAL_FREE") | Q(free_over__isnull=False, free_over__gt=0),
                name="template_has_its_bound",
            ),
            models.CheckConstraint(
                condition=~Q(fee_type="UNIT_QUANTITY_PAID") | Q(unit__isnull=False, unit__gte=1),
                name="template_has_its_unit",
            ),
            models.CheckConstraint(
                condition=~Q(fee_type="RANGE_QUANTITY_PAID")
                | (
                    Q(second_from__isnull=False, second_from__gte=2, second_extra__isnull=False)
                    & (Q(third_from=None) | Q(third_from__gt=F("second_from"), third_extra__isnull=False))
                ),
                name="template_has_its_bands",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def terms(self) -> rules.DeliveryTerms:
        bands = [(self.second_from, self.second_extra), (self.third_from, self.third_extra)]
        return rules.DeliveryTerms(
            type=self.fee_type,
            fee=self.fee if self.fee_type != rules.FREE else 0,
            free_over=self.free_over if self.fee_type == rules.CONDITIONAL_FREE else None,
            unit=self.unit if self.fee_type == rules.UNIT_QUANTITY_PAID else None,
            bands=tuple(
                (start, extra or 0) for start, extra in bands if start and self.fee_type == rules.RANGE_QUANTITY_PAID
            ),
        )
