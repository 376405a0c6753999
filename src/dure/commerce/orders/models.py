"""Orders and their lines (상품주문), the unit of fulfilment, claims and settlement.

order.goods_total = sum of its lines' goods_amount; order.discount_total = sum of their discounts;
order.shipping_total = sum of its shipping charges; order.pay_total = goods + shipping - discount.
"""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dure.commerce.catalog.models import NoWithdrawal, Option
from dure.commerce.promotions.models import Agency, Offer
from dure.commerce.sellers.models import Seller
from dure.kit import clock


class LineStatus(models.TextChoices):
    PAYMENT_WAITING = "PAYMENT_WAITING", _("결제 대기")
    PAID = "PAID", _("결제 완료")
    DELIVERING = "DELIVERING", _("배송 중")
    DELIVERED = "DELIVERED", _("배송 완료")
    PURCHASE_CONFIRMED = "PURCHASE_CONFIRMED", _("구매 확정")
    CANCELED = "CANCELED", pgettext_lazy("state", "취소")
    RETURNED = "RETURNED", _("반품")
    EXCHANGED = "EXCHANGED", _("교환")
    CANCELED_BY_NOPAYMENT = "CANCELED_BY_NOPAYMENT", _("미결제 취소")


def bought_by(who: Any, order: str = "") -> Q:
    """What `who` bought, and what was bought without an account and is open to this browser (`who.guest_orders`)."""
    mine = Q(**{f"{order}buyer_id": who.pk or 0})
    if guest_orders := getattr(who, "guest_orders", None):
        mine |= Q(**{f"{order}pk__in": guest_orders, f"{order}buyer": None})
    return mine


class OrderQuerySet(models.QuerySet["Order"]):
    def of(self, buyer: Any) -> Self:
        return self.filter(bought_by(buyer))


