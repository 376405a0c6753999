"""Products: composition, options, photos, notice, the MD's help, the review, and being found."""

from __future__ import annotations

import io
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from builders import a_line, a_person, an_option, at_once
from dure.commerce.catalog import actions, categories, errors, notices, queries
from dure.commerce.catalog.actions import OptionRow
from dure.commerce.catalog.models import Category, Option, Product, ProductStatus, Revision
from dure.commerce.sellers.models import Seller
from dure.kit.idempotency import IdempotencyKey
from dure.kit.images import NotAPicture
from dure.kit.models import Event
from dure.kit.states import WrongState

pytestmark = pytest.mark.django_db

STORY = "청송 해발 사백 미터에서 삼십 년째 기른 사과예요. 따는 날 바로 보내 드려요."
APPLES = {
    "name": "사과(부사)",
    "amount": "5kg(20~25과)",
    "maker": "순이네 과수원",
    "origin": "경북 청송",
    "dates": "발송 전날 포장, 냉장 14일",
    "grade": "해당 없음",
    "contents": "사과 20~25개",
    "storage": "냉장 보관",
    "caution": "해당 없음",
    "contact": "054-123-4567",
}


@pytest.fixture(autouse=True)
def uploads(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def a_seller(name: str = "순이네") -> Seller:
    return Seller.objects.create(name=name, status="APPROVED")


def a_product(seller: Seller | None = None, *, name: str = "청송 사과", **fields: Any) -> Product:
    fields.setdefault("category", Category.objects.get(code="fruit"))
    fields.setdefault("options", [OptionRow("3kg", 15_000), OptionRow("5kg", 23_000)])
    return actions.create_product(seller or a_seller(), name=name, by=None, **fields)


def a_complete_product(**fields: Any) -> Product:
    product = a_product(story=STORY, **fields)
    actions.save_notice(product, "FOOD", APPLES, by=None)
    actions.add_photo(product, a_picture(), by=None)
    return Product.objects.get(pk=product.pk)


def a_picture(name: str = "사과.png") -> SimpleUploadedFile:
    raw = io.BytesIO()
    Image.new("RGB", (120, 90), "#c0392b").save(raw, "PNG")
    return SimpleUploadedFile(name, raw.getvalue(), "image/png")


def names(product: Product) -> list[str]:
    return [o.name for o in Option.objects.filter(product=product, active=True)]


# ── Composition ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_form_sent_twice_makes_one_product():
    seller, key = a_seller(), uuid4()
    first, again = a_product(seller, key=key), a_product(seller, key=key)
    assert first == again and Product.objects.count() == 1
    assert IdempotencyKey.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_at_once_makes_one_product():
    seller, key, fruit = a_seller(), uuid4(), Category.objects.get(code="fruit")
    answers = at_once(4, lambda _i: a_product(seller, key=key, category=fruit))
    assert {a.pk for a in answers} == {Product.objects.get().pk}
    assert Option.objects.count() == 2


def test_lists_know_the_lowest_price():
    product = a_product()
    assert product.list_price == 15_000
    actions.set_options(product, [OptionRow("5kg", 21_000)], by=None)
    product.refresh_from_db()
    assert product.list_price == 21_000


def test_a_change_leaves_what_was_there_before():
    product, owner = a_product(), a_person()
    revision = actions.update_product(product, name="청송 꿀사과", by=owner)
    assert revision and (revision.before, revision.after) == ({"name": "청송 사과"}, {"name": "청송 꿀사과"})
    assert actions.update_product(product, name="청송 꿀사과", by=owner) is None
    assert Revision.objects.count() == 1


def test_a_product_needs_a_name():
    with pytest.raises(errors.NameNeeded):
        a_product(name="  ")
    with pytest.raises(errors.NameNeeded):
        actions.update_product(a_product(), name=" ", by=None)


# ── Options ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_option_keeps_its_identity_when_it_is_renamed_and_two_may_swap_names():
    product = a_product()
    small, large = Option.objects.filter(product=product)
    actions.set_options(
        product, [OptionRow("5kg", 23_000, id=small.pk), OptionRow("3kg", 15_000, id=large.pk)], by=None
    )
    small.refresh_from_db()
    large.refresh_from_db()
    assert (small.name, large.name) == ("5kg", "3kg")


def test_what_was_ordered_is_taken_off_sale_never_deleted():
    option = an_option()
    a_line(option=option)
    product = option.product
    actions.set_options(product, [OptionRow("새 옵션", 9_000)], by=None)
    option.refresh_from_db()
    assert not option.active and names(product) == ["새 옵션"]
    actions.set_options(product, [OptionRow(option.name, 9_500)], by=None)
    option.refresh_from_db()
    assert option.active and option.price == 9_500


def test_an_option_of_a_draft_that_nobody_saw_is_deleted():
    product = a_product()
    actions.set_options(product, [OptionRow("3kg", 15_000, id=product.options.get(name="3kg").pk)], by=None)
    assert product.options.count() == 1


def test_another_products_option_is_not_taken_over():
    theirs = an_option(name="남의 상품")
    product = a_product()
    actions.set_options(product, [OptionRow("새것", 9_000, id=theirs.pk)], by=None)
    theirs.refresh_from_db()
    assert theirs.product != product and theirs.active


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        ([], errors.OptionNeeded),
        ([OptionRow(" ", 1000)], errors.OptionNeeded),
        ([OptionRow("3kg", 1000), OptionRow(" 3kg", 2000)], errors.DuplicateOption),
        ([OptionRow("3kg", 9)], errors.BadPrice),
        ([OptionRow("3kg", 100_000_001)], errors.BadPrice),
        ([OptionRow(str(n), 1000) for n in range(501)], errors.TooManyOptions),
    ],
)
def test_options_that_cannot_be_are_refused_and_the_old_ones_stay(rows, error):
    product = a_product()
    with pytest.raises(error):
        actions.set_options(product, rows, by=None)
    assert names(product) == ["3kg", "5kg"]


