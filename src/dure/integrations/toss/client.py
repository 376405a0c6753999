"""Toss Payments: core API 2022-11-16 (payments) and v2 (지급대행, payouts).

After an error with `unknown` set, look the payment or payout up before anything else; repeat a POST only with the same
Idempotency-Key. Toss keeps keys for 15 days, so they are never the only guard.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import httpx
import orjson

from dure.config import load
from dure.integrations.toss.envelope import seal, unseal
from dure.kit import clock
from dure.kit.http import Client, OutsideError

REAL = "https://api.tosspayments.com"

# Codes after which the deed may have happened all the same, whatever their HTTP status.
UNKNOWN_CODES = {
    "PROVIDER_ERROR",
    "IDEMPOTENT_REQUEST_PROCESSING",
    "FORBIDDEN_CONSECUTIVE_REQUEST",
    "FAILED_INTERNAL_SYSTEM_PROCESSING",
    "FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING",
    "FAILED_REFUND_PROCESS",
    "FAILED_DB_PROCESSING",
    "UNKNOWN_PAYMENT_ERROR",
}
SETTLEMENT_PAGE = 1000
NOT_FOUND = "NOT_FOUND_PAYMENT"
ASKED_BEFORE = "DUPLICATED_REF_PAYOUT_ID"
PAID_BEFORE = {"ALREADY_PROCESSED_PAYMENT", "DUPLICATED_ORDER_ID"}  # this key, or another key of the same order


@dataclass(frozen=True)
class CancelTold:
    transaction_key: str
    amount: int  # won
    reason: str


@dataclass(frozen=True)
class AccountTold:
    """A virtual account to pay into, until `due_at`."""

    bank_code: str
    number: str
    customer_name: str
    due_at: datetime
    expired: bool


@dataclass(frozen=True)
class ReceiveAccount:
    """Where the refund of a virtual account goes."""

    bank_code: str
    number: str
    holder: str


@dataclass(frozen=True)
class ReceiptTold:
    """A cash receipt, or a cancel of one. `status`: IN_PROGRESS, COMPLETED, FAILED."""

    receipt_key: str
    issue_number: str
    status: str
    amount: int
    url: str
    failure: str


@dataclass(frozen=True)
class PaymentTold:
    """A Payment as Toss tells it. Amounts won; `balance` is what has not been cancelled."""

    payment_key: str
    order_id: str
    status: str
    total: int
    balance: int
    method: str
    approved_at: datetime | None
    cancels: tuple[CancelTold, ...]
    receipt_url: str
    failure: str
    raw: dict[str, Any]
    secret: str = ""  # what a DEPOSIT_CALLBACK must know
    account: AccountTold | None = None

    @property
    def cancelled(self) -> int:
        return sum(cancel.amount for cancel in self.cancels)


@dataclass(frozen=True)
class SettlementTold:
    """One row of Toss's settlement: a sale, or a cancel (negative). `fee` and the `vat` on it are what Toss keeps."""

    transaction_key: str
    payment_key: str
    order_id: str
    amount: int
    fee: int
    vat: int
    paid_out_on: str
    raw: dict[str, Any]


@dataclass(frozen=True)
class PayoutTold:
    id: str
    ref: str
    status: str  # REQUESTED, IN_PROGRESS, COMPLETED, FAILED, CANCELED
    amount: int
    error: str  # "CODE message" of a failure
    raw: dict[str, Any]


