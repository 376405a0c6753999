from django.utils.translation import gettext_lazy as _

from dure.kit.errors import DureError


class NotOnSale(DureError):
    code = "not_on_sale"
    message = _("지금은 팔지 않는 상품이에요.")
    status = 409


class BadCartQuantity(DureError):
    code = "bad_cart_quantity"
    message = _("수량은 1개에서 999개까지 담을 수 있어요.")
    field = "quantity"
