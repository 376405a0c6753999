from django.utils.translation import gettext_lazy as _

from dure.kit.errors import DureError


class NameNeeded(DureError):
    code = "product_name_needed"
    message = _("상품명을 적어 주세요.")
    field = "name"


class NotEditable(DureError):
    code = "product_not_editable"
    message = _("지금은 고칠 수 없는 상품이에요. (%(status)s)")
    status = 409


class OptionNeeded(DureError):
    code = "option_needed"
    message = _("옵션을 하나 이상 적어 주세요. 옵션이 없는 상품이면 ‘기본’ 하나면 돼요.")
    field = "options"


class DuplicateOption(DureError):
    code = "duplicate_option"
    message = _("같은 이름의 옵션이 있어요: %(name)s")
    field = "options"


class BadPrice(DureError):
    code = "bad_price"
    message = _("판매가는 10원부터 1억 원까지 적을 수 있어요: %(name)s")
    field = "options"


class TooManyOptions(DureError):
    code = "too_many_options"
    message = _("옵션은 %(most)d개까지 만들 수 있어요.")
    field = "options"


class TooManyPhotos(DureError):
    code = "too_many_photos"
    message = _("사진은 %(most)d장까지 올릴 수 있어요. 필요 없는 사진을 먼저 지워 주세요.")
    field = "image"


class NoticeInvalid(DureError):
    """Carries `errors`: a sentence by item code."""

    code = "notice_invalid"
    message = _("상품정보제공고시에 고칠 곳이 있어요.")


class NotComplete(DureError):
    """Carries `missing`, the labels of what is still to be done."""

    code = "product_not_complete"
    message = _("심사를 신청하려면 더 채워 주세요: %(missing)s")
    status = 409


class ReasonNeeded(DureError):
    code = "reason_needed"
    message = _("판매자가 읽을 이유를 적어 주세요.")
    field = "why"


class NothingToUndo(DureError):
    code = "nothing_to_undo"
    message = _("이미 되돌렸거나, 그 뒤에 다시 고쳐서 되돌릴 것이 없어요.")
    status = 409
