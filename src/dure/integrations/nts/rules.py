"""사업자등록번호: ten digits, the last a check digit. Pure; useful while typing, no proof that the business exists."""

from __future__ import annotations

import re

WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)


def digits(text: str) -> str:
    """`120-88-00767` as `1208800767`."""
    return re.sub(r"\D", "", text)


def is_brn(text: str) -> bool:
    """The check digit fits and the parts are possible: tax office from 101, kind not 00, serial not 0000.

    The last three matter: 000-00-00000 passes the check digit.
    """
    number = digits(text)
    if len(number) != 10 or int(number[:3]) < 101 or number[3:5] == "00" or number[5:9] == "0000":
        return False
    return int(number[9]) == check_digit(number[:9])


def check_digit(nine: str) -> int:
    d = [int(c) for c in nine]
    total = sum(w * n for w, n in zip(WEIGHTS, d, strict=True)) + d[8] * 5 // 10
    return (10 - total % 10) % 10


def is_corporate(number: str) -> bool:
    """The fourth and fifth digits tell what a business is: 81 and 86 to 88 are companies for profit."""
    return number[3:5] in {"81", "86", "87", "88"}


def shown(number: str) -> str:
    """`1208800767` as `120-88-00767`, as Koreans read it."""
    return f"{number[:3]}-{number[3:5]}-{number[5:]}" if len(number) == 10 else number
