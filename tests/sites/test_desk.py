import re
import uuid
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from builders import a_brn, a_lead, a_market, a_person, a_phone
from dure.commerce.catalog import notices
from dure.commerce.catalog.models import Category, Product
from dure.commerce.sellers.models import Invitation
from dure.integrations.nts.client import Status
from dure.partnership import actions, queries
from dure.partnership.models import Assignment, ContactLog, Lead, LeadPhoto, MergeSuspect, Owner
from dure.people.models import Consent
from dure.sites.desk.views import capture as capture_views

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(autouse=True)
def tax_service(monkeypatch):
    """The tax service knows every number; `answers` overrides one."""
    answers = {}

    class Service:
        def status(self, numbers):
            return {
                n: answers.get(n, Status(n, "01", "계속사업자", "01", "부가가치세 일반과세자", None, {}))
                for n in numbers
            }

    monkeypatch.setattr(capture_views, "nts", Service)
    return answers


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def a_jpeg(colour="tomato"):
    raw = BytesIO()
    Image.new("RGB", (320, 240), colour).save(raw, "JPEG")
    raw.name, _ = "stall.jpg", raw.seek(0)
    return raw


def typed(**fields):
    base = {
        "name": "할머니한과",
        "phone": a_phone(),
        "contact": "on",
        "contact_version": "2026-11",
        "key": str(uuid.uuid4()),
    }
    return {k: v for k, v in {**base, **fields}.items() if v is not None}


# From the street to a lead


def test_a_market_is_found_by_name_initials_region_and_nearness():
    client = signed_in(a_person("FIELD"))
    near = a_market("광장시장", latitude=37.57, longitude=126.99)
    a_market("양동시장", road_address="광주광역시 서구 천변좌로 238", latitude=35.15, longitude=126.9)
    a_market("모란장", daily=False, fair_digits=[], road_address="경기도 성남시 1")
    url = reverse("desk:markets")
    for query in ("?q=광장", "?q=ㄱㅈㅅㅈ", "?region=서울특별시", "?q=창경궁로", "?q=광장&open=on"):
        said = text_of(client.get(url + query))
        assert "광장시장" in said and "양동시장" not in said, query
    said = text_of(client.get(url + "?lat=35.15&lng=126.9"))
    assert said.index("양동시장") < said.index("광장시장") and "0.0 km" in said
    assert "모란장" not in text_of(client.get(url + "?open=on"))
    assert "찾는 시장이 없어요" in text_of(client.get(url + "?q=없는시장"))
    assert client.get(reverse("desk:market", args=[near.pk])).status_code == 200


@pytest.mark.parametrize(
    "query", ["?region=화성", "?lat=abc&lng=1", "?lat=99&lng=126", "?page=999", "?q=" + "가" * 500]
)
def test_a_search_never_fails(query):
    a_market("광장시장")
    assert signed_in(a_person("FIELD")).get(reverse("desk:markets") + query).status_code == 200


def test_typing_in_the_search_swaps_the_list_only():
    a_market("광장시장")
    answer = signed_in(a_person("FIELD")).get(reverse("desk:markets") + "?q=광장", headers={"HX-Request": "true"})
    assert "광장시장" in answer.content.decode() and "<html" not in answer.content.decode()


def test_a_shop_is_captured_with_name_phone_consent_and_photo():
    worker, market = a_person("FIELD"), a_market()
    client = signed_in(worker)
    url = reverse("desk:capture", args=[market.pk])
    page = client.get(url).content.decode()
    assert 'name="key"' in page and "동의합니다" in page
    answer = client.post(url, typed(photos=[a_jpeg(), a_jpeg("gold")], interested="on"))
    lead = Lead.objects.get()
    assert answer.status_code == 302 and answer.url.startswith(reverse("desk:lead", args=[lead.pk]))
    assert (lead.status, lead.photos.count(), Consent.objects.get().purpose) == ("INTERESTED", 2, "CONTACT")
    assert "할머니한과" in text_of(client.get(answer.url))


