"""A statement as a file: the same in the seller centre and the office."""

from __future__ import annotations

from django.http import HttpResponse

from dure.finance.settlement.export import workbook
from dure.finance.settlement.models import Statement

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_file(statement: Statement) -> HttpResponse:
    answer = HttpResponse(workbook(statement), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{statement.number}.xlsx"'
    return answer
