"""The checklist, papers and decisions on their pages: who may open a paper, what a page costs."""

import io

import pytest
from django.urls import reverse
from PIL import Image

from builders import a_person, a_shipping_policy
from dure.commerce.sellers import actions
from dure.commerce.sellers.models import Document, Member, RegistryCheck, Seller
from dure.kit.models import AuditEntry

pytestmark = pytest.mark.django_db


def a_picture():
    out = io.BytesIO()
    Image.new("RGB", (800, 1100), "white").save(out, "JPEG")
    out.seek(0)
    out.name = "등록증.jpg"
    return out


@pytest.fixture
def shop():
    shop = Seller.objects.create(
        name="순이네", status="APPLYING", brn="1018100016", mail_order_number="2026-서울종로-1"
    )
    a_shipping_policy(shop)
    return shop


def a_member(shop, role="OWNER"):
    if role != "OWNER":
        a_member(shop)
    return Member.objects.create(seller=shop, user=a_person(), role=role).user


def test_a_paper_is_handed_in_and_seen_by_its_owner_and_the_reviewers_alone(client, shop):
    owner, colleague = a_member(shop), Member.objects.create(seller=shop, user=a_person(), role="READ_ONLY").user
    client.force_login(owner)
    form = {"kind": "BUSINESS", "upload": a_picture(), "expires_on": ""}
    assert client.post(reverse("seller:hand_in"), form).status_code == 302
    paper = Document.objects.get()
    page = client.get(reverse("seller:steps")).content.decode()
    assert "올렸어요. 운영팀이 확인해요." in page
    url, theirs = reverse("seller:document", args=[paper.pk]), reverse("office:document", args=[paper.pk])
    sent = client.get(url)
    assert sent["Content-Type"] == "image/webp" and "sandbox" in sent["Content-Security-Policy"]
    assert "no-store" in sent["Cache-Control"] and b"".join(sent.streaming_content)
    for person, address, status in [
        (colleague, url, 403), (a_member(Seller.objects.create(name="남의 가게")), url, 404),
        (a_person("FINANCE"), theirs, 403), (a_person("CS"), theirs, 403), (a_person(), theirs, 403),
    ]:  # fmt: skip
        client.force_login(person)
        assert client.get(address).status_code == status
    operator = a_person("OPERATOR")
    client.force_login(operator)
    assert client.get(theirs).status_code == 200
    assert AuditEntry.objects.filter(action="sellers.document_seen").count() == 2
    client.logout()
    assert client.get(url).status_code == client.get(theirs).status_code == 302


def test_a_wrong_file_is_said_beside_it(client, shop):
    client.force_login(a_member(shop))
    bad = io.BytesIO(b"MZ not a paper")
    bad.name = "등록증.pdf"
    answer = client.post(reverse("seller:hand_in"), {"kind": "BUSINESS", "upload": bad})
    assert answer.status_code == 422 and "PDF나 사진" in answer.content.decode()
    assert client.post(reverse("seller:hand_in"), {"kind": "NOPE"}).status_code == 422


def test_again_asks_the_register_and_the_page_waits_for_it(client, shop):
    client.force_login(a_member(shop))
    assert client.post(reverse("seller:ask_again", args=["MAIL_ORDER"])).status_code == 302
    assert RegistryCheck.objects.get().state == "ASKING"
    assert 'hx-trigger="every 3s"' in client.get(reverse("seller:steps")).content.decode()
    assert client.post(reverse("seller:ask_again", args=["NOPE"])).status_code == 404


def test_the_operator_decides_on_one_screen(client, shop):
    operator = a_person("OPERATOR")
    owner = a_member(shop)
    paper = actions.hand_in(shop, kind="BUSINESS", upload=a_picture(), by=owner)
    Seller.objects.filter(pk=shop.pk).update(status="IN_REVIEW")
    client.force_login(operator)
    url = reverse("office:seller", args=[shop.pk])
    page = client.get(url).content.decode()
    assert "사업자등록증" in page and "바깥에서 들은 답" in page and reverse("office:document", args=[paper.pk]) in page
    refused = client.post(reverse("office:decide_document", args=[paper.pk]), {"refuse": "1", "why": ""})
    assert refused.status_code == 400 and "이유를 적어 주세요" in refused.content.decode()
    client.post(reverse("office:decide_document", args=[paper.pk]), {"refuse": "1", "why": "글자가 흐려요"})
    client.post(
        reverse("office:decide_seller", args=[shop.pk]),
        {"verdict": "return", "mend-DOC_BUSINESS": "더 밝게 찍어 주세요"},
    )
    client.force_login(owner)
    page = client.get(reverse("seller:steps")).content.decode()
    assert "더 밝게 찍어 주세요" in page and "글자가 흐려요" in page


def test_a_shop_is_stopped_and_says_what_keeps_it_from_closing(client, shop):
    from builders import a_line, an_option

    Seller.objects.filter(pk=shop.pk).update(status="APPROVED")
    a_line(option=an_option(seller=shop))
    client.force_login(a_person("OPERATOR"))
    decide = reverse("office:decide_seller", args=[shop.pk])
    assert client.post(decide, {"verdict": "suspend", "reason": ""}).status_code == 400
    assert client.post(decide, {"verdict": "suspend", "reason": "늦은 배송"}).status_code == 302
    assert "구매확정 전 주문 1" in client.get(reverse("office:seller", args=[shop.pk])).content.decode()
    assert client.post(decide, {"verdict": "close", "reason": "끝"}).status_code == 409
    assert client.post(decide, {"verdict": "nonsense"}).status_code == 404


def test_an_operator_invites_by_link_and_qr(client):
    client.force_login(a_person("OPERATOR"))
    assert client.post(reverse("office:invite_seller"), {"shop_name": ""}).status_code == 422
    answer = client.post(reverse("office:invite_seller"), {"shop_name": "새 가게", "name": "한순이"})
    page = client.get(answer.url).content.decode()
    assert "/seller/join/" in page and "<svg" in page


def test_the_pages_cost_few_queries(client, shop, django_assert_max_num_queries):
    owner = a_member(shop)
    for kind in Document.Kind.values:
        actions.hand_in(shop, kind=kind, upload=a_picture(), by=owner)
    client.force_login(owner)
    with django_assert_max_num_queries(14):
        client.get(reverse("seller:steps"))
    client.force_login(a_person("OPERATOR"))
    with django_assert_max_num_queries(26):
        client.get(reverse("office:seller", args=[shop.pk]))
