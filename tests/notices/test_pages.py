"""The pages: a buyer chooses, an owner sets roles, an operator writes and looks."""

from __future__ import annotations

import pytest

from builders import a_line, a_person, an_option
from dure.commerce.sellers.models import Member, Seller
from dure.kit.models import AuditEntry
from dure.messaging import consents
from dure.messaging.kinds import EMAIL, KINDS
from dure.messaging.models import Message, Preference, Route, Template
from dure.messaging.telling import tell
from dure.sites.notices import hearing
from messaging_builders import some_news

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer(client):
    person = a_person(phone="+821012345678")
    client.force_login(person)
    return person


@pytest.fixture
def operator(client):
    person = a_person("OPERATOR", phone="+821012345678")
    client.force_login(person)
    return person


def ticks(audience="BUYER", **changed):
    """What the form sends when nothing but `changed` is touched."""
    on = {
        f"{code}|{channel}"
        for code, kind in KINDS.items()
        if kind.audience == audience
        for channel in changed.get(code.replace(".", "_"), kind.ways)
    }
    return {"on": sorted(on)}


def test_a_buyer_chooses_by_which_ways(client, buyer, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        page = client.get("/notices/").content.decode()
    assert "알림 설정" in page and "결제가 끝났어요" in page and "쿠폰이 곧 사라져요" not in page
    client.post("/notices/", ticks(order_delivered=["EMAIL"]))
    chosen = {("TALK", False), ("TEXT", False), ("EMAIL", True)}
    assert {(p.channel, p.on) for p in Preference.objects.filter(kind="order.delivered")} == chosen
    client.post("/notices/", ticks(order_delivered=["EMAIL"]))
    assert Preference.objects.count() == 3


def test_what_the_law_wants_told_keeps_a_way_and_the_page_says_so(client, buyer):
    answer = client.post("/notices/", ticks(order_paid=[], order_delivered=["EMAIL"]))
    assert answer.status_code == 422
    assert "모두 끌 수는 없어요" in answer.content.decode()
    assert Preference.objects.filter(kind="order.delivered").exists()  # what could be done is done


def test_a_buyer_agrees_withdraws_and_reads_when(client, buyer):
    client.post("/notices/advertising/", {"purpose": ["AD_TEXT", "AD_NIGHT", "NONSENSE"]})
    assert consents.of_users([buyer.pk])[buyer.pk] == {"AD_TEXT", "AD_NIGHT"}
    client.post("/notices/advertising/", {})
    page = client.get("/notices/").content.decode()
    assert consents.of_users([buyer.pk]) == {}
    assert page.count("철회") >= 2


def test_the_number_is_checked_and_what_was_typed_stays(client, buyer):
    answer = client.post("/notices/phone/", {"phone": "010-12"})
    assert answer.status_code == 422 and "010-12" in answer.content.decode()
    client.post("/notices/phone/", {"phone": "010-9876-5432"})
    buyer.refresh_from_db()
    assert buyer.phone == "+821098765432"


def test_a_stop_link_works_without_signing_in_and_looking_changes_nothing(client):
    person = a_person()
    consents.change(person, [consents.AD_EMAIL], by=person)
    link = "/" + consents.stop_link(person.pk, EMAIL).split("/", 3)[3]
    assert client.get(link).status_code == 200
    assert consents.of_users([person.pk])
    assert client.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not consents.of_users([person.pk])
    assert client.get("/notices/stop/x.y/").status_code == 404


def test_the_settings_are_for_who_is_signed_in(client):
    for path in ("/notices/", "/notices/advertising/", "/notices/phone/"):
        assert client.post(path).status_code == 302


# Sellers


@pytest.fixture
def shop():
    shop = Seller.objects.create(name="순이네", status="APPROVED")
    Member.objects.create(seller=shop, user=a_person(), role="OWNER")
    return shop


def test_staff_hear_of_their_own_work_and_the_owner_sets_roles(client, shop):
    owner, packer = shop.members.get().user, a_person(phone="010-2222-3333")
    Member.objects.create(seller=shop, user=packer, role="ORDERS")
    client.force_login(packer)
    page = client.get("/seller/shop/notices/").content.decode()
    assert "클레임이 들어왔어요" in page and "정산금을 보냈어요" not in page
    assert client.get("/seller/shop/notices/?role=FINANCE").status_code == 403
    client.force_login(owner)
    assert "정산금을 보냈어요" in client.get("/seller/shop/notices/?role=FINANCE").content.decode()
    client.post("/seller/shop/notices/?role=ORDERS", ticks("SELLER", seller_claim_opened=["EMAIL"]))
    assert Preference.objects.filter(whose=f"role:{shop.pk}:ORDERS", kind="seller.claim_opened", on=True).exists()
    client.force_login(packer)
    assert 'value="seller.claim_opened|EMAIL" checked' in client.get("/seller/shop/notices/").content.decode()


def test_a_shop_sets_only_its_own(client, shop):
    client.force_login(shop.members.get().user)
    client.post("/seller/shop/notices/?role=ORDERS", ticks("SELLER", seller_claim_opened=["EMAIL"]))
    assert set(Preference.objects.values_list("whose", flat=True)) == {f"role:{shop.pk}:ORDERS"}


# The office


def test_an_operator_previews_saves_and_takes_back(client, operator, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        assert "결제가 끝났어요" in client.get("/office/notices/").content.decode()
    address = "/office/notices/order.paid/?channel=TEXT&language=ko"
    with django_assert_max_num_queries(12):
        page = client.get(address).content.decode()
    assert "바이트" in page and "김두레 님" in page
    page = client.post(address, {"body": "#{이름} 님, 미리 보기", "deed": "preview"}).content.decode()
    assert "김두레 님, 미리 보기" in page and not Template.objects.exists()
    wrong = client.post(address, {"body": "#{이름} 님, #{송장번호}", "deed": "save"})
    assert wrong.status_code == 422
    assert "송장번호" in wrong.content.decode() and "쓸 수 없는 변수" in wrong.content.decode()
    client.post(address, {"body": "첫 판", "deed": "save"})
    client.post(address, {"body": "둘째 판", "deed": "save"})
    first = Template.objects.get(number=1)
    client.post(f"/office/notices/versions/{first.pk}/restore/")
    assert Template.objects.get(status="LIVE") == first
    client.post(address, {"body": "첫 판", "deed": "default"})
    assert not Template.objects.filter(status="LIVE").exists()


@pytest.mark.parametrize("channel", ["EMAIL", "TALK", "TEXT"])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_kind_shows_how_it_looks(client, operator, channel, language):
    for code, kind in KINDS.items():
        if channel in kind.may:
            page = client.get(f"/office/notices/{code}/?channel={channel}&language={language}")
            assert page.status_code == 200, code


def test_a_sample_goes_to_the_operator(client, operator):
    client.post("/office/notices/order.paid/?channel=EMAIL", {"subject": "제목", "body": "본문", "deed": "try"})
    assert Message.objects.get().user == operator


def test_a_channel_is_turned_off_and_on_again(client, operator):
    client.post("/office/notices/order.delivered/route/", {"channel": "TEXT", "open": "0"})
    assert Route.objects.get().kind == "order.delivered"
    client.post("/office/notices/order.delivered/route/", {"channel": "TEXT", "open": "1"})
    assert not Route.objects.exists()


def test_the_log_is_masked_searched_exported_and_leaves_a_trace_of_its_readers(
    client, operator, django_assert_max_num_queries
):
    a_line(option=an_option())
    hearing.catch_up()
    for _ in range(5):
        tell([some_news()])
    with django_assert_max_num_queries(12):
        page = client.get("/office/messages/").content.decode()
    assert "010-****-5678" in page and "01012345678" not in page
    assert client.get("/office/messages/?to=010-1234-5678").content.decode().count("010-****-5678") == 5
    assert client.get("/office/messages/?export=xlsx").status_code == 200
    message = Message.objects.last()
    assert "주문해 주셔서" in client.get(f"/office/messages/{message.pk}/").content.decode()
    assert AuditEntry.objects.filter(action="messaging.read", actor=operator).count() == 1
    Message.objects.filter(pk=message.pk).update(status="DEAD", reason="UNKNOWN")
    client.post(f"/office/messages/{message.pk}/again/")
    message.refresh_from_db()
    assert message.status == "QUEUED"


def test_customer_service_reads_and_changes_no_words(client):
    client.force_login(a_person("CS"))
    assert client.get("/office/notices/order.paid/").status_code == 200
    assert client.post("/office/notices/order.paid/", {"body": "x", "deed": "save"}).status_code == 404
    assert client.post("/office/notices/register/").status_code == 403
    client.force_login(a_person("FINANCE"))
    assert client.get("/office/messages/").status_code == 403


def test_metrics_say_how_sending_stands(client):
    tell([some_news()])
    assert "dure_messages_waiting 1.0" in client.get("/metrics").content.decode()


def test_the_webhook_is_a_hint_and_nonsense_is_refused(client):
    post = lambda body: client.post("/api/webhooks/solapi", body, content_type="application/json")  # noqa: E731
    assert post('[{"data": {"groupId": "G4V"}}]').status_code == 200
    assert post("{}").status_code == 400
    assert post("nonsense").status_code == 400
