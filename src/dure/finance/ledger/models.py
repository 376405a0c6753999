"""The double-entry ledger: two fund pools that balance by themselves.

SEG is customers' money, OPS the operator's own. Amounts are minor units (won), debit > 0, credit < 0. Every journal
adds up to 0 per pool and currency, so SEG assets - what is owed to others = RESIDUAL, the operator's stake; the one
floor RESIDUAL >= 0 is therefore the same as "segregated funds >= owed". The guards are SQL: migrations/0002_guards.py.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dure.kit import clock


class Pool(models.TextChoices):
    SEG = "SEG", _("별도관리 자금")
    OPS = "OPS", _("자체 자금")


class Side(models.TextChoices):
    """What kind of account it is; ASSET and EXPENSE grow by debit, the others by credit."""

    ASSET = "ASSET", _("자산")
    LIABILITY = "LIABILITY", _("부채")
    EQUITY = "EQUITY", _("자본")
    REVENUE = "REVENUE", _("수익")
    EXPENSE = "EXPENSE", _("비용")


class Kind(models.TextChoices):
    """The closed set of money events. Each has one posting template (`postings.py`)."""

    OPERATOR_FUNDED = "OPERATOR_FUNDED", _("운영자금 예치")
    OPERATOR_WITHDREW = "OPERATOR_WITHDREW", _("운영자금 인출")
    PAID = "PAID", _("결제")
    PG_SETTLED = "PG_SETTLED", _("PG 입금")
    REFUND_AUTHORIZED = "REFUND_AUTHORIZED", _("환불 승인")
    REFUND_AFTER_SETTLEMENT = "REFUND_AFTER_SETTLEMENT", _("정산 후 환불 승인")
    RETURN_FEE_EARNED = "RETURN_FEE_EARNED", _("반품 배송비")
    REFUND_DONE = "REFUND_DONE", _("환불 완료")
    REFUND_VOIDED = "REFUND_VOIDED", _("환불 취소")
    PURCHASE_CONFIRMED = "PURCHASE_CONFIRMED", _("구매 확정")
    SHIPPING_EARNED = "SHIPPING_EARNED", _("배송비 확정")
    DEBT_NETTED = "DEBT_NETTED", _("상계")
    PAYOUT_AUTHORIZED = "PAYOUT_AUTHORIZED", _("지급 승인")
    PAYOUT_DONE = "PAYOUT_DONE", _("지급 완료")
    PAYOUT_FAILED = "PAYOUT_FAILED", _("지급 실패")
    PAYOUT_RETURNED = "PAYOUT_RETURNED", _("은행 반송")
    AGENCY_PAID = "AGENCY_PAID", _("기관 분담금 입금")
    EXCHANGED = "EXCHANGED", _("교환으로 옮김")


class Account(models.Model):
    """One account. Opened by `accounts.open_for`; never changed nor deleted. Its balance row comes with it (trigger)."""

    name = models.CharField(max_length=30)  # a key of accounts.CHART
    owner = models.BigIntegerField(null=True)  # the seller's or agency's id, for accounts kept per seller or agency
    side = models.CharField(max_length=9, choices=Side.choices)
    pool = models.CharField(max_length=3, choices=Pool.choices)
    currency = models.CharField(max_length=3, default="KRW")
    floor_zero = models.BooleanField()  # the balance, in its normal direction, may never go below 0
    mirror = models.BooleanField(default=False)  # RESIDUAL and DUE_FROM_SEG move together
    per_subject = models.BooleanField(
        default=False
    )  # HELD: each entry names the line or shipping charge it is held for

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pool", "name", "owner", "currency"], nulls_distinct=False, name="one_account_per_name"
            ),
            models.CheckConstraint(condition=Q(pool__in=Pool.values), name="account_pool_known"),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="account_side_known"),
        ]

    def __str__(self) -> str:
        return f"{self.pool}:{self.name}" + (f":{self.owner}" if self.owner else "")


class Journal(models.Model):
    """One money event, posted once. The same (kind, ref) with another body is refused."""

    kind = models.CharField(_("종류"), max_length=24, choices=Kind.choices)
    ref = models.CharField(_("참조"), max_length=80)  # what it is about, "payment:12"; unique within its kind
    request_hash = models.BinaryField(max_length=32)
    entry_count = models.PositiveSmallIntegerField()
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversed_by")
    effective_on = models.DateField(_("귀속일"))  # KST day of the event
    posted_at = models.DateTimeField(_("기록 시각"), default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["effective_on", "id"], name="journals_by_day")]
        constraints = [
            models.UniqueConstraint(fields=["kind", "ref"], name="one_journal_per_event"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="journal_kind_known"),
            models.CheckConstraint(condition=Q(entry_count__gte=2, entry_count__lte=4000), name="journal_has_legs"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"


class Entry(models.Model):
    """One leg of a journal. References are checked set-wise by the trigger (row-level foreign keys cost 8 times)."""

    pk = models.CompositePrimaryKey("journal_id", "line")
    journal = models.ForeignKey(Journal, on_delete=models.DO_NOTHING, db_constraint=False, related_name="entries")
    line = models.PositiveSmallIntegerField()
    account = models.ForeignKey(Account, on_delete=models.DO_NOTHING, db_constraint=False, related_name="entries")
    pool = models.CharField(max_length=3)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()  # debit > 0, credit < 0
    order_line = models.BigIntegerField(null=True)  # product_order id the money is about
    shipping_charge = models.BigIntegerField(null=True)  # orders.ShippingCharge id, likewise

    class Meta:
        indexes = [
            models.Index(fields=["order_line"], condition=Q(order_line__isnull=False), name="entries_of_line"),
            models.Index(
                fields=["shipping_charge"], condition=Q(shipping_charge__isnull=False), name="entries_of_shipping"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(amount=0) & Q(amount__lt=10**15, amount__gt=-(10**15)), name="entry_moves_money"
            ),
            models.CheckConstraint(
                condition=Q(order_line=None) | Q(shipping_charge=None), name="entry_about_one_thing"
            ),
        ]


class Balance(models.Model):
    """Running balance of an account. Moved only by the trigger on entries."""

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.PROTECT, related_name="balance")
    amount = models.BigIntegerField(default=0)  # signed: debit > 0
    credit_normal = models.BooleanField()
    floor_zero = models.BooleanField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(floor_zero=False)
                | Q(credit_normal=True, amount__lte=0)
                | Q(credit_normal=False, amount__gte=0),
                name="balance_never_below_floor",
            )
        ]


class Held(models.Model):
    """What is still held of a buyer's money for one order line or one shipping charge; the split of SEG:HELD."""

    order_line = models.BigIntegerField(null=True, unique=True)
    shipping_charge = models.BigIntegerField(null=True, unique=True)
    amount = models.BigIntegerField(default=0)  # won still held, never below 0

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="held_never_negative"),
            models.CheckConstraint(
                condition=Q(order_line=None, shipping_charge__isnull=False)
                | Q(order_line__isnull=False, shipping_charge=None),
                name="held_for_one_thing",
            ),
        ]


class Verification(models.Model):
    """What recomputing every invariant came to, kept for the office: `results` is {name, count, seconds, rows} of each."""

    at = models.DateTimeField(_("계산한 때"), default=clock.now, db_index=True)
    results = models.JSONField(_("결과"))
