"""A statement as a workbook: the sum, and every line it is the sum of."""

from __future__ import annotations

from io import BytesIO

import xlsxwriter
from django.utils.translation import gettext as _

from dure.finance.settlement.models import SettlementLine, Statement
from dure.finance.settlement.queries import lines_of


def workbook(statement: Statement) -> bytes:
    """The total of each column is a formula over the lines, so that a reader can check it."""
    made = BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet(statement.number)
    head = book.add_format({"bold": True, "bottom": 1})
    won = book.add_format({"num_format": "#,##0"})
    sums = book.add_format({"num_format": "#,##0", "bold": True, "top": 1})
    sheet.write_row(0, 0, [_("정산서"), statement.number, _("판매자"), statement.seller.name], head)
    sheet.write_row(
        1, 0, [_("정산 예정일"), f"{statement.due_date:%Y-%m-%d}", _("상태"), statement.get_status_display()]
    )
    about = [_("항목"), _("주문번호"), _("상품"), _("정산 기준일")]
    columns = [*about, _("판매"), _("할인"), _("배송비"), _("수수료"), _("부가세"), _("정산")]
    sheet.write_row(3, 0, columns, head)
    row = 4
    for line in lines_of(statement).iterator(chunk_size=1000):
        sheet.write_row(row, 0, _words(line))
        figures = (line.goods, -line.discount, line.shipping, -line.commission, -line.vat, line.net)
        for at, amount in enumerate(figures, 4):
            sheet.write_number(row, at, amount, won)
        row += 1
    totals = (
        statement.goods,
        -statement.discounts,
        statement.shipping,
        -statement.commission,
        -statement.vat,
        statement.total,
    )
    sheet.write(row, 0, _("합계"), sums)
    for at, total in enumerate(totals, 4):
        letter = "ABCDEFGHIJ"[at]
        sheet.write_formula(row, at, f"=SUM({letter}5:{letter}{row})", sums, total)
    sheet.write(row + 1, 0, _("상계"))
    sheet.write_number(row + 1, 9, -statement.netted, won)
    sheet.write(row + 2, 0, _("지급액"), sums)
    sheet.write_formula(row + 2, 9, f"=J{row + 1}+J{row + 2}", sums, statement.pay_amount)
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 2, 26)
    sheet.set_column(3, 9, 13)
    sheet.freeze_panes(4, 0)
    book.close()
    return made.getvalue()


def _words(line: SettlementLine) -> list[str]:
    sold, charge = line.product_order, line.shipping_charge
    order = sold.order if sold else charge.order if charge else None
    name = f"{sold.product_name} · {sold.option_name}" if sold else ""
    return [line.get_kind_display(), order.number if order else "", name, f"{line.basis_date:%Y-%m-%d}"]
