"""Asking the registers about a seller, again and again: each answer is kept, and the checklist reads it."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from dure.commerce.sellers import errors, rules
from dure.commerce.sellers.actions import steps
from dure.commerce.sellers.actions.changes import later
from dure.commerce.sellers.models import RegistryCheck, Seller
from dure.integrations.mail_order import client as mail_order
from dure.integrations.nts import client as nts
from dure.kit import audit, clock
from dure.kit.http import OutsideError
from dure.kit.outbox import emit
from dure.people.models import User

Code, State = RegistryCheck.Code, RegistryCheck.State


@transaction.atomic
def ask_again(seller: Seller, code: str, *, by: User | None) -> None:
    """A person presses “again”: the register is asked in the background, the checklist says so meanwhile."""
    code = Code(code).value
    _note(seller, code, State.ASKING, "", {})
    audit.record("sellers.asked_again", seller, by=by, code=code)
    later("ask_register", seller=seller.pk, code=code)


def ask_register(seller: Seller, code: str) -> bool:
    """Ask, and keep the answer. False when the register does not answer: the caller tries again later."""
    deeds = {
        Code.TAX.value: _ask_tax,
        Code.PERSON.value: _ask_person,
        Code.MAIL_ORDER.value: _ask_mail_order,
        Code.ACCOUNT.value: _ask_account,
    }
    try:
        state, why, told = deeds[code](seller)
    except OutsideError as error:
        state, why, told = State.SILENT, "", {"error": str(error)[:200]}
    with transaction.atomic():
        _note(seller, code, state, why, told)
        emit("sellers.register_answered", seller, code=code, state=state.value, why=why)
    return state != State.SILENT


def _ask_tax(seller: Seller) -> tuple[RegistryCheck.State, str, dict[str, Any]]:
    told = nts.nts().status([seller.brn]).get(seller.brn)
    raw = told.raw if told else {}
    if told is None or not told.registered:
        return State.PROBLEM, "UNREGISTERED", raw
    if told.state == nts.CLOSED:
        return State.PROBLEM, "CLOSED", raw
    if told.state == nts.SUSPENDED:
        return State.PROBLEM, "SUSPENDED", raw
    if not seller.business_checked_at:
        steps.check_business(seller)
    return State.OK, "", raw


def _ask_person(seller: Seller) -> tuple[RegistryCheck.State, str, dict[str, Any]]:
    if not seller.started_on:
        return State.PROBLEM, "NO_DAY", {}
    same = nts.nts().validate(seller.brn, seller.representative, seller.started_on)
    told = {"representative": seller.representative, "started_on": seller.started_on.isoformat(), "valid": same}
    return (State.OK, "", told) if same else (State.PROBLEM, "OTHER_PERSON", told)


def _ask_mail_order(seller: Seller) -> tuple[RegistryCheck.State, str, dict[str, Any]]:
    if seller.mail_order_exempt:
        return State.OK, "EXEMPT", {}
    filings = mail_order.mail_order().filings(seller.brn)
    told = {"filings": [filing.raw for filing in filings]}
    if not filings:
        return State.PROBLEM, "NOT_FILED", told
    if not filings[0].operating:
        return State.PROBLEM, "FILING_ENDED", {**told, "state": filings[0].state}
    same = [
        filing for filing in filings if filing.operating and rules.same_filing(seller.mail_order_number, filing.number)
    ]
    if not same:
        return State.PROBLEM, "OTHER_FILING", {**told, "number": filings[0].number}
    return State.OK, "", told


def _ask_account(seller: Seller) -> tuple[RegistryCheck.State, str, dict[str, Any]]:
    from dure.commerce.sellers.queries import current_account

    account = current_account(seller)
    if account is None:
        return State.PROBLEM, "NO_ACCOUNT", {}
    try:
        holds = steps.ask_bank(account.bank_code, steps.account_number(account), account.holder_name, seller.brn)
    except (errors.AccountNotFound, errors.HolderMismatch) as error:
        return State.PROBLEM, error.code.upper(), {}
    if not holds:
        return State.SILENT, "", {}
    steps.mark_verified(account)
    return State.OK, "", {"tail": account.number_tail}


def _note(seller: Seller, code: str, state: RegistryCheck.State, why: str, told: dict[str, Any]) -> None:
    RegistryCheck.objects.update_or_create(
        seller=seller,
        code=code,
        defaults={"state": state.value, "why": why, "told": told, "asked_at": clock.now()},
    )
