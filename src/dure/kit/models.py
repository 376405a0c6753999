"""Tables of the kit: events on their way up, the audit trail, idempotency keys."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Event(models.Model):
    """Something that happened, written in the transaction in which it happened."""

    topic = models.CharField(max_length=60)
    aggregate = models.CharField(max_length=80)  # "order:123"; deliveries keep their order per aggregate
    payload = models.JSONField()
    request_id = models.CharField(max_length=64, blank=True)
    occurred_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["aggregate", "id"])]


class Delivery(models.Model):
    """One event for one subscriber. Done in the same transaction as the subscriber's own changes."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="deliveries")
    subscriber = models.CharField(max_length=120)
    aggregate = models.CharField(max_length=80)
    done_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    last_error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "subscriber"], name="one_delivery_per_subscriber")]
        indexes = [
            models.Index(fields=["subscriber", "aggregate", "event"], condition=models.Q(done_at=None), name="pending"),
            models.Index(fields=["next_attempt_at", "id"], condition=models.Q(done_at=None), name="due"),
        ]


class AuditEntry(models.Model):
    """Who did what to what, when and why. Append-only (a trigger refuses anything else)."""

    at = models.DateTimeField(db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=80)
    subject = models.CharField(max_length=80)  # "orders.order:123"
    why = models.TextField(blank=True)
    detail = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [models.Index(fields=["subject", "id"])]


class IdempotencyKey(models.Model):
    """The answer already given to a request that may come twice; another body under the same key is refused."""

    scope = models.CharField(max_length=60)
    key = models.CharField(max_length=120)
    body_hash = models.CharField(max_length=64)
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="one_answer_per_key")]


class Heartbeat(models.Model):
    """A part of the worker that has just been through its loop; `/readyz` wants each younger than 15 seconds."""

    process = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()


class Page(models.Model):
    """A page that is the same for everybody, as it was drawn (`sites/remembered.py`). UNLOGGED: a crash empties it."""

    key = models.BinaryField(primary_key=True, max_length=16)
    stamp = models.TextField()
    until = models.FloatField()  # seconds since 1970
    etag = models.CharField(max_length=40)
    headers = models.TextField()
    body = models.BinaryField()
