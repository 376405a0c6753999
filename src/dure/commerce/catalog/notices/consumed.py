"""What is eaten, put on the skin, or sprayed."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dure.commerce.catalog.notices.items import (
    CHILD_PACKAGE,
    CHOICE,
    GMO,
    IMPORTED,
    Form,
    Item,
    contact,
    country,
    detail,
    long,
    maker,
    name,
    specs,
    warranty,
)

ORIGIN_IN_BRACKETS = _("라벨에 적힌 순서대로, 원산지를 괄호에 적어요. 예: 배추 70%(국내산), 고춧가루(국내산)…")
PER_PACK = _("포장 하나에 든 양이에요. 예: 500g × 2병")
NOT_A_MEDICINE = "=본 제품은 질병의 예방 및 치료를 위한 의약품이 아닙니다."


def _gmo() -> Item:
    return Item("gmo", _("유전자변형식품에 해당하는 경우의 표시"), CHOICE, choices=GMO)


def _imported() -> Item:
    return Item("imported", _("수입식품에 해당하는 경우 수입신고"), CHOICE, choices=IMPORTED)


def _child_package() -> Item:
    return Item("child_package", _("어린이 보호포장 대상 제품 유무"), CHOICE, choices=CHILD_PACKAGE)


def _importer() -> Item:
    return maker(_("수입자(수입제품에 한함), 제조국 및 제조사"), _("예: 두레화학, 대한민국"))


FORMS = (
    Form(
        "FOOD",
        _("식품(농·축·수산물)"),
        (
            name(_("품목 또는 명칭")),
            Item(
                "amount", _("포장 단위별 용량(중량), 수량, 크기"), help=_("포장 하나에 든 양이에요. 예: 5kg(20~25과)")
            ),
            maker(_("생산자"), _("기르거나 잡은 곳을 적어요. 수입품이면 수입자도 함께 적어요.")),
            Item(
                "origin",
                _("원산지"),
                help=_("국내산은 시·군까지, 수입산은 나라 이름을 적어요. 예: 경북 청송"),
                suggests="origin",
            ),
            Item(
                "dates",
                _("제조연월일(포장일 또는 생산연도), 소비기한 또는 품질유지기한"),
                help=_("날짜가 매번 다르면 기준을 적어요. 예: 발송 전날 포장, 받은 날부터 냉장 7일"),
            ),
            Item(
                "grade",
                _("관련법상 표시 사항"),
                help=_("지리적 표시, 축산물 등급·이력번호, 유전자변형 표시 등. 대상이 아니면 ‘해당 없음’이에요."),
                may_not_apply=True,
            ),
            Item("contents", _("상품 구성"), help=_("무엇이 몇 개 들어 있는지 적어요."), elsewhere=True),
            long("storage", _("보관 방법 또는 취급 방법"), _("예: 받은 즉시 냉장 보관해 주세요.")),
            long(
                "caution",
                _("식품 등의 표시·광고에 관한 법률에 따른 소비자 안전을 위한 주의사항"),
                _("알레르기, 어린이 질식 위험 등."),
                may_not_apply=True,
            ),
            contact(),
        ),
    ),
    Form(
        "GENERAL_FOOD",
        _("가공식품"),
        (
            name(_("제품명")),
            Item("food_type", _("식품의 유형"), help=_("품목제조보고서에 적힌 유형이에요. 예: 절임류, 떡류, 조미김")),
            maker(_("생산자 및 소재지"), _("만든 곳의 이름과 주소. 수입품이면 수입자와 제조국도 적어요.")),
            Item(
                "dates",
                _("제조연월일, 소비기한"),
                help=_("날짜가 매번 다르면 기준을 적어요. 예: 제조일부터 냉장 30일, 7일 이내 제조한 것을 보내요."),
            ),
            Item("amount", _("포장단위별 용량(중량), 수량, 크기"), help=PER_PACK),
            long("ingredients_origin", _("원재료명 및 함량"), ORIGIN_IN_BRACKETS),
            long(
                "nutrition",
                _("영양성분"),
                _("영양표시 대상 식품만 적어요."),
                may_not_apply=True,
                elsewhere=True,
            ),
            _gmo(),
            long("caution", _("소비자안전을 위한 주의사항"), _("알레르기 유발 물질 등."), may_not_apply=True),
            _imported(),
            contact(),
        ),
    ),
    Form(
        "DIET_FOOD",
        _("건강기능식품"),
        (
            name(_("제품명")),
            Item("food_type", _("식품의 유형"), help=_("예: 홍삼제품, 프로바이오틱스")),
            maker(_("제조업소의 명칭과 소재지"), _("수입품이면 수입업소와 제조업소를 적어요.")),
            Item("dates", _("제조연월일, 소비기한 또는 품질유지기한")),
            Item("amount", _("포장단위별 용량(중량), 수량"), help=PER_PACK),
            long("ingredients_origin", _("원재료명 및 함량"), ORIGIN_IN_BRACKETS),
            long("nutrition", _("영양정보"), elsewhere=True),
            long("function", _("기능정보"), _("인정받은 기능성 문구 그대로만 적어요.")),
            long("intake", _("섭취량, 섭취방법 및 섭취 시 주의사항 및 부작용 가능성")),
            long(
                "not_medicine",
                _("질병의 예방 및 치료를 위한 의약품이 아니라는 내용의 표현"),
                suggests=NOT_A_MEDICINE,
            ),
            _gmo(),
            _imported(),
            contact(),
        ),
    ),
    Form(
        "COSMETIC",
        _("화장품"),
        (
            name(),
            specs(_("제품 주요 사양(피부 타입, 색상(호, 번) 등)")),
            Item(
                "dates",
                _("사용기한 또는 개봉 후 사용기간"),
                help=_("개봉 후 사용기간을 적으면 제조연월일도 함께 적어요."),
            ),
            long("usage", _("사용 방법"), elsewhere=True),
            maker(_("제조업자 및 책임판매업자"), _("둘 다 적어요. 예: (주)두레화장품 / 두레상회")),
            country(),
            long(
                "ingredients",
                _("화장품법에 따라 기재·표시하여야 하는 모든 성분"),
                _("포장에 적힌 전성분이에요."),
                elsewhere=True,
            ),
            detail(
                "functional",
                _("기능성 화장품의 경우 화장품법에 따른 식품의약품안전처 심사 필 유무"),
                _("미백, 주름개선, 자외선차단 등. 예: 심사필(주름개선 기능성화장품)"),
            ),
            long("caution", _("사용할 때 주의사항")),
            warranty(),
            contact(),
        ),
    ),
    Form(
        "BIOCHEMISTRY",
        _("생활화학제품"),
        (
            name(_("품목 및 제품명")),
            Item("usage", _("용도 및 제형"), help=_("표백제는 계열도 적어요. 예: 세탁용 액체 세제")),
            Item("dates", _("제조연월일, 유통기한"), may_not_apply=True),
            Item("amount", _("중량, 용량, 매수")),
            long("effect", _("효과, 효능"), _("승인 대상 제품만 적어요."), may_not_apply=True),
            _importer(),
            _child_package(),
            long(
                "substances",
                _("제품에 사용된 화학물질 명칭"),
                _("주요물질, 보존제 등 표시해야 하는 물질만 적어요."),
                may_not_apply=True,
            ),
            long("caution", _("사용할 때 주의사항")),
            Item(
                "certificate",
                _("안전기준 적합확인 신고번호(자가검사번호) 또는 안전확인대상 생활화학제품 승인번호"),
                help=_("예: CB26-12-0001"),
            ),
            contact(),
        ),
    ),
    Form(
        "BIOCIDAL",
        _("살생물제품"),
        (
            name(_("제품명 및 제품유형")),
            Item("amount", _("중량 또는 용량 및 표준사용량")),
            long("effect", _("효과, 효능")),
            Item("users", _("사용대상자 및 사용범위")),
            _importer(),
            _child_package(),
            long("substances", _("살생물물질, 나노물질, 기타 화학물질(유해화학물질 또는 중점관리물질)의 명칭")),
            long("hazard", _("제품 유해성, 위해성 표시")),
            long("caution", _("사용방법 및 사용상 주의사항")),
            Item("certificate", _("승인번호")),
            contact(),
        ),
    ),
)
