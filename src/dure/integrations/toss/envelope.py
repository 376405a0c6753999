"""The sealed envelope of Toss payouts: JWE compact, alg dir, enc A256GCM, headers iat and nonce; and its signatures.

The 보안 키 is 64 hexadecimal digits. JWE uses its 32 bytes. Whether the webhook signature uses the same bytes or the
digits as text is not documented, so a signature by either is taken (`verified`).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from typing import Any

import orjson
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from dure.config import load

_registry = jwe.JWERegistry(algorithms=["dir", "A256GCM"], strict_check_header=False)


class BadEnvelope(ValueError):
    """Sealed with another key, or damaged."""


def seal(body: Any, moment: str) -> str:
    """`moment` is ISO 8601 with +09:00."""
    protected = {"alg": "dir", "enc": "A256GCM", "iat": moment, "nonce": str(uuid.uuid4())}
    return jwe.encrypt_compact(protected, orjson.dumps(body), _key(), registry=_registry)


def unseal(text: str) -> Any:
    """Raises BadEnvelope."""
    try:
        return orjson.loads(jwe.decrypt_compact(text, _key(), registry=_registry).plaintext or b"")
    except (JoseError, ValueError) as error:
        raise BadEnvelope(repr(error)) from error


def signature(raw: bytes, moment: str, key: bytes | None = None) -> str:
    mac = hmac.new(key or bytes.fromhex(load().toss_security_key), raw + b":" + moment.encode(), hashlib.sha256)
    return f"v1:{base64.b64encode(mac.digest()).decode()}"


def verified(raw: bytes, moment: str, header: str) -> bool:
    """Whether any of the comma-separated signatures is right."""
    text = load().toss_security_key
    right = [signature(raw, moment, bytes.fromhex(text)), signature(raw, moment, text.encode())]
    given = [part.strip() for part in header.split(",") if part.strip()]
    return any(hmac.compare_digest(one, other) for one in given for other in right)


def _key() -> OctKey:
    return OctKey.import_key(bytes.fromhex(load().toss_security_key))
