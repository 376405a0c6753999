"""What was meant: completion while typing, the other keyboard layout, the nearest word of the shop."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from dure.commerce.search import hangul, rules
from dure.commerce.search.documents import pairs
from dure.commerce.search.models import Term
from dure.kit.korean import is_initials
from dure.kit.memo import memo

MOST = 8
NEAR = """
    SELECT text, letters, products FROM search_term
     WHERE pairs && %(pairs)s AND length(letters) BETWEEN %(least)s AND %(most)s
     ORDER BY cardinality(ARRAY(SELECT unnest(pairs) INTERSECT SELECT unnest(%(pairs)s::varchar[]))) DESC, products DESC
     LIMIT 40
"""


def complete(typed: str) -> list[str]:
    """Up to eight terms that begin like this: by letters (`사ㄱ`, `삭` and `사과` begin 사과), or by initials (`ㅅㄱ`)."""
    key = rules.key_of(typed)[:30]
    if not key:
        return []
    terms = Term.objects.order_by("-products", "key").values_list("text", flat=True)
    if is_initials(key):
        return list(terms.filter(initials__startswith=key)[:MOST])
    begun = list(terms.filter(letters__startswith=hangul.letters(key))[:MOST])
    if not begun and (meant := hangul.other_layout(key)):
        return list(terms.filter(letters__startswith=hangul.letters(meant))[:MOST])
    return begun


def how_many(question: rules.Question) -> int:
    """In about how many products the rarest word of a question stands, as the terms were last counted."""
    words = [{rules.key_of(word.text), *(head.lstrip("=") for head in word.heads)} for word in question.words]
    return min((_counted(frozenset(keys)) for keys in words), default=0)


@memo(seconds=60, most=5000)
def _counted(keys: frozenset[str]) -> int:
    return sum(Term.objects.filter(key__in=keys).values_list("products", flat=True))


def meant(question: rules.Question) -> str:
    """Another way to write a question that finds nothing, made of words the shop knows; "" when there is none."""
    if is_initials(question.text.replace(" ", "")):
        return next(iter(complete(question.text)), "")
    swapped = hangul.other_layout(question.text)
    if swapped and swapped != question.text:
        return swapped if _all_known(swapped.split()) else _nearest_of(swapped) or swapped
    return _nearest_of(question.text)


def _all_known(words: Sequence[str]) -> bool:
    keys = [rules.key_of(word) for word in words]
    return Term.objects.filter(key__in=keys).count() == len(set(keys))


def _nearest_of(text: str) -> str:
    """Every word that no term begins with, changed to its nearest term; "" when one has none or nothing changed."""
    words = text.split()[: rules.MOST_WORDS]
    known = set(Term.objects.filter(key__in=[rules.key_of(w) for w in words]).values_list("key", flat=True))
    out = []
    for word in words:
        if rules.key_of(word) in known or len(word) < 2 or any(ch.isdigit() for ch in word):
            out.append(word)
        elif near := _nearest(word):
            out.append(near)
        else:
            return ""
    corrected = " ".join(out)
    return corrected if corrected != text else ""


def _nearest(word: str) -> str:
    letters = hangul.letters(rules.key_of(word))
    allowed = hangul.tolerance(letters)
    if not allowed:
        return ""
    with connection.cursor() as cursor:
        cursor.execute(NEAR, {"pairs": pairs(letters), "least": len(letters) - allowed, "most": len(letters) + allowed})
        rows = cursor.fetchall()
    near = [(hangul.distance(letters, other, allowed), -products, text) for text, other, products in rows]
    best = min(near, default=None)
    return best[2] if best and best[0] <= allowed else ""
