"""A list that pages by key: the next page begins after the last row seen, however far back it is.

OFFSET reads all the rows it skips; a key goes into the index. There are no page numbers, only earlier and later, and
no count of everything. Use it where a table grows without end:

    class Board(KeyedListing):
        keys = {"paid_at": datetime.fromisoformat, "dispatch_due": date.fromisoformat}   # what it sorts by
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils.functional import cached_property

from dure.sites.design.lists import Listing


@dataclass(frozen=True)
class KeyedPage:
    """Rows of one page; `earlier` and `later` are keys for the query string, empty at the ends."""

    rows: list[Any]
    before: str
    after: str

    def __iter__(self) -> Any:
        return iter(self.rows)


class KeyedListing(Listing):
    keyed = True
    keys: ClassVar[dict[str, Callable[[str], Any]]] = {}  # column -> how its value is read from the query string

    @property
    def sort(self) -> str:
        asked = super().sort
        return asked if asked.removeprefix("-") in self.keys else self.order

    @cached_property
    def page(self) -> KeyedPage:  # type: ignore[override]
        query, column = self.request.GET, self.sort.removeprefix("-")
        falling = self.sort.startswith("-")
        back, key = "before" in query, self._read(query.get("before") or query.get("after") or "", column)
        got = self.read(column, key, downwards=falling != back, most=self.per_page + 1)
        more, got = len(got) > self.per_page, got[: self.per_page]
        if back:
            got.reverse()
        first, last = (self._key(got[0], column), self._key(got[-1], column)) if got else ("", "")
        return KeyedPage(
            got,
            before=first if (more if back else bool(key)) else "",
            after=last if (more or back) else "",
        )

    def read(self, column: str, key: tuple[Any, int] | None, *, downwards: bool, most: int) -> list[Any]:
        """So many rows from `key` on, in the order of the column."""
        return list(beyond(self.found, column, key, downwards=downwards)[:most])

    def _key(self, row: Any, column: str) -> str:
        return f"{getattr(row, column).isoformat()}~{row.pk}"

    def _read(self, text: str, column: str) -> tuple[Any, int] | None:
        """None for a key that is none: the first page."""
        value, _, pk = text.rpartition("~")
        try:
            return self.keys[column](value), int(pk)
        except ValueError:
            return None


def beyond(rows: QuerySet[Any], column: str, key: tuple[Any, Any] | None, *, downwards: bool) -> QuerySet[Any]:
    """Those that have the column, in its order; from `key` (its value, a primary key) on."""
    sign, side = ("-", "lt") if downwards else ("", "gt")
    rows = rows.filter(**{f"{column}__isnull": False}).order_by(f"{sign}{column}", f"{sign}pk")
    if key is None:
        return rows
    value, pk = key
    return rows.filter(
        Q(**{f"{column}__{side}e": value}),  # what the index can use
        Q(**{f"{column}__{side}": value}) | Q(**{column: value, f"pk__{side}": pk}),
    )
