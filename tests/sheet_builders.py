"""Builders of sheets: what a seller uploads, walked by the real actions."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook

from dure.commerce.sheets import actions, tasks
from dure.commerce.sheets.models import Upload

HEAD = ["상품코드", "상품명", "분류", "판매가", "재고"]


def xlsx(*rows: Any, name: str = "상품", before: Any = ()) -> bytes:
    """A workbook of one sheet; `before` are rows above the headings."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(name)
        for y, row in enumerate([*before, *rows]):
            sheet.write_row(y, 0, row)
    return out.getvalue()


def cells(file: Any, sheet: int = 0) -> list[list[Any]]:
    content = file.read() if hasattr(file, "read") else b"".join(file)
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(sheet).to_python()


def compared(shop: Any, content: bytes, by: Any, name: str = "상품.xlsx", **more: Any) -> Upload:
    """Handed in, columns as guessed, every row compared with the shop."""
    upload, _new = actions.receive(shop, "PRODUCTS", name, content, by=by, **more)
    if upload.status == "LOOKING":
        tasks.work(upload.pk)
        upload.refresh_from_db()
    if upload.status == "COLUMNS":
        chosen = {index: field for field, index in upload.columns.items()}
        actions.set_columns(upload, chosen, category=upload.category, by=by)
        tasks.work(upload.pk)
    return fresh(upload)


def applied(shop: Any, content: bytes, by: Any, **more: Any) -> Upload:
    upload = compared(shop, content, by, **more)
    if upload.status == "READY":
        actions.start(upload, by=by)
        tasks.work(upload.pk)
    return fresh(upload)


def undone(upload: Upload, by: Any) -> Upload:
    actions.take_back(upload, by=by)
    tasks.work(upload.pk)
    return fresh(upload)


def fresh(upload: Upload) -> Upload:
    return Upload.objects.select_related("seller", "by", "file").get(pk=upload.pk)
