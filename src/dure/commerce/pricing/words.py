"""The reasons behind an amount, as sentences."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from dure.commerce.pricing.rules import Fee
from dure.commerce.pricing.zones import JEJU, REMOTE
from dure.kit.money import won


def fee_reasons(fee: Fee) -> list[str]:
    """Why the buyer pays this for shipping, shortest first; never empty."""
    return reasons(fee.reason, fee.extra, fee.params)


def charge_reasons(reason: str, extra: int, params: dict[str, Any]) -> list[str]:
    """The same for a stored charge: its reason, its extra, and the snapshot of the policy (`left` is over then)."""
    return reasons(reason, extra, {**params, "left": 0})


def reasons(reason: str, extra: int, params: dict[str, Any]) -> list[str]:
    said = [_main(reason, params)]
    if extra and params.get("zone") == JEJU:
        said.append(_("제주 추가 배송비 %(extra)s") % {"extra": won(extra)})
    elif extra and params.get("zone") == REMOTE:
        said.append(_("도서산간 추가 배송비 %(extra)s") % {"extra": won(extra)})
    elif extra:
        said.append(_("지역 추가 배송비 %(extra)s") % {"extra": won(extra)})
    return said


def _main(reason: str, params: dict[str, Any]) -> str:
    if reason == "FREE":
        return _("무료배송")
    if reason == "FREE_OVER":
        return _("%(free_over)s 이상이라 무료배송") % {"free_over": won(params["free_over"])}
    if params.get("left"):
        return _("%(left)s 더 담으면 무료배송") % {"left": won(params["left"])}
    return _("기본 배송비 %(fee)s") % {"fee": won(params["fee"])}
