from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from builders import a_brn, a_lead, a_person
from dure.commerce.catalog import notices
from dure.commerce.catalog.models import Category, Option, Photo, Product
from dure.commerce.sellers import actions as sellers
from dure.commerce.sellers.models import Member, PayoutAccount, Seller, ShippingPolicy
from dure.commerce.stock.models import StockItem
from dure.integrations.nts.client import Status
from dure.kit import clock, outbox
from dure.kit.models import Event
from dure.partnership import actions, readiness, subscribers, upkeep
from dure.partnership.errors import NotSelected
from dure.partnership.models import Business, Milestone

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 3, tzinfo=UTC)


def a_seller_of(lead, **fields):
    return Seller.objects.create(name=lead.shop.name, lead_ref=lead.ref, **fields)


def a_product_of(seller, **fields):
    category, _ = Category.objects.get_or_create(code="food", defaults={"name_ko": "식품", "name_en": "Food"})
    return Product.objects.create(seller=seller, category=category, name="수제 한과", **fields)


def undone(lead):
    return [c.item.code for c in readiness.of(lead).checks if not c.done]


def test_the_checklist_ticks_itself_as_things_come_to_be():
    lead = a_lead("SELECTED")
    assert readiness.of(lead).next.item.code == "JOINED" and readiness.of(lead).percent == 0
    seller = a_seller_of(lead)
    Member.objects.create(seller=seller, user=a_person(), role="OWNER")
    assert readiness.of(lead).next.item.code == "BUSINESS"
    Seller.objects.filter(pk=seller.pk).update(brn=a_brn(), business_checked_at=NOON, mail_order_exempt=True)
    PayoutAccount.objects.create(
        seller=seller,
        bank_code="004",
        number_encrypted=b"x",
        number_tail="1234",
        holder_name="박순자",
        verified_at=NOON,
    )
    ShippingPolicy.objects.create(seller=seller, dispatch_from="서울특별시 종로구")
    assert readiness.of(lead).next.item.code == "APPROVED"
    Seller.objects.filter(pk=seller.pk).update(status="APPROVED")
    product = a_product_of(seller, notice_type="ETC", notice={"origin_country": "대한민국"})
    assert undone(lead) == ["PHOTOS", "NOTICE", "STOCK", "ON_SALE"]
    Photo.objects.bulk_create(Photo(product=product, image=f"p{n}.webp") for n in range(3))
    StockItem.objects.create(option=Option.objects.create(product=product, price=12_000), available=5)
    full = {item.code: "할머니한과" for item in notices.form_of("ETC").items}
    Product.objects.filter(pk=product.pk).update(status="ON_SALE", notice=full)
    assert undone(lead) == [] and readiness.of(lead).next is None and readiness.of(lead).percent == 100


def test_an_account_the_bank_did_not_confirm_is_not_done():
    lead = a_lead("SELECTED")
    PayoutAccount.objects.create(
        seller=a_seller_of(lead), bank_code="004", number_encrypted=b"x", number_tail="1", holder_name="박순자"
    )
    assert "ACCOUNT" in undone(lead)


def test_the_product_nearest_to_sale_is_the_one_checked():
    lead = a_lead("SELECTED")
    seller = a_seller_of(lead)
    a_product_of(seller)
    on_sale = a_product_of(seller, status="ON_SALE")
    a_product_of(seller, status="ENDED")
    assert readiness.of(lead).product == on_sale


def test_many_merchants_cost_as_many_queries_as_one():
    leads = [a_lead("SELECTED") for _ in range(4)]
    for lead in leads:
        a_product_of(a_seller_of(lead))
    with CaptureQueriesContext(
        connection,
    ) as one:
        readiness.of_all(leads[:1])
    with CaptureQueriesContext(connection) as four:
        readiness.of_all(leads)
    assert len(one) == len(four)


def test_a_first_time_is_written_down_once():
    lead = a_lead("SELECTED")
    seller = a_seller_of(lead)
    with clock.at(NOON):
        outbox.emit("sellers.approved", seller)
        outbox.emit("catalog.product_on_sale", a_product_of(seller, status="ON_SALE"))
    with clock.at(NOON + timedelta(days=3)):
        outbox.emit("catalog.product_on_sale", a_product_of(seller, status="ON_SALE"))
    for event in Event.objects.filter(topic="sellers.approved"):
        subscribers.the_merchant_was_approved(event)
    for event in Event.objects.filter(topic="catalog.product_on_sale").order_by("id"):
        subscribers.the_first_product_went_on_sale(event)
    assert dict(Milestone.objects.values_list("code", "at")) == {"APPROVED": NOON, "ON_SALE": NOON}


