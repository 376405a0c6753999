"""A seller's statements (정산서), and what buyers say of its goods."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema

from dure.commerce.reviews.models import Review
from dure.finance.settlement.models import SettlementLine, Statement
from dure.finance.settlement.queries import lines_of
from dure.sites.api.access import Needs
from dure.sites.api.paging import Cursor, Id, Limit, Piece, piece
from dure.sites.api.v1.catalogue import ReviewOut, review_out

router = Router()


class StatementOut(Schema):
    """total = goods − discounts + shipping − commission − vat; pay_amount = total − netted. Won."""

    id: int
    number: str
    seller: int
    due_date: date
    status: str
    goods: int
    discounts: int
    shipping: int
    commission: int
    vat: int
    total: int
    netted: int
    pay_amount: int
    completed_at: datetime | None


class SettlementLineOut(Schema):
    """net = goods − discount + shipping − commission − vat. Won."""

    id: int
    kind: str
    product_order: int | None
    order: str
    basis_date: date
    due_date: date
    goods: int
    discount: int
    shipping: int
    commission: int
    vat: int
    net: int


@router.get("/settlements", response=Piece[StatementOut], auth=Needs("settlements:read", people="sellers"))
def list_settlements(request: Any, cursor: Cursor = "", limit: Limit = 50) -> Any:
    return piece(request.caller.statements(), cursor, limit, shape=_statement)


@router.get("/settlements/{statement_id}", response=StatementOut, auth=Needs("settlements:read", people="sellers"))
def get_settlement(request: Any, statement_id: Id) -> Any:
    return _statement(get_object_or_404(request.caller.statements(), pk=statement_id))


@router.get(
    "/settlements/{statement_id}/lines",
    response=Piece[SettlementLineOut],
    auth=Needs("settlements:read", people="sellers"),
)
def list_settlement_lines(request: Any, statement_id: Id, cursor: Cursor = "", limit: Limit = 100) -> Any:
    statement = get_object_or_404(request.caller.statements(), pk=statement_id)
    return piece(lines_of(statement), cursor, limit, by=("id",), shape=_line)


@router.get("/reviews", response=Piece[ReviewOut], auth=Needs("reviews:read", people="sellers"))
def list_seller_reviews(request: HttpRequest, cursor: Cursor = "", limit: Limit = 50) -> Any:
    sellers = request.caller.sellers()  # type: ignore[attr-defined]
    rows = Review.objects.filter(product__seller__in=sellers, hidden=False).select_related("author")
    return piece(rows, cursor, limit, shape=review_out)


def _statement(statement: Statement) -> dict[str, Any]:
    own = {"id": statement.pk, "seller": statement.seller_id}
    return {**{name: getattr(statement, name) for name in StatementOut.model_fields if name not in own}, **own}


def _line(line: SettlementLine) -> dict[str, Any]:
    order = line.product_order.order if line.product_order else line.shipping_charge and line.shipping_charge.order
    own = {"id": line.pk, "product_order": line.product_order_id, "order": order.number if order else ""}
    return {**{name: getattr(line, name) for name in SettlementLineOut.model_fields if name not in own}, **own}
