from django.utils.translation import gettext_lazy as _

from dure.kit.errors import DureError


class PeriodWrong(DureError):
    code = "exhibition_period_wrong"
    message = _("끝나는 때는 공개보다 뒤, 신청 마감은 끝나기 전이어야 해요.")
    field = "ends_at"


class ExhibitionFixed(DureError):
    code = "exhibition_fixed"
    message = _("판매자에게 조건을 알린 뒤에는 기간과 분담을 바꿀 수 없어요. 취소하고 새로 만들어 주세요.")
    status = 409


class NotRecruiting(DureError):
    code = "not_recruiting"
    message = _("지금은 참여를 받지 않는 기획전이에요.")
    status = 409


class NobodyInIt(DureError):
    code = "nobody_in_it"
    message = _("참여가 확정된 상품이 아직 없어요. 하나 이상 확정된 뒤에 공개할 수 있어요.")
    status = 409
