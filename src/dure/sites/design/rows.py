"""The body of a list's table, written by hand: thirty rows of seven columns cost a template a hundredth of a second.

Rows of named values that are drawn from nothing else (`Listing.plain`) are remembered: who looks again sees mostly the same ones.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Hashable, Iterable
from functools import partial
from threading import Lock
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dure.kit import clock

MOST = 12_000  # rows a process remembers, about a kilobyte each
_lock = Lock()
_rows: dict[Hashable, str] = {}


def drawn(columns: Iterable[Any], rows: Iterable[Any], *, picked: bool, plain: Hashable = None) -> SafeString:
    """A `<tr>` for each row, its cells as `lists.Column` shows them; with `picked`, a box to tick first of all.

    `plain`: the name of these columns, when each row is a tuple and its cells hang on its values, the language and the day alone.
    """
    frames = [(column.cell, *_frame(column)) for column in columns]
    draw = partial(_row, frames, markup(_("고르기")) if picked else "")
    if plain is not None:
        draw = partial(_remembered, draw, (plain, picked, get_language(), clock.today()))
    return mark_safe("".join(map(draw, rows)))  # noqa: S308 (cells are escaped)


def _row(frames: list[tuple[Callable[[Any], str], str, str]], choose: str, row: Any) -> str:
    written = ["<tr>"]
    if choose:
        written.append(
            f'<td class="pick bare"><input type="checkbox" name="ids" value="{row.pk}" aria-label="{choose}"></td>'
        )
    for cell, opening, closing in frames:
        written += opening, cell(row), closing
    written.append("</tr>\n")
    return "".join(written)


def _remembered(draw: Callable[[Any], str], frame: tuple[Any, ...], row: tuple[Any, ...]) -> str:
    key = (frame, *(tuple(value) if type(value) is list else value for value in row))
    if (known := _rows.get(key)) is not None:
        return known
    made = draw(row)
    with _lock:
        while len(_rows) >= MOST:
            del _rows[next(iter(_rows))]
        _rows[key] = made
    return made


def markup(shown: Any) -> str:
    """As Django's `conditional_escape`, without what it does for lazy texts."""
    return shown if isinstance(shown, SafeString) else html.escape(str(shown))


def _frame(column: Any) -> tuple[str, str]:
    """What stands around each cell of a column."""
    if column.primary:
        return f'<th scope="row" class="{column.css}">', "</th>"
    return f'<td class="{column.css}" data-label="{markup(column.label)}">', "</td>"
