from django.utils.translation import gettext_lazy as _

from dure.kit.errors import DureError


class NotYours(DureError):
    code = "review_not_received"
    message = _("상품을 받은 뒤에 후기를 쓸 수 있어요.")
    status = 409


class AlreadyReviewed(DureError):
    code = "already_reviewed"
    message = _("이 상품에는 이미 후기를 쓰셨어요.")
    status = 409


class ReviewEmpty(DureError):
    code = "review_empty"
    message = _("후기를 열 글자 이상 적어 주세요.")
    field = "text"


class StarsMissing(DureError):
    code = "stars_missing"
    message = _("별점을 골라 주세요.")
    field = "rating"


class NotYourReview(DureError):
    code = "not_your_review"
    message = _("내가 쓴 후기만 고칠 수 있어요.")
    status = 404


class TooLateToEdit(DureError):
    code = "review_too_late"
    message = _("후기는 쓴 지 30일 안에만 고칠 수 있어요.")
    status = 409


class OwnReview(DureError):
    code = "own_review"
    message = _("내 후기에는 누를 수 없어요.")
    status = 409


class AlreadyReported(DureError):
    code = "review_already_reported"
    message = _("이미 신고하셨어요. 운영팀이 살펴보고 있어요.")
    status = 409


class ReasonNeeded(DureError):
    code = "review_reason_needed"
    message = _("어떤 점이 문제인지 적어 주세요.")
    field = "reason"


class Decided(DureError):
    code = "review_report_decided"
    message = _("이미 처리한 신고예요.")
    status = 409


class TooManyBest(DureError):
    code = "too_many_best"
    message = _("베스트 후기는 상품마다 세 개까지예요. 하나를 먼저 내려 주세요.")
    status = 409


class TooEarly(DureError):
    code = "review_too_early"
    message = _("한 달 사용 후기는 받은 지 30일이 지난 뒤에 쓸 수 있어요.")
    status = 409
