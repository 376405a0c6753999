"""The way of one order line as a buyer sees it: what happened, what comes, what can be done now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from dure.commerce.claims.models import Claim
from dure.commerce.orders.models import LineStatus, ProductOrder
from dure.commerce.orders.rules import OPEN_CLAIM
from dure.commerce.shipping.models import Parcel
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
    def left(self) -> int:
        """Pieces not taken out by a claim."""
        return self.line.quantity - self.line.canceled_quantity - self.line.returned_quantity

    @property
    def parcels(self) -> list[Parcel]:
        return [p for p in self.line.parcels.all() if p.direction == Parcel.Direction.OUT]

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
        return self.line.status == LineStatus.PAID and self.left > 0 and not self.open_claim

    @property
    def can_return(self) -> bool:
        return self.line.status == LineStatus.DELIVERED and self.left > 0 and not self.open_claim

    @property
    def over(self) -> bool:
        """Nothing more will happen, unless somebody asks."""
        return self.line.status in ENDED or self.line.status == LineStatus.PURCHASE_CONFIRMED

    @property
    def claim_kinds(self) -> list[str]:
        """What may be asked for now."""
        if self.can_cancel:
            return [Claim.Kind.CANCEL]
        return [Claim.Kind.RETURN, Claim.Kind.EXCHANGE] if self.can_return else []

    @property
    def trail(self) -> list[Item]:
        """Newest knowledge last; the step we are at is `now`, those to come are `todo`."""
        return [*self._past(), *self._claims(), *self._future()]

    def _past(self) -> list[Item]:
        line = self.line
        steps: list[Item] = []
        if line.paid_at:
            steps.append({"title": _("결제 완료"), "at": line.paid_at})
        if line.acknowledged_at:
            steps.append({"title": _("판매자가 확인했어요"), "at": line.acknowledged_at})
        if line.dispatched_at:
            steps.append({"title": _("보냈어요"), "at": line.dispatched_at})
        for parcel in self.parcels:
            steps.extend(
                {"title": event.get_kind_display(), "at": event.at, "text": event.place}
                for event in parcel.events.all()
                if event.kind != "DELIVERED"
            )
        if line.delivered_at:
            steps.append({"title": _("배송 완료"), "at": line.delivered_at})
        if line.confirmed_at:
            steps.append({"title": _("구매 확정"), "at": line.confirmed_at})
        if steps and not self.over and not self.open_claim:
            steps[-1]["state"] = "now"
        return steps

    def _claims(self) -> list[Item]:
        return [
            {
                "title": f"{claim.get_kind_display()} {claim.get_status_display()}",
                "at": claim.done_at or claim.collected_at or claim.opened_at,
                "state": "bad" if claim.status in OPEN_CLAIM else "done",
                "text": _("%(n)s개") % {"n": claim.quantity},
            }
            for claim in self.line.claims.all()
        ]

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
