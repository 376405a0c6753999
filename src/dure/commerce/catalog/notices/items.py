"""What a notice form is made of, and the items that many forms share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

NOT_APPLICABLE = "해당 없음"
ELSEWHERE = "상세설명 참조"
TEXT, LONG, CHOICE, MONTH, DAY, PHONE, DETAIL = "text", "long", "choice", "month", "day", "phone", "detail"


@dataclass(frozen=True)
class Item:
    """One line of the notice.

    kind: text, long (several lines), choice (of `choices`), month (YYYY-MM), day (YYYY-MM-DD), phone, detail (it does not
    apply, or it does and the text says how: 해당 없음, or the number). `suggests` names a fact the form can fill in: phone,
    maker, product, origin, kc, or a literal text after `=`. `may_not_apply` offers 해당 없음 with one press. `elsewhere`:
    the detail page may say it instead (상세설명 참조); what identifies goods, makers, safety and refunds must stand here.
    `legal` is False for what shops like to add and the notice does not ask for.
    """

    code: str
    label: Any
    kind: str = TEXT
    help: Any = ""
    required: bool = True
    choices: tuple[tuple[str, Any], ...] = ()
    suggests: str = ""
    may_not_apply: bool = False
    elsewhere: bool = False
    legal: bool = True


@dataclass(frozen=True)
class Form:
    """The items of one kind of goods. `code` is Naver Commerce API's productInfoProvidedNoticeType."""

    code: str
    label: Any
    items: tuple[Item, ...] = ()

    def item(self, code: str) -> Item | None:
        return next((i for i in self.items if i.code == code), None)


IMPORTED = (
    ("국내 생산", _("국내 생산")),
    ("수입신고를 필함", _("수입품 (수입신고를 필함)")),
)
GMO = (
    (NOT_APPLICABLE, _("해당 없음")),
    ("유전자변형 원료 포함", _("유전자변형 원료 포함")),
)
CHILD_PACKAGE = (
    (NOT_APPLICABLE, _("어린이 보호포장 대상이 아니에요")),
    ("어린이 보호포장 대상", _("어린이 보호포장 대상이에요")),
)
WARRANTY = "=소비자분쟁해결기준(공정거래위원회 고시)에 따라 교환 또는 환불해 드립니다."
ELECTRIC_LAW = _("전기용품 및 생활용품 안전관리법의 안전인증·안전확인·공급자적합성확인 대상이면 인증번호를 적어요.")
RADIO_LAW = _("전파법의 인증 대상이면 인증번호를 적어요.")
SET_MAKER = _("수입품이면 수입자도 함께 적어요. 병행수입이면 그 사실을 적어도 돼요.")


def long(code: str, label: Any, help: Any = "", **more: Any) -> Item:
    return Item(code, label, LONG, help, **more)


def detail(code: str, label: Any, help: Any = "", **more: Any) -> Item:
    return Item(code, label, DETAIL, help, **more)


def name(label: Any = None, help: Any = "") -> Item:
    return Item("name", label or _("품명 및 모델명"), TEXT, help, suggests="product")


def kc(help: Any = ELECTRIC_LAW) -> Item:
    return Item("kc", _("KC 인증 필 유무"), DETAIL, help, suggests="kc")


def power() -> Item:
    return Item("power", _("정격전압, 소비전력"), help=_("예: 220V / 60Hz, 1,200W"))


def efficiency() -> Item:
    return detail(
        "efficiency", _("에너지소비효율등급"), _("에너지이용 합리화법의 의무 대상이면 등급을 적어요. 예: 1등급")
    )


def released() -> Item:
    return Item(
        "released_in", _("동일모델의 출시년월"), MONTH, _("같은 모델을 처음 내놓은 달이에요."), may_not_apply=True
    )


def maker(label: Any = None, help: Any = None) -> Item:
    return Item("maker", label or _("제조자"), TEXT, help or SET_MAKER, suggests="maker")


def country(label: Any = None) -> Item:
    return Item("origin_country", label or _("제조국"), TEXT, _("만든 나라를 적어요."), suggests="=대한민국")


def size(label: Any = None, help: Any = "") -> Item:
    return Item("size", label or _("크기"), TEXT, help or _("가로 × 세로 × 높이(cm)와 무게."), elsewhere=True)


def color() -> Item:
    return Item("color", _("색상"), elsewhere=True)


def material(label: Any = None, help: Any = "") -> Item:
    return Item("material", label or _("재질"), help=help)


def contents(label: Any = None) -> Item:
    return Item(
        "contents",
        label or _("제품 구성"),
        help=_("무엇이 몇 개 들어 있는지 적어요."),
        suggests="=본품 1개",
        elsewhere=True,
    )


def specs(label: Any = None, help: Any = "") -> Item:
    return long("specs", label or _("주요 사양"), help, elsewhere=True)


def care(label: Any = None, help: Any = "") -> Item:
    return long("care", label or _("취급 시 주의사항"), help, elsewhere=True)


def warranty() -> Item:
    return long("warranty", _("품질보증기준"), _("문제가 있을 때 어떻게 해 드리는지 적어요."), suggests=WARRANTY)


def after_service() -> Item:
    return Item(
        "contact",
        _("A/S 책임자와 전화번호"),
        PHONE,
        _("고장이나 하자를 물어볼 번호예요. 예: 두레공방 02-123-4567"),
        suggests="phone",
    )


def contact(label: Any = None) -> Item:
    return Item(
        "contact",
        label or _("소비자상담 관련 전화번호"),
        PHONE,
        _("구매자가 바로 물어볼 수 있는 번호예요."),
        suggests="phone",
    )


def refund_terms(label: Any = None) -> Item:
    return long(
        "cancellation", label or _("취소 규정(환불, 위약금 등)"), _("언제까지 취소하면 얼마를 돌려주는지 적어요.")
    )
