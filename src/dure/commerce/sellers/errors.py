from django.utils.translation import gettext_lazy as _

from dure.kit.errors import DureError


class InvitationUsed(DureError):
    code = "invitation_used"
    message = _("이미 사용한 초대 링크예요. 가입한 계정으로 로그인하거나, 새 링크를 부탁해 주세요.")
    status = 409


class InvitationExpired(DureError):
    code = "invitation_expired"
    message = _("초대 링크의 기한(14일)이 지났어요. 초대한 분에게 새 링크를 부탁해 주세요.")
    status = 410


class BadBusinessNumber(DureError):
    code = "bad_brn"
    message = _("사업자등록번호가 맞지 않아요. 숫자 10자리를 다시 확인해 주세요.")
    field = "brn"


class BusinessNotRegistered(DureError):
    code = "business_not_registered"
    message = _("국세청에 등록되지 않은 사업자등록번호예요. 등록증의 번호를 다시 확인해 주세요.")
    field = "brn"


class BusinessSuspended(DureError):
    code = "business_suspended"
    message = _("국세청에 휴업으로 되어 있는 사업자예요. 홈택스에서 재개업 신고를 한 뒤 다시 등록해 주세요.")
    field = "brn"
    status = 409


class BusinessClosed(DureError):
    code = "business_closed"
    message = _("국세청에 폐업으로 되어 있는 사업자예요. 영업 중인 사업자등록번호로 가입해 주세요.")
    field = "brn"
    status = 409


class BusinessTaken(DureError):
    code = "business_taken"
    message = _("이미 가입한 사업자등록번호예요. 그 가게의 대표에게 직원 초대를 부탁해 주세요.")
    field = "brn"
    status = 409


class BusinessFixed(DureError):
    code = "business_fixed"
    message = _("승인된 뒤에는 사업자등록번호를 바꿀 수 없어요. 사업자가 바뀌었다면 운영팀에 알려 주세요.")
    field = "brn"
    status = 409


class MailOrderMissing(DureError):
    code = "mail_order_missing"
    message = _("통신판매업 신고번호를 적거나, 면제 대상이면 면제에 표시해 주세요.")
    field = "mail_order_number"


class BadAccountNumber(DureError):
    code = "bad_account_number"
    message = _("계좌번호는 숫자 7자리에서 16자리예요. 다시 확인해 주세요.")
    field = "number"


class UnknownBank(DureError):
    code = "unknown_bank"
    message = _("은행을 골라 주세요.")
    field = "bank_code"


class AccountNotFound(DureError):
    code = "account_not_found"
    message = _("은행에서 이 계좌를 찾지 못했어요. 은행과 계좌번호를 다시 확인해 주세요.")
    field = "number"


class HolderMismatch(DureError):
    """Carries `bank_says`, the holder's name as the bank told it, all but its ends hidden."""

    code = "holder_mismatch"
    message = _("은행에 등록된 예금주는 ‘%(bank_says)s’예요. 통장에 적힌 예금주 이름을 그대로 적어 주세요.")
    field = "holder_name"


class NotReady(DureError):
    """Carries `missing`, the labels of the steps still open."""

    code = "seller_not_ready"
    message = _("아직 남은 단계가 있어요: %(missing)s")
    status = 409


class NotVerified(DureError):
    code = "seller_not_verified"
    message = _("국세청 또는 은행의 확인이 아직 끝나지 않아서 승인할 수 없어요: %(missing)s")
    status = 409


class ReasonNeeded(DureError):
    code = "reason_needed"
    message = _("판매자가 읽을 이유를 적어 주세요.")
    field = "why"


class LastOwner(DureError):
    code = "last_owner"
    message = _("대표는 한 명 이상 있어야 해요. 다른 대표를 먼저 정해 주세요.")
    status = 409


class NameNeeded(DureError):
    code = "name_needed"
    message = _("가게 이름을 적어 주세요.")
    field = "name"


class NeverMember(DureError):
    code = "never_member"
    message = _("이 가게에서 일한 적이 없는 분이에요. 초대 링크로 다시 불러 주세요.")
    status = 409


class RoleMissing(DureError):
    code = "role_missing"
    message = _("맡은 역할로는 할 수 없는 일이에요. 가게 대표에게 역할을 바꿔 달라고 해 주세요.")
    status = 403


class DocumentExpired(DureError):
    code = "document_expired"
    message = _("유효 기간이 지난 서류예요. 새로 받은 서류를 올려 주세요.")
    field = "expires_on"


class DocumentsExpired(DureError):
    """Carries `kind`, the paper that has been out of date for two weeks."""

    code = "documents_expired"
    message = _("%(kind)s의 유효 기간이 지나서 새 상품을 올릴 수 없어요. ‘가게 정보 → 서류’에서 새 서류를 올려 주세요.")
    status = 409


class OpenItems(DureError):
    """Carries `missing`, the labels of what the checklist still finds."""

    code = "open_items"
    message = _("아직 확인되지 않은 것이 있어요: %(missing)s. 그래도 승인하려면 이유를 적어 주세요.")
    field = "reason"
    status = 409


class SuspendedInThePast(DureError):
    code = "suspended_in_the_past"
    message = _("정지가 끝나는 날은 내일이나 그 뒤여야 해요.")
    field = "until"


class StopSalesFirst(DureError):
    code = "stop_sales_first"
    message = _("먼저 이용을 정지해 주세요. 새 주문이 멈춘 뒤에 폐점할 수 있어요.")
    status = 409


class StillOpen(DureError):
    """Carries `what`, what is not finished."""

    code = "still_open"
    message = _("아직 끝나지 않은 일이 있어 폐점할 수 없어요: %(what)s")
    status = 409


class VisitReasonNeeded(DureError):
    code = "visit_reason_needed"
    message = _("왜 이 판매자의 화면을 보는지 적어 주세요. 기록에 남아요.")
    field = "reason"


class OnlyLooking(DureError):
    code = "only_looking"
    message = _(
        "판매자 화면을 보기만 하는 중이라 아무것도 바꿀 수 없어요. ‘그만 보기’를 누른 뒤 운영 화면에서 해 주세요."
    )
    status = 403
