"""상품정보제공고시: what a shop must state of a product before somebody buys it.

The items follow the Fair Trade Commission's notice on product information in electronic commerce (전자상거래 등에서의
상품 등의 정보제공에 관한 고시), under article 13(4) of the e-commerce act, as of early 2023, for the kinds of goods this
house sells; the words of help are ours. `ETC` is the notice's 기타 재화 and fits whatever has no form of its own.

    for item in form_of("AGRO").items: item.code, item.label, item.kind, item.required …
    wrong("AGRO", values)      {item code: sentence} of what cannot stay
    missing("AGRO", values)    items still to be filled in
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

NOT_APPLICABLE = "해당 없음"
LONGEST = 1000
TEXT, LONG, CHOICE, MONTH, PHONE = "text", "long", "choice", "month", "phone"


@dataclass(frozen=True)
class Item:
    """One line of the notice.

    kind: text, long (several lines), choice (of `choices`), month (YYYY-MM), phone. `suggests` names a fact the form can
    fill in: phone, maker, product, or a literal text after `=`. `may_not_apply` offers 해당 없음 with one press.
    """

    code: str
    label: Any
    kind: str = TEXT
    help: Any = ""
    required: bool = True
    choices: tuple[tuple[str, Any], ...] = ()
    suggests: str = ""
    may_not_apply: bool = False


@dataclass(frozen=True)
class Form:
    code: str
    label: Any
    items: tuple[Item, ...] = field(default=())

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
WARRANTY = "=소비자분쟁해결기준(공정거래위원회 고시)에 따라 교환 또는 환불해 드립니다."


def _contact(label: Any = None) -> Item:
    label = label or _("소비자 상담 전화번호")
    return Item("contact", label, PHONE, _("구매자가 바로 물어볼 수 있는 번호예요."), suggests="phone")


def _maker(label: Any = None, help: Any = None) -> Item:
    label, help = label or _("제조자"), help or _("수입품이면 수입자도 함께 적어요.")
    return Item("maker", label, TEXT, help, suggests="maker")


def _country() -> Item:
    return Item("origin_country", _("제조국"), TEXT, _("만든 나라를 적어요."), suggests="=대한민국")


def _warranty() -> Item:
    return Item("warranty", _("품질보증 기준"), LONG, _("문제가 있을 때 어떻게 해 드리는지 적어요."), suggests=WARRANTY)


FORMS = {
    form.code: form
    for form in (
        Form(
            "AGRO",
            _("농·축·수산물"),
            (
                Item("name", _("품목 또는 명칭"), suggests="product"),
                Item("amount", _("용량(중량), 수량, 크기"), help=_("포장 하나에 든 양이에요. 예: 5kg(20~25과)")),
                _maker(_("생산자"), _("기르거나 잡은 곳을 적어요. 수입품이면 수입자도 함께 적어요.")),
                Item("origin", _("원산지"), help=_("국내산은 시·군까지, 수입산은 나라 이름을 적어요. 예: 경북 청송")),
                Item(
                    "dates",
                    _("생산·포장일과 소비기한"),
                    help=_("날짜가 매번 다르면 기준을 적어요. 예: 발송 전날 포장, 받은 날부터 냉장 7일"),
                ),
                Item(
                    "grade",
                    _("법에 따른 표시 사항"),
                    help=_("지리적 표시, 축산물 등급·이력번호, 유전자변형 표시 등. 대상이 아니면 ‘해당 없음’이에요."),
                    may_not_apply=True,
                ),
                Item("contents", _("상품 구성"), help=_("무엇이 몇 개 들어 있는지 적어요.")),
                Item("storage", _("보관·취급 방법"), LONG, _("예: 받은 즉시 냉장 보관해 주세요.")),
                Item(
                    "caution", _("소비자 안전 주의사항"), LONG, _("알레르기, 어린이 질식 위험 등."), may_not_apply=True
                ),
                _contact(),
            ),
        ),
        Form(
            "FOOD",
            _("가공식품"),
            (
                Item("name", _("제품명"), suggests="product"),
                Item(
                    "food_type", _("식품의 유형"), help=_("품목제조보고서에 적힌 유형이에요. 예: 절임류, 떡류, 조미김")
                ),
                _maker(_("생산자와 소재지"), _("만든 곳의 이름과 주소. 수입품이면 수입자와 제조국도 적어요.")),
                Item(
                    "dates",
                    _("제조일과 소비기한"),
                    help=_("날짜가 매번 다르면 기준을 적어요. 예: 제조일부터 냉장 30일, 7일 이내 제조한 것을 보내요."),
                ),
                Item("amount", _("용량(중량), 수량, 크기"), help=_("포장 하나에 든 양이에요. 예: 500g × 2병")),
                Item(
                    "ingredients_origin",
                    _("원재료명, 함량과 원산지"),
                    LONG,
                    _("라벨에 적힌 순서대로, 원산지를 괄호에 적어요. 예: 배추 70%(국내산), 고춧가루(국내산)…"),
                ),
                Item("nutrition", _("영양성분"), LONG, _("영양표시 대상 식품만 적어요."), may_not_apply=True),
                Item("gmo", _("유전자변형식품 표시"), CHOICE, choices=GMO),
                Item("caution", _("소비자 안전 주의사항"), LONG, _("알레르기 유발 물질 등."), may_not_apply=True),
                Item("imported", _("수입식품 여부"), CHOICE, choices=IMPORTED),
                _contact(),
            ),
        ),
        Form(
            "WEAR",
            _("의류·패션잡화"),
            (
                Item("material", _("제품 소재"), help=_("섬유의 조성을 백분율로 적어요. 예: 면 60%, 마 40%")),
                Item("color", _("색상")),
                Item("size", _("치수"), LONG, _("사이즈별 실측을 cm로 적어요.")),
                _maker(),
                _country(),
                Item("washing", _("세탁 방법과 취급 주의사항"), LONG, _("예: 찬물 손세탁, 그늘에 뉘어 말려 주세요.")),
                Item("made_in", _("제조 연월"), MONTH, _("섞여 있으면 가장 오래된 달을 골라요.")),
                _warranty(),
                _contact(_("A/S 책임자와 전화번호")),
            ),
        ),
        Form(
            "LIVING",
            _("생활·주방용품"),
            (
                Item("name", _("품명과 모델명"), suggests="product"),
                Item(
                    "material",
                    _("재질"),
                    help=_("음식이 닿는 부분을 따로 적어요. 예: 몸체 스테인리스(304), 손잡이 참나무"),
                ),
                Item("contents", _("구성품"), suggests="=본품 1개"),
                Item("size", _("크기"), help=_("가로 × 세로 × 높이(cm)와 무게.")),
                Item("released_in", _("같은 모델의 출시 연월"), MONTH),
                _maker(),
                _country(),
                Item("imported", _("수입 기구·용기 여부"), CHOICE, choices=IMPORTED),
                Item(
                    "certificate",
                    _("KC 인증 등 인증·허가"),
                    help=_("인증 대상이면 인증번호를 적어요."),
                    may_not_apply=True,
                ),
                _warranty(),
                _contact(_("A/S 책임자와 전화번호")),
            ),
        ),
        Form(
            "CRAFT",
            _("공예품"),
            (
                Item("name", _("품명과 모델명"), suggests="product"),
                Item("material", _("재료"), help=_("예: 백자토, 무연유약")),
                Item("size", _("크기와 무게"), help=_("손으로 만들어 조금씩 다르면 그 범위를 적어요.")),
                _maker(_("만든 이"), _("공방이나 작가 이름이에요.")),
                _country(),
                Item(
                    "certificate",
                    _("인증·허가 사항"),
                    help=_("어린이 제품 안전확인 등. 대상이 아니면 ‘해당 없음’이에요."),
                    may_not_apply=True,
                ),
                Item("caution", _("다룰 때 주의할 점"), LONG, _("예: 식기세척기에 넣지 마세요."), required=False),
                _contact(_("A/S 책임자와 전화번호")),
            ),
        ),
        Form(
            "ETC",
            _("기타 재화"),
            (
                Item("name", _("품명과 모델명"), suggests="product"),
                Item(
                    "certificate",
                    _("인증·허가 사항"),
                    help=_("법에 따라 받은 인증이 있으면 적어요."),
                    may_not_apply=True,
                ),
                Item(
                    "origin_country",
                    _("제조국 또는 원산지"),
                    help=_("만들거나 기른 나라를 적어요."),
                    suggests="=대한민국",
                ),
                _maker(_("제조자 또는 생산자")),
                _contact(),
            ),
        ),
    )
}


def form_of(code: str) -> Form:
    """The form of this code; the one for everything else when there is none."""
    return FORMS.get(code, FORMS["ETC"])


def rows(code: str, values: Mapping[str, str]) -> list[tuple[str, str]]:
    """(label, text) of what was filled in, in the order of the form, for the product page."""
    return [(str(i.label), _text(i, values[i.code])) for i in form_of(code).items if values.get(i.code)]


def clean(code: str, values: Mapping[str, Any]) -> dict[str, str]:
    """The form's own items with spaces trimmed; blank ones and unknown ones left out."""
    texts = {item.code: str(values.get(item.code) or "").strip() for item in form_of(code).items}
    return {name: text for name, text in texts.items() if text}


