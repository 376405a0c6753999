"""Products by a sheet: nothing before the seller says so, wrong rows back in the file, again is a no-op, all of it undone."""

import pytest
from django.db import connection
from django.utils import timezone

from builders import a_line, a_person, an_option
from dure.commerce.catalog import actions as catalog
from dure.commerce.catalog import bulk
from dure.commerce.catalog.models import Category, Option, Product, Revision
from dure.commerce.sellers.models import Member, Seller
from dure.commerce.sheets import actions, applying, product_sheets, queries, reading, returned, tasks
from dure.commerce.sheets.errors import ColumnTwice, KeyColumnNeeded, NoHeadings, NothingInside
from dure.commerce.sheets.models import Entry, ProductCode, Upload
from dure.commerce.stock import actions as stock
from dure.commerce.stock.models import StockItem, StockMovement
from dure.kit.checks import every, run
from dure.kit.models import Event
from sheet_builders import HEAD, applied, cells, compared, fresh, undone, xlsx

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return a_person(name="한순이")


@pytest.fixture
def shop(owner):
    shop = Seller.objects.create(name="순이네", status="APPROVED")
    Member.objects.create(seller=shop, user=owner, role="OWNER")
    return shop


@pytest.fixture
def shelf():
    return Category.objects.exclude(parent=None).order_by("id").first()


def left(option):
    return StockItem.objects.get(option=option).available


def states(upload):
    return list(Entry.objects.filter(upload=upload).order_by("pk").values_list("state", flat=True))


def told(upload):
    return [(m["row"], m["field"], m["code"]) for e in Entry.objects.filter(upload=upload) for m in e.wrong]


def whole_shop(shop):
    """Everything a sheet can touch, for comparing before with after."""
    products = Product.objects.filter(seller=shop).order_by("pk")
    skipped = {"version", "updated_at"}
    rows = [{k: v for k, v in row.items() if k not in skipped} for row in products.values()]
    options = Option.objects.filter(product__seller=shop, active=True).order_by("pk").values()
    stock_ = StockItem.objects.filter(option__product__seller=shop, option__active=True).order_by("pk").values()
    return rows, list(options), list(stock_), list(ProductCode.objects.filter(seller=shop).order_by("pk").values())


def test_nothing_is_written_before_the_seller_says_so(shop, owner, shelf):
    upload = compared(shop, xlsx(HEAD, ["A1", "청송 사과", shelf.name_ko, "12,000원", 30]), owner)
    assert upload.status == "READY" and states(upload) == ["NEW"]
    assert not Product.objects.filter(seller=shop).exists()
    actions.start(upload, by=owner)
    tasks.work(upload.pk)
    product = Product.objects.get(seller=shop)
    option = product.options.get()
    assert (product.name, product.status, product.list_price) == ("청송 사과", "DRAFT", 12_000)
    assert (option.price, option.seller_code, left(option)) == (12_000, "A1", 30)
    assert product.sheet_code.code == "A1" and product.notice_type == shelf.notice_type


def test_options_of_three_axes_come_in_several_rows(shop, owner, shelf):
    head = [
        "상품코드",
        "상품명",
        "분류",
        "옵션명1",
        "옵션값1",
        "옵션명2",
        "옵션값2",
        "옵션명3",
        "옵션값3",
        "판매가",
        "재고",
    ]
    rows = [["T1", "티셔츠", shelf.code, "색", c, "크기", s, "묶음", p, 10_000 + i, i]
            for i, (c, s, p) in enumerate((c, s, p) for c in ("빨강", "파랑") for s in "SML" for p in ("1장", "2장"))]  # fmt: skip
    applied(shop, xlsx(head, *rows), owner)
    product = Product.objects.get(seller=shop)
    assert product.axes == ["색", "크기", "묶음"] and product.options.count() == 12
    first = product.options.first()
    assert first.values == ["빨강", "S", "1장"] and first.name == "빨강 / S / 1장"


