"""What is worn, slept in and carried."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dure.commerce.catalog.notices.items import (
    MONTH,
    Form,
    Item,
    after_service,
    care,
    color,
    contents,
    country,
    detail,
    long,
    maker,
    material,
    size,
    specs,
    warranty,
)

SIZES = _("사이즈별 실측을 cm로 적어요.")

FORMS = (
    Form(
        "WEAR",
        _("의류"),
        (
            material(_("제품 소재"), _("섬유의 조성을 백분율로 적어요. 예: 면 60%, 마 40%")),
            color(),
            long("size", _("치수"), SIZES, elsewhere=True),
            maker(),
            country(),
            long(
                "washing",
                _("세탁방법 및 취급시 주의사항"),
                _("예: 찬물 손세탁, 그늘에 뉘어 말려 주세요."),
                elsewhere=True,
            ),
            Item("made_in", _("제조연월"), MONTH, _("섞여 있으면 가장 오래된 달을 골라요.")),
            warranty(),
            after_service(),
        ),
    ),
    Form(
        "SHOES",
        _("구두·신발"),
        (
            material(_("제품 주소재"), _("운동화는 겉감과 안감을 나누어 적어요.")),
            color(),
            long(
                "size",
                _("치수"),
                _("발 길이(mm)를 적고, 굽이 있는 여성화는 굽 높이(cm)도 적어요."),
                elsewhere=True,
            ),
            maker(),
            country(),
            care(_("취급 주의사항")),
            warranty(),
            after_service(),
        ),
    ),
    Form(
        "BAG",
        _("가방"),
        (
            Item("kind", _("종류"), help=_("예: 토트백, 지갑, 배낭")),
            material(_("소재")),
            color(),
            size(),
            maker(),
            country(),
            care(_("취급 주의사항")),
            warranty(),
            after_service(),
        ),
    ),
    Form(
        "FASHION_ITEMS",
        _("패션잡화(모자·벨트·액세서리 등)"),
        (
            Item("kind", _("종류"), help=_("예: 모자, 양말, 머리끈")),
            material(_("소재")),
            long("size", _("치수"), SIZES, elsewhere=True),
            maker(),
            country(),
            care(_("취급 주의사항")),
            warranty(),
            after_service(),
        ),
    ),
    Form(
        "SLEEPING_GEAR",
        _("침구류·커튼"),
        (
            material(_("소재"), _("섬유의 조성을 백분율로, 솜이나 털을 넣었으면 충전재도 적어요.")),
            color(),
            long("size", _("치수"), SIZES, elsewhere=True),
            contents(),
            maker(),
            country(),
            long(
                "washing",
                _("세탁 방법 및 취급 주의사항"),
                _("예: 찬물 손세탁, 그늘에 뉘어 말려 주세요."),
                elsewhere=True,
            ),
            warranty(),
            after_service(),
        ),
    ),
    Form(
        "JEWELLERY",
        _("귀금속·보석·시계류"),
        (
            material(_("소재 / 순도 / 밴드 재질(시계의 경우)"), _("예: 14K 골드(순도 585)")),
            Item("weight", _("중량")),
            maker(),
            country(),
            long("size", _("치수"), _("예: 반지 안지름, 목걸이 길이(cm)"), elsewhere=True),
            care(_("착용 시 주의사항")),
            specs(help=_("귀금속·보석은 등급, 시계는 기능과 방수를 적어요.")),
            detail("certificate", _("보증서 제공 여부"), _("주신다면 어떤 보증서인지 적어요.")),
            warranty(),
            after_service(),
        ),
    ),
)
