"""What strangers do not get to read: names, telephone numbers and addresses of people. All pure."""

from __future__ import annotations

import re

# 010-1234-5678, 02 123 4567, +82 10 1234 5678; digits apart by spaces, dots, hyphens, or one after the other.
_PHONE = re.compile(
    r"(?<![\d-])(?:\+82[\s.-]?0?|0)(?:1\d|2|[3-6]\d|70|50\d)[\s.)-]{0,2}\d{3,4}[\s.-]{0,2}\d{4}(?![\d-])"
)
_RESIDENT = re.compile(r"(?<!\d)\d{6}\s?-\s?[1-8]\d{6}(?!\d)")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ACCOUNT = re.compile(r"(?<![\d-])(?!(?:19|20)\d\d-\d{1,2}-\d{1,2}(?!\d))\d{2,6}-\d{2,6}-\d{2,8}(?:-\d{1,4})?(?![\d-])")


def masked_name(name: str) -> str:
    """`김두레` as `김**`, `김두` as `김*`: 후기 and 문의 of strangers."""
    return f"{name[:1]}{'*' * min(len(name) - 1, 2)}"


def masked_text(text: str) -> str:
    """Public text without what would let a stranger call, write or pay its author."""
    for pattern in (_RESIDENT, _PHONE, _ACCOUNT):
        text = pattern.sub(lambda found: re.sub(r"\d", "*", found[0]), text)
    return _EMAIL.sub("***@***", text)
