"""How a product is made, improved, reviewed and sold."""

from dure.commerce.catalog.actions.categories import save_category
from dure.commerce.catalog.actions.changes import approve_change, reject_change, withdraw_change
from dure.commerce.catalog.actions.composition import (
    copy_product,
    create_product,
    improve,
    kc_numbers,
    save_notice,
    set_options,
    undo,
    update_product,
)
from dure.commerce.catalog.actions.option_rows import MOST_ADDONS, MOST_AXES, MOST_OPTIONS, OptionRow
from dure.commerce.catalog.actions.parts import APPROVED, REVIEWED, WORDS, composition
from dure.commerce.catalog.actions.photos import (
    MOST_PHOTOS,
    add_photo,
    describe_photos,
    lighten,
    order_photos,
    remove_photo,
    restore_photo,
    waiting_photos,
)
from dure.commerce.catalog.actions.selling import (
    approve,
    end,
    prohibit,
    reject,
    resume,
    resume_all,
    submit_for_review,
    suspend,
    suspend_all,
    withdraw,
)

__all__ = [
    "APPROVED",
    "MOST_ADDONS",
    "MOST_AXES",
    "MOST_OPTIONS",
    "MOST_PHOTOS",
    "REVIEWED",
    "WORDS",
    "OptionRow",
    "add_photo",
    "approve",
    "approve_change",
    "composition",
    "copy_product",
    "create_product",
    "describe_photos",
    "end",
    "improve",
    "kc_numbers",
    "lighten",
    "order_photos",
    "prohibit",
    "reject",
    "reject_change",
    "remove_photo",
    "restore_photo",
    "resume",
    "resume_all",
    "save_category",
    "save_notice",
    "set_options",
    "submit_for_review",
    "suspend",
    "suspend_all",
    "undo",
    "update_product",
    "waiting_photos",
    "withdraw",
    "withdraw_change",
]
