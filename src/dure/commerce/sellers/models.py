"""A seller: the company behind a shop, its people, its account for payouts, its shipping-fee policy."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dure.kit import clock


class SellerStatus(models.TextChoices):
    INVITED = "INVITED", _("초대됨")
    APPLYING = "APPLYING", _("가입 중")
    IN_REVIEW = "IN_REVIEW", _("심사 중")
    APPROVED = "APPROVED", _("승인")
    SUSPENDED = "SUSPENDED", _("이용 정지")
    CLOSED = "CLOSED", _("폐점")


class SellerQuerySet(models.QuerySet["Seller"]):
    def of(self, user: Any) -> Self:
        """The sellers `user` works for."""
        return self.filter(members__user_id=user.pk or 0)

    def open(self) -> Self:
        return self.filter(status=SellerStatus.APPROVED)


class Seller(models.Model):
    MOVES = {
        "INVITED": {"APPLYING", "CLOSED"},
        "APPLYING": {"IN_REVIEW", "CLOSED"},
        "IN_REVIEW": {"APPROVED", "APPLYING"},  # back to APPLYING with a reason: something must be mended
        "APPROVED": {"SUSPENDED"},  # to close it, its sales stop first: nothing new can come in between
        "SUSPENDED": {"APPROVED", "CLOSED"},
        "CLOSED": set(),
    }

    name = models.CharField(_("상호"), max_length=80)  # what buyers see
    story = models.TextField(_("가게 이야기"), blank=True)
    status = models.CharField(max_length=10, choices=SellerStatus.choices, default=SellerStatus.APPLYING)
    lead_ref = models.CharField(
        max_length=40, blank=True, db_index=True
    )  # "partnership.lead:12", if it came from there
    # The company, as on the certificate of business registration.
    brn = models.CharField(_("사업자등록번호"), max_length=10, blank=True)
    company_name = models.CharField(_("상호(법인명)"), max_length=80, blank=True)
    representative = models.CharField(_("대표자"), max_length=60, blank=True)
    mail_order_number = models.CharField(_("통신판매업 신고번호"), max_length=40, blank=True)
    mail_order_exempt = models.BooleanField(_("통신판매업 신고 면제"), default=False)
    business_address = models.CharField(_("사업장 주소"), max_length=200, blank=True)
    contact_phone = models.CharField(_("대표 전화"), max_length=20, blank=True)
    contact_email = models.EmailField(_("대표 이메일"), blank=True)
    tax_type = models.CharField(max_length=2, blank=True)  # NTS tax_type_cd
    business_checked_at = models.DateTimeField(null=True)  # NTS said active (01)
    created_at = models.DateTimeField(default=clock.now)
    submitted_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    review_note = models.TextField(blank=True)  # what the operator asked to mend
    mend = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))  # {item code: what to mend}
    started_on = models.DateField(_("개업연월일"), null=True, blank=True)
    suspended_until = models.DateField(_("정지 끝나는 날"), null=True, blank=True)  # None: until an operator resumes
    closed_at = models.DateTimeField(null=True)

    objects = SellerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brn"], condition=~Q(brn=""), name="one_seller_per_business"),
            models.UniqueConstraint(fields=["lead_ref"], condition=~Q(lead_ref=""), name="one_seller_per_lead"),
        ]

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """A person working for a seller. `rules.CHANGES` says what each role may do; a shop always has an owner (a trigger)."""

    class Role(models.TextChoices):
        OWNER = "OWNER", _("대표")
        PRODUCT = "PRODUCT", _("상품 담당")
        ORDERS = "ORDERS", _("주문 담당")
        FINANCE = "FINANCE", _("정산 담당")
        READ_ONLY = "READ_ONLY", _("보기만")

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=9, choices=Role.choices)
    since = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "user"], name="one_membership"),
            models.CheckConstraint(
                condition=Q(role__in=["OWNER", "PRODUCT", "ORDERS", "FINANCE", "READ_ONLY"]), name="known_role"
            ),
        ]


class Invitation(models.Model):
    """A link that lets its holder become a seller's owner or staff, once."""

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="invitations")
    code = models.CharField(max_length=20, unique=True)
    role = models.CharField(max_length=9, choices=Member.Role.choices, default=Member.Role.OWNER)
    name = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(null=True)


