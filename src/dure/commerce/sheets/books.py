"""How our own sheets look: one writer for the template, what goes out, and what comes back with its mistakes."""

from __future__ import annotations

import tempfile
from datetime import date, datetime, time, timedelta
from typing import IO, Any

import xlsxwriter

from dure.kit.excel import plain

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAPER = {"head": "#E3EFE8", "note": "#FBF3DC", "wrong": "#F9D9D3", "why": "#FDEEEB"}


class Out:
    """A workbook written row by row; `done()` gives the file, open for reading.

    `strangers`: it holds what others than its reader have typed; text that begins like a formula is defused, also for
    whoever saves it as csv. A seller's own words stay as they are.
    """

    def __init__(self, *, strangers: bool = False) -> None:
        self.strangers = strangers
        self.file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                   "strings_to_numbers": False, "nan_inf_to_errors": True}  # fmt: skip
        self.book = xlsxwriter.Workbook(self.file, options)
        add = self.book.add_format
        wrap = {"text_wrap": True, "valign": "top"}
        self.head = add({"bold": True, "bg_color": PAPER["head"], "bottom": 1, **wrap})
        self.note = add({"bg_color": PAPER["note"], "valign": "top"})
        self.text = add({"num_format": "@"})
        self.won = add({"num_format": "#,##0"})
        self.day = add({"num_format": "yyyy-mm-dd"})
        self.moment = add({"num_format": "yyyy-mm-dd hh:mm"})
        self.wrong = add({"bg_color": PAPER["wrong"]})
        self.wrong_day = add({"bg_color": PAPER["wrong"], "num_format": "yyyy-mm-dd"})
        self.why = add({"bg_color": PAPER["why"], "font_color": "#8A2A1B", **wrap})
        self.why_head = add({"bold": True, "bg_color": PAPER["wrong"], "bottom": 1, **wrap})

    def sheet(self, name: str) -> Any:
        return self.book.add_worksheet(name[:31])

    def write(self, sheet: Any, y: int, x: int, value: Any, style: Any = None) -> None:
        """Numbers as numbers, days as days, text as text and never as a formula."""
        if value is None or value == "":
            if style is not None:
                sheet.write_blank(y, x, None, style)
        elif isinstance(value, bool):
            sheet.write_boolean(y, x, value, style)
        elif isinstance(value, int | float):
            sheet.write_number(y, x, value, style)
        elif isinstance(value, datetime):
            kind = self.day if value.time() == time() else self.moment
            sheet.write_datetime(y, x, value.replace(tzinfo=None), style or kind)
        elif isinstance(value, date):
            sheet.write_datetime(y, x, datetime(value.year, value.month, value.day), style or self.day)  # noqa: DTZ001
        elif isinstance(value, time | timedelta):
            sheet.write_string(y, x, str(value), style)
        else:
            sheet.write_string(y, x, (plain(str(value)) if self.strangers else str(value))[:32_767], style)

    def done(self) -> IO[bytes]:
        self.book.close()
        self.file.seek(0)
        return self.file