# ── Photos ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_photos_are_put_in_order_and_the_first_is_the_face():
    product = a_product()
    a, b, c = (actions.add_photo(product, a_picture(), by=None) for _ in range(3))
    actions.order_photos(product, [c.pk], by=None)
    assert list(product.photos.all()) == [c, a, b]
    actions.remove_photo(a, by=None)
    assert list(product.photos.all()) == [c, b]


def test_there_is_an_end_to_photos(monkeypatch):
    monkeypatch.setattr("dure.commerce.catalog.actions.photos.MOST_PHOTOS", 1)
    product = a_product()
    actions.add_photo(product, a_picture(), by=None)
    with pytest.raises(errors.TooManyPhotos):
        actions.add_photo(product, a_picture(), by=None)


def test_what_is_no_picture_is_refused():
    product = a_product()
    with pytest.raises(NotAPicture):
        actions.add_photo(product, SimpleUploadedFile("x.jpg", b"<script>"), by=None)
    assert not product.photos.exists()


# ── Notice ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_notice_may_be_kept_half_filled_and_says_what_is_missing():
    product = a_product()
    actions.save_notice(product, "FOOD", {"origin": " 경북 청송 ", "nonsense": "x"}, by=None)
    product.refresh_from_db()
    assert product.notice == {"origin": "경북 청송"}
    left = [item.code for item in notices.missing("FOOD", product.notice)]
    assert "origin" not in left and len(left) == len(APPLES) - 1


@pytest.mark.parametrize(
    ("form", "values", "item"),
    [
        ("GENERAL_FOOD", {"gmo": "아마도"}, "gmo"),
        ("WEAR", {"made_in": "지난달"}, "made_in"),
        ("WEAR", {"made_in": "2026-13"}, "made_in"),
        ("FOOD", {"contact": "없음"}, "contact"),
        ("FOOD", {"storage": "가" * 1001}, "storage"),
    ],
)
def test_a_value_that_cannot_stay_is_said_beside_its_item(form, values, item):
    with pytest.raises(errors.NoticeInvalid) as refused:
        actions.save_notice(a_product(), form, values, by=None)
    assert list(refused.value.params["errors"]) == [item]


KINDS = {"month": "2026-10", "day": "2026-10-09", "phone": "02-123-4567"}


def test_every_form_can_be_completed_and_has_no_item_twice():
    for form in notices.FORMS.values():
        codes = [item.code for item in form.items]
        assert len(codes) == len(set(codes)), form.code
        values = {i.code: i.choices[0][0] if i.choices else KINDS.get(i.kind, "글") for i in form.items}
        assert notices.wrong(form.code, values) == {} and notices.missing(form.code, values) == []
        assert len(notices.rows(form.code, values)) == len(form.items)
        assert "contact" in codes or form.code == "BOOKS"  # the notice asks no telephone of books


def test_every_shelf_names_a_form_that_exists():
    assert {c.notice_type for c in Category.objects.all()} <= set(notices.FORMS)


def test_facts_that_are_known_are_suggested():
    suggested = notices.suggestions("FOOD", {"phone": "02-1", "maker": "순이네 과수원", "product": "사과"})
    assert suggested == {"name": "사과", "maker": "순이네 과수원", "contact": "02-1"}