class PayoutAccount(models.Model):
    """Where a seller's money goes. The number is encrypted (kit.crypto); a change keeps the old row, replaced."""

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="payout_accounts")
    bank_code = models.CharField(_("은행"), max_length=3)
    number_encrypted = models.BinaryField()
    number_tail = models.CharField(max_length=4)
    holder_name = models.CharField(_("예금주"), max_length=60)
    verified_at = models.DateTimeField(null=True)  # the bank named the same holder
    outside_ref = models.CharField(max_length=40, blank=True)  # the payout provider's seller id
    created_at = models.DateTimeField(default=clock.now)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller"], condition=Q(replaced_at=None), name="one_current_payout_account")
        ]


class ShippingPolicy(models.Model):
    """What a seller's parcel costs the buyer, in won. One per seller; snapshotted on the order."""

    seller = models.OneToOneField(Seller, on_delete=models.CASCADE, related_name="shipping_policy")
    fee = models.PositiveIntegerField(_("기본 배송비"), default=3000)
    free_over = models.PositiveIntegerField(_("무료배송 기준 금액"), null=True, blank=True)
    jeju_extra = models.PositiveIntegerField(_("제주 추가"), default=3000)
    remote_extra = models.PositiveIntegerField(_("도서산간 추가"), default=5000)
    return_fee = models.PositiveIntegerField(_("반품 배송비(편도)"), default=3000)
    dispatch_days = models.PositiveSmallIntegerField(_("발송 기한(영업일)"), default=2)
    dispatch_from = models.CharField(_("보내는 곳"), max_length=200, blank=True)
    return_to = models.CharField(_("반품 받는 곳"), max_length=200, blank=True)
    carrier = models.CharField(_("주 택배사"), max_length=20, blank=True)  # integrations.carrier code

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(free_over=None) | Q(free_over__gt=0), name="free_over_positive"),
            models.CheckConstraint(
                condition=Q(fee__lte=100_000) & Q(return_fee__lte=F("fee") + 100_000), name="fee_sane"
            ),
        ]


class RegistryCheck(models.Model):
    """What a register said last about a seller, with its answer as evidence. One row per question, asked again and again."""

    class Code(models.TextChoices):
        TAX = "TAX", _("국세청 영업 상태")
        PERSON = "PERSON", _("사업자등록증 진위")
        MAIL_ORDER = "MAIL_ORDER", _("통신판매업 신고")
        ACCOUNT = "ACCOUNT", _("예금주")

    class State(models.TextChoices):
        ASKING = "ASKING", _("묻는 중")
        OK = "OK", _("확인")
        PROBLEM = "PROBLEM", _("맞지 않음")
        SILENT = "SILENT", _("답이 없음")

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="registry_checks")
    code = models.CharField(max_length=10, choices=Code.choices)
    state = models.CharField(max_length=7, choices=State.choices, default=State.ASKING)
    why = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField(default=clock.now)
    told = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seller", "code"], name="one_answer_per_register")]


class Document(models.Model):
    """A paper of a seller, in the private store. A newer one replaces it; both are kept."""

    class Kind(models.TextChoices):
        BUSINESS = "BUSINESS", _("사업자등록증")
        MAIL_ORDER = "MAIL_ORDER", _("통신판매업 신고증")
        BANK_BOOK = "BANK_BOOK", _("통장 사본")
        FOOD_PERMIT = "FOOD_PERMIT", _("식품 영업 신고증")
        OTHER = "OTHER", _("그 밖의 서류")

    class Verdict(models.TextChoices):
        UNSEEN = "", _("확인 전")
        ACCEPTED = "ACCEPTED", _("확인")
        REFUSED = "REFUSED", _("다시 필요")

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(_("서류"), max_length=11, choices=Kind.choices)
    file = models.CharField(max_length=200)
    mime = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    expires_on = models.DateField(_("유효 기간"), null=True, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=clock.now)
    replaced_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=8, choices=Verdict.choices, blank=True)
    why = models.CharField(max_length=200, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reminded_days = models.PositiveSmallIntegerField(null=True)  # the last reminder: so many days before the end

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "kind"], condition=Q(replaced_at=None) & ~Q(kind="OTHER"), name="one_current_document"
            ),
            models.CheckConstraint(condition=~Q(verdict="REFUSED") | ~Q(why=""), name="refused_with_a_reason"),
        ]
        indexes = [models.Index(fields=["expires_on"], condition=Q(replaced_at=None), name="documents_expiring")]


class Visit(models.Model):
    """An operator looks at the seller centre as this seller: reading only, for a while, for a reason."""

    operator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="visits")
    reason = models.CharField(_("보는 까닭"), max_length=200)
    began_at = models.DateTimeField(default=clock.now)
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="visited_for_a_reason"),
            models.CheckConstraint(
                condition=Q(until__gt=F("began_at"), until__lte=F("began_at") + timedelta(hours=1)),
                name="visited_for_an_hour_at_most",
            ),
        ]
