from django.utils.translation import gettext_lazy as _

from dure.kit.errors import DureError


class SoldOut(DureError):
    """Carries `option` (its id) and `left` (pieces that could still be promised)."""

    code = "sold_out"
    message = _("방금 품절되었어요. 수량을 줄이거나 다른 옵션을 골라 주세요.")
    status = 409
    field = "quantity"


class NotEnoughStock(DureError):
    """A count would take away pieces that are promised to buyers already."""

    code = "not_enough_stock"
    message = _("재고보다 많이 뺄 수 없어요. 지금 팔 수 있는 수량은 %(left)d개예요.")
    status = 409
    field = "quantity"


class BadQuantity(DureError):
    code = "bad_quantity"
    message = _("수량은 1 이상 1,000,000 이하로 적어 주세요.")
    field = "quantity"


class CountUndone(DureError):
    code = "count_undone"
    message = _("이미 되돌린 재고예요.")
    status = 409


class TooMuchPerBuyer(DureError):
    """Carries `most` and `left` (pieces this buyer may still have)."""

    code = "too_much_per_buyer"
    message = _("‘%(name)s’은(는) 한 분이 %(most)d개까지 살 수 있어요. 지금은 %(left)d개 더 살 수 있어요.")
    status = 409
    field = "quantity"
