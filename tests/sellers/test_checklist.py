"""The checklist that checks itself: registers, papers, what a shop needs to be let in, to stop, to close."""

import io
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from PIL import Image

from builders import a_line, a_person, a_shipping_policy, an_option
from dure.commerce.catalog import actions as catalog
from dure.commerce.catalog.models import Product
from dure.commerce.sellers import actions, errors, queries
from dure.commerce.sellers.models import Document, Member, RegistryCheck, Seller
from dure.finance.settlement.models import Hold
from dure.kit import clock, documents, outbox
from dure.kit.models import AuditEntry, Event

pytestmark = pytest.mark.django_db
BRN = "1018100016"  # 김두레, since 2015-03-02, filed as 2026-서울종로-0001 (the simulators)


def a_shop(**fields):
    fields = {"name": "순이네", "status": "APPLYING", "brn": BRN, "representative": "김두레", **fields}
    shop = Seller.objects.create(**fields)
    Member.objects.create(seller=shop, user=a_person(), role="OWNER")
    a_shipping_policy(shop, return_to="종로 88")
    return shop


def a_picture(form="JPEG"):
    out = io.BytesIO()
    Image.new("RGB", (800, 1100), "white").save(out, form)
    out.seek(0)
    return out


def state_of(shop, code, **told):
    return next(item for item in queries.checklist(Seller.objects.get(pk=shop.pk), **told) if item.code == code)


# ── Registers ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("fields", "code", "state", "word"),
    [
        ({"mail_order_number": "제2026-서울종로-1호"}, "MAIL_ORDER", "DONE", ""),
        ({"mail_order_number": "2026-서울종로-9"}, "MAIL_ORDER", "PROBLEM", "2026-서울종로-0001"),
        ({"mail_order_exempt": True}, "MAIL_ORDER", "DONE", "면제"),
        ({"brn": "1018100035", "mail_order_number": "1"}, "MAIL_ORDER", "PROBLEM", "폐업"),
        ({"brn": "1018100049", "mail_order_number": "1"}, "MAIL_ORDER", "PROBLEM", "신고 내역이 없어요"),
        ({"started_on": "2015-03-02"}, "PERSON", "DONE", ""),
        ({"started_on": "2015-03-03"}, "PERSON", "PROBLEM", "국세청 기록과 달라요"),
        ({}, "PERSON", "PROBLEM", "개업연월일"),
        ({"brn": "1018100035"}, "TAX", "PROBLEM", "폐업"),
        ({"brn": "1018100020"}, "TAX", "PROBLEM", "휴업"),
        ({}, "TAX", "DONE", ""),
        ({}, "ACCOUNT", "TODO", ""),
    ],
)
def test_what_a_register_says_is_on_the_list(simulators, fields, code, state, word):
    shop = Seller.objects.get(pk=a_shop(**fields).pk)
    assert actions.ask_register(shop, code)
    item = state_of(shop, code)
    assert item.state == state and word in str(item.why)
    assert RegistryCheck.objects.get().told is not None
    assert Event.objects.filter(topic="sellers.register_answered").exists()


def test_a_silent_register_is_asked_again_later(simulators):
    shop = a_shop(mail_order_number="2026-서울종로-1")
    simulators.fault("mail_order", kind="drop_before")
    assert not actions.ask_register(shop, "MAIL_ORDER")
    assert state_of(shop, "MAIL_ORDER").state == "ASKING"
    assert actions.ask_register(shop, "MAIL_ORDER")
    assert state_of(shop, "MAIL_ORDER").state == "DONE"


# ── Papers ───────────────────────────────────────────────────────────────────────────────────────────────────────


def hand_in(shop, kind="BUSINESS", upload=None, **told):
    return actions.hand_in(shop, kind=kind, upload=upload or a_picture(), by=None, **told)


