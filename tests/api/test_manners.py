"""What holds for every request: problems, idempotency, caching, limits, keys."""

from datetime import timedelta

import orjson
import pytest
from django.test import Client

from builders import a_line, a_person, an_option
from dure.commerce.catalog.models import Product
from dure.commerce.sellers.models import Member
from dure.kit import clock
from dure.sites.api import access, actions
from dure.sites.api.errors import BadScopes
from dure.sites.api.models import ApiKey
from machines import Machine, a_key

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "code"),
    [
        ("GET", "/nowhere", {}, 404, "not_found"),
        ("GET", "/products/999999999", {}, 404, "not_found"),
        ("DELETE", "/products", {}, 405, "method_not_allowed"),
        ("GET", "/products?limit=many", {}, 422, "invalid"),
        ("GET", "/products?q=%00", {}, 400, "malformed"),
        ("GET", "/seller/product-orders", {}, 401, "sign_in_first"),
        ("POST", "/seller/products", {"data": b"x=1", "content_type": "text/plain"}, 415, "not_json"),
        ("POST", "/seller/products", {"data": b"x" * 1_100_000, "content_type": "application/json"}, 413, "too_large"),
    ],
)
def test_every_refusal_is_a_problem(client, method, path, sent, status, code):
    told = client.generic(method, f"/api/v1{path}", **sent)
    assert told.status_code == status
    assert told["Content-Type"] == "application/problem+json"
    problem = told.json()
    assert problem["status"] == status and problem["code"] == code
    assert problem["detail"] and problem["request_id"] == told["X-Request-Id"]


def test_what_breaks_is_told_without_its_inside(client, monkeypatch):
    monkeypatch.setattr("dure.sites.api.v1.catalogue.shelves", lambda: 1 / 0)
    told = client.get("/api/v1/categories")
    assert told.status_code == 500 and told.json()["code"] == "internal_error"
    assert "division" not in told.content.decode()


def test_broken_json_and_wrong_values_name_the_field(client):
    machine = Machine(client, a_key(an_option().product.seller))
    headers = {"Authorization": f"Bearer {machine.credential}"}
    broken = client.generic("POST", "/api/v1/seller/products", b"{", "application/json", headers=headers)
    assert broken.status_code == 400 and broken.json()["code"] == "malformed"
    wrong = machine.post("/seller/products", {"category": "food", "name": "", "options": [{"name": "x", "price": 1}]})
    fields = {fault["field"] for fault in wrong.json()["errors"]}
    assert wrong.status_code == 422 and fields == {"name", "options.0.price"}


def test_sentences_follow_the_callers_language(client):
    korean = client.get("/api/v1/seller/product-orders")
    english = client.get("/api/v1/seller/product-orders", headers={"Accept-Language": "en"})
    assert korean.json()["detail"] == "로그인한 뒤에 다시 요청해 주세요."
    assert english.json()["detail"] == "Please sign in and ask again." and english["Content-Language"] == "en"


