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
    message = _("받은 날부터 %(days)d일이 지나 이 이유로는 반품하거나 교환할 수 없어요.")
    status = 409


class WhyMissing(DureError):
    code = "why_missing"
    message = _("이유를 적어 주세요. 구매자에게 그대로 보여요.")
    field = "answer"
