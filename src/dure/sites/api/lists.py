"""The delivery log of webhooks, declared."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from dure.sites.api.hooks.topics import NAMES, PING
from dure.sites.api.models import Message
from dure.sites.design.lists import Choice, Column, Days, Empty, Listing


class Messages(Listing):
    search = ("topic", "aggregate", "body")
    search_hint = _("소식, 주문번호, 상품주문 번호")
    columns = (
        Column("created_at", _("생긴 때"), kind="moment", sort="created_at"),
        Column(
            "topic",
            _("소식"),
            value=lambda m: NAMES.get(m.topic, m.topic),
            link=lambda m: f"../../messages/{m.pk}/",
            primary=True,
        ),
        Column("aggregate", _("무엇에 대해")),
        Column("tries", _("시도"), kind="number"),
        Column("delivered_at", _("전달한 때"), kind="moment", sort="delivered_at"),
        Column("status", _("상태"), kind="status", value=lambda m: _state(m)),
    )
    filters = (
        Choice("status", _("상태"), Message.Status.choices),
        Choice("topic", _("소식"), [*NAMES.items(), (PING, _("시험"))]),
        Days("created_at", _("생긴 때")),
    )
    order = "-created_at"
    empty = Empty(_("아직 보낸 것이 없어요"), _("시험 삼아 보내면 여기에 나와요. 주문이 들어오면 저절로 쌓여요."))


def _state(message: Any) -> tuple[str, Any]:
    tones = {"WAITING": "IN_PROGRESS", "DELIVERED": "DONE", "FAILED": "FAILED"}
    return tones[message.status], message.get_status_display()
