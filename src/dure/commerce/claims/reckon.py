"""What may be claimed of a line, and what it comes to. Buyer, seller and operator are shown the figures of `refund_of`."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import F, Q, QuerySet, Sum

from dure.commerce.catalog.models import Option
from dure.commerce.claims import rules
from dure.commerce.claims.errors import (
    CannotExchangeFor,
    NotClaimable,
    ReturnTooLate,
    TooMany,
    WithdrawalExcluded,
)
from dure.commerce.claims.models import Claim
from dure.commerce.claims.rules import Exchanged, Refund
from dure.commerce.orders.models import LineStatus, ProductOrder, ShippingCharge
from dure.commerce.orders.queries import charge_of, lines_of_charge
from dure.commerce.pricing.rules import Bundle, Item, first_freight
from dure.kit import clock

KIND_FROM = {
    Claim.Kind.CANCEL: {LineStatus.PAID},
    Claim.Kind.RETURN: {LineStatus.DELIVERING, LineStatus.DELIVERED, LineStatus.PURCHASE_CONFIRMED},
    Claim.Kind.EXCHANGE: {LineStatus.DELIVERED},
}


@dataclass(frozen=True)
class Asked:
    """What somebody wants to claim of one line."""

    line: ProductOrder
    kind: str
    quantity: int
    reason: str
    fault: str
    fee_method: str = Claim.FeeMethod.DEDUCTED
    option: Option | None = None  # of an exchange: what for
    group: uuid.UUID | None = None
    claim: int = 0  # the claim itself, once it is there

    @classmethod
    def of(cls, claim: Claim) -> Asked:
        return cls(
            claim.product_order,
            claim.kind,
            claim.quantity,
            claim.reason,
            claim.fault,
            claim.fee_method,
            claim.exchange_option,
            claim.group,
            claim.pk,
        )


def kinds_of(line: ProductOrder, moment: datetime) -> list[str]:
    """What may still be asked for, for one reason or another; empty while a claim is open."""
    if any(c.status in Claim.BLOCKING for c in line.claims.all()):
        return []
    kinds = []
    for kind, source in KIND_FROM.items():
        pieces = line.unsent_quantity if kind == Claim.Kind.CANCEL else line.kept_quantity
        if line.status in source and pieces and not _too_late(line, Claim.Fault.SELLER, moment):
            kinds.append(str(kind))
    return kinds


def reasons_for(line: ProductOrder, kinds: Sequence[str], moment: datetime) -> list[str]:
    """The reasons a buyer may give now: after seven days, or for made-to-order goods, only those of a fault."""
    cancel = Claim.Kind.CANCEL in kinds
    return [
        code
        for code in rules.OF_BUYERS
        if (rules.REASONS[code].for_cancel if cancel else rules.REASONS[code].for_return)
        and (cancel or rules.REASONS[code].fault != "BUYER" or _may_change_mind(line, moment))
    ]


def refuse(asked: Asked, moment: datetime) -> None:
    """Raises NotClaimable, TooMany, ReturnTooLate, WithdrawalExcluded, CannotExchangeFor."""
    line, kind = asked.line, asked.kind
    if line.status not in KIND_FROM.get(Claim.Kind(kind), set()) or asked.reason not in rules.REASONS:
        raise NotClaimable()
    fault, for_cancel, for_return = rules.REASONS[asked.reason]
    if not (for_cancel if kind == Claim.Kind.CANCEL else for_return):
        raise NotClaimable()
    left = line.unsent_quantity if kind == Claim.Kind.CANCEL else line.kept_quantity
    if not 1 <= asked.quantity <= left:
        raise TooMany(left=left)
    if kind == Claim.Kind.CANCEL:
        return
    if _too_late(line, fault, moment):
        raise ReturnTooLate(day=f"{rules.last_day(clock.kst_date(line.delivered_at), fault)}")  # type: ignore[arg-type]
    if fault == Claim.Fault.BUYER:
        if line.status == LineStatus.PURCHASE_CONFIRMED:
            raise NotClaimable()
        if line.no_withdrawal:
            raise WithdrawalExcluded(why=str(line.get_no_withdrawal_display()))
    if kind == Claim.Kind.EXCHANGE and asked.option and not exchangeable_for(line).filter(pk=asked.option.pk).exists():
        raise CannotExchangeFor()


def exchangeable_for(line: ProductOrder) -> QuerySet[Option]:
    """The options of the same product that are for sale."""
    return Option.objects.filter(product_id=line.option.product_id, active=True).order_by("id")


def refund_of(asked: Asked, *, earlier: Sequence[tuple[Asked, Refund]] = (), settling: bool = False) -> Refund:
    """What the buyer would get back.

    Of claims asked for together the `earlier` ones (of the group in the database: those with lower numbers) count as
    gone before. `settling`: for good, when the claim is done; then only what is really gone counts, since the others may
    still be refused. Either way the claims of a group add up to the same.
    """
    line, kind = asked.line, asked.kind
    charge = charge_of(line)
    bundle = Bundle.read(charge.policy)
    others = _group_of(asked, settling)
    back_is_paid = any(c.fee_due > c.first_freight for c in others) or any(
        r.fee_due > r.first_freight for _a, r in earlier
    )
    if kind == Claim.Kind.EXCHANGE:
        round_trip = 0 if back_is_paid else (bundle.exchange_fee or 2 * bundle.return_fee) + 2 * charge.extra
        difference = exchange_of(asked).refund
        return rules.exchange_refund(difference, fault=asked.fault, round_trip=round_trip, method=asked.fee_method)
    goods = rules.goods_refund(line.paid_amount, line.quantity, _taken(line), asked.quantity)
    going = {c.product_order_id: c.quantity for c in others if c.status in Claim.BLOCKING}
    going |= {a.line.pk: a.quantity for a, _r in earlier} | {line.pk: asked.quantity}
    kept = _kept(charge, going)
    left = charge.amount - charge.refunded
    if kind == Claim.Kind.CANCEL:
        return rules.cancel_refund(goods, left, last_of_parcel=not kept)
    way_back = bundle.return_fee + charge.extra
    out = first_freight(bundle, charge.reason, kept)
    if out and (
        _first_freight_is_paid(asked, charge, way_back)
        or any(c.first_freight for c in others)
        or any(r.first_freight for _a, r in earlier)
    ):
        out = 0
    return rules.return_refund(
        goods,
        fault=asked.fault,
        freight_back=0 if back_is_paid else way_back,
        freight_out=out,
        shipping_left=left,
        last_of_parcel=not kept,
        method=asked.fee_method,
    )


def _group_of(asked: Asked, settling: bool) -> list[Claim]:
    """The claims asked for together with this one whose goods count as gone before its own.

    They come back in one parcel, so one of them bears its freight: the first one done, or, while none is, the first
    one asked for.
    """
    if not asked.group:
        return []
    others = Claim.objects.filter(group=asked.group, kind=asked.kind).exclude(pk=asked.claim)
    over = others.filter(status__in=Claim.OVER)
    if settling:
        return list(over)
    before = others.filter(status__in=Claim.BLOCKING, **({"pk__lt": asked.claim} if asked.claim else {}))
    return [*over, *before]


def payable(asked: Asked) -> Asked:
    """An exchange has no refund to take its freight from, but a difference of prices that may be enough: otherwise the
    freight is billed."""
    if asked.kind != Claim.Kind.EXCHANGE or asked.fee_method != Claim.FeeMethod.DEDUCTED:
        return asked
    refund = refund_of(asked)
    return replace(asked, fee_method=Claim.FeeMethod.BILLED) if refund.fee_due > refund.goods else asked


def exchange_of(asked: Asked) -> Exchanged:
    """The contract of the line that would stand for the exchanged pieces."""
    line = asked.line
    paid = rules.goods_refund(line.paid_amount, line.quantity, _taken(line), asked.quantity)
    discount = line.unit_price * asked.quantity - paid
    sellers = line.seller_discount * discount // line.discount_amount if line.discount_amount else 0
    new_price = asked.option.price if asked.option else line.unit_price
    if asked.option and asked.option.pk == line.option_id:
        new_price = line.unit_price  # the same again, whatever it costs today
    return rules.exchange(
        unit_price=line.unit_price, new_price=new_price, quantity=asked.quantity, paid=paid, seller_discount=sellers
    )


def gone_from(line: ProductOrder) -> int:
    """Won of the line's goods that claims have given back, or moved to the lines that stand for it."""
    done = line.claims.filter(status=Claim.Status.DONE) | line.claims.exclude(replacement=None)
    return done.aggregate(won=Sum(F("goods_refund") + F("moved_amount")))["won"] or 0


