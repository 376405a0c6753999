"""The seller's own sheet back, with a column of what to mend beside every column in which something is wrong.

Mended in place, the same file goes up again: the added columns are known by their heading and not read.
"""

from __future__ import annotations

from collections import defaultdict
from typing import IO, Any

from django.utils.translation import gettext as _

from dure.commerce.sheets import words
from dure.commerce.sheets.books import Out
from dure.commerce.sheets.columns import ERROR_MARK
from dure.commerce.sheets.models import Entry, Upload
from dure.kit import excel
from dure.kit.excel import open_book

BESIDE = {  # a mistake of a field whose column the sheet does not have stands beside the first of these it has
    "value1": ("option_name", "whole_values", "option_code", "name", "code"),
    "option_id": ("option_code", "value1", "code", "name"),
    "price": ("whole_extras", "name", "code", "option_id", "option_code"),
    "category": ("name", "code"),
    "axis1": ("value1", "whole_axes", "name", "code"),
    "line": ("order", "bundle", "waybill"),
}
Mistakes = dict[int, dict[int, list[str]]]  # {row: {column: sentences}}


def mistakes(upload: Upload) -> tuple[Mistakes, list[tuple[int, int, str]], set[int]]:
    """By row and column; as a list (row, column, sentence); and every row of a product that was left out."""
    found: Mistakes = defaultdict(lambda: defaultdict(list))
    listed: list[tuple[int, int, str]] = []
    rows: set[int] = set()
    wrong = Entry.objects.filter(upload=upload, state=Entry.State.WRONG).only("rows", "wrong")
    for entry in wrong.order_by("pk").iterator(chunk_size=2000):
        rows |= set(entry.rows)
        for mistake in entry.wrong:
            column = column_of(upload, mistake["field"])
            sentence = words.sentence(mistake)
            found[mistake["row"]][column].append(sentence)
            listed.append((mistake["row"], column, sentence))
    refused = Entry.objects.filter(upload=upload, outcome=Entry.Outcome.REFUSED).only("rows", "note")
    for entry in refused.order_by("pk").iterator(chunk_size=2000):
        rows |= set(entry.rows)
        sentence = words.sentence(entry.note)
        found[entry.rows[0]][column_of(upload, "name")].append(sentence)
        listed.append((entry.rows[0], column_of(upload, "name"), sentence))
    return found, listed, rows


def column_of(upload: Upload, field: str) -> int:
    """The column a mistake stands beside."""
    for name in (field, *BESIDE.get(field, ()), "name", "code", "product_id", "option_id", "line"):
        if name in upload.columns:
            return int(upload.columns[name])
    return 0


def returned_file(upload: Upload, *, only_wrong: bool = False) -> IO[bytes]:
    """The workbook, open for reading: the sheet as it came with the mistakes, and a summary of them."""
    found, listed, rows = mistakes(upload)
    marked = sorted({column for columns in found.values() for column in columns})
    out = Out(strangers=upload.kind == Upload.Kind.WAYBILLS)
    sheet = out.sheet(_name(upload))
    places = _places(upload.headings, marked)
    for _column, (here, beside) in places.items():
        sheet.set_column(here, here, 16)
        if beside is not None:
            sheet.set_column(beside, beside, 34)
    sheet.freeze_panes(upload.first_row - 1, 0)
    y = 0
    for number, cells in open_book(bytes(upload.file.content)).rows(upload.sheet):
        is_data = number >= upload.first_row
        if is_data and (excel.blank(cells) or (only_wrong and number not in rows)):
            continue
        if number == upload.head_row:
            _heads(out, sheet, y, upload, places)
        else:
            _row(out, sheet, y, cells, places, found.get(number, {}) if is_data else {})
        y += 1
    _summary(out, upload, listed)
    return out.done()


def _name(upload: Upload) -> str:
    names = upload.sheets
    name = names[upload.sheet] if upload.sheet < len(names) else "sheet"
    return "".join(c for c in str(name) if c not in "[]:*?/\\")[:31] or "sheet"


def _places(headings: list[str], marked: list[int]) -> dict[int, tuple[int, int | None]]:
    """{column of the upload: (its column here, the column of mistakes beside it)}; mistakes of an earlier time go."""
    places: dict[int, tuple[int, int | None]] = {}
    here = 0
    for column in range(max([len(headings), *(c + 1 for c in marked)])):
        if column < len(headings) and headings[column].startswith(ERROR_MARK):
            continue
        places[column] = (here, here + 1 if column in marked else None)
        here += 2 if column in marked else 1
    return places


def _heads(out: Out, sheet: Any, y: int, upload: Upload, places: dict[int, tuple[int, int | None]]) -> None:
    for column, (here, beside) in places.items():
        heading = upload.headings[column] if column < len(upload.headings) else ""
        out.write(sheet, y, here, heading, out.head)
        if beside is not None:
            out.write(sheet, y, beside, f"{ERROR_MARK}{heading}", out.why_head)


def _row(
    out: Out,
    sheet: Any,
    y: int,
    cells: list[Any],
    places: dict[int, tuple[int, int | None]],
    wrong: dict[int, list[str]],
) -> None:
    for column, (here, beside) in places.items():
        value = cells[column] if column < len(cells) else ""
        sentences = wrong.get(column)
        style = (out.wrong_day if hasattr(value, "year") else out.wrong) if sentences else None
        out.write(sheet, y, here, value, style)
        if sentences and beside is not None:
            out.write(sheet, y, beside, "\n".join(dict.fromkeys(sentences)), out.why)


def _summary(out: Out, upload: Upload, listed: list[tuple[int, int, str]]) -> None:
    sheet = out.sheet(_("고칠 곳 모음"))
    sheet.set_column(0, 0, 10)
    sheet.set_column(1, 1, 22)
    sheet.set_column(2, 2, 70)
    out.write(
        sheet,
        0,
        0,
        _("고칠 곳 %(n)d군데. 칸을 고친 뒤 이 파일을 그대로 다시 올려 주세요. 고친 줄만 저장돼요.")
        % {"n": len(listed)},
    )
    for x, heading in enumerate((_("줄"), _("열"), _("고칠 점"))):
        out.write(sheet, 2, x, heading, out.head)
    for y, (row, column, sentence) in enumerate(sorted(listed), 3):
        out.write(sheet, y, 0, row)
        heading = upload.headings[column] if column < len(upload.headings) else ""
        out.write(sheet, y, 1, f"{excel.column_letters(column)} {heading}".strip())
        out.write(sheet, y, 2, sentence)
