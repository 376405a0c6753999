"""Hangul under the fingers: what a wrong keyboard layout meant, and how far two words are apart in letters. Pure."""

from __future__ import annotations

from dure.kit.korean import LEADING, TRAILING, VOWELS, jamo

KEYS = dict(
    zip(
        "qwertyuiopasdfghjklzxcvbnmQWERTOP",
        "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡㅃㅉㄸㄲㅆㅒㅖ",
        strict=True,
    )
)
_BACK = {letter: key for key, letter in KEYS.items()}
_TWO_VOWELS = {"ㅗㅏ": "ㅘ", "ㅗㅐ": "ㅙ", "ㅗㅣ": "ㅚ", "ㅜㅓ": "ㅝ", "ㅜㅔ": "ㅞ", "ㅜㅣ": "ㅟ", "ㅡㅣ": "ㅢ"}
_TWO_FINALS = {
    "ㄱㅅ": "ㄳ", "ㄴㅈ": "ㄵ", "ㄴㅎ": "ㄶ", "ㄹㄱ": "ㄺ", "ㄹㅁ": "ㄻ", "ㄹㅂ": "ㄼ",
    "ㄹㅅ": "ㄽ", "ㄹㅌ": "ㄾ", "ㄹㅍ": "ㄿ", "ㄹㅎ": "ㅀ", "ㅂㅅ": "ㅄ",
}  # fmt: skip
_APART = {whole: pair for pair, whole in (_TWO_VOWELS | _TWO_FINALS).items()}
_SYLLABLES = range(ord("가"), ord("힣") + 1)


def letters(text: str) -> str:
    """Every letter by itself, also those of a lone ㅘ or ㄳ: what is typed key by key."""
    return "".join(_APART.get(ch, ch) for ch in jamo(text))


def composed(typed: str) -> str:
    """Letters put together into syllables as a keyboard does: `ㅅㅏㄱㅗㅏ` gives `사과`."""
    out, i = [], 0
    while i < len(typed):
        if typed[i] in LEADING and i + 1 < len(typed) and typed[i + 1] in VOWELS:
            syllable, i = _syllable(typed, i)
            out.append(syllable)
        else:
            out.append(typed[i])
            i += 1
    return "".join(out)


def _syllable(typed: str, i: int) -> tuple[str, int]:
    """The syllable that begins at `i`, and where the next begins. A consonant before a vowel opens the next one."""

    def closes(j: int) -> bool:
        return j < len(typed) and typed[j] in TRAILING and not (j + 1 < len(typed) and typed[j + 1] in VOWELS)

    lead, vowel, i = typed[i], typed[i + 1], i + 2
    if typed[i : i + 1] and vowel + typed[i] in _TWO_VOWELS:
        vowel, i = _TWO_VOWELS[vowel + typed[i]], i + 1
    final = ""
    if closes(i):
        final, i = typed[i], i + 1
        if closes(i) and final + typed[i] in _TWO_FINALS:
            final, i = _TWO_FINALS[final + typed[i]], i + 1
    code = (LEADING.index(lead) * 21 + VOWELS.index(vowel)) * 28 + TRAILING.index(final)
    return chr(ord("가") + code), i


def other_layout(text: str) -> str:
    """What the same keys write in the other layout (`tkrhk` gives `사과`, `ㅑㅔㅗㅐㅜㄷ` gives `iphone`); "" if nothing.

    Only where it makes sense: Latin must become whole syllables, and Hangul must not have been whole syllables.
    """
    bare = text.replace(" ", "")
    if bare and all(ch in KEYS or ch.lower() in KEYS for ch in bare):
        meant = composed("".join(KEYS.get(ch, KEYS.get(ch.lower(), ch)) for ch in text))
        return meant if all(ord(ch) in _SYLLABLES for ch in meant.replace(" ", "")) else ""
    if bare and any("ㄱ" <= ch <= "ㅣ" for ch in bare) and all(ch in _BACK or ch == " " for ch in letters(text)):
        return "".join(_BACK.get(ch, ch) for ch in letters(text)).lower()
    return ""


def distance(a: str, b: str, most: int) -> int:
    """Keys to press to get from one word to the other: a letter wrong, missing, too many, or two swapped.

    Stops at `most` + 1. Give it `letters(word)`: 사과 and 사관 are one key apart, not one syllable of two.
    """
    if abs(len(a) - len(b)) > most:
        return most + 1
    before, row = [0] * (len(b) + 1), list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row = row, [i] + [0] * len(b)
        for j, y in enumerate(b, 1):
            row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                row[j] = min(row[j], before[j - 2] + 1)
        if min(row) > most:
            return most + 1
        before = last
    return row[-1]


def tolerance(word: str) -> int:
    """How many keys may be wrong in a word (in letters): none in the shortest, where everything is near everything."""
    return 0 if len(word) < 4 else 1 if len(word) < 9 else 2
