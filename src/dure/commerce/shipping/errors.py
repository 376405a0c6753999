from django.utils.translation import gettext_lazy as _

from dure.kit.errors import DureError


class UnknownCarrier(DureError):
    code = "unknown_carrier"
    message = _("택배사를 골라 주세요.")
    field = "carrier"


class BadWaybill(DureError):
    code = "bad_waybill"
    message = _("운송장 번호가 이 택배사의 형식과 달라요 (%(digits)s). 숫자를 다시 확인해 주세요.")
    field = "waybill"


class WaybillUsed(DureError):
    code = "waybill_used"
    message = _("여섯 달 안에 이미 쓴 운송장 번호예요. 번호를 다시 확인해 주세요.")
    field = "waybill"
    status = 409


class NotOneSeller(DureError):
    code = "not_one_seller"
    message = _("한 송장에는 한 판매자의 상품만 담을 수 있어요.")


class NotOneAddress(DureError):
    code = "not_one_address"
    message = _("한 상자에는 받는 곳이 같은 주문만 함께 담을 수 있어요.")


class AlreadyArrived(DureError):
    code = "already_arrived"
    message = _("이미 도착한 상자라 송장을 고칠 수 없어요.")
    status = 409
