"""Excel of 50,000 rows with 500 bad ones, from the file to the undo, in the time of a coffee."""

import time
import tracemalloc

import pytest
from django.db import connection

from builders import a_person, an_option
from dure.commerce.catalog.models import Category, Option, Product
from dure.commerce.sellers.models import Member, Seller
from dure.commerce.sheets import returned
from dure.commerce.sheets.models import Entry, ProductCode
from dure.commerce.stock.models import StockItem, StockMovement
from dure.kit.checks import every, run
from sheet_builders import applied, cells, compared, undone, xlsx

pytestmark = [pytest.mark.django_db, pytest.mark.large]

ROWS, BAD, THERE = 50_000, 500, 5_000  # of the rows, so many change products the shop has
HEAD = ["판매자 상품코드", "상품명", "분류", "판매가", "재고", "원산지"]
MISTAKES = [  # (column, what is typed): each of them a hundred times
    (3, "만 이천원"),
    (3, 5),
    (4, "-3"),
    (2, "없는 분류"),
    (1, "가" * 101),
]


def the_rows(shelf):
    for n in range(ROWS):
        yield [f"{n:06d}", f"상품 '{n}'", shelf.code, 10_000 + n % 900, n % 50, "국내산"]


def spoilt(rows):
    every_ = ROWS // BAD
    for n, row in enumerate(rows):
        if n % every_ == every_ - 1:
            column, typed = MISTAKES[n // every_ % len(MISTAKES)]
            row = [*row[:column], typed, *row[column + 1 :]]
        yield row


def the_shop(shop):
    """A fingerprint of all a sheet can touch, computed in the database."""
    with connection.cursor() as cursor:
        # One transaction, in which the tables grew from nothing: only we can tell the planner.
        cursor.execute("ANALYZE catalog_product, catalog_option, stock_stockitem, sheets_productcode")
        cursor.execute(
            """
            SELECT count(*), md5(string_agg(md5(concat_ws('|', p.id, p.name, p.category_id, p.origin, p.list_price, p.status,
                       o.id, o.name, o.price, o.seller_code, o.active, s.available, c.code)), '' ORDER BY o.id))
              FROM catalog_product p JOIN catalog_option o ON o.product_id = p.id
              LEFT JOIN stock_stockitem s ON s.option_id = o.id LEFT JOIN sheets_productcode c ON c.product_id = p.id
             WHERE p.seller_id = %s
            """,
            [shop.pk],
        )
        return cursor.fetchone()


def test_fifty_thousand_rows_with_five_hundred_bad_ones():
    owner = a_person()
    shop = Seller.objects.create(name="큰 가게", status="APPROVED")
    Member.objects.create(seller=shop, user=owner, role="OWNER")
    shelf = Category.objects.exclude(parent=None).order_by("id").first()
    rows = list(the_rows(shelf))
    applied(shop, xlsx(HEAD, *([*row[:3], 9_000, 100, ""] for row in rows[:THERE])), owner)
    an_option(seller=shop)  # not in the sheet
    before = the_shop(shop)
    assert before[0] == THERE + 1

    began = time.process_time()
    upload = applied(shop, xlsx(HEAD, *spoilt(rows)), owner)
    spent = time.process_time() - began
    assert (upload.status, upload.rows, upload.wrong_rows, upload.rows_done) == ("DONE", ROWS, BAD, ROWS - BAD)
    assert Entry.objects.filter(upload=upload, outcome="APPLIED").count() == ROWS - BAD
    assert Product.objects.filter(seller=shop).count() == 1 + ROWS - BAD + THERE * BAD // ROWS
    print(f"{ROWS:,} rows: {spent:.0f} s of CPU of the worker")

    back = cells(returned.returned_file(upload, only_wrong=True))
    assert len(back) == 1 + BAD
    assert all(any(str(cell) for name, cell in zip(back[0], row) if name.startswith("고칠 곳")) for row in back[1:])
    told = {name: sum(1 for row in back[1:] if row[i]) for i, name in enumerate(back[0]) if name.startswith("고칠 곳")}
    assert told == {"고칠 곳: 상품명": 100, "고칠 곳: 분류": 100, "고칠 곳: 판매가": 200, "고칠 곳: 재고": 100}

    good = {row[0]: row for row in rows}
    where = [back[0].index(name) for name in HEAD]
    mended = [list(row) for row in back]
    for row in mended[1:]:
        for column, value in zip(where, good[row[where[0]]]):
            row[column] = value
    rest = applied(shop, xlsx(*mended), owner)
    assert (rest.rows_done, rest.wrong_rows) == (BAD, 0)
    assert Product.objects.filter(seller=shop).count() == 1 + ROWS
    assert Option.objects.filter(product__seller=shop, price=10_000 + 899).count() == ROWS // 900

    counted = (StockMovement.objects.count(), the_shop(shop))
    again = compared(shop, xlsx(HEAD, *rows), owner)
    assert (again.status, again.same_rows) == ("DONE", ROWS)
    assert (StockMovement.objects.count(), the_shop(shop)) == counted

    undone(rest, owner)
    upload = undone(upload, owner)
    assert upload.status == "UNDONE" and not Entry.objects.filter(upload=upload, outcome="LEFT").exists()
    assert the_shop(shop) == before
    assert ProductCode.objects.filter(seller=shop).count() == THERE
    assert not StockItem.objects.filter(option__product__seller=shop, available__gt=100).exists()
    assert not [r.name for r in map(run, every()) if r.name.startswith("stock") and not r.ok]


def test_reading_holds_a_chunk_in_memory_and_not_the_file():
    owner = a_person()
    shop = Seller.objects.create(name="큰 가게", status="APPROVED")
    shelf = Category.objects.exclude(parent=None).order_by("id").first()

    def peak(rows):
        content = xlsx(HEAD, *([f"M{rows}-{n}", "상품", shelf.code, 1000, 1, "국내산" * 40] for n in range(rows)))
        tracemalloc.start()
        compared(shop, content, owner)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    small, large = peak(2_000), peak(12_000)
    assert large < small * 2, f"{small / 1e6:.0f} MB for 2,000 rows, {large / 1e6:.0f} MB for 12,000"
