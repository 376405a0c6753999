from django.utils.translation import gettext_lazy as _

from dure.kit.errors import DureError


class AmountDiffers(DureError):
    code = "amount_differs"
    message = _("결제 금액이 주문 금액과 달라서 결제하지 않았어요. 주문서에서 다시 결제해 주세요.")
    status = 409


class PaymentRefused(DureError):
    code = "payment_refused"
    message = _("결제가 되지 않았어요. %(reason)s 다른 결제 수단으로 다시 해 주세요.")
    status = 402


class PaymentUnknown(DureError):
    """The provider did not answer; the worker finds out and finishes it."""

    code = "payment_unknown"
    message = _("결제 결과를 확인하고 있어요. 잠시 뒤 주문 내역에서 확인해 주세요. 두 번 결제되지 않아요.")
    status = 202


class NothingToPay(DureError):
    code = "nothing_to_pay"
    message = _("결제할 주문을 찾지 못했어요. 주문 내역을 확인해 주세요.")
    status = 404


class RefundTooLarge(DureError):
    code = "refund_too_large"
    message = _("환불할 금액이 남은 결제 금액보다 커요.")
    status = 409


class PaymentKeyUsed(DureError):
    code = "payment_key_used"
    message = _("다른 주문에 이미 쓴 결제예요. 이 주문의 결제 창에서 다시 결제해 주세요.")
    status = 409
    field = "payment_key"