class Order(models.Model):
    class Source(models.TextChoices):
        WEB = "WEB", _("웹")
        LIVE = "LIVE", _("라이브")

    # Indexes are few and named below: every one of them is paid for at each order of a rush.
    number = models.CharField(max_length=20)  # D261124-7K3M9Q2X
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="orders", db_index=False
    )
    # Who bought without an account. `guest_secret` is the SHA-256 of what `queries.for_guest` asks for.
    guest_name = models.CharField(_("주문하는 분"), max_length=60, blank=True, db_default="")
    guest_email = models.EmailField(_("이메일"), blank=True, db_default="")
    guest_phone = models.CharField(_("연락처"), max_length=20, blank=True, db_default="")  # E.164
    guest_secret = models.CharField(max_length=64, blank=True, db_default="")
    key = models.CharField(max_length=64)  # idempotency key: the same request twice is one order
    body_hash = models.CharField(max_length=64, blank=True)  # empty for orders of the hot lane: compared by columns
    source = models.CharField(max_length=4, choices=Source.choices, default=Source.WEB)
    show = models.BigIntegerField(null=True)
    goods_total = models.PositiveIntegerField()
    discount_total = models.PositiveIntegerField(default=0)
    shipping_total = models.PositiveIntegerField(default=0)
    pay_total = models.PositiveIntegerField()
    # Delivery address, as it was at the sale. Empty until the buyer fills it in (an order claimed in a show).
    receiver = models.CharField(_("받는 분"), max_length=60, blank=True)
    phone = models.CharField(_("연락처"), max_length=20, blank=True)
    postcode = models.CharField(_("우편번호"), max_length=5, blank=True)
    address1 = models.CharField(_("주소"), max_length=200, blank=True)
    address2 = models.CharField(_("상세 주소"), max_length=100, blank=True)
    memo = models.CharField(_("배송 메모"), max_length=100, blank=True)  # for the carrier
    message = models.CharField(_("판매자에게 남길 말"), max_length=200, blank=True, db_default="")
    placed_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(null=True)  # an unpaid order gives its stock back after this
    deposit_due = models.DateTimeField(null=True)  # the money is awaited in a virtual account until then
    paid_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # expired unpaid

    objects = OrderQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["buyer", "-placed_at"], name="orders_of_buyer"),
            models.Index(fields=["expires_at"], condition=Q(paid_at=None, ended_at=None), name="orders_expiring"),
            models.Index(fields=["show"], condition=Q(show__isnull=False), name="orders_of_show"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="one_order_per_number"),
            models.UniqueConstraint(fields=["key"], name="one_order_per_key"),
            models.CheckConstraint(condition=Q(paid_at=None) | Q(ended_at=None), name="paid_or_expired_not_both"),
            models.CheckConstraint(
                condition=Q(buyer__isnull=False)
                | (~Q(guest_name="") & ~Q(guest_email="") & ~Q(guest_phone="") & ~Q(guest_secret="")),
                name="buyer_or_guest",
            ),
            models.CheckConstraint(
                condition=Q(pay_total=F("goods_total") + F("shipping_total") - F("discount_total")),
                name="order_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def orderer(self) -> str:
        """The name of whoever bought it."""
        return self.buyer.name if self.buyer else self.guest_name

    @property
    def has_address(self) -> bool:
        return bool(self.receiver and self.phone and self.postcode and self.address1)

    @property
    def awaits_deposit(self) -> bool:
        return self.is_open and self.deposit_due is not None

    @property
    def is_open(self) -> bool:
        """Waiting for its payment."""
        return self.paid_at is None and self.ended_at is None


class ProductOrderQuerySet(models.QuerySet["ProductOrder"]):
    def of_seller_user(self, user: Any) -> Self:
        """Paid or later lines of the sellers `user` works for; a seller never sees another's, nor unpaid ones."""
        return self.filter(seller__members__user_id=user.pk or 0, paid_at__isnull=False)

    def of_buyer(self, user: Any) -> Self:
        return self.filter(bought_by(user, "order__"))


class ProductOrder(models.Model):
    MOVES = {
        "PAYMENT_WAITING": {"PAID", "CANCELED_BY_NOPAYMENT"},
        "PAID": {"DELIVERING", "CANCELED"},
        "DELIVERING": {"DELIVERED", "RETURNED"},  # turned back on its way
        "DELIVERED": {"PURCHASE_CONFIRMED", "RETURNED", "EXCHANGED"},  # EXCHANGED: other lines stand for it now
        "PURCHASE_CONFIRMED": {"RETURNED"},  # a defect found after the confirmation (settled back)
        "CANCELED": set(),
        "RETURNED": set(),
        "EXCHANGED": set(),
        "CANCELED_BY_NOPAYMENT": {"PAYMENT_WAITING"},  # the money came after all, and the goods were still there
    }
    # A line holds quantity - canceled_quantity pieces of stock, until it ends unpaid. What comes back by a return is
    # booked as a movement of its own.
    HOLDS_STOCK = [s.value for s in LineStatus if s is not LineStatus.CANCELED_BY_NOPAYMENT]

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="product_orders", db_index=False)
    option = models.ForeignKey(Option, on_delete=models.PROTECT, related_name="product_orders", db_index=False)
    # What its parcel cost, together with the other lines of the charge. Found through the order: no index of its own.
    charge = models.ForeignKey(
        "ShippingCharge", null=True, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    status = models.CharField(max_length=22, choices=LineStatus.choices, default=LineStatus.PAYMENT_WAITING)
    # The contract as it was made.
    product_name = models.CharField(max_length=100)
    option_name = models.CharField(max_length=60)
    unit_price = models.PositiveIntegerField()  # won; the live price when bought live
    quantity = models.PositiveSmallIntegerField()
    goods_amount = models.PositiveIntegerField()  # unit_price * quantity
    discount_amount = models.PositiveIntegerField(default=0)
    seller_discount = models.PositiveIntegerField(default=0)  # the part of the discount the seller bears
    commission_bp = models.PositiveIntegerField()
    live_price_id = models.BigIntegerField(null=True)
    # The rest of the contract, to be shown and reckoned with later: see rules.contract_of.
    contract = models.JSONField(default=dict, db_default=Value({}, output_field=models.JSONField()))
    # What has been taken out by claims so far (a claim may be for a part of the quantity).
    canceled_quantity = models.PositiveSmallIntegerField(default=0)
    returned_quantity = models.PositiveSmallIntegerField(default=0)
    exchanged_quantity = models.PositiveSmallIntegerField(default=0, db_default=0)
    exchanged_from = models.ForeignKey(  # the line whose pieces this one stands for, after an exchange
        "self", null=True, on_delete=models.PROTECT, related_name="replacements", db_index=False
    )
    no_withdrawal = (
        models.CharField(  # why a change of mind is excluded (전자상거래법 제17조 2항), as the buyer was told
            max_length=16, choices=NoWithdrawal.choices, blank=True, default="", db_default=""
        )
    )
    paid_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)  # 발주확인
    dispatch_due = models.DateField(null=True)
    sent_quantity = models.PositiveSmallIntegerField(default=0, db_default=0)  # pieces in parcels; PAID until all are
    dispatched_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    confirm_due = models.DateTimeField(null=True)  # confirmed by time after this
    confirm_held_at = models.DateTimeField(null=True)  # 구매확정보류: not by time, until released
    confirm_hold_reason = models.CharField(max_length=200, blank=True, default="", db_default="")
    confirmed_at = models.DateTimeField(null=True)

    objects = ProductOrderQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["seller", "status", "-id"], name="lines_of_seller"),
            models.Index(fields=["option", "status"], name="lines_of_option"),
            models.Index(fields=["confirm_due"], condition=Q(status="DELIVERED"), name="lines_to_confirm"),
            models.Index(
                fields=["exchanged_from"], condition=Q(exchanged_from__isnull=False), name="replacements_of_line"
            ),
            # The order board. None of them holds a line before it is paid, so a rush does not pay for them.
            models.Index(
                fields=["seller", "status", "dispatch_due"],
                include=["acknowledged_at", "sent_quantity"],
                condition=Q(status__in=["PAID", "DELIVERING", "DELIVERED"]),
                name="lines_on_board",
            ),
            models.Index(
                fields=["seller", "-paid_at", "-id"], condition=Q(paid_at__isnull=False), name="lines_by_payment"
            ),
            models.Index(
                fields=["seller", "confirmed_at"], condition=Q(status="PURCHASE_CONFIRMED"), name="lines_confirmed"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="line_quantity_positive"),
            models.CheckConstraint(condition=Q(goods_amount=F("unit_price") * F("quantity")), name="line_adds_up"),
            models.CheckConstraint(
                condition=Q(discount_amount__lte=F("goods_amount")) & Q(seller_discount__lte=F("discount_amount")),
                name="line_discount_sane",
            ),
            models.CheckConstraint(
                condition=Q(canceled_quantity__lte=F("quantity") - F("returned_quantity") - F("exchanged_quantity")),
                name="claims_within_quantity",
            ),
            # A cancel and a dispatch of the same pieces: the later one is refused.
            models.CheckConstraint(
                condition=Q(sent_quantity__lte=F("quantity") - F("canceled_quantity")), name="sent_is_not_canceled"
            ),
        ]

    @property
    def paid_amount(self) -> int:
        """What the buyer paid for the goods of this line, won."""
        return self.goods_amount - self.discount_amount

    @property
    def kept_quantity(self) -> int:
        """Pieces no claim has taken out."""
        return self.quantity - self.canceled_quantity - self.returned_quantity - self.exchanged_quantity

    @property
    def unsent_quantity(self) -> int:
        """Pieces still to be put into a parcel."""
        return self.quantity - self.canceled_quantity - self.sent_quantity

    def __str__(self) -> str:
        return f"{self.product_name} · {self.option_name} × {self.quantity}"


