"""Who may ask what: every operation of the API for every kind of caller. What is not somebody's is not there for them.

A row names what each caller gets; the test fails for an operation that has no row.
"""

import pytest

from builders import a_commission_plan, a_line, a_person, an_option
from dure.commerce.cart.actions import start
from dure.commerce.reviews.actions import write
from dure.commerce.sellers.models import Member
from dure.finance.settlement.models import Statement
from dure.kit import clock, ids
from dure.sites.api.v1 import api
from dure.sites.api.v1.checkout import CART_PREFIX
from machines import Machine, a_key

pytestmark = pytest.mark.django_db

CALLERS = ["anybody", "buyer", "other_buyer", "owner", "other_owner", "product", "orders", "finance", "read_only"]
CALLERS += ["seller_key", "other_key", "shopfront", "house", "practice", "read_key"]
ALL = dict.fromkeys(CALLERS, 200)
NOBODY = dict.fromkeys(CALLERS, 401)
BUYERS = {
    c: 200
    for c in ["buyer", "other_buyer", "owner", "other_owner", "product", "orders", "finance", "read_only", "shopfront"]
}
CHECKOUT = {
    **dict.fromkeys(["seller_key", "other_key", "house", "practice", "read_key"], 403),
    "anybody": 401,
    **BUYERS,
}


def seller(area, *, mine=200, others=404, house=403, read=403, writes=False):
    """A seller's operation of an area of the shop: who of its people may, and the keys."""
    sees = {
        "products": "product orders finance read_only",
        "orders": "orders finance read_only",
        "finance": "finance read_only",
    }
    changes = {"products": "product", "orders": "orders", "finance": "finance"}
    people = (changes if writes else sees)[area].split()
    may = {c: mine if c in people else 403 for c in ("product", "orders", "finance", "read_only")}
    return {
        "anybody": 401,
        "buyer": 403,
        "other_buyer": 403,
        "owner": mine,
        "other_owner": others,
        **may,
        "seller_key": mine,
        "other_key": others,
        "shopfront": 403,
        "house": house,
        "practice": mine,
        "read_key": read,
    }


