"""The reasons behind an amount, as sentences."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from dure.commerce.pricing.rules import MIN, Fee
from dure.commerce.pricing.zones import JEJU, REMOTE
from dure.kit.money import won


def fee_reasons(fee: Fee) -> list[str]:
    """Why the buyer pays this for shipping, shortest first; never empty."""
    said = reasons(fee.reason, fee.extra, fee.params)
    return [_("착불 %(won)s") % {"won": won(fee.collect)}, *said] if fee.collect else said


def charge_reasons(reason: str, extra: int, policy: dict[str, Any]) -> list[str]:
    """The same for a stored charge: its reason, its extra, its policy. What was missing then is not asked for any more."""
    return reasons(reason, extra, {**policy.get("said", policy), "left": 0})


def reasons(reason: str, extra: int, params: dict[str, Any]) -> list[str]:
    said = [_main(reason, params)]
    if params.get("method"):
        cheapest, dearest = _("묶음배송, 가장 싼 배송비 한 번만"), _("묶음배송, 가장 비싼 배송비 한 번만")
        said.append(cheapest if params["method"] == MIN else dearest)
    if extra and params.get("zone") == JEJU:
        said.append(_("제주 +%(extra)s") % {"extra": won(extra)})
    elif extra and params.get("zone") == REMOTE:
        said.append(_("도서산간 +%(extra)s") % {"extra": won(extra)})
    elif extra:
        said.append(_("지역 추가 +%(extra)s") % {"extra": won(extra)})
    return said


def _main(reason: str, params: dict[str, Any]) -> str:
    match reason:
        case "NOTHING":
            return _("보낼 상품이 없어요")
        case "FREE":
            return _("무료배송")
        case "FREE_OVER":
            return _("%(free_over)s 이상이라 무료배송") % {"free_over": won(params["free_over"])}
        case "UNIT":
            told = {"unit": params["unit"], "fee": won(params["fee"]), "times": params["times"]}
            return _("%(unit)s개마다 %(fee)s × %(times)s") % told
        case "RANGE":
            return _("%(from)s개부터 %(won)s") % {"from": params["from"], "won": won(params["won"])}
    if params.get("left"):
        return _("%(left)s 더 담으면 무료배송") % {"left": won(params["left"])}
    return _("기본 배송비 %(fee)s") % {"fee": won(params["fee"])}
