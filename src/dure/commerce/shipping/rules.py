"""Waybill numbers as people type them."""

from __future__ import annotations

import re


def tidy_waybill(typed: str) -> str:
    """Digits and letters only, upper case: `1234-5678 9012` is 123456789012."""
    return re.sub(r"[^0-9A-Za-z]", "", typed).upper()
