from django.utils.translation import gettext_lazy as _

from dure.kit.errors import DureError


class NothingToOrder(DureError):
    code = "nothing_to_order"
    message = _("주문할 상품이 없어요. 장바구니를 다시 확인해 주세요.")


class CannotBuy(DureError):
    code = "cannot_buy"
    message = _("지금 살 수 없는 상품이 들어 있어요: %(name)s")
    status = 409


class PriceChanged(DureError):
    code = "price_changed"
    message = _("보고 계신 사이에 금액이 바뀌었어요. 새 금액을 확인하고 다시 주문해 주세요.")
    status = 409


class AddressMissing(DureError):
    code = "address_missing"
    message = _("받으실 분과 주소를 적어 주세요.")
    field = "receiver"


class AddressFixed(DureError):
    code = "address_fixed"
    message = _("판매자가 이미 주문을 확인해서 주소를 바꿀 수 없어요. 판매자에게 문의해 주세요.")
    status = 409


class AddressCostsMore(DureError):
    code = "address_costs_more"
    message = _("이 주소는 추가 배송비가 들어서 결제한 주문에서는 바꿀 수 없어요. 취소하고 다시 주문해 주세요.")
    status = 409
    field = "postcode"


class OrderExpired(DureError):
    code = "order_expired"
    message = _("결제 시간이 지나 주문이 취소되었어요. 다시 주문해 주세요.")
    status = 409


class ClaimOpen(DureError):
    code = "claim_open"
    message = _("취소·반품·교환이 진행 중이라 지금은 할 수 없어요.")
    status = 409


class DelayTooShort(DureError):
    code = "delay_date"
    message = _("새 발송 기한은 지금 기한보다 늦고 오늘부터 %(days)d일 안이어야 해요.")
    field = "due"


class DelayTold(DureError):
    code = "delay_told"
    message = _("발송지연은 한 번만 안내할 수 있어요.")
    status = 409


class TooManySent(DureError):
    code = "too_many_sent"
    message = _("보낼 수 있는 수량은 %(left)d개까지예요.")
    field = "quantity"


class WhyNeeded(DureError):
    code = "why_needed"
    message = _("이유를 적어 주세요.")
    field = "reason"


class GuestMissing(DureError):
    code = "guest_missing"
    message = _("주문하시는 분의 이름, 이메일, 연락처를 적어 주세요.")
    field = "guest_name"


class GuestOrderNotFound(DureError):
    code = "guest_order_not_found"
    message = _("이 주문번호와 연락처로 된 비회원 주문이 없어요. 주문할 때 적은 것과 같은지 확인해 주세요.")
    status = 404
    field = "number"


class TooManyTries(DureError):
    code = "too_many_tries"
    message = _("여러 번 맞지 않아 잠시 멈췄어요. %(minutes)d분 뒤에 다시 해 주세요.")
    status = 429


class NotAsSold(DureError):
    """The seller sells it otherwise: not so few, not so many, not now, not to everybody. `why` is a quote's problem."""

    code = "not_as_sold"
    message = _("‘%(name)s’을(를) 이렇게는 살 수 없어요. 장바구니에서 이유를 확인해 주세요.")
    status = 409


class AddressBookFull(DureError):
    code = "address_book_full"
    message = _("주소는 %(most)d개까지 저장할 수 있어요. 쓰지 않는 주소를 먼저 지워 주세요.")
    status = 409


class AdultsOnly(DureError):
    code = "adults_only"
    message = _("‘%(name)s’은(는) 어른임을 확인한 회원만 살 수 있어요.")
    status = 403


class WithdrawalNotAgreed(DureError):
    """전자상거래법 제17조 2항: goods that cannot be sent back for a change of mind want the buyer's own consent to it."""

    code = "withdrawal_not_agreed"
    message = _("‘%(name)s’은(는) 단순 변심으로 돌려보낼 수 없는 상품이에요. 이에 동의해야 주문할 수 있어요.")
    field = "no_withdrawal"


class BadReceiptNumber(DureError):
    code = "bad_receipt_number"
    message = _("번호를 다시 확인해 주세요. 소득공제는 휴대전화나 현금영수증 카드, 지출증빙은 사업자등록번호예요.")
    field = "receipt_number"
