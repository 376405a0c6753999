from django.utils.translation import gettext_lazy as _

from dure.kit.errors import DureError


class NotAllowed(DureError):
    code = "not_allowed"
    message = _("이 일을 할 권한이 없어요. 운영자에게 역할을 요청해 주세요.")
    status = 403


class LastOperator(DureError):
    code = "last_operator"
    message = _("마지막 운영자의 역할은 거둘 수 없어요. 다른 운영자를 먼저 정해 주세요.")
    status = 409


class UnknownWording(DureError):
    code = "unknown_wording"
    message = _("동의 문구의 판이 맞지 않아요. 새로 고친 뒤 다시 읽어 드리고 동의를 받아 주세요.")
    status = 409
    field = "consent"


class TooYoung(DureError):
    code = "too_young"
    message = _("19세가 되는 해의 1월 1일부터 살 수 있어요. 확인한 생년월일은 남기지 않았어요.")
    status = 403
