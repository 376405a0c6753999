"""The Excel pages of the seller centre: an upload has one page whatever its state; another shop's does not exist."""

import io

import pytest
from django.urls import reverse

from builders import a_line, a_person, a_shipping_policy, an_option
from dure.commerce.catalog.models import Category, Product
from dure.commerce.sellers.models import Member, Seller
from dure.commerce.sheets import tasks
from dure.commerce.sheets.models import Upload
from sheet_builders import HEAD, cells, fresh, xlsx

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client):
    person = a_person(name="한순이")
    client.force_login(person)
    return person


@pytest.fixture
def shop(owner):
    shop = Seller.objects.create(name="순이네", status="APPROVED")
    Member.objects.create(seller=shop, user=owner, role="OWNER")
    a_shipping_policy(shop)
    return shop


@pytest.fixture
def shelf():
    return Category.objects.exclude(parent=None).order_by("id").first()


def a_file(content, name="상품.xlsx"):
    out = io.BytesIO(content)
    out.name = name
    return out


def upload(client, content, name="seller:upload_sheet"):
    answer = client.post(reverse(name), {"file": a_file(content)})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return Upload.objects.latest("id")


def do(client, found, deed):
    answer = client.post(reverse("seller:sheet_act", args=[found.pk]), {"deed": deed})
    assert answer.status_code == 302
    tasks.work(found.pk)
    return fresh(found)


