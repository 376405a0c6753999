"""Toss Payments, played: payments, cancels, the payment window, settlement rows, payouts (지급대행).

It remembers across restarts, keeps idempotency keys, refuses what Toss refuses, honours `TossPayments-Test-Code`, and
pushes webhooks. Virtual accounts and cash receipts are played beside this file. An agreed payment that nobody confirms for
ten minutes expires. Money paid is settled on the next day at 3% and VAT; a cancel gives the fee back. Payouts to
BAD_ACCOUNTS fail at the bank.
"""

from __future__ import annotations

import hashlib
import re
import time
import uuid
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from dure.integrations.toss import simulator_accounts as accounts
from dure.integrations.toss import simulator_receipts as receipts
from dure.integrations.toss import window_page
from dure.integrations.toss.envelope import BadEnvelope, seal, signature, unseal
from dure.integrations.toss.simulator_desk import (
    BAD_ACCOUNTS,
    MESSAGES,
    keep,
    merchant,
    public,
    refuse,
    settle,
    stage,
    transaction,
)
from dure.integrations.toss.webhooks import SIGNATURE
from dure.kit.clock import KST

ORDER_ID = re.compile(r"[A-Za-z0-9\-_.]{6,64}")
TOOK_MONEY = {"DONE", "PARTIAL_CANCELED", "CANCELED"}
CONFIRM_WITHIN = 600  # seconds after the buyer's authentication
LEFT = {
    "cancel": ("PAY_PROCESS_CANCELED", "사용자에 의해 결제가 취소되었습니다."),
    "fail": ("PAY_PROCESS_ABORTED", "결제 진행 중 승인에 실패하여 결제가 중단되었습니다."),
}

# ── The window ───────────────────────────────────────────────────────────────────────────────────────────────────


async def window(request: Request) -> Response:
    fields = dict(request.query_params)
    if _incomplete(fields):
        return refuse("INVALID_REQUEST")
    return HTMLResponse(window_page.page(fields))


async def decide(request: Request) -> Response:
    """The buyer pressed a button of the window: pay, reject (fails when it is confirmed), fail or cancel."""
    form = dict(parse_qsl((await request.body()).decode()))
    if _incomplete(form):
        return refuse("INVALID_REQUEST")
    order_id, outcome = form["orderId"], form.get("outcome", "pay")
    if outcome in LEFT:
        code, message = LEFT[outcome]
    elif not ORDER_ID.fullmatch(order_id):
        code, message = "INVALID_ORDER_ID", MESSAGES["INVALID_ORDER_ID"][1]
    elif _paid_before(order_id):
        code, message = "DUPLICATED_ORDER_ID", MESSAGES["DUPLICATED_ORDER_ID"][1]
    else:
        key = _agreed(form, fails="REJECT_CARD_PAYMENT" if outcome == "reject" else "")
        back = {"paymentType": "NORMAL", "orderId": order_id, "paymentKey": key, "amount": form["amount"]}
        return RedirectResponse(_with(form["successUrl"], back), 303)
    return RedirectResponse(_with(form["failUrl"], {"code": code, "message": message, "orderId": order_id}), 303)


def _incomplete(fields: dict[str, str]) -> bool:
    needed = {"orderId", "orderName", "amount", "successUrl", "failUrl"} <= fields.keys()
    return not needed or not fields["amount"].isdigit()


def _agreed(form: dict[str, str], fails: str) -> str:
    """The buyer has agreed to pay: the payment waits to be confirmed."""
    payment = _new_payment(f"tgen_{uuid.uuid4().hex[:22]}", form, fails)
    key = str(payment["paymentKey"])
    stage.put("payment", key, payment)
    stage.put("agreed", key, {"key": key, "at": payment["_authenticated"]})
    stage.put("order", form["orderId"], key)
    return key


def _paid_before(order_id: str) -> bool:
    payment = stage.get("payment", stage.get("order", order_id) or "")
    return payment is not None and payment["status"] in {*TOOK_MONEY, "WAITING_FOR_DEPOSIT"}


