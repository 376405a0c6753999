"""What happens to a shop: how people come to it, what it says of itself, how it is let in."""

from dure.commerce.sellers.actions.people import (
    accept,
    apply,
    change_role,
    invite,
    invite_staff,
    remove_member,
    take_back_member,
    withdraw_invitation,
)
from dure.commerce.sellers.actions.review import approve, resume, return_for_changes, submit, suspend
from dure.commerce.sellers.actions.steps import (
    SEALED_FOR,
    account_number,
    check_account,
    check_business,
    save_business,
    save_payout_account,
    save_profile,
    save_shipping_policy,
)

__all__ = [
    "SEALED_FOR",
    "accept",
    "account_number",
    "apply",
    "approve",
    "change_role",
    "check_account",
    "check_business",
    "invite",
    "invite_staff",
    "remove_member",
    "resume",
    "return_for_changes",
    "save_business",
    "save_payout_account",
    "save_profile",
    "save_shipping_policy",
    "submit",
    "suspend",
    "take_back_member",
    "withdraw_invitation",
]
