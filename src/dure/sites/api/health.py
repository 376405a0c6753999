"""`/healthz`: this process is alive. `/readyz`: the house can serve (database, worker, lane). `/metrics`: Prometheus."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from dure.config import load
from dure.kit import clock
from dure.kit.models import Delivery, Heartbeat
from dure.messaging import queries as messaging

WORKER_PARTS = ("relay", "jobs")
FRESH = timedelta(seconds=15)


def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"ok": True, "process": "web"})


def readyz(request: HttpRequest) -> JsonResponse:
    """200 when every check holds, else 503; the body says which does not and why."""
    checks = {name: _checked(check) for name, check in CHECKS.items()}
    ready = all(check["ok"] for check in checks.values())
    return JsonResponse({"ok": ready, "checks": checks}, status=200 if ready else 503)


def metrics(request: HttpRequest) -> HttpResponse:
    registry = CollectorRegistry()
    waiting = Gauge("dure_outbox_waiting", "events not yet delivered", registry=registry)
    waiting.set(Delivery.objects.filter(done_at=None).count())
    failing = Gauge("dure_outbox_failing", "deliveries tried at least three times in vain", registry=registry)
    failing.set(Delivery.objects.filter(done_at=None, attempts__gte=3).count())
    sending = messaging.state()
    for name, about, value in (
        ("waiting", "messages not yet handed over", sending.waiting),
        ("held", "messages that wait for the morning", sending.held),
        ("dead", "messages given up, for a person to decide", sending.dead),
        ("oldest_seconds", "how long the oldest message that is due has waited", sending.oldest),
    ):
        Gauge(f"dure_messages_{name}", about, registry=registry).set(value)
    age = Gauge("dure_heartbeat_age_seconds", "since a part of the worker was last alive", ["part"], registry=registry)
    for beat in Heartbeat.objects.all():
        age.labels(beat.process).set((clock.now() - beat.at).total_seconds())
    ready = Gauge("dure_ready", "1 when a check of /readyz holds", ["check"], registry=registry)
    for name, check in CHECKS.items():
        ready.labels(name).set(_checked(check)["ok"])
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _checked(check: Callable[[], str]) -> dict[str, Any]:
    began = time.perf_counter()
    try:
        reason = check()
    except (Error, httpx.HTTPError) as error:
        reason = type(error).__name__
    spent = round((time.perf_counter() - began) * 1000, 1)
    return {"ok": not reason, "ms": spent, **({"reason": reason} if reason else {})}


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _worker() -> str:
    beats = {beat.process: beat.at for beat in Heartbeat.objects.filter(process__in=WORKER_PARTS)}
    silent = [part for part in WORKER_PARTS if part not in beats or clock.now() - beats[part] > FRESH]
    return f"no heartbeat for {FRESH.seconds} s: {', '.join(silent)}" if silent else ""


def _lane() -> str:
    config = load()
    answer = httpx.get(f"http://{config.reach}:{config.lane_port}/healthz", timeout=2)
    return "" if answer.is_success else f"HTTP {answer.status_code}"


CHECKS = {"database": _database, "worker": _worker, "lane": _lane}

urlpatterns = [path("healthz", healthz), path("readyz", readyz), path("metrics", metrics)]
