"""Orders the way order tools ask for them: what changed, the details, confirm, dispatch, the answers to claims."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from dure.commerce.claims import actions as claims
from dure.commerce.claims.models import Claim
from dure.commerce.orders import fulfilment as orders
from dure.commerce.orders.models import ProductOrder
from dure.commerce.orders.rules import OPEN_CLAIM
from dure.commerce.shipping import actions as shipping
from dure.integrations.carrier.carriers import waybill_digits
from dure.kit import clock
from dure.kit.errors import DureError
from dure.kit.states import WrongState
from dure.sites.api import errors
from dure.sites.api.naver import codes, feed, shapes
from dure.sites.api.naver.facade import operation, read, said
from dure.sites.api.paging import BIGGEST

Row = dict[str, Any]


@operation("GET", "orders:read")
def last_changed(request: Any) -> HttpResponse:
    """변경 상품 주문 내역: up to 300 rows of up to 24 hours; `more` says where the next page begins."""
    asked = shapes.Changed.model_validate(request.GET.dict())
    since = _aware(asked.lastChangedFrom)
    until = _aware(asked.lastChangedTo) if asked.lastChangedTo else since + feed.WINDOW
    if not since <= until <= since + feed.WINDOW:
        raise errors.Invalid(field="lastChangedTo")
    if asked.lastChangedType and asked.lastChangedType not in codes.CHANGE_TYPES:
        raise errors.Invalid(field="lastChangedType")
    window = feed.changes(
        request.caller.key.seller_id,
        since,
        until,
        after=int(asked.moreSequence or 0),
        kind=asked.lastChangedType,
        limit=min(asked.limitCount, feed.MOST),
    )
    claims_of = feed.claims_now(row.product_order_id for row in window.rows)
    told: Row = {
        "lastChangeStatuses": [shapes.status_row(row, claims_of.get(row.product_order_id)) for row in window.rows],
        "count": len(window.rows),
    }
    if window.more:
        told["more"] = {"moreFrom": shapes.when(window.more.changed_at), "moreSequence": str(window.more.pk)}
    return said(told)


@operation("POST", "orders:read")
def query(request: Any) -> HttpResponse:
    """상품 주문 상세 내역. Ids that are not the seller's are left out, as Naver does."""
    asked = read(request, shapes.Ids)
    found = {line.pk: line for line in _detailed(request).filter(pk__in=map(int, asked.productOrderIds))}
    return said([shapes.detail(found[pk]) for pk in map(int, asked.productOrderIds) if pk in found])


@operation("GET", "orders:read")
def ids_of_order(request: Any, number: str) -> HttpResponse:
    """상품 주문 목록 of one order."""
    lines = request.caller.lines().filter(order__number=number).order_by("id").values_list("pk", flat=True)
    if not lines:
        raise errors.NotFound()
    return said([str(pk) for pk in lines])


@operation("POST", "orders:write")
def confirm(request: Any) -> HttpResponse:
    """발주확인. A line confirmed before is a success again: the tool may have lost our answer."""
    asked = read(request, shapes.ConfirmIds)
    done, failed = _each(
        request,
        asked.productOrderIds,
        lambda line: line.acknowledged_at or orders.acknowledge(line, by=_by(request)),
    )
    told = [{"productOrderId": pk, "isReceiverAddressChanged": False} for pk in done]
    return said({"successProductOrderInfos": told, "failProductOrderInfos": failed})


@operation("POST", "orders:write")
def dispatch(request: Any) -> HttpResponse:
    """발송처리. Lines under one waybill go out as one parcel."""
    asked = read(request, shapes.Dispatch)
    parcels: dict[tuple[str, str, str], list[str]] = {}
    for row in asked.dispatchProductOrders:
        by_hand = row.deliveryMethod in codes.BY_HAND
        way = (row.deliveryMethod, "", "") if by_hand else ("DELIVERY", row.deliveryCompanyCode, row.trackingNumber)
        parcels.setdefault(way, []).append(row.productOrderId)
    done: list[str] = []
    failed: list[Row] = []
    for (method, company, waybill), ids in parcels.items():
        sent, wrong = _one_parcel(request, ids, codes.carrier_of(company), waybill_digits(waybill), method)
        done += sent
        failed += wrong
    return said({"successProductOrderIds": done, "failProductOrderInfos": failed})


def _one_parcel(request: Any, ids: list[str], carrier: str, waybill: str, method: str) -> tuple[list[str], list[Row]]:
    lines = {str(line.pk): line for line in request.caller.lines().filter(pk__in=map(int, ids)).order_by("id")}
    failed = [_failure(pk, errors.NotFound()) for pk in ids if pk not in lines]
    sent = [pk for pk in lines if _sent_so(lines[pk], carrier, waybill)]
    fresh = [pk for pk in lines if pk not in sent]
    if not fresh:
        return sent, failed
    try:
        shipping.dispatch([lines[pk] for pk in fresh], carrier, waybill, by=_by(request), method=method)
    except DureError as error:
        return sent, failed + [_failure(pk, error) for pk in fresh]
    return sent + fresh, failed


