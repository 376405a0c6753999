"""What happens to offers, event prices and coupons. A file per stretch of the way; points.py keeps the points."""

from dure.commerce.promotions.instant import answer_discount, come_back, discount, leave_discount
from dure.commerce.promotions.offers import (
    Terms,
    begin,
    consent,
    discard,
    draft,
    fix_terms,
    name_agency,
    resume,
    rewrite,
    set_budget,
    stop,
    terms_of,
    withdraw_consent,
)
from dure.commerce.promotions.prices import (
    answer_prices,
    set_event_prices,
    withdraw_prices,
)
from dure.commerce.promotions.redeeming import (
    give_back,
    note_purchase,
    redeem,
    take_by_code,
    take_coupon,
)

__all__ = [
    "Terms",
    "answer_discount",
    "answer_prices",
    "begin",
    "come_back",
    "consent",
    "discard",
    "discount",
    "draft",
    "fix_terms",
    "give_back",
    "leave_discount",
    "name_agency",
    "note_purchase",
    "redeem",
    "resume",
    "rewrite",
    "set_budget",
    "set_event_prices",
    "stop",
    "take_by_code",
    "take_coupon",
    "terms_of",
    "withdraw_consent",
    "withdraw_prices",
]