def html(client, found, query=""):
    answer = client.get(reverse("seller:sheet", args=[found.pk]) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def a_ready_upload(client, shelf, *rows):
    found = upload(
        client, xlsx(HEAD, *(rows or [["A1", "사과", shelf.code, 1000, 5], ["A2", "배", shelf.code, "만원", 5]]))
    )
    columns = {f"column-{i}": field for field, i in found.columns.items()}
    assert client.post(reverse("seller:sheet_columns", args=[found.pk]), columns).status_code == 302
    assert "비교하고 있어요" in html(client, found)
    tasks.work(found.pk)
    return fresh(found)


def test_from_the_file_to_the_undo_by_the_pages_alone(client, shop, shelf):
    assert "아직 올린 엑셀이 없어요" in client.get(reverse("seller:sheets")).content.decode()
    found = a_ready_upload(client, shelf)
    page = html(client, found)
    assert "맞는 것만 저장하기" in page and "숫자가 아니에요" in page and "옵션 1개 · 1,000원 · 재고 5" in page
    assert not Product.objects.filter(seller=shop).exists()
    assert "사과" not in html(client, found, "?show=WRONG")
    found = do(client, found, "start")
    assert "다 저장했어요" in html(client, found) and Product.objects.get(seller=shop).name == "사과"
    sheet = cells(client.get(reverse("seller:sheet_returned", args=[found.pk]) + "?only=wrong").streaming_content)
    assert len(sheet) == 2 and "숫자가 아니에요" in sheet[1][4]
    found = do(client, found, "take_back")
    assert "모두 되돌렸어요" in html(client, found) and not Product.objects.filter(seller=shop).exists()


def test_the_same_file_again_leads_to_the_same_page(client, shop, shelf):
    found = a_ready_upload(client, shelf)
    again = client.post(reverse("seller:upload_sheet"), {"file": a_file(xlsx(HEAD, ["A1", "사과", shelf.code, 1000, 5],
                                                                              ["A2", "배", shelf.code, "만원", 5]))})  # fmt: skip
    assert again.url == reverse("seller:sheet", args=[found.pk]) and Upload.objects.count() == 1


def test_columns_are_shown_with_their_cells_and_a_wrong_choice_is_said(client, shop):
    found = upload(client, xlsx(["물건", "얼마"], ["사과", 1000], ["배", 2000]))
    page = html(client, found)
    assert "모르는 열이 2개" in page and "사과 · 배" in page
    refused = client.post(reverse("seller:sheet_columns", args=[found.pk]), {"column-0": "", "column-1": "price"})
    assert refused.status_code == 422 and "알 수 있는 열이 필요해요" in refused.content.decode()
    assert '<option value="price" selected>' in refused.content.decode()  # nothing chosen is lost
    for junk in (
        {"column-0": "no such", "column-9": "name"},
        {"column-x": "name"},
        {"sheet": "7"},
        {"first_row": "-1"},
    ):
        assert client.post(reverse("seller:sheet_columns", args=[found.pk]), junk).status_code in (302, 422)


def test_an_unreadable_file_is_said_beside_the_field(client, shop):
    for content in (b"not a workbook\0", b"<html><table>", xlsx(HEAD)):
        answer = client.post(reverse("seller:upload_sheet"), {"file": a_file(content)})
        assert answer.status_code == 422
    assert client.post(reverse("seller:upload_sheet"), {}).status_code == 422
    assert not Upload.objects.exists()


def test_a_deed_out_of_turn_is_refused_and_said(client, shop, shelf):
    found = a_ready_upload(client, shelf)
    refused = client.post(reverse("seller:sheet_act", args=[found.pk]), {"deed": "take_back"})
    assert refused.status_code == 409 and "지금은 할 수 없는" in refused.content.decode()
    assert client.post(reverse("seller:sheet_act", args=[found.pk]), {"deed": "explode"}).status_code == 404
    assert client.get(reverse("seller:sheet_act", args=[found.pk])).status_code == 405


def test_another_shops_upload_does_not_exist(client, shop, shelf):
    found = a_ready_upload(client, shelf)
    stranger = a_person()
    theirs = Seller.objects.create(name="남의 가게", status="APPROVED")
    Member.objects.create(seller=theirs, user=stranger, role="OWNER")
    client.force_login(stranger)
    assert "상품.xlsx" not in client.get(reverse("seller:sheets")).content.decode()
    for name, method in (("sheet", "get"), ("sheet_returned", "get"), ("sheet_columns", "post"), ("sheet_act", "post")):
        assert getattr(client, method)(reverse(f"seller:{name}", args=[found.pk])).status_code == 404, name


@pytest.mark.parametrize(
    ("role", "products", "orders"), [("PRODUCT", 1, 0), ("ORDERS", 0, 1), ("READ_ONLY", 0, 0), ("FINANCE", 0, 0)]
)
def test_roles_upload_what_is_theirs(client, shop, shelf, role, products, orders):
    ready = a_ready_upload(client, shelf)
    client.force_login(Member.objects.create(seller=shop, user=a_person(), role=role).user)
    assert client.get(reverse("seller:sheets")).status_code == 200
    up = client.post(reverse("seller:upload_sheet"), {"file": a_file(xlsx(HEAD, ["B", "배", shelf.code, 1000, 1]))})
    assert (up.status_code == 302) == bool(products)
    acted = client.post(reverse("seller:sheet_act", args=[ready.pk]), {"deed": "start"})
    assert (acted.status_code == 302) == bool(products)
    sent = client.post(reverse("seller:upload_waybills"), {"file": a_file(b"x")})
    assert (sent.status_code != 403) == bool(orders)


def test_every_page_asks_the_database_a_dozen_times_at_most(client, shop, shelf, django_assert_max_num_queries):
    rows = [[f"A{n}", f"사과 {n}", shelf.code, 1000, 5] for n in range(40)]
    found = a_ready_upload(client, shelf, *rows)
    for url in (reverse("seller:sheets"), reverse("seller:sheet", args=[found.pk])):
        with django_assert_max_num_queries(12):
            assert client.get(url).status_code == 200


def test_templates_and_exports_open(client, shop, shelf):
    option = an_option(seller=shop, price=1500)
    sheet = cells(client.get(reverse("seller:sheet_template"), {"category": shelf.code}).streaming_content)
    assert sheet[0][:3] == ["판매자 상품코드", "상품명", "분류"]
    daily = cells(client.get(reverse("seller:products_out"), {"what": "daily"}).streaming_content)
    assert daily[1][1] == str(option.pk) and 1500 in daily[1]
    assert len(cells(client.get(reverse("seller:products_out")).streaming_content)) == 2


def test_waybills_are_sent_and_the_page_says_so(client, shop):
    lines = [a_line(option=an_option(seller=shop)) for _ in range(2)]
    rows = [[str(lines[0].pk), "CJ대한통운", "123456789012"], [str(lines[1].pk), "CJ대한통운", "12"]]
    content = xlsx(["상품주문번호", "택배사", "송장번호"], *rows)
    found = upload(client, content, "seller:upload_waybills")
    page = html(client, found)
    assert found.status == "DONE" and "보낸 송장" in page and "형식이 아니에요" in page
    lines[0].refresh_from_db()
    assert lines[0].status == "DELIVERING"
    again = client.post(reverse("seller:upload_waybills"), {"file": a_file(content)}, follow=True).content.decode()
    assert "다시 보내지 않았어요" in again and Upload.objects.count() == 1
    junk = client.post(reverse("seller:upload_waybills"), {"file": a_file(b"junk\0")}, follow=True).content.decode()
    assert "읽지 못했어요" in junk
