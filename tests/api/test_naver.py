"""A tool written for Naver's order API works here with another base URL, and loses nothing."""

import base64
import threading
from datetime import timedelta

import bcrypt
import orjson
import pytest
from django.db import connection

from builders import a_line, an_option, an_order, at_once
from dure.commerce.claims import actions as claims
from dure.commerce.claims.models import Claim
from dure.commerce.orders.models import LineStatus
from dure.kit import clock, outbox
from dure.kit.models import Delivery
from dure.sites.api.actions import issue_key
from dure.sites.api.models import Change
from dure.sites.api.naver import codes, feed
from dure.sites.api.scopes import OF_HOLDER

pytestmark = pytest.mark.django_db


class OrderTool:
    """What such a tool does, written from Naver's documentation and not from our code."""

    def __init__(self, client, client_id, client_secret):
        self.client, self.client_id, self.client_secret = client, client_id, client_secret
        self.token = ""

    def sign_in(self):
        stamp = int(clock.now().timestamp() * 1000)
        hashed = bcrypt.hashpw(f"{self.client_id}_{stamp}".encode(), self.client_secret.encode())
        told = self.client.post(
            "/external/v1/oauth2/token",
            {
                "client_id": self.client_id,
                "timestamp": stamp,
                "client_secret_sign": base64.b64encode(hashed).decode(),
                "grant_type": "client_credentials",
                "type": "SELF",
            },
        )
        if told.status_code == 200:
            self.token = told.json()["access_token"]
        return told

    def ask(self, method, path, body=None, **query):
        sent = {} if body is None else {"data": orjson.dumps(body), "content_type": "application/json"}
        if query:
            sent["query_params"] = query
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.client.generic(method, f"/external/v1/pay-order/seller/{path}", headers=headers, **sent)

    def poll(self, since, until=None, **query):
        """Every page from `since`, following `more` as Naver says."""
        query["lastChangedFrom"] = since.isoformat(timespec="milliseconds")
        if until:
            query["lastChangedTo"] = until.isoformat(timespec="milliseconds")
        rows = []
        while True:
            data = self.ask("GET", "product-orders/last-changed-statuses", **query).json()["data"]
            rows += data["lastChangeStatuses"]
            if "more" not in data:
                return rows
            query |= {"lastChangedFrom": data["more"]["moreFrom"], "moreSequence": data["more"]["moreSequence"]}


def a_tool(client, seller):
    issued = issue_key(
        name="주문 관리 프로그램",
        scopes=OF_HOLDER["SELLER"],
        by=None,
        seller=seller,
        for_naver_tools=True,
        per_minute=9999,
    )
    tool = OrderTool(client, issued.key.prefix, issued.naver_secret)
    assert tool.sign_in().status_code == 200
    return tool


def test_a_tool_polls_confirms_dispatches_and_sees_the_change(client):
    begun = clock.now() - timedelta(seconds=1)
    line = a_line()
    a_line()  # somebody else's
    outbox.deliver_due()
    tool = a_tool(client, line.seller)

    (row,) = tool.poll(begun, lastChangedType="PAYED")
    assert row["productOrderId"] == str(line.pk) and row["orderId"] == line.order.number
    assert row["productOrderStatus"] == "PAYED" and row["lastChangedDate"].endswith("+09:00")

    (told,) = tool.ask("POST", "product-orders/query", {"productOrderIds": [str(line.pk)]}).json()["data"]
    assert told["productOrder"]["placeOrderStatus"] == "NOT_YET"
    assert told["productOrder"]["totalPaymentAmount"] == line.paid_amount
    assert told["productOrder"]["shippingAddress"]["zipCode"] == line.order.postcode

    confirmed = tool.ask("POST", "product-orders/confirm", {"productOrderIds": [str(line.pk), "999999"]}).json()["data"]
    assert [row["productOrderId"] for row in confirmed["successProductOrderInfos"]] == [str(line.pk)]
    assert [row["code"] for row in confirmed["failProductOrderInfos"]] == ["NOT_FOUND"]

    parcel = {"productOrderId": str(line.pk), "deliveryMethod": "DELIVERY", "deliveryCompanyCode": "CJGLS"}
    body = {
        "dispatchProductOrders": [{**parcel, "trackingNumber": "6000-0000-0001", "dispatchDate": begun.isoformat()}]
    }
    for _lost_answer in range(2):  # sent again, it is the same dispatch
        sent = tool.ask("POST", "product-orders/dispatch", body).json()["data"]
        assert sent == {"successProductOrderIds": [str(line.pk)], "failProductOrderInfos": []}
    outbox.deliver_due()

    assert [row["lastChangedType"] for row in tool.poll(begun)] == ["PAYED", "DISPATCHED"]
    (told,) = tool.ask("POST", "product-orders/query", {"productOrderIds": [str(line.pk)]}).json()["data"]
    assert told["productOrder"]["productOrderStatus"] == "DELIVERING"
    assert told["productOrder"]["placeOrderStatus"] == "OK"
    assert told["delivery"]["deliveryCompany"] == "CJGLS" and told["delivery"]["trackingNumber"] == "600000000001"


