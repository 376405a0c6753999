"""What the operator does with its own money, and what sponsors pay into it. Every other money event belongs to the room it happens in."""

from __future__ import annotations

import json
import uuid
from contextlib import suppress

import structlog
from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued

from dure.commerce.promotions.models import Agency
from dure.finance.ledger import postings
from dure.finance.ledger.models import Journal, Verification
from dure.kit import audit, checks, clock
from dure.people.models import User

log = structlog.get_logger()


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


def verify() -> Verification:
    """Recompute every invariant of every room, tell of the broken ones, and keep what came out."""
    results = checks.run_every()
    for found in results:
        if not found.ok:
            log.error("invariant_broken", check=found.name, count=found.count, rows=found.rows)
    told = [{"name": r.name, "count": r.count, "seconds": r.seconds, "rows": r.rows} for r in results]
    return Verification.objects.create(results=json.loads(json.dumps(told, default=str)))


def ask_verification() -> None:
    """Have it done soon by the worker; asked again while it waits, it is done once."""
    from dure.finance.ledger import tasks

    with suppress(AlreadyEnqueued), transaction.atomic():
        tasks.verify.configure().defer(timestamp=int(clock.now().timestamp()))
