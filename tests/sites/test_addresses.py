"""The address book and the search for an address."""

from __future__ import annotations

import pytest

from builders import a_commission_plan, a_person, a_shipping_policy, an_option, at_once
from dure.commerce.orders import addresses
from dure.commerce.orders.actions import Address
from dure.commerce.orders.errors import AddressBookFull
from dure.commerce.orders.models import Order, SavedAddress
from dure.integrations.address.client import BadWords, juso
from dure.kit.http import OutsideError

pytestmark = pytest.mark.django_db

HOME = {
    "label": "집",
    "receiver": "나구매",
    "phone": "010-1234-5678",
    "postcode": "03195",
    "address1": "서울특별시 종로구 창경궁로 88",
    "address2": "2층",
    "memo": "문 앞에",
}


@pytest.fixture
def buyer(client):
    person = a_person()
    client.force_login(person)
    return person


def text(response):
    return response.content.decode()


def saved(buyer, **changes):
    told = {**HOME, **changes}
    label = told.pop("label")
    return addresses.save(buyer, Address(**{**told, "phone": "+821012345678"}), label=label)


def test_the_book_is_written_changed_and_a_removal_undone(client, buyer):
    assert "아직 저장한 주소가 없어요" in text(client.get("/addresses/"))
    assert client.post("/addresses/new/", HOME)["Location"] == "/addresses/"
    home = SavedAddress.objects.get()
    assert (home.label, home.is_default) == ("집", True)
    work = saved(buyer, label="회사", postcode="04524")
    client.post(f"/addresses/{work.pk}/default/")
    assert set(SavedAddress.objects.filter(is_default=True)) == {work}
    client.post(f"/addresses/{home.pk}/", {**HOME, "label": "본가"})
    assert SavedAddress.objects.get(pk=home.pk).label == "본가"
    client.post(f"/addresses/{home.pk}/remove/")
    assert "본가" not in text(client.get("/addresses/")).replace("주소를 지웠어요", "")
    client.post(f"/addresses/{home.pk}/restore/")
    assert "본가" in text(client.get("/addresses/"))


def test_another_buyers_address_is_not_there(client, buyer):
    foreign = saved(a_person())
    for page in ("", "default/", "remove/", "restore/"):
        assert client.post(f"/addresses/{foreign.pk}/{page}", HOME).status_code == 404


def test_a_bad_address_is_refused_with_what_was_typed(client, buyer):
    refused = client.post("/addresses/new/", {**HOME, "postcode": "123"})
    assert refused.status_code == 422
    assert "다섯 자리" in text(refused)
    assert "창경궁로" in text(refused)


def test_the_book_ends_somewhere(buyer):
    for n in range(addresses.MOST):
        saved(buyer, address2=f"{n}호")
    saved(buyer, address2="0호", label="다시")  # a place that is in it already
    with pytest.raises(AddressBookFull):
        saved(buyer, address2="또 다른 곳")


def test_the_checkout_offers_the_book_and_keeps_a_new_address(client, buyer):
    a_commission_plan()
    option = an_option()
    a_shipping_policy(option.product.seller, fee=3000)
    saved(buyer)
    jeju = saved(buyer, label="제주집", postcode="63122", address1="제주시 문연로 6")
    page = text(client.get(f"/checkout/?option={option.pk}&quantity=1&address={jeju.pk}"))
    assert "제주 +3,000원" in page
    assert 'value="제주시 문연로 6"' in page
    form = {**HOME, "address2": "새 집", "keep": "on", "option": option.pk, "quantity": 1, "show": ""}
    client.post("/checkout/", {**form, "key": "6c8ef2a6-7d6e-4b43-a3cb-1f2f7d1f4c11", "message": "조심히 싸 주세요"})
    assert Order.objects.get().message == "조심히 싸 주세요"
    assert SavedAddress.objects.filter(buyer=buyer, address2="새 집").exists()


class TestSearch:
    def test_a_road_a_building_and_an_island_are_found(self, simulators):
        found = juso().search("창경궁로 88")
        assert [(p.postcode, p.building) for p in found.places] == [("03195", "광장시장")]
        assert juso().search("제주시").total == 2
        assert juso().search("없는 길").total == 0

    def test_words_the_service_cannot_search_come_back_with_its_reason(self, simulators):
        with pytest.raises(BadWords, match="두글자"):
            juso().search("a")
        assert juso().search("광장시장 % = SELECT").total == 1  # what it refuses is taken out first

    def test_the_page_lists_places_that_lead_back_to_the_form(self, client, simulators):
        page = text(client.get("/addresses/search/", {"q": "문연로", "back": "/checkout/?option=1"}))
        assert "63122" in page
        assert "/checkout/?option=1&amp;postcode=63122" in page
        assert "찾은 주소가 없어요" in text(client.get("/addresses/search/", {"q": "없는 길"}))

    def test_it_leads_nowhere_else(self, client, simulators):
        page = text(client.get("/addresses/search/", {"q": "문연로", "back": "https://evil.example/"}))
        assert 'href="https://evil' not in page
        assert "/addresses/new/?postcode=63122" in page

    @pytest.mark.parametrize("kind", ["error", "drop_before"])
    def test_when_the_service_is_down_the_address_can_be_typed(self, client, simulators, kind):
        simulators.fault("address", path="/addrLinkApi.do", kind=kind, status=500, times=1)
        assert "직접 적어 주세요" in text(client.get("/addresses/search/", {"q": "문연로"}))

    def test_a_key_that_is_not_accepted_is_ours_not_the_buyers_to_mend(self, simulators):
        simulators.fault("address", path="/addrLinkApi.do", kind="error", status=403, times=1)
        with pytest.raises(OutsideError) as refused:
            juso().search("문연로")
        assert not isinstance(refused.value, BadWords)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_many_saved_at_once_one_is_the_default():
    buyer = a_person()
    told = at_once(5, lambda n: saved(buyer, address2=f"{n}호"))
    assert all(isinstance(answer, SavedAddress) for answer in told), told
    assert SavedAddress.objects.filter(buyer=buyer, is_default=True).count() == 1
