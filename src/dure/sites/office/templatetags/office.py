from typing import Any

from django import template
from django.utils.html import format_html

from dure.finance.ledger.accounts import NAMES
from dure.finance.ledger.models import Account, Balance

register = template.Library()


@register.filter
def negated(amount: int) -> int:
    return -amount


@register.filter
def normal(balance: Balance) -> int:
    """A balance in its account's own direction: what a person calls its size."""
    return -balance.amount if balance.credit_normal else balance.amount


@register.filter
def account(found: Account) -> Any:
    """The account in words, its code beneath."""
    owner = f" #{found.owner}" if found.owner else ""
    return format_html(
        '{}{}<br><span class="small muted">{}</span>', NAMES.get((found.pool, found.name), found.name), owner, found
    )
