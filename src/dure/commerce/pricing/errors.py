from django.utils.translation import gettext_lazy as _

from dure.kit.errors import DureError


class LivePriceNotLower(DureError):
    code = "live_price_not_lower"
    message = _("라이브 특가는 판매가(%(price)s)보다 낮아야 해요.")
    field = "price"


class LivePriceTaken(DureError):
    code = "live_price_taken"
    message = _("이 옵션은 다른 방송에서 특가로 팔고 있어요. 그 방송이 끝난 뒤 다시 열어 주세요.")
    status = 409


class LiveSoldOut(DureError):
    """The allotment is used up, or the show is over. Carries `live_price` (its id)."""

    code = "live_sold_out"
    message = _("라이브 특가 수량이 모두 팔렸거나 방송이 끝났어요. 가격을 다시 확인해 주세요.")
    status = 409


class LiveLimitReached(DureError):
    code = "live_limit_reached"
    message = _("라이브 특가는 한 분이 %(per_buyer)d개까지 살 수 있어요.")
    status = 409
    field = "quantity"


class NoCommissionPlan(DureError):
    code = "no_commission_plan"
    message = _("이 날짜의 수수료 정책이 없어요. 운영자에게 알려 주세요.")
    status = 409
