"""The words inside Korean text, by mecab-ko and its dictionary (docs/decisions/0050).

A tagger reads its 100 MB dictionary by mmap: opening one costs a millisecond, and all processes share the pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

import mecab_ko

# Nouns, roots, foreign and Chinese words, numbers, prefixes and suffixes of nouns. Particles, endings, verbs are not
# looked for: 어머니가 담근 김치 is found by 어머니 and 김치, and by its pairs of letters.
KEPT = ("NN", "NR", "XR", "SL", "SH", "SN", "XPN", "XSN")


@dataclass(frozen=True)
class Morpheme:
    """A word as it stands; `parts` when the dictionary knows it as a compound (사과즙: 사과, 즙)."""

    text: str
    tag: str
    parts: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def analyse(text: str) -> tuple[Morpheme, ...]:
    """The words of `text` (folded to lower case) that can be looked for, in their order."""
    with _lock:
        analysed = _tagger().parse(text)
    found = []
    for line in analysed.splitlines():
        surface, tab, feature = line.partition("\t")
        if not tab:
            continue
        tag, *rest = feature.split(",")
        if tag.startswith(KEPT):
            parts = tuple(part.split("/")[0] for part in rest[-1].split("+")) if rest[-1] != "*" else ()
            found.append(Morpheme(surface, tag, parts if len(parts) > 1 else ()))
    return tuple(found)


@lru_cache(maxsize=1)
def _tagger() -> mecab_ko.Tagger:
    return mecab_ko.Tagger()


_lock = Lock()
