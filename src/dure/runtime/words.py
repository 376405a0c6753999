"""What the terminal says, in Korean or English. The terminal comes up before Django and its catalogues do."""

from __future__ import annotations

import os
import sys


def english() -> bool:
    """The terminal's language, by LC_ALL, LC_MESSAGES, LANG (first one set). Korean unless that is English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return value.lower().startswith("en")
    return False


def words(korean: str, in_english: str) -> str:
    return in_english if english() else korean


def say(korean: str, in_english: str) -> None:
    print(words(korean, in_english), flush=True)


def complain(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


class Problem(Exception):
    """Something a person has to put right before dure can go on: one plain sentence that says what to do."""

    def __init__(self, korean: str, in_english: str) -> None:
        super().__init__(words(korean, in_english))


def newer_data(sign: str) -> Problem:
    return Problem(
        f"데이터가 이 dure보다 새 버전의 것이에요({sign}). 새 버전으로 실행하거나 DURE_HOME을 새 폴더로 정해 주세요.",
        f"The data is of a newer version than this dure ({sign}); run the newer one, or set DURE_HOME to a new folder.",
    )