def test_the_same_file_is_the_same_job_and_its_rows_again_are_a_no_op(shop, owner, shelf):
    content = xlsx(HEAD, ["A1", "사과", shelf.code, 1000, 5], ["A2", "배", shelf.code, 2000, 5])
    first = applied(shop, content, owner)
    again, new = actions.receive(shop, "PRODUCTS", "이름만 바꿈.xlsx", content, by=owner)
    assert again == first and not new
    revisions, movements = Revision.objects.count(), StockMovement.objects.count()
    once_more = compared(shop, content, owner, anew=True)
    assert once_more != first and once_more.status == "DONE" and states(once_more) == ["SAME", "SAME"]
    assert (Revision.objects.count(), StockMovement.objects.count()) == (revisions, movements)
    assert Product.objects.filter(seller=shop).count() == 2


def test_a_sheet_without_codes_finds_its_products_by_name(shop, owner, shelf):
    content = xlsx(["상품명", "카테고리", "가격"], ["사과", shelf.code, 1000])
    applied(shop, content, owner)
    changed = compared(shop, xlsx(["상품명", "카테고리", "가격"], ["사과", shelf.code, 1100]), owner)
    assert states(changed) == ["CHANGED"] and Product.objects.filter(seller=shop).count() == 1


def test_changes_are_shown_field_by_field_and_leave_a_revision_and_an_event(shop, owner):
    option = an_option(price=1000, stock=5, seller=shop, name="사과", status="DRAFT")
    content = xlsx(
        ["상품번호", "상품명", "판매가", "재고", "원산지"], [option.product_id, "꿀사과", 1200, 8, "경북 청송"]
    )
    upload = compared(shop, content, owner)
    entry = Entry.objects.get(upload=upload)
    assert [(c["field"], c["before"], c["after"]) for c in entry.changes] == [
        ("name", "사과", "꿀사과"), ("origin", "", "경북 청송"), ("price", 1000, 1200), ("stock", 5, 8)
    ]  # fmt: skip
    actions.start(upload, by=owner)
    tasks.work(upload.pk)
    option.refresh_from_db()
    product = option.product
    assert (product.name, option.price, left(option), product.list_price) == ("꿀사과", 1200, 8, 1200)
    assert product.version == 2 and Revision.objects.get(product=product).by == owner
    event = Event.objects.filter(topic="catalog.changed").latest("id")
    assert set(event.payload["fields"]) >= {"name", "options"}


def test_words_of_an_approved_product_wait_for_review_and_are_taken_back_with_the_rest(shop, owner):
    option = an_option(price=1000, seller=shop, name="사과")
    content = xlsx(["상품번호", "상품명", "판매가"], [option.product_id, "꿀사과", 1100])
    upload = applied(shop, content, owner)
    product = option.product
    product.refresh_from_db()
    assert product.name == "사과" and product.list_price == 1100
    assert product.change_requests.get(status="PENDING").after == {"name": "꿀사과"}
    assert Entry.objects.get(upload=upload).changes[0]["review"] is True
    assert states(compared(shop, content, owner, anew=True)) == ["SAME"]
    undone(upload, owner)
    product.refresh_from_db()
    assert product.list_price == 1000 and not product.change_requests.filter(status="PENDING").exists()


def test_the_bulk_way_sees_the_same_composition_as_the_way_of_one(shop):
    product = an_option(seller=shop).product
    several = bulk.composition(product, list(product.options.all()))
    assert several == catalog.composition(product)


def test_what_is_sold_between_preview_and_start_stays_sold(shop, owner):
    option = an_option(stock=10, seller=shop)
    upload = compared(shop, xlsx(["옵션번호", "재고"], [option.pk, 50]), owner)
    a_line(option=option)
    actions.start(upload, by=owner)
    tasks.work(upload.pk)
    assert left(option) == 49


