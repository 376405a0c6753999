from django.utils.translation import gettext_lazy as _

from dure.kit.errors import DureError


class NotClaimable(DureError):
    code = "not_claimable"
    message = _("지금 상태에서는 신청할 수 없어요. 주문 상태를 다시 확인해 주세요.")
    status = 409


class TooMany(DureError):
    code = "claim_too_many"
    message = _("신청할 수 있는 수량은 %(left)d개까지예요.")
    field = "quantity"


class ClaimAlreadyOpen(DureError):
    code = "claim_already_open"
    message = _("이미 진행 중인 신청이 있어요.")
    status = 409


class ReturnTooLate(DureError):
    code = "return_too_late"
    message = _("이 이유로는 %(day)s까지 반품하거나 교환할 수 있었어요.")
    status = 409
    field = "reason"


class WithdrawalExcluded(DureError):
    code = "withdrawal_excluded"
    message = _("%(why)s이라 단순 변심으로는 반품하거나 교환할 수 없어요. 상품에 문제가 있으면 그 이유를 골라 주세요.")
    status = 409
    field = "reason"


class CannotExchangeFor(DureError):
    code = "cannot_exchange_for"
    message = _("바꿀 수 있는 옵션이 아니에요. 다른 옵션을 골라 주세요.")
    status = 409
    field = "option"


class WhyMissing(DureError):
    code = "why_missing"
    message = _("이유를 적어 주세요. 구매자에게 그대로 보여요.")
    field = "answer"


class HoldTooLong(DureError):
    code = "hold_date"
    message = _("보류는 내일부터 %(days)d일 안의 날까지 할 수 있어요.")
    field = "hold_until"


class StillHeld(DureError):
    code = "claim_held"
    message = _("보류 중인 클레임이에요. 먼저 보류를 풀어 주세요.")
    status = 409


class FeeNotReceived(DureError):
    code = "fee_not_received"
    message = _("따로 받기로 한 배송비를 아직 받지 못했어요. 받았으면 먼저 ‘배송비 받음’을 눌러 주세요.")
    status = 409


class FaultIsTheOperators(DureError):
    code = "fault_is_the_operators"
    message = _("구매자 사정으로 바꾸는 일은 운영자만 할 수 있어요. 사진과 함께 두레에 알려 주세요.")
    status = 403
