"""What a buyer does with an order, and that nobody else can."""

from __future__ import annotations

import uuid
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from builders import a_line, a_person, a_shipping_policy, an_option, an_order
from dure.commerce.claims.models import Claim
from dure.commerce.orders import actions as orders
from dure.commerce.orders.models import ProductOrder
from dure.commerce.reviews.models import Review
from dure.commerce.shipping import actions as shipping
from dure.integrations.carrier.client import Scan
from dure.kit import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def buyer(client):
    person = a_person(name="나구매")
    client.force_login(person)
    return person


def text(response):
    return response.content.decode()


def a_picture(name="사진.jpg"):
    out = BytesIO()
    Image.new("RGB", (200, 200), "orange").save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


class TestOrders:
    def test_the_list_shows_mine_newest_first_and_nobody_elses(self, client, buyer):
        an_order(an_option(name="먼저 산 것"), buyer=buyer, paid=True)
        an_order(an_option(name="나중 산 것"), buyer=buyer, paid=True)
        an_order(an_option(name="남이 산 것"), paid=True)
        page = text(client.get("/orders/"))
        assert page.index("나중 산 것") < page.index("먼저 산 것")
        assert "남이 산 것" not in page

    def test_tabs_narrow_by_what_goes_on(self, client, buyer):
        a_line("DELIVERED", option=an_option(name="도착한 것"), buyer=buyer)
        an_order(an_option(name="가는 것"), buyer=buyer, paid=True)
        assert "도착한 것" not in text(client.get("/orders/?show=going"))
        assert "가는 것" not in text(client.get("/orders/?show=arrived"))
        assert "아직 주문이 없어요" in text(client.get("/orders/?show=claims"))
        assert "가는 것" in text(client.get("/orders/?show=nonsense"))

    def test_an_order_tells_its_way_so_far_and_to_come(self, client, buyer):
        line = a_line("DELIVERING", buyer=buyer)
        page = text(client.get(f"/orders/{line.order.number}/"))
        for said in (
            "결제 완료",
            "판매자가 확인했어요",
            "보냈어요",
            "배송 완료",
            "구매 확정",
            line.parcels.get().waybill,
        ):
            assert said in page

    def test_an_unpaid_order_asks_to_be_paid(self, client, buyer):
        order = an_order(buyer=buyer)
        assert f"/pay/{order.number}/" in text(client.get(f"/orders/{order.number}/"))

    def test_a_list_costs_the_same_however_long(self, client, buyer, django_assert_max_num_queries):
        def read():
            client.get("/orders/")
            with django_assert_max_num_queries(20) as asked:
                client.get("/orders/")
            return len(asked)

        a_line("DELIVERED", buyer=buyer)
        few = read()
        for _n in range(5):
            a_line("DELIVERED", buyer=buyer)
            an_order(an_option(), an_option(), buyer=buyer, paid=True)
        assert read() == few


class TestConfirm:
    def test_the_buyer_confirms_what_arrived(self, client, buyer):
        line = a_line("DELIVERED", buyer=buyer)
        page = text(client.post(f"/orders/lines/{line.pk}/confirm/", follow=True))
        assert "구매를 확정했어요" in page
        assert ProductOrder.objects.get(pk=line.pk).status == "PURCHASE_CONFIRMED"

    def test_twice_is_told_kindly_and_not_done_again(self, client, buyer):
        line = a_line("DELIVERED", buyer=buyer)
        client.post(f"/orders/lines/{line.pk}/confirm/")
        response = client.post(f"/orders/lines/{line.pk}/confirm/")
        assert response.status_code == 409
        assert "이미 처리되었거나" in text(response)

    def test_what_has_not_arrived_has_no_such_button(self, client, buyer):
        line = a_line("PAID", buyer=buyer)
        assert "/confirm/" not in text(client.get(f"/orders/{line.order.number}/"))
        assert client.post(f"/orders/lines/{line.pk}/confirm/").status_code == 409


