"""A show (방송) and everything that belongs to it.

Two guards live in the database (migration 0002): a show goes on air only when its host's economic interest is
declared, and that declaration cannot be changed once the show has been on air.
"""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dure.commerce.catalog.models import Option
from dure.kit import clock, ids
from dure.people.models import Role


class ShowStatus(models.TextChoices):
    PLANNED = "PLANNED", _("준비 중")
    REHEARSING = "REHEARSING", _("리허설")
    READY = "READY", _("방송 대기")
    ON_AIR = "ON_AIR", _("방송 중")
    PAUSED = "PAUSED", _("잠시 멈춤")
    ENDED = "ENDED", _("방송 종료")
    REPLAY = "REPLAY", _("다시보기")
    CANCELED = "CANCELED", _("방송 취소")


COMING = [ShowStatus.PLANNED, ShowStatus.REHEARSING, ShowStatus.READY]
RUNNING = [ShowStatus.ON_AIR, ShowStatus.PAUSED]
OVER = [ShowStatus.ENDED, ShowStatus.REPLAY]


class ShowQuerySet(models.QuerySet["Show"]):
    def for_studio(self, user: Any) -> Self:
        """Shows `user` may work on: as their host, as their MD, or as an operator of the house."""
        if user.has_role(Role.OPERATOR):
            return self
        return self.filter(Q(host_id=user.pk or 0) | Q(md_id=user.pk or 0))

    def public(self) -> Self:
        """Shows anybody may see: announced, on air, or over."""
        return self.filter(Q(status__in=COMING, listed=True) | Q(status__in=[*RUNNING, *OVER]))

    def coming(self) -> Self:
        return self.filter(status__in=COMING)

    def running(self) -> Self:
        return self.filter(status__in=RUNNING)