def test_a_double_tap_makes_one_lead():
    client, market, fields = signed_in(a_person("FIELD")), a_market(), typed()
    first = client.post(reverse("desk:capture", args=[market.pk]), fields)
    again = client.post(reverse("desk:capture", args=[market.pk]), fields)
    assert first.url == again.url and Lead.objects.count() == ContactLog.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "name", "said"),
    [
        ({"name": None}, "name", "필수"),
        ({"phone": "12345"}, "phone", "전화번호를 다시 확인해 주세요"),
        ({"phone": None, "contact": None}, "phone", "가운데 하나는"),
        ({"contact": None}, "contact", "연락 동의가 필요해요"),
        ({"brn": "123-45-67890"}, "brn", "사업자등록번호가 맞지 않아요"),
        ({"next_step_on": "어제"}, "next_step_on", "날짜"),
        ({"contact_version": "1999-01"}, "contact", "동의 문구의 판"),
    ],
)
def test_a_mistake_is_told_beside_its_field_and_nothing_typed_is_lost(fields, name, said):
    client, market = signed_in(a_person("FIELD")), a_market()
    answer = client.post(reverse("desk:capture", args=[market.pk]), typed(stall="가-12", goods="한과와 강정", **fields))
    page = answer.content.decode()
    assert answer.status_code == 422 and not Lead.objects.exists() and not Owner.objects.exists()
    assert re.search(rf'id="id_{name}-error".*?{said}', page, re.S)
    assert 'value="가-12"' in page and 'value="한과와 강정"' in page


def test_pictures_survive_a_mistake_elsewhere_in_the_form():
    client, market = signed_in(a_person("FIELD")), a_market()
    url = reverse("desk:capture", args=[market.pk])
    refused = client.post(url, typed(photos=[a_jpeg()], contact=None))
    kept = re.search(r'name="kept" value="([^"]+)"', refused.content.decode()).group(1)
    client.post(url, typed(kept=kept))
    assert LeadPhoto.objects.count() == 1
    client.post(url, typed(kept="forged.token"))
    assert LeadPhoto.objects.count() == 1


def test_what_is_no_picture_is_told_beside_the_camera():
    client, market = signed_in(a_person("FIELD")), a_market()
    fake = BytesIO(b"<?php echo 1; ?>")
    fake.name = "photo.jpg"
    answer = client.post(reverse("desk:capture", args=[market.pk]), typed(photos=[fake]))
    assert answer.status_code == 422 and "사진 파일이 아니거나 깨졌어요" in text_of(answer)


def test_a_known_shop_is_shown_while_typing_and_recognised_when_sent():
    phone, market, worker = a_phone(), a_market(), a_person("FIELD")
    lead = a_lead(phone=phone, place=market, name="순자네 한과")
    client = signed_in(worker)
    said = client.post(reverse("desk:check", args=[market.pk]), {"phone": phone, "name": "한과"})
    assert "이미 발굴한 업체예요: 순자네 한과" in text_of(said)
    assert reverse("desk:lead", args=[lead.pk]) not in said.content.decode(), "not yet met by this worker"
    answer = client.post(reverse("desk:capture", args=[market.pk]), typed(phone=phone), follow=True)
    assert Lead.objects.count() == 1 and "이미 발굴한 업체예요" in text_of(answer)
    client.post(reverse("desk:capture", args=[market.pk]), typed(phone=phone, name="2호점", another_shop="on"))
    assert Lead.objects.count() == 2


def test_the_business_number_is_checked_while_typing(tax_service):
    market, brn = a_market(), a_brn()
    client = signed_in(a_person("FIELD"))
    check = reverse("desk:check", args=[market.pk])
    assert "국세청에 등록된 사업자예요" in text_of(client.post(check, {"brn": brn}))
    assert "맞지 않아요" in text_of(client.post(check, {"brn": "1234567890"}))
    assert text_of(client.post(check, {"brn": "12345"})).strip() == ""
    closed = a_brn()
    tax_service[closed] = Status(closed, "03", "폐업자", "01", "", None, {})
    assert "폐업자" in text_of(client.post(check, {"brn": closed}))


