"""상품정보제공고시: what a shop must state of a product before somebody buys it.

The items are those of the Fair Trade Commission's notice on product information in electronic commerce (전자상거래 등에서의
상품 등의 정보제공에 관한 고시), under article 13(4) of the e-commerce act, as of early 2023, with 소비기한 for food since then;
the words of help are ours. The codes are those of Naver's Commerce API, so that sheets and tools need no table. `ETC` is
the notice's 기타 재화 and fits whatever has no form of its own.

    for item in form_of("FOOD").items: item.code, item.label, item.kind, item.required …
    wrong("FOOD", values)      {item code: sentence} of what cannot stay
    missing("FOOD", values)    items still to be filled in
    cautions("FOOD", values)   items that say 상세설명 참조, and may not or had better not
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as __

from dure.commerce.catalog.notices import consumed, electric, household, services, wearing
from dure.commerce.catalog.notices.items import (
    CHOICE,
    DAY,
    DETAIL,
    ELSEWHERE,
    LONG,
    MONTH,
    NOT_APPLICABLE,
    PHONE,
    TEXT,
    Form,
    Item,
)

__all__ = [
    "CHOICE",
    "DAY",
    "DETAIL",
    "ELSEWHERE",
    "FORMS",
    "LONG",
    "MONTH",
    "NOT_APPLICABLE",
    "PHONE",
    "TEXT",
    "Form",
    "Item",
]

LONGEST = 1000
_ETC = household.FORMS[-1]
FORMS = {
    form.code: form
    for form in (*consumed.FORMS, *household.FORMS[:-1], *wearing.FORMS, *electric.FORMS, *services.FORMS, _ETC)
}


def form_of(code: str) -> Form:
    """The form of this code; the one for everything else when there is none."""
    return FORMS.get(code, _ETC)


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


def cautions(code: str, values: Mapping[str, str]) -> list[tuple[Item, bool]]:
    """Items that send the buyer to the detail page, each with whether they may."""
    return [(i, i.elsewhere) for i in form_of(code).items if values.get(i.code, "").replace(" ", "") in _ELSEWHERES]


_ELSEWHERES = {"상세설명참조", "상세페이지참조", "상세정보참조", "상품상세참조", "상세설명페이지참조"}


def suggestions(code: str, facts: Mapping[str, str]) -> dict[str, str]:
    """Texts by item code that can be filled in at once; `facts` as named by `Item.suggests`, as far as known."""
    found = {}
    for item in form_of(code).items:
        text = item.suggests[1:] if item.suggests.startswith("=") else facts.get(item.suggests, "")
        if text:
            found[item.code] = text
    return found


def carried_over(code: str, other: str, values: Mapping[str, str]) -> dict[str, str]:
    """Another product's texts that fit this form: the same item of the same kind, and a value it takes."""
    theirs, found = form_of(other), {}
    for item in form_of(code).items:
        was, text = theirs.item(item.code), str(values.get(item.code, "")).strip()
        if was and was.kind == item.kind and text and not _wrong(item, text):
            found[item.code] = text
    return found


def _wrong(item: Item, text: str) -> str:
    if len(text) > LONGEST:
        return __("%(most)d자까지 적을 수 있어요.") % {"most": LONGEST}
    if item.kind == CHOICE and text not in dict(item.choices):
        return __("목록에서 하나를 골라 주세요.")
    if text == NOT_APPLICABLE and (item.may_not_apply or item.kind == DETAIL):
        return ""
    if item.kind == MONTH and not re.fullmatch(r"(19|20)\d\d-(0[1-9]|1[0-2])", text):
        return __("연도와 달을 2026-11처럼 적어 주세요.")
    if item.kind == DAY and not _is_day(text):
        return __("날짜를 2026-11-24처럼 적어 주세요.")
    if item.kind == PHONE and len(re.sub(r"\D", "", text)) < 8:
        return __("전화번호를 적어 주세요. 예: 02-123-4567")
    return ""


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10


def _text(item: Item, text: str) -> str:
    return str(dict(item.choices).get(text, text))