def test_what_somebody_changed_since_the_preview_is_not_written_over(shop, owner):
    option = an_option(price=1000, seller=shop)
    upload = compared(shop, xlsx(["옵션번호", "판매가"], [option.pk, 2000]), owner)
    Option.objects.filter(pk=option.pk).update(price=1500)
    actions.start(upload, by=owner)
    tasks.work(upload.pk)
    option.refresh_from_db()
    entry = Entry.objects.get(upload=upload)
    assert option.price == 1500 and entry.outcome == "REFUSED" and entry.note["code"] == "changed_since"
    assert "바뀌었어요" in str(cells(returned.returned_file(fresh(upload))))


def test_good_rows_go_in_and_wrong_ones_come_back_beside_their_cells(shop, owner, shelf):
    content = xlsx(
        HEAD,
        ["001", "사과", shelf.code, 1000, 5],
        ["002", "배", "없는 분류", "만원", 5],
        ["003", "감", shelf.code, 100, 1],
    )
    upload = applied(shop, content, owner)
    assert upload.wrong_rows == 1 and Product.objects.filter(seller=shop).count() == 2
    sheet = cells(returned.returned_file(upload))
    assert sheet[0] == ["상품코드", "상품명", "분류", "고칠 곳: 분류", "판매가", "고칠 곳: 판매가", "재고"]
    assert sheet[1][:3] == ["001", "사과", shelf.code] and not sheet[1][3]
    assert "이런 분류가 없어요" in sheet[2][3] and "숫자가 아니에요" in sheet[2][5]
    assert "2군데" in str(cells(returned.returned_file(upload), 1))
    only = cells(returned.returned_file(upload, only_wrong=True))
    assert len(only) == 2 and only[1][0] == "002"


def test_the_mended_file_goes_up_again_with_its_columns_of_mistakes(shop, owner, shelf):
    upload = applied(shop, xlsx(HEAD, ["1", "사과", shelf.code, 1000, 5], ["2", "배", shelf.code, "만원", 5]), owner)
    sheet = cells(returned.returned_file(upload))
    sheet[2][3] = 10_000
    second = applied(shop, xlsx(*sheet), owner)
    assert second.fingerprint == upload.fingerprint and states(second) == ["SAME", "NEW"]
    assert set(Product.objects.filter(seller=shop).values_list("name", flat=True)) == {"사과", "배"}


def test_columns_chosen_by_hand_are_remembered_for_such_sheets(shop, owner, shelf):
    head = ["우리번호", "물건", "얼마", "몇개"]
    upload, _new = actions.receive(shop, "PRODUCTS", "a.xlsx", xlsx(head, ["A", "사과", 1000, 1]), by=owner)
    with pytest.raises(KeyColumnNeeded):
        actions.set_columns(upload, {2: "price"}, by=owner)
    with pytest.raises(ColumnTwice):
        actions.set_columns(upload, {0: "code", 1: "code"}, by=owner)
    chosen = {0: "code", 1: "name", 2: "price", 3: "stock"}
    actions.set_columns(upload, chosen, category=shelf.code, by=owner)
    tasks.work(upload.pk)
    assert states(upload) == ["NEW"]
    other, _new = actions.receive(shop, "PRODUCTS", "b.xlsx", xlsx(head, ["B", "배", 900, 1]), by=owner)
    assert other.columns == {"code": 0, "name": 1, "price": 2, "stock": 3} and other.category == shelf.code
    theirs = Seller.objects.create(name="다른 가게", status="APPROVED")
    strange, _new = actions.receive(theirs, "PRODUCTS", "b.xlsx", xlsx(head, ["B", "배", 900, 1]), by=owner)
    assert strange.columns == {}


def test_an_undo_restores_everything_exactly(shop, owner, shelf):
    before_option = an_option(price=1000, stock=5, seller=shop, name="사과", seller_code="S1", status="DRAFT")
    before = whole_shop(shop)
    head = ["상품번호", "상품코드", "상품명", "분류", "옵션명1", "옵션값1", "판매가", "재고", "브랜드"]
    upload = applied(
        shop,
        xlsx(
            head,
            [before_option.product_id, "NEWCODE", "꿀사과", shelf.code, "", "", 1500, 0, "두레"],
            ["", "B1", "배", shelf.code, "크기", "S", 2000, 3, ""],
            ["", "B1", "배", shelf.code, "크기", "L", 3000, 4, ""],
        ),
        owner,
    )
    assert whole_shop(shop) != before
    upload = undone(upload, owner)
    assert upload.status == "UNDONE" and whole_shop(shop) == before
    assert not [r.name for r in map(run, every()) if r.name.startswith("stock") and not r.ok]


