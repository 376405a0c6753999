"""An exhibition from the plan to its results: who is told what, who agreed to what, and the clock alone opens it."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from builders import a_person, an_option, an_order
from dure.commerce.exhibitions import actions, errors, queries
from dure.commerce.exhibitions.checks import CHECKS
from dure.commerce.exhibitions.models import Application
from dure.commerce.promotions import errors as promotions
from dure.commerce.promotions import rules
from dure.commerce.promotions.models import EventPrice
from dure.commerce.promotions.queries import events_of
from dure.kit import clock
from dure.kit.checks import run

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def an_exhibition(*, recruiting=True, starts=DAY, **shares):
    now = clock.now()
    deal = actions.Deal(now + starts, now + starts + 7 * DAY, now + starts + DAY, **shares)
    page = actions.Page("강원 가을걷이", "산골의 가을을 상에 올려요", theme="PERSIMMON")
    made = actions.plan(page, deal, key=uuid.uuid4(), by=None)
    if recruiting:
        actions.recruit(made, by=None)
        made.refresh_from_db()
    made.offer.refresh_from_db()
    return made


HALF = {"platform_bp": 5000, "seller_bp": 5000}


def agree(exhibition, seller, accept, **also):
    told = {"terms_hash": exhibition.offer.terms_hash, "cap": None, "by": a_person()} | also
    return actions.answer(exhibition, seller, accept=accept, **told)


def sound():
    return all(run(check).ok for check in CHECKS)


def test_the_house_proposes_and_a_seller_accepts_some():
    exhibition, md = an_exhibition(**HALF), a_person("OPERATOR")
    tea = an_option()
    honey = an_option(seller=tea.product.seller)
    assert actions.propose(exhibition, {tea.pk: 8_000, honey.pk: 9_000}, by=md) == 1
    assert Application.objects.get().status == "INVITED"
    done = agree(exhibition, tea.product.seller, [tea.pk], cap=50_000)
    assert (done.status, done.agreed) == ("ACCEPTED", {str(tea.pk): 8_000})
    assert dict(EventPrice.objects.values_list("option", "status")) == {tea.pk: "ACCEPTED", honey.pk: "DECLINED"}
    assert exhibition.offer.budgets.get(seller=tea.product.seller).cap == 50_000
    assert sound()


def test_none_accepted_is_a_no():
    exhibition, tea = an_exhibition(), an_option()
    actions.propose(exhibition, {tea.pk: 8_000}, by=a_person())
    assert agree(exhibition, tea.product.seller, [], note="수확이 늦어요").status == "DECLINED"
    with pytest.raises(errors.NobodyInIt):
        actions.publish(exhibition, by=None)


def test_a_seller_applies_with_its_consent_and_the_house_decides():
    exhibition, tea, owner = an_exhibition(**HALF), an_option(), a_person()
    told = {"terms_hash": exhibition.offer.terms_hash, "cap": None, "by": owner}
    asked = actions.apply(exhibition, tea.product.seller, {tea.pk: 8_500}, **told)
    assert (asked.status, asked.consented_by) == ("APPLIED", owner)
    actions.decide(asked, accept=True, by=a_person("OPERATOR"))
    asked.refresh_from_db()
    assert asked.status == "ACCEPTED" and EventPrice.objects.get().status == "ACCEPTED"
    assert sound()
    actions.leave(asked, by=owner)
    assert EventPrice.objects.get().status == "WITHDRAWN" and sound()


def test_a_seller_may_apply_and_be_asked_at_once():
    exhibition, tea, owner = an_exhibition(**HALF), an_option(), a_person()
    honey = an_option(seller=tea.product.seller)
    told = {"terms_hash": exhibition.offer.terms_hash, "cap": None, "by": owner}
    asked = actions.apply(exhibition, tea.product.seller, {tea.pk: 8_500}, **told)
    actions.propose(exhibition, {honey.pk: 9_000}, by=a_person("OPERATOR"))
    assert agree(exhibition, tea.product.seller, [honey.pk]).status == "ACCEPTED"
    assert dict(EventPrice.objects.values_list("option", "status")) == {tea.pk: "PROPOSED", honey.pk: "ACCEPTED"}
    asked.refresh_from_db()
    actions.decide(asked, accept=True, by=a_person("OPERATOR"))
    assert set(EventPrice.objects.values_list("status", flat=True)) == {"ACCEPTED"} and sound()


def test_terms_that_were_not_shown_cannot_be_agreed_to():
    exhibition, tea = an_exhibition(**HALF), an_option()
    actions.propose(exhibition, {tea.pk: 8_000}, by=a_person())
    with pytest.raises(promotions.TermsChanged):
        agree(exhibition, tea.product.seller, [tea.pk], terms_hash="other")


def test_only_ones_own_goods_on_sale_and_below_the_lowest_price():
    exhibition, mine, other = an_exhibition(), an_option(), an_option()
    told = {"terms_hash": exhibition.offer.terms_hash, "cap": None, "by": a_person()}
    with pytest.raises(promotions.NotYourGoods):
        actions.apply(exhibition, mine.product.seller, {other.pk: 8_000}, **told)
    with pytest.raises(promotions.PriceNotLower):
        actions.apply(exhibition, mine.product.seller, {mine.pk: 10_000}, **told)
    with pytest.raises(promotions.NothingChosen):
        actions.apply(exhibition, mine.product.seller, {}, **told)


def test_after_sellers_are_told_the_deal_stays_and_the_page_may_be_mended():
    exhibition = an_exhibition(**HALF)
    deal = actions.Deal(exhibition.starts_at, exhibition.ends_at, exhibition.apply_until)
    with pytest.raises(errors.ExhibitionFixed):
        actions.change_deal(exhibition, deal, by=None)
    actions.mend_page(exhibition, actions.Page("새 제목"), by=None)
    exhibition.refresh_from_db()
    assert exhibition.title == "새 제목"
    with pytest.raises(IntegrityError, match="fixed once agreed"), transaction.atomic():
        type(exhibition.offer).objects.filter(pk=exhibition.offer_id).update(seller_bp=0, platform_bp=10_000)


def test_nobody_comes_in_after_the_deadline():
    exhibition, tea = an_exhibition(), an_option()
    with clock.at(exhibition.apply_until + HOUR), pytest.raises(errors.NotRecruiting):
        actions.propose(exhibition, {tea.pk: 8_000}, by=a_person())


def test_it_opens_and_closes_by_the_clock_and_only_once_published():
    exhibition, tea = an_exhibition(), an_option()
    actions.propose(exhibition, {tea.pk: 8_000}, by=a_person())
    agree(exhibition, tea.product.seller, [tea.pk])

    def shown(moment):
        return bool(queries.on_now(moment)), bool(events_of([tea.pk], moment))

    inside = exhibition.starts_at + HOUR
    assert shown(inside) == (False, False)
    actions.publish(exhibition, by=None)
    assert shown(exhibition.starts_at - HOUR) == (False, False)
    assert shown(inside) == (True, True)
    assert shown(exhibition.ends_at) == (False, False)
    actions.cancel(exhibition, by=a_person(), why="비가 와서")
    assert shown(inside) == (False, False)


def test_what_a_proposal_comes_to_is_told_before():
    exhibition, tea = an_exhibition(**HALF), an_option()
    an_order()  # the commission plan
    actions.propose(exhibition, {tea.pk: 8_000}, by=a_person())
    (told,) = queries.proposals_of(exhibition, tea.product.seller, clock.now())
    assert (told.outcome.paid, told.outcome.parts.seller, told.outcome.commission, told.outcome.arrives) == (
        8_000,
        1_000,
        450,
        8_505,
    )


def test_sections_show_what_is_agreed_pinned_first():
    exhibition, tea = an_exhibition(), an_option()
    honey = an_option(seller=tea.product.seller)
    actions.propose(exhibition, {tea.pk: 8_000, honey.pk: 9_000}, by=a_person())
    section = actions.add_section(exhibition, "꿀단지", by=None)
    items = {item.product_id: item for item in exhibition.items.all()}
    rows = [(items[honey.product_id].pk, section.pk, 0, True), (items[tea.product_id].pk, section.pk, 1, False)]
    actions.arrange(exhibition, [(section.pk, "꿀과 차", "", 0)], rows, by=None)
    assert queries.shelves(exhibition, clock.now()) == []
    agree(exhibition, tea.product.seller, [tea.pk, honey.pk])
    (shelf,) = queries.shelves(exhibition, clock.now())
    assert (shelf.section.title, [i.product_id for i in shelf.items]) == ("꿀과 차", [honey.product_id, tea.product_id])


def test_results_are_the_sales_at_its_prices_and_who_bore_them():
    exhibition, tea = an_exhibition(starts=-HOUR, **HALF), an_option()
    actions.propose(exhibition, {tea.pk: 8_000}, by=a_person())
    agree(exhibition, tea.product.seller, [tea.pk])
    actions.publish(exhibition, by=None)
    actions.look(exhibition)
    actions.look(exhibition)
    an_order(tea, quantity=2, paid=True)
    an_order(tea)  # not paid: not a sale
    told = queries.results_of(exhibition)
    assert told.views == 2
    row = told.total
    assert (row.orders, row.pieces, row.goods, row.discount, row.platform, row.seller) == (
        1,
        2,
        20_000,
        4_000,
        2_000,
        2_000,
    )
    assert [r.name for r in told.by_seller] == [tea.product.seller.name]


def test_the_database_refuses_taking_part_without_a_consent():
    exhibition, tea = an_exhibition(), an_option()
    with pytest.raises(IntegrityError, match="accepted_with_consent"), transaction.atomic():
        Application.objects.create(exhibition=exhibition, seller=tea.product.seller, status="ACCEPTED")


@pytest.mark.parametrize(("price", "rate", "after"), [(10_000, 2000, 8_000), (12_340, 1500, 10_480), (10, 9000, 10)])
def test_a_rate_is_written_in_tens(price, rate, after):
    assert rules.rounded_down(price, rate) == after
