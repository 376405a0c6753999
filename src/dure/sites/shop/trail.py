"""The way of one order line as a buyer sees it: what happened, what comes, what can be done now."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from dure.commerce.claims.models import Claim
from dure.commerce.claims.reckon import kinds_of
from dure.commerce.orders.models import LineStatus, ProductOrder
from dure.commerce.orders.rules import OPEN_CLAIM
from dure.commerce.shipping.models import Parcel
from dure.kit import clock
from dure.sites import timeline
from dure.sites.design.templatetags.ui import day

ENDED = {LineStatus.CANCELED, LineStatus.RETURNED, LineStatus.EXCHANGED, LineStatus.CANCELED_BY_NOPAYMENT}
ARRIVED = {LineStatus.DELIVERED, LineStatus.PURCHASE_CONFIRMED}

Item = dict[str, Any]  # of `{% timeline %}`: title, at, text, state


@dataclass(frozen=True)
class Line:
    """A product order with everything its card shows. Built from rows already fetched: no queries."""

    line: ProductOrder
    photo: str

    @property
    def open_claim(self) -> Claim | None:
        return next((c for c in self.line.claims.all() if c.status in OPEN_CLAIM), None)

    @property
    def is_replacement(self) -> bool:
        return self.line.exchanged_from_id is not None

    @property
    def left(self) -> int:
        """Pieces that may still be claimed: before the dispatch those unsent, after it those kept."""
        return self.line.unsent_quantity if self.line.status == LineStatus.PAID else self.line.kept_quantity

    @property
    def parcels(self) -> list[Parcel]:
        return timeline.parcels_of(self.line)

    @property
    def review(self) -> Any:
        return getattr(self.line, "review", None)

    @property
    def can_confirm(self) -> bool:
        return self.line.status == LineStatus.DELIVERED and not self.open_claim

    @property
    def can_review(self) -> bool:
        return self.line.status in ARRIVED and self.review is None

    @property
    def can_cancel(self) -> bool:
        return Claim.Kind.CANCEL in self.claim_kinds

    @property
    def can_return(self) -> bool:
        return Claim.Kind.RETURN in self.claim_kinds

    @property
    def over(self) -> bool:
        """Nothing more will happen, unless somebody asks."""
        return self.line.status in ENDED or self.line.status == LineStatus.PURCHASE_CONFIRMED

    @cached_property
    def claim_kinds(self) -> list[str]:
        """What may be asked for now."""
        return kinds_of(self.line, clock.now())

    @property
    def trail(self) -> list[Item]:
        """Newest knowledge last; the step we are at is `now`, those to come are `todo`."""
        past = timeline.of_line(self.line)
        if past and not self.over and not self.open_claim:
            past[-1]["state"] = "now"
        return [*past, *self._future()]

    def _future(self) -> list[Item]:
        line = self.line
        if line.status in ENDED or self.open_claim:
            return []
        coming = {
            LineStatus.PAYMENT_WAITING: [_("결제"), _("발송"), _("배송 완료"), _("구매 확정")],
            LineStatus.PAID: [_("발송"), _("배송 완료"), _("구매 확정")],
            LineStatus.DELIVERING: [_("배송 완료"), _("구매 확정")],
            LineStatus.DELIVERED: [_("구매 확정")],
        }.get(LineStatus(line.status), [])
        return [{"title": title, "state": "todo", "text": self._when(title)} for title in coming]

    def _when(self, title: str) -> str:
        if title == _("발송") and self.line.dispatch_due:
            return _("%(day)s까지 보내요") % {"day": day(self.line.dispatch_due)}
        if title == _("구매 확정") and self.line.confirm_due:
            return _("%(day)s에 저절로 확정돼요") % {"day": day(self.line.confirm_due)}
        return ""
