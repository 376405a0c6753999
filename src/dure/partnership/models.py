"""From a place on the map to a merchant with an MD: places, shops, owners, businesses, leads and what is done to them.

Shop (점포), Owner (점주) and Business (사업자) are three things: an owner may run two shops, a business may stand in
two markets, and at the first meeting often only one of the three is known.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dure.kit import clock
from dure.partnership import rules
from dure.people.models import Consent, Role

USER = settings.AUTH_USER_MODEL


class PlaceQuerySet(models.QuerySet["Place"]):
    def listed(self) -> Self:
        """Places in the newest list, and those gone from it where shops have been captured."""
        return self.filter(Q(gone_since=None) | Exists(Shop.objects.filter(place=OuterRef("pk"))))

    def open_on(self, day: date) -> Self:
        """Markets that trade on `day`: permanent ones, and fair days. The 31st is not in the data and counts as closed."""
        digit = rules.fair_digit(day)
        fair = Q(fair_digits__contains=[digit]) if digit is not None else Q(pk__in=[])
        return self.filter(Q(daily=True) | fair)


class Place(models.Model):
    """Where merchants are met: a traditional market, a fair, an agency that refers them."""

    class Kind(models.TextChoices):
        MARKET = "MARKET", _("전통시장")
        FAIR = "FAIR", _("박람회")
        AGENCY = "AGENCY", _("지원기관")

    class Source(models.TextChoices):
        STANDARD = "STANDARD", _("전국전통시장표준데이터")
        STARTER = "STARTER", _("두레 시작 목록")
        HAND = "HAND", _("직접 등록")

    key = models.CharField(max_length=32, unique=True)  # rules.place_key: the standard data has no key of its own
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.MARKET)
    source = models.CharField(max_length=8, choices=Source.choices)
    reference_date = models.DateField(null=True)  # of the source
    name = models.CharField(_("이름"), max_length=80)
    name_key = models.CharField(max_length=80, db_index=True)  # rules.name_key, for search and recognition
    name_initials = models.CharField(max_length=80, db_index=True)  # ㄱㅈㅅㅈ
    region = models.CharField(_("시·도"), max_length=20, db_index=True)
    district = models.CharField(_("시·군·구"), max_length=40, blank=True)
    road_address = models.CharField(_("도로명주소"), max_length=200, blank=True)
    lot_address = models.CharField(_("지번주소"), max_length=200, blank=True)
    latitude = models.FloatField(null=True)  # WGS84 degrees
    longitude = models.FloatField(null=True)
    daily = models.BooleanField(default=True)  # 상설장: shops trade every day
    # Last digits of the days of a 5-day fair: [2, 7] is the 2nd, 7th, 12th, … 27th.
    fair_digits = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    shop_count = models.PositiveIntegerField(null=True)
    goods = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    homepage = models.CharField(max_length=200, blank=True)
    opened_year = models.PositiveSmallIntegerField(null=True)
    toilet = models.BooleanField(null=True)
    parking = models.BooleanField(null=True)
    provider = models.CharField(max_length=80, blank=True)
    gone_since = models.DateField(null=True)  # no longer in the list of this reference date; never deleted
    updated_at = models.DateTimeField(default=clock.now)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["region", "district"], name="places_of_region")]
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__gte=32, latitude__lte=40, longitude__gte=123, longitude__lte=133),
                name="place_in_korea",
            ),
            models.CheckConstraint(
                condition=Q(fair_digits__contained_by=[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), name="fair_digits_are_digits"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        return self.road_address or self.lot_address

    def opening(self, day: date) -> rules.Opening:
        return rules.opening(self.daily, self.fair_digits, day)


class Owner(models.Model):
    """The person behind a stall."""

    name = models.CharField(_("점주 이름"), max_length=60, blank=True)
    phone = models.CharField(_("휴대전화"), max_length=20, blank=True)  # E.164
    email = models.EmailField(_("이메일"), blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["phone"], condition=~Q(phone=""), name="one_owner_per_phone"),
            models.CheckConstraint(
                condition=Q(phone="") | Q(phone__regex=r"^\+[0-9]{6,15}$"), name="owner_phone_is_e164"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.phone


class Business(models.Model):
    """A registered business (사업자), as the tax service last described it."""

    brn = models.CharField(_("사업자등록번호"), max_length=10, unique=True)
    status_code = models.CharField(max_length=2, blank=True)  # 01 active, 02 suspended, 03 closed, "" not known
    tax_type_code = models.CharField(max_length=2, blank=True)  # NTS tax_type_cd
    checked_at = models.DateTimeField(null=True)
    raw = models.JSONField(default=dict, blank=True)  # the answer as it came: evidence

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(brn__regex=r"^[0-9]{10}$"), name="brn_is_ten_digits")]
        verbose_name_plural = "businesses"

    def __str__(self) -> str:
        return self.brn


class Shop(models.Model):
    """A stall, or a shop. `branch` counts further shops of one owner or business; 0 is the first.

    The two unique constraints are what makes one shop of two captures at the same moment.
    """

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="shops")
    name = models.CharField(_("점포 이름"), max_length=80)
    name_key = models.CharField(max_length=80)  # rules.name_key
    stall = models.CharField(_("점포 번호"), max_length=20, blank=True)
    goods = models.CharField(_("파는 것"), max_length=120, blank=True)
    owner = models.ForeignKey(Owner, null=True, on_delete=models.PROTECT, related_name="shops")
    business = models.ForeignKey(Business, null=True, on_delete=models.PROTECT, related_name="shops")
    branch = models.PositiveSmallIntegerField(default=0)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["place", "name_key"], name="shops_by_name")]
        constraints = [
            models.UniqueConstraint(fields=["business", "branch"], name="one_shop_per_business_and_branch"),
            models.UniqueConstraint(fields=["owner", "branch"], name="one_shop_per_owner_and_branch"),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="shop_not_merged_into_itself"),
        ]

    def __str__(self) -> str:
        return self.name


class Visit(models.Model):
    """A worker at a place on a day (KST). Made by the first capture there."""

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="visits")
    worker = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    started_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "worker", "day"], name="one_visit_a_day")]


class LeadStatus(models.TextChoices):
    CAPTURED = "CAPTURED", _("발굴")
    CONTACTED = "CONTACTED", _("연락함")
    INTERESTED = "INTERESTED", _("관심 있음")
    SCREENING = "SCREENING", _("심사 중")
    SELECTED = "SELECTED", _("선정")
    DEFERRED = "DEFERRED", _("보류")
    DECLINED = "DECLINED", _("거절")


class Route(models.TextChoices):
    LIST = "LIST", pgettext_lazy("route", "입점")
    DONE_FOR_YOU = "DONE_FOR_YOU", pgettext_lazy("route", "대행")
    LEARN = "LEARN", pgettext_lazy("route", "교육")


class LeadQuerySet(models.QuerySet["Lead"]):
    def current(self) -> Self:
        """Without those merged into another."""
        return self.filter(merged_into=None)

    def visible_to(self, user: Any) -> Self:
        """Operators and reviewers see all; an MD their merchants; a field worker the shops they met."""
        if user.has_role(Role.OPERATOR, Role.REVIEWER):
            return self
        mine = Q(pk__in=[])
        if user.has_role(Role.FIELD):
            met = ContactLog.objects.filter(lead=OuterRef("pk"), by_id=user.pk)
            mine |= Q(captured_by_id=user.pk) | Exists(met)
        if user.has_role(Role.MD):
            mine |= Exists(Assignment.objects.filter(lead=OuterRef("pk"), md_id=user.pk, ended_at=None))
        return self.filter(mine)


class Lead(models.Model):
    """A shop on its way to becoming a merchant. One per shop."""

    MOVES = {
        "CAPTURED": {"CONTACTED", "DEFERRED", "DECLINED"},
        "CONTACTED": {"INTERESTED", "DEFERRED", "DECLINED"},
        "INTERESTED": {"SCREENING", "DEFERRED", "DECLINED"},
        "SCREENING": {"SELECTED", "DEFERRED", "DECLINED"},
        "DEFERRED": {"CONTACTED", "DECLINED"},
        "DECLINED": {"CONTACTED"},  # people change their minds
        "SELECTED": set(),
    }

    key = models.UUIDField(unique=True)  # made by the phone: a capture sent twice is one lead
    shop = models.OneToOneField(Shop, on_delete=models.PROTECT, related_name="lead")
    visit = models.ForeignKey(Visit, null=True, on_delete=models.PROTECT, related_name="leads")
    status = models.CharField(max_length=10, choices=LeadStatus.choices, default=LeadStatus.CAPTURED)
    route = models.CharField(max_length=12, choices=Route.choices, blank=True)
    captured_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    captured_at = models.DateTimeField(default=clock.now)
    moved_at = models.DateTimeField(default=clock.now)  # into the present status
    next_step = models.CharField(_("다음 할 일"), max_length=200, blank=True)
    next_step_on = models.DateField(_("언제"), null=True, blank=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")

    objects = LeadQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["status", "-moved_at"], name="leads_by_status"),
            models.Index(fields=["captured_by", "-captured_at"], name="leads_of_worker"),
            models.Index(fields=["next_step_on"], name="leads_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="SELECTED", route__in=Route.values) | (~Q(status="SELECTED") & Q(route="")),
                name="selected_has_a_route",
            ),
        ]

    def __str__(self) -> str:
        return self.shop.name

    @property
    def ref(self) -> str:
        """How a seller points back at the lead it came from (`sellers.Seller.lead_ref`)."""
        return f"partnership.lead:{self.pk}"


class ContactLog(models.Model):
    """A word exchanged with a merchant, or the attempt."""

    class Channel(models.TextChoices):
        IN_PERSON = "IN_PERSON", _("만남")
        PHONE = "PHONE", _("전화")
        MESSAGE = "MESSAGE", _("문자")
        EMAIL = "EMAIL", _("이메일")

    class Outcome(models.TextChoices):
        MET = "MET", _("이야기 나눔")
        NO_ANSWER = "NO_ANSWER", _("연락 안 됨")
        INTERESTED = "INTERESTED", _("관심 있음")
        LATER = "LATER", _("나중에")
        DECLINED = "DECLINED", _("안 하겠다고 함")

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="contacts")
    key = models.UUIDField(unique=True)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    channel = models.CharField(_("방법"), max_length=9, choices=Channel.choices)
    outcome = models.CharField(_("결과"), max_length=10, choices=Outcome.choices)
    note = models.TextField(_("메모"), blank=True)
    consent = models.ForeignKey(Consent, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at", "-id"]


class LeadPhoto(models.Model):
    """A picture taken at the stall, re-encoded by kit.images (which drops where it was taken)."""

    class Kind(models.TextChoices):
        STALL = "STALL", _("가게")
        PRODUCT = "PRODUCT", _("상품")

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="photos")
    kind = models.CharField(max_length=7, choices=Kind.choices, default=Kind.STALL)
    image = models.CharField(max_length=200)  # storage name of the largest size, see kit.images
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    taken_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["id"]


class MergeSuspect(models.Model):
    """Two shops that may be one. A person decides; only the business number and the phone are believed unasked."""

    class Reason(models.TextChoices):
        STALL = "STALL", _("같은 점포 번호")
        NAME = "NAME", _("비슷한 이름")
        PHONE = "PHONE", _("같은 전화번호")
        BUSINESS = "BUSINESS", _("같은 사업자등록번호")

    class Verdict(models.TextChoices):
        OPEN = "OPEN", _("확인 필요")
        SAME = "SAME", _("같은 곳")
        DIFFERENT = "DIFFERENT", _("다른 곳")

    first = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=8, choices=Reason.choices)
    likeness = models.PositiveSmallIntegerField()  # 0–100
    verdict = models.CharField(max_length=9, choices=Verdict.choices, default=Verdict.OPEN)
    found_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="one_suspicion_per_pair"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="suspects_in_order"),
        ]

    @property
    def shops(self) -> list[Shop]:
        return [self.first, self.second]


class Rubric(models.Model):
    """What merchants are screened by: data, so that a programme changes weights without changing code.

    `criteria` is a list of {code, axis (PRODUCT or WILL), weight, name_ko, name_en, ask_ko, ask_en}; each is scored
    0–5, an axis is the weighted mean on 0–100. A used rubric is not edited: a new version replaces it.
    """

    version = models.CharField(max_length=20, unique=True)
    criteria = models.JSONField()
    product_bar = models.PositiveSmallIntegerField(default=60)  # from here on the product is good enough to list
    will_bar = models.PositiveSmallIntegerField(default=60)
    active = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["active"], condition=Q(active=True), name="one_active_rubric"),
            models.CheckConstraint(condition=Q(product_bar__lte=100, will_bar__lte=100), name="rubric_bars_within_100"),
        ]

    def __str__(self) -> str:
        return self.version


class Screening(models.Model):
    """What one reviewer thinks of a lead: product and will apart. Revised in place until the lead is decided."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="screenings")
    reviewer = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    rubric = models.ForeignKey(Rubric, on_delete=models.PROTECT, related_name="+")
    scores = models.JSONField()  # {criterion code: 0–5}
    product_score = models.PositiveSmallIntegerField()
    will_score = models.PositiveSmallIntegerField()
    comment = models.TextField(_("심사 의견"), blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["lead", "reviewer"], name="one_screening_per_reviewer"),
            models.CheckConstraint(condition=Q(product_score__lte=100, will_score__lte=100), name="scores_within_100"),
        ]


