"""The words inside Korean text, by mecab-ko and its dictionary (docs/decisions/0050).

A tagger reads its 100 MB dictionary by mmap: opening one costs a millisecond, and all processes share the pages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

import mecab_ko

# Nouns, roots, foreign and Chinese words, numbers, prefixes and suffixes of nouns. Particles, endings, verbs are not
# looked for: 어머니가 담근 김치 is found by 어머니 and 김치, and by its pairs of letters.
KEPT = ("NN", "NR", "XR", "SL", "SH", "SN", "XPN", "XSN")

# Words of the trade that the dictionary does not know and cuts in pieces, wherever they stand.
WORDS = """
    삼겹살 오겹살 구이용 국거리 묵은지 린넨 밀키트 쭈꾸미 주꾸미 대게 꽃게 홍게 킹크랩 랍스터 곤드레 한라봉 레드향 천혜향
    황금향 카라향 설향 감말랭이 반건시 캐슈넛 서리태 매실청 도라지청 쌍화차 에어프라이어
    콜드브루 드립백 프리저브드 스크래쳐 디퓨저 극세사 제습제
    샤인머스캣 에코백 크로스백 토트백 볼캡 캣닢 붓펜
"""
TRADE = WORDS.split()
_TRADE = re.compile("(" + "|".join(sorted(TRADE, key=len, reverse=True)) + ")")


@dataclass(frozen=True)
class Morpheme:
    """A word as it stands; `parts` when the dictionary knows it as a compound (사과즙: 사과, 즙)."""

    text: str
    tag: str
    parts: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def analyse(text: str) -> tuple[Morpheme, ...]:
    """The words of `text` (folded to lower case) that can be looked for, in their order."""
    found: list[Morpheme] = []
    for i, piece in enumerate(_TRADE.split(text)):
        found += [Morpheme(piece, "NNG")] if i % 2 else _by_dictionary(piece)
    return tuple(found)


def _by_dictionary(text: str) -> list[Morpheme]:
    if not text.strip():
        return []
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
    return found


@lru_cache(maxsize=1)
def _tagger() -> mecab_ko.Tagger:
    return mecab_ko.Tagger()


_lock = Lock()
