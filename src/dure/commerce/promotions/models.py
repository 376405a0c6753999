"""Offers and what they cost whom: coupons, instant discounts, N+1, gifts, their budgets and consents; points.

An offer's terms are fixed once it has begun (a trigger sees to it), so that what a seller agreed to is what is charged.
"""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dure.commerce.catalog.models import Option
from dure.commerce.sellers.models import Seller
from dure.kit import clock


class Agency(models.Model):
    """지원기관: a public body or sponsor that bears a part of discounts and is billed for it."""

    name = models.CharField(_("기관 이름"), max_length=80, unique=True)
    contact = models.CharField(_("담당자"), max_length=60, blank=True)
    email = models.EmailField(_("이메일"), blank=True)
    phone = models.CharField(_("전화"), max_length=20, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.name


class OfferQuerySet(models.QuerySet["Offer"]):
    def of(self, user: Any) -> Self:
        """Those issued by a seller `user` works for."""
        return self.filter(seller__members__user_id=user.pk or 0)

    def on_at(self, moment: Any) -> Self:
        """Begun, not stopped, and the clock within their period: no job has to have run."""
        return self.filter(status=Offer.Status.ACTIVE, starts_at__lte=moment, ends_at__gt=moment)


class Offer(models.Model):
    """One promotion with its terms. `seller` issued it; without one the house did."""

    class Kind(models.TextChoices):
        INSTANT = "INSTANT", _("즉시할인")
        NPLUS1 = "NPLUS1", _("N+1")
        PRODUCT_COUPON = "PRODUCT_COUPON", _("상품 쿠폰")
        CART_COUPON = "CART_COUPON", _("장바구니 쿠폰")
        GIFT = "GIFT", _("사은품")

    class Status(models.TextChoices):
        DRAFT = "DRAFT", _("작성 중")
        ACTIVE = "ACTIVE", _("진행")
        STOPPED = "STOPPED", _("중지")

    class How(models.TextChoices):
        RATE = "RATE", _("정률(%)")
        AMOUNT = "AMOUNT", _("정액(원)")

    class Scope(models.TextChoices):
        ALL = "ALL", _("모든 상품")
        SELLER = "SELLER", _("판매자")
        CATEGORY = "CATEGORY", _("카테고리")
        PRODUCT = "PRODUCT", _("상품")
        EXHIBITION = "EXHIBITION", _("기획전")

    class Issue(models.TextChoices):
        CLICK = "CLICK", _("내려받기")
        CODE = "CODE", _("코드 입력")

    MOVES = {"DRAFT": {"ACTIVE"}, "ACTIVE": {"STOPPED"}, "STOPPED": {"ACTIVE"}}
    COUPONS = [Kind.PRODUCT_COUPON, Kind.CART_COUPON]

    key = models.UUIDField(unique=True)  # the form's key: a double submit makes one offer
    kind = models.CharField(_("종류"), max_length=14, choices=Kind.choices)
    status = models.CharField(_("상태"), max_length=7, choices=Status.choices, default=Status.DRAFT)
    name = models.CharField(_("이름"), max_length=60)
    seller = models.ForeignKey(Seller, null=True, blank=True, on_delete=models.PROTECT, related_name="offers")
    # What it takes off.
    how = models.CharField(_("할인 방식"), max_length=6, choices=How.choices, default=How.RATE)
    value = models.PositiveIntegerField(_("할인 값"), default=0)  # basis points, or won
    cap = models.PositiveIntegerField(_("최대 할인액"), null=True, blank=True)
    min_spend = models.PositiveIntegerField(_("최소 구매액"), default=0)
    buy = models.PositiveSmallIntegerField(_("사는 수량"), default=0)  # N+1: of every buy + free pieces …
    free = models.PositiveSmallIntegerField(_("덤 수량"), default=0)  # … these cost nothing
    gift_option = models.ForeignKey(Option, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # What it holds for.
    scope = models.CharField(_("대상"), max_length=10, choices=Scope.choices, default=Scope.ALL)
    targets = ArrayField(models.BigIntegerField(), default=list, blank=True)  # ids of the scope's kind
    # Who bears it, basis points.
    platform_bp = models.PositiveIntegerField(_("두레 분담"), default=10_000)
    seller_bp = models.PositiveIntegerField(_("판매자 분담"), default=0)
    agency_bp = models.PositiveIntegerField(_("기관 분담"), default=0)
    agency = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="offers")
    # When, for whom, how many.
    starts_at = models.DateTimeField(_("시작"))
    ends_at = models.DateTimeField(_("끝"))
    issue = models.CharField(_("받는 방법"), max_length=5, choices=Issue.choices, default=Issue.CLICK)
    code = models.CharField(_("쿠폰 코드"), max_length=30, blank=True)
    quantity = models.PositiveIntegerField(_("선착순 수량"), null=True, blank=True)
    issued = models.PositiveIntegerField(default=0)
    per_buyer = models.PositiveSmallIntegerField(_("1인당"), default=1)
    first_order = models.BooleanField(_("첫 구매만"), default=False)
    valid_days = models.PositiveSmallIntegerField(_("받은 날부터 쓸 수 있는 날"), null=True, blank=True)
    exhibition = models.BigIntegerField(null=True, blank=True, db_index=True)  # the room above knows it
    terms_hash = models.CharField(max_length=64, blank=True)  # of what was agreed; set when it begins
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    objects = OfferQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["ends_at"], condition=Q(status="ACTIVE"), name="offers_on"),
            GinIndex(fields=["targets"], condition=Q(status="ACTIVE"), name="offers_by_target", fastupdate=False),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(platform_bp=10_000 - F("seller_bp") - F("agency_bp")), name="offer_shares_add_up"
            ),
            models.CheckConstraint(condition=Q(agency_bp=0) | Q(agency__isnull=False), name="agency_named"),
            models.CheckConstraint(condition=Q(seller=None) | Q(seller_bp=10_000), name="sellers_offer_own_cost"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="offer_period_sane"),
            models.CheckConstraint(condition=Q(how="AMOUNT") | Q(value__lte=10_000), name="offer_rate_sane"),
            models.CheckConstraint(condition=Q(quantity=None) | Q(issued__lte=F("quantity")), name="first_come_kept"),
            models.CheckConstraint(condition=~Q(kind="GIFT") | Q(gift_option__isnull=False), name="gift_named"),
            models.CheckConstraint(condition=~Q(kind="NPLUS1") | Q(buy__gte=1, free__gte=1), name="n_plus_one_named"),
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="one_offer_per_code"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_coupon(self) -> bool:
        return self.kind in self.COUPONS

    def phase(self, moment: Any) -> str:
        """DRAFT, SCHEDULED, ON, OVER or STOPPED at a moment."""
        if self.status != self.Status.ACTIVE:
            return self.status
        return "SCHEDULED" if moment < self.starts_at else "ON" if moment < self.ends_at else "OVER"