def _taken(line: ProductOrder) -> int:
    return line.canceled_quantity + line.returned_quantity + line.exchanged_quantity


def _too_late(line: ProductOrder, fault: str, moment: datetime) -> bool:
    return line.delivered_at is not None and clock.kst_date(moment) > rules.last_day(
        clock.kst_date(line.delivered_at), fault
    )


def _may_change_mind(line: ProductOrder, moment: datetime) -> bool:
    return (
        not line.no_withdrawal
        and line.status != LineStatus.PURCHASE_CONFIRMED
        and not _too_late(line, Claim.Fault.BUYER, moment)
    )


def _kept(charge: ShippingCharge, going: dict[int, int]) -> list[Item]:
    """What stays with the buyer of a parcel when `going` (line id -> pieces) is taken out."""
    kept = []
    for line in lines_of_charge(charge):
        pieces = line.kept_quantity - going.get(line.pk, 0)
        if pieces:
            kept.append(Item(line.paid_amount * pieces // line.quantity, pieces, line.contract.get("part", 0)))
    return kept


def _first_freight_is_paid(asked: Asked, charge: ShippingCharge, way_back: int) -> bool:
    """Another return of goods of the same parcel paid its first freight. Old claims only know their whole freight."""
    others = Claim.objects.filter(
        Q(first_freight__gt=0) | Q(fee_due__gt=way_back),
        product_order__in=[line.pk for line in lines_of_charge(charge)],
        kind=Claim.Kind.RETURN,
        status=Claim.Status.DONE,
    )
    return others.exclude(pk=asked.claim).exists()
