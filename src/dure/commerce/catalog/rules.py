"""How words are found. Pure."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"\w+")


def folded(text: str) -> str:
    """One width, one case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def grams(text: str) -> list[str]:
    """Every letter and every two neighbouring letters of every word, sorted: what the index of products holds.

    Korean runs words together (청송사과즙), so that a dictionary's words would not be found; two letters always are.
    """
    found: set[str] = set()
    for word in _WORD.findall(folded(text)):
        found.update(word)
        found.update(word[i : i + 2] for i in range(len(word) - 1))
    return sorted(found)


def needed_grams(text: str) -> list[str]:
    """The grams a product must have to hold the text: the pairs, or the letter of a word of one."""
    found: set[str] = set()
    for word in _WORD.findall(folded(text)):
        found.update([word] if len(word) == 1 else [word[i : i + 2] for i in range(len(word) - 1)])
    return sorted(found)
