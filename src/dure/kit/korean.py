"""Korean writing and numbers: letters inside a syllable, phone numbers, business registration numbers. All pure."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers

LEADING = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
TRAILING = ["", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"]
_FIRST, _LAST = ord("가"), ord("힣")
_BRN_WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)


def jamo(text: str) -> str:
    """The letters of every syllable one after another: `한과` gives `ㅎㅏㄴㄱㅗㅏ`; compound vowels come apart."""
    out = []
    for ch in unicodedata.normalize("NFC", text):
        if not _FIRST <= ord(ch) <= _LAST:
            out.append(ch)
            continue
        index = ord(ch) - _FIRST
        out.append(LEADING[index // 588])
        out.append(_APART.get(VOWELS[index % 588 // 28], VOWELS[index % 588 // 28]))
        out.append(_APART.get(TRAILING[index % 28], TRAILING[index % 28]))
    return "".join(out)


_APART = {
    "ㅘ": "ㅗㅏ",
    "ㅙ": "ㅗㅐ",
    "ㅚ": "ㅗㅣ",
    "ㅝ": "ㅜㅓ",
    "ㅞ": "ㅜㅔ",
    "ㅟ": "ㅜㅣ",
    "ㅢ": "ㅡㅣ",
    "ㄳ": "ㄱㅅ",
    "ㄵ": "ㄴㅈ",
    "ㄶ": "ㄴㅎ",
    "ㄺ": "ㄹㄱ",
    "ㄻ": "ㄹㅁ",
    "ㄼ": "ㄹㅂ",
    "ㄽ": "ㄹㅅ",
    "ㄾ": "ㄹㅌ",
    "ㄿ": "ㄹㅍ",
    "ㅀ": "ㄹㅎ",
    "ㅄ": "ㅂㅅ",
}


def initials(text: str) -> str:
    """The first letter of every syllable, spaces dropped: `광장 시장` gives `ㄱㅈㅅㅈ`. For search by initials."""
    text = unicodedata.normalize("NFC", text)
    return "".join(
        LEADING[(ord(ch) - _FIRST) // 588] if _FIRST <= ord(ch) <= _LAST else ch for ch in text if not ch.isspace()
    )


def is_initials(text: str) -> bool:
    return bool(text) and all(ch in LEADING for ch in text if not ch.isspace())


def phone_e164(text: str) -> str | None:
    """A phone number as people type it, in E.164 (`010-1234-5678` gives `+821012345678`); None if it cannot be one.

    Numbers without a country code are Korean. Eight-digit business lines (1588-…) are not reachable from abroad and
    have no E.164 form: None.
    """
    try:
        number = phonenumbers.parse(text.strip(), "KR")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def phone_shown(e164: str) -> str:
    """`+821012345678` as `010-1234-5678`; numbers of other countries in the international form."""
    try:
        number = phonenumbers.parse(e164, "KR")
    except phonenumbers.NumberParseException:
        return e164
    kind = phonenumbers.PhoneNumberFormat
    return str(phonenumbers.format_number(number, kind.NATIONAL if number.country_code == 82 else kind.INTERNATIONAL))


def brn_digits(text: str) -> str:
    """The digits of a business registration number as typed: `120-88-00767` gives `1208800767`."""
    return re.sub(r"\D", "", unicodedata.normalize("NFKC", text))


def brn_valid(text: str) -> bool:
    """Whether the check digit of a 사업자등록번호 fits and no part is impossible (0000000000 has a fitting one).

    An aid for typing, not a proof: about one swap of neighbouring digits in nine slips through.
    """
    digits = brn_digits(text)
    if len(digits) != 10 or int(digits[:3]) < 101 or digits[3:5] == "00" or digits[5:9] == "0000":
        return False
    d = [int(ch) for ch in digits]
    total = sum(w * n for w, n in zip(_BRN_WEIGHTS, d, strict=False)) + d[8] * 5 // 10
    return (10 - total % 10) % 10 == d[9]


def brn_shown(digits: str) -> str:
    """`1208800767` as `120-88-00767`."""
    return f"{digits[:3]}-{digits[3:5]}-{digits[5:]}" if len(digits) == 10 else digits