def test_an_undo_leaves_and_lists_what_was_touched_since(shop, owner, shelf):
    kept, sold, recounted = (an_option(price=1000, stock=5, seller=shop) for _ in range(3))
    rows = [[o.pk, 2000, 50] for o in (kept, sold, recounted)]
    upload = applied(shop, xlsx(["옵션번호", "판매가", "재고"], *rows), owner)
    made = applied(shop, xlsx(HEAD, ["N1", "새것", shelf.code, 500, 1], ["N2", "새것2", shelf.code, 500, 1]), owner)
    Option.objects.filter(pk=kept.pk).update(price=1700)
    a_line(option=sold)
    stock.adjust(recounted, 7, by=owner)
    n1 = ProductCode.objects.get(seller=shop, code="N1").product
    catalog.update_product(n1, name="손본 것", by=owner)
    undone(upload, owner)
    undone(made, owner)
    notes = {e.title: e.note.get("params", {}).get("fields") for e in Entry.objects.filter(upload=upload)}
    assert list(notes.values()) == [["price"], None, ["stock"]]
    assert (left(kept), left(sold), left(recounted)) == (5, 4, 57)  # one was sold meanwhile
    assert list(Product.objects.filter(seller=shop, pk__gt=recounted.product_id).values_list("name", flat=True)) == [
        "손본 것"
    ]


def test_movements_of_goods_once_offered_are_never_deleted(shop):
    from django.db.utils import IntegrityError

    option = an_option(seller=shop)
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute("DELETE FROM stock_stockmovement WHERE option_id = %s", [option.pk])


def test_another_shops_products_are_not_found_by_their_numbers(shop, owner):
    theirs = an_option(price=1000)
    upload = compared(shop, xlsx(["옵션번호", "판매가"], [theirs.pk, 10], ["x", 10]), owner)
    assert told(upload) == [(2, "option_id", "unknown_product"), (3, "option_id", "not_an_id")]
    theirs.refresh_from_db()
    assert theirs.price == 1000


def test_a_column_of_codes_may_hold_those_of_options(shop, owner, shelf):
    head = ["상품코드", "상품명", "분류", "옵션명1", "옵션값1", "판매가", "옵션코드"]
    rows = [["T1", "티셔츠", shelf.code, "크기", size, 10_000, f"T1-{size}"] for size in "SML"]
    applied(shop, xlsx(head, *rows), owner)
    upload = applied(shop, xlsx(["상품코드", "판매가"], ["T1-S", 9000], ["T1-L", 12_000], ["T1-X", 1]), owner)
    assert told(upload) == [(4, "price", "out_of_range"), (4, "code", "unknown_product")]
    assert [o.price for o in Option.objects.filter(product__seller=shop).order_by("pk")] == [9000, 10_000, 12_000]
    assert ProductCode.objects.get(seller=shop).code == "T1"


def test_a_code_of_another_product_is_refused_before_the_database_must(shop, owner, shelf):
    applied(shop, xlsx(HEAD, ["A1", "사과", shelf.code, 1000, 1], ["A2", "배", shelf.code, 1000, 1]), owner)
    apple = Product.objects.get(seller=shop, name="사과")
    upload = compared(shop, xlsx(["상품번호", "상품코드", "상품명"], [apple.pk, "A2", "사과"]), owner)
    assert told(upload) == [(2, "code", "code_taken")]


