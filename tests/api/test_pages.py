"""Keys and webhooks on the pages of the seller centre and the office, and the guide for developers."""

import pytest

from builders import a_line, a_person, an_option
from dure.commerce.sellers.models import Member
from dure.kit import outbox
from dure.sites.api.hooks import actions as hooks
from dure.sites.api.models import ApiKey, Endpoint, Message
from machines import Machine, a_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(client):
    """The owner of a shop, signed in."""
    line = a_line()
    owner = a_person()
    Member.objects.create(seller=line.seller, user=owner, role="OWNER")
    client.force_login(owner)
    client.seller, client.line = line.seller, line
    return client


KEY = {"name": "창고 프로그램", "holder": "SELLER", "mode": "live", "days": "365", "scopes": ["orders:read"]}
UID = "8c1f5ad8-7a52-4d2c-9a16-6a2b6f1e9b11"


def test_an_owner_makes_a_key_that_is_shown_once_and_works(shop):
    told = shop.post("/seller/developers/keys/", {**KEY, "key": UID})
    secret = told.context["issued"].secret
    assert secret in told.content.decode()
    assert Machine(shop, secret).get("/seller/product-orders").status_code == 200
    again = shop.post("/seller/developers/keys/", {**KEY, "key": UID})
    assert again.status_code == 302 and ApiKey.objects.count() == 1
    page = shop.get("/seller/developers/").content.decode()
    assert ApiKey.objects.get().prefix in page and secret not in page


def test_a_key_for_naver_s_tools_comes_with_its_secret(shop):
    told = shop.post("/seller/developers/keys/", {**KEY, "for_naver_tools": "on", "key": UID})
    assert told.context["issued"].naver_secret.startswith("$2a$04$") and "/external" in told.content.decode()


def test_a_wrong_form_keeps_what_was_typed(shop):
    told = shop.post("/seller/developers/keys/", {**KEY, "scopes": [], "key": UID})
    assert told.status_code == 400 and "창고 프로그램" in told.content.decode() and not ApiKey.objects.exists()


def test_a_key_is_rotated_and_revoked(shop):
    a_key(shop.seller)
    key = ApiKey.objects.get()
    told = shop.post(f"/seller/developers/keys/{key.pk}/rotate/")
    assert told.context["issued"].key.pk != key.pk
    shop.post(f"/seller/developers/keys/{key.pk}/revoke/")
    key.refresh_from_db()
    assert key.revoked_at


def test_an_endpoint_is_added_tried_stopped_and_replayed(shop):
    told = shop.post("/seller/developers/endpoints/", {"url": "http://localhost:9/hook", "topics": [], "key": UID})
    assert told.context["secret"].startswith("whsec_")
    endpoint = Endpoint.objects.get()
    page = f"/seller/developers/endpoints/{endpoint.pk}/"
    sent = shop.post(f"{page}ping/")
    hooks.deliver(endpoint)
    shown = shop.get(sent["Location"]).content.decode()
    assert "ConnectError" in shown and f"msg_{Message.objects.get().uid.hex}" in shown
    shop.post(f"{page}off/")
    outbox.deliver_due()
    shop.post(f"{page}on/")
    day = Message.objects.earliest("id").created_at.astimezone().date()
    log = shop.get(page).content.decode()
    assert "결제 완료" in log
    from dure.kit import clock

    body = {"since": f"{clock.today()}", "until": f"{clock.today()}", "failed_only": "on"}
    shop.post(f"{page}replay/", body)
    assert set(Message.objects.values_list("status", flat=True)) == {"WAITING"} and day
    assert shop.get(f"{page}?export=xlsx")["Content-Type"].startswith("application/vnd")


def test_nobody_opens_what_belongs_to_another_shop(shop):
    other = an_option().product.seller
    a_key(other)
    endpoint, _secret = hooks.add_endpoint("http://localhost:9/", [], by=None, seller=other)
    message = hooks.ping(endpoint, by=None)
    key = ApiKey.objects.get()
    for method, path in (
        ("post", f"keys/{key.pk}/revoke/"),
        ("post", f"keys/{key.pk}/rotate/"),
        ("get", f"endpoints/{endpoint.pk}/"),
        ("post", f"endpoints/{endpoint.pk}/ping/"),
        ("post", f"endpoints/{endpoint.pk}/remove/"),
        ("get", f"messages/{message.pk}/"),
        ("post", f"messages/{message.pk}/replay/"),
    ):
        assert getattr(shop, method)(f"/seller/developers/{path}").status_code == 404, path


@pytest.mark.parametrize("role", ["PRODUCT", "ORDERS", "FINANCE", "READ_ONLY"])
def test_keys_are_the_owner_s_business(client, seller_of, role):
    client.force_login(seller_of(a_line(), role))
    assert client.get("/seller/developers/").status_code == 403


def test_the_house_makes_keys_for_shop_fronts(client):
    client.force_login(a_person("OPERATOR", is_staff=True))
    body = {**KEY, "holder": "SHOPFRONT", "scopes": ["checkout:write"], "key": UID}
    secret = client.post("/office/developers/keys/", body).context["issued"].secret
    assert ApiKey.objects.get().holder == "SHOPFRONT"
    assert Machine(client, secret).get("/carts/" + "A" * 32).status_code == 404
    client.force_login(a_person("CS", is_staff=True))
    assert client.get("/office/developers/").status_code == 403


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_guide_tells_every_operation_in_both_languages(client, language):
    told = client.get("/developers/", headers={"Accept-Language": language}).content.decode()
    for operation in ("acknowledge_product_order", "create_cart", "confirm_payment"):
        assert f'id="op-{operation}"' in told
    assert ("발주확인" if language == "ko" else "Acknowledge") in told
    assert "http://cdn" not in told and "https://cdn" not in told


def test_an_error_of_any_room_has_its_place_in_the_list(client):
    told = client.get("/developers/errors/").content.decode()
    for code in ("sold_out", "scope_missing", "payment_refused", "bad_waybill"):
        assert f'id="{code}"' in told


def test_a_visitor_tries_a_request_without_a_script(client):
    option = an_option()
    told = client.post("/developers/try/", {"method": "GET", "path": f"/api/v1/products/{option.product_id}"})
    assert "HTTP 200" in told.content.decode() and option.product.name in told.content.decode()
    line = a_line()
    secret = a_key(line.seller, mode="test")
    path = f"/api/v1/seller/product-orders/{line.pk}/acknowledge"
    told = client.post("/developers/try/", {"method": "POST", "path": path, "credential": secret, "body": "{}"})
    line.refresh_from_db()
    assert "rolled-back" in told.content.decode() and line.acknowledged_at is None
    live = client.post(
        "/developers/try/", {"method": "GET", "path": "/api/v1/products", "credential": a_key(line.seller)}
    )
    assert live.status_code == 400
