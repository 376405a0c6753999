"""How a shop joins the house: by link or by itself, the company, the account, the parcels, the review."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from builders import a_brn, a_person, at_once
from dure.commerce.sellers import actions, errors, queries, rules
from dure.commerce.sellers.actions import steps
from dure.commerce.sellers.models import Member, PayoutAccount, Seller, SellerStatus
from dure.integrations.account.client import NoSuchAccount
from dure.integrations.nts.client import Status
from dure.kit import clock
from dure.kit.http import OutsideError
from dure.kit.idempotency import KeyReused
from dure.kit.models import Event
from dure.kit.states import WrongState

pytestmark = pytest.mark.django_db


class TaxService:
    """Answers as told: a state of a business, or nothing at all."""

    def __init__(self) -> None:
        self.state: str | None = "01"

    def status(self, numbers: list[str]) -> dict[str, Status]:
        if self.state is None:
            raise OutsideError("nts", "UNREACHABLE", "", unknown=True)
        return {n: Status(n, self.state, "", "01", "", None, {}) for n in numbers}


class Bank:
    """Answers the holder it was told of; `None` is a bank that is closed, "" a number it does not know."""

    def __init__(self) -> None:
        self.says: str | None = "한순이"

    def holder(self, bank_code: str, number: str, *, name: str = "", identity: str = "") -> str:
        if self.says is None:
            raise OutsideError("account", "822", "closed", unknown=True)
        if self.says == "":
            raise NoSuchAccount("account", "555", "no such account")
        return self.says


@pytest.fixture
def tax(monkeypatch: pytest.MonkeyPatch) -> TaxService:
    service = TaxService()
    monkeypatch.setattr(steps.nts, "nts", lambda: service)
    return service


@pytest.fixture
def bank(monkeypatch: pytest.MonkeyPatch) -> Bank:
    service = Bank()
    monkeypatch.setattr(steps, "account", lambda: service)
    return service


@pytest.fixture
def asked_again(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, int]]]:
    """The jobs left for later."""
    left: list[tuple[str, dict[str, int]]] = []
    monkeypatch.setattr(steps, "later", lambda task, **arguments: left.append((task, arguments)))
    return left


def a_shop(**fields: Any) -> tuple[Seller, Any]:
    owner = a_person()
    seller = actions.apply(name="순이네", key=uuid4(), by=owner)
    if fields:
        Seller.objects.filter(pk=seller.pk).update(**fields)
        seller.refresh_from_db()
    return seller, owner


def business(**fields: Any) -> dict[str, Any]:
    return {
        "brn": a_brn(),
        "company_name": "순이네 식품",
        "representative": "한순이",
        "business_address": "서울특별시 종로구 창경궁로 88",
        "contact_phone": "02-123-4567",
        "mail_order_number": "2026-서울종로-0123",
        **fields,
    }


def parcels(**fields: Any) -> dict[str, Any]:
    return {
        "fee": 3000,
        "free_over": 30_000,
        "jeju_extra": 3000,
        "remote_extra": 5000,
        "return_fee": 3000,
        "dispatch_days": 2,
        "dispatch_from": "서울특별시 종로구 창경궁로 88",
        "return_to": "",
        **fields,
    }


ACCOUNT = {"bank_code": "004", "number": "110-123-456789", "holder_name": "한순이"}


# ── Coming in ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_lead_is_invited_to_one_shop_however_often():
    first = actions.invite(lead_ref="partnership.lead:1", shop_name="순이네", by=None)
    again = actions.invite(lead_ref="partnership.lead:1", shop_name="순이네", by=None)
    assert again == first
    with clock.at(clock.now() + timedelta(days=15)):
        fresh = actions.invite(lead_ref="partnership.lead:1", shop_name="순이네", by=None)
    assert fresh != first and fresh.seller == first.seller


def test_whoever_holds_the_link_becomes_the_owner_once():
    invitation = actions.invite(shop_name="순이네", phone="010-1234-5678", by=None)
    owner = a_person()
    member = actions.accept(invitation, owner)
    assert actions.accept(invitation, owner) == member
    seller = Seller.objects.get(pk=invitation.seller_id)
    assert (member.role, seller.status, seller.contact_phone) == ("OWNER", "APPLYING", "010-1234-5678")
    with pytest.raises(errors.InvitationUsed):
        actions.accept(invitation, a_person())


def test_a_link_lives_fourteen_days():
    invitation = actions.invite(shop_name="순이네", by=None)
    with clock.at(clock.now() + timedelta(days=14, minutes=1)), pytest.raises(errors.InvitationExpired):
        actions.accept(invitation, a_person())


def test_a_withdrawn_link_opens_nothing():
    seller, owner = a_shop()
    link = actions.invite_staff(seller, name="김직원", by=owner)
    actions.withdraw_invitation(link, by=owner)
    with pytest.raises(errors.InvitationExpired):
        actions.accept(link, a_person())


def test_a_code_read_aloud_is_found_whatever_its_case():
    invitation = actions.invite(shop_name="순이네", by=None)
    assert queries.invitation(f" {invitation.code.lower()} ") == invitation


@pytest.mark.django_db(transaction=True)
def test_of_two_who_open_the_link_at_once_one_becomes_the_owner():
    invitation = actions.invite(shop_name="순이네", by=None)
    people = [a_person() for _ in range(4)]
    answers = at_once(4, lambda i: actions.accept(invitation, people[i]))
    assert sum(isinstance(a, Member) for a in answers) == 1
    assert sum(isinstance(a, errors.InvitationUsed) for a in answers) == 3
    assert Member.objects.count() == 1


def test_a_form_sent_twice_opens_one_shop():
    owner, key = a_person(), uuid4()
    assert actions.apply(name="순이네", key=key, by=owner) == actions.apply(name="순이네", key=key, by=owner)
    with pytest.raises(KeyReused):
        actions.apply(name="다른 가게", key=key, by=owner)


def test_staff_may_go_but_the_last_owner_may_not():
    seller, owner = a_shop()
    staff = actions.accept(actions.invite_staff(seller, name="김직원", role="ORDERS", by=owner), a_person())
    assert staff.role == Member.Role.ORDERS
    actions.remove_member(staff, by=owner)
    with pytest.raises(errors.LastOwner):
        actions.remove_member(Member.objects.get(seller=seller), by=owner)


# ── The company ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_active_business_is_checked_at_once(tax):
    seller, owner = a_shop()
    actions.save_business(seller, **business(), by=owner)
    seller.refresh_from_db()
    assert seller.business_checked_at and seller.tax_type == "01"
    assert queries.readiness(seller)[0].done


@pytest.mark.parametrize(
    ("state", "error"),
    [("02", errors.BusinessSuspended), ("03", errors.BusinessClosed), ("", errors.BusinessNotRegistered)],
)
def test_a_business_that_does_not_run_is_refused_and_nothing_is_kept(tax, state, error):
    seller, owner = a_shop()
    tax.state = state
    with pytest.raises(error):
        actions.save_business(seller, **business(), by=owner)
    seller.refresh_from_db()
    assert seller.brn == ""


@pytest.mark.parametrize("brn", ["1234567890", "000-00-00000", "12345", ""])
def test_a_number_that_cannot_be_is_refused_before_anybody_is_asked(brn):
    seller, owner = a_shop()
    with pytest.raises(errors.BadBusinessNumber):
        actions.save_business(seller, **business(brn=brn), by=owner)


def test_a_silent_tax_service_keeps_what_was_typed_and_is_asked_again(tax, asked_again):
    seller, owner = a_shop()
    tax.state = None
    actions.save_business(seller, **business(), by=owner)
    assert ("check_business", {"seller": seller.pk}) in asked_again
    assert ("ask_register", {"seller": seller.pk, "code": "MAIL_ORDER"}) in asked_again
    step = queries.readiness(seller)[0]
    assert (step.done, step.waits) == (False, True)
    assert not actions.check_business(seller)
    tax.state = "01"
    assert actions.check_business(seller)
    assert queries.readiness(Seller.objects.get(pk=seller.pk))[0].done


def test_one_business_has_one_shop(tax):
    known = business()
    actions.save_business(a_shop()[0], **known, by=None)
    with pytest.raises(errors.BusinessTaken):
        actions.save_business(a_shop()[0], **known, by=None)
    with pytest.raises(IntegrityError, match="one_seller_per_business"), transaction.atomic():
        Seller.objects.create(name="사칭", brn=known["brn"])


def test_the_number_is_fixed_once_approved(tax):
    seller, owner = a_shop()
    actions.save_business(seller, **business(), by=owner)
    Seller.objects.filter(pk=seller.pk).update(approved_at=clock.now())
    seller.refresh_from_db()
    with pytest.raises(errors.BusinessFixed):
        actions.save_business(seller, **business(), by=owner)


def test_mail_order_is_filed_or_exempt(tax):
    seller, owner = a_shop()
    with pytest.raises(errors.MailOrderMissing):
        actions.save_business(seller, **business(mail_order_number=" "), by=owner)
    actions.save_business(seller, **business(mail_order_number="", mail_order_exempt=True), by=owner)
    assert seller.mail_order_exempt


def test_the_history_tells_what_was_there_before(tax):
    seller, owner = a_shop()
    first = business()
    actions.save_business(seller, **first, by=owner)
    actions.save_business(seller, **{**first, "contact_phone": "02-999-9999"}, by=owner)
    latest = queries.history(seller)[0]
    assert latest.actor == owner
    assert latest.detail == {"contact_phone": ["02-123-4567", "02-999-9999"]}


# ── The account ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_holder_named_by_the_bank_makes_the_account_good(bank):
    seller, owner = a_shop()
    row = actions.save_payout_account(seller, **ACCOUNT, by=owner)
    assert row.verified_at
    assert actions.account_number(row) == "110123456789"
    assert queries.masked_number(row) == "•••• 6789"
    assert b"110123456789" not in bytes(row.number_encrypted)


def test_another_holder_is_refused_without_telling_the_whole_name(bank):
    seller, owner = a_shop()
    bank.says = "김다른이"
    with pytest.raises(errors.HolderMismatch) as refused:
        actions.save_payout_account(seller, **ACCOUNT, by=owner)
    assert "김**이" in str(refused.value) and "다른" not in str(refused.value)
    assert queries.current_account(seller) is None


def test_an_account_the_bank_does_not_know_is_refused(bank):
    bank.says = ""
    with pytest.raises(errors.AccountNotFound):
        actions.save_payout_account(a_shop()[0], **ACCOUNT, by=None)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"bank_code": "999"}, errors.UnknownBank),
        ({"number": "12-34"}, errors.BadAccountNumber),
        ({"number": "1" * 17}, errors.BadAccountNumber),
    ],
)
def test_what_cannot_be_an_account_is_refused_before_the_bank_is_asked(wrong, error):
    with pytest.raises(error):
        actions.save_payout_account(a_shop()[0], **{**ACCOUNT, **wrong}, by=None)


def test_a_closed_bank_keeps_the_account_unverified_and_is_asked_again(bank, asked_again):
    seller, owner = a_shop()
    bank.says = None
    row = actions.save_payout_account(seller, **ACCOUNT, by=owner)
    assert row.verified_at is None
    assert asked_again == [("check_account", {"account": row.pk})]
    assert not actions.check_account(row)
    bank.says = "한순이"
    assert actions.check_account(row)
    row.refresh_from_db()
    assert row.verified_at


def test_a_new_account_replaces_the_old_one_and_the_same_one_changes_nothing(bank):
    seller, owner = a_shop()
    first = actions.save_payout_account(seller, **ACCOUNT, by=owner)
    assert actions.save_payout_account(seller, **ACCOUNT, by=owner) == first
    second = actions.save_payout_account(seller, **{**ACCOUNT, "number": "110-999-999999"}, by=owner)
    first.refresh_from_db()
    assert first.replaced_at and queries.current_account(seller) == second


@pytest.mark.django_db(transaction=True)
def test_two_accounts_saved_at_once_leave_one_in_force(bank):
    seller, owner = a_shop()
    numbers = ["110-111-111111", "110-222-222222", "110-333-333333"]
    answers = at_once(3, lambda i: actions.save_payout_account(seller, **{**ACCOUNT, "number": numbers[i]}, by=owner))
    assert all(isinstance(a, PayoutAccount) for a in answers)
    assert PayoutAccount.objects.filter(seller=seller, replaced_at=None).count() == 1


@pytest.mark.parametrize(
    ("written", "bank_says", "same"),
    [
        ("한순이", "한순이", True),
        (" 한 순이 ", "한순이", True),
        ("(주)두레", "주식회사 두레", True),
        ("㈜두레식품", "두레식품", True),
        ("두레농업협동조합법인", "두레농업협동", True),  # the bank cuts long names
        ("두레", "두", False),
        ("한순이", "한순희", False),
        ("", "", False),
    ],
)
def test_names_are_compared_as_banks_write_them(written, bank_says, same):
    assert rules.same_holder(written, bank_says) is same


# ── The review ───────────────────────────────────────────────────────────────────────────────────────────────────


def a_ready_shop() -> tuple[Seller, Any]:
    seller, owner = a_shop()
    actions.save_business(seller, **business(), by=owner)
    actions.save_payout_account(seller, **ACCOUNT, by=owner)
    actions.save_shipping_policy(seller, **parcels(), by=owner)
    return Seller.objects.get(pk=seller.pk), owner


def test_nobody_asks_for_the_review_with_steps_open(tax, bank):
    seller, owner = a_shop()
    actions.save_business(seller, **business(), by=owner)
    with pytest.raises(errors.NotReady) as refused:
        actions.submit(seller, by=owner)
    assert "정산 계좌" in str(refused.value) and "배송비" in str(refused.value) and "사업자" not in str(refused.value)


def test_a_ready_shop_is_reviewed_returned_mended_and_approved(tax, bank):
    seller, owner = a_ready_shop()
    operator = a_person("OPERATOR")
    actions.submit(seller, by=owner)
    with pytest.raises(errors.ReasonNeeded):
        actions.return_for_changes(seller, note=" ", by=operator)
    actions.return_for_changes(seller, note="대표자 이름이 등록증과 달라요.", by=operator)
    assert (seller.status, seller.review_note) == ("APPLYING", "대표자 이름이 등록증과 달라요.")
    actions.submit(seller, by=owner)
    actions.approve(seller, by=operator, why="원본을 보았어요")
    assert seller.status == SellerStatus.APPROVED and seller.approved_at and seller.review_note == ""
    assert list(Event.objects.filter(aggregate=f"sellers.seller:{seller.pk}").values_list("topic", flat=True)) == [
        "sellers.joined",
        "sellers.payout_account_changed",
        "sellers.submitted",
        "sellers.returned",
        "sellers.submitted",
        "sellers.approved",
    ]
    assert all(step.done for step in queries.readiness(seller))


def test_approval_waits_for_the_bank(tax, bank, asked_again):
    seller, owner = a_shop()
    bank.says = None
    actions.save_business(seller, **business(), by=owner)
    actions.save_payout_account(seller, **ACCOUNT, by=owner)
    actions.save_shipping_policy(seller, **parcels(), by=owner)
    seller = Seller.objects.get(pk=seller.pk)
    actions.submit(seller, by=owner)
    with pytest.raises(errors.NotVerified, match="정산 계좌"):
        actions.approve(seller, by=a_person("OPERATOR"))


def test_a_shop_is_suspended_with_a_reason_and_resumed(tax, bank):
    seller, owner = a_ready_shop()
    operator = a_person("OPERATOR")
    actions.submit(seller, by=owner)
    actions.approve(seller, by=operator, why="원본을 보았어요")
    approved_at = seller.approved_at
    actions.suspend(seller, why="배송 지연이 반복됐어요.", by=operator)
    assert not Seller.objects.open().filter(pk=seller.pk).exists()
    actions.resume(seller, by=operator)
    assert seller.status == SellerStatus.APPROVED and seller.approved_at == approved_at


@pytest.mark.django_db(transaction=True)
def test_two_operators_approve_once(tax, bank):
    seller, owner = a_ready_shop()
    actions.submit(seller, by=owner)
    operators = [a_person("OPERATOR") for _ in range(3)]

    def approve(i: int) -> str:
        actions.approve(Seller.objects.get(pk=seller.pk), by=operators[i], why="원본을 보았어요")
        return "approved"

    answers = at_once(3, approve)
    assert sum(a == "approved" for a in answers) == 1
    assert sum(isinstance(a, WrongState) for a in answers) == 2
    assert Event.objects.filter(topic="sellers.approved").count() == 1


def test_a_shipping_policy_goes_back_where_it_came_from_unless_told():
    seller, owner = a_shop()
    policy = actions.save_shipping_policy(seller, **parcels(free_over=0), by=owner)
    assert policy.free_over is None and policy.return_to == policy.dispatch_from
    again = actions.save_shipping_policy(seller, **parcels(fee=2500), by=owner)
    assert again.pk == policy.pk
    assert queries.history(seller)[0].detail["fee"] == [3000, 2500]
