"""Everything the house tells anybody: to whom, over which channels, with which variables, and in which words.

The words here stand until somebody writes others in the back office. `#{주문번호}` is a variable, in Kakao's spelling,
which every channel uses; a kind says which it has, and no template may use another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

BUYER, SELLER, DESK = "BUYER", "SELLER", "DESK"
EMAIL, TEXT, TALK = "EMAIL", "TEXT", "TALK"
CHANNELS = {EMAIL: _("이메일"), TEXT: _("문자"), TALK: _("알림톡")}
AUDIENCES = {BUYER: _("손님"), SELLER: _("판매자"), DESK: _("두레 사람들")}


@dataclass(frozen=True)
class Variable:
    """`name` stands in templates; `sample` in previews."""

    code: str
    name: str
    sample: str


VARIABLES = {
    variable.code: variable
    for variable in (
        Variable("name", "이름", "김두레"),
        Variable("order", "주문번호", "D261124-7K3M9Q2X"),
        Variable("goods", "상품", "국내산 저온압착 들기름 외 1건"),
        Variable("shop", "가게", "영월방앗간"),
        Variable("amount", "금액", "32,000원"),
        Variable("carrier", "택배사", "CJ대한통운"),
        Variable("waybill", "송장번호", "123456789012"),
        Variable("address", "주소", "서울특별시 종로구 율곡로 99"),
        Variable("day", "날짜", "11월 27일"),
        Variable("reason", "사유", "상품 준비 중"),
        Variable("claim", "신청", "반품"),
        Variable("step", "단계", "수거 완료"),
        Variable("bank", "은행", "국민은행"),
        Variable("account", "계좌번호", "12345678901234"),
        Variable("points", "포인트", "500점"),
        Variable("coupon", "쿠폰", "가을맞이 3,000원 쿠폰"),
        Variable("count", "건수", "3건"),
        Variable("product", "상품명", "국내산 저온압착 들기름"),
        Variable("document", "서류", "통신판매업 신고증"),
        Variable("rate", "수수료율", "5.5%"),
        Variable("consent", "동의", "문자로 받는 광고"),
        Variable("did", "처리", "동의"),
        Variable("link", "링크", "https://dure.example/orders/"),
    )
}
BY_NAME = {variable.name: variable for variable in VARIABLES.values()}
SPEAKER = "두레"


@dataclass(frozen=True)
class Kind:
    """`ways`: the channels it goes by unless somebody chooses otherwise. A talk that cannot be sent goes as a text.

    `required`: the law says that it is told (전자상거래법 제13-15조; 정보통신망법 제50조): nobody can switch it off.
    `advertising`: only with consent, marked (광고), not at night without consent to that. `quiet`: the house reminds of its
    own accord, so it waits for the morning. `area`: what a person of a shop must look after to hear of it.
    """

    code: str
    audience: str
    title: Any
    body: Any
    variables: tuple[str, ...]
    ways: tuple[str, ...] = (TALK,)
    button: Any = ""
    area: str = ""
    required: bool = False
    advertising: bool = False
    quiet: bool = False

    @property
    def may(self) -> tuple[str, ...]:
        """Channels somebody may choose. Kakao takes no advertising in notification talk."""
        return (TEXT, EMAIL) if self.advertising else (TALK, TEXT, EMAIL)

    @property
    def names(self) -> list[str]:
        """The variables its templates may use, as they are written."""
        return [VARIABLES[code].name for code in (*self.variables, "link")]


SEE_ORDER, SEE_SHOP = _("주문 보기"), _("판매자센터 열기")

KINDS = {
    kind.code: kind
    for kind in (
        # Buyers
        Kind(
            "order.paid",
            BUYER,
            _("결제가 끝났어요"),
            _(
                "#{이름} 님, 주문해 주셔서 고맙습니다.\n\n주문번호: #{주문번호}\n상품: #{상품}\n"
                "결제 금액: #{금액}\n\n상품을 보내면 다시 알려 드릴게요."
            ),
            ("name", "order", "goods", "amount"),
            required=True,
            button=SEE_ORDER,
        ),
        Kind(
            "order.address_changed",
            BUYER,
            _("받는 곳이 바뀌었어요"),
            _(
                "#{이름} 님, 주문하신 상품을 받으실 곳이 바뀌었어요.\n\n주문번호: #{주문번호}\n"
                "새 주소: #{주소}\n\n바꾸신 적이 없으면 바로 알려 주세요."
            ),
            ("name", "order", "address"),
            button=SEE_ORDER,
        ),
        Kind(
            "order.dispatched",
            BUYER,
            _("상품을 보냈어요"),
            _(
                "#{이름} 님, #{가게}에서 상품을 보냈어요.\n\n상품: #{상품}\n주문번호: #{주문번호}\n"
                "#{택배사} #{송장번호}"
            ),
            ("name", "shop", "goods", "order", "carrier", "waybill"),
            button=_("배송 보기"),
        ),
        Kind(
            "order.delivered",
            BUYER,
            _("상품이 도착했어요"),
            _(
                "#{이름} 님, 주문하신 상품이 도착했어요.\n\n상품: #{상품}\n주문번호: #{주문번호}\n\n"
                "마음에 드시면 구매를 확정해 주세요. 돌려보내실 상품은 도착한 날부터 7일 안에 알려 주세요."
            ),
            ("name", "goods", "order"),
            button=SEE_ORDER,
        ),
        Kind(
            "order.delayed",
            BUYER,
            _("상품이 늦어져요"),
            _(
                "#{이름} 님, 죄송합니다. #{가게}에서 상품을 늦게 보내게 되었어요.\n\n상품: #{상품}\n"
                "주문번호: #{주문번호}\n늦어지는 이유: #{사유}\n보내는 날: #{날짜}까지\n\n"
                "기다리기 어려우시면 주문을 취소하실 수 있어요."
            ),
            ("name", "shop", "goods", "order", "reason", "day"),
            required=True,
            button=SEE_ORDER,
        ),
        Kind(
            "order.confirm_soon",
            BUYER,
            _("곧 구매가 확정돼요"),
            _(
                "#{이름} 님, 받으신 상품의 구매가 #{날짜}에 저절로 확정돼요.\n\n상품: #{상품}\n"
                "주문번호: #{주문번호}\n\n돌려보내실 상품이 있으면 그 전에 알려 주세요."
            ),
            ("name", "goods", "order", "day"),
            quiet=True,
            button=SEE_ORDER,
        ),
        Kind(
            "order.expired",
            BUYER,
            _("주문이 취소됐어요"),
            _("#{이름} 님, 정해진 시간 안에 결제되지 않아 주문이 취소됐어요.\n\n주문번호: #{주문번호}\n상품: #{상품}"),
            ("name", "order", "goods"),
            ways=(EMAIL,),
        ),
        Kind(
            "account.issued",
            BUYER,
            _("입금을 기다리고 있어요"),
            _(
                "#{이름} 님, 아래 계좌로 입금해 주세요.\n\n#{은행} #{계좌번호}\n입금하실 금액: #{금액}\n"
                "입금 기한: #{날짜}\n주문번호: #{주문번호}"
            ),
            ("name", "bank", "account", "amount", "day", "order"),
            required=True,
            button=SEE_ORDER,
        ),
        Kind(
            "account.expiring",
            BUYER,
            _("입금 기한이 다가와요"),
            _(
                "#{이름} 님, #{날짜}까지 입금되지 않으면 주문이 취소돼요.\n\n#{은행} #{계좌번호}\n"
                "입금하실 금액: #{금액}\n주문번호: #{주문번호}"
            ),
            ("name", "bank", "account", "amount", "day", "order"),
            button=SEE_ORDER,
        ),
        Kind(
            "claim.received",
            BUYER,
            _("신청을 받았어요"),
            _(
                "#{이름} 님, #{신청} 신청을 받았어요.\n\n상품: #{상품}\n주문번호: #{주문번호}\n\n"
                "판매자가 확인하면 다시 알려 드릴게요."
            ),
            ("name", "claim", "goods", "order"),
            button=_("신청 보기"),
        ),
        Kind(
            "claim.step",
            BUYER,
            _("신청하신 일이 한 걸음 나아갔어요"),
            _("#{이름} 님, #{신청} 신청이 ‘#{단계}’ 단계로 나아갔어요.\n\n상품: #{상품}\n주문번호: #{주문번호}"),
            ("name", "claim", "step", "goods", "order"),
            button=_("신청 보기"),
        ),
        Kind(
            "claim.held",
            BUYER,
            _("신청하신 일이 보류됐어요"),
            _(
                "#{이름} 님, #{신청} 신청이 #{날짜}까지 보류됐어요.\n\n상품: #{상품}\n"
                "주문번호: #{주문번호}\n이유: #{사유}"
            ),
            ("name", "claim", "goods", "order", "reason", "day"),
            button=_("신청 보기"),
        ),
        Kind(
            "claim.rejected",
            BUYER,
            _("신청이 받아들여지지 않았어요"),
            _(
                "#{이름} 님, #{신청} 신청이 받아들여지지 않았어요.\n\n상품: #{상품}\n주문번호: #{주문번호}\n"
                "이유: #{사유}\n\n다르게 생각하시면 두레에 알려 주세요. 저희가 살펴볼게요."
            ),
            ("name", "claim", "goods", "order", "reason"),
            required=True,
            button=_("신청 보기"),
        ),
        Kind(
            "refund.done",
            BUYER,
            _("환불했어요"),
            _("#{이름} 님, #{금액}을 환불했어요.\n\n주문번호: #{주문번호}\n\n카드사에 따라 며칠 뒤에 보일 수 있어요."),
            ("name", "amount", "order"),
            required=True,
            button=SEE_ORDER,
        ),
        Kind(
            "question.answered",
            BUYER,
            _("문의에 답이 왔어요"),
            _("#{이름} 님, #{가게}에서 문의에 답했어요.\n\n상품: #{상품명}"),
            ("name", "shop", "product"),
            button=_("답변 보기"),
        ),
        Kind(
            "inquiry.answered",
            BUYER,
            _("주문 문의에 답이 왔어요"),
            _("#{이름} 님, #{가게}에서 주문 문의에 답했어요.\n\n주문번호: #{주문번호}"),
            ("name", "shop", "order"),
            button=_("답변 보기"),
        ),
        Kind(
            "points.given",
            BUYER,
            _("포인트가 쌓였어요"),
            _("#{이름} 님, #{포인트}이 쌓였어요.\n\n이유: #{사유}\n쓸 수 있는 날: #{날짜}까지"),
            ("name", "points", "reason", "day"),
            ways=(EMAIL,),
            quiet=True,
            button=_("포인트 보기"),
        ),
        Kind(
            "coupon.expiring",
            BUYER,
            _("쿠폰이 곧 사라져요"),
            _("#{이름} 님, 쓰지 않은 쿠폰이 #{날짜}에 사라져요.\n\n#{쿠폰}\n#{링크}"),
            ("name", "coupon", "day"),
            ways=(TEXT, EMAIL),
            advertising=True,
            button=_("쿠폰함 열기"),
        ),
        Kind(
            "consent.changed",
            BUYER,
            _("광고 수신 동의를 처리했어요"),
            _(
                "#{이름} 님, 요청하신 대로 처리했어요.\n\n보내는 곳: 두레\n내용: #{동의}\n처리: #{처리}\n"
                "처리한 날: #{날짜}"
            ),
            ("name", "consent", "did", "day"),
            ways=(EMAIL,),
            required=True,
            button=_("알림 설정 열기"),
        ),
        Kind(
            "consent.reconfirm",
            BUYER,
            _("광고 수신에 동의하고 계세요"),
            _(
                "#{이름} 님은 #{날짜}에 두레의 광고를 받기로 동의하셨어요(#{동의}).\n\n"
                "계속 받으시려면 그대로 두시면 되고, 그만 받으시려면 알림 설정에서 언제든 끄실 수 있어요."
            ),
            ("name", "consent", "day"),
            ways=(EMAIL,),
            required=True,
            button=_("알림 설정 열기"),
        ),
        # Sellers
        Kind(
            "seller.new_orders",
            SELLER,
            _("새 주문이 들어왔어요"),
            _(
                "#{가게}에 새 주문 #{건수}이 들어왔어요.\n\n#{상품}\n합계: #{금액}\n\n"
                "발주를 확인하고 보낼 준비를 해 주세요."
            ),
            ("shop", "count", "goods", "amount"),
            area="orders",
            quiet=True,
            button=SEE_SHOP,
        ),
        Kind(
            "seller.dispatch_due",
            SELLER,
            _("오늘까지 보낼 상품이 있어요"),
            _("#{가게}에서 #{날짜}까지 보내야 할 상품이 #{건수} 있어요.\n\n늦어지면 손님께 발송지연을 안내해 주세요."),
            ("shop", "day", "count"),
            area="orders",
            quiet=True,
            button=SEE_SHOP,
        ),
        Kind(
            "seller.claim_opened",
            SELLER,
            _("클레임이 들어왔어요"),
            _("#{가게}에 #{신청} 신청이 들어왔어요.\n\n상품: #{상품}\n주문번호: #{주문번호}\n이유: #{사유}"),
            ("shop", "claim", "goods", "order", "reason"),
            area="orders",
            button=SEE_SHOP,
        ),
        Kind(
            "seller.question_asked",
            SELLER,
            _("상품 문의가 왔어요"),
            _("#{가게}에 상품 문의가 왔어요.\n\n상품: #{상품명}"),
            ("shop", "product"),
            area="products",
            button=SEE_SHOP,
        ),
        Kind(
            "seller.inquiry_written",
            SELLER,
            _("주문 문의가 왔어요"),
            _("#{가게}에 주문 문의가 왔어요.\n\n주문번호: #{주문번호}"),
            ("shop", "order"),
            area="orders",
            button=SEE_SHOP,
        ),
        Kind(
            "seller.approved",
            SELLER,
            _("가게를 열었어요"),
            _("#{가게}의 심사가 끝나 판매를 시작할 수 있어요. 함께하게 되어 기뻐요."),
            ("shop",),
            area="shop",
            button=SEE_SHOP,
        ),
        Kind(
            "seller.returned",
            SELLER,
            _("고칠 것이 있어요"),
            _("#{가게}의 심사에서 고칠 것을 찾았어요.\n\n#{사유}"),
            ("shop", "reason"),
            area="shop",
            required=True,
            button=SEE_SHOP,
        ),
        Kind(
            "seller.product_approved",
            SELLER,
            _("상품을 팔기 시작했어요"),
            _("#{가게}의 상품이 심사를 지나 판매를 시작했어요.\n\n#{상품명}"),
            ("shop", "product"),
            ways=(EMAIL,),
            area="products",
            button=SEE_SHOP,
        ),
        Kind(
            "seller.product_rejected",
            SELLER,
            _("상품을 고쳐 주세요"),
            _("#{가게}의 상품에서 고칠 것을 찾았어요.\n\n상품: #{상품명}\n이유: #{사유}"),
            ("shop", "product", "reason"),
            area="products",
            button=SEE_SHOP,
        ),
        Kind(
            "seller.paid_out",
            SELLER,
            _("정산금을 보냈어요"),
            _("#{가게}의 정산금 #{금액}을 계좌로 보냈어요."),
            ("shop", "amount"),
            area="finance",
            quiet=True,
            button=SEE_SHOP,
        ),
        Kind(
            "seller.document_expiring",
            SELLER,
            _("서류 기한이 다가와요"),
            _("#{가게}의 서류를 새로 올려 주세요.\n\n서류: #{서류}\n기한: #{날짜}"),
            ("shop", "document", "day"),
            area="shop",
            quiet=True,
            button=SEE_SHOP,
        ),
        Kind(
            "seller.commission_changing",
            SELLER,
            _("수수료가 바뀌어요"),
            _("#{날짜}부터 #{가게}의 판매수수료가 #{수수료율}로 바뀌어요. 그날부터 들어오는 주문에만 적용돼요."),
            ("shop", "rate", "day"),
            area="finance",
            required=True,
            ways=(TALK, EMAIL),
            button=SEE_SHOP,
        ),
        # The people of the house
        Kind(
            "desk.assigned",
            DESK,
            _("맡을 점포가 생겼어요"),
            _("#{이름} 님, 새 점포를 맡게 되셨어요.\n\n점포: #{가게}"),
            ("name", "shop"),
            ways=(EMAIL,),
            button=pgettext_lazy("desk", "데스크 열기"),
        ),
    )
}
