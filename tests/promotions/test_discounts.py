"""Instant discounts that stand alone: a shop's own, and the house's that each shop agrees to."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from builders import a_commission_plan, a_person, an_offer, an_option, an_order, at_once
from dure.commerce.promotions import actions, guard
from dure.commerce.promotions.errors import DiscountOver, NotYourGoods, PriceNotLower, TermsChanged
from dure.commerce.promotions.models import EventPrice, Offer, OfferConsent
from dure.commerce.sellers.models import Member
from dure.kit import clock
from dure.kit.checks import run
from dure.kit.models import Event

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def shop(client):
    a_commission_plan()
    option, owner = an_option(price=20_000, name="곤드레나물"), a_person()
    Member.objects.create(seller=option.product.seller, user=owner, role="OWNER")
    client.force_login(owner)
    option.owner = owner
    return option


def words(response):
    return response.content.decode()


def local(moment):
    return f"{moment.astimezone(clock.KST):%Y-%m-%dT%H:%M}"


def filled(*products, **also):
    now = clock.now()
    return {
        "product": [p.pk for p in products],
        "name": "가을 할인",
        "how": "RATE",
        "rate": "15",
        "starts_at": local(now - timedelta(hours=1)),
        "ends_at": local(now + 7 * DAY),
        "budget": "",
        "key": str(uuid.uuid4()),
        "deed": "try",
        **also,
    }


def terms(**also):
    now = clock.now()
    told = {"kind": "INSTANT", "name": "두레 할인", "starts_at": now - DAY, "ends_at": now + 7 * DAY, **also}
    return actions.Terms(**told)


def proposed(option, price=16_000, **also):
    shares = {"platform_bp": 5_000, "seller_bp": 5_000, **also}
    return actions.discount(terms(**shares), {option.pk: price}, key=uuid.uuid4(), by=a_person("OPERATOR"))


def verified():
    from dure.commerce.promotions.checks import CHECKS

    return {check.name: result.rows for check in CHECKS if not (result := run(check)).ok}


# ── A shop's own ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_seller_picks_goods_sees_who_pays_and_begins(client, shop):
    other = an_option(price=10_000, seller=shop.product.seller, name="도라지청")
    url = reverse("seller:new_discount")
    assert "곤드레나물" in words(client.get(url)) and "도라지청" in words(client.get(url))
    tried = words(client.post(url, filled(shop.product, other.product)))
    # 15% off 20,000 and 10,000; of 17,000 the commission is 850 and its VAT 85
    assert 'value="17000"' in tried and 'value="8500"' in tried and "16,065원" in tried
    assert not Offer.objects.exists()
    form = filled(shop.product, other.product, deed="begin", accept=[shop.pk], budget="1,000,000")
    page = client.post(url, form)
    offer = Offer.objects.get()
    assert page.url == reverse("seller:offer", args=[offer.pk])
    assert (offer.kind, offer.status, offer.seller_bp, offer.targets) == (
        "INSTANT",
        "ACTIVE",
        10_000,
        [shop.product_id],
    )
    assert dict(EventPrice.objects.values_list("option", "status")) == {shop.pk: "ACCEPTED"}
    assert offer.budgets.get().cap == 1_000_000
    client.post(url, form)
    assert Offer.objects.count() == 1, "the same form twice"
    told = words(client.get(page.url))
    assert "15% 할인" in told and "17,000원" in told and "16,065원" in told
    assert words(client.get(reverse("seller:offers"))).count("가을 할인") >= 1
    assert client.get(page.url + "?export=xlsx").status_code == 200

    order = an_order(shop, paid=True)
    assert (order.discount_total, order.lines.get().seller_discount) == (3_000, 3_000)
    seen = words(client.get(reverse("shop:product", args=[shop.product_id])))
    assert "17,000원" in seen and "지난 30일 최저가 20,000원" in seen
    assert "3,000원" in words(client.get(page.url + "?view=used"))

    client.post(reverse("seller:move_offer", args=[offer.pk]), {"deed": "stop"})
    assert an_order(shop, paid=True).discount_total == 0
    client.post(reverse("seller:move_offer", args=[offer.pk]), {"deed": "resume"})
    assert an_order(shop, paid=True).discount_total == 3_000
    assert verified() == {}


def test_a_price_by_hand_and_an_amount_off(client, shop):
    form = filled(shop.product, how="AMOUNT", rate="", amount="2,500")
    assert 'value="17500"' in words(client.post(reverse("seller:new_discount"), form))
    client.post(reverse("seller:new_discount"), {**form, "deed": "begin", f"price-{shop.pk}": "15,900"})
    assert EventPrice.objects.get().price == 15_900
    assert "행사가" in words(client.get(reverse("seller:offer", args=[Offer.objects.get().pk])))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"rate": ""}, "얼마를 깎을지"),
        ({"rate": "101"}, "100"),
        ({"name": ""}, "name"),
        ({"product": []}, "하나 이상 골라"),
        ({"ends_at": "2020-01-01T00:00", "deed": "begin"}, "끝나는 때는"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(client, shop, wrong, said):
    page = client.post(reverse("seller:new_discount"), filled(shop.product, **wrong))
    assert page.status_code == 422 and said in words(page)
    if "name" not in wrong:
        assert "가을 할인" in words(page)
    assert not Offer.objects.exists()


def test_a_price_raised_before_the_discount_is_refused_beside_its_option(client, shop):
    guard.record([shop], at=clock.now() - 40 * DAY)
    shop.price = 25_000
    shop.save()
    guard.record([shop], at=clock.now() - 3 * DAY)
    form = filled(shop.product, rate="10")  # 22,500: above the 20,000 of three days ago
    assert "최저가보다 낮아야 해요" in words(client.post(reverse("seller:new_discount"), form))
    refused = client.post(reverse("seller:new_discount"), {**form, "deed": "begin"})
    assert refused.status_code == 422 and "20,000원" in words(refused) and not Offer.objects.exists()


def test_looking_for_goods_loses_nothing_typed(client, shop):
    an_option(seller=shop.product.seller, name="도라지청")
    page = words(client.post(reverse("seller:new_discount"), filled(shop.product, deed="find", q="도라지")))
    assert "도라지청" in page and "곤드레나물" in page and "가을 할인" in page


def test_picked_in_the_product_list_they_wait_in_the_form(client, shop):
    answer = client.post(reverse("seller:several", args=["discount"]), {"ids": [str(shop.product_id)]})
    assert f'value="{shop.product_id}" checked' in words(client.get(answer.url))


def test_anothers_goods_are_not_discounted(client, shop):
    other = an_option(name="남의 상품")
    page = client.post(reverse("seller:new_discount"), filled(other.product, deed="begin"))
    assert page.status_code == 422 and "남의 상품" not in words(page) and not Offer.objects.exists()
    with pytest.raises(NotYourGoods):
        actions.discount(terms(), {other.pk: 9_000}, key=uuid.uuid4(), by=None, seller=shop.product.seller)


def test_who_may_only_look_makes_none(client, shop):
    reader = a_person()
    Member.objects.create(seller=shop.product.seller, user=reader, role="READ_ONLY")
    client.force_login(reader)
    assert client.get(reverse("seller:new_discount")).status_code == 403
    offer = proposed(shop)
    assert client.get(reverse("seller:discount", args=[offer.pk])).status_code == 200
    answer = reverse("seller:answer_discount", args=[offer.pk])
    assert client.post(answer, {"deed": "accept", "terms_hash": offer.terms_hash}).status_code == 403


def test_few_questions_whatever_the_number_of_goods(client, shop, django_assert_max_num_queries):
    rows = [shop.product, *(an_option(seller=shop.product.seller).product for _ in range(6))]
    url = reverse("seller:new_discount")
    with django_assert_max_num_queries(12):
        client.post(url, filled(*rows))
    client.post(url, filled(*rows, deed="begin"))
    with django_assert_max_num_queries(15):
        client.get(reverse("seller:offer", args=[Offer.objects.get().pk]))


# ── The house's ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_house_proposes_and_only_what_a_shop_agreed_to_is_discounted(client, shop):
    operator = a_person("OPERATOR")
    other = an_option(price=10_000, name="곤드레된장")
    agency = actions.name_agency("강원지원센터", by=operator)
    client.force_login(operator)
    url = reverse("office:new_discount")
    assert "곤드레된장" in words(client.post(url, filled(deed="find", q="곤드레")))
    shares = {"platform": "50", "seller_share": "30", "agency_share": "20", "agency": agency.pk}
    form = filled(shop.product, other.product, rate="20", **shares)
    tried = words(client.post(url, form))
    assert "2,000원" in tried and "1,200원" in tried and "800원" in tried  # of 4,000
    page = client.post(url, {**form, "deed": "begin", "budget_agency": "500,000"})
    offer = Offer.objects.get()
    assert page.url == reverse("office:offer", args=[offer.pk]) and "제안됨" in words(client.get(page.url))
    told = Event.objects.filter(topic="promotions.discount_proposed").values_list("payload__seller_id", flat=True)
    assert set(told) == {shop.product.seller_id, other.product.seller_id}
    assert an_order(shop, paid=True).discount_total == 0, "nobody has agreed yet"

    client.force_login(shop.owner)
    assert "옵션 1개에 답하기" in words(client.get(reverse("seller:offers")))
    asked = reverse("seller:discount", args=[offer.pk])
    assert "1,200원" in words(client.get(asked)) and "곤드레된장" not in words(client.get(asked))
    answer = reverse("seller:answer_discount", args=[offer.pk])
    yes = {"deed": "accept", "accept": [shop.pk, other.pk], "terms_hash": offer.terms_hash, "cap": "100,000"}
    assert client.post(answer, {**yes, "terms_hash": "old"}).status_code == 422
    client.post(answer, yes)
    assert dict(EventPrice.objects.values_list("option", "status")) == {shop.pk: "ACCEPTED", other.pk: "PROPOSED"}
    assert OfferConsent.objects.get().by == shop.owner
    line = an_order(shop, paid=True).lines.get()
    assert (line.discount_amount, line.seller_discount) == (4_000, 1_200)

    client.post(answer, {"deed": "leave"})
    assert an_order(shop, paid=True).discount_total == 0 and OfferConsent.objects.get().withdrawn_at
    client.post(answer, {"deed": "return"})
    assert an_order(shop, paid=True).discount_total == 4_000
    assert offer.budgets.get(bearer="SELLER").cap == 100_000
    assert verified() == {}


def test_shares_that_are_no_whole_are_refused(client, shop):
    client.force_login(a_person("OPERATOR"))
    form = filled(shop.product, platform="50", seller_share="30", agency_share="0")
    page = client.post(reverse("office:new_discount"), form)
    assert page.status_code == 422 and "100%" in words(page)


def test_a_shop_sees_only_what_concerns_it(client, shop):
    offer = proposed(an_option(price=20_000))
    assert client.get(reverse("seller:discount", args=[offer.pk])).status_code == 404
    assert client.post(reverse("seller:answer_discount", args=[offer.pk]), {"deed": "accept"}).status_code == 404
    client.force_login(a_person())
    assert client.get(reverse("office:new_discount")).status_code == 403


def test_a_discount_that_is_over_or_overtaken_is_not_agreed_to(shop):
    offer, seller = proposed(shop), shop.product.seller
    told = {"accept": [shop.pk], "cap": None, "by": shop.owner}
    with pytest.raises(TermsChanged):
        actions.answer_discount(offer, seller, terms_hash="another", **told)
    shop.price = 15_000
    shop.save()
    with pytest.raises(PriceNotLower):
        actions.answer_discount(offer, seller, terms_hash=offer.terms_hash, **told)
    with clock.at(offer.ends_at + DAY), pytest.raises(DiscountOver):
        actions.answer_discount(offer, seller, terms_hash=offer.terms_hash, **told)
    assert not OfferConsent.objects.exists() and EventPrice.objects.get().status == "PROPOSED"


def test_declining_leaves_no_consent(shop):
    offer = proposed(shop)
    told = {"terms_hash": offer.terms_hash, "cap": None, "by": shop.owner}
    assert actions.answer_discount(offer, shop.product.seller, accept=[], **told) == 0
    assert EventPrice.objects.get().status == "DECLINED" and not OfferConsent.objects.exists()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_one_form_sent_five_times_at_once_is_one_discount():
    a_commission_plan()
    option, key = an_option(price=20_000), uuid.uuid4()
    told = terms()

    def send(_i):
        return actions.discount(told, {option.pk: 16_000}, key=key, by=None, seller=option.product.seller)

    assert {offer.pk for offer in at_once(5, send)} == {Offer.objects.get().pk}
    assert EventPrice.objects.count() == 1


def test_of_an_exhibition_and_a_discount_the_better_counts(shop):
    an_offer("INSTANT", prices={shop.pk: 18_000})
    actions.discount(terms(), {shop.pk: 17_000}, key=uuid.uuid4(), by=None, seller=shop.product.seller)
    assert an_order(shop, paid=True).discount_total == 3_000