def wrong(code: str, values: Mapping[str, str]) -> dict[str, str]:
    """Sentences by item code, of values that cannot stay whatever else is missing."""
    found = {}
    for item in form_of(code).items:
        text = values.get(item.code, "")
        sentence = _wrong(item, text) if text else ""
        if sentence:
            found[item.code] = sentence
    return found


def missing(code: str, values: Mapping[str, str]) -> list[Item]:
    """Required items without a text."""
    return [i for i in form_of(code).items if i.required and not str(values.get(i.code, "")).strip()]


def suggestions(code: str, facts: Mapping[str, str]) -> dict[str, str]:
    """Texts by item code that can be filled in at once; `facts` are phone, maker and product, as far as known."""
    found = {}
    for item in form_of(code).items:
        text = item.suggests[1:] if item.suggests.startswith("=") else facts.get(item.suggests, "")
        if text:
            found[item.code] = text
    return found


def _wrong(item: Item, text: str) -> str:
    if len(text) > LONGEST:
        return _now("%(most)d자까지 적을 수 있어요.") % {"most": LONGEST}
    if item.kind == CHOICE and text not in dict(item.choices):
        return _now("목록에서 하나를 골라 주세요.")
    if item.kind == MONTH and not re.fullmatch(r"(19|20)\d\d-(0[1-9]|1[0-2])", text):
        return _now("연도와 달을 2026-11처럼 적어 주세요.")
    if item.kind == PHONE and len(re.sub(r"\D", "", text)) < 8:
        return _now("전화번호를 적어 주세요. 예: 02-123-4567")
    return ""


def _text(item: Item, text: str) -> str:
    return str(dict(item.choices).get(text, text))
