"""What the API remembers: keys, webhooks on their way out, and the order in which changes of orders became visible."""

from __future__ import annotations

import uuid
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dure.commerce.orders.models import ProductOrder
from dure.commerce.sellers.models import Seller
from dure.kit import clock


class Holder(models.TextChoices):
    SELLER = "SELLER", _("판매자")
    SHOPFRONT = "SHOPFRONT", _("외부 쇼핑몰")
    HOUSE = "HOUSE", _("운영사")


class OfSeller(models.QuerySet[Any]):
    def of(self, seller: Seller | None) -> Self:
        """What a seller set up; None: what the house set up."""
        return self.filter(seller=seller)


class ApiKey(models.Model):
    """A credential of a machine: used as it is (`Bearer dk_live_…`), or changed into an hour's token at /oauth/token.

    Only a hash of the secret half is kept. `prefix` names the key in lists and logs, and is the OAuth client id.
    A TEST key sees what is there and changes nothing: its requests are rolled back after they have been answered.
    """

    class Mode(models.TextChoices):
        LIVE = "live", _("운영")
        TEST = "test", _("연습")

    prefix = models.CharField(_("키 앞부분"), max_length=24, unique=True)  # dk_live_7K3M9Q2X
    digest = models.CharField(max_length=64)  # SHA-256 of the secret half: 160 random bits need no slow hash
    holder = models.CharField(_("쓰는 곳"), max_length=9, choices=Holder.choices)
    seller = models.ForeignKey(Seller, null=True, on_delete=models.PROTECT, related_name="api_keys")
    mode = models.CharField(_("모드"), max_length=4, choices=Mode.choices, default=Mode.LIVE)
    name = models.CharField(_("이름"), max_length=60)
    scopes = ArrayField(models.CharField(max_length=24), default=list)
    per_minute = models.PositiveIntegerField(default=600)
    naver_secret_sealed = models.BinaryField(null=True)  # a bcrypt salt: the facade's signature is checked with it
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    objects = OfSeller.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(holder="SELLER", seller__isnull=False) | (~Q(holder="SELLER") & Q(seller=None)),
                name="a_sellers_key_names_the_seller",
            )
        ]

    def __str__(self) -> str:
        return self.prefix

    def state(self, at: Any = None) -> str:
        moment = at or clock.now()
        if self.revoked_at:
            return "REVOKED"
        return "EXPIRED" if self.expires_at and self.expires_at <= moment else "ACTIVE"


class Endpoint(models.Model):
    """Where a seller (or the house: no seller) wants to hear of events."""

    seller = models.ForeignKey(Seller, null=True, on_delete=models.PROTECT, related_name="webhook_endpoints")
    url = models.URLField(_("받을 주소"), max_length=500)
    topics = ArrayField(models.CharField(max_length=40))  # empty: all
    about = models.CharField(_("메모"), max_length=100, blank=True)
    secret_sealed = models.BinaryField()  # whsec_…, kit.crypto
    old_secret_sealed = models.BinaryField(null=True)
    old_secret_until = models.DateTimeField(null=True)  # both sign until then
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    disabled_at = models.DateTimeField(null=True)
    disabled_why = models.CharField(max_length=200, blank=True)  # by a person, or after three days in vain
    removed_at = models.DateTimeField(null=True)

    objects = OfSeller.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.url


class Message(models.Model):
    """One event for one endpoint. Its id is the webhook-id: the same in every attempt and every replay."""

    class Status(models.TextChoices):
        WAITING = "WAITING", _("보내는 중")
        DELIVERED = "DELIVERED", _("전달됨")
        FAILED = "FAILED", _("전달 실패")

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="messages")
    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    event = models.BigIntegerField(null=True)  # kit.Event; None: a test
    topic = models.CharField(max_length=40)
    aggregate = models.CharField(max_length=80)  # messages about one thing arrive in their order
    body = models.TextField()  # the JSON, byte for byte what is signed
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.WAITING)
    created_at = models.DateTimeField(default=clock.now)
    give_up_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["endpoint", "-id"], name="messages_of_endpoint"),
            models.Index(
                fields=["endpoint", "aggregate", "id"], condition=Q(status="WAITING"), name="messages_waiting"
            ),
            models.Index(fields=["next_attempt_at"], condition=Q(status="WAITING"), name="messages_due"),
        ]
        constraints = [
            # An event may concern several of a seller's lines: its aggregate tells them apart.
            models.UniqueConstraint(fields=["endpoint", "event", "aggregate"], name="an_event_once_per_endpoint")
        ]


class Attempt(models.Model):
    """What an endpoint answered to one try."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    ms = models.PositiveIntegerField()
    http_status = models.PositiveSmallIntegerField(null=True)  # None: no answer
    answer = models.TextField(blank=True)  # the first 2,000 characters, or why there was none

    class Meta:
        ordering = ["-id"]


class Change(models.Model):
    """One row of the order feed: what happened to a line (상품주문), in the order in which it could be seen.

    Ids and `changed_at` are given under a lock that is held until the row is committed, and a reader waits for the
    lock: who has read up to a moment has missed nothing before it (docs/decisions/0070).
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+", db_index=False)
    product_order = models.ForeignKey(ProductOrder, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20)  # lastChangedType
    event = models.BigIntegerField()
    happened_at = models.DateTimeField()
    changed_at = models.DateTimeField()  # never before that of a smaller id; whole milliseconds

    class Meta:
        indexes = [models.Index(fields=["seller", "id"], name="changes_of_seller")]
        constraints = [models.UniqueConstraint(fields=["event", "product_order", "kind"], name="a_change_is_told_once")]
