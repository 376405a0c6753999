"""Two hands at one sheet: each test shows the guard of the database, and what it guards against."""

import pytest
from django.db import IntegrityError

from builders import a_person, at_once
from dure.commerce.catalog.categories import sync
from dure.commerce.catalog.models import Category, Product
from dure.commerce.sellers.models import Member, Seller
from dure.commerce.sheets import actions, applying
from dure.commerce.sheets.models import ProductCode, Upload
from dure.kit.states import WrongState
from sheet_builders import HEAD, compared, fresh, xlsx

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop():
    if not Category.objects.exclude(parent=None).exists():
        sync(Category.objects)
    shop = Seller.objects.create(name="순이네", status="APPROVED")
    Member.objects.create(seller=shop, user=a_person(), role="OWNER")
    return shop


def owner_of(shop):
    return shop.members.get().user


def test_a_file_handed_in_by_two_fingers_is_one_upload(shop):
    owner, content = owner_of(shop), xlsx(HEAD, ["A", "사과", "과일", 1000, 1])
    found = at_once(4, lambda _i: actions.receive(shop, "PRODUCTS", "a.xlsx", content, by=owner))
    assert len({upload.pk for upload, _new in found}) == 1 and [new for _u, new in found].count(True) == 1
    with pytest.raises(IntegrityError):  # what the guard says to whoever goes round the action
        Upload.objects.create(seller=shop, by=owner, kind="PRODUCTS", name="a", sha256=found[0][0].sha256)


def test_two_workers_at_one_upload_make_each_product_once(shop, monkeypatch):
    monkeypatch.setattr(applying, "CHUNK", 5)
    rows = [[f"K{n}", f"상품 {n}", "과일", 1000, 3] for n in range(40)]
    upload = compared(shop, xlsx(HEAD, *rows), owner_of(shop))
    actions.start(upload, by=owner_of(shop))
    assert not [e for e in at_once(3, lambda _i: applying.run(fresh(upload))) if e]
    assert Product.objects.filter(seller=shop).count() == 40 == ProductCode.objects.filter(seller=shop).count()
    assert fresh(upload).rows_done == 40


def test_start_and_stop_pressed_together_have_one_winner(shop):
    upload = compared(shop, xlsx(HEAD, ["A", "사과", "과일", 1000, 1]), owner_of(shop))
    deeds = [actions.start, actions.stop, actions.start]
    found = at_once(3, lambda i: deeds[i](fresh(upload), by=owner_of(shop)))
    assert sum(isinstance(e, WrongState) for e in found) >= 1
    assert fresh(upload).status in ("RUNNING", "CANCELED", "DONE")
