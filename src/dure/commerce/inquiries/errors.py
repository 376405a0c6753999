from django.utils.translation import gettext_lazy as _

from dure.kit.errors import DureError


class NothingSaid(DureError):
    code = "nothing_said"
    message = _("내용을 적어 주세요.")
    field = "text"


class TooLong(DureError):
    code = "too_long"
    message = _("2,000자 안으로 적어 주세요.")
    field = "text"


class AlreadyHidden(DureError):
    code = "question_hidden"
    message = _("이미 내려간 문의예요.")
    status = 409


class NotYourQuestion(DureError):
    code = "not_your_question"
    message = _("내가 쓴 문의만 지울 수 있어요. 답변이 달린 문의는 남겨 두어요.")
    status = 409


class NotInOrder(DureError):
    code = "not_in_order"
    message = _("이 주문에 없는 판매자예요. 주문에서 다시 문의해 주세요.")
    status = 409


class AlreadyReported(DureError):
    code = "already_reported"
    message = _("이미 신고하셨어요. 운영팀이 살펴보고 있어요.")
    status = 409


class ReasonNeeded(DureError):
    code = "report_reason_needed"
    message = _("어떤 점이 문제인지 적어 주세요.")
    field = "reason"


class TitleTaken(DureError):
    code = "template_title_taken"
    message = _("같은 제목의 답변이 있어요. 제목을 바꿔 주세요.")
    field = "title"
    status = 409


class Decided(DureError):
    code = "report_decided"
    message = _("이미 처리한 신고예요.")
    status = 409