def _sent_so(line: ProductOrder, carrier: str, waybill: str) -> bool:
    """The same dispatch came before and its answer was lost."""
    return bool(waybill) and line.parcels.filter(carrier=carrier, waybill=waybill).exists()


@operation("POST", "orders:write")
def delay(request: Any, line_id: int) -> HttpResponse:
    """발송지연: why, and until when."""
    asked = read(request, shapes.Delay)
    return _one(
        request,
        line_id,
        lambda line: orders.announce_delay(
            line,
            reason=asked.delayedDispatchReason,
            due=clock.kst_date(_aware(asked.dispatchDueDate)),
            detail=asked.dispatchDelayedDetailedReason,
            by=_by(request),
        ),
    )


@operation("POST", "claims:write")
def approve_cancel(request: Any, line_id: int) -> HttpResponse:
    return _on_claim(request, line_id, "CANCEL", lambda claim: claims.complete(claim, by=_by(request)))


@operation("POST", "claims:write")
def approve_return(request: Any, line_id: int) -> HttpResponse:
    """반품 승인: the goods are back, the refund is due."""

    def accept(claim: Claim) -> None:
        if claim.status == Claim.Status.COLLECTING:
            claims.collected(claim, by=_by(request))
        claims.complete(claim, by=_by(request))

    return _on_claim(request, line_id, "RETURN", accept)


@operation("POST", "claims:write")
def reject_return(request: Any, line_id: int) -> HttpResponse:
    asked = read(request, shapes.Rejected)
    return _on_claim(
        request, line_id, "RETURN", lambda claim: claims.reject(claim, answer=asked.rejectReturnReason, by=_by(request))
    )


@operation("POST", "claims:write")
def approve_collected(request: Any, line_id: int) -> HttpResponse:
    """교환 수거 완료."""
    return _on_claim(request, line_id, "EXCHANGE", lambda claim: claims.collected(claim, by=_by(request)))


@operation("POST", "claims:write")
def redeliver(request: Any, line_id: int) -> HttpResponse:
    """교환 재배송."""
    asked = read(request, shapes.Redelivery)
    carrier = codes.carrier_of(asked.reDeliveryCompany)
    return _on_claim(
        request,
        line_id,
        "EXCHANGE",
        lambda claim: claims.redeliver(claim, carrier=carrier, waybill=asked.reDeliveryTrackingNumber, by=_by(request)),
    )


@operation("POST", "claims:write")
def reject_exchange(request: Any, line_id: int) -> HttpResponse:
    asked = read(request, shapes.Rejected)
    return _on_claim(
        request,
        line_id,
        "EXCHANGE",
        lambda claim: claims.reject(claim, answer=asked.rejectExchangeReason, by=_by(request)),
    )


def _on_claim(request: Any, line_id: int, kind: str, deed: Callable[[Claim], Any]) -> HttpResponse:
    """The answer to the open claim of this kind on a line; all of the deed or nothing."""

    def answer(line: ProductOrder) -> None:
        claim = line.claims.filter(kind=kind, status__in=OPEN_CLAIM).first()
        if claim is None:
            raise WrongState()
        with transaction.atomic():
            deed(claim)

    return _one(request, line_id, answer)


def _one(request: Any, line_id: int, deed: Callable[[ProductOrder], Any]) -> HttpResponse:
    if line_id > BIGGEST:
        raise errors.NotFound()
    done, failed = _each(request, [str(line_id)], deed)
    return said({"successProductOrderIds": done, "failProductOrderInfos": failed})


def _each(request: Any, ids: Iterable[str], deed: Callable[[ProductOrder], Any]) -> tuple[list[str], list[Row]]:
    """The deed on each line, one failing without the others: (ids that went well, what went wrong)."""
    asked = list(ids)
    lines = {line.pk: line for line in request.caller.lines().filter(pk__in=map(int, asked))}
    done: list[str] = []
    failed: list[Row] = []
    for pk in asked:
        try:
            if int(pk) not in lines:
                raise errors.NotFound()
            deed(lines[int(pk)])
        except DureError as error:
            failed.append(_failure(pk, error))
        else:
            done.append(pk)
    return done, failed


def _failure(pk: str, error: DureError) -> Row:
    return {"productOrderId": pk, "code": error.code.upper(), "message": str(error)}


def _detailed(request: Any) -> Any:
    lines = request.caller.lines().select_related("order", "option", "delay")
    return lines.prefetch_related("parcels", "claims")


def _by(request: HttpRequest) -> Any:
    return request.caller.actor  # type: ignore[attr-defined]


def _aware(moment: Any) -> Any:
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.KST)
