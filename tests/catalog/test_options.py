"""Options in axes: combined, kept when they stay, written in few statements, counted and taken back, raced against orders."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from builders import a_commission_plan, a_person, an_address, an_option, at_once
from dure.commerce.catalog import actions, errors, rules
from dure.commerce.catalog.actions import OptionRow
from dure.commerce.catalog.models import Category, Option, Product
from dure.commerce.orders import actions as orders
from dure.commerce.orders.models import ProductOrder
from dure.commerce.sellers.models import Seller
from dure.commerce.stock import actions as stock
from dure.commerce.stock import grid
from dure.commerce.stock.actions import Counted
from dure.commerce.stock.errors import CountUndone, NotEnoughStock
from dure.commerce.stock.grid import GridRow
from dure.commerce.stock.models import StockItem
from dure.kit.models import Event

pytestmark = pytest.mark.django_db


def a_shirt(colors: int = 2, sizes: int = 2, price: int = 20_000, status: str = "ON_SALE") -> Product:
    seller = Seller.objects.create(name="순이네", status="APPROVED")
    category = Category.objects.get_or_create(code="shirt", defaults={"name_ko": "셔츠", "name_en": "Shirts"})[0]
    product = actions.create_product(seller, name="모시 셔츠", category=category, by=None)
    actions.set_options(product, rows_of(colors, sizes, price), axes=["색상", "크기"], by=None)
    Product.objects.filter(pk=product.pk).update(status=status)
    product.refresh_from_db()
    return product


def rows_of(colors: int, sizes: int, price: int = 20_000) -> list[OptionRow]:
    return [OptionRow("", price, values=(f"색{c}", f"{s}호")) for c in range(colors) for s in range(sizes)]


def table(product: Product) -> list[GridRow]:
    """The table as an editor shows it."""
    left = dict(StockItem.objects.filter(option__product=product).values_list("option_id", "available"))
    options = product.options.exclude(active=False, paused=False)
    return [GridRow(OptionRow.of(o), left.get(o.pk, 0), left.get(o.pk, 0)) for o in options]


# ── Combinations ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_combinations_stand_in_the_order_of_the_axes_and_each_value_once():
    found = rules.variants([["빨강", "파랑", "빨강 "], ["S", "M"]], [], 9_000)
    assert [v.values for v in found] == [("빨강", "S"), ("빨강", "M"), ("파랑", "S"), ("파랑", "M")]
    assert {v.price for v in found} == {9_000}


def test_a_combination_that_stays_keeps_its_row_and_price():
    rows = [(("빨강", "S"), 10_000), (("빨강", "M"), 12_000)]
    found = rules.variants([["빨강"], ["M", "L"]], rows, 9_000)
    assert [(v.values, v.price, v.stays) for v in found] == [(("빨강", "M"), 12_000, 1), (("빨강", "L"), 9_000, None)]


def test_with_an_axis_more_a_combination_costs_what_its_part_cost():
    found = rules.variants([["빨강", "파랑"], ["S"]], [(("빨강",), 11_000)], 9_000)
    assert [(v.price, v.stays) for v in found] == [(11_000, None), (9_000, None)]


@pytest.mark.parametrize(
    ("how", "amount", "after"),
    [
        ("ADD", 1_000, 11_004),
        ("ADD", -500, 9_504),
        ("SET", 8_000, 8_000),
        ("PERCENT", -10, 9_000),
        ("PERCENT", 5, 10_500),
    ],
)
def test_many_prices_change_at_once(how, amount, after):
    assert rules.repriced(10_004, how, amount) == after


# ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_variants_are_named_by_their_values_and_know_them():
    product = a_shirt()
    names = [(o.name, o.values) for o in product.options.all()]
    assert names[0] == ("색0 / 0호", ["색0", "0호"]) and len(names) == 4 and product.axes == ["색상", "크기"]


def test_five_hundred_variants_are_saved_in_a_handful_of_statements():
    product = a_shirt(50, 10)
    rows = table(product)
    dearer = [GridRow(OptionRow(**{**vars(r.option), "price": r.option.price + 1_000}), 7, r.seen) for r in rows]
    with CaptureQueriesContext(
        connection,
    ) as asked:
        grid.save(product, dearer, by=a_person())
    assert len(asked) <= 40, "\n".join(q["sql"][:120] for q in asked)
    assert set(product.options.values_list("price", flat=True)) == {21_000}
    assert set(StockItem.objects.filter(option__product=product).values_list("available", flat=True)) == {7}


def test_an_option_switched_off_stays_in_the_table_and_is_not_for_sale():
    product = a_shirt()
    rows = [row.option for row in table(product)]
    actions.set_options(product, [OptionRow(**{**vars(rows[0]), "on": False}), *rows[1:]], by=None)
    off = Option.objects.get(pk=rows[0].id)
    assert (off.active, off.paused) == (False, True)
    assert len(table(product)) == 4 and product.options.filter(active=True).count() == 3
    actions.set_options(product, rows, by=None)
    off.refresh_from_db()
    assert off.active and not off.paused


def test_an_addon_is_no_choice_and_sets_no_price():
    product = a_shirt()
    rows = [row.option for row in table(product)]
    actions.set_options(product, [*rows, OptionRow("보자기 포장", 3_000, addon=True)], by=None)
    product.refresh_from_db()
    assert product.list_price == 20_000 and product.options.get(addon=True).name == "보자기 포장"
    with pytest.raises(errors.OptionNeeded):
        actions.set_options(product, [OptionRow("보자기 포장", 3_000, addon=True)], by=None)


@pytest.mark.parametrize(
    ("rows", "axes", "error"),
    [
        ([OptionRow("", 1_000, values=("빨강",))], ["색상", "크기"], errors.BadAxes),
        ([OptionRow("", 1_000, values=("빨강",))], ["색상", "색상"], errors.BadAxes),
        ([OptionRow("", 1_000, values=("가" * 40, "나" * 40))], ["색상", "크기"], errors.OptionNameTooLong),
        ([OptionRow("", 1_000, values=("빨강", " "))], ["색상", "크기"], errors.OptionNeeded),
    ],
)
def test_axes_that_cannot_be_are_refused(rows, axes, error):
    product = a_shirt()
    with pytest.raises(error):
        actions.set_options(product, rows, axes=axes, by=None)
    assert product.options.filter(active=True).count() == 4


def test_new_prices_are_told():
    product = a_shirt(1, 2)
    first, second = (row.option for row in table(product))
    actions.set_options(product, [OptionRow(**{**vars(first), "price": 18_000}), second], by=None)
    told = Event.objects.filter(topic="catalog.price_changed").order_by("-pk").first()
    assert told.payload["prices"] == [[first.id, 20_000, 18_000]]


# ── Stock beside prices ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_save_is_taken_back_whole_prices_and_stock():
    product, owner = a_shirt(1, 2), a_person()
    before = [(row.option.price, row.stock) for row in table(product)]
    rows = table(product)
    saved = grid.save(
        product, [GridRow(OptionRow(**{**vars(r.option), "price": 30_000}), 9, r.seen) for r in rows], by=owner
    )
    assert [(row.option.price, row.stock) for row in table(product)] == [(30_000, 9), (30_000, 9)]
    grid.undo(saved, by=owner)
    assert [(row.option.price, row.stock) for row in table(product)] == before
    with pytest.raises((errors.NothingToUndo, CountUndone)):
        grid.undo(saved, by=owner)


def test_a_count_that_would_take_promised_pieces_is_refused_and_prices_stay_too():
    product = a_shirt(1, 1)
    [row] = table(product)
    stock.receive(row.option.id, 5, by=None)
    with pytest.raises(NotEnoughStock):
        grid.save(product, [GridRow(OptionRow(**{**vars(row.option), "price": 1_000}), 0, seen=9)], by=None)
    [after] = table(product)
    assert (after.option.price, after.stock) == (20_000, 5)


def test_an_undo_does_not_take_back_what_was_sold():
    product = a_shirt(1, 1)
    [row] = table(product)
    counted = stock.count(product, [Counted(row.option.id, 10, 0)], by=None)
    stock.reserve([(row.option.id, 4)])
    with pytest.raises(NotEnoughStock):
        stock.undo_count(counted, by=None)
    assert StockItem.objects.get(pk=row.option.id).available == 6


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_orders_go_on_while_the_table_is_saved_and_none_is_lost():
    """Without `no_key` the save waits for orders' foreign keys while orders wait for its stock: PostgreSQL ends one."""
    a_commission_plan()
    product = a_shirt(4, 3)
    for row in table(product):
        stock.receive(row.option.id, 50, by=None)
    ids = [row.option.id for row in table(product)]
    buyers = [a_person() for _ in range(4)]

    def deed(i: int) -> object:
        if i < 4:
            return [
                orders.place_order(buyers[i], [orders.Wanted(o, 1) for o in ids[i::4]], an_address(), key=f"k{i}-{n}")
                for n in range(4)
            ]
        for _ in range(4):
            grid.save(product, [GridRow(r.option, r.stock + 1, r.seen) for r in table(product)], by=None)
        return "saved"

    answers = at_once(5, deed)
    failed = [a for a in answers if isinstance(a, Exception)]
    assert failed == []
    sold = ProductOrder.objects.count()
    left = sum(StockItem.objects.filter(option__product=product).values_list("available", flat=True))
    assert left == 50 * 12 + 4 * 12 - sold


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_editors_who_saw_the_same_one_is_told_what_the_other_changed():
    product, editors = a_shirt(1, 1), [a_person(name="한순이"), a_person(name="김두레")]
    [row] = table(product)
    seen = Product.objects.get(pk=product.pk).version

    def save(i: int) -> object:
        option = OptionRow(**{**vars(row.option), "price": 21_000 + i})
        return actions.set_options(product, [option], seen=seen, by=editors[i])

    answers = at_once(2, save)
    refused = [a for a in answers if isinstance(a, errors.ChangedMeanwhile)]
    assert len(refused) == 1 and len([a for a in answers if isinstance(a, list)]) == 1
    winner = editors[1 - answers.index(refused[0])]
    assert refused[0].params["who"] == winner.name
    option = OptionRow(**{**vars(row.option), "price": 30_000})
    actions.set_options(product, [option], seen=Product.objects.get(pk=product.pk).version, by=editors[0])


def test_somebody_elses_change_of_other_fields_is_no_conflict():
    product = an_option().product
    seen = product.version
    actions.update_product(product, keywords="선물", by=None)
    actions.update_product(product, tagline="새 줄", seen=seen, by=None)
    product.refresh_from_db()
    assert (product.keywords, product.tagline) == ("선물", "새 줄")