class Show(models.Model):
    MOVES = {
        "PLANNED": {"REHEARSING", "CANCELED"},
        "REHEARSING": {"READY", "CANCELED"},
        "READY": {"REHEARSING", "ON_AIR", "CANCELED"},
        "ON_AIR": {"PAUSED", "ENDED"},
        "PAUSED": {"ON_AIR", "ENDED"},
        "ENDED": {"REPLAY"},
        "REPLAY": set(),
        "CANCELED": set(),
    }

    class Pause(models.TextChoices):
        HOST = "HOST", _("진행자가 잠시 멈춤")
        STREAM = "STREAM", _("영상 연결이 끊김")

    code = models.CharField(max_length=12, unique=True, default=ids.code)  # in addresses; cannot be guessed
    title = models.CharField(_("방송 제목"), max_length=60)
    story = models.TextField(_("방송 소개"), max_length=1000, blank=True)
    poster = models.CharField(max_length=200, blank=True)  # kit.images name; empty: the first product's picture
    planned_at = models.DateTimeField(_("방송 시각"))
    host = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="hosted_shows")
    md = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="planned_shows")
    listed = models.BooleanField(_("예고에 보이기"), default=True)
    status = models.CharField(max_length=10, choices=ShowStatus.choices, default=ShowStatus.PLANNED)
    pause = models.CharField(max_length=6, choices=Pause.choices, blank=True)  # why it is PAUSED
    slow_seconds = models.PositiveSmallIntegerField(default=2)  # one viewer's chat messages keep this distance
    notice = models.CharField(_("고정 공지"), max_length=120, blank=True)
    likes = models.PositiveBigIntegerField(default=0)
    key = models.UUIDField(null=True, unique=True)  # the form's key: a double submit plans one show
    created_at = models.DateTimeField(default=clock.now)
    on_air_at = models.DateTimeField(null=True)  # the first time
    stream_seen_at = models.DateTimeField(null=True)  # the media last said that the picture arrives
    ended_at = models.DateTimeField(null=True)
    replay_at = models.DateTimeField(null=True)

    objects = ShowQuerySet.as_manager()

    class Meta:
        ordering = ["-planned_at", "-id"]
        indexes = [models.Index(fields=["status", "planned_at"], name="shows_by_status")]
        constraints = [
            models.CheckConstraint(condition=Q(status="PAUSED") | Q(pause=""), name="pause_only_when_paused"),
            models.CheckConstraint(
                condition=Q(on_air_at__isnull=False) | ~Q(status__in=["ON_AIR", "PAUSED", "ENDED", "REPLAY"]),
                name="aired_shows_have_a_start",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_coming(self) -> bool:
        return self.status in COMING

    @property
    def is_running(self) -> bool:
        return self.status in RUNNING

    @property
    def is_over(self) -> bool:
        return self.status in OVER


class ShowOffer(models.Model):
    """An option sold in the show, and its live price (라이브 특가) if it has one."""

    class Opens(models.TextChoices):
        ON_AIR = "ON_AIR", _("방송 시작과 함께")
        PIN = "PIN", _("상품을 고정할 때")

    show = models.ForeignKey(Show, on_delete=models.CASCADE, related_name="offers")
    option = models.ForeignKey(Option, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    live_price = models.PositiveIntegerField(_("라이브 특가"), null=True, blank=True)  # won; None: the usual price
    allotment = models.PositiveIntegerField(_("특가 수량"), null=True, blank=True)  # None: while the stock lasts
    per_buyer = models.PositiveSmallIntegerField(_("1인당 수량"), null=True, blank=True)
    opens = models.CharField(_("특가 시작"), max_length=6, choices=Opens.choices, default=Opens.ON_AIR)
    minutes = models.PositiveSmallIntegerField(_("특가 시간(분)"), null=True, blank=True)  # None: until the show ends
    closes_at = models.DateTimeField(null=True)  # set when the price opens with `minutes`

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["show", "option"], name="one_offer_per_option"),
            models.CheckConstraint(
                condition=Q(live_price__isnull=False)
                | Q(allotment__isnull=True, per_buyer__isnull=True, minutes__isnull=True),
                name="offer_terms_need_a_price",
            ),
        ]

    def __str__(self) -> str:
        return str(self.option)


class CueSegment(models.Model):
    """One line of the cue sheet (큐시트): what happens, for how long, and when it really began."""

    class Kind(models.TextChoices):
        OPENING = "OPENING", _("오프닝")
        PRODUCT = "PRODUCT", _("상품 소개")
        STORY = "STORY", _("이야기")
        EVENT = "EVENT", _("이벤트")
        CLOSING = "CLOSING", _("마무리")

    show = models.ForeignKey(Show, on_delete=models.CASCADE, related_name="segments")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(_("종류"), max_length=8, choices=Kind.choices)
    offer = models.ForeignKey(ShowOffer, null=True, blank=True, on_delete=models.CASCADE, related_name="segments")
    beat = models.CharField(_("할 말"), max_length=80)
    script = models.TextField(_("대본"), max_length=2000, blank=True)
    planned_minutes = models.PositiveSmallIntegerField(_("시간(분)"), default=5)
    started_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["show", "position"], name="cue_order", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=~Q(kind="PRODUCT") | Q(offer__isnull=False), name="product_cue_has_offer"),
            models.CheckConstraint(
                condition=Q(planned_minutes__gte=1) & Q(planned_minutes__lte=180), name="cue_minutes_sane"
            ),
        ]

    def __str__(self) -> str:
        return self.beat


class Benefit(models.TextChoices):
    """What a host gets for the show (경제적 이해관계)."""

    NONE = "NONE", _("받은 것 없음")
    PAID = "PAID", _("광고비·출연료")
    COMMISSION = "COMMISSION", _("판매 수수료")
    GOODS = "GOODS", _("제품 무상 제공(협찬)")
    DISCOUNT = "DISCOUNT", _("할인·대여")
    OWN = "OWN", _("직접 판매하는 상품")


class Disclosure(models.Model):
    """A host's economic interest in the show, or the explicit declaration that there is none.

    「추천·보증 등에 관한 표시·광고 심사지침」 of the Fair Trade Commission (in force since 2020-09-01, amended 2024-12-01).
    """

    show = models.ForeignKey(Show, on_delete=models.CASCADE, related_name="disclosures")
    host = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    benefit = models.CharField(_("받는 것"), max_length=10, choices=Benefit.choices)
    advertiser = models.CharField(_("광고주"), max_length=60, blank=True)
    wording = models.CharField(_("화면 문구"), max_length=60, blank=True)
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["show", "host"], name="one_disclosure_per_host"),
            models.CheckConstraint(
                condition=Q(benefit="NONE", advertiser="", wording="")
                | (~Q(benefit="NONE") & ~Q(advertiser="") & ~Q(wording="")),
                name="disclosure_names_who_and_what",
            ),
        ]

    @property
    def is_paid(self) -> bool:
        """Whether the picture must carry "유료광고 포함"."""
        return self.benefit != Benefit.NONE