class Selection(models.Model):
    """A lead became a merchant: the route, the reason, and the scores as they stood."""

    lead = models.OneToOneField(Lead, on_delete=models.PROTECT, related_name="selection")
    route = models.CharField(max_length=12, choices=Route.choices)
    suggested_route = models.CharField(max_length=12, choices=Route.choices)
    product_score = models.PositiveSmallIntegerField()
    will_score = models.PositiveSmallIntegerField()
    reason = models.TextField(_("선정 이유"))
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)


class Assignment(models.Model):
    """Which merchandiser (MD) raises a merchant. One at a time; earlier ones stay as history."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="assignments")
    md = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    assigned_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lead"], condition=Q(ended_at=None), name="one_active_md_per_lead"),
        ]


class Milestone(models.Model):
    """The first time a merchant got somewhere; what time-to-first-sale is measured by."""

    class Code(models.TextChoices):
        INVITED = "INVITED", _("초대를 보냄")
        JOINED = "JOINED", _("점주 가입")
        APPROVED = "APPROVED", _("입점 승인")
        ON_SALE = "ON_SALE", _("첫 상품 판매 시작")
        FIRST_SALE = "FIRST_SALE", _("첫 판매")

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="milestones")
    code = models.CharField(max_length=10, choices=Code.choices)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lead", "code"], name="a_first_time_happens_once")]
