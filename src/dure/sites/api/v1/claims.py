"""Claims on a seller's lines, and the seller's answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema

from dure.commerce.claims import actions as claims
from dure.commerce.claims.models import Claim
from dure.sites.api.access import Caller, Needs
from dure.sites.api.once import once
from dure.sites.api.paging import Cursor, Id, Limit, Piece, piece

router = Router()
Status = Literal["REQUESTED", "COLLECTING", "COLLECTED", "REDELIVERING", "DONE", "WITHDRAWN", "REJECTED"]


class ClaimOut(Schema):
    """`refund_amount` = goods + shipping − return fee, won; fixed when the claim is DONE."""

    id: int
    product_order: int
    order: str
    kind: str
    status: str
    quantity: int
    reason: str
    fault: str
    detail: str
    goods_refund: int
    shipping_refund: int
    return_fee: int
    refund_amount: int
    answer: str
    opened_at: datetime
    done_at: datetime | None
    refunded_at: datetime | None


class RejectIn(Schema):
    answer: Annotated[str, Field(min_length=1, max_length=1000)]


class WaybillIn(Schema):
    carrier: Annotated[str, Field(min_length=1, max_length=20)]
    waybill: Annotated[str, Field(min_length=1, max_length=30)]


class CompleteIn(Schema):
    restock: bool = Field(True)


@router.get("/claims", response=Piece[ClaimOut], auth=Needs("claims:read", people="sellers"))
def list_seller_claims(
    request: HttpRequest, status: Status | None = None, cursor: Cursor = "", limit: Limit = 50
) -> Any:
    rows = _claims(request)
    return piece(rows.filter(status=status) if status else rows, cursor, limit, shape=claim_out)


@router.get("/claims/{claim_id}", response=ClaimOut, auth=Needs("claims:read", people="sellers"))
def get_seller_claim(request: HttpRequest, claim_id: Id) -> Any:
    return claim_out(get_object_or_404(_claims(request), pk=claim_id))


@router.post("/claims/{claim_id}/complete", response=ClaimOut, auth=Needs("claims:write", people="sellers"))
def complete_seller_claim(request: HttpRequest, claim_id: Id, asked: CompleteIn) -> HttpResponse:
    """A cancel that was asked for, or a return whose goods are back: the refund is due."""
    return _deed(
        request,
        claim_id,
        asked.model_dump(),
        lambda claim, caller: claims.complete(claim, by=caller.actor, restock=asked.restock),
    )


@router.post("/claims/{claim_id}/reject", response=ClaimOut, auth=Needs("claims:write", people="sellers"))
def reject_seller_claim(request: HttpRequest, claim_id: Id, asked: RejectIn) -> HttpResponse:
    return _deed(
        request,
        claim_id,
        asked.model_dump(),
        lambda claim, caller: claims.reject(claim, answer=asked.answer, by=caller.actor),
    )


@router.post("/claims/{claim_id}/collect", response=ClaimOut, auth=Needs("claims:write", people="sellers"))
def collect_seller_claim(request: HttpRequest, claim_id: Id, asked: WaybillIn) -> HttpResponse:
    """수거: the waybill the goods come back under."""
    return _deed(
        request,
        claim_id,
        asked.model_dump(),
        lambda claim, caller: claims.start_collecting(
            claim, carrier=asked.carrier, waybill=asked.waybill, by=caller.actor
        ),
    )


@router.post("/claims/{claim_id}/collected", response=ClaimOut, auth=Needs("claims:write", people="sellers"))
def mark_seller_claim_collected(request: HttpRequest, claim_id: Id) -> HttpResponse:
    """수거완료: the goods are back."""
    return _deed(request, claim_id, {}, lambda claim, caller: claims.collected(claim, by=caller.actor))


@router.post("/claims/{claim_id}/redeliver", response=ClaimOut, auth=Needs("claims:write", people="sellers"))
def redeliver_seller_claim(request: HttpRequest, claim_id: Id, asked: WaybillIn) -> HttpResponse:
    """An exchange goes out again."""
    return _deed(
        request,
        claim_id,
        asked.model_dump(),
        lambda claim, caller: claims.redeliver(claim, carrier=asked.carrier, waybill=asked.waybill, by=caller.actor),
    )


def _deed(request: Any, claim_id: int, body: Any, deed: Callable[[Claim, Caller], Any]) -> HttpResponse:
    claim = get_object_or_404(_claims(request), pk=claim_id)

    def done() -> ClaimOut:
        deed(claim, request.caller)
        return ClaimOut(**claim_out(_claims(request).get(pk=claim_id)))

    return once(request, 200, body, done, needed=False)


def _claims(request: Any) -> Any:
    return request.caller.claims().select_related("product_order__order")


def claim_out(claim: Claim) -> dict[str, Any]:
    return {
        "id": claim.pk,
        "product_order": claim.product_order_id,
        "order": claim.product_order.order.number,
        **{
            name: getattr(claim, name) for name in ClaimOut.model_fields if name not in {"id", "product_order", "order"}
        },
    }