class DisclosureExposure(models.Model):
    """Evidence that the disclosure was shown: when, where, in which words. Append-only."""

    class Where(models.TextChoices):
        START = "START", _("방송 시작")
        REPEAT = "REPEAT", _("반복 고지")
        RESUME = "RESUME", _("방송 재개")
        END = "END", _("방송 종료")
        REPLAY = "REPLAY", _("다시보기")

    show = models.ForeignKey(Show, on_delete=models.PROTECT, related_name="exposures")
    where = models.CharField(max_length=6, choices=Where.choices)
    wording = models.CharField(max_length=200)
    viewers = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at", "id"]


class Pin(models.Model):
    """A product held on everybody's screen (상품 고정). The closed ones are the markers of the replay."""

    show = models.ForeignKey(Show, on_delete=models.CASCADE, related_name="pins")
    offer = models.ForeignKey(ShowOffer, on_delete=models.PROTECT, related_name="pins")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    pinned_at = models.DateTimeField()
    unpinned_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pinned_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["show"], condition=Q(unpinned_at=None), name="one_pin_at_a_time"),
            models.CheckConstraint(
                condition=Q(unpinned_at=None) | Q(unpinned_at__gte=F("pinned_at")), name="pin_ends_after_it_began"
            ),
        ]


class ChatMessage(models.Model):
    class Kind(models.TextChoices):
        VIEWER = "VIEWER", _("시청자")
        HOST = "HOST", _("진행자")
        HOUSE = "HOUSE", _("안내")  # the disclosure, a notice: nobody in particular speaks

    show = models.ForeignKey(Show, on_delete=models.CASCADE, related_name="messages")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.VIEWER)
    name = models.CharField(max_length=60, blank=True)  # as it was shown
    text = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)
    hidden_at = models.DateTimeField(null=True)
    hidden_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["show", "-id"], name="chat_of_show"),
            models.Index(fields=["show", "user", "-at"], name="chat_of_user"),
        ]


class Mute(models.Model):
    """A viewer whose chat is refused in this show."""

    show = models.ForeignKey(Show, on_delete=models.CASCADE, related_name="mutes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["show", "user"], name="one_mute_per_viewer")]


class Report(models.Model):
    """A viewer says that something in the show is not right (신고)."""

    class Reason(models.TextChoices):
        UNDISCLOSED = "UNDISCLOSED", _("광고 표시가 없거나 숨겨졌어요")
        FALSE = "FALSE", _("거짓이거나 과장됐어요")
        BANNED = "BANNED", _("팔면 안 되는 상품이에요")
        RUDE = "RUDE", _("욕설·혐오 표현이 있어요")

    show = models.ForeignKey(Show, on_delete=models.CASCADE, related_name="reports")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("신고 이유"), max_length=11, choices=Reason.choices)
    detail = models.CharField(_("자세한 내용"), max_length=300, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["show", "user", "reason"], name="one_report_per_reason")]


class Notify(models.Model):
    """알림받기: tell this person when the show begins."""

    show = models.ForeignKey(Show, on_delete=models.CASCADE, related_name="notifies")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["show", "user"], name="one_notify_per_viewer")]


class Audience(models.Model):
    """One minute of the show as the lane counted it."""

    show = models.ForeignKey(Show, on_delete=models.CASCADE, related_name="audience")
    minute = models.DateTimeField()
    viewers = models.PositiveIntegerField(default=0)  # most at once in the minute

    class Meta:
        ordering = ["minute"]
        constraints = [models.UniqueConstraint(fields=["show", "minute"], name="one_count_per_minute")]


class Recording(models.Model):
    """The replay: how long the recorded picture is, and where in it each product was pinned."""

    show = models.OneToOneField(Show, on_delete=models.CASCADE, related_name="recording")
    duration_ms = models.PositiveIntegerField()
    markers = models.JSONField(default=list)  # [{"at_ms", "offer", "title"}] in the order of time
    made_at = models.DateTimeField(default=clock.now)