class DispatchDelay(models.Model):
    """발송지연 안내: the buyer is told once, before the goods are late, why and until when."""

    class Reason(models.TextChoices):  # Naver's delayedDispatchReason
        PRODUCT_PREPARE = "PRODUCT_PREPARE", _("상품 준비 중")
        CUSTOMER_REQUEST = "CUSTOMER_REQUEST", _("고객 요청")
        CUSTOM_BUILD = "CUSTOM_BUILD", _("주문 제작")
        RESERVED_DISPATCH = "RESERVED_DISPATCH", _("예약 발송")
        OVERSEA_DELIVERY = "OVERSEA_DELIVERY", _("해외 배송")
        ETC = "ETC", _("기타")

    line = models.OneToOneField(ProductOrder, on_delete=models.PROTECT, related_name="delay")
    reason = models.CharField(_("늦어지는 이유"), max_length=17, choices=Reason.choices)
    detail = models.CharField(_("손님께 드리는 말씀"), max_length=200, blank=True)
    due_before = models.DateField()
    due = models.DateField(_("새 발송 기한"))
    told_at = models.DateTimeField(default=clock.now)
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(due__gt=F("due_before")), name="delay_is_later")]


class LineDiscount(models.Model):
    """What one offer took off a line and who bears it, as it was at the sale; the rest is the platform's.

    line.discount_amount and seller_discount are their sums: a trigger sees to it at the commit.
    """

    class Kind(models.TextChoices):
        INSTANT = "INSTANT", _("즉시할인")
        NPLUS1 = "NPLUS1", _("N+1")
        COUPON = "COUPON", _("쿠폰")
        POINTS = "POINTS", _("포인트")

    product_order = models.ForeignKey(ProductOrder, on_delete=models.PROTECT, related_name="discounts")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    ref = models.CharField(max_length=30)  # "offer:12", "coupon:34", "points"
    name = models.CharField(max_length=100, blank=True)
    amount = models.PositiveIntegerField()
    seller_share = models.PositiveIntegerField(default=0)
    agency_share = models.PositiveIntegerField(default=0)
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    offer = models.ForeignKey(Offer, null=True, on_delete=models.PROTECT, related_name="line_discounts")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=1), name="line_discount_takes_off"),
            models.CheckConstraint(
                condition=Q(amount__gte=F("seller_share") + F("agency_share")), name="line_shares_within"
            ),
            models.CheckConstraint(condition=Q(agency_share=0) | Q(agency__isnull=False), name="line_agency_named"),
        ]

    @property
    def platform_share(self) -> int:
        return self.amount - self.seller_share - self.agency_share


