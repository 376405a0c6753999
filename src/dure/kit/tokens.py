"""Short signed tokens: the web says who somebody is, the lane and the media believe it.

A token is for one purpose and expires. It is signed with the house's secret key, so that a process without
Django (the lane) can check it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from typing import Any

import orjson

from dure.config import load


class BadToken(ValueError):
    """Forged, for another purpose, or expired."""


def sign(purpose: str, claims: dict[str, Any], ttl: int) -> str:
    """`ttl` in seconds."""
    body = orjson.dumps({**claims, "_p": purpose, "_e": int(time.time()) + ttl})
    return f"{_b64(body)}.{_b64(_mac(body))}"


def unsign(purpose: str, token: str) -> dict[str, Any]:
    """The claims. Raises BadToken."""
    try:
        body64, mac64 = token.split(".")
        body, mac = _unb64(body64), _unb64(mac64)
    except ValueError as error:
        raise BadToken("malformed") from error
    if not hmac.compare_digest(mac, _mac(body)):
        raise BadToken("forged")
    claims: dict[str, Any] = orjson.loads(body)
    if claims.pop("_p") != purpose:
        raise BadToken("for another purpose")
    if claims.pop("_e") < time.time():
        raise BadToken("expired")
    return claims


def _mac(body: bytes) -> bytes:
    return hmac.new(load().secret_key.encode(), b"dure.token:" + body, hashlib.sha256).digest()


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
