"""What the hot lane's address answers, whatever is sent to it."""

import asyncio
import re

import httpx
import pytest

from dure.commerce.orders.hot import Placed, Refused, Unavailable
from dure.config import load
from dure.kit import tokens
from dure.sites.lane import orders
from dure.sites.lane.app import app

GOOD = {"option": 7, "quantity": 1, "price": 10_000, "key": "0123456789"}


CODES = re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", (Refused.__doc__ or "").split("`code`: ")[1])


class Lane:
    def __init__(self, answer):
        self.answer, self.asked = answer, []

    async def order(self, request):
        self.asked.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def lane(monkeypatch):
    def behind(answer):
        lane = Lane(answer)
        monkeypatch.setattr(orders, "lane", lane)
        return lane

    return behind


def ask(body, *, token=None, method="POST", **headers):
    async def send():
        transport = httpx.ASGITransport(app=app)
        bearer = tokens.sign("buy", {"user": 3}, 60) if token is None else token
        async with httpx.AsyncClient(transport=transport, base_url="http://lane") as http:
            content = {"content": body} if isinstance(body, bytes) else {"json": body}
            return await http.request(
                method, "/orders", headers={"Authorization": f"Bearer {bearer}", **headers}, **content
            )

    return asyncio.run(send())


def test_a_placed_order_is_201_with_its_number_and_sum(lane):
    behind = lane(Placed("D261124-7K3M9Q2X", 13_000))
    answer = ask({**GOOD, "show": 5})
    assert (answer.status_code, answer.json()) == (
        201,
        {"number": "D261124-7K3M9Q2X", "pay_total": 13_000, "replayed": False},
    )
    (request,) = behind.asked
    assert (request.buyer, request.option, request.show, request.key) == (3, 7, 5, "3:0123456789")


@pytest.mark.parametrize(
    ("refusal", "status"),
    [(code, 422 if code == "idempotency_key_reused" else 409) for code in CODES],
)
def test_a_refusal_says_which_and_how_many_are_left(lane, refusal, status):
    lane(Refused(refusal, left=2))
    answer = ask(GOOD)
    assert answer.status_code == status
    assert (answer.json()["error"]["code"], answer.json()["error"]["left"]) == (refusal, 2)


def test_a_database_that_does_not_answer_is_503_ask_again(lane):
    lane(Unavailable())
    assert ask(GOOD).json()["error"]["code"] == "try_again"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        ({}, 400),
        ({**GOOD, "quantity": 0}, 400),
        ({**GOOD, "quantity": 100}, 400),
        ({**GOOD, "quantity": "1"}, 400),
        ({**GOOD, "quantity": True}, 400),
        ({**GOOD, "option": None}, 400),
        ({**GOOD, "key": "short"}, 400),
        ({**GOOD, "key": "k" * 41}, 400),
        ({**GOOD, "show": "5"}, 400),
        (b'{"key":"' + b"k" * 70_000 + b'"}', 413),
    ],
)
def test_what_cannot_be_read_is_refused_before_it_costs_anything(lane, body, status):
    behind = lane(Placed("D", 1))
    assert ask(body).status_code == status
    assert not behind.asked


@pytest.mark.parametrize("token", ["", "nonsense", "a.b"])
def test_without_a_signed_token_nobody_buys(lane, token):
    lane(Placed("D", 1))
    assert ask(GOOD, token=token).status_code == 401


def test_a_token_for_another_purpose_does_not_buy(lane):
    lane(Placed("D", 1))
    assert ask(GOOD, token=tokens.sign("chat", {"user": 3}, 60)).status_code == 401
    assert ask(GOOD, token=tokens.sign("buy", {"user": 3}, -1)).status_code == 401


def test_only_our_own_pages_may_ask_from_a_browser(lane):
    lane(Placed("D", 1))
    ours = ask(GOOD, Origin=load().base_url)
    assert ours.headers["access-control-allow-origin"] == load().base_url
    assert "access-control-allow-origin" not in ask(GOOD, Origin="https://elsewhere.example").headers
    assert ask(b"", method="OPTIONS", Origin=load().base_url).status_code == 204
