"""The ways to pay, in the provider's words. Pure."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Way(TextChoices):
    CARD = "CARD", _("신용·체크카드")
    EASY_PAY = "EASY_PAY", _("간편결제")
    TRANSFER = "TRANSFER", _("계좌이체")
    VIRTUAL_ACCOUNT = "VIRTUAL_ACCOUNT", _("가상계좌(무통장입금)")
    MOBILE_PHONE = "MOBILE_PHONE", _("휴대폰 결제")


METHODS = {  # `method` of a Toss payment
    Way.CARD: "카드",
    Way.EASY_PAY: "간편결제",
    Way.TRANSFER: "계좌이체",
    Way.VIRTUAL_ACCOUNT: "가상계좌",
    Way.MOBILE_PHONE: "휴대폰",
}
VIRTUAL = METHODS[Way.VIRTUAL_ACCOUNT]
CASH = {METHODS[Way.TRANSFER], VIRTUAL}  # what a cash receipt may be issued for


def way_of(code: str) -> Way:
    """The way named, or a card."""
    return Way(code) if code in Way.values else Way.CARD
