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


class CommissionTooSoon(DureError):
    """Carries `first`, the first day on which it may begin."""

    code = "commission_too_soon"
    message = _("수수료를 올리려면 판매자에게 30일 전에 알려야 해요. %(first)s부터 시작할 수 있어요.")
    field = "since"


class CommissionInThePast(DureError):
    code = "commission_in_the_past"
    message = _("지나간 날짜의 수수료는 바꿀 수 없어요. 오늘이나 그 뒤의 날짜를 골라 주세요.")
    field = "since"


class CommissionTaken(DureError):
    code = "commission_taken"
    message = _("같은 날 시작하는 수수료가 이미 있어요. 먼저 그 예약을 거두어 주세요.")
    field = "since"
    status = 409


class CommissionTooHigh(DureError):
    code = "commission_too_high"
    message = _("수수료는 0%%에서 50%% 사이로 적어 주세요.")
    field = "percent"


class CommissionStarted(DureError):
    code = "commission_started"
    message = _("이미 시작한 수수료는 거둘 수 없어요. 새 수수료를 예약해 주세요.")
    status = 409


class NameTaken(DureError):
    code = "name_taken"
    message = _("같은 이름이 이미 있어요. 다른 이름을 적어 주세요.")
    status = 409
    field = "name"


class NotYourGroup(DureError):
    code = "not_your_group"
    message = _("이 가게의 것이 아니에요. 목록에서 다시 골라 주세요.")
    status = 404
    field = "group"
