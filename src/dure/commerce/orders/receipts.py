"""현금영수증: what a buyer who pays in cash (transfer, deposit) asks to be reported to the tax service, and under which number.

조세특례제한법 제126조의3: for the buyer's income deduction by a phone number or a cash-receipt card, for a business's proof of expense
by its registration number. The number is kept encrypted; pages show it masked.
"""

from __future__ import annotations

import re

from django.db import transaction

from dure.commerce.orders.errors import BadReceiptNumber
from dure.commerce.orders.models import CashReceipt, Order
from dure.integrations.nts.rules import is_brn
from dure.kit import clock
from dure.kit.crypto import seal, unseal

PURPOSE = "cash_receipt"


def cleaned(kind: str, number: str) -> str:
    """The digits of a number that fits the kind. Raises BadReceiptNumber."""
    digits = re.sub(r"\D", "", number)
    mobile_or_card = re.fullmatch(r"01[016789]\d{7,8}", digits) or 13 <= len(digits) <= 19
    if not (is_brn(digits) if kind == CashReceipt.Kind.PROOF else mobile_or_card):
        raise BadReceiptNumber()
    return digits


@transaction.atomic
def ask(order: Order, kind: str, number: str) -> CashReceipt:
    """Once per order; asked again, the last answer counts. Raises BadReceiptNumber."""
    digits = cleaned(kind, number)
    told = {
        "kind": kind,
        "number_encrypted": seal(PURPOSE, digits),
        "number_tail": digits[-4:],
        "asked_at": clock.now(),
    }
    return CashReceipt.objects.update_or_create(order=order, defaults=told)[0]


def number_of(receipt: CashReceipt) -> str:
    """For whoever issues it."""
    return unseal(PURPOSE, receipt.number_encrypted)
