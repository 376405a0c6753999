"""The order board: what waits by state and deadline, found by whatever a seller remembers, seen and sent many at once."""

import uuid
from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from builders import a_line, a_person, a_shipping_policy, an_option, an_order
from dure.commerce.claims import actions as claims
from dure.commerce.claims import board
from dure.commerce.orders import actions as orders
from dure.commerce.orders.models import ProductOrder
from dure.commerce.sellers.models import Member, Seller
from dure.commerce.shipping import actions as shipping
from dure.commerce.shipping.models import Parcel
from dure.kit import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(client):
    person = a_person(name="한순이")
    shop = Seller.objects.create(name="순이네", status="APPROVED")
    Member.objects.create(seller=shop, user=person, role="OWNER")
    a_shipping_policy(shop, carrier="CJ")
    client.force_login(person)
    return shop


def sold(shop, status="PAID", **more):
    return a_line(status, option=an_option(seller=shop, stock=50, name=more.pop("name", "빈대떡")), **more)


def text(response):
    return response.content.decode()


def lines_of(response):
    return [row.pk for row in response.context["listing"].page]


def board_of(client, query=""):
    return client.get(reverse("seller:orders") + query)


def test_it_counts_every_state_and_shows_the_lines_of_each(client, shop):
    today, moment = clock.today(), clock.now()
    fresh, seen, late, soon = (sold(shop) for _ in range(4))
    for line in (seen, late, soon):
        orders.acknowledge(line, by=None)
    ProductOrder.objects.filter(pk=late.pk).update(dispatch_due=today - timedelta(days=2))
    ProductOrder.objects.filter(pk=soon.pk).update(dispatch_due=today)
    ProductOrder.objects.filter(pk__in=[fresh.pk, seen.pk]).update(dispatch_due=today + timedelta(days=9))
    partly = sold(shop, quantity=3)
    ProductOrder.objects.filter(pk=partly.pk).update(dispatch_due=today + timedelta(days=9))
    shipping.dispatch([partly], "CJ", "600000001001", by=None, pieces={partly.pk: 1})
    going, there, kept = sold(shop, "DELIVERING"), sold(shop, "DELIVERED"), sold(shop, "PURCHASE_CONFIRMED")
    somebody_elses = a_line()
    counts = board.counts(shop, today, moment)
    assert {k: v for k, v in counts.items() if v} == {
        "fresh": 1, "ready": 4, "partly": 1, "soon": 1, "late": 1, "delivering": 1, "delivered": 1, "confirmed": 1,
    }  # fmt: skip
    expected = {
        "": {fresh, seen, late, soon, partly, going, there, kept}, "fresh": {fresh}, "late": {late}, "soon": {soon},
        "partly": {partly}, "delivering": {going}, "delivered": {there}, "confirmed": {kept},
        "ready": {seen, late, soon, partly}, "nonsense": {fresh, seen, late, soon, partly, going, there, kept},
    }  # fmt: skip
    for state, lines in expected.items():
        response = board_of(client, f"?state={state}")
        assert set(lines_of(response)) == {line.pk for line in lines}, state
    page = text(board_of(client))
    assert "발송 기한이 지난 주문이 1건" in page and "2일 지남" in page and "오늘까지" in page
    assert "1개 보냄" in page and somebody_elses.order.number not in page


def test_open_claims_are_on_the_board_by_kind(client, shop):
    line = sold(shop, "DELIVERED")
    claims.open_claim(line, "RETURN", quantity=1, reason="BROKEN", key=uuid.uuid4(), by=line.order.buyer)
    assert board.counts(shop, clock.today(), clock.now())["returns"] == 1
    page = board_of(client, "?state=returns")
    assert lines_of(page) == [line.pk] and "반품 접수" in text(page)


@pytest.mark.parametrize("by", ["number", "line", "waybill", "phone", "product", "receiver"])
def test_an_order_is_found_by_what_a_seller_remembers(client, shop, by):
    line = sold(shop, "DELIVERING", name="녹두빈대떡")
    sold(shop, name="김치전", quantity=2)
    other = a_line(option=an_option(name="녹두빈대떡"))  # another shop's
    order = line.order
    order.receiver, order.phone = "유별난", "+821099998888"
    order.save()
    words = {"number": order.number.lower(), "line": f"{line.pk}", "waybill": line.parcels.get().waybill,
             "phone": "010-9999-8888", "product": "녹두 빈대", "receiver": "유별"}[by]  # fmt: skip
    found = board_of(client, f"?q={words}")
    assert lines_of(found) == [line.pk], words
    assert other.pk not in lines_of(found)


def test_pages_go_by_key_and_meet_every_line_once(client, shop, monkeypatch):
    monkeypatch.setattr("dure.sites.seller.board.Board.per_page", 3)
    with clock.at(clock.now() - timedelta(days=1)):
        made = [sold(shop).pk for _ in range(4)]  # paid at one moment: the key of the line decides
    made += [sold(shop).pk for _ in range(4)]
    for query in ("", "state=fresh&sort=dispatch_due", "sort=paid_at"):
        met, address = [], f"?{query}"
        while address:
            response = board_of(client, address)
            met += lines_of(response)
            after = response.context["listing"].page.after
            address = f"?{query}&after={after.replace('+', '%2B')}" if after else ""
        assert sorted(met) == sorted(made) and len(met) == 8, query
    last = board_of(client, f"?before={response.context['listing'].page.before.replace('+', '%2B')}&sort=paid_at")
    assert lines_of(last) == met[3:6], "and back again"
    assert len(lines_of(board_of(client, "?after=rubbish~x"))) == 3


