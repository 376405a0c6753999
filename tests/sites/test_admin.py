"""The admin: every table to look at, none to change but dated policy."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from builders import a_lead, a_line, a_person, a_show, an_order
from dure.commerce.pricing.models import CommissionPlan
from dure.finance.ledger import postings
from dure.finance.ledger.models import Journal
from dure.finance.payments import actions as payments
from dure.kit.models import AuditEntry

pytestmark = pytest.mark.django_db

OURS = [model for model in admin.site._registry if model.__module__.startswith("dure.")]


@pytest.fixture
def officer(client):
    officer = a_person("OPERATOR", is_staff=True)
    client.force_login(officer)
    return officer


def a_day_of_trade():
    a_show("ON_AIR")
    a_lead()
    payments.prepare(an_order())
    line = a_line("PURCHASE_CONFIRMED")
    charges = {charge.pk: charge.amount for charge in line.order.shipping_charges.all()}
    postings.paid(f"payment:{line.pk}", {line.pk: line.paid_amount}, charges)


def list_of(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def page_of(model, row, deed="change"):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{deed}", args=[row.pk])


def test_every_list_and_every_kind_of_page_opens_for_a_superuser(client):
    a_day_of_trade()
    client.force_login(a_person(is_staff=True, is_superuser=True))
    for model in OURS:
        assert client.get(list_of(model), {"q": "1"}).status_code == 200, model
        row = model._default_manager.first()
        if row is not None:
            assert client.get(page_of(model, row)).status_code == 200, model


def test_nothing_of_the_rooms_but_policy_can_be_added_changed_or_deleted(client):
    a_day_of_trade()
    client.force_login(a_person(is_staff=True, is_superuser=True))
    policy = {"category", "commissionplan", "settlementpolicy"}
    for model in OURS:
        row = model._default_manager.first()
        if row is None:
            continue
        assert client.post(page_of(model, row, "delete"), {"post": "yes"}).status_code == 403, model
        if model._meta.model_name not in policy:
            assert client.post(page_of(model, row), {}).status_code == 403, model
            assert client.get(list_of(model) + "add/").status_code == 403, model


def test_a_journal_shows_its_legs_and_stays_as_it_is(client, officer):
    a_day_of_trade()
    journal = Journal.objects.get()
    page = client.get(page_of(Journal, journal)).content.decode()
    assert "SEG:HELD" in page and "-10,000원" in page
    assert client.post(page_of(Journal, journal), {"ref": "x"}).status_code == 403
    journal.refresh_from_db()
    assert journal.ref != "x"


def test_a_list_asks_the_database_as_often_for_many_rows_as_for_one(client, officer):
    def asked(model):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(list_of(model))
        return len(queries)

    a_day_of_trade()
    asked(OURS[0])  # what is asked once, whichever page comes first
    few = {model: asked(model) for model in OURS}
    for _ in range(3):
        a_day_of_trade()
    assert {model: asked(model) for model in OURS} == few


def test_tables_and_columns_are_named_in_korean_and_in_english(client, officer):
    for model in apps.get_models():
        if model.__module__.startswith("dure."):
            assert not str(model._meta.verbose_name).isascii(), model
    a_day_of_trade()
    listed = client.get(list_of(Journal)).content.decode()
    assert "분개" in listed and "귀속일" in listed
    in_english = client.get(list_of(Journal), headers={"accept-language": "en"}).content.decode()
    assert "Journal" in in_english and "분개" not in in_english


def test_the_admin_is_for_the_office_only(client):
    for person in (a_person("OPERATOR"), a_person("MD", is_staff=True), a_person()):
        client.force_login(person)
        page = client.get(reverse("admin:ledger_journal_changelist"))
        assert page.status_code in {302, 403}


def test_a_policy_mended_in_the_admin_is_in_the_audit_trail(client, officer):
    url = reverse("admin:settlement_settlementpolicy_add")
    assert client.post(url, {"since_0": "2026-12-01", "since": "2026-12-01", "business_days": "2"}).status_code == 302
    assert AuditEntry.objects.get(action="office.settlementpolicy_added").actor == officer


def test_a_commission_is_seen_here_and_scheduled_in_the_office(client, officer):
    assert client.get(reverse("admin:pricing_commissionplan_add")).status_code == 403
    plan = CommissionPlan.objects.get(basis_points=500)
    assert 'href="/static/design/mark.svg"' in client.get(page_of(CommissionPlan, plan)).content.decode()
