from django.utils.translation import gettext_lazy as _

from dure.kit.errors import DureError


class OfferIncomplete(DureError):
    """`why` says what is missing; `at` names the form field."""

    code = "offer_incomplete"
    message = _("%(why)s")

    @property
    def field(self) -> str | None:  # type: ignore[override]
        return self.params.get("at")


class OfferFixed(DureError):
    code = "offer_fixed"
    message = _("이미 시작한 행사의 조건은 바꿀 수 없어요. 멈추고 새로 만들어 주세요.")
    status = 409


class TermsChanged(DureError):
    code = "terms_changed"
    message = _("보고 계신 사이에 조건이 바뀌었어요. 새 조건을 확인하고 다시 동의해 주세요.")
    status = 409


class BudgetTooSmall(DureError):
    code = "budget_too_small"
    message = _("이미 %(spent)s을 썼어요. 그보다 작은 예산으로 줄일 수 없어요.")
    status = 409
    field = "cap"


class BudgetSpent(DureError):
    code = "budget_spent"
    message = _("‘%(name)s’의 예산이 방금 모두 쓰였어요. 금액을 다시 확인해 주세요.")
    status = 409


class CouponGone(DureError):
    code = "coupon_gone"
    message = _("준비한 쿠폰이 모두 나갔어요.")
    status = 409


class CouponTaken(DureError):
    code = "coupon_taken"
    message = _("이미 받은 쿠폰이에요. 한 분이 %(per_buyer)d장까지 받을 수 있어요.")
    status = 409


class CouponNotOn(DureError):
    code = "coupon_not_on"
    message = _("지금은 받을 수 없는 쿠폰이에요. 기간을 확인해 주세요.")
    status = 409


class NoSuchCode(DureError):
    code = "no_such_code"
    message = _("그런 쿠폰 코드가 없어요. 글자를 다시 확인해 주세요.")
    status = 404
    field = "code"


class CouponNotUsable(DureError):
    code = "coupon_not_usable"
    message = _("쓸 수 없게 된 쿠폰이 있어요. 쿠폰을 다시 골라 주세요.")
    status = 409
    field = "coupons"


class FirstOrderOnly(DureError):
    code = "first_order_only"
    message = _("첫 구매 때만 쓸 수 있는 쿠폰이에요.")
    status = 409
    field = "coupons"


class NotEnoughPoints(DureError):
    code = "not_enough_points"
    message = _("포인트가 모자라요. 지금 %(left)d점이 있어요.")
    status = 409
    field = "points"


class RulesTooSoon(DureError):
    code = "points_rules_too_soon"
    message = _("적립 규칙은 내일부터 바꿀 수 있어요. 시작하는 날을 다시 골라 주세요.")
    field = "since"


class PriceNotLower(DureError):
    """An event price must lie below the lowest price of the last thirty days."""

    code = "price_not_lower"
    message = _("‘%(name)s’의 행사가는 지난 30일 최저가 %(low)s보다 낮아야 해요.")
    field = "price"


class AgencyExists(DureError):
    code = "agency_exists"
    message = _("같은 이름의 기관이 이미 있어요.")
    status = 409
    field = "name"


class NothingChosen(DureError):
    code = "nothing_chosen"
    message = _("상품을 하나 이상 골라 주세요.")
    field = "prices"


class NotYourGoods(DureError):
    code = "not_your_goods"
    message = _("이 가게에서 지금 팔고 있는 상품만 올릴 수 있어요.")
    status = 409
    field = "prices"


class DiscountOver(DureError):
    code = "discount_over"
    message = _("이미 끝났거나 멈춘 할인이에요. 목록에서 다시 확인해 주세요.")
    status = 409
