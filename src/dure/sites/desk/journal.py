"""A lead's history in words, for the timeline component."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from dure.partnership.models import LeadStatus
from dure.partnership.queries import Moment

SAID = {
    "captured": __("발굴했어요"),
    "amended": __("정보를 고쳤어요"),
    "screened": __("심사 점수를 냈어요"),
    "assigned": __("담당 MD를 정했어요"),
    "merged": __("같은 점포의 기록을 합쳤어요"),
}
MOVED = {status.lower(): status for status in LeadStatus.values}
BAD = {"declined", "deferred"}


def shown(moments: Iterable[Moment]) -> list[dict[str, Any]]:
    return [_shown(moment) for moment in moments]


def _shown(moment: Moment) -> dict[str, Any]:
    state = "bad" if moment.kind in BAD else "now" if moment.kind in {"MILESTONE", "selected"} else "done"
    if moment.kind == "CONTACT":
        contact = moment.subject
        title = f"{contact.get_channel_display()} · {contact.get_outcome_display()}"
        state = "bad" if contact.outcome == "DECLINED" else "done"
    elif moment.kind == "MILESTONE":
        title = moment.subject.get_code_display()
    elif moment.kind in SAID:
        title = str(SAID[moment.kind])
    else:
        title = _("%(status)s 단계로 옮겼어요") % {"status": _label(moment.kind)}
    said = [moment.by.name] if moment.by else []
    if moment.kind == "screened":
        said.append(
            _("상품 %(product)s점 · 의지 %(will)s점")
            % {"product": moment.detail.get("product"), "will": moment.detail.get("will")}
        )
    if moment.why and moment.why != "consent withdrawn":
        said.append(moment.why)
    if moment.why == "consent withdrawn":
        said.append(_("연락 동의를 거두셨어요"))
    return {"title": title, "at": moment.at, "text": " · ".join(said), "state": state}


def _label(kind: str) -> str:
    status = MOVED.get(kind)
    return str(LeadStatus(status).label) if status else kind
