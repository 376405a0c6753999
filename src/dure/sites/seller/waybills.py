"""The Excel round trip merchants live by: 발주서 out, 송장 back in."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO, Any

import xlsxwriter
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from dure.commerce.orders.models import ProductOrder
from dure.commerce.shipping import actions as shipping
from dure.integrations.carrier.carriers import CARRIERS, carrier_name
from dure.kit.errors import DureError
from dure.people.models import User

HEADS = (
    "상품주문번호",
    "주문번호",
    "상품",
    "옵션",
    "수량",
    "받는 분",
    "연락처",
    "우편번호",
    "주소",
    "메모",
    "택배사",
    "운송장 번호",
)
NUMBER, CARRIER, WAYBILL = HEADS[0], HEADS[10], HEADS[11]
MOST_ROWS = 5000


@dataclass(frozen=True)
class Result:
    """What became of one row: the row of the sheet, the line, and why it was not sent (empty: sent)."""

    row: int
    number: str
    what: str
    why: str = ""


def write(lines: Iterable[ProductOrder]) -> IO[bytes]:
    """A workbook of lines to send, open for reading. Headings are Korean: they are read back by name."""
    out = tempfile.TemporaryFile()  # noqa: SIM115
    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    sheet, bold = book.add_worksheet("발주서"), book.add_format({"bold": True, "bg_color": "#E3EFE8"})
    sheet.set_column(0, 1, 18)
    sheet.set_column(2, 3, 28)
    sheet.set_column(8, 8, 44)
    sheet.set_column(10, 11, 18)
    sheet.write_row(0, 0, HEADS, bold)
    for n, line in enumerate(lines, start=1):
        order = line.order
        left = line.quantity - line.canceled_quantity
        address = f"{order.address1} {order.address2}".strip()
        values = (str(line.pk), order.number, line.product_name, line.option_name, left, order.receiver, order.phone,
                  order.postcode, address, order.memo, "", "")  # fmt: skip
        sheet.write_row(n, 0, [_plain(v) for v in values])
    sheet.data_validation(1, 10, MOST_ROWS, 10, {"validate": "list", "source": [c.name for c in CARRIERS.values()]})
    book.close()
    out.seek(0)
    return out


def take(upload: IO[bytes], lines: QuerySet[ProductOrder], *, by: User) -> list[Result]:
    """Send every row that has a waybill. Columns are found by their headings, in any order; a row's mistake is its own."""
    try:
        rows = CalamineWorkbook.from_filelike(upload).get_sheet_by_index(0).to_python()
    except (CalamineError, OSError, ValueError):
        return [Result(1, "", "", _("엑셀 파일(.xlsx)을 읽지 못했어요. 내려받은 발주서에 송장을 적어 올려 주세요."))]
    heads = [str(cell).strip() for cell in rows[0]] if rows else []
    if missing := [head for head in (NUMBER, CARRIER, WAYBILL) if head not in heads]:
        return [Result(1, "", "", _("첫 줄에 이 칸이 없어요: %(names)s") % {"names": ", ".join(missing)})]
    at = {head: heads.index(head) for head in (NUMBER, CARRIER, WAYBILL)}
    codes = {name: code for code in CARRIERS for name in (code, carrier_name(code))}
    return [
        _send(n, {head: _text(row[i]) for head, i in at.items()}, codes, lines, by)
        for n, row in enumerate(rows[1 : MOST_ROWS + 1], start=2)
        if _text(row[at[WAYBILL]])
    ]


def _send(n: int, row: dict[str, str], codes: dict[str, str], lines: QuerySet[ProductOrder], by: User) -> Result:
    number = row[NUMBER]
    line = lines.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 18 else None
    if line is None:
        return Result(n, number, "", _("이 가게의 상품주문번호가 아니에요."))
    what = f"{line.product_name} · {line.option_name}"
    try:
        shipping.dispatch([line], codes.get(row[CARRIER], row[CARRIER]), row[WAYBILL], by=by)
    except DureError as error:
        return Result(n, number, what, str(error))
    return Result(n, number, what)


def _text(cell: Any) -> str:
    """Excel turns long numbers into floats."""
    return f"{cell:.0f}" if isinstance(cell, float) else str(cell).strip()


def _plain(value: Any) -> Any:
    """No formulas from what strangers typed (CSV injection)."""
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "-", "@"} else value
