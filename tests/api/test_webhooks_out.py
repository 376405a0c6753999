"""Sellers' programs hear of events: signed, in order, again and again until they have heard."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from builders import a_line, an_option, an_order, at_once
from dure.commerce.orders import fulfilment as orders
from dure.kit import clock, outbox
from dure.sites.api.errors import BadAddress, BadTopics
from dure.sites.api.hooks import actions, guard, rules
from dure.sites.api.hooks.topics import TOPICS
from dure.sites.api.models import Attempt, Endpoint, Message

pytestmark = pytest.mark.django_db


class Receiver:
    """A seller's program: keeps what it got, answers with `status` (a number, or a function of the message)."""

    def __init__(self):
        self.got, self.status = [], 200
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((dict(self.headers), body))
                status = receiver.status(json.loads(body)) if callable(receiver.status) else receiver.status
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", receiver.url + "elsewhere")
                self.end_headers()
                self.wfile.write(b"heard")

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://localhost:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def topics(self):
        return [json.loads(body)["type"] for _headers, body in self.got]


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


def an_endpoint(receiver, seller, topics=()):
    return actions.add_endpoint(receiver.url, topics, by=None, seller=seller)


def send_all(endpoint):
    outbox.deliver_due()
    return actions.deliver(Endpoint.objects.get(pk=endpoint.pk))


def verify(secret, headers, body):
    """By the reference implementation, which is not ours."""
    return Webhook(secret).verify(body, {name.lower(): value for name, value in headers.items()})


def test_an_event_arrives_signed_so_that_the_reference_implementation_believes_it(receiver):
    option = an_option()
    endpoint, secret = an_endpoint(receiver, option.product.seller)
    order = an_order(option, paid=True)
    send_all(endpoint)
    ((headers, body),) = receiver.got
    told = verify(secret, headers, body)
    assert told["type"] == "product_order.paid" and told["data"]["order"] == order.number
    assert headers["webhook-id"] == f"msg_{Message.objects.get().uid.hex}"
    with pytest.raises(WebhookVerificationError):
        verify(secret, headers, body.replace(b"paid", b"PAID"))
    with pytest.raises(WebhookVerificationError):
        verify("whsec_" + "A" * 32, headers, body)


def test_each_seller_hears_only_of_their_own_lines(receiver):
    mine, theirs = an_option(), an_option()
    endpoint, _secret = an_endpoint(receiver, mine.product.seller)
    order = an_order(mine, theirs, paid=True)
    send_all(endpoint)
    ((_headers, body),) = receiver.got
    assert json.loads(body)["data"]["product_order"] == order.lines.get(option=mine).pk
    assert str(order.pay_total) not in body.decode()


def test_only_chosen_topics_are_sent(receiver):
    option = an_option()
    endpoint, _secret = an_endpoint(receiver, option.product.seller, ["product_order.acknowledged"])
    line = an_order(option, paid=True).lines.get()
    orders.acknowledge(line, by=None)
    send_all(endpoint)
    assert receiver.topics() == ["product_order.acknowledged"]
    with pytest.raises(BadTopics):
        an_endpoint(receiver, option.product.seller, ["product_order.vanished"])


def test_a_failing_message_holds_back_what_follows_about_the_same_line_and_nothing_else(receiver):
    option = an_option()
    endpoint, _secret = an_endpoint(receiver, option.product.seller)
    first, second = (an_order(option, paid=True).lines.get() for _ in range(2))
    orders.acknowledge(first, by=None)
    receiver.status = lambda told: 500 if told["data"]["product_order"] == first.pk else 200
    send_all(endpoint)
    heard = [(t["type"], t["data"]["product_order"]) for t in (json.loads(body) for _h, body in receiver.got)]
    assert heard == [("product_order.paid", first.pk), ("product_order.paid", second.pk)]
    receiver.status = 200
    with clock.at(clock.now() + timedelta(minutes=1)):
        send_all(endpoint)
    assert receiver.topics()[2:] == ["product_order.paid", "product_order.acknowledged"]


def test_a_message_is_tried_for_three_days_with_the_same_id_then_the_endpoint_is_switched_off(receiver):
    option = an_option()
    endpoint, _secret = an_endpoint(receiver, option.product.seller)
    receiver.status = 503
    an_order(option, paid=True)
    outbox.deliver_due()
    moment, end = clock.now(), clock.now() + timedelta(days=4)
    while moment < end and not Endpoint.objects.get().disabled_at:
        with clock.at(moment):
            actions.deliver(endpoint)
        moment = Message.objects.get().next_attempt_at
    message, endpoint = Message.objects.get(), Endpoint.objects.get()
    assert message.status == "FAILED" and endpoint.disabled_why == "HTTP 503"
    assert timedelta(days=3) <= endpoint.disabled_at - message.created_at < timedelta(days=3, hours=12)
    assert 14 <= Attempt.objects.count() <= 25
    assert len({headers["webhook-id"] for headers, _body in receiver.got}) == 1


def test_what_happened_while_it_was_off_can_be_replayed(receiver):
    option = an_option()
    endpoint, _secret = an_endpoint(receiver, option.product.seller)
    actions.switch_off(endpoint, by=None, why="옮기는 중")
    an_order(option, paid=True)
    assert send_all(endpoint) == 0
    actions.switch_on(endpoint, by=None)
    day = Message.objects.filter(endpoint=endpoint, created_at__gte=clock.now() - timedelta(days=1))
    assert actions.replay(day, by=None) == 1
    send_all(endpoint)
    assert receiver.topics() == ["product_order.paid"]
    actions.replay(day, by=None)
    send_all(endpoint)
    first, again = (headers["webhook-id"] for headers, _body in receiver.got)
    assert first == again, "a receiver that has it already may drop it"


