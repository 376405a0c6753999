"""The rules of the partner desk: market days, recognition of shops, screening, the route. No database, no clock.

The market cycle is that of the standard data set 전국전통시장표준데이터: "매일" or last digits such as "2일+7일".
"""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from dure.kit.korean import jamo

# ── Market days ──────────────────────────────────────────────────────────────────────────────────────────────────


class Opening(StrEnum):
    DAILY = "DAILY"  # trades as on any day
    FAIR_DAY = "FAIR_DAY"  # 장날: the 5-day fair stands
    CLOSED = "CLOSED"
    UNSURE = "UNSURE"  # the 31st: whether a fair ending in 1 stands differs from market to market


_FAIR = re.compile(r"(\d{1,2})\s*일")


def fair_digits(cycle: str) -> list[int]:
    """Last digits of a market's fair days: "5일+10일" gives [0, 5], "매일" none. Raises ValueError on other text."""
    text = cycle.strip()
    if text in {"매일", "상시", ""}:
        return []
    days = [int(d) for d in _FAIR.findall(text)]
    if not days or not re.fullmatch(r"(\d{1,2}\s*일)([+,·\s]+\d{1,2}\s*일)*", text) or max(days) > 31:
        raise ValueError(f"not a market cycle: {cycle!r}")
    return sorted({d % 10 for d in days})


def fair_digit(day: date) -> int | None:
    """The digit a fair must have to stand on `day`; None on the 31st, which the cycle says nothing about."""
    return None if day.day == 31 else day.day % 10


def opening(daily: bool, digits: Sequence[int], day: date) -> Opening:
    digit = fair_digit(day)
    if digit is not None and digit in digits:
        return Opening.FAIR_DAY
    if daily:
        return Opening.DAILY
    return Opening.UNSURE if digit is None and 1 in digits else Opening.CLOSED


def next_fair_day(digits: Sequence[int], day: date) -> date | None:
    """The first fair day on or after `day`."""
    if not digits:
        return None
    return next(d for d in (day + timedelta(n) for n in range(32)) if fair_digit(d) in digits)


# ── Places ───────────────────────────────────────────────────────────────────────────────────────────────────────

# Typing errors and former names of provinces in the public lists.
PROVINCES = {
    "전북특별차치도": "전북특별자치도",
    "전라북도": "전북특별자치도",
    "강원도": "강원특별자치도",
    "제주도": "제주특별자치도",
    "서울시": "서울특별시",
    "세종시": "세종특별자치시",
}


def clean_address(address: str) -> str:
    """One space between words, and the province's name of today."""
    words = unicodedata.normalize("NFC", address).split()
    if words:
        words[0] = PROVINCES.get(words[0], words[0])
    return " ".join(words)


def region_and_district(address: str) -> tuple[str, str]:
    """("경상북도", "포항시 남구") of a clean address; a district is one word, or a city with its ward."""
    words = address.split()
    if not words:
        return "", ""
    district = [w for w in words[1:2] if w.endswith(("시", "군", "구"))]
    if district and district[0].endswith("시") and len(words) > 2 and words[2].endswith("구"):
        district.append(words[2])
    return words[0], " ".join(district)


def place_key(name: str, address: str) -> str:
    """The key of a place: 32 hex digits of its name and address, written without spaces. Names alone repeat."""
    text = "".join(unicodedata.normalize("NFC", name).split()) + "|" + "".join(clean_address(address).split())
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def distance_km(lat1: float, lng1: float, lat2: float, lng2: float) -> float:
    """Great-circle distance in kilometres."""
    p1, p2, dl = math.radians(lat1), math.radians(lat2), math.radians(lng2 - lng1)
    h = math.sin((p2 - p1) / 2) ** 2 + math.cos(p1) * math.cos(p2) * math.sin(dl / 2) ** 2
    return 2 * 6371.0 * math.asin(math.sqrt(h))


# ── Recognising a shop ───────────────────────────────────────────────────────────────────────────────────────────

_COMPANY = re.compile(r"\(주\)|㈜|주식회사|\(유\)|유한회사")
_NOT_A_LETTER = re.compile(r"[\W_]+")
ALIKE = 80  # from this likeness on two names in one market are put before a person


def name_key(name: str) -> str:
    """A name as it is compared: without company forms, spaces and signs, in one case."""
    text = unicodedata.normalize("NFKC", _COMPANY.sub("", name)).casefold()
    return _NOT_A_LETTER.sub("", text)


def stall_key(stall: str) -> str:
    """A stall number as it is compared: "가동 12호" and "가-12" are the same."""
    return re.sub(r"[동호번열\s\W_]+", "", unicodedata.normalize("NFKC", stall)).casefold()