# ── The MD's help ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_seller_sees_what_the_md_changed_and_takes_it_back():
    product, md, owner = a_product(story="짧은 글"), a_person("MD"), a_person()
    revision = actions.improve(product, by=md, note="이야기를 늘렸어요", story=STORY)
    assert queries.suggestions(product) == [revision]
    actions.undo(revision, by=owner)
    product.refresh_from_db()
    assert product.story == "짧은 글" and queries.suggestions(product) == []
    with pytest.raises(errors.NothingToUndo):
        actions.undo(revision, by=owner)


def test_undo_leaves_alone_what_was_changed_since():
    product, md, owner = a_product(), a_person("MD"), a_person()
    revision = actions.improve(product, by=md, note="", name="청송 꿀사과", tagline="아삭해요")
    actions.update_product(product, name="우리 사과", by=owner)
    actions.undo(revision, by=owner)
    product.refresh_from_db()
    assert (product.name, product.tagline) == ("우리 사과", "")


def test_options_are_undone_with_their_identity():
    product, owner = a_product(), a_person()
    ids = [o.pk for o in Option.objects.filter(product=product)]
    actions.set_options(
        product, [OptionRow("3kg", 13_000, id=ids[0]), OptionRow("5kg", 20_000, id=ids[1])], by=owner, suggested=True
    )
    actions.undo(queries.suggestions(product)[0], by=owner)
    assert list(Option.objects.filter(product=product).values_list("id", "price")) == [
        (ids[0], 15_000),
        (ids[1], 23_000),
    ]


# ── The review ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_missing_is_said_before_the_review():
    product = a_product()
    with pytest.raises(errors.NotComplete) as refused:
        actions.submit_for_review(product, by=None)
    assert "사진" in str(refused.value) and "원산지" in str(refused.value) and "옵션" not in str(refused.value)
    assert {point.part for point in queries.missing(product)} == {"basics", "photos", "notice"}


def test_a_complete_product_is_reviewed_mended_and_sold():
    product, md = a_complete_product(), a_person("MD")
    actions.submit_for_review(product, by=None)
    with pytest.raises(errors.ReasonNeeded):
        actions.reject(product, why="", by=md)
    actions.reject(product, why="원산지를 더 자세히 적어 주세요.", by=md)
    actions.submit_for_review(product, by=None)
    actions.approve(product, by=md)
    assert product.on_sale_at and Product.objects.on_sale().get() == product
    told = Event.objects.get(topic="catalog.product_on_sale")
    assert told.payload == {"seller": product.seller_id, "name": "청송 사과"}


def test_a_suspended_product_is_off_the_shelf_and_an_ended_one_stays_off():
    product = a_complete_product()
    actions.submit_for_review(product, by=None)
    actions.approve(product, by=None)
    actions.suspend(product, by=None)
    assert not Product.objects.on_sale().exists()
    actions.resume(product, by=None)
    actions.end(product, by=None)
    with pytest.raises(WrongState):
        actions.resume(product, by=None)
    with pytest.raises(errors.NotEditable, match="판매 종료"):
        actions.update_product(product, name="다시", by=None)


def test_a_prohibited_product_is_not_brought_back_by_its_seller():
    product = a_complete_product()
    actions.submit_for_review(product, by=None)
    actions.prohibit(product, why="표시광고법 위반", by=a_person("OPERATOR"))
    for deed in (actions.resume, actions.withdraw, actions.approve):
        with pytest.raises(WrongState):
            deed(product, by=None)


@pytest.mark.django_db(transaction=True)
def test_two_reviewers_decide_once():
    product = a_complete_product()
    actions.submit_for_review(product, by=None)

    def decide(i: int) -> str:
        row = Product.objects.get(pk=product.pk)
        actions.approve(row, by=None) if i % 2 else actions.reject(row, why="다시 봐 주세요.", by=None)
        return "decided"

    answers = at_once(4, decide)
    assert sum(a == "decided" for a in answers) == 1
    assert sum(isinstance(a, WrongState) for a in answers) == 3


# ── Being found ──────────────────────────────────────────────────────────────────────────────────────────────────


def on_sale(name: str, seller: Seller | None = None, **fields: Any) -> Product:
    product = a_product(seller, name=name, **fields)
    Product.objects.filter(pk=product.pk).update(status=ProductStatus.ON_SALE, on_sale_at=product.created_at)
    return product


def test_categories_are_put_up_once_and_follow_the_module():
    before = Category.objects.count()
    assert before >= 25
    Category.objects.filter(code="fruit").update(name_ko="바뀐 이름")
    categories.sync(Category.objects)
    assert Category.objects.count() == before
    assert Category.objects.get(code="fruit").name_ko == "과일"