def test_an_endpoint_that_says_gone_is_not_asked_again(receiver):
    option = an_option()
    endpoint, _secret = an_endpoint(receiver, option.product.seller)
    receiver.status = 410
    an_order(option, paid=True)
    send_all(endpoint)
    assert Endpoint.objects.get().disabled_why == "HTTP 410"


def test_a_changed_secret_signs_beside_the_old_one_for_a_day(receiver):
    endpoint, old = an_endpoint(receiver, an_option().product.seller)
    new = actions.rotate_secret(endpoint, by=None)
    for _ in range(2):
        actions.ping(endpoint, by=None)
    send_all(endpoint)
    headers, body = receiver.got[0]
    assert verify(old, headers, body) == verify(new, headers, body)
    with clock.at(clock.now() + timedelta(hours=25)):
        actions.ping(endpoint, by=None)
        send_all(endpoint)
    assert len(receiver.got[-1][0]["webhook-signature"].split()) == 1


def test_a_redirect_is_not_followed(receiver):
    option = an_option()
    endpoint, _secret = an_endpoint(receiver, option.product.seller)
    receiver.status = 302
    an_order(option, paid=True)
    send_all(endpoint)
    assert len(receiver.got) == 1 and Attempt.objects.get().http_status == 302


def test_an_address_that_does_not_answer_is_an_attempt_with_its_reason(receiver):
    endpoint, _secret = an_endpoint(receiver, an_option().product.seller)
    Endpoint.objects.update(url="http://localhost:9/")
    actions.ping(endpoint, by=None)
    send_all(endpoint)
    attempt = Attempt.objects.get()
    assert attempt.http_status is None and "ConnectError" in attempt.answer


def test_secrets_are_sealed(receiver):
    _endpoint, secret = an_endpoint(receiver, an_option().product.seller)
    assert secret.encode() not in bytes(Endpoint.objects.get().secret_sealed)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("::1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::", False),
        ("fd00::1", False),
        ("fe80::1%eth0", False),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
    ],
)
def test_only_public_addresses_are_called_in_production(monkeypatch, address, public):
    monkeypatch.setattr(guard, "load", lambda: type("C", (), {"mode": "production"}))
    monkeypatch.setattr(guard.socket, "getaddrinfo", lambda *a, **k: [(0, 0, 0, "", (address, 0))])
    if public:
        assert guard.address_of("https://hooks.example.com/x") == address
    else:
        with pytest.raises(BadAddress):
            guard.address_of("https://hooks.example.com/x")


def test_a_name_with_one_private_address_among_public_ones_is_refused(monkeypatch):
    monkeypatch.setattr(guard, "load", lambda: type("C", (), {"mode": "production"}))
    answers = [(0, 0, 0, "", (address, 0)) for address in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(guard.socket, "getaddrinfo", lambda *a, **k: answers)
    with pytest.raises(BadAddress):
        guard.address_of("https://hooks.example.com/x")


@pytest.mark.parametrize(
    "url", ["http://example.com/", "https://u:p@example.com/", "https://example.com:22/", "ftp://x"]
)
def test_only_plain_https_in_production(monkeypatch, url):
    monkeypatch.setattr(guard, "load", lambda: type("C", (), {"mode": "production"}))
    with pytest.raises(BadAddress):
        guard.address_of(url)


def test_the_connection_goes_to_the_address_that_was_looked_at(receiver, monkeypatch):
    """A name that answers with another address the second time gains nothing."""
    endpoint, _secret = an_endpoint(receiver, an_option().product.seller)
    Endpoint.objects.update(url=receiver.url.replace("localhost", "hooks.example.com"))
    monkeypatch.setattr(guard, "_look_up", lambda host: ["127.0.0.1"])
    actions.ping(endpoint, by=None)
    send_all(endpoint)
    assert receiver.got[0][0]["Host"].startswith("hooks.example.com:")


def test_waits_grow_and_are_spread():
    waits = [rules.wait_after(n, 0.5).total_seconds() for n in range(1, 12)]
    assert waits == sorted(waits) and waits[0] == 5 and waits[-1] == 28_800
    assert rules.wait_after(3, 0.0) < rules.wait_after(3, 0.99)


def test_every_topic_is_an_event_that_somebody_emits():
    source = "".join(path.read_text() for path in Path("src/dure").rglob("*.py"))
    assert [topic for topic in TOPICS if source.count(f'"{topic}"') < 2] == []


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_workers_do_not_send_one_message_twice(receiver):
    option = an_option(stock=50)
    endpoint, _secret = an_endpoint(receiver, option.product.seller)
    for _ in range(12):
        an_order(option, paid=True)
    outbox.deliver_due()
    at_once(4, lambda n: actions.deliver(endpoint))
    assert len(receiver.got) == 12 and len({headers["webhook-id"] for headers, _b in receiver.got}) == 12


def test_a_lines_events_arrive_in_the_order_in_which_they_happened(receiver):
    line = a_line()
    endpoint, _secret = an_endpoint(receiver, line.seller)
    orders.acknowledge(line, by=None)
    from dure.commerce.shipping import actions as shipping

    shipping.dispatch([line], "CJ", "600000000077", by=None)
    send_all(endpoint)
    assert receiver.topics() == ["product_order.paid", "product_order.acknowledged", "product_order.dispatched"]