def test_a_photo_is_made_anew_a_pdf_kept_and_a_newer_paper_replaces_the_older(settings):
    shop = a_shop()
    photo = hand_in(shop)
    assert photo.mime == "image/webp" and Image.open(documents.open_file(photo.file)).format == "WEBP"
    pdf = hand_in(shop, upload=io.BytesIO(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF"))
    assert pdf.mime == "application/pdf"
    photo.refresh_from_db()
    assert photo.replaced_at is not None and shop.documents.filter(replaced_at=None).get() == pdf
    assert str(settings.MEDIA_ROOT) not in documents.open_file(pdf.file).name


@pytest.mark.parametrize("upload", [b"<html>hello", b"%PDF-1.4 with no end", b"MZ\x90\x00", b""])
def test_what_is_no_paper_is_refused(upload):
    with pytest.raises(documents.NotADocument):
        hand_in(a_shop(), upload=io.BytesIO(upload))
    assert not Document.objects.exists()


def test_too_large_and_too_old_are_refused():
    shop = a_shop()
    with pytest.raises(documents.DocumentTooLarge):
        hand_in(shop, upload=io.BytesIO(b"%PDF-" + b"0" * documents.MAX_BYTES + b"%%EOF"))
    with pytest.raises(errors.DocumentExpired):
        hand_in(shop, expires_on=clock.today() - timedelta(days=1))


def test_a_refused_paper_says_why_and_who_looked_is_written_down():
    shop, operator = a_shop(), a_person("OPERATOR")
    paper = hand_in(shop)
    assert state_of(shop, "DOC_BUSINESS").state == "WAITING"
    actions.seen(paper, by=operator)
    with pytest.raises(errors.ReasonNeeded):
        actions.decide_document(paper, accept=False, by=operator)
    actions.decide_document(paper, accept=False, why="글자가 흐려요", by=operator)
    item = state_of(shop, "DOC_BUSINESS")
    assert item.state == "PROBLEM" and item.why == "글자가 흐려요"
    assert AuditEntry.objects.filter(action="sellers.document_seen", actor=operator).count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=paper.pk).update(why="")


def test_the_end_of_a_paper_is_told_at_thirty_and_seven_days_and_at_the_end_once_each():
    shop = a_shop(status="APPROVED")
    hand_in(shop, expires_on=clock.today() + timedelta(days=31))
    told = []
    for day in (0, 1, 2, 24, 25, 31, 32, 33):
        with clock.at(clock.now() + timedelta(days=day)):
            told.append(actions.remind_of_documents())
    assert told == [0, 1, 0, 1, 0, 1, 0, 0]
    assert Event.objects.filter(topic="sellers.document_expiring").count() == 3


def test_two_weeks_after_its_end_new_products_wait():
    shop = a_shop(status="APPROVED")
    hand_in(shop, expires_on=clock.today())
    product = an_option(seller=shop, status="DRAFT").product
    with clock.at(clock.now() + timedelta(days=14)):
        assert state_of(shop, "DOC_BUSINESS").state == "PROBLEM"
        actions.refuse_expired(shop)
    with clock.at(clock.now() + timedelta(days=15)), pytest.raises(errors.DocumentsExpired):
        catalog.submit_for_review(product, by=None)


# ── Let in, sent back, stopped, closed ───────────────────────────────────────────────────────────────────────────


@pytest.fixture
def ready(monkeypatch):
    """A shop in review whose tax status, account and parcels are in order, without any paper."""
    shop = a_shop(status="IN_REVIEW", mail_order_exempt=True, business_checked_at=clock.now())
    shop.payout_accounts.create(bank_code="004", number_encrypted=b"", holder_name="김두레", verified_at=clock.now())
    return shop


def test_what_the_list_still_finds_is_approved_only_with_a_reason(ready):
    operator = a_person("OPERATOR")
    with pytest.raises(errors.OpenItems) as refused:
        actions.approve(ready, by=operator)
    assert "사업자등록증" in str(refused.value)
    actions.approve(ready, by=operator, why="원본을 보았어요")
    assert AuditEntry.objects.filter(action="sellers.seller.approved", why="원본을 보았어요").exists()


def test_with_every_paper_seen_no_reason_is_asked(ready, simulators):
    actions.ask_register(ready, "MAIL_ORDER")
    for kind in ("BUSINESS", "BANK_BOOK"):
        actions.decide_document(hand_in(ready, kind), accept=True, by=a_person("OPERATOR"))
    actions.approve(ready, by=a_person("OPERATOR"))


def test_it_is_sent_back_item_by_item(ready):
    with pytest.raises(errors.ReasonNeeded):
        actions.return_for_changes(ready, note=" ", items={"DOC_BUSINESS": " "}, by=a_person("OPERATOR"))
    actions.return_for_changes(ready, note="", items={"DOC_BUSINESS": "뒷면도", "TAX": ""}, by=a_person("OPERATOR"))
    ready.refresh_from_db()
    assert (ready.status, ready.mend) == ("APPLYING", {"DOC_BUSINESS": "뒷면도"})


def test_a_stopped_shop_leaves_the_shelves_at_once_and_comes_back_by_itself():
    option, operator = an_option(), a_person("OPERATOR")
    shop, line = option.product.seller, a_line(option=option)
    with pytest.raises(errors.SuspendedInThePast):
        actions.suspend(shop, why="늦은 배송", until=clock.today(), by=operator)
    actions.suspend(shop, why="늦은 배송", until=clock.today() + timedelta(days=3), hold_payouts=True, by=operator)
    assert not Product.objects.on_sale().filter(seller=shop).exists()
    line.refresh_from_db()
    assert line.status == "PAID"  # what was paid is sent
    outbox.deliver_due()
    assert Hold.objects.get(seller=shop).reason == "늦은 배송"
    assert actions.resume_due() == 0
    with clock.at(clock.now() + timedelta(days=3)):
        assert actions.resume_due() == 1
    assert Product.objects.on_sale().filter(seller=shop).exists()


def test_a_shop_closes_only_when_nothing_of_it_is_open():
    line, operator = a_line(), a_person("OPERATOR")
    shop = line.seller
    with pytest.raises(errors.StopSalesFirst):
        actions.close(shop, why="그만둬요", by=operator)
    actions.suspend(shop, why="폐점 준비", by=operator)
    with pytest.raises(errors.StillOpen) as refused:
        actions.close(shop, why="그만둬요", by=operator)
    assert "구매확정 전 주문 1" in str(refused.value)
    type(line).objects.filter(pk=line.pk).update(status="CANCELED", canceled_quantity=line.quantity)
    actions.close(shop, why="그만둬요", by=operator)
    shop.refresh_from_db()
    assert shop.status == "CLOSED" and shop.closed_at