def test_what_goes_out_comes_back_as_it_is(shop, owner, shelf):
    head = [*HEAD, "옵션명1", "옵션값1", "과세 구분", "판매 시작", "KC 인증번호", "성인상품(19)"]
    applied(
        shop,
        xlsx(
            head,
            [
                "007",
                '엄마\'s "특별" 사과',
                shelf.code,
                1000,
                5,
                "크기",
                "S",
                "면세",
                "2026-12-01",
                "R-R-ABC-X100, HU07123-20001A",
                "Y",
            ],
            ["007", "", "", 1500, 2, "크기", "L"],
            ["008", "=배", shelf.code, 900, 0],
        ),
        owner,
    )
    for daily in (False, True):
        out = product_sheets.products_out(shop, Product.objects.filter(seller=shop), daily=daily, by=owner)
        back = compared(shop, out.read(), owner)
        assert set(states(back)) == {"SAME"} and back.status == "DONE", told(back)
    assert Product.objects.get(seller=shop, sheet_code__code="008").name == "=배"


def test_the_template_is_read_by_its_own_reader(shop, owner, shelf):
    content = product_sheets.template(shelf).read()
    with pytest.raises(NothingInside):
        actions.receive(shop, "PRODUCTS", "양식.xlsx", content, by=owner)
    headings = cells(product_sheets.template(shelf))[0]
    look = reading.look_at(xlsx(headings, ["A"] * 3), "PRODUCTS")
    assert len(look.columns) == len(headings)  # every column of ours means something


def test_examples_of_the_template_could_be_uploaded(shop, owner, shelf):
    upload = compared(shop, xlsx(*cells(product_sheets.template(shelf), 1)), owner)
    assert states(upload) == ["NEW", "NEW"], told(upload)


def test_a_sheet_without_headings_or_rows_is_refused_before_anything_is_made(shop, owner):
    for content, error in ((xlsx(["", ""]), NoHeadings), (xlsx(HEAD), NothingInside)):
        with pytest.raises(error):
            actions.receive(shop, "PRODUCTS", "a.xlsx", content, by=owner)
    assert not Upload.objects.exists()


def test_a_killed_worker_goes_on_where_it_was(shop, owner, shelf, monkeypatch):
    monkeypatch.setattr(applying, "CHUNK", 10)
    upload = compared(shop, xlsx(HEAD, *([f"K{n}", f"상품 {n}", shelf.code, 1000, 1] for n in range(35))), owner)
    actions.start(upload, by=owner)
    assert applying._next_chunk(upload)  # then the machine is gone
    assert Product.objects.filter(seller=shop).count() == 10 and fresh(upload).rows_done == 10
    tasks.work(upload.pk)
    assert Product.objects.filter(seller=shop).count() == 35 and fresh(upload).status == "DONE"


def test_it_rests_when_told_to_and_goes_on_or_ends_there(shop, owner, shelf, monkeypatch):
    monkeypatch.setattr(applying, "CHUNK", 10)
    upload = compared(shop, xlsx(HEAD, *([f"K{n}", f"상품 {n}", shelf.code, 1000, 1] for n in range(35))), owner)
    actions.start(upload, by=owner)
    applying._next_chunk(upload)
    actions.pause(upload, by=owner)
    tasks.work(upload.pk)
    assert Product.objects.filter(seller=shop).count() == 10
    actions.go_on(upload, by=owner)
    applying._next_chunk(upload)
    actions.stop(upload, by=owner)
    tasks.work(upload.pk)
    upload = fresh(upload)
    assert upload.status == "DONE" and upload.stopped and Product.objects.filter(seller=shop).count() == 20
    undone(upload, owner)
    assert not Product.objects.filter(seller=shop).exists()


def test_progress_tells_rows_pace_and_what_is_left(shop, owner):
    upload = Upload(
        seller=shop, by=owner, kind="PRODUCTS", status="RUNNING", rows=1000, wrong_rows=100, rows_done=450,
        began_at=timezone.now() - timezone.timedelta(seconds=9),
    )  # fmt: skip
    progress = queries.progress(upload)
    assert (progress.done, progress.whole, progress.percent) == (450, 900, 50)
    assert 45 <= progress.per_second <= 50 and 9 <= progress.seconds_left <= 10
