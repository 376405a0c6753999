"""How much a caller may ask: a bucket of tokens per key (per address without one), refilled evenly over a minute.

The buckets live in the process: they cost no query, and a house of several web processes allows each its own share.
"""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from dure.sites.api.errors import TooManyRequests

ANYBODY = 300  # requests a minute without a key
WINDOW = 60
MOST_BUCKETS = 50_000

_lock = threading.Lock()
_buckets: dict[str, tuple[float, float]] = {}  # who → (tokens left, when counted)


@dataclass(frozen=True)
class Limit:
    """`left` requests may come at once; after `reset` seconds the bucket is full again."""

    quota: int
    left: int
    reset: int


def take(request: HttpRequest, who: str, per_minute: int, *, now: float | None = None) -> None:
    """Count one request. Raises TooManyRequests."""
    moment = time.monotonic() if now is None else now
    rate = per_minute / WINDOW
    with _lock:
        tokens, counted = _buckets.get(who, (float(per_minute), moment))
        tokens = min(per_minute, tokens + (moment - counted) * rate)
        enough = tokens >= 1
        tokens -= enough
        if len(_buckets) >= MOST_BUCKETS and who not in _buckets:
            _buckets.clear()  # a flood of addresses: all begin afresh, none is locked out
        _buckets[who] = tokens, moment
    limit = Limit(per_minute, int(tokens), math.ceil((per_minute - tokens) / rate))
    request.limit = limit  # type: ignore[attr-defined]
    if not enough:
        raise TooManyRequests(seconds=max(1, math.ceil((1 - tokens) / rate)))


def tell(request: HttpRequest, response: HttpResponse) -> None:
    """RateLimit fields (draft-ietf-httpapi-ratelimit-headers)."""
    limit: Any = getattr(request, "limit", None)
    if limit:
        response["RateLimit-Policy"] = f'"default";q={limit.quota};w={WINDOW}'
        response["RateLimit"] = f'"default";r={limit.left};t={limit.reset}'


def forget() -> None:
    with _lock:
        _buckets.clear()