def test_a_tax_service_that_is_away_holds_nobody_up(monkeypatch):
    from dure.kit.http import OutsideError

    def away():
        raise OutsideError("nts", "UNREACHABLE", "", unknown=True)

    monkeypatch.setattr(capture_views, "nts", away)
    client, market = signed_in(a_person("FIELD")), a_market()
    assert "연결되는 대로 저희가" in text_of(client.post(reverse("desk:check", args=[market.pk]), {"brn": a_brn()}))


def test_a_shop_that_looks_alike_is_shown_and_decided_by_a_person():
    market, worker = a_market(), a_person("FIELD")
    a_lead(place=market, worker=worker, name="할머니한과")
    client = signed_in(worker)
    assert "비슷한 점포가 있어요" in text_of(
        client.post(reverse("desk:check", args=[market.pk]), {"name": "할머니 항과"})
    )
    page = client.post(reverse("desk:capture", args=[market.pk]), typed(name="할머니 항과"), follow=True)
    assert "같은 곳이에요" in text_of(page)
    suspect = MergeSuspect.objects.get()
    assert "할머니 항과" in text_of(client.get(reverse("desk:duplicates")))
    answer = client.post(reverse("desk:decide_duplicate", args=[suspect.pk]), {"verdict": "same"})
    assert answer.status_code == 302 and Lead.objects.current().count() == 1
    assert client.post(reverse("desk:decide_duplicate", args=[suspect.pk]), {"verdict": "same"}).status_code == 404


# A lead


def test_a_contact_is_logged_once_and_shown_in_the_history():
    lead = a_lead()
    client, key = signed_in(lead.captured_by), str(uuid.uuid4())
    fields = {"channel": "PHONE", "outcome": "INTERESTED", "note": "다음 주에 사진을 보내신대요", "key": key}
    for _ in range(2):
        client.post(reverse("desk:contact", args=[lead.pk]), fields)
    said = text_of(client.get(reverse("desk:lead", args=[lead.pk])))
    assert said.count("다음 주에 사진을 보내신대요") == 1 and "전화 · 관심 있음" in said and "심사에 올리기" in said


def test_a_message_without_consent_is_refused_in_the_form():
    worker = a_person("FIELD")
    lead = a_lead(worker=worker, phone="", brn=a_brn(), consents={})
    fields = {"channel": "MESSAGE", "outcome": "MET", "note": "긴 메모", "key": str(uuid.uuid4())}
    answer = signed_in(worker).post(reverse("desk:contact", args=[lead.pk]), fields)
    assert answer.status_code == 422 and "연락에 동의하지 않은" in text_of(answer) and "긴 메모" in text_of(answer)


