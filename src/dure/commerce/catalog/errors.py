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


class ChangedMeanwhile(DureError):
    """Carries `revisions` (what others changed since) and `who`, the last of them."""

    code = "changed_meanwhile"
    message = _("%(who)s님이 그 사이에 같은 곳을 고쳤어요. 달라진 점을 보고 다시 저장하면 지금 적은 대로 바뀌어요.")
    status = 409


class BadLimits(DureError):
    code = "bad_limits"
    message = _("최소 수량은 1 이상, 최대 수량은 최소 수량 이상이어야 해요.")
    field = "max_per_order"


class BadSalePeriod(DureError):
    code = "bad_sale_period"
    message = _("판매가 끝나는 때는 시작하는 때보다 뒤여야 해요.")
    field = "sale_until"


class BadKcNumber(DureError):
    code = "bad_kc_number"
    message = _(
        "KC 인증번호가 아닌 것 같아요: %(number)s. 인증서나 제품 라벨에 적힌 그대로 적어 주세요. 예: R-R-ABC-X100, CB061R1234-2001"
    )
    field = "kc_numbers"


class BadAxes(DureError):
    code = "bad_axes"
    message = _("옵션 축은 이름이 서로 다르게 %(most)d개까지, 줄마다 값을 모두 적어야 해요.")
    field = "options"


class OptionNameTooLong(DureError):
    code = "option_name_too_long"
    message = _("옵션 이름을 합쳐 %(most)d자까지 적을 수 있어요: %(name)s")
    field = "options"


class BadBlock(DureError):
    """Carries `position`, counted from 1."""

    code = "bad_block"
    message = _("%(position)d번째 칸: %(why)s")
    field = "blocks"


class CategoryTooDeep(DureError):
    code = "category_too_deep"
    message = _("분류는 %(most)d단까지 만들 수 있고, 자기 아래로는 옮길 수 없어요.")
    field = "parent"


class CategoryCodeTaken(DureError):
    code = "category_code_taken"
    message = _("이미 있는 분류 코드예요: %(code)s")
    field = "code"


class NoticeFormUnknown(DureError):
    code = "notice_form_unknown"
    message = _("고시 양식을 목록에서 골라 주세요.")
    field = "notice_type"
