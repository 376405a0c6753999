"""What the operator does with its own money, and what sponsors pay into it. Every other money event belongs to the room it happens in."""

from __future__ import annotations

import uuid

from django.db import transaction

from dure.commerce.promotions.models import Agency
from dure.finance.ledger import postings
from dure.finance.ledger.models import Journal
from dure.kit import audit
from dure.people.models import User


@transaction.atomic
def fund_operator(amount: int, *, by: User | None, key: str = "") -> Journal:
    """E0: put `amount` won of the operator's own among the customers'. The same `key` twice is one deposit.

    The payment provider keeps its fee long before the commission is earned, so about fee% of unconfirmed sales has to
    stand here; without it the floor of RESIDUAL refuses the provider's payment.
    """
    journal = Journal.objects.get(pk=postings.operator_funded(f"deposit:{key or uuid.uuid4()}", amount))
    audit.record("ledger.operator_funded", journal, by=by, amount=amount)
    return journal


@transaction.atomic
def withdraw_operator(amount: int, *, by: User | None, key: str = "") -> Journal:
    """Take out what is the operator's own. Raises PostingRefused above it: customers' money stays."""
    journal = Journal.objects.get(pk=postings.operator_withdrew(f"withdrawal:{key or uuid.uuid4()}", amount))
    audit.record("ledger.operator_withdrew", journal, by=by, amount=amount)
    return journal


@transaction.atomic
def receive_from_agency(agency: Agency, amount: int, *, by: User | None, key: str) -> Journal:
    """An agency paid `amount` won of the discounts it bears. The same `key` twice is one payment."""
    journal = Journal.objects.get(pk=postings.agency_paid(f"agency:{key}", agency=agency.pk, amount=amount))
    audit.record("ledger.agency_paid", journal, by=by, agency=agency.pk, amount=amount)
    return journal