def test_lines_under_one_waybill_are_one_parcel_and_a_bad_one_fails_alone(client):
    option = an_option()
    first, second, third = (a_line(option=option) for _ in range(3))
    tool = a_tool(client, first.seller)

    def row(line, waybill):
        return {"productOrderId": str(line.pk), "deliveryCompanyCode": "EPOST", "trackingNumber": waybill}

    good = "6865012345678"
    body = {"dispatchProductOrders": [row(first, good), row(second, good), row(third, "12")]}
    sent = tool.ask("POST", "product-orders/dispatch", body).json()["data"]
    assert sent["successProductOrderIds"] == [str(first.pk), str(second.pk)]
    assert [(f["productOrderId"], f["code"]) for f in sent["failProductOrderInfos"]] == [(str(third.pk), "BAD_WAYBILL")]
    assert first.parcels.get() == second.parcels.get()


def test_a_delay_is_announced_once(client):
    line = a_line()
    tool = a_tool(client, line.seller)
    due = clock.now() + timedelta(days=10)
    body = {"dispatchDueDate": due.isoformat(), "delayedDispatchReason": "CUSTOM_BUILD"}
    told = tool.ask("POST", f"product-orders/{line.pk}/delay", body).json()["data"]
    assert told["successProductOrderIds"] == [str(line.pk)]
    again = tool.ask("POST", f"product-orders/{line.pk}/delay", body).json()["data"]
    assert len(again["failProductOrderInfos"]) == 1
    (told,) = tool.ask("POST", "product-orders/query", {"productOrderIds": [str(line.pk)]}).json()["data"]
    assert told["productOrder"]["delayedDispatchReason"] == "CUSTOM_BUILD"


def test_what_is_brought_by_hand_has_no_waybill(client):
    line = a_line()
    tool = a_tool(client, line.seller)
    body = {"dispatchProductOrders": [{"productOrderId": str(line.pk), "deliveryMethod": "DIRECT_DELIVERY"}]}
    sent = tool.ask("POST", "product-orders/dispatch", body).json()["data"]
    assert sent["successProductOrderIds"] == [str(line.pk)]
    assert line.parcels.get().method == "DIRECT_DELIVERY"


def test_a_cancel_is_seen_and_approved(client):
    begun = clock.now() - timedelta(seconds=1)
    line = a_line()
    tool = a_tool(client, line.seller)
    tool.ask("POST", "product-orders/confirm", {"productOrderIds": [str(line.pk)]})
    claim = _claim(line, "CANCEL", "INTENT_CHANGED")
    outbox.deliver_due()
    (row,) = tool.poll(begun, lastChangedType="CLAIM_REQUESTED")
    assert (row["claimType"], row["claimStatus"]) == ("CANCEL", "CANCEL_REQUEST")
    done = tool.ask("POST", f"product-orders/{line.pk}/claim/cancel/approve", {}).json()["data"]
    assert done["successProductOrderIds"] == [str(line.pk)]
    outbox.deliver_due()
    row = tool.poll(begun)[-1]
    assert (row["lastChangedType"], row["claimStatus"], row["productOrderStatus"]) == (
        "CLAIM_COMPLETED",
        "CANCEL_DONE",
        "CANCELED",
    )
    claim.refresh_from_db()
    assert claim.status == "DONE"
    twice = tool.ask("POST", f"product-orders/{line.pk}/claim/cancel/approve", {}).json()["data"]
    assert [f["code"] for f in twice["failProductOrderInfos"]] == ["WRONG_STATE"]