PEOPLE = {**NOBODY, **{c: 200 for c in BUYERS if c != "shopfront"}}
ROWS = {
    # operation: (method, path, body, what each caller gets)
    "list_categories": ("GET", "/categories", None, ALL),
    "list_products": ("GET", "/products", None, ALL),
    "get_product": ("GET", "/products/{product}", None, ALL),
    "list_product_reviews": ("GET", "/products/{product}/reviews", None, ALL),
    "create_cart": ("POST", "/carts", {"lines": [{"option": "{option}"}]}, {**CHECKOUT, **dict.fromkeys(BUYERS, 201)}),
    "get_cart": ("GET", "/carts/{cart}", None, CHECKOUT),
    "put_cart_line": ("PUT", "/carts/{cart}/lines/{option}", {"quantity": 2}, CHECKOUT),
    "place": (
        "POST",
        "/orders",
        {"cart": "{empty}", "address": "{address}"},
        {**CHECKOUT, **dict.fromkeys(BUYERS, 404)},
    ),
    "list_orders": ("GET", "/orders", None, {**NOBODY, **{c: 200 for c in BUYERS if c != "shopfront"}}),
    "list_addresses": ("GET", "/addresses", None, PEOPLE),
    "save_address": ("POST", "/addresses", "{address}", {**NOBODY, **{c: 201 for c in BUYERS if c != "shopfront"}}),
    "remove_address": ("DELETE", "/addresses/1", None, {**NOBODY, **{c: 404 for c in BUYERS if c != "shopfront"}}),
    "get_order": (
        "GET",
        "/orders/{order}",
        None,
        {
            **dict.fromkeys(CALLERS, 404),
            "anybody": 401,
            "buyer": 200,
        },
    ),
    "prepare_payment": (
        "POST",
        "/payments",
        {"order": "{order}"},
        {**CHECKOUT, **dict.fromkeys(BUYERS, 404), "buyer": 201},
    ),
    "confirm_payment": (
        "POST",
        "/payments/confirm",
        {"order": "{order}", "payment_key": "x", "amount": 1},
        {**CHECKOUT, **dict.fromkeys(BUYERS, 404), "buyer": 200},
    ),
    "list_own_products": ("GET", "/seller/products", None, seller("products", others=200, house=200)),
    "get_own_product": ("GET", "/seller/products/{product}", None, seller("products", house=200)),
    "create_product": (
        "POST",
        "/seller/products",
        {"seller": "{seller}", "category": "food", "name": "새 상품"},
        seller("products", mine=201, writes=True),
    ),
    "change_product": ("PATCH", "/seller/products/{product}", {"tagline": "x"}, seller("products", writes=True)),
    "put_options": (
        "PUT",
        "/seller/products/{product}/options",
        {"options": [{"id": "{option}", "name": "기본", "price": 10_000}]},
        seller("products", writes=True),
    ),
    "submit_product": ("POST", "/seller/products/{product}/submit", {}, seller("products", mine=409, writes=True)),
    "suspend_product": ("POST", "/seller/products/{product}/suspend", {}, seller("products", writes=True)),
    "resume_product": ("POST", "/seller/products/{product}/resume", {}, seller("products", mine=409, writes=True)),
    "put_stock": ("PUT", "/seller/options/{option}/stock", {"available": 5}, seller("products", writes=True)),
    "list_product_orders": ("GET", "/seller/product-orders", None, seller("orders", others=200, house=200, read=200)),
    "get_product_order": ("GET", "/seller/product-orders/{line}", None, seller("orders", house=200, read=200)),
    "acknowledge_product_order": (
        "POST",
        "/seller/product-orders/{line}/acknowledge",
        {},
        seller("orders", mine=409, writes=True),
    ),
    "dispatch_product_order": (
        "POST",
        "/seller/product-orders/{line}/dispatch",
        {"carrier": "CJ", "waybill": "600000000999"},
        seller("orders", mine=409, writes=True),
    ),
    "delay_product_order": (
        "POST",
        "/seller/product-orders/{line}/delay",
        {"reason": "CUSTOM_BUILD", "due": "2030-01-01"},
        seller("orders", mine=409, writes=True),
    ),
    "list_seller_claims": ("GET", "/seller/claims", None, seller("orders", others=200, house=200)),
    "get_seller_claim": ("GET", "/seller/claims/{claim}", None, seller("orders", house=200)),
    "complete_seller_claim": ("POST", "/seller/claims/{claim}/complete", {}, seller("orders", mine=409, writes=True)),
    "reject_seller_claim": (
        "POST",
        "/seller/claims/{claim}/reject",
        {"answer": "사용한 물건이에요."},
        seller("orders", writes=True),
    ),
    "collect_seller_claim": (
        "POST",
        "/seller/claims/{claim}/collect",
        {"carrier": "CJ", "waybill": "600000000888"},
        seller("orders", writes=True),
    ),
    "mark_seller_claim_collected": (
        "POST",
        "/seller/claims/{claim}/collected",
        {},
        seller("orders", mine=200, writes=True),
    ),
    "redeliver_seller_claim": (
        "POST",
        "/seller/claims/{claim}/redeliver",
        {"carrier": "CJ", "waybill": "600000000777"},
        seller("orders", mine=409, writes=True),
    ),
    "list_settlements": ("GET", "/seller/settlements", None, seller("finance", others=200, house=200)),
    "get_settlement": ("GET", "/seller/settlements/{statement}", None, seller("finance", house=200)),
    "list_settlement_lines": ("GET", "/seller/settlements/{statement}/lines", None, seller("finance", house=200)),
    "list_seller_reviews": (
        "GET",
        "/seller/reviews",
        None,
        seller("products", others=200, house=200),
    ),
}


def test_every_operation_has_its_row():
    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    told = {operation["operationId"] for methods in schema["paths"].values() for operation in methods.values()}
    assert told == set(ROWS)


