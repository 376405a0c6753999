"""How KC numbers are read and options combined. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

# ── KC numbers ───────────────────────────────────────────────────────────────────────────────────────────────────

_KC = (
    re.compile(r"[A-Z]{2}\d{5,6}-\d{4,6}[A-Z]?"),  # electrical goods: HU07123-20001A
    re.compile(r"[A-Z]{1,2}\d{3}[A-Z]\d{3,5}-\d{4}[A-Z]?"),  # household and children's goods: CB061R1234-2001
    re.compile(r"[A-Z]\d{3}-\d{4,5}-\d{3,4}"),  # supplier's declaration: B123-4567-890
)
_RADIO = re.compile(r"(?:R|MSIP|KCC)-[A-Z]{1,3}-[A-Za-z0-9]{2,4}-[A-Za-z0-9._/-]{1,40}")  # R-R-ABC-X100


def kc_number(text: str) -> str | None:
    """The number as the certificate writes it; "" for nothing; None when it cannot be one.

    The shapes are those in use (전기용품, 생활용품·어린이제품, 전파법 방송통신기자재); whether it was issued only the register knows.
    """
    plain = unicodedata.normalize("NFKC", text).replace("–", "-").replace("−", "-")
    plain = "".join(plain.split())
    if not plain:
        return ""
    upper = plain.upper()
    if any(shape.fullmatch(upper) for shape in _KC):
        return upper
    parts = plain.split("-", 3)
    radio = "-".join([*(part.upper() for part in parts[:3]), *parts[3:]])
    return radio if _RADIO.fullmatch(radio) else None


# ── Options ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Variant:
    """A combination of values. `stays`: the number of the row that has it already, with its price, stock and code."""

    values: tuple[str, ...]
    price: int | None
    stays: int | None = None


def variants(
    axes: Sequence[Sequence[str]], rows: Sequence[tuple[tuple[str, ...], int | None]], price: int | None
) -> list[Variant]:
    """Every combination of the axes' values in their order, each value once.

    A row of the same values stays. A new one costs what a row costs whose values it holds (an axis was added: 빨강 → 빨강 / L),
    or that holds all of its (an axis was dropped), else `price`.
    """
    each = [list(dict.fromkeys(value.strip() for value in values if value.strip())) for values in axes]
    each = [values for values in each if values]
    if not each:
        return []
    index = {frozenset(values): number for number, (values, _price) in reversed(list(enumerate(rows)))}
    exact = {values: number for number, (values, _price) in reversed(list(enumerate(rows)))}
    found = []
    for values in product(*each):
        stays = exact.get(values)
        if stays is None:
            stays = index.get(frozenset(values)) if len(set(values)) == len(values) else None
        near = stays if stays is not None else _nearest(values, rows)
        found.append(Variant(values, rows[near][1] if near is not None else price, stays))
    return found


def _nearest(values: tuple[str, ...], rows: Sequence[tuple[tuple[str, ...], int | None]]) -> int | None:
    wanted = set(values)
    for number, (theirs, _price) in enumerate(rows):
        if theirs and (set(theirs) <= wanted or wanted <= set(theirs)):
            return number
    return None


def repriced(price: int, how: str, amount: int) -> int:
    """A price after a change of many: ADD (won, may be negative), SET, PERCENT (rounded to 10 won, half up)."""
    if how == "SET":
        return amount
    if how == "PERCENT":
        return (price * (100 + amount) + 500) // 1000 * 10
    return price + amount


def joined(values: Iterable[str]) -> str:
    """What a combination is called: 빨강 / L."""
    return " / ".join(values)


def kc_register(number: str) -> str:
    """Where anybody can look the certificate up: the radio research agency's register, or the product safety one."""
    if _RADIO.fullmatch(number):
        return "https://www.rra.go.kr/ko/license/A_c_search.do"
    return f"https://www.safetykorea.kr/search/searchPop?certNum={number}"
