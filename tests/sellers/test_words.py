"""Every deed on a shop is read in Korean words, never as a code."""

import re
from pathlib import Path

import dure.commerce.sellers
from dure.commerce.sellers.words import DEEDS, deed_in_words


def test_every_deed_of_the_room_has_words():
    room = Path(dure.commerce.sellers.__file__).parent
    written = set()
    for file in room.glob("actions/*.py"):
        code = file.read_text()
        written |= set(re.findall(r'audit\.record\(\s*"(sellers\.[a-z_.]+)"', code))
        written |= set(re.findall(r'(?<!def )change\(\s*seller,\s*"(sellers\.[a-z_.]+)"', code))
    assert written and written <= set(DEEDS), written - set(DEEDS)


def test_a_deed_without_words_keeps_its_code():
    assert deed_in_words("sellers.document_seen") == "서류를 열어 보았어요"
    assert deed_in_words("something.else") == "something.else"
