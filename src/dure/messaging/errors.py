from django.utils.translation import gettext_lazy as _

from dure.kit.errors import DureError


class TemplateError(DureError):
    status = 422
    field = "body"


class NothingWritten(TemplateError):
    code = "nothing_written"
    message = _("내용을 적어 주세요.")


class SubjectMissing(TemplateError):
    code = "subject_missing"
    message = _("제목을 적어 주세요.")
    field = "subject"


class SubjectTooLong(TemplateError):
    code = "subject_too_long"
    message = _("제목은 %(most)s바이트까지예요. 지금은 %(now)s바이트예요.")
    field = "subject"


class UnknownVariables(TemplateError):
    code = "unknown_variables"
    message = _("이 알림에서는 쓸 수 없는 변수예요: %(names)s. 쓸 수 있는 변수: %(known)s")


class BrokenVariable(TemplateError):
    code = "broken_variable"
    message = _("변수 표시가 끝나지 않았어요. #{주문번호}처럼 적어 주세요.")


class TooLong(TemplateError):
    code = "template_too_long"
    message = _("보기로 채우면 %(now)s인데, %(most)s까지만 보낼 수 있어요. 줄여 주세요.")


class CannotBeSent(TemplateError):
    code = "cannot_be_sent"
    message = _("문자로 보낼 수 없는 글자가 있어요: %(signs)s. 다른 글자로 바꿔 주세요.")


class NoTalkForAdvertising(TemplateError):
    code = "no_talk_for_advertising"
    message = _("알림톡으로는 광고를 보낼 수 없어요(카카오 정책). 문자나 이메일을 쓰세요.")
    field = "channel"


class WordOfAdvertising(TemplateError):
    code = "word_of_advertising"
    message = _("광고가 아닌 알림에는 ‘(광고)’라고 적지 않아요.")


class NothingToRestore(DureError):
    code = "nothing_to_restore"
    message = _("되돌릴 수 있는 판이 아니에요. 새로 고친 뒤 다시 골라 주세요.")
    status = 409


class NoAddress(DureError):
    code = "no_address"
    message = _("이 채널로 보낼 연락처가 없어요. 내 정보에 먼저 적어 주세요.")
    status = 422


class CannotSendAgain(DureError):
    code = "cannot_send_again"
    message = _("보내지 못한 알림만 다시 보낼 수 있어요. 내용이 지워진 알림은 다시 보낼 수 없어요.")
    status = 409


class RequiredByLaw(DureError):
    code = "required_by_law"
    message = _("법에 따라 꼭 알려 드려야 하는 알림이라 모두 끌 수는 없어요. 채널 하나는 켜 두세요.")
    status = 422


class BadStopLink(DureError):
    code = "bad_stop_link"
    message = _("더는 쓸 수 없는 링크예요. 로그인한 뒤 알림 설정에서 꺼 주세요.")
    status = 404