@pytest.fixture
def world():
    """One of everything, all of one seller and one buyer; somebody else's beside it."""
    import uuid

    from dure.commerce.claims import actions as claims

    a_commission_plan()
    option = an_option(stock=100)
    line = a_line("DELIVERED", option=option)
    reviewed = a_line("DELIVERED", option=option)
    write(reviewed, rating=5, text="아주 맛있게 잘 먹었어요.", by=reviewed.order.buyer)
    type(option.product).objects.filter(pk=option.product_id).update(on_sale_at=clock.now())
    claim = claims.open_claim(
        line, "RETURN", quantity=1, reason="INTENT_CHANGED", key=uuid.uuid4(), by=line.order.buyer
    )
    zero = dict.fromkeys(("goods", "discounts", "shipping", "commission", "vat", "total", "pay_amount"), 0)
    statement = Statement.objects.create(seller=line.seller, number="S-1", due_date=clock.today(), **zero)
    cart = ids.code(32)
    start(CART_PREFIX + cart, [(option.pk, 1)])
    return {
        "line": line,
        "other": an_option().product.seller,
        "names": {
            "product": option.product_id,
            "option": option.pk,
            "seller": line.seller_id,
            "line": line.pk,
            "claim": claim.pk,
            "order": line.order.number,
            "statement": statement.pk,
            "cart": cart,
            "empty": "A" * 32,
            "address": {"receiver": "나", "phone": "010-1234-5678", "postcode": "03086", "address1": "서울"},
        },
    }


def as_caller(who, world, client):
    client.logout()
    seller, other = world["line"].seller, world["other"]
    roles = {"owner": "OWNER", "product": "PRODUCT", "orders": "ORDERS", "finance": "FINANCE", "read_only": "READ_ONLY"}
    if who in roles or who == "other_owner":
        person = a_person()
        shop, role = (other, "OWNER") if who == "other_owner" else (seller, roles[who])
        Member.objects.create(seller=shop, user=person, role=role) if role != "OWNER" else _own(shop, person)
        client.force_login(person)
        return Machine(client)
    if who in ("buyer", "other_buyer"):
        client.force_login(world["line"].order.buyer if who == "buyer" else a_person())
        return Machine(client)
    keys = {
        "anybody": lambda: "",
        "seller_key": lambda: a_key(seller),
        "other_key": lambda: a_key(other),
        "shopfront": lambda: a_key(),
        "house": lambda: a_key(holder="HOUSE"),
        "practice": lambda: a_key(seller, mode="test"),
        "read_key": lambda: a_key(seller, scopes=["orders:read"]),
    }
    return Machine(client, keys[who]())


def _own(shop, person):
    """A shop has one owner at a time; each caller of the matrix gets their turn."""
    Member.objects.update_or_create(seller=shop, role="OWNER", defaults={"user": person})


@pytest.mark.parametrize("name", ROWS)
def test_each_caller_gets_what_is_theirs(name, world, client, monkeypatch):
    from django.db import transaction

    monkeypatch.setattr("dure.sites.api.limits.ANYBODY", 10**6)
    monkeypatch.setattr("dure.sites.api.v1.checkout.payments.confirm", lambda *asked: _paid(world))
    method, path, body, expected = ROWS[name]
    got = {}
    for who in CALLERS:
        with transaction.atomic():  # what one caller did is not there for the next
            machine = as_caller(who, world, client)
            headers = {"If-Match": "*"} if method in ("PATCH", "PUT") else {}
            key = "k" if name in ("place", "create_product") else ""
            told = machine.ask(method, path.format(**world["names"]), _filled(body, world["names"]), key=key, **headers)
            got[who] = told.status_code
            if told.status_code >= 400:
                assert told["Content-Type"] == "application/problem+json"
            transaction.set_rollback(True)
    assert got == expected, told.content.decode()[:300]


def _paid(world):
    from dure.finance.payments.actions import prepare

    return prepare(world["line"].order)


def _filled(body, names):
    if isinstance(body, dict):
        return {key: _filled(value, names) for key, value in body.items()}
    if isinstance(body, list):
        return [_filled(value, names) for value in body]
    if isinstance(body, str) and body.startswith("{"):
        return names[body.strip("{}")]
    return body
