"""Cash receipts (현금영수증), played: issued for an order, cancelled as a whole or in parts.

`2220000000` and `01022200000` are numbers the tax service refuses.
"""

from __future__ import annotations

import re
import uuid
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dure.integrations.toss.simulator_desk import merchant, public, refuse, stage

TYPES = {"소득공제", "지출증빙"}
REFUSED = {"2220000000", "01022200000"}


@merchant
async def issue(request: Request) -> Response:
    body = await request.json()
    amount, number = body.get("amount"), str(body.get("customerIdentityNumber", ""))
    if not isinstance(amount, int) or amount < 1 or body.get("type") not in TYPES or not body.get("orderId"):
        return refuse("INVALID_REQUEST")
    if not re.fullmatch(r"\d{10,19}", number) or number in REFUSED:
        return refuse("INVALID_REQUEST", "현금영수증 발급 번호가 올바르지 않습니다.")
    receipt = _new(body, "CONFIRM", amount, number) | {"_left": amount}
    stage.put("receipt", receipt["receiptKey"], receipt)
    return JSONResponse(public(receipt))


@merchant
async def cancel(request: Request) -> Response:
    receipt = stage.get("receipt", request.path_params["key"])
    if receipt is None:
        return refuse("NOT_FOUND_CASH_RECEIPT")
    body = await request.json()
    amount = body.get("amount", receipt["_left"])
    if not isinstance(amount, int) or not 0 < amount <= receipt["_left"]:
        return refuse("NOT_CANCELABLE_AMOUNT")
    stage.put("receipt", receipt["receiptKey"], receipt | {"_left": receipt["_left"] - amount})
    told = _new(receipt, "CANCEL", amount, receipt["customerIdentityNumber"])
    stage.put("receipt_cancel", told["receiptKey"], told)
    return JSONResponse(public(told))


async def paper(request: Request) -> Response:
    found = stage.get("receipt", request.path_params["key"])
    return JSONResponse(public(found)) if found else refuse("NOT_FOUND_CASH_RECEIPT")


def _new(about: dict[str, Any], transaction: str, amount: int, number: str) -> dict[str, Any]:
    key = uuid.uuid4().hex
    return {
        "receiptKey": key, "issueNumber": f"{uuid.uuid4().int % 10**9:09d}", "issueStatus": "COMPLETED",
        "orderId": about["orderId"], "orderName": about.get("orderName", ""), "type": about["type"],
        "transactionType": transaction, "amount": amount, "taxFreeAmount": 0, "businessNumber": "0000000000",
        "customerIdentityNumber": number, "failure": None, "requestedAt": stage.stamp(),
        "receiptUrl": f"https://dashboard.tosspayments.com/receipt/mids/dure/cash-receipt/{key}",
    }  # fmt: skip


ROUTES = [
    Route("/v1/cash-receipts", issue, methods=["POST"]),
    Route("/v1/cash-receipts/{key}/cancel", cancel, methods=["POST"]),
    Route("/_control/receipts/{key}", paper, methods=["GET"]),
]