def test_a_seller_who_came_by_himself_has_no_milestones_here():
    with clock.at(NOON):
        subscribers.the_merchant_was_approved(
            outbox.emit("sellers.approved", Seller.objects.create(name="혼자 온 가게"))
        )
    assert not Milestone.objects.exists()


def answer(brn, state):
    return Status(brn, state, "", "01", "", None, {"b_stt_cd": state})


def test_a_business_found_closed_after_it_was_active_is_an_event():
    business = a_lead(brn=a_brn()).shop.business
    upkeep.keep_answer(business, answer(business.brn, "01"))
    assert not Event.objects.filter(topic="partnership.business_stopped").exists()
    upkeep.keep_answer(business, answer(business.brn, "03"))
    upkeep.keep_answer(business, answer(business.brn, "03"))
    assert Event.objects.get(topic="partnership.business_stopped").payload["status"] == "03"


def test_businesses_are_asked_about_once_a_night(monkeypatch):
    asked = []

    class Service:
        def status(self, numbers):
            asked.append(numbers)
            return {n: answer(n, "01") for n in numbers}

    monkeypatch.setattr(upkeep, "nts", Service)
    lead = a_lead(brn=a_brn())
    with clock.at(NOON):
        assert (upkeep.check_businesses(only_new=True), upkeep.check_businesses(only_new=True)) == (1, 0)
    with clock.at(NOON + timedelta(days=1)):
        assert (upkeep.check_businesses(only_new=True), upkeep.check_businesses(), upkeep.check_businesses()) == (
            0,
            1,
            0,
        )
    assert asked == [[lead.shop.business.brn]] * 2
    assert Business.objects.get().checked_at == NOON + timedelta(days=1)


def test_a_capture_with_a_business_number_asks_the_tax_service_later():
    from procrastinate.contrib.django.models import ProcrastinateJob

    a_lead(brn=a_brn())
    a_lead(brn=a_brn())
    outbox.deliver_due()
    assert ProcrastinateJob.objects.filter(task_name__endswith="check_new_businesses").count() == 1


def test_only_a_selected_merchant_is_invited():
    with pytest.raises(NotSelected):
        actions.invite_owner(a_lead("SCREENING"), by=a_person("MD"))


def test_an_owner_who_accepts_the_invitation_has_joined():
    lead, md, owner = a_lead("SELECTED", owner_name="박순자"), a_person("MD"), a_person()
    invitation = actions.invite_owner(lead, by=md)
    assert actions.invite_owner(lead, by=md) == invitation, "one link in force"
    assert (invitation.name, invitation.phone) == ("박순자", lead.shop.owner.phone)
    sellers.accept(invitation, owner)
    assert readiness.of(lead).next.item.code == "BUSINESS"
    outbox.deliver_due()
    assert set(Milestone.objects.values_list("code", flat=True)) == {"INVITED", "JOINED"}


def test_an_owner_who_did_not_join_is_forgotten_when_the_consent_ends():
    with clock.at(NOON):
        stranger, merchant = a_lead(owner_name="박순자"), a_lead("SELECTED", owner_name="김영철")
    with clock.at(NOON + timedelta(days=364)):
        assert upkeep.forget_expired() == 0
    with clock.at(NOON + timedelta(days=365)):
        assert (upkeep.forget_expired(), upkeep.forget_expired()) == (1, 0)
    stranger.shop.owner.refresh_from_db()
    merchant.shop.owner.refresh_from_db()
    assert (stranger.shop.owner.name, stranger.shop.owner.phone) == ("", "") and merchant.shop.owner.name == "김영철"


def test_a_withdrawn_consent_is_followed_by_forgetting_a_week_later():
    with clock.at(NOON):
        lead = a_lead(owner_name="박순자")
        actions.withdraw_contact_consent(lead, by=lead.captured_by, channel="PHONE")
        assert upkeep.forget_expired() == 0
    with clock.at(NOON + timedelta(days=7)):
        assert upkeep.forget_expired() == 1
