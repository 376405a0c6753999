"""What fits into a text, what is filled in, when the law lets us write, by which channel. Pure.

정보통신망법 제50조: advertising needs consent given beforehand (1항), from 21:00 to 08:00 a consent of its own except by
e-mail (3항, 시행령 제61조 2항), the mark (광고), the sender and a free way to stop (4항), the result of a consent or
withdrawal told within 14 days (7항), and a word every two years that the consent still stands (8항).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone

KST = timezone(timedelta(hours=9), "KST")
NIGHT_BEGINS, NIGHT_ENDS = time(21), time(8)
RECONFIRM_AFTER = timedelta(days=730)
RECONFIRM_AHEAD = timedelta(days=30)  # told so long before two years are over
ANSWER_WITHIN = timedelta(days=14)

SMS_BYTES, LMS_BYTES, TITLE_BYTES, TALK_LETTERS = 90, 2000, 40, 1000
SUBJECT_LETTERS = 120
VARIABLE = re.compile(r"#\{([^{}\s]{1,20})\}")
AD = "(광고)"

WAITS = (30, 120, 600, 1800, 3600)  # seconds after the first, second … try; then the last
PATIENCE = timedelta(hours=24)  # a message nobody took by then is put aside

EMAIL, TEXT, TALK = "EMAIL", "TEXT", "TALK"
SWITCHED_OFF, NO_ADDRESS, NO_CONSENT, ROUTE_OFF = "SWITCHED_OFF", "NO_ADDRESS", "NO_CONSENT", "ROUTE_OFF"


# Text messages


def sendable(sign: str) -> bool:
    """Whether a sign is one of the complete EUC-KR set that carriers take (2,350 syllables; no emoji)."""
    try:
        return len(sign.encode("euc-kr")) <= 2  # Python spells a missing syllable out in eight bytes
    except UnicodeEncodeError:
        return False


def unsendable(text: str) -> str:
    """The signs of `text` no text message can carry, each once."""
    return "".join(dict.fromkeys(sign for sign in text if not sendable(sign)))


def text_bytes(text: str) -> int:
    """As the carrier counts: two for Hangul, one for ASCII. A sign that cannot be sent counts as two."""
    return sum(1 if sign.isascii() else 2 for sign in text)


def text_kind(text: str) -> str:
    return "SMS" if text_bytes(text) <= SMS_BYTES else "LMS"


def cut(text: str, most: int) -> str:
    """`text` within `most` bytes, whole signs, with … where something was left out."""
    if text_bytes(text) <= most:
        return text
    kept, size = [], text_bytes("…")
    for sign in text:
        size += text_bytes(sign)
        if size > most:
            break
        kept.append(sign)
    return "".join(kept).rstrip() + "…"


def in_euc_kr(text: str) -> str:
    """`text` with the signs nobody can carry replaced: a name with a rare syllable must not keep its message back."""
    return "".join(sign if sendable(sign) else "?" for sign in text)


# Variables


def variables_in(text: str) -> set[str]:
    return set(VARIABLE.findall(text))


def unknown_variables(text: str, known: Collection[str]) -> list[str]:
    return sorted(variables_in(text) - set(known))


def broken_variables(text: str) -> bool:
    """A `#{` or `}` that does not belong to a variable: a slip of the hand that people would read."""
    rest = VARIABLE.sub("", text)
    return "#{" in rest or "}" in rest


def fill(text: str, values: Mapping[str, str]) -> str:
    """Raises KeyError for a variable without a value."""
    return VARIABLE.sub(lambda found: str(values[found[1]]), text)


# Advertising


def is_night(moment: datetime) -> bool:
    at = moment.astimezone(KST).time()
    return at >= NIGHT_BEGINS or at < NIGHT_ENDS


def morning_after(moment: datetime) -> datetime:
    """The next 08:00 in Korea."""
    local = moment.astimezone(KST)
    day = local.date() if local.time() < NIGHT_ENDS else local.date() + timedelta(days=1)
    return datetime.combine(day, NIGHT_ENDS, KST)


def waits_for_morning(channel: str, moment: datetime, *, advertising: bool, quiet: bool, night_consent: bool) -> bool:
    """E-mail wakes nobody; what people asked for comes at once; the rest waits."""
    if channel == EMAIL or not is_night(moment):
        return False
    return (advertising and not night_consent) or quiet


def marked(channel: str, subject: str, body: str, *, sender: str, phone: str, stop: str) -> tuple[str, str]:
    """Subject and body of an advertisement with all the law wants to see on it.

    `phone`: the free number that stops texts; `stop`: the address that stops e-mails.
    """
    if channel == TEXT:
        return f"{AD}{subject}", f"{AD}{sender}\n{body}\n무료수신거부 {phone}"
    return f"{AD} {subject}", f"{body}\n\n{sender}\n수신거부(Unsubscribe): {stop}"


def reconfirm_due(given_at: datetime, now: datetime) -> int:
    """How many two-year terms of a consent are over or about to be; 0: none."""
    return max(0, (now - given_at + RECONFIRM_AHEAD) // RECONFIRM_AFTER)


# Ways


@dataclass(frozen=True)
class Way:
    """A channel to go by, or one not gone by and why."""

    channel: str
    skipped: str = ""


def ways(
    wanted: Collection[str],
    *,
    may: Collection[str],
    required: bool,
    advertising: bool,
    has_phone: bool,
    has_email: bool,
    switches: Mapping[str, bool],
    closed: Collection[str],
    talk_ready: bool,
    consents: Collection[str],
) -> list[Way]:
    """By which channels one message goes to one person.

    `wanted`: the kind's own; `switches`: what the person chose; `closed`: what the operator turned off; `talk_ready`:
    Kakao has approved the words; `consents`: channels the person takes advertising by. A talk becomes a text when it
    cannot be a talk, and an e-mail when there is no telephone. What is required goes by something.
    """
    chosen = [c for c in may if switches.get(c, c in wanted)]
    if required and not chosen:
        chosen = [c for c in may if c in wanted]
    off = [Way(c, SWITCHED_OFF) for c in may if c in wanted and c not in chosen]
    found: list[Way] = []
    for channel in chosen:
        way = _way(channel, has_phone, has_email, closed, talk_ready)
        if advertising and not way.skipped and way.channel not in consents:
            way = Way(way.channel, NO_CONSENT)
        if way.channel not in {other.channel for other in found}:
            found.append(way)
    return found + [way for way in off if way.channel not in {other.channel for other in found}]


def _way(channel: str, has_phone: bool, has_email: bool, closed: Collection[str], talk_ready: bool) -> Way:
    if channel in {TALK, TEXT} and not has_phone:
        return Way(EMAIL) if has_email and channel == TALK and EMAIL not in closed else Way(channel, NO_ADDRESS)
    if channel == TALK and (TALK in closed or not talk_ready):
        channel = TEXT
    if channel == EMAIL and not has_email:
        return Way(EMAIL, NO_ADDRESS)
    return Way(channel, ROUTE_OFF) if channel in closed else Way(channel)


def wait_after(tries: int) -> timedelta:
    return timedelta(seconds=WAITS[min(max(tries, 1), len(WAITS)) - 1])


# What is shown of people


def masked_phone(phone: str) -> str:
    """`01012345678` as `010-****-5678`."""
    digits = re.sub(r"\D", "", phone)
    return f"{digits[:3]}-****-{digits[-4:]}" if len(digits) >= 9 else "****"


def masked_email(email: str) -> str:
    """`kim.dure@example.kr` as `ki***@example.kr`."""
    name, _at, domain = email.rpartition("@")
    return f"{name[: min(2, max(len(name) - 1, 0))]}***@{domain}"


def korean_digits(phone: str) -> str:
    """As dialled in Korea: `+82 10-1234-5678` is `01012345678`; empty when it is no mobile number there."""
    digits = re.sub(r"\D", "", phone)
    if digits.startswith("82"):
        digits = "0" + digits[2:].removeprefix("0")
    return digits if re.fullmatch(r"01[016789]\d{7,8}", digits) else ""
