"""One reader for sheets people made: what they meant by a cell, and files that nobody should open."""

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from dure.kit import excel
from dure.kit.excel import BadCell, FileTooBig, NotASheet, open_book


def a_workbook(*rows, sheets=("시트",), **options):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, options) as book:
        for name in sheets:
            sheet = book.add_worksheet(name)
            for y, row in enumerate(rows):
                for x, value in enumerate(row):
                    if value is not None:
                        sheet.write(y, x, value)
    return out.getvalue()


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        (1200.0, 1200),
        (1200, 1200),
        ("1,200원", 1200),
        ("₩ 1,200", 1200),
        ("１２００", 1200),
        ("12,000.00", 12_000),
        (" 7개 ", 7),
        ("-3", -3),
        ("", None),
        ("  ", None),
    ],
)
def test_a_number_is_understood_however_it_was_typed(cell, meant):
    assert excel.whole(cell) == meant


@pytest.mark.parametrize(
    ("cell", "code"),
    [("만원", "not_number"), ("12a", "not_number"), (1200.5, "not_whole"), ("99.9", "not_whole"), ("#REF!", "formula_error"),
     (date(2026, 1, 2), "not_number"), ("1 ~ 2", "not_number")],
)  # fmt: skip
def test_what_is_no_whole_number_says_why(cell, code):
    with pytest.raises(BadCell) as caught:
        excel.whole(cell)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "cell",
    [datetime(2026, 11, 24), date(2026, 11, 24), 46350.0, "2026-11-24", "2026.11.24", "2026. 11. 24", "20261124",
     "2026/11/24", "2026년 11월 24일"],
)  # fmt: skip
def test_a_day_is_understood_in_every_way_excel_and_people_write_it(cell):
    assert excel.day(cell) == datetime(2026, 11, 24)


def test_a_day_that_is_none_is_refused():
    for cell in ("내일", "2026-13-01", "2026-02-30", "24/11/2026"):
        with pytest.raises(BadCell):
            excel.day(cell)


def test_a_long_number_that_excel_has_eaten_is_refused_and_a_whole_one_is_kept():
    assert excel.digits("688901234567") == excel.digits(688901234567.0) == "688901234567"
    for eaten in (6.88901e16, "6.88901E+11", 1234.5):
        with pytest.raises(BadCell) as caught:
            excel.digits(eaten)
        assert caught.value.code == "scientific"


def test_codes_keep_their_zeros_and_numbers_lose_their_point():
    assert excel.text("00123") == "00123"
    assert excel.text(123.0) == "123"
    assert excel.text(True) == "Y"


def test_text_is_no_formula_in_anybodys_spreadsheet():
    assert excel.plain("=HYPERLINK(1)") == "'=HYPERLINK(1)"
    assert excel.plain("@SUM(1)") == "'@SUM(1)"
    assert excel.plain("-2+3+cmd|' /C calc'!A0").startswith("'")
    assert excel.plain("+82 10-1234-5678") == "+82 10-1234-5678"
    assert excel.plain("보통 글") == "보통 글" and excel.plain(5) == 5


def test_rows_keep_the_numbers_that_excel_shows():
    content = a_workbook([None], [None], [None, "이름", "값"], [None, "가", 1])
    rows = list(open_book(content).rows())
    assert rows[2] == (3, ["", "이름", "값"]) and rows[3][1][1:] == ["가", 1.0]
    assert open_book(content).height() == 4


def test_csv_is_read_in_utf8_and_in_the_cp949_of_korean_excel():
    for encoding in ("utf-8", "utf-8-sig", "cp949", "utf-16"):
        book = open_book('상품명,판매가\n"엄마손, 김치",12000\n'.encode(encoding))
        assert [cells for _n, cells in book.rows()] == [["상품명", "판매가"], ["엄마손, 김치", "12000"]], encoding
    assert next(open_book("이름\t값\n가\t1\n".encode()).rows())[1] == ["이름", "값"]


def test_an_old_xls_is_read():
    rows = [cells for _n, cells in open_book((Path(__file__).parent / "old.xls").read_bytes()).rows()]
    assert rows[:2] == [["상품명", "판매가"], ["오래된 상품", 9900.0]]


def test_a_web_page_or_a_picture_named_xls_is_refused_with_the_way_out():
    for junk in (
        b"<html><table><tr><td>1</td></tr></table>",
        b"\x89PNG\r\n\x1a\n\0\0\0",
        b"",
        b"PK\x03\x04broken",
        b"\xff\xfe",
    ):
        with pytest.raises(NotASheet) as caught:
            open_book(junk)
        assert "xlsx" in str(caught.value)


def test_a_locked_file_is_told_from_a_broken_one():
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 2000
    with pytest.raises(excel.FileLocked):
        open_book(ole)


def packed(parts, size_told=None):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return out.getvalue()


def test_a_zip_bomb_is_not_unpacked():
    bomb = packed({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b" " * (excel.MOST_UNPACKED + 10)})
    assert len(bomb) < 1_000_000
    with pytest.raises(FileTooBig):
        open_book(bomb)


def test_a_zip_that_lies_about_its_size_is_measured_and_not_believed():
    bomb = bytearray(packed({"xl/workbook.xml": b"<workbook/>", "xl/media/a": b"\0" * (excel.MOST_UNPACKED + 10)}))
    at = bomb.rindex(b"PK\x01\x02")
    bomb[at + 24 : at + 28] = (10).to_bytes(4, "little")
    with pytest.raises((FileTooBig, NotASheet)):
        open_book(bytes(bomb))


def test_two_cells_at_the_ends_of_the_earth_do_not_take_all_memory():
    sheet = b"""<worksheet><sheetData><row r='1'><c r='A1'><v>1</v></c></row>
                <row r='90000'><c r='XFD90000'><v>1</v></c></row></sheetData></worksheet>"""
    with pytest.raises(FileTooBig):
        open_book(packed({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": sheet}))