def test_the_same_key_is_one_deed_and_another_body_is_refused(client):
    machine = Machine(client, a_key(an_option().product.seller))
    body = {"category": "food", "name": "한 번만", "options": [{"name": "기본", "price": 1000}]}
    first, again = (machine.post("/seller/products", body, key="k1") for _ in range(2))
    assert first.json() == again.json() and again["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    assert Product.objects.filter(name="한 번만").count() == 1
    other = machine.post("/seller/products", {**body, "name": "다른 것"}, key="k1")
    assert other.status_code == 422 and other.json()["code"] == "idempotency_key_reused"
    missing = machine.post("/seller/products", body)
    assert missing.status_code == 400 and missing.json()["code"] == "idempotency_key_needed"


def test_a_key_of_one_caller_is_not_that_of_another(client):
    for seller in (an_option().product.seller, an_option().product.seller):
        body = {"category": "food", "name": "각자", "options": [{"name": "기본", "price": 1000}]}
        assert Machine(client, a_key(seller)).post("/seller/products", body, key="same").status_code == 201
    assert Product.objects.filter(name="각자").count() == 2


def test_what_has_not_changed_is_not_sent_again(client):
    first = client.get("/api/v1/categories")
    again = client.get("/api/v1/categories", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304 and not again.content and again["ETag"] == first["ETag"]


def test_a_caller_who_asks_too_much_is_told_when_to_come_back(client):
    machine = Machine(client, a_key(an_option().product.seller, per_minute=2))
    assert machine.get("/seller/products")["RateLimit"] == '"default";r=1;t=30'
    assert machine.get("/seller/products").status_code == 200
    refused = machine.get("/seller/products")
    assert refused.status_code == 429 and refused["Retry-After"] == "30"
    assert refused["RateLimit-Policy"] == '"default";q=2;w=60'


def test_a_scope_opens_only_what_it_names(client):
    line = a_line()
    machine = Machine(client, a_key(line.seller, scopes=["orders:read"]))
    assert machine.get("/seller/product-orders").status_code == 200
    refused = machine.post(f"/seller/product-orders/{line.pk}/acknowledge")
    assert refused.status_code == 403 and refused.json()["params"] == {"scope": "orders:write"}
    with pytest.raises(BadScopes):
        a_key(line.seller, scopes=["checkout:write"])


def test_a_revoked_an_expired_and_a_forged_key_open_nothing(client):
    seller = an_option().product.seller
    secret = a_key(seller)
    key = ApiKey.objects.get(seller=seller)
    assert Machine(client, secret[:-1] + "0").get("/products").status_code == 401
    actions.revoke_key(key, by=None)
    access.forget_keys()
    assert Machine(client, secret).get("/products").status_code == 401
    short = a_key(seller, expires_at=clock.now() + timedelta(minutes=1))
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert Machine(client, short).get("/products").status_code == 401


def test_only_a_hash_of_a_key_is_kept():
    secret = a_key(an_option().product.seller)
    row = ApiKey.objects.values().get()
    assert secret.rpartition("_")[2] not in orjson.dumps(row, default=str).decode()


def test_a_rotated_key_works_on_for_a_day(client):
    seller = an_option().product.seller
    old = a_key(seller)
    new = actions.rotate_key(ApiKey.objects.get(), by=None).secret
    access.forget_keys()
    assert [Machine(client, k).get("/seller/products").status_code for k in (old, new)] == [200, 200]
    with clock.at(clock.now() + timedelta(hours=25)):
        assert [Machine(client, k).get("/seller/products").status_code for k in (old, new)] == [401, 200]


def test_client_credentials_become_a_token_with_fewer_rights(client):
    line = a_line()
    secret = a_key(line.seller)
    told = client.post(
        "/oauth/token",
        {
            "grant_type": "client_credentials",
            "client_id": secret.rpartition("_")[0],
            "client_secret": secret,
            "scope": "orders:read",
        },
    ).json()
    assert told["token_type"] == "Bearer" and told["scope"] == "orders:read"
    machine = Machine(client, told["access_token"])
    assert machine.get("/seller/product-orders").status_code == 200
    assert machine.get("/seller/products").status_code == 403
    actions.revoke_key(ApiKey.objects.get(), by=None)
    access.forget_keys()
    assert machine.get("/seller/product-orders").status_code == 401


@pytest.mark.parametrize(
    ("sent", "status", "error"),
    [
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": "client_credentials", "client_id": "dk_live_X", "client_secret": "y"}, 401, "invalid_client"),
    ],
)
def test_a_token_is_refused_as_oauth_says(client, sent, status, error):
    told = client.post("/oauth/token", sent)
    assert told.status_code == status and told.json()["error"] == error


def test_a_practice_key_is_answered_and_leaves_nothing(client):
    line = a_line()
    machine = Machine(client, a_key(line.seller, mode="test"))
    told = machine.post(f"/seller/product-orders/{line.pk}/acknowledge")
    assert told.json()["acknowledged_at"] and told["Dure-Sandbox"] == "rolled-back"
    line.refresh_from_db()
    assert line.acknowledged_at is None


def test_a_browser_needs_the_token_against_forgery(seller_of):
    line = a_line()
    owner = a_person()
    Member.objects.create(seller=line.seller, user=owner, role="OWNER")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(owner)
    refused = browser.post(f"/api/v1/seller/product-orders/{line.pk}/acknowledge", {}, "application/json")
    assert refused.status_code == 403 and refused.json()["code"] == "csrf_failed"
