import pytest

from dure.kit import korean


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("010-1234-5678", "+821012345678"),
        ("010 1234 5678", "+821012345678"),
        ("+82 10-1234-5678", "+821012345678"),
        ("02-441-5561", "+8224415561"),
        ("064-752-3001", "+82647523001"),
        ("12345", None),
        ("전화 없음", None),
        ("", None),
    ],
)
def test_phone_numbers_are_kept_in_e164(typed, kept):
    assert korean.phone_e164(typed) == kept


def test_phone_numbers_are_shown_as_people_write_them():
    assert korean.phone_shown("+821012345678") == "010-1234-5678"


def test_syllables_come_apart_into_letters():
    assert korean.jamo("한과") == "ㅎㅏㄴㄱㅗㅏ"
    assert korean.jamo("닭 A1") == "ㄷㅏㄹㄱ A1"


def test_initials_are_what_people_type_to_search():
    assert korean.initials("광장 시장") == "ㄱㅈㅅㅈ"
    assert korean.is_initials("ㄱㅈ") and not korean.is_initials("광장") and not korean.is_initials("")
