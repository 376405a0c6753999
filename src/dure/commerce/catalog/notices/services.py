"""Stays, journeys, rentals, contents, vouchers, shows and other services."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dure.commerce.catalog.notices.items import (
    CHOICE,
    NOT_APPLICABLE,
    Form,
    Item,
    contact,
    detail,
    long,
    name,
    refund_terms,
)

OWNERSHIP = _("소유권이 넘어가는 상품이면 필요한 기간이나 총 금액을 적어요.")
BOOKING = _("예약담당자 연락처")
ALERTS = (
    (NOT_APPLICABLE, _("국내여행이거나 경보가 없어요")),
    ("1단계 여행유의", _("1단계 여행유의")),
    ("2단계 여행자제", _("2단계 여행자제")),
    ("3단계 출국권고", _("3단계 출국권고")),
    ("4단계 여행금지", _("4단계 여행금지")),
)
AGES = (
    ("전체 관람가", _("전체 관람가")),
    ("12세 이상", _("12세 이상")),
    ("15세 이상", _("15세 이상")),
    ("청소년 관람불가", _("청소년 관람불가")),
)


def _ownership() -> Item:
    return detail("ownership", _("소유권 이전 조건"), OWNERSHIP)


def _rental(code: str, label: object, *between: Item) -> Form:
    last = (
        long("liability", _("상품의 고장·분실·훼손 시 소비자 책임")),
        refund_terms(_("중도 해약 시 환불 기준")),
    )
    return Form(code, label, (name(), _ownership(), *between, *last, contact()))


FORMS = (
    Form(
        "LODGMENT_RESERVATION",
        _("호텔·펜션 예약"),
        (
            Item("region", _("국가 또는 지역명")),
            Item("kind", _("숙소형태"), help=_("예: 한옥, 펜션, 호텔")),
            Item("grade", _("등급, 객실타입")),
            Item("guests", _("사용가능 인원, 인원 추가 시 비용")),
            long("facilities", _("부대시설, 제공 서비스(조식 등)"), elsewhere=True),
            refund_terms(),
            contact(BOOKING),
        ),
    ),
    Form(
        "TRAVEL_PACKAGE",
        _("여행상품"),
        (
            Item("agency", _("여행사"), suggests="maker"),
            Item("flight", _("이용항공편"), may_not_apply=True),
            long("schedule", _("여행기간 및 일정"), elsewhere=True),
            Item("people", _("총 예정 인원, 출발 가능 인원")),
            long("stay", _("숙박정보"), elsewhere=True),
            long(
                "price",
                _("여행상품 가격"),
                _("유류할증료, 공항이용료, 입장료, 식사, 가이드 경비 등 반드시 내야 하는 돈을 모두 담아 적어요."),
            ),
            long(
                "optional_costs",
                _("선택경비 유무 등"),
                _("고르지 않아도 되는 경비임을 함께 적어요."),
                may_not_apply=True,
            ),
            long(
                "optional_tours",
                _("선택관광 및 대체일정"),
                _("선택관광의 금액과, 고르지 않을 때의 일정을 적어요."),
                may_not_apply=True,
            ),
            long(
                "tips", _("가이드 팁"), _("가이드 경비와 나누고, 자유롭게 정할 수 있음을 적어요."), may_not_apply=True
            ),
            refund_terms(),
            Item("alert", _("해외여행의 경우 외교부가 지정하는 여행경보단계"), CHOICE, choices=ALERTS),
            contact(BOOKING),
        ),
    ),
    Form(
        "AIRLINE_TICKET",
        _("항공권"),
        (
            Item("fare", _("요금조건, 왕복·편도 여부")),
            Item("valid", _("유효기간")),
            long("limits", _("제한사항"), _("출발일과 귀국일을 바꿀 수 있는지 등을 적어요.")),
            Item("ticket", _("티켓수령방법")),
            Item("seat", _("좌석종류")),
            long("extra_costs", _("가격에 포함되지 않은 내역 및 금액(유류할증료, 공항이용료 등)")),
            refund_terms(),
            contact(BOOKING),
        ),
    ),
    Form(
        "RENT_CAR",
        _("자동차 대여 서비스(렌터카)"),
        (
            name(_("차종")),
            _ownership(),
            long("extra_costs", _("추가 선택 시 비용"), _("자차면책제도, 내비게이션 등을 적어요."), may_not_apply=True),
            long("fuel", _("차량 반환시 연료대금 정산 방법")),
            long("liability", _("차량의 고장·훼손 시 소비자 책임")),
            refund_terms(_("예약 취소 또는 중도 해약 시 환불 기준")),
            contact(),
        ),
    ),
    _rental(
        "RENTAL_HA",
        _("물품대여 서비스(정수기·비데 등)"),
        long("upkeep", _("유지보수 조건"), _("필터를 얼마나 자주 바꾸고 값은 얼마인지 적어요.")),
        Item("specs", _("상품 사양"), elsewhere=True),
    ),
    _rental("RENTAL_ETC", _("물품대여 서비스(서적·유아용품·행사용품 등)")),
    Form(
        "DIGITAL_CONTENTS",
        _("디지털콘텐츠(음원·게임·인터넷강의 등)"),
        (
            Item("provider", _("제작자 또는 공급자"), suggests="maker"),
            Item("terms", _("이용조건 및 이용시간")),
            Item("delivery", _("상품 제공 방식(CD, 다운로드, 실시간 스트리밍 등)")),
            Item("system", _("최소 시스템 사양, 필수 소프트웨어"), may_not_apply=True),
            long("withdrawal", _("청약철회 또는 계약의 해제·해지에 따른 효과")),
            contact(),
        ),
    ),
    Form(
        "GIFT_CARD",
        _("상품권·쿠폰"),
        (
            Item("issuer", _("발행자"), suggests="maker"),
            Item("valid", _("유효기간")),
            long("terms", _("이용조건"), _("기간이 지났을 때의 보상, 쓸 수 없는 품목과 기간을 적어요.")),
            long("shops", _("이용 가능 매장"), elsewhere=True),
            long("refund", _("전액 환급 조건")),
            contact(),
        ),
    ),
    Form(
        "MOBILE_COUPON",
        _("모바일쿠폰"),
        (
            Item("issuer", _("발행자"), suggests="maker"),
            long("terms", _("유효기간, 이용조건"), _("기간이 지났을 때의 보상, 쓸 수 없는 품목과 기간을 적어요.")),
            long("shops", _("이용 가능 매장"), elsewhere=True),
            long("refund", _("환불조건 및 방법")),
            contact(),
        ),
    ),
    Form(
        "MOVIE_SHOW",
        _("영화·공연"),
        (
            Item("host", _("주최 또는 기획(공연에 한함)"), may_not_apply=True),
            Item("cast", _("주연(공연에 한함)"), may_not_apply=True),
            Item("age", _("관람등급"), CHOICE, choices=AGES),
            Item("time", _("상영·공연시간")),
            Item("place", _("상영·공연장소")),
            long("booking_terms", _("예매 취소 조건")),
            refund_terms(_("취소·환불방법")),
            contact(),
        ),
    ),
    Form(
        "ETC_SERVICE",
        _("기타 용역"),
        (
            Item("provider", _("서비스 제공 사업자"), suggests="maker"),
            detail("certificate", _("법에 의한 인증·허가 등을 받았음을 확인할 수 있는 경우 그에 대한 사항")),
            long("terms", _("이용조건(이용가능 기간·장소, 추가비용 등)")),
            long("cancellation", _("취소·중도해약·해지 조건 및 환불기준")),
            long("refund", _("취소·환불방법")),
            contact(),
        ),
    ),
)
