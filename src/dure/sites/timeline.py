"""One timeline of a line, which buyer, seller and operator see alike: order, parcels, delays, claims step by step.

Built from rows already fetched: bring `select_related(*ONE)` and `prefetch_related(*MANY)`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Prefetch, QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from dure.commerce.claims.models import Claim, Step
from dure.commerce.orders.models import ProductOrder
from dure.commerce.orders.rules import OPEN_CLAIM
from dure.commerce.shipping.models import Parcel, ParcelLine, TrackingEvent, WaybillChange
from dure.integrations.carrier.carriers import carrier_name
from dure.sites.design.templatetags.ui import day

ONE = ("order", "delay")
CORRECTED = ArraySubquery(
    WaybillChange.objects.filter(parcel=OuterRef("parcel"))
    .order_by("at", "id")
    .values(change=JSONObject(at="at", carrier="carrier", waybill="waybill"))
)


SCANNED = ArraySubquery(
    TrackingEvent.objects.filter(parcel=OuterRef("parcel"))
    .order_by("at", "id")
    .values(scan=JSONObject(kind="kind", at="at", place="place"))
)


def _packed() -> QuerySet[ParcelLine]:
    """Parcels of lines, where they have been, and what their waybills were before: all in one query."""
    rows = ParcelLine.objects.select_related("parcel")
    return rows.annotate(corrected=CORRECTED, scanned=SCANNED).order_by("id")


MANY = (Prefetch("packed", _packed()), "claims__steps")

Item = dict[str, Any]  # of `{% timeline %}`: title, at, text, state


def through(path: str) -> tuple[Prefetch[Any] | str, ...]:
    """The same for the lines of something else, such as an order's `lines`."""
    return (Prefetch(f"{path}__packed", _packed()), *(f"{path}__{name}" for name in MANY[1:]))


def of_line(line: ProductOrder) -> list[Item]:
    """What has happened to a line, oldest first."""
    items = [*_of_order(line), *_of_parcels(line), *_of_claims(line)]
    return sorted(items, key=lambda item: item["at"])


def of_claim(claim: Claim) -> list[Item]:
    """The steps of one claim; the last one is `now` while the claim is open."""
    items = [_step(step, claim) for step in claim.steps.all()]
    if items and claim.status in OPEN_CLAIM:
        items[-1]["state"] = "now"
    return items


def parcels_of(line: ProductOrder) -> list[Parcel]:
    """The parcels that went out with pieces of the line."""
    return [packed.parcel for packed in line.packed.all() if packed.parcel.direction == Parcel.Direction.OUT]


def parcel_words(parcel: Parcel) -> str:
    """`CJ대한통운 6000-…`, or how it goes by hand."""
    if parcel.waybill:
        return f"{carrier_name(parcel.carrier)} {parcel.waybill}"
    return " · ".join(filter(None, [str(parcel.get_method_display()), parcel.note]))


def _of_order(line: ProductOrder) -> list[Item]:
    delay = getattr(line, "delay", None)
    told = [
        _item(_("주문"), line.order.placed_at) if not line.exchanged_from_id else None,
        _item(_("교환품으로 준비했어요") if line.exchanged_from_id else _("결제 완료"), line.paid_at),
        _item(_("판매자가 확인했어요"), line.acknowledged_at) if not line.exchanged_from_id else None,
        _item(
            _("발송이 늦어진다고 알렸어요"),
            delay.told_at,
            " · ".join(
                filter(
                    None, [str(delay.get_reason_display()), delay.detail, _("%(day)s까지") % {"day": day(delay.due)}]
                )
            ),
            "bad",
        )
        if delay
        else None,
        _item(_("배송 완료"), line.delivered_at),
        _item(_("구매확정을 보류했어요"), line.confirm_held_at, line.confirm_hold_reason, "bad"),
        _item(_("구매 확정"), line.confirmed_at),
    ]
    return [item for item in told if item]


def _of_parcels(line: ProductOrder) -> list[Item]:
    items = []
    for packed in line.packed.all():
        parcel, pieces = packed.parcel, packed.quantity
        out = parcel.direction == Parcel.Direction.OUT
        if out:
            part = _("%(n)d개") % {"n": pieces} if pieces and pieces < line.quantity else ""
            words = " · ".join(filter(None, [parcel_words(parcel), part]))
            items.append(_item(_("보냈어요"), parcel.created_at, words))
        for change in packed.corrected:
            was = f"{carrier_name(change['carrier'])} {change['waybill']}"
            at = datetime.fromisoformat(change["at"])
            items.append(_item(_("송장 번호를 고쳤어요"), at, _("전 번호 %(was)s") % {"was": was}))
        for scan in packed.scanned:
            if not (out and scan["kind"] == TrackingEvent.Kind.DELIVERED):
                word = TrackingEvent.Kind(scan["kind"]).label
                title = word if out else f"{_('회수')} · {word}"
                items.append(_item(title, datetime.fromisoformat(scan["at"]), scan["place"]))
    return [item for item in items if item]


def _of_claims(line: ProductOrder) -> list[Item]:
    items = []
    for claim in line.claims.all():
        steps = list(claim.steps.all())
        for step in steps:
            items.append(_step(step, claim, named=True))
        if steps and claim.status in OPEN_CLAIM:
            items[-1]["state"] = "bad"
    return items


def _step(step: Step, claim: Claim, *, named: bool = False) -> Item:
    who = "" if step.side == Step.Side.HOUSE else str(step.get_side_display())
    title = (
        f"{claim.get_kind_display()} {claim.quantity} · {step.get_what_display()}" if named else step.get_what_display()
    )
    state = "bad" if step.what in {Step.What.REJECTED, Step.What.HELD} else "done"
    return {"title": title, "at": step.at, "text": " · ".join(filter(None, [who, step.said])), "state": state}


def _item(title: Any, at: datetime | None, text: str = "", state: str = "done") -> Item | None:
    return {"title": title, "at": at, "text": text, "state": state} if at else None
