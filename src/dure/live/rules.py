"""What may be said in a show, and in which words a host's interest must be named. Pure: the lane imports it too.

Source of the wording rules: 「추천·보증 등에 관한 표시·광고 심사지침」 of the Fair Trade Commission, in force since 2020-09-01,
amended 2024-12-01 (conditional wording is no disclosure).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

BADGE = "유료광고 포함"
REPEAT_EVERY = timedelta(minutes=5)  # a viewer who sees only a part must learn of the interest
REPEAT_AFTER = timedelta(minutes=4)  # the worker looks once a minute: four and one are never more than five
CHAT_LENGTH = 200
STREAM_PATIENCE = timedelta(seconds=20)  # without a sign from the media for this long the picture has stopped

WORDINGS = {
    "PAID": "{advertiser}에서 광고비를 받았습니다",
    "COMMISSION": "판매 금액의 일부를 {advertiser}에서 수수료로 받습니다",
    "GOODS": "{advertiser}에서 제품을 협찬(무상 제공)받았습니다",
    "DISCOUNT": "{advertiser}에서 제품 할인·대여를 받았습니다",
    "OWN": "{advertiser}의 상품을 직접 판매합니다",
}
_NAMES_THE_BENEFIT = {
    "PAID": ("광고비", "출연료", "금전", "원고료", "대가", "유료광고", "유료 광고", "지원금", "제작비"),
    "COMMISSION": ("수수료", "판매 수익", "판매 금액"),
    "GOODS": ("협찬", "무상", "무료로 제공", "제공받"),
    "DISCOUNT": ("할인", "대여"),
    "OWN": ("직접 판매", "판매자", "본인", "가족", "직접 만"),
}
_VAGUE = (
    "컬래버", "콜라보", "collaboration", "파트너십", "파트너쉽", "partnership", "체험단", "홍보성", "서포터즈", "앰버서더",
    "앰배서더", "thanks to", "sponsored", "ad", "ads", "pr",
)  # fmt: skip
_CONDITIONAL = re.compile(r"(받을|지급될|제공받을|있을)\s*수\s*(도\s*)?있|수도\s*있")

_RUDE = (
    "시발", "씨발", "씨팔", "ㅅㅂ", "ㅆㅂ", "병신", "븅신", "ㅂㅅ", "개새끼", "새끼야", "지랄", "ㅈㄹ", "좆", "존나", "미친놈", "미친년",
    "꺼져", "닥쳐", "느금마", "니애미", "창녀", "걸레년", "fuck", "shit", "bitch",
)  # fmt: skip
_CONTACT = re.compile(
    r"01[016789][-.\s]?\d{3,4}[-.\s]?\d{4}|https?://|www\.|open\.kakao|카톡\s*(아이디|id)|오픈\s*채팅", re.I
)
_NOT_A_LETTER = re.compile(r"[^0-9a-z가-힣ㄱ-ㅎㅏ-ㅣ]+")

_RISKY_CLAIMS = (
    "최저가", "전국 최초", "국내 유일", "100%", "부작용 없", "부작용이 없", "무조건", "완치", "치료", "특효", "만병", "항암", "혈압을",
    "당뇨", "살이 빠", "체중 감량", "해독", "디톡스", "면역력을", "의사가 추천", "의약품",
)  # fmt: skip


def wording_for(benefit: str, advertiser: str) -> str:
    """A sentence that names who gives what; empty for NONE."""
    return WORDINGS[benefit].format(advertiser=advertiser) if benefit in WORDINGS else ""


def wording_fault(benefit: str, wording: str) -> str | None:
    """Why `wording` does not disclose `benefit`: VAGUE, CONDITIONAL, UNNAMED (the benefit), FOREIGN; None when it does."""
    if benefit == "NONE":
        return None
    lowered = unicodedata.normalize("NFKC", wording).lower()
    if _CONDITIONAL.search(lowered):
        return "CONDITIONAL"
    if not re.search(r"[가-힣]", lowered):
        return "FOREIGN"
    if any(word in lowered for word in _NAMES_THE_BENEFIT[benefit]):
        return None
    words = set(re.findall(r"[a-z]+", lowered))
    if any((v in words) if v.isascii() and " " not in v else (v in lowered) for v in _VAGUE):
        return "VAGUE"
    return "UNNAMED"


def must_repeat(last_shown: datetime | None, now: datetime) -> bool:
    """Whether the disclosure is due again, so that two exposures are never five minutes apart."""
    return last_shown is None or now - last_shown >= REPEAT_AFTER


def chat_fault(text: str, *, staff: bool = False) -> str | None:
    """Why a chat message is refused: EMPTY, LONG, RUDE, CONTACT (a phone number or a link); None when it may be said.

    The host's side may give links and numbers. Spaces and signs between the letters of a word hide nothing.
    """
    if not text.strip():
        return "EMPTY"
    if len(text) > CHAT_LENGTH:
        return "LONG"
    if not staff and _CONTACT.search(text):
        return "CONTACT"
    letters = _NOT_A_LETTER.sub("", unicodedata.normalize("NFC", text).lower())
    return "RUDE" if any(word in letters for word in _RUDE) else None


def wait_left(last_said: datetime | None, now: datetime, slow_seconds: int) -> int:
    """Whole seconds until the same viewer may speak again; 0: now."""
    if last_said is None or slow_seconds == 0:
        return 0
    left = slow_seconds - (now - last_said).total_seconds()
    return max(0, -int(-left // 1))


def risky_claims(text: str) -> list[str]:
    """Words a host should not say of food, cosmetics or prices without proof (표시광고법, 식품표시광고법)."""
    return [claim for claim in _RISKY_CLAIMS if claim in text]


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def masked(name: str) -> str:
    """`김하늘` as `김**`: who bought is nobody's business, that somebody bought is."""
    return f"{name.strip()[:1] or '고'}**"


def nickname(name: str) -> str:
    """`김하늘` as `김*늘`: how a viewer is called in the chat."""
    name = name.strip()
    return f"{name[0]}{'*' * max(1, len(name) - 2)}{name[-1] if len(name) > 2 else ''}" if name else "손님"


def position_of(moment: datetime, pieces: Sequence[tuple[datetime, float]]) -> int | None:
    """Where `moment` is in a recording, in milliseconds. `pieces` are (wall clock at its start, seconds), in order.

    A moment in a gap between two pieces is where the later one begins; None after the end.
    """
    elapsed = 0.0
    for began, seconds in pieces:
        inside = (moment - began).total_seconds()
        if inside < seconds:
            return round((elapsed + max(inside, 0.0)) * 1000)
        elapsed += seconds
    return None


def shared_by_segment(
    starts: Sequence[tuple[int, datetime]], sales: Iterable[tuple[datetime, int]]
) -> dict[int, tuple[int, int]]:
    """Orders and won per cue segment: a sale belongs to the segment that was running. `starts`: (segment id, start)."""
    ordered = sorted(starts, key=lambda pair: pair[1])
    sums: dict[int, tuple[int, int]] = {segment: (0, 0) for segment, _ in ordered}
    for at, amount in sales:
        running = [segment for segment, start in ordered if start <= at]
        if not running and ordered:
            running = [ordered[0][0]]
        if running:
            orders, won = sums[running[-1]]
            sums[running[-1]] = (orders + 1, won + amount)
    return sums