class TestReview:
    def test_a_review_with_a_photo_appears_on_the_product(self, client, buyer):
        line = a_line("DELIVERED", buyer=buyer)
        form = {"rating": 5, "text": "달고 신선해서 또 사려고요!", "photos": [a_picture(), a_picture("둘.png")]}
        response = client.post(f"/orders/lines/{line.pk}/review/", form, follow=True)
        page = text(response)
        assert "달고 신선해서 또 사려고요!" in page
        assert Review.objects.get().photos.count() == 2

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"rating": ""}, "별점을 골라 주세요"),
            ({"rating": "9"}, "field__error"),
            ({"text": "짧다"}, "id_text-error"),
            (
                {"photos": [SimpleUploadedFile("a.jpg", b"not a picture", "image/jpeg")]},
                "사진 파일이 아니거나 깨졌어요",
            ),
        ],
    )
    def test_wrong_input_is_named_and_the_words_are_kept(self, client, buyer, changes, said):
        line = a_line("DELIVERED", buyer=buyer)
        form = {"rating": 4, "text": "정성껏 적은 긴 후기예요. 맛있어요.", **changes}
        response = client.post(f"/orders/lines/{line.pk}/review/", form)
        assert response.status_code == 422
        assert said in text(response)
        if "text" not in changes:
            assert "정성껏 적은 긴 후기예요" in text(response)
        assert not Review.objects.exists()

    def test_six_photos_are_one_too_many(self, client, buyer):
        line = a_line("DELIVERED", buyer=buyer)
        form = {"rating": 4, "text": "사진이 많은 후기예요. 보세요.", "photos": [a_picture() for _n in range(6)]}
        assert "5장까지" in text(client.post(f"/orders/lines/{line.pk}/review/", form))

    def test_once_a_line(self, client, buyer):
        line = a_line("DELIVERED", buyer=buyer)
        form = {"rating": 5, "text": "달고 신선해서 또 사려고요!"}
        client.post(f"/orders/lines/{line.pk}/review/", form)
        assert client.post(f"/orders/lines/{line.pk}/review/", form).status_code == 422
        assert client.get(f"/orders/lines/{line.pk}/review/").status_code == 302
        assert Review.objects.count() == 1


class TestClaims:
    def form(self, **changes):
        return {"kind": "CANCEL", "quantity": 1, "reason": "INTENT_CHANGED", "key": str(uuid.uuid4()), **changes}

    def test_a_cancel_before_the_seller_saw_it_is_done_at_once(self, client, buyer):
        option = an_option(10_000)
        a_shipping_policy(option.product.seller, fee=3000)
        line = a_line("PAID", option=option, buyer=buyer)
        page = text(client.get(f"/orders/lines/{line.pk}/claim/?reason=INTENT_CHANGED"))
        assert "13,000원" in page  # the goods and the shipping fee
        page = text(client.post(f"/orders/lines/{line.pk}/claim/", self.form(), follow=True))
        assert "완료" in page
        assert ProductOrder.objects.get(pk=line.pk).status == "CANCELED"

    def test_a_cancel_after_that_waits_for_the_seller(self, client, buyer):
        line = a_line("PAID", buyer=buyer)
        orders.acknowledge(line, by=None)
        assert "발송을 멈출 수 있을 때" in text(client.get(f"/orders/lines/{line.pk}/claim/"))
        client.post(f"/orders/lines/{line.pk}/claim/", self.form())
        assert Claim.objects.get().status == "REQUESTED"

    def test_a_return_shows_what_comes_back_before_it_is_asked_for(self, client, buyer):
        option = an_option(10_000, stock=20)
        a_shipping_policy(option.product.seller, fee=3000, return_fee=4000)
        line = a_line("DELIVERED", option=option, quantity=3, buyer=buyer)
        mind = text(client.get(f"/orders/lines/{line.pk}/claim/?kind=RETURN&quantity=2&reason=INTENT_CHANGED"))
        assert "-4,000원" in mind
        assert "16,000원" in mind
        fault = text(client.get(f"/orders/lines/{line.pk}/claim/?kind=RETURN&quantity=3&reason=BROKEN"))
        assert "33,000원" in fault

    def test_a_return_with_evidence_can_be_followed_and_withdrawn(self, client, buyer):
        line = a_line("DELIVERED", buyer=buyer)
        form = self.form(kind="RETURN", reason="BROKEN", detail="두 개가 깨졌어요.", photos=[a_picture()])
        page = text(client.post(f"/orders/lines/{line.pk}/claim/", form, follow=True))
        assert "두 개가 깨졌어요." in page
        assert "판매자 사정" in page
        claim = Claim.objects.get()
        assert claim.evidence.count() == 1
        client.post(f"/claims/{claim.pk}/withdraw/")
        assert Claim.objects.get().status == "WITHDRAWN"

    def test_the_same_form_twice_is_one_claim(self, client, buyer):
        line = a_line("DELIVERED", buyer=buyer)
        form = self.form(kind="RETURN", reason="BROKEN")
        first = client.post(f"/orders/lines/{line.pk}/claim/", form)
        second = client.post(f"/orders/lines/{line.pk}/claim/", form)
        assert first["Location"] == second["Location"]
        assert Claim.objects.count() == 1

    @pytest.mark.parametrize(
        "changes",
        [
            {"reason": ""},
            {"reason": "BORED"},
            {"quantity": "0"},
            {"quantity": "9"},
            {"quantity": "x"},
            {"kind": "GIFT"},
            {"key": "x"},
        ],
    )
    def test_wrong_input_comes_back_with_words(self, client, buyer, changes):
        line = a_line("DELIVERED", quantity=2, buyer=buyer)
        form = self.form(**{"kind": "RETURN", "reason": "BROKEN", "detail": "적어 둔 이야기", **changes})
        response = client.post(f"/orders/lines/{line.pk}/claim/", form)
        assert response.status_code == 422
        assert "적어 둔 이야기" in text(response)
        assert not Claim.objects.exists()

    def test_what_cannot_be_claimed_leads_back_to_the_order(self, client, buyer):
        line = a_line("DELIVERED", buyer=buyer)
        ProductOrder.objects.filter(pk=line.pk).update(delivered_at=clock.now() - timedelta(days=120))
        assert client.get(f"/orders/lines/{line.pk}/claim/")["Location"] == f"/orders/{line.order.number}/"


