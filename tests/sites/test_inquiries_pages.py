"""Questions and talks on the three surfaces: who reads what, and what a page costs."""

import io
import uuid

import pytest
from django.urls import reverse
from PIL import Image

from builders import a_line, a_person, an_option
from dure.commerce.inquiries import actions
from dure.commerce.inquiries.models import Message, Question, Thread
from dure.commerce.sellers.models import Member

pytestmark = pytest.mark.django_db
PHONE = "010-1234-5678"


@pytest.fixture
def product():
    return an_option(name="사과").product


def a_picture():
    out = io.BytesIO()
    Image.new("RGB", (400, 300), (200, 120, 60)).save(out, "JPEG")
    out.seek(0)
    out.name = "photo.jpg"
    return out


def staff_of(seller, role="OWNER"):
    person = a_person(name="한순이")
    if role != "OWNER":
        Member.objects.create(seller=seller, user=a_person(), role="OWNER")
    Member.objects.create(seller=seller, user=person, role=role)
    return person


def asked(product, **told):
    told = {
        "text": f"언제 따나요? {PHONE}",
        "secret": False,
        "key": uuid.uuid4(),
        "by": a_person(name="나구매"),
        **told,
    }
    return actions.ask(product, **told)


def test_a_question_is_asked_answered_and_read_without_a_telephone_number(client, product):
    page = reverse("shop:questions", args=[product.pk])
    assert "로그인하고 문의하기" in client.get(page).content.decode()
    buyer = a_person(name="나구매")
    client.force_login(buyer)
    form = {"text": f"언제 따나요? {PHONE}", "key": str(uuid.uuid4())}
    for _ in range(2):  # a double submit
        assert client.post(reverse("shop:ask", args=[product.pk]), form).status_code == 302
    question = Question.objects.get()
    assert PHONE in client.get(page).content.decode()

    seller = staff_of(product.seller, "PRODUCT")
    client.force_login(seller)
    listed = client.get(reverse("seller:questions")).content.decode()
    assert "언제 따나요?" in listed and '<span class="count">1</span>' in listed
    assert client.post(reverse("seller:question", args=[question.pk]), {"text": "시월에요"}).status_code == 302

    client.force_login(a_person())
    public = client.get(page).content.decode()
    assert "시월에요" in public and "나**" in public and PHONE not in public and "나구매" not in public


def test_a_secret_question_is_read_by_its_asker_and_the_seller_alone(client, product):
    asker = a_person()
    question = asked(product, secret=True, by=asker, text="선물이에요")
    page = reverse("shop:questions", args=[product.pk])
    for person in (None, a_person(), a_person("MD")):
        client.logout() if person is None else client.force_login(person)
        assert "선물이에요" not in client.get(page).content.decode()
        assert "선물이에요" not in client.get(page, {"q": "선물"}).content.decode()
    client.force_login(asker)
    assert "선물이에요" in client.get(page).content.decode()
    client.force_login(staff_of(product.seller))
    assert "선물이에요" in client.get(reverse("seller:question", args=[question.pk])).content.decode()
    assert client.get(reverse("shop:report_question", args=[question.pk])).status_code == 404


def test_nothing_typed_is_lost(client, product):
    client.force_login(a_person())
    answer = client.post(reverse("shop:ask", args=[product.pk]), {"text": "가" * 2001, "key": str(uuid.uuid4())})
    assert answer.status_code == 422 and "가" * 2001 in answer.content.decode()
    assert client.post(reverse("shop:ask", args=[product.pk]), {"text": "가", "key": "no"}).status_code == 422


def test_a_talk_about_an_order_with_a_photo_and_the_house_joins(client):
    line = a_line()
    client.force_login(line.order.buyer)
    start = reverse("shop:new_inquiry", args=[line.pk])
    assert start in client.get(reverse("shop:order", args=[line.order.number])).content.decode()
    form = {"topic": "DELIVERY", "text": "언제 오나요?", "key": str(uuid.uuid4()), "photos": [a_picture()]}
    assert client.post(start, form).status_code == 302
    thread = Thread.objects.get()
    assert thread.messages.get().photos.count() == 1

    client.force_login(staff_of(line.seller, "ORDERS"))
    url = reverse("seller:inquiry", args=[thread.pk])
    assert "언제 오나요?" in client.get(url).content.decode()
    assert client.post(url, {"text": "오늘 보내요", "key": str(uuid.uuid4())}).status_code == 302

    client.force_login(a_person("CS"))
    url = reverse("office:inquiry", args=[thread.pk])
    assert client.post(url, {"text": "함께 볼게요", "key": str(uuid.uuid4())}).status_code == 302

    client.force_login(line.order.buyer)
    page = client.get(reverse("shop:inquiry", args=[thread.pk])).content.decode()
    assert "오늘 보내요" in page and "두레 상담" in page and "함께 볼게요" in page
    assert Message.objects.count() == 3


