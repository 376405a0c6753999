"""How a product is written into the index, and how a question is read. Pure.

Both sides write the same *lexemes*, kinds apart by their first character:

    사과즙   a word of the dictionary (mecab), its parts, or a whole word between spaces
    ~사과   two neighbouring letters; spaces do not count, so 청송 사과즙 and 청송사과즙 are one
    =김치   what a word between spaces ends with, its head: 포기김치 is a kind of 김치, 김치통 is not
    #g5000  a quantity: 5kg, 5키로, 5,000g are one

A question is a list of words, each a choice of ways to hold it: `사과즙 | 사과 & 즙 | ~사과 & ~과즙`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from dure.commerce.search.morphemes import analyse

LONGEST = 100  # characters of a question that are read
MOST_WORDS = 8
NAME, WORDS, AROUND = "A", "B", "C"  # weights: the name; keywords and tagline; shelf, seller, options, region

_HANGUL = re.compile("[가-힣]+")
_LONE = re.compile("([ㄱ-ㅣ]+)")
_TOKEN = re.compile(r"\w+")
_MASS = {"kg": 1000, "킬로그램": 1000, "킬로": 1000, "키로": 1000, "g": 1, "그램": 1, "그람": 1}
_VOLUME = {"l": 1000, "리터": 1000, "ml": 1, "미리": 1, "밀리리터": 1, "cc": 1}
_LENGTH = {"cm": 10, "센치": 10, "센티": 10, "mm": 1, "밀리": 1}
_COUNTED = "개 포 팩 봉 병 캔 매 장 미 마리 알 구 인분 박스 켤레 권 호 인치 근 종 롤 세트"
_COUNTS = {"개입": "개", "입": "개", "ea": "개", "봉지": "봉"} | {unit: unit for unit in _COUNTED.split()}
_QUANTITY = re.compile(
    r"(?<![\d.])(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)\s*("
    + "|".join(sorted([*_MASS, *_VOLUME, *_LENGTH, *_COUNTS], key=len, reverse=True))
    + r")(?![a-z])"
)
# Goods of one syllable that are written together with where or what of: 나주배, 통영굴, 전복죽, 강아지옷.
_SHORT = "배굴김꿀쌀콩무파잣게떡차귤감밤꽃옷빵면죽국탕찜회젓솥컵책술묵엿쑥닭즙환청잼"


# ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def folded(text: str) -> str:
    """One width, one case, single spaces."""
    pieces = _LONE.split(text.replace("\x00", " "))  # NFKC would make letters of another alphabet of lone ㄱ, ㅏ
    whole = "".join(piece if i % 2 else unicodedata.normalize("NFKC", piece) for i, piece in enumerate(pieces))
    return " ".join(whole.casefold().split())


def key_of(text: str) -> str:
    """A name without its spaces and marks: what makes two names the same."""
    return "".join(_TOKEN.findall(folded(text))).replace("_", "")


def vector(fields: Iterable[tuple[str, str]]) -> str:
    """A tsvector, as PostgreSQL reads it, of (text, weight) fields. A lexeme keeps its best weight."""
    weights: dict[str, str] = {}
    for text, weight in fields:
        for lexeme in lexemes(text):
            weights[lexeme] = min(weight, weights.get(lexeme, weight))
    return " ".join(f"{_quoted(lexeme)}:1{weight}" for lexeme, weight in weights.items())


def lexemes(text: str) -> set[str]:
    """Everything a text can be found by."""
    rest, found = _quantities(folded(text))
    for word in _TOKEN.findall(rest):
        found.update((word, *_split_off(word)))
        found.update(f"={head}" for head in _heads(word))
    for morpheme in analyse(rest):
        found.update((morpheme.text, *morpheme.parts))
    found.update(_pairs(rest.replace(" ", "")))
    return {lexeme for lexeme in found if len(lexeme) <= 40}


def words_of(name: str) -> list[str]:
    """The nouns of a name, and its words side by side: what a person may begin to type."""
    rest, _amounts = _quantities(folded(name))
    whole = [word for word in _TOKEN.findall(rest) if len(word) > 1 and not word.isdigit()]
    nouns = [m.text for m in analyse(rest) if m.tag in ("NNG", "NNP", "SL") and len(m.text) > 1]
    beside = [f"{a} {b}" for a, b in pairwise(whole)]
    return list(dict.fromkeys([*nouns, *whole, *beside]))


def _quantities(text: str) -> tuple[str, set[str]]:
    """The text without its quantities, and these as lexemes."""
    found: set[str] = set()

    def take(match: re.Match[str]) -> str:
        number, unit = match[1].replace(",", ""), match[2]
        for name, units in (("g", _MASS), ("ml", _VOLUME), ("mm", _LENGTH)):
            if unit in units:
                found.add(f"#{name}{round(float(number) * units[unit])}")
                return " "
        found.add(f"#{_COUNTS[unit]}{number}")
        return " "

    return _QUANTITY.sub(take, text), found


def _heads(word: str) -> set[str]:
    """What the word may be called by its end: 돌산갓김치 by itself, 갓김치 and 김치."""
    found = {word, *_split_off(word)[1:]}
    morphemes = analyse(word)
    if morphemes and word.endswith(morphemes[-1].text):
        found.add(morphemes[-1].text)
        found.update(morphemes[-1].parts[-1:])
        found.add("".join(m.text for m in morphemes[-2:]))
    return found


def _pairs(text: str) -> list[str]:
    return [f"~{run[i : i + 2]}" for run in _HANGUL.findall(text) for i in range(len(run) - 1)]


def _split_off(word: str) -> tuple[str, ...]:
    """`나주배` as 나주 and 배, which the dictionary takes for 나 and 주배."""
    if not (3 <= len(word) <= 6 and word[-1] in _SHORT and _HANGUL.fullmatch(word)) or word.endswith("나무"):
        return ()
    before = analyse(word[:-1])
    if len(before) == 1 and before[0].text == word[:-1] and before[0].tag.startswith("NN"):
        return (word[:-1], word[-1])
    return ()


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────

Ways = tuple[tuple[str, ...], ...]  # any of these, each all of its lexemes; one ending in * is a beginning


@dataclass(frozen=True)
class Word:
    """One word of a question: the ways it may stand in a product, and the heads it may be there."""

    text: str
    ways: Ways
    heads: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """What was asked: its words, and the ways to hold all of it written together (청송 사과 즙 as 청송사과즙)."""

    text: str
    words: tuple[Word, ...]
    together: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        return not self.words

    @property
    def key(self) -> str:
        return key_of(self.text)

    def as_heads(self) -> str:
        """A tsquery that wants every word to be what a word of the name is about; "" when none can be."""
        if not all(word.heads for word in self.words):
            return ""
        return " & ".join(_any(tuple((head,) for head in word.heads), NAME) for word in self.words)

    def all_words(self, weight: str = "") -> str:
        """A tsquery that wants every word; with a weight, in fields of that weight."""
        every = " & ".join(_any(word.ways, weight) for word in self.words)
        return f"{every} | {_all(self.together, weight)}" if self.together else every

    def most_words(self) -> Iterator[str]:
        """Tsqueries that let one word go, then two, until a single one is left."""
        each = [_any(word.ways, "") for word in self.words]
        for n in range(len(each) - 1, 0, -1):
            yield " | ".join("(" + " & ".join(some) + ")" for some in combinations(each, n))


Synonyms = Mapping[str, Sequence[str]]  # {key_of(word): other ways to say it}


def read(text: str, synonyms: Synonyms | None = None) -> Question:
    """A question as the index understands it."""
    text = folded(text)[:LONGEST].strip()
    rest, amounts = _quantities(text)
    tokens = _TOKEN.findall(rest)[:MOST_WORDS]
    words = [Word(amount[1:], ((amount,),), (amount,)) for amount in sorted(amounts)]
    i = 0
    while i < len(tokens):
        n = next((n for n in (3, 2) if i + n <= len(tokens) and "".join(tokens[i : i + n]) in (synonyms or {})), 1)
        words.append(_word(tokens[i : i + n], synonyms or {}))
        i += n
    joined = "".join(tokens)
    together = tuple(_pairs(joined)) if len(tokens) > 1 and len(joined) <= 16 and _HANGUL.fullmatch(joined) else ()
    return Question(text, tuple(words[:MOST_WORDS]), together)


def _word(tokens: Sequence[str], synonyms: Synonyms) -> Word:
    """One word, or several that have synonyms together (핸드폰 케이스)."""
    said = "".join(tokens)
    ways = _ways(said) if len(tokens) == 1 else _ways_of_phrase(tokens)
    heads = [said] if len(tokens) == 1 else []
    for other in synonyms.get(said, ()):
        phrase = _TOKEN.findall(folded(other))
        ways += _ways(phrase[0]) if len(phrase) == 1 else _ways_of_phrase(phrase)
        heads += phrase if len(phrase) == 1 else []
    if len(tokens) == 1 and said not in synonyms:
        ways += _ways_by_part(said, synonyms)
    return Word(" ".join(tokens), tuple(dict.fromkeys(ways)), tuple(f"={head}" for head in dict.fromkeys(heads)))


def _ways(token: str) -> list[tuple[str, ...]]:
    """The ways a word may stand in a product."""
    ways: list[tuple[str, ...]] = [(token,)]
    if token.isascii() and len(token) > 2:
        ways.append((f"{token}*",))
    if len(token) > 1:
        morphemes = analyse(token)
        if 2 * sum(len(m.text) for m in morphemes) >= len(token):  # else most of it was no noun: 담근, 맛있는
            ways.append(tuple(m.text for m in morphemes))
        if any(m.parts for m in morphemes):
            ways.append(tuple(part for m in morphemes for part in (m.parts or (m.text,))))
        ways += [pair for pair in (_split_off(token), tuple(_pairs(token))) if pair]
    return [way for way in dict.fromkeys(ways) if len("".join(way)) > 1 or len(token) == 1]


def _ways_by_part(token: str, synonyms: Synonyms) -> list[tuple[str, ...]]:
    """핸드폰케이스 as 휴대폰 & 케이스: a part of a word said otherwise."""
    parts = [m.text for m in analyse(token)]
    if len(parts) < 2 or len("".join(parts)) != len(token):
        return []
    return [
        (*parts[:i], key_of(other), *parts[i + 1 :])
        for i, part in enumerate(parts)
        if len(part) > 1
        for other in synonyms.get(part, ())
    ]


def _ways_of_phrase(tokens: Sequence[str]) -> list[tuple[str, ...]]:
    """Several words that belong together: all of them, each in its plainest way, or written together."""
    together = tuple(_pairs("".join(tokens)))
    return [tuple(tokens), *([together] if together else [])]


def _any(ways: Ways, weight: str) -> str:
    return "(" + " | ".join(_all(way, weight) for way in ways) + ")"


def _all(lexemes: Iterable[str], weight: str) -> str:
    return "(" + " & ".join(_wanted(lexeme, weight) for lexeme in lexemes) + ")"


def _wanted(lexeme: str, weight: str) -> str:
    begins = lexeme.endswith("*")
    flags = ("*" if begins else "") + weight
    return _quoted(lexeme.removesuffix("*")) + (f":{flags}" if flags else "")