class TestClaimsInFull:
    form = TestClaims.form

    def parcel(self, buyer, **policy):
        """Two lines of one seller that came in one parcel."""
        option = an_option(10_000, stock=20, name="떡")
        other = an_option(20_000, seller=option.product.seller, name="전")
        a_shipping_policy(option.product.seller, **{"fee": 3000, "return_fee": 2500, **policy})
        order = an_order(option, other, buyer=buyer, paid=True)
        lines = list(order.lines.order_by("id"))
        shipping.dispatch(lines, "CJ", "600000005001", by=None)
        shipping.record_tracking("CJ", "600000005001", [Scan("DELIVERED", clock.now(), "문 앞")])
        return lines

    def test_two_lines_go_back_together_at_one_freight_shown_before(self, client, buyer):
        one, other = self.parcel(buyer)
        address = f"/orders/lines/{one.pk}/claim/"
        page = text(client.get(f"{address}?kind=RETURN&quantity=1&reason=INTENT_CHANGED&with={other.pk}"))
        assert "30,000원" in page and "-2,500원" in page and "27,500원" in page
        form = self.form(kind="RETURN", **{"with": other.pk}, collect_method="RETURN_INDIVIDUAL", fee_method="DEDUCTED")
        detail = client.post(address, form, follow=True)
        again = client.post(address, form)
        assert Claim.objects.count() == 2 and again["Location"].startswith("/claims/"), "twice pressed, once asked"
        assert sum(Claim.objects.values_list("refund_amount", flat=True)) == 27_500
        assert "함께 신청" in text(detail) and "신청했어요" in text(detail)
        first = Claim.objects.get(product_order=one)
        assert client.post(f"/claims/{first.pk}/sent/", {"carrier": "CJ", "waybill": "12"}).status_code == 422
        client.post(f"/claims/{first.pk}/sent/", {"carrier": "CJ", "waybill": "600000005002"})
        assert set(Claim.objects.values_list("status", flat=True)) == {"COLLECTING"}
        assert "손님이 물건을 보냈어요" in text(client.get(f"/claims/{first.pk}/"))

    def test_an_exchange_for_another_option_shows_what_is_paid_apart(self, client, buyer):
        line = self.parcel(buyer)[0]
        big = line.option.product.options.create(name="큰 것", price=15_000)
        address = f"/orders/lines/{line.pk}/claim/?kind=EXCHANGE&quantity=1&reason=COLOR_AND_SIZE&option={big.pk}"
        page = text(client.get(address))
        assert "큰 것" in page and "배송비 5,000원은 환불에서 빼지 않고 따로 내요" in page
        form = self.form(kind="EXCHANGE", reason="COLOR_AND_SIZE", option=big.pk)
        page = text(client.post(f"/orders/lines/{line.pk}/claim/", form, follow=True))
        claim = Claim.objects.get()
        assert (claim.exchange_option, claim.fee_method, claim.fee_due) == (big, "BILLED", 5000)
        assert "바꿀 것" in page and "따로 보내 주세요" in page

    def test_made_to_order_goods_offer_only_reasons_of_a_fault(self, client, buyer):
        line = self.parcel(buyer)[0]
        ProductOrder.objects.filter(pk=line.pk).update(no_withdrawal="MADE_TO_ORDER")
        page = text(client.get(f"/orders/lines/{line.pk}/claim/"))
        assert "단순 변심으로는 반품·교환할 수 없어요" in page and 'value="INTENT_CHANGED"' not in page
        refused = client.post(f"/orders/lines/{line.pk}/claim/", self.form(kind="RETURN"))
        assert refused.status_code == 422 and not Claim.objects.exists()

    def test_more_pictures_are_added_and_both_sides_are_shown(self, client, buyer):
        line = self.parcel(buyer)[0]
        client.post(f"/orders/lines/{line.pk}/claim/", self.form(kind="RETURN", reason="BROKEN"))
        claim = Claim.objects.get()
        assert client.post(f"/claims/{claim.pk}/more/", {}).status_code == 422
        client.post(f"/claims/{claim.pk}/more/", {"said": "상자도 젖었어요", "photos": [a_picture()]})
        page = text(client.get(f"/claims/{claim.pk}/"))
        assert claim.evidence.count() == 1 and "상자도 젖었어요" in page

    def test_the_pages_ask_the_database_a_dozen_times(self, client, buyer, django_assert_max_num_queries):
        line = self.parcel(buyer)[0]
        client.post(f"/orders/lines/{line.pk}/claim/", self.form(kind="RETURN", reason="BROKEN"))
        client.get("/orders/")
        for address, most in (
            ("/orders/", 12),
            (f"/orders/{line.order.number}/", 14),
            (f"/claims/{Claim.objects.get().pk}/", 14),
        ):
            with django_assert_max_num_queries(most):
                client.get(address)


