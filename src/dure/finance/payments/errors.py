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


class NoDepositAwaited(DureError):
    code = "no_deposit_awaited"
    message = _("입금을 기다리는 주문이 아니에요. 주문 내역을 확인해 주세요.")
    status = 409


class DepositCame(DureError):
    code = "deposit_came"
    message = _("이미 입금되어 결제가 끝났어요. 주문 내역에서 취소를 신청해 주세요.")
    status = 409


class UnknownBank(DureError):
    code = "unknown_bank"
    message = _("은행을 골라 주세요.")
    field = "bank_code"


class BadRefundAccount(DureError):
    code = "bad_refund_account"
    message = _("은행에 없는 계좌번호예요. 은행과 번호를 다시 확인해 주세요.")
    field = "number"


class RefundHolderDiffers(DureError):
    code = "refund_holder_differs"
    message = _("예금주가 은행에 적힌 이름과 달라요. 통장에 적힌 대로 적어 주세요.")
    field = "holder"
