"""Signatures and patience of webhooks. Pure. (https://www.standardwebhooks.com)"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import timedelta

PREFIX = "whsec_"
PATIENCE = timedelta(days=3)
WAITS = (5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800)  # seconds after the first, second … try; then the last
JITTER = 0.2
GONE = 410  # the receiver says: never again


def signature(secret: str, uid: str, timestamp: int, body: str) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body` under the secret's bytes."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    mac = hmac.new(key, f"{uid}.{timestamp}.{body}".encode(), hashlib.sha256).digest()
    return f"v1,{base64.b64encode(mac).decode()}"


def signatures(secrets: Iterable[str], uid: str, timestamp: int, body: str) -> str:
    """One for each secret in use: a receiver accepts the message when one of them is its own."""
    return " ".join(signature(secret, uid, timestamp, body) for secret in secrets)


def wait_after(tries: int, dice: float) -> timedelta:
    """How long to wait after `tries` vain tries. `dice` in [0, 1) spreads those that failed together."""
    seconds = WAITS[min(max(tries, 1), len(WAITS)) - 1]
    return timedelta(seconds=seconds * (1 - JITTER + 2 * JITTER * dice))
