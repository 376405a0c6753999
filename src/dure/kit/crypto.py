"""Secrets at rest: what a database dump must not tell (account numbers). AES-256-GCM under a key made from the house's.

    row.number_encrypted = seal("payout_account", number)
    number = unseal("payout_account", row.number_encrypted)

The purpose is bound to the ciphertext: what was sealed for one purpose cannot be unsealed for another. Changing
DURE_SECRET_KEY makes sealed values unreadable.
"""

from __future__ import annotations

import secrets
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dure.config import load

NONCE = 12
VERSION = b"\x01"


class CannotUnseal(ValueError):
    """Tampered with, sealed for another purpose, or under another key."""


def seal(purpose: str, text: str) -> bytes:
    """The sealed text: one byte of version, the nonce, the ciphertext with its tag."""
    nonce = secrets.token_bytes(NONCE)
    return VERSION + nonce + _cipher().encrypt(nonce, text.encode(), purpose.encode())


def unseal(purpose: str, sealed: bytes | memoryview) -> str:
    """The text. Raises CannotUnseal."""
    raw = bytes(sealed)
    if raw[:1] != VERSION:
        raise CannotUnseal("an unknown version")
    try:
        return _cipher().decrypt(raw[1 : 1 + NONCE], raw[1 + NONCE :], purpose.encode()).decode()
    except InvalidTag as error:
        raise CannotUnseal("tampered with, for another purpose, or under another key") from error


@cache
def _cipher() -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=b"dure.kit.crypto").derive(load().secret_key.encode()))
