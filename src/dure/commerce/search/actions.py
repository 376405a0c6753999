"""What people do here: the operator says what means the same, a shopper wishes; and questions that found nothing are noted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import IntegrityError, connection, transaction

from dure.commerce.catalog.models import Product
from dure.commerce.search import errors, rules
from dure.commerce.search.models import Missed, Synonym, Wish
from dure.kit import audit, clock
from dure.people.models import User

MISSED_FOR = timedelta(days=90)  # how long questions that found nothing are kept
MOST_WISHES = 500
MOST_MISSED = 5_000  # different questions noted a day: somebody's loop must not fill the table


# ── Synonyms ─────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def add_synonym(word: str, others: Iterable[str], *, both_ways: bool = True, by: User | None) -> Synonym:
    """Raises WordNeeded, OthersNeeded, WordTaken."""
    synonym = Synonym(made_by=by, made_at=clock.now())
    return _keep(synonym, word, others, both_ways, by, "search.synonym_added")


@transaction.atomic
def change_synonym(synonym: Synonym, word: str, others: Iterable[str], *, both_ways: bool, by: User | None) -> Synonym:
    """Raises WordNeeded, OthersNeeded, WordTaken."""
    return _keep(synonym, word, others, both_ways, by, "search.synonym_changed")


@transaction.atomic
def remove_synonym(synonym: Synonym, *, by: User | None) -> None:
    audit.record("search.synonym_removed", synonym, by=by, word=synonym.word, others=synonym.others)
    synonym.delete()


def _keep(synonym: Synonym, word: str, others: Iterable[str], both_ways: bool, by: User | None, action: str) -> Synonym:
    word = rules.folded(word)[:40]
    key = rules.key_of(word)
    said = {rules.key_of(other): rules.folded(other)[:40] for other in others}
    if not key:
        raise errors.WordNeeded()
    kept = [other for other_key, other in said.items() if other_key and other_key != key]
    if not kept:
        raise errors.OthersNeeded()
    synonym.word, synonym.key, synonym.others, synonym.both_ways = word, key, kept, both_ways
    try:
        with transaction.atomic():
            synonym.save()
    except IntegrityError as error:
        raise errors.WordTaken(word=word) from error
    audit.record(action, synonym, by=by, word=word, others=kept, both_ways=both_ways)
    return synonym


# ── Questions that found nothing ─────────────────────────────────────────────────────────────────────────────────

NOTE = """
    INSERT INTO search_missed (day, words, times, partly)
    SELECT %(day)s, %(words)s, 1, %(partly)s
     WHERE (SELECT count(*) FROM (SELECT 1 FROM search_missed WHERE day = %(day)s LIMIT %(most)s) noted) < %(most)s
        ON CONFLICT (day, words) DO UPDATE SET times = search_missed.times + 1, partly = excluded.partly
"""
_PERSONAL = re.compile(r"\d[\d\s-]{5,}|@|https?:|www\.")  # phone, card and account numbers, addresses of mail and pages


def note_missed(words: str, *, partly: bool) -> bool:
    """Count a question that found nothing. What may tell of a person is not kept; False then."""
    said = rules.folded(words)
    if not rules.key_of(said) or len(said) > 60 or _PERSONAL.search(said):
        return False
    with connection.cursor() as cursor:
        cursor.execute(NOTE, {"day": clock.today(), "words": said, "partly": partly, "most": MOST_MISSED})
        return bool(cursor.rowcount)


def forget_missed() -> int:
    """Older than the office shows."""
    deleted, _rows = Missed.objects.filter(day__lt=clock.today() - MISSED_FOR).delete()
    return deleted


# ── Wishes ───────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def wish(user: User, product_ids: Sequence[int]) -> int:
    """Remember products on sale for a person; one remembered already stays as it is. How many were new.

    Raises TooManyWishes.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two at once count one after the other
    here = set(Wish.objects.filter(user=user).values_list("product_id", flat=True))
    prices = dict(Product.objects.on_sale().filter(pk__in=product_ids).values_list("pk", "list_price"))
    new = [pk for pk in dict.fromkeys(product_ids) if pk in prices and pk not in here]
    if len(here) + len(new) > MOST_WISHES:
        raise errors.TooManyWishes(most=MOST_WISHES)
    Wish.objects.bulk_create(Wish(user=user, product_id=pk, price=prices[pk], at=clock.now()) for pk in new)
    return len(new)


def unwish(user: User, product_id: int) -> bool:
    """False when it had not been wished for."""
    deleted, _rows = Wish.objects.filter(user=user, product_id=product_id).delete()
    return bool(deleted)