def test_a_return_is_rejected_with_words_and_another_is_approved(client):
    option = an_option()
    tool = a_tool(client, option.product.seller)
    refused, taken = (a_line("DELIVERED", option=option) for _ in range(2))
    first, second = (_claim(line, "RETURN", "INTENT_CHANGED") for line in (refused, taken))
    said = {"rejectReturnReason": "사용 흔적이 있어요."}
    tool.ask("POST", f"product-orders/{refused.pk}/claim/return/reject", said)
    claims.start_collecting(second, carrier="CJ", waybill="600000000123", by=None)
    tool.ask("POST", f"product-orders/{taken.pk}/claim/return/approve", {})
    first.refresh_from_db(), second.refresh_from_db()
    assert (first.status, first.answer) == ("REJECTED", "사용 흔적이 있어요.")
    assert second.status == "DONE"


def test_pages_of_equal_times_lose_and_repeat_nothing(client):
    option = an_option(stock=100)
    seller = option.product.seller
    moment = clock.now()
    with clock.at(moment):  # every change at the same millisecond
        lines = [a_line(option=option) for _ in range(7)]
        outbox.deliver_due()
    tool = a_tool(client, seller)
    rows = tool.poll(moment - timedelta(minutes=1), moment + timedelta(minutes=1), limitCount=2)
    assert [row["productOrderId"] for row in rows] == [str(line.pk) for line in lines]
    assert len({row["lastChangedDate"] for row in rows}) == 1


def test_the_sequence_alone_is_enough_to_go_on(client):
    """Some tools keep `lastChangedFrom` and send only `moreSequence`."""
    begun = clock.now() - timedelta(seconds=1)
    option = an_option()
    lines = [a_line(option=option) for _ in range(3)]
    outbox.deliver_due()
    tool = a_tool(client, option.product.seller)
    since = begun.isoformat(timespec="milliseconds")
    path = "product-orders/last-changed-statuses"
    more = tool.ask("GET", path, lastChangedFrom=since, limitCount=2).json()["data"]["more"]["moreSequence"]
    rest = tool.ask("GET", path, lastChangedFrom=since, limitCount=2, moreSequence=more).json()["data"]
    assert [row["productOrderId"] for row in rest["lastChangeStatuses"]] == [str(lines[2].pk)]


def test_an_event_delivered_twice_is_told_once(client):
    line = a_line()
    outbox.deliver_due()
    again = Delivery.objects.filter(event__topic="orders.paid", subscriber__contains="sites.api").get()
    feed.record(again.event)
    assert Change.objects.filter(product_order=line).count() == 1


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "lastChangedFrom"),
        ({"lastChangedFrom": "yesterday"}, "lastChangedFrom"),
        ({"lastChangedFrom": "2026-11-01T00:00:00+09:00", "lastChangedTo": "2026-11-03T00:00:00+09:00"}, None),
        ({"lastChangedFrom": "2026-11-01T00:00:00+09:00", "lastChangedType": "PAID"}, None),
        ({"lastChangedFrom": "2026-11-01T00:00:00+09:00", "moreSequence": "x"}, "moreSequence"),
    ],
)
def test_a_wrong_question_is_refused_in_naver_s_words(client, query, field):
    tool = a_tool(client, an_option().product.seller)
    told = tool.ask("GET", "product-orders/last-changed-statuses", **query)
    assert told.status_code in (400, 422)
    body = told.json()
    assert body["code"] == "BAD_REQUEST" and body["message"] and body["traceId"] and body["timestamp"]
    if field:
        assert body["invalidInputs"][0]["name"] == field


