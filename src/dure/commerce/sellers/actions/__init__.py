"""What happens to a shop: how people come to it, what it says of itself, how it is let in."""

from dure.commerce.sellers.actions.documents import (
    decide_document,
    hand_in,
    refuse_expired,
    remind_of_documents,
    seen,
)
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
from dure.commerce.sellers.actions.registries import ask_again, ask_register
from dure.commerce.sellers.actions.review import (
    approve,
    close,
    resume,
    resume_due,
    return_for_changes,
    submit,
    suspend,
)
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
from dure.commerce.sellers.actions.visits import begin_visit, end_visit, note_page

__all__ = [
    "SEALED_FOR",
    "accept",
    "account_number",
    "apply",
    "approve",
    "ask_again",
    "ask_register",
    "begin_visit",
    "change_role",
    "check_account",
    "check_business",
    "close",
    "decide_document",
    "end_visit",
    "hand_in",
    "invite",
    "invite_staff",
    "note_page",
    "refuse_expired",
    "remind_of_documents",
    "remove_member",
    "resume",
    "resume_due",
    "return_for_changes",
    "save_business",
    "save_payout_account",
    "save_profile",
    "save_shipping_policy",
    "seen",
    "submit",
    "suspend",
    "take_back_member",
    "withdraw_invitation",
]
