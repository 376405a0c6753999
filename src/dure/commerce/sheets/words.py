"""The sentences of mistakes, and the names of fields, as a seller reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dure.commerce.catalog import notices
from dure.commerce.catalog.models import TaxClass
from dure.commerce.sheets.columns import NOTICE
from dure.kit.money import won

FIELDS: dict[str, Any] = {
    "product_id": _("상품번호"),
    "code": _("판매자 상품코드"),
    "name": _("상품명"),
    "category": _("분류"),
    "tagline": _("한 줄 소개"),
    "story": _("상품 이야기"),
    "keywords": _("검색어"),
    "option_id": _("옵션번호"),
    "option_code": _("옵션코드"),
    "seller_code": _("옵션코드"),
    "axis1": _("옵션명1"),
    "value1": _("옵션값1"),
    "axis2": _("옵션명2"),
    "value2": _("옵션값2"),
    "axis3": _("옵션명3"),
    "value3": _("옵션값3"),
    "option_name": _("옵션"),
    "option": _("새 옵션"),
    "price": _("판매가"),
    "stock": _("재고"),
    "addon": _("추가구성"),
    "whole_form": _("옵션 형태(한 줄에 모두)"),
    "whole_axes": _("옵션명(한 줄에 모두)"),
    "whole_values": _("옵션값(한 줄에 모두)"),
    "whole_extras": _("옵션가(한 줄에 모두)"),
    "whole_stocks": _("옵션 재고(한 줄에 모두)"),
    "min_per_order": _("최소 구매 수량"),
    "max_per_order": _("1회 최대 구매 수량"),
    "max_per_buyer": _("1인 최대 구매 수량"),
    "lead_days": _("제작 기간(일)"),
    "sale_from": _("판매 시작"),
    "sale_until": _("판매 끝"),
    "tax_class": _("과세 구분"),
    "origin": _("원산지"),
    "kc_numbers": _("KC 인증번호"),
    "adults_only": _("미성년자 구매 불가"),
    "minors_may": _("미성년자 구매 가능"),
    "brand": _("브랜드"),
    "maker": _("제조사"),
    "weight_g": _("무게(g)"),
    "notice_type": _("고시 양식"),
    "notice": _("상품정보제공고시"),
    "axes": _("옵션명"),
    # waybills
    "line": _("상품주문번호"),
    "order": _("주문번호"),
    "bundle": _("묶음배송번호"),
    "carrier": _("택배사"),
    "waybill": _("송장번호"),
}

SENTENCES: dict[str, Any] = {
    "not_number": _("숫자가 아니에요: ‘%(seen)s’"),
    "not_whole": _("소수점이 있어요: ‘%(seen)s’. 1원, 1개 단위로 적어 주세요."),
    "not_day": _("날짜가 아니에요: ‘%(seen)s’. 2026-11-24처럼 적어 주세요."),
    "formula_error": _("수식 오류예요: %(seen)s. 수식을 고치거나 값으로 바꿔 주세요."),
    "not_flag": _("예, 아니요(Y, N)로 적어 주세요: ‘%(seen)s’"),
    "not_tax": _("과세, 면세, 영세율 가운데 하나로 적어 주세요: ‘%(seen)s’"),
    "not_an_id": _("두레의 번호가 아니에요: ‘%(seen)s’. 모르면 비워 두세요."),
    "out_of_range": _("%(low)s부터 %(high)s까지 적을 수 있어요. 지금: %(seen)s"),
    "too_long": _("%(most)s자까지 적을 수 있어요. 지금: %(seen)s자"),
    "unknown_category": _("이런 분류가 없어요: ‘%(seen)s’. 양식의 ‘코드’ 시트에서 골라 주세요."),
    "unknown_notice": _("이런 고시 양식이 없어요: ‘%(seen)s’. 양식의 ‘코드’ 시트에서 골라 주세요."),
    "bad_kc": _("KC 인증번호의 형식이 아니에요: ‘%(seen)s’"),
    "below_least": _("최소 구매 수량 %(least)s보다 적어요."),
    "ends_before_it_begins": _("판매가 끝나는 때가 시작보다 빨라요."),
    "axes_and_values": _("옵션명과 옵션값의 개수가 달라요. 옵션은 3가지까지예요."),
    "single_form": _("‘단독형’ 옵션은 한 가지만 받아요. ‘조합형’으로 바꿔 주세요."),
    "too_many_options": _("옵션은 %(most)s개까지예요."),
    "not_as_many": _("옵션이 %(wanted)s개인데 %(seen)s개를 적었어요."),
    "no_key": _("어느 상품인지 알 수 없어요. 상품명이나 코드를 적어 주세요."),
    "twice": _("%(row)s번 줄에 같은 상품이 있어요. 한 상품의 줄은 이어서 적어 주세요."),
    "contradicts": _("같은 상품인데 %(row)s번 줄과 달라요."),
    "closed": _("판매가 끝났거나 금지된 상품이라 고칠 수 없어요."),
    "needed": _("꼭 적어야 해요."),
    "unknown_option": _("이 상품의 옵션이 아니에요: %(seen)s"),
    "same_option": _("같은 옵션이 두 번 있어요: %(name)s"),
    "same_axis": _("같은 옵션명이 두 번 있어요."),
    "other_axes": _("이 상품의 옵션명은 ‘%(axes)s’예요. 옵션명은 상품 화면에서 바꿔 주세요."),
    "which_option": _("옵션이 %(n)s개인 상품이에요. 옵션값이나 옵션번호를 적어 주세요."),
    "several": _("같은 이름이나 코드의 상품이 여럿이에요. 상품번호를 적어 주세요."),
    "unknown_product": _("이 가게에서 찾지 못한 상품이에요."),
    "code_taken": _("다른 상품이 쓰는 코드예요: %(seen)s"),
    "said": _("%(sentence)s"),
    # at the last moment
    "changed_since": _("미리 본 뒤에 바뀌었어요: %(field)s"),
    "appeared_since": _("미리 본 뒤에 같은 상품이 생겼어요."),
    "gone_since": _("미리 본 뒤에 없어졌거나 판매가 끝났어요."),
    "sold_since": _("그 사이 팔려서 재고를 그만큼 뺄 수 없어요: %(option)s"),
    # after an undo
    "edited_since": _("그 뒤에 고쳐서 그대로 뒀어요: %(fields)s"),
    "submitted_since": _("그 뒤에 고쳤거나 심사를 신청해서 그대로 뒀어요."),
    # waybills
    "scientific": _("엑셀이 숫자를 줄였어요: %(seen)s. 칸 서식을 ‘텍스트’로 바꾸고 번호를 다시 적어 주세요."),
    "unknown_line": _("이 가게의 주문이 아니에요: ‘%(seen)s’"),
    "unknown_carrier": _("모르는 택배사예요: ‘%(seen)s’"),
    "other_waybill": _("이미 다른 송장(%(seen)s)으로 보낸 상품주문이에요."),
    "two_places": _("받는 분이 다른 주문에 같은 송장번호를 적었어요. (%(row)s번 줄)"),
    "zero_eaten": _(
        "%(carrier)s 송장은 %(digits)s자리예요. 엑셀이 앞자리 0을 지웠다면 칸 서식을 ‘텍스트’로 바꿔 주세요."
    ),
    "bad_waybill": _("이 택배사의 송장번호 형식이 아니에요: ‘%(seen)s’"),
    "not_to_send": _("보낼 수 있는 주문이 아니에요: %(status)s"),
    "nothing_left": _("모두 취소된 상품주문이에요."),
}


def name_of(field: str) -> str:
    if field.startswith(NOTICE):
        return gettext("고시: %(item)s") % {"item": notice_label(field.removeprefix(NOTICE))}
    return str(FIELDS.get(field, field))


def notice_label(code: str) -> str:
    return next((str(i.label) for form in notices.FORMS.values() for i in form.items if i.code == code), code)


def sentence(mistake: Mapping[str, Any]) -> str:
    """Of a kept `rules.Wrong`."""
    params = {name: _param(name, value) for name, value in mistake["params"].items()}
    return str(SENTENCES[mistake["code"]]) % params


def _param(name: str, value: Any) -> str:
    if name in ("field", "fields"):
        return ", ".join(name_of(field) for field in ([value] if isinstance(value, str) else value))
    if name in ("row", "digits", "seen") or isinstance(value, str):
        return str(value)
    return f"{value:,}" if isinstance(value, int) else str(value)


def shown(field: str, value: Any, shelves: Mapping[str, str] | None = None) -> str:
    """A value of a change, for the eye. `shelves`: {code of a category: its name}."""
    if value is None or value == "" or value == []:
        return "–"
    if field == "price":
        return won(value)
    if field == "category":
        return (shelves or {}).get(value, value)
    if field == "tax_class":
        return str(TaxClass(value).label)
    if field == "notice_type":
        return str(notices.form_of(value).label)
    if isinstance(value, bool):
        return gettext("예") if value else gettext("아니요")
    if isinstance(value, int):
        return f"{value:,}"
    if field in ("sale_from", "sale_until"):
        return str(value)[:16].replace("T", " ")
    if field == "option":
        return won(value["price"]) if "price" in value else "–"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return " · ".join(f"{notice_label(k)}: {v}" for k, v in value.items())
    return str(value)