def likeness(one: str, other: str) -> int:
    """How alike two name keys are, 0–100: 100 less the share of letters (jamo) to be changed."""
    a, b = jamo(one), jamo(other)
    if not a or not b:
        return 0
    return round(100 * (1 - _edits(a, b) / max(len(a), len(b))))


def _edits(a: str, b: str) -> int:
    """Levenshtein distance."""
    row = list(range(len(b) + 1))
    for i, ca in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, cb in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (ca != cb))
    return row[-1]


# ── Screening and the route ──────────────────────────────────────────────────────────────────────────────────────

PRODUCT, WILL = "PRODUCT", "WILL"
TOP_SCORE = 5


def axis_score(criteria: Iterable[Mapping[str, Any]], scores: Mapping[str, int], axis: str) -> int:
    """The weighted mean of an axis on 0–100, rounded half up. Raises KeyError when a criterion has no score."""
    mine = [c for c in criteria if c["axis"] == axis]
    weight = sum(c["weight"] for c in mine)
    reached = sum(c["weight"] * scores[c["code"]] for c in mine)
    return (200 * reached + weight * TOP_SCORE) // (2 * weight * TOP_SCORE) if weight else 0


@dataclass(frozen=True)
class Suggestion:
    route: str
    reason: str  # BOTH_GOOD, PRODUCT_GOOD, WILL_GOOD, BOTH_LOW


def suggest_route(product: int, will: int, product_bar: int, will_bar: int) -> Suggestion:
    """The 2×2 of the 2020 programme 소상공인 온라인 판로 지원 (etnews.com/20200223000045): every merchant gets a home.

    Both good: list. A good product whose owner cannot (yet) run it: we run it for them. Otherwise: teach.
    """
    if product >= product_bar:
        return Suggestion("LIST", "BOTH_GOOD") if will >= will_bar else Suggestion("DONE_FOR_YOU", "PRODUCT_GOOD")
    return Suggestion("LEARN", "WILL_GOOD" if will >= will_bar else "BOTH_LOW")


def mean(values: Sequence[int]) -> int:
    """Rounded half up; 0 of nothing."""
    return (2 * sum(values) + len(values)) // (2 * len(values)) if values else 0


# Our proposal (no official weights are published). Will is behaviour, not words.
DEFAULT_CRITERIA: list[dict[str, Any]] = [
    {
        "code": "appeal",
        "axis": PRODUCT,
        "weight": 35,
        "name_ko": "상품 경쟁력",
        "name_en": "Product appeal",
        "ask_ko": "맛·품질·디자인이 비슷한 상품보다 나은가요?",
        "ask_en": "Is it better than what is like it: taste, quality, looks?",
    },
    {
        "code": "price",
        "axis": PRODUCT,
        "weight": 20,
        "name_ko": "가격·마진",
        "name_en": "Price and margin",
        "ask_ko": "수수료와 택배비를 내고도 남나요?",
        "ask_en": "Is something left after commission and parcel?",
    },
    {
        "code": "online",
        "axis": PRODUCT,
        "weight": 25,
        "name_ko": "온라인 적합성",
        "name_en": "Fit for online sale",
        "ask_ko": "포장·배송·보관이 되나요? 재고가 있나요?",
        "ask_en": "Can it be packed, sent, kept? Is there stock?",
    },
    {
        "code": "capacity",
        "axis": PRODUCT,
        "weight": 12,
        "name_ko": "생산 능력",
        "name_en": "Capacity",
        "ask_ko": "주문이 10배가 되어도 같은 품질로 만들 수 있나요?",
        "ask_en": "Ten times the orders at the same quality?",
    },
    {
        "code": "story",
        "axis": PRODUCT,
        "weight": 8,
        "name_ko": "이야기·지역성",
        "name_en": "Story and place",
        "ask_ko": "이 가게만의 이야기가 있나요?",
        "ask_en": "Is there a story only this shop has?",
    },
    {
        "code": "answers",
        "axis": WILL,
        "weight": 35,
        "name_ko": "연락에 답하기",
        "name_en": "Answers calls",
        "ask_ko": "전화와 문자에 하루 안에 답하나요?",
        "ask_en": "Answers calls and messages within a day?",
    },
    {
        "code": "delivers",
        "axis": WILL,
        "weight": 40,
        "name_ko": "부탁한 자료 보내기",
        "name_en": "Sends what was asked",
        "ask_ko": "상품 사진 5장을 이틀 안에 보냈나요?",
        "ask_en": "Sent five product photos within two days?",
    },
    {
        "code": "time",
        "axis": WILL,
        "weight": 25,
        "name_ko": "시간과 사람",
        "name_en": "Time and hands",
        "ask_ko": "매일 주문을 확인하고 포장할 사람이 있나요?",
        "ask_en": "Is there somebody to look at orders and pack every day?",
    },
]
