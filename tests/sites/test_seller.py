"""The seller centre: every page opens, every deed happens, another shop's numbers are not there."""

import io
import json
import uuid

import pytest
from django.urls import reverse
from PIL import Image

from builders import a_brn, a_line, a_person, a_shipping_policy, an_option
from dure.commerce.catalog.models import Category, Product
from dure.commerce.claims import actions as claims
from dure.commerce.claims.models import Claim
from dure.commerce.sellers import actions as sellers
from dure.commerce.sellers.models import Member, Seller
from dure.commerce.stock.models import StockItem
from dure.finance.settlement.models import Statement
from dure.kit import clock

pytestmark = pytest.mark.django_db
KINDS = {"month": "2026-10", "day": "2026-10-09", "phone": "02-123-4567"}


def a_shop_of(person, **fields):
    shop = Seller.objects.create(name="순이네", status="APPROVED", **fields)
    Member.objects.create(seller=shop, user=person, role="OWNER")
    a_shipping_policy(shop)
    return shop


@pytest.fixture
def owner(client):
    person = a_person(name="한순이")
    client.force_login(person)
    return person


@pytest.fixture
def shop(owner):
    return a_shop_of(owner)


def line(n, pk=None, *, seen=0, values=(), addon=False, on=True, **typed):
    """A row of the table of options as the page sends it."""
    kept = {"id": pk, "values": list(values), "seen": seen, "addon": addon}
    return {"row": str(n), f"o{n}": json.dumps(kept), **({f"o{n}-on": "1"} if on else {}),
            **{f"o{n}-{name}": text for name, text in typed.items()}}  # fmt: skip


def table(*lines, do="save", **also):
    sent = {"do": do, "row": [each["row"] for each in lines], **also}
    for each in lines:
        sent |= {name: value for name, value in each.items() if name != "row"}
    return sent


def a_statement(shop):
    return Statement.objects.create(
        seller=shop, number=uuid.uuid4().hex[:20], due_date=clock.today(), goods=0, discounts=0, shipping=0,
        commission=0, vat=0, total=0, pay_amount=0,
    )  # fmt: skip


def a_picture():
    out = io.BytesIO()
    Image.new("RGB", (400, 300), (200, 120, 60)).save(out, "JPEG")
    out.seek(0)
    out.name = "photo.jpg"
    return out


PAGES = ["home", "steps", "products", "new_product", "orders", "claims", "settlements", "reviews"]


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_for_a_new_shop_and_asks_guests_to_sign_in(client, shop, name):
    assert client.get(reverse(f"seller:{name}")).status_code == 200
    client.logout()
    assert client.get(reverse(f"seller:{name}")).status_code == 302


def test_somebody_without_a_shop_is_shown_how_to_begin(client, owner):
    assert client.get(reverse("seller:home")).url == reverse("seller:apply")
    key = str(uuid.uuid4())
    for _ in range(2):
        client.post(reverse("seller:apply"), {"name": "새 가게", "key": key})
    assert Seller.objects.of(owner).count() == 1


def test_an_invitation_is_taken_once(client, owner):
    link = sellers.invite(shop_name="순이네", by=None)
    assert "순이네" in client.get(reverse("seller:join", args=[link.code])).content.decode()
    assert client.post(reverse("seller:join", args=[link.code])).status_code == 302
    assert Seller.objects.of(owner).get().name == "순이네"
    client.force_login(a_person())
    assert client.post(reverse("seller:join", args=[link.code])).status_code == 409
    assert client.get(reverse("seller:join", args=["NOSUCHCODE"])).status_code == 404


def test_a_wrong_business_number_is_said_beside_it_and_nothing_typed_is_lost(client, shop):
    typed = {"brn": "123-45-67890", "company_name": "순이네 식품", "representative": "한순이", "business_address": "종로 88",
             "contact_phone": "02-123-4567", "mail_order_exempt": "on"}  # fmt: skip
    answer = client.post(reverse("seller:save_business"), typed)
    page = answer.content.decode()
    assert answer.status_code == 422 and "사업자등록번호가 맞지 않아요" in page and "순이네 식품" in page


