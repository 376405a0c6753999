"""The shelves of the shop, read from `shelves.txt` and kept in step with it at every migration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("shelves.txt")
DEEPEST = 3


@dataclass(frozen=True)
class Shelf:
    """A line of the file; `parent` is a code, `depth` counts from 0."""

    code: str
    parent: str
    depth: int
    position: int
    name_ko: str
    name_en: str
    icon: str
    notice_type: str
    needs_origin: bool
    needs_kc: bool
    adults_only: bool


def shelves(text: str | None = None) -> Iterator[Shelf]:
    """The file's shelves, each after the one it stands in. What a line leaves out is as on the shelf above it."""
    above: list[Shelf] = []
    for position, line in enumerate(_lines(text)):
        depth = (len(line) - len(line.lstrip())) // 2
        words = [word.strip() for word in line.split("|")]
        code, name_ko, name_en, icon, notice_type, flags = [*words, *[""] * (6 - len(words))]
        del above[depth:]
        parent = above[-1] if above else None
        shelf = Shelf(
            code,
            parent.code if parent else "",
            depth,
            position,
            name_ko,
            name_en,
            icon or (parent.icon if parent else ""),
            notice_type or (parent.notice_type if parent else "ETC"),
            needs_origin="o" in flags or bool(parent and parent.needs_origin),
            needs_kc="k" in flags or bool(parent and parent.needs_kc),
            adults_only="a" in flags or bool(parent and parent.adults_only),
        )
        above.append(shelf)
        yield shelf


def _lines(text: str | None) -> list[str]:
    lines = (text if text is not None else FILE.read_text()).splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def sync(categories: Any) -> None:
    """Make the table say what the file says; `categories` is its manager. What an operator made or edited stays as it is.

    Four or five statements whatever the number of shelves: this runs after every migration.
    """
    known = {row.code: row for row in categories.all()}
    model = categories.model
    levels: list[list[Any]] = [[] for _ in range(DEEPEST)]
    changed = []
    fields: set[str] = set()
    for shelf in shelves():
        wanted = {k: v for k, v in asdict(shelf).items() if k not in {"code", "parent", "depth"}}
        row = known.get(shelf.code)
        if row is None:
            row = known[shelf.code] = model(code=shelf.code, **wanted)
            row.parent = known.get(shelf.parent)
            levels[shelf.depth].append(row)
            continue
        wanted["parent_id"] = known[shelf.parent].pk if shelf.parent else None
        if row.edited_at is None and any(getattr(row, name) != value for name, value in wanted.items()):
            for name, value in wanted.items():
                setattr(row, name, value)
            changed.append(row)
            fields |= {name.removesuffix("_id") for name in wanted}
    for level in levels:
        for row in level:
            row.parent = row.parent  # its number is known only now that the level above has been inserted
        categories.bulk_create(level)
    if changed:
        categories.bulk_update(changed, sorted(fields))
