"""The back office: who may open it, that every page opens, and that its decisions happen."""

import pytest
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from builders import a_line, a_person, an_option, an_order
from dure.commerce.sellers.models import Seller
from dure.finance.ledger import actions as ledger
from dure.finance.ledger import postings
from dure.kit import checks

pytestmark = pytest.mark.django_db

PAGES = [
    "dashboard",
    "sheets",
    "sellers",
    "products",
    "orders",
    "statements",
    "payouts",
    "refunds",
    "ledger",
    "audit",
    "deliveries",
    "verify",
]


@pytest.fixture
def officer(client):
    person = a_person("OPERATOR", "FINANCE")
    client.force_login(person)
    return person


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_for_the_office_and_for_nobody_else(client, officer, name):
    a_line()
    assert client.get(reverse(f"office:{name}")).status_code == 200
    client.force_login(a_person())
    assert client.get(reverse(f"office:{name}")).status_code == 403
    client.logout()
    assert client.get(reverse(f"office:{name}")).status_code == 302


def test_customer_service_sees_orders_and_no_money(client):
    client.force_login(a_person("CS"))
    assert client.get(reverse("office:orders")).status_code == 200
    for name in ("ledger", "statements", "payouts", "sellers", "products"):
        assert client.get(reverse(f"office:{name}")).status_code == 403


def test_an_order_shows_the_way_of_its_money(client, officer):
    line = a_line()
    charges = {c.pk: c.amount for c in line.order.shipping_charges.all()}
    postings.paid("payment:1", {line.pk: line.paid_amount}, charges)
    page = client.get(reverse("office:order", args=[line.order.number])).content.decode()
    assert "SEG:HELD" in page and "10,000원" in page


def test_a_refusal_needs_words_and_loses_nothing(client, officer):
    seller = Seller.objects.create(name="가게", status="IN_REVIEW")
    url = reverse("office:decide_seller", args=[seller.pk])
    answer = client.post(url, {"verdict": "return", "reason": ""})
    assert answer.status_code == 400 and "이유를 적어 주세요" in answer.content.decode()
    assert client.post(url, {"verdict": "return", "reason": "계좌를 고쳐 주세요"}).status_code == 302
    seller.refresh_from_db()
    assert seller.status == "APPLYING" and seller.review_note == "계좌를 고쳐 주세요"


def test_the_operator_puts_money_in_once_however_often_the_button_is_pressed(client, officer):
    from dure.finance.ledger.queries import balance_of

    body = {"amount": "1000000", "key": "7b0c8a3e-3d3c-4f1e-9a51-0f6d6f0f0b11"}
    for _ in range(2):
        assert client.post(reverse("office:fund"), body).status_code == 302
    assert balance_of("SEG", "BANK") == 1_000_000


def test_lists_cost_the_same_however_long(client, officer, django_assert_max_num_queries):
    for _ in range(6):
        an_order(an_option(), paid=True)
    with django_assert_max_num_queries(16):
        client.get(reverse("office:orders"))


def a_statement():
    from dure.finance.settlement import actions as settlement
    from dure.kit import clock

    line = a_line("PURCHASE_CONFIRMED")
    charges = {c.pk: c.amount for c in line.order.shipping_charges.all()}
    postings.paid(f"payment:{line.pk}", {line.pk: line.paid_amount}, charges)
    settlement.earn_line(line)
    (made,) = settlement.run(settlement.due_after(clock.today()), by=None)
    return made


def test_a_statement_comes_as_a_workbook_that_adds_up(client, officer):
    from io import BytesIO

    from python_calamine import CalamineWorkbook

    statement = a_statement()
    url = reverse("office:statement", args=[statement.pk])
    assert statement.number in client.get(url).content.decode()
    sheet = CalamineWorkbook.from_filelike(BytesIO(client.get(url, {"export": "xlsx"}).content))
    rows = sheet.get_sheet_by_index(0).to_python()
    lines = [row for row in rows[4:] if row[1]]
    assert sum(row[9] for row in lines) == statement.total == statement.pay_amount
    assert rows[-1][9] == statement.pay_amount


def test_a_payout_is_held_with_words_and_released(client, officer):
    from dure.finance.settlement.models import Hold

    seller = a_statement().seller
    Seller.objects.filter(pk=seller.pk).update(approved_at="2026-01-01T00:00:00Z")
    url = reverse("office:hold_seller", args=[seller.pk])
    assert client.post(url, {"reason": ""}).status_code == 400
    assert client.post(url, {"reason": "서류 확인"}).status_code == 302
    assert "서류 확인" in client.get(reverse("office:seller", args=[seller.pk])).content.decode()
    client.post(url, {"release": "1"})
    assert not Hold.objects.filter(released_at=None).exists()


def test_a_journal_leads_to_its_order(client, officer):
    line = a_line()
    journal = postings.paid("payment:1", {line.pk: line.paid_amount}, {})
    page = client.get(reverse("office:journal", args=[journal])).content.decode()
    assert line.order.number in page and "구매확정을 기다리는 돈" in page


def test_the_invariants_shown_are_those_computed_last_and_can_be_asked_for(client, officer):
    address = reverse("office:verify")
    assert "아직 계산한 적이 없어요" in client.get(address).content.decode()
    for _ in range(2):
        assert client.post(reverse("office:verify_again")).headers["Location"] == address
    assert ProcrastinateJob.objects.filter(task_name__endswith="ledger.tasks.verify", status="todo").count() == 1
    ledger.verify()
    page = client.get(address).content.decode()
    assert page.count("맞아요") == len(list(checks.every()))
    assert "아직 계산한 적이 없어요" not in page