class Budget(models.Model):
    """A cap on what an offer may cost, as a whole or one bearer. `spent` is promised money: it moves at placing, and
    comes back when the order expires or is cancelled whole. The CHECK is the cap."""

    class Bearer(models.TextChoices):
        ALL = "ALL", _("전체")
        PLATFORM = "PLATFORM", _("두레")
        SELLER = "SELLER", _("판매자")
        AGENCY = "AGENCY", _("기관")

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="budgets")
    bearer = models.CharField(max_length=8, choices=Bearer.choices)
    seller = models.ForeignKey(Seller, null=True, on_delete=models.PROTECT, related_name="+")
    cap = models.PositiveBigIntegerField()  # won
    spent = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "bearer", "seller"], nulls_distinct=False, name="one_budget_each"),
            models.CheckConstraint(condition=Q(spent__lte=F("cap")), name="budget_kept"),
            models.CheckConstraint(
                condition=Q(bearer="SELLER", seller__isnull=False) | ~Q(bearer="SELLER") & Q(seller=None),
                name="budget_of_a_seller",
            ),
        ]

    @property
    def left(self) -> int:
        return self.cap - self.spent


class OfferConsent(models.Model):
    """A seller agreed to bear its share: who, when, and the very terms that were shown."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="consents")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="offer_consents")
    terms = models.JSONField()
    terms_hash = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["offer", "seller"], condition=Q(withdrawn_at=None), name="one_consent_in_force"
            )
        ]


class EventPrice(models.Model):
    """What an option costs in an instant discount: proposed by one side, agreed by the other.

    `low` is the lowest price of the thirty days before; an event price lies below it.
    """

    class Status(models.TextChoices):
        PROPOSED = "PROPOSED", _("제안됨")
        ACCEPTED = "ACCEPTED", _("수락")
        DECLINED = "DECLINED", _("거절")
        WITHDRAWN = "WITHDRAWN", _("철회")

    MOVES = {
        "PROPOSED": {"ACCEPTED", "DECLINED", "WITHDRAWN"},
        "ACCEPTED": {"WITHDRAWN"},
        "DECLINED": {"PROPOSED"},
        "WITHDRAWN": {"PROPOSED"},
    }

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="prices")
    option = models.ForeignKey(Option, on_delete=models.CASCADE, related_name="event_prices")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.PROPOSED)
    list_price = models.PositiveIntegerField()
    low = models.PositiveIntegerField()
    price = models.PositiveIntegerField()
    by_seller = models.BooleanField(default=False)  # the seller applied; else the house proposed
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["option"], condition=Q(status="ACCEPTED"), name="event_prices_of_option")]
        constraints = [
            models.UniqueConstraint(fields=["offer", "option"], name="one_event_price_each"),
            models.CheckConstraint(condition=Q(price__gte=10) & Q(price__lt=F("low")), name="event_price_is_lower"),
            models.CheckConstraint(condition=Q(low__lte=F("list_price")), name="low_is_not_above_list"),
        ]


class PriceRecord(models.Model):
    """From `since` on the option cost `price`, outside any event. Kept for every change of price."""

    option = models.ForeignKey(Option, on_delete=models.CASCADE, related_name="price_history")
    price = models.PositiveIntegerField()
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["option", "since"], name="one_price_at_a_time")]


class CouponQuerySet(models.QuerySet["Coupon"]):
    def of(self, buyer: Any) -> Self:
        return self.filter(buyer_id=buyer.pk or 0)

    def usable(self, moment: Any) -> Self:
        return self.filter(
            status=Coupon.Status.HELD,
            expires_at__gt=moment,
            offer__status=Offer.Status.ACTIVE,
            offer__starts_at__lte=moment,
        )


class Coupon(models.Model):
    """One coupon in a buyer's box."""

    class Status(models.TextChoices):
        HELD = "HELD", _("사용 가능")
        USED = "USED", _("사용함")

    MOVES = {"HELD": {"USED"}, "USED": {"HELD"}}

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="coupons")
    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="coupons")
    nth = models.PositiveSmallIntegerField()  # of this buyer's coupons of this offer
    status = models.CharField(max_length=4, choices=Status.choices, default=Status.HELD)
    order = models.BigIntegerField(null=True, db_index=True)  # used on this order
    issued_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects = CouponQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["buyer", "status", "expires_at"], name="coupons_of_buyer")]
        constraints = [
            models.UniqueConstraint(fields=["offer", "buyer", "nth"], name="one_coupon_per_turn"),
            models.CheckConstraint(
                condition=Q(status="HELD", order=None) | Q(status="USED", order__isnull=False), name="used_on_an_order"
            ),
        ]


