"""Templates in numbered versions, what people chose, and every message with what became of it."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dure.kit import clock
from dure.messaging.kinds import CHANNELS, KINDS

CHANNEL_CHOICES = list(CHANNELS.items())


class Template(models.Model):
    """One version of what a kind says over a channel in a language. At most one is LIVE; without one, `kinds` speaks.

    A talk goes through Kakao's review first: WRITTEN → IN_REVIEW → LIVE or REJECTED; the version before stays live
    meanwhile.
    """

    class Status(models.TextChoices):
        WRITTEN = "WRITTEN", _("심사 보내는 중")
        IN_REVIEW = "IN_REVIEW", _("카카오 심사 중")
        LIVE = "LIVE", _("쓰는 중")
        REJECTED = "REJECTED", _("반려")
        RETIRED = "RETIRED", _("지난 판")

    MOVES = {
        "WRITTEN": {"IN_REVIEW", "LIVE", "RETIRED"},
        "IN_REVIEW": {"LIVE", "REJECTED", "RETIRED"},
        "LIVE": {"RETIRED"},
        "RETIRED": {"LIVE"},
        "REJECTED": set(),
    }

    kind = models.CharField(max_length=40)
    channel = models.CharField(_("채널"), max_length=5, choices=CHANNEL_CHOICES)
    language = models.CharField(_("언어"), max_length=5, choices=settings.LANGUAGES)
    number = models.PositiveIntegerField()  # of the version
    status = models.CharField(max_length=9, choices=Status.choices)
    subject = models.CharField(_("제목"), max_length=120, blank=True)
    body = models.TextField(_("내용"))
    button = models.CharField(_("버튼 이름"), max_length=14, blank=True)  # Kakao takes 14 letters
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=clock.now)
    # A talk, at Kakao.
    provider_ref = models.CharField(max_length=60, blank=True)
    provider_comment = models.TextField(blank=True)
    asked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "channel", "language", "number"], name="one_template_per_number"),
            models.UniqueConstraint(
                fields=["kind", "channel", "language"], condition=Q(status="LIVE"), name="one_live_template"
            ),
            models.CheckConstraint(
                condition=~Q(channel="TALK", status="LIVE") | ~Q(provider_ref=""), name="live_talk_is_registered"
            ),
        ]

    def __str__(self) -> str:
        return f"{KINDS[self.kind].title if self.kind in KINDS else self.kind} {self.number}"


class Route(models.Model):
    """The operator turned a channel off for a kind, for everybody; a row says so, its absence that it is on."""

    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=5, choices=CHANNEL_CHOICES)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "channel"], name="one_route_per_kind_and_channel")]


class Preference(models.Model):
    """By which channels somebody wants a kind. `whose`: "user:12", or a role of a shop, "role:3:ORDERS"."""

    whose = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=5, choices=CHANNEL_CHOICES)
    on = models.BooleanField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["whose", "kind", "channel"], name="one_preference")]


class Batch(models.Model):
    """Texts and talks handed over together: one group at the provider, filled and sent once.

    OPEN → SENT → REPORTED; an OPEN one whose lease is over is carried on by looking at how its group stands.
    """

    class Status(models.TextChoices):
        OPEN = "OPEN", _("보내는 중")
        SENT = "SENT", _("넘김")
        REPORTED = "REPORTED", _("결과 받음")
        GIVEN_UP = "GIVEN_UP", _("포기")

    status = models.CharField(max_length=8, choices=Status.choices, default=Status.OPEN)
    group = models.CharField(max_length=60, blank=True)  # the provider's id
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()  # of the next try, or the next look at the reports
    made_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], condition=Q(status__in=["OPEN", "SENT"]), name="batches_due"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["group"], condition=~Q(group=""), name="one_batch_per_group"),
            models.CheckConstraint(condition=Q(sent_at=None) | ~Q(group=""), name="sent_batch_has_a_group"),
        ]


class Message(models.Model):
    """One kind of news to one person over one channel: `key` sees to it that there is one.

    Address and words are sealed, and emptied when nobody needs them any more (`purge`); the row stays.
    """

    class Status(models.TextChoices):
        QUEUED = "QUEUED", _("보낼 차례")
        HELD = "HELD", _("아침까지 기다림")
        SENDING = "SENDING", _("보내는 중")
        SENT = "SENT", _("보냄")
        DELIVERED = "DELIVERED", _("도착")
        FAILED = "FAILED", _("실패")
        SKIPPED = "SKIPPED", _("보내지 않음")
        DEAD = "DEAD", _("포기")

    class Reason(models.TextChoices):
        SWITCHED_OFF = "SWITCHED_OFF", _("받는 분이 껐어요")
        NO_ADDRESS = "NO_ADDRESS", _("연락처가 없어요")
        NO_CONSENT = "NO_CONSENT", _("광고 수신에 동의하지 않았어요")
        ROUTE_OFF = "ROUTE_OFF", _("운영자가 끈 채널이에요")
        REFUSED = "REFUSED", _("받는 쪽에서 거절했어요")
        NOT_ARRIVED = "NOT_ARRIVED", _("도착하지 않았어요")
        OPTED_OUT = "OPTED_OUT", _("080 번호로 수신을 거부했어요")
        NOBODY_TOOK_IT = "NOBODY_TOOK_IT", _("하루가 지나도록 보낼 수 없었어요")
        UNKNOWN = "UNKNOWN", _("보냈는지 알 수 없어요")

    MOVES = {
        "QUEUED": {"SENDING", "HELD", "SKIPPED", "DEAD"},
        "HELD": {"QUEUED", "SKIPPED"},
        "SENDING": {"SENT", "QUEUED", "FAILED", "DEAD"},
        "SENT": {"DELIVERED", "FAILED"},
        "FAILED": {"QUEUED"},
        "DEAD": {"QUEUED"},
        "DELIVERED": set(),
        "SKIPPED": set(),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    key = models.CharField(max_length=200, unique=True)  # occasion, kind, person, channel
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=5, choices=CHANNEL_CHOICES)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.QUEUED)
    reason = models.CharField(max_length=14, choices=Reason.choices, blank=True)
    detail = models.CharField(max_length=200, blank=True)  # as the provider put it
    language = models.CharField(max_length=5)
    occasion = models.CharField(max_length=100)  # "orders.order:12": what it is about
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    template = models.ForeignKey(Template, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    to_sealed = models.BinaryField(default=bytes)
    to_masked = models.CharField(max_length=120, blank=True)
    to_digest = models.CharField(max_length=64, blank=True)  # finds an exact address again
    words_sealed = models.BinaryField(default=bytes)  # JSON: subject, body, button, link, values
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, related_name="messages")
    fallback_of = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="fallback")
    provider_ref = models.CharField(max_length=60, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(default=clock.now)
    queued_at = models.DateTimeField(default=clock.now)  # patience is counted from here; anew when sent again
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["channel", "due_at"], condition=Q(status__in=["QUEUED", "HELD"]), name="told_due"),
            models.Index(fields=["due_at"], condition=Q(status="SENDING"), name="told_sending"),
            models.Index(fields=["-made_at"], name="told_newest"),
            models.Index(fields=["user", "-made_at"], condition=Q(user__isnull=False), name="told_of_user"),
            models.Index(fields=["to_digest"], condition=~Q(to_digest=""), name="told_to"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(status="SKIPPED") | ~Q(reason=""), name="skipped_with_a_reason"),
            models.CheckConstraint(
                condition=~Q(status__in=["SENT", "DELIVERED"]) | Q(sent_at__isnull=False), name="sent_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["QUEUED", "SENDING", "HELD"]) | ~Q(to_sealed=b""), name="sent_to_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.to_masked}"

    @property
    def title(self) -> Any:
        kind = KINDS.get(self.kind)
        return kind.title if kind else self.kind
