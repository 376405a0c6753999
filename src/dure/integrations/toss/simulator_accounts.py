"""Virtual accounts (가상계좌), played: issued at the confirm, paid into by somebody's transfer, closed by time.

    POST  _control/deposits   {"orderId": "D26…"}                    the buyer's bank sends the whole amount
                              {"orderId": "D26…", "reverse": true}   the bank takes it back (DONE → WAITING_FOR_DEPOSIT)
    GET   bank?order=D26…     the same for a person: a page with a button

A deposit is told twice, as by a merchant who has subscribed to both events: DEPOSIT_CALLBACK and PAYMENT_STATUS_CHANGED.
"""

from __future__ import annotations

import re
import zlib
from datetime import timedelta
from html import escape
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from dure.integrations.toss.simulator_desk import BAD_ACCOUNTS, keep, public, refuse, settle, stage, transaction
from dure.integrations.toss.window_page import STYLE
from dure.kit.clock import KST

METHOD = "가상계좌"
VALID_HOURS = 168  # Toss's default


def issue(payment: dict[str, Any]) -> dict[str, Any]:
    """The confirm of a virtual account takes no money: it gives a number to pay into."""
    due = (stage.now() + timedelta(hours=payment["_hours"])).astimezone(KST)
    number = f"{zlib.crc32(payment['paymentKey'].encode()):010d}{payment['totalAmount'] % 10_000:04d}"
    payment |= {
        "status": "WAITING_FOR_DEPOSIT",
        "virtualAccount": {
            "accountType": "일반", "accountNumber": number, "bankCode": payment["_bank"],
            "customerName": payment["_customer"] or "두레", "dueDate": f"{due:%Y-%m-%dT%H:%M:%S}+09:00", "expired": False,
            "settlementStatus": "INCOMPLETED", "refundStatus": "NONE", "refundReceiveAccount": None,
        },
        "_due": due.timestamp(),
    }  # fmt: skip
    stage.put("order", payment["orderId"], payment["paymentKey"])
    stage.put("awaiting", payment["paymentKey"], {"key": payment["paymentKey"], "due": payment["_due"]})
    keep(payment)
    return payment


def close(payment: dict[str, Any], body: dict[str, Any]) -> Response:
    """A cancel before the deposit: of the whole only."""
    if body.get("cancelAmount", payment["totalAmount"]) != payment["totalAmount"]:
        return refuse("NOT_ALLOWED_PARTIAL_REFUND")
    stage.drop("awaiting", payment["paymentKey"])
    payment |= {"status": "CANCELED", "balanceAmount": 0}
    keep(payment)
    return JSONResponse(public(payment))


def is_refundable_to(account: Any) -> bool:
    """Whether money can be sent back there: `{bank, accountNumber, holderName}`."""
    if not isinstance(account, dict):
        return False
    bank, number = str(account.get("bank", "")), str(account.get("accountNumber", ""))
    named = 0 < len(str(account.get("holderName", ""))) <= 60
    return bool(re.fullmatch(r"\d{6,20}", number)) and named and (bank, number) not in BAD_ACCOUNTS


def tick() -> None:
    """Accounts nobody paid into by their time are closed."""
    for waiting in stage.all("awaiting"):
        if stage.now().timestamp() > waiting["due"]:
            stage.drop("awaiting", waiting["key"])
            payment = stage.get("payment", waiting["key"])
            account = {**payment["virtualAccount"], "expired": True}
            keep(payment | {"status": "EXPIRED", "virtualAccount": account})


async def deposit(request: Request) -> Response:
    asked = await request.json()
    payment = _of_order(str(asked.get("orderId", "")))
    if payment is None:
        return refuse("NOT_FOUND_PAYMENT")
    payment = _reversed(payment) if asked.get("reverse") else _deposited(payment)
    return JSONResponse(public(payment))


async def bank(request: Request) -> Response:
    """A bank for a person who tries the house out."""
    order = request.query_params.get("order") or dict(parse_qsl((await request.body()).decode())).get("order", "")
    payment = _of_order(order)
    if payment is None or not payment.get("virtualAccount"):
        return HTMLResponse("<!doctype html><title>은행</title><p>이 주문의 가상계좌가 없어요.</p>", 404)
    if request.method == "POST":
        payment = _deposited(payment)
    account = payment["virtualAccount"]
    waiting = payment["status"] == "WAITING_FOR_DEPOSIT"
    button = '<div class="keys"><button class="pay">입금하기</button></div>' if waiting else ""
    said = "입금을 기다려요." if waiting else "입금했어요. 가게로 돌아가 확인해 보세요."
    return HTMLResponse(f"""<!doctype html><html lang="ko"><head><meta charset="utf-8"><title>연습용 은행</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head><body><main>
<p class="note">연습용 은행이에요. 실제 돈은 빠져나가지 않아요.</p><h1>{escape(account["accountNumber"])}</h1>
<p class="sum">{payment["totalAmount"]:,}원</p><p role="status">{said}</p>
<form method="post" action="bank" style="display:contents"><input type="hidden" name="order" value="{escape(order)}">{button}</form>
</main></body></html>""")


def _of_order(order: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = stage.get("payment", stage.get("order", order) or "")
    return found


def _deposited(payment: dict[str, Any]) -> dict[str, Any]:
    if payment["status"] != "WAITING_FOR_DEPOSIT":
        return payment
    stage.drop("awaiting", payment["paymentKey"])
    payment |= {"status": "DONE", "approvedAt": stage.stamp(), "lastTransactionKey": transaction()}
    keep(payment)
    _call_back(payment)
    settle(payment, payment["lastTransactionKey"], payment["totalAmount"])
    return payment


def _reversed(payment: dict[str, Any]) -> dict[str, Any]:
    if payment["status"] != "DONE":
        return payment
    stage.put("awaiting", payment["paymentKey"], {"key": payment["paymentKey"], "due": payment["_due"]})
    payment |= {"status": "WAITING_FOR_DEPOSIT", "approvedAt": None}
    keep(payment)
    _call_back(payment)
    return payment


def _call_back(payment: dict[str, Any]) -> None:
    moment = f"{stage.now().astimezone(KST):%Y-%m-%dT%H:%M:%S.%f}"
    stage.send_webhook(
        {
            "createdAt": moment, "secret": payment["secret"], "status": payment["status"],
            "transactionKey": payment["lastTransactionKey"] or "", "orderId": payment["orderId"],
        }
    )  # fmt: skip


ROUTES = [
    Route("/_control/deposits", deposit, methods=["POST"]),
    Route("/bank", bank, methods=["GET", "POST"]),
]
