"""What is in a file: its headings, and what each row says against what the shop has. Nothing of the shop is touched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from dure.commerce.sheets import columns as cols
from dure.commerce.sheets import layouts, queries, rules
from dure.commerce.sheets.errors import NoHeadings, NothingInside
from dure.commerce.sheets.models import ColumnMemory, Entry, ProductCode, Upload
from dure.kit import clock, excel
from dure.kit.errors import DureError
from dure.kit.excel import Book, open_book
from dure.kit.rows import in_chunks, insert_many
from dure.kit.states import move

CHUNK = 1000
SAMPLES = 3
SHOWN_ROWS = 60  # read to find the headings and to show what is below them


@dataclass(frozen=True)
class Look:
    """What the first rows of a sheet say."""

    sheet: int
    sheets: list[str]
    head: cols.Head
    columns: dict[str, int]
    first_row: int
    samples: list[list[str]]
    rows: int = 0


def look_at(content: bytes, kind: str, sheet: int | None = None) -> Look:
    """Find the sheet, its headings and what they mean. Raises what `open_book` raises, NoHeadings, NothingInside."""
    book = open_book(content)
    asked = range(len(book.sheets)) if sheet is None else [min(sheet, len(book.sheets) - 1)]
    looks = [_look(book, index, kind) for index in asked]
    best = max(looks, key=lambda found: (len(found.columns), -found.sheet))
    if not any(best.head.headings):
        raise NoHeadings()
    rows = book.height(best.sheet) - best.first_row + 1
    if rows < 1:
        raise NothingInside()
    return replace(best, rows=rows)


def _look(book: Book, sheet: int, kind: str) -> Look:
    first = [[excel.text(cell) for cell in cells] for _n, cells in top(book, sheet)]
    merged = book.sheets[sheet].merged
    if kind == Upload.Kind.WAYBILLS:
        head = cols.find_head(first, merged, known=layouts.HEADINGS)
        found = layouts.guess(head.headings)
        begin = head.row + 1
    else:
        labels = queries.notice_labels()
        head = cols.find_head(first, merged, labels)
        found = cols.guess(head.headings, labels)
        begin = cols.first_data_row(first, head.row, found)
    samples = [[cell[:40] for cell in row] for row in first[begin - 1 :] if any(row)][:SAMPLES]
    return Look(sheet, [s.name for s in book.sheets], head, found, begin, samples)


def top(book: Book, sheet: int, most: int = SHOWN_ROWS) -> Iterator[tuple[int, list[Any]]]:
    for number, cells in book.rows(sheet):
        if number > most:
            return
        yield number, cells


def look(upload: Upload) -> None:
    """Headings of a file that was too large to open while the seller waited."""
    if upload.status != Upload.Status.LOOKING:
        return
    try:
        found = look_at(bytes(upload.file.content), upload.kind)
    except DureError as error:
        fail(upload, str(error))
        return
    with transaction.atomic():
        remember_look(upload, found)
        move(upload, Upload.Status.COLUMNS)


def remember_look(upload: Upload, found: Look) -> None:
    """Write down what was seen; columns as this seller said last time for such headings."""
    print_ = cols.fingerprint(found.head.headings)
    memory = ColumnMemory.objects.filter(seller=upload.seller_id, kind=upload.kind, fingerprint=print_).first()
    where = {heading: i for i, heading in enumerate(found.head.headings) if heading}
    told = memory and {field: where[h] for field, h in memory.columns.items() if h in where}
    upload.sheet, upload.sheets = found.sheet, found.sheets
    upload.head_row, upload.first_row = found.head.row, found.first_row
    upload.headings, upload.fingerprint, upload.samples = found.head.headings, print_, found.samples
    upload.columns, upload.rows = told or found.columns, found.rows
    upload.category = memory.category if memory else ""
    upload.save(
        update_fields=["sheet", "sheets", "head_row", "first_row", "headings", "fingerprint", "samples", "columns", "rows",
                       "category"]
    )  # fmt: skip


def fail(upload: Upload, why: str) -> None:
    with transaction.atomic():
        move(upload, Upload.Status.FAILED, failure=why[:200], ended_at=clock.now())


# ── Every row against the shop ───────────────────────────────────────────────────────────────────────────────────


def read(upload: Upload) -> None:
    """Turn the rows into entries. Begun afresh when it was broken off: it writes nothing but its own notes."""
    if upload.status != Upload.Status.READING:
        return
    Entry.objects.filter(upload=upload).delete()
    known = queries.known(upload.category)
    codes: dict[str, int] = {}
    try:
        found = rules.entries(data_rows(upload), upload.columns, known)
        rows = wrong = same = 0
        for chunk in in_chunks(found, CHUNK):
            kept = _judged(upload, chunk, known, codes)
            rows += sum(len(e.rows) for e in kept)
            wrong += sum(len(e.rows) for e in kept if e.state == Entry.State.WRONG)
            same += sum(len(e.rows) for e in kept if e.state == Entry.State.SAME)
            if not _keep(upload, kept, rows, wrong, same):
                return
    except DureError as error:
        fail(upload, str(error))
        return
    with transaction.atomic():
        to_do = Entry.objects.filter(upload=upload).exclude(state=Entry.State.SAME).exists()
        upload.refresh_from_db(fields=["status"])
        if upload.status == Upload.Status.READING:
            also = {"rows": rows, "rows_read": rows, "ended_at": clock.now()}
            move(upload, Upload.Status.READY if to_do else Upload.Status.DONE, **also)


def data_rows(upload: Upload) -> Iterator[tuple[int, list[Any]]]:
    book = open_book(bytes(upload.file.content))
    for number, cells in book.rows(upload.sheet):
        if number >= upload.first_row and not excel.blank(cells):
            yield number, cells


def _keep(upload: Upload, kept: list[Entry], rows: int, wrong: int, same: int) -> bool:
    """Write a chunk; False when the seller has called it off meanwhile."""
    with transaction.atomic():
        held = Upload.objects.select_for_update().get(pk=upload.pk)
        if held.status != Upload.Status.READING:
            return False
        insert_many(kept)
        Upload.objects.filter(pk=upload.pk).update(
            rows=max(held.rows, rows), rows_read=rows, wrong_rows=wrong, same_rows=same
        )
        return True


def _judged(upload: Upload, chunk: list[rules.Entry], known: rules.Known, codes: dict[str, int]) -> list[Entry]:
    found = queries.find(upload.seller, chunk)
    there = queries.snapshots(found.products.values())
    _codes_once(upload, chunk, found, codes)
    return [_judge(upload, entry, found, there, known) for entry in chunk]


def _judge(
    upload: Upload, entry: rules.Entry, found: queries.Found, there: dict[int, Any], known: rules.Known
) -> Entry:
    product = found.products.get(entry.key)
    changes: list[rules.Change] = []
    state = Entry.State.NEW
    where = rules.key_field(entry)
    if product:
        changes = rules.compare(entry, there[product])
        state = Entry.State.CHANGED if changes else Entry.State.SAME
    elif entry.key in found.several:
        entry.wrong.append(rules.Wrong(entry.rows[0], where, "several"))
    elif entry.key in found.not_ours or (entry.key and "name" not in upload.columns):
        entry.wrong.append(rules.Wrong(entry.rows[0], where, "unknown_product"))
    elif entry.key:
        rules.check_new(entry, known)
    if entry.wrong:
        state = Entry.State.WRONG
    title = entry.product.get("name") or (there[product]["name"] if product else entry.key.partition(" ")[2])
    return Entry(
        upload=upload,
        state=state,
        rows=entry.rows,
        title=str(title).replace("\x1f", " · ")[:160],
        product=product,
        wanted=entry.wanted,
        changes=[change.as_json() for change in changes],
        wrong=[mistake.as_json() for mistake in entry.wrong],
        alert=rules.jumps(changes),
    )


def _codes_once(upload: Upload, chunk: list[rules.Entry], found: queries.Found, codes: dict[str, int]) -> None:
    """A code is one product's: not another's of the shop, not another row's of the file."""
    asked = {entry.product["code"] for entry in chunk if "code" in entry.product}
    ours = ProductCode.objects.filter(seller=upload.seller_id, code__in=asked).exclude(product__status__in=queries.GONE)
    taken = dict(ours.values_list("code", "product_id"))
    for entry in chunk:
        code = entry.product.get("code")
        if code is None:
            continue
        twice = "name" in upload.columns and codes.setdefault(code, entry.rows[0]) != entry.rows[0]
        if (twice or taken.get(code) not in (None, found.products.get(entry.key))) and not entry.wrong:
            entry.wrong.append(rules.Wrong(entry.rows[0], "code", "code_taken", {"seen": code}))
