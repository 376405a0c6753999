"""The one Excel reader, for sheets that people made: xlsx, xls, and csv in UTF-8 or the cp949 that Excel saves in Korea.

    book = open_book(content)
    for number, cells in book.rows(0): ...      # number as Excel shows it, from 1; cells from column A

    text(cell)   whole(cell)   day(cell)        # what somebody meant by a cell, or BadCell with a code
    plain(value)                                # text that no spreadsheet takes for a formula

A file is looked at before it is opened: how large it is once unpacked, how far its cells reach. What is wrong with
it is a sentence that says the way out.
"""

from __future__ import annotations

import codecs
import copy
import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from dure.kit.errors import DureError

MOST_BYTES = 20 * 1024 * 1024  # of an uploaded file
MOST_UNPACKED = 200 * 1024 * 1024
MOST_CELLS = 6_000_000  # rows times columns: the reader lays them out as one rectangle
MOST_ROWS = 100_000
ACCEPT = ".xlsx,.xls,.csv"
CSV = "csv"

Cell = Any  # str, float, int, bool, date, datetime, time, timedelta


class FileTooBig(DureError):
    code = "sheet_too_big"
    message = _("파일이 너무 커요. 20MB, 10만 줄 안으로 나눠서 올려 주세요.")
    status = 413
    field = "file"


class FileLocked(DureError):
    code = "sheet_locked"
    message = _("암호가 걸린 파일이에요. 엑셀에서 암호를 풀고 다시 저장해서 올려 주세요.")
    status = 422
    field = "file"


class NotASheet(DureError):
    code = "not_a_sheet"
    message = _("엑셀 파일로 읽지 못했어요. 엑셀에서 열어 ‘Excel 통합 문서(.xlsx)’로 저장한 뒤 올려 주세요.")
    status = 422
    field = "file"


@dataclass
class Sheet:
    name: str
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(
        default_factory=list
    )  # ((row, col), (row, col)) from 0


class Book:
    """A workbook that can be gone through as often as wanted. `sheets` are the visible ones."""

    kind: str
    sheets: list[Sheet]

    def rows(self, sheet: int = 0) -> Iterator[tuple[int, list[Cell]]]:
        raise NotImplementedError

    def height(self, sheet: int = 0) -> int:
        """The last row that holds something."""
        last = 0
        for number, cells in self.rows(sheet):
            if not blank(cells):
                last = number
        return last


def open_book(content: bytes) -> Book:
    """Raises FileTooBig, FileLocked, NotASheet."""
    if len(content) > MOST_BYTES:
        raise FileTooBig()
    if content[:4] == b"PK\x03\x04":
        _measure(content)
        return _Calamine(content, "xlsx")
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return _Calamine(content, "xls")
    return _Csv(content)


class _Calamine(Book):
    def __init__(self, content: bytes, kind: str) -> None:
        self.kind = kind
        try:
            self._book = CalamineWorkbook.from_filelike(io.BytesIO(content))
            names = [s.name for s in self._book.sheets_metadata if _shown(s)] or self._book.sheet_names
        except PasswordError as error:
            raise FileLocked() from error
        except (CalamineError, ValueError, OSError) as error:
            # A locked xlsx is an OLE file that holds no workbook.
            raise FileLocked() if b"E\0n\0c\0r\0y\0p\0t\0e\0d" in content else NotASheet() from error
        self.sheets = [Sheet(name) for name in names]

    def rows(self, sheet: int = 0) -> Iterator[tuple[int, list[Cell]]]:
        try:
            found = self._book.get_sheet_by_name(self.sheets[sheet].name)
        except (CalamineError, ValueError, OSError, IndexError) as error:
            raise NotASheet() from error
        if found.total_height > MOST_ROWS + 100:
            raise FileTooBig()
        self.sheets[sheet].merged = list(found.merged_cell_ranges or [])
        first = found.start[1] if found.start else 0
        margin: list[Cell] = [""] * first
        for number, cells in enumerate(found.iter_rows(), 1):
            yield number, margin + cells if first else cells


class _Csv(Book):
    kind = CSV

    def __init__(self, content: bytes) -> None:
        self._text = _decoded(content)
        self.sheets = [Sheet(CSV)]

    def rows(self, sheet: int = 0) -> Iterator[tuple[int, list[Cell]]]:
        head = self._text[:4096].split("\n", 1)[0]
        mark = max(",\t;", key=head.count)
        try:
            for number, cells in enumerate(csv.reader(io.StringIO(self._text, newline=""), delimiter=mark), 1):
                if number > MOST_ROWS + 100:
                    raise FileTooBig()
                yield number, list(cells)
        except csv.Error as error:
            raise NotASheet() from error


def _shown(sheet: Any) -> bool:
    return str(sheet.visible).endswith("Visible") and str(sheet.typ).endswith("WorkSheet")