def test_a_wrong_signature_and_an_old_one_open_nothing(client):
    seller = an_option().product.seller
    tool = a_tool(client, seller)
    forged = OrderTool(client, tool.client_id, bcrypt.gensalt(4).decode())
    assert forged.sign_in().status_code == 401
    with clock.at(clock.now() - timedelta(minutes=10)):
        stamp = int(clock.now().timestamp() * 1000)
    hashed = bcrypt.hashpw(f"{tool.client_id}_{stamp}".encode(), tool.client_secret.encode())
    sent = {
        "client_id": tool.client_id,
        "timestamp": stamp,
        "client_secret_sign": base64.b64encode(hashed).decode(),
        "grant_type": "client_credentials",
    }
    assert client.post("/external/v1/oauth2/token", sent).status_code == 422
    anybody = client.get("/external/v1/pay-order/seller/product-orders/last-changed-statuses")
    assert anybody.status_code == 401 and anybody.json()["code"] == "GW.AUTHN"


def test_nobody_reads_or_touches_another_sellers_lines(client):
    mine, theirs = a_line(), a_line()
    outbox.deliver_due()
    tool = a_tool(client, mine.seller)
    assert tool.ask("POST", "product-orders/query", {"productOrderIds": [str(theirs.pk)]}).json()["data"] == []
    for path, body in (
        ("product-orders/confirm", {"productOrderIds": [str(theirs.pk)]}),
        (f"product-orders/{theirs.pk}/claim/cancel/approve", {}),
    ):
        told = tool.ask("POST", path, body).json()["data"]["failProductOrderInfos"]
        assert [row["code"] for row in told] == ["NOT_FOUND"]
    assert tool.ask("GET", f"orders/{theirs.order.number}/product-order-ids").status_code == 404


def test_every_code_of_ours_has_one_of_theirs():
    assert set(codes.LINE) == set(LineStatus.values)
    assert set(codes.CLAIM) == {(kind, status) for kind in Claim.Kind.values for status in Claim.Status.values}


def test_300_lines_cost_as_many_queries_as_one(client, django_assert_max_num_queries):
    option = an_option(stock=100)
    lines = [a_line(option=option) for _ in range(5)]
    outbox.deliver_due()
    tool = a_tool(client, option.product.seller)
    with django_assert_max_num_queries(6):  # when it was used last, the lock in a savepoint, rows, their claims
        tool.poll(clock.now() - timedelta(hours=1))
    with django_assert_max_num_queries(4):
        tool.ask("POST", "product-orders/query", {"productOrderIds": [str(line.pk) for line in lines]})


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_change_committed_late_is_never_stepped_over(monkeypatch):
    """Without the lock a reader passes the time of a change that is numbered but not yet committed."""
    late, read_through = _late_commit(locked=False, monkeypatch=monkeypatch)
    assert late.changed_at <= read_through, "the race that the lock is for"
    late, read_through = _late_commit(locked=True, monkeypatch=monkeypatch)
    assert late is None or late.changed_at > read_through


def _late_commit(*, locked, monkeypatch):
    """A writer holds its commit while a reader reads up to now. The change the reader missed, and how far it read."""
    line = a_line()
    event = Delivery.objects.filter(event__topic="orders.paid").latest("id").event
    numbered, go_on = threading.Event(), threading.Event()
    with monkeypatch.context() as patch:
        if not locked:
            patch.setattr(feed, "_wait", lambda *, exclusive: None)

        def part(n):
            from django.db import transaction

            if n == 0:
                with transaction.atomic():
                    feed.record(event)
                    numbered.set()
                    go_on.wait(1.0)
                return None
            numbered.wait(5)
            until = clock.now()
            seen = feed.changes(line.seller_id, until - timedelta(hours=1), until).rows
            go_on.set()
            return until, {row.pk for row in seen}

        _nothing, (until, seen) = at_once(2, part)
    connection.close()
    missed = Change.objects.filter(product_order=line).exclude(pk__in=seen).first()
    return missed, until


def _claim(line, kind, reason):
    import uuid

    line.refresh_from_db()
    buyer = line.order.buyer
    return claims.open_claim(line, kind, quantity=line.quantity, reason=reason, key=uuid.uuid4(), by=buyer)


def test_an_order_of_two_sellers_is_told_to_each_with_their_lines(client):
    mine, theirs = an_option(), an_option()
    order = an_order(mine, theirs, paid=True)
    outbox.deliver_due()
    for option in (mine, theirs):
        rows = a_tool(client, option.product.seller).poll(clock.now() - timedelta(hours=1))
        assert [row["productOrderId"] for row in rows] == [str(order.lines.get(option=option).pk)]
