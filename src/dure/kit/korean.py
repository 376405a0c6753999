"""Korean writing and numbers: the letters inside a syllable, phone numbers. All pure."""

from __future__ import annotations

import unicodedata

import phonenumbers

LEADING = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
TRAILING = ["", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"]
_FIRST, _LAST = ord("가"), ord("힣")


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
