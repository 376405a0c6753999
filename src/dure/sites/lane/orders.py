"""`POST /orders`: a hot order. The web signed who the buyer is (token "buy"); the database decides who gets the goods.

Authorization: Bearer …
{"option": 7, "quantity": 1, "price": 12000, "key": "…", "show": 3}
201 {"number", "pay_total", "replayed"}     409 {"error": {"code": "sold_out", "left"}}     503 ask again with the same key
"""

from __future__ import annotations

import gc
from typing import Any

from dure.commerce.orders.hot import HotLane, Placed, Request, Unavailable
from dure.kit import tokens
from dure.sites.lane import db
from dure.sites.lane.asgi import Asgi, Refusal
from dure.sites.lane.asgi import Request as Http

MOST = 99
KEY_LENGTH = 40  # a UUID and some; the column's 64 hold it with the buyer's number before it
lane = HotLane(lambda: db.hot_pool().connection())


def register(app: Asgi) -> None:
    app.on_start(_collect_garbage_rarely)
    app.on_start(db.open_hot_pool)
    app.on_stop(db.close_hot_pool)
    app.route("POST", "/orders")(order)


async def _collect_garbage_rarely() -> None:
    """An order leaves no cycles behind: looking for them at every 700th object took an eighth of the lane's time."""
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


async def order(http: Http) -> None:
    buyer = _buyer(http)
    request = _read(await http.json(), buyer)
    try:
        answer = await lane.order(request)
    except Unavailable as error:
        raise Refusal(503, "try_again", "지금은 대답할 수 없어요. 잠시 뒤 같은 번호로 다시 물어봐 주세요.") from error
    if isinstance(answer, Placed):
        told = {"number": answer.number, "pay_total": answer.pay_total, "replayed": answer.replayed}
        await http.answer(201, told)
        return
    status = 422 if answer.code == "idempotency_key_reused" else 409
    await http.answer(status, {"error": {"code": answer.code, "message": SAID[answer.code], "left": answer.left}})


SAID = {
    "sold_out": "방금 품절되었어요.",
    "live_sold_out": "라이브 특가로 준비한 수량이 다 팔렸어요.",
    "live_limit_reached": "라이브 특가는 한 사람이 살 수 있는 수량이 정해져 있어요.",
    "price_changed": "보고 계신 사이에 값이 바뀌었어요. 새 값을 확인해 주세요.",
    "through_cart": "행사 가격이나 사은품이 있는 상품이에요. 장바구니에서 주문하면 그대로 받을 수 있어요.",
    "too_little": "한 번에 사야 하는 수량이 정해져 있어요. 상품 화면에서 수량을 확인해 주세요.",
    "too_much": "한 번에 살 수 있는 수량을 넘었어요. 수량을 줄여 주세요.",
    "too_much_per_buyer": "한 사람이 살 수 있는 수량을 이미 채웠어요.",
    "adults_only": "성인만 살 수 있는 상품이에요. 상품 화면에서 성인인지 먼저 확인해 주세요.",
    "not_on_sale": "지금은 팔지 않는 상품이에요.",
    "idempotency_key_reused": "같은 요청 번호로 다른 내용이 왔어요.",
}


def _buyer(http: Http) -> int:
    kind, _, token = http.headers.get("authorization", "").partition(" ")
    try:
        return int(tokens.unsign("buy", token)["user"]) if kind == "Bearer" else 0
    except (tokens.BadToken, KeyError, ValueError):
        raise Refusal(401, "bad_token", "페이지를 새로 고친 뒤 다시 해 주세요.") from None


def _read(body: dict[str, Any], buyer: int) -> Request:
    if not buyer:
        raise Refusal(401, "sign_in_first", "로그인한 뒤에 사 주세요.")
    numbers = {name: body.get(name) for name in ("option", "quantity", "price")}
    key, show = body.get("key"), body.get("show")
    if any(type(n) is not int for n in numbers.values()) or not isinstance(key, str) or not 8 <= len(key) <= KEY_LENGTH:
        raise Refusal(400, "invalid", "요청을 읽지 못했어요.")
    if not 1 <= numbers["quantity"] <= MOST or (show is not None and type(show) is not int):
        raise Refusal(400, "invalid", "수량은 1개에서 99개까지예요.")
    return Request(buyer=buyer, key=f"{buyer}:{key}", show=show, **numbers)