def test_a_product_is_made_filled_and_sent_to_review(client, shop):
    category = Category.objects.exclude(parent=None).filter(notice_type="GENERAL_FOOD").first()
    form = {"name": "빈대떡", "category": category.pk, "story": "삼십 년 부친 녹두 빈대떡이에요. 얼려서 보내 드려요.",
            "key": str(uuid.uuid4()),
            "options-TOTAL_FORMS": 2, "options-INITIAL_FORMS": 0, "options-0-name": "3장", "options-0-price": "12,000",
            "options-0-stock": "30", "options-1-name": "6장", "options-1-price": "22000", "options-1-stock": "10"}  # fmt: skip
    for _ in range(2):  # a double submit
        assert client.post(reverse("seller:new_product"), form).status_code == 302
    product = Product.objects.get()
    assert [o.stock.available for o in product.options.all()] == [30, 10]

    page = client.get(reverse("seller:product", args=[product.pk])).content.decode()
    assert "빈대떡" in page
    refused = client.post(reverse("seller:move_product", args=[product.pk]), {"deed": "submit"})
    assert refused.status_code >= 400 and "사진" in refused.content.decode()
    assert client.post(reverse("seller:add_photo", args=[product.pk]), {"image": a_picture()}).status_code == 302
    from dure.commerce.catalog import notices

    values = {i.code: (i.choices[0][0] if i.choices else KINDS.get(i.kind, "녹두"))
              for i in notices.form_of("GENERAL_FOOD").items}  # fmt: skip
    assert client.post(reverse("seller:save_notice", args=[product.pk]), values).status_code == 302
    assert client.post(reverse("seller:move_product", args=[product.pk]), {"deed": "submit"}).status_code == 302
    product.refresh_from_db()
    assert product.status == "IN_REVIEW"


def test_a_price_without_a_name_is_said_in_its_row(client, shop):
    option = an_option(seller=shop)
    answer = client.post(
        reverse("seller:save_options", args=[option.product_id]), table(line(0, name="", price="5000"))
    )
    assert answer.status_code == 422 and "옵션명을 적어 주세요" in answer.content.decode()


def test_stock_typed_keeps_what_was_sold_meanwhile(client, shop):
    option = an_option(seller=shop, stock=10)
    a_line(option=option)  # one is sold while the page is open
    form = table(line(0, option.pk, name="기본", price="10000", stock="20", seen=10))
    client.post(reverse("seller:save_options", args=[option.product_id]), form)
    assert StockItem.objects.get(option=option).available == 19


def test_orders_are_seen_at_once_and_sent_with_a_waybill(client, shop):
    lines = [a_line(option=an_option(seller=shop)) for _ in range(3)]
    client.post(reverse("seller:acknowledge_picked"), {"all": "1"})
    url = reverse("seller:dispatch", args=[lines[0].pk])
    wrong = client.post(url, {"carrier": "CJ", "waybill": "12"})
    assert wrong.status_code == 422 and "운송장 번호" in wrong.content.decode()
    assert client.post(url, {"carrier": "CJ", "waybill": "123456789012"}).status_code == 302
    lines[0].refresh_from_db()
    assert lines[0].status == "DELIVERING" and lines[0].acknowledged_at


def test_a_return_is_collected_and_refunded(client, shop):
    line = a_line("DELIVERED", option=an_option(seller=shop))
    claim = claims.open_claim(line, "RETURN", quantity=1, reason="BROKEN", key=uuid.uuid4(), by=line.order.buyer)
    url = reverse("seller:answer_claim", args=[claim.pk])
    assert client.post(url, {"deed": "reject", "answer": ""}).status_code >= 400
    assert client.post(url, {"deed": "collect", "carrier": "CJ", "waybill": "555555555555"}).status_code == 302
    assert client.post(url, {"deed": "collected"}).status_code == 302
    assert client.post(url, {"deed": "complete"}).status_code == 302
    claim.refresh_from_db()
    assert claim.status == Claim.Status.DONE


def test_what_is_another_shops_does_not_exist(client, shop):
    line = a_line("DELIVERED")
    claim = claims.open_claim(line, "RETURN", quantity=1, reason="BROKEN", key=uuid.uuid4(), by=line.order.buyer)
    product = line.option.product
    statement = a_statement(line.seller)
    for name, args in [
        ("order", [line.pk]),
        ("claim", [claim.pk]),
        ("product", [product.pk]),
        ("statement", [statement.pk]),
    ]:
        assert client.get(reverse(f"seller:{name}", args=args)).status_code == 404
    for name, args in [
        ("acknowledge", [line.pk]), ("dispatch", [line.pk]), ("answer_claim", [claim.pk]), ("save_words", [product.pk]),
        ("save_terms", [product.pk]), ("undo_options", [product.pk]),
        ("order_photos", [product.pk]), ("detail", [product.pk]), ("copy_product", [product.pk]),
        ("save_options", [product.pk]), ("save_notice", [product.pk]), ("add_photo", [product.pk]),
        ("move_product", [product.pk]), ("switch", [line.seller_id]),
    ]:  # fmt: skip
        assert client.post(reverse(f"seller:{name}", args=args)).status_code == 404, name


def test_an_owner_of_two_shops_changes_between_them(client, owner, shop):
    other = a_shop_of(owner)
    client.post(reverse("seller:switch", args=[other.pk]))
    line = a_line(option=an_option(seller=other))
    assert client.get(reverse("seller:order", args=[line.pk])).status_code == 200


def test_the_lists_cost_the_same_however_long(client, shop, django_assert_max_num_queries):
    for _ in range(6):
        a_line(option=an_option(seller=shop))
    with django_assert_max_num_queries(18):
        client.get(reverse("seller:orders"))
    with django_assert_max_num_queries(18):
        client.get(reverse("seller:products"))


