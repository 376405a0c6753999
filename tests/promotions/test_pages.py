"""Promotions and exhibitions in the seller centre and the back office: journeys through the pages."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from builders import a_commission_plan, a_person, an_offer, an_option, an_order
from dure.commerce.exhibitions import actions as exhibitions
from dure.commerce.exhibitions.models import Application, Exhibition
from dure.commerce.promotions import actions
from dure.commerce.promotions.models import EventPrice, Offer, OfferConsent
from dure.commerce.sellers.models import Member
from dure.finance.ledger.queries import balance_of
from dure.kit import clock

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def shop(client):
    a_commission_plan()
    option, owner = an_option(price=20_000), a_person()
    Member.objects.create(seller=option.product.seller, user=owner, role="OWNER")
    client.force_login(owner)
    option.owner = owner
    return option


@pytest.fixture
def operator(client):
    a_commission_plan()
    operator = a_person("OPERATOR")
    client.force_login(operator)
    return operator


def words(response):
    return response.content.decode()


def local(moment):
    return f"{moment.astimezone(clock.KST):%Y-%m-%dT%H:%M}"


def filled(**also):
    now = clock.now()
    return {
        "kind": "PRODUCT_COUPON",
        "name": "단골 쿠폰",
        "how": "RATE",
        "rate": "10",
        "starts_at": local(now - timedelta(hours=1)),
        "ends_at": local(now + 7 * DAY),
        "issue": "CLICK",
        "per_buyer": "1",
        "key": str(uuid.uuid4()),
        **also,
    }


# ── The seller centre ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_seller_makes_a_coupon_sees_what_is_left_and_begins_it(client, shop):
    answer = client.post(reverse("seller:new_offer"), filled(budget="100,000"))
    offer = Offer.objects.get()
    assert answer.url == reverse("seller:offer", args=[offer.pk])
    page = words(client.get(answer.url))
    # 20,000 at 10%: 2,000 is the shop's; commission 5% of 18,000 and its VAT
    assert "18,000원" in page and "17,010원" in page and "100,000원" in page
    client.post(reverse("seller:move_offer", args=[offer.pk]), {"deed": "begin"})
    offer.refresh_from_db()
    assert (offer.status, offer.seller_bp, offer.targets) == ("ACTIVE", 10_000, [shop.product.seller_id])
    client.post(reverse("seller:move_offer", args=[offer.pk]), {"deed": "stop"})
    offer.refresh_from_db()
    assert offer.status == "STOPPED"


def test_the_same_form_twice_is_one_offer(client, shop):
    form = filled()
    client.post(reverse("seller:new_offer"), form)
    client.post(reverse("seller:new_offer"), form)
    assert Offer.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"rate": ""}, "얼마를 깎을지"),
        ({"rate": "101"}, "100"),
        ({"name": ""}, "name"),
        ({"ends_at": "2020-01-01T00:00"}, "끝나는 때는"),
        ({"kind": "NPLUS1"}, "몇 개를 사면"),
        ({"kind": "GIFT"}, "사은품을 골라"),
        ({"products": "999999"}, "999999"),
        ({"issue": "CODE"}, "쿠폰 코드를"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(client, shop, wrong, said):
    page = client.post(reverse("seller:new_offer"), filled(**wrong))
    assert page.status_code == 422 and said in words(page)
    if "name" not in wrong:
        assert "단골 쿠폰" in words(page)


def test_anothers_offer_does_not_exist(client, shop):
    other = an_offer(seller=an_option().product.seller)
    assert client.get(reverse("seller:offer", args=[other.pk])).status_code == 404
    assert client.post(reverse("seller:move_offer", args=[other.pk]), {"deed": "stop"}).status_code == 404
    house = an_offer()
    assert client.get(reverse("seller:consent", args=[house.pk])).status_code == 404


def test_a_seller_sees_its_share_before_agreeing(client, shop):
    offer = an_offer(how="RATE", value=2000, platform_bp=5000, seller_bp=5000, name="함께 할인")
    assert "함께 할인" in words(client.get(reverse("seller:offers")))
    page = client.get(reverse("seller:consent", args=[offer.pk]))
    # 20,000 at 20%: 2,000 each; commission 5% of 18,000
    assert "2,000원" in words(page) and "17,010원" in words(page)
    client.post(reverse("seller:consent", args=[offer.pk]), {"terms_hash": "old", "cap": ""})
    assert not OfferConsent.objects.exists()
    client.post(reverse("seller:consent", args=[offer.pk]), {"terms_hash": offer.terms_hash, "cap": "50,000"})
    assert OfferConsent.objects.get().by == shop.owner
    assert offer.budgets.get().cap == 50_000
    client.post(reverse("seller:consent", args=[offer.pk]), {"withdraw": "1"})
    assert OfferConsent.objects.get().withdrawn_at


def test_who_may_only_look_changes_nothing(client, shop):
    reader = a_person()
    Member.objects.create(seller=shop.product.seller, user=reader, role="READ_ONLY")
    client.force_login(reader)
    offer = an_offer(platform_bp=5000, seller_bp=5000)
    told = {"terms_hash": offer.terms_hash}
    assert client.post(reverse("seller:consent", args=[offer.pk]), told).status_code == 403
    assert client.post(reverse("seller:new_offer"), filled()).status_code == 403
    assert client.get(reverse("seller:offers")).status_code == 200


def an_exhibition(**shares):
    now = clock.now()
    deal = exhibitions.Deal(
        now + DAY, now + 8 * DAY, now + 2 * DAY, **{"platform_bp": 5000, "seller_bp": 5000, **shares}
    )
    made = exhibitions.plan(exhibitions.Page("강원 가을걷이"), deal, key=uuid.uuid4(), by=None)
    exhibitions.recruit(made, by=None)
    made.offer.refresh_from_db()
    return made


def test_a_seller_accepts_some_of_what_was_proposed(client, shop):
    other = an_option(price=10_000, seller=shop.product.seller)
    made = an_exhibition()
    exhibitions.propose(made, {shop.pk: 16_000, other.pk: 9_000}, by=a_person("OPERATOR"))
    assert "초대가 1건" in words(client.get(reverse("seller:exhibitions")))
    page = words(client.get(reverse("seller:exhibition", args=[made.pk])))
    assert "16,000원" in page and "17,010원" in page  # what arrives of it
    told = {"deed": "accept", "accept": [shop.pk], "terms_hash": made.offer.terms_hash, "cap": ""}
    client.post(reverse("seller:answer_exhibition", args=[made.pk]), told)
    assert dict(EventPrice.objects.values_list("option", "status")) == {shop.pk: "ACCEPTED", other.pk: "DECLINED"}
    assert Application.objects.get().status == "ACCEPTED"


def test_a_seller_tries_prices_and_applies_with_them(client, shop):
    made = an_exhibition()
    told = {f"price-{shop.pk}": "18,000", "terms_hash": made.offer.terms_hash, "cap": ""}
    url = reverse("seller:answer_exhibition", args=[made.pk])
    assert 'value="18000"' in words(client.post(url, {**told, "deed": "try"})) and not Application.objects.exists()
    too_dear = client.post(url, {**told, f"price-{shop.pk}": "20,000", "deed": "apply"})
    assert too_dear.status_code == 422 and "최저가" in words(too_dear) and not Application.objects.exists()
    client.post(url, {**told, "deed": "apply"})
    assert Application.objects.get().status == "APPLIED"
    client.post(url, {"deed": "leave"})
    assert Application.objects.get().status == "WITHDRAWN"


# ── The back office ──────────────────────────────────────────────────────────────────────────────────────────────


def test_an_operator_makes_a_shared_coupon_with_budgets(client, operator):
    client.post(reverse("office:name_agency"), {"name": "강원지원센터"})
    from dure.commerce.promotions.models import Agency

    agency = Agency.objects.get()
    shares = {"platform": "50", "seller_share": "30", "agency_share": "20", "agency": agency.pk, "scope": "ALL"}
    form = filled(kind="CART_COUPON", how="AMOUNT", amount="3,000", rate="", budget="1,000,000", **shares)
    answer = client.post(reverse("office:new_offer"), form)
    offer = Offer.objects.get()
    page = words(client.get(answer.url))
    assert "1,500원" in page and "900원" in page and "600원" in page  # of one sale
    assert "500,000원" in page and "300,000원" in page and "200,000원" in page  # of the full budget
    client.post(reverse("office:move_offer", args=[offer.pk]), {"deed": "begin"})
    client.post(reverse("office:set_budget", args=[offer.pk]), {"bearer": "AGENCY", "cap": "100,000"})
    assert offer.budgets.get(bearer="AGENCY").cap == 100_000


def test_shares_that_are_no_whole_are_refused(client, operator):
    form = filled(scope="ALL", platform="50", seller_share="30", agency_share="0")
    page = client.post(reverse("office:new_offer"), form)
    assert page.status_code == 422 and "100%" in words(page)


def test_a_price_raised_before_an_event_is_flagged_with_its_chart(client, operator):
    from dure.commerce.promotions import guard

    option, now = an_option(price=10_000, name="도라지청"), clock.now()
    guard.record([option], at=now - 40 * DAY)
    option.price = 12_000
    option.save()
    guard.record([option], at=now - 3 * DAY)
    page = words(client.get(reverse("office:exhibition", args=[an_exhibition().pk]), {"q": "도라지", "rate": "20"}))
    assert "30일 안에 20% 오름" in page and "<svg" in page
    assert f'name="price-{option.pk}" value="8000"' in page  # off the lowest, not off the raised price


def test_what_an_agency_paid_is_booked_once(client, operator):
    agency = actions.name_agency("기관", by=operator)
    told = {"amount": "12,000", "key": str(uuid.uuid4())}
    for _ in range(2):
        client.post(reverse("office:agency_paid", args=[agency.pk]), told)
    assert balance_of("OPS", "AGENCY_DUE", agency.pk) == -12_000


def test_an_operator_leads_an_exhibition_from_plan_to_results(client, operator):
    option, now = an_option(price=20_000, name="곤드레나물"), clock.now()
    form = {
        "title": "강원 가을걷이",
        "theme": "PLUM",
        "starts_at": local(now + DAY),
        "ends_at": local(now + 8 * DAY),
        "apply_until": local(now + 2 * DAY),
        "platform": "60",
        "seller_share": "40",
        "agency_share": "0",
        "key": str(uuid.uuid4()),
    }
    client.post(reverse("office:new_exhibition"), form)
    made = Exhibition.objects.get()
    url = reverse("office:exhibition", args=[made.pk])
    client.post(reverse("office:move_exhibition", args=[made.pk]), {"deed": "recruit"})
    page = words(client.get(url, {"q": "곤드레", "rate": "20"}))
    assert f'name="price-{option.pk}" value="16000"' in page
    client.post(
        reverse("office:propose_prices", args=[made.pk]), {"accept": [option.pk], f"price-{option.pk}": "16,000"}
    )
    assert Application.objects.get().status == "INVITED"
    refused = client.post(reverse("office:move_exhibition", args=[made.pk]), {"deed": "publish"})
    assert refused.status_code == 422 and "확정된 상품이 아직 없어요" in words(refused)
    made.offer.refresh_from_db()
    seller = option.product.seller
    exhibitions.answer(made, seller, accept=[option.pk], terms_hash=made.offer.terms_hash, cap=None, by=a_person())
    section = made.sections.get()
    item = made.items.get()
    told = {f"s{section.pk}-title": "산나물", f"i{item.pk}-section": section.pk, f"i{item.pk}-pin": "on"}
    client.post(reverse("office:arrange_exhibition", args=[made.pk]), {**told, "new-title": "꿀"})
    assert list(made.sections.values_list("title", flat=True)) == ["산나물", "꿀"]
    preview = client.get(reverse("office:preview_exhibition", args=[made.pk]))
    assert "곤드레나물" in words(preview) and preview["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in preview["Content-Security-Policy"]
    client.post(reverse("office:move_exhibition", args=[made.pk]), {"deed": "publish"})
    with clock.at(now + 2 * DAY):
        seen = words(client.get(reverse("shop:exhibition", args=[made.pk])))
        assert "곤드레나물" in seen and "16,000원" in seen and "일 남음" in seen
        order = an_order(option, paid=True)
        assert order.discount_total == 4_000
    results = words(client.get(reverse("office:exhibition_results", args=[made.pk])))
    assert "곤드레나물" in results and "2,400원" in results and "1,600원" in results


def test_an_exhibition_is_nothing_before_its_time_and_says_so_after(client):
    made = an_exhibition(platform_bp=10_000, seller_bp=0)
    option = an_option()
    exhibitions.propose(made, {option.pk: 8_000}, by=a_person())
    told = {"terms_hash": made.offer.terms_hash, "cap": None, "by": a_person()}
    exhibitions.answer(made, option.product.seller, accept=[option.pk], **told)
    exhibitions.publish(made, by=None)
    url = reverse("shop:exhibition", args=[made.pk])
    assert client.get(url).status_code == 404
    with clock.at(made.ends_at + DAY):
        assert "끝난 기획전이에요" in words(client.get(url))


@pytest.mark.parametrize("name", ["offers", "new_offer", "agencies", "exhibitions", "new_exhibition"])
def test_buyers_see_nothing_of_the_office(client, name):
    client.force_login(a_person())
    assert client.get(reverse(f"office:{name}")).status_code == 403


def test_pages_ask_the_database_a_counted_number_of_times(client, operator, django_assert_max_num_queries):
    made = an_exhibition()
    for _ in range(4):
        option = an_option()
        exhibitions.propose(made, {option.pk: 8_000}, by=operator)
        told = {"terms_hash": made.offer.terms_hash, "cap": None, "by": operator}
        exhibitions.answer(made, option.product.seller, accept=[option.pk], **told)
    exhibitions.publish(made, by=None)
    with clock.at(made.starts_at + DAY), django_assert_max_num_queries(12):
        client.get(reverse("shop:exhibition", args=[made.pk]))
    with clock.at(made.starts_at + DAY), django_assert_max_num_queries(12):
        client.get(reverse("shop:exhibitions"))
