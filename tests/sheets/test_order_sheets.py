"""발주서 down, 송장 up: a round trip in three layouts, again a no-op, wrong rows back, good ones sent."""

import itertools

import pytest

from builders import a_line, a_person, an_option, an_order
from dure.commerce.orders.models import ProductOrder
from dure.commerce.sellers.models import Member, Seller
from dure.commerce.sheets import actions, order_sheets, returned, tasks, waybills
from dure.commerce.sheets.errors import WaybillColumnsNeeded
from dure.commerce.sheets.layouts import LAYOUTS
from dure.commerce.sheets.models import Entry, Upload
from dure.commerce.shipping.models import Parcel
from dure.kit.models import AuditEntry
from sheet_builders import cells, fresh, xlsx

pytestmark = pytest.mark.django_db
_numbers = itertools.count(7000_0000_0001)
HEAD = ["상품주문번호", "택배사", "송장번호"]


@pytest.fixture
def owner():
    return a_person(name="한순이")


@pytest.fixture
def shop(owner):
    shop = Seller.objects.create(name="순이네", status="APPROVED")
    Member.objects.create(seller=shop, user=owner, role="OWNER")
    return shop


def a_waybill():
    return str(next(_numbers))


def down(shop, layout, owner):
    lines = ProductOrder.objects.filter(seller=shop, status="PAID")
    return cells(order_sheets.order_sheet(shop, lines, LAYOUTS[layout], by=owner))


def up(shop, owner, content, name="송장.xlsx"):
    found, new = actions.receive(shop, "WAYBILLS", name, content, by=owner)
    if new:
        actions.send_waybills(found, by=owner)
    return fresh(found)


def told(upload):
    return [(m["row"], m["field"], m["code"]) for e in Entry.objects.filter(upload=upload) for m in e.wrong]


def status(line):
    line.refresh_from_db()
    return line.status


@pytest.mark.parametrize("layout", ["dure", "naver", "coupang"])
def test_what_goes_down_comes_up_with_waybills_and_once_more_changes_nothing(shop, owner, layout):
    lines = [a_line(option=an_option(seller=shop), quantity=2) for _ in range(3)]
    a_line()  # another shop's
    sheet = down(shop, layout, owner)
    top = next(i for i, row in enumerate(sheet) if "주문번호" in row)
    head, rows = sheet[top], sheet[top + 1 :]
    assert len(rows) == 3 and len(head) == len(LAYOUTS[layout].columns)
    carrier, waybill = head.index("택배사"), head.index("송장번호" if "송장번호" in head else "운송장번호")
    for row in rows:
        row[carrier], row[waybill] = "CJ대한통운", a_waybill()
    content = xlsx(*sheet[:top], head, *rows)
    upload = up(shop, owner, content)
    assert [status(line) for line in lines] == ["DELIVERING"] * 3, told(upload)
    assert Parcel.objects.filter(seller=shop).count() == 3
    assert up(shop, owner, content) == upload
    wider = up(shop, owner, xlsx(*sheet[:top], [*head, "메모"], *rows))  # the same rows in another file
    assert set(Entry.objects.filter(upload=wider).values_list("state", flat=True)) == {"SAME"}
    assert Parcel.objects.filter(seller=shop).count() == 3


def test_the_columns_that_order_tools_look_for_are_there(shop, owner):
    naver = [heading for heading, _key in LAYOUTS["naver"].columns]
    assert naver[:5] == ["상품주문번호", "주문번호", "배송방법", "택배사", "송장번호"]
    coupang = [heading for heading, _key in LAYOUTS["coupang"].columns]
    assert coupang[:6] == ["번호", "묶음배송번호", "주문번호", "택배사", "운송장번호", "분리배송 Y/N"]
    assert {"옵션ID", "수취인이름", "구매수(수량)"} <= set(coupang)


def test_who_took_the_addresses_is_on_record(shop, owner):
    a_line(option=an_option(seller=shop))
    down(shop, "dure", owner)
    entry = AuditEntry.objects.get(action="sheets.orders_downloaded")
    assert entry.actor == owner and entry.detail == {"layout": "dure", "lines": 1}


def test_a_buyers_words_are_no_formula(shop, owner):
    line = a_line(option=an_option(seller=shop))
    line.order.memo, line.order.receiver = '=HYPERLINK("http://x")', "@SUM(A1)"
    line.order.save()
    row = down(shop, "dure", owner)[1]
    assert '\'=HYPERLINK("http://x")' in row and "'@SUM(A1)" in row