class LineGift(models.Model):
    """A present that goes with a line, from a stock of its own; it comes back when all of the line does."""

    product_order = models.ForeignKey(ProductOrder, on_delete=models.PROTECT, related_name="gifts")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="line_gifts")
    option = models.ForeignKey(Option, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    quantity = models.PositiveSmallIntegerField(default=1)
    back_at = models.DateTimeField(null=True)


class SavedAddress(models.Model):
    """A buyer's address book. Removed ones are kept for a while, so that a removal can be undone."""

    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="addresses")
    label = models.CharField(_("이름"), max_length=30)
    receiver = models.CharField(_("받는 분"), max_length=60)
    phone = models.CharField(_("연락처"), max_length=20)  # E.164
    postcode = models.CharField(_("우편번호"), max_length=5)
    address1 = models.CharField(_("주소"), max_length=200)
    address2 = models.CharField(_("상세 주소"), max_length=100, blank=True)
    memo = models.CharField(_("배송 메모"), max_length=100, blank=True)
    is_default = models.BooleanField(default=False)
    used_at = models.DateTimeField(default=clock.now)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-is_default", "-used_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["buyer"], condition=Q(is_default=True, removed_at=None), name="one_default_address"
            )
        ]

    def __str__(self) -> str:
        return self.label


class CashReceipt(models.Model):
    """현금영수증 the buyer asked for; the number is encrypted (`receipts`)."""

    class Kind(models.TextChoices):
        DEDUCTION = "DEDUCTION", _("소득공제용")
        PROOF = "PROOF", _("지출증빙용")

    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="cash_receipt")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    number_encrypted = models.BinaryField()
    number_tail = models.CharField(max_length=4)
    asked_at = models.DateTimeField(default=clock.now)

    @property
    def shown(self) -> str:
        return f"····{self.number_tail}"


class GuestTry(models.Model):
    """Somebody asked for a guest's order with a contact that is not its own. Too many, and nobody may ask for a while."""

    about = models.CharField(max_length=64, db_index=True)  # hash of the asker's address, or of the order number
    at = models.DateTimeField(default=clock.now)


class ShippingCharge(models.Model):
    """The shipping fee of what one seller sends together in an order, with the reason the buyer was shown."""

    class PayType(models.TextChoices):
        PREPAID = "PREPAID", _("선결제")
        COLLECT = "COLLECT", _("착불")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="shipping_charges", db_index=False)
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+", db_index=False)
    bundle = models.CharField(max_length=24, blank=True, db_default="")  # pricing.queries.delivery_key; "": the default
    pay_type = models.CharField(max_length=7, choices=PayType.choices, default="PREPAID", db_default="PREPAID")
    amount = models.PositiveIntegerField()  # won, extras included; 0 when paid at the door
    collect_amount = models.PositiveIntegerField(db_default=0)  # won, paid to the carrier: in no total of the order
    extra = models.PositiveIntegerField(default=0)  # of which Jeju or remote islands
    reason = models.CharField(max_length=30)  # FREE, FREE_OVER, BASE, … (pricing.rules.Fee)
    policy = models.JSONField(default=dict)  # pricing.rules.Bundle as it was; "said": the params of the reason
    refunded = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "seller", "bundle"], name="one_charge_per_bundle"),
            models.CheckConstraint(condition=Q(refunded__lte=F("amount")), name="shipping_refund_within"),
            models.CheckConstraint(
                condition=Q(pay_type="PREPAID", collect_amount=0) | Q(pay_type="COLLECT", amount=0),
                name="charge_paid_once",
            ),
        ]