class Toss(Client):
    service = "toss"
    timeout = httpx.Timeout(30.0, connect=3.0)

    def headers(self) -> dict[str, str]:
        return {"Authorization": "Basic " + base64.b64encode(f"{load().toss_secret_key}:".encode()).decode()}

    # payments

    def confirm(self, payment_key: str, order_id: str, amount: int, *, key: str) -> PaymentTold:
        """Take the money the buyer has agreed to, within 10 minutes. Compare `amount` with the order first."""
        body = {"paymentKey": payment_key, "orderId": order_id, "amount": amount}
        return _payment(self._post("/v1/payments/confirm", body, key))

    def payment(self, payment_key: str) -> PaymentTold:
        return _payment(self.call("GET", f"/v1/payments/{payment_key}").json())

    def payment_of_order(self, order_id: str) -> PaymentTold | None:
        """The payment of an order, or None when its buyer never came to the payment window's end."""
        try:
            return _payment(self.call("GET", f"/v1/payments/orders/{order_id}").json())
        except OutsideError as error:
            if error.code == NOT_FOUND:
                return None
            raise

    def cancel(
        self, payment_key: str, reason: str, *, key: str, amount: int | None = None, to: ReceiveAccount | None = None
    ) -> PaymentTold:
        """Give back `amount` won, or all that is left; what came into a virtual account goes `to` one of the buyer's."""
        body: dict[str, Any] = {"cancelReason": reason[:200]}
        if amount is not None:
            body["cancelAmount"] = amount
        if to is not None:
            body["refundReceiveAccount"] = {
                "bank": to.bank_code, "accountNumber": to.number, "holderName": to.holder[:60],
            }  # fmt: skip
        return _payment(self._post(f"/v1/payments/{payment_key}/cancel", body, key))

    def issue_receipt(
        self, order_id: str, order_name: str, amount: int, *, number: str, proof: bool, key: str
    ) -> ReceiptTold:
        """A cash receipt: for a business's `proof` of expense, or for a person's income deduction."""
        body = {
            "orderId": order_id, "orderName": order_name[:100], "amount": amount, "customerIdentityNumber": number,
            "type": "지출증빙" if proof else "소득공제",
        }  # fmt: skip
        return _receipt(self._post("/v1/cash-receipts", body, key))

    def cancel_receipt(self, receipt_key: str, amount: int, *, key: str) -> ReceiptTold:
        return _receipt(self._post(f"/v1/cash-receipts/{receipt_key}/cancel", {"amount": amount}, key))

    def settlements(self, day: str) -> list[SettlementTold]:
        """What Toss paid into our bank on a day (`YYYY-MM-DD`), row by row."""
        found: list[SettlementTold] = []
        for page in range(1, 1000):
            params: dict[str, Any] = {
                "startDate": day, "endDate": day, "dateType": "paidOutDate", "page": page, "size": SETTLEMENT_PAGE,
            }  # fmt: skip
            rows = self.call("GET", "/v1/settlements", params=params).json()
            found += [_settlement(row) for row in rows]
            if len(rows) < SETTLEMENT_PAGE:
                break
        return found

    # payouts

    def register_seller(
        self, ref: str, *, brn: str, name: str, representative: str, email: str, phone: str, bank_code: str,
        account_number: str, holder_name: str, corporate: bool, key: str,
    ) -> str:  # fmt: skip
        """Make a payout destination known; returns Toss's id. `ref`: 7 to 20 characters, ours."""
        body = {
            "refSellerId": ref,
            "businessType": "CORPORATE" if corporate else "INDIVIDUAL_BUSINESS",
            "company": {
                "name": name,
                "representativeName": representative,
                "businessRegistrationNumber": brn,
                "email": email,
                "phone": re.sub(r"\D", "", phone),
            },
            "account": {"bankCode": bank_code, "accountNumber": account_number, "holderName": holder_name},
        }
        return str(self._sealed("/v2/sellers", body, key)["entityBody"]["id"])

    def seller_of(self, ref: str) -> str | None:
        """Toss's id of the destination registered as `ref`, if it is."""
        for seller in self._opened(self.call("GET", "/v2/sellers", params={"limit": 10_000}))["entityBody"]["items"]:
            if seller["refSellerId"] == ref:
                return str(seller["id"])
        return None

    def request_payouts(self, payouts: Sequence[dict[str, Any]], *, key: str) -> list[PayoutTold]:
        """At most 100, all or nothing; see `payout_order` for one."""
        told = self._sealed("/v2/payouts", list(payouts), key)
        return [_payout(item) for item in told["entityBody"]["items"]]

    def payout(self, id: str) -> PayoutTold:
        return _payout(self._opened(self.call("GET", f"/v2/payouts/{id}"))["entityBody"])

    def payouts_between(self, first: str, last: str) -> list[PayoutTold]:
        """Payouts by payout date, `YYYY-MM-DD`, both days included: how a lost answer is found again by its reference."""
        found: list[PayoutTold] = []
        params: dict[str, Any] = {"limit": 1000, "payoutDateGte": first, "payoutDateLte": last}
        while True:
            body = self._opened(self.call("GET", "/v2/payouts", params=params))["entityBody"]
            found += [_payout(item) for item in body["items"]]
            if not body.get("hasNext"):
                return found
            params["startingAfter"] = body["items"][-1]["id"]

    def error(self, response: httpx.Response) -> OutsideError:
        try:
            told = response.json()
            code, message = str(told["code"]), str(told.get("message", ""))
        except (ValueError, KeyError, TypeError):
            return super().error(response)
        return OutsideError(self.service, code, message, response.status_code, unknown=code in UNKNOWN_CODES)

    def _post(self, path: str, body: dict[str, Any], key: str) -> dict[str, Any]:
        told: dict[str, Any] = self.call("POST", path, json=body, headers={"Idempotency-Key": key}).json()
        return told

    def _sealed(self, path: str, body: Any, key: str) -> dict[str, Any]:
        moment = clock.now().astimezone(clock.KST).isoformat(timespec="seconds")
        headers = {
            "Content-Type": "text/plain",
            "TossPayments-api-security-mode": "ENCRYPTION",
            "Idempotency-Key": key,
        }
        return self._opened(self.call("POST", path, content=seal(body, moment), headers=headers))

    def _opened(self, response: httpx.Response) -> dict[str, Any]:
        """An answer may be sealed or plain JSON."""
        text = response.text
        told: dict[str, Any] = orjson.loads(text) if text.startswith("{") else unseal(text)
        return told


