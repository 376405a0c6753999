"""What every part of the played Toss stands on: its memory, its refusals, the check of the merchant's key."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dure.integrations.stage import Stage
from dure.kit.clock import KST

BAD_ACCOUNTS = {("295", "77701777777"), ("011", "3025353430761"), ("002", "02004240994312")}
FEE_PERCENT = 3
ACCOUNT_FEE, ACCOUNT_REFUND_FEE = 400, 300  # won, of a virtual account: a fixed price, and one more for giving back
MESSAGES = {
    "DUPLICATED_ORDER_ID": (400, "이미 승인 및 취소가 진행된 중복된 주문번호 입니다. 다른 주문번호로 진행해주세요."),
    "INVALID_ORDER_ID": (
        400,
        "orderId는 영문 대소문자, 숫자, 특수문자(-, _, .)만 허용합니다. 6자 이상 64자 이하여야 합니다.",
    ),
    "ALREADY_PROCESSED_PAYMENT": (400, "이미 처리된 결제 입니다."),
    "ALREADY_CANCELED_PAYMENT": (400, "이미 취소된 결제 입니다."),
    "NOT_FOUND_PAYMENT": (404, "존재하지 않는 결제 정보 입니다."),
    "NOT_FOUND_PAYMENT_SESSION": (404, "결제 시간이 만료되어 결제 진행 데이터가 존재하지 않습니다."),
    "NOT_CANCELABLE_AMOUNT": (403, "취소 할 수 없는 금액 입니다."),
    "NOT_CANCELABLE_PAYMENT": (403, "취소 할 수 없는 결제 입니다."),
    "REJECT_CARD_PAYMENT": (403, "한도초과 혹은 잔액부족으로 결제에 실패했습니다."),
    "PROVIDER_ERROR": (400, "일시적인 오류가 발생했습니다. 잠시 후 다시 시도해주세요."),
    "FAILED_INTERNAL_SYSTEM_PROCESSING": (500, "내부 시스템 처리 작업이 실패했습니다. 잠시 후 다시 시도해주세요."),
    "UNAUTHORIZED_KEY": (401, "인증되지 않은 시크릿 키 혹은 클라이언트 키 입니다."),
    "INVALID_REQUEST": (400, "잘못된 요청입니다."),
    "INVALID_IDEMPOTENCY_KEY": (400, "멱등키는 300자 이하여야 합니다."),
    "INVALID_REFUND_ACCOUNT_INFO": (400, "환불 계좌번호와 예금주명이 일치하지 않습니다."),
    "NOT_ALLOWED_PARTIAL_REFUND": (403, "입금 전에는 부분 취소를 할 수 없습니다."),
    "NOT_FOUND_CASH_RECEIPT": (404, "존재하지 않는 현금영수증 정보 입니다."),
    "NOT_FOUND": (404, "존재하지 않는 정보 입니다."),
    "DUPLICATED_REF_PAYOUT_ID": (400, "이미 사용된 refPayoutId 입니다."),
}

stage = Stage("toss", webhook_path="/api/webhooks/toss")
Handler = Callable[[Request], Awaitable[Response]]


def refuse(code: str, message: str = "") -> Response:
    status, words = MESSAGES.get(code, (400, "요청을 처리하지 못했습니다."))
    return JSONResponse({"code": code, "message": message or words}, status)


def merchant(handler: Handler) -> Handler:
    """Checks the key, plays the test code asked for, and answers a repeated POST with the first answer."""

    @wraps(handler)
    async def asked(request: Request) -> Response:
        if not _signed_in(request):
            return refuse("UNAUTHORIZED_KEY")
        if code := request.headers.get("tosspayments-test-code"):
            return refuse(code)
        key = request.headers.get("idempotency-key", "")
        if request.method != "POST" or not key:
            return await handler(request)
        if len(key) > 300:
            return refuse("INVALID_IDEMPOTENCY_KEY")
        known = f"{request.url.path}/{key}"
        if kept := stage.get("answer", known):
            return Response(kept["body"], kept["status"], media_type=kept["type"])
        answer = await handler(request)
        if answer.status_code < 500:
            kept = {"body": bytes(answer.body).decode(), "status": answer.status_code, "type": answer.media_type}
            stage.put("answer", known, kept)
        return answer

    return asked


def _signed_in(request: Request) -> bool:
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    try:
        name = base64.b64decode(secret).decode()
    except ValueError:
        return False
    return kind == "Basic" and name.endswith(":") and "_sk_" in name


def public(about: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in about.items() if not name.startswith("_")}


def transaction() -> str:
    return uuid.uuid4().hex.upper()


def keep(payment: dict[str, Any]) -> None:
    """Remember it, and tell the merchant that it changed."""
    stage.put("payment", payment["paymentKey"], payment)
    stage.drop("agreed", payment["paymentKey"])
    moment = f"{stage.now().astimezone(KST):%Y-%m-%dT%H:%M:%S.%f}"
    stage.send_webhook({"eventType": "PAYMENT_STATUS_CHANGED", "createdAt": moment, "data": public(payment)})


def settle(payment: dict[str, Any], transaction: str, amount: int) -> None:
    """A row of what Toss will pay out to the merchant tomorrow."""
    sold = stage.now().astimezone(KST).date()
    fee = abs(amount) * FEE_PERCENT // 100 * (1 if amount > 0 else -1)
    if payment["method"] == "가상계좌":
        fee = ACCOUNT_FEE if amount > 0 else ACCOUNT_REFUND_FEE
    vat = abs(fee) // 10 * (1 if fee > 0 else -1)
    row = {
        "mId": "dure", "paymentKey": payment["paymentKey"], "transactionKey": transaction, "orderId": payment["orderId"],
        "currency": "KRW", "method": payment["method"], "amount": amount, "interestFee": 0,
        "fees": [{"type": "BASE", "fee": fee}], "supplyAmount": fee, "vat": vat, "payOutAmount": amount - fee - vat,
        "approvedAt": payment["approvedAt"], "soldDate": f"{sold:%Y-%m-%d}",
        "paidOutDate": f"{sold + timedelta(days=1):%Y-%m-%d}", "cancel": amount < 0,
    }  # fmt: skip
    stage.put(f"settled:{row['paidOutDate']}", transaction, row)
    stage.put(f"sold:{row['soldDate']}", transaction, row)