def _decoded(content: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with one, else cp949. A web page saved as .xls is no table."""
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ["utf-16"] if wide else ["utf-8-sig", "cp949"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text or re.match(r"\s*<(!doctype|html|table|\?xml)", text, re.IGNORECASE) or not text.strip():
            break
        return text
    raise NotASheet()


# ── Before a packed file is opened ───────────────────────────────────────────────────────────────────────────────

_ROW = re.compile(rb"\br\s*=\s*[\"'][A-Z]{0,4}([0-9]{1,9})[\"']")  # <row r="12">, <c r="AB12">
_COLUMN = re.compile(rb"\br\s*=\s*[\"']([A-Z]{1,4})[0-9]")
_SEAM = 200  # bytes kept from one piece to the next, so that a name cut in two is still seen


def _measure(content: bytes) -> None:
    """How large the file is unpacked, counted and not believed, and how far the cells of its sheets reach."""
    unpacked = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = {member.filename for member in packed.infolist()}
            if "xl/workbook.xml" not in names:
                raise NotASheet()
            if len(names) > 2000:
                raise FileTooBig()
            for member in packed.infolist():
                member = copy.copy(member)
                member.file_size = 2 * MOST_UNPACKED  # what the file says of itself does not end the reading
                rows, columns, seam = 0, b"A", b""
                is_sheet = member.filename.startswith("xl/worksheets/")
                with packed.open(member) as unpacking:
                    while piece := unpacking.read(1 << 20):
                        unpacked += len(piece)
                        if unpacked > MOST_UNPACKED:
                            raise FileTooBig()
                        if is_sheet:
                            seen = seam + piece
                            rows = max([rows, *map(int, set(_ROW.findall(seen)))])
                            columns = max({columns, *_COLUMN.findall(seen)}, key=lambda c: (len(c), c))
                            seam = piece[-_SEAM:]
                if is_sheet and (rows > MOST_ROWS + 100 or rows * _column_number(columns) > MOST_CELLS):
                    raise FileTooBig()
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise NotASheet() from error


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def column_letters(index: int) -> str:
    """0 as A, 27 as AB: what a person calls a column."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


# ── What somebody meant by a cell ────────────────────────────────────────────────────────────────────────────────


class BadCell(ValueError):
    """A cell that does not say what is asked. `code`: not_number, not_whole, not_day, formula_error, scientific."""

    def __init__(self, code: str, seen: str) -> None:
        self.code, self.seen = code, seen
        super().__init__(code)


ERRORS = {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"}
_NUMBER = re.compile(r"[₩\\]?([+-]?)[₩\\]?([0-9][0-9,]*)(?:\.([0-9]+))?(?:원|개|건|점|일|g)?")
_DAY = re.compile(r"(\d{4})[-./년\s]{0,3}(\d{1,2})[-./월\s]{0,3}(\d{1,2})일?(?:[T\s]+(\d{1,2}):(\d{2})(?::\d{2})?)?")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+\d+")
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - Excel's day 0


def text(cell: Cell) -> str:
    """The cell as words: width and spaces evened out, 12.0 as 12, a day as 2026-11-24."""
    if isinstance(cell, str):
        words = (
            cell if cell.isascii() else unicodedata.normalize("NFC", cell.replace("\u00a0", " ").replace("\u200b", ""))
        )
        return words.strip()
    if isinstance(cell, bool):
        return "Y" if cell else "N"
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}" if cell.time() != time() else f"{cell:%Y-%m-%d}"
    return "" if cell is None else str(cell).strip()


def whole(cell: Cell) -> int | None:
    """A whole number however it was typed: 1200, 1200.0, "1,200원", "１２００". None when empty. Raises BadCell."""
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    if isinstance(cell, int) and not isinstance(cell, bool):
        return cell
    words = text(cell)
    if not words:
        return None
    if words in ERRORS:
        raise BadCell("formula_error", words)
    found = _NUMBER.fullmatch(unicodedata.normalize("NFKC", words).replace(" ", ""))
    if found is None or isinstance(cell, datetime | date | bool):
        raise BadCell("not_number", words)
    sign, digits, fraction = found.groups()
    if fraction and fraction.strip("0"):
        raise BadCell("not_whole", words)
    return int(f"{sign}{digits.replace(',', '')}")


def day(cell: Cell) -> datetime | None:
    """A day, with its hour if it has one, without a zone: Excel's own, its serial number, 2026.11.24, 20261124.

    None when empty. Raises BadCell.
    """
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001
    if isinstance(cell, float | int) and not isinstance(cell, bool) and 20_000 < cell < 80_000:
        return _EPOCH + timedelta(seconds=round(float(cell) * 86_400))
    words = text(cell)
    if not words:
        return None
    if words in ERRORS:
        raise BadCell("formula_error", words)
    found = _DAY.fullmatch(unicodedata.normalize("NFKC", words))
    try:
        if found is None:
            raise ValueError
        year, month, date_, hour, minute = (int(part or 0) for part in found.groups())
        return datetime(year, month, date_, hour, minute)  # noqa: DTZ001
    except ValueError as error:
        raise BadCell("not_day", words) from error


def digits(cell: Cell) -> str:
    """A long number that must keep every digit (a waybill). Raises BadCell `scientific` when Excel has eaten some.

    Excel keeps 15 digits of a number: a longer one has lost its end, and 6.88901E+11 typed into a cell its middle.
    """
    if isinstance(cell, float) and (abs(cell) >= 1e15 or not cell.is_integer()):
        raise BadCell("scientific", f"{cell:g}")
    words = text(cell)
    if _SCIENTIFIC.fullmatch(words):
        raise BadCell("scientific", words)
    return words


_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def plain(value: Any) -> Any:
    """Text that begins like a formula gets an apostrophe before it, also against csv readers; numbers stay (+82 10-…)."""
    if isinstance(value, str) and value.startswith(_FORMULA) and not re.fullmatch(r"[+-][\d\s-]*", value):
        return f"'{value}"
    return value


def blank(cells: Sequence[Cell]) -> bool:
    return not any(cell or cell == 0 for cell in cells) or not any(text(cell) for cell in cells)