def payout_order(ref: str, seller_id: str, amount: int, day: str = "", words: str = "두레정산") -> dict[str, Any]:
    """One payout of a request. Without `day` (YYYY-MM-DD, from tomorrow on) it goes out at once (EXPRESS)."""
    when = {"scheduleType": "SCHEDULED", "payoutDate": day} if day else {"scheduleType": "EXPRESS"}
    return {
        "refPayoutId": ref,
        "destination": seller_id,
        **when,
        "amount": {"currency": "KRW", "value": amount},
        "transactionDescription": words[:7],
    }


def _payment(told: dict[str, Any]) -> PaymentTold:
    return PaymentTold(
        payment_key=told["paymentKey"],
        order_id=told["orderId"],
        status=told["status"],
        total=told["totalAmount"],
        balance=told["balanceAmount"],
        method=told.get("method") or "",
        approved_at=datetime.fromisoformat(told["approvedAt"]) if told.get("approvedAt") else None,
        cancels=tuple(
            CancelTold(c["transactionKey"], c["cancelAmount"], c["cancelReason"]) for c in told.get("cancels") or ()
        ),
        receipt_url=(told.get("receipt") or {}).get("url") or "",
        failure=(told.get("failure") or {}).get("message") or "",
        raw=told,
        secret=told.get("secret") or "",
        account=_account(told["virtualAccount"]) if told.get("virtualAccount") else None,
    )


def _account(told: dict[str, Any]) -> AccountTold:
    due = datetime.fromisoformat(told["dueDate"])
    return AccountTold(
        bank_code=told["bankCode"],
        number=told["accountNumber"],
        customer_name=told.get("customerName") or "",
        due_at=due if due.tzinfo else due.replace(tzinfo=clock.KST),
        expired=bool(told.get("expired")),
    )


def _receipt(told: dict[str, Any]) -> ReceiptTold:
    return ReceiptTold(
        receipt_key=told["receiptKey"],
        issue_number=told.get("issueNumber") or "",
        status=told["issueStatus"],
        amount=told["amount"],
        url=told.get("receiptUrl") or "",
        failure=(told.get("failure") or {}).get("message") or "",
    )


def _settlement(told: dict[str, Any]) -> SettlementTold:
    return SettlementTold(
        transaction_key=told["transactionKey"],
        payment_key=told["paymentKey"],
        order_id=told["orderId"],
        amount=told["amount"],
        fee=sum(part["fee"] for part in told["fees"]),
        vat=told["vat"],
        paid_out_on=told["paidOutDate"],
        raw=told,
    )


def _payout(told: dict[str, Any]) -> PayoutTold:
    error = told.get("error") or {}
    return PayoutTold(
        id=told["id"],
        ref=told.get("refPayoutId", ""),
        status=told["status"],
        amount=told["amount"]["value"],
        error=f"{error['code']} {error['message']}" if error else "",
        raw=told,
    )


@cache
def toss() -> Toss:
    return Toss(load().outside_url("toss", REAL))
