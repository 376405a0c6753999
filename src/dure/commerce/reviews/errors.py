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