def test_good_rows_are_sent_and_wrong_ones_come_back_with_their_reasons(shop, owner):
    good, used, unknown, eaten, short = (a_line(option=an_option(seller=shop)) for _ in range(5))
    theirs = a_line()
    taken = a_waybill()
    up(shop, owner, xlsx(HEAD, [str(used.pk), "CJ", taken]))
    upload = up(
        shop,
        owner,
        xlsx(
            HEAD,
            [str(good.pk), "대한통운", "1234-5678-9012"],
            [str(theirs.pk), "CJ", a_waybill()],
            [str(unknown.pk), "바람택배", a_waybill()],
            [str(eaten.pk), "CJ", "6.88901E+11"],
            [str(short.pk), "우체국택배", 601234567890],
            [str(used.pk), "CJ", a_waybill()],
            ["abc", "CJ", a_waybill()],
            [str(short.pk), "CJ", ""],
        ),
    )
    assert status(good) == "DELIVERING" and status(theirs) == "PAID" and status(eaten) == "PAID"
    assert told(upload) == [
        (3, "line", "unknown_line"),
        (4, "carrier", "unknown_carrier"),
        (5, "waybill", "scientific"),
        (6, "waybill", "zero_eaten"),
        (7, "waybill", "other_waybill"),
        (8, "line", "unknown_line"),
    ]
    sheet = cells(returned.returned_file(upload))
    assert sheet[0] == [
        "상품주문번호",
        "고칠 곳: 상품주문번호",
        "택배사",
        "고칠 곳: 택배사",
        "송장번호",
        "고칠 곳: 송장번호",
    ]
    assert "텍스트" in sheet[4][5] and "바람택배" in sheet[3][3]
    sheet[3][2], sheet[4][4] = "한진택배", a_waybill()
    up(shop, owner, xlsx(*sheet))
    assert status(unknown) == status(eaten) == "DELIVERING"


def test_a_number_typed_as_a_number_is_taken_when_excel_kept_all_of_it(shop, owner):
    line = a_line(option=an_option(seller=shop))
    up(shop, owner, xlsx(HEAD, [float(line.pk), "CJ", 688901234567.0]))
    assert status(line) == "DELIVERING" and line.parcels.get().waybill == "688901234567"


def test_rows_with_one_number_are_one_parcel_and_one_door(shop, owner):
    options = [an_option(seller=shop), an_option(seller=shop)]
    order = an_order(*options, paid=True)
    mine, number = list(order.lines.order_by("pk")), a_waybill()
    elsewhere = a_line(option=options[0])
    elsewhere.order.address1 = "부산광역시 중구 자갈치로 1"
    elsewhere.order.save()
    rows = [[str(line.pk), "CJ", number] for line in [*mine, elsewhere]]
    upload = up(shop, owner, xlsx(HEAD, *rows))
    assert [status(line) for line in mine] == ["DELIVERING"] * 2
    assert Parcel.objects.get(waybill=number).lines.count() == 2
    assert status(elsewhere) == "PAID" and told(upload) == [(4, "waybill", "two_places")]


def test_a_bundle_of_coupangs_sheet_goes_whole(shop, owner):
    order = an_order(an_option(seller=shop), an_option(seller=shop), paid=True)
    first = order.lines.order_by("pk").first()
    number = a_waybill()
    up(
        shop,
        owner,
        xlsx(["묶음배송번호", "주문번호", "택배사", "운송장번호"], [str(first.pk), order.number, "CJ", number]),
    )
    assert set(order.lines.values_list("status", flat=True)) == {"DELIVERING"}
    assert Parcel.objects.get(waybill=number).lines.count() == 2


def test_what_is_brought_by_hand_needs_no_number(shop, owner):
    line = a_line(option=an_option(seller=shop))
    head = ["상품주문번호", "배송방법", "택배사", "송장번호"]
    upload = up(shop, owner, xlsx(head, [str(line.pk), "직접전달", "", ""]))
    assert status(line) == "DELIVERING", told(upload)
    assert line.parcels.get().method == "DIRECT_DELIVERY"
    again = up(shop, owner, xlsx([*head, "메모"], [str(line.pk), "직접전달", "", ""]))
    assert list(Entry.objects.filter(upload=again).values_list("state", flat=True)) == ["SAME"]


def test_a_sheet_without_its_columns_is_refused_by_name(shop, owner):
    with pytest.raises(WaybillColumnsNeeded) as caught:
        up(shop, owner, xlsx(["상품주문번호", "이름"], ["1", "가"]))
    assert "택배사" in str(caught.value) and "송장번호" in str(caught.value)
    assert not Upload.objects.exists()


def test_csv_of_a_carriers_program_in_cp949_is_read(shop, owner):
    line = a_line(option=an_option(seller=shop))
    content = f"상품주문번호,택배사,운송장번호\n{line.pk},롯데택배,{a_waybill()}\n".encode("cp949")
    up(shop, owner, content, "송장.csv")
    assert status(line) == "DELIVERING"


def test_many_are_sent_in_the_background_and_a_kill_in_the_middle_loses_none(shop, owner, monkeypatch):
    monkeypatch.setattr(actions, "AT_ONCE_WAYBILLS", 2)
    lines = [a_line(option=an_option(seller=shop)) for _ in range(4)]
    upload = up(shop, owner, xlsx(HEAD, *([str(line.pk), "CJ", a_waybill()] for line in lines)))
    assert upload.status == "READING" and status(lines[0]) == "PAID"
    waybills._judge(upload)
    waybills._send(upload, Entry.objects.filter(upload=upload).first())  # then the machine is gone
    assert [status(line) for line in lines].count("DELIVERING") == 1
    tasks.work(upload.pk)
    assert [status(line) for line in lines] == ["DELIVERING"] * 4 and fresh(upload).status == "DONE"
    assert Entry.objects.filter(upload=upload, outcome="APPLIED").count() == 4