def test_the_board_asks_the_database_as_often_for_many_lines_as_for_one(client, shop, django_assert_max_num_queries):
    sold(shop)
    for more in (0, 6):
        for _ in range(more):
            sold(shop, "DELIVERED", quantity=2)
        with django_assert_max_num_queries(12):
            assert board_of(client).status_code == 200


def test_what_is_picked_is_acknowledged_together_and_taken_back_by_the_undo(client, shop):
    lines = [sold(shop) for _ in range(3)]
    elsewhere = a_line()
    ids = [line.pk for line in lines[:2]] + [elsewhere.pk]
    page = client.post(reverse("seller:acknowledge_picked"), {"ids": ids}, follow=True)
    assert "주문 2건을 확인했어요" in text(page) and "되돌리기" in text(page)
    seen = ProductOrder.objects.exclude(acknowledged_at=None)
    assert {line.pk for line in seen} == {line.pk for line in lines[:2]}, "another shop's stays unseen"
    client.post(reverse("seller:unacknowledge"), {"ids": ",".join(map(str, ids))})
    assert not ProductOrder.objects.exclude(acknowledged_at=None).exists()


def test_many_parcels_are_sent_at_once_and_a_mistake_is_its_own(client, shop):
    buyer = a_person()
    option, second = (an_option(seller=shop, name=name) for name in ("떡", "전"))
    together = an_order(option, second, buyer=buyer, paid=True)
    alone = sold(shop, buyer=a_person())
    alone.order.receiver = "남다른"
    alone.order.save()
    later = sold(shop, buyer=a_person())
    later.order.receiver = "나중에"
    later.order.save()
    first = together.lines.order_by("pk").first()
    ids = [*together.lines.values_list("pk", flat=True), alone.pk, later.pk]
    asked = text(client.post(reverse("seller:send"), {"ids": ids}))
    assert asked.count("<h2") == 3, "what goes to one place is one parcel"
    form = {
        "ids": ids,
        f"p{first.pk}-carrier": "CJ", f"p{first.pk}-waybill": "6000-0000-2001",
        f"p{alone.pk}-carrier": "CJ", f"p{alone.pk}-waybill": "12345",
        f"p{later.pk}-carrier": "CJ", f"p{later.pk}-waybill": "",
    }  # fmt: skip
    answer = client.post(reverse("seller:send"), form)
    assert answer.status_code == 422
    assert "운송장 번호가 이 택배사의 형식과 달라요" in text(answer) and "12345" in text(answer)
    assert Parcel.objects.get().lines.count() == 2
    alone.refresh_from_db()
    later.refresh_from_db()
    assert (alone.status, later.status) == ("PAID", "PAID")
    form[f"p{alone.pk}-method"] = "QUICK_SVC"
    assert client.post(reverse("seller:send"), form).status_code == 200, "one is still to be sent"
    alone.refresh_from_db()
    assert alone.status == "DELIVERING" and alone.parcels.get().method == "QUICK_SVC"


def test_the_packing_list_adds_up_the_goods_and_has_a_label_for_each_place(client, shop):
    sold(shop, quantity=2, buyer=a_person())
    partly = sold(shop, quantity=3)
    shipping.dispatch([partly], "CJ", "600000003001", by=None, pieces={partly.pk: 1})
    sold(shop, "DELIVERED")
    page = client.get(reverse("seller:print_picked"))
    assert page.context["goods"] == [("빈대떡", partly.option_name, 4)]
    assert text(page).count('class="label"') == 1 and "순이네" in text(page)
    assert "보낼 주문이 없어요" in text(client.get(reverse("seller:print_picked") + "?ids=1"))


def test_the_board_goes_into_excel(client, shop):
    line = sold(shop, quantity=2)
    answer = client.get(reverse("seller:orders") + "?export=xlsx")
    rows = CalamineWorkbook.from_filelike(BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0).to_python()
    assert rows[1][0] == line.order.number and "빈대떡" in rows[1][2]


def test_somebody_who_may_only_look_sees_no_buttons_and_can_do_nothing(client, shop):
    reader = a_person()
    Member.objects.create(seller=shop, user=reader, role="READ_ONLY")
    client.force_login(reader)
    line = sold(shop)
    assert 'name="ids"' not in text(board_of(client, "?state=fresh"))
    for name in ("acknowledge_picked", "unacknowledge", "send"):
        assert client.post(reverse(f"seller:{name}"), {"ids": line.pk}).status_code == 403


def test_searching_stays_in_the_state_that_was_chosen(client, shop):
    sold(shop)
    assert '<input type="hidden" name="state" value="fresh">' in text(board_of(client, "?state=fresh"))