class TestNobodyElse:
    """Another's order, line or claim is not there, whoever asks by changing an id."""

    @pytest.fixture
    def theirs(self):
        owner = a_person()
        line = a_line("DELIVERED", buyer=owner)
        from dure.commerce.claims.actions import open_claim

        claim = open_claim(line, "RETURN", quantity=1, reason="BROKEN", key=uuid.uuid4(), by=owner)
        unpaid = an_order(buyer=owner)
        return {"line": line.pk, "order": line.order.number, "claim": claim.pk, "unpaid": unpaid.number}

    GET = [
        "/orders/{order}/",
        "/orders/lines/{line}/review/",
        "/orders/lines/{line}/claim/",
        "/claims/{claim}/",
        "/pay/{unpaid}/",
        "/pay/{unpaid}/success/?paymentKey=k&orderId={unpaid}&amount=1",
        "/pay/{unpaid}/fail/",
        "/pay/{unpaid}/done/",
    ]
    POST = [
        "/orders/lines/{line}/confirm/",
        "/orders/lines/{line}/review/",
        "/orders/lines/{line}/claim/",
        "/claims/{claim}/withdraw/",
        "/claims/{claim}/sent/",
        "/claims/{claim}/more/",
        "/pay/{unpaid}/",
    ]

    @pytest.mark.parametrize("roles", [(), ("MD",), ("CREATOR",), ("OPERATOR",), ("FINANCE",)], ids=str)
    @pytest.mark.parametrize(("method", "path"), [("get", p) for p in GET] + [("post", p) for p in POST])
    def test_it_is_404(self, client, theirs, method, path, roles):
        client.force_login(a_person(*roles))
        assert getattr(client, method)(path.format(**theirs)).status_code == 404

    def test_a_seller_is_no_buyer_either(self, client, theirs):
        from dure.commerce.sellers.models import Member

        line = ProductOrder.objects.get(pk=theirs["line"])
        staff = a_person()
        Member.objects.create(seller=line.seller, user=staff, role="READ_ONLY")
        client.force_login(staff)
        assert client.get(f"/orders/{theirs['order']}/").status_code == 404

    @pytest.mark.parametrize(("method", "path"), [("get", p) for p in GET] + [("post", p) for p in POST])
    def test_a_visitor_is_sent_to_sign_in(self, client, theirs, method, path):
        response = getattr(client, method)(path.format(**theirs))
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/")