def test_the_company_is_filled_in_and_asks_to_be_let_in(client, owner, monkeypatch):
    from dure.commerce.sellers.actions import steps

    monkeypatch.setattr(steps, "_ask_tax_service", lambda brn: {"tax_type": "01", "business_checked_at": clock.now()})
    monkeypatch.setattr(steps, "ask_bank", lambda *asked: True)
    shop = a_shop_of(owner)
    Seller.objects.filter(pk=shop.pk).update(status="APPLYING")
    business = {"brn": a_brn(), "company_name": "순이네", "representative": "한순이", "business_address": "종로 88",
                "contact_phone": "02-123-4567", "mail_order_exempt": "on"}  # fmt: skip
    assert client.post(reverse("seller:save_business"), business).status_code == 302
    account = {"bank_code": "004", "number": "123-456-7890123", "holder_name": "한순이"}
    assert client.post(reverse("seller:save_account"), account).status_code == 302
    assert client.post(reverse("seller:submit")).status_code == 302
    shop.refresh_from_db()
    assert shop.status == "IN_REVIEW"


def test_staff_sell_but_do_not_touch_company_account_or_people(client, shop):
    member = Member.objects.create(seller=shop, user=a_person(), role="PRODUCT")
    client.force_login(member.user)
    page = client.get(reverse("seller:steps")).content.decode()
    assert reverse("seller:save_shipping") in page and reverse("seller:save_account") not in page
    for name, args in [("save_business", []), ("save_account", []), ("submit", []), ("invite_staff", []),
                       ("remove_member", [shop.members.get(role="OWNER").pk])]:  # fmt: skip
        assert client.post(reverse(f"seller:{name}", args=args)).status_code == 403, name
    assert client.get(reverse("seller:products")).status_code == 200


def test_several_photos_come_at_once_and_one_moves_forward(client, shop):
    product = an_option(seller=shop, status="DRAFT").product
    client.post(reverse("seller:add_photo", args=[product.pk]), {"image": [a_picture(), a_picture(), a_picture()]})
    first, second, third = product.photos.all()
    client.post(reverse("seller:change_photo", args=[product.pk, third.pk]), {"forward": "1"})
    assert list(product.photos.all()) == [first, third, second]
    client.post(reverse("seller:change_photo", args=[product.pk, second.pk]), {"first": "1"})
    assert list(product.photos.all()) == [second, first, third]
    none = client.post(reverse("seller:add_photo", args=[product.pk]), {})
    assert none.status_code == 422 and product.photos.count() == 3


def test_another_notice_form_may_be_chosen_and_what_is_wrong_is_said_beside_it(client, shop):
    product = an_option(seller=shop, status="DRAFT").product
    assert "세탁방법" in client.get(reverse("seller:product", args=[product.pk]) + "?form=WEAR").content.decode()
    url = reverse("seller:save_notice", args=[product.pk])
    answer = client.post(url, {"form": "WEAR", "made_in": "지난달", "color": "쪽빛"})
    assert answer.status_code == 422 and "2026-11처럼" in answer.content.decode() and "쪽빛" in answer.content.decode()
    assert client.post(url, {"form": "WEAR", "color": "쪽빛"}).status_code == 302  # the rest may come later
    product.refresh_from_db()
    assert (product.notice_type, product.notice) == ("WEAR", {"color": "쪽빛"})


def test_the_seller_sees_what_the_md_changed_and_takes_it_back(client, shop):
    from dure.commerce.catalog import actions as catalog

    product = an_option(seller=shop, name="사과").product
    revision = catalog.improve(product, by=a_person("MD", name="문상품"), note="산지를 넣었어요", name="청송 사과")
    page = client.get(reverse("seller:product", args=[product.pk])).content.decode()
    assert "문상품" in page and "산지를 넣었어요" in page and "<del" in page
    assert client.post(reverse("seller:undo", args=[product.pk, revision.pk])).status_code == 302
    product.refresh_from_db()
    assert product.name == "사과"
    assert client.post(reverse("seller:undo", args=[product.pk, revision.pk])).status_code == 409


def test_an_options_own_code_is_kept_and_found_once(client, shop):
    option = an_option(seller=shop)
    rows = table(
        line(0, option.pk, name="3kg", price="12,000", code="A-1"), line(1, name="5kg", price="20,000", code="A-2")
    )
    assert client.post(reverse("seller:save_options", args=[option.product_id]), rows).status_code == 302
    assert list(option.product.options.values_list("seller_code", flat=True)) == ["A-1", "A-2"]
    found = client.get(reverse("seller:products") + "?q=A-").content.decode()
    assert "1건" in found and "2건" not in found


def test_a_suspended_shop_is_told_why(client, shop):
    sellers.suspend(shop, why="배송이 자꾸 늦어졌어요.", by=a_person("OPERATOR"))
    assert "배송이 자꾸 늦어졌어요." in client.get(reverse("seller:home")).content.decode()
