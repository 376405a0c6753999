"""Furniture, kitchen, children's things, sports, music, books, and everything else."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dure.commerce.catalog.notices.items import (
    CHOICE,
    DAY,
    IMPORTED,
    Form,
    Item,
    after_service,
    color,
    contact,
    contents,
    country,
    detail,
    kc,
    long,
    maker,
    material,
    name,
    released,
    size,
    specs,
    warranty,
)

CHILD_LAW = _("어린이제품 안전 특별법의 안전인증·안전확인·공급자적합성확인 대상이면 인증번호를 적어요.")
FURNITURE_LAW = _("전기용품 및 생활용품 안전관리법의 공급자적합성확인 대상이면 번호를 적어요.")
SIZE_WEIGHT = _("크기, 중량")


def _instrument(code: str, label: object, sizes: Item) -> Form:
    """The notice asks the same of instruments and of sports goods."""
    first = (name(), sizes, color(), material(), contents(), released())
    last = (maker(), country(), specs(_("상품별 세부 사양")), warranty(), after_service())
    return Form(code, label, first + last)


FORMS = (
    Form(
        "FURNITURE",
        _("가구(침대·소파·싱크대·DIY 제품)"),
        (
            name(_("품명")),
            kc(FURNITURE_LAW),
            material(_("주요 소재")),
            color(),
            size(),
            contents(_("구성품")),
            maker(help=_("구성품마다 다르면 구성품별로 적어요. 수입품이면 수입자도 적어요.")),
            country(),
            Item("install_cost", _("배송 및 설치 비용"), help=_("따로 받지 않으면 ‘없음’이라고 적어요.")),
            warranty(),
            after_service(),
        ),
    ),
    Form(
        "KITCHEN_UTENSILS",
        _("주방용품"),
        (
            name(),
            material(help=_("음식이 닿는 부분을 따로 적어요. 예: 몸체 스테인리스(304), 손잡이 참나무")),
            contents(_("구성품")),
            size(),
            released(),
            maker(),
            country(),
            Item(
                "imported",
                _("수입식품안전관리특별법에 따른 수입 기구·용기의 수입신고"),
                CHOICE,
                _("수입한 기구와 용기는 “식품위생법에 따른 수입신고를 필함”을 표시해야 해요."),
                choices=IMPORTED,
            ),
            warranty(),
            after_service(),
            detail(
                "certificate",
                _("KC 인증 등 인증·허가"),
                _("인증 대상이면 인증번호를 적어요."),
                required=False,
                legal=False,
            ),
        ),
    ),
    Form(
        "KIDS",
        _("영유아용품"),
        (
            name(),
            kc(CHILD_LAW),
            size(SIZE_WEIGHT),
            color(),
            material(help=_("섬유면 혼용률을 적어요.")),
            Item("age", _("사용연령 또는 체중범위"), help=_("예: 36개월 이상, 15kg 이하")),
            released(),
            maker(),
            country(),
            long(
                "care",
                _("취급방법 및 취급시 주의사항, 안전표시(주의, 경고 등)"),
                _("예: 작은 부품을 삼킬 수 있으니 36개월 미만에게 주지 마세요."),
            ),
            warranty(),
            after_service(),
        ),
    ),
    _instrument("MUSICAL_INSTRUMENT", _("악기"), size()),
    _instrument("SPORTS_EQUIPMENT", _("스포츠용품"), size(SIZE_WEIGHT)),
    Form(
        "BOOKS",
        _("서적"),
        (
            name(_("도서명")),
            Item("author", _("저자")),
            Item("publisher", _("출판사"), suggests="maker"),
            size(help=_("전자책이면 파일의 용량을 적어요.")),
            Item("pages", _("쪽수"), help=_("전자책은 빼고요."), may_not_apply=True),
            contents(),
            Item("published_on", _("출간일"), DAY),
            long(
                "about",
                _("목차 또는 책소개(아동용 학습교재의 경우 사용연령을 포함)"),
                elsewhere=True,
            ),
        ),
    ),
    Form(
        "ETC",
        _("기타 재화"),
        (
            name(),
            detail(
                "certificate",
                _("법에 의한 인증·허가 등을 받았음을 확인할 수 있는 경우 그에 대한 사항"),
                _("법에 따라 받은 인증이 있으면 적어요."),
                suggests="kc",
            ),
            country(),
            maker(),
            contact(),
            Item("material", _("재료"), help=_("예: 백자토, 무연유약"), required=False, elsewhere=True, legal=False),
            Item(
                "size",
                _("크기와 무게"),
                required=False,
                elsewhere=True,
                legal=False,
                help=_("손으로 만들어 조금씩 다르면 그 범위를 적어요."),
            ),
            long(
                "caution",
                _("다룰 때 주의할 점"),
                _("예: 식기세척기에 넣지 마세요."),
                required=False,
                elsewhere=True,
                legal=False,
            ),
        ),
    ),
)