def _with(url: str, params: dict[str, str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(params)}"


def _new_payment(key: str, form: dict[str, str], fails: str) -> dict[str, Any]:
    return {
        "mId": "dure", "version": "2022-11-16", "paymentKey": key, "type": "NORMAL", "orderId": form["orderId"],
        "orderName": form["orderName"], "method": form.get("method", "카드").partition("/")[0], "currency": "KRW",
        "totalAmount": int(form["amount"]), "balanceAmount": int(form["amount"]), "status": "IN_PROGRESS",
        "requestedAt": stage.stamp(), "approvedAt": None, "lastTransactionKey": None, "cancels": None,
        "isPartialCancelable": True, "secret": uuid.uuid4().hex, "failure": None,
        "_authenticated": stage.now().timestamp(), "_fails": fails,
        "receipt": {"url": f"https://dashboard.tosspayments.com/receipt/redirection?transactionId={key}"},
        "_bank": form.get("bank", "088"), "_hours": int(form.get("validHours") or accounts.VALID_HOURS),
        "_customer": form.get("customerName", ""),
    }  # fmt: skip


# ── Payments ─────────────────────────────────────────────────────────────────────────────────────────────────────


@merchant
async def confirm(request: Request) -> Response:
    body = await request.json()
    payment = stage.get("payment", str(body.get("paymentKey", "")))
    if payment is None or payment["orderId"] != body.get("orderId"):
        return refuse("NOT_FOUND_PAYMENT_SESSION")
    if payment["status"] != "IN_PROGRESS":
        return refuse("ALREADY_PROCESSED_PAYMENT")
    if payment["totalAmount"] != body.get("amount"):
        return refuse("INVALID_REQUEST", "결제 금액이 다릅니다.")
    if stage.now().timestamp() - payment["_authenticated"] > CONFIRM_WITHIN:
        keep(payment | {"status": "EXPIRED"})
        return refuse("NOT_FOUND_PAYMENT_SESSION")
    if _paid_before(payment["orderId"]):
        return refuse("DUPLICATED_ORDER_ID")
    if payment["_fails"]:
        failure = {"code": payment["_fails"], "message": MESSAGES[payment["_fails"]][1]}
        keep(payment | {"status": "ABORTED", "failure": failure})
        return refuse(payment["_fails"])
    stage.put("order", payment["orderId"], payment["paymentKey"])  # of several tries, the paid one is the order's
    if payment["method"] == accounts.METHOD:
        return JSONResponse(public(accounts.issue(payment)))
    payment |= {"status": "DONE", "approvedAt": stage.stamp(), "lastTransactionKey": transaction()}
    payment["vat"] = round(payment["totalAmount"] / 11)
    payment["suppliedAmount"] = payment["totalAmount"] - payment["vat"]
    keep(payment)
    settle(payment, payment["lastTransactionKey"], payment["totalAmount"])
    return JSONResponse(public(payment))


@merchant
async def cancel(request: Request) -> Response:
    payment = stage.get("payment", request.path_params["key"])
    if payment is None:
        return refuse("NOT_FOUND_PAYMENT")
    body = await request.json()
    if payment["status"] == "CANCELED":
        return refuse("ALREADY_CANCELED_PAYMENT")
    if payment["status"] == "WAITING_FOR_DEPOSIT":
        return accounts.close(payment, body)
    if payment["status"] not in {"DONE", "PARTIAL_CANCELED"}:
        return refuse("NOT_CANCELABLE_PAYMENT")
    if payment["method"] == accounts.METHOD and not accounts.is_refundable_to(body.get("refundReceiveAccount")):
        return refuse("INVALID_REFUND_ACCOUNT_INFO")
    amount = body.get("cancelAmount", payment["balanceAmount"])
    if not isinstance(amount, int) or not 0 < amount <= payment["balanceAmount"]:
        return refuse("NOT_CANCELABLE_AMOUNT")
    payment["balanceAmount"] -= amount
    key = transaction()
    payment["cancels"] = [
        *(payment["cancels"] or []),
        {
            "cancelAmount": amount, "cancelReason": body.get("cancelReason", ""), "canceledAt": stage.stamp(),
            "transactionKey": key, "refundableAmount": payment["balanceAmount"], "cancelStatus": "DONE",
        },
    ]  # fmt: skip
    payment |= {"status": "PARTIAL_CANCELED" if payment["balanceAmount"] else "CANCELED", "lastTransactionKey": key}
    keep(payment)
    settle(payment, key, -amount)
    return JSONResponse(public(payment))


@merchant
async def payment_by_key(request: Request) -> Response:
    payment = stage.get("payment", request.path_params["key"])
    return JSONResponse(public(payment)) if payment else refuse("NOT_FOUND_PAYMENT")


@merchant
async def payment_by_order(request: Request) -> Response:
    accounts.tick()
    key = stage.get("order", request.path_params["order"])
    return JSONResponse(public(stage.get("payment", key))) if key else refuse("NOT_FOUND_PAYMENT")


# ── What Toss pays us ────────────────────────────────────────────────────────────────────────────────────────────


@merchant
async def settlements(request: Request) -> Response:
    asked = request.query_params
    try:
        day, last = date.fromisoformat(asked["startDate"]), date.fromisoformat(asked["endDate"])
        page, size = int(asked.get("page", 1)), min(int(asked.get("size", 100)), 5000)
    except (KeyError, ValueError):
        return refuse("INVALID_REQUEST")
    kind = "sold" if asked.get("dateType", "soldDate") == "soldDate" else "settled"
    rows: list[Any] = []
    while day <= last:
        rows += stage.all(f"{kind}:{day:%Y-%m-%d}")
        day += timedelta(days=1)
    return JSONResponse(rows[(page - 1) * size : page * size])


# ── Payouts ──────────────────────────────────────────────────────────────────────────────────────────────────────


@merchant
async def register_seller(request: Request) -> Response:
    body, refusal = await _opened(request)
    if refusal:
        return refusal
    known = stage.get("seller_ref", body["refSellerId"])
    seller = (
        stage.get("seller", known) if known else {**body, "id": f"seller_{uuid.uuid4().hex[:20]}", "status": "APPROVED"}
    )
    stage.put("seller", seller["id"], seller)
    stage.put("seller_ref", seller["refSellerId"], seller["id"])
    return _sealed("seller", seller)


@merchant
async def sellers(request: Request) -> Response:
    return _sealed("seller-list", {"hasNext": False, "items": stage.all("seller")})


@merchant
async def request_payouts(request: Request) -> Response:
    """All or nothing; the first mistake is told."""
    body, refusal = await _opened(request)
    if refusal:
        return refusal
    if not isinstance(body, list) or not 1 <= len(body) <= 100:
        return refuse("INVALID_REQUEST")
    for asked in body:
        if stage.get("seller", asked["destination"]) is None:
            return refuse("NOT_FOUND", "존재하지 않는 셀러입니다.")
        if stage.get("payout_ref", asked["refPayoutId"]):
            return refuse("DUPLICATED_REF_PAYOUT_ID")
    payouts = [_new_payout(asked) for asked in body]
    return _sealed("payout-list", {"items": payouts})


@merchant
async def payout(request: Request) -> Response:
    tick()
    found = stage.get("payout", request.path_params["id"]) or stage.get("payout_over", request.path_params["id"])
    return _sealed("payout", found) if found else refuse("NOT_FOUND")


@merchant
async def payouts(request: Request) -> Response:
    tick()
    asked = request.query_params
    first, last = asked.get("payoutDateGte", ""), asked.get("payoutDateLte", "9999")
    items = [p for kind in ("payout", "payout_over") for p in stage.all(kind) if first <= p["payoutDate"] <= last]
    return _sealed("payout-list", {"hasNext": False, "items": items})


def tick() -> None:
    """Let agreed payments and accounts expire, and payouts make the steps that are due: asked, at the bank, paid."""
    for agreed in stage.all("agreed"):
        if stage.now().timestamp() - agreed["at"] > CONFIRM_WITHIN:
            keep(stage.get("payment", agreed["key"]) | {"status": "EXPIRED"})
    accounts.tick()
    for found in stage.all("payout"):
        while found["_next"] <= time.time() and found["status"] in {"REQUESTED", "IN_PROGRESS"}:
            account = stage.get("seller", found["destination"])["account"]
            bad = (account["bankCode"], account["accountNumber"]) in BAD_ACCOUNTS
            if found["status"] == "REQUESTED":
                found["status"] = "IN_PROGRESS"
            else:
                found["status"] = "FAILED" if bad else "COMPLETED"
                found["error"] = {"code": "INVALID_ACCOUNT", "message": "입금할 수 없는 계좌입니다."} if bad else None
            found["_next"] += max(float(stage.setting("pace")), 0.001)
            stage.put("payout", found["id"], found)
            _tell("payout.changed", "payout", found)
        if found["status"] in {"COMPLETED", "FAILED"}:
            stage.drop("payout", found["id"])
            stage.put("payout_over", found["id"], found)


def _new_payout(asked: dict[str, Any]) -> dict[str, Any]:
    made = {
        **asked, "id": f"FPA_{uuid.uuid4().hex[:20]}", "status": "REQUESTED", "error": None, "requestedAt": stage.stamp(),
        "payoutDate": asked.get("payoutDate") or f"{stage.now().astimezone(KST):%Y-%m-%d}",
        "_next": time.time() + float(stage.setting("pace")),
    }  # fmt: skip
    stage.put("payout", made["id"], made)
    stage.put("payout_ref", asked["refPayoutId"], made["id"])
    return made


def _tell(event: str, kind: str, about: dict[str, Any]) -> None:
    body = {
        "eventType": event, "createdAt": stage.stamp(), "version": "2022-11-16", "eventId": uuid.uuid4().hex,
        "entityType": kind, "entityBody": public(about),
    }  # fmt: skip
    stage.send_webhook(body, headers=lambda raw, at: {SIGNATURE: signature(raw.encode(), at)})


async def _opened(request: Request) -> tuple[Any, Response | None]:
    if request.headers.get("tosspayments-api-security-mode") != "ENCRYPTION":
        return None, refuse("INVALID_REQUEST", "암호화된 요청이 아닙니다.")
    try:
        return unseal((await request.body()).decode()), None
    except (BadEnvelope, UnicodeDecodeError):
        return None, refuse("INVALID_REQUEST", "요청을 복호화하지 못했습니다.")


def _sealed(kind: str, body: Any) -> Response:
    if isinstance(body, dict) and "items" in body:
        body = {**body, "items": [public(item) for item in body["items"]]}
    elif isinstance(body, dict):
        body = public(body)
    trace = hashlib.md5(orjson.dumps(body), usedforsecurity=False).hexdigest()
    told = {"version": "2022-11-16", "traceId": trace, "entityType": kind, "entityBody": body}
    return PlainTextResponse(seal(told, datetime.now(KST).isoformat(timespec="seconds")))


app = stage.app(
    [
        Route("/window", window, methods=["GET"]),
        Route("/window", decide, methods=["POST"]),
        Route("/v1/payments/confirm", confirm, methods=["POST"]),
        Route("/v1/payments/orders/{order}", payment_by_order, methods=["GET"]),
        Route("/v1/payments/{key}/cancel", cancel, methods=["POST"]),
        Route("/v1/payments/{key}", payment_by_key, methods=["GET"]),
        *accounts.ROUTES,
        *receipts.ROUTES,
        Route("/v1/settlements", settlements, methods=["GET"]),
        Route("/v2/sellers", register_seller, methods=["POST"]),
        Route("/v2/sellers", sellers, methods=["GET"]),
        Route("/v2/payouts", request_payouts, methods=["POST"]),
        Route("/v2/payouts", payouts, methods=["GET"]),
        Route("/v2/payouts/{id}", payout, methods=["GET"]),
    ]
)
