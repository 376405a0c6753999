"""The seller's product editor: terms, options, photos, detail page, changes under review, several at once."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from builders import a_person, a_shipping_policy
from dure.commerce.catalog import actions
from dure.commerce.catalog.actions import OptionRow
from dure.commerce.catalog.models import Category, ChangeRequest, Option, Product
from dure.commerce.catalog.queries import kept_options
from dure.commerce.sellers.models import Member, Seller
from dure.commerce.stock.models import StockItem
from dure.sites.seller.option_table import Table

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def uploads(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


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


def a_product(shop: Seller, status: str = "DRAFT", **fields: Any) -> Product:
    fields.setdefault("options", [OptionRow("기본", 12_000)])
    category = Category.objects.get(code="woodwork")
    product = actions.create_product(shop, name="옻칠 젓가락", category=category, by=None, **fields)
    Product.objects.filter(pk=product.pk).update(status=status)
    product.refresh_from_db()
    return product


def a_jpeg(name: str = "a.jpg", size: tuple[int, int] = (900, 700)) -> SimpleUploadedFile:
    raw = io.BytesIO()
    Image.new("RGB", size, "#c0392b").save(raw, "JPEG")
    return SimpleUploadedFile(name, raw.getvalue(), "image/jpeg")


def url(name: str, product: Product, *args: Any) -> str:
    return reverse(f"seller:{name}", args=[product.pk, *args])


def sent(product: Product, do: str = "save", **also: Any) -> dict[str, Any]:
    """The table of options as the page of this product would send it."""
    table = Table.of(product, kept_options(product))
    form: dict[str, Any] = {"do": do, "version": product.version, "row": []}
    for n, line in table.numbered():
        form["row"].append(str(n))
        form |= {f"o{n}": line.hidden, f"o{n}-name": line.name, f"o{n}-price": line.price, f"o{n}-stock": line.stock}
        form |= {f"o{n}-code": line.code, **({f"o{n}-on": "1"} if line.on else {})}
    for n, name, values in table.axis_rows:
        form |= {f"axis-{n}": name, f"axis-{n}-values": values}
    return {**form, **also}


TERMS = {
    "min_per_order": "2", "max_per_order": "10", "max_per_buyer": "", "lead_days": "5", "sale_from": "2026-12-01T09:00",
    "sale_until": "2026-12-31T18:00", "tax_class": "TAXABLE", "origin": "국내산(강원 원주)", "kc_numbers": "cb061r1234-2001",
    "adults_only": "", "brand": "두레", "maker": "원주옻칠", "weight_g": "120",
}  # fmt: skip


# ── Terms ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_terms_are_kept_as_they_are_read(client, shop):
    product = a_product(shop)
    assert client.post(url("save_terms", product), {**TERMS, "version": product.version}).status_code == 302
    product.refresh_from_db()
    assert (product.min_per_order, product.max_per_order, product.max_per_buyer) == (2, 10, None)
    assert product.sale_from.isoformat() == "2026-12-01T00:00:00+00:00"  # typed in Korean time
    assert product.kc_numbers == ["CB061R1234-2001"] and product.lead_days == 5
    page = client.get(url("product", product)).content.decode()
    assert 'value="2026-12-01T09:00"' in page and "CB061R1234-2001" in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"max_per_order": "1"}, "최대 수량은 최소 수량 이상"),
        ({"sale_until": "2026-11-01T09:00"}, "시작하는 때보다 뒤"),
        ({"kc_numbers": "아무거나"}, "KC 인증번호가 아닌 것 같아요"),
        ({"min_per_order": "0"}, "1"),
    ],
)
def test_terms_that_cannot_be_are_said_and_nothing_typed_is_lost(client, shop, wrong, said):
    product = a_product(shop)
    answer = client.post(url("save_terms", product), {**TERMS, **wrong})
    page = answer.content.decode()
    assert answer.status_code == 422 and said in page and "국내산(강원 원주)" in page
    product.refresh_from_db()
    assert product.origin == ""


# ── Options ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_combinations_are_made_and_nothing_is_saved_until_it_is_saved(client, shop):
    product = a_product(shop)
    axes = {
        "axis-0": "색상",
        "axis-0-values": "검정, 빨강",
        "axis-1": "길이",
        "axis-1-values": "21cm,23cm",
        "new-price": "15,000",
    }
    answer = client.post(url("save_options", product), sent(product, "combine", **axes))
    page = answer.content.decode()
    assert (
        answer.status_code == 200
        and "아직 저장하지 않았어요" in page
        and "검정 / 21cm" in page
        and "빨강 / 23cm" in page
    )
    assert product.options.count() == 1

    rows = answer.context["table"]
    form = {"do": "save", "version": product.version, "row": [], **axes}
    for n, line in rows.numbered():
        form["row"].append(str(n))
        form |= {
            f"o{n}": line.hidden,
            f"o{n}-name": line.name,
            f"o{n}-price": line.price,
            f"o{n}-stock": "3" if line.values else "",
        }
        form |= {f"o{n}-on": "1"}
    assert client.post(url("save_options", product), form).status_code == 302
    product.refresh_from_db()
    on_sale = product.options.filter(active=True)
    assert product.axes == ["색상", "길이"] and on_sale.count() == 4
    assert set(StockItem.objects.filter(option__in=on_sale).values_list("available", flat=True)) == {3}


def test_an_axis_without_values_or_too_many_combinations_is_said(client, shop):
    product = a_product(shop)
    answer = client.post(url("save_options", product), sent(product, "combine"))
    assert answer.status_code == 422 and "축의 이름과 값을 적어 주세요" in answer.content.decode()
    many = {f"axis-{n}": f"축{n}" for n in range(3)} | {
        f"axis-{n}-values": ",".join(str(i) for i in range(10)) for n in range(3)
    }
    answer = client.post(url("save_options", product), sent(product, "combine", **many))
    assert answer.status_code == 422 and "조합이 1000개예요" in answer.content.decode()


def test_picked_options_change_at_once_and_are_taken_back_in_one_press(client, shop):
    product = a_product(shop, options=[OptionRow("작은 것", 10_000), OptionRow("큰 것", 20_000)])
    form = sent(product, "change", how="ADD", amount="+1,000", **{"o0-pick": "1", "o1-pick": "1"})
    assert client.post(url("save_options", product), form).status_code == 302
    assert list(product.options.values_list("price", flat=True)) == [11_000, 21_000]
    revision = product.revisions.first()
    back = client.post(url("undo_options", product), {"revision": revision.pk, "count": ""})
    assert back.status_code == 302 and list(product.options.values_list("price", flat=True)) == [10_000, 20_000]


@pytest.mark.parametrize(
    ("how", "amount", "said"),
    [("ADD", "많이", "숫자로 적어 주세요"), ("SET", "5", "10원부터"), ("ADD", "-99,000", "10원부터")],
)
def test_a_change_of_many_that_cannot_be_is_said_and_the_table_stays_typed(client, shop, how, amount, said):
    product = a_product(shop)
    answer = client.post(
        url("save_options", product), sent(product, "change", how=how, amount=amount, **{"o0-pick": "1"})
    )
    assert answer.status_code in {400, 409, 422} and said in answer.content.decode()
    assert product.options.get().price == 12_000
    nothing = client.post(url("save_options", product), sent(product, "change", how="OFF"))
    assert nothing.status_code == 422 and "먼저 골라 주세요" in nothing.content.decode()


def test_five_hundred_options_fit_the_page_and_its_form(client, shop, django_assert_max_num_queries):
    rows = [OptionRow("", 10_000, values=(f"색{c}", f"{s}호")) for c in range(50) for s in range(10)]
    product = a_product(shop)
    actions.set_options(product, rows, axes=["색", "호"], by=None)
    product.refresh_from_db()
    with django_assert_max_num_queries(30):
        assert client.get(url("product", product)).status_code == 200
    form = sent(product, "change", how="PERCENT", amount="-10", **{f"o{n}-pick": "1" for n in range(500)})
    assert client.post(url("save_options", product), form).status_code == 302
    assert set(product.options.values_list("price", flat=True)) == {9_000}


def test_another_products_option_cannot_be_slipped_into_the_table(client, shop):
    product, other = a_product(shop), a_product(shop)
    theirs = other.options.get()
    form = sent(product)
    kept = json.loads(form["o0"]) | {"id": theirs.pk}
    answer = client.post(url("save_options", product), {**form, "o0": json.dumps(kept), "o0-name": "바꿔치기"})
    theirs.refresh_from_db()
    assert answer.status_code == 409 and theirs.name == "기본" and theirs.product_id == other.pk


# ── Two at the same time ─────────────────────────────────────────────────────────────────────────────────────────


def test_who_saves_later_is_shown_what_changed_and_keeps_what_was_typed(client, shop):
    product = a_product(shop)
    words = {
        "name": "옻칠 수저",
        "category": product.category_id,
        "story": "내가 쓴 이야기예요",
        "version": product.version,
    }
    actions.update_product(product, name="느티나무 젓가락", by=a_person(name="김두레"))
    answer = client.post(url("save_words", product), words)
    page = answer.content.decode()
    assert answer.status_code == 409 and "김두레" in page and "느티나무 젓가락" in page and "내가 쓴 이야기예요" in page
    product.refresh_from_db()
    assert product.name == "느티나무 젓가락" and f'name="version" value="{product.version}"' in page
    assert client.post(url("save_words", product), {**words, "version": product.version}).status_code == 302
    product.refresh_from_db()
    assert product.name == "옻칠 수저"


# ── Photos ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_photos_are_uploaded_ordered_described_taken_off_and_put_back(client, shop):
    product = a_product(shop)
    assert client.post(url("add_photo", product), {"image": [a_jpeg("1.jpg"), a_jpeg("2.jpg")]}).status_code == 302
    first, second = product.photos.all()
    client.post(url("order_photos", product), {"photo": [second.pk, first.pk], f"alt-{first.pk}": "접시 위의 젓가락"})
    assert [p.pk for p in product.photos.all()] == [second.pk, first.pk]
    assert product.photos.get(pk=first.pk).alt == "접시 위의 젓가락"
    client.post(url("change_photo", product, first.pk), {"remove": "1"})
    assert list(product.photos.all()) == [second]
    removed = product.removed_photos.get()
    assert client.post(url("restore_photo", product, removed.pk)).status_code == 302
    assert [p.alt for p in product.photos.all()] == ["", "접시 위의 젓가락"]
    assert client.post(url("restore_photo", product, removed.pk)).status_code == 404


def test_the_worker_makes_lighter_copies_and_the_page_shows_how_far_it_is(client, shop):
    product = a_product(shop)
    actions.add_photo(product, a_jpeg(), by=None)
    photo = product.photos.get()
    assert "(0/1)" in client.get(url("photo_progress", product)).content.decode()
    assert actions.lighten(photo.pk) and actions.lighten(photo.pk)  # a second run does no harm
    photo.refresh_from_db()
    assert photo.image.endswith("-1280.avif")
    page = client.get(url("product", product)).content.decode()
    assert 'type="image/avif"' in page and "-320.webp" in page
    assert "모두 빨리 열려요" in client.get(url("photo_progress", product)).content.decode()


# ── The detail page ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_detail_page_is_built_block_by_block_and_kept_when_saved(client, shop):
    product = a_product(shop)
    page = client.post(url("detail", product), {"do": "add:heading"})
    assert page.status_code == 200 and "아직 저장하지 않았어요" in page.content.decode()
    form = {"block": ["0", "1", "2"], "b0-type": "heading", "b0-text": "칠하는 날", "b1-type": "table", "b1-width": "2",
            "b1-cell": ["길이", "23cm", "", ""], "b2-type": "photo", "b2-alt": "칠 바르는 손", "b2-file": a_jpeg()}  # fmt: skip
    swapped = client.post(url("detail", product), {**form, "do": "down:0"})
    kinds = [block["type"] for _n, block, _wrong in swapped.context["rows"]]
    assert kinds == ["table", "heading", "photo"] and product.blocks == []
    signed = swapped.context["rows"][2][1]["signed"]
    del form["b2-file"]
    assert client.post(url("detail", product), {**form, "b2-picture": signed, "do": "save"}).status_code == 302
    product.refresh_from_db()
    assert [b["type"] for b in product.blocks] == ["heading", "table", "photo"]
    assert product.blocks[1]["rows"] == [["길이", "23cm"]] and product.blocks[2]["alt"] == "칠 바르는 손"


def test_a_picture_that_was_not_uploaded_here_cannot_be_named(client, shop):
    product = a_product(shop)
    form = {"block": "0", "b0-type": "photo", "b0-picture": "products/secret.webp", "do": "save"}
    client.post(url("detail", product), form)
    product.refresh_from_db()
    assert product.blocks == []


def test_what_cannot_be_in_a_block_is_said_in_its_place(client, shop):
    product = a_product(shop)
    form = {"block": ["0", "1"], "b0-type": "text", "b0-text": "<script>alert(1)</script>", "b1-type": "video",
            "b1-url": "https://evil.example/x"}  # fmt: skip
    answer = client.post(url("detail", product), form)
    page = answer.content.decode()
    assert answer.status_code == 422 and "유튜브" in page and "<script>alert(1)</script>" not in page
    preview = client.post(url("preview_detail", product), form).content.decode()
    assert "&lt;script&gt;" in preview


# ── Changes of what was approved ─────────────────────────────────────────────────────────────────────────────────


def test_words_of_an_approved_product_wait_and_its_prices_do_not(client, shop):
    product = a_product(shop, "ON_SALE")
    words = {"name": "옻칠 수저", "category": product.category_id, "keywords": "선물", "version": product.version}
    client.post(url("save_words", product), words)
    product.refresh_from_db()
    assert product.name == "옻칠 젓가락" and product.keywords == "선물"
    [asked] = ChangeRequest.objects.filter(status="PENDING")
    assert asked.after == {"name": "옻칠 수저"} and asked.before == {"name": "옻칠 젓가락"}
    page = client.get(url("product", product)).content.decode()
    assert "심사를 기다리는 변경" in page and 'value="옻칠 수저"' in page
    client.post(url("save_options", product), sent(product, **{"o0-price": "9,000"}))
    assert product.options.get().price == 9_000


def test_a_second_edit_carries_on_from_the_first_and_the_first_can_no_longer_be_approved(client, shop):
    from dure.kit.states import WrongState

    product = a_product(shop, "ON_SALE")
    owner = a_person()
    actions.update_product(product, name="하나", by=owner)
    first = ChangeRequest.objects.get(status="PENDING")
    actions.update_product(product, tagline="둘", by=owner)
    second = ChangeRequest.objects.get(status="PENDING")
    assert second.after == {"name": "하나", "tagline": "둘"}
    with pytest.raises(WrongState):
        actions.approve_change(first, by=None)
    actions.approve_change(second, by=None)
    product.refresh_from_db()
    assert (product.name, product.tagline) == ("하나", "둘")
    revision = product.revisions.first()
    assert revision.by == owner and revision.after == {"name": "하나", "tagline": "둘"}


def test_a_change_is_withdrawn_by_who_asked_and_one_put_back_as_it_was_asks_nothing(client, shop):
    product = a_product(shop, "ON_SALE")
    owner = a_person()
    actions.update_product(product, name="하나", by=owner)
    actions.update_product(product, name="옻칠 젓가락", by=owner)
    assert not ChangeRequest.objects.filter(status="PENDING").exists()
    actions.update_product(product, name="둘", by=owner)
    asked = ChangeRequest.objects.get(status="PENDING")
    assert client.post(url("withdraw_change", product, asked.pk)).status_code == 302
    assert client.post(url("withdraw_change", product, asked.pk)).status_code == 409


def test_a_new_photo_of_an_approved_product_waits_too(client, shop):
    product = a_product(shop, "ON_SALE")
    client.post(url("add_photo", product), {"image": a_jpeg()})
    assert not product.photos.exists() and len(actions.waiting_photos(product)) == 1
    actions.approve_change(ChangeRequest.objects.get(), by=None)
    assert product.photos.count() == 1 and actions.waiting_photos(product) == []


# ── Several, copies, history ─────────────────────────────────────────────────────────────────────────────────────


def test_several_products_stop_and_go_on(client, shop):
    products = [a_product(shop, "ON_SALE") for _ in range(2)]
    theirs = a_product(Seller.objects.create(name="남", status="APPROVED"), "ON_SALE")
    ids = [p.pk for p in [*products, theirs]]
    client.post(reverse("seller:several", args=["suspend"]), {"ids": ids})
    assert set(Product.objects.filter(seller=shop).values_list("status", flat=True)) == {"SUSPENDED"}
    theirs.refresh_from_db()
    assert theirs.status == "ON_SALE"
    client.post(reverse("seller:several", args=["resume"]), {"ids": ",".join(map(str, ids))})
    assert set(Product.objects.filter(seller=shop).values_list("status", flat=True)) == {"ON_SALE"}
    assert client.post(reverse("seller:several", args=["delete"]), {"ids": ids}).status_code == 404


def test_a_copy_has_everything_but_history_and_stock(client, shop):
    product = a_product(shop, "ON_SALE", story="이야기")
    actions.set_options(
        product, [OptionRow("", 9_000, values=("검정",)), OptionRow("상자", 2_000, addon=True)], axes=["색"], by=None
    )
    actions.add_photo(product, a_jpeg(), by=None)
    answer = client.post(url("copy_product", product))
    made = Product.objects.latest("pk")
    assert answer.url == reverse("seller:product", args=[made.pk]) and made.status == "DRAFT"
    assert made.story == "이야기" and made.axes == ["색"] and made.photos.count() == 1
    assert [(o.name, o.addon) for o in made.options.all()] == [("검정", False), ("상자", True)]
    assert not StockItem.objects.filter(option__product=made).exists()
    assert not Option.objects.filter(product=made, pk__in=product.options.values("pk")).exists()


def test_the_history_says_what_each_change_changed(client, shop):
    product = a_product(shop)
    actions.update_product(
        product, name="옻칠 수저", sale_from=None, tagline="가볍고 단단해요", by=a_person(name="김두레")
    )
    page = client.get(url("product_history", product)).content.decode()
    assert "김두레" in page and "옻칠 수저" in page and "가볍고 단단해요" in page


def test_the_editor_links_every_finding_to_its_field(client, shop):
    import re

    product = a_product(shop)
    page = client.get(url("product", product)).content.decode()
    anchors = re.findall(r'class="remark.*?href="([^"]*)"', page, re.S)
    assert anchors
    for anchor in anchors:
        if anchor.startswith("#"):
            assert f'id="{anchor[1:]}"' in page, anchor
