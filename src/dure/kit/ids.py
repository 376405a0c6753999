"""Identifiers people read aloud and machines send twice."""

from __future__ import annotations

import secrets
from datetime import date

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0/O, 1/I


def code(length: int = 8) -> str:
    """Random letters and digits that cannot be misread; 40 bits at 8."""
    return "".join(ALPHABET[byte % 32] for byte in secrets.token_bytes(length))  # 32 letters: no letter is favoured


def number(prefix: str, day: date) -> str:
    """A dated number such as `D261124-7K3M9Q2X` (prefix, KST day, random tail). Uniqueness is the column's."""
    return f"{prefix}{day:%y%m%d}-{code()}"