class Redemption(models.Model):
    """What an offer took off one seller's part of an order, by who bears it."""

    order = models.BigIntegerField(db_index=True)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="redemptions")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+")
    amount = models.PositiveIntegerField()
    platform = models.PositiveIntegerField()
    seller_share = models.PositiveIntegerField()
    agency_share = models.PositiveIntegerField()
    at = models.DateTimeField(default=clock.now)
    given_back_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["offer", "at"], name="redemptions_of_offer")]
        constraints = [
            models.UniqueConstraint(fields=["order", "offer", "seller"], name="redeemed_once"),
            models.CheckConstraint(
                condition=Q(amount=F("platform") + F("seller_share") + F("agency_share")), name="redemption_adds_up"
            ),
        ]


class PointsPolicy(models.Model):
    """What points are earned and how long they last, from a day on."""

    since = models.DateField(unique=True)
    earn_bp = models.PositiveIntegerField(_("구매 적립(1만분율)"), default=100)
    review = models.PositiveIntegerField(_("후기 적립"), default=100)
    photo_review = models.PositiveIntegerField(_("사진 후기 적립"), default=300)
    valid_days = models.PositiveSmallIntegerField(_("유효 기간(일)"), default=365)
    least = models.PositiveIntegerField(_("한 번에 쓸 수 있는 최소"), default=100)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(earn_bp__lte=3000), name="points_rate_sane")]


class PointsAccount(models.Model):
    """A buyer's points, and whether they have bought before."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="points"
    )
    balance = models.IntegerField(default=0)
    first_paid_at = models.DateTimeField(null=True)  # 첫 구매

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(balance__gte=0), name="points_never_negative")]


class PointsEntry(models.Model):
    """One movement of points. What came in is a lot with `left` of it unused; lots are used in the order they expire."""

    class Kind(models.TextChoices):
        EARN = "EARN", _("구매 적립")
        REVIEW = "REVIEW", _("후기 적립")
        GRANT = "GRANT", _("지급")
        BACK = "BACK", _("돌려받음")
        USE = "USE", _("사용")
        EXPIRE = "EXPIRE", _("소멸")
        TAKEN = "TAKEN", _("적립 취소")

    account = models.ForeignKey(PointsAccount, on_delete=models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    ref = models.CharField(max_length=60)  # "line:12", "order:4", "review:3"; once per kind
    amount = models.IntegerField()  # signed
    left = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(fields=["account", "expires_at"], condition=Q(left__gt=0), name="points_lots"),
            models.Index(fields=["account", "-id"], name="points_of_buyer"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["kind", "ref"], name="points_once_per_cause"),
            models.CheckConstraint(condition=~Q(amount=0), name="points_move"),
            models.CheckConstraint(condition=Q(left=0) | Q(left__lte=F("amount")), name="lot_within"),
        ]