def test_another_shops_and_another_buyers_talks_are_not_there(client, product):
    line = a_line()
    thread = actions.open_thread(
        line.order, line.seller, topic="OTHER", text="비밀이에요", key=uuid.uuid4(), by=line.order.buyer
    )
    question = asked(line.option.product)
    client.force_login(staff_of(product.seller))
    assert client.get(reverse("seller:inquiry", args=[thread.pk])).status_code == 404
    assert client.post(reverse("seller:question", args=[question.pk]), {"text": "가로채기"}).status_code == 404
    client.force_login(a_person())
    assert client.get(reverse("shop:inquiry", args=[thread.pk])).status_code == 404
    assert client.get(reverse("shop:new_inquiry", args=[line.pk])).status_code == 404
    assert client.post(reverse("shop:take_back_question", args=[question.pk])).status_code == 404


@pytest.mark.parametrize(("role", "question", "thread"), [
    ("PRODUCT", 302, 403), ("ORDERS", 302, 302), ("FINANCE", 403, 403), ("READ_ONLY", 403, 403),
])  # fmt: skip
def test_who_of_a_shop_may_answer(client, role, question, thread):
    line = a_line()
    made = actions.open_thread(
        line.order, line.seller, topic="OTHER", text="여보세요", key=uuid.uuid4(), by=line.order.buyer
    )
    asked_now = asked(line.option.product)
    client.force_login(staff_of(line.seller, role))
    answer = client.post(reverse("seller:question", args=[asked_now.pk]), {"text": "네"})
    assert answer.status_code == question
    said = client.post(reverse("seller:inquiry", args=[made.pk]), {"text": "네", "key": str(uuid.uuid4())})
    assert said.status_code == thread


def test_a_saved_answer_is_called_up_saved_and_brought_back(client, product):
    client.force_login(staff_of(product.seller))
    question = asked(product)
    client.post(reverse("seller:save_answer_template"), {"title": "수확", "text": "시월 말에 따요."})
    template = product.seller.answer_templates.get()
    called = client.post(reverse("seller:question", args=[question.pk]), {"use_template": "1", "template": template.pk})
    assert called.status_code == 200 and called.content.decode().count("시월 말에 따요.") == 1
    assert client.post(reverse("seller:save_answer_template"), {"title": "수확", "text": "또"}).status_code == 422
    client.post(reverse("seller:remove_answer_template", args=[template.pk]))
    assert (
        "실행 취소" in (page := client.get(reverse("seller:answer_templates")).content.decode()) or "되돌리기" in page
    )


def test_a_reported_question_is_taken_down_with_a_reason(client, product):
    question = asked(product, text="딴 데서 사세요")
    client.force_login(a_person())
    url = reverse("shop:report_question", args=[question.pk])
    assert client.post(url, {"reason": " "}).status_code == 422
    assert client.post(url, {"reason": "광고예요"}).status_code == 302
    client.force_login(a_person("CS"))
    assert "광고예요" in client.get(reverse("office:question", args=[question.pk])).content.decode()
    made = question.reports.get()
    refused = client.post(reverse("office:decide_report", args=[made.pk]), {"verdict": "hide", "why": ""})
    assert refused.status_code == 422
    client.post(reverse("office:decide_report", args=[made.pk]), {"verdict": "hide", "why": "다른 가게 광고"})
    client.logout()
    assert "딴 데서" not in client.get(reverse("shop:questions", args=[product.pk])).content.decode()


def test_pages_cost_the_same_however_many_ask(client, product, django_assert_max_num_queries):
    for _ in range(12):
        asked(product)
        line = a_line(option=an_option(seller=product.seller))
        actions.open_thread(line.order, line.seller, topic="OTHER", text="네?", key=uuid.uuid4(), by=line.order.buyer)
    with django_assert_max_num_queries(12):
        client.get(reverse("shop:questions", args=[product.pk]))
    client.force_login(staff_of(product.seller))
    for name in ("questions", "inquiries"):
        with django_assert_max_num_queries(12):
            client.get(reverse(f"seller:{name}"))
    client.force_login(a_person("OPERATOR"))
    for name in ("questions", "inquiries"):
        with django_assert_max_num_queries(15):
            assert client.get(reverse(f"office:{name}")).status_code == 200


def test_a_guest_asks_about_the_order_this_browser_has_shown_to_be_its_own(client):
    line = a_line()
    type(line.order).objects.filter(pk=line.order_id).update(
        buyer=None,
        guest_name="손님",
        guest_email="guest@example.kr",
        guest_phone="+821012345678",
        guest_secret="x" * 64,
    )
    start = reverse("shop:new_inquiry", args=[line.pk])
    assert client.get(start).status_code == 302  # nobody yet
    session = client.session
    session["guest_orders"] = [line.order_id]
    session.save()
    form = {"topic": "DELIVERY", "text": "언제 오나요?", "key": str(uuid.uuid4())}
    assert client.post(start, form).status_code == 302
    thread = Thread.objects.get()
    assert thread.messages.get().author is None
    url = reverse("shop:inquiry", args=[thread.pk])
    client.post(url, {"text": "급해요", "key": str(uuid.uuid4())})
    assert "급해요" in client.get(url).content.decode()
    assert "언제 오나요?" not in client.get(reverse("shop:inquiries")).content.decode()  # the list shows no message
    session["guest_orders"] = []
    session.save()
    assert client.get(url).status_code == 302