def test_a_correction_with_a_mistake_comes_back_in_its_dialog():
    lead = a_lead(name="할머니한과")
    answer = signed_in(lead.captured_by).post(
        reverse("desk:amend", args=[lead.pk]), {"shop-name": "순자네", "shop-phone": "010"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422 and "data-open" in page and 'value="순자네"' in page
    ok = {"shop-name": "순자네", "shop-phone": lead.shop.owner.phone}
    assert signed_in(lead.captured_by).post(reverse("desk:amend", args=[lead.pk]), ok).status_code == 302
    lead.shop.refresh_from_db()
    assert lead.shop.name == "순자네"


def test_photos_are_added_and_consent_withdrawn():
    lead = a_lead()
    client = signed_in(lead.captured_by)
    client.post(reverse("desk:photos", args=[lead.pk]), {"photos": [a_jpeg()]})
    assert client.post(reverse("desk:photos", args=[lead.pk]), {}).status_code == 422
    assert lead.photos.count() == 1
    client.post(reverse("desk:withdraw", args=[lead.pk]))
    lead.refresh_from_db()
    assert lead.status == "DECLINED"


def test_the_list_is_searched_filtered_and_exported():
    worker = a_person("FIELD")
    a_lead(worker=worker, name="할머니한과")
    a_lead("INTERESTED", worker=worker, name="형제상회")
    client = signed_in(worker)
    url = reverse("desk:leads")
    assert "형제상회" not in text_of(client.get(url + "?q=한과"))
    assert "할머니한과" not in text_of(client.get(url + "?status=INTERESTED"))
    assert client.get(url + "?next=due").status_code == 200
    file = client.get(url + "?export=xlsx")
    assert file.status_code == 200 and b"".join(file.streaming_content)[:2] == b"PK"


# Screening, selection, MD


def scores(product, will):
    rubric = queries.current_rubric()
    return {f"score_{c['code']}": str(product if c["axis"] == "PRODUCT" else will) for c in rubric.criteria}


def test_a_reviewer_scores_and_selects_and_gives_it_an_md():
    lead, reviewer, md = a_lead("SCREENING"), a_person("REVIEWER"), a_person("MD", name="이엠디")
    client = signed_in(reviewer)
    url = reverse("desk:screen", args=[lead.pk])
    assert "트랙 정하기" not in text_of(client.get(url)), "first the scores"
    client.post(url, {**scores(5, 1), "comment": "맛은 최고예요"})
    page = text_of(client.get(url))
    assert "제안: 대행" in page and "맛은 최고예요" in page
    refused = client.post(reverse("desk:select", args=[lead.pk]), {"route": "DONE_FOR_YOU", "reason": ""})
    assert refused.status_code == 422
    client.post(reverse("desk:select", args=[lead.pk]), {"route": "DONE_FOR_YOU", "reason": "혼자 운영은 어려워요"})
    lead.refresh_from_db()
    assert (lead.status, lead.route) == ("SELECTED", "DONE_FOR_YOU")
    assert "지금 0곳" in text_of(client.get(reverse("desk:lead", args=[lead.pk])))
    client.post(reverse("desk:assign", args=[lead.pk]), {"md": md.pk})
    assert Assignment.objects.get().md == md
    said = text_of(signed_in(md).get(reverse("desk:merchants")))
    assert lead.shop.name in said and "점주에게 초대 링크를 보내" in said


def test_a_missing_score_is_told_and_the_others_stay():
    lead, fields = a_lead("SCREENING"), scores(4, 3)
    del fields["score_appeal"]
    answer = signed_in(a_person("REVIEWER")).post(reverse("desk:screen", args=[lead.pk]), {**fields, "comment": "메모"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "0점에서 5점 사이로" in page and page.count("checked") == 7 and "메모" in page


def test_an_md_invites_the_owner_by_link_message_and_qr():
    lead, md = a_lead("SELECTED", name="할머니한과"), a_person("MD")
    actions.assign(lead, md, by=a_person("REVIEWER"))
    client = signed_in(md)
    for _ in range(2):
        client.post(reverse("desk:invite", args=[lead.pk]))
    page = client.get(reverse("desk:lead", args=[lead.pk])).content.decode()
    code = Invitation.objects.get().code
    assert f"{code}" in page and "[두레] 할머니한과 사장님" in page and "invite__qr" in page and "<svg" in page
    assert "초대를 보냄" in page


@pytest.mark.parametrize(("verdict", "status"), [("defer", "DEFERRED"), ("decline", "DECLINED")])
def test_turning_away_needs_a_reason(verdict, status):
    lead, client = a_lead("SCREENING"), signed_in(a_person("REVIEWER"))
    actions.screen(
        lead,
        queries.current_rubric(),
        {c["code"]: 1 for c in queries.current_rubric().criteria},
        by=a_person("REVIEWER"),
    )
    url = reverse("desk:turn_away", args=[lead.pk])
    assert client.post(url, {"verdict": verdict, "reason": ""}).status_code == 422
    client.post(url, {"verdict": verdict, "reason": "추석 뒤에 다시 이야기하기로"})
    lead.refresh_from_db()
    assert lead.status == status


def test_a_second_decision_is_told_politely():
    lead, client = a_lead("SELECTED"), signed_in(a_person("REVIEWER"))
    answer = client.post(reverse("desk:select", args=[lead.pk]), {"route": "LEARN", "reason": "다시"})
    assert answer.status_code in (409, 422) and "이미 처리되었거나" in text_of(answer)


def test_the_board_and_today_show_what_is_there():
    lead, reviewer = a_lead("SCREENING", name="할머니한과"), a_person("REVIEWER")
    client = signed_in(reviewer)
    assert "할머니한과" in text_of(client.get(reverse("desk:board")))
    assert "심사할 업체" in text_of(client.get(reverse("desk:today")))
    said = text_of(signed_in(a_person("FIELD")).get(reverse("desk:today")))
    assert "첫 업체를 발굴해 볼까요?" in said
    assert lead.shop.place.name in text_of(signed_in(lead.captured_by).get(reverse("desk:today")))


# Who may


PAGES = {
    "today": "FIELD REVIEWER MD OPERATOR",
    "markets": "FIELD REVIEWER MD OPERATOR",
    "leads": "FIELD REVIEWER MD OPERATOR",
    "board": "REVIEWER OPERATOR",
    "merchants": "REVIEWER MD OPERATOR",
    "duplicates": "FIELD REVIEWER OPERATOR",
}


@pytest.mark.parametrize("role", ["", "FIELD", "REVIEWER", "MD", "OPERATOR", "CREATOR", "FINANCE", "CS"])
def test_each_role_opens_its_own_pages_and_no_others(role):
    client = signed_in(a_person(*filter(None, [role])))
    opened = {name for name in PAGES if client.get(reverse(f"desk:{name}")).status_code == 200}
    assert opened == {name for name, roles in PAGES.items() if role in roles.split()}
    market = a_market()
    assert (client.get(reverse("desk:capture", args=[market.pk])).status_code == 200) is (role in {"FIELD", "OPERATOR"})
    refused = client.get(reverse("desk:board"))
    if role not in {"REVIEWER", "OPERATOR"}:
        assert refused.status_code == 403


def test_a_guest_is_asked_to_sign_in():
    for name in PAGES:
        answer = Client().get(reverse(f"desk:{name}"))
        assert answer.status_code == 302 and "/accounts/login/" in answer.url


@pytest.mark.parametrize("role", ["FIELD", "MD"])
def test_another_persons_lead_is_404_whatever_is_tried(role):
    lead = a_lead("SELECTED")
    client = signed_in(a_person(role))
    before = (Lead.objects.get(pk=lead.pk).next_step, lead.contacts.count(), Consent.objects.count())
    assert client.get(reverse("desk:lead", args=[lead.pk])).status_code == 404
    for deed in ("contact", "photos", "amend", "withdraw"):
        assert client.post(reverse(f"desk:{deed}", args=[lead.pk]), typed()).status_code == 404, deed
    assert client.post(reverse("desk:invite", args=[lead.pk])).status_code == (404 if role == "MD" else 403)
    assert (Lead.objects.get(pk=lead.pk).next_step, lead.contacts.count(), Consent.objects.count()) == before
    assert lead.shop.name not in text_of(client.get(reverse("desk:leads")))


@pytest.mark.parametrize("deed", ["screen", "select", "turn_away", "assign"])
@pytest.mark.parametrize("role", ["FIELD", "MD", "CREATOR"])
def test_only_reviewers_and_operators_judge(deed, role):
    lead = a_lead("SCREENING")
    assert signed_in(a_person(role)).post(reverse(f"desk:{deed}", args=[lead.pk]), {}).status_code == 403


def test_an_md_opens_the_merchants_given_to_them_only():
    mine, others, md = a_lead("SELECTED"), a_lead("SELECTED"), a_person("MD")
    actions.assign(mine, md, by=a_person("REVIEWER"))
    client = signed_in(md)
    assert client.get(reverse("desk:lead", args=[mine.pk])).status_code == 200
    assert client.get(reverse("desk:lead", args=[others.pk])).status_code == 404


def test_a_pair_of_others_leads_cannot_be_decided():
    market = a_market()
    a_lead(place=market, name="할머니한과")
    a_lead(place=market, name="할머니 한과")
    suspect = MergeSuspect.objects.get()
    client = signed_in(a_person("FIELD"))
    assert client.post(reverse("desk:decide_duplicate", args=[suspect.pk]), {"verdict": "same"}).status_code == 404


def test_deeds_are_not_done_by_a_get():
    lead = a_lead("INTERESTED")
    client = signed_in(lead.captured_by)
    for deed in ("contact", "photos", "amend", "withdraw", "submit"):
        assert client.get(reverse(f"desk:{deed}", args=[lead.pk])).status_code == 405


def test_the_desk_speaks_english():
    client = signed_in(a_person("OPERATOR", language="en"))
    answer = client.get(reverse("desk:today"), headers={"Accept-Language": "en"})
    assert answer.status_code == 200


# The MD improves a product


def a_raised_product():
    """(MD, product): a merchant of the desk with a draft, and the MD who raises it."""
    lead, md = a_lead("SELECTED"), a_person("MD")
    actions.assign(lead, md, by=a_person("REVIEWER"))
    seller = actions.invite_owner(lead, by=md).seller
    category = Category.objects.filter(parent__isnull=False).first()
    return md, Product.objects.create(seller=seller, category=category, name="한과")


def test_an_md_improves_the_words_and_the_seller_sees_what_and_why():
    md, product = a_raised_product()
    client = signed_in(md)
    assert "사진 1장 이상" in text_of(client.get(reverse("desk:product", args=[product.pk])))
    fields = {"name": "할머니 손으로 빚은 찹쌀 한과", "tagline": "3대째", "story": "이야기", "keywords": "한과"}
    told = client.post(reverse("desk:words", args=[product.pk]), fields)
    assert told.status_code == 422 and "할머니 손으로 빚은" in told.content.decode(), "the reason is missing"
    client.post(reverse("desk:words", args=[product.pk]), {**fields, "note": "검색에 잘 걸리게 이름을 늘렸어요"})
    product.refresh_from_db()
    revision = product.revisions.get()
    assert product.name == fields["name"] and revision.suggested and revision.by == md
    assert "검색에 잘 걸리게" in text_of(client.get(reverse("desk:product", args=[product.pk])))


def test_an_md_adds_photos_and_fills_in_the_notice():
    md, product = a_raised_product()
    client = signed_in(md)
    client.post(reverse("desk:product_photo", args=[product.pk]), {"image": a_jpeg()})
    assert product.photos.count() == 1
    broken = BytesIO(b"no picture")
    broken.name = "a.jpg"
    assert client.post(reverse("desk:product_photo", args=[product.pk]), {"image": broken}).status_code == 422
    items = notices.form_of(product.category.notice_type).items
    phone = next(i for i in items if i.kind == notices.PHONE)
    wrong = client.post(reverse("desk:notice", args=[product.pk]), {phone.code: "1"})
    assert wrong.status_code == 422 and f"id_{phone.code}-error" in wrong.content.decode()
    client.post(reverse("desk:notice", args=[product.pk]), {phone.code: "02-123-4567"})
    product.refresh_from_db()
    assert product.notice == {phone.code: "02-123-4567"}


def test_another_mds_product_is_404():
    _, product = a_raised_product()
    client = signed_in(a_person("MD"))
    assert client.get(reverse("desk:product", args=[product.pk])).status_code == 404
    for deed in ("words", "notice", "product_photo"):
        assert client.post(reverse(f"desk:{deed}", args=[product.pk]), {"name": "x", "note": "y"}).status_code == 404
    assert signed_in(a_person("FIELD")).get(reverse("desk:product", args=[product.pk])).status_code == 403
