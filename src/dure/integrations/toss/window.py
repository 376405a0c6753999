"""The payment window: where the buyer is sent, and what comes back.

The simulator's window is a page we redirect to. The real one is opened by Toss's browser SDK with the client key and
takes the same fields (`requestPayment({orderId, orderName, amount, successUrl, failUrl, …})`); both end in a redirect to
`successUrl?paymentKey&orderId&amount` or `failUrl?code&message&orderId`.
"""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from dure.config import load


def window_url(
    *,
    order_id: str,
    order_name: str,
    amount: int,
    success_url: str,
    fail_url: str,
    customer_name: str = "",
    method: str = "",
    valid_hours: int = 24,
) -> str:
    """Address of the simulated window; `amount` in won, `method` in Toss's words, `valid_hours` of a virtual account."""
    fields = {
        "clientKey": load().toss_client_key,
        "orderId": order_id,
        "orderName": order_name[:100],
        "amount": amount,
        "customerName": customer_name,
        "method": method,
        "validHours": valid_hours,
        "successUrl": success_url,
        "failUrl": fail_url,
    }
    return f"{load().simulators_url}/toss/window?{urlencode(fields)}"


def pay_in_window(
    order_id: str, order_name: str, amount: int, *, method: str = "카드", http: httpx.Client | None = None
) -> str:
    """Be the buyer who presses 결제하기; returns the paymentKey. For the demo and tests: the real window has no such door."""
    fields = {
        "clientKey": load().toss_client_key, "orderId": order_id, "orderName": order_name, "amount": amount, "method": method,
        "successUrl": "http://buyer.invalid/ok", "failUrl": "http://buyer.invalid/no", "outcome": "pay",
    }  # fmt: skip
    post = http.post if http else httpx.post
    answer = post(f"{load().outside_url('toss', '')}/window", data=fields)
    return parse_qs(urlsplit(answer.headers["location"]).query)["paymentKey"][0]
